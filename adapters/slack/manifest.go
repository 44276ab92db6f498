package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// ManifestOptions is what an operator chooses about the app. The zero value is the tested default: Socket Mode, the
// scopes chat:write, commands and users:read, one command.
type ManifestOptions struct {
	BotName string // of the app and its user, at most 35 characters; "" = Interviewbot
	Prefix  string // before every command, as "acme" makes /acme-interview; "" = none
	Short   bool   // the short forms /practice and /streak besides /interview
	URL     string // the public address, such as https://bot.example.org, for HTTP; "" = Socket Mode

	ExactRestart bool // read history, only to find a post whose outcome a crash left unknown
	DirectOpen   bool // open direct conversations where Slack does not by itself
	Pictures     bool // upload pictures: the heat map and charts
	Membership   bool // be told at once when invited to or removed from a channel

	JSON bool // JSON instead of YAML
}

// mainCommand is the slash command that takes every subcommand.
const mainCommand = "interview"

// scope is one permission of the app and what it is needed for.
type scope struct{ name, why string }

func baseScopes() []scope {
	return []scope{
		{"chat:write", "post questions and answer people"},
		{"commands", "receive /interview"},
		{"users:read", "show times in people's own zones and to know the workspace's admins"},
	}
}

func (o ManifestOptions) scopes() []string {
	var all []string
	for _, s := range baseScopes() {
		all = append(all, s.name)
	}
	for _, more := range []struct {
		on     bool
		scopes []string
	}{
		{o.ExactRestart, []string{"channels:history", "groups:history"}},
		{o.DirectOpen, []string{"im:write"}},
		{o.Pictures, []string{"files:write"}},
		{o.Membership, []string{"channels:read", "groups:read"}},
	} {
		if more.on {
			all = append(all, more.scopes...)
		}
	}
	return all
}

func (o ManifestOptions) events() []string {
	all := []string{"app_home_opened", "app_uninstalled", "tokens_revoked"}
	if o.Membership {
		all = append(all, "member_joined_channel", "channel_left", "channel_archive", "channel_deleted",
			"group_left", "group_archive", "group_deleted")
	}
	return all
}

// The manifest in Slack's form, version 2. https://docs.slack.dev/reference/app-manifest
type (
	manifest struct {
		Metadata struct {
			Major int `json:"major_version" yaml:"major_version"`
		} `json:"_metadata" yaml:"_metadata"`
		Display  manifestDisplay  `json:"display_information" yaml:"display_information"`
		Features manifestFeatures `json:"features" yaml:"features"`
		OAuth    struct {
			Scopes struct {
				Bot []string `json:"bot" yaml:"bot"`
			} `json:"scopes" yaml:"scopes"`
		} `json:"oauth_config" yaml:"oauth_config"`
		Settings manifestSettings `json:"settings" yaml:"settings"`
	}
	manifestDisplay struct {
		Name        string `json:"name" yaml:"name"`
		Description string `json:"description" yaml:"description"`
		Color       string `json:"background_color" yaml:"background_color"`
	}
	manifestFeatures struct {
		Home struct {
			Home     bool `json:"home_tab_enabled" yaml:"home_tab_enabled"`
			Messages bool `json:"messages_tab_enabled" yaml:"messages_tab_enabled"`
			ReadOnly bool `json:"messages_tab_read_only_enabled" yaml:"messages_tab_read_only_enabled"`
		} `json:"app_home" yaml:"app_home"`
		Bot struct {
			Name   string `json:"display_name" yaml:"display_name"`
			Online bool   `json:"always_online" yaml:"always_online"`
		} `json:"bot_user" yaml:"bot_user"`
		Commands []manifestCommand `json:"slash_commands" yaml:"slash_commands"`
	}
	manifestCommand struct {
		Command     string `json:"command" yaml:"command"`
		URL         string `json:"url,omitempty" yaml:"url,omitempty"`
		Description string `json:"description" yaml:"description"`
		Usage       string `json:"usage_hint,omitempty" yaml:"usage_hint,omitempty"`
		Escape      bool   `json:"should_escape" yaml:"should_escape"`
	}
	manifestSettings struct {
		Events struct {
			URL string   `json:"request_url,omitempty" yaml:"request_url,omitempty"`
			Bot []string `json:"bot_events" yaml:"bot_events"`
		} `json:"event_subscriptions" yaml:"event_subscriptions"`
		Interactivity struct {
			On  bool   `json:"is_enabled" yaml:"is_enabled"`
			URL string `json:"request_url,omitempty" yaml:"request_url,omitempty"`
		} `json:"interactivity" yaml:"interactivity"`
		OrgDeploy bool `json:"org_deploy_enabled" yaml:"org_deploy_enabled"`
		Socket    bool `json:"socket_mode_enabled" yaml:"socket_mode_enabled"`
		Rotation  bool `json:"token_rotation_enabled" yaml:"token_rotation_enabled"`
	}
)

