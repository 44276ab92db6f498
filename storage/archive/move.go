package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

const (
	batchMost = 500      // records restored together: larger batches bloat a data file's list of free pages
	markKey   = "moving" // how far a move has come, as a value of the target in no space
)

const (
	// ErrInUse: the target has records of its own.
	ErrInUse Error = "the target is in use: it has records already; choose an empty one"
	// ErrOther: the target was begun from something else, or the source has changed since.
	ErrOther Error = "the target was begun from another source, or the source has changed since: empty the target and begin again"
	// ErrDiffer: what arrived is not what was sent.
	ErrDiffer Error = "what arrived is not what the source holds now (was it in use meanwhile?): stop what uses it, empty the target and begin again"
	// ErrCannot: the store cannot be moved.
	ErrCannot Error = "this kind of store cannot be moved"
)

// Target is a store that records are moved into.
type Target interface {
	store.Store
	store.Mover
}

// mark is how far a move has come.
type mark struct {
	Source string    `json:"source"` // Sums.Hash of all that is to come
	Done   int       `json:"done"`   // records that are there
	Began  time.Time `json:"began"`
}

// Source is where records come from: the same ones each time it is called.
type Source func(ctx context.Context, f func(store.Record) error) error

// FromStore is what a store holds, with the events that Summed counts.
func FromStore(s store.Mover, now time.Time) Source {
	return func(ctx context.Context, f func(store.Record) error) error {
		_, err := walk(ctx, s, now, nil, func(r store.Record, _ []byte) error { return f(r) })
		return err
	}
}

// FromArchive is what an archive holds; open begins at its first byte each time.
func FromArchive(open func() (io.ReadCloser, error)) Source {
	return func(ctx context.Context, f func(store.Record) error) error {
		in, err := open()
		if err != nil {
			return err
		}
		_, _, err = Read(ctx, in, f)
		return errors.Join(err, in.Close())
	}
}

// Began returns the now of the move that was left unfinished in the target; ok is false when there is none.
func Began(ctx context.Context, to store.Store) (began time.Time, ok bool, err error) {
	m, ok, err := readMark(ctx, to)
	return m.Began, ok, err
}

// Move brings all records of a source, whose sums are known, into a store that is empty or was left in the middle of the same move;
// it goes on where that stopped. now is that of Summed, the zero time for an archive; of a move that is gone on with, what Began
// says. progress is called with how many records are there. The move is unfinished until Finish.
func Move(ctx context.Context, from Source, sums Sums, to Target, now time.Time, progress Progress) error {
	m, begun, err := readMark(ctx, to)
	if err != nil {
		return err
	}
	switch {
	case begun && m.Source != sums.Hash():
		return ErrOther
	case !begun:
		if err := Empty(ctx, to); err != nil {
			return err
		}
		m = mark{Source: sums.Hash(), Began: now}
	}
	return fill(ctx, from, to, m, progress)
}

// Finish ends a move when the target holds what the source does; else it returns ErrDiffer. sums are those of the source, read again
// after Move, for the source may have been written to, and now is that of these sums: events have grown too old meanwhile.
func Finish(ctx context.Context, to Target, sums Sums, now time.Time, progress Progress) error {
	got, err := Summed(ctx, to, now, progress)
	if err != nil {
		return fmt.Errorf("read the target again: %w", err)
	}
	if kinds := sums.Differ(got); len(kinds) > 0 {
		return fmt.Errorf("%w: %v", ErrDiffer, kinds)
	}
	return to.Update(ctx, func(tx store.Tx) error { return tx.PutValue("", markKey, nil) })
}

// fill restores the records behind the first m.Done, each batch together with the mark.
func fill(ctx context.Context, from Source, to Target, m mark, progress Progress) error {
	var batch []store.Record
	seen := 0
	flush := func() error {
		m.Done += len(batch)
		data, err := json.Marshal(m)
		if err != nil {
			return err
		}
		batch = append(batch, store.SpaceValue{Value: store.Value{Key: markKey, Data: data}})
		if err := to.Restore(ctx, batch); err != nil {
			return fmt.Errorf("move the records up to %d: %w", m.Done, err)
		}
		batch = batch[:0]
		if progress != nil {
			progress(m.Done)
		}
		return nil
	}
	err := from(ctx, func(r store.Record) error {
		if seen++; seen <= m.Done {
			return nil
		}
		if batch = append(batch, r); len(batch) < batchMost {
			return nil
		}
		seen := seen
		err := flush()
		if err == nil && m.Done != seen {
			err = fmt.Errorf("counted %d records and moved %d", seen, m.Done)
		}
		return err
	})
	if err != nil {
		return err
	}
	return flush()
}

// Empty says whether a store has no records: nil, or ErrInUse.
func Empty(ctx context.Context, s store.Mover) error {
	const something Error = "there is something"
	err := s.Dump(ctx, func(store.Record) error { return something })
	if errors.Is(err, something) {
		return ErrInUse
	}
	return err
}

func readMark(ctx context.Context, s store.Store) (m mark, ok bool, err error) {
	err = s.View(ctx, func(tx store.Tx) error {
		data, err := tx.Value("", markKey)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil {
			ok, err = true, json.Unmarshal(data, &m)
		}
		return err
	})
	if err != nil {
		return m, false, fmt.Errorf("read how far the target has come: %w", err)
	}
	return m, ok, nil
}
