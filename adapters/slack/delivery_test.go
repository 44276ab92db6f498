package slack_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/slack"
	"github.com/interviewbot/interviewbot/adapters/slack/slacktest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// An event whose handling failed is not acknowledged; it comes again as the same event until it is handled.
func TestEventComesAgain(t *testing.T) {
	for _, http := range []bool{false, true} {
		t.Run(fmt.Sprintf("http %v", http), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, http, slacktest.Options{Scopes: allScopes()})
			var mu sync.Mutex
			failures := 2
			s.bot.answers(func(context.Context, chat.Event) (chat.Response, error) {
				mu.Lock()
				defer mu.Unlock()
				if failures--; failures >= 0 {
					return chat.Response{}, chat.ErrBusy
				}
				return chat.Response{}, nil
			})
			c := s.server.AddChannel("new", false, false)
			s.server.Invite(c)
			s.await("the event did not come three times", func() bool { return s.bot.count() == 3 })
			all := s.bot.heard()
			for _, e := range all {
				if e.ID != all[0].ID || e.What != (chat.Added{}) || e.Channel != channelID(c) {
					t.Errorf("heard %+v, first %+v", e, all[0])
				}
			}
		})
	}
}

// An event that takes longer than Slack waits comes again as the same event, and is not handled less for it.
func TestSlowEventComesAgain(t *testing.T) {
	t.Parallel()
	s := newScene(t, false, slacktest.Options{Scopes: allScopes()})
	slow := make(chan struct{})
	var once sync.Once
	s.bot.answers(func(context.Context, chat.Event) (chat.Response, error) {
		once.Do(func() { <-slow })
		return chat.Response{}, nil
	})
	s.server.Kick(s.c)
	s.await("the event did not come again", func() bool { return s.bot.count() == 2 })
	close(slow)
	if all := s.bot.heard(); all[0].ID != all[1].ID {
		t.Errorf("it came as %s and as %s", all[0].ID, all[1].ID)
	}
}

// What slack-go cannot decode is read all the same, and acknowledged.
func TestUndecodableIsRead(t *testing.T) {
	t.Parallel()
	s := newScene(t, false, slacktest.Options{})
	strange := map[string]any{
		"type": "block_actions", "user": map[string]any{"id": s.ada.ID(), "name": "ada"}, "trigger_id": "1.2.x",
		"container": map[string]any{"type": "message", "channel_id": s.c, "message_ts": "1.2"},
		"message":   map[string]any{"ts": "1.2", "blocks": []any{map[string]any{"type": "section", "text": 5}}},
		"actions":   []any{map[string]any{"action_id": "1r:hint", "block_id": 7, "type": "button"}},
	}
	if _, err := s.server.Envelope("interactive", strange); err != nil {
		t.Errorf("not acknowledged: %v", err)
	}
	if all := s.bot.heard(); len(all) != 1 || all[0].What.(chat.Press).Action != "hint" {
		t.Errorf("heard %+v", all)
	}
	for _, junk := range []any{"a string", 5, []any{}, map[string]any{"type": "block_actions"}, map[string]any{"type": "of the future"}} {
		if _, err := s.server.Envelope("interactive", junk); err != nil {
			t.Errorf("%v is not acknowledged: %v", junk, err)
		}
	}
	if n := s.bot.count(); n != 1 {
		t.Errorf("the handler heard %d events", n)
	}
}

// Slack renews connections; with two of them nothing is lost meanwhile.
func TestRenewalLosesNothing(t *testing.T) {
	t.Parallel()
	s := newScene(t, false, slacktest.Options{})
	s.bot.answers(func(_ context.Context, e chat.Event) (chat.Response, error) {
		m := say("Heard " + e.What.(chat.Call).Args["topic"] + ".")
		return chat.Response{Reply: &m}, nil
	})
	for i, reason := range []string{"warning", "refresh_requested", "warning", "refresh_requested"} {
		s.await("there are no two connections", func() bool { return s.server.Connections() == 2 })
		s.server.Disconnect(reason, 50*time.Millisecond)
		for j := range 5 {
			s.must(s.ada.Type(s.c, fmt.Sprintf("/interview practice n%d-%d", i, j)))
		}
		for j := range 5 {
			s.sees(s.c, fmt.Sprintf("Heard n%d-%d.", i, j))
		}
	}
	if got := s.ada.Troubles(); len(got) != 0 {
		t.Errorf("lost: %q", got)
	}
	if err := s.adapter().Healthy(); err != nil {
		t.Error(err)
	}
}

