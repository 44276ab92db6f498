package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage"
	"github.com/interviewbot/interviewbot/storage/archive"
	"github.com/interviewbot/interviewbot/storage/bolt"
)

// filled makes a data file with some thousand records.
func filled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bot.db")
	s, err := storage.Open(t.Context(), path, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Update(t.Context(), func(tx store.Tx) error {
		at := time.Now().UTC().Truncate(time.Microsecond)
		errs := []error{tx.PutSpace(store.Space{ID: "slack:s", Created: at}), tx.AddTrack(store.Track{ID: "trackaaa", Space: "slack:s", Channel: "slack:c", Created: at}), tx.Once("slack:e")}
		for no := range 20 {
			errs = append(errs, tx.AddRound(store.Round{Track: "trackaaa", No: no + 1, Slot: fmt.Sprintf("2026-01-%02dT09:00", no+1), At: at}))
			for user := range 100 {
				_, err := tx.AddAnswer(store.Answer{User: fmt.Sprintf("slack:u%03d", user), Space: "slack:s", Track: "trackaaa", Round: no + 1, Text: strings.Repeat("word ", 10), Sent: at})
				errs = append(errs, err)
			}
		}
		return errors.Join(errs...)
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// sumsOf opens a data file and sums it up.
func sumsOf(t *testing.T, url string) archive.Sums {
	t.Helper()
	s, err := movable(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sums, err := archive.Summed(t.Context(), s, time.Time{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

func sameSums(t *testing.T, a, b string) {
	t.Helper()
	x, y := sumsOf(t, a), sumsOf(t, b)
	if kinds := x.Differ(y); len(kinds) > 0 || x.Total() == 0 {
		t.Errorf("%s and %s differ in %v: %v, %v", a, b, kinds, x, y)
	}
}

func TestMigrateMovesEverythingOnce(t *testing.T) {
	from, to := filled(t), filepath.Join(t.TempDir(), "new.db")
	var out, log bytes.Buffer
	if err := migrate(t.Context(), from, to, &out, &log); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"both sides hold the same", "answer         2000", "--seal-key"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it says %q, want %q in it", out.String(), want)
		}
	}
	if !strings.Contains(log.String(), "moving: 2023 of 2023 records") {
		t.Errorf("its progress is %q", log.String())
	}
	sameSums(t, from, to)
	if err := migrate(t.Context(), from, to, io.Discard, io.Discard); !errors.Is(err, archive.ErrInUse) {
		t.Errorf("a second time: %v, want that the target is in use", err)
	}
}

// A move that is interrupted wherever goes on where it was, and brings each record once.
func TestAnInterruptedMoveGoesOn(t *testing.T) {
	from, to := filled(t), filepath.Join(t.TempDir(), "new.db")
	move := func(ctx context.Context, progress archive.Progress) (err error) {
		source, err := movable(ctx, from)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, source.Close()) }()
		target, err := movable(ctx, to)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, target.Close()) }()
		sums, err := archive.Summed(ctx, source, time.Time{}, nil)
		if err != nil {
			return err
		}
		return archive.Move(ctx, archive.FromStore(source, time.Time{}), sums, target, time.Time{}, progress)
	}
	const all = 2022 // a space, a track, 20 rounds and 2,000 answers
	var steps []int
	for range 10 {
		ctx, cancel := context.WithCancel(t.Context())
		err := move(ctx, func(n int) {
			if steps = append(steps, n); n < all {
				cancel()
			}
		})
		cancel()
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if want := []int{500, 1000, 1500, 2000, all}; !slices.Equal(steps, want) {
		t.Fatalf("the moves came to %v, want %v", steps, want)
	}
	sameSums(t, from, to)
}

func TestAMoveThatWasBegunFromElsewhereIsRefused(t *testing.T) {
	from, other, to := filled(t), filled(t), filepath.Join(t.TempDir(), "new.db")
	ctx, cancel := context.WithCancel(t.Context())
	log := writing(func(p []byte) {
		if bytes.Contains(p, []byte("moving")) {
			cancel()
		}
	})
	if err := migrate(ctx, from, to, io.Discard, log); err == nil || !strings.Contains(err.Error(), "interrupted. Nothing is lost: the same command goes on") || errors.Is(err, context.Canceled) { // which main has another word for
		t.Fatalf("an interrupted move ended with %v", err)
	}
	if err := migrate(t.Context(), other, to, io.Discard, io.Discard); !errors.Is(err, archive.ErrOther) {
		t.Errorf("from another source: %v", err)
	}
	if err := migrate(t.Context(), from, to, io.Discard, io.Discard); err != nil {
		t.Errorf("from the same one: %v", err)
	}
	sameSums(t, from, to)
}

// writing is a writer that calls a function.
type writing func([]byte)

func (w writing) Write(p []byte) (int, error) { w(p); return len(p), nil }

func TestBackupAndRestoreGiveTheSame(t *testing.T) {
	long(t, "reading the whole bank again and again")
	from := filled(t)
	for _, name := range []string{"copy.db", "archive.jsonl", "archive.jsonl.gz"} {
		for _, running := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " running ", running), func(t *testing.T) {
				if running {
					s, err := storage.Open(t.Context(), from, storage.Options{})
					if err != nil {
						t.Fatal(err)
					}
					defer s.Close()
				}
				file, to := filepath.Join(t.TempDir(), name), filepath.Join(t.TempDir(), "new.db")
				var out bytes.Buffer
				if err := backup(t.Context(), from, file, &out, io.Discard); err != nil {
					t.Fatal(err)
				}
				if err := backup(t.Context(), from, file, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "is there already") {
					t.Errorf("a second backup under the same name: %v", err)
				}
				left, err := os.ReadDir(filepath.Dir(file))
				if err != nil || len(left) != 1 {
					t.Errorf("beside the backup there is %v (%v)", left, err)
				}
				out.Reset()
				if err := restore(t.Context(), to, file, true, &out, io.Discard); err != nil || !strings.Contains(out.String(), "would be made") {
					t.Errorf("a dry run: %v\n%s", err, out.String())
				}
				if _, err := os.Stat(to); err == nil {
					t.Error("a dry run made the data file")
				}
				if err := restore(t.Context(), to, file, false, io.Discard, io.Discard); err != nil {
					t.Fatal(err)
				}
				if err := restore(t.Context(), to, file, false, io.Discard, io.Discard); !errors.Is(err, archive.ErrInUse) {
					t.Errorf("a second restore: %v", err)
				}
				if sums := sumsOf(t, to); sums["answer"].Count != 2000 {
					t.Errorf("restored were %v", sums)
				}
			})
		}
	}
}

