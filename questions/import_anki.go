package questions

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ankiFile is how the notes of a text export are laid out. The header lines are those of Anki 2.1.54 and later
// (docs.ankiweb.net/importing/text-files.html, File Headers); an export of an older one has none.
type ankiFile struct {
	separator   byte
	html        bool
	deck        string
	tags        []string
	front, back int // columns, from 0
	special     map[string]int
}

// readAnki reads notes: the first two fields, or those named so, are prompt and answer; deck and tags may name the topic. HTML becomes text.
func readAnki(content []byte) ([]Entry, error) {
	s := string(content)
	f := ankiHeader(s)
	rows, err := ankiRows(s, f.separator)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, 0, len(rows))
	for _, row := range rows {
		e := Entry{Line: row.line, Question: &Question{}, about: slices.Clone(f.tags[:min(len(f.tags), listMost/2)])}
		if f.deck != "" {
			e.name(f.deck)
		}
		for i, cell := range row.cells {
			f.field(&e, i, cell)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// ankiHeader reads the lines that begin the file.
func ankiHeader(s string) ankiFile {
	f := ankiFile{back: 1, special: map[string]int{}}
	values := map[string]string{}
	first := ""
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, "\r\n")
		key, value, ok := strings.Cut(line, ":")
		switch {
		case ok && strings.HasPrefix(key, "#"):
			values[strings.ToLower(strings.TrimSpace(key[1:]))] = value
			continue
		case ok && key == "tags":
			values["tags"] = value
			continue
		case strings.HasPrefix(line, "#") || line == "":
			continue
		}
		first = line
		break
	}
	f.separator = ankiSeparator(values["separator"], first)
	f.html = strings.EqualFold(strings.TrimSpace(values["html"]), "true")
	if _, said := values["html"]; !said {
		f.html = regexp.MustCompile(`(?i)<(br|b|i|u|p|div|ul|ol|li|pre|code|img|span|a)\b[^<>]*>|&(lt|gt|amp|nbsp|quot);`).MatchString(s)
	}
	f.deck, f.tags = strings.TrimSpace(values["deck"]), strings.Fields(values["tags"])
	for _, name := range []string{"notetype", "deck", "tags", "guid"} {
		if n, err := strconv.Atoi(strings.TrimSpace(values[name+" column"])); err == nil && n > 0 {
			f.special[name] = n - 1
		}
	}
	f.place(strings.Split(values["columns"], string(f.separator)))
	return f
}

// place finds the columns of prompt and answer: by their names, else the first two that are nothing else.
func (f *ankiFile) place(names []string) {
	var ordinary []int
	for i := 0; len(ordinary) < 2; i++ {
		if !f.isSpecial(i) {
			ordinary = append(ordinary, i)
		}
	}
	f.front, f.back = ordinary[0], ordinary[1]
	named := map[string]int{}
	for i, name := range names {
		if c, ok := columnNamed(name); ok && !f.isSpecial(i) {
			named[c.name] = i
		}
	}
	front, hasFront := named["prompt"]
	back, hasBack := named["answer"]
	if hasFront && hasBack {
		f.front, f.back = front, back
	}
}

func (f *ankiFile) isSpecial(i int) bool {
	for _, at := range f.special {
		if at == i {
			return true
		}
	}
	return false
}

func ankiSeparator(named, first string) byte {
	if len(named) == 1 {
		return named[0]
	}
	for name, c := range map[string]byte{"tab": '\t', `\t`: '\t', "comma": ',', "semicolon": ';', "pipe": '|', "colon": ':', "space": ' '} {
		if strings.EqualFold(strings.TrimSpace(named), name) {
			return c
		}
	}
	for _, c := range []byte("\t|;,") {
		if strings.IndexByte(first, c) >= 0 {
			return c
		}
	}
	return '\t'
}

// tag takes a tag; those that an export makes of level and topic become these again.
func (e *Entry) tag(tag string) {
	level, isLevel := strings.CutPrefix(tag, "level-")
	n, err := strconv.Atoi(level)
	switch {
	case isLevel && err == nil && n >= 1 && n <= 3:
		e.Question.Level = n
	case topicNamed(tag) == "" && !slices.Contains(e.Question.Tags, tag):
		e.Question.Tags = append(e.Question.Tags, tag)
	}
}

