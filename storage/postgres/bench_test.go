package postgres_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/storage/postgres"
	"github.com/interviewbot/interviewbot/storage/storagetest"
)

// The benchmarks work in a database of a million answers (BENCH_ANSWERS changes that): by 10,000 members of ten tracks, 400
// bytes each. What answers are compared with is the least that an answer can be: one INSERT in a transaction of its own, on
// the same connections, without a check.
func BenchmarkAnswers(b *testing.B) {
	s := open(b, fresh(b))
	f := storagetest.Furnish(b, s, 1000, benchAnswers()/10_000)
	settled(b, s)
	pool := s.Pool()
	if _, err := pool.Exec(b.Context(), "CREATE TABLE plain (track text, round integer, person text, text text, PRIMARY KEY (track, round, person))"); err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("because a", 45)[:400]
	plain := func(j storagetest.Job) error {
		_, err := pool.Exec(context.Background(), "INSERT INTO plain VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", fmt.Sprint(j.Track), j.Round, fmt.Sprint(j.User), text)
		return err
	}
	f.Both(b, storagetest.Way{Name: "store", Do: f.Answer}, storagetest.Way{Name: "insert", Do: plain})
}

// BenchmarkReads compares a small database, of a hundred answers and ten tasks, with one of a million and a hundred thousand.
func BenchmarkReads(b *testing.B) {
	s := open(b, fresh(b))
	t := open(b, fresh(b))
	small := storagetest.Furnish(b, s, 1, 10)
	big := storagetest.Furnish(b, t, 1000, benchAnswers()/10_000)
	small.Tasks(b, 10)
	big.Tasks(b, 100_000)
	settled(b, s)
	settled(b, t)
	b.Run("streak", func(b *testing.B) { storagetest.Compare(b, s, t, storagetest.Streak) })
	b.Run("due", func(b *testing.B) { storagetest.Compare(b, s, t, storagetest.Due) })
}

func benchAnswers() int {
	answers := 1_000_000
	if s := os.Getenv("BENCH_ANSWERS"); s != "" {
		fmt.Sscan(s, &answers)
	}
	return max(10_000, answers)
}

// settled lets the server do now what it would do some minutes later.
func settled(b *testing.B, s *postgres.Store) {
	b.Helper()
	for _, sql := range []string{"VACUUM ANALYZE", "CHECKPOINT"} {
		if _, err := s.Pool().Exec(b.Context(), sql); err != nil {
			b.Fatal(err)
		}
	}
}
