package playground_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/playground"
	"github.com/interviewbot/interviewbot/bot/chat"
)

func TestDoors(t *testing.T) {
	w := start(t, quiet, playground.Options{Name: "demo"})
	self := start(t, quiet, playground.Options{Name: "self", Kind: playground.Self})
	doors, err := playground.Doors(self.adapter, w.adapter)
	if err != nil {
		t.Fatal(err)
	}
	serve := func(path string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		doors.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		return rec
	}
	page, err := parse(serve("/").Body)
	if err != nil {
		t.Fatal(err)
	}
	var links []string
	for _, a := range page.all(func(n *node) bool { return n.has("door") }) {
		links = append(links, a.attr("href"))
	}
	if !slices.Equal(links, []string{"/demo/", "/self/"}) {
		t.Errorf("the doors lead to %q", links)
	}
	for _, n := range page.all(func(n *node) bool { return n.name == "link" || n.name == "script" }) {
		path := n.attr("href") + n.attr("src")
		rec := serve(path)
		if rec.Code != http.StatusOK || !strings.Contains(rec.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s got %d, %v", path, rec.Code, rec.Header())
		}
		old := "/static/0000/" + path[strings.LastIndex(path, "/")+1:]
		if rec := serve(old); rec.Code != http.StatusOK || rec.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s of another version got %d, %v", old, rec.Code, rec.Header())
		}
	}
	for _, path := range []string{"/static/x/page.html", "/static/x/none.js", "/static/x/", "/static/x/..%2fplayground.go", "/nothing"} {
		if rec := serve(path); rec.Code == http.StatusOK {
			t.Errorf("%s is served: %.100q", path, rec.Body)
		}
	}
}

// Everything a page asks for comes from the bot itself, and nothing in it is a script or a style of its own.
func TestPagesNeedNoNetworkAndNoInlineCode(t *testing.T) {
	w := start(t, quiet, playground.Options{Name: "demo", Table: adaptertest.Table()})
	for _, path := range []string{"/", "/demo/", "/demo/?in=dm", "/demo/?in=home", "/demo/?in=c-lounge"} {
		resp, err := w.client.Get(w.server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %v", path, resp.Status, err)
		}
		page, err := parse(strings.NewReader(string(raw)))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		ids := map[string]bool{}
		var walk func(*node)
		walk = func(n *node) {
			for name, v := range n.attrs {
				if strings.HasPrefix(name, "on") || name == "style" {
					t.Errorf("%s: <%s %s=%q>", path, n.name, name, v)
				}
				if (name == "src" || name == "href") && strings.Contains(v, "//") {
					t.Errorf("%s: <%s> asks %s", path, n.name, v)
				}
			}
			if (n.name == "script" || n.name == "style") && strings.TrimSpace(n.text()) != "" {
				t.Errorf("%s: code of its own in <%s>", path, n.name)
			}
			if id := n.attr("id"); id != "" && ids[id] {
				t.Errorf("%s: two elements are called %q", path, id)
			} else {
				ids[id] = true
			}
			for _, k := range n.kids {
				walk(k)
			}
		}
		walk(page)
		if strings.Contains(string(raw), "ZgotmplZ") {
			t.Errorf("%s: a value was thrown away by the template", path)
		}
	}
}

func TestLinksAndNames(t *testing.T) {
	w := start(t, quiet, playground.Options{Name: "demo"})
	c, ada := w.Channel("backend-interviews"), w.known("Ada", "", false)
	_, err := w.adapter.Post(t.Context(), c, chat.Message{Summary: "Links.", Blocks: []chat.Block{
		chat.Paragraph{Text: chat.Text{
			{Text: "good", Link: "https://example.com/?a=1&b=\"2\""}, {Text: "script", Link: "javascript:alert(1)"},
			{Text: "data", Link: "data:text/html,x"}, {Text: "relative", Link: "/demo/over"}, {Text: "none", Link: "https://"},
			{Text: "host", Link: "javascript://example.com/%0aalert(1)"}, {Text: "ftp", Link: "ftp://example.com/"},
			{User: chat.UserID(w.id("u2")), Text: "old name"}, {User: "demo:gone.u2", Text: "somebody"}, {Channel: c},
		}},
		chat.Buttons{Row: []chat.Button{{Label: "Site", URL: "https://example.com/"}, {Label: "Script", URL: "javascript:alert(1)"}}},
	}}, "")
	if err != nil {
		t.Fatal(err)
	}
	w.until(t, "it is not there", func() bool { return len(ada.Screen(c)) == 1 })
	m := ada.tab("c-backend-interviews").messages[0]
	var links []string
	for _, a := range m.all(func(n *node) bool { return n.name == "a" }) {
		if links = append(links, a.attr("href")); a.attr("rel") != "noopener noreferrer" {
			t.Errorf("a link without care: %v", a.attrs)
		}
	}
	if !slices.Equal(links, []string{"https://example.com/?a=1&b=%222%22", "https://example.com/"}) {
		t.Errorf("links lead to %q", links)
	}
	if text := m.text(); !strings.Contains(text, "@Jonas@somebody#backend-interviews") || !strings.Contains(text, "scriptdatarelativenonehostftp") {
		t.Errorf("it reads %q", text)
	}
}

