package slacktest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Submit sends the topmost dialog. It stays open until the app has answered.
func (p *Person) Submit() error {
	p.s.mu.Lock()
	v := p.s.users[p.id].top()
	if v == nil || v.submit == "" {
		p.s.mu.Unlock()
		return errors.New("no dialog is open that could be sent")
	}
	for _, b := range v.blocks {
		o := asObject(b)
		in := v.inputOf(o)
		if in != nil && o["optional"] != true && in.text == "" && len(in.selected) == 0 {
			p.s.mu.Unlock()
			return fmt.Errorf("the client wants %q to be filled in", textOf(o, "label"))
		}
	}
	v.errors, v.sending = nil, true
	payload := p.interaction("view_submission", thing{view: v})
	payload["view"].(object)["state"] = object{"values": v.inputValues()}
	payload["response_urls"] = []any{}
	delete(payload, "container")
	p.s.ring()
	p.s.mu.Unlock()
	p.s.send(&delivery{kind: "interactive", payload: payload, done: func(ack []byte, err error) { p.submitted(v.id, ack, err) }})
	return nil
}

func (v *view) inputOf(b object) *value {
	if str(b, "type") != "input" {
		return nil
	}
	return v.state[str(b, "block_id")][str(asObject(b["element"]), "action_id")]
}

// inputValues is the state of the inputs alone, which is all that a submission carries of blocks with nothing in them.
func (v *view) inputValues() any {
	all := v.values()
	o := asObject(all)
	for _, b := range v.blocks {
		if block := asObject(b); str(block, "type") != "input" && o != nil {
			delete(o, str(block, "block_id"))
		}
	}
	if len(o) == 0 {
		return []any{}
	}
	return o
}

// submitted does with the dialog what the acknowledgement says.
func (p *Person) submitted(id string, ack []byte, err error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	defer p.s.ring()
	u, v := p.s.view(id)
	if v == nil {
		return // it was closed meanwhile
	}
	v.sending = false
	if err != nil {
		p.s.trouble(p.id, "We had some trouble connecting. Try again? "+err.Error())
		return
	}
	var answer struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   object            `json:"view"`
	}
	if len(ack) > 0 && json.Unmarshal(ack, &answer) != nil {
		p.reject("the answer is no JSON: %s", ack)
		return
	}
	switch answer.Action {
	case "":
		u.views = slices.DeleteFunc(u.views, func(x *view) bool { return x == v })
	case "clear":
		u.views = nil
	case "errors":
		p.showErrors(v, answer.Errors)
	case "update", "push":
		if problems := p.s.checkView(answer.View, "modal"); len(problems) > 0 {
			p.reject("the view is refused: %v", problems)
			return
		}
		if answer.Action == "update" {
			p.s.show(v, answer.View)
		} else {
			p.s.push(u, answer.View)
		}
	default:
		p.reject("unknown response_action %q", answer.Action)
	}
}

// showErrors shows errors at their inputs. Slack shows none of them when one names anything else.
func (p *Person) showErrors(v *view, errs map[string]string) {
	inputs := map[string]bool{}
	for _, b := range v.blocks {
		if o := asObject(b); str(o, "type") == "input" {
			inputs[str(o, "block_id")] = true
		}
	}
	for block, text := range errs {
		if !inputs[block] || text == "" {
			p.reject("the error %q is for %q, which is no input", text, block)
			return
		}
	}
	if len(errs) == 0 {
		p.reject("there are no errors in the answer")
		return
	}
	v.errors = errs
}

func (p *Person) reject(format string, args ...any) {
	p.s.violated("answer to a submission: "+format, args...)
	p.s.trouble(p.id, "We had some trouble connecting. Try again?")
}
