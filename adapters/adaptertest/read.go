package adaptertest

import (
	"fmt"
	"strings"
	"unicode"
)

// visible reduces a text to what a person can tell apart: without characters that show nothing (an adapter may add or
// take those to keep text from being markup), with every run of white space as one space.
func visible(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// holds says whether everything wanted can be read on it.
func (s Shown) holds(want ...string) bool {
	all := visible(s.String())
	for _, w := range want {
		if !strings.Contains(all, visible(w)) {
			return false
		}
	}
	return true
}

// String is everything that can be read on it.
func (s Shown) String() string {
	lines := []string{s.Text}
	for _, b := range s.Buttons {
		lines = append(lines, b.Label)
	}
	for _, m := range s.Menus {
		lines = append(lines, m.Placeholder, m.Selected, strings.Join(m.Choices, "\n"))
	}
	for _, b := range s.Boxes {
		lines = append(lines, b.Label)
	}
	return strings.Join(append(lines, s.Pictures...), "\n")
}

// String is everything that can be read on it.
func (d *Dialog) String() string {
	lines := []string{d.Title, d.Text}
	for _, in := range d.Inputs {
		lines = append(lines, in.Label, in.Hint, in.Placeholder, in.Error, strings.Join(in.Values, "\n"), strings.Join(in.Choices, "\n"))
	}
	return strings.Join(lines, "\n")
}

// input returns the input with the label.
func (d *Dialog) input(label string) (Input, error) {
	for _, in := range d.Inputs {
		if visible(in.Label) == visible(label) {
			return in, nil
		}
	}
	return Input{}, fmt.Errorf("the dialog %q has no input %q: %+v", d.Title, label, d.Inputs)
}

// button returns the button with the label.
func (s Shown) button(label string) (Button, error) {
	for _, b := range s.Buttons {
		if visible(b.Label) == visible(label) {
			return b, nil
		}
	}
	return Button{}, fmt.Errorf("there is no button %q among %+v", label, s.Buttons)
}
