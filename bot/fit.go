package bot

import (
	"strings"
	"unicode/utf8"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Fit makes a message fit what a platform can hold. It splits where a split loses nothing (long paragraphs, rows of
// buttons), shortens with an ellipsis where it must, and never drops what a person can press. It degrades, it never
// refuses. It is the only reader of chat.Caps.
func Fit(m chat.Message, c chat.Caps) chat.Message {
	f := fitter{caps: c, left: c.Total}
	out := chat.Message{Summary: clip(strings.TrimSpace(m.Summary), c.Summary)}
	for _, b := range m.Blocks {
		f.add(b)
	}
	if f.cut {
		f.blocks = append(f.blocks, note("Shortened to fit."))
	}
	out.Blocks = withinCount(f.blocks, c.Blocks)
	return out
}

type fitter struct {
	caps   chat.Caps
	blocks []chat.Block
	left   int // characters that the message can still hold
	cut    bool
}

// keep is reserved for the note that says a message was shortened.
const keep = 20

// take cuts a text to what is left of the message, in pieces of at most limit.
func (f *fitter) take(t chat.Text, limit int) []chat.Text {
	if room := f.left - keep; textLen(t) > room {
		f.cut = true
		if room <= keep {
			return nil
		}
		t = cutText(t, room)
	}
	f.left -= textLen(t)
	return splitText(t, limit)
}

func (f *fitter) add(b chat.Block) {
	c := f.caps
	switch b := b.(type) {
	case chat.Heading:
		for _, t := range f.take(cutText(b.Text, c.Heading), c.Heading) {
			f.blocks = append(f.blocks, chat.Heading{Text: t})
		}
	case chat.Paragraph:
		for _, t := range f.take(b.Text, c.Text) {
			f.blocks = append(f.blocks, chat.Paragraph{Text: t})
		}
	case chat.Quote:
		for _, t := range f.take(b.Text, c.Text) {
			f.blocks = append(f.blocks, chat.Quote{Text: t})
		}
	case chat.Note:
		for _, t := range f.take(b.Text, c.Text) {
			f.blocks = append(f.blocks, chat.Note{Text: t})
		}
	case chat.Code:
		for _, t := range f.take(chat.T(b.Source), c.Text) {
			f.blocks = append(f.blocks, chat.Code{Language: b.Language, Source: t.Plain(), Hidden: b.Hidden})
		}
	case chat.List:
		f.list(b)
	case chat.Fields:
		f.fields(b)
	case chat.Image:
		if c.Pictures {
			f.blocks = append(f.blocks, b)
			return
		}
		f.add(note(b.Description))
	case chat.Buttons:
		for len(b.Row) > 0 {
			n := min(len(b.Row), c.Row)
			part := make([]chat.Button, n)
			for i, bt := range b.Row[:n] {
				bt.Label = clip(bt.Label, c.Label)
				part[i] = bt
			}
			f.blocks = append(f.blocks, chat.Buttons{Row: part})
			b.Row = b.Row[n:]
		}
	case chat.Menu:
		b.Choices = fitChoices(b.Choices, c.Choices, c.Choice)
		b.Placeholder = clip(b.Placeholder, c.Placeholder)
		f.blocks = append(f.blocks, b)
	case chat.Checks:
		b.Choices = fitChoices(b.Choices, c.Checks, c.Choice)
		b.Label = clip(b.Label, c.Text)
		f.blocks = append(f.blocks, b)
	case chat.Rule:
		f.blocks = append(f.blocks, b)
	}
}

func (f *fitter) list(b chat.List) {
	out := chat.List{Ordered: b.Ordered}
	for _, item := range b.Items {
		p := f.take(cutText(item, f.caps.Text), f.caps.Text)
		if len(p) == 0 {
			break
		}
		out.Items = append(out.Items, p[0])
	}
	if len(out.Items) > 0 {
		f.blocks = append(f.blocks, out)
	}
}

func (f *fitter) fields(b chat.Fields) {
	for len(b.Pairs) > 0 {
		n := min(len(b.Pairs), f.caps.Fields)
		out := chat.Fields{}
		for _, p := range b.Pairs[:n] {
			v := f.take(cutText(p.Value, f.caps.Field), f.caps.Field)
			name := clip(p.Name, f.caps.Label)
			if len(v) == 0 || f.left-keep < utf8.RuneCountInString(name) {
				f.cut = true
				break
			}
			f.left -= utf8.RuneCountInString(name)
			out.Pairs = append(out.Pairs, chat.Field{Name: name, Value: v[0]})
		}
		if len(out.Pairs) > 0 {
			f.blocks = append(f.blocks, out)
		}
		b.Pairs = b.Pairs[n:]
	}
}

func fitChoices(all []chat.Choice, n, label int) []chat.Choice {
	out := make([]chat.Choice, 0, min(len(all), n))
	for _, ch := range all[:min(len(all), n)] {
		ch.Label, ch.Hint = clip(ch.Label, label), clip(ch.Hint, label)
		out = append(out, ch)
	}
	return out
}

// withinCount drops blocks that only carry text, from the end, until the count is right.
func withinCount(blocks []chat.Block, n int) []chat.Block {
	for i := len(blocks) - 1; i >= 0 && len(blocks) > n; i-- {
		switch blocks[i].(type) {
		case chat.Buttons, chat.Menu, chat.Checks:
		default:
			blocks = append(blocks[:i:i], blocks[i+1:]...)
		}
	}
	return blocks[:min(len(blocks), n)]
}

// textLen counts a text as a reader sees it; a mention and a time take what their fallback takes, at least 20.
func textLen(t chat.Text) int {
	n := 0
	for _, s := range t {
		l := utf8.RuneCountInString(s.Text)
		if s.User != "" || s.Channel != "" || !s.Time.IsZero() {
			l = max(l, 20)
		}
		n += l
	}
	return n
}

// cutText shortens a text to n characters, the last one an ellipsis.
func cutText(t chat.Text, n int) chat.Text {
	if textLen(t) <= n {
		return t
	}
	var out chat.Text
	for _, s := range t {
		l := textLen(chat.Text{s})
		if l < n {
			out = append(out, s)
			n -= l
			continue
		}
		if s.User == "" && s.Channel == "" && s.Time.IsZero() && n > 0 {
			s.Text = clip(s.Text+" ", n)
			out = append(out, s)
		}
		break
	}
	return out
}

// splitText cuts a text into pieces of at most n characters, at the end of a line or a word where there is one.
func splitText(t chat.Text, n int) []chat.Text {
	var all []chat.Text
	var cur chat.Text
	room := n
	for _, s := range t {
		for {
			l := textLen(chat.Text{s})
			if l <= room {
				cur = append(cur, s)
				room -= l
				break
			}
			head, tail := cutAt(s.Text, room)
			if s.User != "" || s.Channel != "" || !s.Time.IsZero() {
				head, tail = "", s.Text
			}
			if head != "" {
				h := s
				h.Text = head
				cur = append(cur, h)
			}
			if len(cur) == 0 {
				break // nothing fits an empty piece: a mention in a room too small for it
			}
			all = append(all, cur)
			cur, room = nil, n
			s.Text = tail
		}
	}
	if len(cur) > 0 {
		all = append(all, cur)
	}
	return all
}

// cutAt splits s after at most n characters, at white space if the last third of them has any.
func cutAt(s string, n int) (head, tail string) {
	r := []rune(s)
	if n <= 0 {
		return "", s
	}
	if len(r) <= n {
		return s, ""
	}
	for _, at := range []string{"\n", " "} {
		if i := strings.LastIndex(string(r[:n]), at); i > len(string(r[:n]))*2/3 {
			return string(r[:n])[:i], string(r[:n])[i+1:] + string(r[n:])
		}
	}
	return string(r[:n]), string(r[n:])
}

// fitForm makes a form fit; a prefilled text is never shortened, for it would be lost.
func fitForm(f chat.Form, c chat.Caps) chat.Form {
	f.Title = clip(f.Title, c.FormTitle)
	f.Send = clip(f.Send, c.FormTitle)
	intro := c
	intro.Total = c.FormIntro
	f.Intro = Fit(chat.Message{Summary: f.Title, Blocks: f.Intro}, intro).Blocks
	inputs := make([]chat.Input, 0, len(f.Inputs))
	for _, in := range f.Inputs {
		in.Label, in.Hint, in.Placeholder = clip(in.Label, c.InputLabel), clip(in.Hint, 100), clip(in.Placeholder, c.Placeholder)
		in.Choices = fitChoices(in.Choices, c.Choices, c.Choice)
		inputs = append(inputs, in)
	}
	f.Inputs = inputs[:min(len(inputs), 5)]
	return f
}

// fitResponse makes all of an answer fit the platform the event came from.
func (b *Bot) fitResponse(e chat.Event, r chat.Response) chat.Response {
	p, err := b.platform(string(e.Space))
	if err != nil {
		return r
	}
	c := p.Caps()
	for _, m := range []**chat.Message{&r.Reply, &r.Update} {
		if *m != nil {
			fitted := Fit(**m, c)
			*m = &fitted
		}
	}
	if r.Form != nil {
		fitted := fitForm(*r.Form, c)
		r.Form = &fitted
	}
	if r.Home != nil {
		r.Home = Fit(chat.Message{Summary: "Home", Blocks: r.Home}, c).Blocks
	}
	if len(r.Choices) > 0 {
		r.Choices = fitChoices(r.Choices, 25, c.Choice)
	}
	return r
}
