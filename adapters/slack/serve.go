package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Slack waits 3 seconds for an acknowledgement; these leave room for the way there and back.
const (
	deferAfter = 1500 * time.Millisecond // commands and presses whose answer may come later
	ackWithin  = 2500 * time.Millisecond // all else
	// settle lets an acknowledgement overtake the update of the same dialog, which goes another way.
	settle = 500 * time.Millisecond
	// handleFor bounds one run of the handler; answerFor what is sent after it.
	handleFor = time.Minute
	answerFor = 30 * time.Second
)

// running is what exists while Run runs.
type running struct {
	reader   reader
	handler  chat.Handler
	ctx      context.Context // of handlers; outlives Run's own by the time it takes to finish
	work     sync.WaitGroup
	draining bool
}

// verdict is the acknowledgement of a delivery: none, an empty one, or one with a body.
type verdict struct {
	ok   bool
	body []byte
}

// turn is one delivery between its arrival and its answer. Its acknowledgement is decided once: by the handler's answer
// or by the clock.
type turn struct {
	in    inbound
	run   *running
	limit int // bytes an acknowledgement may have; 0 = any number

	mu      sync.Mutex
	decided bool
	ack     chan verdict // the handler's decision
	acked   chan error   // what became of the acknowledgement
}

// begin hands a delivery to the handler, in a goroutine of its own. It returns nil when there is no room or nobody to
// handle it; such a delivery is not acknowledged. Else the caller waits, acknowledges, and tells.
func (a *Adapter) begin(in inbound, limit int) *turn {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.run == nil || a.run.draining {
		return nil
	}
	select {
	case a.slots <- struct{}{}:
	default:
		return nil
	}
	t := &turn{in: in, run: a.run, limit: limit, ack: make(chan verdict, 1), acked: make(chan error, 1)}
	t.run.work.Go(func() {
		defer func() { <-a.slots }()
		a.play(t)
	})
	return t
}

// wait returns the acknowledgement, in time.
func (t *turn) wait(now time.Time) verdict {
	within := ackWithin
	if t.in.kind == kindCommand || t.in.kind == kindPress {
		if t.in.gives == chat.GivesReply || t.in.gives == chat.GivesUpdate {
			within = deferAfter
		}
	}
	timer := time.NewTimer(within - now.Sub(t.in.at))
	defer timer.Stop()
	select {
	case v := <-t.ack:
		return v
	case <-timer.C:
	}
	if !t.decide() {
		return <-t.ack // it was decided at the same moment
	}
	return t.late()
}

// tell says what became of the acknowledgement.
func (t *turn) tell(err error) { t.acked <- err }

// decide says whether the caller is the first to decide.
func (t *turn) decide() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	first := !t.decided
	t.decided = true
	return first
}

// late is the acknowledgement while the answer is still to come. An event is left to come again; a dialog keeps the text
// on the screen; everything else has other ways to be answered.
func (t *turn) late() verdict {
	switch t.in.kind {
	case kindEvent:
		return verdict{}
	case kindSubmit:
		body := encode(updateDialog(saving(t.in.view, true)))
		if t.limit > 0 && len(body) > t.limit {
			body = encode(updateDialog(saving(t.in.view, false)))
		}
		return verdict{ok: true, body: body}
	}
	return verdict{ok: true}
}

// play runs the handler and answers.
func (a *Adapter) play(t *turn) {
	ctx, cancel := context.WithTimeout(t.run.ctx, handleFor)
	defer cancel()
	r, err := a.ask(ctx, t)
	cancel()
	ctx, cancel = context.WithTimeout(t.run.ctx, answerFor)
	defer cancel()

	if t.decide() {
		v, whole := a.acknowledge(t, r, err)
		t.ack <- v
		if failed := <-t.acked; whole && failed == nil {
			a.finish(t, err)
			return
		}
	} else {
		<-t.acked
	}
	if t.in.kind == kindSubmit {
		select {
		case <-ctx.Done():
		case <-time.After(settle):
		}
	}
	if failed := a.answer(ctx, &t.in, r, err); failed != nil {
		a.log.Warn("could not answer", "event", t.in.event.ID, "space", t.in.event.Space, "channel", t.in.event.Channel, "error", failed)
	}
	a.finish(t, err)
}

// finish closes the workspace when that was what the event said, and it is stored.
func (a *Adapter) finish(t *turn, err error) {
	if t.in.revokes && err == nil {
		_ = a.revoke(fmt.Errorf("%w: %w", errRemoved, chat.ErrRevoked))
	}
}

// ask runs the handler; what it throws becomes an error, and its answer always has something to show beside one.
func (a *Adapter) ask(ctx context.Context, t *turn) (r chat.Response, err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			a.log.Error("a handler panicked", "event", t.in.event.ID, "panic", fmt.Sprintf("%T", thrown), "stack", string(debug.Stack()))
			err = errors.New("handle an event: the handler panicked")
		}
		if err != nil && r.Reply == nil && r.Update == nil && r.Form == nil && len(r.Errors) == 0 {
			r = chat.Response{Reply: sentence(sorry(err))}
		}
	}()
	if t.in.revokes {
		if err := a.removed(ctx); err != nil {
			return chat.Response{}, err
		}
	}
	t.in.event.Actor = a.actor(ctx, t.in.user, t.in.event.Actor)
	return t.run.handler(ctx, t.in.event)
}

func sorry(err error) string {
	if errors.Is(err, chat.ErrBusy) {
		return "There is a lot going on right now. Please press again in a moment."
	}
	return "That did not work, and nothing was saved. Please try again."
}

// sentence is a message of one sentence.
func sentence(s string) *chat.Message {
	return &chat.Message{Summary: s, Blocks: []chat.Block{chat.Paragraph{Text: chat.T(s)}}}
}

// encode makes JSON of what is known to have a JSON form.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return b
}
