package adaptertest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
)

func limits() []scenario {
	return []scenario{
		{name: "the limits make sense", play: limitsSane},
		{name: "a message at each limit is shown whole", play: limitsOfMessages},
		{name: "a form at each limit is shown whole", play: limitsOfForms},
		{name: "a message at its limits of nothing but markup is not refused", play: limitsOfMarkup},
	}
}

func limitsSane(s *stage) {
	c := s.Platform().Caps()
	for name, v := range map[string][2]int{ // what the bot's own messages need (MESSAGES.md), and the bank's bounds
		"Total": {c.Total, 3000}, "Blocks": {c.Blocks, 20}, "Text": {c.Text, 1000}, "Heading": {c.Heading, 120}, "Summary": {c.Summary, 150},
		"Row": {c.Row, 4}, "Label": {c.Label, 25}, "Choices": {c.Choices, 10}, "Choice": {c.Choice, 75}, "Checks": {c.Checks, 8},
		"Fields": {c.Fields, 4}, "Field": {c.Field, 100}, "FormTitle": {c.FormTitle, 20}, "InputLabel": {c.InputLabel, 45},
		"Placeholder": {c.Placeholder, 50}, "FormIntro": {c.FormIntro, 950},
	} {
		if v[0] < v[1] {
			s.t.Errorf("Caps.%s is %d, and %d are needed", name, v[0], v[1])
		}
	}
	if c.Text > c.Total || c.Choices > 25 && c.Row > 5 {
		s.t.Errorf("Caps contradict themselves: %+v", c)
	}
	if c != s.Platform().Caps() {
		s.t.Error("Caps change")
	}
}

// full is a text of exactly n characters that begins and ends with what can be told.
func full(n int) string {
	r := []rune(strings.Repeat("été 語ß ", n/7+1))[:n]
	r[n-1] = 'z'
	return string(r)
}

func limitsOfMessages(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	caps := s.Platform().Caps()
	end := chat.Paragraph{Text: chat.T("fin")}
	check := func(name string, blocks []chat.Block, texts ...string) {
		s.t.Helper()
		m := chat.Message{Summary: name, Blocks: append(blocks, end)}
		s.replies(m)
		ada.types(c, "say "+name)
		texts = append(texts, "fin")
		ada.hears(c, texts...)
		id := s.post(c, m, "")
		ada.awaits(c, texts, func(shown Shown) bool { return !shown.Private })
		s.edit(c, id, note("Edited "+name+"."))
		ada.sees(c, "Edited "+name+".")
	}
	text := full(min(caps.Text, caps.Total-3))
	for name, b := range map[string]chat.Block{
		"heading":   chat.Heading{Text: chat.T(full(caps.Heading))},
		"paragraph": chat.Paragraph{Text: chat.T(text)},
		"item":      chat.List{Items: []chat.Text{chat.T(text)}},
		"code":      chat.Code{Source: text},
		"quote":     chat.Quote{Text: chat.T(text)},
		"note":      chat.Note{Text: chat.T(text)},
	} {
		want := text
		if name == "heading" {
			want = full(caps.Heading)
		}
		check(name, []chat.Block{b}, want)
	}
	var labels []string
	var buttons []chat.Button
	for i := range caps.Row {
		labels = append(labels, fmt.Sprint(i, full(caps.Label-1)))
		buttons = append(buttons, chat.Button{Label: labels[i], Action: fmt.Sprint(i, strings.Repeat("a", 79))})
	}
	check("buttons", []chat.Block{row(buttons...)}, labels...)
	menu, menuLabels := many(caps.Choices, caps.Choice)
	check("menu", []chat.Block{chat.Menu{Action: strings.Repeat("m", 80), Placeholder: full(caps.Placeholder), Choices: menu}}, menuLabels...)
	boxes, boxLabels := many(caps.Checks, caps.Choice)
	check("checks", []chat.Block{chat.Checks{Action: strings.Repeat("c", 80), Label: full(60), Choices: boxes}}, append(boxLabels, full(60))...)
	var pairs []chat.Field
	var values []string
	for i := range caps.Fields {
		values = append(values, fmt.Sprint(i, full(min(caps.Field, caps.Total/caps.Fields-20)-1)))
		pairs = append(pairs, chat.Field{Name: fmt.Sprintf("Name %d", i), Value: chat.T(values[i])})
	}
	check("fields", []chat.Block{chat.Fields{Pairs: pairs}}, values...)
	check("field", []chat.Block{chat.Fields{Pairs: []chat.Field{{Name: "Name", Value: chat.T(full(caps.Field))}}}}, full(caps.Field))
	blocks, texts := spread(caps.Blocks-1, caps.Total-3, caps.Text)
	check("total", blocks, texts...)
	s.summaryFits(ada, c, caps)
}

// many are n choices with labels of the length and values as long as values may be.
func many(n, length int) (list []chat.Choice, labels []string) {
	for i := range n {
		label := fmt.Sprintf("%02d%s", i, full(length-2))
		list, labels = append(list, chat.Choice{Value: fmt.Sprintf("%02d%s", i, strings.Repeat("v", 98)), Label: label}), append(labels, label)
	}
	return list, labels
}

