package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// One task: taken, done, and filed, tried again or given up.

// failures is how many in a row make a notice to the owners of a task.
const failures = 5

// do takes a task, runs it, and files what came of it.
func (b *Bot) do(ctx context.Context, j job, task store.Task) (err error) {
	if j.run == nil {
		return b.drop(ctx, task) // a kind of a later version, left by a downgrade
	}
	if j.leased {
		taken, err := b.take(ctx, &task)
		if err != nil || !taken {
			return err
		}
	}
	err = guard(func() error { return j.run(ctx, task) })
	var later chat.Later
	switch {
	case err == nil:
		b.resting.forget(task.Key)
	case errors.As(err, &later):
		b.resting.set(task.Key, later.At)
		err = nil
	case ctx.Err() == nil:
		err = errors.Join(err, b.retry(ctx, task, err))
	}
	return err
}

// guard turns a panic of one task into its error, so that it cannot stop the others.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}

// take leases a task to this replica; false when it is done, moved or another's meanwhile.
func (b *Bot) take(ctx context.Context, task *store.Task) (taken bool, err error) {
	err = b.store.Update(ctx, func(tx store.Tx) error {
		taken = false
		now := tx.Now()
		t, err := tx.Task(task.Key)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if t.Due.After(now) || (t.Owner != "" && t.Owner != b.replica && t.Lease.After(now)) {
			return nil
		}
		t.Owner, t.Lease = b.replica, now.Add(lease)
		t.Tries++
		*task, taken = t, true
		return tx.PutTask(t)
	})
	return taken, err
}

// retry moves a failed task to later, each time twice as far; after five failures it becomes a notice to the owners.
func (b *Bot) retry(ctx context.Context, task store.Task, cause error) error {
	gone := errors.Is(cause, chat.ErrGone) || errors.Is(cause, chat.ErrRevoked)
	return b.store.Update(ctx, func(tx store.Tx) error {
		t, err := tx.Task(task.Key)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if t.Tries < task.Tries {
			t.Tries = task.Tries
		}
		if task.Owner == "" { // not counted by take
			t.Tries++
		}
		t.Owner, t.Lease = "", time.Time{}
		if t.Kind == "notify" && (gone || t.Tries >= failures) {
			return tx.DeleteTask(t.Key)
		}
		if t.Kind != "slot" && (gone || t.Tries == failures) {
			if err := b.tellOwners(tx, t.Track, failedTo(t.Kind, gone)); err != nil {
				return err
			}
		}
		if gone && t.Kind != "slot" && t.Kind != "post" && t.Kind != "closing" {
			return tx.DeleteTask(t.Key)
		}
		t.Due = tx.Now().Add(backoff(t.Tries))
		return tx.PutTask(t)
	})
}

// backoff is 15 s, doubling, at most an hour.
func backoff(tries int) time.Duration {
	return min(15*time.Second<<min(max(tries-1, 0), 10), time.Hour)
}

// failedTo tells owners what does not work; gone: the platform says that the bot has no business there.
func failedTo(kind string, gone bool) string {
	what := "finish a piece of work"
	switch kind {
	case "post":
		what = "post a question"
	case "reveal":
		what = "show the model answer under a closed question"
	case "refresh":
		what = "update the counter of a question"
	case "closing", "close":
		what = "close a round"
	case "thread":
		what = "open a thread for discussion"
	}
	if gone {
		return "I could not " + what + ": I seem to have lost access. Please check that I am in the channel and may write there; the platform's answer is in my log."
	}
	return "I could not " + what + " after several tries, and go on trying, less often. The platform's answer is in my log."
}

// drop ends a task, unless it was made again for later while it was being done.
func (b *Bot) drop(ctx context.Context, task store.Task) error {
	return b.store.Update(ctx, func(tx store.Tx) error {
		t, err := tx.Task(task.Key)
		if errors.Is(err, store.ErrNotFound) || (err == nil && !t.Due.Equal(task.Due)) {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.DeleteTask(task.Key)
	})
}

// resting remembers, in this process only, which tasks have to wait for a rate limit: writing it down would cost more
// than forgetting it.
type resting struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (r *resting) until(key string, now time.Time) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := r.at[key]
	if !at.After(now) {
		delete(r.at, key)
	}
	return at
}

func (r *resting) set(key string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at == nil {
		r.at = map[string]time.Time{}
	}
	r.at[key] = at
}

func (r *resting) forget(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.at, key)
}
