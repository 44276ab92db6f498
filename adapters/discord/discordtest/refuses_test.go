package discordtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

func contract(t *testing.T) *Contract {
	c, err := Load()
	if errors.Is(err, fs.ErrNotExist) {
		t.Log("skipped the check against Discord's OpenAPI: ../shared/contracts is not here")
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// bot is a client of the REST API.
type bot struct {
	t *testing.T
	s *Server
}

func start(t *testing.T) (bot, *Guild) {
	s, err := New(Options{Contract: contract(t), Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return bot{t, s}, s.Guild("Test")
}

func (b bot) call(method, path, body string, change ...func(*http.Request)) (status, code int, reply map[string]any) {
	b.t.Helper()
	r, err := http.NewRequest(method, b.s.APIURL()+"/v10"+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bot "+b.s.Token())
	r.Header.Set("User-Agent", "DiscordBot (https://example.com, 1)")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, c := range change {
		c(r)
	}
	return b.do(r)
}

func (b bot) do(r *http.Request) (status, code int, reply map[string]any) {
	b.t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	_ = json.Unmarshal(raw, &reply)
	if n, ok := reply["code"].(float64); ok {
		code = int(n)
	}
	return resp.StatusCode, code, reply
}

func msg(components string) string {
	return `{"flags":32768,"allowed_mentions":{"parse":[]},"components":[` + components + `]}`
}

func button(id string) string {
	return `{"type":2,"style":1,"label":"x","custom_id":"` + id + `"}`
}

func rowOf(all ...string) string {
	return `{"type":1,"components":[` + strings.Join(all, ",") + `]}`
}

func menuOf(id string, n int, more string) string {
	var options []string
	for i := range n {
		options = append(options, fmt.Sprintf(`{"label":"l","value":"%d"}`, i))
	}
	return rowOf(`{"type":3,"custom_id":"` + id + `"` + more + `,"options":[` + strings.Join(options, ",") + `]}`)
}

func text(s string) string {
	raw, _ := json.Marshal(s)
	return `{"type":10,"content":` + string(raw) + `}`
}

func TestMessagesThatDiscordRefuses(t *testing.T) {
	b, g := start(t)
	path := "/channels/" + g.Channel("general") + "/messages"
	many := func(n int, s string) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }
	var rows []string
	for i := range 9 {
		rows = append(rows, rowOf(button(fmt.Sprint(i, "a")), button(fmt.Sprint(i, "b")), button(fmt.Sprint(i, "c")), button(fmt.Sprint(i, "d"))))
	}
	good := map[string]string{
		"a text": msg(text("x")), "4,000 characters": msg(text(strings.Repeat("x", 4000))), "40 components": msg(many(40, text("x"))),
		"an id of 100": msg(rowOf(button(strings.Repeat("i", 100)))), "25 options": msg(menuOf("m", 25, "")), "a card": msg(`{"type":17,"components":[` + text("x") + `]}`),
		"boxes": msg(menuOf("m", 3, `,"min_values":0,"max_values":3`)), "a link": msg(rowOf(`{"type":2,"style":5,"label":"x","url":"https://example.com"}`)),
	}
	for name, body := range good {
		if status, _, reply := b.call("POST", path, body); status != 200 {
			t.Errorf("%s: %d %v", name, status, reply)
		}
	}
	if c := b.s.Complaints(); len(c) != 0 {
		t.Errorf("complaints of what is right: %q", c)
	}
	bad := map[string]string{
		"nothing": msg(""), "no JSON": `{`, "41 components": msg(many(41, text("x"))), "rows beyond 40": msg(strings.Join(rows, ",")),
		"4,001 characters": msg(text(strings.Repeat("x", 4001))), "4,001 in parts": msg(text(strings.Repeat("x", 2001)) + "," + text(strings.Repeat("x", 2000))),
		"too many bytes": msg(text(strings.Repeat("語", 3500))), "an empty text": msg(text(" ")), "an id of 101": msg(rowOf(button(strings.Repeat("i", 101)))),
		"no id": msg(rowOf(`{"type":2,"style":1,"label":"x"}`)), "an id twice": msg(rowOf(button("i"), button("i"))), "an id twice in two rows": msg(rowOf(button("i")) + "," + menuOf("i", 1, "")),
		"six buttons": msg(rowOf(button("1"), button("2"), button("3"), button("4"), button("5"), button("6"))), "an empty row": msg(rowOf()),
		"a label of 81": msg(rowOf(`{"type":2,"style":1,"custom_id":"i","label":"` + strings.Repeat("l", 81) + `"}`)), "a link without address": msg(rowOf(`{"type":2,"style":5,"label":"x"}`)),
		"a link with an id": msg(rowOf(`{"type":2,"style":5,"label":"x","url":"https://example.com","custom_id":"i"}`)), "26 options": msg(menuOf("m", 26, "")), "no options": msg(menuOf("m", 0, "")),
		"more chosen than there are": msg(menuOf("m", 2, `,"max_values":3`)), "a menu beside a button": msg(`{"type":1,"components":[` + button("b") + `,` + strings.TrimSuffix(strings.TrimPrefix(menuOf("m", 1, ""), `{"type":1,"components":[`), `]}`) + `]}`),
		"content with components": `{"flags":32768,"content":"x","components":[` + text("x") + `]}`, "an unknown file": msg(`{"type":13,"file":{"url":"attachment://x.txt"}}`),
		"private": `{"flags":32832,"components":[` + text("x") + `]}`, "a text input": msg(rowOf(`{"type":4,"custom_id":"i","style":1}`)), "a nonce of 26": `{"flags":32768,"nonce":"` + strings.Repeat("n", 26) + `","components":[` + text("x") + `]}`,
		"a card in a card": msg(`{"type":17,"components":[{"type":17,"components":[` + text("x") + `]}]}`),
	}
	for name, body := range bad {
		before := len(b.s.Complaints())
		if status, _, reply := b.call("POST", path, body); status != 400 {
			t.Errorf("%s: %d %v", name, status, reply)
		}
		if len(b.s.Complaints()) != before+1 {
			t.Errorf("%s: no complaint", name)
		}
	}
}

func TestCallsThatDiscordRefuses(t *testing.T) {
	b, g := start(t)
	place := g.Channel("general")
	closed, quiet := g.Channel("closed"), g.Channel("quiet")
	g.Deny(closed, MayView)
	g.Deny(quiet, MaySend|MayReadHistory|MayAttach)
	gone := g.Channel("gone")
	g.Remove(gone)
	m := msg(text("x"))
	for name, c := range map[string]struct {
		method, path, body string
		change             func(*http.Request)
		status, code       int
	}{
		"no token":        {"GET", "/users/@me", "", func(r *http.Request) { r.Header.Del("Authorization") }, 401, 0},
		"another token":   {"GET", "/users/@me", "", func(r *http.Request) { r.Header.Set("Authorization", "Bot x") }, 401, 0},
		"no user agent":   {"GET", "/users/@me", "", func(r *http.Request) { r.Header.Set("User-Agent", "curl") }, 400, 50035},
		"no channel":      {"POST", "/channels/1/messages", m, nil, 404, 10003},
		"a lost channel":  {"POST", "/channels/" + gone + "/messages", m, nil, 404, 10003},
		"a hidden one":    {"POST", "/channels/" + closed + "/messages", m, nil, 403, 50001},
		"a quiet one":     {"POST", "/channels/" + quiet + "/messages", m, nil, 403, 50013},
		"its history":     {"GET", "/channels/" + quiet + "/messages?limit=10", "", nil, 403, 50013},
		"no message":      {"PATCH", "/channels/" + place + "/messages/1", m, nil, 404, 10008},
		"no person":       {"POST", "/users/@me/channels", `{"recipient_id":"1"}`, nil, 400, 50033},
		"no interaction":  {"POST", "/interactions/1/x/callback", `{"type":6}`, nil, 404, 10062},
		"no such token":   {"PATCH", "/webhooks/" + b.s.App() + "/x/messages/@original", m, nil, 401, 50027},
		"no webhook":      {"PATCH", "/webhooks/1/x/messages/@original", m, nil, 404, 10015},
		"upper-case":      {"PUT", "/applications/" + b.s.App() + "/commands", `[{"name":"Interview","type":1,"description":"x"}]`, nil, 400, 50035},
		"a late required": {"PUT", "/applications/" + b.s.App() + "/commands", `[{"name":"i","type":1,"description":"x","options":[{"name":"a","type":3,"description":"x"},{"name":"b","type":3,"description":"x","required":true}]}]`, nil, 400, 50035},
	} {
		var change []func(*http.Request)
		if c.change != nil {
			change = append(change, c.change)
		}
		if status, code, reply := b.call(c.method, c.path, c.body, change...); status != c.status || code != c.code {
			t.Errorf("%s: %d %d %v, want %d %d", name, status, code, reply, c.status, c.code)
		}
	}
	if status, _, _ := b.call("GET", "/nothing", ""); status != 404 {
		t.Errorf("no such route: %d", status)
	}
}

// A limit is told by headers, and going beyond it is refused and complained of.
func TestLimits(t *testing.T) {
	s, err := New(Options{Limit: 2, Window: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	b := bot{t, s}
	path := "/channels/" + s.Guild("Test").Channel("general") + "/messages"
	for i, want := range []int{200, 200, 429} {
		if status, _, _ := b.call("POST", path, msg(text("x"))); status != want {
			t.Errorf("request %d: %d", i, status)
		}
	}
	if len(s.Complaints()) != 1 {
		t.Errorf("complaints: %q", s.Complaints())
	}
}

// Interactions are answered once, in time, and in a way that fits.
func TestAnswersThatDiscordRefuses(t *testing.T) {
	b, g := start(t)
	place := g.Channel("general")
	ada := b.s.Person("Ada")
	modal := `{"type":9,"data":{"custom_id":"m","title":"t","components":[{"type":18,"label":"l","component":{"type":4,"custom_id":"i","style":1,"max_length":10}}]}}`
	private := `{"type":4,"data":{"flags":32832,"components":[` + text("x") + `]}}`
	for name, c := range map[string]struct {
		kind int
		body string
		want int
	}{
		"a message":                  {kindCommand, private, 204},
		"a modal":                    {kindCommand, modal, 204},
		"later":                      {kindCommand, `{"type":5,"data":{"flags":64}}`, 204},
		"later with components":      {kindCommand, `{"type":5,"data":{"flags":32832}}`, 400},
		"a modal after a modal":      {kindSubmit, modal, 400},
		"an update of nothing":       {kindCommand, `{"type":6}`, 400},
		"choices for a command":      {kindCommand, `{"type":8,"data":{"choices":[]}}`, 400},
		"a message for a completion": {kindComplete, private, 400},
		"a modal of six":             {kindCommand, `{"type":9,"data":{"custom_id":"m","title":"t","components":[` + strings.TrimSuffix(strings.Repeat(text("x")+",", 6), ",") + `]}}`, 400},
		"a title of 46":              {kindCommand, strings.Replace(modal, `"t"`, `"`+strings.Repeat("t", 46)+`"`, 1), 400},
		"a long value":               {kindCommand, strings.Replace(modal, `"max_length":10`, `"max_length":10,"value":"12345678901"`, 1), 400},
		"no such answer":             {kindCommand, `{"type":3}`, 400},
	} {
		in, err := b.s.deed(ada, place, c.kind, nil, map[string]any{})
		if err != nil {
			t.Fatal(err)
		}
		path := "/interactions/" + in.id + "/" + in.token + "/callback"
		if status, _, reply := b.call("POST", path, c.body); status != c.want {
			t.Errorf("%s: %d %v, want %d", name, status, reply, c.want)
		} else if status == 204 {
			if status, code, _ := b.call("POST", path, c.body); status != 400 || code != codeAnswered {
				t.Errorf("%s, again: %d %d", name, status, code)
			}
		}
	}
}

// A file comes as a part of a form, and must be named as the message names it.
func TestFiles(t *testing.T) {
	b, g := start(t)
	path := "/channels/" + g.Channel("general") + "/messages"
	send := func(name string) int {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		_ = w.WriteField("payload_json", `{"flags":32768,"attachments":[{"id":"0","filename":"a.png","description":"A picture"}],"components":[{"type":12,"items":[{"media":{"url":"attachment://a.png"},"description":"A picture"}]}]}`)
		p, err := w.CreateFormFile("files[0]", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = p.Write([]byte("png"))
		_ = w.Close()
		status, _, _ := b.call("POST", path, body.String(), func(r *http.Request) { r.Header.Set("Content-Type", w.FormDataContentType()) })
		return status
	}
	if status := send("a.png"); status != 200 {
		t.Errorf("a picture: %d", status)
	}
	if status := send("b.png"); status != 400 {
		t.Errorf("another file than the message names: %d", status)
	}
}

// The reader of Markdown reads what Discord's help pages show.
func TestRead(t *testing.T) {
	s, err := New(Options{Listener: NewPipe()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	ada := s.Person("Ada")
	for source, want := range map[string]struct {
		text, effects string
	}{
		"*a* _b_ **c** __d__ ~~e~~ ||f|| `g`": {"a b c d e f g", "italic italic bold underline strike hidden mono"},
		"***a***":                             {"a", "bold italic"},
		"\\*a\\* \\_b\\_":                     {"*a* _b_", ""},
		"# A\n## B\n### C\n-# d\n#### e":      {"A\nB\nC\nd\n#### e", "heading heading heading small"},
		"- a\n- b\n1. c":                      {"a\nb\nc", "item item item"},
		"> a\n> b\nc":                         {"a\nb\nc", "quote"},
		">>> a\nb":                            {"a\nb", "quote"},
		"```go\nx := 1\n```":                  {"x := 1", "code"},
		"``a`b``":                             {"a`b", "mono"},
		"[a](https://b.c) <https://d.e> https://f.g":     {"a https://d.e https://f.g", "link https://b.c link https://d.e link https://f.g"},
		"<@" + ada.ID() + "> @everyone <@&1>":            {"@Ada @everyone @role", "user " + ada.ID() + " everyone @everyone role 1"},
		"<t:0:F>":                                        {"Thursday, January 1, 1970 at 00:00", "time"},
		"snake_case_word 2*3*4 a ~ b | c < d > e @ f #g": {"snake_case_word 234 a ~ b | c < d > e @ f #g", "italic"},
		":tada: 12:30":                                   {"(emoji) 12:30", "emoji"},
	} {
		text, effects := s.Read(source)
		if text != want.text || strings.Join(effects, " ") != want.effects {
			t.Errorf("%q is read as %q with %q, want %q with %q", source, text, effects, want.text, want.effects)
		}
	}
}
