package postgres_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/postgres"
	"github.com/interviewbot/interviewbot/storage/postgres/postgrestest"
	"github.com/interviewbot/interviewbot/storage/storagetest"
)

func TestStore(t *testing.T) {
	postgrestest.Need(t)
	storagetest.Run(t, storagetest.Database{
		Fresh: fresh,
		Open: func(ctx context.Context, where string, _ func() time.Time) (store.Store, error) {
			return postgres.Open(ctx, where)
		},
		Pass: func(t testing.TB, where string, d time.Duration) {
			older := fmt.Sprintf("interval '%d seconds'", int(d.Seconds()))
			execute(t, where, "UPDATE events SET at = at - "+older, "UPDATE leases SET until = until - "+older)
		},
	})
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
