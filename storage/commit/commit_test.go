package commit_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/commit"
)

// database is a map with transactions. It is used by the committer's goroutine alone, and by the test when that is idle.
type database struct {
	kept              map[string]int
	begun, committed  int
	beginErr, failing error         // failing: of every Commit
	hold              chan struct{} // Commit waits for it, when it is there
	held              chan struct{} // and says so here
	refuse            func(pending map[string]int) error
}

func newDatabase() *database { return &database{kept: map[string]int{}} }

func (d *database) begin() (commit.Batch[*tx], error) {
	if d.beginErr != nil {
		return nil, d.beginErr
	}
	d.begun++
	return &batch{database: d, pending: maps.Clone(d.kept)}, nil
}

type batch struct {
	*database
	pending map[string]int
}

func (b *batch) Next() *tx { return &tx{pending: b.pending} }

func (b *batch) Commit() error {
	if b.hold != nil {
		b.held <- struct{}{}
		<-b.hold
	}
	if b.failing != nil {
		return b.failing
	}
	if b.refuse != nil {
		if err := b.refuse(b.pending); err != nil {
			return err
		}
	}
	b.kept = b.pending
	b.committed++
	return nil
}

func (b *batch) Rollback() error { return nil }

type tx struct {
	pending map[string]int
	wrote   bool
}

func (t *tx) Wrote() bool { return t.wrote }

func (t *tx) put(k string, v int) {
	t.wrote = true
	t.pending[k] = v
}

func put(k string, v int) func(*tx) error {
	return func(t *tx) error { t.put(k, v); return nil }
}

var errOwn = errors.New("own error")

// together runs the closures at once in one batch: a first one occupies the committer until all of them wait.
func together(t *testing.T, d *database, c *commit.Committer[*tx], fs ...func(*tx) error) []error {
	t.Helper()
	d.hold, d.held = make(chan struct{}), make(chan struct{}, 1)
	errs := make([]error, len(fs))
	var all sync.WaitGroup
	all.Go(func() {
		if err := c.Do(t.Context(), put("first", 1)); err != nil && !errors.Is(err, d.failing) {
			t.Errorf("the first: %v", err)
		}
	})
	<-d.held
	for i, f := range fs {
		all.Go(func() { errs[i] = c.Do(t.Context(), f) })
		synctest.Wait() // so that they wait in this order
	}
	hold := d.hold
	d.hold = nil
	close(hold)
	all.Wait()
	return errs
}

func inBubble(t *testing.T, f func(t *testing.T, d *database, c *commit.Committer[*tx])) {
	synctest.Test(t, func(t *testing.T) {
		d := newDatabase()
		c := commit.New(d.begin)
		defer c.Close()
		f(t, d, c)
	})
}

func TestThoseWhoWaitShareATransaction(t *testing.T) {
	inBubble(t, func(t *testing.T, d *database, c *commit.Committer[*tx]) {
		var fs []func(*tx) error
		for i := range commit.Most + 5 {
			fs = append(fs, put(fmt.Sprint(i), i))
		}
		for _, err := range together(t, d, c, fs...) {
			if err != nil {
				t.Error(err)
			}
		}
		if d.committed != 3 || len(d.kept) != commit.Most+5+1 { // the first, the most, the others
			t.Errorf("%d transactions, %d records", d.committed, len(d.kept))
		}
	})
}

func TestOneAloneIsCommittedAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, d *database, c *commit.Committer[*tx]) {
		for i := range 3 {
			if err := c.Do(t.Context(), put("a", i)); err != nil || d.committed != i+1 {
				t.Errorf("%d: %v, %d transactions", i, err, d.committed)
			}
		}
	})
}

func TestReadingAloneCommitsNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, d *database, c *commit.Committer[*tx]) {
		err := c.Do(t.Context(), func(*tx) error { return nil })
		if err != nil || d.committed != 0 || d.begun != 1 {
			t.Errorf("%v, %d of %d committed", err, d.committed, d.begun)
		}
	})
}

