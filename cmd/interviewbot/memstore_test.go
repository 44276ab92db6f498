package main

import (
	"context"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/storagetest"
)

// The store that the core is tested on keeps what the real ones promise.
func TestMemoryStore(t *testing.T) {
	storagetest.Contract(t, storagetest.Database{
		Fresh: func(testing.TB) string { return "" },
		Open: func(_ context.Context, _ string, now func() time.Time) (store.Store, error) {
			return bottest.NewStore(now), nil
		},
	})
}
