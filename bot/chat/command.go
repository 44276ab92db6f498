package chat

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Command is one subcommand of the bot, as data: help, the text commands, the Slack manifest and Discord's registration
// all come from one Table of them.
type Command struct {
	Name    string // lower-case letters, at most 32
	Summary string // one line of at most 100 characters
	Options []Option
	Who     Who
	Gives   Gives // what the answer may be
	// Forms is the set of values of the first option for which the answer is a Form instead; such calls only read.
	Forms    []string
	Personal bool // makes sense alone, without a channel: offered in direct messages and to user installs
}

// Option is one argument. In a typed line options are positional, or given as name:value; the last one takes the rest.
type Option struct {
	Name, Summary string
	Required      bool
	Choices       []Choice // closed set, at most 25
	Complete      bool     // completion by Complete events
	Role          bool     // one of the space's roles, by identifier where the platform lets people choose it, else by name
	Max           int      // characters; 0 = 200
}

// Who may give a command.
type Who uint8

const (
	Anyone Who = iota
	Owners     // those who may change the channel's tracks
)

// GivesFor returns what a call of the command may be answered with, given its arguments.
func (c Command) GivesFor(args map[string]string) Gives {
	if len(c.Options) > 0 {
		for _, v := range c.Forms {
			if args[c.Options[0].Name] == v {
				return GivesForm
			}
		}
	}
	return c.Gives
}

// Table is the list of all commands, in the order of help.
type Table []Command

// Find returns the command of that name.
func (t Table) Find(name string) (Command, bool) {
	for _, c := range t {
		if c.Name == name {
			return c, true
		}
	}
	return Command{}, false
}

// Parse reads a typed line such as "practice caching 2" or "tracks pause track:ab12". It never fails: what it cannot
// read becomes Call.Problem, a sentence that names the nearest thing that would have worked, and Call.Instead. An empty line
// is "help".
func (t Table) Parse(line string) Call {
	words := split(line)
	if len(words) == 0 {
		return Call{Name: "help"}
	}
	name := strings.ToLower(words[0])
	c, ok := t.Find(name)
	if !ok {
		var names []string
		for _, c := range t {
			names = append(names, c.Name)
		}
		problem := fmt.Sprintf("There is no command %q.", clip(words[0]))
		if near := Nearest(name, names); near != "" {
			problem += fmt.Sprintf(" Did you mean %q?", near)
		}
		return Call{Problem: problem, Instead: "help"}
	}
	args, problem := c.args(words[1:])
	if problem != "" {
		return Call{Problem: problem, Instead: c.Usage()}
	}
	return Call{Name: c.Name, Args: args}
}

// offers says whether w is one of the option's choices, whatever its case.
func (o Option) offers(w string) bool {
	return slices.ContainsFunc(o.Choices, func(ch Choice) bool { return strings.EqualFold(ch.Value, w) || strings.EqualFold(ch.Label, w) })
}

func (c Command) args(words []string) (map[string]string, string) {
	args := map[string]string{}
	next := 0
	for i := 0; i < len(words); i++ {
		w := words[i]
		if k, v, ok := strings.Cut(w, ":"); ok {
			if o, ok := c.option(strings.ToLower(k)); ok {
				args[o.Name] = v
				continue
			}
			if isName(k) && v != "" && !strings.HasPrefix(v, "/") && next >= len(c.Options) {
				return nil, c.noOption(k)
			}
		}
		for next < len(c.Options) && args[c.Options[next].Name] != "" {
			next++
		}
		if next >= len(c.Options) {
			if len(c.Options) == 0 {
				return nil, fmt.Sprintf("%s takes no options, so I did not understand %q.", c.Name, clip(w))
			}
			return nil, fmt.Sprintf("I did not understand %q.", clip(w))
		}
		o := c.Options[next]
		if next > 0 && len(o.Choices) > 0 && !o.offers(w) && !strings.ContainsAny(w, "0123456789") { // practice data structures 2: the topic goes on
			if before := c.Options[next-1]; len(before.Choices) == 0 && args[before.Name] != "" {
				args[before.Name] += " " + w
				continue
			}
		}
		if next == len(c.Options)-1 {
			rest := []string{w}
			for i+1 < len(words) && !c.named(words[i+1]) {
				i++
				rest = append(rest, words[i])
			}
			w = strings.Join(rest, " ")
		}
		args[o.Name] = w
		next++
	}
	for _, o := range c.Options {
		v, given := args[o.Name]
		if !given {
			if o.Required {
				return nil, fmt.Sprintf("%s needs %s (%s).", c.Name, o.Name, o.Summary)
			}
			continue
		}
		if problem := o.check(&v); problem != "" {
			return nil, problem
		}
		args[o.Name] = v
	}
	return args, ""
}

