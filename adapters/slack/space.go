package slack

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// What the bot hears of the workspace as a whole: that it is in it, at every start, since nothing in the base manifest
// would tell it after the app was installed anew; and that it was removed, by Slack's event or by a token that ended.

const (
	errStillOpen Error = "Slack says that the app was removed, but its token still works"
	// announceFor bounds how long the handler may take to note it.
	announceFor = 10 * time.Second
)

// announce tells the handler that the bot is in the workspace, or no longer is.
func (a *Adapter) announce(ctx context.Context, run *running, name string, what chat.What) {
	ctx, cancel := context.WithTimeout(ctx, announceFor)
	defer cancel()
	id := eventID(name + "." + strconv.FormatInt(time.Now().UnixNano(), 10))
	t := &turn{run: run, in: inbound{event: chat.Event{ID: id, Space: spaceID(run.reader.team), What: what}}}
	if _, err := a.ask(ctx, t); err != nil {
		a.log.Warn("could not note what became of the workspace", "event", id, "error", err)
	}
}

// ended says whether the token was ended by an uninstallation, or is just refused.
func ended(err error) bool {
	return hasCode(err, "token_revoked") || hasCode(err, "account_inactive")
}

// removed says whether an event that tells of a removal is true now: nil when the token is refused. An event of an
// earlier installation can come up to a day late, and the present one must not end for it; should the event have
// overtaken the end of the token, it comes again, for it is not acknowledged.
func (a *Adapter) removed(ctx context.Context) error {
	if a.isRevoked() != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, peopleWait)
	defer cancel()
	_, err := a.api.AuthTestContext(ctx) // not by call, which would close the workspace before the removal is noted
	var refusal slack.SlackErrorResponse
	switch {
	case errors.As(err, &refusal) && refusals()[refusal.Err] == chat.ErrRevoked:
		return nil
	case err != nil:
		return fmt.Errorf("ask whether the app was removed: %w", err)
	}
	a.log.Warn("Slack says that the app was removed from the workspace, but the bot token still works: nothing is stopped")
	return errStillOpen
}
