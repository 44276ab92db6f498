package postgres

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/commit"
)

const (
	// ErrAddress: the address of the database cannot be understood. It is not repeated: there may be a password in it.
	ErrAddress store.Error = "the address of the database cannot be read: it has the form postgres://USER:PASSWORD@HOST:PORT/DATABASE, with % codes for special characters in the password"
	// ErrNewer: a later version of this program has changed the tables.
	ErrNewer store.Error = "the database was used by a later version of this program: use that version or a later one"
	// ErrOlder: the tables are of an earlier version of this program, and were opened only to be read.
	ErrOlder store.Error = "an earlier version of this program made the tables of the database: use that version, or let this one start once, which brings them up to date"
	// ErrNoTables: the database was opened only to be read, and there is nothing in it.
	ErrNoTables store.Error = "the database has no tables of this program"
	// ErrUpgrade: the tables could not be made, or brought up to date.
	ErrUpgrade store.Error = "the upgrade of the database failed, and what it did was taken back"
	// ErrChanged: the tables are not as this program made them.
	ErrChanged store.Error = "somebody changed the tables of the database"
	// ErrNumbers: a later answer could have a lower number than an earlier one.
	ErrNumbers store.Error = "the sequence answer_numbers gives each connection numbers in advance: set its CACHE to 1 (and ysql_sequence_cache_minval to 0 on YugabyteDB)"

	connections = 16 // at most, where the address does not say
)

//go:embed migrations/*.sql
var migrations embed.FS

// Open connects to the database that url names, brings its tables up to date, under a lock when several copies start at
// once, and checks them. Each failure is a sentence that says what to do, without the password.
func Open(ctx context.Context, url string) (*Store, error) {
	config, err := configure(url)
	if err != nil {
		return nil, err
	}
	return open(ctx, config, migrations, false)
}

// OpenToRead is Open for a user who may only SELECT, or a server that only reads: it makes and changes nothing, and so fails
// where there are no tables, or older ones. Updates fail.
func OpenToRead(ctx context.Context, url string) (*Store, error) {
	config, err := configure(url)
	if err != nil {
		return nil, err
	}
	return open(ctx, config, migrations, true)
}

// MayMake tries whether tables can be made in the database that url names, and takes back what it tried.
func MayMake(ctx context.Context, url string) error {
	config, err := configure(url)
	if err != nil {
		return err
	}
	s := &Store{address: address(config)}
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return plain(s.explain(err))
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, "BEGIN; CREATE TABLE turn (id integer PRIMARY KEY); ROLLBACK")
	return plain(s.explain(err))
}

func address(config *pgxpool.Config) string {
	c := config.ConnConfig
	return net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port))) + "/" + c.Database
}

func open(ctx context.Context, config *pgxpool.Config, steps fs.FS, reading bool) (*Store, error) {
	s := &Store{address: address(config), records: newRecords(), reading: reading, id: rand.Text(), forgotten: time.Now()}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", ErrAddress)
	}
	s.pool = pool
	if err := s.start(ctx, steps); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open the store: %w", plain(s.explain(err)))
	}
	s.committer = commit.New(s.begin)
	return s, nil
}

func configure(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", ErrAddress)
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = connections
	}
	config.MaxConns = max(2, config.MaxConns) // Updates keep one
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "interviewbot"
	}
	config.AfterConnect = settings
	return config, nil
}

// settings are what a database need not know: then it works all the same.
func settings(ctx context.Context, conn *pgx.Conn) error {
	for _, set := range []string{
		// A copy that is frozen in the middle of a transaction must not hold the others up for long.
		"SET idle_in_transaction_session_timeout = '5s'",
		// While a table is small, reading all of it looks cheaper than its index; but SERIALIZABLE then takes every write to
		// the table for a conflict. And what is planned while it is small is still used when it is large.
		"SET enable_seqscan = off",
		"SET jit = off",
		// Planning takes longer than all the rest of a query by key.
		"SET plan_cache_mode = force_generic_plan",
	} {
		if _, err := conn.Exec(ctx, set); err != nil && conn.IsClosed() {
			return err
		}
	}
	return nil
}

func (s *Store) start(ctx context.Context, steps fs.FS) error {
	if _, err := s.inTurn(ctx, "SELECT 1::bigint"); err != nil {
		return err
	}
	if err := s.migrate(ctx, steps); err != nil {
		return err
	}
	if err := s.check(ctx); err != nil || s.reading {
		return err
	}
	if err := s.tryNumbers(ctx); err != nil {
		return err
	}
	s.tryTurn(ctx)
	b := new(pgx.Batch)
	b.Queue("DELETE FROM writers WHERE seen < now() - $1::interval", writerFor)
	b.Queue(upsertWriter, s.id, 0)
	return s.pool.SendBatch(ctx, b).Close()
}

