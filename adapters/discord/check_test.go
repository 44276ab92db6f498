package discord_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/discord"
	"github.com/interviewbot/interviewbot/adapters/discord/discordtest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

func TestCheck(t *testing.T) {
	inBubble(t, discordtest.Options{Limit: 50}, func(t *testing.T, b *bubble) {
		a := b.start()
		good, quiet, hidden := b.guild.Channel("good"), b.guild.Channel("quiet"), b.guild.Channel("hidden")
		b.guild.Deny(quiet, discordtest.MaySend|discordtest.MayReadHistory)
		b.guild.Deny(hidden, discordtest.MayView)
		check := func(want ...string) {
			t.Helper()
			got := a.Check(t.Context(), []chat.ChannelID{in(good), in(quiet), in(hidden), "discord:@1", "slack:C1"})
			if len(got) != len(want) {
				t.Errorf("%d sentences, want %d: %q", len(got), len(want), got)
				return
			}
			for i, w := range want {
				if !strings.Contains(got[i], w) {
					t.Errorf("sentence %d is %q, want %q in it", i, got[i], w)
				}
			}
		}
		check("In #quiet the bot lacks: Send Messages, Read Message History", hidden+" is gone, or the bot may not see it")
		b.server.Endpoint("https://bot.example/discord/interactions")
		check("Interactions Endpoint URL", "#quiet", hidden)
		b.server.Endpoint("")
		a.end(3 * time.Second)

		a = b.start(func(o *discord.Options) { o.HTTP, o.PublicKey, o.ApplicationID = true, strings.Repeat("0", 64), "123" })
		check("DISCORD_APPLICATION_ID is 123", "DISCORD_PUBLIC_KEY", "no Interactions Endpoint URL", "#quiet", hidden)
		b.server.Fail(discordtest.Fault{Kind: "GET /applications/@me", What: discordtest.Unauthorized})
		check("DISCORD_TOKEN")
		a.end(time.Second)
	})
}

// The check waits for Discord: what it finds is said once it can be reached. A thread has its parent's permissions.
func TestCheckLater(t *testing.T) {
	online(t, discordtest.Options{Limit: 50}, func(t *testing.T, b *bubble, a *running) {
		place := b.guild.Channel("general")
		thread := b.guild.Thread(place, "A thread")
		b.guild.Deny(place, discordtest.MaySendThreads)
		b.server.Fail(discordtest.Fault{Kind: "GET /applications/@me", What: discordtest.BadGateway, Times: 20})
		found := make(chan []string, 1)
		go func() { found <- a.Check(t.Context(), []chat.ChannelID{in(thread)}) }()
		pass(time.Hour)
		select {
		case list := <-found:
			if len(list) != 1 || !strings.Contains(list[0], "In #A thread the bot lacks: Send Messages in Threads.") {
				t.Errorf("found %q", list)
			}
		default:
			t.Error("still checking")
		}
		b.server.Fail(discordtest.Fault{Kind: "GET /applications/@me", What: discordtest.BadGateway, Times: 1000})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if list := a.Check(ctx, nil); len(list) != 0 {
			t.Errorf("when the program ends the check says %q", list)
		}
	})
}

func TestResides(t *testing.T) {
	inBubble(t, discordtest.Options{Limit: 50}, func(t *testing.T, b *bubble) {
		a := b.start(overHTTP(b))
		pass(time.Second)
		for _, c := range []struct {
			space chat.SpaceID
			want  bool
		}{{chat.SpaceID("discord:" + b.guild.ID()), true}, {"discord:1", false}, {chat.SpaceID("discord:@" + b.guild.ID()), false}, {"slack:T1", false}} {
			if got, err := a.Resides(t.Context(), c.space); got != c.want || err != nil {
				t.Errorf("%s: %v, %v", c.space, got, err)
			}
		}
		b.server.Fail(discordtest.Fault{Kind: "GET /guilds/{guild_id}/roles", What: discordtest.BadGateway})
		if got, err := a.Resides(t.Context(), chat.SpaceID("discord:"+b.guild.ID())); err == nil {
			t.Errorf("it cannot be told, but is %v", got)
		}
		a.end(time.Second)
	})
}

func TestInvite(t *testing.T) {
	for want, o := range map[string]discord.InviteOptions{
		"https://discord.com/oauth2/authorize?client_id=1&integration_type=0&permissions=101376&scope=bot+applications.commands":       {},
		"https://discord.com/oauth2/authorize?client_id=1&integration_type=0&permissions=309237746688&scope=bot+applications.commands": {Threads: true},
		"https://discord.com/oauth2/authorize?client_id=1&integration_type=1&scope=applications.commands":                              {Personal: true},
	} {
		if got, err := discord.Invite("1", o); got != want || err != nil {
			t.Errorf("%+v: %s, want %s; %v", o, got, want, err)
		}
	}
	for _, id := range []string{"", "abc", "-1", "1&scope=bot"} {
		if link, err := discord.Invite(id, discord.InviteOptions{}); err == nil || !strings.Contains(err.Error(), "General Information") {
			t.Errorf("%q: %s, %v", id, link, err)
		}
	}
}
