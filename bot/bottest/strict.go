package bottest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// strict walks a message and keeps the first thing that a platform would refuse.
type strict struct {
	caps    chat.Caps
	total   int
	actions map[string]bool
	err     error
}

func length(s string) int { return utf8.RuneCountInString(s) }

// fits says what of a message a platform would refuse: what exceeds caps, is empty, doubled, or not fit for its wire. A
// key asks for a button whose action ends with it.
func fits(m chat.Message, caps chat.Caps, key string) error {
	s := &strict{caps: caps, actions: map[string]bool{}}
	s.within("the summary", m.Summary, caps.Summary)
	if len(m.Blocks) == 0 {
		s.note("there are no blocks")
	}
	s.most("blocks", len(m.Blocks), caps.Blocks)
	for _, b := range m.Blocks {
		s.block(b)
	}
	s.most("characters in all", s.total, caps.Total)
	if key != "" {
		s.key(m, key)
	}
	return s.err
}

// homeCaps are for a home page, which holds more blocks than a message (Slack: 100).
func homeCaps(c chat.Caps) chat.Caps {
	c.Blocks, c.Total = 100, 12000
	return c
}

func (s *strict) note(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

func (s *strict) most(what string, n, limit int) {
	if n > limit {
		s.note("%d %s are more than %d", n, what, limit)
	}
}

func (s *strict) within(what, text string, limit int) {
	if strings.TrimSpace(text) == "" {
		s.note("%s is empty", what)
	}
	if n := length(text); n > limit {
		s.note("%s has %d characters, more than %d: %.40q…", what, n, limit, text)
	}
}

func (s *strict) text(what string, t chat.Text, limit int) {
	plain := t.Plain()
	for _, span := range t {
		if span.Link != "" {
			s.link(span.Link)
		}
		if span.Channel != "" {
			plain += "#channel"
		}
	}
	s.total += length(plain)
	s.within(what, plain, limit)
}

func (s *strict) link(address string) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || len(address) > 512 {
		s.note("%.80q is not an address of http or https of at most 512 bytes", address)
	}
}

func (s *strict) action(a string) {
	if a == "" || len(a) > 80 || strings.ContainsFunc(a, func(r rune) bool { return r < '!' || r > '~' }) {
		s.note("the action %.100q is not 1 to 80 bytes of printable ASCII", a)
	}
	if s.actions[a] {
		s.note("the action %q is there twice", a)
	}
	s.actions[a] = true
}

func (s *strict) block(b chat.Block) {
	c := s.caps
	switch b := b.(type) {
	case chat.Heading:
		s.text("a heading", b.Text, c.Heading)
	case chat.Paragraph:
		s.text("a paragraph", b.Text, c.Text)
	case chat.List:
		if len(b.Items) == 0 {
			s.note("a list is empty")
		}
		for _, item := range b.Items {
			s.text("an item", item, c.Text)
		}
	case chat.Code:
		s.text("code", chat.T(b.Source), c.Text)
	case chat.Quote:
		s.text("a quote", b.Text, c.Text)
	case chat.Note:
		s.text("a note", b.Text, c.Text)
	case chat.Fields:
		s.most("fields", len(b.Pairs), c.Fields)
		for _, f := range b.Pairs {
			s.text("the name of a field", chat.T(f.Name), 150)
			s.text("a field", f.Value, c.Field)
		}
	case chat.Image:
		s.within("the description of a picture", b.Description, c.Text)
		if len(b.PNG) == 0 || !c.Pictures {
			s.note("there is no picture, or no room for one")
		}
	default:
		s.control(b)
	}
}

