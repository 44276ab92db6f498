package adaptertest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
)

func forms() []scenario {
	return []scenario{
		{name: "a form of every input, by a command", play: formByCommand},
		{name: "a form by a press on a post", play: formByPress},
		{name: "a form by a press on a private message", play: formByPrivatePress},
		{name: "a form by a command that only sometimes gives one", play: formByArgument},
		{name: "errors keep the text and can be mended", play: formErrors},
		{name: "errors beside the form to show again", play: formErrorsAgain},
		{name: "a form that is cancelled, and opened again", play: formCancelled},
		{name: "a long text arrives as it was written", play: formLongText},
		{name: "a form is sent after a restart", play: formLater},
	}
}

// survey is a form with every type of input, each with something in it but the last.
func survey() chat.Form {
	return chat.Form{
		ID: "survey.k-1", Title: "Your answer", Send: "Send it",
		Intro: []chat.Block{chat.Paragraph{Text: chat.T("Why can a cache make a system slower?")},
			chat.List{Items: []chat.Text{chat.T("Bullet points are fine.")}}, chat.Quote{Text: chat.T("as asked before")},
			chat.Code{Language: "go", Source: "cache.Get(key)"}, chat.Note{Text: chat.T("Only you see it.")}},
		Inputs: []chat.Input{
			{ID: "line", Label: "A line", Hint: "Short and sweet", Type: chat.Line, Value: []string{"prefilled line"}},
			{ID: "area", Label: "Your text", Type: chat.Area, Placeholder: "As you would say it", Value: []string{"prefilled\ntext"}},
			{ID: "select", Label: "Who may see it", Type: chat.Select, Choices: choices("Nobody", "Everybody"), Value: []string{"nobody"}},
			{ID: "ticks", Label: "Which ones", Type: chat.Ticks, Choices: choices("One", "Two", "Three"), Value: []string{"two"}, Optional: true},
		},
	}
}

// ask is a form with one required text.
func ask() chat.Form {
	return chat.Form{ID: "ask", Title: "A question", Send: "Send", Inputs: []chat.Input{{ID: "text", Label: "Your text", Type: chat.Area}}}
}

// shows answers commands and presses with the form, and submits with f.
func (s *stage) shows(form chat.Form, f func(chat.Submit) chat.Response) {
	s.answers(func(e chat.Event) chat.Response {
		if sub, ok := e.What.(chat.Submit); ok {
			return f(sub)
		}
		return chat.Response{Form: &form}
	})
}

func thanks(chat.Submit) chat.Response {
	m := note("Thank you for this.")
	return chat.Response{Reply: &m}
}

func formByCommand(s *stage) {
	c, ada, bea := s.Channel("general"), s.person("Ada"), s.person("Bea")
	s.shows(survey(), thanks)
	ada.types(c, "open")
	s.checkSurvey(ada.opens("Your answer"))

	s.must(ada.Fill("A line", "another line"))
	s.must(ada.Fill("Your text", "line one\n\n  line three"))
	s.must(ada.Fill("Who may see it", "Everybody"))
	s.must(ada.Fill("Which ones", "One", "Three"))
	s.must(ada.Submit())
	e, sub := awaits[chat.Submit](s, 1)
	s.comesFrom(e, ada, c)
	slices.Sort(sub.Values["ticks"])
	for id, want := range map[string][]string{
		"line": {"another line"}, "area": {"line one\n\n  line three"}, "select": {"everybody"}, "ticks": {"one", "three"},
	} {
		if !slices.Equal(sub.Values[id], want) {
			s.t.Errorf("input %s arrived as %q, want %q", id, sub.Values[id], want)
		}
	}
	if sub.Form != "survey.k-1" {
		s.t.Errorf("form %q arrived", sub.Form)
	}
	ada.hears(c, "Thank you for this.")
	bea.seesNot(c, "Thank you for this.")

	s.submitsPrefilled(ada, c)
}

