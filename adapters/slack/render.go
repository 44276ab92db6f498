package slack

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// caps are Slack's limits as far as chat knows such things. Each neutral block becomes one of Slack's, of which a
// message holds 50. Total stays well below the length at which Slack refuses all blocks of a message together, which it
// does not document and which was seen from 11,000 characters on (slackapi/bolt-js#2509, #2867).
// https://docs.slack.dev/reference/block-kit/
func caps() chat.Caps {
	return chat.Caps{
		Total: 8000, Blocks: 50, Text: 3000, Heading: 150, Summary: 1000, Row: 5, Label: 75, Choices: 100, Choice: 75,
		Checks: 10, Fields: 10, Field: 1500, FormTitle: 24, InputLabel: 150, Placeholder: 150, FormIntro: 6000, Pictures: true,
	}
}

// textLimit bounds the text of a message that has blocks: above 4,000 characters, counted escaped, Slack splits or
// refuses it.
const textLimit = 3900

// drawing is one message or view on its way to Block Kit.
type drawing struct {
	files map[picture]string // Slack's file of each picture that could be uploaded
	used  int                // how many elements that can be used were drawn: makes each action_id the only one of its kind
}

// picture is what two equal pictures have in common.
type picture [sha256.Size]byte

func pictureOf(png []byte) picture { return sha256.Sum256(png) }

// message draws a message. The key of a post, if any, becomes the block_id of the first block, by which Find knows it.
func (d *drawing) message(m chat.Message, key string) (blocks []slack.Block, text string) {
	blocks = d.body(m)
	if key != "" {
		setBlockID(blocks[0], keyBlock(key))
	}
	return blocks, aloud(m)
}

// body draws the blocks of a message, at least one.
func (d *drawing) body(m chat.Message) []slack.Block {
	if blocks := d.blocks(m.Blocks); len(blocks) > 0 {
		return blocks
	}
	return d.blocks([]chat.Block{chat.Paragraph{Text: chat.T(m.Summary)}})
}

// keyBlock is the block_id that carries the key of a post.
func keyBlock(key string) string { return "post:" + key }

func setBlockID(b slack.Block, id string) {
	switch b := b.(type) {
	case *slack.HeaderBlock:
		b.BlockID = id
	case *slack.RichTextBlock:
		b.BlockID = id
	case *slack.SectionBlock:
		b.BlockID = id
	case *slack.ActionBlock:
		b.BlockID = id
	case *slack.ContextBlock:
		b.BlockID = id
	case *slack.ImageBlock:
		b.BlockID = id
	case *slack.DividerBlock:
		b.BlockID = id
	}
}

// blocks draws blocks; what has nothing to show is left out, for Slack refuses empty texts.
func (d *drawing) blocks(in []chat.Block) []slack.Block {
	out := make([]slack.Block, 0, len(in))
	for _, b := range in {
		if s := d.block(b); s != nil {
			out = append(out, s)
		}
	}
	return out
}

func (d *drawing) block(b chat.Block) slack.Block {
	switch b := b.(type) {
	case chat.Heading:
		if text := strings.TrimSpace(plain(b.Text)); text != "" {
			return slack.NewHeaderBlock(label(text, 150))
		}
	case chat.Paragraph:
		return richBlock(rich(b.Text))
	case chat.Quote:
		if e := rich(b.Text); len(e) > 0 {
			return slack.NewRichTextBlock("", &slack.RichTextQuote{Type: slack.RTEQuote, Elements: e})
		}
	case chat.Code:
		if source := clean(b.Source); source != "" {
			return slack.NewRichTextBlock("", &slack.RichTextPreformatted{
				Type: slack.RTEPreformatted, Elements: []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement(source, nil)},
			})
		}
	case chat.List:
		return list(b)
	case chat.Fields:
		return fields(b)
	case chat.Image:
		return d.image(b)
	case chat.Buttons:
		return d.buttons(b)
	case chat.Menu:
		return d.menu(b)
	case chat.Checks:
		return d.checks(b)
	case chat.Note:
		return note(b.Text)
	case chat.Rule:
		return slack.NewDividerBlock()
	}
	return nil
}

