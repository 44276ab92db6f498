package slack_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/slack"
	"github.com/interviewbot/interviewbot/adapters/slack/slacktest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// Who sets a channel up hears at once that the bot cannot speak there, and what to do.
func TestReach(t *testing.T) {
	s := newScene(t, true, slacktest.Options{})
	out, hidden, old := s.server.AddChannel("out", false, false), s.server.AddChannel("hidden", true, false), s.server.AddChannel("old", false, true)
	s.server.Archive(old)
	for c, want := range map[string]string{s.c: "", out: "/invite", hidden: "/invite", old: "archived", s.ada.ID(): ""} {
		if got := s.adapter().Reach(t.Context(), channelID(c)); (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("of %s it says %q, want %q", c, got, want)
		}
	}
	s.Until(s.Now().Add(time.Minute)) // the method has its limits
	s.server.Fail(slacktest.Fault{Method: "chat.postEphemeral", Kind: slacktest.Refused, Code: "user_not_in_channel"})
	if got := s.adapter().Reach(t.Context(), channelID(s.c)); !strings.Contains(got, "/invite") {
		t.Errorf("of the method's own word for it: %q", got)
	}
	s.server.Fail(slacktest.Fault{Method: "chat.postEphemeral", Kind: slacktest.Refused, Code: "internal_error"})
	if got := s.adapter().Reach(t.Context(), channelID(s.c)); got != "" {
		t.Errorf("when it cannot be told: %q", got)
	}
	if m := s.ada.Screen(s.c); len(m) != 0 {
		t.Errorf("the check can be seen: %+v", m)
	}
}

// With the base manifest alone the bot says precisely what is missing, and where.
func TestCheckNamesWhatIsMissing(t *testing.T) {
	s := newScene(t, false, slacktest.Options{})
	in, out := s.server.AddChannel("in", false, true), s.server.AddChannel("out", false, false)
	private, hidden, old := s.server.AddChannel("private", true, true), s.server.AddChannel("hidden", true, false), s.server.AddChannel("old", false, true)
	s.server.Archive(old)
	got := s.adapter().Check(t.Context(), []chat.ChannelID{channelID(in), channelID(out), channelID(private), channelID(hidden), channelID(old),
		channelID("C0NOWHERE"), channelID(s.ada.ID()), "slack:T0OTHER01:C000000001"})
	for _, want := range []string{out + ". Type /invite", hidden + " cannot be seen", old + " is archived", "C0NOWHERE cannot be seen", "another Slack workspace"} {
		if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("nothing says %q: %q", want, got)
		}
	}
	if len(got) != 5 {
		t.Errorf("%d sentences: %q", len(got), got)
	}
	for _, c := range []string{in, private} {
		if m := s.ada.Screen(c); len(m) != 0 {
			t.Errorf("the check can be seen in %s: %+v", c, m)
		}
	}
}