func (c Command) named(word string) bool {
	k, _, ok := strings.Cut(word, ":")
	if !ok {
		return false
	}
	_, ok = c.option(strings.ToLower(k))
	return ok
}

func (c Command) noOption(k string) string {
	var names []string
	for _, o := range c.Options {
		names = append(names, o.Name)
	}
	if near := Nearest(strings.ToLower(k), names); near != "" {
		return fmt.Sprintf("%s has no option %q. Did you mean %q?", c.Name, clip(k), near)
	}
	return fmt.Sprintf("%s has no option %q.", c.Name, clip(k))
}

func (c Command) option(name string) (Option, bool) {
	for _, o := range c.Options {
		if o.Name == name {
			return o, true
		}
	}
	return Option{}, false
}

// check bounds a value and matches it with the choices, whatever its case.
func (o Option) check(v *string) string {
	limit := o.Max
	if limit == 0 {
		limit = 200
	}
	if len([]rune(*v)) > limit {
		return fmt.Sprintf("%s can have at most %d characters.", o.Name, limit)
	}
	if len(o.Choices) == 0 {
		return ""
	}
	var names []string
	for _, ch := range o.Choices {
		if strings.EqualFold(ch.Value, *v) || strings.EqualFold(ch.Label, *v) {
			*v = ch.Value
			return ""
		}
		names = append(names, ch.Value)
	}
	if near := Nearest(strings.ToLower(*v), names); near != "" {
		return fmt.Sprintf("%q is not a choice for %s. Did you mean %q?", clip(*v), o.Name, near)
	}
	return fmt.Sprintf("%q is not a choice for %s. The choices are: %s.", clip(*v), o.Name, strings.Join(names, ", "))
}

// Usage shows how the command is typed.
func (c Command) Usage() string {
	var b strings.Builder
	b.WriteString(c.Name)
	for _, o := range c.Options {
		if o.Required {
			b.WriteString(" <" + o.Name + ">")
		} else {
			b.WriteString(" [" + o.Name + "]")
		}
	}
	return b.String()
}

// Check reads structured arguments, as a platform with native options gives them; like Parse it answers with a Problem.
func (t Table) Check(name string, args map[string]string) Call {
	c, ok := t.Find(name)
	if !ok {
		return t.Parse(name)
	}
	out := map[string]string{}
	for _, o := range c.Options {
		v, given := args[o.Name]
		if !given || v == "" {
			if o.Required {
				return Call{Problem: fmt.Sprintf("%s needs %s (%s).", c.Name, o.Name, o.Summary), Instead: c.Usage()}
			}
			continue
		}
		if problem := o.check(&v); problem != "" {
			return Call{Problem: problem, Instead: c.Usage()}
		}
		out[o.Name] = v
	}
	return Call{Name: c.Name, Args: out}
}

// Nearest returns the word most like w, or "" when none is near: at most one edit in three letters.
func Nearest(w string, words []string) string {
	best, dist := "", len([]rune(w))/3+1
	for _, c := range words {
		if d := edits(w, c); d < dist || (d == dist && best == "" && d <= 1) {
			best, dist = c, d
		}
		if len(w) >= 3 && strings.HasPrefix(c, w) && best == "" {
			best = c
		}
	}
	return best
}

// edits is the Damerau-Levenshtein distance (adjacent transpositions count one), bounded to words of 64 letters.
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 {
		return 64
	}
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}

// split cuts a line into words; double quotes, straight or typographic, hold words together.
func split(line string) []string {
	var words []string
	var cur []rune
	quoted, started := false, false
	for _, r := range line {
		switch {
		case r == '"' || r == '“' || r == '”':
			quoted = !quoted
			started = true
		case unicode.IsSpace(r) && !quoted:
			if started {
				words = append(words, string(cur))
			}
			cur, started = cur[:0], false
		default:
			cur = append(cur, r)
			started = true
		}
	}
	if started {
		words = append(words, string(cur))
	}
	return words
}

func isName(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) {
			return false
		}
	}
	return s != ""
}

// clip bounds what is quoted back to a person.
func clip(s string) string {
	r := []rune(s)
	if len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return s
}
