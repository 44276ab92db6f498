package streak_test

import (
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/streak"
)

// start is a Monday; round n closes n days later at nine.
func closing(round int) time.Time {
	return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC).AddDate(0, 0, round)
}

// play closes one round for each letter: a answered, P protected, p paused, anything else neither; a dot is a round
// without the member. It returns the ledger and the streak kept line by line.
func play(lines []streak.Line, s streak.State, first int, letters string) ([]streak.Line, streak.State) {
	for i, letter := range letters {
		f := streak.Facts{Round: first + i, At: closing(first + i), Answered: letter == 'a', Protected: letter == 'P', Paused: letter == 'p'}
		if letter == '.' {
			continue
		}
		if l, ok := streak.Close(s, f); ok {
			lines, s = append(lines, l), s.Apply(l)
		}
	}
	return lines, s
}

func TestStreaks(t *testing.T) {
	tests := []struct {
		name, rounds string
		want         streak.State
	}{
		{"nothing yet", "", streak.State{Freezes: 1}},
		{"one answer", "a", streak.State{Current: 1, Best: 1, Total: 1, Run: 1, Freezes: 1}},
		{"a miss uses the freeze", "aa-", streak.State{Current: 2, Best: 2, Total: 2, Run: 2}},
		{"the second miss ends the run", "aa--", streak.State{Best: 2, Total: 2, Misses: 1}},
		{"best stays", "aaa--aa", streak.State{Current: 2, Best: 3, Total: 5, Run: 2}},
		{"seven answers earn a freeze", "aaaaaaa", streak.State{Current: 7, Best: 7, Total: 7, Freezes: 2}},
		{"six do not", "aaaaaa", streak.State{Current: 6, Best: 6, Total: 6, Run: 6, Freezes: 1}},
		{"two at most", "aaaaaaaaaaaaaa", streak.State{Current: 14, Best: 14, Total: 14, Freezes: 2}},
		{"a full stock passes the seventh by", "aaaaaaaaaaaaaaa-", streak.State{Current: 15, Best: 15, Total: 15, Run: 1, Freezes: 1}},
		{"a freeze does not stop the way to the next", "aaa-aaaa", streak.State{Current: 7, Best: 7, Total: 7, Freezes: 1}},
		{"a miss does", "aaa--aaaa", streak.State{Current: 4, Best: 4, Total: 7, Run: 4}},
		{"a pause does nothing", "aaappppaa", streak.State{Current: 5, Best: 5, Total: 5, Run: 5, Freezes: 1}},
		{"nor does protection", "aaaPPPPaa", streak.State{Current: 5, Best: 5, Total: 5, Run: 5, Freezes: 1}},
		{"begins with a pause", "ppa", streak.State{Current: 1, Best: 1, Total: 1, Run: 1, Freezes: 1}},
		{"ends with a pause", "aapp", streak.State{Current: 2, Best: 2, Total: 2, Run: 2, Freezes: 1}},
		{"a pause leaves the freeze alone", "apa", streak.State{Current: 2, Best: 2, Total: 2, Run: 2, Freezes: 1}},
		{"joined in the fourth round", "...a", streak.State{Current: 1, Best: 1, Total: 1, Run: 1, Freezes: 1}},
		{"joined and never answered", "-----", streak.State{Misses: 3}},
		{"benched", "a----------", streak.State{Best: 1, Total: 1, Misses: 3}},
		{"a pause between misses does not help", "--p-P-aa", streak.State{Current: 2, Best: 2, Total: 2, Run: 2}},
		{"back from the bench", "aaaa------a", streak.State{Current: 1, Best: 4, Total: 5, Run: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lines, got := play(nil, streak.Start(), 1, tt.rounds)
			if got != tt.want {
				t.Errorf("%s: %+v, want %+v", tt.rounds, got, tt.want)
			}
			if replayed := streak.Replay(lines); replayed != got {
				t.Errorf("%s: replay %+v, want %+v", tt.rounds, replayed, got)
			}
		})
	}
}

