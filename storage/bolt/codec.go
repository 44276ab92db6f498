package bolt

import (
	"encoding/binary"
	"maps"
	"slices"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

// A record is stored as a version byte and its fields that are not zero, in the order of their numbers. A field is a
// varint of number*2+form, then a varint (form 0) or a length and bytes (form 1). Readers pass over numbers that they do not
// know, so fields can be added; a number is never used for anything else. Each record has one list of its fields
// (records.go), which both writes and reads, and records of another shape would get another version.
const recordVersion = 1

const (
	errDamaged store.Error = "a record in the data file is damaged"
	errVersion store.Error = "a record in the data file was written by a newer version"
)

// coder walks over the fields of one record, in writing or in reading.
type coder struct {
	writing bool
	out     []byte // writing: the record so far

	in    string // reading: what is left. One string for the whole record, of which the fields are parts
	field uint64 // reading: number of the field that comes next; 0 = none left
	form  uint64
	bad   bool
}

// encode makes the stored form of a record.
func encode[T any](fields func(*coder, *T), rec *T) []byte {
	c := coder{writing: true, out: append(make([]byte, 0, 256), recordVersion)}
	fields(&c, rec)
	return c.out
}

// decode reads a stored record. It keeps nothing of value.
func decode[T any](fields func(*coder, *T), value []byte) (T, error) {
	var rec T
	if len(value) == 0 {
		return rec, errDamaged
	}
	if value[0] != recordVersion {
		return rec, errVersion
	}
	c := coder{in: string(value[1:])}
	c.next()
	fields(&c, &rec)
	c.has(1<<63, 0) // fields of later versions
	if c.bad {
		var none T
		return none, errDamaged
	}
	return rec, nil
}

// next reads the head of the next field.
func (c *coder) next() {
	c.field = 0
	if len(c.in) > 0 && !c.bad {
		head := c.varint()
		c.field, c.form = head>>1, head&1
		c.bad = c.bad || c.field == 0
	}
}

// has says whether field n comes next, after passing over those with smaller numbers.
func (c *coder) has(n, form uint64) bool {
	for c.field != 0 && c.field < n && !c.bad {
		if c.form == 0 {
			c.varint()
		} else {
			c.take()
		}
		c.next()
	}
	if c.field != n || c.bad {
		return false
	}
	c.bad = c.form != form
	return !c.bad
}

func (c *coder) varint() uint64 {
	var n uint64
	for i := 0; i < len(c.in) && i < binary.MaxVarintLen64; i++ {
		b := c.in[i]
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			c.in = c.in[i+1:]
			return n
		}
	}
	c.bad = true
	return 0
}

func (c *coder) take() string {
	n := c.varint()
	if c.bad || n > uint64(len(c.in)) {
		c.bad = true
		return ""
	}
	s := c.in[:n]
	c.in = c.in[n:]
	return s
}

func (c *coder) head(n, form uint64) { c.out = binary.AppendUvarint(c.out, n<<1|form) }

func (c *coder) uint(n uint64, v *uint64) {
	switch {
	case c.writing && *v != 0:
		c.head(n, 0)
		c.out = binary.AppendUvarint(c.out, *v)
	case !c.writing && c.has(n, 0):
		*v = c.varint()
		c.next()
	}
}

// number is for every kind of signed or small integer; zigzag, so that small negative ones stay short.
func number[T ~int | ~int8 | ~uint8 | ~int64](c *coder, n uint64, v *T) {
	i := int64(*v)
	z := uint64(i)<<1 ^ uint64(i>>63)
	c.uint(n, &z)
	if !c.writing {
		i = int64(z>>1) ^ -int64(z&1)
		*v = T(i)
		c.bad = c.bad || int64(*v) != i
	}
}

func (c *coder) bool(n uint64, v *bool) {
	var b uint64
	if *v {
		b = 1
	}
	c.uint(n, &b)
	*v = b != 0
}

func (c *coder) str(n uint64, v *string) {
	switch {
	case c.writing && *v != "":
		c.head(n, 1)
		c.out = binary.AppendUvarint(c.out, uint64(len(*v)))
		c.out = append(c.out, *v...)
	case !c.writing && c.has(n, 1):
		*v = c.take()
		c.next()
	}
}

func (c *coder) bytes(n uint64, v *[]byte) {
	s := string(*v)
	c.str(n, &s)
	if !c.writing && s != "" {
		*v = []byte(s)
	}
}

// time is stored in microseconds, as every store keeps it. The zero time is the field left out; 1970 is not.
func (c *coder) time(n uint64, v *time.Time) {
	switch {
	case c.writing && !v.IsZero():
		micro := v.UnixMicro()
		c.head(n, 0)
		c.out = binary.AppendUvarint(c.out, uint64(micro)<<1^uint64(micro>>63))
	case !c.writing && c.has(n, 0):
		z := c.varint()
		*v = time.UnixMicro(int64(z>>1) ^ -int64(z&1)).UTC()
		c.next()
	}
}

// list stores the elements one after another in one field; each is one field numbered 1 by each. Elements that are zero
// stay in their places.
func list[T any](c *coder, n uint64, v *[]T, each func(*coder, *T)) {
	if c.writing {
		if len(*v) == 0 {
			return
		}
		inner := coder{writing: true}
		for i := range *v {
			element := coder{writing: true}
			each(&element, &(*v)[i])
			inner.out = binary.AppendUvarint(inner.out, uint64(len(element.out)))
			inner.out = append(inner.out, element.out...)
		}
		s := string(inner.out)
		c.str(n, &s)
		return
	}
	var s string
	c.str(n, &s)
	inner := coder{in: s}
	for len(inner.in) > 0 && !inner.bad {
		element := coder{in: inner.take(), bad: inner.bad}
		var e T
		element.next()
		each(&element, &e)
		element.has(1<<63, 0)
		inner.bad = inner.bad || element.bad
		*v = append(*v, e)
	}
	c.bad = c.bad || inner.bad
}

func (c *coder) strs(n uint64, v *[]string) {
	list(c, n, v, func(c *coder, s *string) { c.str(1, s) })
}

func (c *coder) ints(n uint64, v *[]int) {
	list(c, n, v, func(c *coder, i *int) { number(c, 1, i) })
}

type pair[V any] struct {
	key   string
	value V
}

// dict stores a map in the order of its keys.
func dict[V any](c *coder, n uint64, v *map[string]V, value func(*coder, *V)) {
	var pairs []pair[V]
	for _, k := range slices.Sorted(maps.Keys(*v)) {
		pairs = append(pairs, pair[V]{k, (*v)[k]})
	}
	list(c, n, &pairs, func(c *coder, p *pair[V]) {
		c.str(1, &p.key)
		value(c, &p.value)
	})
	if !c.writing && len(pairs) > 0 {
		*v = make(map[string]V, len(pairs))
		for _, p := range pairs {
			(*v)[p.key] = p.value
		}
	}
}
