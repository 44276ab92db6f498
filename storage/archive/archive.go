// Package archive moves the records of a store: into a file and out of it, and from one store into another.
//
// The file is text in UTF-8, one JSON value a line, each line ended by a line feed. The first line is
//
//	{"interviewbot":"archive","version":1,"made":"2026-11-22T10:00:00Z"}
//
// Each line after it is one record, as {"kind":"answer","record":{…}}: the fields of the record in package bot/store under their
// names there, times in RFC 3339, enumerations as their numbers, bytes in base64. The kinds come in the order of Kinds, and each
// kind in the order of its key. The last line holds how many records of each kind there are, and the SHA-256, in hex, of their
// lines with the line feeds:
//
//	{"end":{"space":{"count":1,"sum":"…"},…}}
//
// A file that ends without it is cut short. A version is raised when an older reader would misread a file; fields may be added
// without: what an older file lacks is zero, and an older reader refuses a newer file, of which it would lose something. Files whose name ends in .gz are the same, packed by gzip.
package archive

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

// Error is a constant error of this package; compare with errors.Is.
type Error string

func (e Error) Error() string { return string(e) }

const (
	// ErrForm: this is no archive, or it is damaged.
	ErrForm Error = "this is no archive of Interviewbot, or it is damaged"
	// ErrCut: the archive is cut short.
	ErrCut Error = "the archive is cut short: its last line is missing"
	// ErrNewer: a newer version wrote the archive.
	ErrNewer Error = "a newer version of Interviewbot wrote the archive: use that version"
	// ErrSum: a record is not as it was written.
	ErrSum Error = "the archive is damaged: its records are not those that it was made of"
)

const (
	version  = 1
	lineMost = 64 << 20 // bytes of one line; the longest records are some 100 kB
)

// Sum is how many records of a kind there are, and a hash over them.
type Sum struct {
	Count int    `json:"count"`
	Hash  string `json:"sum"` // hex SHA-256 of the lines
}

// Sums is a Sum for each kind that there is.
type Sums map[string]Sum

// Total is the number of records.
func (s Sums) Total() int {
	n := 0
	for _, k := range s {
		n += k.Count
	}
	return n
}

