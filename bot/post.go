package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// post brings a claimed round to its channel: send in one Update, the wire, the outcome in another.
func (b *Bot) post(ctx context.Context, task store.Task) error {
	if err := b.finishBefore(ctx, task); err != nil {
		return err
	}
	r, lost, err := b.beginSend(ctx, task)
	if err != nil || r.State != store.Sending {
		return err
	}
	if lost {
		return b.settle(ctx, task, r)
	}
	p, err := b.platform(r.Space)
	if err != nil {
		return errors.Join(err, b.outcome(ctx, task, r, "", err))
	}
	m, err := b.composePost(ctx, r)
	if err != nil {
		return errors.Join(err, b.outcome(ctx, task, r, "", err))
	}
	limited, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	id, err := p.Post(limited, chat.ChannelID(r.Channel), Fit(m, p.Caps()), roundKey(r.Track, r.No))
	// The outcome is recorded even when the process is being stopped: the message is out there.
	saved, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return b.outcome(saved, task, r, string(id), err)
}

// finishBefore closes the round before, when that is quick, so that the new post can say what it came to. A large group's
// close goes on beside the post, which then leaves that line out.
func (b *Bot) finishBefore(ctx context.Context, task store.Task) error {
	closing := store.Task{Key: "closing:" + roundKey(task.Track, task.Round-1), Track: task.Track, Round: task.Round - 1}
	for range 5 {
		var more bool
		err := b.store.Update(ctx, func(tx store.Tx) error {
			more = false
			t, err := tx.Task(closing.Key)
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			more, err = b.settleBatch(tx, t)
			return err
		})
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// beginSend moves the round to Sending. It comes back with another state when there is nothing to send. lost says that it
// was sent before, by a call whose outcome will not come any more: by the store's clock, for that of this machine may differ.
func (b *Bot) beginSend(ctx context.Context, task store.Task) (r store.Round, lost bool, err error) {
	key := roundKey(task.Track, task.Round)
	err = b.store.Update(ctx, func(tx store.Tx) error {
		lost = false
		now := tx.Now()
		r, err = tx.Round(task.Track, task.Round)
		if errors.Is(err, store.ErrNotFound) {
			return tx.DeleteTask(task.Key)
		}
		if err != nil {
			return err
		}
		t, err := tx.Track(task.Track)
		if err != nil {
			return err
		}
		switch {
		case r.State == store.Claimed && (t.State == store.TrackRemoved || now.Sub(r.Claimed) > max(t.CatchUp, inTime)):
			if err := b.beginClose(tx, &t, r); err != nil {
				return err
			}
			return tx.PutTrack(t)
		case send(&r, b.replica, now):
			task.Due = r.Lease
			return errors.Join(tx.PutRound(r), tx.PutTask(task))
		case r.State == store.Sending && !r.Lease.After(now):
			lost = true
			return nil
		case r.State == store.Sending || r.State == store.Claimed:
			return chat.Later{At: r.Lease} // another replica is at it; the task stays due, for that one to find
		}
		return tx.DeleteTask(task.Key)
	})
	if errors.As(err, new(chat.Later)) {
		return r, false, err
	}
	if err != nil {
		return r, false, fmt.Errorf("begin to post round %s: %w", key, err)
	}
	return r, lost, nil
}

// settle finds out what became of a call whose outcome never came.
func (b *Bot) settle(ctx context.Context, task store.Task, r store.Round) error {
	p, err := b.platform(r.Space)
	if err != nil {
		return err
	}
	finder, ok := p.(chat.Finder)
	if !ok {
		return b.outcome(ctx, task, r, "", errUnsettled)
	}
	limited, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	id, err := finder.Find(limited, chat.ChannelID(r.Channel), roundKey(r.Track, r.No), r.Claimed.Add(-time.Minute))
	switch {
	case err == nil:
		return b.outcome(ctx, task, r, string(id), nil)
	case errors.Is(err, chat.ErrNotFound):
		return b.outcome(ctx, task, r, "", errNotThere)
	case errors.As(err, new(chat.Later)):
		return err
	}
	b.log.Warn("settle", "round", roundKey(r.Track, r.No), "error", err.Error())
	return b.outcome(ctx, task, r, "", errUnsettled)
}

const (
	errUnsettled store.Error = "the platform cannot say whether the message is there"
	errNotThere  store.Error = "the message is not there"
)

// outcome records what came of a post. It returns the error that the loop should retry or report.
func (b *Bot) outcome(ctx context.Context, task store.Task, r store.Round, message string, cause error) error {
	var later chat.Later
	err := b.store.Update(ctx, func(tx store.Tx) error {
		now := tx.Now()
		cur, err := tx.Round(r.Track, r.No)
		if err != nil {
			return err
		}
		if cur.State != store.Sending || !cur.Deadline.Equal(r.Deadline) {
			if cause == nil && message != "" && sent(&cur, message, now) {
				return tx.PutRound(cur) // settled meanwhile by a press
			}
			return nil
		}
		switch {
		case cause == nil:
			return b.opened(tx, cur, message)
		case errors.Is(cause, chat.ErrUncertain):
			task.Due = cur.Lease // time for a press, or for the platform's history
			return tx.PutTask(task)
		case errors.Is(cause, errUnsettled):
			doubt(&cur, now)
			return errors.Join(tx.PutRound(cur), tx.DeleteTask(task.Key), b.closeTask(tx, cur), b.askOwners(tx, cur))
		case errors.Is(cause, chat.ErrGone), errors.Is(cause, chat.ErrRevoked):
			refused(&cur)
			return b.lost(tx, cur, task, cause)
		default:
			refused(&cur)
			task.Due = now
			return errors.Join(tx.PutRound(cur), tx.PutTask(task))
		}
	})
	if err != nil {
		return fmt.Errorf("record the post of round %s: %w", roundKey(r.Track, r.No), err)
	}
	switch {
	case cause == nil, errors.Is(cause, chat.ErrUncertain), errors.Is(cause, errUnsettled), errors.Is(cause, errNotThere):
		b.wake()
		return nil
	case errors.Is(cause, chat.ErrGone), errors.Is(cause, chat.ErrRevoked):
		return nil
	case errors.As(cause, &later):
		return later
	}
	return fmt.Errorf("post round %s: %w", roundKey(r.Track, r.No), cause)
}

// opened records that the post is there. Rounds of tips and projects are over at once.
func (b *Bot) opened(tx store.Tx, r store.Round, message string) error {
	now := tx.Now()
	sent(&r, message, now)
	if r.Kind != kindQuestion {
		r.State, r.ClosedAt = store.Closed, now
		return errors.Join(tx.PutRound(r), tx.DeleteTask("post:"+roundKey(r.Track, r.No)))
	}
	t, err := tx.Track(r.Track)
	if err != nil {
		return err
	}
	return errors.Join(tx.PutRound(r), tx.DeleteTask("post:"+roundKey(r.Track, r.No)), b.closeTask(tx, r), b.threadTask(tx, t, r))
}

func (b *Bot) closeTask(tx store.Tx, r store.Round) error {
	return tx.PutTask(store.Task{Key: "close:" + roundKey(r.Track, r.No), Kind: "close", Space: r.Space, Track: r.Track, Round: r.No, Arg: r.Channel, Due: r.CloseAt, Made: tx.Now()})
}

// lost: the channel or the space is closed to the bot. The track stops and its owners hear of it.
func (b *Bot) lost(tx store.Tx, r store.Round, task store.Task, cause error) error {
	t, err := tx.Track(r.Track)
	if err != nil {
		return err
	}
	t.State = store.TrackPaused
	if err := b.beginClose(tx, &t, r); err != nil {
		return err
	}
	why := "I may not write in the channel any more, so I stopped posting there. Once I am back in it, " + b.typed(chat.SpaceID(r.Space)) + "tracks resume goes on."
	if errors.Is(cause, chat.ErrRevoked) {
		why = "My access was taken away, so I stopped posting."
	} else if err := b.leaveTask(tx, "lost", r.Space); err != nil { // perhaps it was the whole space: not every platform tells
		return err
	}
	return errors.Join(tx.PutTrack(t), tx.DeleteTask(task.Key), tx.DeleteTask("slot:"+t.ID), b.tellOwners(tx, t.ID, why))
}

// askOwners lets them settle a post whose outcome nobody knows.
func (b *Bot) askOwners(tx store.Tx, r store.Round) error {
	return b.tellOwnersWith(tx, r.Track, "I could not find out whether today's question reached the channel, and I do not post it twice. Please look.",
		notice{Key: "uncertain:" + roundKey(r.Track, r.No), Buttons: []noticeButton{
			{"It is there", action("there", roundKey(r.Track, r.No))}, {"Post it", action("postit", roundKey(r.Track, r.No))},
		}})
}

// seen notes that a person pressed something on the round's post: it is there, whatever the call's outcome was.
func (b *Bot) seen(ctx context.Context, c call, track string, no int) error {
	if c.arg(0) != onPost || c.Message == "" {
		return nil
	}
	var r store.Round
	if err := b.view(ctx, "read the round", func(tx store.Tx) (err error) { r, err = tx.Round(track, no); return }); err != nil {
		return nil // the handler will say so
	}
	if r.State != store.Uncertain && !(r.State == store.Open && r.Message == "") {
		return nil
	}
	return b.store.Update(ctx, func(tx store.Tx) error {
		r, err := tx.Round(track, no)
		if err != nil || !sent(&r, string(c.Message), tx.Now()) {
			return err
		}
		return tx.PutRound(r)
	})
}

// pressed is matter for what stands on a post: that somebody pressed it says that the post is there.
func (b *Bot) pressed(ctx context.Context, c call, key string) (matter, error) {
	if track, no, ok := readRoundKey(key); ok {
		if err := b.seen(ctx, c, track, no); err != nil {
			return matter{}, err
		}
	}
	return b.matter(ctx, c, key)
}

// onPost is the first argument of the actions on a channel's post, as against those in private replies.
const onPost = "p"
