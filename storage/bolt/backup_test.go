package bolt_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/bolt"
)

func TestBackupWhileAnswersAreStored(t *testing.T) {
	path := written(t, 1000)
	s := open(t, path, bolt.Options{})
	ctx, end := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	started := make(chan struct{})
	writing.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			if err := s.Update(context.Background(), addText); err != nil {
				t.Error(err)
			}
			if n == 3 {
				close(started)
			}
		}
	})
	<-started
	copied := filepath.Join(t.TempDir(), "backup.db")
	if err := s.Backup(t.Context(), copied); err != nil {
		t.Error(err)
	}
	end()
	writing.Wait()
	if info, err := os.Stat(copied); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	b := open(t, copied, bolt.Options{})
	err := b.View(t.Context(), func(tx store.Tx) error {
		p, err := tx.Person("u")
		chain, errChain := tx.Chain(p.Practice, 0)
		old, errOld := tx.RoundAnswers("t", 1, "", 0)
		if len(chain) < 3 || len(old) != 37 {
			t.Errorf("%d and %d answers", len(chain), len(old))
		}
		return errors.Join(err, errChain, errOld)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestBackupReplacesNothing(t *testing.T) {
	path := written(t, 1)
	s := open(t, path, bolt.Options{})
	taken := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(taken, []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, where := range []string{taken, path} {
		if err := s.Backup(t.Context(), where); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: %v", where, err)
		}
	}
	if string(contents(t, taken)) != "dear" {
		t.Error("the file was changed")
	}
}

func TestBackupThatFailsLeavesNothing(t *testing.T) {
	s := open(t, written(t, 100), bolt.Options{})
	ctx, end := context.WithCancel(t.Context())
	end()
	folder := t.TempDir()
	if err := s.Backup(ctx, filepath.Join(folder, "backup.db")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := s.Backup(t.Context(), filepath.Join(folder, "none", "backup.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Each damage is one that bbolt does not see.
func TestCheckFindsWhatDoesNotFitTogether(t *testing.T) {
	for name, damage := range map[string]func(tx *bbolt.Tx) error{
		"index without record":      func(tx *bbolt.Tx) error { return tx.Bucket([]byte("due")).Put([]byte("x"), []byte("y")) },
		"record without index":      dropFirst("round answers"),
		"index of another":          overwriteFirst("round answers", []byte("\x00\x00\x00\x00\x00\x00\x00\x07")),
		"record that is gone":       dropFirst("answers"),
		"record that is cut":        overwriteFirst("members", []byte("\x01\x03\x40x")),
		"record of another version": overwriteFirst("tasks", []byte("\x02")),
		"line that is missing":      dropSecond("ledgers"),
		"texts that are not noted":  dropFirst("texts"),
		"bucket that is missing":    func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("leases")) },
	} {
		t.Run(name, func(t *testing.T) {
			path := written(t, 1000)
			if err := bolt.Check(t.Context(), path); err != nil {
				t.Fatalf("before: %v", err)
			}
			change(t, path, damage)
			if err := bolt.Check(t.Context(), path); !errors.Is(err, bolt.ErrBroken) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func dropFirst(bucket string) func(*bbolt.Tx) error {
	return func(tx *bbolt.Tx) error {
		k, _ := tx.Bucket([]byte(bucket)).Cursor().First()
		return tx.Bucket([]byte(bucket)).Delete(k)
	}
}

func dropSecond(bucket string) func(*bbolt.Tx) error {
	return func(tx *bbolt.Tx) error {
		c := tx.Bucket([]byte(bucket)).Cursor()
		c.First()
		k, _ := c.Next()
		return tx.Bucket([]byte(bucket)).Delete(k)
	}
}

func overwriteFirst(bucket string, value []byte) func(*bbolt.Tx) error {
	return func(tx *bbolt.Tx) error {
		k, _ := tx.Bucket([]byte(bucket)).Cursor().First()
		return tx.Bucket([]byte(bucket)).Put(k, value)
	}
}

func TestSocket(t *testing.T) {
	path := written(t, 1000)
	if _, err := bolt.Ask(t.Context(), path, bolt.Request{Do: "ping"}); !errors.Is(err, bolt.ErrNotRunning) {
		t.Errorf("before: %v", err)
	}
	s := open(t, path, bolt.Options{})
	socket, err := s.Socket()
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(socket); err != nil || info.Mode() != fs.ModeSocket|0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := bolt.Ask(t.Context(), path, bolt.Request{Do: "ping"}); err != nil {
		t.Error(err)
	}
	reply, err := bolt.Ask(t.Context(), path, bolt.Request{Do: "status"})
	if err != nil || reply.Status.PID != os.Getpid() || reply.Status.Format != 1 || reply.Status.Bytes < 1000*400 {
		t.Errorf("%+v, %v", reply.Status, err)
	}
	copied := filepath.Join(t.TempDir(), "backup.db")
	if _, err := bolt.Ask(t.Context(), path, bolt.Request{Do: "backup", Path: copied}); err != nil {
		t.Error(err)
	}
	if err := bolt.Check(t.Context(), copied); err != nil {
		t.Error(err)
	}
	for _, r := range []bolt.Request{{Do: "backup", Path: copied}, {Do: "backup", Path: "backup.db"}, {Do: "backup"}, {Do: "drop"}, {}} {
		if _, err := bolt.Ask(t.Context(), path, r); err == nil || errors.Is(err, bolt.ErrNotRunning) {
			t.Errorf("%+v: %v", r, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(socket); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after Close: %v", err)
	}
}

func TestSocketKeepsToItsProtocol(t *testing.T) {
	path := written(t, 1)
	s := open(t, path, bolt.Options{})
	socket, err := s.Socket()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	replies := json.NewDecoder(conn)
	for _, line := range []string{`{"do":"ping"}`, `nonsense`, `{"do":7}`, ``, `{"do":"ping","later":true}`} {
		if _, err := fmt.Fprintln(conn, line); err != nil {
			t.Fatal(err)
		}
		var r bolt.Reply
		if err := replies.Decode(&r); err != nil || (r.Error == "") != strings.Contains(line, "ping") {
			t.Errorf("%s: %+v, %v", line, r, err)
		}
	}
	// A line without end is cut off.
	go conn.Write([]byte(strings.Repeat("x", 1<<20)))
	var r bolt.Reply
	if err := replies.Decode(&r); err == nil {
		t.Errorf("a line of a megabyte: %+v", r)
	}
	// Nobody who stays connected holds up the end.
	idle, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Close waits")
	}
}

func TestStaleSocketIsReplaced(t *testing.T) {
	path := written(t, 1)
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: path + ".sock"})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false)
	stale.Close()
	open(t, path, bolt.Options{})
	if _, err := bolt.Ask(t.Context(), path, bolt.Request{Do: "ping"}); err != nil {
		t.Error(err)
	}
}

func TestStoreWorksWithoutASocket(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("long", 20))
	if err := os.Mkdir(long, 0o700); err != nil {
		t.Fatal(err)
	}
	taken := filepath.Join(t.TempDir(), "bot.db")
	if err := os.WriteFile(taken+".sock", []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(long, "bot.db"), taken} {
		s := open(t, path, bolt.Options{})
		if _, err := s.Socket(); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
		if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Once("e") }); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if string(contents(t, taken+".sock")) != "mine" {
		t.Error("the file that has the socket's name was changed")
	}
}

func TestAskEndsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	silent, err := net.Listen("unix", path+".sock")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	ctx, end := context.WithCancel(t.Context())
	asked := make(chan error)
	go func() { _, err := bolt.Ask(ctx, path, bolt.Request{Do: "ping"}); asked <- err }()
	conn, err := silent.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	end()
	if err := <-asked; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
