package questions

import (
	"slices"
	"strings"
)

// The line form of what has parts, as people write it in a form and as it stands in the cells of a CSV: parts are separated by "|", and a
// "|" that is text is written "\|".
//
//	point:  what it says | a phrasing | another phrasing | #its-id | +a word of the prompt to keep
//	option: [x] text | why        ([ ] for one that is not right)
//	source: title | https://address

// parts cuts a line into its parts, without the blanks around them.
func parts(line string) []string {
	var list []string
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && i+1 < len(line) && line[i+1] == '|':
			i++
			b.WriteByte('|')
		case line[i] == '|':
			list = append(list, strings.TrimSpace(b.String()))
			b.Reset()
		default:
			b.WriteByte(line[i])
		}
	}
	return append(list, strings.TrimSpace(b.String()))
}

// joined is the inverse of parts.
func joined(parts []string) string {
	escaped := make([]string, len(parts))
	for i, p := range parts {
		escaped[i] = strings.ReplaceAll(strings.Join(strings.Fields(p), " "), "|", `\|`)
	}
	return strings.Join(escaped, " | ")
}

func readPoint(line string) Point {
	list := parts(line)
	p := Point{Say: list[0]}
	for _, s := range list[1:] {
		switch id, isID := strings.CutPrefix(s, "#"); {
		case isID:
			p.ID = strings.TrimSpace(id)
		case strings.HasPrefix(s, "+"):
			p.Keep = append(p.Keep, strings.TrimSpace(s[1:]))
		case s != "":
			p.Any = append(p.Any, unmarked(s))
		}
	}
	return p
}

// Line is a point as people write it in a form, which asks for no id: Compose makes the same point of it.
func (p Point) Line() string {
	p.ID = ""
	p.Any = slices.DeleteFunc(slices.Clone(p.Any), func(s string) bool { return s == p.Say })
	return writePoint(p)
}

func writePoint(p Point) string {
	list := []string{p.Say}
	for _, s := range p.Any {
		list = append(list, marked(s))
	}
	if p.ID != "" {
		list = append(list, "#"+p.ID)
	}
	for _, k := range p.Keep {
		list = append(list, "+"+k)
	}
	return joined(list)
}

// marked puts a backslash before a phrasing that begins as an id or a word to keep does; unmarked takes it away.
func marked(s string) string {
	if rest := strings.TrimLeft(s, `\`); strings.HasPrefix(rest, "#") || strings.HasPrefix(rest, "+") {
		return `\` + s
	}
	return s
}

func unmarked(s string) string {
	if rest := strings.TrimLeft(s, `\`); len(rest) < len(s) && (strings.HasPrefix(rest, "#") || strings.HasPrefix(rest, "+")) {
		return s[1:]
	}
	return s
}

func readOption(line string) Option {
	var o Option
	if rest, ok := strings.CutPrefix(line, "[ ]"); ok {
		line = rest
	} else if len(line) >= 3 && strings.EqualFold(line[:3], "[x]") {
		o.Right, line = true, line[3:]
	}
	list := parts(line)
	o.Text, o.Why = list[0], strings.Join(list[1:], " | ")
	return o
}

func writeOption(o Option) string {
	mark := "[ ] "
	if o.Right {
		mark = "[x] "
	}
	return mark + joined([]string{o.Text, o.Why})
}

func readSource(line string) Source {
	list := parts(line)
	return Source{Title: list[0], URL: strings.Join(list[1:], "|")}
}

func writeSource(s Source) string {
	if s.URL == "" {
		return joined([]string{s.Title})
	}
	return joined([]string{s.Title, s.URL})
}
