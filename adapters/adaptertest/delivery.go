package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/interviewbot/interviewbot/bot/chat"
)

func is(err, target error) bool { return errors.Is(err, target) }

func delivery() []scenario {
	return []scenario{
		{name: "a slow reply to a command is shown", play: slowReply},
		{name: "a slow reply to a press is shown", play: slowPress},
		{name: "a slow update replaces the message", play: slowUpdate},
		{name: "a slow answer of nothing leaves nothing", play: slowNothing},
		{name: "a slow reply to a form is shown", play: slowSubmit},
		{name: "slow errors of a form are shown, its text is kept", play: slowErrors},
		{name: "an error with a sentence shows the sentence", play: failSays},
		{name: "an error on a form keeps its text", play: failKeepsText},
		{name: "a busy bot says so, and is asked again", play: busy},
		{name: "a panic is survived", play: panics},
		{name: "32 people at once are all answered", play: crowd},
		{name: "events are handled beside each other", play: concurrent},
		{name: "a redelivered event is the same event", play: redelivered},
	}
}

// slowly answers as f does, after the platform has lost its patience.
func (s *stage) slowly(f func(chat.Event) chat.Response) {
	s.answersWith(func(_ context.Context, e chat.Event) (chat.Response, error) {
		s.Overdue()
		return f(e), nil
	})
}

func slowReply(s *stage) {
	c, ada, bea := s.Channel("general"), s.person("Ada"), s.person("Bea")
	m, texts := s.everything()
	s.slowly(func(chat.Event) chat.Response { return chat.Response{Reply: &m} })
	ada.types(c, "say slowly")
	s.checkEverything(ada.hears(c, "The heading", "the small print"), texts)
	if n := ada.counts(c, "The heading"); n != 1 {
		s.t.Errorf("the answer is shown %d times", n)
	}
	bea.seesNot(c, "The heading")
	if _, call := awaits[chat.Call](s, 1); call.Args["text"] != "slowly" {
		s.t.Errorf("heard %+v", call)
	}
}

func slowPress(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.post(c, note("A question.", row(chat.Button{Label: "Hint", Action: "hint"})), "")
	m := note("A late hint.")
	s.slowly(func(chat.Event) chat.Response { return chat.Response{Reply: &m} })
	ada.presses(c, "Hint")
	ada.hears(c, "A late hint.")
	ada.sees(c, "A question.", "Hint")
}

func slowUpdate(s *stage) {
	c, ada, bea := s.Channel("general"), s.person("Ada"), s.person("Bea")
	s.post(c, note("The old text.", row(chat.Button{Label: "Next", Action: "next", Gives: chat.GivesUpdate})), "")
	m := note("The new text.", row(chat.Button{Label: "Next", Action: "next", Gives: chat.GivesUpdate}))
	s.slowly(func(chat.Event) chat.Response { return chat.Response{Update: &m} })
	ada.presses(c, "Next")
	for _, p := range []*who{ada, bea} {
		p.sees(c, "The new text.", "Next")
		p.seesNot(c, "The old text.")
	}
	s.slowly(func(chat.Event) chat.Response {
		other := note("Only for you.")
		return chat.Response{Reply: &other}
	})
	bea.presses(c, "Next") // where an update was promised, a sentence for one person is allowed
	bea.hears(c, "Only for you.")
	bea.sees(c, "The new text.")
	ada.seesNot(c, "Only for you.")
}

func slowNothing(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.post(c, note("A question.", row(chat.Button{Label: "Reply", Action: "r"}, chat.Button{Label: "Update", Action: "u", Gives: chat.GivesUpdate})), "")
	s.slowly(func(chat.Event) chat.Response { return chat.Response{} })
	ada.types(c, "say nothing")
	awaits[chat.Call](s, 1)
	ada.presses(c, "Reply")
	ada.presses(c, "Update")
	awaits[chat.Press](s, 2)
	s.until(func() string {
		if n := len(ada.Screen(c)); n != 1 {
			return fmt.Sprintf("%d messages on the screen, want the post alone: %s", n, ada.screen(c))
		}
		return ""
	})
	ada.sees(c, "A question.", "Reply", "Update")
}

