package adaptertest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Hostile is text that people type, by accident or not, and that must come out as text everywhere. Tests of renderers may
// use it too.
func Hostile() []string {
	return []string{
		"<!channel> <!here> <!everyone> <!subteam^S1|all>",
		"<@U1> <@W1|ada> <@123456789012345678> <@!1> <@&1> <#C1|general> <#123>",
		"@everyone @here @channel @ada #general",
		"<!date^0^{date}|x> <t:0:R> </say:1> <:smile:1> <a:x:1> :smile: :tada:",
		"*bold* _under_ ~gone~ `mono` **bold** __under__ ~~gone~~ ||spoiler|| ***all***",
		"# one\n## two\n-# small\n- item\n* item\n1. item\n> quote\n>>> all of it",
		"[click me](https://evil.example) <https://evil.example|click me> [a][b] ![x](y)",
		"``` fence ``` `` two `` ` one ``` ```` four",
		"```go\nfmt.Println(1)\n```\nafter",
		"<script>alert(1)</script> <img src=x onerror=alert(1)> </textarea> <!-- x --> &lt;b&gt; &amp; &#60;",
		"a < b & c > d && e || f",
		"right \u202e to left \u202c again \u2066 isolated \u2069 مرحبا שלום",
		"zero\u200bwidth\u200d \ufeffmark \u2060joiner so\u00adft",
		"nul \x00 bell \x07 escape \x1b[31mred\x1b[0m",
		"broken \xff\xfe utf-8",
		"👩‍👩‍👧 🏳️‍🌈 👍🏽 e\u0301 𝔘 ﷽",
		`"double" 'single' “typographic” \back\slash \n \u0041 $1 %s %d {{.}} ${x}`,
		"=1+1 +1 -1 '; DROP TABLE answers; --",
		"  leading,   inner\t and trailing white space  \n\n\n after",
		"https://example.com/?a=1&b=2 http://[::1]/ javascript:alert(1) mailto:a@b.example",
		"*_~`|>#-+.!()[]{}<>&@:/\\^=",
		strings.Repeat("*<&`_ ", 500),
		long(3000),
	}
}

func hostile() []scenario {
	return []scenario{
		{name: "hostile text in every block of a private reply", play: hostileReply},
		{name: "hostile text in a post, an edit and a direct message", play: hostilePost},
		{name: "hostile text in every field of a form", play: hostileForm},
		{name: "hostile text that people send", play: hostileSent},
		{name: "hostile text in commands", play: hostileTyped},
		{name: "hostile text in errors and completions", play: hostileAnswers},
	}
}

// clip cuts a text to at most n characters, the last of which can be seen, so that it can be told that none is missing.
func clip(text string, n int) string {
	r := []rune(strings.ToValidUTF8(text, "\ufffd"))
	if len(r) <= n {
		return text
	}
	r = r[:n]
	r[n-1] = 'z'
	return string(r)
}

// begin is the beginning of a text, of at most n characters.
func begin(text string, n int) string {
	r := []rune(text)
	return string(r[:min(n, len(r))])
}

// line is a text as it may stand in a label: in one line, not empty at its ends.
func line(text string, n int) string {
	text = strings.Join(strings.FieldsFunc(text, unicode.IsSpace), " ")
	return strings.TrimSpace(clip(text, n))
}

func hostileReply(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	caps := s.Platform().Caps()
	for i, text := range Hostile() {
		text = clip(text, min(caps.Text, caps.Total/8))
		end := fmt.Sprintf("the end of %d", i)
		m := hostileMessage(text, caps, end)
		s.replies(m)
		ada.types(c, "say it")
		shown := ada.hears(c, end)
		s.readsAll(shown, text, caps)
	}
}

// hostileMessage has the text in every field of every block but the picture.
func hostileMessage(text string, caps chat.Caps, end string) chat.Message {
	label := func(n int) string { return line(text, n) }
	return chat.Message{Summary: label(caps.Summary), Blocks: []chat.Block{
		chat.Heading{Text: chat.T(label(min(caps.Heading, caps.Total/20)))},
		chat.Paragraph{Text: chat.Join(chat.T("P "), chat.B("b "), chat.T(text))},
		chat.List{Items: []chat.Text{chat.T(label(100)), {{Text: label(60), Style: chat.Mono}}}},
		chat.List{Items: []chat.Text{{{Text: label(60), Style: chat.Bold | chat.Italic}}, {{Text: label(60), Style: chat.Spoiler}}}, Ordered: true},
		chat.Code{Language: "text", Source: text},
		chat.Quote{Text: chat.T(text)},
		chat.Fields{Pairs: []chat.Field{{Name: label(40), Value: chat.T(label(min(caps.Field, 100)))}}},
		row(chat.Button{Label: label(caps.Label), Action: "a"}, chat.Button{Label: "Plain", Action: "b"}),
		chat.Menu{Action: "menu", Placeholder: label(caps.Placeholder), Choices: []chat.Choice{{Value: "v", Label: label(caps.Choice)}, {Value: "w", Label: "Plain"}}},
		chat.Checks{Action: "checks", Label: label(60), Choices: []chat.Choice{{Value: "v", Label: label(caps.Choice)}, {Value: "w", Label: "Plain"}}},
		chat.Note{Text: chat.Join(chat.T(label(100)), chat.Text{{Text: label(60), Link: "https://example.com/"}})},
		chat.Paragraph{Text: chat.T(end)},
	}}
}

