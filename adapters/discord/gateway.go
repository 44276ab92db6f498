package discord

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// One process holds the gateway; the others stand by. The lease is trusted for a little less than its time.
const (
	leaseName  = "discord-gateway"
	leaseTime  = 30 * time.Second
	leaseTrust = 25 * time.Second
	leaseRenew = 10 * time.Second
	standbyFor = 5 * time.Second
)

// manyGuilds is how many guilds one connection should serve; from 2,500 on Discord refuses it.
const manyGuilds = 2000

// fatal says why a connection must not be tried again:
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
func fatal(code int) error {
	const settings = "this version of the bot and Discord do not understand each other; look for a newer one"
	sentence := map[int]string{
		4004: "Discord refuses the token; set DISCORD_TOKEN to the one on the Bot page of the application",
		4010: settings, 4012: settings, 4013: settings,
		4011: "the bot is in too many servers for one gateway connection; use the HTTP endpoint (DISCORD_PUBLIC_KEY and the Interactions Endpoint URL)",
		4014: "Discord does not allow the bot's intents; it asks for none that need a permission, so check that DISCORD_TOKEN is this application's",
	}[code]
	if sentence == "" {
		return nil
	}
	return fmt.Errorf("discord closed the connection with %d: %s", code, sentence)
}

// gateway receives events over the gateway until Run's context ends; it returns only what cannot heal.
func (a *Adapter) gateway(s *serving) error {
	for s.ctx.Err() == nil {
		asked := time.Now()
		limit, cancel := context.WithTimeout(s.ctx, leaseRenew)
		held, err := a.keep.Hold(limit, leaseName, leaseTime)
		cancel()
		if !held {
			if err == nil {
				err = chat.ErrStandby
			}
			a.setState(err)
			_ = sleep(s.ctx, standbyFor)
			continue
		}
		a.setState(errNotYet)
		ctx, lose := context.WithCancel(s.ctx)
		s.run(func() { a.renew(ctx, asked.Add(leaseTrust), lose) })
		err = a.lead(ctx, s)
		lose()
		a.setState(errors.Join(errNotYet, err))
		if err != nil || s.ctx.Err() != nil {
			a.release(s.ctx)
			return err
		}
	}
	return nil
}

// renew keeps the lease, which may be trusted until then; when it cannot, it calls lose before another process may take
// it.
func (a *Adapter) renew(ctx context.Context, trusted time.Time, lose func()) {
	defer lose()
	for sleep(ctx, min(leaseRenew, time.Until(trusted))) == nil {
		asked := time.Now()
		limit, cancel := context.WithDeadline(ctx, trusted) // storage that hangs must not hold the gateway either
		held, err := a.keep.Hold(limit, leaseName, leaseTime)
		cancel()
		switch {
		case held:
			trusted = asked.Add(leaseTrust)
		case err == nil, !time.Now().Before(trusted):
			return
		}
	}
}

func (a *Adapter) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := a.keep.Release(ctx, leaseName); err != nil {
		a.log.Warn("gateway lease not released", "err", err)
	}
}

// lead runs one session after the other, resuming where Discord lets it, until ctx ends.
func (a *Adapter) lead(ctx context.Context, s *serving) error {
	queue := make(chan dispatch, 1024)
	s.run(func() { a.deliver(ctx, s, queue) })
	take := func(d dispatch) {
		select {
		case queue <- d:
		default:
			a.log.Warn("too many events from Discord at once; one was dropped", "event", d.kind)
		}
	}
	var l *link
	var wait time.Duration // none after a connection that held a minute
	for ctx.Err() == nil {
		var err error
		if l == nil {
			if l, err = a.begin(ctx, take); errors.Is(err, chat.ErrRevoked) {
				err = stopError{err}
			}
		}
		began := time.Now()
		if err == nil {
			l, err = a.ride(ctx, l)
		}
		if ctx.Err() != nil {
			return nil
		}
		if fatalErr(err) {
			return err
		}
		a.setState(errors.Join(errNotYet, err))
		if time.Since(began) > time.Minute {
			wait = 0
		}
		if err != nil {
			a.log.Warn("discord gateway lost; trying again", "in", wait, "err", err)
		}
		_ = sleep(ctx, wait)
		wait = min(max(2*wait, time.Second), time.Minute)
	}
	return nil
}

// stopError is an end of the gateway that cannot heal.
type stopError struct{ error }

func fatalErr(err error) bool {
	var stop stopError
	return errors.As(err, &stop)
}

// begin makes a new session when the budget of them allows it.
func (a *Adapter) begin(ctx context.Context, take func(dispatch)) (*link, error) {
	url, err := a.permit(ctx)
	if err != nil {
		return nil, err
	}
	return a.newLink(url, take)
}

// ride opens the session and stays with it until it ends. It returns the link again if the session can be resumed.
func (a *Adapter) ride(ctx context.Context, l *link) (*link, error) {
	l.drain()
	err := l.open(ctx)
	if err == nil {
		a.setState(nil)
		l.live(ctx)
	}
	if ctx.Err() != nil {
		if err == nil {
			l.close()
		}
		return nil, nil
	}
	t := l.conn()
	if t == nil { // nobody was reached, so the session is as it was
		if l.missed++; l.missed < 3 {
			return l, err
		}
		return nil, err
	}
	l.missed = 0
	why, resume, code := t.ended()
	if stop := fatal(code); stop != nil {
		return nil, stopError{stop}
	}
	if err != nil {
		return nil, fmt.Errorf("open the gateway: %w", err)
	}
	if !l.settle() {
		return nil, errors.New("discordgo did not close the session; it was abandoned")
	}
	if why == sessionEnded && !resume || newSession(code) {
		return nil, nil
	}
	return l, nil
}

// newSession says whether a close code ends the session, so that a resume would be refused.
func newSession(code int) bool {
	switch code {
	case 1000, 4003, 4007, 4009:
		return true
	}
	return false
}
