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

// Socket Mode: two connections a process, so that one can be renewed while the other receives.
// https://docs.slack.dev/apis/events-api/using-socket-mode
const (
	connections = 2
	// stagger keeps the two from being renewed at the same moment for as long as they live.
	stagger = 5 * time.Second

	ackTimeout = 2 * time.Second
	// socketAck bounds a body in an acknowledgement: Slack drops responses of 20 KiB without a word.
	socketAck = 18 << 10
	frameSize = 1 << 20
	// retryWithin is how long a connection waits at most before it is tried again. slack-go alone would wait longer each
	// time, up to five minutes, and be away that much longer than Slack or the network was.
	retryWithin = 30 * time.Second
	// brief is a connection that Slack, or what is between, did not mean to keep. Slack ends those beyond its ten at once.
	brief = 10 * time.Second
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

// connection is one of a process's connections.
type connection struct {
	a      *Adapter
	client *socketmode.Client
	n      int // which it is
	up     *lights
	acks   sync.WaitGroup
	again  context.CancelFunc // ends the present try, so that the next one begins with short waits
	since  time.Time          // when the connection came up; zero while there is none
	cut    int                // how many in a row were brief
	rest   time.Duration      // before the next try
}

// socket holds one connection until ctx ends or Slack refuses the token. slack-go reconnects by itself.
func (a *Adapter) socket(ctx context.Context, n int, up *lights) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &connection{a: a, n: n, up: up,
		client: socketmode.New(a.api, socketmode.OptionReadLimit(frameSize), socketmode.OptionLog(log.New(io.Discard, "", 0)))}
	defer c.acks.Wait()
	done := make(chan error, 1)
	try := func() {
		trying, again := context.WithCancel(ctx)
		after := time.After(c.rest)
		c.again, c.rest = again, 0
		go func() {
			defer again()
			select {
			case <-after:
			case <-ctx.Done():
			}
			done <- c.client.RunContext(trying)
		}()
	}
	try()
	for {
		select {
		case err := <-done: // Events is never closed
			up.set(n, errNotRunning)
			if ctx.Err() != nil {
				return nil
			}
			if !errors.Is(err, context.Canceled) {
				return refusedSocket(err)
			}
			try() // what was cancelled here or by itself is nobody's refusal
		case e := <-c.client.Events:
			if refusal := c.event(ctx, e); refusal != nil {
				cancel()
				<-done
				return refusedSocket(refusal)
			}
		}
	}
}

// event takes what slack-go says; it returns why the connection can never be. It must not block: while it does, nobody
// answers Slack's pings.
func (c *connection) event(ctx context.Context, e socketmode.Event) error {
	switch d := e.Data.(type) {
	case *slack.ConnectionErrorEvent:
		if ctx.Err() != nil || errors.Is(d.ErrorObj, context.Canceled) {
			return nil
		}
		c.a.log.Warn("cannot connect to Slack by Socket Mode", "error", d.ErrorObj, "again in", d.Backoff)
		c.up.set(c.n, fmt.Errorf("cannot connect to Slack by Socket Mode: %w", d.ErrorObj))
		if isRefusal(d.ErrorObj) {
			return d.ErrorObj
		}
		if d.Backoff > c.a.retryWithin && !errors.As(d.ErrorObj, new(*slack.RateLimitedError)) {
			time.AfterFunc(c.a.retryWithin, c.again)
		}
	case *slack.ConnectingEvent:
		c.up.set(c.n, errNotRunning)
		c.over()
	case *socketmode.ConnectedEvent:
		c.since = time.Now()
		c.up.set(c.n, nil)
	case *socketmode.ErrorBadMessage:
		// slack-go could not decode it; what is used of it can still be read.
		var r socketmode.Request
		if json.Unmarshal(d.Message, &r) == nil {
			c.deliver(ctx, r)
		}
	default:
		if e.Request != nil {
			c.deliver(ctx, *e.Request)
		}
	}
	return nil
}

// over notes that the connection ended. From the second on that was brief, the next one is made after a rest, longer each
// time: slack-go alone would make them as fast as it can.
func (c *connection) over() {
	if c.since.IsZero() {
		return // it is only tried again
	}
	c.cut++
	if time.Since(c.since) > brief {
		c.cut = 0
	}
	c.since = time.Time{}
	if c.cut < 2 {
		return
	}
	c.rest = min(time.Second<<min(c.cut-2, 10), c.a.retryWithin)
	c.a.log.Warn("connections by Socket Mode end as soon as they are made: there may be too many with this app-level token", "again in", c.rest)
	c.up.set(c.n, errCut)
	c.again()
}

// deliver hands an envelope on, and acknowledges it when it is time.
func (c *connection) deliver(ctx context.Context, q socketmode.Request) {
	r, ok := c.a.reading()
	if !ok || q.EnvelopeID == "" {
		return
	}
	in, err := r.envelope(q.Type, q.Payload)
	if err != nil {
		c.a.skip(err)
		c.acks.Go(func() { _ = c.acknowledge(ctx, q, nil) }) // it would be no different the next time
		return
	}
	in.at = c.a.now()
	t := c.a.begin(in, socketAck)
	if t == nil {
		return
	}
	c.acks.Go(func() {
		v := t.wait(c.a.now())
		if !v.ok {
			t.tell(nil)
			return
		}
		t.tell(c.acknowledge(ctx, q, v.body))
	})
}

func (c *connection) acknowledge(ctx context.Context, q socketmode.Request, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, ackTimeout)
	defer cancel()
	if body == nil {
		return c.client.AckCtx(ctx, q.EnvelopeID, nil)
	}
	return c.client.AckCtx(ctx, q.EnvelopeID, json.RawMessage(body))
}

func refusedSocket(err error) error {
	return fmt.Errorf("the app-level token was refused (%w): SLACK_APP_TOKEN must hold one of this app with the scope "+
		"connections:write, and Socket Mode must be on in the app's settings", err)
}

// isRefusal says whether an error of apps.connections.open will not heal, of those that slack-go tries again after.
func isRefusal(err error) bool {
	var r slack.SlackErrorResponse
	return errors.As(err, &r) && (r.Err == "not_allowed_token_type" || r.Err == "missing_scope")
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
