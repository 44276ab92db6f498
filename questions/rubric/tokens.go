package rubric

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longest is how many bytes of a text are read: far more than a form takes (3,000 characters), and a bound for everything else.
const longest = 32 << 10

// token is one word of a text.
type token struct {
	start, end int      // bytes in the text
	word       string   // lower case, without accents and invisible characters
	stem       string   // the form that is compared
	parts      []string // stems of the parts of a camelCase word
	at         int      // place for measuring nearness: words without meaning take none, the end of a sentence takes some
	clause     int      // number of the clause it is in
	sentence   int      // number of the sentence or line it is in
	joined     bool     // nothing but a hyphen or the like stands between it and the word before
	caps       bool     // GET, PUT, NULL
	wide       bool     // one character of a script without spaces
}

// content says whether the word carries meaning.
func (t *token) content() bool { return (t.caps || !stopWord(t.word)) && !negator(t.word) }

// sentenceGap is how far the end of a sentence or line moves two words apart.
const sentenceGap = 3

// stems keeps what words were cut to, for cutting is what takes most of the time.
type stems map[string]string

// scan cuts a text into words. It reads at most longest bytes, whatever they are. Words in known are not cut again; new ones are added to
// fresh, which may be the same map.
func scan(text string, known, fresh stems) []token {
	text = capped(text)
	s := scanner{text: text, tokens: make([]token, 0, len(text)/5+1), known: known, fresh: fresh}
	for s.i < len(text) {
		r, n := utf8.DecodeRuneInString(text[s.i:])
		switch {
		case wide(r):
			s.add(s.i, s.i+n, string(r))
			s.tokens[len(s.tokens)-1].wide = true
			s.i += n
		case s.listNumber():
			s.i += 2
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			s.readWord()
		default:
			s.readMark(r, n)
		}
	}
	return s.tokens
}

// capped cuts a text at longest bytes, between two characters.
func capped(text string) string {
	if len(text) <= longest {
		return text
	}
	end := longest
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

type scanner struct {
	text     string
	i        int
	tokens   []token
	known    stems
	fresh    stems
	at       int
	clause   int
	sentence int
	loose    bool // something that separates words was read since the last one
}

// listNumber says whether the number of a list item stands here: one digit at the start of a line, a dot, a blank.
func (s *scanner) listNumber() bool {
	t := s.text[s.i:]
	start := s.i == 0 || s.text[s.i-1] == '\n'
	return start && len(t) > 2 && t[0] >= '0' && t[0] <= '9' && (t[1] == '.' || t[1] == ')') && t[2] == ' '
}

// readMark takes one character that is no part of a word.
func (s *scanner) readMark(r rune, n int) {
	next := s.text[s.i+n:]
	switch r {
	case '\n':
		if s.wrapped(next) {
			break
		}
		s.breakOff()
	case '.', '!', '?', '…':
		if next == "" || next[0] == ' ' || next[0] == '\n' {
			s.endSentence()
		}
	case ',', ';', ':', '(', ')', '–', '—':
		s.clause++
	}
	if r != '-' && r != '/' && r != '\'' && r != '`' && !unicode.Is(unicode.Cf, r) {
		s.loose = true
	}
	s.i += n
}

// wrapLength is the length from which a line is taken to be wrapped, in bytes.
const wrapLength = 50

// wrapped says whether a line break is in the middle of a sentence: after a long line, before a small letter.
func (s *scanner) wrapped(next string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(next, " "))
	return unicode.IsLower(r) && s.i-strings.LastIndexByte(s.text[:s.i], '\n') > wrapLength
}

// endSentence moves what follows away, unless the dot belonged to an abbreviation such as e.g.
func (s *scanner) endSentence() {
	if k := len(s.tokens); k > 0 && len(s.tokens[k-1].word) == 1 {
		return
	}
	s.breakOff()
}

// breakOff starts a new sentence.
func (s *scanner) breakOff() {
	s.at += sentenceGap
	s.clause++
	s.sentence++
}

// readWord takes a run of letters, digits and apostrophes; digits in front of letters are a word of their own (100ms).
func (s *scanner) readWord() {
	start, i := s.i, s.i
	number := true
	for i < len(s.text) {
		r, n := utf8.DecodeRuneInString(s.text[i:])
		digit := unicode.IsDigit(r)
		switch {
		case digit && r < utf8.RuneSelf:
		case wide(r):
			s.close(start, i)
			return
		case unicode.IsLetter(r), digit, unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
			if number && i > start && !ordinal(s.text[i:]) {
				s.close(start, i)
				return
			}
			number = false
		case !inside(s.text, start, i, r, number):
			s.close(start, i)
			return
		}
		i += n
	}
	s.close(start, i)
}

