package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Part begins the names of what a backup makes beside its file and takes away at its end. What a process left that was killed, the
// next backup into the folder takes away, see cmd.
const Part = ".interviewbot-backup-"

// Backup writes what is stored at this moment to a new file, mode 0600, and checks all of it before the file gets its name.
// Answers go on being stored meanwhile. A file that exists is not replaced.
func (s *Store) Backup(ctx context.Context, path string) error {
	if err := s.backup(ctx, path); err != nil {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	return nil
}

func (s *Store) backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	f, err := os.CreateTemp(filepath.Dir(path), Part+"*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	// The transaction must not wait for anything but a local file: while it lasts, no page is used again.
	err = s.db.View(func(t *bbolt.Tx) error {
		_, err := t.WriteTo(&until{ctx, f})
		return err
	})
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(ctx.Err(), s.explain(err)) // bbolt keeps only the text of what a writer says
	}
	if err := Check(ctx, f.Name()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(path)
}

// until writes while ctx lasts.
type until struct {
	ctx context.Context
	w   io.Writer
}

func (u *until) Write(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.w.Write(p)
}

// compact writes the records into a new file and puts that in the place of the old one, which stays locked, and readable
// through db, until the caller closes it.
func compact(db *bbolt.DB, path string) error {
	temp := path + ".compact"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	defer os.Remove(temp)
	// One sync at the end is enough: until the rename nobody looks at it.
	dst, err := bbolt.Open(temp, 0o600, &bbolt.Options{NoSync: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	const transaction = 1 << 20 // bytes
	err = guard(func() error { return bbolt.Compact(dst, db, transaction) })
	if err := errors.Join(err, dst.Sync(), dst.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncFolder(path)
}

// wasteful says whether compacting is worth it: more than half of a file that is not small is free.
func wasteful(db *bbolt.DB) bool {
	var size int64
	if err := db.View(func(t *bbolt.Tx) error { size = t.Size(); return nil }); err != nil {
		return false
	}
	free := int64(db.Stats().FreePageN) * int64(db.Info().PageSize)
	return size > 1<<20 && free > size/2
}
