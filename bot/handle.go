package bot

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// call is one event on its way through a handler.
type call struct {
	chat.Event
	args []string // the parts of an action or a form's name after its verb
}

func (c call) user() string { return string(c.Actor.User) }

// arg returns the i-th part, "" when there are fewer.
func (c call) arg(i int) string {
	if i < 0 {
		i += len(c.args)
	}
	if i < 0 || i >= len(c.args) {
		return ""
	}
	return c.args[i]
}

// deed is what a press does, and what it promises to answer with.
type deed struct {
	gives chat.Gives
	run   func(context.Context, call) (chat.Response, error)
}

// submit is what a form that comes back does.
type submit func(context.Context, call, chat.Submit) (chat.Response, error)

// patience is how long an event waits for a free place before the person is told to press again: well inside the three
// seconds that platforms give.
const patience = 1500 * time.Millisecond

// Handle answers one event; it is a chat.Handler. Around the handlers it recovers, bounds concurrency, keeps the order of
// one person's events and logs how long it took.
func (b *Bot) Handle(ctx context.Context, e chat.Event) (r chat.Response, err error) {
	began := time.Now()
	if !b.enter(ctx) {
		return sentence("I am busy just now. Please press again in a moment; nothing was stored."), chat.ErrBusy
	}
	defer func() { <-b.gate }()
	leave := b.order.enter(string(e.Actor.User))
	defer leave()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			r = b.failed(e)
		}
		b.report(e, time.Since(began), err)
	}()
	r, err = b.dispatch(ctx, e)
	var say sorry
	switch {
	case err == nil:
	case errors.As(err, &say):
		r, err = sentence(string(say)), nil
	case errors.Is(err, store.ErrFull):
		r = sentence("I could not save that: the disk of the machine I run on is full. Nothing was stored; please keep your text and tell whoever runs me.")
	default:
		r = b.failed(e)
	}
	return b.fitResponse(e, r), err
}

// sorry is an error whose text is for the person: nothing went wrong but the wish cannot be met.
type sorry string

func (s sorry) Error() string { return string(s) }

func sorryf(format string, args ...any) error { return sorry(fmt.Sprintf(format, args...)) }

func (b *Bot) failed(e chat.Event) chat.Response {
	return sentence(fmt.Sprintf("That did not work, and nothing was stored. Please try again; if it happens again, tell whoever runs me this id: %s.", short(string(e.ID))))
}

func (b *Bot) enter(ctx context.Context) bool {
	select {
	case b.gate <- struct{}{}:
		return true
	default:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case b.gate <- struct{}{}:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

func (b *Bot) dispatch(ctx context.Context, e chat.Event) (chat.Response, error) {
	where, err := b.place(ctx, e)
	if err != nil {
		return chat.Response{}, err
	}
	e.Channel = where
	c := call{Event: e}
	switch w := e.What.(type) {
	case chat.Call:
		if w.Problem != "" {
			return b.unread(c, w), nil
		}
		p, ok := b.command(w.Name)
		if !ok {
			return sentence("There is no such command. " + b.typed(c.Space) + "help shows them all."), nil
		}
		return p.run(ctx, c, w.Args)
	case chat.Press:
		var verb string
		verb, c.args = splitAction(w.Action)
		d, ok := b.presses[verb]
		if !ok {
			return sentence("I do not know that button any more. " + b.typed(c.Space) + "help shows what I can do."), nil
		}
		return d.run(ctx, c)
	case chat.Submit:
		var verb string
		verb, c.args = splitAction(w.Form)
		s, ok := b.submits[verb]
		if !ok {
			return sentence("I do not know that form any more. " + b.typed(c.Space) + "help shows what I can do."), nil
		}
		return s(ctx, c, w)
	case chat.Complete:
		return b.complete(ctx, c, w)
	case chat.Home:
		return b.home(ctx, c)
	case chat.Added:
		return b.added(ctx, c)
	case chat.Removed:
		return b.removed(ctx, c)
	}
	return chat.Response{}, nil
}

// place is the channel whose tracks an event is about: what is said in a thread belongs to the channel around it, but
// where the thread has tracks of its own, or nothing is set up around it. Removed ones count where there are no others.
func (b *Bot) place(ctx context.Context, e chat.Event) (where chat.ChannelID, err error) {
	if e.Within == "" {
		return e.Channel, nil
	}
	err = b.view(ctx, "find the channel around a thread", func(tx store.Tx) error {
		where = e.Channel
		for _, removed := range []bool{false, true} {
			for _, c := range []chat.ChannelID{e.Channel, e.Within} {
				tracks, err := tx.ChannelTracks(string(c))
				if err != nil {
					return err
				}
				if slices.ContainsFunc(tracks, func(t store.Track) bool { return (t.State == store.TrackRemoved) == removed }) {
					where = c
					return nil
				}
			}
		}
		return nil
	})
	return where, err
}

// report counts and logs one event once: identifiers and durations, never what anybody wrote.
func (b *Bot) report(e chat.Event, took time.Duration, err error) {
	level, what := slog.LevelDebug, strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", e.What), "chat."))
	b.metrics.add(what, took, err != nil)
	args := []any{"event", short(string(e.ID)), "what", what, "space", string(e.Space), "channel", string(e.Channel), "took", took.Round(time.Microsecond)}
	if err != nil {
		level = slog.LevelError
		args = append(args, "error", err.Error())
	}
	b.log.Log(context.Background(), level, "event", args...)
}

// write runs f once per event, atomically. again says that the event was handled before: then nothing was written, and
// the reply is to be built from what is stored.
func (b *Bot) write(ctx context.Context, c call, doing string, f func(store.Tx) error) (again bool, err error) {
	err = b.store.Update(ctx, func(tx store.Tx) error {
		again = false
		switch err := tx.Once(string(c.ID)); {
		case errors.Is(err, store.ErrTaken):
			again = true
			return nil
		case err != nil:
			return err
		}
		return f(tx)
	})
	var say sorry
	if err != nil && !errors.As(err, &say) {
		err = fmt.Errorf("%s: %w", doing, err)
	}
	return again, err
}

// order lets one person's events through one after another, everybody else's at the same time.
type order struct{ lanes [512]sync.Mutex }

func (o *order) enter(key string) (leave func()) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key))
	lane := &o.lanes[h.Sum32()%uint32(len(o.lanes))]
	lane.Lock()
	return lane.Unlock
}

func short(id string) string {
	if len(id) > 48 {
		return id[len(id)-48:]
	}
	return id
}
