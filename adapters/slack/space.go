package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// What the bot hears of the workspace as a whole: that it is in it, at every start, since nothing in the base manifest
// would tell it after the app was installed anew; and that it was removed, by Slack's event or by a token that ended.

const (
	errStillOpen Error = "Slack says that the app was removed, but its token still works"
	errRemoved   Error = "the app was removed from the workspace"
	errReplaced  Error = "another token has taken its place since"
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

// workspaceKey is where it is kept whose the token is: the workspace, and a digest from which the token cannot be found.
const workspaceKey = "workspace"

func (a *Adapter) tokenDigest() string {
	digest := sha256.Sum256([]byte(a.opt.BotToken))
	return hex.EncodeToString(digest[:16])
}

// remember keeps whose token it is, which Slack no longer says once the app was removed.
func (a *Adapter) remember(ctx context.Context, team string) {
	if a.opt.Keep != nil {
		a.keepWorkspace(ctx, []byte(team+" "+a.tokenDigest()))
	}
}

// forget ends remember, once the removal is noted.
func (a *Adapter) forget(ctx context.Context) {
	if _, err := a.remembered(ctx); err == nil {
		a.keepWorkspace(ctx, nil)
	}
}

func (a *Adapter) keepWorkspace(ctx context.Context, value []byte) {
	if err := a.opt.Keep.Set(ctx, "", map[string][]byte{workspaceKey: value}); err != nil {
		a.log.Warn("could not keep whose token it is", "error", err)
	}
}

// remembered is whose token it is: chat.ErrNotFound when nobody knows, another error, such as errReplaced, when another was
// used since: with Postgres the key that seals what is kept can be made of the tokens, and changes with them.
func (a *Adapter) remembered(ctx context.Context) (team string, err error) {
	if a.opt.Keep == nil {
		return "", chat.ErrNotFound
	}
	kept, err := a.opt.Keep.Get(ctx, "", workspaceKey)
	if err != nil {
		return "", err
	}
	team, digest, _ := strings.Cut(string(kept), " ")
	if digest != a.tokenDigest() {
		return "", errReplaced
	}
	return team, nil
}

// lost tells the handler, once, that the app was removed while no process was there to hear of it.
func (a *Adapter) lost(ctx context.Context, h chat.Handler) {
	team, err := a.remembered(ctx)
	switch {
	case err == nil:
		a.end(ctx, &running{reader: reader{team: team}, handler: h, ctx: ctx})
	case !errors.Is(err, chat.ErrNotFound):
		a.unnoted(err)
	}
}

// left tells the handler that the token ended while it was used. That of an installation that is over may end long after
// the next one began, of which nothing must be deleted.
func (a *Adapter) left(ctx context.Context, run *running) {
	if _, err := a.remembered(ctx); err != nil && !errors.Is(err, chat.ErrNotFound) {
		a.unnoted(err)
		return
	}
	a.end(ctx, run)
}

func (a *Adapter) end(ctx context.Context, run *running) {
	if a.announce(ctx, run, "end", chat.Removed{}) {
		a.forget(ctx)
	}
}

func (a *Adapter) unnoted(why error) {
	a.log.Warn("the token ended, but that the app was removed from the workspace is not noted", "error", why)
}

// ended says whether the token was ended by an uninstallation, or is just refused.
func ended(err error) bool {
	return hasCode(err, "token_revoked") || hasCode(err, "account_inactive")
}

// removed says whether an event that tells of a removal is true now: nil when the token is refused and no other took its
// place. An event of an earlier installation can come up to a day late, and the present one must not end for it; should the
// event have overtaken the end of the token, it comes again, for it is not acknowledged.
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
		if _, err := a.remembered(ctx); err != nil && !errors.Is(err, chat.ErrNotFound) {
			return err
		}
		return nil
	case err != nil:
		return fmt.Errorf("ask whether the app was removed: %w", err)
	}
	a.log.Warn("Slack says that the app was removed from the workspace, but the bot token still works: nothing is stopped")
	return errStillOpen
}
