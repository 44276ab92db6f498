package slack_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/dlclark/regexp2"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/interviewbot/interviewbot/adapters/slack"
	"github.com/interviewbot/interviewbot/bot/chat"
)

type settings = map[string]any

func manifest(t *testing.T, o slack.ManifestOptions, table chat.Table) settings {
	t.Helper()
	var fromYAML, fromJSON settings
	o.JSON = false
	y, err := slack.Manifest(o, table)
	if err != nil {
		t.Fatal(err)
	}
	o.JSON = true
	j, err := slack.Manifest(o, table)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(y, &fromYAML); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(j, &fromJSON); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(fromYAML)
	if err != nil {
		t.Fatal(err)
	}
	var same settings
	if err := json.Unmarshal(again, &same); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(same, fromJSON) {
		t.Errorf("YAML and JSON differ:\n%s\n%s", y, j)
	}
	return fromJSON
}

// at follows a path of keys.
func at(v any, path ...string) any {
	for _, k := range path {
		m, _ := v.(settings)
		v = m[k]
	}
	return v
}

func texts(v any) []string {
	var all []string
	l, _ := v.([]any)
	for _, x := range l {
		s, _ := x.(string)
		all = append(all, s)
	}
	return all
}

func commands(m settings) []string {
	var all []string
	l, _ := at(m, "features", "slash_commands").([]any)
	for _, x := range l {
		s, _ := at(x, "command").(string)
		all = append(all, s)
	}
	return all
}

func TestManifestByDefault(t *testing.T) {
	m := manifest(t, slack.ManifestOptions{}, table())
	for _, c := range []struct {
		path string
		want any
	}{
		{"settings socket_mode_enabled", true}, {"settings interactivity is_enabled", true}, {"settings interactivity request_url", nil},
		{"settings event_subscriptions request_url", nil}, {"settings token_rotation_enabled", false}, {"settings org_deploy_enabled", false},
		{"features app_home home_tab_enabled", true}, {"features app_home messages_tab_enabled", true}, {"features app_home messages_tab_read_only_enabled", false},
		{"display_information name", "Interviewbot"}, {"features bot_user display_name", "Interviewbot"}, {"_metadata major_version", 2.0},
	} {
		if got := at(m, strings.Fields(c.path)...); got != c.want {
			t.Errorf("%s is %v, want %v", c.path, got, c.want)
		}
	}
	if got := texts(at(m, "oauth_config", "scopes", "bot")); !slices.Equal(got, []string{"chat:write", "commands", "users:read"}) {
		t.Errorf("scopes %q", got)
	}
	if got := texts(at(m, "settings", "event_subscriptions", "bot_events")); !slices.Equal(got, []string{"app_home_opened", "app_uninstalled", "tokens_revoked"}) {
		t.Errorf("events %q", got)
	}
	if got := commands(m); !slices.Equal(got, []string{"/interview"}) {
		t.Errorf("commands %q", got)
	}
	hint, _ := at(at(m, "features", "slash_commands").([]any)[0], "usage_hint").(string)
	for _, c := range table() {
		if !strings.Contains(hint, c.Name) {
			t.Errorf("the hint %q does not name %s", hint, c.Name)
		}
	}
}

func TestManifestOptions(t *testing.T) {
	m := manifest(t, slack.ManifestOptions{
		BotName: "Prep", Prefix: "acme", Short: true, URL: "https://bot.example.org/", ExactRestart: true, DirectOpen: true, Pictures: true, Membership: true,
	}, table())
	if got := texts(at(m, "oauth_config", "scopes", "bot")); !slices.Equal(got, []string{"chat:write", "commands", "users:read",
		"channels:history", "groups:history", "im:write", "files:write", "channels:read", "groups:read"}) {
		t.Errorf("scopes %q", got)
	}
	if got := commands(m); !slices.Equal(got, []string{"/acme-interview", "/acme-practice", "/acme-streak"}) {
		t.Errorf("commands %q", got)
	}
	for path, want := range map[string]any{
		"settings socket_mode_enabled": false, "settings interactivity request_url": "https://bot.example.org/slack/interactivity",
		"settings event_subscriptions request_url": "https://bot.example.org/slack/events", "display_information name": "Prep",
	} {
		if got := at(m, strings.Fields(path)...); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	for _, c := range at(m, "features", "slash_commands").([]any) {
		if at(c, "url") != "https://bot.example.org/slack/commands" {
			t.Errorf("a command goes to %v", at(c, "url"))
		}
	}
	if got := texts(at(m, "settings", "event_subscriptions", "bot_events")); !slices.Contains(got, "member_joined_channel") {
		t.Errorf("events %q", got)
	}
}

func TestManifestIsChecked(t *testing.T) {
	for _, o := range []slack.ManifestOptions{
		{BotName: strings.Repeat("x", 36)}, {Prefix: "Acme"}, {Prefix: "a b"}, {Prefix: strings.Repeat("x", 21)}, {URL: "http://bot.example.org"}, {URL: "bot.example.org"}, {URL: "https://"},
		{URL: "https://bot.example.org?"}, {URL: "https://bot.example.org/#here"}, {URL: "https://me:secret@bot.example.org"},
	} {
		if b, err := slack.Manifest(o, table()); err == nil {
			t.Errorf("%+v gave\n%s", o, b)
		}
	}
	_, err := slack.Manifest(slack.ManifestOptions{Prefix: "A", URL: "x"}, table())
	if err == nil || !strings.Contains(err.Error(), "prefix") || !strings.Contains(err.Error(), "address") {
		t.Errorf("not all mistakes are named: %v", err)
	}
}

// engine lets the schema's look-aheads compile.
type engine struct{ *regexp2.Regexp }

func (e engine) MatchString(s string) bool {
	ok, err := e.Regexp.MatchString(s)
	return err == nil && ok
}

func TestManifestFitsSlacksSchema(t *testing.T) {
	dir := filepath.Join(contracts(), "slack-manifest")
	b, err := os.ReadFile(filepath.Join(dir, "manifest.schema.2.0.0.json"))
	if err != nil {
		t.Skipf("skipped: Slack's manifest schema is not at hand: %v", err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.UseRegexpEngine(func(s string) (jsonschema.Regexp, error) {
		re, err := regexp2.Compile(s, regexp2.ECMAScript)
		return engine{re}, err
	})
	if err := c.AddResource("manifest.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	for file, valid := range map[string]bool{"manifest.valid.json": true, "manifest.invalid.json": false} {
		b, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); (err == nil) != valid {
			t.Fatalf("the schema says of Slack's own %s: %v", file, err)
		}
	}
	for n := range 1 << 6 {
		o := slack.ManifestOptions{JSON: true, Short: n&1 != 0, ExactRestart: n&2 != 0, DirectOpen: n&4 != 0, Pictures: n&8 != 0, Membership: n&16 != 0}
		if n&32 != 0 {
			o.URL, o.Prefix, o.BotName = "https://bot.example.org", strings.Repeat("p", 20), strings.Repeat("é", 35)
		}
		for _, table := range []chat.Table{table(), long()} {
			b, err := slack.Manifest(o, table)
			if err != nil {
				t.Fatal(err)
			}
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(v); err != nil {
				t.Errorf("%+v: %v", o, err)
			}
		}
	}
}

// long is a table with more commands than a hint can name.
func long() chat.Table {
	all := table()
	for range 60 {
		all = append(all, chat.Command{Name: strings.Repeat("c", 32), Summary: strings.Repeat("s", 100)})
	}
	return all
}
