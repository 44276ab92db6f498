package rubric

import "slices"

// near is how many words with meaning may lie between the first and the last of n words that belong together: each may have two
// others beside it, and one sentence may end in between.
func near(n int) int { return 3*n + 2 }

// widest is how many words of any kind a match may span, so that a text of nothing but small words stays cheap.
const widest = 60

// Mark looks for every point in an answer. It takes any text, reads at most its first 32 KiB, and needs time in proportion to it.
func (r *Rubric) Mark(text string) Result {
	fresh := stems{}
	m := marking{rubric: r, text: text, words: scan(text, r.stems, fresh)}
	m.places = r.places(m.words)
	result := Result{Findings: make([]Finding, len(r.points)), Own: r.own(text, fresh)}
	for i := range r.points {
		p := &r.points[i]
		best := m.point(p)
		f := Finding{Point: p.id, Say: p.say, State: best.state}
		if best.state != Missing {
			f.Quote = quote(text, m.words, best.from, best.to)
		}
		result.Findings[i] = f
	}
	return result
}

// places lists, for each term, the words of the answer that say it.
func (r *Rubric) places(words []token) [][]int {
	places := make([][]int, len(r.terms))
	add := func(term, word int) {
		if k := len(places[term]); k == 0 || places[term][k-1] != word {
			places[term] = append(places[term], word)
		}
	}
	scratch := make([]byte, 0, 64)
	for i := range words {
		eachForm(words, i, scratch, func(form []byte) {
			if term, ok := r.terms[string(form)]; ok {
				add(term, i)
			}
		})
		if _, exact := r.terms[words[i].stem]; !exact && !r.prompt[words[i].stem] {
			if term, ok := r.meant(&words[i]); ok {
				add(term, i)
			}
		}
	}
	return places
}

type marking struct {
	rubric *Rubric
	text   string
	words  []token
	places [][]int
}

// match is where a phrase was found: the words from and to, inclusive.
type match struct {
	state    State
	terms    int
	from, to int
	span     int
}

// beats orders matches: a sure one first, then the one with more words in common, then the tightest.
func (m match) beats(o match) bool {
	if m.state != o.state {
		return m.state > o.state
	}
	if m.terms != o.terms {
		return m.terms > o.terms
	}
	return m.span < o.span
}

func (m *marking) point(p *point) match {
	var best match
	for i := range p.phrases {
		if found := m.phrase(&p.phrases[i]); found.state != Missing && (best.state == Missing || found.beats(best)) {
			best = found
		}
	}
	return best
}

// phrase finds the place where all terms of a phrase stand nearest to one another. It moves one finger per term through that term's
// places, always the one that is furthest behind, so every place is looked at once.
func (m *marking) phrase(p *phrase) match {
	var best match
	fingers := make([]int, len(p.terms))
	at := make([]int, len(p.terms))
	for {
		first, last := 0, 0
		for k, term := range p.terms {
			if fingers[k] == len(m.places[term]) {
				return best
			}
			at[k] = m.places[term][fingers[k]]
			if at[k] < at[first] {
				first = k
			}
			if at[k] > at[last] {
				last = k
			}
		}
		span := m.words[at[last]].at - m.words[at[first]].at
		if span <= near(len(p.terms)) && at[last]-at[first] <= widest {
			found := match{state: m.judge(p, at, at[first], at[last]), terms: len(p.terms), from: at[first], to: at[last], span: span}
			if best.state == Missing || found.span < best.span || (found.span == best.span && found.state > best.state) {
				best = found
			}
		}
		fingers[first]++
	}
}

// judge says whether words that stand together say what the phrase says: an odd difference in negations, or the two sides of a word
// such as before changed, ask the person to check.
func (m *marking) judge(p *phrase, at []int, from, to int) State {
	if negated(m.words, at, from, to) != p.negated {
		return Check
	}
	for i := from; i <= to && p.turn != ""; i++ {
		if m.words[i].word == p.turn && m.wholly(p.left, from, to, i, 1) && m.wholly(p.right, from, to, i, -1) {
			return Check
		}
	}
	return Found
}

// wholly says whether one of the terms stands only on the given side (-1 left, 1 right) of the word at turn.
func (m *marking) wholly(terms []int, from, to, turn, side int) bool {
	for _, term := range terms {
		here, there := false, false
		places := m.places[term]
		k, _ := slices.BinarySearch(places, from)
		for ; k < len(places) && places[k] <= to; k++ {
			here = here || (places[k]-turn)*side > 0
			there = there || (places[k]-turn)*side < 0
		}
		if here && !there {
			return true
		}
	}
	return false
}

// How far outside the matched words a negation still reaches them, in words of the same clause.
const (
	reachLeft  = 3
	reachRight = 2
)

// negated says whether an odd number of negations stands among the words at, of which from is the first and to the last, or reaches them.
// Phrasings are read by the same rule, so that each is found in itself.
func negated(words []token, at []int, from, to int) bool {
	odd := false
	for i := max(0, from-reachLeft); i <= min(len(words)-1, to+reachRight); i++ {
		if !negating(words, i) || (i > to && !afterwards(words[i].word) && (i > to+1 || !object(words[i].word))) {
			continue
		}
		if slices.ContainsFunc(at, func(k int) bool { return words[k].clause == words[i].clause }) {
			odd = !odd
		}
	}
	return odd
}

// afterwards says whether a negation also speaks of the words in front of it (is not), unlike those that only look ahead (without, no).
func afterwards(w string) bool {
	switch w {
	case "without", "no", "neither", "nor", "nothing", "nobody", "hardly":
		return false
	}
	return true
}

// object says whether a negation also speaks of a verb right in front of it (finds nothing).
func object(w string) bool { return w == "nothing" || w == "nobody" }

// negating says whether the word at i is a negation in earnest: not only, no matter, whether or not and why not are none.
func negating(words []token, i int) bool {
	if !negator(words[i].word) {
		return false
	}
	if i+1 < len(words) {
		switch words[i].word + " " + words[i+1].word {
		case "not only", "not just", "not merely", "not simply", "not necessarily", "no matter", "no doubt":
			return false
		}
	}
	if i > 0 {
		switch words[i-1].word + " " + words[i].word {
		case "or not", "why not", "if not":
			return false
		}
	}
	return true
}
