package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// Clock is a wall clock with an offset that can be moved forward: the time of a playground in which nothing is real. Give
// its Now to the store and to the bot, then Load the offset of earlier runs.
type Clock struct {
	real   func() time.Time
	offset atomic.Int64 // nanoseconds
}

// NewClock makes a Clock that goes with the real one.
func NewClock(real func() time.Time) *Clock { return &Clock{real: real} }

// Now is the clock's time.
func (c *Clock) Now() time.Time { return c.real().Add(time.Duration(c.offset.Load())) }

const clockKey = "clock-offset"

// Load reads the offset that an earlier run left.
func (c *Clock) Load(ctx context.Context, s store.Store) error {
	return s.View(ctx, func(tx store.Tx) error {
		v, err := tx.Value("", clockKey)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(v), 10, 64)
		if err != nil {
			return fmt.Errorf("read the clock's offset: %w", err)
		}
		c.offset.Store(n)
		return nil
	})
}

// Mover moves a Clock and lets a Bot do all that falls due on the way; it is a chat.Mover.
type Mover struct {
	Clock *Clock
	Bot   *Bot
}

// Now implements chat.Clock.
func (m Mover) Now() time.Time { return m.Clock.Now() }

// Next implements chat.Mover.
func (m Mover) Next(ctx context.Context) (at time.Time, ok bool, err error) {
	err = m.Bot.view(ctx, "find the next slot", func(tx store.Tx) error {
		t, err := tx.NextOfKind("slot", tx.Now())
		at, ok = t.Due, err == nil
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	return at, ok, err
}

// longestJump bounds how far one jump goes: every due instant on the way is visited.
const longestJump = 366 * 24 * time.Hour

// Advance implements chat.Mover. The bot counts as up all the way.
func (m Mover) Advance(ctx context.Context, to time.Time, done func(time.Time)) error {
	switch now := m.Now(); {
	case to.Before(now):
		return chat.ErrBackwards
	case to.Sub(now) > longestJump:
		return sorry("The clock can jump at most a year at a time.")
	}
	for {
		if _, err := m.Bot.Tick(ctx); err != nil {
			return fmt.Errorf("do what is due: %w", err)
		}
		next, err := m.nextDue(ctx, to)
		if err != nil {
			return err
		}
		if err := m.moveTo(ctx, next); err != nil {
			return err
		}
		if done != nil {
			done(next)
		}
		if !next.Before(to) {
			_, err := m.Bot.Tick(ctx)
			return err
		}
	}
}

// nextDue is the next instant at which anything is due, at most to.
func (m Mover) nextDue(ctx context.Context, to time.Time) (time.Time, error) {
	next := to
	err := m.Bot.view(ctx, "find the next task", func(tx store.Tx) error {
		t, err := tx.NextTask(tx.Now())
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil && t.Due.Before(next) {
			next = t.Due
		}
		return err
	})
	return next, err
}

// moveTo stamps every minute of the way for the bot's platforms and stores the new offset, in one step.
func (m Mover) moveTo(ctx context.Context, to time.Time) error {
	from := m.Now()
	offset := m.Clock.offset.Load() + int64(max(to.Sub(from), 0))
	err := m.Bot.store.Update(ctx, func(tx store.Tx) error {
		for name := range m.Bot.platforms {
			for at := from; at.Before(to); at = at.Add(stampTime) {
				if err := tx.Stamp(name, m.Bot.replica, at); err != nil {
					return err
				}
			}
			if err := tx.Stamp(name, m.Bot.replica, to); err != nil {
				return err
			}
		}
		return tx.PutValue("", clockKey, []byte(strconv.FormatInt(offset, 10)))
	})
	if err != nil {
		return fmt.Errorf("move the clock: %w", err)
	}
	m.Clock.offset.Store(offset)
	return nil
}
