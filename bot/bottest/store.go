package bottest

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

const (
	errView  store.Error = "a View cannot write"
	errEmpty store.Error = "an identifier is empty"
	errFixed store.Error = "what identifies a record cannot be changed"
)

// Store is a store.Store in memory. It runs every Update twice, the first time for nothing, as a real store may: a closure
// that adds to what it captures, or has side effects, shows in the tests. The zero Store is not valid: use NewStore.
type Store struct {
	now    func() time.Time
	kept   *records
	closed bool  // with what follows, under kept.mu
	fault  error // of the next faults Updates
	faults int
}

// records is all that is kept. Maps from track go to maps of what belongs to the track.
type records struct {
	mu        sync.RWMutex
	seq       uint64
	once      map[string]time.Time
	spaces    map[string]store.Space
	tracks    map[string]store.Track
	decks     map[string]store.Deck
	snapshots map[string]store.Snapshot
	rounds    map[string]map[int]store.Round
	slots     map[string]map[string]bool
	skips     map[string]map[string]store.Skip
	answers   map[uint64]store.Answer
	byRound   map[place]map[string]uint64 // by user
	members   map[string]map[string]store.Member
	lines     map[pair][]store.Line // by track and user
	people    map[string]store.Person
	drafts    map[pair]store.Draft // by user and key
	tasks     map[string]store.Task
	values    map[string]map[string][]byte // by space
	leases    map[string]store.Lease
	spans     map[pair][]store.Span // by platform and replica
}

type (
	pair  struct{ a, b string }
	place struct {
		track string
		no    int
	}
)

// NewStore makes an empty store that goes by now.
func NewStore(now func() time.Time) *Store {
	return &Store{now: now, kept: &records{
		once: map[string]time.Time{}, spaces: map[string]store.Space{}, tracks: map[string]store.Track{},
		decks: map[string]store.Deck{}, snapshots: map[string]store.Snapshot{}, rounds: map[string]map[int]store.Round{},
		slots: map[string]map[string]bool{}, skips: map[string]map[string]store.Skip{}, answers: map[uint64]store.Answer{},
		byRound: map[place]map[string]uint64{}, members: map[string]map[string]store.Member{}, lines: map[pair][]store.Line{},
		people: map[string]store.Person{}, drafts: map[pair]store.Draft{}, tasks: map[string]store.Task{},
		values: map[string]map[string][]byte{}, leases: map[string]store.Lease{}, spans: map[pair][]store.Span{},
	}}
}

// Again returns another Store over the same records, as after a restart on the same file; s is closed.
func (s *Store) Again(now func() time.Time) *Store {
	s.kept.mu.Lock()
	defer s.kept.mu.Unlock()
	s.closed = true
	return &Store{now: now, kept: s.kept}
}

// Fail makes the next n Updates, or all when n is below 0, fail with err after their closure ran; nothing is stored.
func (s *Store) Fail(err error, n int) {
	s.kept.mu.Lock()
	defer s.kept.mu.Unlock()
	s.fault, s.faults = err, n
}

// Close implements store.Store.
func (s *Store) Close() error {
	s.kept.mu.Lock()
	defer s.kept.mu.Unlock()
	s.closed = true
	return nil
}

// View implements store.Store.
func (s *Store) View(ctx context.Context, f func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.kept.mu.RLock()
	defer s.kept.mu.RUnlock()
	if s.closed {
		return store.ErrClosed
	}
	return run(f, &tx{records: s.kept, now: cut(s.now())})
}

// Update implements store.Store.
func (s *Store) Update(ctx context.Context, f func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.kept.mu.Lock()
	defer s.kept.mu.Unlock()
	if s.closed {
		return store.ErrClosed
	}
	for attempt := range 2 {
		t := &tx{records: s.kept, now: cut(s.now()), writes: true}
		err := run(f, t)
		if err == nil && s.faults != 0 && attempt == 1 {
			err = s.fault
			s.faults--
		}
		if err != nil || attempt == 0 {
			t.rollback()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// run turns a panic into an error, as the committer of the real stores does.
func run(f func(store.Tx) error, t *tx) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic in a transaction: %v", v)
		}
	}()
	return f(t)
}

// tx is what one run of a closure works on. undo takes back what it wrote, the last first.
type tx struct {
	*records
	now    time.Time
	writes bool
	undo   []func()
}

func (t *tx) rollback() {
	for i := len(t.undo) - 1; i >= 0; i-- {
		t.undo[i]()
	}
}

// writing stands at the start of every writing method.
func (t *tx) writing(ids ...string) error {
	if !t.writes {
		return errView
	}
	for _, id := range ids {
		if id == "" {
			return errEmpty
		}
	}
	return nil
}

// put keeps a copy of v.
func put[K comparable, V any](t *tx, m map[K]V, k K, v V) {
	old, had := m[k]
	t.undo = append(t.undo, func() {
		if had {
			m[k] = old
		} else {
			delete(m, k)
		}
	})
	m[k] = clone(v)
}

func drop[K comparable, V any](t *tx, m map[K]V, k K) {
	old, had := m[k]
	if had {
		t.undo = append(t.undo, func() { m[k] = old })
		delete(m, k)
	}
}

// in returns the inner map of a map of maps, and makes it when a write needs it.
func in[A, B comparable, V any](t *tx, m map[A]map[B]V, a A) map[B]V {
	if m[a] == nil && t.writes {
		m[a] = map[B]V{}
	}
	return m[a]
}

func get[K comparable, V any](m map[K]V, k K) (V, error) {
	v, ok := m[k]
	if !ok {
		return v, store.ErrNotFound
	}
	return clone(v), nil
}

// list returns copies of the values that are wanted, sorted, at most limit of them; limit 0 = all.
func list[K comparable, V any](m map[K]V, want func(V) bool, less func(a, b V) int, limit int) []V {
	return first(sorted(maps.Values(m), want, less), limit)
}

func (t *tx) Now() time.Time { return t.now }

func (t *tx) Once(event string) error {
	if err := t.writing(event); err != nil {
		return err
	}
	if len(event) > 200 {
		return fmt.Errorf("an event's identifier of %d bytes is longer than 200", len(event))
	}
	if at, ok := t.once[event]; ok && t.now.Sub(at) < 48*time.Hour {
		return store.ErrTaken
	}
	put(t, t.once, event, t.now)
	return nil
}
