package postgres_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/interviewbot/interviewbot/storage/postgres"
	"github.com/interviewbot/interviewbot/storage/storagetest"
)

// BenchmarkStore works in a database of a million answers (BENCH_ANSWERS changes that): by 10,000 members of ten tracks, 400
// bytes each; with 100,000 tasks. Reads are compared with those of a database of a hundred answers and ten tasks; answers with
// the least that an answer can be: one INSERT in a transaction of its own, on the same connections, without a check.
func BenchmarkStore(b *testing.B) {
	s := open(b, fresh(b))
	t := open(b, fresh(b))
	small := storagetest.Furnish(b, s, 1, 10)
	big := storagetest.Furnish(b, t, 1000, benchRounds)
	grow(b, t, big, benchAnswers()/10_000)
	small.Tasks(b, 10)
	big.Tasks(b, 100_000)
	settled(b, s)
	settled(b, t)
	b.Run("streak", func(b *testing.B) { storagetest.Compare(b, s, t, storagetest.Streak) })
	b.Run("due", func(b *testing.B) { storagetest.Compare(b, s, t, storagetest.Due) })
	pool := t.Pool()
	if _, err := pool.Exec(b.Context(), "CREATE TABLE plain (track text, round integer, person text, text text, PRIMARY KEY (track, round, person))"); err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("because a", 45)[:400]
	plain := func(j storagetest.Job) error {
		_, err := pool.Exec(context.Background(), "INSERT INTO plain VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", fmt.Sprint(j.Track), j.Round, fmt.Sprint(j.User), text)
		return err
	}
	big.Both(b, storagetest.Way{Name: "store", Do: big.Answer}, storagetest.Way{Name: "insert", Do: plain})
}

const benchRounds = 10 // which are stored one by one

// grow repeats the rounds that are there, with their answers, until there are so many.
func grow(b *testing.B, s *postgres.Store, f *storagetest.Field, rounds int) {
	b.Helper()
	conn, err := s.Pool().Acquire(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Release()
	do := func(sql string) {
		if _, err := conn.Exec(b.Context(), sql); err != nil {
			b.Fatal(err)
		}
	}
	do("CREATE TEMP TABLE r AS SELECT * FROM rounds")
	do("CREATE TEMP TABLE a AS SELECT * FROM answers ORDER BY seq")
	for have := benchRounds; have < rounds; have += benchRounds {
		do(fmt.Sprintf("UPDATE r SET no = no + %d, slot = lpad((no + %[1]d)::text, 5, '0')", benchRounds))
		do(fmt.Sprintf("UPDATE a SET round = round + %d, seq = nextval('answer_numbers')", benchRounds))
		do("INSERT INTO rounds SELECT * FROM r")
		do("INSERT INTO answers SELECT * FROM a")
	}
	do("DROP TABLE r, a")
	f.Grown(max(rounds, benchRounds))
}

func benchAnswers() int {
	answers := 1_000_000
	if s := os.Getenv("BENCH_ANSWERS"); s != "" {
		fmt.Sscan(s, &answers)
	}
	return answers
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

// BenchmarkCopies lets three copies of the bot share a database and 66 clients, who answer one round.
func BenchmarkCopies(b *testing.B) {
	where := fresh(b)
	first := open(b, where)
	f := storagetest.Furnish(b, first, 1000, 1)
	settled(b, first)
	fields := []*storagetest.Field{f, f.At(open(b, where)), f.At(open(b, where))}
	var next atomic.Int64
	f.Answers(b, 66, false,
		storagetest.Way{Name: "three", Do: func(j storagetest.Job) error { return fields[next.Add(1)%3].Answer(j) }},
		storagetest.Way{Name: "one", Do: f.Answer})
	var again int64
	if err := first.Pool().QueryRow(b.Context(), "SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()").Scan(&again); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(again), "rollbacks")
}
