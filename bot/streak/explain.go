package streak

// Explain says in one sentence what a line of a member's ledger meant, for the history of a streak.
func Explain(l Line) string {
	switch l.Outcome {
	case Answered:
		return answered(l)
	case Protected:
		return because("Protected, so the streak stayed as it was", l)
	case Paused:
		return because("You had a pause, so the streak stayed as it was", l)
	case Frozen:
		return because("There was no answer; a freeze covered it and the streak stayed", l)
	case Missed:
		return because("There was no answer, so the next one starts a new run", l)
	case Left:
		return because("You left; best and total were kept", l)
	}
	return because("This round did not change the streak", l)
}

func answered(l Line) string {
	said := "You answered: one more"
	if l.Repair {
		said = "You answered later, which repaired it: one more"
	}
	if l.Freezes > 0 {
		said += ", and a freeze earned"
	}
	return because(said, l)
}

// ExplainGroup says in one sentence what a line of a group's ledger meant. It names nobody.
func ExplainGroup(l Line) string {
	switch l.Outcome {
	case Answered:
		if l.Freezes > 0 {
			return because("Enough of the group answered: one more, and a freeze earned", l)
		}
		return because("Enough of the group answered: one more", l)
	case Protected:
		return because("Protected, so the group's streak stayed as it was", l)
	case Frozen:
		return because("Fewer answered than the group needs; a freeze covered it and the streak stayed", l)
	case Missed:
		return because("Fewer answered than the group needs, so the next round starts a new run", l)
	}
	return because("Nobody was counted, so the group's streak stayed as it was", l)
}

// because ends a sentence with the line's reason, when it has one.
func because(said string, l Line) string {
	if l.Reason == "" {
		return said + "."
	}
	return said + ": " + l.Reason
}
