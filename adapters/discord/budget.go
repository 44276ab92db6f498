package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Discord resets the token of a bot that begins more than 1,000 sessions in 24 hours. The adapter begins at most one in
// five seconds, and from half the budget on spreads the rest over the day. The count is kept, so that a program that is
// restarted in a loop does not use it up either.
const (
	beginEvery   = 5 * time.Second
	beginMany    = 500
	beginReserve = 20 // of what Discord says is left
	beginWindow  = 24 * time.Hour
)

// begun is how many sessions were begun since a time.
type begun struct {
	Since time.Time `json:"since"`
	Last  time.Time `json:"last"`
	Count int       `json:"count"`
}

// next returns when another session may be begun, given what Discord says is left.
func (b begun) next(left int, reset time.Duration, now time.Time) time.Time {
	at := b.Last.Add(beginEvery)
	if b.Count >= beginMany {
		at = b.Last.Add(beginWindow / beginMany)
	}
	if left <= beginReserve {
		at = later(at, now.Add(min(reset, beginWindow)))
	}
	return at
}

// add counts one more; a day after the first the count begins anew.
func (b begun) add(now time.Time) begun {
	if age := now.Sub(b.Since); age >= beginWindow || age < 0 {
		b = begun{Since: now}
	}
	b.Last = now
	b.Count++
	return b
}

// permit waits until a session may be begun, counts it, and returns the gateway's address.
func (a *Adapter) permit(ctx context.Context) (string, error) {
	const key = "sessions"
	var bot struct {
		URL   string `json:"url"`
		Limit struct {
			Remaining  int   `json:"remaining"`
			ResetAfter int64 `json:"reset_after"`
		} `json:"session_start_limit"`
	}
	for {
		if err := a.rest.call(ctx, request{method: "GET", path: "/gateway/bot", route: route{name: "GET gateway"}, into: &bot}); err != nil {
			return "", fmt.Errorf("ask where the gateway is: %w", err)
		}
		b := a.begun
		if raw, err := a.keep.Get(ctx, ownSpace, key); err == nil {
			var kept begun
			if json.Unmarshal(raw, &kept) == nil && kept.Last.After(b.Last) {
				b = kept
			}
		}
		now := a.clock.Now()
		if b.Last.After(now) { // the clock was wrong then
			b.Last = time.Time{}
		}
		wait := b.next(bot.Limit.Remaining, time.Duration(bot.Limit.ResetAfter)*time.Millisecond, now).Sub(now)
		if wait <= 0 {
			a.begun = b.add(now)
			raw, err := json.Marshal(a.begun)
			if err == nil {
				err = a.keep.Set(ctx, ownSpace, map[string][]byte{key: raw})
			}
			if err != nil {
				a.log.Error("the count of sessions was not kept", "err", err)
			}
			return bot.URL, nil
		}
		if wait > time.Minute {
			a.log.Error("too many sessions begun at Discord; waiting, for its budget protects the token", "for", wait, "left", bot.Limit.Remaining)
		}
		if err := sleep(ctx, wait); err != nil {
			return "", err
		}
	}
}
