package slack

import (
	"encoding/json"
	"fmt"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Limits are the Caps of every Adapter, for what looks at messages without a workspace.
func Limits() chat.Caps { return caps() }

// Draw returns the blocks of a message as they would be sent, as a JSON list; pictures are described, for they would have to be uploaded.
func Draw(m chat.Message) ([]byte, error) {
	blocks, _ := new(drawing).message(m, "")
	body, err := json.Marshal(blocks)
	if err != nil {
		return nil, fmt.Errorf("draw a message for Slack: %w", err)
	}
	return body, nil
}
