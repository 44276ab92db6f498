package civil_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/interviewbot/interviewbot/bot/civil"
)

// show writes a slot as civil time and UTC instant.
func show(s civil.Slot) string { return s.Civil + " = " + s.At.Format("2006-01-02T15:04:05Z07:00") }

func TestClockChanges(t *testing.T) {
	tests := []struct {
		name, cron, zone, from, to string
		want                       []string
	}{
		{"gap: the end of it", "30 2 * * *", "Europe/Berlin", "2026-03-28", "2026-03-30",
			[]string{"2026-03-28T02:30 = 2026-03-28T01:30:00Z", "2026-03-29T02:30 = 2026-03-29T01:00:00Z", "2026-03-30T02:30 = 2026-03-30T00:30:00Z"}},
		{"overlap: the first", "30 2 * * *", "Europe/Berlin", "2026-10-24", "2026-10-26",
			[]string{"2026-10-24T02:30 = 2026-10-24T00:30:00Z", "2026-10-25T02:30 = 2026-10-25T00:30:00Z", "2026-10-26T02:30 = 2026-10-26T01:30:00Z"}},
		{"southern gap", "30 2 * * *", "Australia/Sydney", "2026-10-04", "2026-10-04", []string{"2026-10-04T02:30 = 2026-10-03T16:00:00Z"}},
		{"southern overlap", "30 2 * * *", "Australia/Sydney", "2026-04-05", "2026-04-05", []string{"2026-04-05T02:30 = 2026-04-04T15:30:00Z"}},
		{"midnight gap, at midnight", "0 0 * * *", "Africa/Cairo", "2026-04-23", "2026-04-25",
			[]string{"2026-04-23T00:00 = 2026-04-22T22:00:00Z", "2026-04-24T00:00 = 2026-04-23T22:00:00Z", "2026-04-25T00:00 = 2026-04-24T21:00:00Z"}},
		{"midnight gap, at nine on Fridays", "0 9 * * 5", "Africa/Cairo", "2026-04-18", "2026-05-01",
			[]string{"2026-04-24T09:00 = 2026-04-24T06:00:00Z", "2026-05-01T09:00 = 2026-05-01T06:00:00Z"}},
		{"midnight gap in Havana", "30 0 * * 0", "America/Havana", "2026-03-08", "2026-03-08", []string{"2026-03-08T00:30 = 2026-03-08T05:00:00Z"}},
		{"midnight gap in Beirut", "0 9 * * 0", "Asia/Beirut", "2026-03-29", "2026-03-29", []string{"2026-03-29T09:00 = 2026-03-29T06:00:00Z"}},
		{"half an hour", "0 9 * * 0", "Australia/Lord_Howe", "2026-10-04", "2026-10-04", []string{"2026-10-04T09:00 = 2026-10-03T22:00:00Z"}},
		{"one instant, one slot", "*/30 1-3 * * *", "Europe/Berlin", "2026-03-29", "2026-03-29",
			[]string{"2026-03-29T01:00 = 2026-03-29T00:00:00Z", "2026-03-29T01:30 = 2026-03-29T00:30:00Z", "2026-03-29T02:00 = 2026-03-29T01:00:00Z", "2026-03-29T03:30 = 2026-03-29T01:30:00Z"}},
		{"no date, no slot", "0 9 * * *", "Pacific/Apia", "2011-12-29", "2011-12-31",
			[]string{"2011-12-29T09:00 = 2011-12-29T19:00:00Z", "2011-12-31T09:00 = 2011-12-30T19:00:00Z"}},
		{"no date, no slot, at midnight", "0 0 * * *", "Pacific/Apia", "2011-12-29", "2011-12-31",
			[]string{"2011-12-29T00:00 = 2011-12-29T10:00:00Z", "2011-12-31T00:00 = 2011-12-30T10:00:00Z"}},
		{"gap up to midnight, the date had begun", "30 23 * * *", "America/Nuuk", "2026-03-28", "2026-03-29",
			[]string{"2026-03-28T23:30 = 2026-03-29T01:00:00Z", "2026-03-29T23:30 = 2026-03-30T00:30:00Z"}},
		{"gap up to midnight, one slot for both dates", "*/30 0,23 * * *", "America/Nuuk", "2026-03-29", "2026-03-29",
			[]string{"2026-03-29T00:30 = 2026-03-29T01:30:00Z", "2026-03-29T23:00 = 2026-03-30T00:00:00Z", "2026-03-29T23:30 = 2026-03-30T00:30:00Z"}},
		{"seconds in the offset", "45 23 * * *", "Africa/Monrovia", "1972-01-06", "1972-01-07",
			[]string{"1972-01-06T23:45 = 1972-01-07T00:29:30Z", "1972-01-07T23:45 = 1972-01-07T23:45:00Z"}},
		{"a date that came twice", "0 9 * * *", "Pacific/Kwajalein", "1969-09-29", "1969-10-01",
			[]string{"1969-09-29T09:00 = 1969-09-28T22:00:00Z", "1969-09-30T09:00 = 1969-09-29T22:00:00Z", "1969-10-01T09:00 = 1969-10-01T21:00:00Z"}},
		{"+05:30", "0 9 * * *", "Asia/Kolkata", "2026-11-22", "2026-11-22", []string{"2026-11-22T09:00 = 2026-11-22T03:30:00Z"}},
		{"+05:45", "0 9 * * *", "Asia/Kathmandu", "2026-11-22", "2026-11-22", []string{"2026-11-22T09:00 = 2026-11-22T03:15:00Z"}},
		{"+12:45", "0 9 * * *", "Pacific/Chatham", "2026-07-01", "2026-07-01", []string{"2026-07-01T09:00 = 2026-06-30T20:15:00Z"}},
		{"+13:45", "0 9 * * *", "Pacific/Chatham", "2026-11-22", "2026-11-22", []string{"2026-11-22T09:00 = 2026-11-21T19:15:00Z"}},
		{"+14:00", "0 9 * * *", "Pacific/Kiritimati", "2026-11-22", "2026-11-22", []string{"2026-11-22T09:00 = 2026-11-21T19:00:00Z"}},
		{"no week end on Friday and Saturday", "0 9 * * 0-4", "Asia/Riyadh", "2026-11-19", "2026-11-23",
			[]string{"2026-11-19T09:00 = 2026-11-19T06:00:00Z", "2026-11-22T09:00 = 2026-11-22T06:00:00Z", "2026-11-23T09:00 = 2026-11-23T06:00:00Z"}},
		{"31st", "0 9 31 * *", "UTC", "2026-01-01", "2026-04-30", []string{"2026-01-31T09:00 = 2026-01-31T09:00:00Z", "2026-03-31T09:00 = 2026-03-31T09:00:00Z"}},
		{"leap day over 2100", "0 9 29 2 *", "UTC", "2095-01-01", "2104-12-31", []string{"2096-02-29T09:00 = 2096-02-29T09:00:00Z", "2104-02-29T09:00 = 2104-02-29T09:00:00Z"}},
		{"leap day over 2100, from the middle", "0 9 29 2 *", "UTC", "2099-06-01", "2104-12-31", []string{"2104-02-29T09:00 = 2104-02-29T09:00:00Z"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := parse(t, tt.cron, tt.zone)
			slots, err := s.Dates(tt.from, tt.to)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, slot := range slots {
				got = append(got, show(slot))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(tt.want, "\n     "))
			}
			// Slot by slot the same comes.
			next, _ := s.After(slots[0].At.Add(-1))
			for _, want := range slots {
				if next != want {
					t.Fatalf("After gives %s, want %s", show(next), show(want))
				}
				next, _ = s.After(next.At)
			}
		})
	}
}