// A process that is killed takes nothing away: the next backup into the folder does, whatever its name; but only what is old and ours.
func TestWhatAKilledBackupLeftIsTakenAway(t *testing.T) {
	from, dir := filled(t), t.TempDir()
	old := time.Now().Add(-25 * time.Hour)
	for name, at := range map[string]time.Time{bolt.Part + "1": old, bolt.Part + "2": time.Now(), "other.part-3": old} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, []byte("half"), 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	folder := filepath.Join(dir, bolt.Part+"4")
	if err := errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(filepath.Join(folder, "copy.db"), nil, 0o600), os.Chtimes(folder, old, old)); err != nil {
		t.Fatal(err)
	}
	if err := backup(t.Context(), from, filepath.Join(dir, "b.jsonl"), io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 3 || left[0].Name() != bolt.Part+"2" || left[1].Name() != "b.jsonl" || left[2].Name() != "other.part-3" {
		t.Errorf("there is %v (%v)", left, err)
	}
}

func TestWhatCannotBeMovedSaysWhy(t *testing.T) {
	from, dir := filled(t), t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	whole := filepath.Join(dir, "whole.jsonl")
	if err := backup(t.Context(), from, whole, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	newer := strings.Replace(string(data[:200]), `"version":1`, `"version":9`, 1)
	fresh := func() string { return filepath.Join(t.TempDir(), "new.db") }
	for what, c := range map[string]struct {
		do   func() error
		want string
	}{
		"no source": {func() error {
			return migrate(t.Context(), filepath.Join(dir, "none.db"), fresh(), io.Discard, io.Discard)
		}, "there is no data file"},
		"the same store": {func() error { return migrate(t.Context(), from, "bolt://"+from, io.Discard, io.Discard) }, "the same store"},
		"another kind":   {func() error { return migrate(t.Context(), from, "mysql://u:secret@h/d", io.Discard, io.Discard) }, "no kind of store called"},
		"no server": {func() error {
			return migrate(t.Context(), from, "postgres://u:secret@127.0.0.1:1/d", io.Discard, io.Discard)
		}, "127.0.0.1:1/d"},
		"an empty source": {func() error {
			return restore(t.Context(), fresh(), file("empty.jsonl", ""), false, io.Discard, io.Discard)
		}, "no archive"},
		"a cut archive": {func() error {
			return restore(t.Context(), fresh(), file("cut.jsonl", string(data[:bytes.LastIndexByte(data[:len(data)-1], '\n')+1])), false, io.Discard, io.Discard)
		}, "cut short"},
		"a newer archive": {func() error {
			return restore(t.Context(), fresh(), file("newer.jsonl", newer), false, io.Discard, io.Discard)
		}, "newer version"},
		"a cut packed one": {func() error {
			return restore(t.Context(), fresh(), file("cut.gz", "\x1f\x8b\x08\x00"), false, io.Discard, io.Discard)
		}, "no archive"},
		"no backup": {func() error {
			return restore(t.Context(), fresh(), filepath.Join(dir, "none"), false, io.Discard, io.Discard)
		}, "no such file"},
		"another file": {func() error {
			return restore(t.Context(), fresh(), file("note.txt", strings.Repeat("shopping list ", 500)), false, io.Discard, io.Discard)
		}, "note.txt"},
		"itself": {func() error { return restore(t.Context(), from, from, false, io.Discard, io.Discard) }, "the store itself"},
		"nothing to back up": {func() error {
			return backup(t.Context(), filepath.Join(dir, "none.db"), fresh(), io.Discard, io.Discard)
		}, "there is no data file"},
		"no such folder": {func() error {
			return backup(t.Context(), from, filepath.Join(dir, "none", "b.db"), io.Discard, io.Discard)
		}, "no such file"},
	} {
		err := c.do()
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v; want %q in it, and no password", what, err, c.want)
		}
	}
	sumsOf(t, from) // is still whole, and nobody has it open
}
