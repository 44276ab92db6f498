package slack_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/slack"
	"github.com/interviewbot/interviewbot/bot/chat"
)

func table() chat.Table {
	return chat.Table{
		{Name: "help", Summary: "What I can do", Gives: chat.GivesReply},
		{Name: "practice", Summary: "A question for you alone", Gives: chat.GivesReply, Options: []chat.Option{{Name: "topic"}, {Name: "level"}}},
		{Name: "streak", Summary: "Your streak", Gives: chat.GivesReply, Options: []chat.Option{{Name: "view", Summary: "What of it"}}},
		{Name: "setup", Summary: "Set up a daily question", Who: chat.Owners, Gives: chat.GivesForm},
	}
}

func TestCommandsAreRead(t *testing.T) {
	for _, c := range []struct {
		command, text string
		want          chat.Call
	}{
		{"/interview", "", chat.Call{Name: "help"}},
		{"/interview", "practice caching 2", chat.Call{Name: "practice", Args: map[string]string{"topic": "caching", "level": "2"}}},
		{"/practice", "caching", chat.Call{Name: "practice", Args: map[string]string{"topic": "caching"}}},
		{"/acme-practice", "caching", chat.Call{Name: "practice", Args: map[string]string{"topic": "caching"}}},
		{"/acme-interview", "streak", chat.Call{Name: "streak", Args: map[string]string{}}},
		{"/streak", "", chat.Call{Name: "streak", Args: map[string]string{}}},
		{"/interview", "practice a&amp;b &lt;c&gt;", chat.Call{Name: "practice", Args: map[string]string{"topic": "a&b", "level": "<c>"}}},
		{"/interview", "practice &amp;lt;", chat.Call{Name: "practice", Args: map[string]string{"topic": "&lt;"}}},
	} {
		form := url.Values{"command": {c.command}, "text": {c.text}, "user_id": {"U1"}, "user_name": {"ada"}, "channel_id": {"C1"}, "trigger_id": {"1.2.x"}, "team_id": {"T1"}}
		e, err := slack.Read("form", []byte(form.Encode()), table())
		if err != nil || !reflect.DeepEqual(e.What, c.want) || e.ID != "slack:1.2.x" || e.Space != "slack:T1" || e.Channel != "slack:T1:C1" || e.Direct ||
			e.Actor.User != "slack:T1:U1" || e.Actor.Name != "ada" {
			t.Errorf("%s %q: %+v, %v, want %+v", c.command, c.text, e, err, c.want)
		}
		object := map[string]string{}
		for k := range form {
			object[k] = form.Get(k)
		}
		b, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		if same, err := slack.Read("slash_commands", b, table()); err != nil || !reflect.DeepEqual(e, same) {
			t.Errorf("over a socket it is %+v, %v; over HTTP %+v", same, err, e)
		}
	}
}

func TestEventsAreRead(t *testing.T) {
	direct := chat.Event{Channel: "slack:T1:U1", Direct: true, Actor: chat.Actor{User: "slack:T1:U1"}, What: chat.Home{}}
	for event, want := range map[string]chat.Event{
		`{"type":"app_home_opened","user":"U1","channel":"D1","tab":"home"}`:         direct,
		`{"type":"member_joined_channel","user":"U0","channel":"C1","inviter":"U1"}`: {Channel: "slack:T1:C1", Actor: chat.Actor{User: "slack:T1:U1"}, What: chat.Added{}},
		`{"type":"channel_left","channel":"C1"}`:                                     {Channel: "slack:T1:C1", What: chat.Removed{}},
		`{"type":"group_left","channel":"G1"}`:                                       {Channel: "slack:T1:G1", What: chat.Removed{}},
		`{"type":"channel_archive","channel":"C1","user":"U1"}`:                      {Channel: "slack:T1:C1", What: chat.Removed{}},
		`{"type":"channel_deleted","channel":"C1"}`:                                  {Channel: "slack:T1:C1", What: chat.Removed{}},
		`{"type":"app_uninstalled"}`:                                                 {What: chat.Removed{}},
		`{"type":"tokens_revoked","tokens":{"oauth":["U1"],"bot":["U0"]}}`:           {What: chat.Removed{}},
	} {
		want.ID, want.Space = "slack:Ev1", "slack:T1"
		got, err := slack.Read("events_api", []byte(`{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":`+event+`}`), table())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v, %v; want %+v", event, got, err, want)
		}
	}
	for _, event := range []string{
		`{"type":"app_home_opened","user":"U1","channel":"D1","tab":"messages"}`,
		`{"type":"member_joined_channel","user":"U7","channel":"C1"}`,
		`{"type":"tokens_revoked","tokens":{"oauth":["U1"]}}`,
		`{"type":"message","user":"U1","channel":"C1","text":"hello"}`,
		`{"type":"channel_created","channel":{"id":"C1"}}`,
	} {
		if got, err := slack.Read("events_api", []byte(`{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":`+event+`}`), table()); !errors.Is(err, slack.Ignored) {
			t.Errorf("%s is %+v, %v; want it ignored", event, got, err)
		}
	}
	// Another workspace's end is not ours.
	if got, err := slack.Read("events_api", []byte(`{"type":"event_callback","team_id":"T2","event_id":"Ev1","event":{"type":"app_uninstalled"}}`), table()); !errors.Is(err, slack.Ignored) {
		t.Errorf("another workspace's end is %+v, %v", got, err)
	}
}

