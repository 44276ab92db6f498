package questions

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Draft is a question in the few fields that a person fills in. Title, Level and Points may be left out: the title is then the beginning of
// the prompt, the level 2, and without points people compare their answer with the model answer themselves.
type Draft struct {
	Title, Topic   string
	Level          int
	Prompt, Answer string   // Markdown subset, without links that hide their address
	Points         []string // each a line "what a good answer says | a phrasing | another phrasing"; the phrasings may be left out
	Author         string   // who gave it; may be empty
}

// Fault is what is the matter with one field of a question, in a sentence that says what to do.
type Fault struct {
	Field string // "" = the whole
	What  string
	Line  int // of an import; 0 = not known more exactly than the question's
}

// Compose makes a question of a draft. Without faults it passes Validate, loads as own content and survives Body and Read; with faults,
// whose fields are the draft's in small letters, it is there only to be shown. Its ID comes from the title alone: the caller sees to it
// that it is not taken. Characters that do not show are dropped. It does no I/O.
func Compose(d Draft) (*Question, []Fault) {
	q := &Question{Title: d.Title, Topic: strings.TrimSpace(d.Topic), Level: d.Level, Prompt: d.Prompt, Answer: d.Answer, Author: d.Author}
	for _, line := range d.Points[:min(len(d.Points), listMost)] {
		if p := readPoint(line); p.Say != "" {
			q.Points = append(q.Points, p)
		}
	}
	q.complete()
	faults := q.Validate()
	for _, f := range [][2]string{{"prompt", q.Prompt}, {"answer", q.Answer}} {
		if strings.Contains(withoutCode(prose(f[1])), "](") {
			faults = append(faults, Fault{Field: f[0], What: "a link hides its address behind a text; write the address itself"})
		}
	}
	return q, faults
}

// Validate says what keeps a question from being loaded as own content; nothing when it is in order. Fields are the outermost names of the
// schema, such as points.
func (q *Question) Validate() (faults []Fault) {
	report := func(path, format string, args ...any) {
		field, _, _ := strings.Cut(path, ".")
		if field == "id" && q.ID == "" && q.Title == "" {
			return // the title is missing, from which it would be made
		}
		if field == "title" && q.Title == "" && q.Prompt == "" {
			return // and so is the prompt
		}
		faults = append(faults, Fault{Field: field, What: fmt.Sprintf(format, args...)})
	}
	if q.Topic == "" {
		report("topic", "topic is missing; it is one of %s", topicIDs())
	} else {
		checkOneOf(report, "topic", q.Topic, topicList())
	}
	q.check(report)
	return faults
}

// What own questions are given where they leave it out.
const (
	ownLevel   = 2
	ownMinutes = 5
)

// complete cleans all texts of a question and fills in what may be left out.
func (q *Question) complete() {
	q.clean()
	if q.Title == "" {
		q.Title = titleOf(q.Prompt)
	}
	if q.ID == "" && q.Title != "" {
		q.ID = Slug(q.Title, idLimit)
	}
	if q.Level == 0 {
		q.Level = ownLevel
	}
	if q.Minutes == 0 {
		q.Minutes = ownMinutes
	}
	if q.Kind == "" {
		q.Kind = Open
		if len(q.Options) > 0 {
			q.Kind = Choice
		}
	}
	taken := map[string]bool{}
	for _, p := range q.Points {
		taken[p.ID] = true
	}
	for i := range q.Points {
		p := &q.Points[i]
		if len(p.Any) == 0 && p.Say != "" {
			p.Any = []string{p.Say}
		}
		if p.ID == "" {
			p.ID = free(Slug(p.Say, 32), taken)
			taken[p.ID] = true
		}
	}
}

// clean takes out of all texts what does not show, and blank lines and blanks at their ends.
func (q *Question) clean() {
	for _, s := range []*string{&q.ID, &q.Title, &q.Topic, &q.Author, &q.Reviewed, &q.Version} {
		*s = oneLine(*s)
	}
	for _, s := range []*string{&q.Prompt, &q.Answer, &q.Samples.Strong, &q.Samples.Partial, &q.Samples.Wrong} {
		*s = cleaned(*s)
	}
	for _, list := range []*[]string{&q.Tags, &q.Hints, &q.Mistakes, &q.Followups} {
		*list = cleanedList(*list, cleaned)
	}
	for i := range q.Points {
		p := &q.Points[i]
		p.ID, p.Say, p.Any, p.Keep = oneLine(p.ID), oneLine(p.Say), cleanedList(p.Any, oneLine), cleanedList(p.Keep, oneLine)
	}
	for i := range q.Options {
		q.Options[i].Text, q.Options[i].Why = oneLine(q.Options[i].Text), cleaned(q.Options[i].Why)
	}
	for i := range q.Sources {
		q.Sources[i].Title, q.Sources[i].URL = oneLine(q.Sources[i].Title), oneLine(q.Sources[i].URL)
	}
}

// cleaned returns a text without characters that do not show and without blanks at its ends.
func cleaned(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case r == unicode.ReplacementChar || unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, s)
	return strings.TrimRight(strings.TrimLeft(s, "\n"), " \t\n")
}

func oneLine(s string) string { return strings.Join(strings.Fields(cleaned(s)), " ") }

// cleanedList cleans the entries of a list and leaves out the empty ones.
func cleanedList(list []string, clean func(string) string) []string {
	var out []string
	for _, s := range list {
		if s = clean(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// titleOf makes a title of a prompt: its first question or sentence, without markup, in at most titleLimit characters.
func titleOf(prompt string) string {
	text := regexp.MustCompile(`\[([^\[\]]*)\]\([^()]*\)`).ReplaceAllString(prose(prompt), "$1")
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n\n")
	first = oneLine(strings.NewReplacer("`", "", "**", "", "](", "] (").Replace(first))
	if end := regexp.MustCompile(`[.!?] `).FindStringIndex(first); end != nil && end[0] > 10 {
		first = first[:end[0]+1]
	}
	r := []rune(first)
	if len(r) <= titleLimit {
		return first
	}
	cut := string(r[:titleLimit-1])
	if blank := strings.LastIndexByte(cut, ' '); blank > titleLimit/2 {
		cut = cut[:blank]
	}
	return cut + "…"
}

// Slug makes an id of a text: its letters and digits without accents, in small letters, with hyphens between the words, at most limit
// bytes. A text without any gives a hash, so that the same text has the same id. Nothing in it can be a path.
func Slug(text string, limit int) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case r == '\'' || r == '’' || unicode.Is(unicode.Mn, r): // what's, naïve
		default:
			gap = true
		}
	}
	s := b.String()
	if len(s) > limit {
		if s = s[:limit]; strings.LastIndexByte(s, '-') > limit/2 {
			s = s[:strings.LastIndexByte(s, '-')]
		}
		s = strings.Trim(s, "-")
	}
	if s == "" {
		sum := sha256.Sum256([]byte(text))
		s = "q-" + hex.EncodeToString(sum[:6])
	}
	return s
}

// free numbers an id until it is not taken.
func free(id string, taken map[string]bool) string {
	if !taken[id] {
		return id
	}
	n := 2
	for taken[fmt.Sprintf("%s-%d", id, n)] {
		n++
	}
	return fmt.Sprintf("%s-%d", id, n)
}
