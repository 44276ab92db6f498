// Package commit lets many goroutines share the transactions of a database that has one writer, or that works best with
// one. All closures that wait, at most Most of them, run in one transaction and share its one sync. There is no timer: a
// closure that is alone is committed at once.
package commit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

// Most is how many closures share a transaction at most.
const Most = 64

// A transaction that failed with Again is run again at most so many times, after a pause that is random, at most doubles from
// firstPause each time, and ends at longestPause: about five seconds in all.
const (
	retries      = 16
	firstPause   = 2 * time.Millisecond
	longestPause = time.Second
)

// Tx is what one closure works on.
type Tx interface {
	// Wrote says whether the transaction is no longer as it was before the closure: the closure has written, or broken it.
	Wrote() bool
}

// Batch is one open transaction. Commit and Rollback end it, whatever they return.
type Batch[T Tx] interface {
	// Next makes the handle for the next closure, which sees what those before it wrote.
	Next() T
	Commit() error
	Rollback() error
}

// Remote is what a Batch is, besides, when its database is at the other end of a network.
type Remote[T Tx] interface {
	// Rehearse is called once, before the first Next, with the closures that are about to run: it may run them to learn what
	// they need, and must take back all that they do.
	Rehearse(fs []func(T) error)
	// Broken says why the transaction can go on no more, whatever closures returned; nil while it can.
	Broken() error
}

// Again is the error of a transaction that stored nothing and may succeed when it is run again.
type Again struct{ Err error }

func (e *Again) Error() string { return e.Err.Error() }
func (e *Again) Unwrap() error { return e.Err }

// Blame is the error of a transaction that stored nothing because of what one of its closures wrote.
type Blame struct{ Err error }

func (e *Blame) Error() string { return e.Err.Error() }
func (e *Blame) Unwrap() error { return e.Err }

// Committer runs closures one after another. What each returns is what it would have returned alone: an error that came
// from a state that was then rolled back is never handed out. Safe for concurrent use.
type Committer[T Tx] struct {
	begin    func() (Batch[T], error)
	requests chan *request[T]
	ended    chan struct{}

	mu     sync.RWMutex // closed is set under it, so that inside only shrinks afterwards
	closed bool
	inside sync.WaitGroup
}

type request[T Tx] struct {
	ctx  context.Context
	f    func(T) error
	done chan error
	err  error
}

// Panic is the error of a closure that panicked.
type Panic struct {
	Value any
	Stack []byte
}

func (p *Panic) Error() string { return fmt.Sprintf("panic: %v", p.Value) }

// New starts a committer, whose one goroutine ends with Close. begin opens a transaction; it is called by that goroutine
// only, and only when the one before has ended.
func New[T Tx](begin func() (Batch[T], error)) *Committer[T] {
	c := &Committer[T]{begin: begin, requests: make(chan *request[T]), ended: make(chan struct{})}
	go c.loop()
	return c
}

