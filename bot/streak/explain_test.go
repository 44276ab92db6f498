package streak_test

import (
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/bot/streak"
)

func TestExplain(t *testing.T) {
	seen := map[string]bool{}
	for _, explain := range []func(streak.Line) string{streak.Explain, streak.ExplainGroup} {
		for outcome := streak.None; outcome <= streak.Left+1; outcome++ {
			said := explain(streak.Line{Outcome: outcome})
			low := strings.ToLower(said)
			for _, word := range []string{"lost", "wrong", "fail", "!", "\n"} {
				if strings.Contains(low, word) {
					t.Errorf("%d: %q says %q", outcome, said, word)
				}
			}
			if !strings.HasSuffix(said, ".") || strings.Count(said, ".") != 1 {
				t.Errorf("%d: %q is not one sentence", outcome, said)
			}
			if got := explain(streak.Line{Outcome: outcome, Reason: "The bot was down."}); !strings.HasSuffix(got, ": The bot was down.") {
				t.Errorf("%d: %q leaves the reason out", outcome, got)
			}
			seen[said] = true
		}
	}
	for _, l := range []streak.Line{{Outcome: streak.Answered, Freezes: 1}, {Outcome: streak.Answered, Repair: true}, {Outcome: streak.Answered, Repair: true, Freezes: 1}} {
		seen[streak.Explain(l)] = true
	}
	if len(seen) < 14 {
		t.Errorf("different outcomes are said in the same words: %d sentences", len(seen))
	}
}