// readsAll checks that every text of a hostileMessage is to be read as it was written.
func (s *stage) readsAll(m Shown, text string, caps chat.Caps) {
	s.t.Helper()
	all := visible(m.Text)
	for name, want := range map[string]string{
		"heading": line(text, min(caps.Heading, caps.Total/20)), "paragraph": "P b " + text, "item": line(text, 100), "styled item": line(text, 60),
		"code": text, "quote": text, "field": line(text, min(caps.Field, 100)),
	} {
		if !strings.Contains(all, visible(want)) {
			s.t.Errorf("the %s %.200q is not to be read in:\n%q", name, want, m.Text)
		}
	}
	if n := strings.Count(all, visible(text)); n < 3 {
		s.t.Errorf("the text is to be read %d times, want it in paragraph, code and quote: %q", n, m.Text)
	}
	if _, err := m.button(line(text, caps.Label)); err != nil {
		s.t.Error(err)
	}
	if len(m.Menus) != 1 || visible(m.Menus[0].Choices[0]) != visible(line(text, caps.Choice)) {
		s.t.Errorf("the menu is %+v", m.Menus)
	} else if p := m.Menus[0].Placeholder; p != "" && visible(p) != visible(line(text, caps.Placeholder)) {
		s.t.Errorf("the placeholder is %q", p)
	}
	if len(m.Boxes) != 2 || visible(m.Boxes[0].Label) != visible(line(text, caps.Choice)) {
		s.t.Errorf("the boxes are %+v", m.Boxes)
	}
	if m.Summary != "" && !strings.Contains(visible(m.Summary), visible(begin(line(text, caps.Summary), 60))) {
		s.t.Errorf("the summary is %q", m.Summary)
	}
}

func hostilePost(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	caps := s.Platform().Caps()
	var blocks []chat.Block
	var texts []string
	for _, text := range Hostile() {
		text = clip(text, min(150, caps.Text, caps.Total/len(Hostile())-10))
		texts = append(texts, text)
		blocks = append(blocks, chat.Paragraph{Text: chat.T(text)})
	}
	for _, m := range []chat.Message{{Summary: line(texts[0], caps.Summary), Blocks: blocks}} {
		id := s.post(c, m, "")
		s.shownAs(ada, c, texts)
		s.edit(c, id, note("Edited."))
		ada.sees(c, "Edited.")
		s.edit(c, id, m)
		s.shownAs(ada, c, texts)
		s.direct(ada, m)
		s.shownAs(ada, ada.Direct(), texts)
	}
	if caps.Pictures {
		for _, text := range texts[:3] {
			m := note("A picture of it.", chat.Image{PNG: picture(s), Description: line(text, 200)})
			s.replies(m)
			ada.types(c, "say picture")
			s.until(func() string {
				for _, shown := range ada.Screen(c) {
					if slices.ContainsFunc(shown.Pictures, func(d string) bool { return visible(d) == visible(line(text, 200)) }) {
						return ""
					}
				}
				return "no picture is described with " + text
			})
		}
	}
}

// shownAs waits for one message that holds all the texts.
func (s *stage) shownAs(p *who, place chat.ChannelID, texts []string) {
	s.t.Helper()
	shown := p.sees(place, texts[0])
	for _, text := range texts {
		if !shown.holds(text) {
			s.t.Errorf("%q is not to be read in:\n%q", text, shown.Text)
		}
	}
}

