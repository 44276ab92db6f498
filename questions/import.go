package questions

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/interviewbot/interviewbot/questions/rubric"
)

// Format is how questions are written in a file that is imported or exported.
type Format string

const (
	JSON Format = "json" // a list of questions with the fields of the schema; complete
	CSV  Format = "csv"  // a table with a header; complete
	Anki Format = "anki" // notes as Anki's text export has them; only prompt, answer, points, topic and tags
)

// FormatOf names the format by the end of a file's name; "" when that does not tell.
func FormatOf(name string) Format {
	switch strings.ToLower(path.Ext(name)) {
	case ".json":
		return JSON
	case ".csv", ".tsv":
		return CSV
	case ".txt":
		return Anki
	}
	return ""
}

// Bounds of an import.
const (
	ImportLimit = 5 << 20 // bytes
	EntryLimit  = 2000    // questions
)

// Entry is one question read from an import.
type Entry struct {
	Line     int       // from 1, where it begins
	Number   int       // from 1, when others begin on that line too; 0 = the line tells
	Question *Question // as far as it could be read; with what was left out filled in
	Faults   []Fault   // why it cannot be taken; none = it passes Validate and its id is free or may be replaced
	Notes    []string  // what was filled in by a guess, and what deserves a look
	Replaces string    // the file of own content that it replaces; "" = it is new

	about []string // what may name its topic: decks and tags
	stems []string // sorted; what duplicates are found by
}

// Place says where an entry stands in its file.
func (e *Entry) Place() string {
	if e.Number > 0 {
		return fmt.Sprintf("line %d, question %d", e.Line, e.Number)
	}
	return fmt.Sprintf("line %d", e.Line)
}

// Importing says how to import.
type Importing struct {
	Bank     *Bank              // what the questions are added to, compared with and learnt from; nil = an empty one
	Topic    string             // for questions that name none; "" = the topic of the bank whose words they share most
	Replace  bool               // questions of own content with the same id are replaced
	Progress func(done, of int) // called now and then by the caller's goroutine; may be nil
}

// Import reads questions in a format and says of each whether it can be added to the bank as own content. It fails as a whole, with the line,
// on what cannot be read at all and on more than ImportLimit or EntryLimit. It writes nothing.
func Import(content []byte, f Format, o Importing) ([]Entry, error) {
	content, err := importable(content)
	if err != nil {
		return nil, err
	}
	read := map[Format]func([]byte) ([]Entry, error){JSON: readJSON, CSV: readCSV, Anki: readAnki}[f]
	if read == nil {
		return nil, fmt.Errorf("the format is json, csv or anki, not %q", f)
	}
	entries, err := read(content)
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("holds no questions")
	}
	if o.Bank == nil {
		o.Bank = &Bank{}
	}
	in := importer{Importing: o, ids: map[string]*Entry{}}
	for _, q := range o.Bank.questions {
		in.known = append(in.known, text{q.ID, sortedStems(q)})
	}
	for i := range entries {
		in.take(&entries[i])
		if o.Progress != nil && (i+1)%100 == 0 {
			o.Progress(i+1, len(entries))
		}
	}
	return entries, nil
}

// importable sees that a file is text of a size that is read. Excel writes a byte-order mark before UTF-8; that one is taken off.
func importable(content []byte) ([]byte, error) {
	if len(content) > ImportLimit {
		return nil, fmt.Errorf("holds more than %d MiB; split it", ImportLimit>>20)
	}
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(content) {
		return nil, fmt.Errorf("line %d: has bytes that are not UTF-8; save it as UTF-8", badLine(content))
	}
	if i := bytes.IndexByte(content, 0); i >= 0 {
		return nil, fmt.Errorf("line %d: has a zero byte; save it as text in UTF-8", 1+bytes.Count(content[:i], []byte("\n")))
	}
	return content, nil
}

// tooMany is the error of a file with more entries than are read.
func tooMany(line int) error {
	return fmt.Errorf("line %d: holds more than %d questions; split it", line, EntryLimit)
}

// importer takes one entry after the other.
type importer struct {
	Importing
	ids    map[string]*Entry // entries of the file by id
	before []*Entry
	known  []text
	words  *guesser
}

// take completes an entry and says what keeps it out.
func (in *importer) take(e *Entry) {
	q := e.Question
	if what := q.tooLong(); what != "" {
		e.Question, e.Faults = &Question{ID: q.ID, Title: q.Title}, []Fault{{What: what}}
		in.before = append(in.before, e)
		return
	}
	named := q.ID != ""
	q.complete()
	e.stems = sortedStems(q)
	if !named && q.ID != "" && in.otherHas(q.ID, e) {
		sum := sha256.Sum256([]byte(q.Prompt))
		q.ID = Slug(q.Title, idLimit-7) + "-" + hex.EncodeToString(sum[:3])
	}
	in.setTopic(e)
	e.Faults = append(e.Faults, q.Validate()...)
	in.checkID(e)
	in.compare(e)
	if len(e.Faults) == 0 {
		q.lint(grades{mend: func(path, format string, args ...any) {
			e.Notes = append(e.Notes, path+": "+fmt.Sprintf(format, args...))
		}, gap: ignore, warn: ignore})
	}
	if more := len(e.Faults) - faultsTold; more > 0 {
		e.Faults = append(e.Faults[:faultsTold:faultsTold], Fault{What: fmt.Sprintf("and %d more", more)})
	}
	if q.ID != "" && in.ids[q.ID] == nil {
		in.ids[q.ID] = e
	}
	in.before = append(in.before, e)
}

