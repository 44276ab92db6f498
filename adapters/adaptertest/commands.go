package adaptertest

import (
	"fmt"
	"maps"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
)

func commands() []scenario {
	return []scenario{
		{name: "a command arrives with its options", play: commandArrives},
		{name: "options in any order, by name, in any case", play: commandNamed},
		{name: "a line that cannot be read arrives as a problem", play: commandProblem},
		{name: "an empty line asks for help", play: commandEmpty},
		{name: "a command in a direct conversation", play: commandDirect},
		{name: "saying nothing shows nothing", play: commandNothing},
		{name: "completion while typing", play: completion},
	}
}

// note is a short message.
func note(text string, more ...chat.Block) chat.Message {
	return chat.Message{Summary: text, Blocks: append([]chat.Block{chat.Paragraph{Text: chat.T(text)}}, more...)}
}

func row(buttons ...chat.Button) chat.Block { return chat.Buttons{Row: buttons} }

func commandArrives(s *stage) {
	c, ada, bea, eve := s.Channel("general"), s.person("Ada"), s.person("Bea"), s.admin("Eve")
	s.answers(func(e chat.Event) chat.Response {
		m := note("You picked " + e.What.(chat.Call).Args["colour"])
		return chat.Response{Reply: &m}
	})
	ada.types(c, "pick red XL")
	e, call := awaits[chat.Call](s, 1)
	if want := map[string]string{"colour": "red", "size": "XL"}; call.Name != "pick" || call.Problem != "" || !maps.Equal(call.Args, want) {
		s.t.Errorf("heard %+v, want pick with %v", call, want)
	}
	s.comesFrom(e, ada, c)
	if e.Direct || e.Actor.Admin == chat.Yes || e.Message != "" {
		s.t.Errorf("direct %v, admin %v, message %q of a plain command in a channel", e.Direct, e.Actor.Admin, e.Message)
	}
	ada.hears(c, "You picked red")
	bea.seesNot(c, "You picked")

	eve.types(c, "pick blue")
	e, _ = awaits[chat.Call](s, 2)
	s.comesFrom(e, eve, c)
	if e.Actor.Admin != chat.Yes {
		s.t.Errorf("an administrator arrives with admin %v", e.Actor.Admin)
	}
	eve.hears(c, "You picked blue")
	ada.seesNot(c, "You picked blue")
}

// comesFrom checks who did it and where.
func (s *stage) comesFrom(e chat.Event, p *who, c chat.ChannelID) {
	s.t.Helper()
	if e.Actor.User != p.ID() || e.Channel != c || e.Space != s.Space() {
		s.t.Errorf("event %s is by %q in %q of %q, want %q in %q of %q", e.ID, e.Actor.User, e.Channel, e.Space, p.ID(), c, s.Space())
	}
	if e.Actor.Name == "" {
		s.t.Errorf("event %s has an actor without a name", e.ID)
	}
	for _, id := range []string{string(e.ID), string(e.Actor.User), string(e.Channel), string(e.Space)} {
		s.identifier(id)
	}
}

// identifier checks what package chat says of identifiers.
func (s *stage) identifier(id string) {
	s.t.Helper()
	name := s.Platform().Name()
	bad := func(r rune) bool { return r <= ' ' || r > '~' || r == '|' || r == '/' }
	if !strings.HasPrefix(id, name+":") || len(id) > 200 || strings.ContainsFunc(id, bad) {
		s.t.Errorf("%q is not %s: and at most 200 bytes of printable ASCII without '|' and '/'", id, name)
	}
}

func commandNamed(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.replies(note("Noted."))
	ada.types(c, "pick size:xl colour:Green")
	_, call := awaits[chat.Call](s, 1)
	if want := map[string]string{"colour": "green", "size": "xl"}; call.Name != "pick" || !maps.Equal(call.Args, want) {
		s.t.Errorf("heard %+v, want pick with %v", call, want)
	}
	ada.hears(c, "Noted.")
}

func commandProblem(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.answers(func(e chat.Event) chat.Response {
		m := note(e.What.(chat.Call).Problem)
		return chat.Response{Reply: &m}
	})
	for i, line := range []string{"pikc red", "pick purple", "pick"} {
		if !s.can(ada.Type(c, line)) {
			return
		}
		_, call := awaits[chat.Call](s, i+1)
		if call.Name != "" || call.Problem == "" {
			s.t.Errorf("%q arrived as %+v, want a problem", line, call)
		}
		ada.hears(c, call.Problem)
	}
}

func commandEmpty(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.replies(note("This is what I can do."))
	ada.types(c, "")
	if _, call := awaits[chat.Call](s, 1); call.Name != "help" || call.Problem != "" {
		s.t.Errorf("an empty line arrived as %+v, want help", call)
	}
	ada.hears(c, "This is what I can do.")
}

func commandDirect(s *stage) {
	ada, bea := s.person("Ada"), s.person("Bea")
	s.replies(note("Just between us."))
	if !s.can(ada.Type(ada.Direct(), "say hello")) {
		return
	}
	e, call := awaits[chat.Call](s, 1)
	if !e.Direct || e.Channel != ada.Direct() || e.Actor.User != ada.ID() || call.Name != "say" {
		s.t.Errorf("heard %+v, want say directly from %s in %s", e, ada.ID(), ada.Direct())
	}
	ada.sees(ada.Direct(), "Just between us.")
	bea.seesNot(bea.Direct(), "Just between us.")
}

func commandNothing(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	ada.types(c, "say one")
	awaits[chat.Call](s, 1)
	s.replies(note("Something."))
	ada.types(c, "say two")
	ada.hears(c, "Something.")
	if n := len(ada.Screen(c)); n != 1 {
		s.t.Errorf("%d messages are on the screen, want the one answer: %s", n, ada.screen(c))
	}
}

func completion(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	var offer []chat.Choice
	for i := range 25 {
		offer = append(offer, chat.Choice{Value: fmt.Sprintf("size-%d", i), Label: fmt.Sprintf("Large %d", i)})
	}
	s.answers(func(e chat.Event) chat.Response { return chat.Response{Choices: offer} })
	labels, err := ada.Complete(c, "pick", "size", "la", map[string]string{"colour": "red"})
	if !s.can(err) {
		return
	}
	e, what := awaits[chat.Complete](s, 1)
	s.comesFrom(e, ada, c)
	if what.Name != "pick" || what.Option != "size" || what.Prefix != "la" || what.Args["colour"] != "red" {
		s.t.Errorf("heard %+v", what)
	}
	if len(labels) != 25 || labels[0] != "Large 0" || labels[24] != "Large 24" {
		s.t.Errorf("offered %d: %q, want the 25 in their order", len(labels), labels)
	}

	s.answers(func(chat.Event) chat.Response { return chat.Response{} })
	labels, err = ada.Complete(c, "pick", "size", "none", nil)
	if s.must(err); len(labels) != 0 {
		s.t.Errorf("offered %q where the bot offers nothing", labels)
	}
}