func TestAfterIsStrict(t *testing.T) {
	s := parse(t, "0 9 * * *", "Europe/Berlin")
	nine := at(t, "2026-11-23T08:00:00Z")
	for _, tt := range []struct {
		t    time.Time
		want string
	}{
		{nine.Add(-1), "2026-11-23T09:00"},
		{nine, "2026-11-24T09:00"},
		{nine.Add(1), "2026-11-24T09:00"},
		{nine.In(time.FixedZone("", -8*3600)), "2026-11-24T09:00"},
		{nine.Add(-time.Minute), "2026-11-23T09:00"},
		{time.Time{}, "0001-01-01T09:00"},
	} {
		slot, ok := s.After(tt.t)
		if !ok || slot.Civil != tt.want || slot.At.Location() != time.UTC {
			t.Errorf("After(%v) = %v, %v; want %s", tt.t, slot, ok, tt.want)
		}
	}
}

func TestEndsOfTime(t *testing.T) {
	s := parse(t, "0 9 * * *", "Europe/Berlin")
	if slot, ok := s.After(at(t, "9999-12-31T08:00:00Z")); ok {
		t.Errorf("a slot in the year 10000: %v", slot)
	}
	if slot, ok := s.After(time.Unix(1<<60, 0)); ok {
		t.Errorf("a slot at the end of time: %v", slot)
	}
	if due, skipped, ok := s.Latest(civil.Slot{}, at(t, "2026-11-23T08:00:00Z")); !ok || due.Civil != "2026-11-23T09:00" || len(skipped) != 100 {
		t.Errorf("Latest since the beginning of time: %v, %d skipped, %v", due, len(skipped), ok)
	}
	leap := parse(t, "0 9 29 2 *", "UTC")
	if due, skipped, ok := leap.Latest(civil.Slot{}, at(t, "2026-11-23T08:00:00Z")); !ok || due.Civil != "2024-02-29T09:00" || len(skipped) != 100 || skipped[99].Civil != "2020-02-29T09:00" {
		t.Errorf("leap days since the beginning of time: %v, %d skipped, %v", due, len(skipped), ok)
	}
}

