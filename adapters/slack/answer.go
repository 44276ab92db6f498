package slack

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// said is a message as the body of an acknowledgement or of a post to a response_url.
// https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
type said struct {
	ResponseType    string        `json:"response_type,omitempty"`
	ReplaceOriginal bool          `json:"replace_original"`
	Text            string        `json:"text"`
	Markdown        bool          `json:"mrkdwn"`
	Blocks          []slack.Block `json:"blocks"`
	UnfurlLinks     bool          `json:"unfurl_links"`
	UnfurlMedia     bool          `json:"unfurl_media"`
}

func saying(d *drawing, m chat.Message, replace bool) said {
	s := said{ReplaceOriginal: replace}
	if !replace {
		s.ResponseType = "ephemeral"
	}
	s.Blocks, s.Text = d.message(m, "")
	return s
}

func updateDialog(v slack.ModalViewRequest) *slack.ViewSubmissionResponse {
	return slack.NewUpdateViewSubmissionResponse(&v)
}

// acknowledge is the acknowledgement that carries the handler's answer, and whether it carries all of it. Pictures need
// calls that can be repeated, so what shows one is sent after an acknowledgement as if the answer had been late.
func (a *Adapter) acknowledge(t *turn, r chat.Response, err error) (v verdict, whole bool) {
	if t.in.kind == kindEvent {
		return verdict{ok: err == nil}, err != nil || r.Home == nil
	}
	body, whole := a.body(&t.in, r, err)
	if !whole {
		return t.late(), false
	}
	if body == nil {
		return verdict{ok: true}, true
	}
	b := encode(body)
	if t.limit > 0 && len(b) > t.limit {
		return t.late(), false
	}
	return verdict{ok: true, body: b}, true
}

// body is what the acknowledgement of a command, a press or a submission carries; nil is nothing. whole is false when
// there is more to answer than it can carry.
func (a *Adapter) body(in *inbound, r chat.Response, err error) (body any, whole bool) {
	m := r.Reply
	if m == nil {
		m = r.Update
	}
	switch {
	case in.kind == kindSubmit && (len(r.Errors) > 0 || err != nil):
		if errs := fieldErrors(in.view, r, err); len(errs) > 0 {
			return slack.NewErrorsViewSubmissionResponse(errs), true
		}
		return updateDialog(again(in.view, troubles(r))), true
	case r.Home != nil && in.kind != kindSubmit, m != nil && a.pictured(m.Blocks):
		return nil, false
	case in.kind == kindSubmit && r.Form != nil:
		return updateDialog((&drawing{}).form(*r.Form, a.titleOf(in.view), in.from)), true
	case in.kind == kindSubmit && m != nil:
		return updateDialog((&drawing{}).dialog(*m, a.titleOf(in.view), in.from)), true
	case in.kind == kindCommand && r.Form == nil && m != nil:
		return saying(&drawing{}, *m, false), true
	}
	return nil, r.Form == nil && m == nil
}

// fieldErrors are the errors by block_id. What belongs to no input of the dialog is said at the first.
func fieldErrors(v *wireView, r chat.Response, err error) map[string]string {
	errs := map[string]string{}
	inputs := v.inputs()
	for _, block := range inputs {
		if id, ok := readInput(block); ok && r.Errors[id] != "" {
			errs[block] = clip(clean(r.Errors[id]), 1000)
		}
	}
	if len(errs) == 0 && len(inputs) > 0 {
		errs[inputs[0]] = clip(strings.Join(troubleLines(r), " "), 1000)
	}
	return errs
}

// troubleLines are the sentences that an answer beside an error, or one with Errors, holds.
func troubleLines(r chat.Response) []string {
	var lines []string
	for _, m := range []*chat.Message{r.Reply, r.Update} {
		if m != nil {
			lines = append(lines, clean(m.Summary))
		}
	}
	for _, e := range r.Errors {
		lines = append(lines, clean(e))
	}
	if len(lines) == 0 {
		lines = append(lines, sorry(nil))
	}
	return lines
}

func troubles(r chat.Response) []chat.Block {
	var blocks []chat.Block
	for _, l := range troubleLines(r) {
		blocks = append(blocks, chat.Paragraph{Text: chat.B(l)})
	}
	return blocks
}

// answer sends what no acknowledgement carried.
func (a *Adapter) answer(ctx context.Context, in *inbound, r chat.Response, err error) error {
	switch {
	case in.kind == kindEvent && err != nil:
		return nil // it comes again
	case in.kind == kindSubmit && (len(r.Errors) > 0 || err != nil):
		return a.giveBack(ctx, in, r)
	case r.Home != nil && in.kind != kindSubmit:
		return a.publish(ctx, in, r.Home)
	case r.Form != nil:
		return a.showForm(ctx, in, *r.Form)
	case r.Update != nil:
		return a.replace(ctx, in, *r.Update)
	case r.Reply != nil:
		return a.reply(ctx, in, *r.Reply)
	case in.kind == kindSubmit:
		return a.reply(ctx, in, *sentence("Done.")) // nothing to say, and no call closes a dialog
	}
	return nil
}

// reply says something to the actor alone, where they are: on top of the dialog, in its place where no more can lie on it or
// its trigger is over, or in the channel.
func (a *Adapter) reply(ctx context.Context, in *inbound, m chat.Message) error {
	dialog := a.draw(ctx, m.Blocks).dialog(m, a.titleOf(in.view), in.from)
	var err error = chat.ErrUnsupported
	switch {
	case in.kind == kindSubmit, in.view == nil:
	case !in.view.isModal():
		err = a.openView(ctx, in.trigger, dialog)
	case in.view.depth() < 3:
		err = a.push(ctx, in.trigger, dialog)
	}
	if err != nil && !errors.Is(err, chat.ErrUncertain) && in.view.isModal() {
		err = a.updateView(ctx, in.view.ID, dialog)
	}
	if err == nil || errors.Is(err, chat.ErrUncertain) {
		return err
	}
	return a.private(ctx, in, m)
}