// label is a plain_text object; nothing in it is parsed, not even the names of emoji.
func label(s string, n int) *slack.TextBlockObject {
	s = clip(clean(s), n)
	if strings.TrimSpace(s) == "" {
		s = "…"
	}
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

func richBlock(e []slack.RichTextSectionElement) slack.Block {
	if len(e) == 0 {
		return nil
	}
	return slack.NewRichTextBlock("", slack.NewRichTextSection(e...))
}

func list(l chat.List) slack.Block {
	style := slack.RTEListBullet
	if l.Ordered {
		style = slack.RTEListOrdered
	}
	var items []slack.RichTextElement
	for _, t := range l.Items {
		if e := rich(t); len(e) > 0 {
			items = append(items, slack.NewRichTextSection(e...))
		}
	}
	if len(items) == 0 {
		return nil
	}
	return slack.NewRichTextBlock("", slack.NewRichTextList(style, 0, items...))
}

// fields draws each pair as one field: its name above its value, both as they are.
func fields(f chat.Fields) slack.Block {
	var all []*slack.TextBlockObject
	for _, p := range f.Pairs {
		name := strings.TrimSpace(clean(p.Name))
		value, safe := marked(p.Value)
		text := "*" + escape(name) + "*\n" + value
		if safe && inert(name) && name != "" && utf8.RuneCountInString(text) <= 2000 {
			all = append(all, slack.NewTextBlockObject(slack.MarkdownType, text, false, true))
		} else {
			all = append(all, label(name+"\n"+plain(p.Value), 2000))
		}
	}
	if len(all) == 0 {
		return nil
	}
	return slack.NewSectionBlock(nil, all, nil)
}

// note draws small print, which only context blocks have: as mrkdwn where that is safe and as plain text where nothing
// is lost by it. What needs rich text gets it, and is not small.
func note(t chat.Text) slack.Block {
	if strings.TrimSpace(plain(t)) == "" {
		return nil
	}
	if text, safe := marked(t); safe && utf8.RuneCountInString(text) <= 3000 {
		return slack.NewContextBlock("", slack.NewTextBlockObject(slack.MarkdownType, text, false, true))
	}
	for _, s := range t {
		if !s.Time.IsZero() || s.Channel != "" || s.Link != "" {
			return richBlock(rich(t))
		}
	}
	return slack.NewContextBlock("", label(plain(t), 3000))
}

// image draws an uploaded picture, or says what it would show.
func (d *drawing) image(i chat.Image) slack.Block {
	if file := d.files[pictureOf(i.PNG)]; file != "" {
		b := slack.NewImageBlock("", clip(clean(i.Description), 2000), "", nil)
		b.SlackFile = &slack.SlackFileObject{ID: file}
		return b
	}
	return note(chat.T(i.Description))
}

// actionID makes an action_id: a running number, what a press may be answered with, and the action. Slack wants them
// different within a message; the rest is for parse, which gets nothing else of the button back.
func (d *drawing) actionID(gives byte, action string) string {
	d.used++
	return strconv.Itoa(d.used) + string(gives) + ":" + action
}

// The letters of chat.Gives in an action_id, in its order; a link answers nothing.
const (
	givesLetters = "rufch"
	linkLetter   = 'l'
)

// readAction undoes actionID; link says that it is a button that only leads somewhere.
func readAction(id string) (action string, gives chat.Gives, link, ok bool) {
	head, action, ok := strings.Cut(id, ":")
	if !ok || len(head) < 2 || !every(head[:len(head)-1], func(r rune) bool { return r >= '0' && r <= '9' }) {
		return "", 0, false, false
	}
	letter := head[len(head)-1]
	if letter == linkLetter {
		return "", 0, true, true
	}
	i := strings.IndexByte(givesLetters, letter)
	return action, chat.Gives(max(i, 0)), false, i >= 0 && action != ""
}

func (d *drawing) buttons(b chat.Buttons) slack.Block {
	var row []slack.BlockElement
	for _, p := range b.Row {
		button := slack.NewButtonBlockElement("", "", label(p.Label, 75))
		switch {
		case isWeb(p.URL):
			button.URL, button.ActionID = p.URL, d.actionID(linkLetter, "")
		case p.Action == "":
			continue
		default:
			button.ActionID = d.actionID(givesLetters[min(int(p.Gives), len(givesLetters)-1)], p.Action)
		}
		switch p.Look {
		case chat.Primary:
			button.Style = slack.StylePrimary
		case chat.Danger:
			button.Style = slack.StyleDanger
		}
		row = append(row, button)
	}
	if len(row) == 0 {
		return nil
	}
	return slack.NewActionBlock("", row...)
}

func (d *drawing) menu(m chat.Menu) slack.Block {
	if len(m.Choices) == 0 {
		return nil
	}
	var hint *slack.TextBlockObject
	if m.Placeholder != "" {
		hint = label(m.Placeholder, 150)
	}
	options, chosen := choices(m.Choices, []string{m.Selected})
	s := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, hint, d.actionID(givesLetters[chat.GivesReply], m.Action), options...)
	if len(chosen) > 0 {
		s.InitialOption = chosen[0]
	}
	return slack.NewActionBlock("", s)
}

