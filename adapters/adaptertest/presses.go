package adaptertest

import (
	"fmt"
	"slices"

	"github.com/interviewbot/interviewbot/bot/chat"
)

func presses() []scenario {
	return []scenario{
		{name: "a press comes back with its action and message", play: pressArrives},
		{name: "a menu and checks come back with what is selected", play: valuesArrive},
		{name: "an update replaces the pressed post for all", play: updateReplaces},
		{name: "an update replaces a private message for one", play: updatePrivate},
		{name: "a press on a private message and on a direct one", play: pressPrivate},
		{name: "a press that is answered with nothing", play: pressNothing},
		{name: "a press after a restart", play: pressLater},
		{name: "two people press the same", play: pressTwice},
		{name: "the home page", play: homePage},
	}
}

func pressArrives(s *stage) {
	c, ada, bea := s.Channel("general"), s.person("Ada"), s.person("Bea")
	// The action is as long as actions may be, and has every kind of character that they may have.
	action := `answer!"#$%&'()*+,-./09:;<=>?@AZ[\]^_az{|}~`
	for len(action) < 73 {
		action += "x"
	}
	action += "round-7"
	s.replies(note("Your own hint."))
	id := s.post(c, note("A question.", row(chat.Button{Label: "Hint", Action: action}, chat.Button{Label: "Other", Action: "o"})), "round-7")
	bea.presses(c, "Hint")
	e, press := awaits[chat.Press](s, 1)
	s.comesFrom(e, bea, c)
	if press.Action != action || len(press.Values) != 0 || e.Message != id || e.Direct {
		s.t.Errorf("heard %+v on %q, want %q on %q", press, e.Message, action, id)
	}
	bea.hears(c, "Your own hint.")
	ada.seesNot(c, "Your own hint.")
	ada.sees(c, "A question.", "Hint", "Other")
}

func valuesArrive(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.replies(note("Noted."))
	id := s.post(c, note("A question.",
		chat.Menu{Action: "menu.k-1", Placeholder: "A colour", Choices: choices("Red", "Green", "Blue")},
		chat.Checks{Action: "checks.k-1", Label: "Did you say these?", Choices: choices("One", "Two", "Three")}), "")
	ada.sees(c, "A question.")
	s.must(ada.Choose(c, "Blue"))
	e, press := awaits[chat.Press](s, 1)
	s.comesFrom(e, ada, c)
	if press.Action != "menu.k-1" || !slices.Equal(press.Values, []string{"blue"}) || e.Message != id {
		s.t.Errorf("heard %+v on %q, want blue of menu.k-1 on %q", press, e.Message, id)
	}
	ada.hears(c, "Noted.")
	for _, tick := range []struct{ labels, values []string }{
		{[]string{"One", "Three"}, []string{"one", "three"}}, {[]string{"Three"}, []string{"three"}}, {nil, nil},
	} {
		s.must(ada.Tick(c, tick.labels...))
		s.until(func() string {
			all := heard[chat.Press](s)
			last := all[len(all)-1].What.(chat.Press)
			values := slices.Sorted(slices.Values(last.Values))
			if last.Action != "checks.k-1" || !slices.Equal(values, tick.values) {
				return fmt.Sprintf("after ticking %q the last press is %+v", tick.labels, last)
			}
			return ""
		})
	}
}

func updateReplaces(s *stage) {
	c, ada, bea := s.Channel("general"), s.person("Ada"), s.person("Bea")
	s.post(c, note("The old text.", row(chat.Button{Label: "Next", Action: "next.k-1", Gives: chat.GivesUpdate})), "k-1")
	m, texts := s.everything()
	s.answers(func(chat.Event) chat.Response { return chat.Response{Update: &m} })
	ada.presses(c, "Next")
	for _, p := range []*who{ada, bea} {
		s.checkEverything(p.sees(c, "The heading", "the small print"), texts)
		p.seesNot(c, "The old text.")
		if n := len(p.Screen(c)); n != 1 {
			s.t.Errorf("%s sees %d messages after an update", p.ID(), n)
		}
	}
}

func updatePrivate(s *stage) {
	c, ada, bea := s.Channel("general"), s.person("Ada"), s.person("Bea")
	page := func(n int) chat.Message {
		return note(fmt.Sprintf("This is page %d.", n), row(chat.Button{Label: "Next page", Action: fmt.Sprint("page.", n+1), Gives: chat.GivesUpdate}))
	}
	s.answers(func(e chat.Event) chat.Response {
		var n int
		if p, ok := e.What.(chat.Press); ok {
			_, err := fmt.Sscanf(p.Action, "page.%d", &n)
			s.must(err)
			m := page(n)
			return chat.Response{Update: &m}
		}
		m := page(n)
		return chat.Response{Reply: &m}
	})
	ada.types(c, "say pages")
	ada.hears(c, "This is page 0.")
	for n := 1; n <= 3; n++ {
		ada.presses(c, "Next page")
		ada.hears(c, fmt.Sprintf("This is page %d.", n))
		ada.seesNot(c, fmt.Sprintf("This is page %d.", n-1))
	}
	bea.seesNot(c, "This is page")
	if n := len(ada.Screen(c)); n != 1 {
		s.t.Errorf("%d messages after paging in one", n)
	}
}

