package playground

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

const (
	history     = 2000                 // messages of a space that are kept
	remembered  = 365 * 24 * time.Hour // as long as the bot keeps answers (RULES.md, 7): private messages quote them
	goAtOnce    = 64                   // old messages that go with one new one
	maxPeople   = 64
	maxChannels = 24
)

// person is somebody to act as.
type person struct {
	ID, Name string
	Zone     string `json:",omitempty"` // IANA name, "" until it is known
	Admin    bool   `json:",omitempty"`
}

// channel is where people talk; the direct conversations are not in the roster, for there is one per person.
type channel struct {
	ID, Name string
	Topic    string `json:",omitempty"`
	Bot      bool   // the bot is in it
}

// roster is who and what is in a space, kept under one key.
type roster struct {
	People   []person
	Channels []channel
}

func (r roster) clone() roster {
	return roster{slices.Clone(r.People), slices.Clone(r.Channels)}
}

func (r roster) person(id string) (person, bool) {
	i := slices.IndexFunc(r.People, func(p person) bool { return p.ID == id })
	if i < 0 {
		return person{}, false
	}
	return r.People[i], true
}

func (r roster) channel(id string) (channel, bool) {
	i := slices.IndexFunc(r.Channels, func(c channel) bool { return c.ID == id })
	if i < 0 {
		return channel{}, false
	}
	return r.Channels[i], true
}

// room is all state of one space.
type room struct {
	keep  chat.Keep
	space chat.SpaceID
	kind  Kind
	told  func(message) // hears of every new or changed message, in order

	write sync.Mutex // one writer at a time; held while storing and telling

	mu       sync.RWMutex // guards what follows; never held while storing
	roster   roster
	messages []message // by N
	next     int       // N of the next message
}

const rosterKey = "roster"

// openRoom reads a space, or makes it with its first people. The error beside a room names messages that were left out.
func openRoom(ctx context.Context, keep chat.Keep, space chat.SpaceID, kind Kind, told func(message)) (*room, error) {
	r := &room{keep: keep, space: space, kind: kind, told: told, next: 1}
	v, err := keep.Get(ctx, space, rosterKey)
	switch {
	case errors.Is(err, chat.ErrNotFound):
		if err := r.changeRoster(ctx, func(n *roster) error { *n = firstRoster(kind); return nil }); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, fmt.Errorf("read the people of %s: %w", space, err)
	default:
		if err := json.Unmarshal(v, &r.roster); err != nil {
			return nil, fmt.Errorf("read the people of %s: %w", space, err)
		}
	}
	kept, err := keep.List(ctx, space, messagePrefix)
	if err != nil {
		return nil, fmt.Errorf("read the messages of %s: %w", space, err)
	}
	r.messages, err = unpack(kept)
	if n := len(r.messages); n > 0 {
		r.next = r.messages[n-1].N + 1
	}
	return r, err
}

func firstRoster(kind Kind) roster {
	if kind == Self {
		return roster{People: []person{{ID: "u1", Name: "You", Admin: true}}}
	}
	return roster{
		People: []person{
			{ID: "u1", Name: "Amara", Zone: "Europe/Berlin", Admin: true},
			{ID: "u2", Name: "Jonas", Zone: "Europe/London"},
			{ID: "u3", Name: "Mei", Zone: "Asia/Singapore"},
			{ID: "u4", Name: "Rafael", Zone: "America/Sao_Paulo"},
		},
		Channels: []channel{
			{ID: "c-backend-interviews", Name: "backend-interviews", Topic: "One question every working day. Answers are private.", Bot: true},
			{ID: "c-lounge", Name: "lounge", Topic: "Anything else. The bot is not in here."},
		},
	}
}

// who returns the roster as it is now.
func (r *room) who() roster {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.roster.clone()
}

// changeRoster changes people and channels, durably; f's error stops it and comes back as it is.
func (r *room) changeRoster(ctx context.Context, f func(*roster) error) error {
	r.write.Lock()
	defer r.write.Unlock()
	n := r.who()
	if err := f(&n); err != nil {
		return err
	}
	v, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("write the people of %s: %w", r.space, err)
	}
	if err := r.keep.Set(ctx, r.space, map[string][]byte{rosterKey: v}); err != nil {
		return fmt.Errorf("keep the people of %s: %w", r.space, err)
	}
	r.mu.Lock()
	r.roster = n
	r.mu.Unlock()
	return nil
}

// add stores a message and gives it its number; one that came of the same deed is replaced instead. The oldest beyond the
// history, in number or age, are dropped. A message that cannot be stored is left out, or shown nevertheless if anyway is set.
func (r *room) add(ctx context.Context, m message, anyway bool) (message, error) {
	r.write.Lock()
	defer r.write.Unlock()
	was, old := r.place(&m)
	err := r.set(ctx, &m, was, old)
	if err != nil && !anyway {
		return m, err
	}
	r.mu.Lock()
	if m.N < r.next {
		r.messages[r.index(m.N)] = m
	} else {
		r.messages = append(slices.Clone(r.messages[len(old):]), m)
		r.next++
	}
	r.mu.Unlock()
	r.told(m)
	return m, err
}

