package postgres_test

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/postgres"
)

// later are the migrations of a made-up version that comes after this one.
func later(t *testing.T, sql string) fs.FS {
	t.Helper()
	all := fstest.MapFS{"migrations/99999_more.sql": {Data: []byte("-- +goose Up\n" + sql)}}
	files, err := fs.Glob(postgres.Migrations(), "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		data, err := fs.ReadFile(postgres.Migrations(), name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = &fstest.MapFile{Data: data}
	}
	return all
}

const moreColumns = "ALTER TABLE members ADD COLUMN nick text NOT NULL DEFAULT 'none';\nUPDATE members SET nick = 'of ' || person;\nCREATE TABLE nicks (id integer PRIMARY KEY);"

// Several copies of a later version start at once on tables with records of this one, while a copy of this one works on.
func TestAnOlderSchemaIsUpgraded(t *testing.T) {
	where := fresh(t)
	older := open(t, where)
	member := func(user string) func(store.Tx) error {
		return func(tx store.Tx) error { return tx.PutMember(store.Member{Track: "t", User: user}) }
	}
	if err := older.Restore(t.Context(), restored()); err != nil {
		t.Fatal(err)
	}
	if err := older.Update(t.Context(), member("ada")); err != nil {
		t.Fatal(err)
	}
	steps := later(t, moreColumns)
	if s, err := postgres.OpenAs(t.Context(), where, steps, true); err == nil || !strings.Contains(err.Error(), "let this one start once") {
		t.Errorf("older tables opened only to be read: %v, %v", s, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var works, starts sync.WaitGroup
	works.Go(func() {
		for ctx.Err() == nil {
			if err := older.Update(ctx, member("ben")); err != nil && ctx.Err() == nil {
				t.Errorf("a copy of the older version: %v", err)
			}
		}
	})
	for range 4 {
		starts.Go(func() {
			s, err := postgres.OpenAs(t.Context(), where, steps, false)
			if err == nil {
				err = s.Update(t.Context(), member("cleo"))
				s.Close()
			}
			if err != nil {
				t.Errorf("a copy of the later version: %v", err)
			}
		})
	}
	starts.Wait()
	stop()
	works.Wait()
	if n := count(t, where, "SELECT count(*) FROM goose_db_version WHERE version_id = 99999"); n != 1 {
		t.Errorf("upgraded %d times", n)
	}
	if n := count(t, where, "SELECT count(*) FROM members WHERE (person, nick) IN (('ada', 'of ada'), ('cleo', 'none'))"); n != 2 {
		t.Errorf("%d of 2 members are as the upgrade leaves them", n)
	}
	if n := stored(t, where, "hello"); n != 1 {
		t.Errorf("the answer of before is there %d times", n)
	}
	refusal(t, where, postgres.ErrNewer, "use that version or a later one")
	if _, err := postgres.OpenToRead(t.Context(), where); err == nil || !strings.Contains(err.Error(), "use that version or a later one") {
		t.Errorf("newer tables opened only to be read: %v", err)
	}
}

// An upgrade that fails leaves everything as it was.
func TestAnUpgradeThatFailsChangesNothing(t *testing.T) {
	where := fresh(t)
	s := open(t, where)
	if err := s.Restore(t.Context(), restored()); err != nil {
		t.Fatal(err)
	}
	steps := later(t, moreColumns+"\nINSERT INTO nobody VALUES (1);")
	if _, err := postgres.OpenAs(t.Context(), where, steps, false); !errors.Is(err, postgres.ErrUpgrade) || !strings.Contains(err.Error(), "version 99999") || !strings.Contains(err.Error(), `"nobody"`) {
		t.Error(err)
	}
	if err := open(t, where).Update(t.Context(), practice("after it")); err != nil {
		t.Error(err)
	}
	if n := count(t, where, "SELECT count(*) FROM information_schema.tables WHERE table_name = 'nicks'"); n != 0 {
		t.Error("half of an upgrade is there")
	}
}

// Whoever may only SELECT, and a server that takes no writes, are enough to read.
func TestToReadIsEnoughToRead(t *testing.T) {
	where := fresh(t)
	if _, err := postgres.OpenToRead(t.Context(), where); err == nil || !strings.Contains(err.Error(), "no tables") {
		t.Errorf("an empty database: %v", err)
	}
	if n := count(t, where, "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"); n != 0 {
		t.Errorf("%d tables were made", n)
	}
	if err := open(t, where).Restore(t.Context(), restored()); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(where)
	if err != nil {
		t.Fatal(err)
	}
	name := "reader" + strings.TrimPrefix(u.Path, "/interviewbot_test_")
	execute(t, where, "CREATE ROLE "+name+" LOGIN PASSWORD 'secret'", "ALTER ROLE "+name+" SET default_transaction_read_only = on",
		"GRANT SELECT ON ALL TABLES IN SCHEMA public TO "+name)
	t.Cleanup(func() { execute(t, where, "DROP OWNED BY "+name, "DROP ROLE "+name) })
	u.User = url.UserPassword(name, "secret")
	s, err := postgres.OpenToRead(t.Context(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := 0
	err = s.Dump(t.Context(), func(store.Record) error { n++; return nil })
	if err != nil || n != len(restored()) {
		t.Errorf("%d records, %v", n, err)
	}
	if err := s.View(t.Context(), lookAround); err != nil {
		t.Error(err)
	}
	if err := s.Update(t.Context(), practice("x")); err == nil || !strings.Contains(err.Error(), "opened only to be read") {
		t.Errorf("an Update: %v", err)
	}
}
