package slacktest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Person is somebody in the workspace with Slack's client. A deed returns when the client has sent it.
type Person struct {
	s  *Server
	id string
}

// ID is Slack's id of the person.
func (p *Person) ID() string { return p.id }

// Direct is Slack's id of the person's direct conversation with the bot.
func (p *Person) Direct() string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.s.dm(p.id).id
}

// Screen is what the person sees in a channel, oldest first.
func (p *Person) Screen(channel string) []Message {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	c, u := p.s.channels[channel], p.s.users[p.id]
	if c == nil || c.direct != "" && c.direct != p.id {
		return nil
	}
	var all []Message
	for _, m := range c.messages {
		if m.only != "" && m.only != p.id {
			continue
		}
		seen := p.s.look(u, m, m.blocks, nil)
		seen.TS, seen.Private = m.ts, m.only != "" || c.direct != ""
		all = append(all, seen)
	}
	return all
}

// Home is the person's home page as last shown, nil before.
func (p *Person) Home() *Message {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	u := p.s.users[p.id]
	if u.home == nil {
		return nil
	}
	m := p.s.look(u, nil, u.home.blocks, u.home.state)
	m.Private = true
	return &m
}

// Troubles lists what the client itself complained of.
func (p *Person) Troubles() []string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return slices.Clone(p.s.users[p.id].troubles)
}

// Dialog is the topmost open dialog, nil when there is none.
func (p *Person) Dialog() *Dialog {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	u := p.s.users[p.id]
	v := u.top()
	if v == nil {
		return nil
	}
	d := &Dialog{Title: v.title, Send: v.submit, Depth: len(u.views), Page: p.s.look(u, nil, v.blocks, v.state)}
	for _, b := range v.blocks {
		if o := asObject(b); str(o, "type") == "input" {
			d.Inputs = append(d.Inputs, v.input(o))
		}
	}
	return d
}

// input is one field as it is seen.
func (v *view) input(b object) Input {
	e := asObject(b["element"])
	now := v.state[str(b, "block_id")][str(e, "action_id")]
	in := Input{Label: textOf(b, "label"), Hint: textOf(b, "hint"), Placeholder: textOf(e, "placeholder"), Error: v.errors[str(b, "block_id")]}
	if now.kind == "plain_text_input" {
		if now.text != "" {
			in.Values = []string{now.text}
		}
		return in
	}
	in.Choices, in.Values = options(e, now)
	return in
}

// Type gives a slash command in a channel, such as "/interview practice caching".
func (p *Person) Type(channel, line string) error {
	p.s.mu.Lock()
	c := p.s.channels[channel]
	u := p.s.users[p.id]
	if c == nil || c.direct != "" && c.direct != p.id {
		p.s.mu.Unlock()
		return fmt.Errorf("there is no channel %s to type in", channel)
	}
	command, text, _ := strings.Cut(line, " ")
	form := url.Values{}
	for k, v := range map[string]string{
		"token": "verification", "team_id": TeamID, "team_domain": "test", "api_app_id": appID, "channel_id": channel, "channel_name": c.name,
		"user_id": p.id, "user_name": strings.ToLower(u.name), "command": command, "is_enterprise_install": "false",
		// Slack escapes what is typed, as in messages.
		"text":         strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text),
		"response_url": p.s.newResponse(p.id, channel, ""), "trigger_id": p.s.newTrigger(p.id, ""),
	} {
		form.Set(k, v)
	}
	p.s.mu.Unlock()
	payload := object{}
	for k := range form {
		payload[k] = form.Get(k)
	}
	p.s.send(&delivery{kind: "slash_commands", payload: payload, form: form, done: func(ack []byte, err error) { p.typed(channel, command, ack, err) }})
	return nil
}

// newResponse makes a response_url; s.mu is held.
func (s *Server) newResponse(user, channel, message string) string {
	id := s.id("R")
	s.responses[id] = &response{user: user, channel: channel, message: message, at: s.opt.Now()}
	return s.http.URL + "/respond/" + id
}

