package playground_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/adapters/playground"
)

// previewPage serves a preview and returns its page.
func previewPage(t *testing.T, p playground.Preview, failure error) (status int, page string) {
	t.Helper()
	routes, err := playground.PreviewRoutes(func(*http.Request) (playground.Preview, error) { return p, failure })
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	routes.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(body)
}

func TestPreviewDrawsWhatThePlatformsAreSent(t *testing.T) {
	slack := func(json string) playground.Shown { return playground.Shown{Title: "x", Slack: []byte(json)} }
	discord := func(json string) playground.Shown { return playground.Shown{Title: "x", Discord: []byte(json)} }
	text := func(s string) playground.Shown {
		return discord(`{"components":[{"type":17,"components":[{"type":10,"content":"` + s + `"}]}]}`)
	}
	for name, test := range map[string]struct {
		shown playground.Shown
		want  string
	}{
		"header":        {slack(`[{"type":"header","text":{"type":"plain_text","text":"A <b>"}}]`), "<h3>A &lt;b&gt;</h3>"},
		"rich text":     {slack(`[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"a\nb","style":{"bold":true,"code":true}},{"type":"link","url":"https://a.example/?x=1&y","text":"go"}]}]}]`), `<div class="text"><strong><code>a<br>b</code></strong><a href="https://a.example/?x=1&amp;y" target="_blank" rel="noopener noreferrer">go</a></div>`},
		"bad link":      {slack(`[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"link","url":"javascript:x()","text":"go"}]}]}]`), `<div class="text">go</div>`},
		"lists":         {slack(`[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"ordered","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"a"}]}]}]}]`), `<ol><li><div class="text">a</div></li></ol>`},
		"small print":   {slack(`[{"type":"context","elements":[{"type":"mrkdwn","text":"until <!date^0^{time}|x> &amp; <https://a.example|s>"}]}]`), `<p class="note">until <time datetime="1970-01-01T00:00:00Z">Thu 1 Jan 00:00</time> &amp; <a href="https://a.example"`},
		"plain print":   {slack(`[{"type":"context","elements":[{"type":"plain_text","text":"<!date^0^x|y>"}]}]`), `<p class="note">&lt;!date^0^x|y&gt;</p>`},
		"broken date":   {slack(`[{"type":"context","elements":[{"type":"mrkdwn","text":"<!date^> <"}]}]`), `<p class="note"> </p>`},
		"fields":        {slack(`[{"type":"section","fields":[{"type":"mrkdwn","text":"*Name*\n1 &lt; 2"}]}]`), `<p><b>Name</b><br>1 &lt; 2</p>`},
		"buttons":       {slack(`[{"type":"actions","elements":[{"type":"button","style":"primary","text":{"type":"plain_text","text":"Go"}}]}]`), `<span class="button primary">Go</span>`},
		"boxes":         {slack(`[{"type":"section","text":{"type":"plain_text","text":"Q"},"accessory":{"type":"checkboxes","options":[{"text":{"text":"a"},"value":"1"},{"text":{"text":"b"},"value":"2"}],"initial_options":[{"value":"2"}]}}]`), `<li>☐ a</li><li>☑ b</li>`},
		"menu":          {slack(`[{"type":"actions","elements":[{"type":"static_select","placeholder":{"type":"plain_text","text":"Choose"}}]}]`), `Choose ▾`},
		"code":          {slack(`[{"type":"rich_text","elements":[{"type":"rich_text_preformatted","elements":[{"type":"text","text":"x"}]}]}]`), `<pre>x</pre>`},
		"markdown":      {text(`## Title\n-# small <t:0:R>\n> said\n- **a** \\*b\\*\n- ` + "`c*`" + `\n1. one`), `<h3>Title</h3><p class="note">small <time datetime="1970-01-01T00:00:00Z">1 January 1970 00:00</time></p><blockquote>said</blockquote><ul><li><strong>a</strong> `},
		"escapes":       {text(`\\*a\\* <script> [x\\]](https://a.example) <@123456789012345678>`), `<div class="text">*a* &lt;script&gt; <a href="https://a.example" target="_blank" rel="noopener noreferrer">x]</a> <span class="mention">@somebody</span></div>`},
		"spoiler":       {text(`||hidden **bold**|| ~~x`), `<mark class="spoiler">hidden <strong>bold</strong></mark> <s>x</s>`},
		"fenced code":   {text("||```go\\nx < 1\\n```||\\nafter"), "<pre class=\"spoiler\">x &lt; 1\n</pre><div class=\"text\">after</div>"},
		"row":           {discord(`{"components":[{"type":1,"components":[{"type":2,"style":4,"label":"No"}]},{"type":14}]}`), `<div class="row"><span class="button danger">No</span></div><hr>`},
		"select":        {discord(`{"components":[{"type":3,"placeholder":"Which?","options":[{"label":"a"}]}]}`), `Which? ▾</div><ul class="options"><li>a</li></ul>`},
		"files":         {discord(`{"components":[{"type":13},{"type":12,"items":[{"description":"a chart"}]}]}`), `attached as a file.</p><p class="note">a chart</p>`},
		"strange style": {discord(`{"components":[{"type":2,"style":99,"label":"No"}]}`), `<span class="button link">No</span>`},
	} {
		t.Run(name, func(t *testing.T) {
			status, page := previewPage(t, playground.Preview{Title: "T", Shown: []playground.Shown{test.shown}, Version: "1"}, nil)
			if status != http.StatusOK || !strings.Contains(page, test.want) {
				t.Errorf("no %s in\n%s", test.want, page[strings.Index(page, "<main"):])
			}
		})
	}
}

