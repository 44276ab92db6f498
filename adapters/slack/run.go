package slack

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

const (
	errNotRunning Error = "not connected to Slack yet"
	errCut        Error = "Slack ends connections by Socket Mode as soon as they are made"
)

const (
	// drainFor is how long deliveries under way may still finish after Run's context ended.
	drainFor = 3 * time.Second
	// flushFor is how long connections then stay open: slack-go queues acknowledgements and does not say when they are
	// written.
	flushFor = 100 * time.Millisecond
)

// identity is what auth.test says about the bot token.
type identity struct {
	team, bot string
	name      string   // of the workspace, for the operator
	scopes    []string // as far as Slack says
}

// Run implements chat.Platform. It returns an error when a token is refused or the workspace takes the access away.
func (a *Adapter) Run(ctx context.Context, h chat.Handler) error {
	defer a.client.CloseIdleConnections()
	who, err := a.identify(ctx, a.unreachable)
	switch {
	case ended(err):
		a.lost(ctx, h)
		return err
	case err != nil || ctx.Err() != nil:
		return err
	}
	a.remember(ctx, who.team)
	hold, release := context.WithCancel(context.WithoutCancel(ctx))
	defer release()
	run := &running{reader: reader{team: who.team, bot: who.bot, table: a.opt.Table}, handler: h, ctx: hold}
	a.mu.Lock()
	a.run = run
	a.mu.Unlock()

	receiving, stop := context.WithCancel(hold)
	defer stop()
	failed := make(chan error, 1)
	go func() { failed <- a.receive(receiving) }()
	run.work.Go(func() { a.announce(hold, run, "start", chat.Added{}) })
	var stopped bool
	select {
	case <-ctx.Done():
	case <-a.revoked:
	case err = <-failed:
		stopped = true
		if err != nil { // an app that was removed can lose both tokens, and the socket is the first to know
			_ = a.call(hold, methodIdentify, func(ctx context.Context) error {
				_, err := a.api.AuthTestContext(ctx)
				return err
			})
		}
	}
	if gone := a.isRevoked(); gone != nil {
		switch {
		case errors.Is(gone, errRemoved): // which the event has told the handler
			a.forget(hold)
		case ended(gone):
			a.left(hold, run)
		}
		err = fmt.Errorf("this workspace is closed to the bot (%w): install the app again and set its new token", gone)
	}
	a.drain(run, release)
	stop()
	if !stopped {
		<-failed
	}
	a.health(errNotRunning)
	return err
}

// receive gets events until ctx ends. Over HTTP they come by themselves.
func (a *Adapter) receive(ctx context.Context) error {
	if !a.opt.HTTP {
		return a.sockets(ctx)
	}
	a.health(nil)
	<-ctx.Done()
	return nil
}

// drain takes no more deliveries and lets those under way finish, but not for ever.
func (a *Adapter) drain(run *running, release context.CancelFunc) {
	a.mu.Lock()
	run.draining = true
	a.mu.Unlock()
	timer := time.AfterFunc(drainFor, release)
	defer timer.Stop()
	run.work.Wait()
	a.mu.Lock()
	a.run = nil
	a.mu.Unlock()
	if !a.opt.HTTP {
		<-time.After(flushFor)
	}
}

// unreachable reports that Slack did not say whose token it is.
func (a *Adapter) unreachable(err error, again time.Duration) {
	a.health(fmt.Errorf("cannot reach Slack: %w", err))
	a.log.Warn("Slack cannot be reached; trying again", "at", address(a.opt.APIURL), "error", err, "in", again)
}

// address is one as it may be logged.
func address(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return u.Redacted()
}

// identify asks whose token it is until Slack answers or ctx ends, when nobody is identified; failed hears of each try. A
// refused token is an error for the operator.
func (a *Adapter) identify(ctx context.Context, failed func(err error, again time.Duration)) (identity, error) {
	for wait := time.Second; ; wait = min(2*wait, 30*time.Second) {
		who, err := a.whoAmI(ctx)
		switch {
		case err == nil:
			return who, nil
		case errors.Is(err, chat.ErrRevoked):
			return identity{}, fmt.Errorf("the bot token was refused (%w): copy the Bot User OAuth Token, which begins with xoxb-, "+
				"from OAuth & Permissions into SLACK_BOT_TOKEN", err)
		case ctx.Err() != nil:
			return identity{}, nil
		}
		var later chat.Later
		if errors.As(err, &later) {
			wait = max(wait, later.At.Sub(a.now()))
		}
		failed(err, wait)
		select {
		case <-ctx.Done():
			return identity{}, nil
		case <-time.After(wait):
		}
	}
}

// whoAmI is identify once; it remembers the answer.
func (a *Adapter) whoAmI(ctx context.Context) (identity, error) {
	a.mu.Lock()
	who := a.who
	a.mu.Unlock()
	if who.team != "" {
		return who, nil
	}
	err := a.call(ctx, methodIdentify, func(ctx context.Context) error {
		r, err := a.api.AuthTestContext(ctx)
		if err != nil {
			return err
		}
		who = identity{team: r.TeamID, bot: r.UserID, name: r.Team}
		for s := range strings.SplitSeq(r.Header.Get("X-OAuth-Scopes"), ",") {
			if s = strings.TrimSpace(s); s != "" {
				who.scopes = append(who.scopes, s)
			}
		}
		return nil
	})
	if err != nil {
		return identity{}, err
	}
	if !isID(who.team) || !isID(who.bot) {
		return identity{}, fmt.Errorf("%s: the answer names no workspace and bot", methodIdentify)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.who = who
	return who, nil
}

// granted says whether the app is known to have a scope.
func (a *Adapter) granted(scope string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Contains(a.who.scopes, scope)
}

// Healthy implements chat.Health: nil while events can come.
func (a *Adapter) Healthy() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.gone != nil {
		return a.gone
	}
	return a.trouble
}

func (a *Adapter) health(trouble error) {
	a.mu.Lock()
	was, who := a.trouble, a.who
	a.trouble = trouble
	a.mu.Unlock()
	if trouble == nil && was != nil {
		a.log.Info("connected to Slack", "space", spaceID(who.team), "workspace", who.name)
	}
}
