// Package rubric says which points of a question an answer covers. It works offline and gives the same result for the same words: it
// compares stems, forgives one typing mistake, does not count what the prompt already said, and never judges an answer as a whole. What it
// finds can be trusted; what it does not find may still be there in other words (the measurements are in the tests).
package rubric

import "unicode"

// State is what is known of one point.
type State uint8

const (
	Missing State = iota // not detected, which is not the same as absent
	Check                // the words are there but seem to say the opposite, or stand the other way round
	Found
)

// Point is one thing a good answer says. Any lists phrasings that count as saying it; Keep lists words of the prompt that count
// for this point all the same.
type Point struct {
	ID, Say   string
	Any, Keep []string
}

// Finding is the state of one point, with the person's own words where they were found: at most 90 characters, cut between words.
type Finding struct {
	Point, Say string
	State      State
	Quote      string
}

// Result holds one finding for each point, in the rubric's order, and how many words are the person's own, as Own counts.
type Result struct {
	Findings []Finding
	Own      int
}

// Counts says whether the answer is long enough to count.
func (r Result) Counts() bool { return r.Own >= Enough }

// Found counts the points that were found; those to check do not count.
func (r Result) Found() int {
	n := 0
	for _, f := range r.Findings {
		if f.State == Found {
			n++
		}
	}
	return n
}

// Rubric is compiled from a question once and then used for any number of answers, also at the same time.
type Rubric struct {
	prompt    map[string]bool // stems of the prompt
	squeezed  string          // its text without blanks, in small letters
	stems     stems           // of the words of the prompt and the phrasings; only read once the rubric is made
	terms     map[string]int  // stem to its number
	spellings []spelling      // of the terms, for typing mistakes
	points    []point
}

type point struct {
	id, say string
	phrases []phrase
	dead    []Dead
}

// phrase is one way of saying a point: all its terms near one another, in any order.
type phrase struct {
	terms       []int
	negated     bool   // negations speak of them, an odd number
	turn        string // a word such as before; what stands left of it may not stand right of it
	left, right []int
}

// Dead is a phrasing that can never match, because all its words are stop words or words of the prompt.
type Dead struct {
	Point, Phrasing int
	Prompt          bool // false: stop words alone
}

// New compiles a rubric. Prompt is everything that the person could copy from: the title and the prompt.
func New(prompt string, points []Point) *Rubric {
	r := &Rubric{prompt: map[string]bool{}, squeezed: squeezed(prompt), stems: stems{}, terms: map[string]int{}, points: make([]point, len(points))}
	words := r.learn(prompt)
	scratch := make([]byte, 0, 64)
	for i := range words {
		eachForm(words, i, scratch, func(form []byte) { r.prompt[string(form)] = true })
	}
	for i, p := range points {
		r.points[i] = r.compile(i, p)
	}
	return r
}

// learn scans a text of the question.
func (r *Rubric) learn(text string) []token { return scan(text, nil, r.stems) }

// eachForm calls f with each stem under which the word at i may be found: its own, those of its parts, those of it and its neighbour as one
// word (dead lock, dead-lock, deadLock, deadlock). The bytes are those of scratch.
func eachForm(words []token, i int, scratch []byte, f func(form []byte)) {
	t := &words[i]
	f(append(scratch[:0], t.stem...))
	for _, part := range t.parts {
		f(append(scratch[:0], part...))
	}
	if i+1 < len(words) {
		next := &words[i+1]
		if next.start-t.end <= 1 && next.sentence == t.sentence {
			f(append(append(scratch[:0], t.word...), next.stem...))
			if t.stem != t.word {
				f(append(append(scratch[:0], t.stem...), next.stem...))
			}
		}
	}
}

func (r *Rubric) compile(number int, p Point) point {
	keep := map[string]bool{}
	for _, k := range p.Keep {
		for _, t := range r.learn(k) {
			keep[t.stem] = true
		}
	}
	compiled := point{id: p.ID, say: p.Say}
	for i, any := range p.Any {
		phrases, dead := r.phrases(r.learn(any), keep)
		if phrases == nil {
			compiled.dead = append(compiled.dead, Dead{Point: number, Phrasing: i, Prompt: dead})
		}
		compiled.phrases = append(compiled.phrases, phrases...)
	}
	return compiled
}

