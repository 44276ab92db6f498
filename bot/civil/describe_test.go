package civil_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/bot/civil"
)

func TestDescribe(t *testing.T) {
	for _, tt := range []struct{ cron, zone, want string }{
		{"0 9 * * 1-5", "Europe/Berlin", "Mon–Fri at 09:00 Berlin time"},
		{"0 9 * * mon-fri", "europe/berlin", "Mon–Fri at 09:00 Berlin time"},
		{"30 8 * * *", "UTC", "every day at 08:30 UTC"},
		{"30 8 * * 0-7", "Etc/UTC", "every day at 08:30 UTC"},
		{"0 9 * * 1,3,5", "America/New_York", "Mon, Wed and Fri at 09:00 New York time"},
		{"0 9 * * 0-4", "Asia/Riyadh", "Sun–Thu at 09:00 Riyadh time"},
		{"0 9 * * 6,7", "America/Argentina/Buenos_Aires", "Sat and Sun at 09:00 Buenos Aires time"},
		{"0 9 * * fri-sun,mon", "UTC", "Fri–Mon at 09:00 UTC"},
		{"0 9 * * 7", "Japan", "every Sunday at 09:00 Japan time"},
		{"0 9,17 * * 1", "EST5EDT", "every Monday at 09:00 and 17:00 EST5EDT"},
		{"5 0 1 * *", "Etc/GMT+5", "on the 1st of every month at 00:05 Etc/GMT+5"},
		{"0 9 2,11,22,31 * *", "UTC", "on the 2nd, 11th, 22nd and 31st of every month at 09:00 UTC"},
		{"0 9 */2 * *", "Asia/Kolkata", "on the schedule 0 9 */2 * *, Kolkata time"},
		{"0 9 * 1 *", "Asia/Kolkata", "on the schedule 0 9 * 1 *, Kolkata time"},
		{"*/10 * * * *", "UTC", "on the schedule */10 * * * *, UTC"},
	} {
		if got := parse(t, tt.cron, tt.zone).Describe(); got != tt.want {
			t.Errorf("%s in %s: %q, want %q", tt.cron, tt.zone, got, tt.want)
		}
	}
}

func TestDaily(t *testing.T) {
	for _, tt := range []struct{ days, clock, want string }{
		{"1-5", "9", "0 9 * * 1-5"},
		{"1-5", " 9:00 ", "0 9 * * 1-5"},
		{"*", "09.05", "5 9 * * *"},
		{"*", "9h30", "30 9 * * *"},
		{"mon - wed, fri", "0900", "0 9 * * mon-wed,fri"},
		{"7", "930", "30 9 * * 7"},
		{"1", "9am", "0 9 * * 1"},
		{"1", "9 AM", "0 9 * * 1"},
		{"1", "9:30 pm", "30 21 * * 1"},
		{"1", "12 a.m.", "0 0 * * 1"},
		{"1", "12:15pm", "15 12 * * 1"},
		{"1", "0", "0 0 * * 1"},
		{"1", "23:59", "59 23 * * 1"},
		{"1", "24:00", ""},
		{"1", "9:60", ""},
		{"1", "9:5", ""},
		{"1", "13pm", ""},
		{"1", "0am", ""},
		{"1", "nine", ""},
		{"1", "", ""},
		{"1", "-9", ""},
		{"1", "9:00:00", ""},
		{"1", strings.Repeat("9", 1<<20), ""},
		{"", "9", ""},
		{"8", "9", ""},
		{"1 *", "9", ""},
		{"* *", "9", ""},
	} {
		got, err := civil.Daily(tt.days, tt.clock)
		var refusal civil.Refusal
		if got != tt.want || (err == nil) == (tt.want == "") || err != nil && (!errors.As(err, &refusal) || len(err.Error()) > 300) {
			t.Errorf("Daily(%.30q, %.30q) = %q, %.400v; want %q", tt.days, tt.clock, got, err, tt.want)
		}
	}
}

func TestPresetsAreSimple(t *testing.T) {
	for _, p := range civil.Presets() {
		cron, err := civil.Daily(p.Days, "17:30")
		if err != nil {
			t.Fatal(err)
		}
		days, clock, ok := parse(t, cron, "Europe/Berlin").Simple()
		if days != p.Days || clock != "17:30" || !ok || p.Name == "" {
			t.Errorf("%s: comes back as %q %q %v", p.Name, days, clock, ok)
		}
	}
	for _, cron := range []string{"0 9,10 * * *", "0,1 9 * * *", "0 9 1 * *", "0 9 * 1 *"} {
		if days, clock, ok := parse(t, cron, "UTC").Simple(); ok || days != "" || clock != "" {
			t.Errorf("%s is simple: %q %q", cron, days, clock)
		}
	}
}
