package slack

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/interviewbot/interviewbot/bot/chat"
)

const (
	// findBefore allows for clocks that differ.
	findBefore = 5 * time.Second
	// findFor bounds a search.
	findFor = time.Minute
	// findPage is what one call may return; Slack may return less.
	findPage = 200
)

// Find implements chat.Finder: it reads the channel's history, which needs the option "exact restart" of the manifest;
// without it, and in direct conversations, the answer is ErrUnsupported. It waits for rate limits, for a minute at most.
func (a *Adapter) Find(ctx context.Context, c chat.ChannelID, key string, since time.Time) (chat.MessageID, error) {
	team, channel, ok := conversation(c)
	if !ok || !a.holds(team) {
		return "", fmt.Errorf("look for a post in %s: %w", c, chat.ErrGone)
	}
	if isPerson(channel) {
		return "", fmt.Errorf("look for a post in %s: %w", c, chat.ErrUnsupported)
	}
	who, err := a.whoAmI(ctx)
	if err != nil {
		return "", fmt.Errorf("look for a post in %s: %w", c, err)
	}
	ctx, cancel := context.WithTimeout(ctx, findFor)
	defer cancel()
	from := since.Add(-findBefore)
	q := slack.GetConversationHistoryParameters{
		ChannelID: channel, Limit: findPage, Inclusive: true,
		Oldest: strconv.FormatInt(from.Unix(), 10) + ".000000",
	}
	for {
		page, err := a.history(ctx, &q)
		if err != nil {
			return "", fmt.Errorf("look for a post in %s: %w", c, err)
		}
		for _, m := range page.Messages {
			if m.User == who.bot && carries(m.Blocks, key) && isTS(m.Timestamp) {
				return messageID(team, channel, m.Timestamp), nil
			}
		}
		q.Cursor = page.ResponseMetaData.NextCursor
		if q.Cursor == "" {
			if page.HasMore {
				return "", fmt.Errorf("look for a post in %s: Slack returned only a part of the history", c)
			}
			return "", fmt.Errorf("look for a post in %s: %w", c, chat.ErrNotFound)
		}
	}
}

func (a *Adapter) history(
	ctx context.Context, q *slack.GetConversationHistoryParameters,
) (page *slack.GetConversationHistoryResponse, err error) {
	err = a.patient(ctx, func() error {
		return a.paced(ctx, methodHistory, "", func(ctx context.Context) error {
			page, err = a.api.GetConversationHistoryContext(ctx, q)
			return err
		})
	})
	return page, err
}

// carries says whether blocks are those of the post with the key: by their block_id, or by the action of a button, for
// Slack does not promise to keep the former.
func carries(blocks slack.Blocks, key string) bool {
	for _, b := range blocks.BlockSet {
		if b.ID() == keyBlock(key) {
			return true
		}
		row, ok := b.(*slack.ActionBlock)
		if !ok || row.Elements == nil {
			continue
		}
		if slices.ContainsFunc(row.Elements.ElementSet, func(e slack.BlockElement) bool {
			button, ok := e.(*slack.ButtonBlockElement)
			return ok && strings.HasSuffix(button.ActionID, key)
		}) {
			return true
		}
	}
	return false
}
