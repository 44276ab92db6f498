package questions

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of the texts, in characters: under those of every platform, so that nothing is ever cut.
const (
	idLimit     = 64
	titleLimit  = 120
	promptLimit = 900
	answerLimit = 2400
	optionLimit = 75
	hintLimit   = 300
	sayLimit    = 120
	anyLimit    = 120
	lineLimit   = 300 // a mistake, a follow-up, why an option is right
	tipLimit    = 280
	briefLimit  = 1200
	sampleLimit = 3000
	authorLimit = 80
)

// check reports what would break the bot: missing text, unknown words, text over the bounds. What makes a question good is the lint's.
func (q *Question) check(r report) {
	checkID(r, q.ID)
	checkText(r, "title", q.Title, 1, titleLimit)
	if q.Level < 1 || q.Level > 3 {
		r("level", "the level is 1, 2 or 3, not %d", q.Level)
	}
	if q.Minutes < 1 || q.Minutes > 60 {
		r("minutes", "minutes are from 1 to 60, not %d", q.Minutes)
	}
	checkOneOf(r, "kind", string(q.Kind), []string{string(Open), string(Choice), string(Code)})
	checkText(r, "prompt", q.Prompt, 1, promptLimit)
	checkText(r, "answer", q.Answer, 1, answerLimit)
	q.checkOptions(r)
	q.checkPoints(r)
	checkTexts(r, "hints", q.Hints, hintLimit)
	if len(q.Hints) > 3 {
		r("hints", "has %d hints; at most 3 are shown", len(q.Hints))
	}
	checkTexts(r, "mistakes", q.Mistakes, lineLimit)
	checkTexts(r, "followups", q.Followups, lineLimit)
	checkTexts(r, "tags", q.Tags, 40)
	for i, s := range q.Sources {
		checkText(r, fmt.Sprintf("sources.%d.title", i), s.Title, 1, titleLimit)
		checkURL(r, fmt.Sprintf("sources.%d.url", i), s.URL)
	}
	if _, err := time.Parse(time.DateOnly, q.Reviewed); err != nil && q.Reviewed != "" {
		r("reviewed", "reviewed is a date such as 2026-11-22, not %q", q.Reviewed)
	}
	checkText(r, "version", q.Version, 0, titleLimit)
	checkText(r, "author", q.Author, 0, authorLimit)
	checkText(r, "samples.strong", q.Samples.Strong, 0, sampleLimit)
	checkText(r, "samples.partial", q.Samples.Partial, 0, sampleLimit)
	checkText(r, "samples.wrong", q.Samples.Wrong, 0, sampleLimit)
}

func (q *Question) checkOptions(r report) {
	if q.Kind != Choice {
		if len(q.Options) > 0 {
			r("options", "only a question of kind choice has options")
		}
		return
	}
	if len(q.Options) < 2 || len(q.Options) > 6 {
		r("options", "a choice has 2 to 6 options, not %d", len(q.Options))
	}
	right := false
	for i, o := range q.Options {
		right = right || o.Right
		checkText(r, fmt.Sprintf("options.%d.text", i), o.Text, 1, optionLimit)
		checkText(r, fmt.Sprintf("options.%d.why", i), o.Why, 1, lineLimit)
		if slices.ContainsFunc(q.Options[:i], func(p Option) bool { return strings.EqualFold(p.Text, o.Text) }) {
			r(fmt.Sprintf("options.%d.text", i), "this option stands here twice")
		}
	}
	if !right {
		r("options", "no option is right; mark at least one with right: true")
	}
}

func (q *Question) checkPoints(r report) {
	if len(q.Points) > 6 {
		r("points", "has %d points; at most 6 fit", len(q.Points))
	}
	seen := map[string]bool{}
	for i, p := range q.Points {
		at := "points." + strconv.Itoa(i)
		if !slug(p.ID) {
			r(at+".id", "the id of a point is lower-case letters, digits and hyphens, not %q", p.ID)
		}
		if seen[p.ID] {
			r(at+".id", "the id %q stands here twice", p.ID)
		}
		seen[p.ID] = true
		checkText(r, at+".say", p.Say, 1, sayLimit)
		checkTexts(r, at+".any", p.Any, anyLimit)
		checkTexts(r, at+".keep", p.Keep, 40)
		if len(p.Any) == 0 {
			r(at, "has no phrasings; add at least one under any")
		}
	}
}