// An answer that no acknowledgement over a socket can carry is acknowledged first and sent then.
func TestLongAnswersAreAcknowledged(t *testing.T) {
	t.Parallel()
	s := newScene(t, false, slacktest.Options{})
	long := chat.Paragraph{Text: chat.T(strings.Repeat("<", 2500))} // each is six bytes in JSON
	s.bot.replies(say("A long answer.", long, long, long))
	s.must(s.ada.Type(s.c, "/interview practice"))
	s.sees(s.c, "A long answer.")
	s.Overdue()
	if got := s.ada.Troubles(); len(got) != 0 {
		t.Errorf("Slack complained: %q", got)
	}
}

// After a long outage the bot is back soon, and does not sleep on for as long as the outage was.
func TestAfterAnOutageItIsBackSoon(t *testing.T) {
	t.Parallel()
	s := newScene(t, false, slacktest.Options{})
	s.await("there are no two connections", func() bool { return s.server.Connections() == 2 })
	s.must(s.Stop())
	s.server.Fail(slacktest.Fault{Method: "apps.connections.open", Kind: slacktest.Broken, Times: 12}) // slack-go would take 200 s
	a, err := slack.New(slack.Options{BotToken: s.server.BotToken, AppToken: s.server.AppToken, APIURL: s.server.APIURL(), Table: table()})
	if err != nil {
		t.Fatal(err)
	}
	slack.RetryWithin(a, time.Second)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, (&ears{}).handle) }()
	s.await("it is not back", func() bool { return a.Healthy() == nil })
	stop()
	s.must(<-ended)
}

// Slack ends at once the connections that are too many. They are not made again as fast as that.
func TestConnectionsThatEndAtOnceAreNotMadeInARush(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(slacktest.Options{})
	t.Cleanup(server.Close)
	server.Crowd(1000)
	began := time.Now()
	runs(t, server, slack.Options{})
	(&world{t: t, server: server}).await("it does not try again", func() bool { return server.Calls("apps.connections.open", false) >= 6 })
	if took := time.Since(began); took < time.Second {
		t.Errorf("six connections were asked for within %v", took)
	}
}

// A workspace that removes the app is closed: the handler hears of it, calls say so, and the operator gets a sentence.
func TestUninstalled(t *testing.T) {
	for _, http := range []bool{false, true} {
		t.Run(fmt.Sprintf("http %v", http), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, http, slacktest.Options{})
			s.server.Uninstall()
			var err error
			select {
			case err = <-s.ended:
				s.ended <- err
			case <-time.After(20 * time.Second):
				t.Fatal("Run goes on")
			}
			if err == nil || !strings.Contains(err.Error(), "install the app again") || !errors.Is(err, chat.ErrRevoked) {
				t.Errorf("Run returned %v", err)
			}
			all := s.bot.heard()
			if len(all) == 0 || all[0].What != (chat.Removed{}) || all[0].Channel != "" || all[0].Space != s.Space() {
				t.Errorf("heard %+v", all)
			}
			before := s.server.Calls("chat.postMessage", false)
			if _, err := s.Platform().Post(t.Context(), channelID(s.c), say("x"), ""); !errors.Is(err, chat.ErrRevoked) {
				t.Errorf("a post got %v", err)
			}
			if n := s.server.Calls("chat.postMessage", false); n != before {
				t.Error("a closed workspace is still called")
			}
			if s.adapter().Healthy() == nil {
				t.Error("a closed workspace is healthy")
			}
		})
	}
}

