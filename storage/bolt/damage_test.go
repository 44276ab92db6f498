package bolt_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/bolt"
)

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
	for i := range 30 {
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
	if found < 10 {
		t.Errorf("found %d of 30", found)
	}
}

// Bits that have flipped can make pages that lead to themselves, or beyond the end: Check must come to an end all the same.
func TestDamagedBits(t *testing.T) {
	t.Parallel()
	path := written(t, 300)
	whole, used := contents(t, path), usedSize(t, path)
	cut := filepath.Join(t.TempDir(), "bot.db")
	found := 0
	for i := range 200 {
		damaged := bytes.Clone(whole[:used])
		r := rand.New(rand.NewPCG(uint64(i), 2))
		damaged[r.IntN(int(used)/4096)*4096+r.IntN(128)] ^= 1 << r.IntN(8) // where pages have their structure
		if err := os.WriteFile(cut, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if bolt.Check(t.Context(), cut) != nil {
			found++
		}
	}
	if found < 50 {
		t.Errorf("found %d of 200", found)
	}
}

// A list of free pages with a page in use on it would let new records overwrite old ones.
func TestDamagedListOfFreePages(t *testing.T) {
	path := written(t, 1000)
	list := 0
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.View(func(tx *bbolt.Tx) error {
		for id := 2; ; id++ {
			page, err := tx.Page(id)
			if err != nil || page == nil {
				return err
			}
			if page.Type == "freelist" {
				list = id
			}
		}
	})
	if err := errors.Join(err, db.Close()); err != nil || list == 0 {
		t.Fatal(list, err)
	}
	damaged := contents(t, path)
	for _, id := range []uint64{0, 1, 1 << 40} {
		binary.NativeEndian.PutUint64(damaged[list*os.Getpagesize()+16:], id)
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		refuses(t, path, bolt.ErrBroken)
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
