package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/interviewbot/interviewbot/bot/store"
)

// id names one record: by its table, by one of the table's keys, and by that key's parts.
type id struct {
	table uint8
	way   uint8 // 0 is the primary key
	a, b  string
	n     int64
}

func (i id) compare(j id) int {
	return cmp.Or(cmp.Compare(i.a, j.a), cmp.Compare(i.b, j.b), cmp.Compare(i.n, j.n))
}

// way is a key by which a record can be found.
type way[T any] struct {
	parts []part
	of    func(*T) (i id, ok bool) // ok is false when the record has no such key
	order string                   // of several records with the key, the first is meant
}

// part is a column of a key; field says which field of an id it is.
type part struct {
	column string
	field  byte // a, b or n
}

// table is how records of a kind are kept. It is made once and never changes.
type table[T any] struct {
	no      uint8
	name    string
	columns []column[T]
	ways    []way[T]
	moves   moves[T] // as they are, where it does not say
	stays   bool     // its records are of no use elsewhere

	owns          []func(*T) // of the columns that have it
	selects       string     // SELECT of all columns, of the table as t
	searches      []string   // by way: joins k, which has the columns of the key, with the record t
	fetches       []string   // by way: those with the keys in the arrays
	upsert, erase string
}

// shelf is a table whatever its records are. known holds a *T, or nil for what is known not to be there.
type shelf interface {
	// prepare is called once, before the others.
	prepare(no int)
	// fetch adds the query for records, and what is to be done with its rows.
	fetch(b *pgx.Batch, ids []id, known map[id]any)
	// write adds the statements that bring the database to what is known of the ids, which are primary keys.
	write(b *pgx.Batch, ids []id, known map[id]any)
	// shape returns name and type of the columns, for the check of the schema.
	shape() (table string, columns [][2]string)
	// dump and restore are for store.Mover; mine says whether the record is of this table.
	dump(ctx context.Context, tx pgx.Tx, f func(store.Record) error) error
	restore(tx *tx, r store.Record) (mine bool)
}

func (t *table[T]) prepare(no int) {
	t.no = uint8(no)
	if t.moves.in == nil {
		t.moves = movesAsItIs[T]()
	}
	var names, arrays, casts, sets []string
	for i, c := range t.columns {
		names = append(names, c.name)
		arrays = append(arrays, fmt.Sprintf("$%d::%s", i+1, c.array))
		casts = append(casts, "r."+c.name+c.cast)
		if !slices.ContainsFunc(t.ways[0].parts, func(p part) bool { return p.column == c.name }) {
			sets = append(sets, c.name+" = excluded."+c.name)
		}
		if c.own != nil {
			t.owns = append(t.owns, c.own)
		}
	}
	t.selects = "SELECT t." + strings.Join(names, ", t.") + " FROM " + t.name + " t "
	var primary []string
	for w, way := range t.ways {
		var params, parts, matches []string
		for i, p := range way.parts {
			params = append(params, fmt.Sprintf("$%d::%s", i+1, map[byte]string{'a': "text[]", 'b': "text[]", 'n': "bigint[]"}[p.field]))
			parts = append(parts, p.column)
			matches = append(matches, fmt.Sprintf("x.%[1]s = k.%[1]s", p.column))
		}
		keys := fmt.Sprintf("unnest(%s) AS k(%s)", strings.Join(params, ", "), strings.Join(parts, ", "))
		// LATERAL with LIMIT is one search in the index for each key, whatever the planner believes of the table.
		search := fmt.Sprintf("k CROSS JOIN LATERAL (SELECT x.%s FROM %s x WHERE %s%s LIMIT 1) t",
			strings.Join(names, ", x."), t.name, strings.Join(matches, " AND "), way.order)
		t.searches = append(t.searches, search)
		t.fetches = append(t.fetches, fmt.Sprintf("SELECT t.* FROM (SELECT * FROM %s) %s", keys, search))
		if w == 0 {
			primary = parts
			t.erase = "DELETE FROM " + t.name + " x USING " + keys + " WHERE " + strings.Join(matches, " AND ")
		}
	}
	t.upsert = fmt.Sprintf("INSERT INTO %[1]s (%[2]s) SELECT %[3]s FROM unnest(%[4]s) AS r(%[2]s) ON CONFLICT (%[5]s) DO UPDATE SET %[6]s",
		t.name, strings.Join(names, ", "), strings.Join(casts, ", "), strings.Join(arrays, ", "), strings.Join(primary, ", "), strings.Join(sets, ", "))
}

// copy is a record of its own.
func (t *table[T]) copy(r *T) *T {
	c := *r
	for _, own := range t.owns {
		own(&c)
	}
	return &c
}

// names calls f with each id of a record.
func (t *table[T]) names(r *T, f func(id)) {
	for w := range t.ways {
		if i, ok := t.ways[w].of(r); ok {
			i.table, i.way = t.no, uint8(w)
			f(i)
		}
	}
}

func (t *table[T]) scan(rows pgx.Rows) (all []*T, err error) {
	err = t.each(rows, func(r *T) error { all = append(all, r); return nil })
	return all, err
}

// each calls f with a record for each row, until it fails.
func (t *table[T]) each(rows pgx.Rows, f func(*T) error) error {
	defer rows.Close()
	targets := make([]any, len(t.columns))
	for rows.Next() {
		r := new(T)
		for i, c := range t.columns {
			targets[i] = c.target(r)
		}
		if err := rows.Scan(targets...); err != nil {
			return fmt.Errorf("read from %s: %w", t.name, err)
		}
		if err := f(r); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (t *table[T]) fetch(b *pgx.Batch, ids []id, known map[id]any) {
	way := ids[0].way
	b.Queue(t.fetches[way], keyArrays(t.ways[way].parts, ids)...).Query(func(rows pgx.Rows) error {
		all, err := t.scan(rows)
		if err != nil {
			return err
		}
		for _, i := range ids {
			known[i] = nil
		}
		for _, r := range all {
			t.names(r, func(i id) { known[i] = r })
		}
		return nil
	})
}

func keyArrays(parts []part, ids []id) []any {
	var all []any
	for _, p := range parts {
		switch p.field {
		case 'n':
			all = append(all, project(ids, func(i id) int64 { return i.n }))
		case 'b':
			all = append(all, project(ids, func(i id) string { return i.b }))
		default:
			all = append(all, project(ids, func(i id) string { return i.a }))
		}
	}
	return all
}

func project[V any](ids []id, f func(id) V) []V {
	all := make([]V, len(ids))
	for n, i := range ids {
		all[n] = f(i)
	}
	return all
}

// write goes through the records in the order of their keys, so that two copies of the bot lock rows in one order.
func (t *table[T]) write(b *pgx.Batch, ids []id, known map[id]any) {
	slices.SortFunc(ids, id.compare)
	var there []*T
	var gone []id
	for _, i := range ids {
		if r, ok := known[i].(*T); ok {
			there = append(there, r)
		} else {
			gone = append(gone, i)
		}
	}
	if len(gone) > 0 {
		b.Queue(t.erase, keyArrays(t.ways[0].parts, gone)...)
	}
	if len(there) > 0 {
		args := make([]any, len(t.columns))
		for i, c := range t.columns {
			args[i] = c.values(there)
		}
		b.Queue(t.upsert, args...)
	}
}

func (t *table[T]) shape() (string, [][2]string) {
	var all [][2]string
	for _, c := range t.columns {
		all = append(all, [2]string{c.name, c.kind})
	}
	return t.name, all
}
