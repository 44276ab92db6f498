package civil_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the tests know all zones on every machine
	"unicode/utf8"

	"github.com/interviewbot/interviewbot/bot/civil"
)

func parse(t testing.TB, cron, zone string) civil.Schedule {
	t.Helper()
	s, err := civil.Parse(cron, zone)
	if err != nil {
		t.Fatalf("Parse(%q, %q): %v", cron, zone, err)
	}
	return s
}

func at(t testing.TB, rfc3339 string) time.Time {
	t.Helper()
	instant, err := time.Parse(time.RFC3339Nano, rfc3339)
	if err != nil {
		t.Fatal(err)
	}
	return instant.UTC()
}

// TestParseDays checks on which days of one week, beginning on a Monday, a field of days fires.
func TestParseDays(t *testing.T) {
	tests := []struct{ field, days string }{
		{"*", "MTWTFSS"},
		{"*/1", "MTWTFSS"},
		{"0-6", "MTWTFSS"},
		{"0-7", "MTWTFSS"},
		{"1-7", "MTWTFSS"},
		{"0", "------S"},
		{"7", "------S"},
		{"sun", "------S"},
		{"SUN", "------S"},
		{"7-7", "------S"},
		{"7/2", "------S"},
		{"1-5", "MTWTF--"},
		{"mon-fri", "MTWTF--"},
		{"Mon-FRI", "MTWTF--"},
		{"5-7", "----FSS"},
		{"5-0", "----FSS"},
		{"fri-sun", "----FSS"},
		{"0-7/2", "-T-T-SS"},
		{"*/2", "-T-T-SS"},
		{"1-7/2", "M-W-F-S"},
		{"1/2", "M-W-F--"},
		{"1,3,5", "M-W-F--"},
		{"5,3,1,7,0", "M-W-F-S"},
		{"sun-thu", "MTWT--S"},
		{"0-4", "MTWT--S"},
		{"mon,thu-sat", "M--TFS-"},
		{"*,3", "MTWTFSS"},
	}
	for _, tt := range tests {
		s := parse(t, "0 9 * * "+tt.field, "UTC")
		slots, err := s.Dates("2026-03-02", "2026-03-08")
		if err != nil {
			t.Fatal(err)
		}
		got := []byte("-------")
		for _, slot := range slots {
			got[slot.At.Day()-2] = "MTWTFSS"[slot.At.Day()-2]
		}
		if string(got) != tt.days {
			t.Errorf("%s: fires on %s, want %s", tt.field, got, tt.days)
		}
	}
}

func TestParseAccepts(t *testing.T) {
	for _, cron := range []string{
		"0 9 * * *", "  0\t9  *\u00a0* 1-5 ", "*/15 8-18 * * *", "0,30 9,17 1,15 * *", "0 9 31 * *", "0 9 29 2 *", "0 9 29 feb *",
		"0 9 * JAN-Mar,dec *", "0 9 1-31/2 * *", "5/20 * * * *", "0 9 */1 * 1", "0 9 1 * */1", "59 23 31 12 *", "00 09 * * 01", "*/59 * * * *",
	} {
		s := parse(t, cron, "Europe/Berlin")
		if want := strings.Join(strings.Fields(cron), " "); s.Cron() != want {
			t.Errorf("Cron() = %q, want %q", s.Cron(), want)
		}
		if _, ok := s.After(at(t, "2026-01-01T00:00:00Z")); !ok {
			t.Errorf("%s: no slot", cron)
		}
	}
}

