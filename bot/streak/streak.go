// Package streak holds the rules of streaks (RULES.md, section 5) as pure functions: what the close of a round does to a
// member and to a group, and how a ledger replays. It holds no clock and does no I/O.
package streak

import "time"

// Outcome is what a round meant for one member, or for the group.
type Outcome uint8

const (
	None      Outcome = iota
	Answered          // a counting answer (also by repair); for the group: the quorum was met
	Protected         // the bot was down, or an owner said so
	Paused            // the member's pause was in force at the close
	Frozen            // a freeze was used by itself
	Missed
	Neutral // group only: nobody was counted
	Left    // member only: the member left; the streak restarts at 0
)

// Line is one entry of a ledger. A ledger is only appended to; the effective outcome of a round is its last line.
type Line struct {
	Round   int // number of the round in its track, from 1
	Outcome Outcome
	Freezes int8      // change of the stock of freezes: -1 used, +1 earned, 0
	Repair  bool      // Answered by a later answer
	At      time.Time // when the line was written
	Reason  string    // a sentence for people: why protected, which pause; "" where the outcome says it all
}

// State is a member's streak. It must always equal Replay of the member's ledger. The zero State is not valid: use Start.
type State struct {
	Current int // rounds answered in a row
	Best    int // highest Current ever; never falls
	Total   int // rounds answered in all
	Run     int // answered rounds towards the next freeze, 0 to 6
	Freezes int // 0 to 2
	Misses  int // missed in a row; at 3 the member is benched
}

// Group is a track's streak. It must always equal ReplayGroup of the track's group ledger.
type Group struct {
	Current int // rounds met in a row
	Best    int
	Met     int // rounds met in all
	Run     int // met rounds towards the next freeze, 0 to 4
	Freezes int // 0 to 2
}
