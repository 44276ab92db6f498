package playground

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// drain is how long deeds may go on after Run's context ended.
const drain = 5 * time.Second

// Run takes deeds until ctx ends; those that are under way then have 5 seconds to finish. A space that is new is first
// told to the bot and handed to Options.Begin.
func (a *Adapter) Run(ctx context.Context, h chat.Handler) error {
	a.deeds.start(ctx, h, drain)
	a.hub.open()
	a.deeds.run(func(ctx context.Context) { a.begin(ctx, a.current()) })
	<-ctx.Done()
	a.hub.close()
	a.deeds.stop()
	return nil
}

// home is what is kept about which space is in use, under a SpaceID of its own.
type home struct {
	Space chat.SpaceID
	Begun bool
}

const homeKey = "space"

func (a *Adapter) homeSpace() chat.SpaceID { return chat.SpaceID(a.o.Name + ":home") }

// resume opens the space that was in use, or a first one.
func (a *Adapter) resume(ctx context.Context) error {
	var at home
	v, err := a.o.Keep.Get(ctx, a.homeSpace(), homeKey)
	switch {
	case errors.Is(err, chat.ErrNotFound):
		at.Space = a.newSpace()
		if err := a.setHome(ctx, at); err != nil {
			return err
		}
	case err != nil:
		return fmt.Errorf("read which space of %s is in use: %w", a.o.Name, err)
	default:
		if err := json.Unmarshal(v, &at); err != nil {
			return fmt.Errorf("read which space of %s is in use: %w", a.o.Name, err)
		}
	}
	r, err := openRoom(ctx, a.o.Keep, at.Space, a.o.Kind, a.show)
	if r == nil {
		return err
	}
	if err != nil {
		a.log.Warn("messages were left out", "space", at.Space, "err", err)
	}
	a.room, a.begun = r, at.Begun
	return nil
}

func (a *Adapter) newSpace() chat.SpaceID {
	return chat.SpaceID(a.o.Name + ":" + strings.ToLower(rand.Text()[:8]))
}

func (a *Adapter) setHome(ctx context.Context, at home) error {
	v, err := json.Marshal(at)
	if err != nil {
		return fmt.Errorf("write which space of %s is in use: %w", a.o.Name, err)
	}
	if err := a.o.Keep.Set(ctx, a.homeSpace(), map[string][]byte{homeKey: v}); err != nil {
		return fmt.Errorf("keep which space of %s is in use: %w", a.o.Name, err)
	}
	return nil
}

// begin tells the bot of a new space and has it prepared; once, over restarts.
func (a *Adapter) begin(ctx context.Context, r *room) {
	a.mu.Lock()
	done := a.begun || a.room != r
	a.mu.Unlock()
	if done {
		return
	}
	if err := a.prepare(ctx, r); err != nil {
		a.log.Error("a new space could not be prepared; it is tried again at the next start", "space", r.space, "err", err)
		return
	}
	a.mu.Lock()
	a.begun = true
	a.mu.Unlock()
}

func (a *Adapter) prepare(ctx context.Context, r *room) error {
	who := r.who()
	s := Scene{Space: r.space, Owner: r.actor(who.People[0])}
	if _, err := a.ask(ctx, chat.Event{ID: chat.EventID(r.id("e-added")), Space: r.space, Actor: s.Owner, What: chat.Added{}}); err != nil {
		return err
	}
	if r.kind == Self {
		s.Channel, s.Direct = chat.ChannelID(r.id(direct(who.People[0].ID))), true
	}
	for _, c := range who.Channels {
		if !c.Bot {
			continue
		}
		if s.Channel == "" {
			s.Channel = chat.ChannelID(r.id(c.ID))
		}
		e := chat.Event{ID: chat.EventID(r.id("e-added-" + c.ID)), Space: r.space, Channel: chat.ChannelID(r.id(c.ID)), Actor: s.Owner, What: chat.Added{}}
		if _, err := a.ask(ctx, e); err != nil {
			return err
		}
	}
	if a.o.Begin != nil {
		if err := a.o.Begin(ctx, s); err != nil {
			return fmt.Errorf("begin %s: %w", r.space, err)
		}
	}
	return a.setHome(ctx, home{Space: r.space, Begun: true})
}