// typed shows what the acknowledgement of a command carries.
func (p *Person) typed(channel, command string, ack []byte, err error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if err != nil {
		p.s.trouble(p.id, command+" failed with the error \"operation_timeout\": "+err.Error())
		return
	}
	if len(ack) == 0 {
		return
	}
	var o object
	if json.Unmarshal(ack, &o) != nil {
		p.s.whisper(p.s.channels[channel], p.id, string(ack), nil)
		return
	}
	if no := p.s.respond(&response{user: p.id, channel: channel, at: p.s.opt.Now()}, o); no != nil {
		p.s.violated("answer to a command: %s %v", no.code, no.messages)
		p.s.trouble(p.id, command+" failed with the error \"invalid_command_response\"")
	}
}

// OpenHome opens the home page.
func (p *Person) OpenHome() {
	p.s.mu.Lock()
	e := object{"type": "app_home_opened", "user": p.id, "channel": p.s.dm(p.id).id, "tab": "home", "event_ts": p.s.ts()}
	if v := p.s.users[p.id].home; v != nil {
		e["view"] = p.s.viewJSON(v)
	}
	p.s.mu.Unlock()
	p.s.event("", e)
}

// thing is an element that can be used, and where it is.
type thing struct {
	element, block object
	view           *view
	channel        *channel
	message        *message
}

// Press uses the newest button with the label: in the open dialog if it has one, on the home page where channel is "",
// else in the channel.
func (p *Person) Press(channel, label string) error {
	return p.use(channel, func(t thing) object {
		if str(t.element, "type") != "button" || textOf(t.element, "text") != label {
			return nil
		}
		action := object{"text": t.element["text"]}
		if v, ok := t.element["value"]; ok {
			action["value"] = v
		}
		return action
	}, label)
}

// Choose chooses in the newest menu that offers the label.
func (p *Person) Choose(channel, label string) error {
	return p.use(channel, func(t thing) object {
		o := choice(t.element, label)
		if str(t.element, "type") != "static_select" || o == nil {
			return nil
		}
		t.remember(str(o, "value"))
		return object{"selected_option": o, "placeholder": t.element["placeholder"]}
	}, label)
}

// Tick makes exactly these boxes ticked in the newest checks that have them all.
func (p *Person) Tick(channel string, labels ...string) error {
	return p.use(channel, func(t thing) object {
		if str(t.element, "type") != "checkboxes" {
			return nil
		}
		chosen, values := []any{}, []string{}
		for _, l := range labels {
			o := choice(t.element, l)
			if o == nil {
				return nil
			}
			chosen, values = append(chosen, o), append(values, str(o, "value"))
		}
		t.remember(values...)
		return object{"selected_options": chosen}
	}, strings.Join(labels, ", "))
}

// remember keeps what is selected, where it is kept: in views.
func (t thing) remember(values ...string) {
	if t.view != nil {
		t.view.state[str(t.block, "block_id")][str(t.element, "action_id")].selected = values
	}
}

func choice(e object, label string) object {
	for _, o := range list(e, "options") {
		if textOf(asObject(o), "text") == label {
			return asObject(o)
		}
	}
	return nil
}

// use finds the newest element for which pick gives an action and tells the app.
func (p *Person) use(channel string, pick func(thing) object, what string) error {
	p.s.mu.Lock()
	var payload object
	for _, t := range p.things(channel) {
		action := pick(t)
		if action == nil {
			continue
		}
		action["type"], action["action_id"], action["block_id"], action["action_ts"] = t.element["type"], t.element["action_id"], t.block["block_id"], p.s.ts()
		payload = p.interaction("block_actions", t)
		payload["actions"] = []any{action}
		break
	}
	p.s.mu.Unlock()
	if payload == nil {
		return fmt.Errorf("there is nothing to use called %q", what)
	}
	p.s.send(&delivery{kind: "interactive", payload: payload, done: func(_ []byte, err error) {
		if err != nil {
			p.s.mu.Lock()
			defer p.s.mu.Unlock()
			p.s.trouble(p.id, "⚠ "+what+": "+err.Error())
		}
	}})
	return nil
}

