package playground_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
)

// node is an element, or text when it has no name.
type node struct {
	name  string
	attrs map[string]string
	data  string
	kids  []*node
}

// parse reads the playground's own HTML, which is nested properly. Control characters, which show nothing, are left out.
func parse(r io.Reader) (*node, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	clean := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cc, r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, string(raw))
	d := xml.NewDecoder(strings.NewReader(clean))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	root := &node{name: "root"}
	stack := []*node{root}
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return root, nil
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch tok := tok.(type) {
		case xml.StartElement:
			n := &node{name: tok.Name.Local, attrs: map[string]string{}}
			for _, a := range tok.Attr {
				n.attrs[a.Name.Local] = a.Value
			}
			top.kids = append(top.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			if top.name != tok.Name.Local {
				return nil, fmt.Errorf("<%s> is closed by </%s>", top.name, tok.Name.Local)
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.kids = append(top.kids, &node{data: string(tok)})
		}
	}
}

func (n *node) attr(name string) string { return n.attrs[name] }

func (n *node) is(attr string) bool { _, ok := n.attrs[attr]; return ok }

func (n *node) has(class string) bool {
	return slices.Contains(strings.Fields(n.attrs["class"]), class)
}

// all returns the outermost nodes that match, in order.
func (n *node) all(match func(*node) bool) []*node {
	var list []*node
	for _, k := range n.kids {
		if k.name != "" && match(k) {
			list = append(list, k)
		} else {
			list = append(list, k.all(match)...)
		}
	}
	return list
}

func (n *node) find(names ...string) *node {
	for _, k := range n.all(func(n *node) bool { return slices.Contains(names, n.name) }) {
		return k
	}
	return &node{}
}

func (n *node) byID(id string) *node {
	for _, k := range n.all(func(n *node) bool { return n.attr("id") == id }) {
		return k
	}
	return nil
}

func (n *node) text() string {
	s := n.data
	for _, k := range n.kids {
		s += k.text()
	}
	return s
}

// label is what a control is called, without the hint below.
func (n *node) label() string {
	for _, k := range n.kids {
		if k.name == "span" {
			return (&node{kids: slices.DeleteFunc(slices.Clone(k.kids), func(n *node) bool { return n.name == "small" })}).text()
		}
	}
	return n.text()
}

// shown is a message, or the home page, as it is seen.
func (n *node) shown() adaptertest.Shown {
	s := adaptertest.Shown{Private: n.has("private"), Summary: n.find("article").attr("aria-label")}
	blocks := n.all(func(n *node) bool { return n.has("blocks") })
	if n.has("blocks") {
		blocks = []*node{n}
	}
	for _, b := range blocks {
		b.read(&s)
	}
	return s
}

// read gathers what is to be seen of blocks.
func (n *node) read(s *adaptertest.Shown) {
	for _, k := range n.kids {
		switch {
		case k.name == "":
			continue
		case k.has("menu"):
			s.Menus = append(s.Menus, k.menu())
		case k.has("checks"):
			s.Text += k.find("legend").text() + "\n"
			for _, l := range k.all(func(n *node) bool { return n.name == "label" }) {
				s.Boxes = append(s.Boxes, adaptertest.Box{Label: l.label(), Ticked: l.find("input").is("checked")})
			}
		case k.name == "button" && k.attr("data-press") != "":
			s.Buttons = append(s.Buttons, adaptertest.Button{Label: k.text()})
		case k.name == "a" && k.has("button"):
			s.Buttons = append(s.Buttons, adaptertest.Button{Label: k.text(), URL: k.attr("href")})
		case k.name == "img":
			s.Pictures = append(s.Pictures, k.attr("alt"))
		case k.name == "button":
			continue // the page's own, such as Copy
		case k.has("text") || k.name == "pre" || k.name == "dt" || k.name == "figcaption":
			s.Text += k.text() + "\n"
		default:
			k.read(s)
		}
	}
}

func (n *node) menu() adaptertest.Menu {
	m := adaptertest.Menu{Placeholder: n.all(func(n *node) bool { return n.has("sheet") })[0].attr("aria-label")}
	for _, c := range n.all(func(n *node) bool { return n.is("data-choice") }) {
		m.Choices = append(m.Choices, c.label())
		if c.attr("aria-pressed") == "true" {
			m.Selected = c.label()
		}
	}
	return m
}

