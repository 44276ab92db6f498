package bolt_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/bolt"
)

// written makes a file with some hundred answers in it, and returns its path.
func written(t testing.TB, answers int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bot.db")
	s := open(t, path, bolt.Options{})
	for from := 0; from < answers; from += 100 {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			for i := from; i < min(from+100, answers); i++ {
				user := fmt.Sprintf("user %d", i%37)
				_, err := tx.AddAnswer(store.Answer{Track: "t", Round: i/37 + 1, User: user, Text: strings.Repeat("x", 400), Sent: tx.Now()})
				err = errors.Join(err, tx.PutMember(store.Member{Track: "t", User: user}), tx.AddLine("t", user, store.Line{Round: i}),
					tx.PutTask(store.Task{Key: user, Due: tx.Now()}), tx.Once(fmt.Sprintf("event %05d", i)))
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func contents(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// refuses checks that opening fails with the error, says which file, and leaves it as it was.
func refuses(t *testing.T, path string, want error) {
	t.Helper()
	before := contents(t, path)
	s, err := bolt.Open(context.Background(), path, bolt.Options{MmapSize: 1 << 20})
	if err == nil {
		s.Close()
	}
	if !errors.Is(err, want) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want %v", err, want)
	}
	if !bytes.Equal(contents(t, path), before) {
		t.Error("the file was changed")
	}
}

func TestSecondCopyIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	open(t, path, bolt.Options{})
	_, err := bolt.Open(t.Context(), path, bolt.Options{})
	if !errors.Is(err, bolt.ErrInUse) || !strings.Contains(err.Error(), path) {
		t.Error(err)
	}
}

func TestFileIsForItsOwnerAlone(t *testing.T) {
	path := written(t, 1)
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	left, err := filepath.Glob(path + "*")
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestFilesThatAreNotOurs(t *testing.T) {
	for name, content := range map[string]string{
		"text":   "Dear diary, this is not a database.\n",
		"long":   strings.Repeat("This is not a database either. ", 10000),
		"zeros":  strings.Repeat("\x00", 1<<16),
		"SQLite": "SQLite format 3\x00" + strings.Repeat("\x00", 8176),
		"byte":   "x",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bot.db")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			refuses(t, path, bolt.ErrBroken)
			if err := bolt.Check(t.Context(), path); !errors.Is(err, bolt.ErrBroken) {
				t.Errorf("check: %v", err)
			}
		})
	}
}

func TestFileOfAnotherProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	change(t, path, func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("theirs")); return err })
	refuses(t, path, bolt.ErrBroken)
}

func TestFileOfANewerVersion(t *testing.T) {
	path := written(t, 1)
	change(t, path, func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("meta")).Put([]byte("format"), binary.BigEndian.AppendUint32(nil, 2))
	})
	refuses(t, path, bolt.ErrNewer)
}

// change writes to a file with bbolt itself.
func change(t *testing.T, path string, f func(*bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(f), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestEmptyFileIsTaken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, path, bolt.Options{})
	if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Once("e") }); err != nil {
		t.Error(err)
	}
}

func TestPlacesWhereNoFileCanBe(t *testing.T) {
	folder := t.TempDir()
	for _, path := range []string{filepath.Join(folder, "none", "bot.db"), folder} {
		_, err := bolt.Open(t.Context(), path, bolt.Options{})
		if !errors.As(err, new(*fs.PathError)) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// Not every file system can map, and no file is broken because of that.
func TestFileThatCannotBeMapped(t *testing.T) {
	if strconv.IntSize < 64 {
		t.Skip("there is no size that is too large")
	}
	_, err := bolt.Open(t.Context(), written(t, 1), bolt.Options{MmapSize: math.MaxInt >> 16})
	if err == nil || errors.Is(err, bolt.ErrBroken) {
		t.Error(err)
	}
}

func TestFileThatIsMostlyFreeIsCompacted(t *testing.T) {
	path := written(t, 5000)
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	s := open(t, link, bolt.Options{})
	err := s.Update(t.Context(), func(tx store.Tx) error {
		err := errors.Join(tx.PutPerson(store.Person{User: "stays"}), tx.AddTrack(store.Track{ID: "t", Space: "s"}))
		for i := range 5000/37 + 1 {
			err = errors.Join(err, tx.AddRound(store.Round{Track: "t", No: i + 1, Slot: fmt.Sprint(i)}))
		}
		_, purged := tx.PurgeSpace("s", 0)
		return errors.Join(err, purged)
	})
	if err != nil {
		t.Fatal(err)
	}
	before := fileSize(t, s, path)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".compact", []byte("left by a crash"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, link, bolt.Options{})
	if after := fileSize(t, s, path); after > before/2 {
		t.Errorf("%d bytes, before %d", after, before)
	}
	err = s.View(t.Context(), func(tx store.Tx) error { _, err := tx.Person("stays"); return err })
	if err != nil {
		t.Error(err)
	}
	seq := uint64(0)
	err = s.Update(t.Context(), func(tx store.Tx) (err error) { seq, err = tx.AddAnswer(store.Answer{User: "u"}); return err })
	if err != nil || seq != 5001 {
		t.Errorf("answer %d, %v", seq, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("the link is %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(path + "*"); len(left) > 2 { // the file and the socket
		t.Errorf("left behind: %v", left)
	}
	s.Close()
	if err := bolt.Check(t.Context(), path); err != nil {
		t.Error(err)
	}
}

func fileSize(t *testing.T, s *bolt.Store, path string) int64 {
	t.Helper()
	reply, err := bolt.Ask(t.Context(), path, bolt.Request{Do: "status"})
	if err != nil {
		t.Fatal(err)
	}
	return reply.Status.Bytes
}

// Many processes may start at once on a new file: one gets it.
func TestRaceForANewFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	var all sync.WaitGroup
	var won sync.Map
	for i := range 8 {
		all.Go(func() {
			s, err := bolt.Open(context.Background(), path, bolt.Options{MmapSize: 1 << 20})
			switch {
			case err == nil:
				won.Store(i, s)
			case !errors.Is(err, bolt.ErrInUse):
				t.Error(err)
			}
		})
	}
	all.Wait()
	n := 0
	won.Range(func(_, s any) bool { n++; s.(*bolt.Store).Close(); return true })
	if n != 1 {
		t.Errorf("%d have it", n)
	}
}
