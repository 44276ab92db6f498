package discord

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Colour of the bar at the side of what the bot says to a channel.
const accent = 0x2f6f6a

// render writes a message for everybody, framed as a card.
func render(m chat.Message) *payload {
	p := compose(m, 1)
	p.Components = []component{{Type: typeCard, Accent: accent, Components: p.Components}}
	return p
}

// renderPlain writes a message for everybody, without a frame.
func renderPlain(m chat.Message) *payload { return compose(m, 0) }

// renderPrivate writes a message for one person; more is put below it.
func renderPrivate(m chat.Message, more ...component) *payload {
	p := compose(m, len(more)*2)
	p.Flags |= flagPrivate
	for _, c := range more {
		p.Components = append(p.Components, component{Type: typeRow, Components: []component{c}})
	}
	return p
}

// compose writes a message with Components V2, which keep the order of blocks; reserved components are left free. A
// message is never too long for Discord: see shrink and condense.
func compose(m chat.Message, reserved int) *payload {
	d := draft{ids: map[string]int{}}
	for _, b := range m.Blocks {
		d.block(b)
	}
	if len(d.parts) == 0 {
		d.say(markdown(chat.T(m.Summary)), m.Summary)
	}
	d.shrink()
	d.condense(maxComponents - reserved)
	p := &payload{Flags: flagV2, files: d.files}
	for i := range d.parts {
		p.Components = append(p.Components, d.parts[i].components()...)
	}
	if len(d.files) > 0 {
		list := make([]attachment, len(d.files))
		for i, f := range d.files {
			list[i] = attachment{ID: strconv.Itoa(i), Filename: f.name, Description: d.told[i]}
		}
		p.Attachments = &list
	}
	return p
}

// draft is a message while it is written.
type draft struct {
	parts []part
	files []file
	told  []string // descriptions of the files
	ids   map[string]int
}

// part is a piece of text (with the file that holds the whole of it, if need be), a row of buttons, or something else. A
// text knows itself without markup too, for when it must become shorter, and whether any of it is hidden.
type part struct {
	text, plain string
	hidden      bool
	row         []component
	other       []component
}

func (p *part) components() []component {
	if len(p.row) > 0 {
		return []component{{Type: typeRow, Components: p.row}}
	}
	if p.text != "" {
		return append([]component{{Type: typeText, Content: p.text}}, p.other...)
	}
	return p.other
}

func (d *draft) say(text, plain string) {
	if strings.TrimSpace(text) != "" {
		d.parts = append(d.parts, part{text: text, plain: plain})
	}
}

func (d *draft) block(b chat.Block) {
	first := len(d.parts)
	defer func() {
		for i := range d.parts[first:] {
			d.parts[first+i].hidden = hides(b)
		}
	}()
	switch b := b.(type) {
	case chat.Heading:
		d.heading(b.Text)
	case chat.Paragraph:
		d.say(markdown(b.Text), b.Text.Plain())
	case chat.Note:
		d.say(lines("-# ", markdown(b.Text), false), b.Text.Plain())
	case chat.Quote:
		d.say(lines("> ", markdown(b.Text), true), b.Text.Plain())
	case chat.Code:
		d.say(concealed(fence(b.Language, b.Source), b.Hidden), b.Source)
	case chat.List:
		d.list(b)
	case chat.Fields:
		d.fields(b)
	case chat.Image:
		d.image(b)
	case chat.Rule:
		d.parts = append(d.parts, part{other: []component{{Type: typeRule}}})
	case chat.Buttons:
		d.buttons(b.Row)
	case chat.Menu:
		d.menu(b)
	case chat.Checks:
		d.checks(b)
	}
}

// hides says whether any text of a block is hidden.
func hides(b chat.Block) bool {
	hidden := func(t chat.Text) bool {
		return slices.ContainsFunc(t, func(s chat.Span) bool { return s.Style&chat.Spoiler != 0 })
	}
	switch b := b.(type) {
	case chat.Paragraph:
		return hidden(b.Text)
	case chat.Quote:
		return hidden(b.Text)
	case chat.Note:
		return hidden(b.Text)
	case chat.List:
		return slices.ContainsFunc(b.Items, hidden)
	case chat.Code:
		return b.Hidden
	}
	return false
}

// heading writes a title in one line. Some clients take hashes at its end for markup, so nothing visible follows them.
func (d *draft) heading(t chat.Text) {
	title := strings.TrimSpace(strings.ReplaceAll(markdown(t), "\n", " "))
	if strings.HasSuffix(title, "#") {
		title += "\u200b"
	}
	if title != "" {
		d.say("## "+title, t.Plain())
	}
}