func TestFailureBeforeWritingLeavesTheBatchAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, d *database, c *commit.Committer[*tx]) {
		runs := 0
		errs := together(t, d, c,
			func(t *tx) error { runs++; t.put("a", 1); return nil },
			func(*tx) error { return errOwn },
			put("b", 2))
		if errs[0] != nil || errs[1] != errOwn || errs[2] != nil {
			t.Error(errs)
		}
		if runs != 1 || d.kept["a"] != 1 || d.kept["b"] != 2 {
			t.Errorf("%d runs, %v", runs, d.kept)
		}
	})
}

func TestFailureAfterWritingIsTakenBackAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, d *database, c *commit.Committer[*tx]) {
		runs := 0
		errs := together(t, d, c,
			func(t *tx) error { runs++; t.put("a", 1); return nil },
			func(t *tx) error { t.put("a", 100); t.put("bad", 1); return errOwn },
			func(t *tx) error { t.put("b", t.pending["a"]); return nil })
		if errs[0] != nil || errs[1] != errOwn || errs[2] != nil {
			t.Error(errs)
		}
		if want := map[string]int{"first": 1, "a": 1, "b": 1}; runs != 2 || !maps.Equal(d.kept, want) {
			t.Errorf("%d runs, %v", runs, d.kept)
		}
	})
}

// The second sees what the first wrote and fails because of it; but the first is then taken back.
func TestAnErrorNeverComesFromWhatWasTakenBack(t *testing.T) {
	inBubble(t, func(t *testing.T, d *database, c *commit.Committer[*tx]) {
		errs := together(t, d, c,
			func(t *tx) error { t.put("event", 1); return errOwn },
			func(t *tx) error {
				if t.pending["event"] != 0 {
					return store.ErrTaken
				}
				t.put("event", 2)
				return nil
			})
		if errs[0] != errOwn || errs[1] != nil || d.kept["event"] != 2 {
			t.Errorf("%v, %v", errs, d.kept)
		}
	})
}

