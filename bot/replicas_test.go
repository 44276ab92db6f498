package bot_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/store"
)

// Copies of the bot see each other while they run, and one that was killed for a while longer.
func TestReplicasSeeEachOther(t *testing.T) {
	bank := fixtureBank(t)
	synctest.Test(t, func(t *testing.T) {
		s := bottest.NewStore(time.Now)
		killed := fmt.Sprintf(`{"version":"0.9","bank":"other","seen":%q}`, time.Now().UTC().Format(time.RFC3339))
		if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.PutValue("", "replica/killed", []byte(killed)) }); err != nil {
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
		err := s.View(t.Context(), func(tx store.Tx) error { _, err := tx.Value("", "replica/killed"); return err })
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("what the killed one left is still there (%v)", err)
		}
		stopOne()
	})
}