func TestCheckNamesScopes(t *testing.T) {
	server := slacktest.Start(slacktest.Options{Scopes: []string{"chat:write"}})
	t.Cleanup(server.Close)
	a, err := slack.New(slack.Options{BotToken: server.BotToken, AppToken: server.AppToken, APIURL: server.APIURL(), Table: table()})
	if err != nil {
		t.Fatal(err)
	}
	got := a.Check(t.Context(), nil)
	if len(got) != 2 || !strings.Contains(got[0], "scope commands,") || !strings.Contains(got[1], "scope users:read,") {
		t.Errorf("said %q", got)
	}
	server.Revoke()
	b, err := slack.New(slack.Options{BotToken: server.BotToken, AppToken: server.AppToken, APIURL: server.APIURL(), Table: table()})
	if err != nil {
		t.Fatal(err)
	}
	if got := b.Check(t.Context(), nil); len(got) != 1 || !strings.Contains(got[0], "SLACK_BOT_TOKEN") {
		t.Errorf("of a revoked token: %q", got)
	}
	server.Close()
	c, err := slack.New(slack.Options{BotToken: server.BotToken, AppToken: server.AppToken, APIURL: server.APIURL(), Table: table()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if got := c.Check(ctx, nil); len(got) != 1 || !strings.Contains(got[0], "could not be asked") {
		t.Errorf("of an unreachable Slack: %q", got)
	}
}

// A program that starts before its network is checked all the same.
func TestCheckWaitsForSlack(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(slacktest.Options{Scopes: []string{"chat:write", "commands"}})
	t.Cleanup(server.Close)
	server.Fail(slacktest.Fault{Method: "auth.test", Kind: slacktest.Broken})
	a, err := slack.New(slack.Options{BotToken: server.BotToken, AppToken: server.AppToken, APIURL: server.APIURL(), Table: table()})
	if err != nil {
		t.Fatal(err)
	}
	if got := a.Check(t.Context(), nil); len(got) != 1 || !strings.Contains(got[0], "scope users:read,") {
		t.Errorf("said %q", got)
	}
}

// The base manifest is enough for everything but pictures and settling by history, which degrade.
func TestBaseScopes(t *testing.T) {
	for _, http := range []bool{false, true} {
		s := newScene(t, http, slacktest.Options{})
		a := s.adapter()
		m := say("A streak.", chat.Image{PNG: []byte("a picture"), Description: "Six weeks, most of them green"})
		if _, err := a.Post(t.Context(), channelID(s.c), m, "k-1"); err != nil {
			t.Fatal(err)
		}
		if got := s.sees(s.c, "A streak."); !strings.Contains(got.Text, "Six weeks, most of them green") || len(got.Pictures) != 0 {
			t.Errorf("without files:write a picture is %+v", got)
		}
		if _, err := a.Find(t.Context(), channelID(s.c), "k-1", s.Now()); !errors.Is(err, chat.ErrUnsupported) {
			t.Errorf("without history Find says %v", err)
		}
		if err := a.Direct(t.Context(), chat.UserID(channelID(s.ada.ID())), say("Just you.")); err != nil {
			t.Error(err)
		}
		s.sees(s.ada.Direct(), "Just you.")
		if _, err := a.Post(t.Context(), channelID(s.ada.ID()), say("Your own track."), ""); err != nil {
			t.Error(err)
		}
		s.sees(s.ada.Direct(), "Your own track.")
	}
}

func TestFindReadsPages(t *testing.T) {
	t.Parallel()
	s := newScene(t, false, slacktest.Options{Scopes: allScopes()})
	a := s.adapter()
	private := s.server.AddChannel("private", true, true)
	since := s.Now()
	ids := map[string]chat.MessageID{}
	for _, c := range []string{s.c, private} {
		for _, key := range []string{"r-1", "r-10", "r-100"} {
			s.Until(a.Ready(channelID(c), chat.KindPost))
			id, err := a.Post(t.Context(), channelID(c), say("Round "+key, buttons(chat.Button{Label: "Answer", Action: "answer." + key})), key)
			if err != nil {
				t.Fatal(err)
			}
			ids[c+key] = id
		}
	}
	for _, c := range []string{s.c, private} {
		for _, key := range []string{"r-1", "r-10", "r-100"} {
			if got, err := a.Find(t.Context(), channelID(c), key, since); err != nil || got != ids[c+key] {
				t.Errorf("found %q, %v; want %q", got, err, ids[c+key])
			}
		}
	}
	if got, err := a.Find(t.Context(), channelID(s.c), "r-1", s.Now().Add(time.Minute)); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("found %q, %v, which is older than asked for", got, err)
	}
	if _, err := a.Find(t.Context(), channelID(s.ada.ID()), "r-1", since); !errors.Is(err, chat.ErrUnsupported) {
		t.Errorf("in a direct conversation Find says %v", err)
	}
	if _, err := a.Find(t.Context(), channelID("C0NOWHERE"), "r-1", since); err == nil || errors.Is(err, chat.ErrNotFound) {
		t.Errorf("where it cannot look Find says %v", err)
	}
}

// Of a part of the history it cannot be told that a post is not there.
func TestFindInAPartOfTheHistory(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "auth.test") {
			_, _ = io.WriteString(w, `{"ok":true,"team_id":"T1","user_id":"U0"}`)
			return
		}
		_, _ = io.WriteString(w, `{"ok":true,"messages":[],"has_more":true}`)
	}))
	t.Cleanup(server.Close)
	a, err := slack.New(slack.Options{BotToken: "xoxb-1", AppToken: "xapp-1", APIURL: server.URL, Table: table()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Find(t.Context(), "slack:T1:C1", "r-1", time.Now()); err == nil || errors.Is(err, chat.ErrNotFound) || !strings.Contains(err.Error(), "a part") {
		t.Errorf("Find says %v", err)
	}
}

// Who somebody is is asked once, and believed for some minutes.
func TestPeopleAreAskedForOnce(t *testing.T) {
	s := newScene(t, true, slacktest.Options{})
	s.bot.replies(say("Yes."))
	for i, skip := range []time.Duration{0, time.Minute, 10 * time.Minute} {
		s.Until(s.Now().Add(skip))
		s.must(s.ada.Type(s.c, "/interview streak"))
		s.await("no answer", func() bool { return len(s.ada.Screen(s.c)) == i+1 })
		if n := s.server.Calls("users.info", false); n != 1+i/2 {
			t.Errorf("after %d commands it was asked %d times", i+1, n)
		}
	}
}

// Where Slack does not open a direct conversation by itself, an app that may opens it.
func TestDirectIsOpened(t *testing.T) {
	for _, with := range []bool{true, false} {
		scopes := []string{"chat:write", "commands", "users:read"}
		if with {
			scopes = append(scopes, "im:write")
		}
		s := newScene(t, true, slacktest.Options{Scopes: scopes})
		s.server.Fail(slacktest.Fault{Method: "chat.postMessage", Direct: true, Kind: slacktest.Refused, Code: "channel_not_found"})
		err := s.adapter().Direct(t.Context(), chat.UserID(channelID(s.ada.ID())), say("Hello."))
		if with {
			s.must(err)
			s.sees(s.ada.Direct(), "Hello.")
		} else if !errors.Is(err, chat.ErrGone) {
			t.Errorf("without im:write: %v", err)
		}
	}
}
