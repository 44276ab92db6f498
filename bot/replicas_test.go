package bot_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// Copies of the bot see each other while they run, and one that was killed for a while longer.
func TestReplicasSeeEachOther(t *testing.T) {
	bank := fixtureBank(t)
	synctest.Test(t, func(t *testing.T) {
		s := bottest.NewStore(time.Now)
		killed := fmt.Sprintf(`{"version":"0.9","bank":"other","seen":%q}`, time.Now().UTC().Format(time.RFC3339))
		moved := fmt.Sprintf(`{"version":"0.8","bank":"other","seen":%q}`, time.Now().AddDate(0, 3, 0).UTC().Format(time.RFC3339)) // came with records, from another clock
		if err := s.Update(t.Context(), func(tx store.Tx) error {
			return errors.Join(tx.PutValue("", "replica/killed", []byte(killed)), tx.PutValue("", "replica/moved", []byte(moved)))
		}); err != nil {
			t.Fatal(err)
		}
		start := func(version string) (b *bot.Bot, stop func()) {
			b = bot.New(bot.Options{Store: s, Bank: bank, Now: time.Now, Version: version})
			return b, running(t, b)
		}
		one, stopOne := start("1.0")
		_, stopTwo := start("1.1")
		see := func(when string, want ...string) {
			t.Helper()
			all, err := one.Replicas(t.Context())
			versions := map[string]bool{}
			for _, r := range all {
				versions[r.Version] = true
			}
			if err != nil || len(all) != len(want) {
				t.Fatalf("%s: %+v (%v), want %v", when, all, err, want)
			}
			for _, v := range want {
				if !versions[v] {
					t.Errorf("%s: %+v, want %v", when, all, want)
				}
			}
		}
		time.Sleep(2 * time.Minute)
		see("after two minutes", "1.0", "1.1", "0.9")
		time.Sleep(2 * time.Minute)
		see("after four minutes", "1.0", "1.1")
		stopTwo()
		see("after one has stopped", "1.0")
		time.Sleep(30 * time.Minute)
		for _, id := range []string{"killed", "moved"} {
			err := s.View(t.Context(), func(tx store.Tx) error { _, err := tx.Value("", "replica/"+id); return err })
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("what the %s one left is still there (%v)", id, err)
			}
		}
		stopOne()
	})
}

func TestAnotherReplicaLeavesAFreshClaimAlone(t *testing.T) {
	s := newStage(t)
	s.setUp(s.person("Ada"))
	s.p.Hold(s.here, chat.KindPost, s.clock.Now().Add(2*time.Hour))
	s.to(2, "09:00")
	tr := s.track()
	claimed := store.Round{Track: tr.ID, No: 1, Slot: "2026-03-02T09:00", At: s.clock.Now(), Space: tr.Space, Channel: tr.Channel, Kind: "question", State: store.Claimed,
		Owner: "another", Lease: s.clock.Now().Add(time.Minute), Claimed: s.clock.Now(), Ends: s.clock.Now().Add(24 * time.Hour), CloseAt: s.clock.Now().Add(28 * time.Hour)}
	task := store.Task{Key: "post:" + tr.ID + "-1", Kind: "post", Space: tr.Space, Track: tr.ID, Round: 1, Arg: tr.Channel, Due: s.clock.Now(), Made: s.clock.Now()}
	s.write(func(tx store.Tx) error {
		if err := tx.AddRound(claimed); err != nil {
			return err
		}
		return tx.PutTask(task)
	})
	s.p.Hold(s.here, chat.KindPost, s.clock.Now())
	s.tick()
	s.read(func(tx store.Tx) error {
		got, err := tx.Task(task.Key)
		if !got.Due.Equal(task.Due) {
			t.Errorf("the owner finds its post only at %v, it was due at %v", got.Due, task.Due)
		}
		return err
	})
	s.posted(0, "of a round that another replica claimed")
}

func TestTwoReplicasPostOnce(t *testing.T) {
	for range 20 {
		s := newStage(t)
		s.setUp(s.person("Ada"))
		now := s.clock.Now().Add(time.Hour)
		s.clock = bot.NewClock(func() time.Time { return now })
		s.store = s.store.Again(s.clock.Now)
		done := make(chan error, 3)
		for range 3 {
			b := bot.New(bot.Options{Store: s.store, Bank: s.b.Bank(), Now: s.clock.Now})
			b.Join(s.p)
			go func() {
				_, err := b.Tick(context.Background())
				done <- err
			}()
		}
		for range 3 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		s.posted(1, "by now")
		if got := s.p.Written(chat.KindPost); got != 1 {
			t.Fatalf("%d calls", got)
		}
	}
}