// While the removal cannot be stored, the workspace stays open so that the event can come again.
func TestUninstalledIsStoredFirst(t *testing.T) {
	t.Parallel()
	s := newScene(t, true, slacktest.Options{Retry: []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond}})
	var mu sync.Mutex
	n := 0
	s.bot.answers(func(context.Context, chat.Event) (chat.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		if n++; n < 3 {
			return chat.Response{}, errors.New("disk full")
		}
		return chat.Response{}, nil
	})
	s.server.Uninstall()
	select {
	case err := <-s.ended:
		s.ended <- nil
		if !errors.Is(err, chat.ErrRevoked) {
			t.Errorf("Run returned %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("Run goes on")
	}
	if s.bot.count() < 3 {
		t.Errorf("the workspace was closed after %d events, none of them stored", s.bot.count())
	}
}

func TestRefusedTokens(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(slacktest.Options{})
	t.Cleanup(server.Close)
	good := slack.Options{BotToken: server.BotToken, AppToken: server.AppToken, SigningSecret: "s", APIURL: server.APIURL(), Table: table()}
	for name, c := range map[string]struct {
		change func(*slack.Options)
		code   string // with which Slack refuses the socket
		want   string
	}{
		"bot token of another app":     {func(o *slack.Options) { o.BotToken = "xoxb-other" }, "", "SLACK_BOT_TOKEN"},
		"the same over HTTP":           {func(o *slack.Options) { o.BotToken, o.HTTP = "xoxb-other", true }, "", "SLACK_BOT_TOKEN"},
		"app token of another app":     {func(o *slack.Options) { o.AppToken = "xapp-other" }, "", "SLACK_APP_TOKEN"},
		"no app token but Slack's own": {func(o *slack.Options) { o.AppToken = "xapp-" }, "", "SLACK_APP_TOKEN"},
		"app token without the scope":  {func(*slack.Options) {}, "missing_scope", "connections:write"},
		"app token of another kind":    {func(*slack.Options) {}, "not_allowed_token_type", "SLACK_APP_TOKEN"},
	} {
		o := good
		c.change(&o)
		if c.code != "" {
			server.Fail(slacktest.Fault{Method: "apps.connections.open", Kind: slacktest.Refused, Code: c.code})
		}
		a, err := slack.New(o)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
		err = a.Run(ctx, (&ears{}).handle)
		if stop(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: Run returned %v, want a sentence about %s", name, err, c.want)
		}
	}
}

// Mistakes in the configuration are all named at once.
func TestOptionsAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		o    slack.Options
		want []string
	}{
		"nothing":      {slack.Options{}, []string{"SLACK_BOT_TOKEN is missing", "SLACK_APP_TOKEN is missing"}},
		"nothing HTTP": {slack.Options{HTTP: true}, []string{"SLACK_BOT_TOKEN is missing", "SLACK_SIGNING_SECRET is missing"}},
		"swapped":      {slack.Options{BotToken: "xapp-1", AppToken: "xoxb-1"}, []string{"belongs in SLACK_APP_TOKEN", "begins with xapp-"}},
		"a person's":   {slack.Options{BotToken: "xoxp-1", AppToken: "xapp-1"}, []string{"a person's token"}},
		"no address":   {slack.Options{BotToken: "xoxb-1", AppToken: "xapp-1", APIURL: "slack.com/api"}, []string{"SLACK_API_URL"}},
	} {
		_, err := slack.New(c.o)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", name, err, want)
			}
		}
		if err != nil && (strings.Contains(err.Error(), "xoxp-1") || strings.Contains(err.Error(), "xapp-1")) {
			t.Errorf("%s: the error holds a token: %v", name, err)
		}
	}
}

