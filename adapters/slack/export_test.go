package slack

import (
	"context"
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

// The parts that are tested by themselves.

func Signed(secret, stamp, signature string, body []byte, now time.Time) bool {
	return signed(secret, stamp, signature, body, now)
}
func ReadConversation(c chat.ChannelID) (team, channel string, ok bool) { return conversation(c) }
func ReadPerson(u chat.UserID) (team, user string, ok bool)             { return person(u) }
func ReadMessage(m chat.MessageID) (team, channel, ts string, ok bool)  { return posted(m) }
