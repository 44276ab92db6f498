package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// threadQuiet is after how many minutes without a word a thread is put away.
const threadQuiet = 1440

// isThread: https://discord.com/developers/docs/resources/channel#channel-object-channel-types
func isThread(kind int) bool { return kind >= 10 && kind <= 12 }

// Discuss implements chat.Discusser: it opens a thread for talking about a post, with one line in it. Where a thread is
// already, from an earlier try or by a person, only the line is said, unless the bot has spoken there. chat.ErrUnsupported
// where the guild has no room for threads, does not let the bot open them or speak in them, or the post stands where none
// can be. Like Post it never waits: chat.Later.
func (a *Adapter) Discuss(ctx context.Context, id chat.MessageID, title string, line chat.Message) error {
	channel, message, ok := messageOf(id)
	if !ok {
		return fmt.Errorf("open a thread on %s: %w", id, chat.ErrUnsupported)
	}
	name := strings.TrimSpace(clip(strings.ReplaceAll(title, "\n", " "), 100))
	if name == "" {
		name = "Discussion"
	}
	err := a.rest.try(ctx, request{
		method: "POST", path: "/channels/" + channel + "/messages/" + message + "/threads", route: route{name: "POST thread", major: channel, ahead: 1},
		body: map[string]any{"name": name, "auto_archive_duration": threadQuiet},
	})
	opened := err == nil
	if code(err) == codeHasThread {
		var said bool
		if said, err = a.spoke(ctx, message); said {
			return nil
		}
	}
	if err == nil {
		p := renderPlain(line)
		p.Nonce, p.EnforceNonce = nonce(message, "thread"), true
		_, err = a.say(ctx, message, p, opened) // a thread has the identifier of its message
	}
	var no *refusal
	switch {
	case errors.As(err, &no) && (no.Status == http.StatusForbidden || no.Code == codeManyThreads || no.Code == codeWrongKind):
		return fmt.Errorf("open a thread on %s: %w: %w", id, chat.ErrUnsupported, no)
	case err != nil:
		return fmt.Errorf("open a thread with a line on %s: %w", id, err)
	}
	return nil
}

// spoke says whether the bot has said something at the beginning of a thread.
func (a *Adapter) spoke(ctx context.Context, thread string) (bool, error) {
	me, err := a.me(ctx)
	if err != nil {
		return false, err
	}
	var page []past
	err = a.rest.try(ctx, request{method: "GET", path: "/channels/" + thread + "/messages?after=0&limit=100", route: readRoute(thread), into: &page})
	return slices.ContainsFunc(page, func(m past) bool { return m.Author.ID == me && m.Type == 0 }), err // not what Discord shows of the post itself
}
