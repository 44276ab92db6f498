package playground

import (
	"fmt"
	"html"
	"html/template"
	"strconv"
	"strings"
)

// slackPart is any block, element or text object of Block Kit, as far as the bot uses them.
// https://docs.slack.dev/reference/block-kit/
type slackPart struct {
	Type      string      `json:"type"`
	Style     any         `json:"style"` // a word, or an object of looks
	Unix      int64       `json:"timestamp"`
	Fallback  string      `json:"fallback"`
	URL       string      `json:"url"`
	Alt       string      `json:"alt_text"`
	Channel   string      `json:"channel_id"`
	Elements  []slackPart `json:"elements"`
	Fields    []slackPart `json:"fields"`
	Options   []slackPart `json:"options"`
	Initial   []slackPart `json:"initial_options"`
	Selected  *slackPart  `json:"initial_option"`
	Accessory *slackPart  `json:"accessory"`
	Hint      *slackPart  `json:"placeholder"`
	Words     slackText   `json:"text"`
	Value     string      `json:"value"`
}

// slackText is a text: a string in rich text, an object elsewhere.
type slackText struct {
	Plain string
	Mark  bool // mrkdwn
}

// object is the text object that a part is itself, as in small print and fields.
func (b slackPart) object() slackText { return slackText{b.Words.Plain, b.Type == "mrkdwn"} }

func (t *slackText) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return readJSON(b, &t.Plain)
	}
	var o struct{ Type, Text string }
	err := readJSON(b, &o)
	t.Plain, t.Mark = o.Text, o.Type == "mrkdwn"
	return err
}

// slackHTML shows blocks the way Slack does.
func slackHTML(body []byte) (template.HTML, error) {
	var blocks []slackPart
	if err := readJSON(body, &blocks); err != nil {
		return "", fmt.Errorf("read Slack's blocks: %w", err)
	}
	m := &markup{}
	for _, b := range blocks {
		m.slack(b)
	}
	return template.HTML(m.String()), nil
}

func (m *markup) slack(b slackPart) {
	switch b.Type {
	case "header":
		m.in("h3", "", func() { m.slackText(b.Words) })
	case "divider":
		m.WriteString("<hr>")
	case "context":
		m.in("p", "note", func() {
			for _, e := range b.Elements {
				m.slackText(e.object())
			}
		})
	case "section":
		m.slackSection(b)
	case "actions":
		m.in("div", "row", func() {
			for _, e := range b.Elements {
				m.slackControl(e)
			}
		})
	case "image":
		m.in("p", "note", func() { m.text(b.Alt) })
	case "rich_text":
		for _, e := range b.Elements {
			m.slackRich(e)
		}
	}
}

func (m *markup) slackSection(b slackPart) {
	if b.Words.Plain != "" {
		m.in("p", "", func() { m.slackText(b.Words) })
	}
	if len(b.Fields) > 0 {
		m.in("div", "fields", func() {
			for _, f := range b.Fields {
				m.in("p", "", func() { m.slackText(f.object()) })
			}
		})
	}
	if b.Accessory != nil {
		m.slackControl(*b.Accessory)
	}
}

func (m *markup) slackControl(e slackPart) {
	switch e.Type {
	case "button":
		style, _ := e.Style.(string)
		m.button(style, e.Words.Plain)
	case "static_select":
		label := ""
		if e.Hint != nil {
			label = e.Hint.Words.Plain
		}
		if e.Selected != nil {
			label = e.Selected.Words.Plain
		}
		m.button("menu", label+" ▾")
	case "checkboxes":
		m.in("ul", "checks", func() {
			for _, o := range e.Options {
				mark := "☐ "
				for _, i := range e.Initial {
					if i.Value == o.Value {
						mark = "☑ "
					}
				}
				m.in("li", "", func() { m.text(mark + o.Words.Plain) })
			}
		})
	}
}

// slackText shows a text object. In mrkdwn the bot sends escapes, times, links and one bold line, nothing else.
func (m *markup) slackText(t slackText) {
	if !t.Mark {
		m.lines(t.Plain)
		return
	}
	s := t.Plain
	if bold, rest, ok := strings.Cut(s, "*\n"); ok && strings.HasPrefix(bold, "*") {
		m.in("b", "", func() { m.lines(html.UnescapeString(bold[1:])) })
		m.WriteString("<br>")
		s = rest
	}
	for {
		before, rest, ok := strings.Cut(s, "<")
		m.lines(html.UnescapeString(before))
		if !ok {
			return
		}
		inside, after, _ := strings.Cut(rest, ">")
		m.slackReference(inside)
		s = after
	}
}

// slackReference shows what mrkdwn has between < and >.
func (m *markup) slackReference(s string) {
	target, words, _ := strings.Cut(s, "|")
	switch {
	case strings.HasPrefix(target, "!date^"):
		parts := strings.Split(target, "^")
		if unix, err := strconv.ParseInt(parts[1], 10, 64); err == nil {
			m.instant(unix, "Mon 2 Jan 15:04")
		}
	case strings.HasPrefix(target, "#"):
		m.in("span", "mention", func() { m.text("#channel") })
	default:
		m.link(html.UnescapeString(target), html.UnescapeString(words))
	}
}

// lines shows text with its line breaks.
func (m *markup) lines(s string) {
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			m.WriteString("<br>")
		}
		m.text(line)
	}
}

// slackRich shows an element of rich text.
func (m *markup) slackRich(e slackPart) {
	inside := func() {
		for _, i := range e.Elements {
			m.slackRich(i)
		}
	}
	switch e.Type {
	case "rich_text_section":
		m.in("div", "text", inside)
	case "rich_text_quote":
		m.in("blockquote", "", inside)
	case "rich_text_preformatted":
		m.in("pre", "", inside)
	case "rich_text_list":
		list := "ul"
		if e.Style == "ordered" {
			list = "ol"
		}
		m.in(list, "", func() {
			for _, i := range e.Elements {
				m.in("li", "", func() { m.slackRich(i) })
			}
		})
	default:
		m.slackSpan(e)
	}
}

func (m *markup) slackSpan(e slackPart) {
	show := func() {
		switch e.Type {
		case "link":
			m.link(e.URL, e.Words.Plain)
		case "date":
			m.instant(e.Unix, "Mon 2 Jan 15:04")
		case "channel":
			m.in("span", "mention", func() { m.text("#channel") })
		default:
			m.lines(e.Words.Plain)
		}
	}
	looks, _ := e.Style.(map[string]any)
	for _, l := range [][2]string{{"code", "code"}, {"strike", "s"}, {"italic", "em"}, {"bold", "strong"}} {
		if looks[l[0]] == true {
			inner := show
			show = func() { m.in(l[1], "", inner) }
		}
	}
	show()
}
