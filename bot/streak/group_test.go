package streak_test

import (
	"testing"

	"github.com/interviewbot/interviewbot/bot/streak"
)

func TestNeed(t *testing.T) {
	for _, tt := range []struct{ counted, quorum, want int }{
		{-1, 50, 0}, {0, 50, 0}, {1, 50, 1}, {2, 50, 2}, {3, 50, 2}, {4, 50, 2}, {5, 50, 3}, {10, 50, 5}, {11, 50, 6},
		{1, 10, 1}, {2, 10, 2}, {10, 10, 2}, {10, 0, 2}, {10, -5, 2}, {10, 100, 10}, {10, 101, 10}, {3, 67, 3}, {3, 66, 2}, {100, 33, 33},
	} {
		if got := streak.Need(tt.counted, tt.quorum); got != tt.want {
			t.Errorf("of %d at %d %%: %d, want %d", tt.counted, tt.quorum, got, tt.want)
		}
	}
}

func TestCloseGroup(t *testing.T) {
	with, without := streak.StartGroup(), streak.Group{}
	tests := []struct {
		name    string
		group   streak.Group
		facts   streak.GroupFacts
		outcome streak.Outcome
		freezes int8
		reason  string
	}{
		{"nobody counted", without, streak.GroupFacts{}, streak.Neutral, 0, ""},
		{"nobody counted, a freeze stays", with, streak.GroupFacts{}, streak.Neutral, 0, ""},
		{"at the edge", with, streak.GroupFacts{Counted: 5, Answered: 3}, streak.Answered, 0, ""},
		{"below it", without, streak.GroupFacts{Counted: 5, Answered: 2}, streak.Missed, 0, ""},
		{"below it with a freeze", with, streak.GroupFacts{Counted: 5, Answered: 2}, streak.Frozen, -1, ""},
		{"both of two", without, streak.GroupFacts{Counted: 2, Answered: 1}, streak.Missed, 0, ""},
		{"protected", with, streak.GroupFacts{Counted: 5, Answered: 2, Protected: true, Reason: "r"}, streak.Protected, 0, "r"},
		{"protected and nobody counted", with, streak.GroupFacts{Protected: true, Reason: "r"}, streak.Protected, 0, "r"},
		{"met although protected", with, streak.GroupFacts{Counted: 5, Answered: 3, Protected: true, Reason: "r"}, streak.Answered, 0, ""},
		{"the fifth", streak.Group{Run: 4, Freezes: 1}, streak.GroupFacts{Counted: 1, Answered: 1}, streak.Answered, 1, ""},
		{"the fifth with two in stock", streak.Group{Run: 4, Freezes: 2}, streak.GroupFacts{Counted: 1, Answered: 1}, streak.Answered, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.facts.Round, tt.facts.At, tt.facts.Quorum = 3, closing(3), 50
			want := streak.Line{Round: 3, Outcome: tt.outcome, Freezes: tt.freezes, At: closing(3), Reason: tt.reason}
			if got := streak.CloseGroup(tt.group, tt.facts); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestGroupStreaks(t *testing.T) {
	for _, tt := range []struct {
		rounds string // a met, - not, n nobody counted, P protected
		want   streak.Group
	}{
		{"", streak.Group{Freezes: 1}},
		{"aaa", streak.Group{Current: 3, Best: 3, Met: 3, Run: 3, Freezes: 1}},
		{"aaaaa", streak.Group{Current: 5, Best: 5, Met: 5, Freezes: 2}},
		{"aaaaaaaaaaa", streak.Group{Current: 11, Best: 11, Met: 11, Run: 1, Freezes: 2}},
		{"aa-a", streak.Group{Current: 3, Best: 3, Met: 3, Run: 3}},
		{"aa--a", streak.Group{Current: 1, Best: 2, Met: 3, Run: 3}}, // any five met rounds earn a freeze
		{"aa--aaa", streak.Group{Current: 3, Best: 3, Met: 5, Freezes: 1}},
		{"aanPna", streak.Group{Current: 3, Best: 3, Met: 3, Run: 3, Freezes: 1}},
	} {
		g := streak.StartGroup()
		var lines []streak.Line
		for i, letter := range tt.rounds {
			f := streak.GroupFacts{Round: i + 1, At: closing(i + 1), Counted: 4, Quorum: 50, Protected: letter == 'P'}
			switch letter {
			case 'a':
				f.Answered = 2
			case 'n':
				f.Counted = 0
			}
			l := streak.CloseGroup(g, f)
			lines, g = append(lines, l), g.Apply(l)
		}
		if g != tt.want || streak.ReplayGroup(lines) != tt.want {
			t.Errorf("%s: %+v, replay %+v, want %+v", tt.rounds, g, streak.ReplayGroup(lines), tt.want)
		}
	}
}