// Bounds within which an entry is looked at closely: what is beyond them is no question, whatever else is the matter with it.
const (
	listMost   = 100 // entries of any list
	faultsTold = 10  // of one question
)

// tooLong says which list or text has far more than any question.
func (q *Question) tooLong() string {
	lists := map[string]int{"tags": len(q.Tags), "options": len(q.Options), "points": len(q.Points), "hints": len(q.Hints), "mistakes": len(q.Mistakes), "followups": len(q.Followups), "sources": len(q.Sources)}
	for _, p := range q.Points[:min(len(q.Points), listMost)] {
		lists["the phrasings of a point"] = max(lists["the phrasings of a point"], len(p.Any), len(p.Keep))
	}
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		if n := lists[name]; n > listMost {
			return fmt.Sprintf("%s: %d entries are far too many; leave out what is not needed", name, n)
		}
	}
	if n := len(q.Title) + len(q.Prompt) + len(q.Answer); n > fileLimit {
		return fmt.Sprintf("its texts have %d bytes; a question may have %d in all", n, fileLimit)
	}
	return ""
}

func ignore(string, string, ...any) {}

// otherHas says whether an id belongs to a question with other words.
func (in *importer) otherHas(id string, e *Entry) bool {
	if other := in.ids[id]; other != nil {
		return !slices.Equal(other.stems, e.stems)
	}
	other, ok := in.Bank.byID[id]
	return ok && !slices.Equal(sortedStems(other), e.stems)
}

func (in *importer) checkID(e *Entry) {
	id := e.Question.ID
	if id == "" {
		return
	}
	refuse := func(format string, args ...any) {
		e.Faults = append(e.Faults, Fault{Field: "id", What: fmt.Sprintf(format, args...)})
	}
	if other := in.ids[id]; other != nil {
		refuse("the id %q is that of %s too; give it another one, or take one of them out", id, other.Place())
		return
	}
	at, taken := in.Bank.origin["question/"+id]
	switch {
	case !taken:
	case at.dir == 0:
		refuse("the id %q belongs to a question of the bank that is built in; give it another one", id)
	case in.Replace:
		e.Replaces = at.file
	default:
		refuse("the id %q is taken by %s; --replace writes over it, or give it another one", id, at.file)
	}
}

// tellingStems is from how many words that carry meaning the same ones make the same question; with fewer, What is a lock? and When do you
// lock? would be one.
const tellingStems = 4

// compare finds what says the same: the same words keep an entry out, nearly the same are a note.
func (in *importer) compare(e *Entry) {
	report := func(share float64, prompt, where string) {
		if share == 1 && (len(e.stems) >= tellingStems || strings.EqualFold(oneLine(prompt), oneLine(e.Question.Prompt))) {
			e.Faults = append(e.Faults, Fault{Field: "prompt", What: "says the same as " + where + "; take one of them out"})
		} else {
			e.Notes = append(e.Notes, "says nearly the same as "+where+"; keep the better one")
		}
	}
	for _, other := range in.before {
		if share := jaccard(e.stems, other.stems); share >= alike && other.Question.ID != e.Question.ID {
			report(share, other.Question.Prompt, other.Place())
			return
		}
	}
	for _, other := range in.known {
		if share := jaccard(e.stems, other.stems); share >= alike && other.id != e.Question.ID {
			report(share, in.Bank.byID[other.id].Prompt, fmt.Sprintf("the question %q", other.id))
			return
		}
	}
}

func sortedStems(q *Question) []string {
	stems := rubric.Stems(q.Title + "\n" + q.Prompt)
	slices.Sort(stems)
	return stems
}

// setTopic finds the topic of an entry: its own, by id or title; that of its deck or tags; the one that was asked for; that of the question it
// replaces; a guess.
func (in *importer) setTopic(e *Entry) {
	q := e.Question
	if q.Topic != "" {
		if known := topicNamed(q.Topic); known != "" {
			q.Topic = known
		}
		return
	}
	for _, name := range e.about {
		if q.Topic = topicNamed(name); q.Topic != "" {
			return
		}
	}
	if q.Topic = in.Topic; q.Topic != "" {
		return
	}
	if old, ok := in.Bank.byID[q.ID]; ok && in.Bank.origin["question/"+q.ID].own() {
		q.Topic = old.Topic
		return
	}
	if in.words == nil {
		in.words = newGuesser(in.Bank)
	}
	if q.Topic = in.words.topic(q); q.Topic != "" {
		e.Notes = append(e.Notes, fmt.Sprintf("names no topic; by its words it is taken for %s (a column topic, or --topic, says otherwise)", q.Topic))
	}
}

// topicNamed finds a topic by its id or its title, whatever the capitals; "" = none.
func topicNamed(name string) string {
	if len(name) > 2*idLimit {
		return ""
	}
	s := Slug(name, 2*idLimit)
	for _, t := range topics() {
		if s == t.ID || s == Slug(t.Title, 2*idLimit) {
			return t.ID
		}
	}
	return ""
}