func slowSubmit(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	form := ask()
	s.answersWith(func(_ context.Context, e chat.Event) (chat.Response, error) {
		if sub, ok := e.What.(chat.Submit); ok {
			s.Overdue()
			return thanks(sub), nil
		}
		return chat.Response{Form: &form}, nil
	})
	ada.types(c, "open")
	ada.opens("A question")
	s.must(ada.Fill("Your text", "worth keeping"))
	s.must(ada.Submit())
	ada.hears(c, "Thank you for this.")
	for _, e := range heard[chat.Submit](s) {
		if e.What.(chat.Submit).Value("text") != "worth keeping" {
			s.t.Errorf("heard %+v", e)
		}
	}
	awaits[chat.Submit](s, 1)
}

func slowErrors(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	form := ask()
	s.answersWith(func(_ context.Context, e chat.Event) (chat.Response, error) {
		if _, ok := e.What.(chat.Submit); ok {
			s.Overdue()
			return chat.Response{Errors: map[string]string{"text": "Only 6 words so far."}}, nil
		}
		return chat.Response{Form: &form}, nil
	})
	ada.types(c, "open")
	ada.opens("A question")
	s.must(ada.Fill("Your text", "worth keeping"))
	s.must(ada.Submit())
	ada.hears(c, "Only 6 words so far.")
	s.reopened(ada, c, map[string]string{"Your text": "worth keeping"})
}

const errStore chat.Error = "the disk is full"

func failSays(s *stage) {
	c, ada, bea := s.Channel("general"), s.person("Ada"), s.person("Bea")
	s.post(c, note("A question.", row(chat.Button{Label: "Hint", Action: "hint"}, chat.Button{Label: "Next", Action: "next", Gives: chat.GivesUpdate},
		chat.Button{Label: "Form", Action: "form", Gives: chat.GivesForm})), "")
	n := 0
	s.answersWith(func(_ context.Context, e chat.Event) (chat.Response, error) {
		m := note(fmt.Sprintf("That was not saved (%T %v).", e.What, e.What))
		return chat.Response{Reply: &m}, errStore
	})
	ada.types(c, "say something")
	ada.hears(c, "That was not saved (chat.Call")
	for _, label := range []string{"Hint", "Next", "Form"} {
		n++
		ada.presses(c, label)
		ada.hears(c, "That was not saved (chat.Press {"+strings.ToLower(label))
	}
	ada.sees(c, "A question.", "Hint", "Next", "Form")
	bea.seesNot(c, "That was not saved")
	s.troubled = true // the platform may add a sentence of its own to what failed
}

func failKeepsText(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	form := ask()
	stored := false
	s.answersWith(func(_ context.Context, e chat.Event) (chat.Response, error) {
		sub, ok := e.What.(chat.Submit)
		switch {
		case !ok:
			return chat.Response{Form: &form}, nil
		case stored:
			return thanks(sub), nil
		}
		m := note("The disk is full: your answer was not saved.")
		return chat.Response{Reply: &m}, errStore
	})
	ada.types(c, "open")
	ada.opens("A question")
	s.must(ada.Fill("Your text", "worth keeping"))
	s.must(ada.Submit())
	ada.hears(c, "The disk is full: your answer was not saved.")
	s.reopened(ada, c, map[string]string{"Your text": "worth keeping"})
	s.answersWith(func(_ context.Context, e chat.Event) (chat.Response, error) { return thanks(chat.Submit{}), nil })
	s.must(ada.Submit())
	ada.hears(c, "Thank you for this.")
	s.troubled = true
}

func busy(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.answersWith(func(context.Context, chat.Event) (chat.Response, error) {
		m := note("Busy, press again.")
		return chat.Response{Reply: &m}, chat.ErrBusy
	})
	ada.types(c, "say something")
	ada.hears(c, "Busy, press again.")
	s.replies(note("There is room now."))
	ada.types(c, "say it again")
	ada.hears(c, "There is room now.")
	s.troubled = true
}

