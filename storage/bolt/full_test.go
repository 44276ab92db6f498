package bolt_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/bolt"
)

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
