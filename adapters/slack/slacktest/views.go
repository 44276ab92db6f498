package slacktest

import "encoding/json"

// viewShape is a view as it is opened. https://docs.slack.dev/reference/views
func viewShape() shape {
	title := func(limit string) rule { return plainText(limit) }
	return shape{
		"type!": oneOf("modal", "home"), "blocks!": each("view.blocks", func(*checker, string, any) {}), "title": title("view.title"),
		"close": title("view.close"), "submit": title("view.submit"), "private_metadata": aString("view.private_metadata"),
		"callback_id": aString("view.callback_id"), "clear_on_close": aBool, "notify_on_close": aBool, "external_id": aString("view.callback_id"),
	}
}

// checkView judges a view that is to be opened, updated or published.
func (s *Server) checkView(v any, kind string) []string {
	o := asObject(v)
	c := s.checker()
	c.object("/view", v, viewShape())
	if str(o, "type") != kind {
		c.fail("/view/type", "must be %s", kind)
	}
	inputs := false
	for _, b := range list(o, "blocks") {
		inputs = inputs || str(asObject(b), "type") == "input"
	}
	switch {
	case kind == "modal" && o["title"] == nil:
		c.fail("/view", "missing required field: title")
	case kind == "modal" && inputs && o["submit"] == nil:
		c.fail("/view", "submit is required when there is an input")
	case kind == "home" && (o["title"] != nil || o["submit"] != nil || o["close"] != nil):
		c.fail("/view", "a home page has no title, submit and close")
	}
	c.checkBlocks("/view/blocks", list(o, "blocks"))
	if b, err := json.Marshal(v); err != nil || len(b) > 250_000 {
		c.fail("/view", "view_too_large")
	}
	return c.problems
}

// checkMessage judges the text and blocks of a message.
func (s *Server) checkMessage(text string, blocks []any) []string {
	c := s.checker()
	c.within("/text", "message.text", len([]rune(text)))
	c.within("/blocks", "message.blocks", len(blocks))
	c.checkBlocks("/blocks", blocks)
	c.within("/blocks", "message.total", c.total)
	return c.problems
}

// checker makes a checker that knows the workspace; s.mu is held.
func (s *Server) checker() *checker {
	return &checker{
		channel: func(id string) bool { return s.channels[id] != nil },
		file: func(id string) string {
			f := s.files[id]
			if f == nil || !f.stored || s.opt.Now().Before(f.ready) {
				return "invalid slack file"
			}
			return ""
		},
	}
}

// newView makes a view of its JSON; s.mu is held.
func (s *Server) newView(o object, home bool) *view {
	v := &view{id: s.id("V"), home: home}
	v.root = v.id
	s.show(v, o)
	return v
}

// show puts a view's JSON into it; s.mu is held.
func (s *Server) show(v *view, o object) {
	v.title, v.submit, v.close = textOf(o, "title"), textOf(o, "submit"), textOf(o, "close")
	v.callback, v.metadata = str(o, "callback_id"), str(o, "private_metadata")
	v.hash = s.ts()
	v.fill(s.named(list(o, "blocks")))
	s.ring()
}

// json is the view as Slack tells it to the app; s.mu is held.
func (s *Server) viewJSON(v *view) object {
	o := object{
		"id": v.id, "team_id": TeamID, "type": "modal", "callback_id": v.callback, "private_metadata": v.metadata, "hash": v.hash,
		"root_view_id": v.root, "previous_view_id": nil, "app_id": appID, "bot_id": "B0BOT0001", "blocks": v.blocks, "external_id": "",
		"state": object{"values": v.values()}, "clear_on_close": false, "notify_on_close": false,
	}
	if v.home {
		o["type"] = "home"
		return o
	}
	if v.previous != "" {
		o["previous_view_id"] = v.previous
	}
	for key, text := range map[string]string{"title": v.title, "submit": v.submit, "close": v.close} {
		if o[key] = nil; text != "" {
			o[key] = object{"type": "plain_text", "text": text, "emoji": true}
		}
	}
	return o
}

// values is the state as Slack tells it: an empty array where there is none.
func (v *view) values() any {
	if len(v.state) == 0 {
		return []any{}
	}
	all := object{}
	for block, actions := range v.state {
		o := object{}
		for action, now := range actions {
			o[action] = now.json()
		}
		all[block] = o
	}
	return all
}

func (v *value) json() object {
	o := object{"type": v.kind}
	options := make([]any, 0, len(v.selected))
	for _, s := range v.selected {
		options = append(options, object{"value": s})
	}
	switch v.kind {
	case "plain_text_input":
		if o["value"] = nil; v.text != "" {
			o["value"] = v.text
		}
	case "checkboxes", "multi_static_select":
		o["selected_options"] = options
	default:
		if o["selected_option"] = nil; len(options) > 0 {
			o["selected_option"] = options[0]
		}
	}
	return o
}
