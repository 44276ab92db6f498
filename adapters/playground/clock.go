package playground

import (
	"context"
	"errors"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// longestJump keeps a slip of the keyboard from playing years.
const longestJump = 366 * 24 * time.Hour

// clockView is the clock as pages show it; times in milliseconds of Unix.
type clockView struct {
	Now  int64 `json:"now"`
	From int64 `json:"from,omitempty"` // while it moves
	To   int64 `json:"to,omitempty"`
}

func (a *Adapter) mover() (chat.Mover, bool) {
	m, ok := a.o.Clock.(chat.Mover)
	return m, ok && a.o.Kind == Demo
}

// move starts a jump: to the "next" round, by a "week", or to a civil time ("2026-12-01T09:00") in the person's zone;
// "stop" ends one that is under way.
func (a *Adapter) move(ctx context.Context, s scene, to string) outcome {
	m, ok := a.mover()
	if !ok {
		return outcome{Say: plain("This clock is the real one; it cannot be moved.")}
	}
	if to == "stop" {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.moving != nil {
			a.moving()
		}
		return outcome{}
	}
	target, sentence := target(ctx, m, s.person.Zone, to)
	if sentence != "" {
		return outcome{Say: plain(sentence)}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.moving != nil {
		return outcome{Say: plain("The clock is moving already. Stop it first, or wait until it is there.")}
	}
	begun := a.deeds.run(func(ctx context.Context) { a.jump(ctx, m, target) })
	if !begun {
		return outcome{Say: plain("The bot is just starting or stopping. Press again in a moment.")}
	}
	a.moving = func() {} // until jump has its own
	return outcome{}
}

// target reads where a jump goes; the sentence says why it cannot.
func target(ctx context.Context, m chat.Mover, zone, to string) (at time.Time, sentence string) {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	now := m.Now()
	switch to {
	case "next":
		next, ok, err := m.Next(ctx)
		if err != nil {
			return at, "It could not be found out when the next round is. Try again in a moment."
		}
		if !ok {
			return at, "No round is scheduled. Set a daily question up first: type /setup."
		}
		at = next
	case "week":
		at = now.In(loc).AddDate(0, 0, 7)
	default:
		at, err = time.ParseInLocation("2006-01-02T15:04", to, loc)
		if err != nil {
			return at, "Choose a day and a time to jump to."
		}
	}
	if at.Before(now) {
		return at, "The clock only goes forward. Choose a later time, or start over."
	}
	if at.Sub(now) > longestJump {
		return at, "That is more than a year ahead. Jump at most a year at a time."
	}
	return at, ""
}

// jump moves the clock and tells all pages how far it is, at most ten times a second.
func (a *Adapter) jump(ctx context.Context, m chat.Mover, to time.Time) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a.mu.Lock()
	a.moving = cancel
	a.mu.Unlock()
	from := m.Now()
	tell := func(now time.Time, moving bool) {
		v := &clockView{Now: now.UnixMilli()}
		if moving {
			v.From, v.To = from.UnixMilli(), to.UnixMilli()
		}
		a.hub.tell(change{Kind: "clock", Clock: v})
	}
	tell(from, true)
	var last time.Time
	err := m.Advance(ctx, to, func(now time.Time) {
		if time.Since(last) > 100*time.Millisecond {
			last = time.Now()
			tell(now, true)
		}
	})
	a.mu.Lock()
	a.moving = nil
	a.mu.Unlock()
	tell(m.Now(), false)
	if err != nil && !errors.Is(err, context.Canceled) {
		a.log.Error("the clock could not be moved", "to", to, "err", err)
		a.hub.tell(change{Kind: "alert", HTML: plain("The clock stopped on the way: something on the way could not be done. Try again.")})
	}
}
