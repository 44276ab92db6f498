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
	// f may be slow; nobody waits for a transaction that only reads. On a server without the setting this is not needed.
	if _, err := conn.Exec(ctx, "SET idle_in_transaction_session_timeout = 0"); err == nil {
		defer settings(context.WithoutCancel(ctx), conn.Conn()) // an error closes the connection
	}
	t, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return plain(s.explain(err))
	}
	defer t.Rollback(context.WithoutCancel(ctx)) // nothing was written
	r := s.records
	for _, dump := range []func() error{
		func() error { return dump(ctx, s, t, r.spaces, f, asIt[store.Space]) }, func() error { return dump(ctx, s, t, r.tracks, f, asIt[store.Track]) },
		func() error { return dump(ctx, s, t, r.decks, f, asIt[store.Deck]) }, func() error { return dump(ctx, s, t, r.snapshots, f, asIt[store.Snapshot]) },
		func() error { return dump(ctx, s, t, r.rounds, f, asIt[store.Round]) }, func() error { return dump(ctx, s, t, r.skips, f, asIt[store.Skip]) },
		func() error { return dump(ctx, s, t, r.answers, f, asIt[store.Answer]) }, func() error { return dump(ctx, s, t, r.members, f, asIt[store.Member]) },
		func() error {
			return dump(ctx, s, t, r.ledger, f, func(l *line) store.Record { return store.LedgerLine{Track: l.track, User: l.user, Entry: l.Entry} })
		},
		func() error { return dump(ctx, s, t, r.people, f, asIt[store.Person]) }, func() error { return dump(ctx, s, t, r.drafts, f, asIt[store.Draft]) },
		func() error { return dump(ctx, s, t, r.tasks, f, asIt[store.Task]) },
		func() error {
			return dump(ctx, s, t, r.values, f, func(v *value) store.Record {
				v.Data = notNil(v.Data)
				return store.SpaceValue{Space: v.space, Value: v.Value}
			})
		},
		func() error {
			return dump(ctx, s, t, r.events, f, func(e *event) store.Record { return store.Handled{Event: e.id, At: e.at} })
		},
		func() error {
			return dump(ctx, s, t, r.uptime, f, func(p *span) store.Record {
				return store.Stamped{Platform: p.platform, Replica: p.replica, Span: p.Span}
			})
		},
	} {
		if err := dump(); err != nil {
			return err
		}
	}
	return nil
}

func asIt[T any](r *T) store.Record { return *r }

// dump goes over a table in the order of its primary key, a row at a time.
func dump[T any](ctx context.Context, s *Store, tx pgx.Tx, t *table[T], f func(store.Record) error, as func(*T) store.Record) error {
	var order []string
	for _, p := range t.ways[0].parts {
		order = append(order, "t."+p.column)
	}
	rows, err := tx.Query(ctx, t.selects+" ORDER BY "+strings.Join(order, ", "))
	if err != nil {
		return plain(s.explain(err))
	}
	defer rows.Close()
	targets := make([]any, len(t.columns))
	for rows.Next() {
		r := new(T)
		for i, c := range t.columns {
			targets[i] = c.target(r)
		}
		if err := rows.Scan(targets...); err != nil {
			return fmt.Errorf("read from %s: %w", t.name, err)
		}
		if err := f(as(r)); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return plain(s.explain(err))
	}
	return nil
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
	all := t.records()
	switch r := r.(type) {
	case store.Space:
		save(t, all.spaces, &r)
	case store.Track:
		save(t, all.tracks, &r)
	case store.Deck:
		save(t, all.decks, &r)
	case store.Snapshot:
		save(t, all.snapshots, &r)
	case store.Round:
		save(t, all.rounds, &r)
	case store.Skip:
		save(t, all.skips, &r)
	case store.Answer:
		save(t, all.answers, &r)
	case store.Member:
		save(t, all.members, &r)
	case store.LedgerLine:
		save(t, all.ledger, &line{r.Track, r.User, r.Entry})
	case store.Person:
		save(t, all.people, &r)
	case store.Draft:
		save(t, all.drafts, &r)
	case store.Task:
		save(t, all.tasks, &r)
	case store.SpaceValue:
		save(t, all.values, &value{r.Space, store.Value{Key: r.Key, Data: notNil(r.Data)}})
	case store.Handled:
		save(t, all.events, &event{r.Event, r.At})
	case store.Stamped:
		save(t, all.uptime, &span{r.Platform, r.Replica, r.Span})
	default:
		return errKind
	}
	return nil
}
