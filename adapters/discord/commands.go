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

// commandName is the top-level command of which all others are subcommands. Discord knows permissions only of top-level
// commands, and people whom a role or a track's owner trusts must reach theirs without the right to manage the server. So
// the owners' commands stand there too, and once more under ownersName: Discord shows that one to those who manage the
// server, and in its settings lets them give it to others, or keep everything else to some channels.
const (
	commandName = "interview"
	ownersName  = "interview-admin"
)

// Kinds of options, and the bounds of a command:
// https://discord.com/developers/docs/interactions/application-commands
const (
	optionSubcommand = 1
	optionString     = 3
	optionRole       = 8
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
	Rights       int64           `json:"default_member_permissions,omitempty"`
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
// themselves, usable everywhere, and one for those who manage a guild. It says what Discord would not take. Whatever
// Discord lets through, the bot checks again.
func registration(table chat.Table) ([]byte, error) {
	everybody := command{
		Name: commandName, Type: 1, Description: "Daily interview questions, practice and streaks",
		Integrations: []int{0, 1}, Contexts: []int{inGuild, inDirect, inElsewhere},
	}
	owners := command{
		Name: ownersName, Type: 1, Description: "Daily interview questions: set up and look after what channels get",
		Integrations: []int{0}, Contexts: []int{inGuild}, Rights: mayManageGuild,
	}
	var bad []error
	for _, x := range table {
		o := subcommand(x)
		bad = append(bad, o.check())
		everybody.Options = append(everybody.Options, o)
		if x.Who == chat.Owners {
			owners.Options = append(owners.Options, o)
		}
	}
	if n := len(everybody.Options); n == 0 || n > maxSubcommands {
		bad = append(bad, fmt.Errorf("discord takes 1 to %d commands; the table has %d", maxSubcommands, n))
	}
	if n := size(everybody.Options) + len(everybody.Name) + len(everybody.Description); n > maxCommand {
		bad = append(bad, fmt.Errorf("discord takes %d characters of names and descriptions; the table has %d", maxCommand, n))
	}
	if err := errors.Join(bad...); err != nil {
		return nil, err
	}
	if len(owners.Options) == 0 {
		return json.Marshal([]command{everybody})
	}
	return json.Marshal([]command{everybody, owners})
}

func subcommand(c chat.Command) commandOption {
	o := commandOption{Type: optionSubcommand, Name: c.Name, Description: clip(c.Summary, 100)}
	for _, required := range []bool{true, false} { // Discord wants the required ones first
		for _, x := range c.Options {
			if x.Required == required {
				o.Options = append(o.Options, argument(x))
			}
		}
	}
	return o
}

func argument(o chat.Option) commandOption {
	out := commandOption{Type: optionString, Name: o.Name, Description: clip(o.Summary, 100), Required: o.Required}
	for _, c := range o.Choices[:min(len(o.Choices), maxOptions)] {
		out.Choices = append(out.Choices, choice{clip(c.Label, 100), c.Value})
	}
	switch {
	case o.Role:
		out.Type = optionRole
		return out
	case len(out.Choices) > 0:
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
