package postgres

import (
	"context"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
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
	return open(ctx, config, migrations, false)
}

// OpenAs is Open, or OpenToRead, of a program that has these migrations.
func OpenAs(ctx context.Context, url string, steps fs.FS, reading bool) (*Store, error) {
	config, err := configure(url)
	if err != nil {
		return nil, err
	}
	return open(ctx, config, steps, reading)
}

// Migrations are those of this program.
func Migrations() fs.FS { return migrations }

// ForgetNow makes the next Update delete events that are too old to matter. No Update may run meanwhile.
func (s *Store) ForgetNow() { s.forgotten = time.Time{} }

// Explained is what is said of an error with this code of the server.
func Explained(code string) error {
	s := &Store{address: "here"}
	return plain(s.explain(&pgconn.PgError{Code: code}))
}
