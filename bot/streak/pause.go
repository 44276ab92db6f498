package streak

import (
	"slices"
	"time"
)

const (
	day        = 24 * time.Hour
	pauseDays  = 30 // per person
	pauseSpace = 90 // in any so many days
)

// Span is a time from one instant to another, the second not included.
type Span struct{ From, To time.Time }

// Holds reports whether t lies in the span.
func (s Span) Holds(t time.Time) bool { return !t.Before(s.From) && t.Before(s.To) }

// PauseLeft returns how many days, 0 to 30, a person's pause that begins at the given time may last: with it no 90 days
// hold more than 30 of pause. Each pause costs its length rounded up to days; those that overlap or touch are one.
// Pauses may be in any order, past and to come, of all tracks; leave out one that is to be replaced.
func PauseLeft(pauses []Span, at time.Time) int {
	for days := pauseDays; days > 0; days-- {
		next := Span{at, at.Add(time.Duration(days) * day)}
		if affordable(append(slices.Clone(pauses), next)) {
			return days
		}
	}
	return 0
}

// affordable reports whether no 90 days hold more than 30 of the pauses. Those that begin with a pause are enough to look
// at: from any other, the window can be moved to such a one without holding less.
func affordable(pauses []Span) bool {
	taken := charged(pauses)
	for _, p := range taken {
		window := Span{p.From, p.From.Add(pauseSpace * day)}
		var sum time.Duration
		for _, q := range taken {
			sum += overlap(q, window)
		}
		if sum > pauseDays*day {
			return false
		}
	}
	return true
}

// charged merges pauses and rounds each up to days.
func charged(pauses []Span) []Span {
	merged := merge(pauses)
	for i, p := range merged {
		days := (p.To.Sub(p.From) + day - 1) / day
		merged[i].To = p.From.Add(days * day)
	}
	return merged
}

// merge sorts spans and joins those that overlap or touch.
func merge(spans []Span) []Span {
	sorted := slices.SortedFunc(slices.Values(spans), func(a, b Span) int { return a.From.Compare(b.From) })
	var merged []Span
	for _, s := range sorted {
		last := len(merged) - 1
		switch {
		case last >= 0 && !s.From.After(merged[last].To):
			if s.To.After(merged[last].To) {
				merged[last].To = s.To
			}
		default:
			merged = append(merged, s)
		}
	}
	return merged
}

func overlap(a, b Span) time.Duration {
	from, to := a.From, a.To
	if b.From.After(from) {
		from = b.From
	}
	if b.To.Before(to) {
		to = b.To
	}
	return max(to.Sub(from), 0)
}

// Outage reports whether a round that was open in the window is protected because the bot was down: for more than 25 %
// of it, or for more than 30 minutes of its last three hours. Up holds the times from the first to the last stamp of an
// unbroken row, of any replica and in any order; a stamp is good for the 60 seconds until the next. down is the time
// without one.
func Outage(up []Span, window Span) (down time.Duration, protected bool) {
	const (
		stamp = time.Minute
		late  = 3 * time.Hour
		grace = 30 * time.Minute
	)
	lived := make([]Span, len(up))
	for i, s := range up {
		lived[i] = Span{s.From, s.To.Add(stamp)}
	}
	lived = merge(lived)
	without := func(w Span) time.Duration {
		rest := max(w.To.Sub(w.From), 0)
		for _, s := range lived {
			rest -= overlap(s, w)
		}
		return rest
	}
	end := window
	if begin := window.To.Add(-late); begin.After(window.From) {
		end.From = begin
	}
	down = without(window)
	return down, 4*down > max(window.To.Sub(window.From), 0) || without(end) > grace
}