// Dead lists the phrasings that can never match, for the lint.
func (r *Rubric) Dead() []Dead {
	var all []Dead
	for _, p := range r.points {
		all = append(all, p.dead...)
	}
	return all
}

// phrases compiles one phrasing: as it stands, with camelCase words taken apart, and with each two neighbours as one word. It returns nil and
// whether the prompt is to blame when no word of its own is left.
func (r *Rubric) phrases(words []token, keep map[string]bool) (list []phrase, prompt bool) {
	own := make([]bool, len(words))
	some := false
	for i := range words {
		t := &words[i]
		if !t.content() {
			continue
		}
		if r.prompt[t.stem] && !keep[t.stem] {
			prompt = true
			continue
		}
		own[i], some = true, true
	}
	if !some {
		return nil, prompt
	}
	list = append(list, r.phrase(words, own, swap{at: -1}))
	for i := range words {
		if !own[i] {
			continue
		}
		if parts := words[i].parts; len(r.foreign(parts)) > 0 { // all of them: one alone says less than the whole word
			list = append(list, r.phrase(words, own, swap{i, 1, parts}))
		}
		if i+1 < len(words) && own[i+1] && words[i+1].start-words[i].end <= 1 {
			if joint := r.foreign([]string{words[i].word + words[i+1].stem}); len(joint) > 0 {
				list = append(list, r.phrase(words, own, swap{i, 2, joint}))
			}
		}
	}
	return list, false
}

// foreign returns the forms that are not the prompt's.
func (r *Rubric) foreign(forms []string) (own []string) {
	for _, form := range forms {
		if !r.prompt[form] {
			own = append(own, form)
		}
	}
	return own
}

// swap puts other forms in the place of some words of a phrasing.
type swap struct {
	at, words int
	forms     []string
}

// phrase compiles the words of a phrasing that are its own.
func (r *Rubric) phrase(words []token, own []bool, s swap) phrase {
	var p phrase
	var at []int
	for i := 0; i < len(words); i++ {
		t := &words[i]
		if p.turn == "" && i > 0 && direction(t.word) {
			p.turn, p.left = t.word, append([]int(nil), p.terms...)
		}
		switch {
		case i == s.at:
			at = append(at, i)
			for _, form := range s.forms {
				p.terms = append(p.terms, r.term(form, ""))
			}
			i += s.words - 1
		case own[i]:
			at = append(at, i)
			p.terms = append(p.terms, r.term(t.stem, t.word))
		}
	}
	if p.turn != "" {
		p.right = append(p.right, p.terms[len(p.left):]...)
	}
	p.terms, p.negated = unique(p.terms), negated(words, at, at[0], at[len(at)-1])
	return p
}

func unique(terms []int) []int {
	var once []int
next:
	for _, t := range terms {
		for _, o := range once {
			if o == t {
				continue next
			}
		}
		once = append(once, t)
	}
	return once
}

// term returns the number of a stem and remembers how the word is spelled.
func (r *Rubric) term(stem, word string) int {
	n, ok := r.terms[stem]
	if !ok {
		n = len(r.terms)
		r.terms[stem] = n
	}
	r.spell(n, stem)
	if word != stem {
		r.spell(n, word)
	}
	return n
}

// Negates says whether a text has a negation.
func Negates(text string) bool {
	words := scan(text, nil, stems{})
	for i := range words {
		if negating(words, i) {
			return true
		}
	}
	return false
}

// Stems returns the stems of the words of a text that carry meaning, each once, in order: what the lint compares prompts by.
func Stems(text string) []string {
	seen := map[string]bool{}
	var list []string
	for _, t := range scan(text, nil, stems{}) {
		if t.content() && !seen[t.stem] && !unicode.IsSpace(rune(t.stem[0])) {
			seen[t.stem] = true
			list = append(list, t.stem)
		}
	}
	return list
}
