package discord

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Ready implements chat.Platform.
func (a *Adapter) Ready(c chat.ChannelID, k chat.Kind) time.Time {
	channel, _, ok := channelOf(c)
	switch {
	case !ok || channel == "" || k == chat.KindDirect:
		return a.rest.limits.at(openRoute())
	case k == chat.KindEdit:
		return a.rest.limits.at(editRoute(channel, false))
	}
	return a.rest.limits.at(postRoute(channel))
}

// openRoute is the opening of a direct conversation, which is followed by what is said there.
func openRoute() route { return route{name: "POST direct channels", ahead: 1} }

func postRoute(channel string) route { return route{name: "POST messages", major: channel} }
func readRoute(channel string) route { return route{name: "GET messages", major: channel} }

// editRoute: messages older than an hour may be edited less often, counted apart.
func editRoute(channel string, old bool) route {
	if old {
		return route{name: "PATCH old message", major: channel, strict: true}
	}
	return route{name: "PATCH message", major: channel}
}

const errNoReply Error = "no reply came"

// sent is what the adapter reads of a message that Discord gives back.
type sent struct {
	ID        string `json:"id"`
	ChannelID string `json:"channel_id"`
}

func (s sent) id() (chat.MessageID, error) {
	if !isSnowflake(s.ID) || !isSnowflake(s.ChannelID) {
		return "", fmt.Errorf("%w: the reply names no message", chat.ErrUncertain)
	}
	return messageID(s.ChannelID, s.ID), nil
}

// Post implements chat.Platform. The nonce makes Discord give back the first message when the same key is posted again
// within some minutes.
func (a *Adapter) Post(ctx context.Context, c chat.ChannelID, m chat.Message, key string) (chat.MessageID, error) {
	channel, user, ok := channelOf(c)
	if !ok {
		return "", fmt.Errorf("post to %s: %w", c, chat.ErrUnsupported)
	}
	opened := false
	if user != "" {
		var err error
		if channel, opened, err = a.direct(ctx, user); err != nil {
			return "", fmt.Errorf("post to %s: %w", c, err)
		}
	}
	p := render(m)
	if key != "" {
		p.Nonce, p.EnforceNonce = nonce(channel, key), true
	}
	id, err := a.say(ctx, channel, p, opened)
	if err != nil {
		return "", fmt.Errorf("post to %s: %w", c, err)
	}
	return id, nil
}

// say writes a message; paid says that openRoute has made room for it.
func (a *Adapter) say(ctx context.Context, channel string, p *payload, paid bool) (chat.MessageID, error) {
	r := postRoute(channel)
	r.paid = paid
	var s sent
	err := a.rest.soon(ctx, request{
		method: "POST", path: "/channels/" + channel + "/messages", route: r, body: p, files: p.files, into: &s,
	})
	if err != nil {
		return "", err
	}
	return s.id()
}

// nonce names a post within Discord's 25 characters.
func nonce(channel, key string) string {
	sum := sha256.Sum256([]byte(channel + " " + key))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:25]
}

// Edit implements chat.Platform.
func (a *Adapter) Edit(ctx context.Context, id chat.MessageID, m chat.Message) error {
	channel, message, ok := messageOf(id)
	if !ok {
		return fmt.Errorf("edit %s: %w", id, chat.ErrUnsupported)
	}
	p := wholly(render(m))
	old := a.clock.Now().Sub(madeAt(message)) >= time.Hour
	err := a.rest.soon(ctx, request{
		method: "PATCH", path: "/channels/" + channel + "/messages/" + message, route: editRoute(channel, old), body: p, files: p.files,
	})
	if err != nil {
		return fmt.Errorf("edit %s: %w", id, err)
	}
	return nil
}

// wholly makes a payload replace what was attached before.
func wholly(p *payload) *payload {
	if p.Attachments == nil {
		p.Attachments = &[]attachment{}
	}
	return p
}

// Direct implements chat.Platform.
func (a *Adapter) Direct(ctx context.Context, u chat.UserID, m chat.Message) error {
	user, ok := snowflakeOf(u)
	if !ok {
		return fmt.Errorf("say to %s: %w", u, chat.ErrUnsupported)
	}
	channel, opened, err := a.direct(ctx, user)
	if err == nil {
		_, err = a.say(ctx, channel, render(m), opened)
	}
	var wait chat.Later
	if errors.As(err, &wait) { // Ready is asked without a channel
		a.rest.limits.hold(openRoute(), wait.At)
	}
	if err != nil {
		return fmt.Errorf("say to %s: %w", u, err)
	}
	return nil
}