// spread are n paragraphs with total characters together, none over most.
func spread(n, total, most int) (blocks []chat.Block, texts []string) {
	for i := range n {
		size := min(most, total/(n-i))
		total -= size
		text := fmt.Sprintf("%02d%s", i, full(size-2))
		blocks, texts = append(blocks, chat.Paragraph{Text: chat.T(text)}), append(texts, text)
	}
	return blocks, texts
}

func (s *stage) summaryFits(p *who, c chat.ChannelID, caps chat.Caps) {
	s.t.Helper()
	m := note("A long summary.")
	m.Summary = full(caps.Summary)
	s.post(c, m, "")
	p.sees(c, "A long summary.")
}

func limitsOfForms(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	caps := s.Platform().Caps()
	listed, labels := many(min(25, caps.Choices), caps.Choice)
	ticks, tickLabels := many(caps.Choices, caps.Choice)
	s.shows(chat.Form{
		ID: strings.Repeat("f", 80), Title: full(caps.FormTitle), Send: full(min(24, caps.FormTitle)),
		Intro: []chat.Block{chat.Paragraph{Text: chat.T(full(caps.FormIntro))}},
		Inputs: []chat.Input{
			{ID: "area", Label: full(caps.InputLabel), Type: chat.Area, Placeholder: full(caps.Placeholder), Value: []string{long(3000)}},
			{ID: "line", Label: "A line", Hint: full(100), Type: chat.Line, Max: 200, Value: []string{full(200)}},
			{ID: "select", Label: "Choose", Type: chat.Select, Choices: listed, Value: []string{listed[len(listed)-1].Value}},
			{ID: "ticks", Label: "Tick", Type: chat.Ticks, Choices: ticks, Value: []string{ticks[0].Value, ticks[len(ticks)-1].Value}},
		},
	}, thanks)
	ada.types(c, "open")
	d := ada.opens(full(caps.FormTitle))
	if !strings.Contains(visible(d.Text), visible(full(caps.FormIntro))) {
		s.t.Errorf("the intro is not to be read whole: %q", d.Text)
	}
	for label, want := range map[string]Input{
		full(caps.InputLabel): {Placeholder: full(caps.Placeholder), Values: []string{long(3000)}},
		"A line":              {Hint: full(100), Values: []string{full(200)}},
		"Choose":              {Choices: labels, Values: labels[len(labels)-1:]},
		"Tick":                {Choices: tickLabels, Values: []string{tickLabels[0], tickLabels[len(tickLabels)-1]}},
	} {
		in, err := d.input(label)
		s.must(err)
		if in.Placeholder != want.Placeholder || in.Hint != want.Hint || !slices.Equal(in.Choices, want.Choices) || !slices.Equal(in.Values, want.Values) {
			s.t.Errorf("the input is %+v, want %+v", in, want)
		}
	}
	s.must(ada.Submit())
	_, sub := awaits[chat.Submit](s, 1)
	if sub.Form != strings.Repeat("f", 80) || sub.Value("area") != long(3000) || sub.Value("line") != full(200) ||
		sub.Value("select") != listed[len(listed)-1].Value || len(sub.Values["ticks"]) != 2 {
		s.t.Errorf("arrived %+v", sub)
	}
	ada.hears(c, "Thank you for this.")
	s.fiveInputs(ada, c)
}

func (s *stage) fiveInputs(ada *who, c chat.ChannelID) {
	s.t.Helper()
	if ada.Dialog() != nil {
		s.must(ada.Cancel())
	}
	form := chat.Form{ID: "five", Title: "Five inputs", Send: "Send"}
	for i := range 5 {
		form.Inputs = append(form.Inputs, chat.Input{ID: fmt.Sprint("in", i), Label: fmt.Sprint("Input ", i), Value: []string{fmt.Sprint("value ", i)}})
	}
	s.shows(form, thanks)
	ada.types(c, "open")
	ada.opens("Five inputs")
	s.must(ada.Submit())
	_, sub := awaits[chat.Submit](s, 2)
	for i := range 5 {
		if got := sub.Value(fmt.Sprint("in", i)); got != fmt.Sprint("value ", i) {
			s.t.Errorf("input %d arrived as %q", i, got)
		}
	}
}

// limitsOfMarkup fills messages with what becomes longer when it is escaped, up to the limits. It must be taken, show at
// least its beginning, and notify nobody; it may be cut.
func limitsOfMarkup(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	caps := s.Platform().Caps()
	for i, unit := range []string{"&", "<", "*_~`|", "@everyone ", "<@U1>", "```", "😀", "\\"} {
		begin := fmt.Sprintf("Markup %d: ", i)
		text := func(n int) string {
			r := []rune(begin + strings.Repeat(unit, n/len([]rune(unit))+1))
			return string(r[:n])
		}
		blocks, rest := []chat.Block(nil), caps.Total
		for rest > 50 && len(blocks) < caps.Blocks-1 {
			n := min(rest, caps.Text)
			blocks = append(blocks, chat.Paragraph{Text: chat.T(text(n))})
			rest -= n
		}
		m := chat.Message{Summary: text(caps.Summary), Blocks: blocks}
		s.replies(m)
		ada.types(c, "say markup")
		ada.sees(c, text(60))
		s.post(c, m, "")
		s.until(func() string {
			if n := ada.counts(c, text(60)); n < 2 {
				return fmt.Sprintf("%d of the reply and the post begin with %q", n, text(60))
			}
			return ""
		})
		for _, shown := range ada.Screen(c) {
			s.unnoticed(shown)
		}
	}
}