// inside says whether a mark between letters belongs to the word: don't, 0.5, 1,000, c++, c#.
func inside(text string, start, i int, r rune, number bool) bool {
	rest := text[i:]
	_, n := utf8.DecodeRuneInString(rest)
	next, _ := utf8.DecodeRuneInString(rest[n:])
	switch r {
	case '\'', '’':
		return !number && unicode.IsLetter(next)
	case '.':
		return number && unicode.IsDigit(next)
	case ',':
		return number && len(rest) > 3 && allDigits(rest[1:4])
	case '+', '#':
		one := i-start == 1 || (i-start == 2 && text[i-1] == '+')
		return one && (text[start]|0x20 == 'c' || text[start]|0x20 == 'f') && (r == '#' || text[i-1] == '+' || next == '+')
	}
	return false
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// ordinal says whether a number goes on as 1st, 2nd, 3rd.
func ordinal(rest string) bool {
	if len(rest) < 2 || (len(rest) > 2 && unicode.IsLetter(rune(rest[2]))) {
		return false
	}
	switch rest[:2] {
	case "st", "nd", "rd":
		return true
	}
	return false
}

// close ends the word that began at start.
func (s *scanner) close(start, end int) {
	s.i = end
	if end-start > 200 { // no word; keep what is compared small
		s.loose = true
		return
	}
	s.add(start, end, fold(s.text[start:end]))
}

// add appends one word and measures its place.
func (s *scanner) add(start, end int, word string) {
	if word == "" {
		return
	}
	t := token{start: start, end: end, word: word, joined: len(s.tokens) > 0 && !s.loose && s.tokens[len(s.tokens)-1].end < start}
	if t.joined && s.merge(end, word) {
		return
	}
	raw := s.text[start:end]
	t.caps = len(raw) > 1 && raw == strings.ToUpper(raw) && unicode.IsLetter(rune(raw[0]))
	t.stem = word
	if !stopWord(word) && !negator(word) {
		t.stem = s.stem(word)
	}
	if !t.caps {
		t.parts = camel(raw)
	}
	if clauseWord(word) {
		s.clause++
	}
	if t.content() {
		s.at++
	}
	t.at, t.clause, t.sentence = s.at, s.clause, s.sentence
	s.tokens = append(s.tokens, t)
	s.loose = false
}

// merge adds a word to the one before where both are one: non-blocking (which is no negation), I/O.
func (s *scanner) merge(end int, word string) bool {
	last := &s.tokens[len(s.tokens)-1]
	if last.word != "non" && (len(last.word) != 1 || len(word) != 1 || !plain(last.word) || !plain(word)) {
		return false
	}
	if !last.content() { // now it is
		s.at++
		last.at = s.at
	}
	last.end, last.word = end, last.word+word
	last.stem = s.stem(last.word)
	return true
}

// stem is the function of that name with a memory.
func (s *scanner) stem(word string) string {
	if cut, ok := s.known[word]; ok {
		return cut
	}
	cut, ok := s.fresh[word]
	if !ok {
		cut = stem(word)
		s.fresh[word] = cut
	}
	return cut
}

// camel returns the stems of the parts of a word such as readWriteLock, nil when it has one part.
func camel(raw string) []string {
	var parts []string
	from := 0
	for i := 1; i < len(raw); i++ {
		up := raw[i] >= 'A' && raw[i] <= 'Z'
		lowBefore := raw[i-1] >= 'a' && raw[i-1] <= 'z'
		lowAfter := i+1 < len(raw) && raw[i+1] >= 'a' && raw[i+1] <= 'z'
		if up && (lowBefore || (lowAfter && raw[i-1] >= 'A' && raw[i-1] <= 'Z' && i-from > 1)) {
			parts = append(parts, stem(fold(raw[from:i])))
			from = i
		}
	}
	if parts == nil {
		return nil
	}
	return append(parts, stem(fold(raw[from:])))
}

// fold brings a word to lower case and takes accents, thousands separators and invisible characters out of it.
func fold(raw string) string {
	ascii := true
	for i := 0; i < len(raw); i++ {
		if raw[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		low := strings.ToLower(raw)
		if low[0] >= '0' && low[0] <= '9' {
			low = strings.ReplaceAll(low, ",", "")
		}
		return low
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(raw) {
		switch {
		case r == '’':
			b.WriteByte('\'')
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// wide says whether a character belongs to a script that is written without spaces.
func wide(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
