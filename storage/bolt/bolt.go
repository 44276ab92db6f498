// Package bolt keeps the bot's records in one file, with bbolt. It is the store for one process; the file must be on a
// local file system, because the lock that keeps a second copy out, and the memory map, do not hold over a network.
//
// The file is a set of flat trees with ordered composite keys (key.go); tx.go lists them. What is written most has keys that
// only grow or that lie together, because the cost of a transaction is the number of pages it touches: an answer is stored
// under its sequence number, with one index from round and person, and each person's answers hang on a chain.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/commit"
)

// Options are how a Store works; the zero Options are right for a server.
type Options struct {
	Now      func() time.Time // leases and due times go by it; nil = time.Now
	MaxSize  int              // bytes the file may grow to, then store.ErrFull; 0 = no limit
	MmapSize int              // bytes of address space taken at once, so that growth waits for no reader; 0 = 1 GiB
}

// Store implements store.Store. A damaged page that is met while reading comes back as an error.
type Store struct {
	path      string
	now       func() time.Time
	db        *bbolt.DB
	committer *commit.Committer[*tx]
	socket    *socket // nil when there is none
	noSocket  error   // then why
}

// Open opens the file or makes it, mode 0600. It fails with ErrInUse while another process has the file, with ErrBroken or
// ErrNewer, each with a sentence that says what to do, and then leaves the file as it is. A file that is mostly free space
// is compacted first, which can take seconds for each gigabyte.
func Open(ctx context.Context, path string, opt Options) (*Store, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.MmapSize == 0 {
		opt.MmapSize = 1 << 30
	}
	// Compacting puts a new file in the place of the old one, and that must not be the place of a link to it.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	db, err := openFile(ctx, path, opt)
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, now: opt.Now, db: db}
	s.committer = commit.New(s.begin)
	s.socket, s.noSocket = listen(s)
	return s, nil
}

// Socket says where tools can talk to this copy, or why they cannot; the store works all the same.
func (s *Store) Socket() (string, error) {
	if s.socket == nil {
		return "", s.noSocket
	}
	return s.socket.path, nil
}

// View runs f at once, beside other Views and Updates. f must not call the store.
func (s *Store) View(ctx context.Context, f func(store.Tx) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	t, err := s.db.Begin(false)
	if err != nil {
		return s.explain(err)
	}
	defer t.Rollback()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("read the data file %s: %w", s.path, &commit.Panic{Value: p, Stack: debug.Stack()})
		}
	}()
	return f(newTx(t, new(tools), s.now()))
}

// Update waits for the closures before it and shares a transaction with those that wait too. f must not call the store.
func (s *Store) Update(ctx context.Context, f func(store.Tx) error) error {
	return s.committer.Do(ctx, func(t *tx) error { return f(t) })
}

// Close finishes the Updates that wait and lets go of the file. It waits for Views.
func (s *Store) Close() error {
	var err error
	if s.socket != nil {
		err = s.socket.close()
	}
	s.committer.Close()
	if err := errors.Join(err, s.db.Close()); err != nil {
		return fmt.Errorf("close %s: %w", s.path, err)
	}
	return nil
}

// batch is one transaction of bbolt for many closures.
type batch struct {
	store *Store
	bolt  *bbolt.Tx
	tools tools
}

func (s *Store) begin() (commit.Batch[*tx], error) {
	t, err := s.db.Begin(true)
	if err != nil {
		return nil, s.explain(err)
	}
	return &batch{store: s, bolt: t}, nil
}

func (b *batch) Next() *tx { return newTx(b.bolt, &b.tools, b.store.now()) }

func (b *batch) Commit() error { return b.store.explain(b.bolt.Commit()) }

func (b *batch) Rollback() error { return b.bolt.Rollback() }

// explain turns what bbolt says into what the port says.
func (s *Store) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bolterrors.ErrDatabaseNotOpen):
		return store.ErrClosed
	case isFull(err):
		return fmt.Errorf("write to the data file %s: %w (%v)", s.path, store.ErrFull, err)
	}
	return fmt.Errorf("use the data file %s: %w", s.path, err)
}

// isFull also knows the errors of which bbolt keeps only the text.
func isFull(err error) bool {
	for _, full := range []error{bolterrors.ErrMaxSizeReached, syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) || strings.Contains(err.Error(), full.Error()) {
			return true
		}
	}
	return false
}