func (d *drawing) checks(c chat.Checks) slack.Block {
	if len(c.Choices) == 0 {
		return nil
	}
	options, ticked := choices(c.Choices, c.Ticked)
	boxes := slack.NewCheckboxGroupsBlockElement(d.actionID(givesLetters[chat.GivesReply], c.Action), options...)
	boxes.InitialOptions = ticked
	if strings.TrimSpace(c.Label) == "" {
		return slack.NewActionBlock("", boxes)
	}
	return slack.NewSectionBlock(label(c.Label, 3000), nil, slack.NewAccessory(boxes))
}

// choices draws options, and those among them whose values are selected.
func choices(all []chat.Choice, selected []string) (options, chosen []*slack.OptionBlockObject) {
	for _, c := range all {
		o := slack.NewOptionBlockObject(c.Value, label(c.Label, 75), nil)
		if c.Hint != "" {
			o.Description = label(c.Hint, 75)
		}
		options = append(options, o)
		for _, s := range selected {
			if s == c.Value {
				chosen = append(chosen, o)
				break
			}
		}
	}
	return options, chosen
}

// aloud is what notifications and screen readers say: the summary, then all the words of the message that it did not say.
// https://docs.slack.dev/reference/methods/chat.postMessage#accessibility
func aloud(m chat.Message) string {
	said := clean(m.Summary)
	var b strings.Builder
	b.WriteString(said)
	for _, block := range m.Blocks {
		if s := read(block); !strings.Contains(said, strings.TrimSpace(s)) {
			b.WriteString("\n" + s)
		}
	}
	return clipEscaped(b.String(), textLimit)
}

// read is a block in words; what can only be used, not read, has none.
func read(b chat.Block) string {
	var lines []string
	switch b := b.(type) {
	case chat.Heading:
		lines = []string{plain(b.Text)}
	case chat.Paragraph:
		lines = []string{plain(b.Text)}
	case chat.Quote:
		lines = []string{plain(b.Text)}
	case chat.Note:
		lines = []string{plain(b.Text)}
	case chat.Code:
		lines = []string{clean(b.Source)}
	case chat.Image:
		lines = []string{clean(b.Description)}
	case chat.List:
		for i, t := range b.Items {
			mark := "• "
			if b.Ordered {
				mark = fmt.Sprintf("%d. ", i+1)
			}
			lines = append(lines, mark+plain(t))
		}
	case chat.Fields:
		for _, p := range b.Pairs {
			lines = append(lines, clean(p.Name)+": "+plain(p.Value))
		}
	case chat.Checks:
		lines = []string{clean(b.Label)}
	}
	return strings.Join(lines, "\n")
}