func TestZeroSchedule(t *testing.T) {
	var s civil.Schedule
	_, ok := s.After(time.Time{})
	_, _, due := s.Latest(civil.Slot{}, at(t, "2026-11-23T08:00:00Z"))
	_, _, simple := s.Simple()
	if ok || due || simple || s.Spacing() != 0 || s.Location() != time.UTC || len(s.Between(time.Time{}, at(t, "2026-11-23T08:00:00Z"), 0)) != 0 {
		t.Error("the zero Schedule has slots")
	}
}

func TestFollow(t *testing.T) {
	tests := []struct {
		name, cron, zone, last, lastAt, now, want string
	}{
		{"nothing before", "0 9 * * *", "Europe/Berlin", "", "0001-01-01T00:00:00Z", "2026-11-23T12:00:00Z", "2026-11-24T09:00"},
		{"zone to the west: not the same civil time again", "0 9 * * *", "America/Los_Angeles",
			"2026-11-23T09:00", "2026-11-23T00:00:00Z", "2026-11-23T01:00:00Z", "2026-11-24T09:00"},
		{"zone to the east: later as an instant", "0 9 * * *", "Asia/Tokyo",
			"2026-11-23T09:00", "2026-11-23T17:00:00Z", "2026-11-23T18:00:00Z", "2026-11-24T09:00"},
		{"zone to the east: the instant is before now", "0 9 * * *", "Asia/Tokyo",
			"2026-11-22T09:00", "2026-11-22T17:00:00Z", "2026-11-23T00:00:00Z", "2026-11-24T09:00"},
		{"later time of the same day", "0 17 * * *", "Europe/Berlin", "2026-11-23T09:00", "2026-11-23T08:00:00Z", "2026-11-23T10:00:00Z", "2026-11-23T17:00"},
		{"clock went back", "0 9 * * *", "Europe/Berlin", "2026-11-23T09:00", "2026-11-23T08:00:00Z", "2026-11-20T10:00:00Z", "2026-11-24T09:00"},
		{"last in a gap", "*/30 * * * *", "Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T03:30"},
		{"civil time that cannot be read", "0 9 * * *", "Europe/Berlin", "never", "2026-11-25T08:00:00Z", "2026-11-23T10:00:00Z", "2026-11-26T09:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			slot, ok := parse(t, tt.cron, tt.zone).Follow(civil.Slot{Civil: tt.last, At: at(t, tt.lastAt)}, at(t, tt.now))
			if !ok || slot.Civil != tt.want {
				t.Errorf("got %v, %v; want %s", slot, ok, tt.want)
			}
		})
	}
}

