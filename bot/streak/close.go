package streak

import (
	"cmp"
	"slices"
	"time"
)

const (
	most       = 2 // freezes in stock
	perFreeze  = 7 // answered rounds that earn a member one
	groupEarns = 5 // met rounds that earn a group one
	bench      = 3 // misses in a row after which a member gets no more lines
	counted    = 3 // counting answers from which a member is in the group's count
)

// Facts is what the close of a round knows of one member on the roster.
type Facts struct {
	Round     int
	At        time.Time // of the close
	Answered  bool      // there is a counting answer
	Protected bool      // see Outage; or an owner said so
	Paused    bool      // a pause is in force at the close
	Reason    string    // why protected, or which pause: a sentence for people
}

// Start returns the streak of a new member.
func Start() State { return State{Freezes: 1} }

// Close returns the ledger line that a member with the streak s gets, and false for none: a benched member who did not
// answer. Answered goes before protected, that before paused; then a freeze is used if there is one.
func Close(s State, f Facts) (Line, bool) {
	l := Line{Round: f.Round, At: f.At}
	switch {
	case f.Answered:
		l.Outcome = Answered
		if s.Run == perFreeze-1 && s.Freezes < most {
			l.Freezes = 1
		}
	case Benched(s):
		return Line{}, false
	case f.Protected:
		l.Outcome, l.Reason = Protected, f.Reason
	case f.Paused:
		l.Outcome, l.Reason = Paused, f.Reason
	case s.Freezes > 0:
		l.Outcome, l.Freezes = Frozen, -1
	default:
		l.Outcome = Missed
	}
	return l, true
}

// Apply returns the streak after the line of the next round. It takes the line's change of freezes as it is. For a line
// that replaces another use Replay.
func (s State) Apply(l Line) State {
	switch l.Outcome {
	case Answered:
		s.Run = advance(s.Run, s.Freezes, perFreeze, l)
		s.Current++
		s.Best = max(s.Best, s.Current)
		s.Total++
		s.Misses = 0
	case Missed:
		s.Current, s.Run = 0, 0
		s.Misses++
	case Left:
		s.Current, s.Run, s.Misses = 0, 0, 0
	}
	s.Freezes = stock(s.Freezes, l)
	return s
}

// advance counts one more round towards the next freeze. With a full stock the count begins anew without one. A
// correction can bring the count to the goal at a line that earned nothing; then the next answer earns it.
func advance(run, freezes, goal int, l Line) int {
	switch {
	case l.Freezes > 0:
		return 0
	case run < goal-1:
		return run + 1
	case freezes >= most:
		return 0
	}
	return run
}

func stock(freezes int, l Line) int { return min(max(freezes+int(l.Freezes), 0), most) }

// Replay returns the streak that a ledger amounts to. Lines come in the order in which they were appended. It decides
// nothing anew: what a line says holds, even where a correction before it would have changed the decision.
func Replay(lines []Line) State {
	s := Start()
	for _, l := range Effective(lines) {
		s = s.Apply(l)
	}
	return s
}

// Effective returns the lines that hold, in the order of rounds: of each round the last appended. Lines come in the order
// in which they were appended. A Left stands for itself, before or after its round's line as it was appended.
func Effective(lines []Line) []Line {
	place := make(map[int]int, len(lines))
	hold := make([]Line, 0, len(lines))
	for _, l := range lines {
		i, again := place[l.Round]
		switch {
		case l.Outcome == Left:
			hold = append(hold, l)
		case again:
			hold[i] = l
		default:
			place[l.Round] = len(hold)
			hold = append(hold, l)
		}
	}
	slices.SortStableFunc(hold, func(a, b Line) int { return cmp.Compare(a.Round, b.Round) })
	return hold
}

// Benched reports whether the member gets no more lines until the next counting answer.
func Benched(s State) bool { return s.Misses >= bench }

// Shown returns the streak as people see it: one more while the open round has the member's counting answer.
func (s State) Shown(answered bool) int {
	if answered {
		return s.Current + 1
	}
	return s.Current
}

// Counted reports whether the member, after the line of a round, is in the group's count of that round.
func (s State) Counted() bool { return s.Total >= counted }

// NextFreeze returns how many answers the next freeze is away, 1 to 7; 0 when the stock is full.
func (s State) NextFreeze() int {
	if s.Freezes >= most {
		return 0
	}
	return perFreeze - s.Run
}

// Rate returns how many of the last n rounds that count were answered, and of how many: fewer than n when there were not
// so many. Answered and missed rounds count. The lines are Effective's.
func Rate(effective []Line, n int) (answered, of int) {
	for _, l := range slices.Backward(effective) {
		if of == n {
			break
		}
		switch l.Outcome {
		case Answered:
			answered, of = answered+1, of+1
		case Missed:
			of++
		}
	}
	return answered, of
}
