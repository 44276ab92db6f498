// Package storage opens the store that a URL names.
package storage

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/bolt"
	"github.com/interviewbot/interviewbot/storage/postgres"
)

// Options are what every store can be told; a store takes of them what it has a use for.
type Options struct {
	Now     func() time.Time // leases and due times, where the store has no clock of its own; nil = time.Now
	MaxSize int              // bytes a data file may grow to; 0 = no limit
	Read    bool             // a database of a server is only read: nothing is made or brought up to date in it
}

// DataFile is the path of the data file that url names, "" when it names a server. What is no URL but looks as if it named a
// server, such as host=h password=p, is no path: nobody gives a file such a name, and there may be a password in it.
func DataFile(url string) string {
	scheme, path, ok := strings.Cut(url, "://")
	switch {
	case ok && strings.EqualFold(scheme, "bolt"):
		return path
	case ok, strings.Contains(url, "host="), strings.Contains(url, "dbname="), strings.Contains(url, "password="):
		return ""
	}
	if _, rest, colon := strings.Cut(url, ":"); colon && strings.Contains(rest, "@") { // user:password@host
		return ""
	}
	return url
}

type opener func(ctx context.Context, url, rest string, opt Options) (store.Store, error)

// Open opens what url names: a path, or bolt:// and a path, is a data file, which is made when it is not there; postgres://
// or postgresql:// is a database of a server, which must be there. No error has the url's password in it.
func Open(ctx context.Context, url string, opt Options) (store.Store, error) {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		if url != "" && DataFile(url) == "" {
			return nil, fmt.Errorf("open the store: %w", postgres.ErrAddress)
		}
		scheme, rest = "bolt", url
	}
	scheme = strings.ToLower(scheme)
	open, ok := map[string]opener{"bolt": openBolt, "postgres": openPostgres, "postgresql": openPostgres}[scheme]
	if !ok {
		return nil, fmt.Errorf("open the store: there is no kind of store called %q: give the path of a data file, or an address that begins with postgres://", scheme)
	}
	return open(ctx, scheme+"://"+rest, rest, opt)
}

func openBolt(ctx context.Context, _, path string, opt Options) (store.Store, error) {
	if path == "" {
		return nil, fmt.Errorf("open the store: give the path of a data file, for example interviewbot.db")
	}
	return bolt.Open(ctx, path, bolt.Options{Now: opt.Now, MaxSize: opt.MaxSize})
}

func openPostgres(ctx context.Context, url, _ string, opt Options) (store.Store, error) {
	if opt.Read {
		return postgres.OpenToRead(ctx, url)
	}
	return postgres.Open(ctx, url)
}