// seeds are envelopes of every kind, from Slack's own samples where they are at hand.
func seeds(f *testing.F) {
	f.Add("slash_commands", []byte(`{"command":"/interview","text":"practice","user_id":"U1","channel_id":"C1","trigger_id":"1.2.x"}`))
	f.Add("form", []byte("command=%2Finterview&text=practice&user_id=U1&channel_id=D1&trigger_id=1"))
	f.Add("form", []byte("payload=%7B%22type%22%3A%22block_actions%22%7D"))
	f.Add("form", []byte("ssl_check=1&token=x"))
	f.Add("form", []byte("%zz"))
	f.Add("interactive", []byte(`{"type":"block_actions","user":{"id":"U1"},"trigger_id":"1","container":{"type":"message","channel_id":"C1","message_ts":"1.2"},"actions":[{"action_id":"1r:answer.x"}]}`))
	f.Add("interactive", []byte(`{"type":"block_actions","user":{"id":"U1"},"trigger_id":"1","actions":[{"action_id":"2u:menu","type":"static_select","selected_option":{"value":"v"}}]}`))
	f.Add("interactive", []byte(`{"type":"block_actions","user":{"id":"U1"},"actions":[{"action_id":"2l:"}]}`))
	f.Add("interactive", []byte(`{"type":"view_submission","user":{"id":"U1"},"trigger_id":"1","view":{"id":"V1","type":"modal","callback_id":"f","private_metadata":"{\"c\":\"C1\"}","state":{"values":[]}}}`))
	f.Add("interactive", []byte(`{"type":"view_submission","user":{"id":"U1"},"trigger_id":"1","view":{"id":"V1","state":{"values":{"i:00000000:text":{"value":{"type":"plain_text_input","value":"x"}}}}}}`))
	f.Add("interactive", []byte(`{"type":"view_submission","user":{"id":"U1"}}`))
	f.Add("events_api", []byte(`{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":{"type":"app_home_opened","user":"U1","tab":"home"}}`))
	f.Add("events_api", []byte(`{"type":"event_callback","event":null}`))
	files, _ := filepath.Glob(filepath.Join(contracts(), "slack-samples", "*", "*", "*.json"))
	more, _ := filepath.Glob(filepath.Join(contracts(), "slack-samples", "events", "*.json"))
	for _, file := range append(files, more...) {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		typ := "interactive"
		if strings.Contains(file, "events") {
			typ = "events_api"
		}
		f.Add(typ, b)
	}
}

func contracts() string {
	if dir := os.Getenv("CONTRACTS_DIR"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "shared", "contracts")
}

func FuzzRead(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, typ string, payload []byte) {
		e, err := slack.Read(typ, payload, adaptertest.Table())
		if err != nil {
			return
		}
		if e.What == nil || e.Space != "slack:T1" {
			t.Errorf("%q was read as %+v", payload, e)
		}
		for _, id := range []string{string(e.ID), string(e.Space), string(e.Channel), string(e.Actor.User), string(e.Message)} {
			if len(id) > 200 || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '|' || r == '/' }) {
				t.Errorf("%q gave the identifier %q", payload, id)
			}
		}
		again, err := slack.Read(typ, payload, adaptertest.Table())
		if err != nil || !reflect.DeepEqual(e, again) {
			t.Errorf("%q was read as %+v and then as %+v", payload, e, again)
		}
	})
}
