package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	errRemoved   Error = "the app was removed from the workspace"
	// announceFor bounds how long the handler may take to note it.
	announceFor = 10 * time.Second
)

// announce tells the handler that the bot is in the workspace, or no longer is; false when that could not be noted.
func (a *Adapter) announce(ctx context.Context, run *running, name string, what chat.What) bool {
	ctx, cancel := context.WithTimeout(ctx, announceFor)
	defer cancel()
	id := eventID(name + "." + strconv.FormatInt(time.Now().UnixNano(), 10))
	t := &turn{run: run, in: inbound{event: chat.Event{ID: id, Space: spaceID(run.reader.team), What: what}}}
	if _, err := a.ask(ctx, t); err != nil {
		a.log.Warn("could not note what became of the workspace", "event", id, "error", err)
		return false
	}
	return true
}

// tokenKey is where it is kept whose the token is. The token itself cannot be found from it.
func (a *Adapter) tokenKey() string {
	digest := sha256.Sum256([]byte(a.opt.BotToken))
	return "workspace/" + hex.EncodeToString(digest[:16])
}

// remember keeps whose token it is, which Slack no longer says once the app was removed; nil forgets it, when the removal is noted.
func (a *Adapter) remember(ctx context.Context, team []byte) {
	if a.opt.Keep == nil {
		return
	}
	if err := a.opt.Keep.Set(ctx, "", map[string][]byte{a.tokenKey(): team}); err != nil {
		a.log.Warn("could not keep whose token it is", "error", err)
	}
}

// lost tells the handler, once, that the app was removed while no process was there to hear of it.
func (a *Adapter) lost(ctx context.Context, h chat.Handler) {
	if a.opt.Keep == nil {
		return
	}
	team, err := a.opt.Keep.Get(ctx, "", a.tokenKey())
	switch {
	case errors.Is(err, chat.ErrNotFound):
		return
	case err != nil:
		a.log.Warn("could not find out whose token it was", "error", err)
		return
	}
	if a.announce(ctx, &running{reader: reader{team: string(team)}, handler: h, ctx: ctx}, "end", chat.Removed{}) {
		a.remember(ctx, nil)
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