// place gives a message its number: that of the one it replaces, and then how many values that one takes; or the next
// one, and then the messages that are to go for it. The caller holds write.
func (r *room) place(m *message) (was int, old []message) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if m.Deed != "" {
		for _, o := range slices.Backward(r.messages) {
			if o.Deed == m.Deed && o.From == m.From {
				m.N, m.At = o.N, o.At
				return o.size, nil
			}
		}
	}
	m.N = r.next
	n, since := 0, m.At.Add(-remembered)
	for n < min(len(r.messages), goAtOnce) && (len(r.messages)-n >= history || r.messages[n].At.Before(since)) {
		n++
	}
	return 0, r.messages[:n]
}

// replace changes a message, durably; chat.ErrGone when it is not there (any more).
func (r *room) replace(ctx context.Context, n int, change func(*message)) error {
	r.write.Lock()
	defer r.write.Unlock()
	m, ok := r.message(n)
	if !ok {
		return chat.ErrGone
	}
	was := m.size
	change(&m)
	if err := r.set(ctx, &m, was, nil); err != nil {
		return err
	}
	r.mu.Lock()
	r.messages[r.index(n)] = m
	r.mu.Unlock()
	r.told(m)
	return nil
}

// set stores one message and forgets old ones in one step.
func (r *room) set(ctx context.Context, m *message, was int, old []message) error {
	values, err := m.pack(was)
	if err != nil {
		return err
	}
	for _, o := range old {
		for i := range o.size {
			values[messageKey(o.N, i)] = nil
		}
	}
	if err := r.keep.Set(ctx, r.space, values); err != nil {
		return fmt.Errorf("keep message %d of %s: %w", m.N, r.space, err)
	}
	return nil
}

// empty forgets all messages and people, when the space is left for ever.
func (r *room) empty(ctx context.Context) error {
	r.write.Lock()
	defer r.write.Unlock()
	values := map[string][]byte{rosterKey: nil}
	r.mu.RLock()
	for _, o := range r.messages {
		for i := range o.size {
			values[messageKey(o.N, i)] = nil
		}
	}
	r.mu.RUnlock()
	if err := r.keep.Set(ctx, r.space, values); err != nil {
		return fmt.Errorf("empty %s: %w", r.space, err)
	}
	return nil
}

// index is where message n is or would be. The caller holds mu.
func (r *room) index(n int) int {
	return sort.Search(len(r.messages), func(i int) bool { return r.messages[i].N >= n })
}

func (r *room) message(n int) (message, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if i := r.index(n); i < len(r.messages) && r.messages[i].N == n {
		return r.messages[i], true
	}
	return message{}, false
}

// find looks for the message posted with a key.
func (r *room) find(channel, key string, since time.Time) (message, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for i := len(r.messages) - 1; i >= 0; i-- {
		if m := r.messages[i]; m.Key == key && m.Channel == channel && !m.At.Before(since) {
			return m, true
		}
	}
	return message{}, false
}

// thread returns the last messages of a channel that a person sees, oldest first, before the number (0 = from the end),
// and whether there are earlier ones.
func (r *room) thread(channel, as string, before, limit int) (list []message, more bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for i := len(r.messages) - 1; i >= 0; i-- {
		m := r.messages[i]
		if m.Channel != channel || !m.seenBy(as) || before > 0 && m.N >= before {
			continue
		}
		if len(list) == limit {
			more = true
			break
		}
		list = append(list, m)
	}
	slices.Reverse(list)
	return list, more
}

// latest returns the number of the newest message in each channel that a person sees.
func (r *room) latest(as string) map[string]int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	last := map[string]int{}
	for _, m := range r.messages {
		if m.seenBy(as) {
			last[m.Channel] = m.N
		}
	}
	return last
}

func (m message) seenBy(person string) bool { return m.To == "" || m.To == person }

// named gives mentions their names, as they are now.
func (r *room) named(t chat.Text) chat.Text {
	t = slices.Clone(t)
	who := r.who()
	for i, s := range t {
		switch {
		case s.User != "":
			if p, ok := who.person(r.local(string(s.User))); ok {
				t[i].Text = p.Name
			}
		case s.Channel != "":
			local := r.local(string(s.Channel))
			if c, ok := who.channel(local); ok {
				t[i].Text = c.Name
			} else if isDirect(local) {
				t[i].Text = "direct messages"
			}
		}
	}
	return t
}

// actor is a person as events name them.
func (r *room) actor(p person) chat.Actor {
	admin := chat.No
	if p.Admin {
		admin = chat.Yes
	}
	return chat.Actor{User: chat.UserID(r.id(p.ID)), Name: p.Name, Admin: admin, Zone: p.Zone}
}
