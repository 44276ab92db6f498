package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// threadQuiet is after how many minutes without a word a thread is put away.
const threadQuiet = 1440

// Discuss opens a thread for talking about a post, with one line in it. A post that has its thread already is left as it
// is, so that the call can be repeated. chat.ErrUnsupported when the guild has no room for threads or does not let the bot
// open them. Like Post it never waits: chat.Later.
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
	var no *refusal
	forbidden := errors.As(err, &no) && (no.Status == http.StatusForbidden || no.Code == codeManyThreads)
	switch {
	case code(err) == codeHasThread:
		return nil
	case forbidden:
		return fmt.Errorf("open a thread on %s: %w: %w", id, chat.ErrUnsupported, no)
	case err != nil:
		return fmt.Errorf("open a thread on %s: %w", id, err)
	}
	p := renderPlain(line)
	p.Nonce, p.EnforceNonce = nonce(message, "thread"), true
	if _, err := a.say(ctx, message, p, true); err != nil { // a thread has the identifier of its message
		return fmt.Errorf("say the first line in the thread on %s: %w", id, err)
	}
	return nil
}
