package streak_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/interviewbot/interviewbot/bot/streak"
)

const day = 24 * time.Hour

// from is a span that begins so many days after the first closing and lasts so long.
func from(days int, length time.Duration) streak.Span {
	begin := closing(0).AddDate(0, 0, days)
	return streak.Span{From: begin, To: begin.Add(length)}
}

func TestHolds(t *testing.T) {
	s := from(0, time.Hour)
	for at, want := range map[time.Time]bool{s.From.Add(-1): false, s.From: true, s.To.Add(-1): true, s.To: false} {
		if s.Holds(at) != want {
			t.Errorf("%v in %v: %v", at, s, !want)
		}
	}
}

func TestPauseLeft(t *testing.T) {
	tests := []struct {
		name   string
		pauses []streak.Span
		want   int
	}{
		{"none before", nil, 30},
		{"ten days before", []streak.Span{from(-20, 10*day)}, 20},
		{"an hour costs a day", []streak.Span{from(-20, time.Hour)}, 29},
		{"a day and an hour cost two", []streak.Span{from(-20, 25*time.Hour)}, 28},
		{"two pauses", []streak.Span{from(-40, 10*day), from(-20, 15*day)}, 5},
		{"all used", []streak.Span{from(-40, 30*day)}, 0},
		{"more than all used", []streak.Span{from(-40, 35*day)}, 0},
		{"longer ago than 90 days", []streak.Span{from(-120, 30*day)}, 30},
		{"begun 89 days ago", []streak.Span{from(-89, 30*day)}, 0},
		{"begun 90 days ago", []streak.Span{from(-90, 30*day)}, 30},
		{"one that is to come", []streak.Span{from(40, 20*day)}, 10},
		{"one that is far to come", []streak.Span{from(95, 30*day)}, 30},
		{"one before and one to come", []streak.Span{from(-40, 10*day), from(40, 15*day)}, 10},
		{"between two that cannot be in one window", []streak.Span{from(-50, 25*day), from(60, 25*day)}, 5},
		{"goes on from one that is in force", []streak.Span{from(-5, 10*day)}, 25},
		{"the same pause said twice costs once", []streak.Span{from(-20, 10*day), from(-20, 10*day)}, 20},
		{"one within another", []streak.Span{from(-20, 10*day), from(-18, day)}, 20},
		{"hours that touch are one", []streak.Span{from(-20, 12*time.Hour), {From: from(-20, 0).From.Add(12 * time.Hour), To: from(-19, 0).From}}, 29},
		{"empty and backwards ones cost nothing", []streak.Span{from(-20, 0), from(-10, -day)}, 30},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := streak.PauseLeft(tt.pauses, closing(0)); got != tt.want {
				t.Errorf("%d days, want %d", got, tt.want)
			}
		})
	}
}

// TestPauseLeftByTheHour compares with a window moved hour by hour over hours that are paused or not.
func TestPauseLeftByTheHour(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const middle, hours = 150 * 24, 300 * 24
		var pauses []streak.Span
		var paused [hours]bool
		end := 0
		for range rapid.IntRange(0, 4).Draw(t, "pauses") {
			begin := end + rapid.IntRange(25, 50*24).Draw(t, "gap") // apart, so that none becomes one by rounding up
			length := rapid.IntRange(1, 20*24).Draw(t, "length")
			end = begin + (length+23)/24*24
			pauses = append(pauses, streak.Span{From: closing(0).Add(time.Duration(begin) * time.Hour), To: closing(0).Add(time.Duration(begin+length) * time.Hour)})
			for h := begin; h < min(end, hours); h++ {
				paused[h] = true
			}
			if end > middle-25 {
				break
			}
		}
		at := closing(0).Add(middle * time.Hour)
		if end > middle {
			t.Skip("a pause in force is merged, and rounded up as one")
		}
		want := 0
		for days := 1; days <= 30; days++ {
			with := paused
			for h := middle; h < middle+days*24; h++ {
				with[h] = true
			}
			worst, sum := 0, 0
			for h := range with {
				if with[h] {
					sum++
				}
				if h >= 90*24 && with[h-90*24] {
					sum--
				}
				worst = max(worst, sum)
			}
			if worst <= 30*24 {
				want = days
			}
		}
		if got := streak.PauseLeft(pauses, at); got != want {
			t.Fatalf("%d days, want %d: %v", got, want, pauses)
		}
	})
}

func TestOutage(t *testing.T) {
	minutes := func(from, to int) streak.Span {
		return streak.Span{From: closing(0).Add(time.Duration(from) * time.Minute), To: closing(0).Add(time.Duration(to) * time.Minute)}
	}
	const open = 1440 // a day
	window := minutes(0, open)
	tests := []struct {
		name      string
		up        []streak.Span
		window    streak.Span
		down      int // minutes
		protected bool
	}{
		{"up all the time", []streak.Span{minutes(-60, open)}, window, 0, false},
		{"last stamp within the minute", []streak.Span{minutes(-60, open-1)}, window, 0, false},
		{"never up", nil, window, open, true},
		{"up before and after only", []streak.Span{minutes(-60, -1), minutes(open, open+60)}, window, open, true},
		{"a quarter", []streak.Span{minutes(0, 599), minutes(960, open)}, window, 360, false},
		{"more than a quarter", []streak.Span{minutes(0, 599), minutes(961, open)}, window, 361, true},
		{"half an hour of the last three hours", []streak.Span{minutes(0, 1299), minutes(1330, open)}, window, 30, false},
		{"more of them", []streak.Span{minutes(0, 1299), minutes(1331, open)}, window, 31, true},
		{"in pieces", []streak.Span{minutes(0, 1299), minutes(1316, 1399), minutes(1416, open)}, window, 32, true},
		{"as much just before them", []streak.Span{minutes(0, 1199), minutes(1260, open)}, window, 60, false},
		{"over their beginning", []streak.Span{minutes(0, 1199), minutes(1290, open)}, window, 90, false},
		{"replicas take turns, listed in any order", []streak.Span{minutes(700, open), minutes(0, 800)}, window, 0, false},
		{"a short round: the quarter decides", []streak.Span{minutes(26, 100)}, minutes(0, 100), 26, true},
		{"an empty round", nil, minutes(0, 0), 0, false},
		{"a backward round", nil, minutes(10, 0), 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			given := slices.Clone(tt.up)
			down, protected := streak.Outage(tt.up, tt.window)
			if down != time.Duration(tt.down)*time.Minute || protected != tt.protected {
				t.Errorf("down %v, protected %v; want %d minutes, %v", down, protected, tt.down, tt.protected)
			}
			if !slices.Equal(given, tt.up) {
				t.Error("changed what it was given")
			}
		})
	}
}