func TestLatest(t *testing.T) {
	last := civil.Slot{Civil: "2026-11-18T09:00", At: at(t, "2026-11-18T08:00:00Z")} // a Wednesday
	tests := []struct {
		name, now, due string
		skipped        []string
	}{
		{"none yet", "2026-11-19T07:59:59Z", "", nil},
		{"on time", "2026-11-19T08:00:00Z", "2026-11-19T09:00", nil},
		{"after a long week end", "2026-11-23T10:00:00Z", "2026-11-23T09:00", []string{"2026-11-19T09:00", "2026-11-20T09:00"}},
		{"before last", "2026-11-01T10:00:00Z", "", nil},
	}
	s := parse(t, "0 9 * * 1-5", "Europe/Berlin")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			due, skipped, ok := s.Latest(last, at(t, tt.now))
			var got []string
			for _, slot := range skipped {
				got = append(got, slot.Civil)
			}
			if ok != (tt.due != "") || due.Civil != tt.due || !slices.Equal(got, tt.skipped) {
				t.Errorf("got %v after %v, %v", due, got, ok)
			}
		})
	}
	t.Run("zone moved west", func(t *testing.T) {
		due, skipped, ok := parse(t, "0 9 * * *", "America/Los_Angeles").Latest(last, at(t, "2026-11-18T20:00:00Z"))
		if ok {
			t.Errorf("the civil time of the last slot came again: %v %v", due, skipped)
		}
	})
	t.Run("around a hundred", func(t *testing.T) {
		now := at(t, "2026-11-23T09:00:00Z")
		for days := 1; days <= 130; days++ {
			_, skipped, ok := parse(t, "0 9 * * *", "UTC").Latest(civil.Slot{At: now.AddDate(0, 0, -days)}, now)
			if !ok || len(skipped) != min(days-1, 100) {
				t.Fatalf("%d days: %d skipped, %v", days, len(skipped), ok)
			}
		}
	})
	t.Run("a year of minutes", func(t *testing.T) {
		due, skipped, ok := parse(t, "* * * * *", "UTC").Latest(civil.Slot{At: at(t, "2025-11-23T00:00:00Z")}, at(t, "2026-11-23T08:00:00Z"))
		if !ok || due.Civil != "2026-11-23T08:00" || len(skipped) != 100 || skipped[0].Civil != "2026-11-23T06:20" || skipped[99].Civil != "2026-11-23T07:59" {
			t.Errorf("got %v, %d skipped, %v", due, len(skipped), ok)
		}
	})
}

func TestBetween(t *testing.T) {
	s := parse(t, "0 */6 * * *", "UTC")
	after, upTo := at(t, "2026-11-23T06:00:00Z"), at(t, "2026-11-24T00:00:00Z")
	if got := s.Between(after, upTo, 0); len(got) != 3 || got[0].Civil != "2026-11-23T12:00" || got[2].Civil != "2026-11-24T00:00" {
		t.Errorf("after is in, or upTo is out: %v", got)
	}
	if got := s.Between(after, upTo, 2); len(got) != 2 || got[1].Civil != "2026-11-23T18:00" {
		t.Errorf("limit 2: %v", got)
	}
	if got := s.Between(upTo, after, 0); len(got) != 0 {
		t.Errorf("backwards: %v", got)
	}
}

func TestDatesRefuses(t *testing.T) {
	s := parse(t, "* * * * *", "UTC")
	for _, tt := range []struct{ from, to, says string }{
		{"2026-02-30", "2026-03-01", "2026-02-30"},
		{"2026-01-01", "tomorrow", "tomorrow"},
		{"", "2026-03-01", "such as"},
		{"2026-1-1", "2026-03-01", "such as"},
		{"2026-03-02", "2026-03-01", "before"},
		{"2020-01-01", "2029-12-31", "million"},
	} {
		slots, err := s.Dates(tt.from, tt.to)
		var refusal civil.Refusal
		if len(slots) != 0 || !errors.As(err, &refusal) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("Dates(%s, %s): %d slots, %v", tt.from, tt.to, len(slots), err)
		}
	}
	if slots, err := s.Dates("9999-12-31", "9999-12-31"); len(slots) != 1440 || err != nil {
		t.Errorf("the last day: %d slots, %v", len(slots), err)
	}
	if slots, err := s.Dates("0001-01-01", "0001-01-01"); len(slots) != 1440 || err != nil {
		t.Errorf("the first day: %d slots, %v", len(slots), err)
	}
}