// name adds what a deck or a tag may call the topic by: its own name, then those above it.
func (e *Entry) name(deck string) {
	for _, name := range slices.Backward(strings.Split(deck, "::")) {
		if len(e.about) < listMost {
			e.about = append(e.about, name)
		}
	}
}

// field takes one cell of a note.
func (f *ankiFile) field(e *Entry, i int, cell string) {
	if len(cell) > fileLimit {
		e.Faults = append(e.Faults, Fault{What: fmt.Sprintf("field %d holds %d bytes; at most %d are read", i+1, len(cell), fileLimit)})
		return
	}
	if at, ok := f.special["deck"]; ok && at == i {
		e.name(cell)
		return
	}
	if at, ok := f.special["tags"]; ok && at == i {
		tags := strings.Fields(cell)
		for _, tag := range tags[:min(len(tags), listMost)] {
			e.name(tag)
			e.tag(Slug(tag, 40))
		}
		return
	}
	if f.isSpecial(i) || strings.TrimSpace(cell) == "" {
		return
	}
	if i != f.front && i != f.back {
		e.Notes = append(e.Notes, fmt.Sprintf("field %d is passed over; only prompt and answer are read", i+1))
		return
	}
	text, media := cell, false
	if f.html {
		text, media = plainText(cell)
	}
	if sound := regexp.MustCompile(`\[sound:[^\]]*\]`); sound.MatchString(text) {
		text, media = sound.ReplaceAllString(text, ""), true
	}
	if media {
		e.Notes = append(e.Notes, "a picture or a sound is left out; see that the text says enough without it")
	}
	q := e.Question
	if i == f.back {
		q.Answer = strings.TrimSpace(q.Answer + "\n\n" + text)
		return
	}
	cloze := regexp.MustCompile(`(?s)\{\{c\d+::(.*?)(::.*?)?\}\}`)
	if q.Prompt = text; !strings.Contains(text, "}}") {
		return
	}
	if q.Prompt = cloze.ReplaceAllString(text, "[…]"); q.Prompt != text {
		q.Answer = strings.TrimSpace(cloze.ReplaceAllString(text, "$1") + "\n\n" + q.Answer)
	}
}

// ankiRow is a note and the line on which it begins.
type ankiRow struct {
	line  int
	cells []string
}

// ankiRows cuts a file into notes and fields as Anki does: a field may stand between quotes, which are doubled inside; quotes elsewhere are
// text; lines that begin with # are comments.
func ankiRows(s string, separator byte) (rows []ankiRow, err error) {
	line, i := 1, 0
	for i < len(s) {
		begins, _, _ := strings.Cut(s[i:], "\n")
		if text := strings.TrimSpace(begins); text == "" || s[i] == '#' || (len(rows) == 0 && strings.HasPrefix(text, "tags:")) {
			i, line = i+len(begins)+1, line+1
			continue
		}
		if len(rows) == EntryLimit {
			return nil, tooMany(line)
		}
		row := ankiRow{line: line}
		for last := false; !last; {
			var cell string
			var n int
			if cell, n, last = ankiCell(s[i:], separator); n < 0 {
				return nil, fmt.Errorf("line %d: a quote that begins here is never closed; close it, or double the quotes inside the field", line)
			}
			row.cells = append(row.cells, cell)
			line += strings.Count(s[i:min(i+n, len(s))], "\n")
			i += n
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// ankiCell reads one field: its text, how many bytes it took with what ends it, and whether it is the last of its note.
func ankiCell(s string, separator byte) (cell string, n int, last bool) {
	var b strings.Builder
	i := 0
	if strings.HasPrefix(s, `"`) {
		for i = 1; ; i++ {
			if i >= len(s) {
				return "", -1, true
			}
			if s[i] == '"' {
				if i+1 < len(s) && s[i+1] == '"' {
					i++
				} else {
					i++
					break
				}
			}
			b.WriteByte(s[i])
		}
	}
	for ; i < len(s); i++ {
		switch s[i] {
		case '\n':
			return strings.TrimSuffix(b.String(), "\r"), i + 1, true
		case separator:
			return b.String(), i + 1, false
		}
		b.WriteByte(s[i])
	}
	return b.String(), i, true
}