func pressPrivate(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.answers(func(e chat.Event) chat.Response {
		m := note("First step.", row(chat.Button{Label: "Show", Action: "show"}))
		if p, ok := e.What.(chat.Press); ok {
			m = note("Second step of " + p.Action + ".")
		}
		return chat.Response{Reply: &m}
	})
	ada.types(c, "say steps")
	ada.presses(c, "Show")
	e, _ := awaits[chat.Press](s, 1)
	s.comesFrom(e, ada, c)
	ada.hears(c, "Second step of show.")

	s.direct(ada, note("A reminder.", row(chat.Button{Label: "Answer now", Action: "now"})))
	ada.presses(ada.Direct(), "Answer now")
	e, press := awaits[chat.Press](s, 2)
	if !e.Direct || press.Action != "now" || e.Channel != ada.Direct() || e.Actor.User != ada.ID() {
		s.t.Errorf("heard %+v, want a press directly in %s", e, ada.Direct())
	}
	ada.sees(ada.Direct(), "Second step of now.")
}

func pressNothing(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.post(c, note("A question.", row(chat.Button{Label: "Reply", Action: "r"}, chat.Button{Label: "Update", Action: "u", Gives: chat.GivesUpdate},
		chat.Button{Label: "Form", Action: "f", Gives: chat.GivesForm})), "")
	for i, label := range []string{"Reply", "Update", "Form"} {
		ada.presses(c, label)
		awaits[chat.Press](s, i+1)
	}
	s.replies(note("Now something."))
	ada.presses(c, "Reply")
	ada.hears(c, "Now something.")
	if n := len(ada.Screen(c)); n != 2 || ada.Dialog() != nil {
		s.t.Errorf("%d messages on the screen, want the post and one reply: %s", n, ada.screen(c))
	}
}

func pressLater(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	id := s.post(c, note("A question.", row(chat.Button{Label: "Hint", Action: "hint.k-1"})), "k-1")
	s.must(s.Restart())
	s.replies(note("Still here."))
	ada.presses(c, "Hint")
	if e, press := awaits[chat.Press](s, 1); press.Action != "hint.k-1" || e.Message != id {
		s.t.Errorf("heard %+v on %q, want hint.k-1 on %q", press, e.Message, id)
	}
	ada.hears(c, "Still here.")
}

func pressTwice(s *stage) {
	c, ada, bea := s.Channel("general"), s.person("Ada"), s.person("Bea")
	s.answers(func(e chat.Event) chat.Response {
		m := note("For " + string(e.Actor.User) + ".")
		return chat.Response{Reply: &m}
	})
	s.post(c, note("A question.", row(chat.Button{Label: "Streak", Action: "streak"})), "")
	for i, p := range []*who{ada, bea, ada} {
		p.presses(c, "Streak")
		awaits[chat.Press](s, i+1) // each is a deed of its own
		p.hears(c, "For "+string(p.ID())+".")
	}
	ada.seesNot(c, "For "+string(bea.ID())+".")
	bea.seesNot(c, "For "+string(ada.ID())+".")
}

func homePage(s *stage) {
	ada := s.person("Ada")
	m, texts := s.everything()
	s.answers(func(e chat.Event) chat.Response {
		if _, ok := e.What.(chat.Press); ok {
			m := note("Pressed at home.")
			return chat.Response{Reply: &m}
		}
		return chat.Response{Home: m.Blocks}
	})
	if !s.can(ada.OpenHome()) {
		return
	}
	e, _ := awaits[chat.Home](s, 1)
	if e.Actor.User != ada.ID() || e.Space != s.Space() {
		s.t.Errorf("heard %+v, want the home of %s", e, ada.ID())
	}
	s.until(func() string {
		if h := ada.Home(); h == nil || !h.holds("The heading", "the small print") {
			return fmt.Sprintf("the home page is not to be seen: %+v", h)
		}
		return ""
	})
	s.unnoticed(*ada.Home())
	s.checkEverything(*ada.Home(), texts)
	ada.presses("", "Press me")
	if e, press := awaits[chat.Press](s, 1); press.Action != "press.k-1" || e.Actor.User != ada.ID() || e.Space != s.Space() {
		s.t.Errorf("heard %+v, want press.k-1 by %s", e, ada.ID())
	}
	ada.sees(ada.Direct(), "Pressed at home.")
}
