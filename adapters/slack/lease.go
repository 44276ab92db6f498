package slack

import (
	"context"
	"fmt"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Slack allows an app ten connections, so five processes with two each. Each process holds one lease for its two; the
// others stand by. https://docs.slack.dev/apis/events-api/using-socket-mode#connections
const (
	processes  = 5
	leaseFor   = time.Minute
	leaseTrust = 45 * time.Second // of leaseFor, counted from before it was taken
	leaseRenew = 15 * time.Second
	leaseRetry = 5 * time.Second
)

// lease waits until this process may have connections: it holds one of as many leases as Slack allows processes. The
// name is "" without a Keep.
func (a *Adapter) lease(ctx context.Context) (name string, since time.Time, err error) {
	if a.opt.Keep == nil {
		return "", time.Time{}, nil
	}
	for {
		for i := range processes {
			name, since = fmt.Sprintf("slack-socket-%d", i+1), time.Now()
			if a.hold(ctx, name) {
				return name, since, nil
			}
		}
		a.health(fmt.Errorf("%w (Slack's five)", chat.ErrStandby))
		select {
		case <-ctx.Done():
			return "", time.Time{}, ctx.Err()
		case <-time.After(leaseRetry):
		}
	}
}

func (a *Adapter) hold(ctx context.Context, name string) bool {
	ctx, cancel := context.WithTimeout(ctx, leaseRenew/2)
	defer cancel()
	held, err := a.opt.Keep.Hold(ctx, name, leaseFor)
	if err != nil && ctx.Err() == nil {
		a.log.Warn("could not hold a lease", "lease", name, "error", err)
	}
	return held && err == nil
}

// renew keeps a lease until ctx ends; it calls lost as soon as the lease can no longer be trusted.
func (a *Adapter) renew(ctx context.Context, lost context.CancelFunc, name string, since time.Time) {
	tick := time.NewTicker(leaseRenew)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ackTimeout)
			defer cancel()
			if err := a.opt.Keep.Release(ctx, name); err != nil {
				a.log.Warn("could not release a lease", "lease", name, "error", err)
			}
			return
		case <-tick.C:
		}
		if now := time.Now(); a.hold(ctx, name) {
			since = now
		}
		if time.Since(since) >= leaseTrust {
			a.log.Warn("lost the lease for Slack's sockets", "lease", name)
			lost()
		}
	}
}