func TestPreviewSaysWhatIsWrong(t *testing.T) {
	if status, page := previewPage(t, playground.Preview{Title: "<b>", Findings: []string{"a.yaml:1: <i> & so"}}, nil); status != http.StatusOK ||
		!strings.Contains(page, "<li>a.yaml:1: &lt;i&gt; &amp; so</li>") || !strings.Contains(page, "<h1>&lt;b&gt;</h1>") {
		t.Error(page)
	}
	if status, page := previewPage(t, playground.Preview{}, errors.New("no such file <x>")); status != http.StatusOK || !strings.Contains(page, "no such file &lt;x&gt;") {
		t.Error(status, page)
	}
	if status, page := previewPage(t, playground.Preview{Shown: []playground.Shown{{Title: "x", Slack: []byte("{")}}}, nil); status != http.StatusInternalServerError || !strings.Contains(page, "read Slack's blocks") {
		t.Error(status, page)
	}
}

// Whatever text stands in a message, the page has no element that the renderer does not write.
func FuzzPreviewText(f *testing.F) {
	for _, s := range []string{"||a **b|| c**", "<script>x", "[a](https://b\"onclick=x)", "<t:99999999999999999999:R>", "\\", "`", "```", "||```", "- \n1. ", "<!date^9^|x>", "*a*\n<"} {
		f.Add(s)
	}
	var s string
	routes, err := playground.PreviewRoutes(func(*http.Request) (playground.Preview, error) {
		return playground.Preview{Shown: []playground.Shown{{Slack: contextBlock(s), Discord: textBody(s)}}}, nil
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s = text
		w := httptest.NewRecorder()
		routes.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if w.Code != http.StatusOK {
			t.Fatal(w.Body.String())
		}
		_, shown, _ := strings.Cut(w.Body.String(), `<section class="pair">`)
		shown, _, _ = strings.Cut(shown, "</section>")
		for part := range strings.SplitSeq(shown, "<") {
			name, _, _ := strings.Cut(strings.TrimPrefix(part, "/"), ">")
			name, _, _ = strings.Cut(name, " ")
			switch strings.TrimSpace(name) {
			case "", "h2", "h3", "article", "header", "b", "span", "p", "br", "div", "ul", "ol", "li", "blockquote", "pre", "code", "strong", "em", "s", "mark", "a", "time":
			default:
				t.Fatalf("%q became <%s", text, part)
			}
		}
	})
}

func contextBlock(s string) []byte {
	return jsonOf([]any{map[string]any{"type": "context", "elements": []any{map[string]any{"type": "mrkdwn", "text": s}}}})
}

func textBody(s string) []byte {
	return jsonOf(map[string]any{"components": []any{map[string]any{"type": 10, "content": s}}})
}

func jsonOf(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		return []byte(err.Error())
	}
	return b
}
