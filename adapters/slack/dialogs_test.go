package slack_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/slack/slacktest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// scene is a workspace with one person in a channel, for what only Slack has.
type scene struct {
	*world
	t   *testing.T
	bot *ears
	ada *slacktest.Person
	c   string
}

func newScene(t *testing.T, http bool, o slacktest.Options) *scene {
	t.Helper()
	s := &scene{t: t, bot: &ears{}}
	s.world = newWorld(t, http, o, s.bot.handle, table())
	s.ada, s.c = s.server.AddPerson("Ada", "Europe/Berlin", false), s.server.AddChannel("general", false, true)
	return s
}

func (s *scene) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// dialog waits for a dialog that holds the text, in its page or its errors.
func (s *scene) dialog(text string) *slacktest.Dialog {
	s.t.Helper()
	var d *slacktest.Dialog
	s.await("no dialog says "+text, func() bool {
		d = s.ada.Dialog()
		if d == nil {
			return false
		}
		all := d.Title + d.Page.Text
		for _, in := range d.Inputs {
			all += in.Error
		}
		return strings.Contains(all, text)
	})
	return d
}

// sees waits for a message in a channel.
func (s *scene) sees(channel, text string) slacktest.Message {
	s.t.Helper()
	var found slacktest.Message
	s.await("nobody says "+text, func() bool {
		for _, m := range s.ada.Screen(channel) {
			if strings.Contains(m.Text, text) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

func answerForm(value ...string) *chat.Form {
	return &chat.Form{ID: "answer", Title: "Your answer", Send: "Send", Inputs: []chat.Input{{ID: "text", Label: "Your answer", Type: chat.Area, Value: value}}}
}

// feedback answers a submission with a dialog of buttons, and each button as its label says.
func feedback(_ context.Context, e chat.Event) (chat.Response, error) {
	reply := func(text string) *chat.Message {
		m := say(text, buttons(
			chat.Button{Label: "Hint", Action: "hint"},
			chat.Button{Label: "Show the answer", Action: "show", Gives: chat.GivesUpdate},
			chat.Button{Label: "Try again", Action: "again", Gives: chat.GivesForm}))
		return &m
	}
	switch w := e.What.(type) {
	case chat.Submit:
		return chat.Response{Reply: reply("I found 3 of 5 points in: " + w.Value("text"))}, nil
	case chat.Press:
		switch w.Action {
		case "hint":
			return chat.Response{Reply: reply("A hint.")}, nil
		case "show":
			return chat.Response{Update: reply("The model answer.")}, nil
		case "again":
			return chat.Response{Form: answerForm("what I had")}, nil
		}
	}
	return chat.Response{Form: answerForm()}, nil
}

func TestDialogGoesOn(t *testing.T) {
	for _, http := range []bool{false, true} {
		t.Run(fmt.Sprintf("http %v", http), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, http, slacktest.Options{})
			s.bot.answers(feedback)
			s.must(s.ada.Type(s.c, "/interview setup"))
			s.dialog("Your answer")
			s.must(s.ada.Fill("Your answer", "every miss pays twice"))
			s.must(s.ada.Submit())
			d := s.dialog("I found 3 of 5 points in: every miss pays twice")
			if d.Depth != 1 || d.Send != "" || len(d.Inputs) != 0 {
				t.Errorf("the answer to a form is %+v", d)
			}
			// A reply lies on top, so that closing it leads back; where no more fits, it takes the place of the last.
			for _, depth := range []int{2, 3, 3} {
				s.must(s.ada.Press(s.c, "Hint"))
				s.await("no hint", func() bool { d := s.ada.Dialog(); return d.Depth == depth && strings.Contains(d.Page.Text, "A hint.") })
			}
			s.must(s.ada.Cancel())
			s.must(s.ada.Cancel())
			s.dialog("I found 3 of 5 points")
			s.must(s.ada.Press(s.c, "Show the answer"))
			if d := s.dialog("The model answer."); d.Depth != 1 || strings.Contains(d.Page.Text, "I found") {
				t.Errorf("the update is %+v", d)
			}
			s.must(s.ada.Press(s.c, "Try again"))
			s.await("the form is not there again", func() bool { d := s.ada.Dialog(); return len(d.Inputs) == 1 && d.Depth == 1 })
			if d := s.ada.Dialog(); len(d.Inputs[0].Values) != 1 || d.Inputs[0].Values[0] != "what I had" {
				t.Errorf("the form again is %+v", d)
			}
			s.must(s.ada.Submit())
			s.dialog("I found 3 of 5 points in: what I had")
			for _, e := range s.bot.heard() {
				if e.Channel != channelID(s.c) || e.Direct {
					t.Errorf("%T happened in %q", e.What, e.Channel)
				}
			}
			s.must(s.Stop())
			if s.log.String() != "" {
				t.Errorf("all went well, and this was logged: %s", s.log.String())
			}
		})
	}
}

// sends has a form sent and answered so, once told.
func (s *scene) sends(form *chat.Form, r chat.Response, err error) (release func()) {
	s.t.Helper()
	arrived, told := make(chan struct{}), make(chan struct{})
	s.bot.answers(func(ctx context.Context, e chat.Event) (chat.Response, error) {
		if _, sent := e.What.(chat.Submit); !sent {
			return chat.Response{Form: form}, nil
		}
		close(arrived)
		select {
		case <-told:
		case <-ctx.Done():
		}
		return r, err
	})
	s.must(s.ada.Type(s.c, "/interview setup"))
	s.dialog(form.Title)
	s.must(s.ada.Submit())
	<-arrived
	return func() { close(told) }
}

// areas is a form with so many texts in it.
func areas(all ...string) *chat.Form {
	form := answerForm(all[0])
	for i, text := range all[1:] {
		form.Inputs = append(form.Inputs, chat.Input{ID: fmt.Sprint(i), Label: fmt.Sprint(i), Type: chat.Area, Value: []string{text}})
	}
	return form
}

func replied(text string, more ...chat.Block) chat.Response {
	m := say(text, more...)
	return chat.Response{Reply: &m}
}

const (
	notSaved            = "The disk is full: nothing was saved."
	errFull  chat.Error = "disk full"
)

// While a text is being stored it stays on the screen, and nothing says that it counts.
func TestSavingShowsTheText(t *testing.T) {
	t.Parallel()
	s := newScene(t, false, slacktest.Options{})
	release := s.sends(areas("worth keeping"), replied("Counted."), nil)
	if d := s.dialog("Saving…"); !strings.Contains(d.Page.Text, "worth keeping") || d.Send != "" {
		t.Errorf("while saving the dialog is %+v", d)
	}
	release()
	if d := s.dialog("Counted."); strings.Contains(d.Page.Text, "Saving") {
		t.Errorf("after saving the dialog is %+v", d)
	}
	s.must(s.Stop())
	if got := s.ada.Troubles(); len(got) != 0 || s.log.String() != "" {
		t.Errorf("Slack complained: %q; logged: %s", got, s.log.String())
	}
}

// Texts that are too long together for an acknowledgement over a socket still find the dialog open, and come back whole.
func TestSavingVeryLongTexts(t *testing.T) {
	t.Parallel()
	s := newScene(t, false, slacktest.Options{})
	long := strings.Repeat("<", 1600) // each is six bytes in JSON
	release := s.sends(areas(long, long), replied(notSaved), errFull)
	s.dialog("Saving…")
	release()
	if d := s.dialog("nothing was saved"); len(d.Inputs) != 2 || !slices.Equal(d.Inputs[1].Values, []string{long}) {
		t.Errorf("handed back: %d inputs", len(d.Inputs))
	}
	if got := s.ada.Troubles(); len(got) != 0 {
		t.Errorf("Slack complained: %q", got)
	}
}

// What an answer that no acknowledgement can carry puts into the dialog is not covered again by the acknowledgement before
// it, which goes another way.
func TestSavingDoesNotCoverTheAnswer(t *testing.T) {
	t.Parallel()
	s := newScene(t, false, slacktest.Options{Lag: 200 * time.Millisecond})
	long := chat.Paragraph{Text: chat.T(strings.Repeat("<", 2500))}
	s.sends(areas("x"), replied("A long answer.", long, long, long), nil)()
	s.dialog("Saving…")
	s.dialog("A long answer.")
}

// A dialog that was closed meanwhile cannot be updated: the answer comes as a message.
func TestClosedWhileSaving(t *testing.T) {
	t.Parallel()
	s := newScene(t, true, slacktest.Options{})
	release := s.sends(areas("worth keeping"), replied("Counted."), nil)
	s.dialog("Saving…")
	s.must(s.ada.Cancel())
	release()
	s.sees(s.ada.Direct(), "Counted.")
}

// A text that could not be stored is handed back, wherever the person is by then.
func TestNotStoredIsHandedBack(t *testing.T) {
	t.Parallel()
	s := newScene(t, false, slacktest.Options{})
	release := s.sends(areas("worth keeping"), replied(notSaved), errFull)
	s.dialog("Saving…")
	s.must(s.ada.Cancel())
	release()
	s.sees(s.ada.Direct(), "nothing was saved")
	s.sees(s.ada.Direct(), "worth keeping")
}

// Who sends again what could not be stored is told the reason once, not once for each time.
func TestReasonsDoNotPileUp(t *testing.T) {
	t.Parallel()
	s := newScene(t, true, slacktest.Options{})
	release := s.sends(areas("worth keeping"), replied(notSaved), errFull)
	s.dialog("Saving…")
	release()
	s.dialog("nothing was saved")
	s.bot.answers(func(context.Context, chat.Event) (chat.Response, error) {
		s.Overdue()
		return replied("The disk is still full: nothing was saved."), errFull
	})
	s.must(s.ada.Submit())
	s.dialog("Saving…")
	d := s.dialog("still full")
	if strings.Contains(d.Page.Text, "The disk is full") || len(d.Inputs) == 0 || !slices.Contains(d.Inputs[0].Values, "worth keeping") {
		t.Errorf("after the second time the dialog is %+v", d)
	}
}

// The same of texts that are too long together for one message.
func TestVeryLongTextsAreHandedBack(t *testing.T) {
	t.Parallel()
	s := newScene(t, true, slacktest.Options{})
	var long []string
	for _, letter := range []string{"a", "b", "c", "d", "e"} {
		long = append(long, strings.Repeat(letter, 3000))
	}
	release := s.sends(areas(long...), replied(notSaved), errFull)
	s.dialog("Saving…")
	s.must(s.ada.Cancel())
	release()
	s.sees(s.ada.Direct(), "nothing was saved")
	for _, text := range long {
		s.sees(s.ada.Direct(), text)
	}
	for _, m := range s.ada.Screen(s.ada.Direct()) {
		if n := len(m.Text); n > s.adapter().Caps().Total {
			t.Errorf("a message of %d characters, which Slack may refuse", n)
		}
	}
}

// A form that comes too late for Slack's trigger is replaced by a sentence that says what to do.
func TestFormTooLate(t *testing.T) {
	t.Parallel()
	s := newScene(t, false, slacktest.Options{})
	s.bot.answers(func(context.Context, chat.Event) (chat.Response, error) {
		s.Overdue()
		return chat.Response{Form: answerForm()}, nil
	})
	s.must(s.ada.Type(s.c, "/interview setup"))
	if m := s.sees(s.c, "too long"); !m.Private || !strings.Contains(m.Text, "again") {
		t.Errorf("said %+v", m)
	}
	if d := s.ada.Dialog(); d != nil || len(s.ada.Troubles()) != 0 {
		t.Errorf("dialog %+v, troubles %q", d, s.ada.Troubles())
	}
}

// A reply that comes too late to lie on top of the dialog takes its place.
func TestReplyTooLateToLieOnTop(t *testing.T) {
	t.Parallel()
	s := newScene(t, false, slacktest.Options{})
	s.bot.answers(func(ctx context.Context, e chat.Event) (chat.Response, error) {
		if _, pressed := e.What.(chat.Press); pressed {
			s.Overdue()
		}
		return feedback(ctx, e)
	})
	s.must(s.ada.Type(s.c, "/interview setup"))
	s.dialog("Your answer")
	s.must(s.ada.Fill("Your answer", "x"))
	s.must(s.ada.Submit())
	s.dialog("I found 3 of 5 points")
	s.must(s.ada.Press(s.c, "Hint"))
	if d := s.dialog("A hint."); d.Depth != 1 {
		t.Errorf("the hint is %+v", d)
	}
}

func TestHomeIsUpdated(t *testing.T) {
	t.Parallel()
	s := newScene(t, true, slacktest.Options{})
	page := func(text string) []chat.Block {
		return []chat.Block{chat.Heading{Text: chat.T(text)}, buttons(
			chat.Button{Label: "Refresh", Action: "refresh", Gives: chat.GivesUpdate}, chat.Button{Label: "Settings", Action: "settings", Gives: chat.GivesForm})}
	}
	s.bot.answers(func(_ context.Context, e chat.Event) (chat.Response, error) {
		switch w := e.What.(type) {
		case chat.Press:
			if w.Action == "settings" {
				return chat.Response{Form: answerForm()}, nil
			}
			return chat.Response{Update: &chat.Message{Summary: "Refreshed.", Blocks: page("Your streak is 13")}}, nil
		case chat.Submit:
			return chat.Response{}, nil
		}
		return chat.Response{Home: page("Your streak is 12")}, nil
	})
	home := func(text string) {
		t.Helper()
		s.await("the home page does not say "+text, func() bool { h := s.ada.Home(); return h != nil && strings.Contains(h.Text, text) })
	}
	s.ada.OpenHome()
	home("Your streak is 12")
	s.must(s.ada.Press("", "Refresh"))
	home("Your streak is 13")
	s.must(s.ada.Press("", "Settings"))
	s.dialog("Your answer")
	s.must(s.ada.Fill("Your answer", "x"))
	s.must(s.ada.Submit())
	s.await("a dialog answered with nothing stays open", func() bool { return s.ada.Dialog() == nil })
	for _, e := range s.bot.heard() {
		if e.Channel != channelID(s.ada.ID()) || !e.Direct {
			t.Errorf("%T of the home page happened in %q", e.What, e.Channel)
		}
	}
}