func TestAllLearnThatTheCommitFailed(t *testing.T) {
	inBubble(t, func(t *testing.T, d *database, c *commit.Committer[*tx]) {
		d.failing = store.ErrFull
		errs := together(t, d, c, put("a", 1), func(t *tx) error {
			if t.pending["a"] != 0 {
				return store.ErrTaken // by what was never stored
			}
			return nil
		})
		if errs[0] != store.ErrFull || errs[1] != store.ErrFull || len(d.kept) != 0 {
			t.Errorf("%v, %v", errs, d.kept)
		}
		d.failing = nil
		if err := c.Do(t.Context(), put("a", 1)); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestPanicIsTheClosuresError(t *testing.T) {
	inBubble(t, func(t *testing.T, d *database, c *commit.Committer[*tx]) {
		errs := together(t, d, c,
			func(*tx) error { panic("before") },
			put("a", 1),
			func(t *tx) error { t.put("bad", 1); panic("after") })
		for i, text := range map[int]string{0: "before", 2: "after"} {
			var p *commit.Panic
			if !errors.As(errs[i], &p) || p.Value != text || len(p.Stack) == 0 {
				t.Errorf("%d: %v", i, errs[i])
			}
		}
		if want := map[string]int{"first": 1, "a": 1}; errs[1] != nil || !maps.Equal(d.kept, want) {
			t.Errorf("%v, %v", errs[1], d.kept)
		}
	})
}

func TestClosureThatEndsItsGoroutine(t *testing.T) {
	inBubble(t, func(t *testing.T, d *database, c *commit.Committer[*tx]) {
		errs := together(t, d, c, put("a", 1), func(*tx) error { runtime.Goexit(); return nil })
		if errs[0] == nil || errs[1] == nil || d.kept["a"] != 0 {
			t.Errorf("%v, %v", errs, d.kept)
		}
		if err := c.Do(t.Context(), put("a", 1)); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestBeginFails(t *testing.T) {
	inBubble(t, func(t *testing.T, d *database, c *commit.Committer[*tx]) {
		d.beginErr = errOwn
		if err := c.Do(t.Context(), put("a", 1)); err != errOwn {
			t.Error(err)
		}
	})
}

func TestContextThatEndsBeforeTheClosureBegan(t *testing.T) {
	inBubble(t, func(t *testing.T, d *database, c *commit.Committer[*tx]) {
		ended, end := context.WithCancel(t.Context())
		end()
		never := func(*tx) error { t.Error("the closure ran"); return nil }
		if err := c.Do(ended, never); err != context.Canceled {
			t.Error(err)
		}
		// While waiting for a transaction under way.
		d.hold, d.held = make(chan struct{}), make(chan struct{}, 1)
		waiting, end := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { c.Do(t.Context(), put("a", 1)) })
		<-d.held
		all.Go(func() {
			if err := c.Do(waiting, never); err != context.Canceled {
				t.Error(err)
			}
		})
		synctest.Wait()
		end()
		synctest.Wait()
		close(d.hold)
		all.Wait()
	})
}

// After it began, the end of its context changes nothing: the caller must learn what became of it.
func TestContextThatEndsWhileTheClosureRuns(t *testing.T) {
	inBubble(t, func(t *testing.T, d *database, c *commit.Committer[*tx]) {
		ctx, end := context.WithCancel(t.Context())
		err := c.Do(ctx, func(t *tx) error { end(); t.put("a", 1); return nil })
		if err != nil || d.kept["a"] != 1 {
			t.Errorf("%v, %v", err, d.kept)
		}
	})
}

func TestCloseFinishesThoseWhoWait(t *testing.T) {
	inBubble(t, func(t *testing.T, d *database, c *commit.Committer[*tx]) {
		d.hold, d.held = make(chan struct{}), make(chan struct{}, 1)
		var all sync.WaitGroup
		errs := make([]error, 5)
		all.Go(func() { errs[0] = c.Do(t.Context(), put("0", 1)) })
		<-d.held
		for i := 1; i < 5; i++ {
			all.Go(func() { errs[i] = c.Do(t.Context(), put(fmt.Sprint(i), 1)) })
		}
		synctest.Wait()
		for range 2 {
			all.Go(c.Close)
		}
		synctest.Wait()
		if err := c.Do(t.Context(), put("late", 1)); err != store.ErrClosed {
			t.Errorf("after Close: %v", err)
		}
		hold := d.hold
		d.hold = nil
		close(hold)
		all.Wait()
		if err := errors.Join(errs...); err != nil || len(d.kept) != 5 {
			t.Errorf("%v, %v", err, d.kept)
		}
	})
}

// step is one closure of the model: it reads, writes or not, and then fails or not.
type step struct {
	Key          string
	Add          int
	Write        bool
	FailIfAbove  int // fail when the key is above it
	Panic, After bool
}

func (s step) run(t *tx) error {
	if !s.After && t.pending[s.Key] > s.FailIfAbove {
		return s.fail(t)
	}
	if s.Write {
		t.put(s.Key, t.pending[s.Key]+s.Add)
	}
	if s.After && t.pending[s.Key] > s.FailIfAbove {
		return s.fail(t)
	}
	return nil
}

func (s step) fail(t *tx) error {
	if s.Panic {
		panic(t.pending[s.Key])
	}
	return fmt.Errorf("%s is %d", s.Key, t.pending[s.Key])
}

// Whatever runs together, there is an order in which the closures, each alone in a transaction, do the same: what is stored
// and every error. That order is theirs, those that failed after writing last.
func TestBatchIsTheSameAsOneAfterAnother(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) step {
			return step{
				Key: rapid.SampledFrom([]string{"a", "b"}).Draw(r, "key"), Add: rapid.IntRange(-2, 3).Draw(r, "add"),
				Write: rapid.Bool().Draw(r, "write"), FailIfAbove: rapid.IntRange(-1, 4).Draw(r, "above"),
				Panic: rapid.Bool().Draw(r, "panic"), After: rapid.Bool().Draw(r, "after"),
			}
		}), 1, 12).Draw(r, "steps")
		problem := "" // a failure of rapid's must not leave the bubble
		synctest.Test(t, func(t *testing.T) {
			d := newDatabase()
			c := commit.New(d.begin)
			defer c.Close()
			ended := make([]int, len(steps)) // in which run each ended
			runs := 0
			fs := make([]func(*tx) error, len(steps))
			for i, s := range steps {
				fs[i] = func(tx *tx) error { runs++; ended[i] = runs; return s.run(tx) }
			}
			errs := together(t, d, c, fs...)
			order := make([]int, len(steps))
			for i := range order {
				order[i] = i
			}
			slices.SortFunc(order, func(a, b int) int { return ended[a] - ended[b] })
			kept := map[string]int{"first": 1}
			for _, i := range order {
				alone := &tx{pending: maps.Clone(kept)}
				err := runAlone(steps[i], alone)
				if fmt.Sprint(err) != fmt.Sprint(errs[i]) {
					problem = fmt.Sprintf("step %d %+v: got %v, want %v", i, steps[i], errs[i], err)
				}
				if err == nil {
					kept = alone.pending
				}
			}
			if !maps.Equal(kept, d.kept) {
				problem = fmt.Sprintf("kept %v, want %v", d.kept, kept)
			}
		})
		if problem != "" {
			r.Fatal(problem)
		}
	})
}

