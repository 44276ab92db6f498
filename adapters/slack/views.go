package slack

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Dialogs are modal views. A dialog is opened with the trigger of what was pressed and from then on updated in place:
// the form, "Saving…", the feedback, the form again. Only an answer to a button inside a dialog is pushed on top of it,
// so that closing it leads back. https://docs.slack.dev/surfaces/modals

const (
	closeLabel  = "Close"
	cancelLabel = "Cancel"
	sendLabel   = "Send"
	savingText  = "Saving…"
)

// origin is what a view remembers of where it was opened from; it travels in private_metadata.
type origin struct {
	Channel string `json:"c,omitempty"` // Slack's id
	TS      string `json:"m,omitempty"` // the message, where it can be edited later
}

func (o origin) String() string {
	b, err := json.Marshal(o)
	if err != nil {
		return "" // two strings always marshal
	}
	return string(b)
}

func readOrigin(s string) origin {
	var o origin
	if json.Unmarshal([]byte(s), &o) != nil || o.Channel != "" && !isID(o.Channel) || o.TS != "" && !isTS(o.TS) {
		return origin{}
	}
	return o
}

// form draws a form as a dialog.
func (d *drawing) form(f chat.Form, title string, from origin) slack.ModalViewRequest {
	if strings.TrimSpace(f.Title) != "" {
		title = f.Title
	}
	send := f.Send
	if strings.TrimSpace(send) == "" {
		send = sendLabel
	}
	blocks := d.blocks(f.Intro)
	for _, in := range f.Inputs {
		blocks = append(blocks, input(in))
	}
	if len(blocks) == 0 {
		blocks = d.blocks([]chat.Block{chat.Paragraph{Text: chat.T(title)}})
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: f.ID, PrivateMetadata: from.String(), Blocks: slack.Blocks{BlockSet: blocks},
		Title: label(title, 24), Submit: label(send, 24), Close: label(cancelLabel, 24),
	}
}

// dialog draws a message as a dialog that is only read, and used by its buttons.
func (d *drawing) dialog(m chat.Message, title string, from origin) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, PrivateMetadata: from.String(), Blocks: slack.Blocks{BlockSet: d.body(m)},
		Title: label(title, 24), Close: label(closeLabel, 24),
	}
}

// home draws a person's home page.
func (d *drawing) home(in []chat.Block) slack.HomeTabViewRequest {
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: d.blocks(in)}}
}

// input draws one field. Its block_id changes with what is prefilled, for Slack keeps what was typed, and ignores what
// is prefilled, where an update of a view brings the same block_id again (slackapi/bolt-js#290).
func input(in chat.Input) *slack.InputBlock {
	b := slack.NewInputBlock(inputBlock(in.ID, in.Value), label(in.Label, 2000), nil, element(in))
	b.Optional = in.Optional
	if in.Hint != "" {
		b.Hint = label(in.Hint, 2000)
	}
	return b
}

const valueAction = "value"

func element(in chat.Input) slack.BlockElement {
	var hint *slack.TextBlockObject
	if in.Placeholder != "" {
		hint = label(in.Placeholder, 150)
	}
	switch in.Type {
	case chat.Select:
		options, chosen := choices(in.Choices, in.Value)
		s := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, hint, valueAction, options...)
		if len(chosen) > 0 {
			s.InitialOption = chosen[0]
		}
		return s
	case chat.Ticks:
		options, ticked := choices(in.Choices, in.Value)
		if len(options) <= 10 { // no more checkboxes in one element
			boxes := slack.NewCheckboxGroupsBlockElement(valueAction, options...)
			boxes.InitialOptions = ticked
			return boxes
		}
		s := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, hint, valueAction, options...)
		s.InitialOptions = ticked
		return s
	}
	limit := in.Max
	if limit <= 0 || limit > 3000 {
		limit = 3000
	}
	text := slack.NewPlainTextInputBlockElement(hint, valueAction)
	text.Multiline, text.MaxLength = in.Type == chat.Area, limit
	if len(in.Value) > 0 {
		text.InitialValue = clip(clean(in.Value[0]), limit)
	}
	return text
}

