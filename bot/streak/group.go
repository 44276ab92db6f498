package streak

import "time"

// GroupFacts is what the close of a round knows of the group. A member counts who is Counted after the round's line and
// whose line is answered or missed.
type GroupFacts struct {
	Round     int
	At        time.Time
	Counted   int    // members who count
	Answered  int    // of those, answered
	Quorum    int    // per cent of Counted that meets the round, rounded up; the default is 50
	Protected bool   // for everybody
	Reason    string // why protected
}

// StartGroup returns the streak of a new track's group.
func StartGroup() Group { return Group{Freezes: 1} }

// Need returns how many of the counted members must answer to meet a round: nobody of none, all of one or two, else the
// quorum in per cent rounded up, but at least two and at most all.
func Need(counted, quorum int) int {
	if counted < 2 {
		return max(counted, 0)
	}
	percent := min(max(quorum, 0), 100)
	return max(2, (counted*percent+99)/100)
}

// CloseGroup returns the line that the group's ledger gets. Answered means that the round was met.
func CloseGroup(g Group, f GroupFacts) Line {
	l := Line{Round: f.Round, At: f.At}
	switch {
	case f.Counted > 0 && f.Answered >= Need(f.Counted, f.Quorum):
		l.Outcome = Answered
		if g.Run == groupEarns-1 && g.Freezes < most {
			l.Freezes = 1
		}
	case f.Protected:
		l.Outcome, l.Reason = Protected, f.Reason
	case f.Counted <= 0:
		l.Outcome = Neutral
	case g.Freezes > 0:
		l.Outcome, l.Freezes = Frozen, -1
	default:
		l.Outcome = Missed
	}
	return l
}

// Apply returns the group's streak after the line of the next round. For a line that replaces another use ReplayGroup.
func (g Group) Apply(l Line) Group {
	switch l.Outcome {
	case Answered:
		g.Run = advance(g.Run, g.Freezes, groupEarns, l)
		g.Current++
		g.Best = max(g.Best, g.Current)
		g.Met++
	case Missed:
		g.Current = 0
	}
	g.Freezes = stock(g.Freezes, l)
	return g
}

// ReplayGroup is Replay for a group's ledger.
func ReplayGroup(lines []Line) Group {
	g := StartGroup()
	for _, l := range Effective(lines) {
		g = g.Apply(l)
	}
	return g
}