// submitsPrefilled sends the form as it comes, but for the ticks, which are taken away.
func (s *stage) submitsPrefilled(ada *who, c chat.ChannelID) {
	s.t.Helper()
	if ada.Dialog() != nil {
		s.must(ada.Cancel())
	}
	ada.types(c, "open")
	ada.opens("Your answer")
	s.must(ada.Fill("Which ones"))
	s.must(ada.Submit())
	_, sub := awaits[chat.Submit](s, 2)
	if sub.Value("line") != "prefilled line" || sub.Value("area") != "prefilled\ntext" || sub.Value("select") != "nobody" || sub.Value("ticks") != "" {
		s.t.Errorf("a form sent as it came arrived as %q", sub.Values)
	}
}

func (s *stage) checkSurvey(d *Dialog) {
	s.t.Helper()
	for _, want := range []string{"Why can a cache make a system slower?", "Bullet points are fine.", "as asked before", "cache.Get(key)", "Only you see it."} {
		if !strings.Contains(visible(d.Text), want) {
			s.t.Errorf("%q is not to be read in the dialog: %q", want, d.Text)
		}
	}
	if d.Send != "" && d.Send != "Send it" {
		s.t.Errorf("the button says %q", d.Send)
	}
	for _, want := range []Input{
		{Label: "A line", Hint: "Short and sweet", Values: []string{"prefilled line"}},
		{Label: "Your text", Placeholder: "As you would say it", Values: []string{"prefilled\ntext"}},
		{Label: "Who may see it", Choices: []string{"Nobody", "Everybody"}, Values: []string{"Nobody"}},
		{Label: "Which ones", Choices: []string{"One", "Two", "Three"}, Values: []string{"Two"}},
	} {
		in, err := d.input(want.Label)
		s.must(err)
		if in.Hint != want.Hint || in.Placeholder != want.Placeholder || in.Error != "" ||
			!slices.Equal(in.Choices, want.Choices) || !slices.Equal(in.Values, want.Values) {
			s.t.Errorf("the input is %+v, want %+v", in, want)
		}
	}
}

func formByPress(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.shows(survey(), thanks)
	s.post(c, note("A question.", row(chat.Button{Label: "Answer privately", Action: "answer.k-1", Gives: chat.GivesForm})), "k-1")
	ada.presses(c, "Answer privately")
	s.checkSurvey(ada.opens("Your answer"))
	s.must(ada.Submit())
	e, sub := awaits[chat.Submit](s, 1)
	s.comesFrom(e, ada, c)
	if sub.Form != "survey.k-1" {
		s.t.Errorf("form %q arrived", sub.Form)
	}
	ada.hears(c, "Thank you for this.")
	ada.sees(c, "A question.", "Answer privately")
}

func formByPrivatePress(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	form := ask()
	s.answers(func(e chat.Event) chat.Response {
		switch e.What.(type) {
		case chat.Press:
			return chat.Response{Form: &form}
		case chat.Submit:
			return thanks(chat.Submit{})
		}
		m := note("I found 3 of 5 points.", row(chat.Button{Label: "Try again", Action: "again", Gives: chat.GivesForm}))
		return chat.Response{Reply: &m}
	})
	ada.types(c, "say feedback")
	ada.presses(c, "Try again")
	ada.opens("A question")
	s.must(ada.Fill("Your text", "a better text"))
	s.must(ada.Submit())
	if e, sub := awaits[chat.Submit](s, 1); sub.Value("text") != "a better text" || e.Actor.User != ada.ID() || e.Channel != c {
		s.t.Errorf("heard %+v", e)
	}
	ada.hears(c, "Thank you for this.")
}

func formByArgument(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	form := ask()
	s.answers(func(e chat.Event) chat.Response {
		if call, ok := e.What.(chat.Call); ok && call.Args["deed"] == "edit" {
			return chat.Response{Form: &form}
		}
		return thanks(chat.Submit{})
	})
	ada.types(c, "tracks edit")
	ada.opens("A question")
	s.must(ada.Cancel())
	ada.types(c, "tracks list")
	ada.hears(c, "Thank you for this.")
}

