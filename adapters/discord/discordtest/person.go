package discordtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// Person is somebody with Discord's client. A deed returns when the client has sent it.
type Person struct {
	s        *Server
	user     *user
	zone     *time.Location // nil = UTC
	dialog   *Dialog
	troubles []string
	last     *interaction
}

// Person returns the person of that name, made at the first call and a member of every guild.
func (s *Server) Person(name string) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.people[name]; p != nil {
		return p
	}
	u := &user{ID: s.snowflake(), Username: fmt.Sprintf("user%d", len(s.people)), GlobalName: name}
	p := &Person{s: s, user: u}
	s.people[name], s.users[u.ID] = p, u
	for _, g := range s.guilds {
		g.members[u.ID] = nil
	}
	return p
}

// Admin is Person with the right to manage every guild.
func (s *Server) Admin(name string) *Person {
	p := s.Person(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.guilds {
		r := &role{ID: s.snowflake(), Name: "Admins", Permissions: fmt.Sprint(mayManageGuild), Position: len(g.roles)}
		g.roles = append(g.roles, r)
		g.members[p.user.ID] = append(g.members[p.user.ID], r.ID)
	}
	return p
}

// In puts the person into a time zone, in which the client shows times.
func (p *Person) In(zone *time.Location) *Person {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.zone = zone
	return p
}

// ID is the person's snowflake.
func (p *Person) ID() string { return p.user.ID }

// Direct is the channel of the person's direct conversation with the bot.
func (p *Person) Direct() string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.s.directOf(p.user.ID).id
}

// Troubles lists what Discord's client complained of.
func (p *Person) Troubles() []string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return slices.Clone(p.troubles)
}

// newest finds the newest component of a place that the person sees and that fits.
func (p *Person) newest(place string, fits func(part) bool) (*message, part, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch := p.s.channels[place]
	if ch == nil {
		return nil, part{}, fmt.Errorf("there is no channel %s", place)
	}
	for _, m := range slices.Backward(ch.messages) {
		if m.to != "" && m.to != p.user.ID || m.loading {
			continue
		}
		if c, ok := search(m.parts, fits); ok {
			return m, c, nil
		}
	}
	return nil, part{}, fmt.Errorf("%s sees nothing of the kind in %s", p.user.GlobalName, place)
}

func search(all []part, fits func(part) bool) (part, bool) {
	for _, c := range all {
		if fits(c) {
			return c, true
		}
		if found, ok := search(c.Components, fits); ok {
			return found, true
		}
	}
	return part{}, false
}

// Press uses the newest button with the label; where buttons became a menu, its option.
func (p *Person) Press(place, label string) error {
	m, c, err := p.newest(place, func(c part) bool {
		return c.Type == 2 && same(c.Label, label) && c.Style != 5 ||
			c.Type == 3 && c.CustomID != "" && c.CustomID[0] == 'b' && slices.ContainsFunc(c.Options, func(o choice) bool { return same(o.Label, label) })
	})
	if err != nil {
		return fmt.Errorf("press %q: %w", label, err)
	}
	if c.Type == 3 {
		return p.choose(place, m, c, []string{label})
	}
	_, err = p.s.deed(p, place, kindPress, m, map[string]any{"custom_id": c.CustomID, "component_type": 2, "id": 1})
	return err
}

// Choose chooses in the newest menu that offers the label.
func (p *Person) Choose(place, label string) error {
	m, c, err := p.newest(place, func(c part) bool {
		return c.Type == 3 && !several(c) && slices.ContainsFunc(c.Options, func(o choice) bool { return same(o.Label, label) })
	})
	if err != nil {
		return fmt.Errorf("choose %q: %w", label, err)
	}
	return p.choose(place, m, c, []string{label})
}

// Tick makes exactly these chosen in the newest menu that lets one choose several.
func (p *Person) Tick(place string, labels ...string) error {
	m, c, err := p.newest(place, func(c part) bool { return c.Type == 3 && several(c) })
	if err != nil {
		return fmt.Errorf("tick %q: %w", labels, err)
	}
	return p.choose(place, m, c, labels)
}

func (p *Person) choose(place string, m *message, c part, labels []string) error {
	values, err := pick(c, labels)
	if err != nil {
		return err
	}
	p.s.mu.Lock()
	for i := range c.Options { // the client shows what was chosen
		c.Options[i].Default = slices.Contains(values, c.Options[i].Value)
	}
	m.view = nil
	p.s.mu.Unlock()
	_, err = p.s.deed(p, place, kindPress, m, map[string]any{"custom_id": c.CustomID, "component_type": 3, "id": 1, "values": values})
	return err
}

