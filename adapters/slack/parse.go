package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Error is a constant error of this package; compare with errors.Is.
type Error string

func (e Error) Error() string { return string(e) }

// errIgnored is the outcome of reading what is none of the bot's business; it is acknowledged and forgotten.
const errIgnored Error = "not for the bot"

// kind is the sort of delivery; Slack waits for a different answer to each.
type kind uint8

const (
	kindEvent   kind = iota // comes again until it is acknowledged
	kindCommand             // the acknowledgement may carry a message
	kindPress               // the acknowledgement carries nothing
	kindSubmit              // the acknowledgement decides what becomes of the dialog
)

// inbound is one delivery, read: the event, and all that is needed to answer it.
type inbound struct {
	event   chat.Event
	kind    kind
	gives   chat.Gives
	revokes bool // the workspace took the bot's access away

	user    string    // Slack's id of the actor, "" when nobody acted
	trigger string    // opens one dialog within 3 s
	respond string    // answers in private, or replaces the message, within 30 minutes
	view    *wireView // the dialog or home page it happened in
	from    origin
	at      time.Time // when it arrived
}

// reader turns what Slack sends into inbounds.
type reader struct {
	team  string // all that arrives is of this workspace: there is one token
	bot   string // the bot's own user id
	table chat.Table
}

// envelope reads one envelope of Socket Mode, by its type.
func (r reader) envelope(typ string, payload []byte) (inbound, error) {
	switch typ {
	case "events_api":
		var w wireEvent
		if err := json.Unmarshal(payload, &w); err != nil {
			return inbound{}, fmt.Errorf("read an event: %w", err)
		}
		return r.subscription(w)
	case "slash_commands":
		var w wireCommand
		if err := json.Unmarshal(payload, &w); err != nil {
			return inbound{}, fmt.Errorf("read a command: %w", err)
		}
		return r.command(w)
	case "interactive":
		return r.interaction(payload)
	}
	return inbound{}, errIgnored
}

// form reads the body of a command or an interaction over HTTP.
func (r reader) form(body []byte) (inbound, error) {
	v, err := url.ParseQuery(string(body))
	if err != nil {
		return inbound{}, fmt.Errorf("read a form: %w", err)
	}
	if p := v.Get("payload"); p != "" {
		return r.interaction([]byte(p))
	}
	if v.Get("command") == "" {
		return inbound{}, errIgnored // ssl_check and its like
	}
	return r.command(wireCommand{
		TeamID: v.Get("team_id"), ChannelID: v.Get("channel_id"), UserID: v.Get("user_id"), UserName: v.Get("user_name"),
		Command: v.Get("command"), Text: v.Get("text"), ResponseURL: v.Get("response_url"), TriggerID: v.Get("trigger_id"),
	})
}

// subscription reads an event that the manifest subscribes to.
func (r reader) subscription(w wireEvent) (inbound, error) {
	var typ struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(w.Event, &typ); err != nil {
		return inbound{}, fmt.Errorf("read the type of event %s: %w", w.EventID, err)
	}
	what, ok := r.subscriptions()[typ.Type]
	if !ok || w.EventID == "" {
		return inbound{}, errIgnored
	}
	var e wireInner
	if err := json.Unmarshal(w.Event, &e); err != nil {
		return inbound{}, fmt.Errorf("read event %s, a %s: %w", w.EventID, typ.Type, err)
	}
	in := inbound{kind: kindEvent, event: chat.Event{ID: eventID(w.EventID), Space: spaceID(r.team)}}
	if !what(w, e, &in) {
		return inbound{}, errIgnored
	}
	if in.event.What == (chat.Home{}) {
		return in, nil
	}
	if e.Channel != "" && !in.revokes {
		if !isID(e.Channel) {
			return inbound{}, errors.New("read an event: its channel has no identifier of Slack's")
		}
		in.event.Channel = channelID(r.team, e.Channel)
	}
	return in, nil
}

// subscriptions says what becomes of each event, by type; false means that it is not for the bot.
func (r reader) subscriptions() map[string]func(wireEvent, wireInner, *inbound) bool {
	lost := func(_ wireEvent, e wireInner, in *inbound) bool {
		in.event.What = chat.Removed{}
		return e.Channel != ""
	}
	revoked := func(w wireEvent, _ wireInner, in *inbound) bool {
		in.event.What, in.revokes = chat.Removed{}, true
		return w.TeamID == r.team
	}
	return map[string]func(wireEvent, wireInner, *inbound) bool{
		"app_home_opened": func(_ wireEvent, e wireInner, in *inbound) bool {
			in.event.What, in.gives = chat.Home{}, chat.GivesHome
			return e.Tab == "home" && r.acts(in, e.User, "", "")
		},
		"member_joined_channel": func(_ wireEvent, e wireInner, in *inbound) bool {
			in.event.What = chat.Added{}
			if isID(e.Inviter) {
				in.user, in.event.Actor.User = e.Inviter, userID(r.team, e.Inviter)
			}
			return e.User == r.bot && e.Channel != ""
		},
		"channel_left":    lost,
		"group_left":      lost,
		"channel_archive": lost,
		"group_archive":   lost,
		"channel_deleted": lost,
		"group_deleted":   lost,
		"app_uninstalled": revoked,
		"tokens_revoked": func(w wireEvent, e wireInner, in *inbound) bool {
			return len(e.Tokens.Bot) > 0 && revoked(w, e, in)
		},
	}
}

