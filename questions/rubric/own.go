package rubric

import "strings"

// Enough is how many words of their own make a counting answer (RULES.md, 4).
const Enough = 12

// Counts says whether an answer is long enough to count, and how many words of the person's own it has.
func (r *Rubric) Counts(text string) (ok bool, words int) {
	words = r.Own(text)
	return words >= Enough, words
}

// Own counts the words of an answer that are not taken from the prompt. Small words (the, of, if) and the operators of code count only in
// company: as many of them as there are other words of one's own, so that an echo of the prompt has none. In scripts without
// spaces two characters are a word.
func (r *Rubric) Own(text string) int {
	full, small, wide := 0, 0, 0
	words := scan(text)
	for i := range words {
		t := &words[i]
		switch {
		case t.wide:
			if !r.prompt[t.stem] {
				wide++
			}
		case !t.content():
			small++
		case !r.prompt[t.stem]:
			full++
		}
	}
	if len(text) > longest {
		text = text[:longest]
	}
	return full + min(small+operators(text), full) + wide/2
}

// operators counts the runs of signs that only code uses.
func operators(text string) int {
	n := 0
	inside := false
	for i := 0; i < len(text); i++ {
		sign := strings.IndexByte("=<>!+*%&|^~{}[];", text[i]) >= 0
		if sign && !inside {
			n++
		}
		inside = sign
	}
	return n
}
