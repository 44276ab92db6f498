package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/postgres"
	"github.com/interviewbot/interviewbot/storage/storagetest"
)

// several copies of the bot on one database.
func several(t *testing.T, n int) []*postgres.Store {
	where := fresh(t)
	all := make([]*postgres.Store, n)
	var started sync.WaitGroup
	for i := range all {
		started.Go(func() {
			s, err := postgres.Open(t.Context(), where)
			if err != nil {
				t.Errorf("copy %d: %v", i, err)
				return
			}
			all[i] = s
			t.Cleanup(func() { s.Close() })
		})
	}
	started.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return all
}

// All start at once on an empty database, and then all change one record: nothing may be lost, and none may fail.
func TestCopiesChangeOneRecord(t *testing.T) {
	copies := several(t, 3)
	err := copies[0].Update(t.Context(), func(tx store.Tx) error { return tx.AddTrack(store.Track{ID: "t"}) })
	if err != nil {
		t.Fatal(err)
	}
	storagetest.Serial(t, 4, 10, copies[0], copies[1], copies[2])
}

func TestCopiesClaimOneSlotAndOneEvent(t *testing.T) {
	copies := several(t, 3)
	err := copies[0].Update(t.Context(), func(tx store.Tx) error { return tx.AddTrack(store.Track{ID: "t"}) })
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]func(no int) func(store.Tx) error{
		"slot": func(no int) func(store.Tx) error {
			return func(tx store.Tx) error { return tx.AddRound(store.Round{Track: "t", No: no, Slot: "2026-03-02T09:00"}) }
		},
		"event": func(int) func(store.Tx) error { return func(tx store.Tx) error { return tx.Once("e") } },
		"lease": func(no int) func(store.Tx) error {
			return func(tx store.Tx) error {
				l, err := tx.Hold("gateway", fmt.Sprint(no), tx.Now().Add(time.Hour))
				if err == nil && l.Owner != fmt.Sprint(no) {
					return store.ErrTaken
				}
				return err
			}
		},
	}
	for name, claim := range claims {
		var all sync.WaitGroup
		var won atomic.Int32
		for i := range 30 {
			all.Go(func() {
				switch err := copies[i%len(copies)].Update(t.Context(), claim(i+1)); {
				case err == nil:
					won.Add(1)
				case !errors.Is(err, store.ErrTaken):
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("%s: %d won", name, won.Load())
		}
	}
}

// The number of an answer is greater than that of all that its transaction saw, whichever copy numbered them.
func TestNumbersGrowAlongChains(t *testing.T) {
	copies := several(t, 3)
	var all sync.WaitGroup
	for _, s := range copies {
		for range 3 {
			all.Go(func() {
				for range 10 {
					err := s.Update(t.Context(), func(tx store.Tx) error {
						p, err := tx.Person("u")
						if err != nil && !errors.Is(err, store.ErrNotFound) {
							return err
						}
						seq, err := tx.AddAnswer(store.Answer{User: "u", Prev: p.Practice})
						if err == nil && seq <= p.Practice {
							err = fmt.Errorf("number %d after %d", seq, p.Practice)
						}
						return errors.Join(err, tx.PutPerson(store.Person{User: "u", Practice: seq}))
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	err := copies[0].View(t.Context(), func(tx store.Tx) error {
		p, err := tx.Person("u")
		chain, errChain := tx.Chain(p.Practice, 0)
		if len(chain) != 90 {
			t.Errorf("a chain of %d", len(chain))
		}
		return errors.Join(err, errChain)
	})
	if err != nil {
		t.Error(err)
	}
}

// One of many writes what no database keeps: the others must not suffer.
func TestCulpritAlone(t *testing.T) {
	where := fresh(t)
	s := open(t, where)
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			text := fmt.Sprint("text ", i)
			if i%10 == 3 {
				text += "\x00"
			}
			err := s.Update(t.Context(), practice(text))
			switch {
			case i%10 != 3 && err != nil:
				t.Error(err)
			case i%10 == 3 && (err == nil || !strings.Contains(err.Error(), "refuses")):
				t.Errorf("the culprit: %v", err)
			}
		})
	}
	all.Wait()
	if n := count(t, where, "SELECT count(*) FROM answers"); n != 36 {
		t.Errorf("%d answers", n)
	}
}

// Many who wait share a transaction.
func TestManyShareATransaction(t *testing.T) {
	p, address := through(t, fresh(t))
	s := open(t, address)
	var commits atomic.Int32
	p.see(func(_ *link, sent []byte) {
		if executes(sent, "COMMIT") {
			commits.Add(1)
		}
	})
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			if err := s.Update(t.Context(), practice(fmt.Sprint(i))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := commits.Load(); n > 32 {
		t.Errorf("%d transactions for 64 answers", n)
	}
}

// A copy that is frozen in the middle of a transaction, with its turn, loses both; the others go on.
func TestFrozenCopy(t *testing.T) {
	s := open(t, fresh(t))
	frozen, err := s.Pool().Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer frozen.Release()
	var patience string
	if err := frozen.QueryRow(t.Context(), "SHOW idle_in_transaction_session_timeout").Scan(&patience); err != nil || patience != "5s" {
		t.Errorf("the server waits %s, %v", patience, err)
	}
	for _, sql := range []string{"SET idle_in_transaction_session_timeout = '50ms'", "BEGIN", "LOCK TABLE turn IN EXCLUSIVE MODE"} {
		if _, err := frozen.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Update(t.Context(), practice("x")); err != nil {
		t.Error(err)
	}
	if _, err := frozen.Exec(t.Context(), "COMMIT"); err == nil {
		t.Error("the frozen copy could go on")
	}
}
