package questions

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
)

// Error is a fixed error of this package.
type Error string

func (e Error) Error() string { return string(e) }

// ErrNone is returned when nothing in the bank matches what is wanted.
const ErrNone Error = "no question matches these topics and levels; choose more of them"

// Want says what a track asks for. The same Want gives the same question.
type Want struct {
	Topics []string        // empty = those that are on at first
	Levels []int           // empty = the ramp
	Number int             // the how-many-th question of this track, from 1
	Week   int             // the how-many-th week of this track, from 1
	Recent []string        // topics of the last rounds, newest first
	Used   map[string]int  // questions of this deck: id to the number of the round that last used it
	Avoid  map[string]bool // questions that another track of the channel asked lately
	Theme  string          // a topic that goes first; "" = none
	Seed   uint64
}

// Left is how many questions that match have not been used after this one.
type Left = int

// cell is one topic at one level.
type cell struct {
	topic string
	level int
}

// Pick chooses the next question of a track (RULES.md, 2): none that matches is repeated until all were used, then the one that was used
// longest ago comes first. What another track asked lately gives way to anything else. Its cost depends on how many
// questions were used, not on how many there are.
func (b *Bank) Pick(w Want) (*Question, Left, error) {
	m := b.matching(w)
	left := m.left() - 1
	if q := b.opening(w, m); q != nil {
		return q, left, nil
	}
	dice := roll(w.Seed, uint64(w.Number))
	if q := b.fresh(w, m, dice); q != nil {
		return q, left, nil
	}
	if q := b.oldest(w, m, false); q != nil {
		return q, max(0, m.left()), nil
	}
	m.avoid = nil
	if q := b.fresh(w, m, dice); q != nil {
		return q, left, nil
	}
	if q := b.oldest(w, m, true); q != nil {
		return q, 0, nil
	}
	return nil, 0, ErrNone
}

// matching is the part of the bank that a track can have, as cells, and how much of each is left.
type matching struct {
	topics []string
	levels []int
	unused map[cell]int    // not used yet
	used   map[string]int  // as wanted
	avoid  map[string]bool // as wanted
	gone   map[cell]int    // used or avoided
	all    map[cell][]*Question
}

func (b *Bank) matching(w Want) matching {
	m := matching{topics: w.Topics, levels: w.Levels, unused: map[cell]int{}, gone: map[cell]int{}, used: w.Used, avoid: w.Avoid, all: b.cells}
	if len(m.topics) == 0 {
		m.topics = onAtFirst()
	}
	if w.Theme != "" && !slices.Contains(m.topics, w.Theme) {
		m.topics = append(slices.Clone(m.topics), w.Theme)
	}
	if len(m.levels) == 0 {
		m.levels = []int{1, 2, 3}
	}
	for _, t := range m.topics {
		for _, l := range m.levels {
			if n := len(b.cells[cell{t, l}]); n > 0 {
				m.unused[cell{t, l}] = n
			}
		}
	}
	for id := range w.Used {
		if q, ok := b.byID[id]; ok {
			if c := (cell{q.Topic, q.Level}); m.unused[c] > 0 {
				m.unused[c]--
				m.gone[c]++
			}
		}
	}
	for id := range w.Avoid {
		if q, ok := b.byID[id]; ok {
			if _, twice := w.Used[id]; !twice {
				m.gone[cell{q.Topic, q.Level}]++
			}
		}
	}
	return m
}

