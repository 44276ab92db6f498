package discord

import (
	"context"
	"errors"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Discord forgets an interaction that is not answered within three seconds. A reply is deferred after so long; what
// carries a person's text later, for "received" is better than "wait"; what cannot be deferred is given up last.
const (
	deferAfter  = 1500 * time.Millisecond
	giveUpAfter = 2500 * time.Millisecond
)

// answerTime bounds the sending of an answer, laterTime with all its repeats; while Run ends there is lastTime.
const (
	answerTime = 5 * time.Second
	laterTime  = 10 * time.Second
	lastTime   = 3 * time.Second
)

// linger returns a context that ends after d, or, when ctx ends, lastTime later: what was handled shall be told.
func linger(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	out, cancel := context.WithTimeout(context.WithoutCancel(ctx), d)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(lastTime, cancel) })
	return out, func() { stop(); cancel() }
}

// answerer sends the first answer to an interaction, the way it came.
type answerer func(ctx context.Context, c callback) error

// respond has one interaction handled and answered. It blocks until all is said.
func (a *Adapter) respond(s *serving, in *interaction, answer answerer) {
	began := time.Now()
	e, gives, err := in.event(a.table)
	if err != nil {
		a.tell(s.ctx, in, answer, a.instead(in, "This belongs to an older version of the bot. Give the command again."))
		return
	}
	if v, _, _ := readID(in.Data.CustomID); in.Type == deedPress && v == verbOpen {
		a.tell(s.ctx, in, answer, a.reopen(s.ctx, in))
		return
	}
	e.Actor.Roles = a.roles.names(s.ctx, a.rest, in)
	results := make(chan result, 1)
	if !s.run(func() { results <- s.handle(e) }) {
		return
	}
	patience := deferAfter
	if in.Type == deedSubmit || !deferrable(gives) {
		patience = giveUpAfter
	}
	wait := time.NewTimer(patience - time.Since(began))
	defer wait.Stop()
	select {
	case r := <-results:
		a.now(s, in, e, r, answer)
	case <-wait.C:
		a.afterwards(s, in, e, gives, results, answer)
	}
	a.log.Debug("discord event", "event", e.ID, "space", e.Space, "channel", e.Channel, "took", time.Since(began))
}

func deferrable(g chat.Gives) bool { return g == chat.GivesReply || g == chat.GivesUpdate }

// now sends what the handler gave as the first answer.
func (a *Adapter) now(s *serving, in *interaction, e chat.Event, r result, answer answerer) {
	a.note(e, r.err)
	c := a.first(s.ctx, in, e, r)
	a.tell(s.ctx, in, answer, c)
	if c.Type == answerLater { // nothing to say: take the placeholder away again
		a.later(s.ctx, in, request{method: "DELETE", path: a.original(in)})
	}
}

// afterwards defers the answer, in the declared kind, and sends it when the handler is done.
func (a *Adapter) afterwards(s *serving, in *interaction, e chat.Event, gives chat.Gives, results <-chan result, answer answerer) {
	switch {
	case !deferrable(gives):
		a.tell(s.ctx, in, answer, a.busy(in))
		return
	case gives == chat.GivesUpdate && in.Message != nil:
		a.tell(s.ctx, in, answer, callback{Type: answerUpdateLater})
		r := <-results
		a.note(e, r.err)
		a.updateLater(s.ctx, in, e, r)
		return
	}
	a.tell(s.ctx, in, answer, callback{answerLater, private{flagPrivate}})
	r := <-results
	a.note(e, r.err)
	a.replyLater(s.ctx, in, e, r)
}

func (a *Adapter) note(e chat.Event, err error) {
	if err != nil && !errors.Is(err, chat.ErrBusy) {
		a.log.Error("event not handled", "event", e.ID, "space", e.Space, "channel", e.Channel, "err", err)
	}
}

// first turns what the handler gave into a first answer.
func (a *Adapter) first(ctx context.Context, in *interaction, e chat.Event, r result) callback {
	switch {
	case in.Type == deedComplete:
		return callback{answerChoices, offered(r.Choices)}
	case r.Form != nil && in.Type != deedSubmit && r.err == nil && !crowded(*r.Form):
		return callback{answerModal, a.open(ctx, in, *r.Form)}
	}
	p := a.message(ctx, in, e, r)
	switch {
	case p == nil && in.Message != nil:
		return callback{Type: answerUpdateLater}
	case p == nil:
		return callback{answerLater, private{flagPrivate}}
	case updates(in, r):
		return callback{answerUpdate, wholly(p)}
	}
	return callback{answerMessage, p}
}

// updates says whether what is said replaces the message that was pressed.
func updates(in *interaction, r result) bool {
	return r.Update != nil && in.Message != nil && len(r.Errors) == 0 && r.err == nil
}

