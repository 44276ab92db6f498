package playground

import (
	"context"
	"slices"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// item is one completion: Line replaces the whole typed line.
type item struct {
	Line  string `json:"line"`
	Label string `json:"label"`
	Hint  string `json:"hint,omitempty"`
	Open  bool   `json:"open,omitempty"` // there is more to type after it
}

// complete offers what may come next in a typed command: its name, then the values of the option that is being typed.
func (a *Adapter) complete(ctx context.Context, s scene, text string) outcome {
	if !strings.HasPrefix(text, "/") || len(text) > maxLine {
		return outcome{}
	}
	line, _ := a.commandOf(text, false)
	lead := text[:len(text)-len(line)] // "/" or "/interview "
	name, rest, spaced := strings.Cut(line, " ")
	if !spaced {
		return outcome{Items: a.names(lead, name, isDirect(s.in))}
	}
	c, ok := a.o.Table.Find(strings.ToLower(name))
	if !ok {
		return outcome{}
	}
	o := outcome{Usage: "/" + c.Usage()}
	opt, word, args := typing(c, rest)
	if opt == nil {
		return o
	}
	choices := matching(opt.Choices, word)
	if opt.Complete {
		s.event.What = chat.Complete{Name: c.Name, Option: opt.Name, Prefix: word, Args: args}
		resp, err := a.ask(ctx, s.event)
		if err != nil {
			return o // a completion that fails offers nothing; the command itself says why
		}
		choices = resp.Choices
	}
	before := text[:len(text)-len(word)]
	last := c.Options[len(c.Options)-1].Name == opt.Name
	for i, ch := range choices {
		if i == maxValues {
			break
		}
		v := ch.Value
		if strings.ContainsAny(v, " \t") && !last {
			v = `"` + v + `"`
		}
		if !last {
			v += " "
		}
		label := ch.Label
		if label == "" {
			label = ch.Value
		}
		o.Items = append(o.Items, item{Line: before + v, Label: label, Hint: ch.Hint, Open: !last})
	}
	return o
}

// names offers the commands that begin with what was typed; alone, only those that make sense there.
func (a *Adapter) names(lead, typed string, alone bool) []item {
	var items []item
	for _, c := range a.o.Table {
		if !strings.HasPrefix(c.Name, strings.ToLower(typed)) || alone && !c.Personal {
			continue
		}
		more := ""
		if len(c.Options) > 0 {
			more = " "
		}
		items = append(items, item{Line: lead + c.Name + more, Label: "/" + c.Usage(), Hint: c.Summary, Open: more != ""})
	}
	return items
}

// typing finds the option whose value is being typed, what of it is there, and the options before it. nil when none is
// left. It follows the rules of Table.Parse: by position, or as name:value.
func typing(c chat.Command, rest string) (opt *chat.Option, word string, args map[string]string) {
	args = map[string]string{}
	words := strings.Split(rest, " ")
	done, last := words[:len(words)-1], words[len(words)-1]
	next := 0
	free := func() {
		for next < len(c.Options) && args[c.Options[next].Name] != "" {
			next++
		}
	}
	for _, w := range done {
		free()
		if at, v := named(c, w); at >= 0 {
			args[c.Options[at].Name] = v
		} else if w != "" && next < len(c.Options) {
			args[c.Options[next].Name] = w
		}
	}
	if at, v := named(c, last); at >= 0 {
		return &c.Options[at], v, args
	}
	if free(); next >= len(c.Options) {
		return nil, "", args
	}
	return &c.Options[next], last, args
}

// named reads a word like name:value; at is the option's place, -1 when it is none.
func named(c chat.Command, word string) (at int, value string) {
	k, v, ok := strings.Cut(word, ":")
	if !ok {
		return -1, ""
	}
	return slices.IndexFunc(c.Options, func(o chat.Option) bool { return o.Name == strings.ToLower(k) }), v
}

// matching are the choices that begin with the prefix, whatever its case.
func matching(choices []chat.Choice, prefix string) []chat.Choice {
	var fit []chat.Choice
	prefix = strings.ToLower(prefix)
	for _, c := range choices {
		if strings.HasPrefix(strings.ToLower(c.Value), prefix) || strings.HasPrefix(strings.ToLower(c.Label), prefix) {
			fit = append(fit, c)
		}
	}
	return fit
}
