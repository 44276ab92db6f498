package discord

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Discord closes a modal when it is sent, whatever becomes of it. So that it can come back with what was typed, the
// adapter keeps every form it opens, and what was sent when it was not taken, for a day. Keys are kept/HOUR/PERSON.NAME, the
// hour from which on the value may go, since 1970; the hour stands in the custom id that leads to the value.
const (
	keptFor  = 24 * time.Hour
	maxKept  = 60 << 10
	keptRoot = "kept/"
)

// keepTime bounds the keeping of a form that is about to be opened: Discord waits three seconds in all.
const keepTime = 500 * time.Millisecond

// keptForm is a modal that waits for the one person it is for.
type keptForm struct {
	User  string `json:"user"`
	Modal modal  `json:"modal"`
}

func hour(t time.Time) int64 { return t.Unix() / 3600 }

func keptKey(hour int64, name string) string {
	return keptRoot + strconv.FormatInt(hour, 10) + "/" + name
}

// formName names the form with the id as opened for a person, pressName the one that waits behind a button.
func formName(in *interaction, id string) string {
	sum := sha256.Sum256([]byte(id))
	return in.person().ID + "." + hex.EncodeToString(sum[:8])
}

func pressName(in *interaction, press string) string { return in.person().ID + "." + press }

func (a *Adapter) keepForms(ctx context.Context, in *interaction, forms map[string]modal) error {
	values := map[string][]byte{}
	for key, m := range forms {
		raw, err := json.Marshal(keptForm{in.person().ID, m})
		if err == nil && len(raw) > maxKept {
			err = fmt.Errorf("%d bytes are too many", len(raw))
		}
		if err != nil {
			return fmt.Errorf("keep a form: %w", err)
		}
		values[key] = raw
	}
	if err := a.keep.Set(ctx, ownSpace, values); err != nil {
		return fmt.Errorf("keep a form: %w", err)
	}
	return nil
}

// kept returns what waits under a key for the person of the interaction.
func (a *Adapter) kept(ctx context.Context, in *interaction, key string) (modal, bool) {
	ctx, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	var k keptForm
	raw, err := a.keep.Get(ctx, ownSpace, key)
	if err == nil {
		err = json.Unmarshal(raw, &k)
	}
	return k.Modal, err == nil && k.User == in.person().ID
}

// open writes a form that is to be opened at once, and keeps it. It is opened even if it cannot be kept.
func (a *Adapter) open(ctx context.Context, in *interaction, f chat.Form) modal {
	ctx, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	until := hour(a.clock.Now().Add(keptFor)) + 1
	m := form(f, until)
	if err := a.keepForms(ctx, in, map[string]modal{keptKey(until, formName(in, f.ID)): m}); err != nil {
		a.log.Error("form opened but not kept", "event", eventID(in.ID), "err", err)
	}
	return m
}

// button keeps a modal and returns what opens it.
func (a *Adapter) button(ctx context.Context, in *interaction, m modal, label string) (component, bool) {
	until := hour(a.clock.Now().Add(keptFor)) + 1
	_, id, _ := readID(m.CustomID)
	m.CustomID = formID(until, id)
	err := a.keepForms(ctx, in, map[string]modal{keptKey(until, pressName(in, in.ID)): m, keptKey(until, formName(in, id)): m})
	if err != nil {
		a.log.Error("form not kept", "event", eventID(in.ID), "err", err)
		return component{}, false
	}
	return component{Type: typeButton, Style: 1, Label: label, CustomID: string(verbOpen) + strconv.FormatInt(until, 10) + ":" + in.ID}, true
}

// reopen answers the press of such a button.
func (a *Adapter) reopen(ctx context.Context, in *interaction) callback {
	_, name, _ := readID(in.Data.CustomID)
	until := numberOf(in.Data.CustomID)
	m, ok := a.kept(ctx, in, keptKey(until, pressName(in, name)))
	if !ok || until <= hour(a.clock.Now()) {
		return callback{answerMessage, a.sentence("This form is no longer kept. Start again with the button or command that opened it.")}
	}
	return callback{answerModal, m}
}

// offer says that a form can be opened, where it cannot be opened at once: after another form, or because more is to be
// read before than the modal has room for.
func (a *Adapter) offer(ctx context.Context, in *interaction, f chat.Form) *payload {
	open, ok := a.button(ctx, in, form(f, 0), "Open")
	if !ok {
		return a.sentence("The form could not be opened. Try again in a moment.")
	}
	said := *say(f.Title).Reply
	if crowded(f) {
		said.Blocks = append(said.Blocks, f.Intro...)
	}
	return renderPrivate(said, open)
}