func table() chat.Table {
	colours := []chat.Choice{{Value: "red", Label: "Red"}, {Value: "green", Label: "Green"}, {Value: "blue", Label: "Blue"}}
	return chat.Table{
		{Name: "say", Personal: true, Options: []chat.Option{{Name: "text"}}},
		{Name: "pick", Personal: true, Options: []chat.Option{{Name: "colour", Required: true, Choices: colours}, {Name: "size", Complete: true}}},
		{Name: "open", Personal: true},
		{Name: "tracks", Personal: true, Options: []chat.Option{{Name: "deed"}}},
		{Name: "team", Options: []chat.Option{{Name: "who", Complete: true}, {Name: "rest"}}},
	}
}

func TestCompletion(t *testing.T) {
	w := start(t, func(_ context.Context, e chat.Event) (chat.Response, error) {
		c, ok := e.What.(chat.Complete)
		if !ok {
			return chat.Response{}, nil
		}
		return chat.Response{Choices: []chat.Choice{
			{Value: c.Name + "/" + c.Option + "/" + c.Prefix + "/" + c.Args["colour"], Label: "heard"}, {Value: "two words", Hint: "a hint"},
		}}, nil
	}, playground.Options{Name: "demo", Table: table()})
	ada := w.known("Ada", "", false)
	for _, c := range []struct {
		in, text, usage string
		lines           []string
	}{
		{"c-lounge", "/", "", []string{"/say ", "/pick ", "/open", "/tracks ", "/team "}},
		{"dm", "/", "", []string{"/say ", "/pick ", "/open", "/tracks "}},
		{"c-lounge", "/P", "", []string{"/pick "}},
		{"c-lounge", "/open", "", []string{"/open"}},
		{"c-lounge", "/interview t", "", []string{"/interview tracks ", "/interview team "}},
		{"c-lounge", "/interview pick b", "/pick <colour> [size]", []string{"/interview pick blue "}},
		{"c-lounge", "/pick ", "/pick <colour> [size]", []string{"/pick red ", "/pick green ", "/pick blue "}},
		{"c-lounge", "/pick GR", "/pick <colour> [size]", []string{"/pick green "}},
		{"c-lounge", "/pick colour:r", "/pick <colour> [size]", []string{"/pick colour:red "}},
		{"c-lounge", "/pick red la", "/pick <colour> [size]", []string{"/pick red pick/size/la/red", "/pick red two words"}},
		{"c-lounge", "/pick red  la", "/pick <colour> [size]", []string{"/pick red  pick/size/la/red", "/pick red  two words"}},
		{"c-lounge", "/pick size:x", "/pick <colour> [size]", []string{"/pick size:pick/size/x/", "/pick size:two words"}},
		{"c-lounge", "/pick size:x r", "/pick <colour> [size]", []string{"/pick size:x red "}},
		{"c-lounge", "/team ", "/team [who] [rest]", []string{"/team team/who// ", `/team "two words" `}},
		{"c-lounge", "/open x", "/open", nil},
		{"c-lounge", "/none x", "", nil},
		{"c-lounge", "open", "", nil},
		{"c-lounge", "", "", nil},
	} {
		var o outcome
		if err := w.post(ada, c.in, "complete", map[string]string{"Text": c.text}, &o); err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, it := range o.Items {
			lines = append(lines, it.Line)
		}
		if !slices.Equal(lines, c.lines) || o.Usage != c.usage {
			t.Errorf("%q in %s offers %q with usage %q, want %q with %q", c.text, c.in, lines, o.Usage, c.lines, c.usage)
		}
	}
}

func TestTypedLines(t *testing.T) {
	heard := make(chan chat.Event, 1)
	w := start(t, func(_ context.Context, e chat.Event) (chat.Response, error) {
		heard <- e
		return says(note("Heard."))
	}, playground.Options{Name: "demo", Table: adaptertest.Table()})
	ada := w.known("Ada", "", false)
	for _, c := range []struct{ in, text, name, arg string }{
		{"c-lounge", "/say hello there", "say", "hello there"},
		{"c-lounge", "  /interview say hello", "say", "hello"},
		{"c-lounge", "/Interview SAY hello\n\n", "say", "hello"},
		{"c-lounge", "/interview", "help", ""},
		{"c-lounge", "/", "help", ""},
		{"dm", "say hello", "say", "hello"},
		{"dm", "/say hello", "say", "hello"},
		{"dm", "say <!channel> *x* <b>", "say", "<!channel> *x* <b>"},
	} {
		if err := ada.deed(c.in, "say", map[string]string{"Text": c.text}); err != nil {
			t.Fatal(err)
		}
		e := <-heard
		call, ok := e.What.(chat.Call)
		if !ok || call.Name != c.name || call.Args["text"] != c.arg || e.Direct != (c.in == "dm") {
			t.Errorf("%q in %s arrived as %+v", c.text, c.in, e)
		}
	}
	if got := texts(ada, ada.Direct()); !slices.Equal(got, []string{"say hello", "Heard.", "/say hello", "Heard.", "say <!channel> *x* <b>", "Heard."}) {
		t.Errorf("the direct conversation reads %q", got)
	}
	page, err := w.page("?in=c-lounge&as=" + ada.id)
	if err != nil {
		t.Fatal(err)
	}
	asked := page.all(func(n *node) bool { return n.has("asked") })
	if len(asked) != 5 || asked[0].text() != "/say hello there" {
		t.Errorf("the answers do not say what they answer: %d", len(asked))
	}
}
