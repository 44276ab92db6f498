package slacktest

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func spec(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("CONTRACTS_DIR")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "contracts")
	}
	dir = filepath.Join(dir, "slack-blockkit", "spec")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("skipped: the Block Kit conformance registry is not at hand: %v", err)
	}
	return dir
}

func load(t *testing.T, file string) any {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// The bounds are those of the registry; what it bounds and we do not is what the workspace does not know at all.
func TestLimitsAreTheRegistrys(t *testing.T) {
	registry := map[string]between{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		o := asObject(v)
		b := between{0, 1 << 31}
		leaf := false
		for k, x := range o {
			n, isNumber := x.(float64)
			switch {
			case !isNumber:
				walk(strings.TrimPrefix(path+"."+k, "."), x)
			case k == "min_length" || k == "min_items" || k == "min":
				b.min, leaf = int(n), true
			case k == "item_max_length":
				registry[path+".item"] = between{0, int(n)}
			default:
				b.max, leaf = int(n), true
			}
		}
		if leaf {
			registry[path] = b
		}
	}
	walk("", load(t, filepath.Join(spec(t), "limits.json")))
	unknown := []string{"url_source", "file_input", "alert", "card", "carousel", "container", "context_actions", "feedback_button", "icon_button", "data_table", "data_visualization", "markdown", "video"}
	for path, want := range registry {
		head, _, _ := strings.Cut(path, ".")
		if slices.Contains(unknown, head) {
			continue
		}
		got, ok := limits()[path]
		if !ok || got.max != want.max || got.min < want.min {
			t.Errorf("%s is %v, and %v in the registry", path, got, want)
		}
	}
}

// known are all types that the workspace judges.
func known() map[string]bool {
	all := map[string]bool{"plain_text": true, "mrkdwn": true, "modal": true, "home": true, "text": true, "link": true, "channel": true, "user": true, "usergroup": true, "emoji": true}
	for _, shapes := range []map[string]shape{blockShapes(), elementShapes(), richShapes()} {
		for k := range maps.Keys(shapes) {
			all[k] = true
		}
	}
	return all
}

func typesIn(v any) []string {
	var all []string
	switch v := v.(type) {
	case map[string]any:
		if s := str(v, "type"); s != "" {
			all = append(all, s)
		}
		for _, x := range v {
			all = append(all, typesIn(x)...)
		}
	case []any:
		for _, x := range v {
			all = append(all, typesIn(x)...)
		}
	}
	return all
}

func TestValidFixturesPass(t *testing.T) {
	dir := filepath.Join(spec(t), "fixtures", "valid")
	judged := 0
	for _, kind := range []string{"blocks", "elements", "rich_text", "views"} {
		files, err := filepath.Glob(filepath.Join(dir, kind, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			v := load(t, file)
			if slices.ContainsFunc(typesIn(v), func(s string) bool { return !known()[s] }) || filepath.Base(file) == "section_block_empty_text_field_value.json" {
				continue // the last has an empty text, which the registry itself forbids elsewhere
			}
			var problems []string
			switch kind {
			case "views":
				problems = (&Server{}).checkView(v, str(asObject(v), "type"))
			case "blocks":
				problems = judge(v)
			case "elements":
				problems = judge(inBlock(asObject(v)))
			case "rich_text":
				problems = judge(inRichText(asObject(v)))
			}
			problems = slices.DeleteFunc(problems, func(p string) bool {
				return strings.Contains(p, "slack file") || strings.Contains(p, "invalid channel")
			})
			if len(problems) > 0 {
				t.Errorf("%s: %q", filepath.Base(file), problems)
			}
			judged++
		}
	}
	if judged < 30 {
		t.Errorf("only %d fixtures were judged", judged)
	}
}

func judge(blocks ...any) []string {
	c := &checker{}
	c.checkBlocks("/blocks", blocks)
	return c.problems
}

func inBlock(e object) object {
	switch str(e, "type") {
	case "plain_text_input":
		return object{"type": "input", "label": plain("x"), "element": e}
	case "image":
		return object{"type": "context", "elements": []any{e}}
	}
	return object{"type": "actions", "elements": []any{e}}
}

func inRichText(part object) object {
	if !strings.HasPrefix(str(part, "type"), "rich_text") {
		part = object{"type": "rich_text_section", "elements": []any{part}}
	}
	if str(part, "type") != "rich_text" {
		part = object{"type": "rich_text", "elements": []any{part}}
	}
	return part
}

func plain(s string) object { return object{"type": "plain_text", "text": s} }

func many(n int, x any) []any {
	l := make([]any, n)
	for i := range l {
		l[i] = x
	}
	return l
}

// Beyond each limit Slack refuses, and at it does not: built for a size, each is judged at the limit and beyond.
func TestBeyondLimitsIsRefused(t *testing.T) {
	text := func(n int) string { return strings.Repeat("é", n) }
	section := func(more object) object {
		o := object{"type": "section", "text": plain("x")}
		maps.Copy(o, more)
		return o
	}
	button := func(more object) object {
		o := object{"type": "button", "text": plain("x")}
		maps.Copy(o, more)
		return inBlock(o)
	}
	option := func(more object) object { o := object{"text": plain("x"), "value": "x"}; maps.Copy(o, more); return o }
	sel := func(more object) object {
		o := object{"type": "static_select", "options": []any{option(nil)}}
		maps.Copy(o, more)
		return inBlock(o)
	}
	confirm := func(more object) object {
		o := object{"title": plain("x"), "text": plain("x"), "confirm": plain("x"), "deny": plain("x")}
		maps.Copy(o, more)
		return button(object{"confirm": o})
	}
	input := func(more object) object {
		o := object{"type": "input", "label": plain("x"), "element": object{"type": "plain_text_input"}}
		maps.Copy(o, more)
		return o
	}
	url := func(n int) string { return "https://e.org/" + strings.Repeat("x", n-14) }
	view := func(more object) object {
		o := object{"type": "modal", "title": plain("x"), "submit": plain("x"), "blocks": []any{section(nil)}}
		maps.Copy(o, more)
		return o
	}
	blocks := map[string]func(n int) object{
		"text":                       func(n int) object { return object{"type": "context", "elements": []any{plain(text(n))}} },
		"action_id":                  func(n int) object { return button(object{"action_id": text(n)}) },
		"block_id":                   func(n int) object { return section(object{"block_id": text(n)}) },
		"button.text":                func(n int) object { return button(object{"text": plain(text(n))}) },
		"button.url":                 func(n int) object { return button(object{"url": url(n)}) },
		"button.value":               func(n int) object { return button(object{"value": text(n)}) },
		"button.accessibility_label": func(n int) object { return button(object{"accessibility_label": text(n)}) },
		"confirmation.title":         func(n int) object { return confirm(object{"title": plain(text(n))}) },
		"confirmation.text":          func(n int) object { return confirm(object{"text": plain(text(n))}) },
		"confirmation.confirm":       func(n int) object { return confirm(object{"confirm": plain(text(n))}) },
		"confirmation.deny":          func(n int) object { return confirm(object{"deny": plain(text(n))}) },
		"option.text":                func(n int) object { return sel(object{"options": []any{option(object{"text": plain(text(n))})}}) },
		"option.value":               func(n int) object { return sel(object{"options": []any{option(object{"value": text(n)})}}) },
		"option.description": func(n int) object {
			return sel(object{"options": []any{option(object{"description": plain(text(n))})}})
		},
		"option.url": func(n int) object { return sel(object{"options": []any{option(object{"url": url(n)})}}) },
		"option_group.label": func(n int) object {
			return sel(object{"option_groups": []any{object{"label": plain(text(n)), "options": []any{option(nil)}}}})
		},
		"option_group.options": func(n int) object {
			return sel(object{"option_groups": []any{object{"label": plain("x"), "options": many(n, option(nil))}}})
		},
		"select.placeholder": func(n int) object { return sel(object{"placeholder": plain(text(n))}) },
		"select.options":     func(n int) object { return sel(object{"options": many(n, option(nil))}) },
		"select.option_groups": func(n int) object {
			return sel(object{"option_groups": many(n, object{"label": plain("x"), "options": []any{option(nil)}})})
		},
		"overflow.options":      func(n int) object { return inBlock(object{"type": "overflow", "options": many(n, option(nil))}) },
		"checkboxes.options":    func(n int) object { return inBlock(object{"type": "checkboxes", "options": many(n, option(nil))}) },
		"radio_buttons.options": func(n int) object { return inBlock(object{"type": "radio_buttons", "options": many(n, option(nil))}) },
		"plain_text_input.max_length": func(n int) object {
			return input(object{"element": object{"type": "plain_text_input", "max_length": float64(n)}})
		},
		"actions.elements": func(n int) object {
			return object{"type": "actions", "elements": many(n, object{"type": "button", "text": plain("x")})}
		},
		"context.elements":    func(n int) object { return object{"type": "context", "elements": many(n, plain("x"))} },
		"header.text":         func(n int) object { return object{"type": "header", "text": plain(text(n))} },
		"image.image_url":     func(n int) object { return object{"type": "image", "image_url": url(n), "alt_text": "x"} },
		"image.alt_text":      func(n int) object { return object{"type": "image", "image_url": url(20), "alt_text": text(n)} },
		"input.label":         func(n int) object { return input(object{"label": plain(text(n))}) },
		"input.hint":          func(n int) object { return input(object{"hint": plain(text(n))}) },
		"section.text":        func(n int) object { return section(object{"text": plain(text(n))}) },
		"section.fields":      func(n int) object { return section(object{"fields": many(n, plain("x"))}) },
		"section.fields.item": func(n int) object { return section(object{"fields": []any{plain(text(n))}}) },
	}
	views := map[string]func(n int) object{
		"view.blocks":           func(n int) object { return view(object{"blocks": many(n, section(nil))}) },
		"view.private_metadata": func(n int) object { return view(object{"private_metadata": text(n)}) },
		"view.callback_id":      func(n int) object { return view(object{"callback_id": text(n)}) },
		"view.title":            func(n int) object { return view(object{"title": plain(text(n))}) },
		"view.close":            func(n int) object { return view(object{"close": plain(text(n))}) },
		"view.submit":           func(n int) object { return view(object{"submit": plain(text(n))}) },
	}
	for name, build := range blocks {
		limit := limits()[name]
		if p := judge(build(limit.max)); len(p) > 0 {
			t.Errorf("%s at its limit: %q", name, p)
		}
		if p := judge(build(limit.max + 1)); len(p) == 0 {
			t.Errorf("%s beyond its limit is taken", name)
		}
		if limit.min == 1 && name != "image.image_url" {
			if p := judge(build(0)); len(p) == 0 {
				t.Errorf("%s that is empty is taken", name)
			}
		}
	}
	for name, build := range views {
		limit := limits()[name]
		if p := (&Server{}).checkView(build(limit.max), "modal"); len(p) > 0 {
			t.Errorf("%s at its limit: %q", name, p)
		}
		if p := (&Server{}).checkView(build(limit.max+1), "modal"); len(p) == 0 {
			t.Errorf("%s beyond its limit is taken", name)
		}
	}
}

// What no size says.
func TestMalformedIsRefused(t *testing.T) {
	for name, blocks := range map[string][]any{
		"a section with nothing":         {object{"type": "section"}},
		"a type that there is not":       {object{"type": "video_wall"}},
		"a field that there is not":      {object{"type": "divider", "colour": "red"}},
		"markup in a header":             {object{"type": "header", "text": object{"type": "mrkdwn", "text": "x"}}},
		"a button in a context":          {object{"type": "context", "elements": []any{object{"type": "button", "text": plain("x")}}}},
		"a button as an input":           {object{"type": "input", "label": plain("x"), "element": object{"type": "button", "text": plain("x")}}},
		"two pictures in one":            {object{"type": "image", "image_url": "https://e.org/x", "slack_file": object{"id": "F1"}, "alt_text": "x"}},
		"a picture without words":        {object{"type": "image", "image_url": "https://e.org/x"}},
		"the same block_id twice":        {object{"type": "divider", "block_id": "a"}, object{"type": "divider", "block_id": "a"}},
		"the same action_id twice":       {object{"type": "actions", "elements": []any{object{"type": "button", "text": plain("x"), "action_id": "a"}, object{"type": "button", "text": plain("y"), "action_id": "a"}}}},
		"a text too long to start with":  {object{"type": "input", "label": plain("x"), "element": object{"type": "plain_text_input", "max_length": 2.0, "initial_value": "xyz"}}},
		"nothing selected, said so":      {object{"type": "actions", "elements": []any{object{"type": "checkboxes", "options": []any{object{"text": plain("x"), "value": "x"}}, "initial_options": []any{}}}}},
		"an empty span":                  {inRichText(object{"type": "text", "text": ""})},
		"a date with a token of its own": {inRichText(object{"type": "date", "timestamp": 1.0, "format": "{weekday}"})},
		"a date as words":                {inRichText(object{"type": "date", "timestamp": "1", "format": "{time}"})},
		"a link to nowhere":              {inRichText(object{"type": "link", "url": "nowhere"})},
		"a list in a quote":              {inRichText(object{"type": "rich_text_quote", "elements": []any{object{"type": "rich_text_list"}}})},
		"null":                           {nil},
	} {
		if p := judge(blocks...); len(p) == 0 {
			t.Errorf("%s is taken", name)
		}
	}
}
