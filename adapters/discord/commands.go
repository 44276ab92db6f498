package discord

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// commandName is the one top-level command; all others are its subcommands.
const commandName = "interview"

// Kinds of options, and the bounds of a command:
// https://discord.com/developers/docs/interactions/application-commands
const (
	optionSubcommand = 1
	optionString     = 3
	maxSubcommands   = 25
	maxCommand       = 8000 // characters of all names, descriptions and values together
)

type command struct {
	Name         string          `json:"name"`
	Type         int             `json:"type"`
	Description  string          `json:"description"`
	Options      []commandOption `json:"options"`
	Integrations []int           `json:"integration_types"`
	Contexts     []int           `json:"contexts"`
}

type commandOption struct {
	Type        int             `json:"type"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Required    bool            `json:"required,omitempty"`
	Complete    bool            `json:"autocomplete,omitempty"`
	MaxLength   int             `json:"max_length,omitempty"`
	Choices     []choice        `json:"choices,omitempty"`
	Options     []commandOption `json:"options,omitempty"`
}

// registration makes the body that registers the table: one command for guilds and for people who install the bot for
// themselves, usable everywhere. It says what Discord would not take. Who may give a command cannot be told to Discord
// here, for its permissions are per top-level command; the bot checks them.
func registration(table chat.Table) ([]byte, error) {
	c := command{
		Name: commandName, Type: 1, Description: "Daily interview questions, practice and streaks",
		Integrations: []int{0, 1}, Contexts: []int{inGuild, inDirect, inElsewhere},
	}
	var bad []error
	for _, x := range table {
		o := commandOption{Type: optionSubcommand, Name: x.Name, Description: clip(x.Summary, 100)}
		for _, required := range []bool{true, false} { // Discord wants the required ones first
			for _, y := range x.Options {
				if y.Required == required {
					o.Options = append(o.Options, argument(y))
				}
			}
		}
		bad = append(bad, o.check())
		c.Options = append(c.Options, o)
	}
	if n := len(c.Options); n == 0 || n > maxSubcommands {
		bad = append(bad, fmt.Errorf("discord takes 1 to %d commands; the table has %d", maxSubcommands, n))
	}
	if n := size(c.Options) + len(c.Name) + len(c.Description); n > maxCommand {
		bad = append(bad, fmt.Errorf("discord takes %d characters of names and descriptions; the table has %d", maxCommand, n))
	}
	if err := errors.Join(bad...); err != nil {
		return nil, err
	}
	return json.Marshal([]command{c})
}

func argument(o chat.Option) commandOption {
	out := commandOption{Type: optionString, Name: o.Name, Description: clip(o.Summary, 100), Required: o.Required}
	for _, c := range o.Choices[:min(len(o.Choices), maxOptions)] {
		out.Choices = append(out.Choices, choice{clip(c.Label, 100), c.Value})
	}
	if len(out.Choices) > 0 {
		return out
	}
	out.Complete, out.MaxLength = o.Complete, o.Max
	if o.Max == 0 {
		out.MaxLength = 200
	}
	return out
}

// check says what Discord would not take of a subcommand.
func (o commandOption) check() error {
	var bad []error
	for _, x := range append([]commandOption{o}, o.Options...) {
		if !isCommandName(x.Name) {
			bad = append(bad, fmt.Errorf("discord takes no command or option called %q: lower-case letters, digits, - and _, at most 32", x.Name))
		}
		if x.Description == "" {
			bad = append(bad, fmt.Errorf("%s %s needs a description for Discord", o.Name, x.Name))
		}
		for _, c := range x.Choices {
			if c.Name == "" || utf8.RuneCountInString(c.Value) > 100 {
				bad = append(bad, fmt.Errorf("%s %s: choice %q needs a label, and a value of at most 100 characters", o.Name, x.Name, c.Value))
			}
		}
	}
	if len(o.Options) > maxOptions {
		bad = append(bad, fmt.Errorf("%s has %d options; Discord takes %d", o.Name, len(o.Options), maxOptions))
	}
	return errors.Join(bad...)
}

// isCommandName: https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming
func isCommandName(s string) bool {
	for _, r := range s {
		if !strings.ContainsRune("-_'", r) && !unicode.In(r, unicode.Ll, unicode.Lo, unicode.N) {
			return false
		}
	}
	n := utf8.RuneCountInString(s)
	return n >= 1 && n <= 32
}

func size(all []commandOption) int {
	n := 0
	for _, o := range all {
		n += utf8.RuneCountInString(o.Name) + utf8.RuneCountInString(o.Description) + size(o.Options)
		for _, c := range o.Choices {
			n += utf8.RuneCountInString(c.Name) + utf8.RuneCountInString(c.Value)
		}
	}
	return n
}

// register tells Discord the commands when they are not those it was told last; it tries until it succeeds or is
// refused. Discord takes 200 new commands a day.
func (a *Adapter) register(ctx context.Context) {
	const key = "commands"
	sum := sha256.Sum256(append([]byte(a.app+" "), a.commands...))
	hash := hex.EncodeToString(sum[:])
	if told, err := a.keep.Get(ctx, ownSpace, key); err == nil && string(told) == hash {
		return
	}
	q := request{
		method: "PUT", path: "/applications/" + a.app + "/commands", route: route{name: "PUT commands"}, body: json.RawMessage(a.commands),
	}
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		err := a.rest.call(ctx, q)
		if err == nil {
			break
		}
		var no *refusal
		if errors.As(err, &no) && no.Status < 500 {
			a.log.Error("discord does not take the commands", "err", err)
			return
		}
		if sleep(ctx, wait) != nil {
			return
		}
	}
	if err := a.keep.Set(ctx, ownSpace, map[string][]byte{key: []byte(hash)}); err != nil {
		a.log.Warn("commands registered, but that was not kept", "err", err)
	}
}
