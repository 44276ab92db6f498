package bolt

import (
	"encoding/binary"
	"slices"
	"time"
)

// key builds composite keys that sort as their parts do. A string part ends with 00 01 and has its own 00 written as 00 FF,
// so no part can run into the next, whatever people and platforms put into it, and "a" sorts before "a\x00" and "ab".
type key []byte

func newKey(parts ...string) key {
	n := 8
	for _, p := range parts {
		n += len(p) + 2
	}
	k := make(key, 0, n)
	for _, p := range parts {
		k = k.str(p)
	}
	return k
}

func (k key) str(s string) key {
	for i := range len(s) {
		k = append(k, s[i])
		if s[i] == 0 {
			k = append(k, 0xff)
		}
	}
	return append(k, 0, 1)
}

// num appends a number, eight bytes, big end first. Negative ones sort last and so meet nothing that is stored.
func (k key) num(n uint64) key { return binary.BigEndian.AppendUint64(k, n) }

// at appends a time in microseconds; earlier times sort first, also those before 1970.
func (k key) at(t time.Time) key { return k.num(uint64(t.UnixMicro()) ^ 1<<63) }

// after is where a list goes on behind s; "" = at its start.
func (k key) after(s string) key {
	if s == "" {
		return k
	}
	return slices.Clip(k).str(s)
}

// end is the least key that is greater than all that begin with k.
func (k key) end() key {
	e := slices.Clone(k)
	for i := len(e) - 1; i >= 0; i-- {
		if e[i]++; e[i] != 0 {
			return e[:i+1]
		}
	}
	return nil // nothing is: down goes over all
}

// The parts are read back in their order; each returns what is left. A key is only read from where it was written by us;
// one that is cut short yields zero values.

func cutStr(k []byte) (string, []byte) {
	var s []byte
	for i := 0; i < len(k); i++ {
		if k[i] != 0 {
			s = append(s, k[i])
			continue
		}
		i++
		if i >= len(k) || k[i] == 1 {
			return string(s), k[min(i+1, len(k)):]
		}
		s = append(s, 0)
	}
	return string(s), nil
}

func cutNum(k []byte) (uint64, []byte) {
	if len(k) < 8 {
		return 0, nil
	}
	return binary.BigEndian.Uint64(k), k[8:]
}

func cutTime(k []byte) (time.Time, []byte) {
	n, rest := cutNum(k)
	return time.UnixMicro(int64(n ^ 1<<63)).UTC(), rest
}
