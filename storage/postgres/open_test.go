package postgres_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/postgres"
	"github.com/interviewbot/interviewbot/storage/postgres/postgrestest"
)

// refusal opens what cannot be opened, and checks that a sentence says why, without the password.
func refusal(t *testing.T, where string, want error, says string) {
	t.Helper()
	s, err := postgres.Open(t.Context(), where)
	if err == nil {
		s.Close()
		t.Errorf("opened, want %q", says)
		return
	}
	if !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "secret") || want != nil && !errors.Is(err, want) {
		t.Errorf("got %v, want %q", err, says)
	}
}

func TestWrongAddress(t *testing.T) {
	for _, where := range []string{"postgres://me:secret@host:port/db", "postgres://me:secret%@host/db", "postgres://me:secret@host/db?sslmode=perhaps",
		"postgres://me:secret@ho st/db", "postgres://me:secret@host/db?pool_max_conns=many"} {
		refusal(t, where, postgres.ErrAddress, "has the form postgres://")
	}
	refusal(t, "postgres://me:secret@127.0.0.1:1/db", nil, "is the server running")
	refusal(t, "postgres://me:secret@127.0.0.1:1,127.0.0.1:2/db", nil, "127.0.0.1:2") // each of several that do not answer
	if _, err := postgres.Open(t.Context(), "postgres://me:secret@127.0.0.1:1/db"); err == nil || strings.Contains(err.Error(), "\n") || strings.Count(err.Error(), "refused") != 1 {
		t.Errorf("not one line that says it once: %v", err) // it is tried with and without TLS
	}
	refusal(t, "postgres://me:secret@nowhere.invalid/db", nil, "is the server running")
}

func TestServerThatRefuses(t *testing.T) {
	s := postgrestest.Own(t)
	with := func(change func(*url.URL)) string {
		u, err := url.Parse(s.Address)
		if err != nil {
			t.Fatal(err)
		}
		change(u)
		return u.String()
	}
	execute(t, s.Address, "CREATE ROLE guest LOGIN PASSWORD 'secret'", "CREATE ROLE last LOGIN PASSWORD 'secret' CONNECTION LIMIT 0", "CREATE DATABASE there", "CREATE DATABASE fixed", "ALTER DATABASE fixed SET default_transaction_read_only = on")
	refusal(t, with(func(u *url.URL) { u.User = url.UserPassword("postgres", "secret but another") }), nil, "check user name and password")
	refusal(t, with(func(u *url.URL) { u.User = url.UserPassword("nobody", "secret") }), nil, "check user name and password")
	refusal(t, with(func(u *url.URL) { u.User = url.UserPassword("last", "secret") }), nil, "takes no more connections")
	refusal(t, with(func(u *url.URL) { u.Path = "/missing" }), nil, "make it with createdb")
	refusal(t, with(func(u *url.URL) { u.Path = "/fixed" }), postgres.ErrReadOnly, "can only be read")
	refusal(t, with(func(u *url.URL) { u.Path, u.User = "/there", url.UserPassword("guest", "secret") }), nil, "let it own the database")
}

// An analyst is told by the tables themselves what they hold.
func TestEveryTableSaysWhatItHolds(t *testing.T) {
	where := fresh(t)
	open(t, where).Close()
	bare := postgrestest.Rows(t, where, `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
		AND relname NOT LIKE 'goose%' AND obj_description(oid, 'pg_class') IS NULL`)
	if len(bare) > 0 {
		t.Errorf("tables without a comment: %v", bare)
	}
}

// The server is stopped and started, tidily and as if it crashed, while the store is open.
func TestServerThatComesBack(t *testing.T) {
	server := postgrestest.Own(t)
	s := open(t, server.Address)
	for i, how := range []string{"fast", "immediate"} {
		if err := s.Update(t.Context(), practice(how)); err != nil {
			t.Error(err)
		}
		if err := server.Stop(how); err != nil {
			t.Fatal(err)
		}
		if err := s.View(t.Context(), lookAround); err == nil || !strings.Contains(err.Error(), "is the server running") {
			t.Errorf("a View without a server: %v", err)
		}
		waiting := make(chan error)
		go func() { waiting <- s.Update(context.Background(), practice(how)) }()
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		if err := <-waiting; err != nil {
			t.Logf("an Update that waited for the server: %v", err) // it may have been too slow
			if err := s.Update(t.Context(), practice(how)); err != nil {
				t.Error(err)
			}
		}
		if err := s.View(t.Context(), lookAround); err != nil {
			t.Errorf("%d: a View afterwards: %v", i, err)
		}
		if n := stored(t, server.Address, how); n != 2 {
			t.Errorf("%s: stored %d times", how, n)
		}
	}
}

func lookAround(tx store.Tx) error { _, err := tx.AllTracks("", 1); return err }

