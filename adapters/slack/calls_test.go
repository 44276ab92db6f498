package slack_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/slack"
	"github.com/interviewbot/interviewbot/adapters/slack/slacktest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// An address to answer at that is not Slack's is never spoken to; the answer goes another way.
func TestForeignResponseURL(t *testing.T) {
	t.Parallel()
	foreign := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a foreign address was called") }))
	t.Cleanup(foreign.Close)
	s := newScene(t, false, slacktest.Options{})
	s.bot.replies(say("An answer."))
	_, err := s.server.Envelope("interactive", map[string]any{
		"type": "block_actions", "user": map[string]any{"id": s.ada.ID()}, "trigger_id": "1.1", "response_url": foreign.URL,
		"container": map[string]any{"type": "message", "channel_id": s.c, "message_ts": "1.2"}, "actions": []any{map[string]any{"action_id": "1r:hint"}},
	})
	s.must(err)
	s.await("the answer does not come directly", func() bool { return len(s.ada.Screen(s.ada.Direct())) == 1 })
	for address, want := range map[string]bool{
		"https://hooks.slack.com/commands/T1/2/x": true, "https://hooks.slack-gov.com/actions/x": true, s.server.APIURL(): true,
		"https://hooks.slack.com.evil.example/x": false, "http://hooks.slack.com/x": false, "https://user@hooks.slack.com/x": false,
		"https://hooks.slack.com:8443/x": false, "file:///etc/passwd": false, ":": false, "": false, foreign.URL: false,
	} {
		if got := slack.MayRespond(s.adapter(), address); got != want {
			t.Errorf("%q may be spoken to: %v", address, got)
		}
	}
}

// An answer at such an address waits for its limits; one of which it is not known whether it arrived is not made again,
// and its address, which is a secret, is not logged.
func TestResponseURLFails(t *testing.T) {
	t.Parallel()
	s := newScene(t, false, slacktest.Options{})
	long := chat.Paragraph{Text: chat.T(strings.Repeat("<", 2500))} // no acknowledgement over a socket can carry three
	for i, kind := range []slacktest.FaultKind{slacktest.Limited, slacktest.Lost} {
		s.bot.replies(say(fmt.Sprintf("Answer %d.", i), long, long, long))
		s.server.Fail(slacktest.Fault{Method: "response_url", Kind: kind, After: time.Second})
		s.must(s.ada.Type(s.c, "/interview practice"))
		s.sees(s.c, fmt.Sprintf("Answer %d.", i))
	}
	s.await("nothing is logged", func() bool { return strings.Contains(s.log.String(), "could not answer") })
	s.must(s.Stop())
	if n := len(s.ada.Screen(s.c)) + len(s.ada.Screen(s.ada.Direct())); n != 2 || strings.Contains(s.log.String(), "/respond/") {
		t.Errorf("%d answers; logged: %s", n, s.log.String())
	}
}

// A request that was begun on a kept connection that had broken, and could not be made on a new one, was surely not sent.
func TestABrokenIdleConnectionSendsNothing(t *testing.T) {
	server := slacktest.Start(slacktest.Options{})
	t.Cleanup(server.Close)
	a, err := slack.New(slack.Options{BotToken: server.BotToken, AppToken: server.AppToken, APIURL: server.APIURL(), Table: table()})
	if err != nil {
		t.Fatal(err)
	}
	breaks := slack.Stale(a)
	one, two := channelID(server.AddChannel("one", false, true)), channelID(server.AddChannel("two", false, true))
	if _, err := a.Post(t.Context(), one, say("x"), "k-1"); err != nil {
		t.Fatal(err)
	}
	breaks()
	if _, err := a.Post(t.Context(), two, say("x"), "k-2"); err == nil || errors.Is(err, chat.ErrUncertain) {
		t.Errorf("a post that cannot have been sent got %v", err)
	}
	if n := server.Calls("chat.postMessage", false); n != 1 {
		t.Errorf("%d requests arrived", n)
	}
}

// An answer that names no message leaves open whether there is one; a redirection is not followed, for the token would go along.
func TestStrangeAnswers(t *testing.T) {
	foreign := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a foreign address was called") }))
	t.Cleanup(foreign.Close)
	for name, c := range map[string]struct {
		answer    http.HandlerFunc
		uncertain bool
	}{
		"no message": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"ok":true}`)
		}, true},
		"elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, foreign.URL, http.StatusTemporaryRedirect)
		}, false},
	} {
		server := httptest.NewServer(c.answer)
		t.Cleanup(server.Close)
		a, err := slack.New(slack.Options{BotToken: "xoxb-1", AppToken: "xapp-1", APIURL: server.URL, Table: table()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Post(t.Context(), "slack:T1:C1", say("x"), "k-1"); err == nil || errors.Is(err, chat.ErrUncertain) != c.uncertain {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Where SLACK_API_URL leads nowhere, the operator is told where that is, without a password in it.
func TestWhereSlackCannotBeReachedIsSaid(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	var log journal
	a, err := slack.New(slack.Options{
		BotToken: "xoxb-1", AppToken: "xapp-1", Table: table(), Log: slog.New(slog.NewTextHandler(&log, nil)),
		APIURL: strings.Replace(server.URL, "http://", "http://me:my-secret@", 1) + "/oops",
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer stop()
	if err := a.Run(ctx, (&ears{}).handle); err != nil {
		t.Error(err)
	}
	if said := log.String(); !strings.Contains(said, "/oops/") || !strings.Contains(said, "404") || strings.Contains(said, "my-secret") {
		t.Errorf("logged: %s", said)
	}
}
