package rubric

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// quoteLimit is the longest quote, in characters.
const quoteLimit = 90

// quote returns the matched words and as much of their sentence as fits, as the person wrote them; white space becomes one blank, and
// characters that do not show are left out.
func quote(text string, words []token, from, to int) string {
	length := func(a, b int) int { return utf8.RuneCountInString(text[words[a].start:words[b].end]) }
	for to > from && length(from, to) > quoteLimit {
		to--
	}
	for grown := true; grown; {
		grown = false
		if from > 0 && words[from-1].sentence == words[from].sentence && length(from-1, to) <= quoteLimit {
			from, grown = from-1, true
		}
		if to+1 < len(words) && words[to+1].sentence == words[to].sentence && length(from, to+1) <= quoteLimit {
			to, grown = to+1, true
		}
	}
	return visible(text[words[from].start:words[to].end])
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
