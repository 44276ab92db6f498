package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

func faults() []scenario {
	list := []scenario{
		{name: "a call whose context has ended is not made", play: callEnded},
		{name: "what is not there is gone", play: callNowhere},
		{name: "a cut connection heals", play: cutHeals},
		{name: "what a lost reply left behind is found by its key", play: lostIsFound},
	}
	for _, call := range []struct {
		name string
		kind chat.Kind
	}{{"a post", chat.KindPost}, {"an edit", chat.KindEdit}, {"a direct message", chat.KindDirect}} {
		add := func(name string, play func(*stage, chat.Kind)) {
			list = append(list, scenario{name: call.name + " " + name, play: func(s *stage) { play(s, call.kind) }})
		}
		add("refused by a rate limit comes later", callLimited)
		add("whose reply is lost is uncertain and not repeated", callLost)
		add("met by a server error is uncertain and not repeated", callBroken)
		add("without a reply is uncertain when its context ends", callSlow)
		add("that cannot be sent is an error of its own", callUnreachable)
		add("that is forbidden or has nowhere to go is gone", callGone)
		add("without access is revoked", callRevoked)
	}
	return list
}

// call is one call of a kind, ready to be made, and where its text is seen.
type call struct {
	s     *stage
	kind  chat.Kind
	who   *who
	place chat.ChannelID
	gate  chat.ChannelID // what Ready is asked with
	id    chat.MessageID // of an edit
}

func (s *stage) call(k chat.Kind) *call {
	s.t.Helper()
	c := &call{s: s, kind: k, who: s.person("Ada"), place: s.Channel("general")}
	c.gate = c.place
	switch k {
	case chat.KindEdit:
		c.id = s.post(c.place, note("Before."), "")
		c.who.sees(c.place, "Before.")
	case chat.KindDirect:
		c.place, c.gate = c.who.Direct(), ""
	}
	return c
}

// make makes the call when the rate limits allow it, and counts what was written for it.
func (c *call) make(ctx context.Context, text string) (written int, err error) {
	c.s.ready(c.gate, c.kind)
	before := c.s.Written(c.kind)
	key := "k-1" // a key names one post for ever, so another text has another
	if text != "One." {
		key = "k-2"
	}
	m := note(text, row(chat.Button{Label: "Answer", Action: "answer." + key}))
	switch p := c.s.Platform(); c.kind {
	case chat.KindPost:
		_, err = p.Post(ctx, c.place, m, key)
	case chat.KindEdit:
		err = p.Edit(ctx, c.id, m)
	default:
		err = p.Direct(ctx, c.who.ID(), m)
	}
	return c.s.Written(c.kind) - before, err
}

// works checks that the call can be made now.
func (c *call) works(text string) {
	c.s.t.Helper()
	if _, err := c.make(c.s.limit(), text); err != nil {
		c.s.t.Errorf("after the fault: %v", err)
		return
	}
	c.who.sees(c.place, text)
	if n := c.who.counts(c.place, text); n != 1 {
		c.s.t.Errorf("%q is shown %d times", text, n)
	}
}

func callLimited(s *stage, k chat.Kind) {
	c := s.call(k)
	const away = 2 * time.Second
	if !s.can(s.Fail(Fault{Kind: Limited, Call: k, After: away})) {
		return
	}
	before := s.Now()
	written, err := c.make(s.limit(), "One.")
	var later chat.Later
	if !errors.As(err, &later) {
		s.t.Fatalf("a rate limit gives %v, want chat.Later", err)
	}
	if later.At.Before(before.Add(away-time.Second)) || later.At.After(s.Now().Add(away+5*time.Second)) {
		s.t.Errorf("later is in %v, want about %v", later.At.Sub(before), away)
	}
	if written != 1 {
		s.t.Errorf("a refused call was written %d times", written)
	}
	if at := s.Platform().Ready(c.gate, k); !at.After(before) {
		s.t.Errorf("ready at once after a rate limit: %v", at.Sub(before))
	}
	c.who.seesNot(c.place, "One.")
	s.Until(later.At)
	c.works("Two.")
}

func callLost(s *stage, k chat.Kind) {
	c := s.call(k)
	if !s.can(s.Fail(Fault{Kind: Lost, Call: k})) {
		return
	}
	written, err := c.make(s.limit(), "One.")
	c.uncertain(err, written)
	c.who.sees(c.place, "One.")
	c.works("Two.")
	if n := c.who.counts(c.place, "One."); n > 1 {
		s.t.Errorf("a call whose reply was lost is shown %d times", n)
	}
}

func (c *call) uncertain(err error, written int) {
	c.s.t.Helper()
	if !is(err, chat.ErrUncertain) {
		c.s.t.Errorf("got %v, want ErrUncertain", err)
	}
	if written != 1 {
		c.s.t.Errorf("the call was written %d times", written)
	}
}

func callBroken(s *stage, k chat.Kind) {
	c := s.call(k)
	if !s.can(s.Fail(Fault{Kind: Broken, Call: k})) {
		return
	}
	written, err := c.make(s.limit(), "One.")
	c.uncertain(err, written)
	c.works("Two.")
}