// pick returns the values of labels, within the bounds of a menu.
func pick(c part, labels []string) ([]string, error) {
	values := []string{}
	for _, l := range labels {
		i := slices.IndexFunc(c.Options, func(o choice) bool { return same(o.Label, l) })
		if i < 0 {
			return nil, fmt.Errorf("there is no option %q", l)
		}
		values = append(values, c.Options[i].Value)
	}
	least, most := 1, 1
	if c.Min != nil {
		least = *c.Min
	}
	if c.Max != nil {
		most = *c.Max
	}
	if c.Required != nil && !*c.Required {
		least = 0
	}
	if len(values) < least || len(values) > most {
		return nil, fmt.Errorf("%d chosen, of %d to %d", len(values), least, most)
	}
	return values, nil
}

// several says whether a menu is one of boxes to tick.
func several(c part) bool { return c.Min != nil && *c.Min == 0 || c.Max != nil && *c.Max > 1 }

// Dialog returns the open modal, nil when none is.
func (p *Person) Dialog() *Dialog {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if p.dialog == nil {
		return nil
	}
	d := *p.dialog
	d.Inputs = nil
	for _, in := range p.dialog.Inputs {
		in.Values = slices.Clone(in.Values)
		d.Inputs = append(d.Inputs, in)
	}
	return &d
}

// Fill puts values into the input with the label: one text, or labels of options.
func (p *Person) Fill(label string, values ...string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if p.dialog == nil {
		return errors.New("no modal is open")
	}
	for i := range p.dialog.Inputs {
		in := &p.dialog.Inputs[i]
		if !same(in.Label, label) {
			continue
		}
		if in.part.Type == 3 {
			if _, err := pick(in.part, values); err != nil {
				return err
			}
		} else if len(values) != 1 || utf8.RuneCountInString(values[0]) > in.part.MaxLength {
			return fmt.Errorf("%q takes one text of at most %d characters", label, in.part.MaxLength)
		}
		in.Values = slices.Clone(values)
		return nil
	}
	return fmt.Errorf("the modal has no input %q", label)
}

// Settled blocks until the person's last deed was answered, or failed; most is the limit.
func (p *Person) Settled(most time.Duration) error {
	return p.s.wait(most, func() bool {
		in := p.last
		return in == nil || in.over || in.answered && (in.original == nil || !in.original.loading)
	})
}

// Cancel closes the modal.
func (p *Person) Cancel() error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if p.dialog == nil {
		return errors.New("no modal is open")
	}
	p.dialog = nil
	p.s.changed()
	return nil
}

// Submit sends the modal, which closes it: Discord's does when the bot answers.
func (p *Person) Submit() error {
	p.s.mu.Lock()
	d := p.dialog
	p.s.mu.Unlock()
	if d == nil {
		return errors.New("no modal is open")
	}
	list := []any{}
	if d.Text != "" {
		list = append(list, map[string]any{"type": 10, "id": 1})
	}
	for i, in := range d.Inputs {
		c, err := in.filled(i + 2)
		if err != nil {
			return err
		}
		list = append(list, map[string]any{"type": 18, "id": 100 + i, "component": c})
	}
	p.s.mu.Lock()
	p.dialog = nil
	p.s.changed()
	p.s.mu.Unlock()
	_, err := p.s.sent(p, d.place, kindSubmit, d.source, map[string]any{"custom_id": d.id, "components": list}, d)
	return err
}

func (in Input) filled(id int) (map[string]any, error) {
	required := in.part.Required == nil || *in.part.Required
	c := map[string]any{"type": in.part.Type, "id": id, "custom_id": in.part.CustomID}
	if in.part.Type == 3 {
		values, err := pick(in.part, in.Values)
		c["values"] = values
		return c, err
	}
	text := ""
	if len(in.Values) > 0 {
		text = in.Values[0]
	}
	if required && text == "" {
		return nil, fmt.Errorf("the client wants %q", in.Label)
	}
	c["value"] = text
	return c, nil
}

// Raw delivers an interaction's data as it is: what a client would never send.
func (p *Person) Raw(place string, kind int, data json.RawMessage) error {
	var v map[string]any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	_, err := p.s.deed(p, place, kind, nil, v)
	return err
}