func onAtFirst() []string {
	var ids []string
	for _, t := range topics() {
		if t.On {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// left counts what was not used.
func (m *matching) left() int {
	n := 0
	for _, k := range m.unused {
		n += k
	}
	return n
}

// free counts what was neither used nor is to be avoided, in one cell.
func (m *matching) free(c cell) int {
	if m.avoid == nil {
		return m.unused[c]
	}
	if _, ok := m.unused[c]; !ok {
		return 0
	}
	return max(0, len(m.all[c])-m.gone[c])
}

// Opening is how many questions of a new track are chosen by hand (first.yaml).
const Opening = 5

// opening returns the next of the questions that a new track begins with, nil when they are over or do not match.
func (b *Bank) opening(w Want, m matching) *Question {
	if w.Number > Opening || w.Theme != "" {
		return nil
	}
	for _, id := range b.first {
		q := b.byID[id]
		_, used := w.Used[id]
		if q != nil && !used && !w.Avoid[id] && slices.Contains(m.topics, q.Topic) && slices.Contains(m.levels, q.Level) {
			return q
		}
	}
	return nil
}

// fresh picks from what was not used: first the level, then a topic that was not asked lately, then a question.
func (b *Bank) fresh(w Want, m matching, dice uint64) *Question {
	if w.Theme != "" {
		m.topics = themed(w.Theme, m)
	}
	level, ok := m.level(w, dice)
	if !ok {
		return nil
	}
	c := cell{m.topic(w.Recent, level, next(dice)), level}
	list := b.cells[c]
	// Walk through the cell from a place that the dice name, in steps that reach every place.
	at, step := int(next(next(dice))%uint64(len(list))), stride(len(list))
	for range list {
		id := list[at].ID
		if _, used := w.Used[id]; !used && !m.avoid[id] {
			return list[at]
		}
		at = (at + step) % len(list)
	}
	return nil
}

// themed is the topics to pick from while a theme is on: the theme alone, as long as it has something left.
func themed(theme string, m matching) []string {
	for _, l := range m.levels {
		if m.free(cell{theme, l}) > 0 {
			return []string{theme}
		}
	}
	return m.topics
}

// stride is a step that has no divisor in common with n, near the golden section of it, so that a walk does not go in order.
func stride(n int) int {
	step := max(1, n*618/1000)
	for gcd(step, n) != 1 {
		step++
	}
	return step
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// level rolls the level by the ramp among those that have something left.
func (m *matching) level(w Want, dice uint64) (int, bool) {
	weights := map[int]int{}
	total := 0
	for _, l := range m.levels {
		free := 0
		for _, t := range m.topics {
			free += m.free(cell{t, l})
		}
		if free > 0 && weights[l] == 0 {
			weights[l] = 1 + 1000*share(w, l) // never nothing: a level that is left alone is picked
			total += weights[l]
		}
	}
	if total == 0 {
		return 0, false
	}
	at := int(dice % uint64(total))
	for _, l := range slices.Sorted(maps.Keys(weights)) {
		if at -= weights[l]; at < 0 {
			return l, true
		}
	}
	return 0, false
}

// share is the weight of a level in a week of a track, in per cent: easy ones first, from the fifth week a steady mix. Levels that were
// chosen by hand have that mix from the start.
func share(w Want, level int) int {
	week := min(max(w.Week, 1), 5)
	if len(w.Levels) > 0 {
		week = 5
	}
	if level < 1 || level > 3 {
		return 0
	}
	return [5][3]int{
		{85, 15, 0},
		{60, 40, 0},
		{40, 50, 10},
		{30, 50, 20},
		{25, 45, 30},
	}[week-1][level-1]
}

// topic rolls a topic of one level among those that were not asked lately: at least half of those that have something left were
// asked since. The more a topic has left, the likelier it is, so that all run out together.
func (m *matching) topic(recent []string, level int, dice uint64) string {
	type choice struct {
		topic     string
		age, free int
	}
	var choices []choice
	for _, t := range m.topics {
		if free := m.free(cell{t, level}); free > 0 {
			age := slices.Index(recent, t)
			if age < 0 {
				age = len(recent)
			}
			choices = append(choices, choice{t, age, free})
		}
	}
	slices.SortStableFunc(choices, func(a, c choice) int { return c.age - a.age })
	rested := choices[:(len(choices)+1)/2]
	for _, c := range choices[len(rested):] {
		if c.age == len(recent) {
			rested = append(rested, c)
		}
	}
	total := 0
	for _, c := range rested {
		total += c.free
	}
	at := int(dice % uint64(total))
	for _, c := range rested {
		if at -= c.free; at < 0 {
			return c.topic
		}
	}
	return rested[0].topic
}

// oldest returns the used question that was used longest ago, among those that match.
func (b *Bank) oldest(w Want, m matching, avoided bool) *Question {
	var best *Question
	for id, round := range w.Used {
		q, ok := b.byID[id]
		if !ok || (w.Avoid[id] && !avoided) {
			continue
		}
		if _, matches := m.unused[cell{q.Topic, q.Level}]; !matches {
			continue
		}
		if best == nil || round < w.Used[best.ID] || (round == w.Used[best.ID] && id < best.ID) {
			best = q
		}
	}
	return best
}

// PickPractice chooses a question for one person. No topic means those that are on at first, level 0 any. Recent lists the ids this
// person had, newest first: those come again only when all that match were had, the longest ago first.
func (b *Bank) PickPractice(topic string, level int, recent []string, seed uint64) (*Question, error) {
	w := Want{Number: Opening + 1 + len(recent), Week: 5, Seed: seed, Used: map[string]int{}}
	if topic != "" {
		w.Topics = []string{topic}
	}
	if level != 0 {
		w.Levels = []int{level}
	}
	for i, id := range slices.Backward(recent) {
		w.Used[id] = len(recent) - i
		if q, ok := b.byID[id]; ok && i < 8 {
			w.Recent = append([]string{q.Topic}, w.Recent...)
		}
	}
	q, _, err := b.Pick(w)
	return q, err
}

// PickTip chooses a tip for a topic or one of the nine parts ("" = any), not one of the recent ids, newest first, as long as there
// are others.
func (b *Bank) PickTip(topic string, recent []string, seed uint64) (*Tip, error) {
	return pickOther(b.tips, recent, seed, (*Tip).key, func(t *Tip) bool { return topic == "" || t.Topic == topic || t.Part == topic })
}

// PickProject chooses a brief of a size ("" = any), as PickTip does.
func (b *Bank) PickProject(size string, recent []string, seed uint64) (*Project, error) {
	return pickOther(b.projects, recent, seed, (*Project).key, func(p *Project) bool { return size == "" || p.Size == size })
}

// PickReverse chooses a question to ask at a stage ("" = any), as PickTip does.
func (b *Bank) PickReverse(stage string, recent []string, seed uint64) (*Reverse, error) {
	return pickOther(b.reverse, recent, seed, (*Reverse).key, func(r *Reverse) bool { return stage == "" || r.Stage == stage })
}

// pickOther picks one that matches and is not recent; when all are, the least recent.
func pickOther[T any](list []*T, recent []string, seed uint64, key func(*T) string, matches func(*T) bool) (*T, error) {
	had := make(map[string]int, len(recent))
	for i, id := range slices.Backward(recent) {
		had[id] = i + 1
	}
	var others []*T
	var oldest *T
	for _, e := range list {
		switch {
		case !matches(e):
		case had[key(e)] == 0:
			others = append(others, e)
		case oldest == nil || had[key(e)] > had[key(oldest)]:
			oldest = e
		}
	}
	if len(others) > 0 {
		return others[roll(seed, uint64(len(recent)))%uint64(len(others))], nil
	}
	if oldest == nil {
		return nil, fmt.Errorf("pick from %d entries: %w", len(list), ErrNone)
	}
	return oldest, nil
}

// roll mixes two numbers into a random-looking one, the same on every machine.
func roll(a, b uint64) uint64 {
	h := fnv.New64a()
	var bytes [16]byte
	for i := range 8 {
		bytes[i], bytes[8+i] = byte(a>>(8*i)), byte(b>>(8*i))
	}
	h.Write(bytes[:])
	return next(h.Sum64())
}

// next is one step of SplitMix64 (Steele, Lea, Flood 2014).
func next(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