// Manifest prints the app's manifest from the command table: YAML, or JSON when asked. Its error names all that Slack
// would not accept.
func Manifest(o ManifestOptions, table chat.Table) ([]byte, error) {
	if o.BotName = strings.TrimSpace(o.BotName); o.BotName == "" {
		o.BotName = "Interviewbot"
	}
	o.URL = strings.TrimSuffix(strings.TrimSpace(o.URL), "/")
	if err := o.check(); err != nil {
		return nil, err
	}
	m := o.manifest(table)
	if o.JSON {
		b, err := json.MarshalIndent(m, "", "  ")
		return append(b, '\n'), err
	}
	return yaml.Marshal(m)
}

func (o ManifestOptions) check() error {
	var all []error
	if n := utf8.RuneCountInString(o.BotName); n > 35 {
		all = append(all, fmt.Errorf("the bot's name has %d characters; Slack allows 35", n))
	}
	letter := func(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' }
	if !every(o.Prefix, letter) || len(o.Prefix) > 20 {
		all = append(all, fmt.Errorf("the prefix %q must be at most 20 lower-case letters, digits, hyphens or underscores", o.Prefix))
	}
	if u, err := url.Parse(o.URL); o.URL != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsAny(o.URL, "?#")) {
		all = append(all, fmt.Errorf("the address %q must be a public one such as https://bot.example.org", o.URL))
	}
	return errors.Join(all...)
}

func (o ManifestOptions) manifest(table chat.Table) manifest {
	var m manifest
	m.Metadata.Major = 2
	m.Display = manifestDisplay{
		Name: o.BotName, Color: "#1f4e5f", Description: "A daily backend interview question, private answers, feedback and streaks.",
	}
	m.Features.Home.Home, m.Features.Home.Messages = true, true
	m.Features.Bot.Name, m.Features.Bot.Online = o.BotName, true
	m.Features.Commands = o.commands(table)
	m.OAuth.Scopes.Bot = o.scopes()
	m.Settings.Events.Bot = o.events()
	m.Settings.Interactivity.On = true
	m.Settings.Socket = o.URL == ""
	if o.URL != "" {
		m.Settings.Events.URL = o.URL + "/slack/events"
		m.Settings.Interactivity.URL = o.URL + "/slack/interactivity"
	}
	return m
}

// commands are /interview with all subcommands as its hint, and the short forms.
func (o ManifestOptions) commands(table chat.Table) []manifestCommand {
	var names []string
	for _, c := range table {
		names = append(names, c.Name)
	}
	command := func(name, description, usage string) manifestCommand {
		c := manifestCommand{Description: description, Usage: clip(usage, 1000)}
		if c.Command = "/" + name; o.Prefix != "" {
			c.Command = "/" + o.Prefix + "-" + name
		}
		if o.URL != "" {
			c.URL = o.URL + "/slack/commands"
		}
		return c
	}
	hint := "[" + strings.Join(names, " | ") + "]"
	all := []manifestCommand{command(mainCommand, "Practise for backend interviews, alone or as a team", hint)}
	for _, name := range []string{"practice", "streak"} {
		if c, ok := table.Find(name); ok && o.Short {
			usage := strings.TrimSpace(strings.TrimPrefix(c.Usage(), c.Name))
			all = append(all, command(name, c.Summary, usage))
		}
	}
	return all
}