// directKey is where the adapter keeps the channel of a person's direct conversation.
const directKey = "direct"

// direct returns the channel of a person's direct conversation; opened says that it had to be opened first.
func (a *Adapter) direct(ctx context.Context, user string) (channel string, opened bool, err error) {
	if v, err := a.keep.Get(ctx, homeSpace(user), directKey); err == nil && isSnowflake(string(v)) {
		return string(v), false, nil
	}
	var s sent
	err = a.rest.try(ctx, request{
		method: "POST", path: "/users/@me/channels", route: openRoute(), body: map[string]string{"recipient_id": user}, into: &s,
	})
	if errors.Is(err, chat.ErrUncertain) { // opening it says nothing to anybody, so nothing was done
		return "", false, fmt.Errorf("open a direct conversation: %w", errNoReply)
	}
	if err != nil {
		return "", false, err
	}
	if !isSnowflake(s.ID) {
		return "", false, fmt.Errorf("open a direct conversation with %s: %w", user, errMalformed)
	}
	return s.ID, true, a.keep.Set(ctx, homeSpace(user), map[string][]byte{directKey: []byte(s.ID)})
}

// Find implements chat.Finder: by nonce, where Discord still gives it, else by the button whose action ends with the
// key. It reads at most 20 pages.
func (a *Adapter) Find(ctx context.Context, c chat.ChannelID, key string, since time.Time) (chat.MessageID, error) {
	channel, user, ok := channelOf(c)
	if !ok {
		return "", fmt.Errorf("find in %s: %w", c, chat.ErrUnsupported)
	}
	if user != "" {
		var err error
		if channel, _, err = a.direct(ctx, user); err != nil {
			return "", fmt.Errorf("find in %s: %w", c, err)
		}
	}
	me, err := a.me(ctx)
	if err != nil {
		return "", fmt.Errorf("find in %s: %w", c, err)
	}
	after := firstAt(since.Add(-5 * time.Second))
	for range 20 {
		page, err := a.history(ctx, channel, after)
		if err != nil {
			return "", fmt.Errorf("find in %s: %w", c, err)
		}
		for _, m := range page {
			if m.Author.ID == me && m.is(nonce(channel, key), key) {
				return messageID(channel, m.ID), nil
			}
			if len(m.ID) > len(after) || len(m.ID) == len(after) && m.ID > after {
				after = m.ID
			}
		}
		if len(page) < 100 {
			return "", fmt.Errorf("find in %s: %w", c, chat.ErrNotFound)
		}
	}
	return "", fmt.Errorf("find in %s: too much was said since", c)
}

// past is a message of a channel's history.
type past struct {
	ID     string `json:"id"`
	Type   int    `json:"type"`
	Nonce  any    `json:"nonce"`
	Author struct {
		ID string `json:"id"`
	} `json:"author"`
	Components []pastComponent `json:"components"`
}

type pastComponent struct {
	CustomID   string          `json:"custom_id"`
	Options    []option        `json:"options"`
	Components []pastComponent `json:"components"`
}

func (a *Adapter) history(ctx context.Context, channel, after string) ([]past, error) {
	var page []past
	q := url.Values{"limit": {"100"}, "after": {after}}
	err := a.rest.call(ctx, request{
		method: "GET", path: "/channels/" + channel + "/messages?" + q.Encode(), route: readRoute(channel), into: &page,
	})
	return page, err
}

func (m past) is(nonce, key string) bool {
	return m.Nonce == nonce || ends(m.Components, key)
}

// ends says whether a button's action ends with the key.
func ends(all []pastComponent, key string) bool {
	for _, c := range all {
		if _, action, ok := readID(c.CustomID); ok && strings.HasSuffix(action, key) {
			return true
		}
		for _, o := range c.Options {
			if _, action, ok := readID(o.Value); ok && strings.HasSuffix(action, key) {
				return true
			}
		}
		if ends(c.Components, key) {
			return true
		}
	}
	return false
}
