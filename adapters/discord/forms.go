package discord

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// maxParts is how many parts a modal has, an introduction among them. Discord's OpenAPI has 40, its documentation and all
// clients that check have 5: https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal
const maxParts = 5

// form writes a form as a modal; number stands in its custom id. Beside five inputs there is no room for an introduction
// but as the description of the first.
func form(f chat.Form, number int64) modal {
	m := modal{CustomID: formID(number, f.ID), Title: label(f.Title, 45)}
	inputs := slices.Clone(f.Inputs[:min(len(f.Inputs), maxParts)])
	if text, plain := intro(f.Intro); text != "" && len(inputs) < maxParts {
		m.Components = append(m.Components, component{Type: typeText, Content: text})
	} else if text != "" && inputs[0].Hint == "" {
		inputs[0].Hint = plain
	}
	for _, in := range inputs {
		c := input(in)
		m.Components = append(m.Components, component{
			Type: typeLabel, Label: label(in.Label, 45), Description: clip(in.Hint, maxHint), Component: &c,
		})
	}
	return m
}

const maxHint = 100

// crowded says whether a form's introduction has no room in the modal; it is then to be said before.
func crowded(f chat.Form) bool {
	_, plain := intro(f.Intro)
	return plain != "" && len(f.Inputs) >= maxParts && (f.Inputs[0].Hint != "" || utf8.RuneCountInString(plain) > maxHint)
}

func intro(blocks []chat.Block) (text, plain string) {
	d := draft{ids: map[string]int{}}
	for _, b := range blocks {
		d.block(b)
	}
	d.shrink()
	var texts, plains []string
	for _, p := range d.parts {
		if p.text != "" {
			texts, plains = append(texts, p.text), append(plains, p.plain)
		}
	}
	return strings.Join(texts, "\n"), strings.Join(plains, "\n")
}

func input(in chat.Input) component {
	c := component{Type: typeInput, CustomID: in.ID, Required: new(!in.Optional)}
	if in.Type == chat.Select || in.Type == chat.Ticks {
		c.Type, c.Placeholder, c.Options = typeSelect, clip(in.Placeholder, 150), options(in.Choices, in.Value)
		if in.Type == chat.Ticks {
			c.MaxValues = len(c.Options)
			if in.Optional {
				c.MinValues = new(0)
			}
		}
		return c
	}
	c.Style, c.Placeholder = 1, clip(in.Placeholder, 100)
	if in.Type == chat.Area {
		c.Style = 2
	}
	if len(in.Value) > 0 {
		c.Value = clip(in.Value[0], 4000)
	}
	c.MaxLength = min(max(cmp.Or(in.Max, 3000), units(c.Value)), 4000)
	return c
}

func formID(number int64, id string) string {
	return string(verbSubmit) + strconv.FormatInt(number, 10) + ":" + id
}

// refill puts what was sent into the inputs, each error at its input. Of a form that the bot filled anew only empty
// inputs are touched.
func (m modal) refill(sent chat.Submit, errors map[string]string, anew bool) modal {
	m.Components = slices.Clone(m.Components)
	for i, label := range m.Components {
		if label.Component == nil {
			continue
		}
		c := *label.Component
		if e := errors[c.CustomID]; e != "" {
			m.Components[i].Description = clip(e, maxHint)
		}
		if values, ok := sent.Values[c.CustomID]; ok && !(anew && c.filled()) {
			c.fill(values)
		}
		m.Components[i].Component = &c
	}
	return m
}

func (c *component) filled() bool {
	return c.Value != "" || slices.ContainsFunc(c.Options, func(o option) bool { return o.Default })
}

func (c *component) fill(values []string) {
	if c.Type == typeInput {
		c.Value = clip(strings.Join(values, "\n"), 4000)
		c.MaxLength = min(max(c.MaxLength, units(c.Value)), 4000)
		return
	}
	c.Options = slices.Clone(c.Options)
	for i := range c.Options {
		c.Options[i].Default = slices.Contains(values, c.Options[i].Value)
	}
}

// label returns what stands at the input, "" when the modal has no such input.
func (m modal) label(id string) string {
	if i := m.place(id); i >= 0 {
		return m.Components[i].Label
	}
	return ""
}

func (m modal) place(id string) int {
	return slices.IndexFunc(m.Components, func(c component) bool { return c.Component != nil && c.Component.CustomID == id })
}
