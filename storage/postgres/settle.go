package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/commit"
)

// When the connection is lost after COMMIT was sent, only the database knows whether it took place. So every transaction
// that writes also writes its number into the row of this copy among the writers. To learn the outcome, another connection
// writes to that row, too, which does two things. It waits for the lost transaction, if that is still at work with the row.
// And it makes it impossible that the lost transaction is only now about to come to the row: its snapshot is older than this
// change, so the database would refuse it (REPEATABLE READ and SERIALIZABLE do). Then the number in the row is the answer.

const (
	settleFor = 2 * time.Minute
	writerFor = 30 * 24 * time.Hour // rows of copies that have not written for so long are deleted
	eventsFor = 48 * time.Hour
	forgetAll = 10 * time.Minute // how often old events are deleted

	errUnsettled store.Error = "the connection to the database was lost while storing, and whether it was stored could not be found out"

	upsertWriter = `INSERT INTO writers (id, last, seen) VALUES ($1, $2, now()) ON CONFLICT (id) DO UPDATE SET seen = excluded.seen`
)

// mark adds the statement that notes that the transaction took place, and returns its number.
func (s *Store) mark(b *pgx.Batch) int64 {
	s.last++
	b.Queue(upsertWriter+", last = excluded.last", s.id, s.last)
	return s.last
}

// settle finds out whether the transaction of that number took place, after its reply was lost because of an error. It
// returns nil when it did, commit.Again when it did not, and else that this is not known.
func (s *Store) settle(n int64, lost error) error {
	ctx, cancel := context.WithTimeout(context.Background(), settleFor)
	defer cancel()
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		var last int64
		err := s.pool.QueryRow(ctx, upsertWriter+" RETURNING last", s.id, 0).Scan(&last)
		switch {
		case err == nil && last >= n:
			return nil
		case err == nil:
			return &commit.Again{Err: plain(lost)}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (%w)", errUnsettled, plain(errors.Join(lost, s.explain(err))))
		case <-time.After(wait/2 + rand.N(wait)):
		}
	}
}

// forget deletes events that are too old to matter, now and then. What it cannot do, another copy or the next time does.
func (s *Store) forget(ctx context.Context) {
	if time.Since(s.forgotten) < forgetAll {
		return
	}
	s.forgotten = time.Now()
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	s.pool.Exec(ctx, `DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < now() - $1::interval ORDER BY at LIMIT 20000)`, eventsFor)
}
