package slacktest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/slack/slacktest"
)

type object = map[string]any

// app is a program that is told of everything and calls the workspace by hand.
type app struct {
	t      *testing.T
	s      *slacktest.Server
	mu     sync.Mutex
	now    time.Time
	ack    string
	told   chan object
	served *httptest.Server
}

func newApp(t *testing.T, scopes ...string) *app {
	a := &app{t: t, told: make(chan object, 100), now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	a.s = slacktest.Start(slacktest.Options{Scopes: scopes, Now: func() time.Time {
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.now
	}})
	a.served = httptest.NewServer(http.HandlerFunc(a.serve))
	a.s.Deliver(a.served.URL)
	t.Cleanup(func() {
		a.s.Close()
		a.served.Close()
	})
	return a
}

func (a *app) serve(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	o := object{}
	if v, err := url.ParseQuery(string(b)); err == nil && v.Get("payload") != "" {
		err = json.Unmarshal([]byte(v.Get("payload")), &o)
		if err != nil {
			a.t.Error(err)
		}
	} else {
		for k := range v {
			o[k] = v.Get(k)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.told <- o
	_, _ = io.WriteString(w, a.ack)
}

func (a *app) pass(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now = a.now.Add(d)
}

// call calls a method and returns the error that Slack gives, "" for none.
func (a *app) call(method string, args object) (string, object) {
	a.t.Helper()
	b, err := json.Marshal(args)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.post(a.s.APIURL()+method, a.s.BotToken, b)
}

func (a *app) post(address, token string, body []byte) (string, object) {
	a.t.Helper()
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader(string(body)))
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	var o object
	_ = json.NewDecoder(resp.Body).Decode(&o)
	code, _ := o["error"].(string)
	return code, o
}

// next waits for the app to be told something, and returns it.
func (a *app) next() object {
	a.t.Helper()
	select {
	case o := <-a.told:
		return o
	case <-time.After(10 * time.Second):
		a.t.Fatal("the app is told nothing")
		return nil
	}
}

func message(channel, text string, blocks ...any) object {
	return object{"channel": channel, "text": text, "blocks": blocks, "unfurl_links": "false", "unfurl_media": "false", "parse": "none"}
}

func TestRefusesWhatSlackRefuses(t *testing.T) {
	a := newApp(t, "chat:write", "commands")
	in, out, private := a.s.AddChannel("in", false, true), a.s.AddChannel("out", false, false), a.s.AddChannel("private", true, false)
	quiet := a.s.AddChannel("quiet", false, true)
	for name, c := range map[string]struct {
		method string
		args   object
		want   string
	}{
		"no such method":        {"chat.shout", object{}, "unknown_method"},
		"no channel":            {"chat.postMessage", object{"text": "x"}, "invalid_arguments"},
		"an argument too many":  {"chat.postMessage", object{"channel": in, "text": "x", "colour": "red"}, "invalid_arguments"},
		"no text":               {"chat.postMessage", message(in, ""), "no_text"},
		"not in the channel":    {"chat.postMessage", message(out, "x"), "not_in_channel"},
		"a channel not seen":    {"chat.postMessage", message(private, "x"), "channel_not_found"},
		"nobody":                {"chat.postMessage", message("U0NOBODY", "x"), "channel_not_found"},
		"a text too long":       {"chat.postMessage", message(in, strings.Repeat("x", 4001)), "invalid_blocks"},
		"51 blocks":             {"chat.postMessage", message(in, "x", slices.Repeat([]any{object{"type": "divider"}}, 51)...), "invalid_blocks"},
		"links unfurled":        {"chat.postMessage", object{"channel": in, "text": "x"}, "invalid_arguments"},
		"a text parsed":         {"chat.postMessage", object{"channel": quiet, "text": "x", "unfurl_links": "false", "unfurl_media": "false"}, "invalid_arguments"},
		"a scope it lacks":      {"users.info", object{"user": "U1"}, "missing_scope"},
		"a trigger of nobody's": {"views.open", object{"trigger_id": "1.2.x", "view": modal("x")}, "invalid_trigger_id"},
		"a view without title":  {"views.open", object{"trigger_id": "1.2.x", "view": object{"type": "modal", "blocks": []any{object{"type": "divider"}}}}, "invalid_arguments"},
	} {
		if code, _ := a.call(c.method, c.args); code != c.want {
			t.Errorf("%s: %q, want %q", name, code, c.want)
		}
	}
	for token, want := range map[string]string{"": "not_authed", "xoxb-other": "invalid_auth", a.s.AppToken: "not_allowed_token_type"} {
		if code, _ := a.post(a.s.APIURL()+"auth.test", token, nil); code != want {
			t.Errorf("the token %q: %q, want %q", token, code, want)
		}
	}
	a.s.Revoke()
	if code, _ := a.call("auth.test", nil); code != "token_revoked" {
		t.Errorf("a revoked token: %q", code)
	}
}

func modal(text string, more ...any) object {
	return object{"type": "modal", "callback_id": "f", "title": object{"type": "plain_text", "text": text}, "submit": object{"type": "plain_text", "text": "Send"},
		"blocks": append([]any{object{"type": "divider"}}, more...)}
}

func TestTriggersEnd(t *testing.T) {
	a := newApp(t)
	c, ada := a.s.AddChannel("general", false, true), a.s.AddPerson("Ada", "", false)
	for _, step := range []struct {
		wait time.Duration
		want string
	}{{3 * time.Second, ""}, {3*time.Second + time.Millisecond, "expired_trigger_id"}} {
		if err := ada.Type(c, "/interview x"); err != nil {
			t.Fatal(err)
		}
		trigger := a.next()["trigger_id"]
		a.pass(step.wait)
		if code, _ := a.call("views.open", object{"trigger_id": trigger, "view": modal("One")}); code != step.want {
			t.Errorf("after %v: %q, want %q", step.wait, code, step.want)
		}
		if code, _ := a.call("views.open", object{"trigger_id": trigger, "view": modal("Two")}); step.want == "" && code != "exchanged_trigger_id" {
			t.Errorf("a second time: %q", code)
		}
	}
	if d := ada.Dialog(); d == nil || d.Title != "One" {
		t.Errorf("open is %+v", d)
	}
}

// What Slack does on an update with the same block_id is the trap that it is there.
func TestUpdateKeepsWhatWasTyped(t *testing.T) {
	a := newApp(t)
	c, ada := a.s.AddChannel("general", false, true), a.s.AddPerson("Ada", "", false)
	input := func(block, value string) object {
		return object{"type": "input", "block_id": block, "label": object{"type": "plain_text", "text": "Text"},
			"element": object{"type": "plain_text_input", "action_id": "a", "initial_value": value}}
	}
	if err := ada.Type(c, "/interview x"); err != nil {
		t.Fatal(err)
	}
	code, opened := a.call("views.open", object{"trigger_id": a.next()["trigger_id"], "view": modal("One", input("b1", "first"))})
	if code != "" {
		t.Fatal(code)
	}
	if err := ada.Fill("Text", "typed"); err != nil {
		t.Fatal(err)
	}
	id := opened["view"].(object)["id"]
	for block, want := range map[string]string{"b1": "typed", "b2": "second"} {
		if code, _ := a.call("views.update", object{"view_id": id, "view": modal("Two", input(block, "second"))}); code != "" {
			t.Fatal(code)
		}
		if got := ada.Dialog().Inputs[0].Values; len(got) != 1 || got[0] != want && block == "b2" {
			t.Errorf("after an update of %s there is %q, want %q", block, got, want)
		}
	}
	// An error for what is no input shows nothing but Slack's own complaint.
	a.mu.Lock()
	a.ack = `{"response_action":"errors","errors":{"elsewhere":"x"}}`
	a.mu.Unlock()
	if err := ada.Submit(); err != nil {
		t.Fatal(err)
	}
	for changed := a.s.Changed(); len(ada.Troubles()) == 0; changed = a.s.Changed() {
		<-changed
	}
	if v := a.s.Violations(); len(v) != 1 || !strings.Contains(v[0], "elsewhere") {
		t.Errorf("violations %q", v)
	}
}

func TestRates(t *testing.T) {
	a := newApp(t)
	c := a.s.AddChannel("general", false, true)
	for i := range 6 {
		code, _ := a.call("chat.postMessage", message(c, "x"))
		if want := i < 4; (code == "") != want {
			t.Errorf("message %d at once: %q", i, code)
		}
	}
	a.pass(time.Second)
	if code, _ := a.call("chat.postMessage", message(c, "x")); code != "" {
		t.Errorf("a second later: %q", code)
	}
	limited := 0
	for i := range 110 {
		if code, _ := a.call("chat.postMessage", message(a.s.AddChannel(strings.Repeat("c", i+1), false, true), "x")); code == "ratelimited" {
			limited++
		}
	}
	if limited != 15 {
		t.Errorf("of 110 more in the minute %d were refused, want all beyond 100 in all", limited)
	}
	a.pass(time.Minute)
	if code, _ := a.call("chat.postMessage", message(c, "x")); code != "" {
		t.Errorf("a minute later: %q", code)
	}
}

// What would notify people, or change what they wrote, is noticed: a renderer that sent text as markup would fail.
func TestMarkupIsSeen(t *testing.T) {
	a := newApp(t)
	c, ada := a.s.AddChannel("general", false, true), a.s.AddPerson("Ada", "", false)
	section := func(o object) object { return object{"type": "section", "text": o} }
	for i, x := range []struct {
		block    object
		text     string
		notified int
	}{
		{section(object{"type": "mrkdwn", "text": "hello <!channel> and <@" + ada.ID() + ">", "verbatim": true}), "hello @channel and @Ada", 2},
		{section(object{"type": "mrkdwn", "text": "hello @here"}), "hello @here", 1},
		{section(object{"type": "mrkdwn", "text": "hello @here", "verbatim": true}), "hello @here", 0},
		{section(object{"type": "mrkdwn", "text": "hello &lt;!channel&gt; &amp;lt;", "verbatim": true}), "hello <!channel> &lt;", 0},
		{section(object{"type": "mrkdwn", "text": "*bold* _it_ ~no~ `code` :smile:\n&gt; quote", "verbatim": true}), "bold it no code (smile)\nquote", 0},
		{section(object{"type": "plain_text", "text": "*bold* <!channel> @here"}), "*bold* <!channel> @here", 0},
		{section(object{"type": "mrkdwn", "text": "<https://e.org|here> in <#" + c + ">", "verbatim": true}), "here in #general", 0},
		{section(object{"type": "mrkdwn", "text": "at <!date^1795593600^{time}|noon>", "verbatim": true}), "at 8:00 AM", 0},
		{object{"type": "rich_text", "elements": []any{object{"type": "rich_text_section", "elements": []any{
			object{"type": "text", "text": "*x* <!channel> "}, object{"type": "user", "user_id": ada.ID()}, object{"type": "broadcast", "range": "here"}}}}}, "*x* <!channel> @Ada@here", 2},
	} {
		a.pass(2 * time.Second)
		if code, _ := a.call("chat.postMessage", message(c, "x", x.block)); code != "" {
			t.Fatal(code)
		}
		m := ada.Screen(c)[i]
		if m.Text != x.text || len(m.Notified) != x.notified {
			t.Errorf("seen %q, notified %q; want %q and %d", m.Text, m.Notified, x.text, x.notified)
		}
	}
}
