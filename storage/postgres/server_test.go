package postgres_test

import (
	"os"
	"testing"

	"github.com/interviewbot/interviewbot/storage/postgres/postgrestest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Around(m.Run)) }

// fresh makes an empty database, which goes when the test ends, and returns its address.
func fresh(t testing.TB) string { t.Helper(); return postgrestest.Fresh(t) }

// execute runs statements on a connection of their own.
func execute(t testing.TB, where string, sql ...string) {
	t.Helper()
	postgrestest.Execute(t, where, sql...)
}