// things lists what the person can use, the newest first; s.mu is held.
func (p *Person) things(channel string) []thing {
	var all []thing
	add := func(blocks []any, t thing) {
		for _, b := range blocks {
			t.block = asObject(b)
			if str(t.block, "type") == "input" {
				continue
			}
			for _, t.element = range interactive(t.block) {
				all = append(all, t)
			}
		}
	}
	u := p.s.users[p.id]
	if v := u.top(); v != nil {
		add(v.blocks, thing{view: v})
	}
	if channel == "" {
		if u.home != nil {
			add(u.home.blocks, thing{view: u.home})
		}
		return all
	}
	c := p.s.channels[channel]
	if c == nil || c.direct != "" && c.direct != p.id {
		return all
	}
	for _, m := range slices.Backward(c.messages) {
		if m.only == "" || m.only == p.id {
			add(m.blocks, thing{channel: c, message: m})
		}
	}
	return all
}

// interaction is the payload of something done with a thing; s.mu is held.
func (p *Person) interaction(typ string, t thing) object {
	u := p.s.users[p.id]
	o := object{
		"type": typ, "user": object{"id": p.id, "username": strings.ToLower(u.name), "name": strings.ToLower(u.name), "team_id": TeamID},
		"api_app_id": appID, "token": "verification", "team": object{"id": TeamID, "domain": "test"}, "enterprise": nil, "is_enterprise_install": false,
	}
	if t.view != nil {
		o["container"] = object{"type": "view", "view_id": t.view.id}
		o["view"] = p.s.viewJSON(t.view)
		from := t.view.id
		if t.view.home {
			from = ""
		}
		o["trigger_id"] = p.s.newTrigger(p.id, from)
		return o
	}
	o["container"] = object{"type": "message", "message_ts": t.message.ts, "channel_id": t.channel.id, "is_ephemeral": t.message.only != ""}
	o["channel"] = object{"id": t.channel.id, "name": t.channel.name}
	o["trigger_id"] = p.s.newTrigger(p.id, "")
	o["response_url"] = p.s.newResponse(p.id, t.channel.id, t.message.ts)
	o["state"] = object{"values": object{}}
	if t.message.only == "" {
		o["message"] = t.message.json()
	}
	return o
}

// Fill puts values into the input with the label: a text, or labels of choices.
func (p *Person) Fill(label string, values ...string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	v := p.s.users[p.id].top()
	if v == nil {
		return errors.New("no dialog is open")
	}
	for _, b := range v.blocks {
		o := asObject(b)
		if str(o, "type") == "input" && textOf(o, "label") == label {
			e := asObject(o["element"])
			p.s.ring()
			return v.state[str(o, "block_id")][str(e, "action_id")].set(e, values)
		}
	}
	return fmt.Errorf("the dialog %q has no input %q", v.title, label)
}

func (v *value) set(e object, values []string) error {
	if v.kind == "plain_text_input" {
		v.text = strings.Join(values, "")
		if limit, ok := e["max_length"].(float64); ok && utf8.RuneCountInString(v.text) > int(limit) {
			return fmt.Errorf("the client takes %d characters", int(limit))
		}
		return nil
	}
	v.selected = nil
	for _, l := range values {
		o := choice(e, l)
		if o == nil {
			return fmt.Errorf("there is no choice %q", l)
		}
		v.selected = append(v.selected, str(o, "value"))
	}
	return nil
}

// Cancel closes the topmost dialog.
func (p *Person) Cancel() error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	u := p.s.users[p.id]
	if len(u.views) == 0 {
		return errors.New("no dialog is open")
	}
	u.views = u.views[:len(u.views)-1]
	p.s.ring()
	return nil
}
