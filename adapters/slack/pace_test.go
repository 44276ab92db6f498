package slack_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/slack"
	"github.com/interviewbot/interviewbot/adapters/slack/slacktest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// Two thousand channels due in the same minute are posted to at nine tenths of Slack's rate at least, with no refusal
// that could have been avoided and without remembering them all; people are answered meanwhile. The time is skipped.
func TestTwoThousandChannels(t *testing.T) {
	const channels, limit = 2000, 100
	s := newScene(t, true, slacktest.Options{Posts: limit})
	a := s.adapter()
	s.bot.answers(func(_ context.Context, e chat.Event) (chat.Response, error) {
		m := say("Heard " + e.What.(chat.Call).Args["topic"] + ".")
		return chat.Response{Reply: &m}, nil
	})
	due := make([]chat.ChannelID, channels)
	for i := range due {
		due[i] = channelID(s.server.AddChannel(fmt.Sprintf("c%d", i), false, true))
	}
	began, busiest := s.Now(), 0
	for i, c := range due {
		if at := a.Ready(c, chat.KindPost); at.After(s.Now()) {
			s.Until(at)
		}
		if _, err := a.Post(t.Context(), c, say("Today's question"), fmt.Sprintf("r-%d", i)); err != nil {
			t.Fatalf("post %d: %v", i, err)
		}
		busiest = max(busiest, slack.Busy(a))
		if i%200 == 0 {
			s.must(s.ada.Type(s.c, fmt.Sprintf("/interview practice n%d", i)))
			s.sees(s.c, fmt.Sprintf("Heard n%d.", i))
		}
	}
	took := s.Now().Sub(began)
	rate := float64(channels) / took.Minutes()
	t.Logf("%d posts in %v: %.0f %% of the limit; at most %d channels remembered", channels, took.Round(time.Second), 100*rate/limit, busiest)
	if rate < 0.9*limit {
		t.Errorf("%.1f posts a minute are less than nine tenths of %d", rate, limit)
	}
	if busiest > 300 {
		t.Errorf("%d channels are remembered", busiest)
	}
	if got := s.ada.Troubles(); len(got) > 0 {
		t.Errorf("Slack complained: %q", got)
	}
}

func TestReady(t *testing.T) {
	s := newScene(t, false, slacktest.Options{})
	a := s.adapter()
	c, d := channelID(s.c), channelID(s.server.AddChannel("other", false, true))
	post := func(c chat.ChannelID) error {
		_, err := a.Post(t.Context(), c, say("x"), "")
		return err
	}
	s.must(post(c))
	var later chat.Later
	if err := post(c); !errors.As(err, &later) || later.At.Before(s.Now()) || later.At.After(s.Now().Add(time.Second)) {
		t.Errorf("a second post within a second got %v", err)
	}
	if n := s.server.Calls("chat.postMessage", false); n != 1 {
		t.Errorf("%d requests were made", n)
	}
	if at := a.Ready(d, chat.KindPost); at.After(s.Now()) {
		t.Error("one channel waits for another")
	}
	if at := a.Ready(c, chat.KindEdit); at.After(s.Now()) {
		t.Error("edits wait for posts")
	}
	s.Until(later.At)
	s.must(post(c))
	// What Slack says counts, for the method that it says it of.
	s.server.Fail(slacktest.Fault{Method: "chat.update", Kind: slacktest.Limited, After: 7 * time.Second})
	before := s.Now()
	if err := a.Edit(t.Context(), chat.MessageID(c+":1.1"), say("x")); !errors.As(err, &later) || later.At.Sub(before) < 6*time.Second {
		t.Errorf("got %v", err)
	}
	if a.Ready(c, chat.KindEdit) != later.At || !strings.Contains(fmt.Sprint(a.Edit(t.Context(), chat.MessageID(c+":1.1"), say("x"))), "rate limited") {
		t.Error("edits are not held back")
	}
	if at := a.Ready(d, chat.KindPost); at.After(s.Now()) {
		t.Error("posts wait for edits")
	}
	// Of many at once only a few are made; the others are told when.
	refused := 0
	for i := range 20 {
		if err := post(channelID(s.server.AddChannel(fmt.Sprint(i), false, true))); err != nil {
			refused++
		}
	}
	if refused < 15 || refused > 18 {
		t.Errorf("%d of 20 posts at once were held back", refused)
	}
}

// Of each method as much is used as is safe, in every minute, and at once what people would wait for.
func TestAllowances(t *testing.T) {
	for method, c := range map[string]struct{ limit, steady, atOnce int }{
		"chat.postMessage":      {100, 90, 4},
		"chat.update":           {50, 45, 2},
		"conversations.open":    {50, 45, 2},
		"conversations.history": {50, 40, 8},
		"users.info":            {100, 60, 35},
		"chat.postEphemeral":    {100, 90, 4},
	} {
		const minutes = 10
		made := slack.Greedy(method, minutes*time.Minute)
		atOnce := 0
		for i, at := range made {
			if i >= c.limit && at-made[i-c.limit] < time.Minute {
				t.Fatalf("%s: more than %d calls in the minute before %v", method, c.limit, at)
			}
			if at == 0 {
				atOnce++
			}
		}
		if len(made) < minutes*c.steady || atOnce != c.atOnce {
			t.Errorf("%s: %d calls in %d minutes, %d at once; want %d a minute and %d", method, len(made), minutes, atOnce, c.steady, c.atOnce)
		}
	}
}

// What Slack asked to stay away from is not called until then; where it does not say for how long, for half a minute.
func TestStayingAway(t *testing.T) {
	t.Parallel()
	s := newScene(t, true, slacktest.Options{})
	s.bot.answers(func(context.Context, chat.Event) (chat.Response, error) {
		return chat.Response{Form: answerForm()}, nil
	})
	s.server.Fail(slacktest.Fault{Method: "views.open", Kind: slacktest.Limited, After: time.Minute})
	for i := range 2 {
		s.must(s.ada.Type(s.c, "/interview setup"))
		s.await("nothing is said", func() bool { return len(s.ada.Screen(s.c)) == i+1 })
	}
	if n := s.server.Calls("views.open", false); n != 1 {
		t.Errorf("it was called %d times", n)
	}
	s.Until(s.Now().Add(time.Minute))
	s.must(s.ada.Type(s.c, "/interview setup"))
	s.dialog("Your answer")
	s.server.Fail(slacktest.Fault{Method: "chat.postMessage", Kind: slacktest.Refused, Code: "ratelimited"})
	before := s.Now()
	var later chat.Later
	if _, err := s.adapter().Post(t.Context(), channelID(s.c), say("x"), ""); !errors.As(err, &later) || later.At.Sub(before).Round(time.Second) != 30*time.Second {
		t.Errorf("a post got %v at %v", err, before)
	}
}

// People's answers are not held back by what Slack limits elsewhere, and a limit on them is waited for.
func TestAnswersWaitForLimits(t *testing.T) {
	t.Parallel()
	s := newScene(t, true, slacktest.Options{})
	s.bot.answers(feedback)
	s.must(s.ada.Type(s.c, "/interview setup"))
	s.dialog("Your answer")
	s.must(s.ada.Fill("Your answer", "x"))
	s.must(s.ada.Submit())
	s.dialog("I found 3 of 5 points")
	s.server.Fail(slacktest.Fault{Method: "views.update", Kind: slacktest.Limited, After: time.Second})
	s.must(s.ada.Press(s.c, "Show the answer"))
	s.dialog("The model answer.")
	if n := s.server.Calls("views.update", false); n != 2 {
		t.Errorf("%d calls, want the refused one and another", n)
	}
}