// Hash is one hash over all, in hex.
func (s Sums) Hash() string {
	h := sha256.New()
	for _, kind := range Kinds() {
		fmt.Fprintf(h, "%s %d %s\n", kind, s[kind].Count, s[kind].Hash)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Differ lists the kinds whose counts or hashes are not the same.
func (s Sums) Differ(other Sums) (kinds []string) {
	for _, kind := range Kinds() {
		if s[kind] != other[kind] {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// summing makes Sums of lines as they go by.
type summing struct {
	counts map[string]int
	hashes map[string]hash.Hash
}

func newSumming() *summing { return &summing{map[string]int{}, map[string]hash.Hash{}} }

func (s *summing) add(kind string, line []byte) {
	h := s.hashes[kind]
	if h == nil {
		h = sha256.New()
		s.hashes[kind] = h
	}
	h.Write(line)
	h.Write([]byte{'\n'})
	s.counts[kind]++
}

func (s *summing) sums() Sums {
	out := Sums{}
	for kind, h := range s.hashes {
		out[kind] = Sum{s.counts[kind], hex.EncodeToString(h.Sum(nil))}
	}
	return out
}

type first struct {
	Archive string    `json:"interviewbot"`
	Version int       `json:"version"`
	Made    time.Time `json:"made"`
}

type line struct {
	Kind   string          `json:"kind,omitempty"`
	Record json.RawMessage `json:"record,omitempty"`
	End    Sums            `json:"end,omitempty"` // of the last line
}

// Progress is called now and then with how many records are done; it must return quickly.
type Progress func(done int)

// Write writes all records of a store as they are at one time; made stands in the file. Left out are events that Once recorded:
// they matter for two days, and an archive is for later.
func Write(ctx context.Context, w io.Writer, s store.Mover, made time.Time, progress Progress) (Sums, error) {
	out := bufio.NewWriterSize(w, 1<<16)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(first{"archive", version, made.UTC()}); err != nil {
		return nil, fmt.Errorf("write the archive: %w", err)
	}
	sums, err := walk(ctx, s, time.Time{}, progress, func(_ store.Record, line []byte) error {
		_, err := out.Write(append(line, '\n'))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("write the archive: %w", err)
	}
	end := struct {
		End Sums `json:"end"` // also when there is nothing
	}{sums}
	if err := errors.Join(enc.Encode(end), out.Flush()); err != nil {
		return nil, fmt.Errorf("write the archive: %w", err)
	}
	return sums, nil
}

// Summed reads all records of a store and returns their sums. Of events that Once recorded it counts those of the 47 hours before
// now: nobody delivers older ones again; with the zero time none.
func Summed(ctx context.Context, s store.Mover, now time.Time, progress Progress) (Sums, error) {
	return walk(ctx, s, now, progress, func(store.Record, []byte) error { return nil })
}

// walk calls f for each record that is to be moved, with its line.
func walk(ctx context.Context, s store.Mover, now time.Time, progress Progress, f func(store.Record, []byte) error) (Sums, error) {
	sum := newSumming()
	done := 0
	lines := newLines()
	err := s.Dump(ctx, func(r store.Record) error {
		if h, ok := r.(store.Handled); ok && (now.IsZero() || now.Sub(h.At) > handledFor) {
			return nil
		}
		if v, ok := r.(store.SpaceValue); ok && v.Space == "" && v.Key == markKey {
			return nil
		}
		kind, ok := kindOf(r)
		if !ok {
			return fmt.Errorf("a record of a kind that cannot be moved: %T", r)
		}
		line, err := lines.of(kind, r)
		if err != nil {
			return err
		}
		sum.add(kind, line)
		if done++; done%1000 == 0 && progress != nil {
			progress(done)
		}
		return f(r, line)
	})
	return sum.sums(), err
}

// lines makes the lines of records.
type lines struct {
	buf bytes.Buffer
	enc *json.Encoder
}

func newLines() *lines {
	l := new(lines)
	l.enc = json.NewEncoder(&l.buf)
	l.enc.SetEscapeHTML(false)
	return l
}

// of returns a record's line, which the next call overwrites.
func (l *lines) of(kind string, r store.Record) ([]byte, error) {
	l.buf.Reset()
	err := l.enc.Encode(struct {
		Kind   string       `json:"kind"`
		Record store.Record `json:"record"`
	}{kind, r})
	return bytes.TrimSuffix(l.buf.Bytes(), []byte{'\n'}), err
}

// handledFor is how long events matter: the 48 hours of Once, less one for the time that moving takes.
const handledFor = 47 * time.Hour

// Read reads an archive to its end, calls f with each record (nil: only checks it), and returns when it was made and the sums of its
// records as this version writes them, which are those in the file unless an older version wrote it. f is called before the end has
// been checked: call Read without f first where that matters.
func Read(ctx context.Context, r io.Reader, f func(store.Record) error) (sums Sums, made time.Time, err error) {
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 1<<16), lineMost)
	var head first
	if !in.Scan() {
		return nil, made, errors.Join(ErrForm, in.Err())
	}
	if err := json.Unmarshal(in.Bytes(), &head); err != nil || head.Archive != "archive" || head.Version < 1 {
		return nil, made, ErrForm
	}
	if head.Version > version {
		return nil, made, ErrNewer
	}
	there, sum, lines := newSumming(), newSumming(), newLines()
	for n := 2; in.Scan(); n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return nil, made, ctx.Err()
		}
		var l line
		if err := json.Unmarshal(in.Bytes(), &l); err != nil || (l.Kind == "") == (l.End == nil) {
			return nil, made, fmt.Errorf("line %d: %w", n, ErrForm)
		}
		if l.End != nil {
			if in.Scan() || len(l.End.Differ(there.sums())) > 0 {
				return nil, made, ErrSum
			}
			return sum.sums(), head.Made, in.Err()
		}
		there.add(l.Kind, in.Bytes())
		rec, err := parse(l.Kind, l.Record)
		if err == nil {
			var own []byte
			own, err = lines.of(l.Kind, rec)
			sum.add(l.Kind, own)
		}
		if err != nil {
			return nil, made, fmt.Errorf("line %d: %w", n, err)
		}
		if f == nil {
			continue
		}
		if err := f(rec); err != nil {
			return nil, made, err
		}
	}
	if err := in.Err(); err != nil {
		return nil, made, err
	}
	return nil, made, ErrCut
}
