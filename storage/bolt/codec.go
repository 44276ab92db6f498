package bolt

import (
	"bytes"
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
	errDamaged store.Error = "a record in the data file is damaged: restore a backup"
	errVersion store.Error = "a record in the data file was written by a newer version: run that version"
)

// coder walks over the fields of one record, in writing or in reading. It can be used for one record after another, which
// saves most of what is allocated; the zero coder is ready.
type coder struct {
	writing bool
	out     []byte // writing: the record so far

	in    string // reading: what is left. One string for the whole record, of which the fields are parts
	field uint64 // reading: number of the field that comes next; 0 = none left
	form  uint64
	bad   bool
}

// encode makes the stored form of a record.
func encode[T any](c *coder, fields func(*coder, *T), rec *T) []byte {
	c.writing, c.out = true, append(c.out[:0], recordVersion)
	fields(c, rec)
	return bytes.Clone(c.out)
}

// decode reads a stored record. It keeps nothing of value.
func decode[T any](c *coder, fields func(*coder, *T), value []byte) (T, error) {
	var rec T
	if len(value) == 0 {
		return rec, errDamaged
	}
	if value[0] != recordVersion {
		return rec, errVersion
	}
	c.writing, c.bad = false, false
	c.all(string(value[1:]), func() { fields(c, &rec) })
	if c.bad {
		var none T
		return none, errDamaged
	}
	return rec, nil
}

// all reads the fields in s, also those of later versions that f does not know.
func (c *coder) all(s string, f func()) {
	c.in = s
	c.next()
	f()
	c.has(1<<63, 0)
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

// sized writes what f writes, with its length before it. Most lengths fit in the one byte that is left for them.
func (c *coder) sized(f func()) {
	at := len(c.out)
	c.out = append(c.out, 0)
	f()
	n := len(c.out) - at - 1
	if n < 0x80 {
		c.out[at] = byte(n)
		return
	}
	c.out = slices.Replace(c.out, at, at+1, binary.AppendUvarint(nil, uint64(n))...)
}

// list stores the elements one after another in one field, each as a record of its own. Elements that are zero stay in
// their places.
func list[T any](c *coder, n uint64, v *[]T, each func(*coder, *T)) {
	if c.writing {
		if len(*v) > 0 {
			c.head(n, 1)
			c.sized(func() {
				for i := range *v {
					c.sized(func() { each(c, &(*v)[i]) })
				}
			})
		}
		return
	}
	if !c.has(n, 1) {
		return
	}
	elements := c.take()
	after := c.in
	for len(elements) > 0 && !c.bad {
		c.in = elements
		one := c.take()
		elements = c.in
		*v = append(*v, *new(T))
		c.all(one, func() { each(c, &(*v)[len(*v)-1]) })
	}
	c.in = after
	c.next()
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