// startOver leaves the space for ever and makes a new one.
func (a *Adapter) startOver(ctx context.Context, old *room) error {
	first := old.actor(old.who().People[0])
	if _, err := a.ask(ctx, chat.Event{ID: chat.EventID(old.id("e-removed")), Space: old.space, Actor: first, What: chat.Removed{}}); err != nil {
		return err
	}
	space := a.newSpace()
	fresh, err := openRoom(ctx, a.o.Keep, space, a.o.Kind, a.show)
	if err != nil {
		return err
	}
	if err := a.setHome(ctx, home{Space: space}); err != nil {
		return err
	}
	a.mu.Lock()
	a.room, a.begun = fresh, false
	a.mu.Unlock()
	if err := old.empty(ctx); err != nil {
		a.log.Warn("the old space could not be emptied", "space", old.space, "err", err)
	}
	a.begin(ctx, fresh)
	a.hub.tell(change{Kind: "reset"})
	return nil
}

// place reads a ChannelID of the space in use that the bot may speak in.
func (a *Adapter) place(c chat.ChannelID) (*room, string, error) {
	r := a.current()
	local := r.local(string(c))
	who := r.who()
	if isDirect(local) {
		if _, ok := who.person(ownerOf(local)); ok {
			return r, local, nil
		}
	} else if ch, ok := who.channel(local); ok && ch.Bot {
		return r, local, nil
	}
	return nil, "", chat.ErrGone
}

// Post implements chat.Platform. It blocks on storage.
func (a *Adapter) Post(ctx context.Context, c chat.ChannelID, m chat.Message, key string) (chat.MessageID, error) {
	r, local, err := a.place(c)
	if err != nil {
		return "", fmt.Errorf("post to %s: %w", c, err)
	}
	kept, err := r.add(ctx, a.fromBot(r, local, m, key), false)
	if err != nil {
		return "", fmt.Errorf("post to %s: %w", c, err)
	}
	return r.messageID(kept.N), nil
}

// Edit implements chat.Platform. It blocks on storage.
func (a *Adapter) Edit(ctx context.Context, id chat.MessageID, m chat.Message) error {
	r := a.current()
	was, _ := r.message(r.messageN(id))
	if _, _, err := a.place(chat.ChannelID(r.id(was.Channel))); err != nil {
		return fmt.Errorf("edit %s: %w", id, err)
	}
	if err := r.replace(ctx, was.N, func(k *message) { k.say(r, m) }); err != nil {
		return fmt.Errorf("edit %s: %w", id, err)
	}
	return nil
}

// Direct implements chat.Platform. It blocks on storage.
func (a *Adapter) Direct(ctx context.Context, u chat.UserID, m chat.Message) error {
	r := a.current()
	local := r.local(string(u))
	if _, ok := r.who().person(local); !ok {
		return fmt.Errorf("write to %s: %w", u, chat.ErrGone)
	}
	if _, err := r.add(ctx, a.fromBot(r, direct(local), m, ""), false); err != nil {
		return fmt.Errorf("write to %s: %w", u, err)
	}
	return nil
}

// Find implements chat.Finder.
func (a *Adapter) Find(_ context.Context, c chat.ChannelID, key string, since time.Time) (chat.MessageID, error) {
	r := a.current()
	m, ok := r.find(r.local(string(c)), key, since)
	if !ok {
		return "", fmt.Errorf("find %s in %s: %w", key, c, chat.ErrNotFound)
	}
	return r.messageID(m.N), nil
}

// fromBot makes a message of the bot; in a direct conversation only its person sees it.
func (a *Adapter) fromBot(r *room, channel string, m chat.Message, key string) message {
	k := message{Channel: channel, At: a.now(), Key: key}
	if isDirect(channel) {
		k.To = ownerOf(channel)
	}
	k.say(r, m)
	return k
}

// say puts what is said into a message.
func (m *message) say(r *room, said chat.Message) {
	m.Summary = said.Summary
	m.Parts = partsOf(said.Blocks, r.named)
}

// show tells open pages of a new or changed message. The room calls it.
func (a *Adapter) show(m message) {
	html, err := a.fragment("message", a.messageView(m))
	if err != nil {
		a.log.Error("a message could not be rendered", "message", m.N, "err", err)
		return
	}
	// What the bot says to one person answers what that person just did, so it is brought into view.
	a.hub.tell(change{Kind: "message", Channel: m.Channel, N: m.N, HTML: html, Say: m.Summary, Mine: m.To != "", to: m.To})
}