// Requests that arrive before the adapter runs, or after, are asked to come again; Slack's check of the address is
// answered at any time.
func TestHTTPBeforeRun(t *testing.T) {
	server := slacktest.Start(slacktest.Options{})
	t.Cleanup(server.Close)
	a, err := slack.New(slack.Options{BotToken: server.BotToken, SigningSecret: server.SigningSecret, APIURL: server.APIURL(), HTTP: true, Table: table()})
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]int{
		`{"type":"url_verification","challenge":"c0ffee","token":"x"}`:                                        200,
		`{"type":"event_callback","team_id":"T0TEAM001","event_id":"Ev1","event":{"type":"app_uninstalled"}}`: 503,
		"command=%2Finterview&text=&user_id=U1&channel_id=C1&trigger_id=1.2.x":                                503,
	} {
		req, err := server.Signed("http://bot.example/slack/events", "application/json", []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, req)
		if w.Code != want || want == 200 && w.Body.String() != "c0ffee" {
			t.Errorf("%s: %d %s, want %d", body, w.Code, w.Body, want)
		}
	}
}

// Logs hold no token, secret or address to answer at, and nothing that anybody wrote, whatever goes wrong.
func TestLogsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	logged := &journal{}
	server := slacktest.Start(slacktest.Options{Scopes: []string{"chat:write", "commands"}})
	t.Cleanup(server.Close)
	h := &ears{}
	a, err := slack.New(slack.Options{
		BotToken: server.BotToken, AppToken: server.AppToken, APIURL: server.APIURL(), Table: table(),
		Log: slog.New(slog.NewJSONHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx, h.handle) }()
	w := &world{t: t, server: server}
	w.await("not up", func() bool { return a.Healthy() == nil && server.Connections() > 0 })
	ada, c := server.AddPerson("Ada", "", false), server.AddChannel("general", false, true)
	h.answers(func(_ context.Context, e chat.Event) (chat.Response, error) {
		m := say("my secret answer")
		if e.What.(chat.Call).Args["topic"] == "panic" {
			panic("it broke")
		}
		return chat.Response{Reply: &m}, errors.New("disk full")
	})
	for i, line := range []string{"/interview practice my-secret-words", "/interview practice panic"} {
		if err := ada.Type(c, line); err != nil {
			t.Fatal(err)
		}
		w.await("no answer", func() bool { return len(ada.Screen(c)) == i+1 })
	}
	server.Fail(slacktest.Fault{Method: "views.open", Kind: slacktest.Broken})
	h.answers(func(context.Context, chat.Event) (chat.Response, error) {
		return chat.Response{Form: answerForm("my-secret-words")}, nil
	})
	if err := ada.Type(c, "/interview setup"); err != nil {
		t.Fatal(err)
	}
	w.await("no answer", func() bool { return len(ada.Screen(c)) == 3 })
	_, _ = server.Envelope("interactive", json.RawMessage(`{"type":"view_submission","user":"my-secret-words"}`))
	server.Close()
	stop()
	<-done
	if logged.String() == "" {
		t.Error("nothing was logged of all that went wrong")
	}
	for _, secret := range []string{server.BotToken, server.AppToken, server.SigningSecret, "/respond/", "ticket", "my-secret", "my secret"} {
		if strings.Contains(logged.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, logged.String())
		}
	}
}

// What was under way when the program was told to end is still acknowledged: slack-go only queues an acknowledgement, and
// the connection must not be closed before it is written.
func TestTheLastAcknowledgementIsWritten(t *testing.T) {
	t.Parallel()
	for i := range 20 {
		s := newScene(t, false, slacktest.Options{})
		begun, finish := make(chan struct{}), make(chan struct{})
		s.bot.answers(func(context.Context, chat.Event) (chat.Response, error) {
			close(begun)
			<-finish
			m := say("Heard you.")
			return chat.Response{Reply: &m}, nil
		})
		s.must(s.ada.Type(s.c, "/interview practice caching"))
		<-begun
		stopped := make(chan error, 1)
		go func() { stopped <- s.Stop() }()
		close(finish)
		s.must(<-stopped)
		s.await("nothing came of the command", func() bool { return len(s.ada.Screen(s.c))+len(s.ada.Troubles()) > 0 })
		if got := s.ada.Troubles(); len(got) != 0 {
			t.Fatalf("of run %d: %q", i, got)
		}
	}
}
