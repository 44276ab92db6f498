package slacktest

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// checker judges blocks and views as Slack does, and collects what is wrong with them in Slack's words.
type checker struct {
	file     func(id string) string
	channel  func(id string) bool
	problems []string
	ids      map[string]bool // block_ids so far
	actions  map[string]bool // action_ids of this block so far
	total    int             // length of all texts
}

// rule judges one value.
type rule func(c *checker, path string, v any)

// shape is what an object of a type may hold; its required keys end in '!'.
type shape map[string]rule

func (c *checker) fail(path, format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...)+" [json-pointer:"+path+"]")
}

// object judges an object by its shape.
func (c *checker) object(path string, v any, s shape) {
	o := asObject(v)
	if o == nil {
		c.fail(path, "must be an object")
		return
	}
	known := map[string]rule{}
	for _, k := range slices.Sorted(maps.Keys(s)) {
		name := strings.TrimSuffix(k, "!")
		known[name] = s[k]
		if _, ok := o[name]; !ok && name != k {
			c.fail(path, "missing required field: %s", name)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(o)) {
		switch r, ok := known[k]; {
		case !ok:
			c.fail(path, "invalid additional property: %s", k)
		case o[k] == nil:
			c.fail(path+"/"+k, "must not be null")
		case r != nil:
			r(c, path+"/"+k, o[k])
		}
	}
}

// within judges a size.
func (c *checker) within(path, limit string, n int) {
	l, ok := limits()[limit]
	switch {
	case !ok:
		c.fail(path, "slacktest knows no limit %s", limit)
	case n < l.min:
		c.fail(path, "must be more than %d, is %d", l.min-1, n)
	case n > l.max:
		c.fail(path, "must be less than %d, is %d", l.max+1, n)
	}
}

func oneOf(words ...string) rule {
	return func(c *checker, path string, v any) {
		if s, ok := v.(string); !ok || !slices.Contains(words, s) {
			c.fail(path, "must be one of %s", strings.Join(words, ", "))
		}
	}
}

func aString(limit string) rule {
	return func(c *checker, path string, v any) {
		s, ok := v.(string)
		if !ok {
			c.fail(path, "must be a string")
			return
		}
		if limit != "" {
			c.within(path, limit, utf8.RuneCountInString(s))
		}
		if strings.ContainsRune(s, 0) || !utf8.ValidString(s) {
			c.fail(path, "holds what is no text")
		}
	}
}

func aBool(c *checker, path string, v any) {
	if _, ok := v.(bool); !ok {
		c.fail(path, "must be a boolean")
	}
}

func anInt(limit string) rule {
	return func(c *checker, path string, v any) {
		n, ok := v.(float64)
		if !ok || n != float64(int(n)) {
			c.fail(path, "must provide an integer")
			return
		}
		if limit != "" {
			c.within(path, limit, int(n))
		}
	}
}

func aURL(limit string) rule {
	return func(c *checker, path string, v any) {
		aString(limit)(c, path, v)
		s, _ := v.(string)
		if u, err := url.Parse(s); err != nil || u.Scheme == "" || u.Host == "" && u.Opaque == "" {
			c.fail(path, "must be a valid URL")
		}
	}
}

// text judges a text object of one of the types.
func text(limit string, types ...string) rule {
	return func(c *checker, path string, v any) {
		o := asObject(v)
		s := shape{"type!": oneOf(types...), "text!": aString(limit)}
		if str(o, "type") == "mrkdwn" {
			s["verbatim"] = aBool
		} else {
			s["emoji"] = aBool
		}
		c.object(path, v, s)
		c.total += utf8.RuneCountInString(str(o, "text"))
	}
}

func plainText(limit string) rule { return text(limit, "plain_text") }

func anyText(limit string) rule { return text(limit, "plain_text", "mrkdwn") }

// each judges a list and its items.
func each(limit string, item rule) rule {
	return func(c *checker, path string, v any) {
		l, ok := v.([]any)
		if !ok {
			c.fail(path, "must be an array")
			return
		}
		if limit != "" {
			c.within(path, limit, len(l))
		}
		for i, x := range l {
			item(c, fmt.Sprintf("%s/%d", path, i), x)
		}
	}
}

func of(s shape) rule { return func(c *checker, path string, v any) { c.object(path, v, s) } }

// typed judges an object by the shape of its type.
func typed(shapes func() map[string]shape, allowed ...string) rule {
	return func(c *checker, path string, v any) {
		typ := str(asObject(v), "type")
		s, ok := shapes()[typ]
		if !ok || !slices.Contains(allowed, typ) {
			c.fail(path, "unsupported type: %q", typ)
			return
		}
		s = maps.Clone(s)
		s["type!"] = nil
		c.object(path, v, s)
	}
}

// checkBlocks judges the blocks of a surface.
func (c *checker) checkBlocks(path string, blocks []any) {
	c.ids = map[string]bool{}
	allowed := []string{"actions", "context", "divider", "header", "image", "input", "rich_text", "section"}
	for i, b := range blocks {
		at := fmt.Sprintf("%s/%d", path, i)
		c.actions = map[string]bool{}
		typed(blockShapes, allowed...)(c, at, b)
		c.checkBlock(at, asObject(b))
	}
}

// checkBlock judges what no shape can say.
func (c *checker) checkBlock(path string, b object) {
	if id := str(b, "block_id"); id != "" {
		if c.ids[id] {
			c.fail(path+"/block_id", "block_id %q already exists", id)
		}
		c.ids[id] = true
	}
	switch str(b, "type") {
	case "section":
		if b["text"] == nil && b["fields"] == nil {
			c.fail(path, "missing text or fields")
		}
	case "image":
		c.source(path, b)
	}
}

// source judges where a picture is from.
func (c *checker) source(path string, b object) {
	f := asObject(b["slack_file"])
	if (b["image_url"] == nil) == (f == nil) {
		c.fail(path, "must have either image_url or slack_file")
	}
	if f != nil && c.file != nil {
		if problem := c.file(str(f, "id")); problem != "" {
			c.fail(path+"/slack_file", "%s", problem)
		}
	}
}

func blockShapes() map[string]shape {
	id := aString("block_id")
	return map[string]shape{
		"actions": {"block_id": id, "elements!": each("actions.elements", typed(elementShapes,
			"button", "checkboxes", "multi_static_select", "overflow", "radio_buttons", "static_select"))},
		"context":   {"block_id": id, "elements!": each("context.elements", contextElement)},
		"divider":   {"block_id": id},
		"header":    {"block_id": id, "text!": plainText("header.text")},
		"image":     {"block_id": id, "image_url": aURL("image.image_url"), "slack_file": of(shape{"id": nil, "url": nil}), "alt_text!": aString("image.alt_text"), "title": plainText("image.title")},
		"input":     {"block_id": id, "label!": plainText("input.label"), "hint": plainText("input.hint"), "optional": aBool, "dispatch_action": aBool, "element!": inputElement},
		"rich_text": {"block_id": id, "elements!": each("", typed(richShapes, "rich_text_list", "rich_text_preformatted", "rich_text_quote", "rich_text_section"))},
		"section": {"block_id": id, "text": anyText("section.text"), "fields": each("section.fields", anyText("section.fields.item")), "expand": aBool,
			"accessory": typed(elementShapes, "button", "checkboxes", "image", "multi_static_select", "overflow", "radio_buttons", "static_select")},
	}
}

func contextElement(c *checker, path string, v any) {
	if str(asObject(v), "type") == "image" {
		typed(elementShapes, "image")(c, path, v)
		return
	}
	anyText("text")(c, path, v)
}

func inputElement(c *checker, path string, v any) {
	typed(elementShapes, "checkboxes", "multi_static_select", "plain_text_input", "radio_buttons", "static_select")(c, path, v)
	o := asObject(v)
	limit, ok := o["max_length"].(float64)
	if n := utf8.RuneCountInString(str(o, "initial_value")); ok && n > int(limit) || n > 3000 {
		c.fail(path+"/initial_value", "must be less than max_length")
	}
}

func elementShapes() map[string]shape {
	action := func(c *checker, path string, v any) {
		aString("action_id")(c, path, v)
		if id, _ := v.(string); c.actions[id] {
			c.fail(path, "action_id %q already exists", id)
		} else {
			c.actions[id] = true
		}
	}
	options := func(limit string) rule { return each(limit, option) }
	confirm := of(shape{"title!": plainText("confirmation.title"), "text!": anyText("confirmation.text"), "confirm!": plainText("confirmation.confirm"),
		"deny!": plainText("confirmation.deny"), "style": oneOf("primary", "danger")})
	groups := each("select.option_groups", of(shape{"label!": plainText("option_group.label"), "options!": options("option_group.options")}))
	return map[string]shape{
		"button": {"action_id": action, "text!": plainText("button.text"), "url": aURL("button.url"), "value": aString("button.value"),
			"style": oneOf("primary", "danger"), "confirm": confirm, "accessibility_label": aString("button.accessibility_label")},
		"checkboxes":    {"action_id": action, "options!": options("checkboxes.options"), "initial_options": among, "confirm": confirm, "focus_on_load": aBool},
		"radio_buttons": {"action_id": action, "options!": options("radio_buttons.options"), "initial_option": option, "confirm": confirm, "focus_on_load": aBool},
		"overflow":      {"action_id": action, "options!": options("overflow.options"), "confirm": confirm},
		"static_select": {"action_id": action, "placeholder": plainText("select.placeholder"), "options": options("select.options"), "option_groups": groups,
			"initial_option": option, "confirm": confirm, "focus_on_load": aBool},
		"multi_static_select": {"action_id": action, "placeholder": plainText("select.placeholder"), "options": options("select.options"), "option_groups": groups,
			"initial_options": among, "confirm": confirm, "max_selected_items": anInt(""), "focus_on_load": aBool},
		"plain_text_input": {"action_id": action, "placeholder": plainText("select.placeholder"), "initial_value": aString(""), "multiline": aBool,
			"min_length": anInt(""), "max_length": anInt("plain_text_input.max_length"), "focus_on_load": aBool,
			"dispatch_action_config": of(shape{"trigger_actions_on": each("", oneOf("on_enter_pressed", "on_character_entered"))})},
		"image": {"image_url": aURL("image.image_url"), "slack_file": of(shape{"id": nil, "url": nil}), "alt_text!": aString("image.alt_text")},
	}
}

func option(c *checker, path string, v any) {
	c.object(path, v, shape{"text!": anyText("option.text"), "value!": aString("option.value"), "description": anyText("option.description"), "url": aURL("option.url")})
}

// among judges the options that are selected from the start: there must be one, where there is the field.
func among(c *checker, path string, v any) {
	each("", option)(c, path, v)
	if l, ok := v.([]any); ok && len(l) == 0 {
		c.fail(path, "must have at least one")
	}
}
