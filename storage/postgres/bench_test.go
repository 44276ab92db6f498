package postgres_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/storage/storagetest"
)

// The benchmarks work in a database of a million answers (BENCH_ANSWERS changes that): by 10,000 members of ten tracks, 400
// bytes each. What answers are compared with is the least that an answer can be: one INSERT in a transaction of its own, on
// the same connections, without a check.
func BenchmarkStore(b *testing.B) {
	answers := 1_000_000
	if s := os.Getenv("BENCH_ANSWERS"); s != "" {
		fmt.Sscan(s, &answers)
	}
	small := storagetest.Furnish(b, open(b, fresh(b)), 1, 10)
	s := open(b, fresh(b))
	big := storagetest.Furnish(b, s, 1000, max(1, answers/10_000))
	small.Tasks(b, 10)
	big.Tasks(b, 100_000)
	pool := s.Pool()
	for _, sql := range []string{"VACUUM ANALYZE", "CREATE TABLE plain (track text, round integer, person text, text text, PRIMARY KEY (track, round, person))", "CHECKPOINT"} {
		if _, err := pool.Exec(b.Context(), sql); err != nil {
			b.Fatal(err)
		}
	}

	b.Run("streak", func(b *testing.B) { storagetest.Compare(b, small.Store, big.Store, storagetest.Streak) })
	b.Run("due", func(b *testing.B) { storagetest.Compare(b, small.Store, big.Store, storagetest.Due) })
	text := strings.Repeat("because a", 45)[:400]
	plain := func(j storagetest.Job) error {
		_, err := pool.Exec(context.Background(), "INSERT INTO plain VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", fmt.Sprint(j.Track), j.Round, fmt.Sprint(j.User), text)
		return err
	}
	for _, spread := range []bool{false, true} {
		for _, clients := range []int{1, 64, 256} {
			b.Run(fmt.Sprintf("answer/spread=%t/clients=%d", spread, clients), func(b *testing.B) {
				big.Answers(b, clients, spread, storagetest.Way{Name: "store", Do: big.Answer}, storagetest.Way{Name: "insert", Do: plain})
			})
		}
	}
}
