package discord_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/discord"
	"github.com/interviewbot/interviewbot/adapters/discord/discordtest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// overHTTP changes the options to the HTTP endpoint.
func overHTTP(b *bubble) func(*discord.Options) {
	return func(o *discord.Options) { o.HTTP, o.PublicKey = true, b.server.Key() }
}

// ask sends a body, signed at a time.
func ask(b *bubble, a http.Handler, body string, at time.Time, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/discord/interactions", strings.NewReader(body))
	b.server.Sign(r, []byte(body), at)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

func TestSignatures(t *testing.T) {
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		a := b.start(overHTTP(b))
		now := time.Now()
		const ping = `{"type":1,"id":"1","application_id":"1","token":"x"}`
		for name, c := range map[string]struct {
			at     time.Time
			change func(*http.Request)
			want   int
		}{
			"right":              {now, nil, 200},
			"a little old":       {now.Add(-4 * time.Minute), nil, 200},
			"a little ahead":     {now.Add(4 * time.Minute), nil, 200},
			"too old":            {now.Add(-6 * time.Minute), nil, 401},
			"too far ahead":      {now.Add(6 * time.Minute), nil, 401},
			"another time":       {now, func(r *http.Request) { r.Header.Set("X-Signature-Timestamp", fmt.Sprint(now.Unix()+1)) }, 401},
			"no time":            {now, func(r *http.Request) { r.Header.Del("X-Signature-Timestamp") }, 401},
			"no number":          {now, func(r *http.Request) { r.Header.Set("X-Signature-Timestamp", "now") }, 401},
			"no signature":       {now, func(r *http.Request) { r.Header.Del("X-Signature-Ed25519") }, 401},
			"no hex":             {now, func(r *http.Request) { r.Header.Set("X-Signature-Ed25519", "zz") }, 401},
			"a short signature":  {now, func(r *http.Request) { r.Header.Set("X-Signature-Ed25519", "00") }, 401},
			"another signature":  {now, func(r *http.Request) { r.Header.Set("X-Signature-Ed25519", strings.Repeat("0", 128)) }, 401},
			"another body":       {now, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`{"type":1 }`)) }, 401},
			"too long":           {now, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(strings.Repeat(" ", 1<<20))) }, 413},
			"not POST":           {now, func(r *http.Request) { r.Method = "GET" }, 405},
			"signature of space": {now, func(r *http.Request) { r.Header.Set("X-Signature-Ed25519", " ") }, 401},
		} {
			if w := ask(b, a.Handler(), ping, c.at, c.change); w.Code != c.want {
				t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, c.want)
			}
		}
		w := ask(b, a.Handler(), ping, now, nil)
		if w.Body.String() != `{"type":1}` || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("PING is answered with %s", w.Body)
		}
		for body, want := range map[string]int{
			`{`: 400, `[]`: 400, `{}`: 204, `{"type":99}`: 400, `{"type":2}`: 400,
			`{"type":2,"id":"1","application_id":"1","token":"t","user":{"id":"2"}}`: 400, // another application
		} {
			if w := ask(b, a.Handler(), body, now, nil); w.Code != want {
				t.Errorf("%s: %d, want %d", body, w.Code, want)
			}
		}
		a.end(time.Second)
		command := `{"type":2,"id":"1","application_id":"` + b.server.App() + `","token":"t","user":{"id":"2"}}`
		if w := ask(b, a.Handler(), command, now, nil); w.Code != 503 {
			t.Errorf("when Run has ended: %d", w.Code)
		}
	})
}

