package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// SERIALIZABLE alone makes the copies of the bot right, but not fast: PostgreSQL notes which pages of an index were read, so
// two copies that store answers to one round at one time nearly always seem to conflict, and one of them does all again
// (measured: three copies stored a fifth of what one did). So a copy that writes first takes its turn, with a lock on a table
// that nothing else uses, before the transaction's snapshot; then it works on what the others have committed. It is held for
// a transaction, which is as long as a batch; from a copy that is frozen the server takes it back (settings). Where the server
// does not know this lock, all goes on without.

const takeTurn = "LOCK TABLE turn IN EXCLUSIVE MODE"

// tryTurn finds out whether the server has the lock.
func (s *Store) tryTurn(ctx context.Context) {
	s.turns = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, takeTurn)
		return err
	}) == nil
}
