package postgres

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// column is one field of a record and how it goes to the database and comes back. Records go there by many at once: each
// column as one array, of which unnest makes rows.
type column[T any] struct {
	name   string
	kind   string         // SQL type of the column
	array  string         // SQL type of the array it travels in
	cast   string         // makes the column of the array's element
	target func(*T) any   // where to scan it to
	values func([]*T) any // the array
	own    func(*T)       // makes the record share no memory with another, and times as they come back; may be nil
}

func simple[T, V, W any](name, kind, array string, at func(*T) *V, out func(V) W) column[T] {
	return column[T]{
		name: name, kind: kind, array: array,
		target: func(r *T) any { return at(r) },
		values: func(all []*T) any {
			list := make([]W, len(all))
			for i, r := range all {
				list[i] = out(*at(r))
			}
			return list
		},
	}
}

func text[T any](name string, at func(*T) *string) column[T] {
	return simple(name, "text", "text[]", at, func(s string) string { return s })
}

// textOrNull is for references, where "" means none.
func textOrNull[T any](name string, at func(*T) *string) column[T] {
	c := simple(name, "text", "text[]", at, func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	})
	c.target = func(r *T) any { return (*nullText)(at(r)) }
	return c
}

func flag[T any](name string, at func(*T) *bool) column[T] {
	return simple(name, "boolean", "boolean[]", at, func(b bool) bool { return b })
}

type number interface {
	~int | ~int8 | ~int64 | ~uint8 | ~uint64
}

// whole numbers travel as bigint: the server refuses what the column cannot hold.
func whole[T any, V number](name, kind string, at func(*T) *V) column[T] {
	return simple(name, kind, "bigint[]", at, func(v V) int64 { return int64(v) })
}

func integer[T any](name string, at func(*T) *int) column[T] { return whole(name, "integer", at) }

func bytea[T any](name string, at func(*T) *[]byte) column[T] {
	c := simple(name, "bytea", "bytea[]", at, notNil)
	c.own = func(r *T) { *at(r) = slices.Clone(*at(r)) }
	return c
}

// notNil: nil would be NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// moment is a time that is always there; the zero time is kept as it is.
func moment[T any](name string, at func(*T) *time.Time) column[T] {
	c := simple(name, "timestamptz", "timestamptz[]", at, func(t time.Time) time.Time { return t })
	c.target = func(r *T) any { return (*instant)(at(r)) }
	c.own = func(r *T) { *at(r) = micro(*at(r)) }
	return c
}

// momentOrNull is a time that may be missing: NULL is the zero time.
func momentOrNull[T any](name string, at func(*T) *time.Time) column[T] {
	c := moment(name, at)
	c.values = func(all []*T) any {
		list := make([]pgtype.Timestamptz, len(all))
		for i, r := range all {
			list[i] = pgtype.Timestamptz{Time: *at(r), Valid: !at(r).IsZero()}
		}
		return list
	}
	return c
}

// micro is the precision of the database.
func micro(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// choice is an enumeration, kept by name.
func choice[T any, V ~uint8](name string, at func(*T) *V, names ...string) column[T] {
	c := simple(name, "text", "text[]", at, func(v V) string {
		if int(v) < len(names) {
			return names[v]
		}
		return strconv.Itoa(int(v)) // which the column's CHECK refuses
	})
	c.target = func(r *T) any {
		return textTo(func(s string) error {
			i := slices.Index(names, s)
			if i < 0 {
				return fmt.Errorf("%s cannot be %q", name, s)
			}
			*at(r) = V(i)
			return nil
		})
	}
	return c
}

// Arrays cannot travel in an array of arrays, whose rows must have one length; they go as text.

func texts[T any](name string, at func(*T) *[]string) column[T] {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	return array(name, "text[]", at, func(s string) string { return `"` + escape.Replace(s) + `"` })
}

func integers[T any](name string, at func(*T) *[]int) column[T] {
	return array(name, "integer[]", at, strconv.Itoa)
}

func array[T, V any](name, kind string, at func(*T) *[]V, out func(V) string) column[T] {
	c := simple(name, kind, "text[]", at, func(list []V) string {
		all := make([]string, len(list))
		for i, v := range list {
			all[i] = out(v)
		}
		return "{" + strings.Join(all, ",") + "}"
	})
	c.cast = "::" + kind
	c.target = func(r *T) any { return &elements[V]{at(r)} }
	c.own = func(r *T) { *at(r) = slices.Clone(*at(r)) }
	return c
}

// nested is jsonb: in and out turn what is in the record into what is stored and back, and share no memory.
func nested[T, V, W any](name string, at func(*T) *V, out func(V) W, in func(W) V) column[T] {
	c := simple(name, "jsonb", "text[]", at, func(v V) string {
		b, err := json.Marshal(out(v))
		if err != nil {
			return "" // which is no JSON and is refused
		}
		return string(b)
	})
	c.cast = "::jsonb"
	c.target = func(r *T) any {
		return bytesTo(func(b []byte) error {
			var w W
			if err := json.Unmarshal(b, &w); err != nil {
				return fmt.Errorf("read %s: %w", name, err)
			}
			*at(r) = in(w)
			return nil
		})
	}
	c.own = func(r *T) { *at(r) = in(out(*at(r))) }
	return c
}

// listed and unlisted are for nested lists: nothing is stored as [], and comes back as nil.

func listed[V, W any](f func(V) W) func([]V) []W {
	return func(list []V) []W {
		all := make([]W, len(list))
		for i, v := range list {
			all[i] = f(v)
		}
		return all
	}
}

func unlisted[V, W any](f func(V) W) func([]V) []W {
	return func(list []V) []W {
		if len(list) == 0 {
			return nil
		}
		return listed(f)(list)
	}
}

type nullText string

func (t *nullText) ScanText(v pgtype.Text) error {
	*t = nullText(v.String)
	return nil
}

type textTo func(string) error

func (f textTo) ScanText(v pgtype.Text) error { return f(v.String) }

type bytesTo func([]byte) error

func (f bytesTo) ScanBytes(b []byte) error { return f(b) }

type instant time.Time

func (t *instant) ScanTimestamptz(v pgtype.Timestamptz) error {
	*t = instant{}
	if v.Valid {
		*t = instant(v.Time.UTC())
	}
	return nil
}

// elements is where an array is scanned to; an empty one is nil.
type elements[V any] struct{ at *[]V }

func (e *elements[V]) SetDimensions(d []pgtype.ArrayDimension) error {
	*e.at = nil
	if len(d) == 1 && d[0].Length > 0 {
		*e.at = make([]V, d[0].Length)
	}
	return nil
}

func (e *elements[V]) ScanIndex(i int) any { return &(*e.at)[i] }

func (e *elements[V]) ScanIndexType() any { return new(V) }
