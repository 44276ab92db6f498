package discord_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/interviewbot/interviewbot/adapters/discord/discordtest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// 2,000 channels are due at once: the posts go out at 90 % or more of what Discord allows, and none is refused.
func TestFanOut(t *testing.T) {
	if testing.Short() {
		t.Skip("2,000 posts take their time: they are left out of a short run")
	}
	const channels = 2000
	online(t, discordtest.Options{Latency: 120 * time.Millisecond}, func(t *testing.T, b *bubble, a *running) {
		due := make(chan chat.ChannelID, channels)
		for i := range channels {
			due <- chat.ChannelID("discord:" + b.guild.Channel(fmt.Sprint("channel-", i)))
		}
		close(due)
		m := note("Today's question.", row(chat.Button{Label: "Answer", Action: "answer.k-1", Gives: chat.GivesForm}))
		began := time.Now()
		var wg sync.WaitGroup
		var later atomic.Int64 // posts that were made in vain: each costs the bot two transactions
		for range 16 {
			wg.Go(func() {
				for c := range due {
					for {
						time.Sleep(time.Until(a.Ready(c, chat.KindPost)))
						_, err := a.Post(t.Context(), c, m, "k-1")
						if err == nil {
							break
						}
						var wait chat.Later
						if !errors.As(err, &wait) {
							t.Error(err)
							break
						}
						later.Add(1)
						time.Sleep(time.Until(wait.At))
					}
				}
			})
		}
		wg.Wait()
		if n := later.Load(); n > channels/20 {
			t.Errorf("%d of %d posts were made in vain", n, channels)
		}
		rate := channels / time.Since(began).Seconds()
		t.Logf("%d posts in %v: %.1f a second, %.0f %% of 50; %d found their place taken", channels, time.Since(began), rate, rate*2, later.Load())
		if rate < 45 {
			t.Errorf("%.1f posts a second, want at least 45", rate)
		}
		if n := b.server.Written(discordtest.KindPost); n != channels {
			t.Errorf("%d requests for %d posts", n, channels)
		}
	})
}

// No goroutine and no memory is left of interactions that are over, deferred or not.
func TestNothingIsLeftOfInteractions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, sign := endpoint(t, func(_ context.Context, e chat.Event) (chat.Response, error) {
			if strings.HasSuffix(string(e.ID), "7") {
				time.Sleep(5 * time.Second)
			}
			return reply("Thank you."), nil
		})
		handler := a.Handler()
		deeds := func(from, n int) (goroutines int, heap uint64) {
			for i := from; i < from+n; i++ {
				body := strings.Replace(fmt.Sprintf(submitted, "An answer."), "1440000000000000001", fmt.Sprint(1440000000000000001+i), 1)
				body = strings.Replace(body, "p0b2tlbg", fmt.Sprint("token", i), 1)
				r := httptest.NewRequest("POST", "/discord/interactions", strings.NewReader(body))
				r.Header = sign([]byte(body))
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				if w.Code != 200 {
					t.Fatalf("answered %d %s", w.Code, w.Body)
				}
			}
			pass(time.Minute)
			for range 3 {
				runtime.GC()
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return runtime.NumGoroutine(), m.HeapAlloc
		}
		goroutines, heap := deeds(0, 500)
		const more = 4000
		goroutines2, heap2 := deeds(1000, more)
		if each := (float64(heap2) - float64(heap)) / more; each > 16 || goroutines2 > goroutines {
			t.Errorf("%.0f bytes and %d goroutines are left of %d interactions", each, goroutines2-goroutines, more)
		}
	})
}
