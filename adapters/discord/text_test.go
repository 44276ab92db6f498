package discord

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/discord/discordtest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// reader is a Discord whose clients read Markdown; nothing else of it is used.
func reader(t testing.TB) *discordtest.Server {
	s, err := discordtest.New(discordtest.Options{Listener: discordtest.NewPipe()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// checkText renders a text plainly, in every style and in every kind of block, and reads it as a client does.
func checkText(t *testing.T, s *discordtest.Server, text string) {
	t.Helper()
	if got, effects := s.Read(markdown(chat.T(text))); discordtest.Visible(got) != discordtest.Visible(text) || len(effects) > 0 {
		t.Errorf("%q\nis shown as %q\nwith effects %q; written %q", text, got, effects, markdown(chat.T(text)))
	}
	marks := []string{"bold", "italic", "strike", "hidden", "mono"}
	for _, style := range []chat.Style{chat.Bold, chat.Italic, chat.Strike, chat.Spoiler, chat.Mono, chat.Bold | chat.Italic, chat.Bold | chat.Italic | chat.Strike | chat.Spoiler} {
		spans := chat.Text{{Text: "before ", Style: 0}, {Text: text, Style: style}, {Text: text, Style: chat.Bold}, {Text: " after " + text}}
		got, effects := s.Read(markdown(spans))
		if discordtest.Visible(got) != discordtest.Visible(spans.Plain()) {
			t.Errorf("style %b: %q\nis shown as %q\nwritten %q", style, spans.Plain(), got, markdown(spans))
		}
		if slices.ContainsFunc(effects, func(e string) bool { return !slices.Contains(marks, e) }) {
			t.Errorf("style %b of %q has effects %q", style, text, effects)
		}
	}
	linked := chat.Text{{Text: text, Link: "https://example.com/a_(b)?c=d&e=*"}}
	if got, effects := s.Read(markdown(linked)); discordtest.Visible(got) != discordtest.Visible(text) || discordtest.Visible(text) != "" && !slices.Contains(effects, "link https://example.com/a_%28b%29?c=d&e=*") {
		t.Errorf("linked %q is shown as %q with %q; written %q", text, got, effects, markdown(linked))
	}
	d := draft{ids: map[string]int{}}
	for _, b := range []chat.Block{chat.Heading{Text: chat.T(text)}, chat.Note{Text: chat.T(text)}, chat.Quote{Text: chat.T(text)}, chat.Code{Language: text, Source: text}, chat.Code{Source: text, Hidden: true},
		chat.List{Items: []chat.Text{chat.T(text), chat.T(text)}}, chat.List{Items: []chat.Text{chat.T(text)}, Ordered: true}} {
		d.parts = nil
		d.block(b)
		var shown string
		var effects []string
		for _, p := range d.parts {
			shown, effects = s.Read(p.text)
		}
		if !strings.Contains(discordtest.Visible(shown), discordtest.Visible(text)) || slices.ContainsFunc(effects, func(e string) bool { return strings.Contains(e, " ") || e == "emoji" }) {
			t.Errorf("%T of %q is shown as %q with %q", b, text, shown, effects)
		}
	}
}

func TestHostileText(t *testing.T) {
	s := reader(t)
	for _, text := range adaptertest.Hostile() {
		checkText(t, s, text)
	}
	for _, text := range []string{
		"form\ffeed\vtab\rreturn",
		"¯\\_(ツ)_/¯", "a*b*c", "**", "* not a list", "1. not\n2. a list", "10.5 is a number", "- x\n  - y", "> q\n>>> r", "#nospace # space", "C# and F#",
		"http://a.b/c_d_e*f*", "see https://x.y/z.", "ends with backslash \\", "`", "``", "```", "````", "`a``b```c", "||", "|||", "a||b||c", "<", "<@", "<@1", "<@1>",
		"<t:1:R", "[", "[]", "[a](", "[a](b)", "[a](https://b.c)", "]( https://b.c )", "@", "@everyone!", "user@here.example", ":", "::", ":a:", "a:b:c", "12:30:45", "\n\n#x", "\t# x",
		"_a_", "snake_case_word", "__init__", "~~~", "-# small", "- # both", "\u202e# rtl", "\u200b# zero", "###### six", "#", "-", ">", "-#", "1.", "1",
	} {
		checkText(t, s, text)
	}
}

// Short texts of nothing but what Markdown is made of.
func TestRandomMarkup(t *testing.T) {
	s := reader(t)
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"*", "_", "~", "`", "|", "||", "~~", "**", "__", "```", "<", ">", "@", "#", "[", "]", "(", ")", ":", "-", ".", "\\", "\n", " ", "0", "a", "1. ",
		"- ", "# ", "> ", ">>> ", "-# ", "<@1>", "https://a.b", "](https://c.d)", "<t:1:R>", "@here", ":x:", "\u200b", "\u202e", "/", "é"}
	for range 3000 {
		var text strings.Builder
		for range 1 + r.IntN(10) {
			text.WriteString(pieces[r.IntN(len(pieces))])
		}
		checkText(t, s, text.String())
		if t.Failed() {
			return
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, text := range adaptertest.Hostile() {
		f.Add(text)
	}
	s := reader(f)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 300 {
			return
		}
		checkText(t, s, strings.ToValidUTF8(text, "\uFFFD"))
	})
}

func TestReferences(t *testing.T) {
	at := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	for want, text := range map[string]chat.Text{
		"<@7> thanks": chat.Join(chat.Person("discord:7", "Ada"), chat.T(" thanks")),
		"Ada":         chat.Person("slack:U7", "Ada"),
		"<#5>":        chat.InChannel("discord:5"),
		"<t:1795683600:F> <t:1795683600:t> <t:1795683600:D> <t:1795683600:f> <t:1795683600:R>": chat.Join(
			chat.At(at, chat.DayClock, nil), chat.T(" "), chat.At(at, chat.Clock24, nil), chat.T(" "), chat.At(at, chat.DateShort, nil), chat.T(" "),
			chat.At(at, chat.DateClock, nil), chat.T(" "), chat.At(at, chat.Relative, nil)),
		"||hidden **and** more||":        {{Text: "hidden ", Style: chat.Spoiler}, {Text: "and", Style: chat.Spoiler | chat.Bold}, {Text: " more", Style: chat.Spoiler}},
		"javascript\\:alert(1)":          {{Text: "javascript:alert(1)", Link: "javascript:alert(1)"}},
		"<https://example.com/>":         {{Text: "https://example.com/", Link: "https://example.com/"}},
		"[a](https://example.com/)":      {{Text: "a", Link: "https://example.com/"}},
		"**bold** *italic* ~~s~~ `mono`": {{Text: "bold", Style: chat.Bold}, {Text: " "}, {Text: "italic", Style: chat.Italic}, {Text: " "}, {Text: "s", Style: chat.Strike}, {Text: " "}, {Text: "mono", Style: chat.Mono}},
	} {
		if got := markdown(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What is hidden stays hidden, whatever stands in it: two pipes, code, or more than fits.
func TestHidden(t *testing.T) {
	s := reader(t)
	secret := func(text string, style chat.Style) chat.Block {
		return chat.Paragraph{Text: chat.Text{{Text: "see " + text, Style: chat.Spoiler | style}}}
	}
	for name, b := range map[string]chat.Block{
		"pipes":        secret("a || b || c", 0),
		"code in line": secret("Number(x) || 3", chat.Mono),
		"a link":       chat.Paragraph{Text: chat.Text{{Text: "there", Style: chat.Spoiler, Link: "https://example.com/?q=a||b"}}},
		"a list":       chat.List{Items: []chat.Text{{{Text: "x || y", Style: chat.Spoiler | chat.Mono}}, {{Text: "z", Style: chat.Spoiler}}}},
		"code":         chat.Code{Language: "sql", Source: "# no heading\n- no item\nSELECT 'a' || 'b'\n||", Hidden: true},
		"much markup":  secret(strings.Repeat("_ || ", 900), 0),
		"much wide":    secret(strings.Repeat("語 || ", 900), 0),
		"much code":    chat.Code{Source: strings.Repeat("語 || ", 900), Hidden: true},
		"much listed":  chat.List{Items: []chat.Text{{{Text: strings.Repeat("*|* ", 900), Style: chat.Spoiler}}}},
	} {
		for _, c := range render(chat.Message{Summary: "x", Blocks: []chat.Block{b}}).Components[0].Components {
			switch c.Type {
			case typeText:
				if _, effects := s.Read(c.Content); !slices.Contains(effects, "hidden") {
					t.Errorf("%s: %q is read with %q", name, clip(c.Content, 200), clip(fmt.Sprint(effects), 200))
				}
				pieces := strings.Split(strings.ReplaceAll(c.Content, `\|`, ""), "||")
				for i, piece := range pieces {
					if i%2 == 0 && strings.Trim(piece, "- \n") != "" || len(pieces)%2 == 0 {
						t.Errorf("%s: %q is open in %q", name, clip(piece, 200), clip(c.Content, 200))
					}
				}
			case typeFile:
				if !c.Spoiler {
					t.Errorf("%s: the file is not hidden", name)
				}
			}
		}
	}
}

// Whatever is in a message, it is within Discord's limits and nothing of it is lost.
func TestAnyMixFits(t *testing.T) {
	rows := func(n int) chat.Block {
		var r []chat.Button
		for i := range n {
			r = append(r, chat.Button{Label: strings.Repeat("l", i+1), Action: strings.Repeat("a", 80)})
		}
		return chat.Buttons{Row: r}
	}
	mixes := map[string][]chat.Block{
		"texts and rows": {chat.Paragraph{Text: chat.T("text")}, rows(5)},
		"rows":           {rows(5)},
		"links":          {chat.Paragraph{Text: chat.T("x")}, chat.Rule{}},
		"markup":         {chat.Paragraph{Text: chat.T(strings.Repeat("*", 146))}},
		"wide":           {chat.Quote{Text: chat.T(strings.Repeat("語", 146))}},
		"wider":          {chat.Note{Text: chat.T(strings.Repeat("😀\n", 73))}},
		"code":           {chat.Code{Source: strings.Repeat("```", 48)}},
		"items":          {chat.List{Items: []chat.Text{chat.T(strings.Repeat("_", 70)), chat.T(strings.Repeat("_", 70))}}},
		"menus":          {chat.Paragraph{Text: chat.T("x")}, chat.Menu{Action: "m", Choices: []chat.Choice{{Value: "v", Label: "l"}}}},
	}
	for name, mix := range mixes {
		var blocks []chat.Block
		for len(blocks) < 25 {
			blocks = append(blocks, mix...)
		}
		blocks = blocks[:25]
		m := chat.Message{Summary: name, Blocks: blocks}
		for _, p := range []*payload{render(m), renderPrivate(m), renderPrivate(m, component{Type: typeButton, Label: "Fix", CustomID: "o1:1"})} {
			components, text, size, pressed := measure(p.Components)
			if components > 40 || text > 4000 || size > 10170 {
				t.Errorf("%s: %d components, %d characters, %d bytes", name, components, text, size)
			}
			want := 0
			for _, b := range blocks {
				if r, ok := b.(chat.Buttons); ok {
					want += len(r.Row)
				}
			}
			if pressed-strings.Count(mustJSON(t, p), `"Fix"`) != want {
				t.Errorf("%s: %d buttons of %d", name, pressed, want)
			}
		}
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func measure(all []component) (components, text, size, pressed int) {
	for _, c := range all {
		n, x, b, p := measure(c.Components)
		components, text, size, pressed = components+1+n, text+x, size+b, pressed+p
		switch {
		case c.Type == typeText:
			text, size = text+units(c.Content), size+len(c.Content)+12
		case c.Type == typeButton:
			pressed++
		case c.Type == typeSelect && strings.HasPrefix(c.CustomID, "b"):
			pressed += len(c.Options)
		}
	}
	return components, text, size, pressed
}

func TestCustomIDs(t *testing.T) {
	d := draft{ids: map[string]int{}}
	for _, want := range []string{"r:x", "r2:x", "u:x", "r3:x", "r:y:z"} {
		v, action, _ := readID(want)
		if got := d.id(v, action); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for _, bad := range []string{"", ":", "x:y", "r", "rx:y", "r-1:y", strings.Repeat("r", 200) + ":"} {
		if _, _, ok := readID(bad); ok {
			t.Errorf("%q was read", bad)
		}
	}
}

func FuzzIDs(f *testing.F) {
	for _, s := range []string{"discord:1", "discord:1.2", "discord:@1", "discord:x", "1", "", "discord:1.2.3", "discord:18446744073709551616", "r:x", "o12:34", "s5:form", "b2:", "r9999999999999999999999:x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, m, ok := messageOf(chat.MessageID(s)); ok && string(messageID(c, m)) != s {
			t.Errorf("message %q is written %q", s, messageID(c, m))
		}
		if c, u, ok := channelOf(chat.ChannelID(s)); ok && string(channelID(c)) != s && string(directID(u)) != s {
			t.Errorf("channel %q", s)
		}
		if u, ok := snowflakeOf(chat.UserID(s)); ok && string(userID(u)) != s {
			t.Errorf("user %q", s)
		}
		if v, action, ok := readID(s); ok && (!strings.HasSuffix(s, ":"+action) || s[0] != byte(v)) {
			t.Errorf("custom id %q is read as %c %q", s, v, action)
		}
		numberOf(s)
		if d := madeAt(s); !d.IsZero() && isSnowflake(s) && firstAt(d) > s && len(firstAt(d)) >= len(s) {
			t.Errorf("%s was made at %v, before %s", s, d, firstAt(d))
		}
	})
}

func FuzzInteraction(f *testing.F) {
	for _, s := range []string{
		`{"type":1}`, `{"type":0,"event":{}}`,
		`{"type":2,"id":"1","application_id":"2","token":"t","guild_id":"3","channel_id":"4","member":{"user":{"id":"5"},"roles":["6"],"permissions":"32"},"data":{"name":"interview","options":[{"name":"pick","type":1,"options":[{"name":"colour","type":3,"value":"red"},{"name":"size","type":4,"value":5}]}]}}`,
		`{"type":3,"id":"1","application_id":"2","token":"t","user":{"id":"5"},"message":{"id":"7","channel_id":"4","flags":64},"data":{"custom_id":"m:x","component_type":3,"values":["a","b"]}}`,
		`{"type":4,"id":"1","application_id":"2","token":"t","user":{"id":"5"},"data":{"options":[{"name":"pick","options":[{"name":"size","value":"x","focused":true}]}]}}`,
		`{"type":5,"id":"1","application_id":"2","token":"t","user":{"id":"5"},"data":{"custom_id":"s1:f","components":[{"type":18,"component":{"type":4,"custom_id":"x","value":"y"}},{"type":1,"components":[{"custom_id":"z","values":null}]}]}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := readInteraction(raw)
		if err != nil || in.Type == deedPing || in.told() {
			return
		}
		e, _, err := in.event(adaptertest.Table())
		for _, id := range []string{string(e.ID), string(e.Space), string(e.Channel), string(e.Within), string(e.Actor.User), string(e.Message)} {
			if strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '|' || r == '/' }) || len(id) > 200 {
				t.Errorf("identifier %q", id)
			}
		}
		if err == nil && e.What == nil {
			t.Error("an event without what happened")
		}
		readWebhook(raw, "2")
	})
}

// FuzzFrames cuts a server's bytes at will: what is passed on and what is seen must not depend on the cuts.
func FuzzFrames(f *testing.F) {
	frame := func(opcode byte, payload string) string {
		return string([]byte{0x80 | opcode, byte(len(payload))}) + payload
	}
	long := string([]byte{0x81, 126, 1, 44}) + strings.Repeat("x", 300)
	f.Add([]byte("HTTP/1.1 101 Switching Protocols\r\n\r\n"+frame(1, `{"op":10}`)+long+frame(1, `{"op":9,"d":false}`)+frame(1, `{"op":0}`)), uint8(3))
	f.Add([]byte("\r\n\r\n"+frame(8, "\x0f\xa4")+frame(1, "")), uint8(1))
	f.Add(append([]byte("\r\n\r\n\x81\x7f"), binary.BigEndian.AppendUint64(nil, 1<<63)...), uint8(7))
	f.Fuzz(func(t *testing.T, stream []byte, step uint8) {
		run := func(step int) (seen []string, passed int) {
			var x frames
			for rest := stream; len(rest) > 0; {
				n := min(step, len(rest))
				stop := false
				ok := x.feed(rest[:n], func(op byte, payload []byte) bool {
					seen = append(seen, string(op)+string(payload))
					stop = bytes.Contains(payload, []byte(`"op":9`))
					return !stop
				})
				passed += ok
				if stop {
					return seen, passed
				}
				rest = rest[n:]
			}
			return seen, passed
		}
		whole, _ := run(max(len(stream), 1))
		cut, _ := run(int(step) + 1)
		if !reflect.DeepEqual(whole, cut) {
			t.Errorf("cut: %q, whole: %q", cut, whole)
		}
	})
}