func TestSpacing(t *testing.T) {
	const day = 24 * time.Hour
	for cron, want := range map[string]time.Duration{
		"* * * * *":         time.Minute,
		"0 9 * * *":         day,
		"0 9,17 * * *":      8 * time.Hour,
		"0 1,22 * * *":      3 * time.Hour, // over midnight
		"0 1,22 * * 1,3,5":  21 * time.Hour,
		"0 9 * * 1-5":       day,
		"0 9 * * 1,3,5":     2 * day,
		"0 9 * * 1,4":       3 * day,
		"0 9 * * 7":         7 * day,
		"0 9 * * 0,6":       day,
		"0 9 1 * *":         28 * day,
		"0 9 1,31 * *":      day,
		"0 9 1,28 2,3 *":    day, // 28 February to 1 March
		"0 9 1,30 1-3 *":    2 * day,
		"0 9 1 1 *":         365 * day,
		"0 9 29 2 *":        1461 * day,
		"0 0,23 31 12 *":    23 * time.Hour,
		"0 23 31 12,1 *":    31 * day,
		"5,55 * * * *":      10 * time.Minute,
		"0 0,6,12,18 * * *": 6 * time.Hour,
	} {
		if got := parse(t, cron, "Europe/Berlin").Spacing(); got != want {
			t.Errorf("Spacing of %s: %v, want %v", cron, got, want)
		}
	}
}

// TestSlotsByTheMinute compares with a second way to do it, around changes of clocks of all zones since 1975: watch the
// wall clock minute by minute; a civil minute happens when the clock first shows it or something later.
func TestSlotsByTheMinute(t *testing.T) {
	names := civil.ZoneNames()
	rapid.Check(t, func(t *rapid.T) {
		zone, err := civil.FindZone(rapid.SampledFrom(names).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		some := time.Unix(rapid.Int64Range(157766400, 2145916800).Draw(t, "near"), 0)
		if begin, _ := some.In(zone).ZoneBounds(); begin.Year() > 1975 {
			some = begin
		}
		begin := some.UTC().Truncate(time.Minute).Add(-time.Duration(rapid.IntRange(0, 40*60).Draw(t, "before")) * time.Minute)
		end := begin.Add(48 * time.Hour)
		minute := rapid.SampledFrom([]int{0, 1, 15, 30, 45, 59}).Draw(t, "minute")
		hours := rapid.SliceOfNDistinct(rapid.IntRange(0, 23), 1, 24, rapid.ID).Draw(t, "hours")
		s, err := civil.In(fmt.Sprintf("%d %s * * *", minute, strings.Trim(strings.ReplaceAll(fmt.Sprint(hours), " ", ","), "[]")), zone)
		if err != nil {
			t.Fatal(err)
		}

		wall := func(t time.Time) time.Time {
			_, offset := t.In(zone).Zone()
			return t.Add(time.Duration(offset) * time.Second).UTC()
		}
		dates := map[string]bool{}
		for t := begin.Add(-50 * time.Hour); t.Before(end.Add(2 * time.Hour)); t = t.Add(time.Minute) {
			dates[wall(t).Format(time.DateOnly)] = true
		}
		var want []civil.Slot
		shown := wall(begin.Add(-50 * time.Hour)) // the latest the clock ever showed
		for t := begin.Add(-50 * time.Hour); !t.After(end); t = t.Add(time.Minute) {
			taken := false
			for ; shown.Before(wall(t)); shown = shown.Add(time.Minute) {
				c := shown.Add(time.Minute)
				if t.After(begin) && !taken && c.Minute() == minute && slices.Contains(hours, c.Hour()) && dates[c.Format(time.DateOnly)] {
					want, taken = append(want, civil.Slot{Civil: c.Format(civil.Layout), At: t}), true
				}
			}
		}
		if got := s.Between(begin, end, 0); !slices.Equal(got, want) {
			t.Fatalf("%s in %s from %v: got %v, want %v", s.Cron(), zone, begin, got, want)
		}
	})
}
