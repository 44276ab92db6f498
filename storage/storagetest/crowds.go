package storagetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/interviewbot/interviewbot/bot/store"
)

// crowdTests are of what many do at the same time.
func crowdTests() map[string]func(*bench) {
	return map[string]func(*bench){
		"view sees one state":          viewSeesOneState,
		"updates are serial":           updatesAreSerial,
		"fifty claim one slot":         fiftyClaimOneSlot,
		"a failing closure in a crowd": failingInACrowd,
		"once in a crowd":              onceInACrowd,
	}
}

// Two values are always written together; no View may see them apart.
func viewSeesOneState(b *bench) {
	const rounds = 100
	var writing sync.WaitGroup
	var done atomic.Bool
	writing.Go(func() {
		defer done.Store(true)
		for i := range rounds {
			v := []byte(fmt.Sprint(i))
			err := b.store.Update(b.Context(), func(tx store.Tx) error {
				return errors.Join(tx.PutValue("s", "a", v), tx.PutValue("s", "b", v))
			})
			if err != nil {
				b.Error(err)
			}
		}
	})
	for !done.Load() {
		b.view(func(tx store.Tx) {
			x, errX := tx.Value("s", "a")
			y, errY := tx.Value("s", "b")
			if string(x) != string(y) || !errors.Is(errX, errY) {
				b.Errorf("%s and %s in one View", x, y)
			}
		})
	}
	writing.Wait()
}

func updatesAreSerial(b *bench) {
	b.ground("t")
	Serial(b.T, 20, 5, b.store)
}

// Serial lets a crowd on each of several stores of one database, which has the track t, read a record, add one and write, so often
// each; nothing may be lost.
func Serial(t testing.TB, crowd, each int, copies ...store.Store) {
	t.Helper()
	more := func(tx store.Tx) error {
		m, err := tx.Member("t", "u")
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		m.Track, m.User, m.Closed = "t", "u", m.Closed+1
		return errors.Join(tx.PutMember(m), tx.AddLine("t", "u", store.Line{Round: m.Closed}))
	}
	var all sync.WaitGroup
	for i := range crowd * len(copies) {
		all.Go(func() {
			for range each {
				if err := copies[i%len(copies)].Update(t.Context(), more); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	want := len(copies) * crowd * each
	err := copies[0].View(t.Context(), func(tx store.Tx) error {
		m, err := tx.Member("t", "u")
		lines, errLines := tx.Lines("t", "u", 0, 0)
		if m.Closed != want || len(lines) != want {
			t.Errorf("%d updates and %d lines of %d", m.Closed, len(lines), want)
		}
		for i, l := range lines {
			if l.No != len(lines)-i || l.Round != l.No {
				t.Errorf("line %d is entry %d of round %d", i, l.No, l.Round)
			}
		}
		return errors.Join(err, errLines)
	})
	if err != nil {
		t.Error(err)
	}
}

func fiftyClaimOneSlot(b *bench) {
	b.ground("t")
	b.oneWins(func(i int, tx store.Tx) error {
		return tx.AddRound(store.Round{Track: "t", No: i + 1, Slot: "2026-03-02T09:00", Owner: fmt.Sprint(i)})
	})
	b.view(func(tx store.Tx) {
		if rounds, err := tx.RoundsBefore("t", 0, 0); err != nil || len(rounds) != 1 {
			b.Errorf("%d rounds, %v", len(rounds), err)
		}
	})
}

// Those that fail, before or after writing, get their own error, store nothing, and do the others no harm.
func failingInACrowd(b *bench) {
	var all sync.WaitGroup
	const crowd = 60
	for i := range crowd {
		all.Go(func() {
			key := fmt.Sprintf("k%02d", i)
			err := b.store.Update(b.Context(), func(tx store.Tx) error {
				if i%3 == 1 {
					return errOwn
				}
				if err := tx.PutValue("s", key, []byte(key)); err != nil {
					return err
				}
				if i%3 == 2 {
					return errOwn
				}
				return nil
			})
			if (i%3 == 0) != (err == nil) || err != nil && err != errOwn {
				b.Errorf("%s: %v", key, err)
			}
		})
	}
	all.Wait()
	b.view(func(tx store.Tx) {
		values, err := tx.ListValues("s", "")
		if err != nil || len(values) != crowd/3 {
			b.Errorf("%d values, %v", len(values), err)
		}
	})
}

func onceInACrowd(b *bench) {
	b.oneWins(func(_ int, tx store.Tx) error { return tx.Once("e") })
}

// oneWins runs f fifty times at once: it must work for one, and be taken for the others.
func (b *bench) oneWins(f func(i int, tx store.Tx) error) {
	b.Helper()
	var all sync.WaitGroup
	var won atomic.Int32
	for i := range 50 {
		all.Go(func() {
			err := b.store.Update(b.Context(), func(tx store.Tx) error { return f(i, tx) })
			switch {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, store.ErrTaken):
				b.Error(err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		b.Errorf("%d won", won.Load())
	}
}
