package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// intents: only what tells of guilds and channels that come and go. Interactions need none.
const intents = discordgo.IntentGuilds

// openTime bounds the opening of a connection, from the dial to READY or RESUMED; discordgo itself would wait for ever.
// closeTime bounds how long discordgo may take to close one: it sleeps a second.
const (
	openTime  = 20 * time.Second
	closeTime = 5 * time.Second
)

const (
	errSilent Error = "Discord did not say READY or RESUMED in time"
	errMoved  Error = "the session lives at another address now"
)

// dispatch is one event of the gateway.
type dispatch struct {
	kind string
	seq  int64
	data json.RawMessage
}

// link is one session at the gateway: a discordgo Session that never reconnects by itself, over connections that are
// tapped. It can be opened again to resume; when it cannot, it is abandoned and a new one made.
type link struct {
	a       *Adapter
	session *discordgo.Session
	gone    chan struct{} // discordgo says so when it has closed
	missed  int           // dials in a row that reached nobody

	mu     sync.Mutex
	ctx    context.Context // of the connection
	tap    *tap
	url    string // where to connect
	cached string // where discordgo would connect
}

// newLink makes a session that passes every event to take, in order, from discordgo's reader: take must not block.
func (a *Adapter) newLink(url string, take func(dispatch)) (*link, error) {
	s, err := discordgo.New(a.rest.session.Token)
	if err != nil {
		return nil, fmt.Errorf("make a session of Discord: %w", err)
	}
	l := &link{a: a, session: s, gone: make(chan struct{}, 16), url: url}
	s.StateEnabled, s.Compress, s.SyncEvents, s.LogLevel = false, false, true, -1
	s.ShouldReconnectOnError, s.ShouldReconnectVoiceOnSessionError, s.ShouldRetryOnRateLimit = false, false, false
	s.Identify.Intents, s.Identify.Compress = intents, false
	s.Client = &http.Client{Transport: l}
	s.Dialer = &websocket.Dialer{HandshakeTimeout: openTime, NetDialContext: l.dialer(false), NetDialTLSContext: l.dialer(true)}
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
		if e.Type == "READY" {
			l.ready(e.RawData)
		}
		take(dispatch{e.Type, e.Sequence, e.RawData})
	})
	s.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) {
		select {
		case l.gone <- struct{}{}:
		default:
		}
	})
	return l, nil
}

// RoundTrip answers the one request discordgo makes for itself: where the gateway is.
func (l *link) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cached = l.url
	body, err := json.Marshal(map[string]string{"url": l.url})
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}, err
}

// ready notes where the session can be resumed.
func (l *link) ready(raw json.RawMessage) {
	var r struct {
		URL string `json:"resume_gateway_url"`
	}
	if json.Unmarshal(raw, &r) == nil && r.URL != "" {
		l.mu.Lock()
		l.url = r.URL
		l.mu.Unlock()
	}
}

// open connects, and identifies or resumes. When it returns an error no goroutine of the connection is left, but for one
// that discordgo itself keeps from ending.
func (l *link) open(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	l.mu.Lock()
	l.ctx, l.tap = ctx, nil
	moved := l.cached != "" && l.cached != l.url
	l.mu.Unlock()
	opened := make(chan error, 1)
	go func() {
		if moved { // discordgo forgets an address only when it cannot be reached; dial sees to that
			_ = l.session.Open()
		}
		opened <- l.session.Open()
	}()
	select {
	case err := <-opened:
		return err
	case <-ctx.Done():
	}
	l.cut()
	select {
	case err := <-opened:
		if err == nil {
			l.close()
		}
	case <-time.After(closeTime):
	}
	return fmt.Errorf("open the gateway: %w", errSilent)
}

// dialer returns what connects for discordgo; the context that it gets ends with nothing, that of open does.
func (l *link) dialer(secure bool) func(context.Context, string, string) (net.Conn, error) {
	return func(_ context.Context, _, address string) (net.Conn, error) {
		l.mu.Lock()
		ctx := l.ctx
		moved := l.cached != l.url
		l.mu.Unlock()
		if moved {
			return nil, errMoved
		}
		c, err := l.a.road.to(ctx, address, secure)
		if err != nil {
			return nil, err
		}
		return l.watch(c), nil
	}
}

func (l *link) watch(c net.Conn) *tap {
	t := newTap(c, time.Now)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tap = t
	if l.ctx.Err() != nil {
		_ = t.Close()
	}
	return t
}

func (l *link) conn() *tap {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tap
}

// cut ends the connection at once.
func (l *link) cut() {
	if t := l.conn(); t != nil {
		_ = t.Close()
	}
}

// live blocks while the connection works: until it ended, ctx ended, or heartbeats were not answered for two intervals.
func (l *link) live(ctx context.Context) {
	t := l.conn()
	for {
		left := t.overdue()
		if left <= 0 {
			l.a.log.Warn("discord did not answer heartbeats; reconnecting")
			l.cut()
			return
		}
		wait := time.NewTimer(left)
		select {
		case <-t.done:
		case <-ctx.Done():
		case <-wait.C:
			continue
		}
		wait.Stop()
		return
	}
}

// settle waits until discordgo has closed a connection that ended; false when it does not.
func (l *link) settle() bool {
	wait := time.NewTimer(closeTime)
	defer wait.Stop()
	select {
	case <-l.gone:
		return true
	case <-wait.C:
		return false
	}
}

// close ends the session for good, with a close frame.
func (l *link) close() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = l.session.Close()
	}()
	wait := time.NewTimer(closeTime)
	defer wait.Stop()
	select {
	case <-done:
	case <-wait.C:
	}
	l.cut()
}

// drain forgets what discordgo said of earlier connections.
func (l *link) drain() {
	for {
		select {
		case <-l.gone:
		default:
			return
		}
	}
}
