// Package civil turns a schedule of five cron fields in a time zone into slots: civil times and the instants they stand
// for. It holds no clock. Schedules are asked in civil time, as if there were no daylight saving, and each civil time is
// then placed on the time line by one rule (see instant), so that no matching date is ever lost or taken twice.
package civil

import (
	"errors"
	"iter"
	"time"

	"github.com/robfig/cron/v3"
)

// Layout is the form of Slot.Civil, in the sense of package time. Such strings sort like the times they name.
const Layout = "2006-01-02T15:04"

const (
	kept     = 100       // skipped slots that Latest returns
	mostRows = 1_000_000 // slots that Dates returns
	lastYear = 9999      // the last that Layout can hold
)

// Schedule is five cron fields in a zone; make it with Parse or In. It never changes and may be copied and shared. The
// zero Schedule has no slots.
type Schedule struct {
	text string
	spec *cron.SpecSchedule
	zone *time.Location
}

// Slot is a time at which a schedule is due.
type Slot struct {
	Civil string    // wall clock in the schedule's zone, in Layout; in a gap of the clock the time that was skipped
	At    time.Time // the instant, in UTC
}

// Parse reads five cron fields and the name of a zone. The error is one or more Refusals, one on each
// line, that name everything refused. It loads the zone anew; see FindZone and In for how to avoid that.
func Parse(fields, zone string) (Schedule, error) {
	place, zoneErr := FindZone(zone)
	s, err := In(fields, place)
	if err := errors.Join(err, zoneErr); err != nil {
		return Schedule{}, err
	}
	return s, nil
}

// In is Parse for a zone already loaded, as from FindZone or Schedule.Location. A nil zone means UTC.
func In(fields string, zone *time.Location) (Schedule, error) {
	text, spec, err := read(fields)
	if err != nil {
		return Schedule{}, err
	}
	if zone == nil {
		zone = time.UTC
	}
	return Schedule{text: text, spec: spec, zone: zone}, nil
}

// Cron returns the five fields as they were written, with one space between them.
func (s Schedule) Cron() string { return s.text }

// Zone returns the name of the zone, in the spelling of the tz database.
func (s Schedule) Zone() string { return s.Location().String() }

// Location returns the zone, to be used again with In. It is UTC for the zero Schedule.
func (s Schedule) Location() *time.Location {
	if s.zone == nil {
		return time.UTC
	}
	return s.zone
}

// After returns the first slot whose instant is after t, and false when there is none before the year 10000.
func (s Schedule) After(t time.Time) (Slot, bool) { return s.Follow(Slot{}, t) }

// Follow returns the first slot after now that is also later than last, as an instant and in civil time: what comes next
// after a change of zone or schedule. With the zero last it is After. A last.Civil that is not in Layout sets no bound.
func (s Schedule) Follow(last Slot, now time.Time) (Slot, bool) {
	for slot := range s.walk(s.beyond(last, now)) {
		return slot, true
	}
	return Slot{}, false
}

// Between returns the slots after the first instant and not after the second, in order, at most limit; 0 means no limit.
func (s Schedule) Between(after, upTo time.Time, limit int) []Slot {
	return s.upTo(Slot{}, after, upTo, limit)
}

// Latest returns the newest slot later than last, as in Follow, that is due at now, and the other due ones before it: the
// newest 100, in order. False when none is due. A new track passes a last whose At is when it was made.
func (s Schedule) Latest(last Slot, now time.Time) (due Slot, skipped []Slot, ok bool) {
	// After a long time only the end of it matters, and a schedule can only be walked forwards.
	const longest = 100 * 366 * 24 * time.Hour
	for span := 24 * time.Hour; ; span *= 2 {
		from := now.Add(-span)
		whole := span > longest || !from.After(last.At)
		if whole {
			from = last.At
		}
		slots := s.upTo(last, from, now, 0)
		n := len(slots)
		switch {
		case n > kept:
			return slots[n-1], slots[n-1-kept : n-1], true
		case whole && n > 0:
			return slots[n-1], slots[:n-1], true
		case whole:
			return Slot{}, nil, false
		}
	}
}

