package bot

import (
	"context"
	"fmt"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// Scene is a new place that should not be empty: a playground's.
type Scene struct {
	Space   chat.SpaceID
	Channel chat.ChannelID
	Direct  bool
	Owner   chat.Actor
}

// Begin gives a new place what its owner would set up: a question on weekdays at 09:00 in the owner's zone, and the first
// one posted at once. It does what is missing, so it can be repeated.
func (b *Bot) Begin(ctx context.Context, s Scene) error {
	c := call{Event: chat.Event{ID: chat.EventID(string(s.Channel) + ":begin"), Space: s.Space, Channel: s.Channel, Direct: s.Direct, Actor: s.Owner}}
	tracks, err := b.tracksOf(ctx, s.Channel)
	if err != nil {
		return err
	}
	if len(tracks) == 0 {
		c.args = []string{kindQuestion}
		zone := s.Owner.Zone
		if zone == "" {
			zone = "UTC"
		}
		r, err := b.submitSetup(ctx, c, chat.Submit{Form: "setup:question", Values: map[string][]string{
			"days": {"1-5"}, "time": {"09:00"}, "zone": {zone}, "extras": {"tips"}}})
		if err != nil {
			return fmt.Errorf("set up %s: %w", s.Channel, err)
		}
		for input, why := range r.Errors {
			return fmt.Errorf("set up %s: %s: %s", s.Channel, input, why)
		}
		if tracks, err = b.tracksOf(ctx, s.Channel); err != nil || len(tracks) == 0 {
			return err
		}
	}
	if tracks[0].Rounds > 0 {
		return nil
	}
	c.ID += "-now"
	_, err = b.doWithTrack(ctx, c, "now", tracks[0].ID, "")
	if err != nil {
		return fmt.Errorf("post the first question in %s: %w", s.Channel, err)
	}
	return nil
}

func (b *Bot) tracksOf(ctx context.Context, c chat.ChannelID) (tracks []store.Track, err error) {
	err = b.view(ctx, "list tracks", func(tx store.Tx) (err error) {
		tracks, err = tx.ChannelTracks(string(c))
		return err
	})
	return tracks, err
}