func formErrors(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	form := ask()
	form.Inputs = append(form.Inputs, chat.Input{ID: "zone", Label: "Your zone", Type: chat.Line})
	s.shows(form, func(sub chat.Submit) chat.Response {
		if sub.Value("zone") == "Europe/Berlin" {
			return thanks(sub)
		}
		return chat.Response{Errors: map[string]string{"zone": "I know no zone of that name. Try Europe/Berlin."}}
	})
	ada.types(c, "open")
	ada.opens("A question")
	s.must(ada.Fill("Your text", "a text that must not be lost"))
	for try, zone := range []string{"Berlin", "Berlin/Europe"} { // twice, for the second time is the harder one
		s.must(ada.Fill("Your zone", zone))
		s.must(ada.Submit())
		awaits[chat.Submit](s, try+1)
		ada.hears(c, "I know no zone of that name. Try Europe/Berlin.")
		s.reopened(ada, c, map[string]string{"Your text": "a text that must not be lost", "Your zone": zone})
	}
	s.must(ada.Fill("Your zone", "Europe/Berlin"))
	s.must(ada.Submit())
	if _, sub := awaits[chat.Submit](s, 3); sub.Value("text") != "a text that must not be lost" || sub.Form != "ask" {
		s.t.Errorf("after mending arrived %+v", sub)
	}
	ada.hears(c, "Thank you for this.")
}

// reopened brings the form back and checks what is in it.
func (s *stage) reopened(p *who, c chat.ChannelID, values map[string]string) {
	s.t.Helper()
	s.must(p.Reopen(c))
	s.until(func() string {
		d := p.Dialog()
		if d == nil {
			return "the form did not come back: " + p.screen(c)
		}
		for label, want := range values {
			if in, err := d.input(label); err != nil || !slices.Equal(in.Values, []string{want}) {
				return fmt.Sprintf("%q came back with %q, want %q (%v)", label, in.Values, want, err)
			}
		}
		return ""
	})
}

func formErrorsAgain(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.shows(ask(), func(sub chat.Submit) chat.Response {
		if strings.Contains(sub.Value("text"), "mended") {
			return thanks(sub)
		}
		again := ask()
		again.Inputs[0].Value = []string{sub.Value("text")}
		return chat.Response{Form: &again, Errors: map[string]string{"text": "Only 6 words so far."}}
	})
	ada.types(c, "open")
	ada.opens("A question")
	s.must(ada.Fill("Your text", "a short one"))
	s.must(ada.Submit())
	ada.hears(c, "Only 6 words so far.")
	s.reopened(ada, c, map[string]string{"Your text": "a short one"})
	s.must(ada.Fill("Your text", "a mended one"))
	s.must(ada.Submit())
	ada.hears(c, "Thank you for this.")
}

func formCancelled(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.shows(ask(), thanks)
	ada.types(c, "open")
	ada.opens("A question")
	s.must(ada.Fill("Your text", "never sent"))
	s.must(ada.Cancel())
	ada.types(c, "open")
	ada.opens("A question")
	s.must(ada.Fill("Your text", "sent"))
	s.must(ada.Submit())
	ada.hears(c, "Thank you for this.")
	if all := heard[chat.Submit](s); all[0].What.(chat.Submit).Value("text") != "sent" {
		s.t.Errorf("a cancelled form arrived: %+v", all)
	}
}

func formLongText(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.shows(ask(), thanks)
	text := long(3000)
	ada.types(c, "open")
	ada.opens("A question")
	s.must(ada.Fill("Your text", text))
	s.must(ada.Submit())
	if _, sub := awaits[chat.Submit](s, 1); sub.Value("text") != text {
		s.t.Errorf("%d bytes arrived of %d:\n%q", len(sub.Value("text")), len(text), sub.Value("text"))
	}
	ada.hears(c, "Thank you for this.")
}

// long is a text of exactly n characters, of one to four bytes each, in several lines, with everything that could be
// trimmed, folded or escaped between its first and its last letter.
func long(n int) string {
	r := []rune(strings.Repeat("Caching ist größer 語 😀 & <b> *x* \"q\"\n\n  - item\t`code`  \n", n/50+1))[:n]
	r[n-1] = 'z'
	return string(r)
}

func formLater(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.shows(ask(), thanks)
	ada.types(c, "open")
	ada.opens("A question")
	s.must(ada.Fill("Your text", "written before the restart"))
	s.must(s.Restart())
	s.must(ada.Submit())
	if e, sub := awaits[chat.Submit](s, 1); sub.Value("text") != "written before the restart" || sub.Form != "ask" || e.Actor.User != ada.ID() {
		s.t.Errorf("heard %+v", e)
	}
	ada.hears(c, "Thank you for this.")
}
