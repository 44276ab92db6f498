// Package storage opens the store that a URL names.
package storage

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/bolt"
)

// Options are what every store can be told; a store takes of them what it has a use for.
type Options struct {
	Now     func() time.Time // leases and due times, where the store has no clock of its own; nil = time.Now
	MaxSize int              // bytes a data file may grow to; 0 = no limit
}

type opener func(ctx context.Context, rest string, opt Options) (store.Store, error)

// Open opens what url names: a path, or bolt:// and a path, is a data file, which is made when it is not there.
func Open(ctx context.Context, url string, opt Options) (store.Store, error) {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		scheme, rest = "bolt", url
	}
	open, ok := map[string]opener{
		"bolt":       openBolt,
		"postgres":   noPostgres,
		"postgresql": noPostgres,
	}[strings.ToLower(scheme)]
	if !ok {
		return nil, fmt.Errorf("open the store: there is no kind of store called %q: give the path of a data file", scheme)
	}
	if rest == "" {
		return nil, fmt.Errorf("open the store: give the path of a data file, for example interviewbot.db")
	}
	return open(ctx, rest, opt)
}

func openBolt(ctx context.Context, path string, opt Options) (store.Store, error) {
	return bolt.Open(ctx, path, bolt.Options{Now: opt.Now, MaxSize: opt.MaxSize})
}

func noPostgres(context.Context, string, Options) (store.Store, error) {
	return nil, fmt.Errorf("open the store: Postgres comes with a later version: give the path of a data file")
}
