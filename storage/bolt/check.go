package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"github.com/interviewbot/interviewbot/bot/store"
)

// Check reads a whole data file that no process is writing to: its pages, every record, and that each index has exactly the
// entries its records ask for. ErrBroken says what was found. It reads the file once, some 100 MB a second.
func Check(ctx context.Context, path string) error {
	if err := checkPages(ctx, path, true); err != nil {
		return fmt.Errorf("check %s: %w", path, err)
	}
	var db *bbolt.DB
	err := guard(func() (err error) {
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: lockWait})
		return err
	})
	if err != nil {
		return fmt.Errorf("open %s: %w", path, opening(err))
	}
	defer db.Close()
	err = guard(func() error {
		return db.View(func(t *bbolt.Tx) error { return checkRecords(ctx, t) })
	})
	if err != nil {
		return fmt.Errorf("check %s: %w", path, err)
	}
	return nil
}

func checkRecords(ctx context.Context, t *bbolt.Tx) error {
	if err := checkFormat(t); err != nil {
		return err
	}
	a := audit{tx: newTx(t, new(tools), time.Time{}), want: map[bucket]int{}}
	for _, part := range a.parts() {
		if err := errors.Join(ctx.Err(), part()); err != nil {
			return err
		}
	}
	return nil
}

// audit compares records and indexes. want counts the entries that an index must have.
type audit struct {
	*tx
	want map[bucket]int
}

// entry is one entry that an index must have because of a record.
type entry struct {
	in    bucket
	key   key
	value []byte
}

func (a *audit) parts() []func() error {
	yes := []byte{1}
	return []func() error{
		records(a, inSpaces, spaceFields, nil),
		records(a, inTracks, trackFields, func(r *store.Track) []entry {
			channel, space := trackKeys(r)
			return []entry{{inChannels, channel, []byte(r.ID)}, {inSpaceTracks, space, []byte(r.ID)}}
		}),
		records(a, inDecks, deckFields, nil),
		records(a, inSnapshots, snapshotFields, nil),
		records(a, inRounds, roundFields, func(r *store.Round) []entry {
			return []entry{{inSlots, newKey(r.Track, r.Slot), key(nil).num(uint64(r.No))}}
		}),
		records(a, inSkips, skipFields, nil),
		records(a, inAnswers, answerFields, func(r *store.Answer) []entry {
			if r.Track == "" {
				return nil
			}
			return []entry{{inRoundAnswers, roundAnswerKey(r.Track, r.Round, r.User), answerKey(r.Seq)}}
		}),
		a.texts,
		records(a, inMembers, memberFields, func(r *store.Member) []entry {
			return []entry{{inMemberships, newKey(r.User, r.Track), yes}}
		}),
		records(a, inLedgers, lineFields, nil),
		a.ledgers,
		records(a, inPeople, personFields, func(r *store.Person) []entry {
			return []entry{{inSpacePeople, newKey(r.Space, r.User), yes}}
		}),
		records(a, inDrafts, draftFields, nil),
		records(a, inTasks, taskFields, func(r *store.Task) []entry {
			return []entry{{inDue, dueKey(r.Due, r.Key), newKey(r.Kind)}}
		}),
		records(a, inValues, valueFields, nil),
		records(a, inLeases, leaseFields, nil),
		records(a, inSpans, spanFields, nil),
		a.counts,
	}
}

func records[T any](a *audit, b bucket, fields func(*coder, *T), index func(*T) []entry) func() error {
	return func() error {
		for k, value := range a.up(b, nil, nil) {
			rec, err := parse(a.tx, b, value, fields)
			if err != nil {
				return fmt.Errorf("%w (%v, under %q)", ErrBroken, err, k)
			}
			if index == nil {
				continue
			}
			for _, e := range index(&rec) {
				a.want[e.in]++
				if !bytes.Equal(a.get(e.in, e.key), e.value) {
					return fmt.Errorf("%w (%s does not match %s %q)", ErrBroken, e.in, b, k)
				}
			}
		}
		return nil
	}
}

// counts finds entries of indexes whose record is gone.
func (a *audit) counts() error {
	for _, b := range []bucket{inChannels, inSpaceTracks, inSlots, inRoundAnswers, inMemberships, inSpacePeople, inDue, inTexts} {
		have := 0
		for range a.up(b, nil, nil) {
			have++
		}
		if have != a.want[b] {
			return fmt.Errorf("%w (%s has %d entries for %d records)", ErrBroken, b, have, a.want[b])
		}
	}
	return nil
}

func (a *audit) texts() error {
	last := uint64(0)
	for k, value := range a.up(inAnswers, nil, nil) {
		answer, err := parse(a.tx, inAnswers, value, answerFields)
		if err != nil {
			return err
		}
		if seq, _ := cutNum(k); seq != answer.Seq {
			return fmt.Errorf("%w (answer %d is number %d)", ErrBroken, seq, answer.Seq)
		}
		if answer.Text == "" {
			continue
		}
		if n := answer.Seq/blockSize + 1; n != last {
			last = n
			a.want[inTexts]++
		}
		if b, ok := a.block(answer.Seq); !ok || b.first > answer.Seq || b.sent.After(answer.Sent) {
			return fmt.Errorf("%w (%s does not match answer %d)", ErrBroken, inTexts, answer.Seq)
		}
	}
	return nil
}

// ledgers finds numbers that are missing between two lines.
func (a *audit) ledgers() error {
	var before key
	for k := range a.up(inLedgers, nil, nil) {
		no, _ := cutNum(k[len(k)-8:])
		if whose := k[:len(k)-8]; bytes.Equal(whose, before) {
			if !a.has(inLedgers, append(bytes.Clone(whose), key(nil).num(no-1)...)) {
				return fmt.Errorf("%w (line %d of ledger %q is missing)", ErrBroken, no-1, whose)
			}
		} else {
			before = bytes.Clone(whose)
		}
	}
	return nil
}
