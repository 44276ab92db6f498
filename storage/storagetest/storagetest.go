// Package storagetest is the one suite that every store.Store passes: what each method promises, what transactions promise
// when many run at once, and what is there after a restart and after a kill.
package storagetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

// Database is one kind of store.
type Database struct {
	// Fresh makes a new empty database that goes when the test ends, and returns where it is.
	Fresh func(t testing.TB) string
	// Open opens what is there. A database with a clock of its own ignores now.
	Open func(ctx context.Context, where string, now func() time.Time) (store.Store, error)
	// Pass lets time pass in a database with a clock of its own: it makes the events and leases that are kept there older by d.
	// It is nil where Open heeds now.
	Pass func(t testing.TB, where string, d time.Duration)
	// Check, which may be nil, looks for damage that the port does not show, when nobody has the database open.
	Check func(ctx context.Context, where string) error
}

// Run runs the whole suite.
func Run(t *testing.T, db Database) {
	Contract(t, db)
	t.Run("durable", func(t *testing.T) {
		t.Run("reopen", db.test(reopen))
		t.Run("kill", func(t *testing.T) {
			if testing.Short() {
				t.Skip("killing takes its time: it is left out of a short run")
			}
			kill(t, db)
		})
	})
}

// Contract runs what also a store in memory passes.
func Contract(t *testing.T, db Database) {
	for name, tests := range map[string]map[string]func(*bench){
		"transactions": transactionTests(), "crowds": crowdTests(), "tracks": trackTests(), "rounds": roundTests(), "answers": answerTests(),
		"members": memberTests(), "people": peopleTests(), "tasks": taskTests(), "values": valueTests(), "purges": purgeTests(), "move": moveTests(),
	} {
		t.Run(name, func(t *testing.T) {
			for name, test := range tests {
				t.Run(name, db.test(test))
			}
		})
	}
}

// bench is where one test works: a fresh store and its clock.
type bench struct {
	*testing.T
	db    Database
	where string
	clock *clock
	store store.Store
}

func (db Database) test(f func(*bench)) func(*testing.T) {
	return func(t *testing.T) {
		b := &bench{T: t, db: db, where: db.Fresh(t), clock: &clock{now: start()}}
		b.open()
		defer b.close()
		f(b)
	}
}

func (b *bench) open() {
	b.Helper()
	s, err := b.db.Open(b.Context(), b.where, b.clock.Now)
	if err != nil {
		b.Fatalf("open: %v", err)
	}
	b.store = s
}

func (b *bench) close() {
	b.Helper()
	if err := b.store.Close(); err != nil {
		b.Errorf("close: %v", err)
	}
	if b.db.Check != nil {
		if err := b.db.Check(context.Background(), b.where); err != nil {
			b.Errorf("check: %v", err)
		}
	}
}

func (b *bench) reopen() {
	b.Helper()
	b.close()
	b.open()
}

// update runs f, which must work.
func (b *bench) update(f func(tx store.Tx) error) {
	b.Helper()
	if err := b.store.Update(b.Context(), f); err != nil {
		b.Fatalf("update: %v", err)
	}
}

// ground stores what other records stand on: a database may refuse a track without its space, and members, ledgers, decks,
// rounds and skips without their track.
func (b *bench) ground(tracks ...string) {
	b.Helper()
	b.update(func(tx store.Tx) error {
		for _, id := range tracks {
			if err := tx.AddTrack(store.Track{ID: id}); err != nil {
				return err
			}
		}
		return nil
	})
}

// rounds stores rounds of a track, which a database may want before their answers.
func (b *bench) rounds(track string, numbers ...int) {
	b.Helper()
	b.update(func(tx store.Tx) error {
		for _, no := range numbers {
			if err := tx.AddRound(store.Round{Track: track, No: no, Slot: fmt.Sprintf("%06d", no)}); err != nil {
				return err
			}
		}
		return nil
	})
}

// spaces stores spaces.
func (b *bench) spaces(ids ...string) {
	b.Helper()
	b.update(func(tx store.Tx) error {
		for _, id := range ids {
			if err := tx.PutSpace(store.Space{ID: id}); err != nil {
				return err
			}
		}
		return nil
	})
}

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i + 1
	}
	return all
}

