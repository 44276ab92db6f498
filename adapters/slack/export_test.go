package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// FailDials makes the next n connections of the adapter fail before anything is written, idle ones being closed first.
func FailDials(a *Adapter, n int32) {
	t := a.client.Transport.(*http.Transport)
	a.client.CloseIdleConnections()
	dials := atomic.Int32{}
	dials.Store(n)
	fresh := t.Clone()
	dial := t.DialContext
	fresh.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if dials.Add(-1) >= 0 {
			return nil, errors.New("connection refused")
		}
		return dial(ctx, network, addr)
	}
	a.client.Transport = fresh
}

// MayRespond says whether an answer may be sent to that address.
func MayRespond(a *Adapter, address string) bool { return a.mayRespond(address) }

// Sockets receives by Socket Mode until ctx ends.
func Sockets(ctx context.Context, a *Adapter) error { return a.sockets(ctx) }

// Stale returns what breaks the connections that the adapter keeps, as the next use of them shows, and refuses new ones.
func Stale(a *Adapter) func() {
	t := a.client.Transport.(*http.Transport).Clone()
	gone, dial := &atomic.Bool{}, t.DialContext
	t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if gone.Load() {
			return nil, errors.New("connection refused")
		}
		c, err := dial(ctx, network, addr)
		return stale{c, gone}, err
	}
	a.client.Transport = t
	return func() { gone.Store(true) }
}

type stale struct {
	net.Conn
	gone *atomic.Bool
}

func (c stale) Write(b []byte) (int, error) {
	if c.gone.Load() {
		return 0, errors.New("broken pipe")
	}
	return c.Conn.Write(b)
}

// RetryWithin sets how long a connection waits at most before it is tried again.
func RetryWithin(a *Adapter, d time.Duration) { a.retryWithin = d }

// The parts that are tested by themselves.

func Signed(secret, stamp, signature string, body []byte, now time.Time) bool {
	return signed(secret, stamp, signature, body, now)
}
func ReadConversation(c chat.ChannelID) (team, channel string, ok bool) { return conversation(c) }
func ReadPerson(u chat.UserID) (team, user string, ok bool)             { return person(u) }
func ReadMessage(m chat.MessageID) (team, channel, ts string, ok bool)  { return posted(m) }

// Read reads one envelope of Socket Mode, or with the type "form" a body over HTTP.
func Read(typ string, payload []byte, table chat.Table) (chat.Event, error) {
	r := reader{team: "T1", bot: "U0", table: table}
	if typ == "form" {
		in, err := r.form(payload)
		return in.event, err
	}
	in, err := r.envelope(typ, payload)
	return in.event, err
}

// Ignored is the error of what is none of the bot's business.
const Ignored = errIgnored

// DrawMessage and DrawForm are what goes over the wire.
func DrawMessage(m chat.Message, key string, png []byte) (blocks any, text string) {
	return (&drawing{files: map[picture]string{pictureOf(png): "F0PICTURE1"}}).message(m, key)
}
func DrawForm(f chat.Form) any {
	return (&drawing{}).form(f, "Interviewbot", origin{Channel: "C1", TS: "1.1"})
}
func DrawDialog(m chat.Message) any {
	return (&drawing{}).dialog(m, "Your answer", origin{Channel: "C1"})
}
func DrawHome(b []chat.Block) any { return (&drawing{}).home(b) }
func DrawSaving(view []byte) (any, any, error) {
	var v wireView
	err := json.Unmarshal(view, &v)
	if err != nil {
		return nil, nil, err
	}
	return saving(&v, true), again(&v, []chat.Block{chat.Paragraph{Text: chat.B("The disk is full: nothing was saved.")}}), nil
}

// Typed lists what was typed in the inputs of a view, as it is shown again.
func Typed(view []byte) (all []string) {
	var v wireView
	if json.Unmarshal(view, &v) != nil {
		return nil
	}
	for _, block := range v.inputs() {
		all = append(all, clip(clean(v.text(block)), 3000))
	}
	return all
}

// Busy counts the channels that the adapter remembers for their pace.
func Busy(a *Adapter) int {
	a.pace.mu.Lock()
	defer a.pace.mu.Unlock()
	return len(a.pace.channels)
}

// Greedy makes calls of a method whenever its pace allows, and returns when, from the first one on.
func Greedy(method string, d time.Duration) (made []time.Duration) {
	began := time.Unix(1e9, 0)
	now := began
	p := newPace(func() time.Time { return now })
	for now.Sub(began) < d {
		if later, ok := p.take(method, ""); !ok {
			now = later
			continue
		}
		made = append(made, now.Sub(began))
	}
	return made
}

// HoldLease takes a lease and keeps it until ctx ends; lost is called when it can no longer be trusted.
func HoldLease(ctx context.Context, a *Adapter, lost context.CancelFunc) {
	if name, since, err := a.lease(ctx); err == nil {
		a.renew(ctx, lost, name, since)
	}
}
