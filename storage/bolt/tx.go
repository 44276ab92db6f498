package bolt

import (
	"bytes"
	"fmt"
	"iter"
	"time"

	"go.etcd.io/bbolt"

	"github.com/interviewbot/interviewbot/bot/store"
)

const (
	errView  store.Error = "a View cannot write"
	errEmpty store.Error = "an identifier is empty"
	errFixed store.Error = "what identifies a record cannot be changed"
)

// bucket is one flat tree of the data file.
type bucket uint8

const (
	inMeta         bucket = iota // "format" → version
	inSpaces                     // space → Space
	inTracks                     // track → Track
	inChannels                   // channel, created → track
	inSpaceTracks                // space, created → track
	inDecks                      // track → Deck
	inSnapshots                  // hash → Snapshot
	inRounds                     // track, round → Round
	inSlots                      // track, slot → round
	inSkips                      // track, slot → Skip
	inAnswers                    // seq → Answer
	inRoundAnswers               // track, round, user → seq
	inTexts                      // block of answers → the first with a text, and when the earliest text was sent
	inMembers                    // track, user → Member
	inMemberships                // user, track → nothing
	inLedgers                    // track, user, entry number → Line
	inPeople                     // user → Person
	inSpacePeople                // space, user → nothing
	inDrafts                     // user, key → Draft
	inTasks                      // key → Task
	inDue                        // due, key → kind
	inValues                     // space, key → Value
	inLeases                     // name → Lease
	inSpans                      // platform, replica, from → Span
	buckets                      // how many there are
)

func (b bucket) String() string {
	return [buckets]string{"meta", "spaces", "tracks", "channel tracks", "space tracks", "decks", "snapshots", "rounds", "slots",
		"skips", "answers", "round answers", "texts", "members", "memberships", "ledgers", "people", "space people", "drafts",
		"tasks", "due", "values", "leases", "spans"}[b]
}

// tx is what one closure works on. It implements store.Tx; the methods are in the files named after the records.
type tx struct {
	bolt  *bbolt.Tx
	tools *tools
	now   time.Time
	wrote bool
}

// tools are shared by the closures of one transaction.
type tools struct {
	buckets [buckets]*bbolt.Bucket
	cursors [buckets]*bbolt.Cursor // for reading single records
	coder   coder
}

func newTx(t *bbolt.Tx, shared *tools, now time.Time) *tx {
	// Microseconds are what records keep, so a time from here is the same after a round trip.
	return &tx{bolt: t, tools: shared, now: now.UTC().Truncate(time.Microsecond)}
}

// Wrote is for the committer.
func (t *tx) Wrote() bool { return t.wrote }

func (t *tx) Now() time.Time { return t.now }

func (t *tx) in(b bucket) *bbolt.Bucket {
	if t.tools.buckets[b] == nil {
		in := t.bolt.Bucket([]byte(b.String()))
		if b == inAnswers {
			in.FillPercent = 1 // its keys only grow
		}
		t.tools.buckets[b] = in
	}
	return t.tools.buckets[b]
}

// get returns the value of a key, nil when it is not there. It is valid as long as the transaction.
func (t *tx) get(b bucket, k key) []byte {
	c := t.tools.cursors[b]
	if c == nil {
		c = t.in(b).Cursor()
		t.tools.cursors[b] = c
	}
	if found, value := c.Seek(k); bytes.Equal(found, k) {
		return value
	}
	return nil
}

// writing stands at the start of every writing method.
func (t *tx) writing(ids ...string) error {
	if !t.bolt.Writable() {
		return errView
	}
	for _, id := range ids {
		if id == "" {
			return errEmpty
		}
	}
	return nil
}

func (t *tx) put(b bucket, k key, value []byte) error {
	t.wrote = true
	if err := t.in(b).Put(k, value); err != nil {
		return fmt.Errorf("write to %s: %w", b, err)
	}
	return nil
}

func (t *tx) delete(b bucket, k key) error {
	t.wrote = true
	if err := t.in(b).Delete(k); err != nil {
		return fmt.Errorf("delete from %s: %w", b, err)
	}
	return nil
}

func (t *tx) has(b bucket, k key) bool { return t.get(b, k) != nil }

// load reads one record; store.ErrNotFound when it is not there.
func load[T any](t *tx, b bucket, k key, fields func(*coder, *T)) (T, error) {
	value := t.get(b, k)
	if value == nil {
		var none T
		return none, store.ErrNotFound
	}
	return parse(t, b, value, fields)
}

// find is load for what need not be there: then nil.
func find[T any](t *tx, b bucket, k key, fields func(*coder, *T)) (*T, error) {
	value := t.get(b, k)
	if value == nil {
		return nil, nil
	}
	rec, err := parse(t, b, value, fields)
	if err != nil {
		return nil, err
	}
	return &rec, nil
}

func parse[T any](t *tx, b bucket, value []byte, fields func(*coder, *T)) (T, error) {
	rec, err := decode(&t.tools.coder, fields, value)
	if err != nil {
		return rec, fmt.Errorf("read from %s: %w", b, err)
	}
	return rec, nil
}

func save[T any](t *tx, b bucket, k key, fields func(*coder, *T), rec *T) error {
	return t.put(b, k, encode(&t.tools.coder, fields, rec))
}

// up goes over the keys with the prefix in ascending order: all when start is the prefix, else those greater than start.
// Keys and values must not be kept beyond the transaction, and the bucket must not be written to meanwhile.
func (t *tx) up(b bucket, prefix, start key) iter.Seq2[key, []byte] {
	return func(yield func(key, []byte) bool) {
		c := t.in(b).Cursor()
		k, v := c.Seek(start)
		if len(start) > len(prefix) && bytes.Equal(k, start) {
			k, v = c.Next()
		}
		for ; k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
			if !yield(k, v) {
				return
			}
		}
	}
}

// down goes over the keys with the prefix that are less than end, in descending order.
func (t *tx) down(b bucket, prefix, end key) iter.Seq2[key, []byte] {
	return func(yield func(key, []byte) bool) {
		c := t.in(b).Cursor()
		k, v := c.Seek(end)
		if k == nil {
			k, v = c.Last()
		}
		for k != nil && bytes.Compare(k, end) >= 0 {
			k, v = c.Prev()
		}
		for ; k != nil && bytes.HasPrefix(k, prefix); k, v = c.Prev() {
			if !yield(k, v) {
				return
			}
		}
	}
}

// collect reads the records that seq goes over, at most limit of them; limit 0 = all.
func collect[T any](t *tx, b bucket, seq iter.Seq2[key, []byte], limit int, fields func(*coder, *T)) ([]T, error) {
	var all []T
	for _, value := range seq {
		rec, err := parse(t, b, value, fields)
		if err != nil {
			return nil, err
		}
		all = append(all, rec)
		if len(all) == limit {
			break
		}
	}
	return all, nil
}
