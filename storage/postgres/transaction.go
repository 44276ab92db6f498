package postgres

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	beginView   = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	beginUpdate = "BEGIN ISOLATION LEVEL SERIALIZABLE"
)

// transaction is one transaction of the database, for a View or for the closures of a batch, and what is known of the
// state it works on. What was read once is not read again: within the transaction nobody else changes it. What is written is
// sent as late as possible, all at once.
type transaction struct {
	store    *Store
	ctx      context.Context
	conn     *pgxpool.Conn
	readOnly bool
	begun    bool
	now      time.Time

	known    map[id]any
	lists    map[string]any    // rows of queries, by statement and arguments
	dirty    map[id]bool       // what is known of these is not in the database yet
	appended []line            // lines that are not in the database yet
	unsent   [shelves]bool     // tables that dirty and appended are of
	listed   [shelves][]string // the keys of lists, by table
	numbers  []uint64          // for new answers
	drawn    int               // of these, used
	broken   error             // why the transaction cannot go on
}

func newTransaction(s *Store, ctx context.Context, conn *pgxpool.Conn) *transaction {
	return &transaction{store: s, ctx: ctx, conn: conn, known: map[id]any{}, lists: map[string]any{}, dirty: map[id]bool{}}
}

// want is something to read: records by their keys, the rows of a query, or numbers for so many new answers. The empty want
// begins the transaction.
type want struct {
	ids     []id
	rows    *wantRows
	numbers int
}

type scanned = pgx.Rows

type wantRows struct {
	table uint8
	sql   string
	args  []any
	scan  func(scanned) (any, error)
}

func (w *wantRows) key() string {
	key := []byte(w.sql)
	for _, arg := range w.args {
		if s, ok := arg.(string); ok {
			key = strconv.AppendQuote(append(key, 0), s)
			continue
		}
		key = fmt.Append(append(key, 0), arg)
	}
	return string(key)
}

// fetch reads all that is wanted in one turn; the first begins the transaction too.
func (t *transaction) fetch(wants []want) error {
	if t.broken != nil {
		return t.broken
	}
	b := new(pgx.Batch)
	t.begin(b)
	var groups [shelves][2][]id
	asked := map[id]bool{}
	numbers := 0
	for _, w := range wants {
		for _, i := range w.ids {
			if !asked[i] {
				asked[i] = true
				groups[i.table][i.way] = append(groups[i.table][i.way], i)
			}
		}
		if w.rows != nil {
			t.queue(b, w.rows)
		}
		numbers += w.numbers
	}
	for n, group := range groups {
		for _, ids := range group {
			if len(ids) > 0 {
				t.store.records.all[n].fetch(b, ids, t.known)
			}
		}
	}
	if numbers > 0 {
		t.takeNumbers(b, numbers)
	}
	return t.exchange(b)
}

func (t *transaction) begin(b *pgx.Batch) {
	if t.begun {
		return
	}
	if t.readOnly {
		b.Queue(beginView)
	} else {
		b.Queue(beginUpdate)
		if t.store.turns {
			b.Queue(takeTurn)
		}
	}
	// Not now(), which is from before the turn.
	b.Queue("SELECT clock_timestamp()").QueryRow(func(row pgx.Row) error {
		err := row.Scan(&t.now)
		t.now, t.begun = t.now.UTC(), err == nil
		return err
	})
}

func (t *transaction) queue(b *pgx.Batch, w *wantRows) {
	key := w.key()
	if _, ok := t.lists[key]; ok {
		return
	}
	t.lists[key] = nil
	t.listed[w.table] = append(t.listed[w.table], key)
	b.Queue(w.sql, w.args...).Query(func(rows pgx.Rows) error {
		all, err := w.scan(rows)
		t.lists[key] = all
		return err
	})
}

func (t *transaction) dropLists(table uint8) {
	for _, key := range t.listed[table] {
		delete(t.lists, key)
	}
	t.listed[table] = nil
}

// takeNumbers draws numbers for answers. Every answer that the transaction can see drew its own before the transaction
// began, so these are greater.
func (t *transaction) takeNumbers(b *pgx.Batch, n int) {
	b.Queue("SELECT nextval('answer_numbers') FROM generate_series(1, $1)", n).Query(func(rows pgx.Rows) error {
		all, err := pgx.CollectRows(rows, pgx.RowTo[uint64])
		t.numbers = append(t.numbers, all...)
		return err
	})
}

// exchange sends a pipeline and reads all its replies. Where it cannot, the transaction is broken.
func (t *transaction) exchange(b *pgx.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	if err := t.conn.SendBatch(ctx, b).Close(); err != nil {
		return t.fail(err)
	}
	return nil
}

func (t *transaction) fail(err error) error {
	t.broken = t.store.explain(err)
	return t.broken
}

// send writes to the database what it does not have yet.
func (t *transaction) send() error {
	if t.broken != nil {
		return t.broken
	}
	b := new(pgx.Batch)
	t.begin(b)
	t.writes(b)
	return t.exchange(b)
}

// writes adds the statements for all that is not in the database yet: table after table, in the order of references.
func (t *transaction) writes(b *pgx.Batch) {
	var groups [shelves][]id
	for i := range t.dirty {
		groups[i.table] = append(groups[i.table], i)
	}
	for n, ids := range groups {
		if len(ids) > 0 {
			t.store.records.all[n].write(b, ids, t.known)
		}
	}
	if len(t.appended) > 0 {
		t.store.records.append(b, t.appended)
	}
	clear(t.dirty)
	t.appended, t.unsent = nil, [shelves]bool{}
}

// rollback ends the transaction without a trace.
func (t *transaction) rollback() error {
	if t.conn.Conn().IsClosed() || t.conn.Conn().PgConn().TxStatus() == 'I' {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), patience)
	defer cancel()
	if _, err := t.conn.Exec(ctx, "ROLLBACK"); err != nil {
		return fmt.Errorf("roll a transaction back: %w", t.store.explain(err))
	}
	return nil
}

// The rest is for the committer.

func (t *transaction) Next() *tx { return t.next() }

func (t *transaction) Broken() error { return t.broken }

func (t *transaction) Rollback() error {
	err := t.rollback()
	t.store.letGo()
	return err
}

// Commit sends all that was written, a mark, and COMMIT, in one turn. When the reply is lost the mark tells the outcome.
func (t *transaction) Commit() error {
	defer t.store.letGo()
	// The snapshot must be older than the search for the mark: see settle.
	if err := t.fetch([]want{{}}); err != nil {
		return err
	}
	b := new(pgx.Batch)
	t.writes(b)
	n := t.store.mark(b)
	b.Queue("COMMIT")
	err := t.exchange(b)
	if err == nil {
		t.store.forget(t.ctx)
		return nil
	}
	if t.conn.Conn().IsClosed() {
		return t.store.settle(n, err)
	}
	t.rollback()
	if unknown(err) {
		return t.store.settle(n, err)
	}
	return err
}
