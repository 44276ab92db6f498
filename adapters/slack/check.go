package slack

import (
	"context"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Check implements chat.Watcher. Whether the bot is in a channel is asked without any further scope: by a message that
// only the bot itself could see. It waits until Slack can be reached, and takes most of a second for each channel beyond
// the first few; when ctx ends, it returns what it has found.
func (a *Adapter) Check(ctx context.Context, channels []chat.ChannelID) []string {
	who, err := a.identify(ctx, func(error, time.Duration) {}) // Run reports it
	switch {
	case err != nil:
		return []string{"Slack refuses the bot token. Copy the Bot User OAuth Token, which begins with xoxb-, " +
			"from OAuth & Permissions into SLACK_BOT_TOKEN."}
	case who.team == "":
		return []string{"Slack could not be asked whether all is well."}
	}
	var all []string
	if len(who.scopes) > 0 {
		for _, s := range baseScopes() {
			if !a.granted(s.name) {
				all = append(all, fmt.Sprintf("The Slack app lacks the scope %s, needed to %s. "+
					"Add it under OAuth & Permissions and install the app again.", s.name, s.why))
			}
		}
	}
	for i, c := range channels {
		if ctx.Err() != nil {
			return append(all, fmt.Sprintf("There was no time to check the last %d of %d Slack channels.", len(channels)-i, len(channels)))
		}
		team, channel, ok := conversation(c)
		switch {
		case !ok || isPerson(channel):
		case team != who.team:
			all = append(all, fmt.Sprintf("The channel %s belongs to another Slack workspace than the bot token.", c))
		default:
			if s := a.checkChannel(ctx, channel, who.bot); s != "" {
				all = append(all, s)
			}
		}
	}
	return all
}

func (a *Adapter) checkChannel(ctx context.Context, channel, bot string) string {
	err := a.patient(ctx, func() error { return a.probe(ctx, channel, bot) })
	switch {
	case isOutside(err):
		return fmt.Sprintf("The bot is not in the Slack channel %s. Type /invite and the bot's name there.", channel)
	case hasCode(err, "channel_not_found"):
		return fmt.Sprintf("The Slack channel %s cannot be seen by the bot: it is private or was deleted. "+
			"If it still exists, type /invite and the bot's name there.", channel)
	case hasCode(err, "is_archived"):
		return fmt.Sprintf("The Slack channel %s is archived, so nothing can be posted there.", channel)
	}
	return ""
}

// Reach implements chat.Reacher, by the same call as Check.
func (a *Adapter) Reach(ctx context.Context, c chat.ChannelID) string {
	who, err := a.whoAmI(ctx)
	team, channel, ok := conversation(c)
	if err != nil || !ok || team != who.team || isPerson(channel) {
		return ""
	}
	err = a.probe(ctx, channel, who.bot)
	switch {
	case isOutside(err), hasCode(err, "channel_not_found"):
		return "I am not in this channel yet, so I could not post there. Please type /invite and my name in it."
	case hasCode(err, "is_archived"):
		return "This channel is archived, so I could not post there."
	}
	return ""
}

// probe says something in a channel that only the bot itself could see.
func (a *Adapter) probe(ctx context.Context, channel, bot string) error {
	return a.paced(ctx, methodProbe, "", func(ctx context.Context) error {
		_, err := a.api.PostEphemeralContext(ctx, channel, bot, slack.MsgOptionText("Am I in this channel?", false))
		return err
	})
}

// isOutside says whether a probe was refused because the bot is no member: as the one who speaks, or, in the words that
// the method documents, as the one spoken to.
func isOutside(err error) bool {
	return hasCode(err, "not_in_channel") || hasCode(err, "user_not_in_channel")
}