// refused runs f, which must fail with the error.
func (b *bench) refused(want error, f func(tx store.Tx) error) {
	b.Helper()
	if err := b.store.Update(b.Context(), f); !errors.Is(err, want) {
		b.Errorf("got %v, want %v", err, want)
	}
}

// unwanted runs f, which must fail with some error that is none of the port's own.
func (b *bench) unwanted(what string, f func(tx store.Tx) error) {
	b.Helper()
	err := b.store.Update(b.Context(), f)
	if err == nil || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrTaken) || errors.Is(err, store.ErrFull) {
		b.Errorf("%s: %v", what, err)
	}
}

func (b *bench) view(f func(tx store.Tx)) {
	b.Helper()
	if err := b.store.View(b.Context(), func(tx store.Tx) error { f(tx); return nil }); err != nil {
		b.Fatalf("view: %v", err)
	}
}

// same checks what a method returned. Lists that are empty are the same as none.
func same[T any](t testing.TB, what string, want T) func(got T, err error) {
	return func(got T, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
			return
		}
		g, w := reflect.ValueOf(got), reflect.ValueOf(want)
		if g.Kind() == reflect.Slice && g.Len() == 0 && w.Len() == 0 {
			return
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
		}
	}
}

// none checks that a list is empty.
func none[T any](t testing.TB, what string) func([]T, error) {
	return func(got []T, err error) {
		t.Helper()
		if err != nil || len(got) > 0 {
			t.Errorf("%s: got %+v, %v", what, got, err)
		}
	}
}

// gone checks that a method found nothing.
func gone[T any](t testing.TB, what string) func(T, error) {
	return func(got T, err error) {
		t.Helper()
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: got %+v, %v", what, got, err)
		}
	}
}

// pages reads a list page by page as its callers do, and checks that no page is larger than asked for.
func pages[T any](t testing.TB, limit int, page func(last *T) ([]T, error)) ([]T, error) {
	var all []T
	var last *T
	for {
		some, err := page(last)
		if err != nil || len(some) == 0 {
			return all, err
		}
		if len(some) > limit {
			t.Errorf("a page of %d, limit %d", len(some), limit)
		}
		all = append(all, some...)
		last = &all[len(all)-1]
	}
}

// ids are what a careless key or query would mix up. All are UTF-8 without NUL, as every database can keep.
func ids() []string {
	return []string{"a", "a\x01", "a b", "a%", "a/b", "a:b", "a_", "a|b", "aa", "ab", "A", "b", " ", "'; drop table tracks; --",
		"<!channel>", "../a", "\x01", "é", "日本", "😀", "\u200b", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"}
}

func sortedIDs() []string { return slices.Sorted(slices.Values(ids())) }

func by[T any, K cmp.Ordered](key func(T) K) func(a, b T) int {
	return func(a, b T) int { return cmp.Compare(key(a), key(b)) }
}

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// pass moves the clock by d, which may be less than nothing.
func (b *bench) pass(d time.Duration) {
	b.Helper()
	b.clock.move(d)
	if b.db.Pass != nil {
		b.db.Pass(b, b.where, d)
	}
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func start() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 123456000, time.UTC) }

// at is a time that is n minutes from the start.
func at(n int) time.Time { return start().Add(time.Duration(n) * time.Minute) }

// fill returns a record in which no field is zero, to see that all come back.
func fill[T any]() T {
	var rec T
	n := 0
	fillValue(reflect.ValueOf(&rec).Elem(), &n)
	return rec
}

func fillValue(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString("text " + string(rune('a'+*n%26)) + " <b>&\"'\u202e\n")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Int8:
		v.SetInt(-1)
	case reflect.Uint8:
		v.SetUint(3) // which every enumeration has, but one
		if v.Type() == reflect.TypeFor[store.Visibility]() {
			v.SetUint(uint64(store.WithoutName))
		}
	case reflect.Uint64:
		v.SetUint(uint64(*n))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fillValue(v.Index(0), n)
		fillValue(v.Index(1), n)
	case reflect.Map:
		k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fillValue(k, n)
		fillValue(e, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(k, e)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(at(*n).Add(time.Duration(*n) * time.Microsecond)))
			return
		}
		for i := range v.NumField() {
			fillValue(v.Field(i), n)
		}
	}
}
