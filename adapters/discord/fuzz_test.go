package discord

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// plainID says whether an identifier is one that the port allows.
func plainID[T ~string](id T) bool {
	return id == "" || strings.HasPrefix(string(id), prefix) && len(id) <= 200 && !strings.ContainsFunc(string(id), func(r rune) bool { return r <= ' ' || r > '~' || r == '|' || r == '/' })
}

// What the gateway tells besides interactions, and what Discord tells over HTTP.
func FuzzTold(f *testing.F) {
	for _, s := range []string{
		`{"session_id":"s","resume_gateway_url":"wss://x","guilds":[{"id":"1"},{"id":"2","unavailable":true}]}`,
		`{"id":"1"}`, `{"id":"1","unavailable":true}`, `{"id":"1","guild_id":"2"}`, `{"id":"1 2"}`, `[]`, `null`,
		`{"application_id":"1","type":1,"event":{"type":"APPLICATION_AUTHORIZED","timestamp":"2026-01-01T00:00:00Z","data":{"user":{"id":"2"},"guild":{"id":"3"}}}}`,
		`{"application_id":"1","type":1,"event":{"type":"APPLICATION_DEAUTHORIZED","data":{"user":{"id":"2"}}}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		l := &link{}
		l.ready(raw)
		seen := guildsSeen{guilds: map[string]bool{}}
		seen.ready(raw)
		check := func(e chat.Event, ok bool) {
			if ok && (e.What == nil || e.Space == "" || e.ID == "" || !plainID(e.Space) || !plainID(e.Channel) || !plainID(e.Actor.User) || !plainID(e.ID)) {
				t.Errorf("%s became %+v", raw, e)
			}
		}
		for _, kind := range []string{"GUILD_CREATE", "GUILD_DELETE", "CHANNEL_DELETE", "THREAD_DELETE", "MESSAGE_CREATE"} {
			check(seen.event(dispatch{kind, 1, raw}))
		}
		check(readWebhook(raw, "1"))
	})
}

// Whatever a reply says of limits, the next call is at most about a day away, and possible then.
func FuzzLimits(f *testing.F) {
	f.Add(200, "5", "4", "1.5", "b1", "user", "", "", `{"retry_after":1.5}`)
	f.Add(429, "5", "0", "-1", "b2", "global", "true", "7", `{"retry_after":1e300,"global":true}`)
	f.Add(403, "x", "99999999999999999999", "NaN", "", "shared", "", "Inf", `<html>`)
	f.Fuzz(func(t *testing.T, status int, limit, left, after, name, scope, global, retry, body string) {
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		l := newLimits(func() time.Time { return now })
		h := http.Header{"X-Ratelimit-Limit": {limit}, "X-Ratelimit-Remaining": {left}, "X-Ratelimit-Reset-After": {after}, "X-Ratelimit-Bucket": {name},
			"X-Ratelimit-Scope": {scope}, "X-Ratelimit-Global": {global}, "Retry-After": {retry}}
		no, _ := (&outcome{status: status, header: h}).refusal([]byte(body))
		r := route{name: "x", major: "1"}
		if _, ok := l.take(r); !ok {
			t.Fatal("the first call may not be made")
		}
		l.done(r, status, h, no.Retry)
		for range 3 {
			at := l.at(r)
			if at.After(now.Add(25 * time.Hour)) {
				t.Fatalf("the next call is at %v", at)
			}
			if at.After(now) {
				now = at
			}
			if _, ok := l.take(r); ok {
				return
			}
		}
		t.Error("no call is possible any more")
	})
}

// What a channel's history says is only looked through: a key is found where it stands.
func FuzzHistory(f *testing.F) {
	f.Add([]byte(`[{"id":"1","nonce":"n","author":{"id":"2"},"components":[{"type":17,"components":[{"type":1,"components":[{"custom_id":"f:answer:k-1"}]}]}]}]`), "k-1")
	f.Add([]byte(`[{"id":"1","nonce":5,"components":[{"options":[{"value":"f:x:k-1"}]}]}]`), "k-1")
	f.Fuzz(func(t *testing.T, raw []byte, key string) {
		var page []past
		if json.Unmarshal(raw, &page) != nil {
			return
		}
		for _, m := range page {
			if m.is("no such nonce", key) && !strings.Contains(fmt.Sprint(m.Components), key) {
				t.Errorf("%q was found in %s", key, raw)
			}
		}
	})
}