// handBack answers a form that was not taken: what to change, and a button that opens it again with all that was sent.
// Where that cannot be, what was sent is given back as text, for it is nowhere else.
func (a *Adapter) handBack(ctx context.Context, in *interaction, sent chat.Submit, r result) *payload {
	m, known := a.kept(ctx, in, keptKey(numberOf(in.Data.CustomID), formName(in, sent.Form)))
	if r.Form != nil {
		m, known = form(*r.Form, 0), true
	}
	said := chat.Message{Summary: "Not sent yet."}
	if r.Reply != nil {
		said = chat.Message{Summary: r.Reply.Summary, Blocks: slices.Clone(r.Reply.Blocks)}
	}
	if list := problems(m, r.Errors); len(list) > 0 {
		said.Blocks = append(said.Blocks, chat.List{Items: list})
	}
	if known {
		if fix, ok := a.button(ctx, in, m.refill(sent, r.Errors, r.Form != nil), "Fix"); ok {
			return renderPrivate(said, fix)
		}
	}
	said.Blocks = append(said.Blocks, chat.Note{Text: chat.T("What you sent, to copy:")})
	for _, id := range sorted(sent.Values, m) {
		said.Blocks = append(said.Blocks, chat.Quote{Text: chat.T(strings.Join(sent.Values[id], "\n"))})
	}
	return renderPrivate(said)
}

// problems lists the errors as they stand in the form.
func problems(m modal, errors map[string]string) []chat.Text {
	var items []chat.Text
	for _, id := range sorted(errors, m) {
		var label chat.Text
		if l := m.label(id); l != "" {
			label = chat.B(l + ": ")
		}
		items = append(items, chat.Join(label, chat.T(errors[id])))
	}
	return items
}

func sorted[V any](by map[string]V, m modal) []string {
	ids := make([]string, 0, len(by))
	for id := range by {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(x, y string) int { return cmp.Or(cmp.Compare(m.place(x), m.place(y)), strings.Compare(x, y)) })
	return ids
}

// Forget implements chat.Forgetter: the person's forms and texts go at once, and where their direct conversation is.
func (a *Adapter) Forget(ctx context.Context, u chat.UserID) error {
	user, ok := snowflakeOf(u)
	if !ok {
		return nil
	}
	mine := map[string][]byte{}
	now := hour(a.clock.Now())
	for h := now; h <= now+int64(keptFor/time.Hour)+1; h++ {
		list, err := a.keep.List(ctx, ownSpace, keptKey(h, user+"."))
		if err != nil {
			return fmt.Errorf("forget the forms of %s: %w", u, err)
		}
		for _, k := range list {
			mine[k.Key] = nil
		}
	}
	err := a.keep.Set(ctx, homeSpace(user), map[string][]byte{directKey: nil})
	if err == nil && len(mine) > 0 {
		err = a.keep.Set(ctx, ownSpace, mine)
	}
	if err != nil {
		return fmt.Errorf("forget %s: %w", u, err)
	}
	return nil
}

// sweep deletes what was kept too long: all of it at first, then every hour what has newly become old.
func (a *Adapter) sweep(ctx context.Context) {
	a.expire(ctx, keptRoot)
	for swept := hour(a.clock.Now()); sleep(ctx, time.Hour) == nil; {
		for now := hour(a.clock.Now()); swept < now; {
			swept++
			a.expire(ctx, keptRoot+strconv.FormatInt(swept, 10)+"/")
		}
	}
}

func (a *Adapter) expire(ctx context.Context, prefix string) {
	list, err := a.keep.List(ctx, ownSpace, prefix)
	old := map[string][]byte{}
	for _, k := range list {
		at, _, _ := strings.Cut(strings.TrimPrefix(k.Key, keptRoot), "/")
		if n, bad := strconv.ParseInt(at, 10, 64); bad != nil || n <= hour(a.clock.Now()) {
			old[k.Key] = nil
		}
	}
	if len(old) > 0 && err == nil {
		err = a.keep.Set(ctx, ownSpace, old)
	}
	if err != nil && ctx.Err() == nil {
		a.log.Error("old forms not deleted", "err", err)
	}
}