func runAlone(s step, t *tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &commit.Panic{Value: p}
		}
	}()
	return s.run(t)
}

// flaky is a batch whose database is at the other end of a network.
type flaky struct {
	*batch
	rehearsed *int
	broken    func() error
}

func (b *flaky) Rehearse(fs []func(*tx) error) { *b.rehearsed += len(fs) }
func (b *flaky) Broken() error                 { return b.broken() }

var _ commit.Remote[*tx] = (*flaky)(nil)

func TestTransactionThatFailsIsRunAgain(t *testing.T) {
	inBubble(t, func(t *testing.T, d *database, c *commit.Committer[*tx]) {
		runs := 0
		errs := together(t, d, c,
			func(tx *tx) error {
				runs++
				tx.put("a", runs)
				d.failing = nil
				if runs < 5 {
					d.failing = &commit.Again{Err: errOwn}
				}
				return nil
			},
			put("b", 2),
			func(tx *tx) error {
				if tx.pending["a"] < 5 {
					return store.ErrTaken // by what is never stored
				}
				return nil
			})
		if errors.Join(errs...) != nil || runs != 5 || d.kept["a"] != 5 || d.kept["b"] != 2 {
			t.Errorf("%v, %d runs, %v", errs, runs, d.kept)
		}
	})
}

func TestItIsNotRunAgainForEver(t *testing.T) {
	inBubble(t, func(t *testing.T, d *database, c *commit.Committer[*tx]) {
		d.failing = &commit.Again{Err: errOwn}
		begin := time.Now()
		err := c.Do(t.Context(), put("a", 1))
		took := time.Since(begin)
		if !errors.Is(err, errOwn) || len(d.kept) != 0 || d.begun < 10 || took < time.Second || took > 20*time.Second {
			t.Errorf("%v after %v and %d times", err, took, d.begun)
		}
	})
}

// A record that the database refuses fails the whole transaction, but only one closure wrote it.
func TestWhoIsToBlameFailsAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, d *database, c *commit.Committer[*tx]) {
		d.refuse = func(pending map[string]int) error {
			if _, bad := pending["bad"]; bad {
				return &commit.Blame{Err: errOwn}
			}
			return nil
		}
		errs := together(t, d, c, put("a", 1), put("bad", 1), put("b", 2))
		if errs[0] != nil || !errors.Is(errs[1], errOwn) || errs[2] != nil {
			t.Error(errs)
		}
		if want := map[string]int{"first": 1, "a": 1, "b": 2}; !maps.Equal(d.kept, want) {
			t.Error(d.kept)
		}
	})
}

// When the transaction breaks, what closures return after that means nothing, even that all is well.
func TestBrokenTransactionIsRunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDatabase()
		var broken error
		rehearsed := 0
		c := commit.New(func() (commit.Batch[*tx], error) {
			broken = nil
			b, err := d.begin()
			return &flaky{b.(*batch), &rehearsed, func() error { return broken }}, err
		})
		defer c.Close()
		for name, returned := range map[string]error{"an error": errOwn, "nothing": nil} {
			runs := 0
			err := c.Do(t.Context(), func(tx *tx) error {
				runs++
				tx.put(name, runs)
				if runs < 3 {
					broken = &commit.Again{Err: errors.New("the connection is lost")}
					return returned
				}
				return nil
			})
			if err != nil || runs != 3 || d.kept[name] != 3 {
				t.Errorf("%s: %v, %d runs, %v", name, err, runs, d.kept)
			}
		}
		if rehearsed != 6 {
			t.Errorf("%d rehearsals", rehearsed)
		}
	})
}