func TestPrecedence(t *testing.T) {
	with, without := streak.Start(), streak.State{}
	benched := streak.State{Misses: 3}
	all := streak.Facts{Answered: true, Protected: true, Paused: true, Reason: "The bot was down."}
	tests := []struct {
		name    string
		state   streak.State
		facts   streak.Facts
		outcome streak.Outcome
		freezes int8
		reason  string
	}{
		{"answered first", with, all, streak.Answered, 0, ""},
		{"then protected", with, streak.Facts{Protected: true, Paused: true, Reason: "r"}, streak.Protected, 0, "r"},
		{"then paused", with, streak.Facts{Paused: true, Reason: "r"}, streak.Paused, 0, "r"},
		{"then frozen", with, streak.Facts{Reason: "r"}, streak.Frozen, -1, ""},
		{"then missed", without, streak.Facts{Reason: "r"}, streak.Missed, 0, ""},
		{"benched and protected", benched, streak.Facts{Protected: true}, streak.None, 0, ""},
		{"benched and paused", benched, streak.Facts{Paused: true}, streak.None, 0, ""},
		{"benched and silent", benched, streak.Facts{}, streak.None, 0, ""},
		{"benched and answered", benched, all, streak.Answered, 0, ""},
		{"the seventh", streak.State{Run: 6, Freezes: 1}, all, streak.Answered, 1, ""},
		{"the seventh with two in stock", streak.State{Run: 6, Freezes: 2}, all, streak.Answered, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.facts.Round, tt.facts.At = 9, closing(9)
			l, ok := streak.Close(tt.state, tt.facts)
			want := streak.Line{Round: 9, Outcome: tt.outcome, Freezes: tt.freezes, At: closing(9), Reason: tt.reason}
			if tt.outcome == streak.None {
				want = streak.Line{}
			}
			if l != want || ok != (tt.outcome != streak.None) {
				t.Errorf("got %+v, %v; want %+v", l, ok, want)
			}
		})
	}
}

func TestLeaving(t *testing.T) {
	left := func(round int) streak.Line {
		return streak.Line{Round: round, Outcome: streak.Left, At: closing(round)}
	}
	four, _ := play(nil, streak.Start(), 1, "aaaa")
	missed := streak.Line{Round: 5, Outcome: streak.Missed, At: closing(5)}
	answer := streak.Line{Round: 5, Outcome: streak.Answered, At: closing(5)}
	tests := []struct {
		name  string
		lines []streak.Line
		want  streak.State
	}{
		{"restarts, best and total stay", append(four, left(5)), streak.State{Best: 4, Total: 4, Freezes: 1}},
		{"after answering the open round", append(four, answer, left(5)), streak.State{Best: 5, Total: 5, Freezes: 1}},
		{"and back within the round", append(four, left(5), answer), streak.State{Current: 1, Best: 4, Total: 5, Run: 1, Freezes: 1}},
		{"and back, missed, repaired", append(four, left(5), missed, answer), streak.State{Current: 1, Best: 4, Total: 5, Run: 1, Freezes: 1}},
		{"from the bench", append(four[:2:2], streak.Line{Round: 3, Outcome: streak.Missed}, streak.Line{Round: 4, Outcome: streak.Missed}, missed, left(6)),
			streak.State{Best: 2, Total: 2, Freezes: 1}},
		{"an older line that comes later", append(four, left(6), answer), streak.State{Best: 5, Total: 5, Freezes: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := streak.Replay(tt.lines); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestShown(t *testing.T) {
	_, s := play(nil, streak.Start(), 1, "aaa")
	if s.Shown(false) != 3 || s.Shown(true) != 4 {
		t.Errorf("shown %d, with an answer %d", s.Shown(false), s.Shown(true))
	}
	if _, two := play(nil, streak.Start(), 1, "aa-"); two.Counted() || !s.Counted() {
		t.Error("counted from the third answer")
	}
	for rounds, want := range map[string]int{"": 7, "aaa": 4, "aaa-": 4, "aaaaaa": 1, "aaaaaaa": 0} {
		if _, s := play(nil, streak.Start(), 1, rounds); s.NextFreeze() != want {
			t.Errorf("%s: next freeze in %d, want %d", rounds, s.NextFreeze(), want)
		}
	}
}

func TestRate(t *testing.T) {
	for _, tt := range []struct {
		rounds       string
		n            int
		answered, of int
	}{
		{"", 30, 0, 0},
		{"aaaa", 30, 4, 4},
		{"aaaa--a", 30, 5, 6}, // the first of the two is covered by the freeze
		{"aaaa--a", 3, 2, 3},
		{"aappPPaa", 3, 3, 3},
		{"aaaa", 0, 0, 0},
	} {
		lines, _ := play(nil, streak.Start(), 1, tt.rounds)
		if answered, of := streak.Rate(streak.Effective(lines), tt.n); answered != tt.answered || of != tt.of {
			t.Errorf("%s: %d of the last %d, want %d of %d", tt.rounds, answered, of, tt.answered, tt.of)
		}
	}
}
