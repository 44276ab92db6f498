package streak_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/interviewbot/interviewbot/bot/streak"
)

// member plays one member's life in a track: rounds closing, leaving, repairs, back-dated pauses and protection. The
// streak is kept as the bot keeps it: by Apply line after line, and by Replay after a correction.
type member struct {
	lines  []streak.Line
	kept   streak.State
	closed int
}

func (m *member) add(t *rapid.T, corrected bool, lines ...streak.Line) {
	before := m.kept
	m.lines = append(m.lines, lines...)
	if corrected {
		m.kept = streak.Replay(m.lines)
	} else {
		for _, l := range lines {
			m.kept = m.kept.Apply(l)
		}
	}
	if m.kept.Best < before.Best || m.kept.Total < before.Total {
		t.Fatalf("best or total fell: %+v to %+v", before, m.kept)
	}
	if corrected && m.kept.Current < before.Current {
		t.Fatalf("a correction took from the streak: %+v to %+v", before, m.kept)
	}
}

func (m *member) close(t *rapid.T) {
	m.closed++
	f := streak.Facts{
		Round: m.closed, At: closing(m.closed),
		Answered:  rapid.IntRange(0, 9).Draw(t, "answered") < 6,
		Protected: rapid.IntRange(0, 9).Draw(t, "protected") == 0,
		Paused:    rapid.IntRange(0, 9).Draw(t, "paused") == 0,
	}
	before := m.kept
	l, ok := streak.Close(before, f)
	if !ok {
		if f.Answered || !streak.Benched(before) {
			t.Fatalf("no line for %+v with %+v", f, before)
		}
		return
	}
	m.add(t, false, l)
	switch after := m.kept; {
	case f.Answered && after.Current != before.Current+1:
		t.Fatalf("answered: %+v to %+v", before, after)
	case l.Outcome == streak.Missed && after.Current != 0:
		t.Fatalf("missed: %+v to %+v", before, after)
	case !f.Answered && l.Outcome != streak.Missed && (after.Current != before.Current || after.Run != before.Run || after.Misses != before.Misses):
		t.Fatalf("%+v changed the streak: %+v to %+v", l, before, after)
	}
}

func (m *member) leave(*rapid.T) {
	l := streak.Line{Round: m.closed + 1, Outcome: streak.Left, At: closing(m.closed).Add(time.Hour)}
	m.lines, m.kept = append(m.lines, l), m.kept.Apply(l)
}

func (m *member) repair(t *rapid.T) {
	round := rapid.IntRange(1, m.closed+1).Draw(t, "round")
	if l, err := streak.Repair(m.lines, round, m.closed, closing(m.closed).Add(time.Hour)); err == nil {
		m.add(t, true, l)
	}
}

func (m *member) backdate(t *rapid.T) {
	now := closing(m.closed).Add(time.Hour)
	from := now.Add(-time.Duration(rapid.IntRange(0, 50).Draw(t, "hours")) * time.Hour)
	if lines, err := streak.Backdate(m.lines, from, now, ""); err == nil {
		m.add(t, true, lines...)
	}
}

func (m *member) protect(t *rapid.T) {
	if l, ok := streak.Protect(m.lines, rapid.IntRange(1, m.closed+1).Draw(t, "round"), closing(m.closed), ""); ok {
		m.add(t, true, l)
	}
}

func TestLives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m member
		m.kept = streak.Start()
		act := map[string]func(*rapid.T){
			"close": m.close, "close again": m.close, "and again": m.close, "once more": m.close,
			"leave": m.leave, "repair": m.repair, "back-date": m.backdate, "protect": m.protect,
			"": func(t *rapid.T) {
				if replayed := streak.Replay(m.lines); replayed != m.kept {
					t.Fatalf("kept %+v, replay %+v of %v", m.kept, replayed, m.lines)
				}
				if other := count(m.lines); other != m.kept {
					t.Fatalf("kept %+v, counted %+v of %v", m.kept, other, m.lines)
				}
				if s := m.kept; s.Freezes < 0 || s.Freezes > 2 || s.Run < 0 || s.Run > 6 || s.Misses < 0 || s.Current > s.Best || s.Best > s.Total {
					t.Fatalf("out of bounds: %+v", s)
				}
				if got := streak.Replay(interleave(t, m.lines)); got != m.kept {
					t.Fatalf("the order of appending rounds matters: %+v, want %+v", got, m.kept)
				}
				corrected(t, m.lines)
			},
		}
		t.Repeat(act)
	})
}

