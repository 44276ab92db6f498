package rubric

import (
	"slices"
	"strings"
)

// shortest is the length from which a word may hold a typing mistake: in shorter ones a changed letter is too often another word.
const shortest = 5

// spelling is a way to write a term.
type spelling struct {
	word    string
	term    int
	letters uint32 // which letters occur, to pass over most words at once
}

func (r *Rubric) spell(term int, word string) {
	if len(word) < shortest || !plain(word) {
		return
	}
	for _, s := range r.spellings {
		if s.word == word {
			return
		}
	}
	r.spellings = append(r.spellings, spelling{word: word, term: term, letters: letters(word)})
}

// meant returns the term that a word becomes when one typing mistake is undone: a letter too many, missing, changed, or changed with its
// neighbour. The first letter must be right (few people miss it, and it tells locking from blocking), and a word that is known to be a
// word is taken at its word.
func (r *Rubric) meant(t *token) (term int, ok bool) {
	if len(t.word) < shortest || !plain(t.word) || !t.content() {
		return 0, false
	}
	word, stem := letters(t.word), letters(t.stem)
	for i := range r.spellings {
		if s := &r.spellings[i]; oneMistake(s, t.word, word) || (len(t.stem) >= shortest && oneMistake(s, t.stem, stem)) {
			return s.term, !ownWord(t.word)
		}
	}
	return 0, false
}

func letters(w string) uint32 {
	var set uint32
	for i := 0; i < len(w); i++ {
		set |= 1 << (w[i] & 31)
	}
	return set
}

// oneMistake says whether a word is at most one edit away from a spelling (Damerau 1964: insertion, deletion, substitution,
// transposition).
func oneMistake(s *spelling, w string, set uint32) bool {
	d := len(s.word) - len(w)
	if d < -1 || d > 1 || s.word[0] != w[0] {
		return false
	}
	if diff := s.letters ^ set; diff&(diff-1) != 0 { // a second letter differs: only a substitution does that
		if rest := diff & (diff - 1); rest&(rest-1) != 0 {
			return false
		}
	}
	i := 0
	for i < len(w) && i < len(s.word) && w[i] == s.word[i] {
		i++
	}
	a, b := s.word[i:], w[i:]
	switch {
	case d == 1:
		return a[1:] == b
	case d == -1:
		return a == b[1:]
	case a == "" || a[1:] == b[1:]:
		return true
	}
	return len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
}

// ownWord says whether a word that is one letter away from a word of the trade is a word itself, so that no typing mistake is seen in it.
func ownWord(w string) bool { return strings.Contains(known, " "+w+" ") }

// Mistakable returns, sorted, those of some words that would be taken for another of them if they were not known. The list in known.go is
// made with it, from all words of the bank.
func Mistakable(words []string) []string {
	byLetter := map[byte][]string{}
	for _, w := range words {
		if len(w) >= shortest && plain(w) {
			byLetter[w[0]] = append(byLetter[w[0]], w)
		}
	}
	var found []string
	for _, group := range byLetter {
		r := &Rubric{terms: map[string]int{}}
		for _, w := range group {
			r.term(stem(w), w)
		}
		for _, w := range group {
			if r.takenForAnother(&token{word: w, stem: stem(w)}) {
				found = append(found, w)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// takenForAnother says whether a term other than the word's own has a spelling that is one mistake away.
func (r *Rubric) takenForAnother(t *token) bool {
	word, stem := letters(t.word), letters(t.stem)
	return t.content() && slices.ContainsFunc(r.spellings, func(s spelling) bool {
		return s.term != r.terms[t.stem] && (oneMistake(&s, t.word, word) || (len(t.stem) >= shortest && oneMistake(&s, t.stem, stem)))
	})
}
