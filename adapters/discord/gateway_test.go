package discord_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/discord"
	"github.com/interviewbot/interviewbot/adapters/discord/discordtest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

func TestGatewayWorks(t *testing.T) {
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		a := b.start()
		a.healthy(true)
		b.works("Ada")
		pass(24 * time.Hour) // a day of heartbeats
		b.works("Bea")
		if opened, identified, resumed := b.server.Gateway().Counts(); opened != 1 || identified != 1 || resumed != 0 {
			t.Errorf("%d connections, %d sessions, %d resumes in a quiet day", opened, identified, resumed)
		}
		a.end(3 * time.Second)
		a.healthy(false)
	})
}

// A connection that says nothing is left after 20 seconds, and Run ends even while it is waited for.
func TestGatewaySilent(t *testing.T) {
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		b.server.Gateway().Silent(true)
		a := b.start()
		pass(15 * time.Second)
		a.healthy(false)
		a.end(6 * time.Second)

		a = b.start()
		pass(15 * time.Second)
		b.server.Gateway().Silent(false)
		pass(20 * time.Second)
		a.healthy(true)
		b.works("Ada")
		a.end(3 * time.Second)
	})
}

// Heartbeats that are not answered are noticed within two intervals.
func TestGatewayDeaf(t *testing.T) {
	const interval = 40 * time.Second
	online(t, discordtest.Options{Heart: interval}, func(t *testing.T, b *bubble, a *running) {
		pass(10*interval + interval/2)
		b.server.Gateway().Deaf(true)
		pass(2 * interval)
		opened, _, _ := b.server.Gateway().Counts()
		if opened < 2 {
			t.Error("two intervals without an answer went unnoticed")
		}
		b.server.Gateway().Deaf(false)
		pass(3 * interval)
		a.healthy(true)
		b.works("Ada")
	})
}

func TestGatewayResumes(t *testing.T) {
	for name, lose := range map[string]func(discordtest.Gate){
		"dropped":                             discordtest.Gate.Drop,
		"reconnect":                           discordtest.Gate.Reconnect,
		"1001":                                func(g discordtest.Gate) { g.Close(1001) }, // a proxy of Discord's restarts
		"4000":                                func(g discordtest.Gate) { g.Close(4000) },
		"4008":                                func(g discordtest.Gate) { g.Close(4008) },
		"invalid session that may be resumed": func(g discordtest.Gate) { g.End(true) },
	} {
		t.Run(name, func(t *testing.T) {
			online(t, discordtest.Options{}, func(t *testing.T, b *bubble, a *running) {
				for range 5 {
					pass(2 * time.Minute)
					lose(b.server.Gateway())
					pass(5 * time.Second)
					a.healthy(true)
				}
				b.works("Ada")
				if _, identified, resumed := b.server.Gateway().Counts(); identified != 1 || resumed != 5 {
					t.Errorf("%d sessions and %d resumes, want 1 and 5", identified, resumed)
				}
			})
		})
	}
}

// What happened while the connection was away is told at the resume.
func TestGatewayReplays(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, _ *running) {
		lost := b.guild.Channel("lost")
		pass(time.Minute)
		b.server.Gateway().Drop()
		b.guild.Remove(lost)
		pass(5 * time.Second)
		if e := heard[chat.Removed](b); len(e) != 1 || e[0].Channel != in(lost) {
			t.Errorf("heard %+v", e)
		}
	})
}

