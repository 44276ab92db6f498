//go:build !race

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/archive"
	"github.com/interviewbot/interviewbot/storage/postgres/postgrestest"
)

// moves is a server on which each step of a test has databases of its own. Its password is secret.
type moves struct {
	*testing.T
	server *postgrestest.Server
}

func TestMovingWithPostgres(t *testing.T) {
	server := postgrestest.Own(t)
	for name, test := range map[string]func(moves){
		"there and back": moves.thereAndBack, "killed": moves.killed, "backup while it is used": moves.backupInUse, "refusals": moves.refusals, "only to read": moves.onlyToRead,
	} {
		t.Run(name, func(t *testing.T) { test(moves{t, server}) })
	}
}

// run does a deed of the command line and looks for the password in all that it says.
func (m moves) run(what string, deed func(out, errOut io.Writer) error) (said string, err error) {
	m.Helper()
	var out bytes.Buffer
	err = deed(&out, &out)
	said = out.String()
	if err != nil {
		said += err.Error()
	}
	if strings.Contains(said, "secret") {
		m.Errorf("%s shows the password: %s", what, said)
	}
	return said, err
}

func (m moves) migrate(from, to string) (string, error) {
	m.Helper()
	return m.run("migrate", func(out, errOut io.Writer) error { return migrate(m.Context(), from, to, out, errOut) })
}

func (m moves) thereAndBack() {
	t := m.T
	from, there, back := filled(t), m.server.Fresh(t), filepath.Join(t.TempDir(), "back.db")
	for _, step := range [][2]string{{from, there}, {there, back}} {
		said, err := m.migrate(step[0], step[1])
		if err != nil || !strings.Contains(said, "both sides hold the same") {
			t.Fatalf("%v\n%s", err, said)
		}
		sameSums(t, step[0], step[1])
	}
	if _, err := m.migrate(back, there); !errors.Is(err, archive.ErrInUse) {
		t.Errorf("into a database in use: %v", err)
	}
	sameSums(t, from, back)
}

// killed: a move is killed at several points in both directions, and each time goes on when it is called again.
func (m moves) killed() {
	t := m.T
	from, there, back := filled(t), m.server.Fresh(t), filepath.Join(t.TempDir(), "back.db")
	for _, step := range [][2]string{{from, there}, {there, back}} {
		for _, at := range []string{"moving: 5", "moving: 10", "moving: 15", "moving: 20"} {
			if !killedMove(t, at, step[0], step[1]) {
				t.Fatalf("the move ended before %q", at)
			}
		}
		said, err := m.migrate(step[0], step[1])
		if err != nil || !strings.Contains(said, "going on with the move that began") {
			t.Fatalf("%v\n%s", err, said)
		}
		sameSums(t, step[0], step[1])
	}
	sameSums(t, from, back)
}

// killedMove kills a process that migrates when its progress comes to a point; it says whether it came to it.
func killedMove(t *testing.T, at, from, to string) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childCommand+"=migrate\n"+from+"\n"+to)
	reached := make(chan struct{})
	var said bytes.Buffer
	cmd.Stderr = writing(func(p []byte) {
		said.Write(p)
		if reached != nil && strings.Contains(said.String(), at) {
			_ = cmd.Process.Kill()
			close(reached)
			reached = nil
		}
	})
	came := reached
	err := cmd.Run()
	if strings.Contains(said.String(), "secret") {
		t.Errorf("it shows the password: %s", &said)
	}
	select {
	case <-came:
		return err != nil
	default:
		t.Logf("it said %s", &said)
		return false
	}
}

func (m moves) backupInUse() {
	t := m.T
	from, there := filled(t), m.server.Fresh(t)
	if _, err := m.migrate(from, there); err != nil {
		t.Fatal(err)
	}
	running, err := movable(t.Context(), there)
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	ctx, stop := context.WithCancel(t.Context())
	wrote := make(chan int)
	go func() {
		n := 0
		defer func() { wrote <- n }()
		next := time.NewTicker(10 * time.Millisecond)
		defer next.Stop()
		for ; ctx.Err() == nil; n++ {
			<-next.C
			err := running.(store.Store).Update(ctx, func(tx store.Tx) error {
				_, err := tx.AddAnswer(store.Answer{User: "slack:u", Space: "slack:s", Text: fmt.Sprint("practice ", n)})
				return err
			})
			if err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
	}()
	folder := t.TempDir()
	for name, to := range map[string]string{"archive.jsonl.gz": m.server.Fresh(t), "no-ending": filepath.Join(folder, "new.db")} {
		file := filepath.Join(folder, name)
		if said, err := m.run("backup", func(out, errOut io.Writer) error { return backup(t.Context(), there, file, out, errOut) }); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, said)
		}
		into := func(dry bool) (string, error) {
			return m.run("restore", func(out, errOut io.Writer) error { return restore(t.Context(), to, file, dry, out, errOut) })
		}
		if said, err := into(true); err != nil || !strings.Contains(said, "would be put into") {
			t.Errorf("%s: a dry run: %v\n%s", name, err, said)
		}
		if said, err := into(false); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, said)
		}
		if _, err := into(false); !errors.Is(err, archive.ErrInUse) {
			t.Errorf("%s: a second restore: %v", name, err)
		}
		if sums := sumsOf(t, to); sums["round"].Count != 20 || sums["answer"].Count < 2000 {
			t.Errorf("%s: restored were %v", name, sums)
		}
	}
	stop()
	if n := <-wrote; n < 10 {
		t.Errorf("only %d answers were stored meanwhile", n)
	}
}

