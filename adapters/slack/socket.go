package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// Socket Mode: two connections a process, so that one can be renewed while the other receives; at most ten an app, so
// five processes. https://docs.slack.dev/apis/events-api/using-socket-mode
const (
	connections = 2
	processes   = 5
	// stagger keeps the two from being renewed at the same moment for as long as they live.
	stagger = 5 * time.Second

	leaseFor   = time.Minute
	leaseTrust = 45 * time.Second // of leaseFor, counted from before it was taken
	leaseRenew = 15 * time.Second
	leaseRetry = 5 * time.Second

	ackTimeout = 2 * time.Second
	// socketAck bounds a body in an acknowledgement: Slack drops responses of 20 KiB without a word.
	socketAck = 18 << 10
	frameSize = 1 << 20
)

// sockets receives events over Socket Mode until ctx ends. With a Keep it first waits until the process may have
// connections, and gives them up when that ends.
func (a *Adapter) sockets(ctx context.Context) error {
	for ctx.Err() == nil {
		name, since, err := a.lease(ctx)
		if err != nil {
			return nil // ctx ended while waiting
		}
		held, lost := context.WithCancel(ctx)
		var renewing sync.WaitGroup
		if name != "" {
			renewing.Go(func() { a.renew(held, lost, name, since) })
		}
		err = a.connect(held)
		lost()
		renewing.Wait()
		if err != nil {
			return err
		}
	}
	return nil
}

// connect holds all connections until ctx ends or Slack refuses the app-level token.
func (a *Adapter) connect(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	up := newLights(connections, a.health)
	var wg sync.WaitGroup
	errs := make([]error, connections)
	for i := range connections {
		wg.Go(func() {
			if up.wait(ctx, i, stagger) {
				errs[i] = a.socket(ctx, i, up)
			}
			if errs[i] != nil {
				cancel()
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// socket holds one connection until ctx ends or Slack refuses the token. slack-go reconnects by itself.
func (a *Adapter) socket(ctx context.Context, i int, up *lights) error {
	var acks sync.WaitGroup
	defer acks.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	client := socketmode.New(a.api, socketmode.OptionReadLimit(frameSize), socketmode.OptionLog(log.New(io.Discard, "", 0)))
	done := make(chan error, 1)
	go func() { done <- client.RunContext(ctx) }()
	for {
		select {
		case err := <-done: // Events is never closed
			up.set(i, errNotRunning)
			if ctx.Err() != nil {
				return nil
			}
			return refusedSocket(err)
		case e := <-client.Events:
			failed, ok := e.Data.(*slack.ConnectionErrorEvent)
			if !ok {
				a.socketEvent(ctx, client, e, i, up, &acks)
				continue
			}
			a.log.Warn("cannot connect to Slack by Socket Mode", "error", failed.ErrorObj, "again in", failed.Backoff)
			up.set(i, fmt.Errorf("cannot connect to Slack by Socket Mode: %w", failed.ErrorObj))
			if isRefusal(failed.ErrorObj) {
				cancel()
				<-done
				return refusedSocket(failed.ErrorObj)
			}
		}
	}
}

func refusedSocket(err error) error {
	return fmt.Errorf("the app-level token was refused (%w): SLACK_APP_TOKEN must hold one of this app with the scope connections:write, and Socket Mode must be on in the app's settings", err)
}

// isRefusal says whether an error of apps.connections.open will not heal, of those that slack-go tries again after.
func isRefusal(err error) bool {
	var r slack.SlackErrorResponse
	return errors.As(err, &r) && (r.Err == "not_allowed_token_type" || r.Err == "missing_scope")
}

// socketEvent must not block: while it does, nobody answers Slack's pings.
func (a *Adapter) socketEvent(ctx context.Context, client *socketmode.Client, e socketmode.Event, i int, up *lights, acks *sync.WaitGroup) {
	switch d := e.Data.(type) {
	case *socketmode.ConnectedEvent:
		up.set(i, nil)
		return
	case *socketmode.ErrorBadMessage:
		// slack-go could not decode it; what is used of it can still be read.
		var r socketmode.Request
		if json.Unmarshal(d.Message, &r) != nil {
			return
		}
		e.Request = &r
	}
	if e.Type == socketmode.EventTypeConnecting {
		up.set(i, errNotRunning)
	}
	if e.Request == nil || e.Request.EnvelopeID == "" {
		return
	}
	request := *e.Request
	acknowledge := func(body any) error {
		ctx, cancel := context.WithTimeout(ctx, ackTimeout)
		defer cancel()
		return client.AckCtx(ctx, request.EnvelopeID, body)
	}
	r, ok := a.reading()
	if !ok {
		return
	}
	in, err := r.envelope(request.Type, request.Payload)
	if err != nil {
		a.skip(err)
		acks.Go(func() { _ = acknowledge(nil) }) // it would be no different the next time
		return
	}
	in.at = a.now()
	t := a.begin(in, socketAck)
	if t == nil {
		return
	}
	acks.Go(func() {
		v := t.wait(a.now())
		if !v.ok {
			t.tell(nil)
			return
		}
		var body any
		if v.body != nil {
			body = json.RawMessage(v.body)
		}
		t.tell(acknowledge(body))
	})
}

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
		a.health(errStandingBy)
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
		if time.Since(since) > leaseTrust {
			a.log.Warn("lost the lease for Slack's sockets", "lease", name)
			lost()
		}
	}
}

// lights shows which connections are up: the platform works while one is.
type lights struct {
	mu     sync.Mutex
	down   []error // nil where a connection is up
	first  chan struct{}
	report func(error)
}

func newLights(n int, report func(error)) *lights {
	l := &lights{down: make([]error, n), first: make(chan struct{}), report: report}
	for i := range l.down {
		l.down[i] = errNotRunning
	}
	return l
}

func (l *lights) set(i int, down error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down[i] = down
	var worst error
	for _, d := range l.down {
		if d == nil {
			select {
			case <-l.first:
			default:
				close(l.first)
			}
			l.report(nil)
			return
		}
		worst = d
	}
	l.report(worst)
}

// wait returns at once for the first connection; for the others some time after one came up. False: ctx ended.
func (l *lights) wait(ctx context.Context, i int, stagger time.Duration) bool {
	if i == 0 {
		return true
	}
	select {
	case <-ctx.Done():
		return false
	case <-l.first:
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(time.Duration(i) * stagger):
		return true
	}
}