func TestGatewayBeginsAnew(t *testing.T) {
	for name, lose := range map[string]func(discordtest.Gate){
		"invalid session": func(g discordtest.Gate) { g.End(false) },
		"4007":            func(g discordtest.Gate) { g.Close(4007) },
		"4009":            func(g discordtest.Gate) { g.Close(4009) },
		"1000":            func(g discordtest.Gate) { g.Close(1000) },
		"RESUME refused": func(g discordtest.Gate) {
			g.Invalid(1, false)
			g.Drop()
		},
		"RESUME never answered": func(g discordtest.Gate) {
			g.Mute(true)
			g.Drop()
			pass(10 * time.Second)
			g.Mute(false)
			pass(15 * time.Second)
		},
		"RESUME answered with RECONNECT": func(g discordtest.Gate) {
			g.Leave(1)
			g.Drop()
		},
	} {
		t.Run(name, func(t *testing.T) {
			online(t, discordtest.Options{}, func(t *testing.T, b *bubble, a *running) {
				pass(2 * time.Minute)
				lose(b.server.Gateway())
				pass(15 * time.Second)
				a.healthy(true)
				b.works("Ada")
				if _, identified, _ := b.server.Gateway().Counts(); identified > 2 {
					t.Errorf("%d sessions for one loss", identified)
				}
			})
		})
	}
}

// A gateway that refuses every session is asked seldom, and its budget is kept to.
func TestGatewayStorm(t *testing.T) {
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		b.server.Gateway().Invalid(1<<30, false)
		a := b.start()
		pass(24 * time.Hour)
		at := b.server.Gateway().Identified()
		for i := 1; i < len(at); i++ {
			if gap := at[i].Sub(at[i-1]); gap < 5*time.Second {
				t.Fatalf("sessions %d and %d were begun %v apart", i-1, i, gap)
			}
		}
		if len(at) > 990 {
			t.Errorf("%d sessions in a day, of 1000", len(at))
		}
		b.server.Gateway().Invalid(0, false)
		b.server.Gateway().Budget(1000, 0)
		pass(10 * time.Minute)
		a.healthy(true)
		a.end(3 * time.Second)
	})
}

// A program that is restarted in a loop does not use the budget up either, and one that is nearly used up is waited for.
func TestGatewayBudget(t *testing.T) {
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		for range 20 {
			a := b.start()
			pass(2 * time.Second)
			a.end(3 * time.Second)
		}
		at := b.server.Gateway().Identified()
		for i := 1; i < len(at); i++ {
			if gap := at[i].Sub(at[i-1]); gap < 5*time.Second {
				t.Errorf("sessions %d and %d were begun %v apart", i-1, i, gap)
			}
		}
		before := len(at)
		b.server.Gateway().Budget(5, 6*time.Hour)
		a := b.start()
		pass(5 * time.Hour)
		if n := len(b.server.Gateway().Identified()); n != before {
			t.Errorf("%d sessions were begun though next to none are left", n-before)
		}
		if !strings.Contains(b.logged.String(), "budget") {
			t.Errorf("nothing says why it waits: %s", b.logged)
		}
		b.server.Gateway().Budget(1000, 0)
		pass(2 * time.Hour)
		a.healthy(true)
		a.end(3 * time.Second)
	})
}

// early is a clock that runs ahead.
type early time.Duration

func (e early) Now() time.Time { return time.Now().Add(time.Duration(e)) }

// A count of sessions that was kept when the clock was wrong holds nothing up, by days or by the hours of a time zone.
func TestGatewayBudgetOfAWrongClock(t *testing.T) {
	for _, ahead := range []time.Duration{2 * time.Hour, 48 * time.Hour} {
		t.Run(ahead.String(), func(t *testing.T) {
			inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
				for _, change := range []func(*discord.Options){func(o *discord.Options) { o.Clock = early(ahead) }, func(*discord.Options) {}} {
					a := b.start(change)
					pass(15 * time.Second)
					a.healthy(true)
					a.end(3 * time.Second)
				}
			})
		})
	}
}