// command reads a slash command: "/interview practice caching", or a short form such as "/practice caching". A prefix
// in the manifest ends in a hyphen, so what follows the last one is the command's own name.
func (r reader) command(w wireCommand) (inbound, error) {
	in := inbound{
		kind: kindCommand, trigger: w.TriggerID, respond: w.ResponseURL, from: origin{Channel: w.ChannelID},
		event: chat.Event{ID: eventID(w.TriggerID), Space: spaceID(r.team)},
	}
	if w.TriggerID == "" || w.ChannelID == "" || !r.acts(&in, w.UserID, w.UserName, w.ChannelID) {
		return inbound{}, errors.New("read a command: it has no trigger, person or channel")
	}
	line := unescape(w.Text)
	name := strings.TrimPrefix(w.Command, "/")
	name = name[strings.LastIndexByte(name, '-')+1:]
	if _, ok := r.table.Find(name); ok {
		line = name + " " + line
	}
	call := r.table.Parse(line)
	if c, ok := r.table.Find(call.Name); ok {
		in.gives = c.GivesFor(call.Args)
	}
	in.event.What = call
	return in, nil
}

// interaction reads what was pressed, chosen, ticked or sent.
func (r reader) interaction(payload []byte) (inbound, error) {
	var w wireInteraction
	if err := json.Unmarshal(payload, &w); err != nil {
		return inbound{}, fmt.Errorf("read an interaction: %w", err)
	}
	in := inbound{
		trigger: w.TriggerID, respond: w.ResponseURL, view: w.View, from: where(w),
		event: chat.Event{ID: eventID(w.TriggerID), Space: spaceID(r.team)},
	}
	name := w.User.Username
	if name == "" {
		name = w.User.Name
	}
	if w.TriggerID == "" || !r.acts(&in, w.User.ID, name, in.from.Channel) {
		return inbound{}, errors.New("read an interaction: it has no trigger or person")
	}
	if in.from.TS != "" {
		in.event.Message = messageID(r.team, in.from.Channel, in.from.TS)
	}
	switch w.Type {
	case "block_actions":
		return in, press(&in, w)
	case "view_submission":
		return in, submit(&in, w)
	}
	return inbound{}, errIgnored
}

// acts fills in who did it and where. A direct conversation, which Slack names differently for each pair, is always
// named by its person: what is posted there reaches the bot's own conversation with them.
func (r reader) acts(in *inbound, user, name, channel string) bool {
	if !isID(user) || channel != "" && !isID(channel) {
		return false
	}
	in.user = user
	in.event.Actor = chat.Actor{User: userID(r.team, user), Name: clean(name)}
	if in.event.Direct = channel == "" || isDirect(channel); in.event.Direct {
		channel = user
	}
	in.event.Channel = channelID(r.team, channel)
	return true
}

// where is where an interaction happened: what the view remembers, or the message.
func where(w wireInteraction) origin {
	if w.View != nil {
		return readOrigin(w.View.PrivateMetadata)
	}
	o := origin{Channel: w.Container.ChannelID}
	if o.Channel == "" {
		o.Channel = w.Channel.ID
	}
	if isTS(w.Container.MessageTS) && !w.Container.IsEphemeral && isID(o.Channel) {
		o.TS = w.Container.MessageTS
	}
	return o
}

func press(in *inbound, w wireInteraction) error {
	if len(w.Actions) == 0 {
		return errIgnored
	}
	action, gives, link, ok := readAction(w.Actions[0].ActionID)
	if !ok || link {
		return errIgnored
	}
	in.kind, in.gives = kindPress, gives
	in.event.What = chat.Press{Action: action, Values: w.Actions[0].values()}
	return nil
}

func submit(in *inbound, w wireInteraction) error {
	if w.View == nil {
		return errors.New("read a submission: it has no view")
	}
	values := map[string][]string{}
	for block, actions := range w.View.State.Values {
		id, ok := readInput(block)
		if !ok {
			continue
		}
		if list := actions[valueAction].list(); list != nil {
			values[id] = list
		}
	}
	in.kind, in.gives = kindSubmit, chat.GivesUpdate
	in.event.What = chat.Submit{Form: w.View.CallbackID, Values: values}
	return nil
}