// What Discord tells besides interactions comes to the same address.
func TestWebhookEvents(t *testing.T) {
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		a := b.start(overHTTP(b))
		event := func(kind, data string) string {
			return `{"version":1,"application_id":"` + b.server.App() + `","type":1,"event":{"type":"` + kind + `","timestamp":"2026-11-23T09:00:00","data":` + data + `}}`
		}
		for _, body := range []string{
			`{"version":1,"application_id":"` + b.server.App() + `","type":0}`,
			event("APPLICATION_AUTHORIZED", `{"integration_type":0,"user":{"id":"7","global_name":"Ada"},"guild":{"id":"5"}}`),
			event("APPLICATION_AUTHORIZED", `{"integration_type":0,"user":{"id":"7","global_name":"Ada"},"guild":{"id":"5"}}`), // again
			event("APPLICATION_AUTHORIZED", `{"integration_type":1,"user":{"id":"7"}}`),
			event("APPLICATION_DEAUTHORIZED", `{"user":{"id":"7"}}`),
			event("ENTITLEMENT_CREATE", `{"user":{"id":"7"}}`),
			event("APPLICATION_AUTHORIZED", `{"user":{"id":"../7"}}`),
			event("APPLICATION_AUTHORIZED", `null`),
		} {
			if w := ask(b, a.Handler(), body, time.Now(), nil); w.Code != 204 {
				t.Errorf("%s: %d %s", body, w.Code, w.Body)
			}
		}
		synctest.Wait()
		spaces := map[chat.SpaceID]int{}
		ids := map[chat.EventID]bool{}
		for _, e := range heard[chat.Added](b) {
			spaces[e.Space]++
			ids[e.ID] = true
		}
		if spaces["discord:5"] != 2 || spaces["discord:@7"] != 1 || len(ids) != 2 {
			t.Errorf("added to %v, identifiers %v", spaces, ids)
		}
		if e := heard[chat.Removed](b); len(e) != 1 || e[0].Space != "discord:@7" {
			t.Errorf("removed: %+v", e)
		}
		a.end(time.Second)
	})
}

// Somebody who installed the bot for themselves uses it where the bot is not: all of it is theirs alone.
func TestPersonalInstallation(t *testing.T) {
	for name, where := range map[string]string{
		"a guild without the bot":  `"guild_id":"5","channel_id":"6","context":0,"member":{"user":{"id":"7","username":"ada"},"roles":["8"],"permissions":"0"}`,
		"a conversation of others": `"channel_id":"6","context":2,"user":{"id":"7","username":"ada"}`,
		"the bot's own":            `"channel_id":"6","context":1,"user":{"id":"7","username":"ada"}`,
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
				a := b.start(overHTTP(b))
				w := ask(b, a.Handler(), `{"type":2,"id":"1","token":"t","application_id":"`+b.server.App()+`",`+where+`,
					"authorizing_integration_owners":{"1":"7"},"data":{"name":"interview","options":[{"name":"say","type":1,"options":[]}]}}`, time.Now(), nil)
				if w.Code != 200 || !strings.Contains(w.Body.String(), "Thank you") {
					t.Errorf("%d %s", w.Code, w.Body)
				}
				e := heard[chat.Call](b)[0]
				if e.Space != "discord:@7" || e.Channel != "discord:@7" || !e.Direct || e.Actor.Admin != chat.Yes || len(e.Actor.Roles) != 0 {
					t.Errorf("heard %+v", e)
				}
				a.end(time.Second)
			})
		})
	}
}

// A form for which there is no room is not acknowledged, so that its text stays where it was typed.
func TestFormWithoutRoom(t *testing.T) {
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		a := b.start(overHTTP(b))
		free := make(chan struct{})
		b.says(func(context.Context, chat.Event) (chat.Response, error) {
			<-free
			return reply("Thank you."), nil
		})
		body := func(kind, id int) string {
			return fmt.Sprintf(`{"type":%d,"id":"%d","token":"t","application_id":"%s","user":{"id":"7"},"channel_id":"6","data":{"custom_id":"s1:f","name":"interview","options":[{"name":"say","type":1}]}}`, kind, id, b.server.App())
		}
		codes := make(chan int, 600)
		for i := range 512 {
			go func() { codes <- ask(b, a.Handler(), body(2, i), time.Now(), nil).Code }()
		}
		synctest.Wait()
		if w := ask(b, a.Handler(), body(5, 1000), time.Now(), nil); w.Code != 503 {
			t.Errorf("a form is answered with %d %s", w.Code, w.Body)
		}
		if w := ask(b, a.Handler(), body(2, 1001), time.Now(), nil); w.Code != 200 || !strings.Contains(w.Body.String(), "Busy, press again") {
			t.Errorf("a command is answered with %d %s", w.Code, w.Body)
		}
		if w := ask(b, a.Handler(), body(4, 1002), time.Now(), nil); w.Code != 200 || w.Body.String() != `{"type":8,"data":{"choices":[]}}` {
			t.Errorf("a completion is answered with %d %s", w.Code, w.Body)
		}
		close(free)
		for range 512 {
			if code := <-codes; code != 200 {
				t.Errorf("answered %d", code)
			}
		}
		a.end(time.Second)
	})
}

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

