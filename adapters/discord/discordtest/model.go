package discordtest

import (
	"encoding/json"
	"time"
)

// Permissions of a channel.
const (
	MayView         = 1 << 10
	MaySend         = 1 << 11
	MayEmbed        = 1 << 14
	MayAttach       = 1 << 15
	MayReadHistory  = 1 << 16
	MayStartThreads = 1 << 35
	MaySendThreads  = 1 << 38
	mayAdministrate = 1 << 3
	mayManageGuild  = 1 << 5

	everything = MayView | MaySend | MayEmbed | MayAttach | MayReadHistory | MayStartThreads | MaySendThreads
)

type user struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name,omitempty"`
	Bot        bool   `json:"bot,omitempty"`
}

type role struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Permissions string `json:"permissions"`
	Position    int    `json:"position"`
}

type overwrite struct {
	ID    string `json:"id"`
	Type  int    `json:"type"` // 0 = role, 1 = member
	Allow string `json:"allow"`
	Deny  string `json:"deny"`
}

type guild struct {
	id      string
	name    string
	roles   []*role
	members map[string][]string // user → roles
	joined  bool                // the bot is in it
}

type channel struct {
	id, guild, name string
	kind            int    // 0 text, 1 direct, 11 thread
	person          string // of a direct one
	parent          string // of a thread
	overwrites      []overwrite
	messages        []*message
	gone            bool
}

// json is the channel as an interaction tells of it. A channel's parent is a category.
func (ch *channel) json() map[string]any {
	out := map[string]any{"id": ch.id, "type": ch.kind, "name": ch.name, "parent_id": ch.parent}
	if ch.kind == 0 {
		out["parent_id"] = ch.guild
	}
	return out
}

// message is what was said. To is the one person who sees a private one.
type message struct {
	id, channel string
	kind        int // 21 = the post that a thread begins with
	author      string
	to          string
	flags       int
	parts       []part
	mentions    *allowed
	files       map[string][]byte
	nonce       string
	loading     bool
	edited      time.Time
	source      string // the interaction's token it answers
	thread      bool
	view        *View // as it was drawn last, nil after a change
}

const (
	flagPrivate = 1 << 6
	flagLoading = 1 << 7
	flagV2      = 1 << 15
)

// part is any component.
type part struct {
	Type        int      `json:"type"`
	ID          int      `json:"id,omitempty"`
	CustomID    string   `json:"custom_id,omitempty"`
	Style       int      `json:"style,omitempty"`
	Label       string   `json:"label,omitempty"`
	Description string   `json:"description,omitempty"`
	Content     string   `json:"content,omitempty"`
	URL         string   `json:"url,omitempty"`
	Placeholder string   `json:"placeholder,omitempty"`
	Value       string   `json:"value,omitempty"`
	Min         *int     `json:"min_values,omitempty"`
	Max         *int     `json:"max_values,omitempty"`
	MaxLength   int      `json:"max_length,omitempty"`
	Required    *bool    `json:"required,omitempty"`
	Options     []choice `json:"options,omitempty"`
	Items       []item   `json:"items,omitempty"`
	File        *media   `json:"file,omitempty"`
	Component   *part    `json:"component,omitempty"`
	Components  []part   `json:"components,omitempty"`
	Disabled    bool     `json:"disabled,omitempty"`
}

type choice struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

type item struct {
	Media       media  `json:"media"`
	Description string `json:"description,omitempty"`
}

type media struct {
	URL string `json:"url"`
}

type allowed struct {
	Parse       []string `json:"parse"`
	Users       []string `json:"users"`
	Roles       []string `json:"roles"`
	RepliedUser bool     `json:"replied_user"`
}

// said is the body of a message on its way in.
type said struct {
	Content      *string         `json:"content"`
	Embeds       json.RawMessage `json:"embeds"`
	Flags        int             `json:"flags"`
	Components   []part          `json:"components"`
	Mentions     *allowed        `json:"allowed_mentions"`
	Attachments  *[]attached     `json:"attachments"`
	Nonce        string          `json:"nonce"`
	EnforceNonce bool            `json:"enforce_nonce"`
}

type attached struct {
	ID          json.RawMessage `json:"id"`
	Filename    string          `json:"filename"`
	Description string          `json:"description"`
}

type command struct {
	Name     string          `json:"name"`
	Type     int             `json:"type"`
	Options  []commandOption `json:"options"`
	Contexts []int           `json:"contexts"`
	Rights   uint64          `json:"default_member_permissions"`
}

type commandOption struct {
	Type         int             `json:"type"`
	Name         string          `json:"name"`
	Description  string          `json:"description"`
	Required     bool            `json:"required"`
	Autocomplete bool            `json:"autocomplete"`
	MaxLength    *int            `json:"max_length"`
	Choices      []named         `json:"choices"`
	Options      []commandOption `json:"options"`
}

type named struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// json returns the message as Discord shows it to the bot.
func (m *message) json(author *user) map[string]any {
	out := map[string]any{
		"id": m.id, "channel_id": m.channel, "author": author, "content": "", "flags": m.flags, "components": numbered(m.parts),
		"embeds": []any{}, "attachments": []any{}, "mentions": []any{}, "mention_roles": []any{}, "mention_everyone": false,
		"pinned": false, "tts": false, "type": m.kind, "timestamp": time.Unix(0, 0).UTC().Format(time.RFC3339), "edited_timestamp": nil,
	}
	if m.nonce != "" {
		out["nonce"] = m.nonce
	}
	return out
}

// numbered gives every component an id, as Discord does.
func numbered(parts []part) []part {
	n := 0
	var walk func([]part) []part
	walk = func(all []part) []part {
		out := make([]part, len(all))
		for i, p := range all {
			n++
			p.ID = n
			p.Components = walk(p.Components)
			if len(p.Components) == 0 {
				p.Components = nil
			}
			out[i] = p
		}
		return out
	}
	return walk(parts)
}
