package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// notice is what a notify task says to one person, as its Arg.
type notice struct {
	Key     string         `json:"-"` // makes the task unique; "" = by text
	Text    string         `json:"text"`
	Track   string         `json:"track,omitempty"`
	Quote   string         `json:"quote,omitempty"` // somebody's words
	Buttons []noticeButton `json:"buttons,omitempty"`

	Suggestion string `json:"suggestion,omitempty"` // id of one to decide on
}

type noticeButton struct{ Label, Action string }

// tellOwners makes a notice to each owner of a track: in the same Update as what made it necessary.
func (b *Bot) tellOwners(tx store.Tx, track, text string) error {
	return b.tellOwnersWith(tx, track, text, notice{})
}

func (b *Bot) tellOwnersWith(tx store.Tx, track, text string, n notice) error {
	t, err := tx.Track(track)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	n.Text, n.Track = text, t.ID
	owners := t.Owners
	if len(owners) == 0 && t.CreatedBy != "" {
		owners = []string{t.CreatedBy}
	}
	key := n.Key
	if key == "" {
		h := fnv.New32a() // two notices of one moment are two
		_, _ = h.Write([]byte(text))
		key = fmt.Sprintf("%s:%d:%08x", t.ID, tx.Now().UnixMicro(), h.Sum32())
	}
	for _, o := range owners[:min(len(owners), 10)] {
		if err := putNotice(tx, t, o, key, n); err != nil {
			return err
		}
	}
	return nil
}

// putNotice makes a notice to one person; the key and the person make it unique.
func putNotice(tx store.Tx, t store.Track, user, key string, n notice) error {
	arg, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return tx.PutTask(store.Task{Key: "notify:" + key + ":" + user, Kind: "notify", Space: t.Space, Track: t.ID, User: user, Arg: string(arg), Due: tx.Now(), Made: tx.Now()})
}

// notify says one notice to one person in private.
func (b *Bot) notify(ctx context.Context, task store.Task) error {
	var n notice
	if err := json.Unmarshal([]byte(task.Arg), &n); err != nil {
		return errors.Join(b.drop(ctx, task), fmt.Errorf("read notice %s: %w", task.Key, err))
	}
	p, err := b.platform(task.Space)
	if err != nil {
		return err
	}
	var channel string
	var s suggestion
	err = b.view(ctx, "read what the notice is about", func(tx store.Tx) error {
		t, err := tx.Track(n.Track)
		channel = t.Channel
		if err == nil && n.Suggestion != "" {
			s, err = readSuggestion(tx, t.Space, n.Suggestion)
		}
		return err
	})
	switch {
	case err == nil || n.Suggestion == "": // a notice without its channel's name is better than none
	case errors.As(err, new(sorry)):
		return b.drop(ctx, task) // settled before this came to it
	default:
		return err
	}
	limited, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	err = p.Direct(limited, chat.UserID(task.User), Fit(*b.noticeMessage(n, channel, s), p.Caps()))
	if err != nil && !errors.Is(err, chat.ErrUncertain) {
		return fmt.Errorf("tell an owner: %w", err)
	}
	return b.drop(ctx, task)
}

func (b *Bot) noticeMessage(n notice, channel string, s suggestion) *chat.Message {
	m := message(n.Text)
	if channel != "" {
		m.Blocks = append(m.Blocks, chat.Note{Text: chat.Join(chat.T("About "), chat.InChannel(chat.ChannelID(channel)))})
	}
	m.Blocks = append(m.Blocks, para(n.Text))
	if n.Suggestion != "" {
		m.Blocks = append(m.Blocks, b.suggestionCard(n.Track, s)...)
	}
	if n.Quote != "" {
		m.Blocks = append(m.Blocks, chat.Quote{Text: chat.T(n.Quote)})
	}
	if len(n.Buttons) > 0 {
		r := chat.Buttons{}
		for _, bt := range n.Buttons {
			verb, _ := splitAction(bt.Action)
			r.Row = append(r.Row, chat.Button{Label: bt.Label, Action: bt.Action, Gives: b.presses[verb].gives})
		}
		m.Blocks = append(m.Blocks, r)
	}
	return m
}
