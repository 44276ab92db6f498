package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/interviewbot/interviewbot/bot/store"
)

// Dump implements store.Mover. It reads beside the Updates, which it does not hold up; the file grows meanwhile.
func (s *Store) Dump(ctx context.Context, f func(store.Record) error) error {
	return s.View(ctx, func(t store.Tx) error {
		return t.(*tx).dump(ctx, f)
	})
}

// Restore implements store.Mover.
func (s *Store) Restore(ctx context.Context, records []store.Record) error {
	return s.Update(ctx, func(t store.Tx) error {
		for _, r := range records {
			if err := t.(*tx).restore(r); err != nil {
				return fmt.Errorf("restore a record of kind %T: %w", r, err)
			}
		}
		return nil
	})
}

func (t *tx) dump(ctx context.Context, f func(store.Record) error) error {
	for _, kind := range []func(func(store.Record) error) error{
		plain(t, inSpaces, spaceFields), plain(t, inTracks, trackFields), plain(t, inDecks, deckFields), plain(t, inSnapshots, snapshotFields),
		plain(t, inRounds, roundFields), plain(t, inSkips, skipFields), plain(t, inAnswers, answerFields), plain(t, inMembers, memberFields),
		t.dumpLedgers, plain(t, inPeople, personFields), plain(t, inDrafts, draftFields), plain(t, inTasks, taskFields), t.dumpValues, t.dumpHandled, t.dumpStamped,
	} {
		n := 0
		err := kind(func(r store.Record) error {
			if n++; n%1000 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			return f(r)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// plain dumps a bucket whose values hold all of their records.
func plain[T any](t *tx, b bucket, fields func(*coder, *T)) func(func(store.Record) error) error {
	return func(f func(store.Record) error) error {
		return each(t, b, fields, func(_ key, r T) error { return f(r) })
	}
}

func each[T any](t *tx, b bucket, fields func(*coder, *T), f func(key, T) error) error {
	for k, value := range t.up(b, nil, nil) {
		r, err := parse(t, b, value, fields)
		if err == nil {
			err = f(k, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) dumpLedgers(f func(store.Record) error) error {
	return each(t, inLedgers, lineFields, func(k key, l store.Line) error {
		track, rest := cutStr(k)
		user, rest := cutStr(rest)
		no, _ := cutNum(rest)
		return f(store.LedgerLine{Track: track, User: user, Entry: store.Entry{No: int(no), Line: l}})
	})
}

func (t *tx) dumpValues(f func(store.Record) error) error {
	return each(t, inValues, valueFields, func(k key, v store.Value) error {
		space, _ := cutStr(k)
		v.Data = notNil(v.Data)
		return f(store.SpaceValue{Space: space, Value: v})
	})
}

func (t *tx) dumpStamped(f func(store.Record) error) error {
	return each(t, inSpans, spanFields, func(k key, s store.Span) error {
		platform, rest := cutStr(k)
		replica, _ := cutStr(rest)
		return f(store.Stamped{Platform: platform, Replica: replica, Span: s})
	})
}

// dumpHandled puts the events of all days in one order; the latest time of each counts.
func (t *tx) dumpHandled(f func(store.Record) error) error {
	latest := map[string]store.Handled{}
	for name := range t.days() {
		c := t.bolt.Bucket(name).Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			if len(v) != 8 {
				return fmt.Errorf("read the events of %q: %w", name, errDamaged)
			}
			if h := (store.Handled{Event: string(k), At: microTime(v)}); h.At.After(latest[h.Event].At) {
				latest[h.Event] = h
			}
		}
	}
	all := make([]store.Handled, 0, len(latest))
	for _, h := range latest {
		all = append(all, h)
	}
	slices.SortFunc(all, func(x, y store.Handled) int { return strings.Compare(x.Event, y.Event) })
	for _, h := range all {
		if err := f(h); err != nil {
			return err
		}
	}
	return nil
}

// days goes over the names of the buckets of events.
func (t *tx) days() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		c := t.bolt.Cursor()
		for name, _ := c.Seek([]byte(oncePrefix)); bytes.HasPrefix(name, []byte(oncePrefix)); name, _ = c.Next() {
			if !yield(name) {
				return
			}
		}
	}
}

// restore stores one record with all that its indexes need.
func (t *tx) restore(r store.Record) error {
	switch r := r.(type) {
	case store.Space:
		return t.PutSpace(r)
	case store.Track:
		return t.PutTrack(r)
	case store.Deck:
		return t.PutDeck(r)
	case store.Snapshot:
		return t.PutSnapshot(r)
	case store.Round:
		if t.has(inRounds, roundKey(r.Track, r.No)) {
			return t.PutRound(r)
		}
		return t.AddRound(r)
	case store.Skip:
		return save(t, inSkips, newKey(r.Track, r.Slot), skipFields, &r)
	case store.Answer:
		return t.restoreAnswer(r)
	case store.Member:
		return t.PutMember(r)
	case store.LedgerLine:
		return save(t, inLedgers, newKey(r.Track, r.User).num(uint64(r.No)), lineFields, &r.Line)
	case store.Person:
		return t.PutPerson(r)
	case store.Draft:
		return t.PutDraft(r)
	case store.Task:
		return t.PutTask(r)
	case store.SpaceValue:
		return t.PutValue(r.Space, r.Key, notNil(r.Data))
	case store.Handled:
		return t.restoreHandled(r)
	case store.Stamped:
		return save(t, inSpans, newKey(r.Platform, r.Replica).at(r.From), spanFields, &r.Span)
	}
	return errKind
}

const errKind store.Error = "there is no such kind of record"

func (t *tx) restoreAnswer(a store.Answer) error {
	if err := t.writing(a.User); err != nil {
		return err
	}
	if a.Seq == 0 {
		return errEmpty
	}
	old, err := t.Answer(a.Seq)
	if err == nil {
		return t.replaceAnswer(&old, &a)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	in := t.in(inAnswers)
	if in.Sequence() < a.Seq {
		t.wrote = true
		if err := in.SetSequence(a.Seq); err != nil {
			return fmt.Errorf("number an answer: %w", err)
		}
	}
	if a.Track != "" {
		if err := t.put(inRoundAnswers, roundAnswerKey(a.Track, a.Round, a.User), answerKey(a.Seq)); err != nil {
			return err
		}
	}
	if err := save(t, inAnswers, answerKey(a.Seq), answerFields, &a); err != nil {
		return err
	}
	return t.noteText(nil, &a)
}

func (t *tx) restoreHandled(h store.Handled) error {
	if err := t.writing(h.Event); err != nil {
		return err
	}
	t.wrote = true
	day, err := t.bolt.CreateBucketIfNotExists([]byte(oncePrefix + h.At.UTC().Format(onceDay)))
	if err != nil {
		return fmt.Errorf("make room for a day's events: %w", err)
	}
	return day.Put([]byte(h.Event), binary.BigEndian.AppendUint64(nil, uint64(h.At.UnixMicro())))
}
