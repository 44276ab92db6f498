package bottest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Dialog is an open form as a person sees it.
type Dialog struct {
	Title, Text, Send string // Text: all that can be read besides the inputs
	Inputs            []Input
}

// Input is one field of a dialog.
type Input struct {
	Label, Hint, Placeholder string
	Choices                  []string
	Values                   []string // one text, or labels
	Error                    string
}

type dialog struct {
	form   chat.Form
	place  chat.ChannelID
	values map[string][]string // by Input.ID: text, or values of choices
	errors map[string]string
	note   string
}

func newDialog(f chat.Form, place chat.ChannelID) *dialog {
	d := &dialog{form: f, place: place, values: map[string][]string{}}
	for _, in := range f.Inputs {
		if len(in.Value) > 0 {
			d.values[in.ID] = slices.Clone(in.Value)
		}
	}
	return d
}

func (d *dialog) has(input string) bool {
	return d != nil && slices.ContainsFunc(d.form.Inputs, func(in chat.Input) bool { return in.ID == input })
}

// Dialog is the dialog that is open, nil when none is.
func (u *Person) Dialog() *Dialog {
	u.platform.mu.Lock()
	defer u.platform.mu.Unlock()
	d := u.human.dialog
	if d == nil {
		return nil
	}
	text := u.platform.read(chat.Message{Blocks: d.form.Intro}).Text
	if d.note != "" {
		text = strings.TrimPrefix(text+"\n"+d.note, "\n")
	}
	out := &Dialog{Title: d.form.Title, Text: text, Send: d.form.Send}
	for _, in := range d.form.Inputs {
		shown := Input{Label: in.Label, Hint: in.Hint, Placeholder: in.Placeholder, Error: d.errors[in.ID]}
		for _, c := range in.Choices {
			shown.Choices = append(shown.Choices, c.Label)
		}
		for _, v := range d.values[in.ID] {
			if len(in.Choices) > 0 {
				v = labelOf(in.Choices, v)
			}
			shown.Values = append(shown.Values, v)
		}
		out.Inputs = append(out.Inputs, shown)
	}
	return out
}

// Value is what is in the input now, "" when nothing is.
func (d *Dialog) Value(label string) string {
	for _, in := range d.Inputs {
		if in.Label == label && len(in.Values) > 0 {
			return in.Values[0]
		}
	}
	return ""
}

// String is everything a person can read of it.
func (d *Dialog) String() string {
	lines := []string{d.Title, d.Text}
	for _, in := range d.Inputs {
		lines = append(lines, fmt.Sprintf("%s [%s] %s %s %s %s",
			in.Label, strings.Join(in.Values, ", "), in.Placeholder, in.Hint, strings.Join(in.Choices, " | "), in.Error))
	}
	return strings.Join(append(lines, "["+d.Send+"]"), "\n")
}

// Fill puts values into the input of the open dialog with that label: one text, or labels of choices; none clears.
func (u *Person) Fill(label string, values ...string) {
	u.t.Helper()
	if err := u.fill(label, values); err != nil {
		u.t.Fatalf("%s fills %q: %v", u.human.actor.Name, label, err)
	}
}

func (u *Person) fill(label string, values []string) error {
	u.platform.mu.Lock()
	defer u.platform.mu.Unlock()
	d := u.human.dialog
	if d == nil {
		return fmt.Errorf("no dialog is open")
	}
	i := slices.IndexFunc(d.form.Inputs, func(in chat.Input) bool { return in.Label == label })
	if i < 0 {
		return fmt.Errorf("the dialog %q has no such input", d.form.Title)
	}
	in := d.form.Inputs[i]
	switch in.Type {
	case chat.Line, chat.Area:
		if len(values) > 1 {
			return fmt.Errorf("%d texts for one input", len(values))
		}
		if len(values) == 1 && length(values[0]) > limitOf(in) {
			return fmt.Errorf("%d characters do not fit into %d", length(values[0]), limitOf(in))
		}
		d.values[in.ID] = values
	case chat.Select, chat.Ticks:
		var picked []string
		for _, l := range values {
			v, ok := valueOf(in.Choices, l)
			if !ok {
				return fmt.Errorf("there is no choice %q", l)
			}
			picked = append(picked, v)
		}
		if in.Type == chat.Select && len(picked) > 1 {
			return fmt.Errorf("%d choices for one", len(picked))
		}
		d.values[in.ID] = picked
	}
	return nil
}

// Submit sends the open dialog. A required input that is empty is complained of at once, as clients do.
func (u *Person) Submit() {
	u.t.Helper()
	p := u.platform
	p.mu.Lock()
	d := u.human.dialog
	if d == nil {
		p.mu.Unlock()
		u.t.Fatalf("%s has no dialog open", u.human.actor.Name)
	}
	d.errors, d.note = nil, ""
	values := map[string][]string{}
	for _, in := range d.form.Inputs {
		v := d.values[in.ID]
		if len(v) == 1 && v[0] == "" {
			v = nil
		}
		if len(v) > 0 {
			values[in.ID] = slices.Clone(v)
		} else if !in.Optional {
			d.errors = map[string]string{in.ID: "Please complete this field."}
		}
	}
	incomplete := d.errors != nil
	p.mu.Unlock()
	if incomplete {
		return
	}
	u.do(d.place, chat.Submit{Form: d.form.ID, Values: values}, func(x *deed) { x.form = d })
}

// SubmitForm sends a form that is not open, as after a restart or from a changed client.
func (u *Person) SubmitForm(place chat.ChannelID, s chat.Submit) {
	u.t.Helper()
	s.Values = maps.Clone(s.Values)
	f := chat.Form{ID: s.Form, Title: "sent from outside"}
	for id := range s.Values {
		f.Inputs = append(f.Inputs, chat.Input{ID: id, Label: id})
	}
	u.do(place, s, func(d *deed) { d.form = newDialog(f, place) })
}

// Cancel closes the open dialog.
func (u *Person) Cancel() {
	u.platform.mu.Lock()
	defer u.platform.mu.Unlock()
	u.human.dialog = nil
}

func limitOf(in chat.Input) int {
	if in.Max == 0 {
		return 3000
	}
	return in.Max
}
