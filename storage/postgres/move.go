package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/interviewbot/interviewbot/bot/store"
)

// Dump implements store.Mover. It reads in one transaction beside the others, and holds none of them up.
func (s *Store) Dump(ctx context.Context, f func(store.Record) error) error {
	if s.closed.Load() {
		return store.ErrClosed
	}
	conn, err := s.acquire(ctx)
	if err != nil {
		return plain(err)
	}
	defer conn.Release()
	t, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return plain(s.explain(err))
	}
	defer t.Rollback(context.WithoutCancel(ctx)) // nothing was written
	// f may be slow; nobody waits for a transaction that only reads. On a server without the setting this is not needed.
	if _, err := t.Exec(ctx, "SELECT set_config(name, '0', true) FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'"); err != nil {
		return plain(s.explain(err))
	}
	var ended error // by f
	take := func(r store.Record) error { ended = f(r); return ended }
	for _, shelf := range s.records.all {
		if err := shelf.dump(ctx, t, take); err != nil && ended == nil {
			return plain(s.explain(err))
		} else if err != nil {
			return ended
		}
	}
	return nil
}

// dump goes over a table in the order of its primary key, a row at a time.
func (t *table[T]) dump(ctx context.Context, tx pgx.Tx, f func(store.Record) error) error {
	if t.stays {
		return nil
	}
	var order []string
	for _, p := range t.ways[0].parts {
		order = append(order, "t."+p.column)
	}
	rows, err := tx.Query(ctx, t.selects+" ORDER BY "+strings.Join(order, ", "))
	if err != nil {
		return err
	}
	return t.each(rows, func(r *T) error { return f(t.moves.out(r)) })
}

// moves is how records of a table leave the store and come into it.
type moves[T any] struct {
	out func(*T) store.Record
	in  func(store.Record) (r T, ok bool) // ok is false for a record of another kind
}

func movesAs[T, R any](out func(*T) R, in func(R) T) moves[T] {
	return moves[T]{out: func(r *T) store.Record { return out(r) }, in: func(record store.Record) (T, bool) {
		if r, ok := record.(R); ok {
			return in(r), true
		}
		var none T
		return none, false
	}}
}

// movesAsItIs is for records of the port's own types.
func movesAsItIs[T any]() moves[T] {
	return movesAs(func(r *T) T { return *r }, func(r T) T { return r })
}

func (t *table[T]) restore(tx *tx, record store.Record) (mine bool) {
	if t.stays {
		return false
	}
	r, mine := t.moves.in(record)
	if mine {
		save(tx, t, &r)
	}
	return mine
}

// Restore implements store.Mover. Where the database refuses a record the error is ErrRefused and names it.
func (s *Store) Restore(ctx context.Context, records []store.Record) error {
	err := s.restore(ctx, records, func(*tx) error { return nil })
	if errors.Is(err, ErrRefused) { // once more, each record by itself, to learn which
		var name string
		err = s.restore(ctx, records, func(t *tx) error {
			name = t.name()
			return t.flush()
		})
		if errors.Is(err, ErrRefused) {
			err = fmt.Errorf("%s: %w", name, err)
		}
	}
	return err
}

func (s *Store) restore(ctx context.Context, records []store.Record, each func(*tx) error) error {
	var last uint64
	for _, r := range records {
		if a, ok := r.(store.Answer); ok {
			last = max(last, a.Seq)
		}
	}
	return s.Update(ctx, func(t store.Tx) error {
		if last > 0 {
			// What this does stays when the transaction does not: done first, no answer is given a number twice, whenever this ends.
			_, err := t.(*tx).exec("SELECT setval('answer_numbers', greatest($1::bigint, (SELECT last_value FROM answer_numbers)))", int64(last))
			if err != nil {
				return err
			}
		}
		for _, r := range records {
			if err := t.(*tx).restore(r); err != nil {
				return fmt.Errorf("restore a record of kind %T: %w", r, err)
			}
			if err := each(t.(*tx)); err != nil {
				return err
			}
		}
		return nil
	})
}

// name is the table and the key of the record that was written last, when no other waits.
func (t *tx) name() string {
	for i := range t.own {
		if i.way > 0 {
			continue
		}
		name, _ := t.records().all[i.table].shape()
		name += ","
		for _, s := range []string{i.a, i.b} {
			if s != "" {
				name += fmt.Sprintf(" %q", s)
			}
		}
		if i.n != 0 {
			name += fmt.Sprintf(" %d", i.n)
		}
		return name
	}
	return ""
}

const errKind store.Error = "there is no such kind of record"

func (t *tx) restore(r store.Record) error {
	if err := t.writing(); err != nil {
		return err
	}
	for _, shelf := range t.records().all {
		if shelf.restore(t, r) {
			return nil
		}
	}
	return errKind
}
