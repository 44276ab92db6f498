package bolt_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
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

func TestTruncatedFile(t *testing.T) {
	path := written(t, 1000)
	whole := contents(t, path)
	used := usedSize(t, path)
	for _, n := range []int64{1, 100, 4095, 4096, 8192, 12288, used / 2, used - 4096, used - 1} {
		cut := filepath.Join(t.TempDir(), "bot.db")
		if err := os.WriteFile(cut, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		refuses(t, cut, bolt.ErrBroken)
	}
}

// usedSize is how much of a file is in use: it grows in steps beyond that.
func usedSize(t *testing.T, path string) (n int64) {
	t.Helper()
	change(t, path, func(tx *bbolt.Tx) error { n = tx.Size(); return nil })
	return n
}

// Sectors that a disk has lost: whatever is read, it ends with an error or with what was there, never with the process; and
// Check finds it, unless nothing that is in use was hit.
func TestDamagedSectors(t *testing.T) {
	t.Parallel()
	path := written(t, 1000)
	whole := contents(t, path)
	found := 0
	for i := range 60 {
		damaged := bytes.Clone(whole)
		r := rand.New(rand.NewPCG(uint64(i), 1))
		at := (2*4096/512 + r.IntN(len(whole)/512-16)) * 512
		for j := range damaged[at : at+512] {
			damaged[at+j] = byte(r.Uint32() * uint32(i%2))
		}
		cut := filepath.Join(t.TempDir(), "bot.db")
		if err := os.WriteFile(cut, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if bolt.Check(t.Context(), cut) != nil {
			found++
		}
		s, err := bolt.Open(t.Context(), cut, bolt.Options{MmapSize: 1 << 20})
		if err != nil {
			if !errors.Is(err, bolt.ErrBroken) {
				t.Error(err)
			}
			continue
		}
		useAll(s)
		s.Close()
	}
	if found < 20 {
		t.Errorf("found %d of 60", found)
	}
}

func useAll(s *bolt.Store) {
	ctx := context.Background()
	s.View(ctx, func(tx store.Tx) error {
		for no := range 30 {
			tx.RoundAnswers("t", no, "", 0)
		}
		return nil
	})
	for seq := range uint64(1000) {
		s.View(ctx, func(tx store.Tx) error { tx.Answer(seq); return nil })
	}
	s.View(ctx, func(tx store.Tx) error { tx.Members("t", "", 0); return nil })
	s.View(ctx, func(tx store.Tx) error { tx.Due(tx.Now(), 0); return nil })
	for i := range 20 {
		s.Update(ctx, func(tx store.Tx) error {
			user := fmt.Sprintf("user %d", i)
			_, err := tx.AddAnswer(store.Answer{Track: "t", Round: 99, User: user})
			return errors.Join(err, tx.PutMember(store.Member{Track: "t", User: user}), tx.AddLine("t", user, store.Line{}),
				tx.PutTask(store.Task{Key: user}), tx.Once("new "+user))
		})
	}
}

// A file that is cut while it is in use must not take the process with it.
func TestFileThatIsCutWhileInUse(t *testing.T) {
	path := written(t, 1000)
	s := open(t, path, bolt.Options{})
	if err := os.Truncate(path, 16384); err != nil {
		t.Fatal(err)
	}
	err := s.View(t.Context(), func(tx store.Tx) error { _, err := tx.RoundAnswers("t", 1, "", 0); return err })
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Error(err)
	}
	if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Once("late") }); err == nil {
		t.Error("an update worked")
	}
}

func TestMaximumSize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	s := open(t, path, bolt.Options{MaxSize: 1 << 20})
	fillUp(t, s)
	// What is there can be read, and room can be made.
	err := s.Update(t.Context(), func(tx store.Tx) error { _, err := tx.PurgePerson("u", "n", 0); return err })
	if err != nil {
		t.Errorf("purge: %v", err)
	}
	if err := s.Update(t.Context(), addText); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := bolt.Check(t.Context(), path); err != nil {
		t.Error(err)
	}
}

func addText(tx store.Tx) error {
	p, err := tx.Person("u")
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	p.User, p.Space = "u", "s"
	p.Practice, err = tx.AddAnswer(store.Answer{User: "u", Text: strings.Repeat("x", 3000), Prev: p.Practice})
	return errors.Join(err, tx.PutPerson(p))
}

// fillUp adds answers until there is no room, and checks that the last was not stored at all.
func fillUp(t *testing.T, s *bolt.Store) {
	t.Helper()
	for n := range 5000 {
		err := s.Update(context.Background(), addText)
		if err == nil {
			continue
		}
		if !errors.Is(err, store.ErrFull) {
			t.Fatal(err)
		}
		err = s.View(context.Background(), func(tx store.Tx) error {
			p, err := tx.Person("u")
			if err != nil {
				return err
			}
			all, err := tx.Chain(p.Practice, 0)
			if len(all) != n || n < 100 {
				t.Errorf("%d answers of %d", len(all), n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("it never was full")
}

const limited = "BOLT_TEST_FULL_DISK"

// A full disk is played by a limit on the size of files, which only a process of its own can have.
func TestFullDisk(t *testing.T) {
	if path := os.Getenv(limited); path != "" {
		s := open(t, path, bolt.Options{})
		fillUp(t, s)
		return
	}
	path := filepath.Join(t.TempDir(), "bot.db")
	child := exec.Command("sh", "-c", `trap "" XFSZ; ulimit -f 4096; exec "$0" -test.run='^TestFullDisk$'`, os.Args[0]) // blocks of 512 bytes
	child.Env = append(os.Environ(), limited+"="+path)
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := bolt.Check(t.Context(), path); err != nil {
		t.Error(err)
	}
	s := open(t, path, bolt.Options{})
	if err := s.Update(t.Context(), addText); err != nil {
		t.Errorf("when there is room again: %v", err)
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
