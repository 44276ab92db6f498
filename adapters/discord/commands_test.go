package discord_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/discord"
	"github.com/interviewbot/interviewbot/adapters/discord/discordtest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

func TestOptions(t *testing.T) {
	keep := adaptertest.NewKeep(time.Now)
	good := discord.Options{Token: "t", ApplicationID: "1", Keep: keep, Clock: wall{}, Table: adaptertest.Table()}
	if _, err := discord.New(good); err != nil {
		t.Errorf("good options: %v", err)
	}
	_, err := discord.New(discord.Options{HTTP: true, PublicKey: "xyz", APIURL: "ftp://x", Keep: keep, Clock: wall{}})
	if err == nil {
		t.Fatal("bad options were taken")
	}
	for _, want := range []string{"DISCORD_TOKEN", "DISCORD_APPLICATION_ID", "DISCORD_PUBLIC_KEY", "DISCORD_API_URL", "the table has 0"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	spaced := good
	spaced.Token = "Bot t"
	if _, err := discord.New(spaced); err == nil || !strings.Contains(err.Error(), "white space") {
		t.Errorf("a token with the word before it: %v", err)
	}
	many := make(chat.Table, 30)
	for i := range many {
		many[i] = chat.Command{Name: strings.Repeat("a", i+1), Summary: "x"}
	}
	for name, table := range map[string]chat.Table{
		"30 commands":      many,
		"upper-case":       {{Name: "Help", Summary: "x"}},
		"without summary":  {{Name: "help"}},
		"8,000 characters": {{Name: "a", Summary: "x", Options: []chat.Option{{Name: "b", Summary: "x", Choices: longChoices(25)}, {Name: "c", Summary: "x", Choices: longChoices(25)}}}},
	} {
		bad := good
		bad.Table = table
		if _, err := discord.New(bad); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func longChoices(n int) []chat.Choice {
	var list []chat.Choice
	for i := range n {
		list = append(list, chat.Choice{Value: fmt.Sprintf("%0100d", i), Label: strings.Repeat("l", 100)})
	}
	return list
}

// Commands are registered when they changed, and only then.
func TestRegistration(t *testing.T) {
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		for i := range 3 {
			a := b.start(overHTTP(b))
			pass(time.Second)
			if n := b.server.Registered(); n != 1 {
				t.Errorf("start %d: registered %d times", i, n)
			}
			a.end(time.Second)
		}
		changed := append(adaptertest.Table(), chat.Command{Name: "streak", Summary: "Your streak"})
		b.server.Fail(discordtest.Fault{Kind: "PUT /applications/{application_id}/commands", What: discordtest.BadGateway, Times: 3})
		a := b.start(overHTTP(b), func(o *discord.Options) { o.Table = changed })
		pass(time.Minute)
		if n := b.server.Registered(); n != 2 {
			t.Errorf("registered %d times, want once more, after the failures", n)
		}
		if err := b.server.Person("Ada").Command(b.guild.Channel("general"), "streak", nil); err != nil {
			t.Error(err)
		}
		a.end(time.Second)
	})
}

// The owners' commands are also by themselves, where Discord shows them to those who manage the server; a role is chosen
// from the server's.
func TestOwnersCommands(t *testing.T) {
	table := append(adaptertest.Table(), chat.Command{Name: "setup", Summary: "Set up", Who: chat.Owners, Options: []chat.Option{{Name: "role", Summary: "Which role", Role: true}}})
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		a := b.start(func(o *discord.Options) { o.Table = table })
		place, ada, ben := b.guild.Channel("general"), b.server.Admin("Ada"), b.server.Person("Ben")
		mentors := b.guild.Role("mentors", 0, ben)
		pass(time.Second)
		for name, err := range map[string]error{
			"everybody's commands": ada.CommandOf(place, "interview-admin", "say", nil),
			"no manager":           ben.CommandOf(place, "interview-admin", "setup", nil),
			"a conversation":       ada.CommandOf(ada.Direct(), "interview-admin", "setup", nil),
			"no role":              ada.Command(place, "setup", map[string]string{"role": "mentors"}),
		} {
			if err == nil {
				t.Errorf("%s: the client offers it", name)
			}
		}
		for _, give := range []func() error{
			func() error {
				return ada.CommandOf(place, "interview-admin", "setup", map[string]string{"role": mentors})
			},
			func() error { return ben.Command(place, "setup", nil) },
			func() error { return ada.Command(ada.Direct(), "setup", nil) },
			func() error { return ada.Command(place, "setup", map[string]string{"role": b.guild.ID()}) },
		} {
			if err := give(); err != nil {
				t.Error(err)
			}
			pass(time.Second)
		}
		var calls []chat.Call
		var admins []chat.Tri
		for _, e := range heard[chat.Call](b) {
			calls, admins = append(calls, e.What.(chat.Call)), append(admins, e.Actor.Admin)
		}
		if len(calls) != 4 || calls[0].Name != "setup" || calls[0].Args["role"] != mentors || calls[1].Name != "setup" || !strings.Contains(calls[3].Problem, "Everybody has that role") {
			t.Errorf("calls %+v", calls)
		}
		if !slices.Equal(admins, []chat.Tri{chat.Yes, chat.No, chat.Yes, chat.Yes}) {
			t.Errorf("administrators %v", admins)
		}
		a.end(3 * time.Second)
	})
}
