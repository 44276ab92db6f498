package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage"
	"github.com/interviewbot/interviewbot/storage/archive"
	"github.com/interviewbot/interviewbot/storage/postgres"
	"github.com/interviewbot/interviewbot/storage/postgres/postgrestest"
)

// updated changes a store through a connection of its own.
func updated(t *testing.T, url string, now func() time.Time, f func(store.Tx) error) {
	t.Helper()
	s, err := storage.Open(t.Context(), url, storage.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Update(t.Context(), f), s.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestADatabaseInUseIsNotMoved(t *testing.T) {
	server := postgrestest.Own(t)
	from, there := filled(t), server.Fresh(t)
	if err := migrate(t.Context(), from, there, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	back := func() string { return filepath.Join(t.TempDir(), "back.db") }

	updated(t, there, nil, func(tx store.Tx) error {
		return tx.PutValue("", "replica/one", fmt.Appendf(nil, `{"version":"1","bank":"b","seen":%q}`, tx.Now().Format(time.RFC3339Nano)))
	})
	if err := migrate(t.Context(), there, back(), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "in use by 1 of the bot's processes") {
		t.Errorf("from a database that a bot works on: %v", err)
	}
	updated(t, there, nil, func(tx store.Tx) error { return tx.PutValue("", "replica/one", nil) })

	// Somebody who did not register writes in the middle: that is noticed in the end.
	to, wrote := back(), false
	log := writing(func(p []byte) {
		if bytes.Contains(p, []byte("moving")) && !wrote {
			wrote = true
			updated(t, there, nil, func(tx store.Tx) error {
				_, err := tx.AddAnswer(store.Answer{User: "slack:late", Text: "late", Sent: tx.Now()})
				return err
			})
		}
	})
	var out bytes.Buffer
	if err := migrate(t.Context(), there, to, &out, log); !errors.Is(err, archive.ErrDiffer) || !strings.Contains(err.Error(), "answer") || out.Len() > 0 {
		t.Errorf("with an answer that came meanwhile: %v\n%s", err, &out)
	}
	if err := migrate(t.Context(), there, back(), io.Discard, io.Discard); err != nil {
		t.Errorf("once more, from the start: %v", err)
	}
}

// A record that the target refuses is named, and nobody is told to try again.
func TestARecordThatCannotBeMovedIsNamed(t *testing.T) {
	server := postgrestest.Own(t)
	from := filled(t)
	updated(t, from, nil, func(tx store.Tx) error {
		return tx.AddRound(store.Round{Track: "forgotten", No: 1, Slot: "2026-01-01T09:00"})
	})
	err := migrate(t.Context(), from, server.Fresh(t), io.Discard, io.Discard)
	if !errors.Is(err, postgres.ErrRefused) || !strings.Contains(err.Error(), `rounds, "forgotten" 1`) || strings.Contains(err.Error(), "goes on") {
		t.Error(err)
	}
}

// A move that lay for some hours: the target has forgotten events meanwhile that are too old to matter.
func TestEventsThatGrewTooOldAreNotMissed(t *testing.T) {
	server := postgrestest.Own(t)
	from, there := filled(t), server.Fresh(t)
	now := time.Now()
	updated(t, from, func() time.Time { return now.Add(-46 * time.Hour) }, func(tx store.Tx) error { return tx.Once("slack:old") })
	source, err := movable(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	target, err := movable(t.Context(), there)
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	sums, err := archive.Summed(t.Context(), source, now, nil)
	if err != nil || sums["event"].Count != 2 {
		t.Fatal(sums["event"], err)
	}
	if err := archive.Move(t.Context(), archive.FromStore(source, now), sums, target, now, nil); err != nil {
		t.Fatal(err)
	}
	postgrestest.Execute(t, there, "DELETE FROM events WHERE id = 'slack:old'")
	if err := archive.Finish(t.Context(), target, sums, now, nil); !errors.Is(err, archive.ErrDiffer) {
		t.Errorf("when it still matters: %v", err)
	}
	later := now.Add(2 * time.Hour)
	if sums, err = archive.Summed(t.Context(), source, later, nil); err != nil {
		t.Fatal(err)
	}
	if err := archive.Finish(t.Context(), target, sums, later, nil); err != nil {
		t.Errorf("two hours later: %v", err)
	}
}

// What a move left unfinished holds a part: nobody may take it for the whole.
func TestAPartIsNotTakenForTheWhole(t *testing.T) {
	from, to := filled(t), filepath.Join(t.TempDir(), "new.db")
	ctx, cancel := context.WithCancel(t.Context())
	log := writing(func(p []byte) {
		if bytes.Contains(p, []byte("moving")) {
			cancel()
		}
	})
	if err := migrate(ctx, from, to, io.Discard, log); err == nil {
		t.Fatal("the move came to its end")
	}
	dir := t.TempDir()
	for what, deed := range map[string]func() error{
		"backup":  func() error { return backup(t.Context(), to, filepath.Join(dir, "b.jsonl"), io.Discard, io.Discard) },
		"migrate": func() error { return migrate(t.Context(), to, filepath.Join(dir, "m.db"), io.Discard, io.Discard) },
		"restore": func() error {
			data, err := os.ReadFile(to)
			if err != nil {
				return err
			}
			part := filepath.Join(dir, "part.db")
			return errors.Join(os.WriteFile(part, data, 0o600), restore(t.Context(), filepath.Join(dir, "r.db"), part, false, io.Discard, io.Discard))
		},
		"serve": func() error {
			w, err := openWorld(t.Context(), Config{}, "self", to, time.Now, nil, slog.New(slog.DiscardHandler))
			if err == nil {
				err = w.close()
			}
			return err
		},
	} {
		if err := deed(); err == nil || !strings.Contains(err.Error(), "holds only a part") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := migrate(t.Context(), from, to, io.Discard, io.Discard); err != nil {
		t.Errorf("the same command once more: %v", err)
	}
	sameSums(t, from, to)
}

// A data file may have a key beside it; in another place the operator must give it.
func TestAMoveSaysWhichKey(t *testing.T) {
	from := filled(t)
	if err := os.WriteFile(from+".key", []byte("00"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := migrate(t.Context(), from, filepath.Join(t.TempDir(), "new.db"), &out, io.Discard); err != nil || !strings.Contains(out.String(), "--seal-key (or SEAL_KEY) set to the one it had, or else to the digits in "+from+".key") {
		t.Errorf("%v\n%s", err, &out)
	}
}

func TestAnEmptyStoreIsBackedUp(t *testing.T) {
	from, file := filepath.Join(t.TempDir(), "bot.db"), filepath.Join(t.TempDir(), "empty.jsonl")
	updated(t, from, nil, func(store.Tx) error { return nil })
	if err := backup(t.Context(), from, file, io.Discard, io.Discard); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

func TestNoPasswordIsPrinted(t *testing.T) {
	for url, want := range map[string]string{
		"bot.db": "bot.db", "bolt:///data/bot.db": "/data/bot.db", "team@home.db": "team@home.db", `C:\bot\bot.db`: `C:\bot\bot.db`,
		"postgres://u:secret@h:5432/d?sslmode=require": "postgres://h:5432/d", "postgres://u:se@secret@h/d": "postgres://h/d",
		"postgres://h/d?user=u&password=se@cret": "postgres://…", "postgres://u:12?secret@h/d": "postgres://…", "postgres://h/d?password=secret": "postgres://h/d",
		"host=h user=u password=secret": "the store", "postgres:u:secret@h/d": "the store", "u:secret@h/d": "the store",
	} {
		if got := withoutSecret(url); got != want {
			t.Errorf("%q is printed as %q, want %q", url, got, want)
		}
	}
	for _, url := range []string{"host=h user=u password=secret", "postgres:u:secret@h/d"} {
		for what, deed := range map[string]func() error{
			"backup":  func() error { return backup(t.Context(), url, filepath.Join(t.TempDir(), "b"), io.Discard, io.Discard) },
			"migrate": func() error { return migrate(t.Context(), url, "b.db", io.Discard, io.Discard) },
			"restore": func() error { return restore(t.Context(), url, filled(t), true, io.Discard, io.Discard) },
		} {
			if err := deed(); !errors.Is(err, postgres.ErrAddress) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s %s: %v", what, url, err)
			}
		}
	}
}

// More records may come than were counted.
func TestProgressMayRunOver(t *testing.T) {
	terminal, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // as a terminal, it is a device
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	for _, w := range []io.Writer{io.Discard, terminal} {
		line := counter(w, "moving", 10)
		line(9)
		line(25)
	}
}