// Do runs f in a transaction and returns when that is durable, or has failed. f may run several times. When ctx ends before
// f began, f is not run and ctx's error comes back; later it is not looked at. f must not call the committer. After Close:
// store.ErrClosed.
func (c *Committer[T]) Do(ctx context.Context, f func(T) error) error {
	if !c.enter() {
		return store.ErrClosed
	}
	defer c.inside.Done()
	r := &request[T]{ctx: ctx, f: f, done: make(chan error, 1)}
	select {
	case c.requests <- r:
		return <-r.done
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close refuses new closures, waits for those that wait, and ends the goroutine. It may be called again.
func (c *Committer[T]) Close() {
	c.mu.Lock()
	first := !c.closed
	c.closed = true
	c.mu.Unlock()
	c.inside.Wait()
	if first {
		close(c.requests)
	}
	<-c.ended
}

func (c *Committer[T]) enter() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.closed {
		return false
	}
	c.inside.Add(1)
	return true
}

func (c *Committer[T]) loop() {
	// A database that is mapped into memory faults where its file is damaged: that is to be an error like any other.
	debug.SetPanicOnFault(true)
	var batch []*request[T]
	whole := false
	defer func() {
		if whole {
			close(c.ended)
			return
		}
		// A closure ended the goroutine (runtime.Goexit, which testing's Fatal calls). Nothing of its batch was committed.
		for _, r := range batch {
			r.done <- errEnded
		}
		go c.loop()
	}()
	for first := range c.requests {
		batch = c.gather(append(batch[:0], first))
		c.run(batch)
		batch = answer(batch)
	}
	whole = true
}

const errEnded store.Error = "a closure of the batch ended its goroutine"

// gather adds all that wait. Those who were just answered get the chance to ask again first: without it, the fastest of
// them would get a transaction of its own.
func (c *Committer[T]) gather(batch []*request[T]) []*request[T] {
	runtime.Gosched()
	for len(batch) < Most {
		select {
		case r := <-c.requests:
			batch = append(batch, r)
		default:
			return batch
		}
	}
	return batch
}

func answer[T Tx](batch []*request[T]) []*request[T] {
	for i, r := range batch {
		r.done <- r.err
		batch[i] = nil
	}
	return batch[:0]
}

// run gives every request its error. A closure that spoils the shared transaction runs again, after the others and alone,
// so that its error too comes from what is really stored.
func (c *Committer[T]) run(batch []*request[T]) {
	together := batch
	var alone []*request[T]
	for len(together) > 0 {
		culprit, err := c.insist(together)
		var blame *Blame
		if errors.As(err, &blame) && len(together) > 1 {
			alone = append(alone, together...)
			break
		}
		if err != nil {
			failAll(together, err)
		}
		if culprit < 0 {
			break
		}
		alone = append(alone, together[culprit])
		rest := make([]*request[T], 0, len(together)-1)
		together = append(append(rest, together[:culprit]...), together[culprit+1:]...)
	}
	for i := range alone {
		if _, err := c.insist(alone[i : i+1]); err != nil {
			alone[i].err = err
		}
	}
}

// insist is try, again and again while that may help.
func (c *Committer[T]) insist(batch []*request[T]) (culprit int, err error) {
	pause := firstPause
	for range retries {
		var again *Again
		if culprit, err = c.try(batch); !errors.As(err, &again) {
			return culprit, err
		}
		time.Sleep(rand.N(pause))
		pause = min(2*pause, longestPause)
	}
	return c.try(batch)
}

// try runs the closures in one transaction. It returns the index of one that failed after writing while others were with
// it, with nothing stored, else -1; and what made the transaction fail as a whole.
func (c *Committer[T]) try(batch []*request[T]) (culprit int, err error) {
	var b Batch[T]
	if err := guard(func() (err error) { b, err = c.begin(); return err }); err != nil {
		return -1, err
	}
	ended := false
	defer func() {
		if !ended { // nothing was stored, whatever Rollback says
			guard(b.Rollback)
		}
	}()
	broken := func() error { return nil }
	if remote, ok := b.(Remote[T]); ok {
		broken = remote.Broken
		remote.Rehearse(ready(batch))
	}
	wrote := false
	for i, r := range batch {
		if r.err = r.ctx.Err(); r.err != nil {
			continue
		}
		tx := b.Next()
		r.err = guard(func() error { return r.f(tx) })
		if err := broken(); err != nil {
			return -1, err
		}
		if !tx.Wrote() {
			continue
		}
		if r.err == nil {
			wrote = true
			continue
		}
		if len(batch) == 1 {
			return -1, nil
		}
		return i, nil
	}
	if !wrote {
		return -1, nil
	}
	// When it fails, also those that failed by themselves learn it: what they saw has never been.
	return -1, guard(func() error { err := b.Commit(); ended = true; return err })
}

// ready are the closures that are about to run.
func ready[T Tx](batch []*request[T]) []func(T) error {
	var fs []func(T) error
	for _, r := range batch {
		if r.ctx.Err() == nil {
			fs = append(fs, r.f)
		}
	}
	return fs
}

func failAll[T Tx](batch []*request[T], err error) {
	for _, r := range batch {
		r.err = err
	}
}

func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Panic{Value: p, Stack: debug.Stack()}
		}
	}()
	return f()
}