func (t *Tip) check(r report) {
	checkID(r, t.ID)
	checkText(r, "text", t.Text, 1, tipLimit)
	checkOneOf(r, "part", t.Part, partIDs())
	if t.Topic != "" {
		checkOneOf(r, "topic", t.Topic, topicList())
	}
	checkText(r, "source", t.Source, 0, lineLimit)
}

func (p *Project) check(r report) {
	checkID(r, p.ID)
	checkText(r, "title", p.Title, 1, titleLimit)
	checkOneOf(r, "size", p.Size, Sizes())
	checkText(r, "brief", p.Brief, 1, briefLimit)
	for _, list := range []struct {
		name  string
		texts []string
	}{{"learn", p.Learn}, {"say", p.Say}, {"stretch", p.Stretch}} {
		checkTexts(r, list.name, list.texts, lineLimit)
		if len(list.texts) == 0 {
			r(list.name, "%s is missing; a project needs at least one entry", list.name)
		}
	}
}

func (v *Reverse) check(r report) {
	checkID(r, v.ID)
	checkText(r, "text", v.Text, 1, lineLimit)
	checkOneOf(r, "stage", v.Stage, Stages())
	checkText(r, "reveals", v.Reveals, 1, lineLimit)
}

func (c *Company) check(r report) {
	checkID(r, c.ID)
	checkOneOf(r, "area", c.Area, Areas())
	checkText(r, "ask", c.Ask, 1, lineLimit)
	checkText(r, "how", c.How, 1, 2*lineLimit)
	checkText(r, "use", c.Use, 1, 2*lineLimit)
}

func checkID(r report, id string) {
	if !slug(id) || len(id) > idLimit {
		r("id", "an id is lower-case letters, digits and single hyphens, at most %d, not %q", idLimit, id)
	}
}

// slug says whether an id has the form of one: a-z, 0-9 and hyphens between them.
func slug(id string) bool {
	for i := range len(id) {
		c := id[i]
		between := c == '-' && i > 0 && i+1 < len(id) && id[i-1] != '-'
		if !between && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return id != ""
}

func checkTexts(r report, name string, list []string, limit int) {
	for i, s := range list {
		if what := textFault(s, 1, limit); what != "" {
			r(fmt.Sprintf("%s.%d", name, i), "an entry of %s %s", name, what)
		}
	}
}

func checkText(r report, path, s string, least, most int) {
	if what := textFault(s, least, most); what != "" {
		r(path, "%s %s", path[strings.LastIndexByte(path, '.')+1:], what)
	}
}

// textFault says what is the matter with a text that is too short or too long or holds characters that do not show.
func textFault(s string, least, most int) string {
	if least > 0 && strings.TrimSpace(s) == "" {
		return "is missing or empty; fill it in"
	}
	if n := utf8.RuneCountInString(s); n > most {
		return fmt.Sprintf("has %d characters; at most %d fit", n, most)
	}
	for _, c := range s {
		if c >= ' ' && c < 0x7f {
			continue
		}
		if (unicode.IsControl(c) && c != '\n' && c != '\t') || unicode.Is(unicode.Cf, c) || c == utf8.RuneError {
			return fmt.Sprintf("holds the invisible character %U; take it out", c)
		}
	}
	return ""
}

func checkOneOf(r report, name, value string, known []string) {
	if !slices.Contains(known, value) {
		r(name, "%s is one of %s, not %q", name, strings.Join(known, ", "), value)
	}
}

func checkURL(r report, at, address string) {
	if address != "" && !wellFormed(address) {
		r(at, "the address is not well-formed: %q; it begins with https:// and has no blanks", address)
	}
}

// wellFormed says whether an address is one that a browser opens over TLS.
func wellFormed(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && strings.Contains(u.Host, ".") && u.User == nil && !strings.ContainsAny(address, " \t\n<>\"")
}

func topicIDs() string { return strings.Join(topicList(), ", ") }

func topicList() []string {
	var ids []string
	for _, t := range topics() {
		ids = append(ids, t.ID)
	}
	return ids
}

func partIDs() []string {
	var ids []string
	for _, p := range Parts() {
		ids = append(ids, p.ID)
	}
	return ids
}