// inTurn asks for a number on two connections, and on the first again. A pooler that gives connections away between transactions
// then says that the statement is there already, which is better heard now than in the midst of work.
func (s *Store) inTurn(ctx context.Context, sql string) (numbers [3]int64, err error) {
	var both [2]*pgxpool.Conn
	for i := range both {
		if both[i], err = s.pool.Acquire(ctx); err != nil {
			return numbers, err
		}
		defer both[i].Release()
	}
	for i := range numbers {
		if err := both[i%2].QueryRow(ctx, sql).Scan(&numbers[i]); err != nil {
			return numbers, err
		}
	}
	return numbers, nil
}

// tryNumbers finds out whether connections draw numbers one after another, or each from a stock of its own.
func (s *Store) tryNumbers(ctx context.Context) error {
	numbers, err := s.inTurn(ctx, "SELECT nextval('answer_numbers')")
	if err == nil && !slices.IsSorted(numbers[:]) {
		err = ErrNumbers
	}
	return err
}

// migrate brings the tables up to date. goose is used because it is well kept, takes an embedded folder and pgx by way of
// database/sql, and can lock with a row of a table, which needs no advisory locks.
func (s *Store) migrate(ctx context.Context, steps fs.FS) error {
	folder, err := fs.Sub(steps, "migrations")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresTableLocker(lock.WithTableLockTimeout(200*time.Millisecond, 1500))
	if err != nil {
		return err
	}
	db := stdlib.OpenDBFromPool(s.pool)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, folder, goose.WithLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	sources := provider.ListSources()
	newest := sources[len(sources)-1].Version
	version, err := s.version(ctx)
	switch {
	case err != nil:
		return err
	case version > newest:
		return fmt.Errorf("%w (its tables have version %d, this program knows %d)", ErrNewer, version, newest)
	case version == newest:
		return nil
	case s.reading && version == 0:
		return fmt.Errorf("%w: is %s the right one?", ErrNoTables, s.address)
	case s.reading:
		return fmt.Errorf("%w (they have version %d, this program reads %d)", ErrOlder, version, newest)
	}
	_, err = provider.Up(ctx)
	var failed *goose.PartialError
	if errors.As(err, &failed) {
		return fmt.Errorf("%w: its tables could not be brought to version %d: %w", ErrUpgrade, failed.Failed.Source.Version, plain(s.explain(failed.Err)))
	}
	if err != nil {
		return fmt.Errorf("bring the tables up to date: %w", err)
	}
	return nil
}

// version is that of the tables, 0 when there are none.
func (s *Store) version(ctx context.Context) (int64, error) {
	var version int64
	err := s.pool.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&version)
	var missing *pgconn.PgError
	if errors.As(err, &missing) && missing.Code == "42P01" {
		return 0, nil
	}
	return version, err
}

// check compares the columns that are there with those that are used. More of them do no harm.
func (s *Store) check(ctx context.Context) error {
	rows, err := s.pool.Query(ctx, `SELECT table_name, column_name, CASE data_type WHEN 'ARRAY' THEN CASE udt_name WHEN '_text' THEN 'text[]' ELSE 'integer[]' END
		WHEN 'timestamp with time zone' THEN 'timestamptz' ELSE data_type END FROM information_schema.columns WHERE table_schema = current_schema()`)
	if err != nil {
		return err
	}
	there := map[[2]string]string{}
	var name, column, kind string
	if _, err := pgx.ForEachRow(rows, []any{&name, &column, &kind}, func() error {
		there[[2]string{name, column}] = kind
		return nil
	}); err != nil {
		return err
	}
	wider := map[string][]string{"smallint": {"integer", "bigint"}, "integer": {"bigint"}} // CockroachDB's INTEGER has 64 bits
	for _, shelf := range s.records.all {
		name, columns := shelf.shape()
		for _, c := range columns {
			switch kind, ok := there[[2]string{name, c[0]}]; {
			case !ok:
				return fmt.Errorf("%w: column %s of table %s is missing, or this user may not read it: put it back, or restore a backup", ErrChanged, c[0], name)
			case kind != c[1] && !slices.Contains(wider[c[1]], kind):
				return fmt.Errorf("%w: column %s of table %s is %s instead of %s: put it back, or restore a backup", ErrChanged, c[0], name, kind, c[1])
			}
		}
	}
	return nil
}
