package civil

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:generate go run zonelist_make.go

// FindZone loads the zone of that name; case does not matter, and a space may stand for an underscore. The error is a
// Refusal that suggests the nearest name. Only names of the tz database are read, never "Local" and never a path. It
// costs about 10 µs and 2 KB: keep what it returns. A program needs time/tzdata to know all zones on every machine.
func FindZone(name string) (*time.Location, error) {
	const form = "Write continent and city, such as Europe/Berlin or America/New_York, or UTC."
	want := strings.ReplaceAll(strings.TrimSpace(name), " ", "_")
	for known := range strings.SplitSeq(zoneList, "\n") {
		if strings.EqualFold(known, want) {
			zone, err := time.LoadLocation(known)
			if err != nil {
				return nil, fmt.Errorf("load the time zone %s: %w", known, err)
			}
			return zone, nil
		}
	}
	if want == "" {
		return nil, say("The time zone is empty. %s", form)
	}
	if near := nearestZone(want); near != "" {
		return nil, say("The time zone %s is not known. Did you mean %s?", quote(name), near)
	}
	return nil, say("The time zone %s is not known. %s", quote(name), form)
}

// ZoneNames returns every name of the tz database, sorted.
func ZoneNames() []string { return strings.Split(zoneList, "\n") }

// CompleteZone returns at most limit names for what somebody has typed so far, the likeliest first: cities before
// regions, the beginning of a word before its middle. Case, accents and spaces do not matter. For "" it offers UTC and a
// choice over the continents.
func CompleteZone(typed string, limit int) []string {
	want := fold(typed)
	if want == "" {
		some := strings.Fields("UTC America/Los_Angeles America/Chicago America/New_York America/Sao_Paulo Europe/London Europe/Berlin " +
			"Africa/Lagos Africa/Cairo Europe/Istanbul Asia/Dubai Asia/Kolkata Asia/Singapore Asia/Shanghai Asia/Tokyo Australia/Sydney Pacific/Auckland")
		return some[:min(max(limit, 0), len(some))]
	}
	const ranks = 5
	var found [ranks][]string
	for name := range strings.SplitSeq(zoneList, "\n") {
		if r := rank(strings.ToLower(name), want); r < ranks {
			found[r] = append(found[r], name)
		}
	}
	all := slices.Concat(found[:]...)
	return all[:min(max(limit, 0), len(all))]
}

// rank says how well a zone's lower-case name fits what was typed, 0 best; 5 is not at all.
func rank(name, want string) int {
	city := name[strings.LastIndexByte(name, '/')+1:]
	switch {
	case name == want:
		return 0
	case strings.HasPrefix(name, "etc/"):
		// Their signs are the other way round: Etc/GMT+5 is five hours behind. They are offered only when asked for.
		if strings.HasPrefix(name, want) {
			return 4
		}
		return 5
	case strings.HasPrefix(city, want):
		return 1
	case strings.HasPrefix(name, want):
		return 2
	case strings.Contains(name, "_"+want), strings.Contains(name, "/"+want):
		return 3
	case strings.Contains(name, want):
		return 4
	}
	return 5
}

// nearestZone returns the name that somebody probably meant by a city or a slip of the keys, or "". A wrong guess would
// be worse than none, so abbreviations (CEST) and offsets (GMT+2, whose sign in the tz database is the other way round)
// have no nearest.
func nearestZone(typed string) string {
	want := fold(typed)
	slips := 0
	switch n := len(want); {
	case n > 64:
		return ""
	case n > 4:
		slips = min(n/4, 2)
	}
	nearest, least := "", slips+1
	for name := range strings.SplitSeq(zoneList, "\n") {
		lower := strings.ToLower(name)
		cut := strings.LastIndexByte(lower, '/')
		if cut < 0 || strings.HasPrefix(lower, "etc/") {
			continue
		}
		if d := min(distance(lower, want), distance(lower[cut+1:], want)); d < least {
			nearest, least = name, d
		}
	}
	return nearest
}

// fold brings what was typed into the form in which names are compared: lower case, without accents, _ for a space.
func fold(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case unicode.IsSpace(r):
			return '_'
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(strings.TrimSpace(typed)))
}

// distance is the number of letters to insert, delete or change to make a of b (Levenshtein 1966).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(row[j+1]+1, row[j]+1, change)
		}
	}
	return row[len(b)]
}
