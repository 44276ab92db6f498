package bottest

import (
	"slices"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Shown is a message, or a home page, as a person sees it.
type Shown struct {
	ID       chat.MessageID // "" when Private, and of a home page
	Text     string         // all that can be read, blocks separated by line breaks; neither labels nor choices
	Summary  string
	Buttons  []Button
	Menus    []Menu
	Boxes    []Box
	Pictures []string // descriptions
	Private  bool     // only this person sees it
}

// Button is a button, or a link that looks like one.
type Button struct{ Label, URL string }

// Menu is a menu; Selected is a label.
type Menu struct {
	Placeholder, Selected string
	Choices               []string
}

// Box is one of the boxes of checks.
type Box struct {
	Label  string
	Ticked bool
}

// Screen is what the person sees in the place (a channel, or the person's Direct), oldest first.
func (u *Person) Screen(place chat.ChannelID) []Shown {
	p := u.platform
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []Shown
	for _, e := range p.visible(u.human, place) {
		s := p.read(e.message())
		s.Private = e.only != nil
		if !s.Private {
			s.ID = e.id
		}
		e.overlay(u.human, &s)
		list = append(list, s)
	}
	return list
}

// visible lists what a person sees in a place: everything but other people's private messages and conversations.
func (p *Platform) visible(h *human, place chat.ChannelID) []*entry {
	r := p.rooms[place]
	if r == nil || (r.owner != nil && r.owner != h) {
		return nil
	}
	var list []*entry
	for _, e := range r.entries {
		if e.only == nil || e.only == h {
			list = append(list, e)
		}
	}
	return list
}

// overlay shows what the person has chosen and ticked since the message was last written.
func (e *entry) overlay(h *human, s *Shown) {
	menu, box := 0, 0
	for _, b := range e.message().Blocks {
		switch b := b.(type) {
		case chat.Menu:
			if v, ok := e.chosen[h][b.Action]; ok {
				s.Menus[menu].Selected = labelOf(b.Choices, v[0])
			}
			menu++
		case chat.Checks:
			v, ok := e.chosen[h][b.Action]
			for _, c := range b.Choices {
				if ok {
					s.Boxes[box].Ticked = slices.Contains(v, c.Value)
				}
				box++
			}
		}
	}
}

// read turns a message into what can be read of it.
func (p *Platform) read(m chat.Message) Shown {
	s := Shown{Summary: m.Summary}
	var lines []string
	for _, b := range m.Blocks {
		switch b := b.(type) {
		case chat.Heading:
			lines = append(lines, p.plain(b.Text))
		case chat.Paragraph:
			lines = append(lines, p.plain(b.Text))
		case chat.List:
			for _, item := range b.Items {
				lines = append(lines, p.plain(item))
			}
		case chat.Code:
			lines = append(lines, b.Source)
		case chat.Quote:
			lines = append(lines, p.plain(b.Text))
		case chat.Fields:
			for _, f := range b.Pairs {
				lines = append(lines, f.Name, p.plain(f.Value))
			}
		case chat.Image:
			s.Pictures = append(s.Pictures, b.Description)
		case chat.Note:
			lines = append(lines, p.plain(b.Text))
		case chat.Checks:
			lines = append(lines, b.Label)
		}
		s.use(b)
	}
	s.Text = strings.Join(lines, "\n")
	return s
}

// use adds what can be used of a block.
func (s *Shown) use(b chat.Block) {
	switch b := b.(type) {
	case chat.Buttons:
		for _, x := range b.Row {
			s.Buttons = append(s.Buttons, Button{x.Label, x.URL})
		}
	case chat.Menu:
		m := Menu{Placeholder: b.Placeholder, Selected: labelOf(b.Choices, b.Selected)}
		for _, c := range b.Choices {
			m.Choices = append(m.Choices, c.Label)
		}
		s.Menus = append(s.Menus, m)
	case chat.Checks:
		for _, c := range b.Choices {
			s.Boxes = append(s.Boxes, Box{c.Label, slices.Contains(b.Ticked, c.Value)})
		}
	}
}

// plain is a text with channels and people named.
func (p *Platform) plain(t chat.Text) string {
	var b strings.Builder
	for _, s := range t {
		b.WriteString(s.Text)
		if r := p.rooms[s.Channel]; r != nil {
			b.WriteString("#" + r.name)
		}
	}
	return b.String()
}

func labelOf(choices []chat.Choice, value string) string {
	for _, c := range choices {
		if c.Value == value {
			return c.Label
		}
	}
	return ""
}

func valueOf(choices []chat.Choice, label string) (string, bool) {
	for _, c := range choices {
		if c.Label == label {
			return c.Value, true
		}
	}
	return "", false
}
