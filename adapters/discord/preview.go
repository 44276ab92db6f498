package discord

import (
	"encoding/json"
	"fmt"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Limits are the Caps of every Adapter, for what looks at messages without a server.
func Limits() chat.Caps { return new(Adapter).Caps() }

// Draw returns the body of a message as it would be sent, to a channel or to one person, as a JSON object.
func Draw(m chat.Message, private bool) ([]byte, error) {
	p := render(m)
	if private {
		p = renderPrivate(m)
	}
	body, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("draw a message for Discord: %w", err)
	}
	return body, nil
}
