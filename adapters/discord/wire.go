package discord

import "encoding/json"

// The shapes of Discord's API v10 that the adapter sends: its own, because discordgo's always send fields that must be
// left out and know neither labels nor nonces. https://discord.com/developers/docs/components/reference

// Component types.
const (
	typeRow     = 1
	typeButton  = 2
	typeSelect  = 3
	typeInput   = 4
	typeText    = 10
	typeGallery = 12
	typeFile    = 13
	typeRule    = 14
	typeCard    = 17
	typeLabel   = 18
)

// Message flags.
const (
	flagPrivate = 1 << 6  // EPHEMERAL
	flagV2      = 1 << 15 // IS_COMPONENTS_V2
)

// Kinds of answers to an interaction.
const (
	answerPong        = 1
	answerMessage     = 4
	answerLater       = 5
	answerUpdateLater = 6
	answerUpdate      = 7
	answerChoices     = 8
	answerModal       = 9
)

// What Discord accepts in one message. The text of all components together may have 4,000 characters
// (discord-api-docs pull request 8562) and about 10,170 bytes of UTF-8, 12 more for each (its issue 8554).
const (
	maxComponents = 40
	maxText       = 4000
	maxBytes      = 10000
	maxCustomID   = 100
	maxOptions    = 25
	maxRow        = 5
)

// component is any component; Type says which fields matter.
type component struct {
	Type        int           `json:"type"`
	CustomID    string        `json:"custom_id,omitempty"`
	Style       int           `json:"style,omitempty"`
	Label       string        `json:"label,omitempty"`
	Description string        `json:"description,omitempty"`
	Content     string        `json:"content,omitempty"`
	URL         string        `json:"url,omitempty"`
	Placeholder string        `json:"placeholder,omitempty"`
	Value       string        `json:"value,omitempty"`
	MinValues   *int          `json:"min_values,omitempty"`
	MaxValues   int           `json:"max_values,omitempty"`
	MaxLength   int           `json:"max_length,omitempty"`
	Required    *bool         `json:"required,omitempty"`
	Options     []option      `json:"options,omitempty"`
	Items       []galleryItem `json:"items,omitempty"`
	File        *media        `json:"file,omitempty"`
	Spoiler     bool          `json:"spoiler,omitempty"`
	Accent      int           `json:"accent_color,omitempty"`
	Component   *component    `json:"component,omitempty"`
	Components  []component   `json:"components,omitempty"`
}

type option struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

type galleryItem struct {
	Media       media  `json:"media"`
	Description string `json:"description,omitempty"`
}

type media struct {
	URL string `json:"url"`
}

// payload is a message on its way out. Attachments is never null in an edit, so that an edit replaces wholly.
type payload struct {
	Components   []component   `json:"components"`
	Flags        int           `json:"flags"`
	Mentions     mentions      `json:"allowed_mentions"`
	Attachments  *[]attachment `json:"attachments,omitempty"`
	Nonce        string        `json:"nonce,omitempty"`
	EnforceNonce bool          `json:"enforce_nonce,omitempty"`

	files []file
}

// mentions allows none: nothing the bot says notifies anybody.
type mentions struct{}

func (mentions) MarshalJSON() ([]byte, error) { return []byte(`{"parse":[]}`), nil }

type attachment struct {
	ID          string `json:"id"` // the number of its part, files[n]
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
}

type file struct {
	name, contentType string
	content           []byte
}

// callback is the first answer to an interaction. Data is a *payload, *modal, *choices, *private or nil.
type callback struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

// private is the data of an answer that comes later: only the one flag may be set.
type private struct {
	Flags int `json:"flags"`
}

type modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []component `json:"components"`
}

type choices struct {
	Choices []choice `json:"choices"`
}

type choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// interaction is what Discord delivers when a person does something.
type interaction struct {
	ID            string            `json:"id"`
	ApplicationID string            `json:"application_id"`
	Type          int               `json:"type"`
	Token         string            `json:"token"`
	GuildID       string            `json:"guild_id"`
	ChannelID     string            `json:"channel_id"`
	Channel       place             `json:"channel"`
	Context       *int              `json:"context"`
	Owners        map[string]string `json:"authorizing_integration_owners"`
	Member        *member           `json:"member"`
	User          *user             `json:"user"`
	Message       *struct {
		ID        string `json:"id"`
		ChannelID string `json:"channel_id"`
		Flags     int    `json:"flags"`
	} `json:"message"`
	Data  deed            `json:"data"`
	Event json.RawMessage `json:"event"`
}

// place is the channel of an interaction; a thread's parent is a channel, a channel's a category.
type place struct {
	Type   int    `json:"type"`
	Parent string `json:"parent_id"`
}

// Kinds of interactions.
const (
	deedPing     = 1
	deedCommand  = 2
	deedPress    = 3
	deedComplete = 4
	deedSubmit   = 5
)

type member struct {
	User        user     `json:"user"`
	Nick        string   `json:"nick"`
	Roles       []string `json:"roles"`
	Permissions string   `json:"permissions"`
}

type user struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
}

// deed is the data of every kind of interaction.
type deed struct {
	Name       string   `json:"name"`
	Options    []given  `json:"options"`
	CustomID   string   `json:"custom_id"`
	Kind       int      `json:"component_type"`
	Values     []string `json:"values"`
	Components []filled `json:"components"`
}

// given is an option of a command, or a subcommand with its options.
type given struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
	Options []given         `json:"options"`
}

// filled is a component of a submitted modal.
type filled struct {
	Type       int      `json:"type"`
	CustomID   string   `json:"custom_id"`
	Value      *string  `json:"value"`
	Values     []string `json:"values"`
	Component  *filled  `json:"component"`
	Components []filled `json:"components"`
}
