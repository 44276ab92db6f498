package civil

import "time"

// farthest is more than any zone was ever away from UTC (Manila and Alaska before they changed sides: under 16 h).
const farthest = 16 * time.Hour

// instant places the civil time c, given as if it were UTC, on the time line: at the first instant at which the zone's
// wall clock reads c or later. So a time that a gap skips becomes the end of the gap, and of one that comes twice the
// first counts. exists is false when the zone skipped the whole date, as Samoa did with 2011-12-30.
func instant(c time.Time, zone *time.Location) (at time.Time, exists bool) {
	at = firstAt(c, zone)
	day := midnight(c)
	if midnight(wallClock(at, zone)).Equal(day) {
		return at, true
	}
	// A gap may also lead over midnight out of a date that did begin.
	begin := firstAt(day, zone)
	return at, midnight(wallClock(begin, zone)).Equal(day)
}

// firstAt returns the first instant at which the zone's wall clock reads c or later. It goes from one period of equal
// offset to the next, beginning where the clock surely reads less.
func firstAt(c time.Time, zone *time.Location) time.Time {
	t := c.Add(-farthest)
	for {
		local := t.In(zone)
		_, end := local.ZoneBounds()
		at := c.Add(-offset(local))
		if at.Before(t) {
			at = t
		}
		if end.IsZero() || at.Before(end) {
			return at
		}
		t = end.UTC()
	}
}

// wallClock returns what the zone's clock reads at t, as if it were UTC.
func wallClock(t time.Time, zone *time.Location) time.Time {
	return t.UTC().Add(offset(t.In(zone)))
}

func offset(local time.Time) time.Duration {
	_, seconds := local.Zone()
	return time.Duration(seconds) * time.Second
}

// Day returns the practice day of the instant t in a zone, as 2006-01-02, and the zone's offset then, in seconds east of
// UTC. The day begins when the wall clock reads 04:00; a nil zone means UTC. Store both: they never change afterwards.
func Day(t time.Time, zone *time.Location) (day string, east int) {
	if zone == nil {
		zone = time.UTC
	}
	_, east = t.In(zone).Zone()
	return wallClock(t, zone).Add(-4 * time.Hour).Format(time.DateOnly), east
}