// What cannot heal ends Run with a sentence for the operator, and nothing is tried again.
func TestGatewayFatal(t *testing.T) {
	for code, want := range map[int]string{
		4004: "DISCORD_TOKEN", 4010: "newer", 4011: "HTTP endpoint", 4012: "newer", 4013: "newer", 4014: "intents",
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
				b.server.Gateway().Fatal(code)
				a := b.start()
				pass(time.Minute)
				<-a.done
				err := a.err
				if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), fmt.Sprint(code)) {
					t.Errorf("Run returned %v, want a sentence with %q", err, want)
				}
				if opened, _, _ := b.server.Gateway().Counts(); opened != 1 {
					t.Errorf("%d connections", opened)
				}
			})
		})
	}
	t.Run("token", func(t *testing.T) {
		inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
			a := b.start(func(o *discord.Options) { o.Token = "another.bot.token" })
			<-a.done
			if err := a.err; err == nil || !strings.Contains(err.Error(), "DISCORD_TOKEN") || !errors.Is(err, chat.ErrRevoked) {
				t.Errorf("Run returned %v", err)
			}
		})
	})
}

// One process holds the gateway; another takes over when it ends, or when it dies.
func TestGatewayLease(t *testing.T) {
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		first := b.start()
		second := b.start(func(o *discord.Options) { o.Keep = b.keep.As("two") })
		pass(time.Minute)
		first.healthy(true)
		second.healthy(false)
		if n := b.server.Gateway().Connected(); n != 1 {
			t.Errorf("%d connections", n)
		}
		first.end(3 * time.Second)
		pass(15 * time.Second)
		second.healthy(true)
		b.works("Ada")
		second.end(3 * time.Second)
	})
}

// forgetful is a Keep that can fail, or hang.
type forgetful struct {
	chat.Keep
	broken, hangs atomic.Bool
}

func (f *forgetful) Hold(ctx context.Context, name string, ttl time.Duration) (bool, error) {
	if f.hangs.Load() {
		<-ctx.Done()
		return false, ctx.Err()
	}
	if f.broken.Load() {
		return false, errors.New("the database is away")
	}
	return f.Keep.Hold(ctx, name, ttl)
}

// A lease that cannot be renewed is not trusted to its end.
func TestGatewayLeaseLost(t *testing.T) {
	for name, fail := range map[string]func(f *forgetful, on bool){
		"storage fails": func(f *forgetful, on bool) { f.broken.Store(on) },
		"storage hangs": func(f *forgetful, on bool) {
			f.hangs.Store(on)
			f.broken.Store(on)
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
				keep := &forgetful{Keep: b.keep}
				a := b.start(func(o *discord.Options) { o.Keep = keep })
				pass(time.Minute)
				a.healthy(true)
				fail(keep, true)
				pass(26 * time.Second)
				keep.hangs.Store(false)
				pass(3 * time.Second)
				a.healthy(false)
				if n := b.server.Gateway().Connected(); n != 0 {
					t.Error("still connected when another process may be")
				}
				fail(keep, false)
				pass(30 * time.Second)
				a.healthy(true)
				a.end(3 * time.Second)
			})
		})
	}
}

// Discord asking for a heartbeat at the very moment of the end must not bring the process down (discordgo 1702).
func TestGatewayBeatWhileClosing(t *testing.T) {
	for i := range 12 {
		inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
			a := b.start()
			done := make(chan struct{})
			go func() {
				defer close(done)
				for range 40 {
					b.server.Gateway().Beat()
					time.Sleep(time.Duration(2*i+1) * time.Millisecond)
				}
			}()
			pass(time.Duration(i) * 17 * time.Millisecond)
			a.end(3 * time.Second)
			<-done
		})
	}
}

// Bytes that are no event do no harm.
func TestGatewayNonsense(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, _ *running) {
		for _, raw := range []string{`{}`, `[]`, `null`, `"x"`, `{"id":"1"}`, `{"id":1,"data":{"components":[{"component":{}}]}}`} {
			for _, kind := range []string{"INTERACTION_CREATE", "MESSAGE_CREATE", "NEW_THING"} {
				b.server.Dispatch(kind, []byte(raw))
			}
		}
		pass(10 * time.Second)
		b.works("Ada")
	})
}
