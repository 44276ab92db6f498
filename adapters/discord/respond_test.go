package discord_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/discord/discordtest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

const (
	callbackRoute = "POST /interactions/{interaction_id}/{interaction_token}/callback"
	originalRoute = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
	followUpRoute = "POST /webhooks/{webhook_id}/{webhook_token}"
)

// says makes the bot answer with f from now on.
func (b *bubble) says(f func(context.Context, chat.Event) (chat.Response, error)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = f
}

func reply(text string, more ...chat.Block) chat.Response {
	m := note(text, more...)
	return chat.Response{Reply: &m}
}

// alone returns the one message that the person sees.
func alone(t *testing.T, p *discordtest.Person, place string) discordtest.View {
	t.Helper()
	s := p.Screen(place)
	if len(s) != 1 {
		t.Fatalf("%d messages, want one: %+v, troubles %q", len(s), s, p.Troubles())
	}
	return s[0]
}

// A first answer whose outcome is not known is sent again: Discord takes it once.
func TestFirstAnswerSurvives(t *testing.T) {
	for name, f := range map[string]discordtest.Fault{
		"lost reply": {What: discordtest.LostReply}, "502": {What: discordtest.BadGateway, Times: 3},
		"429": {What: discordtest.Limited, After: 300 * time.Millisecond}, "global 429": {What: discordtest.LimitedGlobal, After: 300 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			online(t, discordtest.Options{}, func(t *testing.T, b *bubble, _ *running) {
				f.Kind = callbackRoute
				b.server.Fail(f)
				b.works("Ada")
			})
		})
	}
}

func TestLaterAnswerSurvives(t *testing.T) {
	for name, f := range map[string]discordtest.Fault{
		"lost reply": {What: discordtest.LostReply}, "502": {What: discordtest.BadGateway, Times: 3},
		"429": {What: discordtest.LimitedShared, After: 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			online(t, discordtest.Options{}, func(t *testing.T, b *bubble, _ *running) {
				f.Kind = originalRoute
				b.server.Fail(f)
				b.says(func(context.Context, chat.Event) (chat.Response, error) {
					time.Sleep(5 * time.Second)
					return reply("At last."), nil
				})
				place, ada := b.guild.Channel("general"), b.server.Person("Ada")
				must(t, ada.Command(place, "say", nil))
				pass(20 * time.Second)
				if v := alone(t, ada, place); v.Text != "At last." || !v.Private || len(ada.Troubles()) > 0 {
					t.Errorf("the screen shows %+v", v)
				}
			})
		})
	}
}

// Discord refuses an answer after 15 minutes with the status of a refused token; the bot's token is none the worse.
func TestAnswerMuchTooLate(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, a *running) {
		b.says(func(context.Context, chat.Event) (chat.Response, error) {
			time.Sleep(20 * time.Minute)
			return reply("At last."), nil
		})
		must(t, b.server.Person("Ada").Command(b.guild.Channel("general"), "say", nil))
		pass(25 * time.Minute)
		a.healthy(true)
	})
}

// A follow-up whose outcome is not known is not sent again: it would be there twice.
func TestFollowUpIsNotRepeated(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, a *running) {
		place, ada := b.guild.Channel("general"), b.server.Person("Ada")
		pass(time.Second)
		a.posted(in(place), note("A post.", row(chat.Button{Label: "Next", Action: "n", Gives: chat.GivesUpdate})), "")
		b.server.Fail(discordtest.Fault{Kind: followUpRoute, What: discordtest.LostReply})
		b.says(func(context.Context, chat.Event) (chat.Response, error) {
			time.Sleep(2 * time.Second)
			return reply("Only for you."), nil
		})
		must(t, ada.Press(place, "Next"))
		pass(20 * time.Second)
		if s := ada.Screen(place); len(s) != 2 || s[1].Text != "Only for you." {
			t.Errorf("the screen shows %+v", s)
		}
	})
}

// Forms and completions cannot be deferred; when the bot is slow the person is told, or offered nothing.
func TestSlowReads(t *testing.T) {
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		a := b.start()
		place, ada := b.guild.Channel("general"), b.server.Person("Ada")
		b.says(func(ctx context.Context, _ chat.Event) (chat.Response, error) {
			time.Sleep(4 * time.Second)
			return chat.Response{Form: &chat.Form{ID: "f", Title: "A form", Inputs: []chat.Input{{ID: "x", Label: "X"}}}, Choices: []chat.Choice{{Value: "v", Label: "V"}}}, nil
		})
		must(t, ada.Command(place, "open", nil))
		pass(10 * time.Second)
		if v := alone(t, ada, place); v.Text != "Busy, press again." || ada.Dialog() != nil || len(ada.Troubles()) > 0 {
			t.Errorf("the screen shows %+v, troubles %q", v, ada.Troubles())
		}
		if labels, err := ada.Complete(place, "pick", "size", "x", nil); err != nil || len(labels) != 0 {
			t.Errorf("offered %q, %v", labels, err)
		}
		a.end(5 * time.Second)
	})
}