// refusals: each says why, and none shows the password.
func (m moves) refusals() {
	t := m.T
	from, there := filled(t), m.server.Fresh(t)
	if _, err := m.migrate(from, there); err != nil {
		t.Fatal(err)
	}
	with := func(change func(*url.URL)) string {
		u, err := url.Parse(m.server.Address)
		if err != nil {
			t.Fatal(err)
		}
		change(u)
		return u.String()
	}
	fixed := m.server.Fresh(t)
	postgrestest.Execute(t, fixed, "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET default_transaction_read_only = on'; END $$")
	gone := with(func(u *url.URL) { u.Path = "/gone" })
	wrong := with(func(u *url.URL) { u.User = url.UserPassword("postgres", "secret too") })
	file := filepath.Join(t.TempDir(), "archive.jsonl")
	if err := backup(t.Context(), from, file, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	for to, want := range map[string]string{fixed: "can only be read", gone: "createdb", wrong: "check user name and password"} {
		for what, deed := range map[string]func(out, errOut io.Writer) error{
			"migrate to":     func(out, errOut io.Writer) error { return migrate(t.Context(), from, to, out, errOut) },
			"restore into":   func(out, errOut io.Writer) error { return restore(t.Context(), to, file, false, out, errOut) },
			"try to restore": func(out, errOut io.Writer) error { return restore(t.Context(), to, file, true, out, errOut) },
			"migrate from": func(out, errOut io.Writer) error {
				return migrate(t.Context(), to, filepath.Join(t.TempDir(), "new.db"), out, errOut)
			},
			"backup of": func(out, errOut io.Writer) error {
				return backup(t.Context(), to, filepath.Join(t.TempDir(), "new.jsonl"), out, errOut)
			},
		} {
			want := want
			if to == fixed && (what == "migrate from" || what == "backup of") {
				want = "has no tables"
			}
			if said, err := m.run(what, deed); err == nil || !strings.Contains(said, want) {
				t.Errorf("%s a database that refuses: %v; want %q in it", what, err, want)
			}
		}
	}
	if _, err := m.migrate(there, strings.Replace(there, "postgres://", "postgresql://", 1)); err == nil {
		t.Error("a database was moved into itself")
	}
	sameSums(t, from, there)
}

// onlyToRead: what only reads needs no more rights than that, and a dry run makes nothing.
func (m moves) onlyToRead() {
	t := m.T
	from, there, empty := filled(t), m.server.Fresh(t), m.server.Fresh(t)
	file := filepath.Join(t.TempDir(), "archive.jsonl")
	if err := errors.Join(migrate(t.Context(), from, there, io.Discard, io.Discard), backup(t.Context(), from, file, io.Discard, io.Discard)); err != nil {
		t.Fatal(err)
	}
	said, err := m.run("restore", func(out, errOut io.Writer) error { return restore(t.Context(), empty, file, true, out, errOut) })
	if err != nil || !strings.Contains(said, "which is empty") {
		t.Errorf("a dry run: %v\n%s", err, said)
	}
	if tables := postgrestest.Rows(t, empty, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"); len(tables) > 0 {
		t.Errorf("a dry run made %v", tables)
	}
	postgrestest.Execute(t, there, "CREATE ROLE reader LOGIN PASSWORD 'secret'", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader",
		"DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET default_transaction_read_only = on'; END $$")
	u, err := url.Parse(there)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("reader", "secret")
	back := filepath.Join(t.TempDir(), "back.db")
	if said, err := m.run("backup", func(out, errOut io.Writer) error {
		return backup(t.Context(), u.String(), filepath.Join(t.TempDir(), "b.jsonl"), out, errOut)
	}); err != nil {
		t.Errorf("backup: %v\n%s", err, said)
	}
	if said, err := m.migrate(u.String(), back); err != nil {
		t.Fatalf("migrate: %v\n%s", err, said)
	}
	sameSums(t, from, back)
}

// The image sets STORE; a secret that is a file must hold all the same.
func TestStoreFileComesBeforeStore(t *testing.T) {
	file := filepath.Join(t.TempDir(), "store")
	if err := os.WriteFile(file, []byte("mysql://bot:secret@db/bot\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("STORE", filepath.Join(t.TempDir(), "data.db"))
	t.Setenv("STORE_FILE", file)
	t.Setenv("LISTEN", "127.0.0.1:0") // another program may have the usual port
	for _, args := range [][]string{{}, {"backup", filepath.Join(t.TempDir(), "b.jsonl")}} {
		err := command(io.Discard, io.Discard).Run(t.Context(), append([]string{"interviewbot"}, args...))
		if err == nil || !strings.Contains(err.Error(), `no kind of store called "mysql"`) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", args, err)
		}
	}
}
