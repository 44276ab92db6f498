package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage"
	"github.com/interviewbot/interviewbot/storage/archive"
	"github.com/interviewbot/interviewbot/storage/bolt"
)

// What migrate, backup and restore share: where records are, and how they are counted.

// movable opens a store that records are moved into, readable one that they are only read from.
func movable(ctx context.Context, url string) (archive.Target, error) {
	return mover(ctx, url, storage.Options{})
}

func readable(ctx context.Context, url string) (archive.Target, error) {
	return mover(ctx, url, storage.Options{Read: true})
}

func mover(ctx context.Context, url string, opt storage.Options) (archive.Target, error) {
	s, err := storage.Open(ctx, url, opt)
	if err != nil {
		return nil, err
	}
	m, ok := s.(archive.Target)
	if !ok {
		return nil, errors.Join(archive.ErrCannot, s.Close())
	}
	return m, nil
}

// whole says whether a store holds everything: nil, or that a move into it was left unfinished.
func whole(ctx context.Context, s store.Store, url string) error {
	began, unfinished, err := archive.Began(ctx, s)
	if err != nil || !unfinished {
		return err
	}
	when := ""
	if !began.IsZero() {
		when = " that began at " + began.Local().Format(time.DateTime)
	}
	return fmt.Errorf("%s holds only a part: a migrate or restore into it%s was not finished; give that command again, or empty it", withoutSecret(url), when)
}

// begun says whether a store was left in the middle of a move, and when that began; else it must be empty.
func begun(ctx context.Context, to archive.Target, url string) (began time.Time, again bool, err error) {
	began, again, err = archive.Began(ctx, to)
	if err != nil || again {
		return began, again, err
	}
	if err := archive.Empty(ctx, to); err != nil {
		return began, false, fmt.Errorf("%s: %w", withoutSecret(url), err)
	}
	return began, false, nil
}

// unused says whether no copy of the bot works on a store: nil, or how many do. A data file is locked while one does.
func unused(ctx context.Context, s store.Store, url string) error {
	if storage.DataFile(url) != "" {
		return nil
	}
	all, err := bot.Running(ctx, s)
	if err != nil || len(all) == 0 {
		return err
	}
	return fmt.Errorf("%s is in use by %d of the bot's processes: what is stored while its records move would stay behind. Stop them first; one that was killed counts for two and a half minutes", withoutSecret(url), len(all))
}

// withoutSecret is a store's address as it may be printed.
func withoutSecret(url string) string {
	if path := storage.DataFile(url); path != "" {
		return path
	}
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return "the store"
	}
	rest, query, _ := strings.Cut(rest, "?")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		rest = rest[at+1:]
	} else if strings.Contains(query, "@") { // the ? may be of a password
		rest = "…"
	}
	return scheme + "://" + rest
}

// sumUp counts what a store holds, with a progress line.
func sumUp(ctx context.Context, errOut io.Writer, what string, s store.Mover, now time.Time) (archive.Sums, error) {
	line := counter(errOut, "reading "+what, 0)
	sums, err := archive.Summed(ctx, s, now, line)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", what, err)
	}
	line(sums.Total())
	line(done)
	return sums, nil
}

// done is what a counter without a total is called with at the end.
const done = -1

// counter shows how far a long piece of work is: one line that changes on a terminal, a line for every tenth elsewhere. total 0 is for
// what is not known before.
func counter(w io.Writer, what string, total int) archive.Progress {
	began, said := time.Now(), -1
	terminal := onTerminal(w)
	return func(n int) {
		if total > 0 {
			n = min(n, total) // there may be more when somebody writes meanwhile
		}
		end := total > 0 && n >= total
		switch {
		case terminal && total > 0:
			const width = 30
			full := width * n / max(total, 1)
			fmt.Fprintf(w, "\r%s [%s%s] %d of %d records ", what, strings.Repeat("=", full), strings.Repeat(" ", width-full), n, total)
			if end {
				fmt.Fprintf(w, "in %s\n", time.Since(began).Round(time.Millisecond))
			}
		case total > 0:
			if tenth := 10 * n / total; tenth > said {
				said = tenth
				fmt.Fprintf(w, "%s: %d of %d records\n", what, n, total)
			}
		case n == done:
			if terminal {
				fmt.Fprintln(w)
			}
		case terminal:
			fmt.Fprintf(w, "\r%s: %d records ", what, n)
		case n >= 10*max(said, 1000):
			said = n
			fmt.Fprintf(w, "%s: %d records\n", what, n)
		}
	}
}

func onTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// table prints the sums by kind.
func table(w io.Writer, sums archive.Sums) error {
	for _, kind := range archive.Kinds() {
		if s, ok := sums[kind]; ok {
			if _, err := fmt.Fprintf(w, "  %-9s %9d  %s\n", kind, s.Count, s.Hash[:16]); err != nil {
				return err
			}
		}
	}
	_, err := fmt.Fprintf(w, "  %-9s %9d  %s\n", "all", sums.Total(), sums.Hash()[:16])
	return err
}

// isArchive says whether the name asks for an archive; packed whether for one that gzip packs.
func isArchive(name string) (archive, packed bool) {
	name = strings.ToLower(name)
	packed = strings.HasSuffix(name, ".gz")
	return packed || strings.HasSuffix(name, ".jsonl"), packed
}

// opened is a file that records can be taken from again and again.
type opened struct {
	sums  archive.Sums
	made  time.Time // zero for a data file
	from  archive.Source
	close func() error
}

// openArchive reads a file to its end and checks it: an archive, or a copy of a data file. The file is not changed.
func openArchive(ctx context.Context, path string) (opened, error) {
	f, err := os.Open(path)
	if err != nil {
		return opened{}, err
	}
	defer f.Close()
	start := make([]byte, 32)
	n, err := io.ReadFull(f, start)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return opened{}, fmt.Errorf("%s: %w", path, archive.ErrForm)
	}
	if start[0] != '{' && !(start[0] == 0x1f && start[1] == 0x8b) && n == len(start) {
		return openCopy(ctx, path)
	}
	open := func() (io.ReadCloser, error) { return unpacked(path) }
	in, err := open()
	if err != nil {
		return opened{}, err
	}
	sums, made, err := archive.Read(ctx, in, nil)
	if err := errors.Join(err, in.Close()); err != nil {
		return opened{}, fmt.Errorf("%s: %w", path, err)
	}
	return opened{sums: sums, made: made, from: archive.FromArchive(open), close: func() error { return nil }}, nil
}

// openCopy opens a copy of a copy, for opening a data file changes it.
func openCopy(ctx context.Context, path string) (o opened, err error) {
	if err := bolt.Check(ctx, path); err != nil {
		return o, err
	}
	sweep(os.TempDir())
	folder, err := os.MkdirTemp("", bolt.Part+"*")
	if err != nil {
		return o, err
	}
	clean := func() error { return os.RemoveAll(folder) }
	defer func() {
		if err != nil {
			err = errors.Join(err, clean())
		}
	}()
	copied := filepath.Join(folder, "copy.db")
	if err := copyFile(path, copied); err != nil {
		return o, err
	}
	s, err := readable(ctx, copied)
	if err != nil {
		return o, err
	}
	sums, err := archive.Summed(ctx, s, time.Time{}, nil)
	if err = errors.Join(err, whole(ctx, s, path)); err != nil {
		return o, errors.Join(err, s.Close())
	}
	return opened{sums: sums, from: archive.FromStore(s, time.Time{}), close: func() error { return errors.Join(s.Close(), clean()) }}, nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// unpacked opens an archive, packed or not.
func unpacked(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	start := make([]byte, 2)
	if _, err := io.ReadFull(f, start); err != nil {
		return nil, errors.Join(archive.ErrForm, f.Close())
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if start[0] != 0x1f {
		return f, nil
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w (%v)", archive.ErrForm, err), f.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{z, f}, nil
}
