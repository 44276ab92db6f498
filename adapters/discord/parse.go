package discord

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Error is a constant error of this package; compare with errors.Is.
type Error string

func (e Error) Error() string { return string(e) }

const (
	errMalformed Error = "this is not an interaction that Discord would send"
	errUnknownID Error = "a custom id that this bot never made"
)

// Permissions: https://discord.com/developers/docs/topics/permissions
const (
	mayAdministrate = 1 << 3
	mayManageGuild  = 1 << 5
)

// Contexts of an interaction.
const (
	inGuild     = 0
	inDirect    = 1
	inElsewhere = 2
)

// readInteraction decodes one interaction and checks what everything later relies on.
func readInteraction(raw []byte) (*interaction, error) {
	var in interaction
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, fmt.Errorf("read interaction: %w", err)
	}
	if in.Type == deedPing || in.told() {
		return &in, nil
	}
	if !isSnowflake(in.ID) || !isSnowflake(in.ApplicationID) || in.Token == "" || strings.ContainsAny(in.Token, "/?#%") || !isSnowflake(in.person().ID) {
		return nil, errMalformed
	}
	for _, id := range []string{in.GuildID, in.ChannelID} {
		if id != "" && !isSnowflake(id) {
			return nil, errMalformed
		}
	}
	if in.Message != nil && (!isSnowflake(in.Message.ID) || !isSnowflake(in.Message.ChannelID)) {
		return nil, errMalformed
	}
	return &in, nil
}

// told says whether it is no interaction but a webhook event, or the ping of those, which has type 0.
func (in *interaction) told() bool { return in.Type == 0 || len(in.Event) > 0 }

func (in *interaction) person() user {
	switch {
	case in.Member != nil:
		return in.Member.User
	case in.User != nil:
		return *in.User
	}
	return user{}
}

// here says whether the bot itself is in the guild of the interaction; where only the person installed it, it can say
// nothing but private answers.
func (in *interaction) here() bool {
	if in.GuildID == "" || in.Member == nil {
		return false
	}
	return in.Owners == nil || in.Owners["0"] == in.GuildID
}

// event reads an interaction as the bot's event, and what may be answered to it. The event's ID is the interaction's, so
// that it is the same however often it arrives.
func (in *interaction) event(table chat.Table) (chat.Event, chat.Gives, error) {
	e := chat.Event{ID: eventID(in.ID), Actor: in.actor()}
	person := in.person().ID
	if in.here() && in.ChannelID != "" {
		e.Space, e.Channel = guildSpace(in.GuildID), channelID(in.ChannelID)
		if isThread(in.Channel.Type) && isSnowflake(in.Channel.Parent) {
			e.Within = channelID(in.Channel.Parent)
		}
	} else {
		e.Space, e.Channel, e.Direct = homeSpace(person), directID(person), true
	}
	if in.Message != nil && in.Message.Flags&flagPrivate == 0 {
		e.Message = messageID(in.Message.ChannelID, in.Message.ID)
	}
	what, gives, err := in.what(table)
	e.What = what
	return e, gives, err
}

func (in *interaction) actor() chat.Actor {
	u := in.person()
	a := chat.Actor{User: userID(u.ID), Name: u.GlobalName, Admin: chat.Yes} // alone a person may do anything
	if a.Name == "" {
		a.Name = u.Username
	}
	if !in.here() {
		return a
	}
	if in.Member.Nick != "" {
		a.Name = in.Member.Nick
	}
	a.Roles, a.Admin = in.Member.Roles, chat.No
	rights, err := strconv.ParseUint(in.Member.Permissions, 10, 64)
	switch {
	case err != nil:
		a.Admin = chat.Unknown
	case rights&(mayAdministrate|mayManageGuild) != 0:
		a.Admin = chat.Yes
	}
	return a
}

func (in *interaction) what(table chat.Table) (chat.What, chat.Gives, error) {
	switch in.Type {
	case deedCommand:
		return in.command(table)
	case deedComplete:
		return in.complete()
	case deedPress:
		return in.press()
	case deedSubmit:
		return in.submit()
	}
	return nil, 0, errMalformed
}

func (in *interaction) command(table chat.Table) (chat.What, chat.Gives, error) {
	if len(in.Data.Options) != 1 {
		return nil, 0, errMalformed
	}
	sub := in.Data.Options[0]
	args, _ := arguments(sub.Options)
	call := table.Check(sub.Name, args)
	if c, _ := table.Find(sub.Name); slices.ContainsFunc(c.Options, func(o chat.Option) bool { return o.Role && args[o.Name] == in.GuildID && in.GuildID != "" }) {
		call = chat.Call{Problem: "Everybody has that role. Please choose one that only some have."} // its identifier is the guild's
	}
	if c, ok := table.Find(call.Name); ok {
		return call, c.GivesFor(call.Args), nil
	}
	return call, chat.GivesReply, nil
}

func (in *interaction) complete() (chat.What, chat.Gives, error) {
	if len(in.Data.Options) != 1 {
		return nil, 0, errMalformed
	}
	sub := in.Data.Options[0]
	args, focused := arguments(sub.Options)
	if focused == "" {
		return nil, 0, errMalformed
	}
	c := chat.Complete{Name: sub.Name, Option: focused, Prefix: args[focused], Args: args}
	delete(args, focused)
	return c, chat.GivesChoices, nil
}

// arguments reads the options of a subcommand, and the name of the one that is being typed.
func arguments(all []given) (args map[string]string, focused string) {
	args = map[string]string{}
	for _, g := range all {
		args[g.Name] = value(g.Value)
		if g.Focused {
			focused = g.Name
		}
	}
	return args, focused
}

// value reads a string, a number or a truth as text.
func value(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return string(bytes.TrimSpace(raw))
	}
	return s
}

func (in *interaction) press() (chat.What, chat.Gives, error) {
	v, action, ok := readID(in.Data.CustomID)
	values := in.Data.Values
	if ok && v == verbButtons && len(values) == 1 {
		v, action, ok = readID(values[0])
		values = nil
	}
	if !ok {
		return nil, 0, errUnknownID
	}
	p := chat.Press{Action: action, Values: values}
	switch v {
	case verbReply, verbOpen:
		return p, chat.GivesReply, nil
	case verbUpdate, verbMenu:
		return p, chat.GivesUpdate, nil
	case verbForm:
		return p, chat.GivesForm, nil
	}
	return nil, 0, errUnknownID
}

func (in *interaction) submit() (chat.What, chat.Gives, error) {
	v, id, ok := readID(in.Data.CustomID)
	if !ok || v != verbSubmit {
		return nil, 0, errUnknownID
	}
	s := chat.Submit{Form: id, Values: map[string][]string{}}
	collect(in.Data.Components, s.Values)
	return s, chat.GivesReply, nil
}

// collect gathers what was filled in; components nest at most label in modal, or input in row.
func collect(all []filled, into map[string][]string) {
	for _, c := range all {
		switch {
		case c.Component != nil:
			collect([]filled{*c.Component}, into)
		case c.CustomID == "":
			collect(c.Components, into)
		case c.Value != nil:
			into[c.CustomID] = []string{strings.ReplaceAll(*c.Value, "\r\n", "\n")}
		case c.Values != nil:
			into[c.CustomID] = c.Values
		}
	}
}