// Dates returns the slots whose civil date is from..to (2006-01-02), both inclusive. The error is a Refusal: a date that cannot be read, an end before the beginning, more than a million slots.
func (s Schedule) Dates(from, to string) ([]Slot, error) {
	begin, err := date(from)
	if err != nil {
		return nil, err
	}
	if _, err := date(to); err != nil {
		return nil, err
	}
	if to < from {
		return nil, say("The last date, %s, is before the first, %s.", to, from)
	}
	var slots []Slot
	// A day earlier, because a gap of the clock over midnight joins slots of two dates.
	for slot := range s.walk(begin.AddDate(0, 0, -1), begin.AddDate(0, 0, -3)) {
		switch day := slot.Civil[:len(time.DateOnly)]; {
		case day > to:
			return slots, nil
		case day < from:
			continue
		case len(slots) == mostRows:
			return nil, say("These dates hold more than a million slots. Choose dates that are closer together.")
		}
		slots = append(slots, slot)
	}
	return slots, nil
}

// Spacing returns the smallest distance between two slots in civil time, over four years with and four without leap day.
// For the zero Schedule it is 0.
func (s Schedule) Spacing() time.Duration {
	if s.spec == nil {
		return 0
	}
	clock := s.clock()
	first, last := clock[0], clock[len(clock)-1]
	least := time.Duration(1<<63 - 1)
	for i := 1; i < len(clock); i++ {
		least = min(least, clock[i]-clock[i-1])
	}
	const day = 24 * time.Hour
	end := time.Date(2032, time.January, 1, 0, 0, 0, 0, time.UTC)
	var before time.Time
	for c, ok := s.step(end.AddDate(-8, 0, 0).Add(-1)); ok && c.Before(end); c, ok = s.step(before.Add(day - 1)) {
		gap := midnight(c).Sub(before)
		if !before.IsZero() {
			least = min(least, gap-(last-first))
		}
		if gap == day {
			break // no two dates are closer
		}
		before = midnight(c)
	}
	return least
}

// upTo returns the slots later than last and after the first instant, but not after the second.
func (s Schedule) upTo(last Slot, after, upTo time.Time, limit int) []Slot {
	var slots []Slot
	for slot := range s.walk(s.beyond(last, after)) {
		if slot.At.After(upTo) {
			break
		}
		slots = append(slots, slot)
		if len(slots) == limit {
			break
		}
	}
	return slots
}

// beyond returns the bounds for walk that leave slots later than last and after t.
func (s Schedule) beyond(last Slot, t time.Time) (wall, after time.Time) {
	after = t
	if last.At.After(after) {
		after = last.At
	}
	wall = wallClock(after, s.Location())
	if c, err := time.Parse(Layout, last.Civil); err == nil && c.After(wall) {
		wall = c
	}
	return wall, after
}

// walk yields in order the slots that are later than wall in civil time (given as if it were UTC) and than after as
// instants. Of slots at one instant it yields the first.
func (s Schedule) walk(wall, after time.Time) iter.Seq[Slot] {
	return func(yield func(Slot) bool) {
		if s.spec == nil {
			return
		}
		for c, ok := s.step(wall); ok; c, ok = s.step(c) {
			at, exists := instant(c, s.zone)
			if !exists || !at.After(after) {
				continue
			}
			if !yield(Slot{Civil: c.Format(Layout), At: at}) {
				return
			}
			after = at
		}
	}
}

// step returns the next civil time after c that the fields match. cron tries one second, minute and hour after the other,
// so it is asked for the end of the minute, hour or day when nothing in it is left. It gives up after five years, but 29
// February can be eight years away.
func (s Schedule) step(c time.Time) (next time.Time, ok bool) {
	unit := time.Minute
	if s.spec.Minute>>(c.Minute()+1) == 0 {
		unit = time.Hour
		if s.spec.Hour>>(c.Hour()+1) == 0 {
			unit = 24 * time.Hour
		}
	}
	next = s.spec.Next(c.Truncate(unit).Add(unit - 1))
	if !next.After(c) {
		next = s.spec.Next(time.Date(c.Year()+6, time.January, 1, 0, 0, 0, -1, time.UTC))
	}
	return next, next.After(c) && next.Year() <= lastYear
}

func midnight(c time.Time) time.Time { return c.Truncate(24 * time.Hour) }

func date(text string) (time.Time, error) {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return d, say("%s is not a date of the calendar. Write it as year, month and day, such as 2026-03-09.", quote(text))
	}
	return d, nil
}
