package discord_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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
			must(t, ada.Command(place, "say", map[string]string{"text": "my private words"}))
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
