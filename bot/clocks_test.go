package bot_test

import (
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/store"
)

// The clock of a replica's machine may be a minute before or behind the database's, which decides.
func TestClockOfTheReplicaDiffers(t *testing.T) {
	for _, ahead := range []time.Duration{time.Minute, -time.Minute} {
		s := newStage(t)
		s.setUp(s.person("Ada"))
		now := func() time.Time { return s.clock.Now().Add(ahead) }
		s.b = bot.New(bot.Options{Store: s.store, Bank: fixtureBank(t), Now: now})
		s.b.Join(s.p)
		s.mover.Bot = s.b
		s.until(time.Date(2026, 3, 2, 8, 59, 50, 0, time.UTC))
		next, err := s.b.Tick(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if wait := next.Sub(now()); wait != 10*time.Second {
			t.Errorf("%s ahead: 10 s before the slot it sleeps for %s", ahead, wait)
		}
		if ahead < 0 {
			continue // the platform here does not share the replica's clock, and keeps it waiting
		}
		s.to(2, "09:00")
		if r := s.round(1); r.State != store.Open || len(s.p.Posts(s.here)) != 1 {
			t.Errorf("%s ahead: the round is %d, with %d posts", ahead, r.State, len(s.p.Posts(s.here)))
		}
	}
}
