package discordtest

import (
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// registered returns the subcommand as the person's client knows it in the place.
func (p *Person) registered(place, top, name string) (commandOption, error) {
	s := p.s
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[place]
	if ch == nil {
		return commandOption{}, fmt.Errorf("there is no channel %s", place)
	}
	context := 0
	if ch.kind == 1 {
		context = 1
	}
	for _, c := range s.commands {
		if c.Name != top || !slices.Contains(c.Contexts, context) || context == 0 && s.rights(ch, p.user.ID)&c.Rights != c.Rights {
			continue
		}
		for _, o := range c.Options {
			if o.Name == name && o.Type == 1 {
				return o, nil
			}
		}
	}
	return commandOption{}, fmt.Errorf("the client offers no /%s %s", top, name)
}

// Command gives /interview NAME with options; the client refuses what was not registered.
func (p *Person) Command(place, name string, args map[string]string) error {
	return p.CommandOf(place, "interview", name, args)
}

// CommandOf gives a subcommand of any command.
func (p *Person) CommandOf(place, top, name string, args map[string]string) error {
	sub, err := p.registered(place, top, name)
	if err != nil {
		return err
	}
	var given []map[string]any
	for _, o := range sub.Options {
		v, ok := args[o.Name]
		if !ok {
			if o.Required {
				return fmt.Errorf("the client wants %s", o.Name)
			}
			continue
		}
		if o.Type == 8 && !p.s.hasRole(place, v) {
			return fmt.Errorf("the client offers no role %q", v)
		}
		if len(o.Choices) > 0 && !slices.ContainsFunc(o.Choices, func(c named) bool { return c.Value == v }) {
			return fmt.Errorf("the client offers no %q for %s", v, o.Name)
		}
		if o.MaxLength != nil && utf8.RuneCountInString(v) > *o.MaxLength {
			return fmt.Errorf("the client takes %d characters for %s", *o.MaxLength, o.Name)
		}
		given = append(given, map[string]any{"name": o.Name, "type": o.Type, "value": v})
	}
	for name := range args {
		if !slices.ContainsFunc(sub.Options, func(o commandOption) bool { return o.Name == name }) {
			return fmt.Errorf("the client has no option %s", name)
		}
	}
	_, err = p.s.deed(p, place, kindCommand, nil, invoked(top, name, given))
	return err
}

func (s *Server) hasRole(place, id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[place]
	g := s.guilds[ch.guild]
	return g != nil && slices.ContainsFunc(g.roles, func(r *role) bool { return r.ID == id })
}

func invoked(top, sub string, given []map[string]any) map[string]any {
	if given == nil {
		given = []map[string]any{}
	}
	return map[string]any{"id": "1", "name": top, "type": 1, "options": []any{map[string]any{"name": sub, "type": 1, "options": given}}}
}

// Complete returns what the client offers while the person types into an option.
func (p *Person) Complete(place, name, option, prefix string, others map[string]string) ([]string, error) {
	sub, err := p.registered(place, "interview", name)
	if err != nil {
		return nil, err
	}
	var given []map[string]any
	for _, o := range sub.Options {
		if o.Name == option {
			if !o.Autocomplete {
				return nil, fmt.Errorf("%s completes nothing", option)
			}
			given = append(given, map[string]any{"name": o.Name, "type": o.Type, "value": prefix, "focused": true})
		} else if v, ok := others[o.Name]; ok {
			given = append(given, map[string]any{"name": o.Name, "type": o.Type, "value": v})
		}
	}
	in, err := p.s.deed(p, place, kindComplete, nil, invoked("interview", name, given))
	if err != nil {
		return nil, err
	}
	var labels []string
	select {
	case list := <-in.offered:
		for _, c := range list {
			labels = append(labels, c.Name)
		}
	case <-time.After(10 * time.Second):
		return nil, errors.New("no completion came")
	}
	return labels, nil
}