// message writes what is to be said, nil when that is nothing. A form that cannot be opened any more is kept, with a
// button that opens it.
func (a *Adapter) message(ctx context.Context, in *interaction, e chat.Event, r result) *payload {
	sent, filled := e.What.(chat.Submit)
	switch {
	case filled && (len(r.Errors) > 0 || r.err != nil):
		return a.handBack(ctx, in, sent, r)
	case r.Reply != nil:
		return renderPrivate(*r.Reply)
	case r.Form != nil:
		return a.offer(ctx, in, *r.Form)
	case updates(in, r) && in.Message.Flags&flagPrivate == 0:
		return render(*r.Update)
	case r.Update != nil:
		return renderPrivate(*r.Update)
	}
	return nil
}

func offered(all []chat.Choice) choices {
	out := choices{[]choice{}}
	for _, c := range all[:min(len(all), maxOptions)] {
		out.Choices = append(out.Choices, choice{label(c.Label, 100), c.Value})
	}
	return out
}

// replyLater fills the placeholder of a private reply, or takes it away.
func (a *Adapter) replyLater(ctx context.Context, in *interaction, e chat.Event, r result) {
	if updates(in, r) && e.Message != "" {
		channel, message, _ := messageOf(e.Message)
		p := wholly(render(*r.Update))
		a.later(ctx, in, request{method: "PATCH", path: "/channels/" + channel + "/messages/" + message, route: editRoute(channel, false), body: p, files: p.files})
		a.later(ctx, in, request{method: "DELETE", path: a.original(in)})
		return
	}
	p := a.message(ctx, in, e, r)
	if p == nil {
		a.later(ctx, in, request{method: "DELETE", path: a.original(in)})
		return
	}
	if r.Update != nil {
		p = renderPrivate(*r.Update)
	}
	p = wholly(p)
	p.Flags = flagV2 // whether it is private was said when it was deferred
	a.later(ctx, in, request{method: "PATCH", path: a.original(in), body: p, files: p.files})
}

// updateLater replaces the message that was pressed, or says something beside it.
func (a *Adapter) updateLater(ctx context.Context, in *interaction, e chat.Event, r result) {
	p := a.message(ctx, in, e, r)
	switch {
	case p == nil:
	case updates(in, r):
		p.Flags = flagV2
		a.later(ctx, in, request{method: "PATCH", path: a.original(in), body: wholly(p), files: p.files})
	default:
		a.later(ctx, in, request{method: "POST", path: a.webhook(in), body: p, files: p.files})
	}
}

func (a *Adapter) webhook(in *interaction) string  { return "/webhooks/" + a.app + "/" + in.Token }
func (a *Adapter) original(in *interaction) string { return a.webhook(in) + "/messages/@original" }

// instead says why there is no answer; to somebody who types it offers nothing, for that is all Discord takes.
func (a *Adapter) instead(in *interaction, why string) callback {
	if in.Type == deedComplete {
		return callback{answerChoices, offered(nil)}
	}
	return callback{answerMessage, a.sentence(why)}
}

func (a *Adapter) busy(in *interaction) callback { return a.instead(in, "Busy, press again.") }

func (a *Adapter) sentence(s string) *payload { return renderPrivate(*say(s).Reply) }

// tell sends the first answer. That it came too late, or was given already, is noted and nothing more: Discord has told
// the person.
func (a *Adapter) tell(ctx context.Context, in *interaction, answer answerer, c callback) {
	ctx, cancel := linger(ctx, answerTime)
	defer cancel()
	if err := answer(ctx, c); err != nil {
		a.log.Warn("discord interaction not answered", "event", eventID(in.ID), "err", err)
	}
}

// later sends a later answer. What can be repeated without harm (all but POST) is, for a few seconds; so is what came
// before Discord had taken in the first answer.
func (a *Adapter) later(ctx context.Context, in *interaction, q request) {
	ctx, cancel := linger(ctx, laterTime)
	defer cancel()
	var err error
	for wait := 250 * time.Millisecond; ; wait *= 2 {
		err = a.rest.call(ctx, q)
		written := errors.Is(err, chat.ErrUncertain)
		early := code(err) == codeUnknownMessage || code(err) == codeUnknownWebhook
		if err == nil || code(err) != 0 && !early || written && q.method == "POST" || sleep(ctx, wait) != nil {
			break
		}
	}
	if err != nil {
		a.log.Warn("discord interaction not answered", "event", eventID(in.ID), "err", err)
	}
}

// callback answers an interaction that came over the gateway. Discord takes only the first answer, so one whose outcome
// is not known is sent again.
func (a *Adapter) callback(in *interaction) answerer {
	return func(ctx context.Context, c callback) error {
		q := request{method: "POST", path: "/interactions/" + in.ID + "/" + in.Token + "/callback", body: c}
		if p, ok := c.Data.(*payload); ok {
			q.files = p.files
		}
		for wait := 100 * time.Millisecond; ; wait *= 2 {
			err := a.rest.call(ctx, q)
			if err == nil || code(err) == codeAnswered {
				return nil
			}
			if code(err) != 0 || sleep(ctx, wait) != nil {
				return err
			}
		}
	}
}