// corrected checks that no two corrections of a member's own are less than 14 rounds apart, but for the rounds of one pause.
func corrected(t *rapid.T, lines []streak.Line) {
	type correction struct {
		round int
		at    time.Time
	}
	var all []correction
	for i, l := range lines {
		again := slices.ContainsFunc(lines[:i], func(before streak.Line) bool { return before.Round == l.Round && before.Outcome != streak.Left })
		if again && (l.Outcome == streak.Answered || l.Outcome == streak.Paused) {
			all = append(all, correction{l.Round, l.At})
		}
	}
	for i, a := range all {
		for _, b := range all[:i] {
			if d := a.round - b.round; d > -14 && d < 14 && !a.at.Equal(b.at) {
				t.Fatalf("corrections of rounds %d and %d", a.round, b.round)
			}
		}
	}
}

// interleave appends the same lines in another order of rounds, each round's own lines in theirs.
func interleave(t *rapid.T, lines []streak.Line) []streak.Line {
	rounds := map[int][]streak.Line{}
	var order []int
	for _, l := range lines {
		rounds[l.Round] = append(rounds[l.Round], l)
		order = append(order, l.Round)
	}
	if len(order) > 0 {
		order = rapid.Permutation(order).Draw(t, "order")
	}
	var mixed []streak.Line
	for _, r := range order {
		mixed, rounds[r] = append(mixed, rounds[r][0]), rounds[r][1:]
	}
	return mixed
}

// count is the rules written a second time, by looking back from each round instead of carrying a state along.
func count(lines []streak.Line) streak.State {
	last := 0
	for _, l := range lines {
		last = max(last, l.Round)
	}
	var s streak.State
	var seen []streak.Line // what holds, as a plain row
	for round := 1; round <= last; round++ {
		var row []streak.Line
		outcome := -1
		for _, l := range lines {
			switch {
			case l.Round != round:
			case l.Outcome != streak.Left && outcome >= 0:
				row[outcome] = l
			default:
				row = append(row, l)
				if l.Outcome != streak.Left {
					outcome = len(row) - 1
				}
			}
		}
		seen = append(seen, row...)
	}
	s.Freezes = 1
	run := 0
	for i, l := range seen {
		current := 0
		misses := 0
		for j := i; j >= 0 && seen[j].Outcome != streak.Missed && seen[j].Outcome != streak.Left; j-- {
			if seen[j].Outcome == streak.Answered {
				current++
			}
		}
		for j := i; j >= 0 && seen[j].Outcome != streak.Answered && seen[j].Outcome != streak.Left; j-- {
			if seen[j].Outcome == streak.Missed {
				misses++
			}
		}
		s.Current, s.Best, s.Misses = current, max(s.Best, current), misses
		if l.Outcome == streak.Missed || l.Outcome == streak.Left {
			run = 0
		}
		if l.Outcome == streak.Answered {
			s.Total++
			run++
			if run > 6 {
				run = 6 // held until an answer earns, or the stock is full
				if s.Freezes == 2 {
					run = 0
				}
			}
			if l.Freezes == 1 {
				run = 0
			}
		}
		s.Freezes += int(l.Freezes)
		s.Freezes = max(0, min(2, s.Freezes))
	}
	s.Run = run
	return s
}

func TestGroupLives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := streak.StartGroup()
		var lines []streak.Line
		round := 0
		t.Repeat(map[string]func(*rapid.T){
			"close": func(t *rapid.T) {
				round++
				n := rapid.IntRange(0, 12).Draw(t, "counted")
				f := streak.GroupFacts{Round: round, Counted: n, Answered: rapid.IntRange(0, n).Draw(t, "answered"),
					Quorum: rapid.IntRange(1, 100).Draw(t, "quorum"), Protected: rapid.IntRange(0, 9).Draw(t, "protected") == 0}
				before := g
				l := streak.CloseGroup(g, f)
				lines, g = append(lines, l), g.Apply(l)
				if l.Outcome != streak.Answered && l.Outcome != streak.Missed && g.Current != before.Current {
					t.Fatalf("%+v changed %+v to %+v", l, before, g)
				}
				if f.Answered == n && n > 0 && l.Outcome != streak.Answered {
					t.Fatalf("all of %d answered: %+v", n, l)
				}
			},
			"protect": func(t *rapid.T) {
				if l, ok := streak.Protect(lines, round, time.Time{}, ""); ok {
					before := g
					lines = append(lines, l)
					if g = streak.ReplayGroup(lines); g.Current < before.Current || g.Freezes < before.Freezes {
						t.Fatalf("protection took: %+v to %+v", before, g)
					}
				}
			},
			"": func(t *rapid.T) {
				if got := streak.ReplayGroup(lines); got != g {
					t.Fatalf("kept %+v, replay %+v", g, got)
				}
				if g.Freezes < 0 || g.Freezes > 2 || g.Run < 0 || g.Run > 4 || g.Current > g.Best || g.Best > g.Met {
					t.Fatalf("out of bounds: %+v", g)
				}
			},
		})
	})
}
