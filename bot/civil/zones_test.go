package civil_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/civil"
)

func TestZonesLoad(t *testing.T) {
	names := civil.ZoneNames()
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Error("the names are not sorted, or one is there twice")
	}
	for _, name := range names {
		for _, written := range []string{name, strings.ToLower(name), " " + strings.ReplaceAll(strings.ToUpper(name), "_", " ")} {
			zone, err := civil.FindZone(written)
			if err != nil || zone.String() != name {
				t.Fatalf("FindZone(%q) = %v, %v", written, zone, err)
			}
		}
	}
	for _, name := range []string{"UTC", "Europe/Berlin", "Europe/Kyiv", "Europe/Kiev", "Asia/Kolkata", "Asia/Calcutta", "America/Argentina/Ushuaia", "EST", "Etc/GMT-14"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestScheduleCarriesItsZone(t *testing.T) {
	s := parse(t, "0 9 * * *", "asia/kolkata")
	if s.Zone() != "Asia/Kolkata" {
		t.Errorf("Zone() = %s", s.Zone())
	}
	other, err := civil.In("0 10 * * *", s.Location())
	if err != nil || other.Location() != s.Location() {
		t.Errorf("the zone was loaded anew: %v", err)
	}
	if none, err := civil.In("0 10 * * *", nil); err != nil || none.Location() != time.UTC {
		t.Errorf("without a zone: %v, %v", none.Location(), err)
	}
}

func TestCompleteZone(t *testing.T) {
	for _, tt := range []struct {
		typed string
		limit int
		first string
		has   string
	}{
		{"berl", 5, "Europe/Berlin", ""},
		{"BERL", 5, "Europe/Berlin", ""},
		{"new york", 5, "America/New_York", ""},
		{"new_y", 5, "America/New_York", ""},
		{" york ", 5, "America/New_York", ""},
		{"kolkata", 5, "Asia/Kolkata", ""},
		{"calcutta", 5, "Asia/Calcutta", ""},
		{"São P", 5, "America/Sao_Paulo", ""},
		{"Zürich", 5, "Europe/Zurich", ""},
		{"europe/", 100, "Europe/Amsterdam", "Europe/Zurich"},
		{"europe/b", 5, "Europe/Belfast", "Europe/Berlin"},
		{"utc", 5, "UTC", ""},
		{"est", 25, "EST", "EST5EDT"},
		{"buenos", 5, "America/Argentina/Buenos_Aires", "America/Buenos_Aires"},
		{"etc/gmt+5", 5, "Etc/GMT+5", ""},
		{"", 25, "UTC", "Asia/Kolkata"},
	} {
		got := civil.CompleteZone(tt.typed, tt.limit)
		if len(got) == 0 || len(got) > tt.limit || got[0] != tt.first || tt.has != "" && !slices.Contains(got, tt.has) {
			t.Errorf("CompleteZone(%q) = %v; want first %s, also %s", tt.typed, got, tt.first, tt.has)
		}
		for _, name := range got {
			if !slices.Contains(civil.ZoneNames(), name) {
				t.Errorf("CompleteZone(%q) offers %s, which is no zone", tt.typed, name)
			}
		}
	}
	for _, typed := range []string{"xyzzy", "gmt+5", strings.Repeat("x", 1<<20), "\xff", "!"} {
		for _, name := range civil.CompleteZone(typed, 25) {
			if strings.HasPrefix(name, "Etc/") {
				t.Errorf("CompleteZone(%.20q) offers %s, whose sign is the other way round", typed, name)
			}
		}
	}
	if got := civil.CompleteZone("a", 0); len(got) != 0 {
		t.Errorf("limit 0: %v", got)
	}
	if got := civil.CompleteZone("", -1); len(got) != 0 {
		t.Errorf("limit -1: %v", got)
	}
}
