package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/commit"
)

const (
	// ErrReadOnly: the database lets nobody write; it is a replica, or was set so.
	ErrReadOnly store.Error = "the database can only be read (is it a replica?): give the address of one that takes writes"
	// ErrPooler: connections change behind the bot's back.
	ErrPooler store.Error = "a pooler between the bot and the database gives connections to others after each transaction: let it keep them for the session (pool_mode = session), or add default_query_exec_mode=exec to the address"
	// ErrRefused: a record is not such that the database can hold it: a zero byte in a text, a number that is too large, a
	// track or round that is not there. Trying again is of no use.
	ErrRefused store.Error = "the database refuses a record"
)

// explain turns what the driver says into what the port and the committer know, with a sentence that says what to do. See
// https://www.postgresql.org/docs/current/errcodes-appendix.html for the codes.
func (s *Store) explain(err error) error {
	var known *pgconn.PgError
	var again *commit.Again
	var blame *commit.Blame
	var own store.Error
	switch {
	case err == nil, errors.As(err, &again), errors.As(err, &blame), errors.Is(err, ErrUpgrade):
		return err
	case errors.As(err, &known):
		return s.explainCode(known)
	case errors.As(err, &own): // says what is the matter already
		return err
	case s.closed.Load():
		return store.ErrClosed
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return &commit.Again{Err: fmt.Errorf("the database at %s does not answer: %w", s.address, tries(err))}
	}
	return &commit.Again{Err: fmt.Errorf("the connection to the database at %s failed: is the server running, and is its address right? %w", s.address, tries(err))}
}

// tries puts what failed to connect into one line, each thing once: the driver has one for every try, with TLS and without.
func tries(err error) error {
	var connect *pgconn.ConnectError
	if !errors.As(err, &connect) {
		return err
	}
	lines := strings.Split(connect.Error(), "\n\t")
	return errors.New(strings.TrimSpace(lines[0] + " " + strings.Join(slices.Compact(lines[1:]), "; ")))
}

func (s *Store) explainCode(err *pgconn.PgError) error {
	switch code := err.Code; {
	case code == "53100": // disk_full
		return fmt.Errorf("write to the database at %s: %w (%w)", s.address, store.ErrFull, err)
	case code == "25006": // read_only_sql_transaction
		return fmt.Errorf("write to the database at %s: %w", s.address, ErrReadOnly)
	case code == "40001", code == "40P01", code == "55P03": // serialization_failure, deadlock_detected, lock_not_available
		return &commit.Again{Err: fmt.Errorf("too many at once change the same records: %w", err)}
	case code == "23505": // unique_violation, of what was not there when it was looked for
		return &commit.Again{Err: fmt.Errorf("somebody else stored the same record: %w", err)}
	case strings.HasPrefix(code, "22"), strings.HasPrefix(code, "23"): // data, constraints
		return &commit.Blame{Err: fmt.Errorf("%w: %w%s", ErrRefused, err, missing(err))}
	case code == "28P01", strings.HasPrefix(code, "28"):
		return fmt.Errorf("the database at %s does not let this user in: check user name and password, and the server's pg_hba.conf: %w", s.address, err)
	case code == "3D000": // invalid_catalog_name
		return fmt.Errorf("there is no such database at %s: make it with createdb, or give the name of another: %w", s.address, err)
	case code == "42501": // insufficient_privilege
		return fmt.Errorf("the user may not do this in the database at %s: let it own the database, or grant it CREATE on the schema (to make a backup, SELECT on all tables is enough): %w", s.address, err)
	case code == "53300": // too_many_connections
		return &commit.Again{Err: fmt.Errorf("the database at %s takes no more connections: raise max_connections there, or give fewer to each copy with pool_max_conns in the address: %w", s.address, err)}
	case code == "42P05", code == "26000": // duplicate_prepared_statement, invalid_sql_statement_name
		return fmt.Errorf("%w: %w", ErrPooler, err)
	case code == "42P01", code == "42703", code == "42804", code == "42P10": // a table, a column, a key is not there, or of another type
		return fmt.Errorf("the tables in the database at %s are not as this program made them: %w", s.address, err)
	case strings.HasPrefix(code, "57"), strings.HasPrefix(code, "08"), code == "25P02", code == "25P03", code == "0A000":
		return &commit.Again{Err: fmt.Errorf("the database at %s ended the connection: %w", s.address, err)}
	}
	return fmt.Errorf("use the database at %s: %w", s.address, err)
}

// missing is what a foreign key found missing. The details of other errors hold whole rows.
func missing(err *pgconn.PgError) string {
	if err.Code != "23503" { // foreign_key_violation
		return ""
	}
	return ": " + err.Detail
}

// unknown says whether the server itself does not know if a transaction took place, as one of several machines may not.
func unknown(err error) bool {
	var known *pgconn.PgError
	return errors.As(err, &known) && (known.Code == "40003" || known.Code == "08007") // statement_completion_unknown, transaction_resolution_unknown
}
