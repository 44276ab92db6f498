package playground

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// deedTime is how long the bot may take over one event.
const deedTime = time.Minute

// deeds runs what people do apart from the requests that brought it, so that a page that goes away loses nothing, and the
// same deed sent twice at a time is one.
type deeds struct {
	mu      sync.Mutex
	handler chat.Handler
	open    bool // Run runs and takes deeds
	ctx     context.Context
	cancel  context.CancelFunc
	drain   time.Duration
	wait    *sync.WaitGroup
	doing   map[chat.EventID]*deed
}

type deed struct {
	done    chan struct{}
	outcome outcome
}

func newDeeds() *deeds { return &deeds{doing: map[chat.EventID]*deed{}} }

func (d *deeds) start(ctx context.Context, h chat.Handler, drain time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.handler, d.open, d.drain, d.wait = h, true, drain, &sync.WaitGroup{}
	d.ctx, d.cancel = context.WithCancel(context.WithoutCancel(ctx))
}

// stop takes no more deeds and waits for those under way, cutting them off after the drain time.
func (d *deeds) stop() {
	d.mu.Lock()
	d.open = false
	wait, cancel := d.wait, d.cancel
	d.mu.Unlock()
	cut := time.AfterFunc(d.drain, cancel)
	wait.Wait()
	cut.Stop()
	cancel()
}

// run does f in its own goroutine while Run runs; false when it does not.
func (d *deeds) run(f func(ctx context.Context)) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.open {
		return false
	}
	ctx := d.ctx
	d.wait.Go(func() { f(ctx) })
	return true
}

// once does f unless the same deed is under way, and waits for its outcome or the end of ctx.
func (d *deeds) once(ctx context.Context, id chat.EventID, f func(ctx context.Context) outcome) (outcome, error) {
	d.mu.Lock()
	one, ok := d.doing[id]
	if !ok {
		if !d.open {
			d.mu.Unlock()
			return outcome{}, chat.ErrBusy
		}
		one = &deed{done: make(chan struct{})}
		d.doing[id] = one
		base := d.ctx
		d.wait.Go(func() {
			ctx, cancel := context.WithTimeout(base, deedTime)
			defer cancel()
			one.outcome = f(ctx)
			d.mu.Lock()
			delete(d.doing, id)
			d.mu.Unlock()
			close(one.done)
		})
	}
	d.mu.Unlock()
	select {
	case <-one.done:
		return one.outcome, nil
	case <-ctx.Done():
		return outcome{}, ctx.Err()
	}
}

// to returns the bot, nil before the first Run.
func (d *deeds) to() chat.Handler {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.handler
}

// ask hands an event to the bot. The Response is fit to show beside an error too.
func (a *Adapter) ask(ctx context.Context, e chat.Event) (resp chat.Response, err error) {
	h := a.deeds.to()
	if h == nil {
		return sentence("The bot is just starting or stopping. Nothing was done; press again in a moment."), chat.ErrBusy
	}
	defer func() {
		if p := recover(); p != nil {
			a.log.Error("the handler panicked", "event", e.ID, "panic", p, "stack", string(debug.Stack()))
			resp, err = sentence("Something broke, and nothing was saved. Try again; if it stays so, tell whoever runs the bot: event "+string(e.ID)+"."),
				fmt.Errorf("handle %s: panic: %v", e.ID, p)
		}
	}()
	began := time.Now()
	resp, err = h(ctx, e)
	if err == nil {
		return resp, nil
	}
	a.log.Warn("an event was not handled", "event", e.ID, "space", e.Space, "channel", e.Channel, "took", time.Since(began), "err", err)
	if empty(resp) {
		resp = sentence("This did not work, and nothing was saved. Try again in a moment.")
		if errors.Is(err, chat.ErrBusy) {
			resp = sentence("The bot is busy, and nothing was done. Press again in a moment.")
		}
	}
	return resp, err
}

func sentence(s string) chat.Response {
	return chat.Response{Reply: &chat.Message{Summary: s, Blocks: []chat.Block{chat.Paragraph{Text: chat.T(s)}}}}
}

func empty(r chat.Response) bool {
	return r.Reply == nil && r.Update == nil && r.Form == nil && len(r.Errors) == 0 && len(r.Choices) == 0 && len(r.Home) == 0
}