// inputBlock makes the block_id of an input, readInput undoes it.
func inputBlock(id string, value []string) string {
	sum := sha256.Sum256([]byte(strings.Join(value, "\x00")))
	return "i:" + hex.EncodeToString(sum[:4]) + ":" + id
}

func readInput(block string) (id string, ok bool) {
	rest, ok := strings.CutPrefix(block, "i:")
	if !ok {
		return "", false
	}
	_, id, ok = strings.Cut(rest, ":")
	return id, ok && id != ""
}

// saving is what a dialog shows while its text is being stored: the text itself, so that it is on the screen whatever
// happens, where there is room for it.
func saving(v *wireView, room bool) slack.ModalViewRequest {
	blocks := []chat.Block{chat.Paragraph{Text: chat.B(savingText)}}
	for _, in := range v.inputs() {
		if text := v.text(in); text != "" && room {
			blocks = append(blocks, chat.Quote{Text: chat.T(text)})
		}
	}
	return (&drawing{}).dialog(chat.Message{Summary: savingText, Blocks: blocks}, v.Title.Text, readOrigin(v.PrivateMetadata))
}

// again is the dialog as it was sent, with what was typed in it, and sentences above. It is made from what Slack sent
// with the submission, for nothing is kept of open dialogs.
func again(v *wireView, sentences []chat.Block) slack.ModalViewRequest {
	var old slack.Blocks
	if err := json.Unmarshal(v.Blocks, &old); err != nil {
		old.BlockSet = nil
	}
	d, shown := &drawing{}, map[string]bool{}
	blocks := d.blocks(sentences)
	for i, b := range blocks {
		setBlockID(b, reasonBlock+strconv.Itoa(i))
	}
	for _, b := range old.BlockSet {
		if strings.HasPrefix(b.ID(), reasonBlock) {
			continue // of the time before
		}
		if in, ok := b.(*slack.InputBlock); ok {
			id := in.BlockID
			shown[id] = refill(in, v)
		}
		blocks = append(blocks, b)
	}
	for _, id := range v.inputs() { // of a kind that is not known here
		if text := clean(v.text(id)); text != "" && !shown[id] {
			blocks = append(blocks, d.block(chat.Quote{Text: chat.T(text)}))
		}
	}
	view := slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: v.CallbackID, PrivateMetadata: v.PrivateMetadata, Blocks: slack.Blocks{BlockSet: blocks},
		Title: label(v.Title.Text, 24), Submit: label(v.Submit.Text, 24), Close: label(cancelLabel, 24),
	}
	return view
}

// reasonBlock begins the block_ids of why a dialog is shown again.
const reasonBlock = "why:"

// refill puts what was typed or chosen into an input; it says whether a text could be.
func refill(in *slack.InputBlock, v *wireView) bool {
	value := v.State.Values[in.BlockID][valueAction]
	if id, ok := readInput(in.BlockID); ok {
		in.BlockID = inputBlock(id, append(value.list(), "again"))
	}
	pick := func(options []*slack.OptionBlockObject) (chosen []*slack.OptionBlockObject) {
		for _, o := range options {
			for _, s := range value.list() {
				if o.Value == s {
					chosen = append(chosen, o)
				}
			}
		}
		return chosen
	}
	switch e := in.Element.(type) {
	case *slack.PlainTextInputBlockElement:
		e.InitialValue = value.Value
		return true
	case *slack.SelectBlockElement:
		e.InitialOption = nil
		if chosen := pick(e.Options); len(chosen) > 0 {
			e.InitialOption = chosen[0]
		}
	case *slack.CheckboxGroupsBlockElement:
		e.InitialOptions = pick(e.Options)
	case *slack.MultiSelectBlockElement:
		e.InitialOptions = pick(e.Options)
	}
	return false
}