func TestParseEveryOtherFieldFree(t *testing.T) {
	for cron, want := range map[string]string{
		"0 9 */1 * 1": "2026-01-05T09:00", // Mondays, not every day
		"0 9 3 * */1": "2026-01-03T09:00", // the third, not every day
	} {
		slot, _ := parse(t, cron, "UTC").After(at(t, "2026-01-01T00:00:00Z"))
		if slot.Civil != want {
			t.Errorf("%s: first slot %s, want %s", cron, slot.Civil, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ cron, zone, says string }{
		{"", "UTC", "five fields"},
		{"   ", "UTC", "five fields"},
		{"0 9 * *", "UTC", "fewer than five"},
		{"0 0 9 * * *", "UTC", "seconds"},
		{"0 9 * * * 2026", "UTC", "6 fields"},
		{"TZ=UTC", "UTC", "="},
		{"TZ=UTC 0 9 * * *", "UTC", "place of its own"},
		{"CRON_TZ=UTC", "UTC", "="},
		{"TZ=0", "UTC", "="},
		{"@daily", "UTC", "@daily"},
		{"@every 1s", "UTC", "@every"},
		{"0 9 13 * 5", "UTC", "Keep one"},
		{"0 9 */2 * 1", "UTC", "Keep one"},
		{"0 9 1 * 0-6", "UTC", "Keep one"},
		{"0 9 1-31 * 1", "UTC", "Keep one"},
		{"0 9 30 2 *", "UTC", "never comes"},
		{"0 9 31 2,4,6,9,11 *", "UTC", "never comes"},
		{"*/61 9 * * *", "UTC", "at most 59"},
		{"*/60 9 * * *", "UTC", "at most 59"},
		{"0 */24 * * *", "UTC", "at most 23"},
		{"0 9 * * */7", "UTC", "at most 6"},
		{"*/99999999999999999999 9 * * *", "UTC", "at most 59"},
		{"*/0 9 * * *", "UTC", "The minute"},
		{"0 9 * * */0", "UTC", "The day of week"},
		{"*/ 9 * * *", "UTC", "The minute"},
		{"*/5/5 9 * * *", "UTC", "The minute"},
		{"60 9 * * *", "UTC", "0 to 59"},
		{"0 24 * * *", "UTC", "0 to 23"},
		{"0 22-2 * * *", "UTC", "The hour"},
		{"0 9 0 * *", "UTC", "1 to 31"},
		{"0 9 32 * *", "UTC", "1 to 31"},
		{"0 9 L * *", "UTC", "The day of month"},
		{"0 9 15W * *", "UTC", "The day of month"},
		{"0 9 ? * 1", "UTC", "The day of month"},
		{"0 9 * 13 *", "UTC", "jan to dec"},
		{"0 9 * foo *", "UTC", "The month"},
		{"0 9 * * 8", "UTC", "0 to 7"},
		{"0 9 * * 5-1", "UTC", "The day of week"},
		{"0 9 * * fri-mon", "UTC", "The day of week"},
		{"0 9 * * monday", "UTC", "The day of week"},
		{"0 9 * * 5#2", "UTC", "The day of week"},
		{"0 9 * * 1,,2", "UTC", "The day of week"},
		{"0 9 * * ,", "UTC", "The day of week"},
		{"1,,2 9 * * *", "UTC", "The minute"},
		{"+5 9 * * *", "UTC", "The minute"},
		{"-5 9 * * *", "UTC", "The minute"},
		{"*-5 9 * * *", "UTC", "The minute"},
		{"1-2-3 9 * * *", "UTC", "The minute"},
		{"0 9 * * 1–5", "UTC", "The day of week"},
		{"\x00 \xff * * *", "UTC", "The minute"},
		{strings.Repeat("0,", 1<<20) + "0 9 * * *", "UTC", "longer than"},
		{"0 9 * * *", "", "empty"},
		{"0 9 * * *", "Local", "not known"},
		{"0 9 * * *", "local", "not known"},
		{"0 9 * * *", "../../etc/passwd", "not known"},
		{"0 9 * * *", "right/Europe/Berlin", "not known"},
		{"0 9 * * *", "PST", "continent and city"},
		{"0 9 * * *", "CEST", "continent and city"},
		{"0 9 * * *", "GMT+2", "continent and city"},
		{"0 9 * * *", "Pacific Time", "continent and city"},
		{"0 9 * * *", "India", "continent and city"},
		{"0 9 * * *", "New Yrok", "Did you mean America/New_York?"},
		{"0 9 * * *", "lima", "Did you mean America/Lima?"},
		{"0 9 * * *", "Europe/Berln", "Did you mean Europe/Berlin?"},
		{"0 9 * * *", "Eruope/Berlin", "Did you mean Europe/Berlin?"},
		{"0 9 * * *", "berlin", "Did you mean Europe/Berlin?"},
		{"0 9 * * *", "new york", "Did you mean America/New_York?"},
		{"0 9 * * *", "Amerika/New_York", "Did you mean America/New_York?"},
		{"0 9 * * *", strings.Repeat("a", 1<<20), "not known"},
		{"61 9 * * 9", "Nowhere/Atall", "The minute"},
		{"61 9 * * 9", "Nowhere/Atall", "The day of week"},
		{"61 9 * * 9", "Nowhere/Atall", "The time zone"},
	}
	for _, tt := range tests {
		s, err := civil.Parse(tt.cron, tt.zone)
		if err == nil {
			t.Errorf("Parse(%.60q, %.60q): accepted", tt.cron, tt.zone)
			continue
		}
		if !strings.Contains(err.Error(), tt.says) {
			t.Errorf("Parse(%.60q, %.60q): %v; want it to say %q", tt.cron, tt.zone, err, tt.says)
		}
		var refusal civil.Refusal
		if !errors.As(err, &refusal) || len(err.Error()) > 900 || !utf8.ValidString(err.Error()) || strings.ContainsAny(err.Error(), "\x00!") {
			t.Errorf("Parse(%.60q, %.60q): not a short plain sentence: %q", tt.cron, tt.zone, err)
		}
		if s.Cron() != "" || s.Describe() == "" {
			t.Errorf("Parse(%.60q, %.60q): returned a schedule besides its error", tt.cron, tt.zone)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, cron := range []string{"0 9 * * 1-5", "TZ=UTC", "CRON_TZ=UTC", "TZ=0", "@every -5m", "0 0 31 2 *", "0 0 29 2 *", "*/61 * * * *",
		"* * * * 7/7", "0 9 ? * *", "5/5,1-59/3 */3 1,31 jan-dec *", "0 9 * * fri-sun", "9-", ",", "- - - - -", "*/2147483648 * * * *"} {
		f.Add(cron, "Europe/Berlin")
	}
	f.Add("0 9 * * *", "asia/kolkata")
	f.Add("0 9 * * *", "Local")
	begin := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, cron, zone string) {
		s, err := civil.Parse(cron, zone)
		if err != nil {
			return
		}
		again, err := civil.Parse(s.Cron(), s.Zone())
		if err != nil || again.Describe() != s.Describe() {
			t.Fatalf("%q in %q does not read back: %v", s.Cron(), s.Zone(), err)
		}
		before := civil.Slot{At: begin}
		for range 5 {
			slot, ok := s.After(before.At)
			if !ok || !slot.At.After(before.At) || slot.Civil <= before.Civil {
				t.Fatalf("%q in %q: after %v came %v, %v", s.Cron(), s.Zone(), before, slot, ok)
			}
			before = slot
		}
		if d := s.Spacing(); d < time.Minute {
			t.Fatalf("%q: spacing %v", s.Cron(), d)
		}
	})
}