func TestTablesThatSomebodyChanged(t *testing.T) {
	for change, says := range map[string]string{
		"ALTER TABLE members DROP COLUMN streak":                                  "column streak of table members is missing",
		"ALTER TABLE drafts RENAME TO notes":                                      "of table drafts is missing",
		"ALTER TABLE answers ALTER hints TYPE text USING hints::text":             "column hints of table answers is text instead of integer",
		"ALTER TABLE tasks ALTER due TYPE timestamp":                              "column due of table tasks is timestamp without time zone",
		"ALTER TABLE people ALTER recent TYPE text USING recent[1]":               "column recent of table people is text instead of text[]",
		"ALTER SEQUENCE answer_numbers CACHE 100":                                 "gives each connection numbers in advance",
		"DROP SEQUENCE answer_numbers":                                            "are not as this program made them",
		"DROP TABLE writers":                                                      "are not as this program made them",
		"INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)": "use that version or a later one",
	} {
		where := fresh(t)
		s := open(t, where)
		execute(t, where, change)
		refusal(t, where, nil, says)
		if _, err := postgres.Open(t.Context(), where); err == nil || strings.Contains(err.Error(), "is the server running") {
			t.Errorf("%s is blamed on the connection: %v", change, err)
		}
		s.Close()
	}
	// What an analyst adds does no harm.
	where := fresh(t)
	open(t, where).Close()
	execute(t, where, "ALTER TABLE members ADD COLUMN notes text", "CREATE VIEW boards AS SELECT * FROM members", "CREATE INDEX more ON answers (name)")
	if err := open(t, where).Update(t.Context(), practice("x")); err != nil {
		t.Error(err)
	}
}

// Somebody changes the tables while the store is open: nothing is half done, and a sentence says what is the matter.
func TestTableThatGoesMeanwhile(t *testing.T) {
	where := fresh(t)
	s := open(t, where)
	execute(t, where, "ALTER TABLE answers RENAME COLUMN hints TO clues")
	err := s.Update(t.Context(), func(tx store.Tx) error { return errors.Join(tx.Once("e"), practice("x")(tx)) })
	if err == nil || !strings.Contains(err.Error(), "not as this program made them") {
		t.Error(err)
	}
	execute(t, where, "ALTER TABLE answers RENAME COLUMN clues TO hints")
	err = s.Update(t.Context(), func(tx store.Tx) error { return errors.Join(tx.Once("e"), practice("x")(tx)) })
	if err != nil {
		t.Error(err)
	}
}

// A key that went is found by the first write that needs it.
func TestKeyThatGoesMeanwhile(t *testing.T) {
	where := fresh(t)
	s := open(t, where)
	execute(t, where, "ALTER TABLE answers DROP CONSTRAINT answers_pkey")
	if err := s.Update(t.Context(), practice("x")); err == nil || !strings.Contains(err.Error(), "not as this program made them") {
		t.Error(err)
	}
}

// A full disk is played by a trigger that fails as the server then does.
func TestFullDisk(t *testing.T) {
	where := fresh(t)
	s := open(t, where)
	execute(t, where, `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$`,
		"CREATE TRIGGER full_disk BEFORE INSERT ON answers FOR EACH ROW EXECUTE FUNCTION full_disk()")
	event := func(tx store.Tx) error { return errors.Join(tx.Once("e"), practice("x")(tx)) }
	if err := s.Update(t.Context(), event); !errors.Is(err, store.ErrFull) {
		t.Error(err)
	}
	if n := count(t, where, "SELECT count(*) FROM events"); n != 0 {
		t.Errorf("%d events", n)
	}
	execute(t, where, "DROP TRIGGER full_disk ON answers")
	if err := s.Update(t.Context(), event); err != nil {
		t.Errorf("when there is room again: %v", err)
	}
}

func TestAllConnectionsInUse(t *testing.T) {
	u, err := url.Parse(fresh(t))
	if err != nil {
		t.Fatal(err)
	}
	u.RawQuery = "pool_max_conns=2"
	s := open(t, u.String())
	if err := s.Update(t.Context(), practice("x")); err != nil { // which keeps one
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(tx store.Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		return s.View(ctx, lookAround) // not allowed, but here it is somebody else's
	})
	if err == nil || !strings.Contains(err.Error(), "all 2 connections") {
		t.Error(err)
	}
}

func TestOldEventsAreDeleted(t *testing.T) {
	where := fresh(t)
	s := open(t, where)
	execute(t, where, "INSERT INTO events SELECT 'old ' || g, now() - interval '49 hours' FROM generate_series(1, 100) g",
		"INSERT INTO events SELECT 'young ' || g, now() - interval '47 hours' FROM generate_series(1, 10) g")
	s.ForgetNow()
	if err := s.Update(t.Context(), practice("x")); err != nil {
		t.Fatal(err)
	}
	if n := count(t, where, "SELECT count(*) FROM events"); n != 10 {
		t.Errorf("%d events are left", n)
	}
}

// Now reads the database too: a View that asked only for the time must not pass when there was no answer.
func TestViewWithoutAServerFails(t *testing.T) {
	p, address := through(t, fresh(t))
	s := open(t, address)
	p.see(func(l *link, _ []byte) { l.cut() })
	err := s.View(t.Context(), func(tx store.Tx) error { tx.Now(); return nil })
	if err == nil || !strings.Contains(err.Error(), "is the server running") {
		t.Error(err)
	}
}

// What a server says when a pooler gives connections away between transactions.
func TestAPoolerIsNamed(t *testing.T) {
	for _, code := range []string{"42P05", "26000"} {
		if err := postgres.Explained(code); !errors.Is(err, postgres.ErrPooler) || !strings.Contains(err.Error(), "default_query_exec_mode=exec") {
			t.Error(err)
		}
	}
}
