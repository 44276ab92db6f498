package slack

import (
	"bytes"
	"encoding/json"
)

// What Slack sends, as far as it is used. Unknown fields and unknown shapes of fields that are not used do no harm.

// wireEvent is the body of the Events API. https://docs.slack.dev/apis/events-api/
type wireEvent struct {
	Type      string          `json:"type"`
	Challenge string          `json:"challenge"`
	TeamID    string          `json:"team_id"`
	EventID   string          `json:"event_id"`
	Event     json.RawMessage `json:"event"`
}

// wireInner is the event itself, of the types that are used.
type wireInner struct {
	User    string `json:"user"`
	Channel string `json:"channel"`
	Tab     string `json:"tab"`
	Inviter string `json:"inviter"`
	Tokens  struct {
		Bot []string `json:"bot"`
	} `json:"tokens"`
}

// wireCommand is a slash command, whether it came as a form or as JSON.
// https://docs.slack.dev/interactivity/implementing-slash-commands
type wireCommand struct {
	TeamID      string `json:"team_id"`
	ChannelID   string `json:"channel_id"`
	UserID      string `json:"user_id"`
	UserName    string `json:"user_name"`
	Command     string `json:"command"`
	Text        string `json:"text"`
	ResponseURL string `json:"response_url"`
	TriggerID   string `json:"trigger_id"`
}

// wireInteraction is what comes of buttons, menus, checks and dialogs.
// https://docs.slack.dev/reference/interaction-payloads
type wireInteraction struct {
	Type string `json:"type"`
	User struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		Username string `json:"username"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		Type        string `json:"type"`
		MessageTS   string `json:"message_ts"`
		ChannelID   string `json:"channel_id"`
		IsEphemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	TriggerID   string       `json:"trigger_id"`
	ResponseURL string       `json:"response_url"`
	Actions     []wireAction `json:"actions"`
	View        *wireView    `json:"view"`
}

type wireOption struct {
	Value string `json:"value"`
}

type wireAction struct {
	ActionID        string       `json:"action_id"`
	Type            string       `json:"type"`
	SelectedOption  *wireOption  `json:"selected_option"`
	SelectedOptions []wireOption `json:"selected_options"`
}

func (a wireAction) values() []string { return selection(a.SelectedOption, a.SelectedOptions) }

type wireText struct {
	Text string `json:"text"`
}

// wireView is an open dialog or a home page.
type wireView struct {
	ID              string          `json:"id"`
	Type            string          `json:"type"`
	CallbackID      string          `json:"callback_id"`
	PrivateMetadata string          `json:"private_metadata"`
	RootViewID      string          `json:"root_view_id"`
	PreviousViewID  string          `json:"previous_view_id"`
	Title           wireText        `json:"title"`
	Submit          wireText        `json:"submit"`
	Blocks          json.RawMessage `json:"blocks"`
	State           struct {
		Values wireValues `json:"values"`
	} `json:"state"`
}

// wireValues is what is typed and chosen in a view, by block_id and action_id. Slack sends [] where there is nothing.
type wireValues map[string]map[string]wireValue

// UnmarshalJSON accepts the empty array for the empty object.
func (v *wireValues) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte("[")) {
		return nil
	}
	return json.Unmarshal(b, (*map[string]map[string]wireValue)(v))
}

type wireValue struct {
	Type            string       `json:"type"`
	Value           string       `json:"value"`
	SelectedOption  *wireOption  `json:"selected_option"`
	SelectedOptions []wireOption `json:"selected_options"`
}

// list is the value as chat.Submit has it: nil when there is none.
func (v wireValue) list() []string {
	if v.Type == "plain_text_input" {
		if v.Value == "" {
			return nil
		}
		return []string{v.Value}
	}
	return selection(v.SelectedOption, v.SelectedOptions)
}

func selection(one *wireOption, many []wireOption) []string {
	if one != nil {
		return []string{one.Value}
	}
	var all []string
	for _, o := range many {
		all = append(all, o.Value)
	}
	return all
}

func (v *wireView) isModal() bool { return v != nil && v.Type == "modal" }

// depth is how many views lie on each other, this one on top: 1 to 3.
func (v *wireView) depth() int {
	switch {
	case v.RootViewID == v.ID || v.RootViewID == "":
		return 1
	case v.PreviousViewID == v.RootViewID:
		return 2
	}
	return 3
}

// inputs are the block_ids of the view's inputs, from the top.
func (v *wireView) inputs() []string {
	var blocks []struct {
		Type    string `json:"type"`
		BlockID string `json:"block_id"`
	}
	if json.Unmarshal(v.Blocks, &blocks) != nil {
		return nil
	}
	var ids []string
	for _, b := range blocks {
		if b.Type == "input" {
			ids = append(ids, b.BlockID)
		}
	}
	return ids
}

// text is what was typed in the input with that block_id, "" where it is no text.
func (v *wireView) text(block string) string { return v.State.Values[block][valueAction].Value }
