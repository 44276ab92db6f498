package bottest

import (
	"fmt"

	"github.com/interviewbot/interviewbot/bot/store"
)

// budget counts the records that one purge may still delete.
type budget struct {
	left int
	more bool
}

// spend says whether one more record may go.
func (b *budget) spend() bool {
	if b.left == 0 {
		b.more = true
		return false
	}
	b.left--
	return true
}

func newBudget(limit int) *budget {
	if limit == 0 {
		limit = -1
	}
	return &budget{left: limit}
}

// purge drops what is wanted of a map while the budget lasts.
func purge[K comparable, V any](t *tx, b *budget, m map[K]V, want func(K, V) bool) {
	for k, v := range m {
		if want(k, v) {
			if !b.spend() {
				return
			}
			drop(t, m, k)
		}
	}
}

func (t *tx) PurgeSpace(id string, limit int) (bool, error) {
	if err := t.writing(id); err != nil {
		return false, err
	}
	b := newBudget(limit)
	purge(t, b, t.answers, func(seq uint64, a store.Answer) bool {
		if a.Space != id {
			return false
		}
		if b.left != 0 && a.Track != "" {
			drop(t, t.byRound[place{a.Track, a.Round}], a.User)
		}
		return true
	})
	for _, k := range list(t.tracks, func(k store.Track) bool { return k.Space == id }, byCreated, 0) {
		t.purgeTrack(b, k.ID)
	}
	purge(t, b, t.drafts, func(k pair, _ store.Draft) bool { return t.people[k.a].Space == id })
	purge(t, b, t.tasks, func(_ string, k store.Task) bool { return k.Space == id })
	purge(t, b, t.values[id], func(string, []byte) bool { return true })
	if !b.more {
		purge(t, b, t.people, func(_ string, p store.Person) bool { return p.Space == id })
	}
	if !b.more {
		purge(t, b, t.spaces, func(_ string, s store.Space) bool { return s.ID == id })
	}
	return b.more, nil
}

// purgeTrack drops all of a track, and the track itself with the last.
func (t *tx) purgeTrack(b *budget, track string) {
	purge(t, b, t.members[track], func(string, store.Member) bool { return true })
	purge(t, b, t.lines, func(k pair, _ []store.Line) bool { return k.a == track })
	purge(t, b, t.rounds[track], func(int, store.Round) bool { return true })
	purge(t, b, t.skips[track], func(string, store.Skip) bool { return true })
	purge(t, b, t.decks, func(k string, _ store.Deck) bool { return k == track })
	if b.more {
		return
	}
	purge(t, b, t.slots[track], func(string, bool) bool { return true })
	purge(t, b, t.tracks, func(k string, _ store.Track) bool { return k == track })
}

func (t *tx) PurgePerson(user, nameless string, limit int) (bool, error) {
	if err := t.writing(user, nameless); err != nil {
		return false, err
	}
	if user == nameless {
		return false, fmt.Errorf("purge %s: the nameless identifier is the same", user)
	}
	b := newBudget(limit)
	purge(t, b, t.answers, func(seq uint64, a store.Answer) bool {
		if a.User != user {
			return false
		}
		if b.left != 0 && a.Track != "" {
			drop(t, t.byRound[place{a.Track, a.Round}], user)
		}
		return true
	})
	purge(t, b, t.drafts, func(k pair, _ store.Draft) bool { return k.a == user })
	purge(t, b, t.tasks, func(_ string, k store.Task) bool { return k.User == user })
	t.rename(b, user, nameless)
	if !b.more {
		purge(t, b, t.people, func(k string, _ store.Person) bool { return k == user })
	}
	return b.more, nil
}

// rename gives memberships and ledgers of a person to the nameless identifier.
func (t *tx) rename(b *budget, user, nameless string) {
	for _, members := range t.members {
		m, ok := members[user]
		if !ok {
			continue
		}
		if !b.spend() {
			return
		}
		k := pair{m.Track, user}
		drop(t, members, user)
		m.User, m.Name, m.Head = nameless, "", 0
		put(t, members, nameless, m)
		if lines := t.lines[k]; len(lines) > 0 {
			drop(t, t.lines, k)
			put(t, t.lines, pair{m.Track, nameless}, lines)
		}
	}
}
