package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Pool lets the benchmarks use the store's own connections.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// OpenTraced is Open with somebody who sees all statements.
func OpenTraced(ctx context.Context, url string, tracer pgx.QueryTracer) (*Store, error) {
	config, err := configure(url)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.Tracer = tracer
	return open(ctx, config)
}

// ForgetNow makes the next Update delete events that are too old to matter. No Update may run meanwhile.
func (s *Store) ForgetNow() { s.forgotten = time.Time{} }