// private says something to the actor alone as a message: by the response_url, or else in the direct conversation.
func (a *Adapter) private(ctx context.Context, in *inbound, m chat.Message) error {
	if in.respond != "" {
		body := saying(a.draw(ctx, m.Blocks), m, false)
		err := a.patient(ctx, func() error { return a.respond(ctx, in.respond, body) })
		if err == nil || errors.Is(err, chat.ErrUncertain) {
			return err
		}
	}
	return a.patient(ctx, func() error {
		_, _, err := a.say(ctx, in.user, m, "")
		return err
	})
}

// replace puts a message in the place of the one that was pressed.
func (a *Adapter) replace(ctx context.Context, in *inbound, m chat.Message) error {
	d := a.draw(ctx, m.Blocks)
	switch {
	case in.view.isModal():
		return a.updateView(ctx, in.view.ID, d.dialog(m, a.titleOf(in.view), in.from))
	case in.view != nil:
		return a.publish(ctx, in, m.Blocks)
	case in.kind == kindPress && in.respond != "":
		body := saying(d, m, true)
		return a.patient(ctx, func() error { return a.respond(ctx, in.respond, body) })
	}
	return a.reply(ctx, in, m)
}

// showForm opens a form, or turns the dialog that was used into it. A form that comes after the trigger's 3 seconds, or
// when the dialog is gone, cannot be shown; pressing again can.
func (a *Adapter) showForm(ctx context.Context, in *inbound, f chat.Form) error {
	v := a.draw(ctx, f.Intro).form(f, a.titleOf(in.view), in.from)
	var err error = chat.ErrUnsupported
	switch {
	case in.view.isModal():
		err = a.updateView(ctx, in.view.ID, v)
	case in.trigger != "":
		err = a.openView(ctx, in.trigger, v)
	}
	if err == nil {
		return nil
	}
	a.log.Warn("could not show a form", "event", in.event.ID, "error", err)
	text := "That took too long to open. Please press again, or give the command again."
	if errors.Is(err, chat.ErrUncertain) {
		text = "If nothing has opened, please press again, or give the command again."
	}
	return a.private(ctx, in, *sentence(text))
}

// giveBack returns a text that was not stored: in the dialog, as it was typed; or, if the dialog is gone, as a message.
func (a *Adapter) giveBack(ctx context.Context, in *inbound, r chat.Response) error {
	err := a.updateView(ctx, in.view.ID, again(in.view, troubles(r)))
	if err == nil || errors.Is(err, chat.ErrUncertain) {
		return err
	}
	m := chat.Message{Summary: strings.Join(troubleLines(r), " "), Blocks: troubles(r)}
	err = a.private(ctx, in, m)
	for _, block := range in.view.inputs() { // each for itself: together they can be longer than a message
		if text := in.view.text(block); text != "" {
			m = chat.Message{Summary: "What you sent", Blocks: []chat.Block{chat.Quote{Text: chat.T(text)}}}
			err = errors.Join(err, a.private(ctx, in, m))
		}
	}
	return err
}

func (a *Adapter) titleOf(v *wireView) string {
	if v != nil && strings.TrimSpace(v.Title.Text) != "" {
		return v.Title.Text
	}
	return a.opt.Title
}

func (a *Adapter) openView(ctx context.Context, trigger string, v slack.ModalViewRequest) error {
	return a.viewCall(ctx, methodOpen, func(ctx context.Context) error {
		_, err := a.api.OpenViewContext(ctx, trigger, v)
		return err
	})
}

func (a *Adapter) push(ctx context.Context, trigger string, v slack.ModalViewRequest) error {
	return a.viewCall(ctx, methodPush, func(ctx context.Context) error {
		_, err := a.api.PushViewContext(ctx, trigger, v)
		return err
	})
}

func (a *Adapter) updateView(ctx context.Context, id string, v slack.ModalViewRequest) error {
	return a.patient(ctx, func() error {
		return a.viewCall(ctx, methodView, func(ctx context.Context) error {
			_, err := a.api.UpdateViewContext(ctx, v, "", "", id)
			return err
		})
	})
}

func (a *Adapter) publish(ctx context.Context, in *inbound, home []chat.Block) error {
	v := a.draw(ctx, home).home(home)
	return a.patient(ctx, func() error {
		return a.viewCall(ctx, methodHome, func(ctx context.Context) error {
			_, err := a.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: in.user, View: v})
			return err
		})
	})
}

// viewCall makes a call that Slack answers with the view. The view is not needed, so it is no matter when slack-go
// cannot decode it, as where Slack sends [] for what is {}; a refusal can always be decoded.
func (a *Adapter) viewCall(ctx context.Context, method string, do func(context.Context) error) error {
	return a.call(ctx, method, func(ctx context.Context) error {
		err := do(ctx)
		if errors.As(err, new(*json.UnmarshalTypeError)) {
			return nil
		}
		return err
	})
}

// patient makes a call that somebody waits for: a rate limit or a picture in processing is waited for once ctx allows.
// Only calls that were surely not done are made again.
func (a *Adapter) patient(ctx context.Context, do func() error) error {
	for {
		err := a.whenProcessed(ctx, do)
		var later chat.Later
		if !errors.As(err, &later) {
			return err
		}
		if end, ok := ctx.Deadline(); ok && later.At.Sub(a.now()) > time.Until(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(max(later.At.Sub(a.now()), 50*time.Millisecond)):
		}
	}
}
