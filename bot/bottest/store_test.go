package bottest_test

import (
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
)

var _ store.Store = (*bottest.Store)(nil)

func update(t *testing.T, s store.Store, f func(store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func TestStoreKeepsNothingOfAFailedUpdate(t *testing.T) {
	clock := bottest.NewClock(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	s := bottest.NewStore(clock.Now)
	update(t, s, func(tx store.Tx) error { return tx.AddTrack(store.Track{ID: "t"}) })
	write := func(name string) func(store.Tx) error {
		return func(tx store.Tx) error {
			if err := tx.AddRound(store.Round{Track: "t", No: 1, Slot: "2026-11-23T09:00"}); err != nil {
				return err
			}
			seq, err := tx.AddAnswer(store.Answer{User: "u", Track: "t", Round: 1, Text: name})
			return errors.Join(err, tx.Once("e"), tx.PutMember(store.Member{Track: "t", User: "u", Name: name, Head: seq}),
				tx.AddLine("t", "u", store.Line{Round: 1, Outcome: streak.Answered}),
				tx.PutTask(store.Task{Key: "k", Due: clock.Now()}))
		}
	}
	broken := errors.New("broken")
	for name, f := range map[string]func(store.Tx) error{
		"error": func(tx store.Tx) error { return errors.Join(write("Ada")(tx), broken) },
		"panic": func(tx store.Tx) error { panic(write("Ada")(tx)) },
	} {
		if err := s.Update(t.Context(), f); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	update(t, s, write("Bea"))
	err := s.View(t.Context(), func(tx store.Tx) error {
		m, err := tx.Member("t", "u")
		lines, _ := tx.Lines("t", "u", 0, 0)
		due, _ := tx.Due(clock.Now(), 0)
		if err != nil || m.Name != "Bea" || m.Head != 1 || len(lines) != 1 || len(due) != 1 {
			t.Errorf("member %+v, lines %v, due %v, err %v", m, lines, due, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestStoreRunsUpdatesTwiceAndHandsOutCopies(t *testing.T) {
	s := bottest.NewStore(time.Now)
	runs := 0
	topics := []string{"caching"}
	update(t, s, func(tx store.Tx) error {
		runs++
		return tx.AddTrack(store.Track{ID: "t", Topics: topics, Levels: []int{}})
	})
	topics[0] = "changed after"
	var got store.Track
	for range 2 {
		if err := s.View(t.Context(), func(tx store.Tx) (err error) { got, err = tx.Track("t"); return err }); err != nil {
			t.Fatal(err)
		}
		if want := (store.Track{ID: "t", Topics: []string{"caching"}}); !reflect.DeepEqual(got, want) || runs != 2 {
			t.Errorf("after %d runs got %+v", runs, got)
		}
		got.Topics[0] = "changed by the reader"
	}
	if err := s.View(t.Context(), func(tx store.Tx) error { return tx.PutTrack(got) }); err == nil {
		t.Error("a View wrote")
	}
	again := s.Again(time.Now)
	if err := s.View(t.Context(), func(store.Tx) error { return nil }); !errors.Is(err, store.ErrClosed) {
		t.Errorf("the old store after a restart: %v", err)
	}
	if err := again.View(t.Context(), func(tx store.Tx) error { _, err := tx.Track("t"); return err }); err != nil {
		t.Errorf("the new store after a restart: %v", err)
	}
}

func TestStoreOneSlotHasOneWinner(t *testing.T) {
	s := bottest.NewStore(time.Now)
	update(t, s, func(tx store.Tx) error { return tx.AddTrack(store.Track{ID: "t"}) })
	var wg sync.WaitGroup
	errs := make([]error, 50)
	for i := range errs {
		wg.Go(func() {
			errs[i] = s.Update(t.Context(), func(tx store.Tx) error {
				return tx.AddRound(store.Round{Track: "t", No: i + 1, Slot: "2026-11-23T09:00"})
			})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, store.ErrTaken) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d won", won)
	}
}
