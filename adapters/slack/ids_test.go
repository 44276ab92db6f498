package slack_test

import (
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/adapters/slack"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// The forms of identifiers are stored for ever: those that ever were must be read for ever.
func TestOldIdentifiersAreRead(t *testing.T) {
	if team, c, ok := slack.ReadConversation("slack:T0123ABC:C9XYZ"); !ok || team != "T0123ABC" || c != "C9XYZ" {
		t.Errorf("channel read as %q %q %v", team, c, ok)
	}
	if team, u, ok := slack.ReadPerson("slack:T0123ABC:U9XYZ"); !ok || team != "T0123ABC" || u != "U9XYZ" {
		t.Errorf("person read as %q %q %v", team, u, ok)
	}
	if team, c, ts, ok := slack.ReadMessage("slack:T0123ABC:C9XYZ:1700000000.000100"); !ok || team != "T0123ABC" || c != "C9XYZ" || ts != "1700000000.000100" {
		t.Errorf("message read as %q %q %q %v", team, c, ts, ok)
	}
}

func FuzzIdentifiers(f *testing.F) {
	for _, s := range []string{"", "slack", "slack:", "slack:T1", "slack:T1:C1", "slack:T1:C1:1.2", "discord:1:2", "slack:T1:C/1", "slack:T1:C1:x.y",
		"slack::C1", "slack:T1:", "slack:T1:C1:1.2:3", "slack:T1:C1:\u0661.2", "slack:T1:" + strings.Repeat("C", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		team, channel, ok := slack.ReadConversation(chat.ChannelID(s))
		if ok && "slack:"+team+":"+channel != s {
			t.Errorf("%q was read as %q and %q", s, team, channel)
		}
		team, channel, ts, ok := slack.ReadMessage(chat.MessageID(s))
		if ok && ("slack:"+team+":"+channel+":"+ts != s || strings.ContainsAny(s, " |/\n")) {
			t.Errorf("%q was read as %q, %q and %q", s, team, channel, ts)
		}
	})
}
