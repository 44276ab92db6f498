package questions

import (
	"cmp"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/interviewbot/interviewbot/questions/rubric"
)

// Lint says what keeps the content from being good: everything that the authoring guide (content/README.md) asks for and that a
// program can see. It reads the files once more where it finds something, for the line. In the first folder all must be there; in those that
// extend it what is left out is a Gap.
func (b *Bank) Lint() []Problem { return b.lint(func(place) bool { return true }) }

// LintFiles is Lint for the files that are wanted; they are still compared with all others.
func (b *Bank) LintFiles(wanted func(file string) bool) []Problem {
	return b.lint(func(at place) bool { return wanted(at.file) })
}

// LintOwn is Lint for the folders that extend the first one.
func (b *Bank) LintOwn() []Problem { return b.lint(place.own) }

func (at place) own() bool { return at.dir > 0 }

func (b *Bank) lint(wanted func(place) bool) []Problem {
	var work []subject
	common := b.common()
	for _, q := range b.questions {
		work = append(work, subject{"question", q.ID, func(g grades) {
			q.lint(g)
			q.lintCommon(g.warn, common)
		}})
	}
	for _, t := range b.tips {
		work = append(work, subject{"tips", t.ID, t.lint})
	}
	for _, p := range b.projects {
		work = append(work, subject{"projects", p.ID, p.lint})
	}
	for _, r := range b.reverse {
		work = append(work, subject{"reverse", r.ID, r.lint})
	}
	for _, c := range b.company {
		work = append(work, subject{"company", c.ID, c.lint})
	}
	work = slices.DeleteFunc(work, func(s subject) bool { return !wanted(b.origin[s.kind+"/"+s.id]) })
	found := make([][]Problem, len(work))
	twins := b.twins()
	inParallel(len(work), func(i int) { found[i] = b.lintOne(work[i], twins) })
	problems := slices.Concat(found...)
	slices.SortStableFunc(problems, func(a, c Problem) int { return cmp.Or(strings.Compare(a.File, c.File), a.Line-c.Line) })
	return problems
}

// subject is one thing to lint.
type subject struct {
	kind, id string
	lint     func(grades)
}

// grades take what is the matter, by how much it matters.
type grades struct{ mend, gap, warn report }

// lintOne collects what is the matter with one entry and looks up the lines only if there is something.
func (b *Bank) lintOne(s subject, twins map[string]string) []Problem {
	type complaint struct {
		path, what string
		grade      Grade
	}
	var complaints []complaint
	at := b.origin[s.kind+"/"+s.id]
	as := func(grade Grade) report {
		return func(path, format string, args ...any) {
			complaints = append(complaints, complaint{path, fmt.Sprintf(format, args...), grade})
		}
	}
	g := grades{as(Mend), as(Mend), as(Warning)}
	if at.own() {
		g.gap = as(Gap)
	}
	s.lint(g)
	if twin, ok := twins[s.kind+"/"+s.id]; ok {
		g.gap(textField(s.kind), "says nearly the same as %q; keep the better one", twin)
	}
	if len(complaints) == 0 {
		return nil
	}
	lineOf := b.lines(at)
	problems := make([]Problem, len(complaints))
	for i, c := range complaints {
		problems[i] = Problem{File: at.file, Line: lineOf(c.path), What: c.what, Grade: c.grade}
	}
	return problems
}

// lines returns a function that knows the line of every field of an entry, as far as its file can still be read.
func (b *Bank) lines(at place) func(path string) int {
	content, err := fs.ReadFile(b.dirs[at.dir], at.file)
	if err != nil {
		return func(string) int { return 0 }
	}
	node, err := parseYAML(content)
	if err != nil {
		return func(string) int { return 0 }
	}
	return func(path string) int {
		if at.entry >= 0 {
			path = fmt.Sprintf("%d.%s", at.entry, path)
		}
		return line(node, path)
	}
}

func (q *Question) lint(g grades) {
	q.lintShape(g)
	q.lintTexts(g.mend)
	q.lintLength(g.gap)
	if len(q.Points) > 0 {
		q.lintRubric(g)
	}
}

// lintShape sees that nothing is left out.
func (q *Question) lintShape(g grades) {
	atLeast := func(field string, have, want int) {
		if have < want {
			g.gap(field, "%s has %d entries; it needs at least %d", field, have, want)
		}
	}
	atLeast("points", len(q.Points), 3)
	for i, p := range q.Points {
		if n := different(p.Any); n < 3 {
			g.gap(fmt.Sprintf("points.%d", i), "point %s has %d different phrasings; it needs at least 3 that people really use", p.ID, n)
		}
		for k, s := range p.Any {
			if slices.Contains(p.Any[:k], s) {
				g.mend(fmt.Sprintf("points.%d.any.%d", i, k), "the phrasing %q stands here twice", s)
			}
		}
	}
	atLeast("hints", len(q.Hints), 3)
	atLeast("mistakes", len(q.Mistakes), 1)
	atLeast("followups", len(q.Followups), 2)
	atLeast("sources", len(q.Sources), 1)
	if q.Reviewed == "" {
		g.gap("reviewed", "reviewed is missing; write the date on which the facts were checked")
	}
	for i, tag := range q.Tags {
		if !slug(tag) {
			g.mend(fmt.Sprintf("tags.%d", i), "a tag is lower-case letters, digits and hyphens, not %q", tag)
		}
	}
	for _, s := range q.Samples.named() {
		if strings.TrimSpace(s[1]) == "" {
			g.gap("samples", "the %s sample is missing; the rubric is measured by it", s[0])
		}
	}
}

