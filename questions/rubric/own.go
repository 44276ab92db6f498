package rubric

import "strings"

// Enough is how many words of their own make a counting answer (RULES.md, 4).
const Enough = 12

// Counts says whether an answer is long enough to count, and how many words of the person's own it has.
func (r *Rubric) Counts(text string) (ok bool, words int) {
	words = r.Own(text)
	return words >= Enough, words
}

// Own counts the words of an answer that are not taken from the prompt. Small words (the, of, if) count only in company: as many of them as
// there are other words of one's own, so that an echo of the prompt has none. In scripts without spaces two characters are a
// word. A line of code that is not the prompt's counts with every name, number and operator.
func (r *Rubric) Own(text string) int { return r.own(text, stems{}) }

func (r *Rubric) own(text string, fresh stems) int {
	full, small, wide, code := 0, 0, 0, 0
	for line := range strings.Lines(capped(text)) {
		words := scan(line, r.stems, fresh)
		if signs := operators(line); looksLikeCode(line) {
			if !strings.Contains(r.squeezed, squeezed(line)) {
				code += len(words) + signs
			}
			continue
		}
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
	}
	return full + min(small, full) + wide/2 + code
}

// codeSigns are the signs that code is full of and prose is not.
const codeSigns = "{}[]();=<>"

// looksLikeCode says whether at least two and an eighth of the characters of a line are signs of code.
func looksLikeCode(line string) bool {
	signs, all := 0, 0
	for i := 0; i < len(line); i++ {
		if line[i] > ' ' {
			all++
		}
		if strings.IndexByte(codeSigns, line[i]) >= 0 {
			signs++
		}
	}
	return signs >= 2 && signs*8 >= all
}

// operators counts the runs of signs in a line of code; brackets count one by one.
func operators(line string) int {
	n := 0
	inside := false
	for i := 0; i < len(line); i++ {
		bracket := strings.IndexByte("{}[]()", line[i]) >= 0
		sign := strings.IndexByte("=<>!+-*/%&|^~:;.,", line[i]) >= 0
		if bracket || (sign && !inside) {
			n++
		}
		inside = sign
	}
	return n
}

// squeezed is a text without its blanks, in small letters.
func squeezed(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), "")) }
