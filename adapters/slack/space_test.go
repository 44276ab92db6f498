package slack_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/slack"
	"github.com/interviewbot/interviewbot/adapters/slack/slacktest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// runs runs an adapter in a workspace of its own, with a handler that is told everything.
func runs(t *testing.T, server *slacktest.Server, o slack.Options) (h *ears, a *slack.Adapter, ended chan error) {
	t.Helper()
	o.BotToken, o.AppToken, o.SigningSecret, o.APIURL, o.Table = server.BotToken, server.AppToken, server.SigningSecret, server.APIURL(), table()
	a, err := slack.New(o)
	if err != nil {
		t.Fatal(err)
	}
	h, ended = &ears{}, make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		ended <- a.Run(ctx, h.handle)
		close(done)
	}()
	t.Cleanup(func() {
		stop()
		<-done
	})
	return h, a, ended
}

// At every start the bot hears that it is in the workspace: after a removal that is how it learns that it came back,
// for the base manifest subscribes to nothing that would say so.
func TestStartSaysThatItIsThere(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(slacktest.Options{})
	t.Cleanup(server.Close)
	seen := map[chat.EventID]bool{}
	for range 2 {
		h, _, _ := runs(t, server, slack.Options{HTTP: true})
		(&world{t: t, server: server}).await("nothing says that it is there", func() bool { return h.count() > 0 })
		e := h.heard()[0]
		if e.What != (chat.Added{}) || e.Space != "slack:"+slacktest.TeamID || e.Channel != "" || e.ID == "" || seen[e.ID] {
			t.Errorf("heard %+v, of %v", e, seen)
		}
		seen[e.ID] = true
	}
}

// A token that ends without an event is a removal too: the bot hears of it before the workspace is closed.
func TestRevokedTokenIsARemoval(t *testing.T) {
	for code, removed := range map[string]bool{"token_revoked": true, "account_inactive": true, "invalid_auth": false} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, true, slacktest.Options{})
			s.server.Fail(slacktest.Fault{Method: "chat.postMessage", Kind: slacktest.Refused, Code: code})
			if _, err := s.adapter().Post(t.Context(), channelID(s.c), say("x"), ""); !errors.Is(err, chat.ErrRevoked) {
				t.Fatalf("a post got %v", err)
			}
			if err := <-s.ended; !errors.Is(err, chat.ErrRevoked) {
				t.Errorf("Run returned %v", err)
			}
			s.ended <- nil
			all := s.bot.heard()
			if !removed {
				if len(all) != 0 {
					t.Errorf("heard %+v", all)
				}
				return
			}
			if len(all) != 1 || all[0].What != (chat.Removed{}) || all[0].Space != s.Space() || all[0].Channel != "" || all[0].ID == "" {
				t.Errorf("heard %+v", all)
			}
		})
	}
}