// An interaction that arrives after Discord gave up on it is handled, for it may carry a text, and harms nothing.
func TestLateInteraction(t *testing.T) {
	online(t, discordtest.Options{Patience: time.Nanosecond}, func(t *testing.T, b *bubble, _ *running) {
		place, ada := b.guild.Channel("general"), b.server.Person("Ada")
		must(t, ada.Command(place, "say", nil))
		pass(10 * time.Second)
		if n := len(heard[chat.Call](b)); n != 1 {
			t.Errorf("handled %d times", n)
		}
		if n := b.server.Requests(callbackRoute); n != 1 {
			t.Errorf("%d answers to what takes none any more", n)
		}
	})
}

// More people at once than there is room for: those are asked to press again, and nothing piles up.
func TestCrowdBeyondRoom(t *testing.T) {
	online(t, discordtest.Options{Latency: 200 * time.Millisecond}, func(t *testing.T, b *bubble, _ *running) {
		pass(5 * time.Second)
		place := b.guild.Channel("general")
		b.says(func(ctx context.Context, _ chat.Event) (chat.Response, error) {
			time.Sleep(time.Second)
			return reply("There you are."), nil
		})
		var people []*discordtest.Person
		for i := range 600 {
			p := b.server.Person(fmt.Sprint("Person ", i))
			people = append(people, p)
			must(t, p.Command(place, "say", nil))
		}
		pass(10 * time.Second)
		counts := map[string]int{}
		for _, p := range people {
			counts[alone(t, p, place).Text]++
		}
		if counts["There you are."] != 512 || counts["Busy, press again."] != 88 {
			t.Errorf("answered: %v", counts)
		}
	})
}

// deny is a Keep that cannot store.
type deny struct{ chat.Keep }

func (deny) Set(context.Context, chat.SpaceID, map[string][]byte) error {
	return errors.New("the disk is full")
}

// Somebody's roles are told by identifier and by name; what Discord knows of them is asked once.
func TestRoles(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, _ *running) {
		place, ada, bea := b.guild.Channel("general"), b.server.Person("Ada"), b.server.Person("Bea")
		id := b.guild.Role("Mentors", 0, ada)
		for _, p := range []*discordtest.Person{ada, bea, ada} {
			must(t, p.Command(place, "say", nil))
			pass(time.Second)
		}
		calls := heard[chat.Call](b)
		if r := calls[0].Actor.Roles; len(r) != 2 || r[0] != id || r[1] != "Mentors" {
			t.Errorf("roles %q, want %s and Mentors", r, id)
		}
		if r := calls[1].Actor.Roles; len(r) != 0 {
			t.Errorf("roles %q of somebody who has none", r)
		}
		if n := b.server.Requests("GET /guilds/{guild_id}/roles"); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

// What this bot never made is answered with a sentence.
func TestForgedIDs(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, _ *running) {
		place, ada := b.guild.Channel("general"), b.server.Person("Ada")
		for i, raw := range []string{
			`{"custom_id":"","component_type":2}`, `{"custom_id":"x","component_type":2}`, `{"custom_id":"z:1","component_type":2}`,
			`{"custom_id":"o99:../../1","component_type":2}`, `{"custom_id":"o999999999:1","component_type":2}`, `{"custom_id":"b1:","component_type":3,"values":["b2:x"]}`,
			`{"custom_id":"s1:form","component_type":2}`, `{"component_type":2}`,
		} {
			must(t, ada.Raw(place, 3, []byte(raw)))
			pass(time.Second)
			if s := ada.Screen(place); len(s) != i+1 || s[i].Text == "" {
				t.Errorf("%s is answered with %+v, troubles %q", raw, s, ada.Troubles())
			}
		}
		if n := len(heard[chat.Press](b)); n != 0 {
			t.Errorf("%d presses reached the bot", n)
		}
		for _, raw := range []string{`{"name":"interview"}`, `{"name":"interview","options":[{"name":"pick","type":1,"options":[]}]}`} { // only offers are taken
			must(t, ada.Raw(place, 4, []byte(raw)))
			pass(time.Second)
		}
	})
}