// dialog is an open form: what it shows, and what is in it now.
type dialog struct {
	in   string
	form *node
	list []*field
	said string
}

type field struct {
	id     string
	in     adaptertest.Input
	choice map[string]string // values by label
	free   bool
}

func newDialog(in string, form *node) *dialog {
	d := &dialog{in: in, form: form}
	for _, n := range form.all(func(n *node) bool { return n.is("data-input") }) {
		d.list = append(d.list, newField(n))
	}
	return d
}

func newField(n *node) *field {
	f := &field{id: n.attr("data-input"), choice: map[string]string{}}
	title := n.find("legend")
	if title.name == "" {
		title = n.find("label")
	}
	small := title.all(func(n *node) bool { return n.has("small") })
	f.in.Label = strings.TrimSuffix(title.text(), " optional")
	if len(small) == 0 {
		f.in.Label = title.text()
	}
	for _, h := range n.all(func(n *node) bool { return n.has("hint") }) {
		f.in.Hint = h.text()
	}
	for _, e := range n.all(func(n *node) bool { return n.has("error") && !n.is("hidden") }) {
		f.in.Error = e.text()
	}
	area, sel := n.find("textarea"), n.find("select")
	switch {
	case area.name != "":
		f.free, f.in.Placeholder = true, area.attr("placeholder")
		f.in.Values = some(strings.TrimPrefix(area.text(), "\n"))
	case sel.name != "":
		for i, o := range sel.all(func(n *node) bool { return n.name == "option" }) {
			if i > 0 {
				f.offer(o.text(), o.attr("value"), o.is("selected"))
			}
		}
	case n.name == "fieldset":
		for _, l := range n.all(func(n *node) bool { return n.name == "label" }) {
			f.offer(l.label(), l.find("input").attr("value"), l.find("input").is("checked"))
		}
	default:
		line := n.find("input")
		f.free, f.in.Placeholder, f.in.Values = true, line.attr("placeholder"), some(line.attr("value"))
	}
	return f
}

func some(v string) []string {
	if v == "" {
		return nil
	}
	return []string{v}
}

func (f *field) offer(label, value string, picked bool) {
	f.in.Choices = append(f.in.Choices, label)
	f.choice[label] = value
	if picked {
		f.in.Values = append(f.in.Values, label)
	}
}

func (d *dialog) fill(label string, values []string) error {
	for _, f := range d.list {
		if f.in.Label == label {
			f.in.Values = values
			return nil
		}
	}
	return fmt.Errorf("there is no input %q", label)
}

// parcel is what the page sends.
func (d *dialog) parcel() map[string]any {
	message := 0
	_, err := fmt.Sscan(d.form.attr("data-message"), &message)
	values := map[string][]string{}
	for _, f := range d.list {
		v := []string{}
		for _, s := range f.in.Values {
			if !f.free {
				s = f.choice[s]
			}
			v = append(v, s)
		}
		values[f.id] = v
	}
	return map[string]any{"Message": message, "Form": d.form.attr("data-key"), "Values": values, "err": err}
}

// mend shows errors and sentences in the dialog, which stays.
func (d *dialog) mend(o outcome) {
	d.said = o.Say
	for _, f := range d.list {
		f.in.Error = o.Errors[f.id]
	}
}

func (d *dialog) shown() *adaptertest.Dialog {
	out := &adaptertest.Dialog{Title: d.form.find("h2").text()}
	var text adaptertest.Shown
	for _, n := range d.form.all(func(n *node) bool { return n.has("intro") }) {
		n.read(&text)
	}
	if said, err := parse(strings.NewReader(d.said)); err == nil {
		text.Text += said.text()
	}
	out.Text = text.Text
	for _, b := range d.form.all(func(n *node) bool { return n.name == "button" && n.attr("type") == "submit" }) {
		out.Send = b.text()
	}
	for _, f := range d.list {
		in := f.in
		in.Values = slices.Clone(in.Values)
		out.Inputs = append(out.Inputs, in)
	}
	return out
}
