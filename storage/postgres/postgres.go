// Package postgres keeps the bot's records in PostgreSQL, for several copies of the bot at once, or in a database that
// speaks its protocol and SQL (CockroachDB, YugabyteDB). The tables are in migrations.
//
// Of SQL it uses: text with COLLATE "C", integers, boolean, bytea, timestamptz, jsonb as a whole, arrays of text and
// integer; PRIMARY KEY, UNIQUE, FOREIGN KEY, CHECK with IN, indexes with WHERE, one sequence, COMMENT ON; INSERT … SELECT … ON
// CONFLICT DO UPDATE, UPDATE … FROM, DELETE … USING, RETURNING, unnest of several arrays, WITH RECURSIVE, AS MATERIALIZED,
// row_number, generate_series, LATERAL, setval, set_config; SERIALIZABLE and REPEATABLE READ READ ONLY. No advisory locks, no LISTEN, no
// extensions, no triggers, no functions of its own, nothing deferred. LOCK TABLE and some settings are used where the server has them.
//
// The database's clock is the clock. An Update costs one turn to the server for each thing it reads after another, and one
// for all it writes with COMMIT; closures that share a transaction share the turns too (rehearsal.go).
//
// Unlike in the other store, a round must be stored after its track, a track after its space, an answer to a round after
// that round, and members, ledgers, decks and skips after their track: the tables have foreign keys.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/commit"
)

// patience is how long one exchange with the server may take before the connection counts as lost.
const patience = 30 * time.Second

// Store implements store.Store.
type Store struct {
	pool      *pgxpool.Pool
	address   string // host, port and name of the database, for sentences
	records   *records
	reading   bool // opened only to be read
	turns     bool // writers take turns
	committer *commit.Committer[*tx]
	closed    atomic.Bool

	// Of the committer alone:
	writer    *pgxpool.Conn // kept between transactions; nil when there is none
	id        string        // of this copy among the writers
	last      int64         // number of its last transaction
	forgotten time.Time     // when it last deleted events that are too old to matter
}

// View runs f beside other Views and Updates, on a connection of the pool, for which it waits as long as ctx lets it. f must
// not call the store. It may run f again when the connection was lost before anything was read.
func (s *Store) View(ctx context.Context, f func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for tries := 1; ; tries++ {
		if s.closed.Load() {
			return store.ErrClosed
		}
		early, err := s.view(ctx, f)
		var again *commit.Again
		if !errors.As(err, &again) || !early || tries == 3 || ctx.Err() != nil {
			return plain(err)
		}
	}
}

// view says too whether f came to its end before anything was read.
func (s *Store) view(ctx context.Context, f func(store.Tx) error) (early bool, err error) {
	conn, err := s.acquire(ctx)
	if err != nil {
		return true, err
	}
	defer conn.Release()
	t := newTransaction(s, ctx, conn)
	t.readOnly = true
	defer t.rollback() // nothing depends on it; a connection that it leaves in a transaction is closed
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("read the database: %w", &commit.Panic{Value: p, Stack: debug.Stack()})
		}
	}()
	err = f(t.next())
	if t.broken != nil && !errors.Is(err, t.broken) {
		err = t.broken // what f made of what it did not get means nothing
	}
	return !t.begun, err
}

// acquire takes a connection of the pool, for which it waits as long as ctx lets it.
func (s *Store) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	conn, err := s.pool.Acquire(ctx)
	if most := s.pool.Config().MaxConns; errors.Is(err, context.DeadlineExceeded) && s.pool.Stat().AcquiredConns() == most {
		return nil, fmt.Errorf("all %d connections to the database are in use: raise pool_max_conns in its address: %w", most, err)
	}
	return conn, s.explain(err)
}

// Update waits for the closures before it and shares a transaction with those that wait too. f must not call the store.
// While the database cannot be reached it waits for some seconds.
func (s *Store) Update(ctx context.Context, f func(store.Tx) error) error {
	return plain(s.committer.Do(ctx, func(t *tx) error { return t.run(f) }))
}

// plain takes off what only the committer needs to know.
func plain(err error) error {
	var again *commit.Again
	var blame *commit.Blame
	switch {
	case errors.As(err, &again) && err == error(again):
		return again.Err
	case errors.As(err, &blame) && err == error(blame):
		return blame.Err
	}
	return err
}

// Close finishes the Updates that wait and lets go of the database. It waits for Views.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	s.committer.Close()
	if s.writer != nil {
		s.writer.Release()
	}
	s.pool.Close()
	return nil
}

// begin is called by the committer, like all below.
func (s *Store) begin() (commit.Batch[*tx], error) {
	if s.reading {
		return nil, errView
	}
	ctx := context.Background()
	if s.writer == nil {
		wait, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		conn, err := s.acquire(wait)
		if err != nil {
			return nil, err
		}
		s.writer = conn
	}
	return newTransaction(s, ctx, s.writer), nil
}

// letGo ends the use of the connection after a transaction: it is kept for the next when it is whole.
func (s *Store) letGo() {
	if s.writer == nil {
		return
	}
	if c := s.writer.Conn(); !c.IsClosed() && c.PgConn().TxStatus() == 'I' {
		return
	}
	s.writer.Release()
	s.writer = nil
}
