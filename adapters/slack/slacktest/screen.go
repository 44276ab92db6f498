package slacktest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Message is a message or a home page as a person sees it in Slack's client.
type Message struct {
	TS       string
	Text     string   // what can be read, in reading order
	Summary  string   // the text that notifications and screen readers use
	Buttons  []Button // also in menus of their own
	Menus    []Menu
	Boxes    []Box
	Pictures []string // their descriptions
	Notified []string // whom it mentions
	Private  bool     // only this person sees it
	Blocks   string   // its blocks as JSON
}

// Button is a button; URL is where it leads, if anywhere.
type Button struct{ Label, URL string }

// Menu is a menu with the labels of its choices.
type Menu struct {
	Placeholder, Selected string
	Choices               []string
}

// Box is one checkbox.
type Box struct {
	Label  string
	Ticked bool
}

// Dialog is an open modal.
type Dialog struct {
	Title, Send string
	Depth       int     // how many lie on each other
	Page        Message // what can be read and pressed in it
	Inputs      []Input
}

// Input is one field of a dialog.
type Input struct {
	Label, Hint, Placeholder, Error string
	Choices, Values                 []string
}

// eyes read blocks for one person.
type eyes struct {
	s    *Server
	zone *time.Location
	m    Message
	text []string

	plain bool // styles are not read
}

// look reads a message, or the blocks of a view, for a person; s.mu is held.
func (s *Server) look(u *user, m *message, blocks []any, state map[string]map[string]*value) Message {
	zone, err := time.LoadLocation(u.zone)
	if err != nil {
		zone = time.UTC
	}
	e := &eyes{s: s, zone: zone}
	if m != nil {
		e.plain = m.plain
		e.m.Summary = e.mrkdwn(m.text, true)
		e.plain = false
	}
	for _, b := range blocks {
		e.block(asObject(b), state)
	}
	if len(blocks) == 0 {
		e.say(e.m.Summary)
	}
	e.m.Text = strings.Join(e.text, "\n")
	if b, err := json.Marshal(blocks); err == nil {
		e.m.Blocks = string(b)
	}
	return e.m
}

func (e *eyes) say(s string) {
	if s != "" {
		e.text = append(e.text, s)
	}
}

func (e *eyes) block(b object, state map[string]map[string]*value) {
	switch str(b, "type") {
	case "header":
		e.say(textOf(b, "text"))
	case "section":
		e.say(e.object(asObject(b["text"])))
		for _, f := range list(b, "fields") {
			e.say(e.object(asObject(f)))
		}
	case "context":
		var parts []string
		for _, x := range list(b, "elements") {
			parts = append(parts, e.object(asObject(x)))
		}
		e.say(strings.Join(parts, " "))
	case "rich_text":
		for _, x := range list(b, "elements") {
			e.say(e.rich(asObject(x)))
		}
	case "image":
		e.m.Pictures = append(e.m.Pictures, str(b, "alt_text"))
	}
	if str(b, "type") == "input" {
		return
	}
	for _, x := range interactive(b) {
		now := state[str(b, "block_id")][str(x, "action_id")]
		if now == nil {
			now = initial(x)
		}
		e.element(x, now)
	}
}

func (e *eyes) element(x object, now *value) {
	switch str(x, "type") {
	case "button":
		e.m.Buttons = append(e.m.Buttons, Button{textOf(x, "text"), str(x, "url")})
	case "static_select":
		labels, selected := options(x, now)
		e.m.Menus = append(e.m.Menus, Menu{textOf(x, "placeholder"), strings.Join(selected, ""), labels})
	case "checkboxes":
		labels, selected := options(x, now)
		for _, l := range labels {
			e.m.Boxes = append(e.m.Boxes, Box{l, slices.Contains(selected, l)})
		}
	}
}

// options are the labels of an element's options and of those that are selected.
func options(x object, now *value) (labels, selected []string) {
	for _, o := range list(x, "options") {
		label := textOf(asObject(o), "text")
		labels = append(labels, label)
		if slices.Contains(now.selected, str(asObject(o), "value")) {
			selected = append(selected, label)
		}
	}
	return labels, selected
}

// object reads a text object.
func (e *eyes) object(o object) string {
	if str(o, "type") == "mrkdwn" {
		return e.mrkdwn(str(o, "text"), o["verbatim"] == true)
	}
	return str(o, "text")
}

