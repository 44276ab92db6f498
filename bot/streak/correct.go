package streak

import (
	"slices"
	"time"
)

// Error is a sentence for people: why a round stays as it is.
type Error string

func (e Error) Error() string { return string(e) }

const (
	// ErrNotMissed: there is nothing to repair.
	ErrNotMissed Error = "This round was not missed, so it needs no repair. The answer counts as practice."
	// ErrLate: the time for a repair is over.
	ErrLate Error = "A missed round can be repaired until the second round after it closes, and that has closed. The answer counts as practice."
	// ErrCorrected: the one repair or back-dated pause in 14 rounds was used.
	ErrCorrected Error = "One repair or back-dated pause is possible in 14 rounds, and it was used."
	// ErrLongAgo: a pause was to begin more than 48 hours ago.
	ErrLongAgo Error = "A pause can begin at most 48 hours ago."
)

const (
	apart     = 14             // rounds between corrections
	following = 2              // the round after a missed one whose close ends its repair
	backdated = 48 * time.Hour // how long after its close a pause may still cover a round
)

// Repair returns the line by which a counting answer to the missed round, sent at the given time, repairs it. Lines are
// the member's whole ledger as it was appended; closed is the number of the track's newest round that is closed or
// closing. Otherwise it returns ErrNotMissed, ErrLate or ErrCorrected. After appending the line the streak is Replay's.
func Repair(lines []Line, round, closed int, at time.Time) (Line, error) {
	effective := Effective(lines)
	before := Start()
	i := 0
	for ; i < len(effective) && (effective[i].Round < round || effective[i].Outcome == Left); i++ {
		before = before.Apply(effective[i])
	}
	switch {
	case i == len(effective) || effective[i].Round != round || effective[i].Outcome != Missed:
		return Line{}, ErrNotMissed
	case closed >= round+following:
		return Line{}, ErrLate
	case !correctable(lines, round):
		return Line{}, ErrCorrected
	}
	l, _ := Close(before, Facts{Round: round, At: at, Answered: true})
	l.Repair = true
	return l, nil
}

// Backdate returns the lines by which a pause that began at from, and is made at the given time, covers rounds closed
// since: those missed and those covered by a freeze, which is given back. There may be none. The errors are ErrLongAgo
// and ErrCorrected. Whether the pause is within its budget PauseLeft says. After appending, the streak is Replay's.
func Backdate(lines []Line, from, at time.Time, reason string) ([]Line, error) {
	if at.Sub(from) > backdated {
		return nil, ErrLongAgo
	}
	closed := make(map[int]time.Time) // a round's first line is written at its close
	for _, l := range lines {
		if _, known := closed[l.Round]; !known && l.Outcome != Left {
			closed[l.Round] = l.At
		}
	}
	var paused []Line
	for _, l := range Effective(lines) {
		if t := closed[l.Round]; replaceable(l) && !t.Before(from) {
			paused = append(paused, Line{Round: l.Round, Outcome: Paused, At: at, Reason: reason})
		}
	}
	for _, l := range paused {
		if !correctable(lines, l.Round) {
			return nil, ErrCorrected
		}
	}
	return paused, nil
}

// Protect returns the line by which an owner protects a closed round for a member, or for the group with its ledger.
// False when there is nothing to protect: only a missed round and one covered by a freeze, which is given back, change.
// It uses up no correction. After appending the line the streak is Replay's or ReplayGroup's.
func Protect(lines []Line, round int, at time.Time, reason string) (Line, bool) {
	there := slices.ContainsFunc(Effective(lines), func(l Line) bool { return l.Round == round && replaceable(l) })
	if !there {
		return Line{}, false
	}
	return Line{Round: round, Outcome: Protected, At: at, Reason: reason}, true
}

// Corrected returns the greatest number of a round that was repaired or covered by a back-dated pause, 0 for none.
func Corrected(lines []Line) int {
	newest := 0
	for _, round := range corrections(lines) {
		newest = max(newest, round)
	}
	return newest
}

func replaceable(l Line) bool { return l.Outcome == Missed || l.Outcome == Frozen }

// correctable reports whether no correction was made less than 14 rounds away.
func correctable(lines []Line, round int) bool {
	return !slices.ContainsFunc(corrections(lines), func(other int) bool {
		return max(round-other, other-round) < apart
	})
}

// corrections returns the rounds that were repaired or paused after their close.
func corrections(lines []Line) []int {
	var rounds []int
	closed := make(map[int]bool)
	for _, l := range lines {
		if l.Repair || l.Outcome == Paused && closed[l.Round] {
			rounds = append(rounds, l.Round)
		}
		closed[l.Round] = closed[l.Round] || l.Outcome != Left
	}
	return rounds
}
