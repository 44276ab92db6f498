package streak_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/streak"
)

func TestRepair(t *testing.T) {
	tests := []struct {
		name, rounds  string // as play, from round 1
		round, closed int
		err           error
		want          streak.State
	}{
		{"at once", "aaa--", 5, 5, nil, streak.State{Current: 4, Best: 4, Total: 4, Run: 4}},
		{"after the next round", "aaa--a", 5, 6, nil, streak.State{Current: 5, Best: 5, Total: 5, Run: 5}},
		{"while the second is closing", "aaa--aa", 5, 7, streak.ErrLate, streak.State{}},
		{"both of two misses need two", "aaa---", 5, 6, nil, streak.State{Best: 4, Total: 4, Misses: 1}},
		{"answered", "aaa", 3, 3, streak.ErrNotMissed, streak.State{}},
		{"covered by a freeze", "aaa-", 4, 4, streak.ErrNotMissed, streak.State{}},
		{"paused", "aaap", 4, 4, streak.ErrNotMissed, streak.State{}},
		{"not a member then", "...a", 2, 4, streak.ErrNotMissed, streak.State{}},
		{"a round to come", "aaa", 4, 3, streak.ErrNotMissed, streak.State{}},
		{"nothing at all", "", 1, 1, streak.ErrNotMissed, streak.State{}},
		{"benched by it", "a----", 5, 6, nil, streak.State{Current: 1, Best: 1, Total: 2, Run: 1}},
		{"the repair is the seventh", "-aaaaaa-", 8, 8, nil, streak.State{Current: 7, Best: 7, Total: 7, Freezes: 1}},
		{"the answer after it would have been the seventh", "-aaaaa-a", 7, 8, nil, streak.State{Current: 7, Best: 7, Total: 7, Run: 6}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lines, _ := play(nil, streak.Start(), 1, tt.rounds)
			at := closing(tt.closed).Add(time.Hour)
			l, err := streak.Repair(lines, tt.round, tt.closed, at)
			if !errors.Is(err, tt.err) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if err != nil {
				if l != (streak.Line{}) {
					t.Errorf("a line besides the error: %+v", l)
				}
				return
			}
			if l.Outcome != streak.Answered || !l.Repair || l.Round != tt.round || !l.At.Equal(at) {
				t.Errorf("line %+v", l)
			}
			if got := streak.Replay(append(lines, l)); got != tt.want {
				t.Errorf("streak %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestCorrectingAfterComingBack(t *testing.T) {
	lines, _ := play(nil, streak.Start(), 1, "aaaaaa")
	lines = append(lines,
		streak.Line{Round: 7, Outcome: streak.Left, At: closing(6).Add(time.Hour)},
		streak.Line{Round: 7, Outcome: streak.Missed, At: closing(7)})
	l, err := streak.Repair(lines, 7, 7, closing(7).Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := streak.Replay(append(lines, l)), (streak.State{Current: 1, Best: 6, Total: 7, Run: 1, Freezes: 1}); got != want {
		t.Errorf("repaired: %+v, want %+v", got, want)
	}
	paused, err := streak.Backdate(lines, closing(7), closing(7).Add(time.Hour), "")
	if err != nil || len(paused) != 1 || paused[0].Round != 7 {
		t.Errorf("paused: %v, %v", paused, err)
	}
}

// TestEarnedByCorrection: a repair can bring the count to seven at an answer that earned nothing when it was closed. The
// freeze is not forgotten: the next answer earns it.
func TestEarnedByCorrection(t *testing.T) {
	lines, _ := play(nil, streak.Start(), 1, "-aaaaa-a")
	l, err := streak.Repair(lines, 7, 8, closing(8))
	if err != nil {
		t.Fatal(err)
	}
	lines = append(lines, l)
	lines, got := play(lines, streak.Replay(lines), 9, "a")
	if want := (streak.State{Current: 8, Best: 8, Total: 8, Freezes: 1}); got != want || streak.Replay(lines) != want {
		t.Errorf("got %+v, replay %+v, want %+v", got, streak.Replay(lines), want)
	}
}

func TestOneCorrectionInFourteenRounds(t *testing.T) {
	missed := func(round int) streak.Line {
		return streak.Line{Round: round, Outcome: streak.Missed, At: closing(round)}
	}
	repaired := streak.Line{Round: 2, Outcome: streak.Answered, Repair: true, At: closing(3)}
	paused := streak.Line{Round: 2, Outcome: streak.Paused, At: closing(3)}
	protected := streak.Line{Round: 2, Outcome: streak.Protected, At: closing(3)}
	for _, tt := range []struct {
		name  string
		lines []streak.Line
		round int
		want  error
	}{
		{"13 rounds after a repair", []streak.Line{missed(2), repaired, missed(15)}, 15, streak.ErrCorrected},
		{"14 rounds after a repair", []streak.Line{missed(2), repaired, missed(16)}, 16, nil},
		{"before a repair", []streak.Line{missed(1), missed(2), repaired}, 1, streak.ErrCorrected},
		{"after a back-dated pause", []streak.Line{missed(2), paused, missed(15)}, 15, streak.ErrCorrected},
		{"after a pause that was there at the close", []streak.Line{paused, missed(15)}, 15, nil},
		{"a pause after leaving and coming back", []streak.Line{{Round: 2, Outcome: streak.Left}, paused, missed(15)}, 15, nil},
		{"after an owner's protection", []streak.Line{missed(2), protected, missed(15)}, 15, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := streak.Repair(tt.lines, tt.round, tt.round, closing(tt.round))
			if !errors.Is(err, tt.want) {
				t.Errorf("repair: %v, want %v", err, tt.want)
			}
			lines, err := streak.Backdate(tt.lines, closing(tt.round), closing(tt.round).Add(time.Hour), "")
			if !errors.Is(err, tt.want) || (len(lines) == 1) == (err != nil) {
				t.Errorf("back-dating: %v, %v, want %v", lines, err, tt.want)
			}
		})
	}
	if got := streak.Corrected([]streak.Line{missed(2), repaired, missed(1), {Round: 1, Outcome: streak.Paused}}); got != 2 {
		t.Errorf("Corrected = %d, want 2", got)
	}
	if got := streak.Corrected([]streak.Line{missed(2)}); got != 0 {
		t.Errorf("Corrected = %d, want 0", got)
	}
}

func TestBackdate(t *testing.T) {
	const reason = "A pause from Tuesday."
	pause := func(round int, at time.Time) streak.Line {
		return streak.Line{Round: round, Outcome: streak.Paused, At: at, Reason: reason}
	}
	now := closing(6).Add(time.Hour)
	tests := []struct {
		name, rounds string
		from         time.Time
		covers       []int
		err          error
		want         streak.State
	}{
		{"a miss and a freeze", "aaaa--", closing(5), []int{5, 6}, nil, streak.State{Current: 4, Best: 4, Total: 4, Run: 4, Freezes: 1}},
		{"the freeze before it stays used", "aaaa--", closing(6), []int{6}, nil, streak.State{Current: 4, Best: 4, Total: 4, Run: 4}},
		{"from after the close", "aaaa--", closing(6).Add(1), nil, nil, streak.State{Best: 4, Total: 4, Misses: 1}},
		{"answered beats paused", "aaaaaa", closing(5), nil, nil, streak.State{Current: 6, Best: 6, Total: 6, Run: 6, Freezes: 1}},
		{"48 hours", "aaa---", now.Add(-48 * time.Hour), []int{5, 6}, nil, streak.State{Current: 3, Best: 3, Total: 3, Run: 3}},
		{"more than 48 hours", "aaa---", now.Add(-48*time.Hour - 1), nil, streak.ErrLongAgo, streak.State{}},
		{"on the bench there is nothing to cover", "a-----", closing(6), nil, nil, streak.State{Best: 1, Total: 1, Misses: 3}},
		{"from the bench", "a-----", closing(5), []int{5}, nil, streak.State{Best: 1, Total: 1, Misses: 2}},
		{"a pause to come", "aaaa--", now.Add(time.Hour), nil, nil, streak.State{Best: 4, Total: 4, Misses: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lines, _ := play(nil, streak.Start(), 1, tt.rounds)
			got, err := streak.Backdate(lines, tt.from, now, reason)
			if !errors.Is(err, tt.err) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			var want []streak.Line
			for _, round := range tt.covers {
				want = append(want, pause(round, now))
			}
			if !slices.Equal(got, want) {
				t.Errorf("lines %v, want %v", got, want)
			}
			if s := streak.Replay(append(lines, got...)); err == nil && s != tt.want {
				t.Errorf("streak %+v, want %+v", s, tt.want)
			}
		})
	}
}

func TestProtect(t *testing.T) {
	lines, _ := play(nil, streak.Start(), 1, "ap--")
	for round, want := range map[int]bool{1: false, 2: false, 3: true, 4: true, 5: false} {
		l, ok := streak.Protect(lines, round, closing(5), "The channel was down.")
		if ok != want || ok && l != (streak.Line{Round: round, Outcome: streak.Protected, At: closing(5), Reason: "The channel was down."}) {
			t.Errorf("round %d: %+v, %v", round, l, ok)
		}
	}
	three, _ := streak.Protect(lines, 3, closing(5), "")
	if got, want := streak.Replay(append(lines, three)), (streak.State{Best: 1, Total: 1, Misses: 1, Freezes: 1}); got != want {
		t.Errorf("the freeze of a protected round comes back: %+v, want %+v", got, want)
	}
}