// control checks what can be used.
func (s *strict) control(b chat.Block) {
	c := s.caps
	switch b := b.(type) {
	case chat.Buttons:
		if len(b.Row) == 0 {
			s.note("a row of buttons is empty")
		}
		s.most("buttons in a row", len(b.Row), c.Row)
		for _, x := range b.Row {
			s.within("the label of a button", x.Label, c.Label)
			if x.URL != "" {
				s.link(x.URL)
			} else {
				s.action(x.Action)
			}
		}
	case chat.Menu:
		s.action(b.Action)
		if b.Placeholder != "" {
			s.within("a placeholder", b.Placeholder, c.Placeholder)
		}
		s.choices(b.Choices, c.Choices)
		s.among(b.Choices, b.Selected)
	case chat.Checks:
		s.action(b.Action)
		s.within("the label of checks", b.Label, c.Heading)
		s.choices(b.Choices, c.Checks)
		s.among(b.Choices, b.Ticked...)
	}
}

func (s *strict) choices(list []chat.Choice, limit int) {
	if len(list) == 0 {
		s.note("there are no choices")
	}
	s.most("choices", len(list), limit)
	seen := map[string]bool{}
	for _, c := range list {
		s.within("the label of a choice", c.Label, s.caps.Choice)
		if c.Hint != "" {
			s.within("the hint of a choice", c.Hint, s.caps.Choice)
		}
		if c.Value == "" || len(c.Value) > 100 || seen[c.Value] {
			s.note("the value %.110q of a choice is empty, over 100 bytes, or there twice", c.Value)
		}
		seen[c.Value] = true
	}
}

func (s *strict) among(list []chat.Choice, values ...string) {
	for _, v := range values {
		if v != "" && !slices.ContainsFunc(list, func(c chat.Choice) bool { return c.Value == v }) {
			s.note("%q is selected but not among the choices", v)
		}
	}
}

func (s *strict) key(m chat.Message, key string) {
	if len(key) > 60 || strings.ContainsFunc(key, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '-'
	}) {
		s.note("the key %q is not at most 60 of letters, digits, '.' and '-'", key)
	}
	for action := range s.actions {
		if strings.HasSuffix(action, key) {
			return
		}
	}
	s.note("no button's action of %q ends with the key %q", m.Summary, key)
}

// fitsForm says what of a form a platform would refuse.
func fitsForm(f chat.Form, caps chat.Caps) error {
	s := &strict{caps: caps, actions: map[string]bool{}}
	s.action(f.ID)
	s.within("the title of a form", f.Title, caps.FormTitle)
	s.within("the button of a form", f.Send, caps.FormTitle)
	for _, b := range f.Intro {
		switch b.(type) {
		case chat.Paragraph, chat.List, chat.Quote, chat.Code, chat.Note:
			s.block(b)
		default:
			s.note("%T cannot stand above a form's inputs", b)
		}
	}
	s.most("characters above the inputs", s.total, caps.FormIntro)
	if len(f.Inputs) == 0 || len(f.Inputs) > 5 {
		s.note("a form has %d inputs, not 1 to 5", len(f.Inputs))
	}
	for _, in := range f.Inputs {
		s.input(in)
	}
	return s.err
}

func (s *strict) input(in chat.Input) {
	s.action(in.ID)
	s.within("the label of an input", in.Label, s.caps.InputLabel)
	if in.Hint != "" {
		s.within("the hint of an input", in.Hint, 100)
	}
	if in.Placeholder != "" {
		s.within("a placeholder", in.Placeholder, s.caps.Placeholder)
	}
	if in.Max < 0 || in.Max > 3000 {
		s.note("the input %q takes %d characters, more than 3,000", in.Label, in.Max)
	}
	switch in.Type {
	case chat.Line, chat.Area:
		if len(in.Value) > 1 || (len(in.Value) == 1 && length(in.Value[0]) > limitOf(in)) {
			s.note("the input %q is filled with more than it takes", in.Label)
		}
	case chat.Select:
		s.choices(in.Choices, min(25, s.caps.Choices))
		s.among(in.Choices, in.Value...)
	case chat.Ticks:
		s.choices(in.Choices, s.caps.Choices)
		s.among(in.Choices, in.Value...)
	}
}

// fitsChoices says what of a completion a platform would refuse.
func fitsChoices(list []chat.Choice, caps chat.Caps) error {
	if len(list) == 0 {
		return nil
	}
	s := &strict{caps: caps}
	s.choices(list, 25)
	return s.err
}