func panics(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.answers(func(chat.Event) chat.Response { panic("the bot broke down") })
	ada.types(c, "say something")
	awaits[chat.Call](s, 1)
	s.until(func() string {
		if len(ada.view(c))+len(ada.Troubles()) == 0 {
			return "nobody told the person that it did not work"
		}
		return ""
	})
	ada.seesNot(c, "the bot broke down", "goroutine")
	s.replies(note("Up again."))
	ada.types(c, "say it again")
	ada.hears(c, "Up again.")
	s.troubled = true
}

func crowd(s *stage) {
	c := s.Channel("general")
	s.answers(func(e chat.Event) chat.Response {
		m := note("For " + e.What.(chat.Call).Args["text"] + " from " + string(e.Actor.User) + ".")
		return chat.Response{Reply: &m}
	})
	var people []*who
	for i := range 32 {
		people = append(people, s.person(fmt.Sprintf("Person %c%d", 'A'+i%26, i)))
	}
	errs := make([]error, len(people))
	var wg sync.WaitGroup
	for i, p := range people {
		wg.Go(func() { errs[i] = p.Type(c, fmt.Sprintf("say number%d", i)) })
	}
	wg.Wait()
	s.must(errors.Join(errs...))
	awaits[chat.Call](s, len(people))
	for i, p := range people {
		p.hears(c, fmt.Sprintf("For number%d from %s.", i, p.ID()))
		if n := p.counts(c, "For number"); n != 1 {
			s.t.Errorf("%s sees %d answers", p.ID(), n)
		}
	}
}

// concurrent has handlers wait until four of them are there.
func concurrent(s *stage) {
	c := s.Channel("general")
	const together = 4
	var mu sync.Mutex
	met := make(chan struct{})
	here := map[chat.EventID]bool{}
	s.answersWith(func(ctx context.Context, e chat.Event) (chat.Response, error) {
		mu.Lock()
		if here[e.ID] = true; len(here) == together {
			close(met)
		}
		mu.Unlock()
		select {
		case <-met:
		case <-ctx.Done():
		}
		m := note("We met.")
		return chat.Response{Reply: &m}, nil
	})
	var wg sync.WaitGroup
	errs := make([]error, together)
	for i := range together {
		p := s.person(fmt.Sprintf("Person%d", i))
		wg.Go(func() { errs[i] = p.Type(c, "say hello") })
	}
	for i := range together {
		s.person(fmt.Sprintf("Person%d", i)).hears(c, "We met.")
	}
	wg.Wait()
	s.must(errors.Join(errs...))
}

func redelivered(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.post(c, note("A question.", row(chat.Button{Label: "Hint", Action: "hint"}, chat.Button{Label: "Form", Action: "form", Gives: chat.GivesForm})), "")
	form := ask()
	s.answers(func(e chat.Event) chat.Response {
		if p, ok := e.What.(chat.Press); ok && p.Action == "form" {
			return chat.Response{Form: &form}
		}
		return thanks(chat.Submit{})
	})
	again := func(n int) bool {
		if !s.can(s.Redeliver()) {
			return false
		}
		ids := map[chat.EventID]bool{}
		s.bot.mu.Lock()
		defer s.bot.mu.Unlock()
		for _, e := range s.bot.events {
			ids[e.ID] = true
		}
		if len(ids) != n {
			s.t.Errorf("%d identifiers for %d deeds: a redelivery has another identifier: %v", len(ids), n, ids)
		}
		return true
	}
	ada.types(c, "say hello")
	ada.hears(c, "Thank you for this.")
	if !again(1) {
		return
	}
	ada.presses(c, "Hint")
	awaits[chat.Press](s, 1)
	again(2)
	ada.presses(c, "Form")
	ada.opens("A question")
	s.must(ada.Fill("Your text", "only once"))
	s.must(ada.Submit())
	awaits[chat.Submit](s, 1)
	again(4)
	s.troubled = true // an interaction that was answered cannot be answered again
}