// rich reads a part of a rich_text block.
func (e *eyes) rich(part object) string {
	var b strings.Builder
	for i, x := range list(part, "elements") {
		o := asObject(x)
		switch str(o, "type") {
		case "rich_text_section":
			if i > 0 {
				b.WriteString("\n")
			}
			b.WriteString(e.rich(o))
		case "text":
			b.WriteString(str(o, "text"))
		case "link":
			if s := str(o, "text"); s != "" {
				b.WriteString(s)
			} else {
				b.WriteString(str(o, "url"))
			}
		case "channel":
			b.WriteString(e.channel(str(o, "channel_id")))
		case "user":
			b.WriteString(e.notify("@" + e.name(str(o, "user_id"))))
		case "usergroup", "broadcast":
			b.WriteString(e.notify("@" + str(o, "range") + str(o, "usergroup_id")))
		case "date":
			n, _ := o["timestamp"].(float64)
			b.WriteString(date(time.Unix(int64(n), 0).In(e.zone), str(o, "format")))
		}
	}
	return b.String()
}

func (e *eyes) notify(who string) string {
	e.m.Notified = append(e.m.Notified, who)
	return who
}

func (e *eyes) name(id string) string {
	if u := e.s.users[id]; u != nil {
		return u.name
	}
	return id
}

func (e *eyes) channel(id string) string {
	if c := e.s.channels[id]; c != nil {
		return "#" + c.name
	}
	return id
}

// mrkdwn reads Slack's markup as its clients do: control sequences, entities, styles, names of emoji, and without
// verbatim also what is only typed like a mention.
// https://docs.slack.dev/messaging/formatting-message-text/
func (e *eyes) mrkdwn(s string, verbatim bool) string {
	var b strings.Builder
	for s != "" {
		before, rest, ok := strings.Cut(s, "<")
		b.WriteString(e.typed(before, verbatim))
		if !ok {
			break
		}
		inside, after, closed := strings.Cut(rest, ">")
		if !closed {
			b.WriteString("<" + e.typed(rest, verbatim))
			break
		}
		b.WriteString(e.sequence(inside))
		s = after
	}
	return b.String()
}

// sequence reads what stands between angle brackets.
func (e *eyes) sequence(s string) string {
	head, label, labelled := strings.Cut(s, "|")
	switch {
	case strings.HasPrefix(head, "!date^"):
		parts := strings.Split(head, "^")
		n, err := strconv.ParseInt(parts[1], 10, 64)
		if err != nil || len(parts) < 3 {
			return e.entities(label)
		}
		return date(time.Unix(n, 0).In(e.zone), parts[2])
	case strings.HasPrefix(head, "!"):
		return e.notify("@" + strings.TrimPrefix(head, "!"))
	case strings.HasPrefix(head, "@"):
		return e.notify("@" + e.name(head[1:]))
	case strings.HasPrefix(head, "#"):
		return e.channel(head[1:])
	case labelled:
		return e.entities(label)
	}
	return e.entities(head)
}

func (e *eyes) typed(s string, verbatim bool) string {
	s = e.entities(s)
	if !verbatim {
		for _, m := range regexp.MustCompile(`@\w+`).FindAllString(s, -1) {
			e.notify(m)
		}
	}
	return s
}

// entities undoes Slack's escaping and then reads styles: they show in that their signs are gone.
func (e *eyes) entities(s string) string {
	s = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
	if e.plain {
		return s
	}
	for _, sign := range []string{`\*`, "_", "~", "`"} {
		s = regexp.MustCompile(`(^|[\s.,;(])`+sign+`([^\s`+sign+`]|[^\s`+sign+`][^`+sign+`\n]*[^\s`+sign+`])`+sign+`($|[\s.,;)!?])`).ReplaceAllString(s, "$1$2$3")
	}
	s = regexp.MustCompile(`:([a-z0-9_+-]*[a-z_+][a-z0-9_+-]*):`).ReplaceAllString(s, "($1)")
	return regexp.MustCompile(`(?m)^>+ ?`).ReplaceAllString(s, "")
}

// date fills in a date's format, roughly as clients do; the zone and the words do not matter here.
func date(t time.Time, format string) string {
	return strings.NewReplacer(
		"{date_num}", t.Format("2006-01-02"), "{date_slash}", t.Format("01/02/2006"), "{date_long}", t.Format("Monday, January 2, 2006"),
		"{date_long_full}", t.Format("January 2, 2006"), "{date_long_pretty}", t.Format("Monday, January 2, 2006"), "{day_divider_pretty}", t.Format("Monday, January 2"),
		"{date}", t.Format("January 2, 2006"), "{date_pretty}", t.Format("January 2, 2006"), "{date_short}", t.Format("Jan 2, 2006"),
		"{date_short_pretty}", t.Format("Jan 2, 2006"), "{time}", t.Format("3:04 PM"), "{time_secs}", t.Format("3:04:05 PM"), "{ago}", "in a while",
	).Replace(format)
}