func hostileForm(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	caps := s.Platform().Caps()
	for i, text := range Hostile() {
		label := func(n int) string { return line(fmt.Sprintf("%d %s", i, text), n) }
		intro, value := clip(text, caps.FormIntro/3), clip(strings.ToValidUTF8(text, ""), 3000)
		s.shows(chat.Form{
			ID: "f", Title: label(caps.FormTitle), Send: "Send",
			Intro: []chat.Block{chat.Paragraph{Text: chat.T(intro)}, chat.Quote{Text: chat.T(intro)}},
			Inputs: []chat.Input{
				{ID: "area", Label: label(caps.InputLabel), Placeholder: label(caps.Placeholder), Type: chat.Area, Value: []string{value}},
				{ID: "select", Label: "Choose", Type: chat.Select, Optional: true, Choices: []chat.Choice{{Value: "v", Label: label(caps.Choice)}}},
				{ID: "ticks", Label: "Tick", Type: chat.Ticks, Optional: true, Choices: []chat.Choice{{Value: "v", Label: label(caps.Choice)}, {Value: "w", Label: "Plain"}}},
			},
		}, thanks)
		ada.types(c, "open")
		d := ada.opens(label(caps.FormTitle))
		if n := strings.Count(visible(d.Text), visible(intro)); n < 2 {
			s.t.Errorf("the intro %q is to be read %d times in %q", intro, n, d.Text)
		}
		in, err := d.input(label(caps.InputLabel))
		s.must(err)
		if len(in.Values) != 1 || visible(in.Values[0]) != visible(value) || visible(in.Placeholder) != visible(label(caps.Placeholder)) {
			s.t.Errorf("the input is %+v, want %q", in, value)
		}
		for _, name := range []string{"Choose", "Tick"} {
			in, err := d.input(name)
			s.must(err)
			if len(in.Choices) == 0 || visible(in.Choices[0]) != visible(label(caps.Choice)) {
				s.t.Errorf("the choices are %q, want %q", in.Choices, label(caps.Choice))
			}
		}
		s.must(ada.Cancel())
	}
}

// hostileSent has people send what cannot be shown too; what arrives must be what was sent, byte for byte, but for NUL and
// what is no UTF-8, which no client sends.
func hostileSent(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	form := ask()
	form.Inputs = append(form.Inputs, chat.Input{ID: "line", Label: "A line", Type: chat.Line, Optional: true})
	s.shows(form, func(sub chat.Submit) chat.Response {
		m := note("You wrote:", chat.Quote{Text: chat.T(clip(sub.Value("text"), s.Platform().Caps().Text))})
		return chat.Response{Reply: &m}
	})
	for i, text := range Hostile() {
		text = strings.Trim(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", ""), " \n")
		ada.types(c, "open")
		ada.opens("A question")
		s.must(ada.Fill("Your text", text))
		s.must(ada.Fill("A line", line(text, 200)))
		s.must(ada.Submit())
		_, sub := awaits[chat.Submit](s, i+1)
		if sub.Value("text") != text || sub.Value("line") != line(text, 200) {
			s.t.Errorf("arrived %q and %q, sent %q", sub.Value("text"), sub.Value("line"), text)
		}
		ada.hears(c, "You wrote:", begin(text, 100))
		if ada.Dialog() != nil {
			s.must(ada.Cancel())
		}
	}
}

func hostileTyped(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.answers(func(e chat.Event) chat.Response {
		call := e.What.(chat.Call)
		m := note("You said: " + call.Args["text"] + call.Problem)
		return chat.Response{Reply: &m}
	})
	n := 0
	for i, text := range Hostile() {
		typed := fmt.Sprintf("say %d ", i) + line(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", ""), 200)
		want := Table().Parse(typed)
		if err := ada.Type(c, typed); is(err, ErrCannot) && want.Problem != "" {
			continue
		} else {
			s.must(err)
		}
		n++
		_, call := awaits[chat.Call](s, n)
		if call.Name != want.Name || !maps.Equal(call.Args, want.Args) || call.Problem != want.Problem {
			s.t.Errorf("%q arrived as %+v, want %+v", typed, call, want)
		}
		ada.hears(c, "You said: "+call.Args["text"]+call.Problem)
	}
}

func hostileAnswers(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	caps := s.Platform().Caps()
	var text string
	s.answers(func(e chat.Event) chat.Response {
		form := ask()
		switch e.What.(type) {
		case chat.Submit:
			return chat.Response{Errors: map[string]string{"text": text}}
		case chat.Complete:
			return chat.Response{Choices: []chat.Choice{{Value: "v", Label: line(text, caps.Choice)}}}
		}
		return chat.Response{Form: &form}
	})
	for _, hostile := range Hostile() {
		text = line(hostile, 200)
		ada.types(c, "open")
		ada.opens("A question")
		s.must(ada.Fill("Your text", "something"))
		s.must(ada.Submit())
		ada.hears(c, text)
		s.must(ada.Reopen(c))
		ada.opens("A question")
		s.must(ada.Cancel())
		labels, err := ada.Complete(c, "pick", "size", "x", nil)
		if !is(err, ErrCannot) {
			s.must(err)
			if len(labels) != 1 || visible(labels[0]) != visible(line(text, caps.Choice)) {
				s.t.Errorf("completion offers %q, want %q", labels, line(text, caps.Choice))
			}
		}
	}
}
