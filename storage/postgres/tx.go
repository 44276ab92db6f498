package postgres

import (
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/interviewbot/interviewbot/bot/store"
)

const (
	errView   store.Error = "what was opened only to be read cannot be written to"
	errEmpty  store.Error = "an identifier is empty"
	errFixed  store.Error = "what identifies a record cannot be changed"
	errNumber store.Error = "rounds are numbered from 1"
	errLength store.Error = "an event's identifier is longer than 200 bytes"
)

// tx is what one closure works on. It implements store.Tx; the methods are in the files named after the records. What the
// closure writes stays here until it has returned without an error: one that fails has never touched the transaction.
type tx struct {
	*transaction
	own   map[id]any    // what the closure wrote: a record, or nil for one that it deleted
	in    [shelves]bool // the tables it wrote to
	lines []line        // what it appended to ledgers

	kept, sent bool       // what it wrote was taken over by the transaction; some of it was sent before that
	asking     *rehearsal // nil in earnest
}

func (t *transaction) next() *tx { return &tx{transaction: t, own: map[id]any{}} }

// run runs the closure and takes over what it wrote.
func (t *tx) run(f func(store.Tx) error) error {
	if err := f(t); err != nil {
		return err
	}
	if t.asking == nil {
		t.kept = len(t.own) > 0 || len(t.lines) > 0
		t.take()
	}
	return nil
}

// Wrote is for the committer.
func (t *tx) Wrote() bool { return t.kept || t.sent || t.broken != nil }

// Now is a guess in a rehearsal that nothing was fetched for yet: to wait for it would take a turn.
func (t *tx) Now() time.Time {
	if !t.begun && t.asking != nil {
		return time.Now().UTC()
	}
	if !t.begun {
		t.need(want{}) // an error stays with the transaction
	}
	return t.now
}

// writing stands at the start of every writing method.
func (t *tx) writing(ids ...string) error {
	if t.readOnly {
		return errView
	}
	for _, id := range ids {
		if id == "" {
			return errEmpty
		}
	}
	return nil
}

// need brings what is wanted into what the transaction knows. In a rehearsal it waits for what the others want.
func (t *tx) need(w want) error {
	if t.asking != nil {
		return t.asking.wait(w)
	}
	return t.fetch([]want{w})
}

// see returns what is known of a record; ok is false when nothing is.
func (t *tx) see(i id) (v any, ok bool) {
	if v, ok = t.own[i]; !ok {
		v, ok = t.known[i]
	}
	return v, ok
}

// prefetch brings those of the records that are not known yet, all in one turn.
func (t *tx) prefetch(ids ...id) error {
	if missing := t.missing(ids); len(missing) > 0 {
		return t.need(want{ids: missing})
	}
	return nil
}

func (t *tx) missing(ids []id) []id {
	var all []id
	for _, i := range ids {
		if _, ok := t.see(i); !ok {
			all = append(all, i)
		}
	}
	return all
}

// find returns a record as the closure sees it, nil when there is none. It must not be changed.
func find[T any](t *tx, tab *table[T], i id) (*T, error) {
	i.table = tab.no
	if err := t.prefetch(i); err != nil {
		return nil, err
	}
	v, _ := t.see(i)
	r, _ := v.(*T)
	return r, nil
}

// load returns a record of the caller's own, or store.ErrNotFound.
func load[T any](t *tx, tab *table[T], i id) (T, error) {
	r, err := find(t, tab, i)
	if err == nil && r == nil {
		err = store.ErrNotFound
	}
	if err != nil {
		var none T
		return none, err
	}
	return *tab.copy(r), nil
}

// save makes the record or replaces it.
func save[T any](t *tx, tab *table[T], r *T) {
	r = tab.copy(r)
	tab.names(r, func(i id) { t.own[i] = r })
	t.in[tab.no] = true
}

// erase deletes the record of that key, if it is there.
func erase[T any](t *tx, tab *table[T], i id) error {
	r, err := find(t, tab, i)
	if err != nil || r == nil {
		return err
	}
	tab.names(r, func(i id) { t.own[i] = nil })
	t.in[tab.no] = true
	return nil
}

// list runs a query for records: tail is what follows FROM table t, and args its parameters.
func list[T any](t *tx, tab *table[T], tail string, args ...any) ([]T, error) {
	return query(t, tab, tab.selects+tail, args...)
}

// query is list with the whole statement, which returns the table's columns and depends on that table only.
func query[T any](t *tx, tab *table[T], sql string, args ...any) ([]T, error) {
	if t.in[tab.no] || t.unsent[tab.no] {
		if err := t.flush(); err != nil {
			return nil, err
		}
	}
	w := &wantRows{table: tab.no, sql: sql, args: args, scan: func(rows scanned) (any, error) { return tab.scan(rows) }}
	key := w.key()
	if _, ok := t.lists[key]; !ok {
		if err := t.need(want{rows: w}); err != nil {
			return nil, err
		}
	}
	found, _ := t.lists[key].([]*T)
	all := make([]T, len(found))
	for i, r := range found {
		all[i] = *tab.copy(r)
	}
	return all, nil
}

// flush sends what was written, so that a query sees it. From then on the closure can only be taken back with the whole
// transaction. A rehearsal ends here: it must change nothing.
func (t *tx) flush() error {
	if t.asking != nil {
		runtime.Goexit()
	}
	t.sent = t.sent || len(t.own) > 0 || len(t.lines) > 0
	t.take()
	return t.send()
}

// take hands over what the closure wrote to the transaction.
func (t *tx) take() {
	for i, v := range t.own {
		t.known[i] = v
		if i.way == 0 {
			t.dirty[i] = true
		}
	}
	for _, l := range t.lines {
		delete(t.known, newestLine(t, l.track, l.user))
	}
	t.appended = append(t.appended, t.lines...)
	for n, in := range t.in {
		if in {
			t.unsent[n] = true
			t.dropLists(uint8(n))
		}
	}
	clear(t.own)
	t.lines, t.in = nil, [shelves]bool{}
}

// exec runs a statement that writes by itself, after all that was written before, and returns how many rows it changed. What
// was known is forgotten.
func (t *tx) exec(sql string, args ...any) (int, error) {
	if err := t.flush(); err != nil {
		return 0, err
	}
	t.sent = true
	changed := 0
	b := new(pgx.Batch)
	b.Queue(sql, args...).Exec(func(tag pgconn.CommandTag) error {
		changed = int(tag.RowsAffected())
		return nil
	})
	if err := t.exchange(b); err != nil {
		return 0, err
	}
	clear(t.known)
	clear(t.lists)
	return changed, nil
}

// limited is a limit for SQL.
func limited(limit int) int64 {
	if limit <= 0 {
		return 1 << 62
	}
	return int64(limit)
}