func TestCheck(t *testing.T) {
	inBubble(t, discordtest.Options{Limit: 50}, func(t *testing.T, b *bubble) {
		a := b.start()
		good, quiet, hidden := b.guild.Channel("good"), b.guild.Channel("quiet"), b.guild.Channel("hidden")
		b.guild.Deny(quiet, discordtest.MaySend|discordtest.MayReadHistory)
		b.guild.Deny(hidden, discordtest.MayView)
		check := func(want ...string) {
			t.Helper()
			got := a.Check(t.Context(), []chat.ChannelID{chat.ChannelID("discord:" + good), chat.ChannelID("discord:" + quiet), chat.ChannelID("discord:" + hidden), "discord:@1", "slack:C1"})
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

// Whatever goes wrong, neither the token nor an interaction's token, nor what people wrote, is logged.
func TestNothingSecretIsLogged(t *testing.T) {
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		a := b.start()
		place, ada := b.guild.Channel("general"), b.server.Person("Ada")
		b.says(func(context.Context, chat.Event) (chat.Response, error) {
			time.Sleep(3 * time.Second)
			return reply("late"), fmt.Errorf("the store: %w", io.ErrUnexpectedEOF)
		})
		for _, what := range []discordtest.Mishap{discordtest.BadGateway, discordtest.LostReply, discordtest.NotFound, discordtest.Silence} {
			b.server.Fail(discordtest.Fault{Kind: callbackRoute, What: what, Times: 50})
			b.server.Fail(discordtest.Fault{Kind: originalRoute, What: what, Times: 50})
			if err := ada.Command(place, "say", map[string]string{"text": "my private words"}); err != nil {
				t.Fatal(err)
			}
			pass(time.Minute)
		}
		b.server.Gateway().Drop()
		pass(time.Minute)
		a.end(3 * time.Second)
		log := b.logged.String()
		if !strings.Contains(log, "not answered") {
			t.Errorf("nothing was logged: %s", log)
		}
		for _, secret := range []string{b.server.Token(), "token-", "my private words"} {
			if strings.Contains(log, secret) {
				t.Errorf("%q is in the log:\n%s", secret, log)
			}
		}
	})
}

// The check waits for Discord: what it finds is said once it can be reached. A thread has its parent's permissions.
func TestCheckLater(t *testing.T) {
	inBubble(t, discordtest.Options{Limit: 50}, func(t *testing.T, b *bubble) {
		a := b.start()
		pass(time.Second)
		place := b.guild.Channel("general")
		id, err := a.Post(t.Context(), chat.ChannelID("discord:"+place), note("A post."), "")
		if err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		if err := a.Discuss(t.Context(), id, "A thread", note("A line.")); err != nil {
			t.Fatal(err)
		}
		_, thread, _ := strings.Cut(string(id), ".")
		b.guild.Deny(place, discordtest.MaySendThreads)
		b.server.Fail(discordtest.Fault{Kind: "GET /applications/@me", What: discordtest.BadGateway, Times: 20})
		found := make(chan []string, 1)
		go func() { found <- a.Check(t.Context(), []chat.ChannelID{chat.ChannelID("discord:" + thread)}) }()
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
		a.end(3 * time.Second)
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
