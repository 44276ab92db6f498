package postgres

import "github.com/jackc/pgx/v5/pgxpool"

// Pool lets the benchmarks use the store's own connections.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }
