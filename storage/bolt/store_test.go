package bolt_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/bolt"
	"github.com/interviewbot/interviewbot/storage/storagetest"
)

func TestStore(t *testing.T) {
	storagetest.Run(t, storagetest.Database{
		Fresh: func(t testing.TB) string { return filepath.Join(t.TempDir(), "bot.db") },
		Open: func(ctx context.Context, where string, now func() time.Time) (store.Store, error) {
			return bolt.Open(ctx, where, bolt.Options{Now: now, MmapSize: 1 << 20})
		},
		Check: bolt.Check,
	})
}