// lines puts a prefix before every line; before empty ones only if they need it too.
func lines(prefix, text string, empty bool) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	all := strings.Split(text, "\n")
	for i, line := range all {
		if empty || strings.TrimSpace(line) != "" {
			all[i] = prefix + line
		}
	}
	return strings.Join(all, "\n")
}

func (d *draft) list(b chat.List) {
	var text, plain []string
	for i, item := range b.Items {
		bullet := "- "
		if b.Ordered {
			bullet = strconv.Itoa(i+1) + ". "
		}
		text = append(text, bullet+strings.ReplaceAll(markdown(item), "\n", "\n  "))
		plain = append(plain, bullet+item.Plain())
	}
	d.say(strings.Join(text, "\n"), strings.Join(plain, "\n"))
}

func (d *draft) fields(b chat.Fields) {
	var text, plain []string
	for _, f := range b.Pairs {
		text = append(text, markdown(chat.Join(chat.B(f.Name), chat.T(" "), f.Value)))
		plain = append(plain, f.Name+" "+f.Value.Plain())
	}
	d.say(strings.Join(text, "\n"), strings.Join(plain, "\n"))
}

func (d *draft) image(b chat.Image) {
	if len(b.PNG) == 0 {
		d.say(markdown(chat.I(b.Description)), b.Description)
		return
	}
	name := d.attach("picture", "png", "image/png", b.PNG, b.Description)
	d.parts = append(d.parts, part{other: []component{{Type: typeGallery, Items: []galleryItem{{
		Media: media{"attachment://" + name}, Description: clip(b.Description, 1024),
	}}}}})
}

func (d *draft) attach(stem, suffix, contentType string, content []byte, told string) string {
	name := fmt.Sprintf("%s-%d.%s", stem, len(d.files)+1, suffix)
	d.files = append(d.files, file{name, contentType, content})
	d.told = append(d.told, clip(told, 1024))
	return name
}

func (d *draft) buttons(row []chat.Button) {
	var bs []component
	for _, b := range row {
		c := component{Type: typeButton, Label: label(b.Label, 80), Style: style(b.Look)}
		if b.URL != "" {
			if target := address(b.URL); target == "" || utf8.RuneCountInString(target) > 512 {
				d.say(markdown(chat.Text{{Text: b.Label, Link: b.URL}}), b.Label)
				continue
			}
			c.Style, c.URL = 5, address(b.URL)
		} else {
			c.CustomID = d.id(verbOf(b.Gives), b.Action)
		}
		bs = append(bs, c)
	}
	for len(bs) > 0 {
		n := min(len(bs), maxRow)
		d.parts = append(d.parts, part{row: bs[:n:n]})
		bs = bs[n:]
	}
}

func style(l chat.Look) int {
	switch l {
	case chat.Primary:
		return 1
	case chat.Danger:
		return 4
	}
	return 2
}

func (d *draft) menu(b chat.Menu) {
	if len(b.Choices) == 0 {
		return // Discord takes no empty menu, and nobody could choose
	}
	s := component{Type: typeSelect, CustomID: d.id(verbMenu, b.Action), Placeholder: clip(b.Placeholder, 150)}
	s.Options = options(b.Choices, []string{b.Selected})
	d.parts = append(d.parts, part{other: []component{{Type: typeRow, Components: []component{s}}}})
}

func (d *draft) checks(b chat.Checks) {
	if b.Label != "" {
		d.say(markdown(chat.B(b.Label)), b.Label)
	}
	if len(b.Choices) == 0 {
		return
	}
	s := component{Type: typeSelect, CustomID: d.id(verbMenu, b.Action), Placeholder: clip(b.Label, 150)}
	s.Options = options(b.Choices, b.Ticked)
	s.MinValues, s.MaxValues = new(0), len(s.Options)
	d.parts = append(d.parts, part{other: []component{{Type: typeRow, Components: []component{s}}}})
}

func options(all []chat.Choice, selected []string) []option {
	var out []option
	for _, c := range all[:min(len(all), maxOptions)] {
		o := option{Label: label(c.Label, 100), Value: c.Value, Description: clip(c.Hint, 100)}
		for _, s := range selected {
			o.Default = o.Default || s == c.Value && s != ""
		}
		out = append(out, o)
	}
	return out
}

// id makes a custom id, which must be unique in a message: the verb, a number from the second time on, and the action.
func (d *draft) id(v verb, action string) string {
	key := string(v) + action
	d.ids[key]++
	number := ""
	if n := d.ids[key]; n > 1 {
		number = strconv.Itoa(n)
	}
	return string(v) + number + ":" + action
}
