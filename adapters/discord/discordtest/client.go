package discordtest

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// View is a message as a person sees it in Discord's client.
type View struct {
	Text     string // after Markdown; files can be opened, so their text is in it
	Buttons  []Button
	Menus    []Menu
	Boxes    []Box
	Pictures []string
	Effects  []string // what Markdown did: bold, link, mention …
	Notified []string
	Private  bool
	ID       string
}

// Button is a button, or a link that looks like one.
type Button struct{ Label, URL string }

// Menu is a menu of which one is chosen.
type Menu struct {
	Placeholder, Selected string
	Choices               []string
}

// Box is an option of a menu of which several can be chosen.
type Box struct {
	Label  string
	Ticked bool
}

// Dialog is an open modal.
type Dialog struct {
	Title  string
	Text   string
	Inputs []Input

	id, place string
	source    *message
}

// Input is one field of a modal.
type Input struct {
	Label, Hint, Placeholder string
	Choices                  []string
	Values                   []string

	part part
}

// Screen is what the person sees in a channel, oldest first.
func (p *Person) Screen(place string) []View {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch := p.s.channels[place]
	if ch == nil || ch.kind == 1 && ch.person != p.user.ID {
		return nil
	}
	var list []View
	for _, m := range ch.messages {
		if m.loading || m.to != "" && m.to != p.user.ID {
			continue
		}
		list = append(list, p.s.see(m, p.zone))
	}
	return list
}

// see draws a message for somebody in the zone, nil = UTC; the lock is held.
func (s *Server) see(m *message, zone *time.Location) View {
	if m.view != nil && zone == nil {
		return *m.view
	}
	v := View{Private: m.to != "", ID: m.id}
	var texts []string
	s.draw(m, m.parts, zone, &v, &texts)
	v.Text = strings.Join(texts, "\n")
	v.Notified = s.notified(m, v.Effects)
	if zone == nil {
		m.view = &v
	}
	return v
}

func (s *Server) draw(m *message, all []part, zone *time.Location, v *View, texts *[]string) {
	for _, c := range all {
		switch c.Type {
		case 10:
			text, effects := s.read(c.Content, zone)
			*texts = append(*texts, text)
			v.Effects = append(v.Effects, effects...)
		case 12:
			for _, it := range c.Items {
				v.Pictures = append(v.Pictures, it.Description)
			}
		case 13:
			*texts = append(*texts, string(m.files[strings.TrimPrefix(c.File.URL, "attachment://")]))
		case 2:
			v.Buttons = append(v.Buttons, Button{c.Label, c.URL})
		case 3:
			drawMenu(c, v)
		}
		s.draw(m, c.Components, zone, v, texts)
	}
}

func drawMenu(c part, v *View) {
	if strings.HasPrefix(c.CustomID, "b") { // stands for buttons, and is used like them
		for _, o := range c.Options {
			v.Buttons = append(v.Buttons, Button{Label: o.Label})
		}
		return
	}
	if several(c) {
		for _, o := range c.Options {
			v.Boxes = append(v.Boxes, Box{o.Label, o.Default})
		}
		return
	}
	menu := Menu{Placeholder: c.Placeholder}
	for _, o := range c.Options {
		menu.Choices = append(menu.Choices, o.Label)
		if o.Default {
			menu.Selected = o.Label
		}
	}
	v.Menus = append(v.Menus, menu)
}

// notified lists whom a message would notify: what it names and its allowed_mentions let through.
func (s *Server) notified(m *message, effects []string) []string {
	var list []string
	for _, e := range effects {
		kind, who, ok := strings.Cut(e, " ")
		if !ok {
			continue
		}
		group := map[string]string{"user": "users", "role": "roles", "everyone": "everyone"}[kind]
		if group == "" {
			continue
		}
		if m.mentions == nil || slices.Contains(m.mentions.Parse, group) || slices.Contains(m.mentions.Users, who) || slices.Contains(m.mentions.Roles, who) {
			list = append(list, who)
		}
	}
	return list
}

// show opens a modal; the lock is held.
func (p *Person) show(f form, in *interaction) {
	d := &Dialog{Title: f.Title, id: f.CustomID, place: in.channel.id, source: in.source}
	var texts []string
	for _, c := range f.Components {
		if c.Type == 10 {
			text, _ := p.s.read(c.Content, p.zone)
			texts = append(texts, text)
			continue
		}
		x := Input{Label: c.Label, Hint: c.Description, Placeholder: c.Component.Placeholder, part: *c.Component}
		if c.Component.Type == 4 {
			x.Values = []string{c.Component.Value}
		}
		for _, o := range c.Component.Options {
			x.Choices = append(x.Choices, o.Label)
			if o.Default {
				x.Values = append(x.Values, o.Label)
			}
		}
		d.Inputs = append(d.Inputs, x)
	}
	d.Text = strings.Join(texts, "\n")
	p.dialog = d
}

// same compares labels as people do: without what cannot be seen.
func same(a, b string) bool { return Visible(a) == Visible(b) }

// Visible is what a person can tell apart of a text.
func Visible(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
