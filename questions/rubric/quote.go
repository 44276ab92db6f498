package rubric

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// quoteLimit is the longest quote, in characters.
const quoteLimit = 90

// quote returns the matched words and as much of their sentence as fits, as the person wrote them, in whole clauses where it can: white
// space becomes one blank, and characters that do not show are left out.
func quote(text string, words []token, from, to int) string {
	fits := func(a, b int) bool { return utf8.RuneCountInString(text[words[a].start:words[b].end]) <= quoteLimit }
	for to > from && !fits(from, to) {
		to--
	}
	for from > 0 && words[from-1].clause == words[from].clause && fits(from-1, to) {
		from--
	}
	for to+1 < len(words) && words[to+1].clause == words[to].clause && fits(from, to+1) {
		to++
	}
	for {
		if a := clauseStart(words, from-1); a >= 0 && words[a].sentence == words[from].sentence && fits(a, to) {
			from = a
		} else if b := clauseEnd(words, to+1); b > 0 && words[b].sentence == words[to].sentence && fits(from, b) {
			to = b
		} else {
			break
		}
	}
	return visible(text[words[from].start:closed(text, words[from].start, words[to].end)])
}

// clauseStart returns the first word of the clause of the word at i, -1 when there is none.
func clauseStart(words []token, i int) int {
	for i > 0 && words[i-1].clause == words[i].clause {
		i--
	}
	return i
}

// clauseEnd returns the last word of the clause of the word at i, -1 when there is none.
func clauseEnd(words []token, i int) int {
	if i >= len(words) {
		return -1
	}
	for i+1 < len(words) && words[i+1].clause == words[i].clause {
		i++
	}
	return i
}

// closed moves the end over brackets that were opened inside.
func closed(text string, start, end int) int {
	for end < len(text) {
		pair := strings.IndexByte(")]}", text[end])
		if pair < 0 || strings.Count(text[start:end], "([{"[pair:pair+1]) <= strings.Count(text[start:end], ")]}"[pair:pair+1]) {
			break
		}
		end++
	}
	return end
}

// visible takes line breaks, controls and invisible characters out of a quote, and cuts a single endless word.
func visible(s string) string {
	var b strings.Builder
	blank := false
	n := 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			blank = b.Len() > 0
			continue
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			continue
		}
		if blank {
			b.WriteByte(' ')
			n++
		}
		blank = false
		if n++; n > quoteLimit {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}