func callSlow(s *stage, k chat.Kind) {
	c := s.call(k)
	if !s.can(s.Fail(Fault{Kind: Slow, Call: k})) {
		return
	}
	ctx, cancel := context.WithCancel(s.limit())
	defer cancel()
	var ended time.Time
	before := s.Written(k)
	waited := make(chan struct{})
	go func() { // the context ends when the call has arrived
		defer close(waited)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for s.Written(k) == before && ctx.Err() == nil {
			<-tick.C
		}
		ended = time.Now()
		cancel()
	}()
	written, err := c.make(ctx, "One.")
	cancel()
	<-waited
	if took := time.Since(ended); took > 5*time.Second {
		s.t.Errorf("the call took %v beyond its context", took)
	}
	c.uncertain(err, written)
	c.works("Two.")
}

func callUnreachable(s *stage, k chat.Kind) {
	c := s.call(k)
	if !s.can(s.Fail(Fault{Kind: Unreachable, Call: k})) {
		return
	}
	_, err := c.make(s.limit(), "One.")
	if err == nil || is(err, chat.ErrUncertain) || is(err, chat.ErrGone) || is(err, chat.ErrRevoked) || errors.As(err, new(chat.Later)) {
		s.t.Errorf("got %v, want an error that says surely not done, and nothing more", err)
	}
	c.works("Two.")
	c.who.seesNot(c.place, "One.")
}

func callGone(s *stage, k chat.Kind) {
	c := s.call(k)
	for _, kind := range []FaultKind{Forbidden, Gone} {
		if !s.can(s.Fail(Fault{Kind: kind, Call: k})) {
			continue
		}
		written, err := c.make(s.limit(), "One.")
		if !is(err, chat.ErrGone) || written > 1 {
			s.t.Errorf("fault %d: got %v after %d requests, want ErrGone after one", kind, err, written)
		}
		c.who.seesNot(c.place, "One.")
	}
}

func callRevoked(s *stage, k chat.Kind) {
	c := s.call(k)
	if !s.can(s.Fail(Fault{Kind: Revoked, Call: k})) {
		return
	}
	written, err := c.make(s.limit(), "One.")
	if !is(err, chat.ErrRevoked) || written > 1 {
		s.t.Errorf("got %v after %d requests, want ErrRevoked after one", err, written)
	}
	c.who.seesNot(c.place, "One.")
}

func callEnded(s *stage) {
	for _, k := range []chat.Kind{chat.KindPost, chat.KindEdit, chat.KindDirect} {
		c := s.call(k)
		ctx, cancel := context.WithCancel(s.limit())
		cancel()
		if written, err := c.make(ctx, fmt.Sprintf("Call %d.", k)); err == nil || is(err, chat.ErrUncertain) || written != 0 {
			s.t.Errorf("call %d got %v after %d requests, want an error and none", k, err, written)
		}
		c.who.seesNot(c.place, fmt.Sprintf("Call %d.", k))
	}
}

// callNowhere calls what was never there, and what the bot was taken out of.
func callNowhere(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	id := s.post(c, note("Before."), "")
	ada.sees(c, "Before.")
	if !s.can(s.Remove(c)) {
		return
	}
	awaits[chat.Removed](s, 1)
	s.ready(c, chat.KindPost)
	if _, err := s.Platform().Post(s.limit(), c, note("After."), ""); !is(err, chat.ErrGone) {
		s.t.Errorf("a post where the bot is not got %v, want ErrGone", err)
	}
	s.ready(c, chat.KindEdit)
	if err := s.Platform().Edit(s.limit(), id, note("After.")); !is(err, chat.ErrGone) {
		s.t.Errorf("an edit where the bot is not got %v, want ErrGone", err)
	}
	ada.seesNot(c, "After.")
}

func cutHeals(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.replies(note("Heard you."))
	for i := range 3 {
		if !s.can(s.Fail(Fault{Kind: Cut})) {
			return
		}
		ada.types(c, fmt.Sprintf("say %d", i))
		awaits[chat.Call](s, i+1)
		s.until(func() string {
			if n := ada.counts(c, "Heard you."); n != i+1 {
				return fmt.Sprintf("%d answers to %d commands", n, i+1)
			}
			return ""
		})
	}
	s.post(c, note("Still posting."), "")
	ada.sees(c, "Still posting.")
	s.troubled = true
}

func lostIsFound(s *stage) {
	c := s.call(chat.KindPost)
	finder, ok := s.Platform().(chat.Finder)
	if !ok {
		s.t.Log("left out: the adapter finds nothing")
		return
	}
	since := s.Now().Add(-time.Second)
	if !s.can(s.Fail(Fault{Kind: Lost, Call: chat.KindPost})) {
		return
	}
	_, err := c.make(s.limit(), "One.")
	c.uncertain(err, 1)
	id, err := finder.Find(s.limit(), c.place, "k-1", since)
	if err != nil {
		s.t.Fatalf("what a lost reply left behind is not found: %v", err)
	}
	s.edit(c.place, id, note("Found and edited."))
	c.who.sees(c.place, "Found and edited.")
	c.who.seesNot(c.place, "One.")
}