// named pairs each sample with its name.
func (s Samples) named() [][2]string {
	return [][2]string{{"strong", s.Strong}, {"partial", s.Partial}, {"wrong", s.Wrong}}
}

// different counts the phrasings that differ in more than inflection and small words.
func different(any []string) int {
	seen := map[string]bool{}
	for _, s := range any {
		seen[strings.Join(rubric.Stems(s), " ")] = true
	}
	return len(seen)
}

// lintTexts sees that every text keeps to the markup it may have, that code parses, and that nothing was left for later.
func (q *Question) lintTexts(r report) {
	lintField(r, "title", q.Title, checkPlain)
	for _, name := range []string{"prompt", "answer"} {
		text := q.Prompt
		if name == "answer" {
			text = q.Answer
		}
		lintField(r, name, text, checkBlocks)
		lintField(r, name, text, checkCode)
	}
	lintList(r, "hints", q.Hints, checkInline)
	lintList(r, "mistakes", q.Mistakes, checkInline)
	lintList(r, "followups", q.Followups, checkInline)
	for i, o := range q.Options {
		lintField(r, fmt.Sprintf("options.%d.text", i), o.Text, checkPlain)
		lintField(r, fmt.Sprintf("options.%d.why", i), o.Why, checkInline)
	}
	for i, p := range q.Points {
		lintField(r, fmt.Sprintf("points.%d.say", i), p.Say, checkPlain)
		lintList(r, fmt.Sprintf("points.%d.any", i), p.Any, checkPlain)
	}
	for _, s := range q.Samples.named() {
		lintField(r, "samples."+s[0], s[1], func(string) []string { return nil })
	}
}

func lintList(r report, name string, list []string, check func(string) []string) {
	for i, s := range list {
		lintField(r, fmt.Sprintf("%s.%d", name, i), s, check)
	}
}

func lintField(r report, path, text string, check func(string) []string) {
	for _, what := range check(text) {
		r(path, "%s", what)
	}
	for _, mark := range []string{"TODO", "FIXME", "TBD", "XXX", "orem ipsum", "o be completed", "o be written"} {
		if strings.Contains(text, mark) && strings.Contains(prose(text), mark) {
			r(path, "something was left for later here: %q", mark)
		}
	}
}

// Bounds of the model answer, in words outside code, and of its sentences.
const (
	answerFewest   = 100
	answerMost     = 220
	sentenceMost   = 45
	sentenceOnMean = 25
)

// lintLength sees that the model answer can be read in a minute.
func (q *Question) lintLength(r report) {
	text := prose(q.Answer)
	if n := len(strings.Fields(text)); n < answerFewest || n > answerMost {
		r("answer", "the answer has %d words outside code; it needs %d to %d", n, answerFewest, answerMost)
	}
	words, sentences := 0, sentences(text)
	for _, s := range sentences {
		n := len(strings.Fields(s))
		if words += n; n > sentenceMost {
			r("answer", "a sentence has %d words; break it up: %q", n, short(s))
		}
	}
	if len(sentences) > 0 && words > sentenceOnMean*len(sentences) {
		r("answer", "the sentences have %d words on average; at most %d read well", words/len(sentences), sentenceOnMean)
	}
}

// sentences cuts prose at full stops and the like, at list items and at blank lines.
func sentences(text string) []string {
	text = regexp.MustCompile(`(?m)^(- |\d+\. )`).ReplaceAllString(text, "\n\n")
	var list []string
	for _, s := range regexp.MustCompile(`[.!?;:](\s|$)|\n\s*\n`).Split(withoutCode(text), -1) {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

func (t *Tip) lint(g grades) { lintField(g.mend, "text", t.Text, checkInline) }

func (p *Project) lint(g grades) {
	lintField(g.mend, "title", p.Title, checkPlain)
	lintField(g.mend, "brief", p.Brief, checkBlocks)
	lintList(g.mend, "learn", p.Learn, checkInline)
	lintList(g.mend, "say", p.Say, checkInline)
	lintList(g.mend, "stretch", p.Stretch, checkInline)
}

func (v *Reverse) lint(g grades) {
	lintField(g.mend, "text", v.Text, checkInline)
	lintField(g.mend, "reveals", v.Reveals, checkInline)
}

func (c *Company) lint(g grades) {
	lintField(g.mend, "ask", c.Ask, checkInline)
	lintField(g.mend, "how", c.How, checkInline)
	lintField(g.mend, "use", c.Use, checkInline)
}