// An app whose tokens end together was removed too, though its sockets are refused before anything else is.
func TestBothTokensEndTogether(t *testing.T) {
	t.Parallel()
	s := newScene(t, false, slacktest.Options{})
	s.server.Revoke()
	s.server.Cut()
	select {
	case err := <-s.ended:
		s.ended <- nil
		if !errors.Is(err, chat.ErrRevoked) || !strings.Contains(err.Error(), "install the app again") {
			t.Errorf("Run returned %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("Run goes on")
	}
	if all := s.bot.heard(); len(all) != 1 || all[0].What != (chat.Removed{}) || all[0].Channel != "" {
		t.Errorf("heard %+v", all)
	}
}

// An app that is removed while no process runs is noted at the next start, once: the refused token's workspace is remembered.
func TestRemovedWhileStopped(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(slacktest.Options{})
	t.Cleanup(server.Close)
	keep := adaptertest.NewKeep(time.Now)
	t.Run("before", func(t *testing.T) { // it is stopped when this ends
		h, _, _ := runs(t, server, slack.Options{HTTP: true, Keep: keep})
		(&world{t: t, server: server}).await("nothing says that it is there", func() bool { return h.count() > 0 })
	})
	server.Revoke()
	for _, want := range []int{1, 0} {
		h, _, ended := runs(t, server, slack.Options{HTTP: true, Keep: keep})
		if err := <-ended; !errors.Is(err, chat.ErrRevoked) {
			t.Errorf("Run returned %v", err)
		}
		all := h.heard()
		if len(all) != want {
			t.Fatalf("heard %+v, want %d", all, want)
		}
		for _, e := range all {
			if e.What != (chat.Removed{}) || e.Space != "slack:"+slacktest.TeamID || e.Channel != "" || e.ID == "" {
				t.Errorf("heard %+v", e)
			}
		}
	}
}

// A replica that still has the token of an installation that is over says nothing of the one that came after it, which works.
func TestAnOldTokenRemovesNothingOfANewInstallation(t *testing.T) {
	t.Parallel()
	keep := adaptertest.NewKeep(time.Now)
	start := func(t *testing.T, token string) *slacktest.Server {
		server := slacktest.Start(slacktest.Options{})
		t.Cleanup(server.Close)
		server.BotToken = token
		t.Run(token, func(t *testing.T) {
			h, _, _ := runs(t, server, slack.Options{HTTP: true, Keep: keep})
			(&world{t: t, server: server}).await("nothing says that it is there", func() bool { return h.count() > 0 })
		})
		return server
	}
	old := start(t, "xoxb-old")
	old.Revoke()
	start(t, "xoxb-new")
	h, _, ended := runs(t, old, slack.Options{HTTP: true, Keep: keep})
	if err := <-ended; !errors.Is(err, chat.ErrRevoked) {
		t.Errorf("Run returned %v", err)
	}
	if all := h.heard(); len(all) != 0 {
		t.Errorf("heard %+v", all)
	}
	if all, err := keep.List(t.Context(), "", ""); err != nil || len(all) != 1 {
		t.Errorf("kept %d values, %v; want what is known of the new token", len(all), err)
	}
}

// twoInstallations are of one app in one workspace, one after the other, with what the bot keeps through both.
func twoInstallations(t *testing.T) (old, next *slacktest.Server, keep *adaptertest.Keep) {
	t.Helper()
	old, next = slacktest.Start(slacktest.Options{}), slacktest.Start(slacktest.Options{})
	t.Cleanup(old.Close)
	t.Cleanup(next.Close)
	next.BotToken = "xoxb-new"
	return old, next, adaptertest.NewKeep(time.Now)
}

// The same of a replica that has run since before, and finds out late that its token ended.
func TestATokenThatEndsLateRemovesNothing(t *testing.T) {
	t.Parallel()
	old, next, keep := twoInstallations(t)
	h, a, ended := runs(t, old, slack.Options{HTTP: true, Keep: keep})
	w := &world{t: t, server: old}
	w.await("nothing says that it is there", func() bool { return h.count() == 1 })
	old.Revoke()
	fresh, _, _ := runs(t, next, slack.Options{HTTP: true, Keep: keep})
	w.await("nothing says that it is there again", func() bool { return fresh.count() == 1 })
	if _, err := a.Post(t.Context(), chat.ChannelID("slack:"+slacktest.TeamID+":C1"), chat.Message{Summary: "Hello"}, "k"); !errors.Is(err, chat.ErrRevoked) {
		t.Fatalf("Post: %v", err)
	}
	if err := <-ended; !errors.Is(err, chat.ErrRevoked) {
		t.Errorf("Run returned %v", err)
	}
	if n := h.count(); n != 1 {
		t.Errorf("heard %+v", h.heard())
	}
}

// And of one that is told, late, that the installation ended whose token it still has: another copy may know better.
func TestLateRemovalIsNotBelievedByAnOldToken(t *testing.T) {
	t.Parallel()
	old, next, keep := twoInstallations(t)
	h, a, _ := runs(t, old, slack.Options{Keep: keep})
	w := &world{t: t, server: old}
	w.await("it is not connected", func() bool { return a.Healthy() == nil && h.count() == 1 })
	fresh, _, _ := runs(t, next, slack.Options{HTTP: true, Keep: keep})
	w.await("nothing says that it is there again", func() bool { return fresh.count() == 1 })
	old.Revoke()
	payload := map[string]any{"type": "event_callback", "team_id": slacktest.TeamID, "event_id": "Ev1", "event": map[string]any{"type": "app_uninstalled"}}
	if _, err := old.Envelope("events_api", payload); err == nil {
		t.Error("it was acknowledged")
	}
	if n := h.count(); n != 1 {
		t.Errorf("heard %+v", h.heard())
	}
}

// What Slack says of an installation that is over may arrive after the next one: as long as the token works, nothing is
// removed, and the event is left to come again.
func TestLateRemovalIsNotBelieved(t *testing.T) {
	for name, event := range map[string]map[string]any{
		"uninstalled": {"type": "app_uninstalled"},
		"revoked":     {"type": "tokens_revoked", "tokens": map[string]any{"bot": []any{slacktest.BotID}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, false, slacktest.Options{})
			payload := map[string]any{"type": "event_callback", "team_id": slacktest.TeamID, "event_id": "Ev1", "event": event}
			if _, err := s.server.Envelope("events_api", payload); err == nil {
				t.Error("it was acknowledged")
			}
			if all := s.bot.heard(); len(all) != 0 {
				t.Errorf("heard %+v", all)
			}
			if err := s.adapter().Healthy(); err != nil {
				t.Errorf("not healthy: %v", err)
			}
			s.server.Revoke()
			if _, err := s.server.Envelope("events_api", payload); err != nil {
				t.Errorf("once it is true: %v", err)
			}
			select {
			case err := <-s.ended:
				s.ended <- nil
				if !errors.Is(err, chat.ErrRevoked) || s.bot.count() != 1 {
					t.Errorf("Run returned %v after %+v", err, s.bot.heard())
				}
			case <-time.After(10 * time.Second):
				t.Error("Run goes on")
			}
		})
	}
}
