package postgrestest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Variable names the address of a server, as an administrator who may make databases. Without it Around starts a server, if
// PostgreSQL is installed the way Debian does.
const Variable = "INTERVIEWBOT_TEST_POSTGRES"

// Around runs a package's tests, and a server around them where there is none.
func Around(run func() int) int {
	bin := installed()
	if os.Getenv(Variable) != "" || bin == "" {
		return run()
	}
	s, err := start(bin)
	if err != nil {
		fmt.Fprintln(os.Stderr, "no server of our own:", err)
		return run()
	}
	defer s.remove()
	os.Setenv(Variable, s.Address) // also for the children of the tests
	return run()
}

// Need skips the test where there is no server.
func Need(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("a database server takes its time: it is left out of a short run")
	}
	if os.Getenv(Variable) == "" {
		t.Skipf("there is no PostgreSQL: install it, or give the address of a server's administrator in %s", Variable)
	}
}

// Fresh makes an empty database, which goes when the test ends, and returns its address.
func Fresh(t testing.TB) string {
	t.Helper()
	Need(t)
	return fresh(t, os.Getenv(Variable))
}

// Fresh makes an empty database on this server and returns its address.
func (s *Server) Fresh(t testing.TB) string { t.Helper(); return fresh(t, s.Address) }

func fresh(t testing.TB, admin string) string {
	t.Helper()
	name := "interviewbot_test_" + strings.ToLower(rand.Text())
	Execute(t, admin, fmt.Sprintf("CREATE DATABASE %s", name))
	t.Cleanup(func() { Execute(t, admin, fmt.Sprintf("DROP DATABASE %s WITH (FORCE)", name)) })
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatalf("the address of the server cannot be read")
	}
	u.Path = "/" + name
	return u.String()
}

// Execute runs statements on a connection of their own.
func Execute(t testing.TB, where string, sql ...string) {
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

// Rows returns what a query finds, its columns as text with a blank between them.
func Rows(t testing.TB, where, sql string) (out []string) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), where)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer conn.Close(context.Background())
	rows, err := conn.Query(context.Background(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
		values, err := row.Values()
		return strings.TrimSuffix(fmt.Sprintln(values...), "\n"), err
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return all
}
