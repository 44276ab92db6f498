package civil_test

import (
	"testing"

	"github.com/interviewbot/interviewbot/bot/civil"
)

func TestDay(t *testing.T) {
	for _, tt := range []struct {
		name, zone, at, day string
		east                int
	}{
		{"half past midnight", "Europe/Berlin", "2026-11-22T00:30:00+01:00", "2026-11-21", 3600},
		{"just before four", "Europe/Berlin", "2026-11-22T03:59:59.999+01:00", "2026-11-21", 3600},
		{"four", "Europe/Berlin", "2026-11-22T04:00:00+01:00", "2026-11-22", 3600},
		{"before four on a day of 23 hours", "Europe/Berlin", "2026-03-29T03:59:00+02:00", "2026-03-28", 7200},
		{"four on a day of 23 hours", "Europe/Berlin", "2026-03-29T04:00:00+02:00", "2026-03-29", 7200},
		{"before four on a day of 25 hours", "Europe/Berlin", "2026-10-25T03:59:00+01:00", "2026-10-24", 3600},
		{"four on a day of 25 hours", "Europe/Berlin", "2026-10-25T04:00:00+01:00", "2026-10-25", 3600},
		{"midnight that does not exist", "Africa/Cairo", "2026-04-24T01:00:00+03:00", "2026-04-23", 10800},
		{"+05:30", "Asia/Kolkata", "2026-11-22T04:00:00+05:30", "2026-11-22", 19800},
		{"+05:45", "Asia/Kathmandu", "2026-11-22T03:59:00+05:45", "2026-11-21", 20700},
		{"+13:45", "Pacific/Chatham", "2026-11-22T04:00:00+13:45", "2026-11-22", 49500},
		{"flown west: the same instant is the day before", "Pacific/Honolulu", "2026-11-22T04:00:00+13:45", "2026-11-21", -36000},
		{"behind UTC, over the end of the year", "America/New_York", "2027-01-01T03:00:00-05:00", "2026-12-31", -18000},
	} {
		zone := parse(t, "0 9 * * *", tt.zone).Location()
		if day, east := civil.Day(at(t, tt.at), zone); day != tt.day || east != tt.east {
			t.Errorf("%s: %s %d, want %s %d", tt.name, day, east, tt.day, tt.east)
		}
	}
	if day, east := civil.Day(at(t, "2026-11-22T04:00:00Z"), nil); day != "2026-11-22" || east != 0 {
		t.Errorf("without a zone: %s %d", day, east)
	}
}
