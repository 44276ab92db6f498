package discord

import (
	"fmt"
	"strings"
)

// beginning is how much of a text stays in the message when the whole of it becomes a file.
const beginning = 300

// shrink keeps the text within what Discord takes. The bot keeps its messages short enough, but escapes count, and
// some scripts take three bytes a character: then the text with most markup becomes a code block, which needs none, and
// at last the longest becomes a file, of which the message shows the beginning.
func (d *draft) shrink() {
	for d.over() {
		best, gain := -1, 0
		for i, p := range d.parts {
			if g := units(p.text) - units(concealed(fence("", p.plain), p.hidden)); p.text != "" && len(p.other) == 0 && g > gain {
				best, gain = i, g
			}
		}
		if best >= 0 {
			d.parts[best].text = concealed(fence("", d.parts[best].plain), d.parts[best].hidden)
			continue
		}
		best = 0
		for i, p := range d.parts {
			if len(p.text) > len(d.parts[best].text) {
				best = i
			}
		}
		d.file(&d.parts[best])
	}
}

// file moves a text to a file; one that was moved before gives up its beginning too.
func (d *draft) file(p *part) {
	if len(p.other) > 0 {
		p.text = ""
		return
	}
	name := d.attach("text", "txt", "text/plain; charset=utf-8", []byte(clean(p.plain)), "The text of this message")
	p.text = concealed(fence("", clip(p.plain, beginning)), p.hidden)
	p.other = []component{{Type: typeFile, File: &media{"attachment://" + name}, Spoiler: p.hidden}}
}

func (d *draft) over() bool {
	n, bytes := 0, 0
	for _, p := range d.parts {
		if p.text != "" {
			n += units(p.text)
			bytes += len(p.text) + 12
		}
	}
	return n > maxText || bytes > maxBytes
}

// condense keeps the number of components within the limit: first neighbouring texts become one, then rows of buttons
// become menus of the same deeds.
func (d *draft) condense(limit int) {
	if d.count() <= limit {
		return
	}
	d.join(func(a, b *part) bool {
		if a.text == "" || b.text == "" || len(a.other)+len(b.other) > 0 {
			return false
		}
		a.text, a.plain, a.hidden = a.text+"\n"+b.text, a.plain+"\n"+b.plain, a.hidden || b.hidden
		return true
	})
	if d.count() <= limit {
		return
	}
	for i := range d.parts {
		d.parts[i].toMenu(i)
	}
	d.join(func(a, b *part) bool {
		x, y := menuOf(a), menuOf(b)
		if x == nil || y == nil || len(x.Options)+len(y.Options) > maxOptions {
			return false
		}
		x.Options = append(x.Options, y.Options...)
		return true
	})
}

// join merges neighbours for which merge says that it did.
func (d *draft) join(merge func(a, b *part) bool) {
	var out []part
	for _, p := range d.parts {
		if n := len(out); n > 0 && merge(&out[n-1], &p) {
			continue
		}
		out = append(out, p)
	}
	d.parts = out
}

func (d *draft) count() int {
	n := 0
	for i := range d.parts {
		for _, c := range d.parts[i].components() {
			n += 1 + len(c.Components)
		}
	}
	return n
}

// toMenu makes a row of buttons a menu, whose values are the buttons' custom ids. Rows with links stay.
func (p *part) toMenu(n int) {
	if len(p.row) == 0 {
		return
	}
	s := component{Type: typeSelect, CustomID: fmt.Sprintf("%c%d:", verbButtons, n), Placeholder: "Choose what to do"}
	for _, b := range p.row {
		if b.CustomID == "" {
			return
		}
		s.Options = append(s.Options, option{Label: b.Label, Value: b.CustomID})
	}
	p.row, p.other = nil, []component{{Type: typeRow, Components: []component{s}}}
}

// menuOf returns the menu that a row of buttons became, nil for any other part.
func menuOf(p *part) *component {
	if len(p.other) != 1 || len(p.other[0].Components) != 1 {
		return nil
	}
	if c := &p.other[0].Components[0]; strings.HasPrefix(c.CustomID, string(verbButtons)) {
		return c
	}
	return nil
}
