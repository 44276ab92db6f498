package postgres_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/postgres"
	"github.com/interviewbot/interviewbot/storage/storagetest"
)

func TestMain(m *testing.M) { os.Exit(withServer(m.Run)) }

func TestStore(t *testing.T) {
	needServer(t)
	storagetest.Run(t, storagetest.Database{
		Fresh: fresh,
		Open: func(ctx context.Context, where string, _ func() time.Time) (store.Store, error) {
			return postgres.Open(ctx, where)
		},
		OwnClock: true,
	})
}

func needServer(t testing.TB) {
	t.Helper()
	if os.Getenv(server) == "" {
		t.Skipf("there is no PostgreSQL: install it, or give the address of a server's administrator in %s", server)
	}
}

// fresh makes an empty database, which goes when the test ends, and returns its address.
func fresh(t testing.TB) string {
	t.Helper()
	needServer(t)
	name := "interviewbot_test_" + strings.ToLower(rand.Text())
	admin(t, fmt.Sprintf("CREATE DATABASE %s", name))
	t.Cleanup(func() { admin(t, fmt.Sprintf("DROP DATABASE %s WITH (FORCE)", name)) })
	return address(t, name)
}

// address is the address of a database of the server.
func address(t testing.TB, name string) string {
	t.Helper()
	u, err := url.Parse(os.Getenv(server))
	if err != nil {
		t.Fatalf("%s cannot be read", server)
	}
	u.Path = "/" + name
	return u.String()
}

func admin(t testing.TB, sql string) { t.Helper(); execute(t, os.Getenv(server), sql) }

// execute runs statements on a connection of their own.
func execute(t testing.TB, where string, sql ...string) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), where)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer conn.Close(context.Background())
	for _, s := range sql {
		if _, err := conn.Exec(context.Background(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func open(t testing.TB, where string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
