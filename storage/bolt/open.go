package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/interviewbot/interviewbot/bot/store"
)

const (
	// ErrInUse: another process has the file open.
	ErrInUse store.Error = "another copy is running with this data file: stop it first, or choose another file"
	// ErrBroken: the file is not one of ours, or is damaged.
	ErrBroken store.Error = "this is not a whole data file: restore a backup of it, or move it away to begin with an empty one; it was left as it is"
	// ErrNewer: a newer version of the program has written the file.
	ErrNewer store.Error = "a newer version has written this data file: run that version, or restore a backup from before"
)

// format is the version of the layout. A file with a lower one is brought up to it, one with a higher one is refused.
const format = 1

const lockWait = 2 * time.Second

// openFile returns the open and locked file, made or compacted as needed.
func openFile(ctx context.Context, path string, opt Options) (*bbolt.DB, error) {
	if err := create(path); err != nil {
		return nil, fmt.Errorf("make %s: %w", path, err)
	}
	for compacted := false; ; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		db, same, err := lock(path, opt)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", path, err)
		}
		if !same { // somebody compacted it between our opening and our locking
			db.Close()
			continue
		}
		if err := check(ctx, db, path); err != nil {
			db.Close()
			return nil, fmt.Errorf("open %s: %w", path, err)
		}
		if compacted || !wasteful(db) {
			return db, nil
		}
		compacted = true
		switch err := compact(db, path); {
		case errors.Is(err, ErrBroken):
			db.Close()
			return nil, fmt.Errorf("compact %s: %w", path, err)
		case err != nil: // no room for a second file, say: the first is as good as it was
			return db, nil
		}
		db.Close()
	}
}

// create makes a whole empty file, or nothing: a crash in the middle leaves no file that would be refused later.
func create(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	folder := filepath.Dir(path)
	f, err := os.CreateTemp(folder, filepath.Base(path)+".new-*")
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("make the folder %s first: %w", folder, err)
	}
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	f.Close()
	db, err := bbolt.Open(f.Name(), 0o600, &bbolt.Options{Timeout: lockWait})
	if err != nil {
		return err
	}
	err = errors.Join(db.Update(layOut), db.Close())
	if err != nil {
		return err
	}
	// Unlike Rename, Link never replaces a file that another process has just made. Where there are no links, bbolt makes
	// the file in its place.
	if err := os.Link(f.Name(), path); err != nil {
		return nil
	}
	return syncFolder(path)
}

// layOut makes the buckets that are not there.
func layOut(t *bbolt.Tx) error {
	for b := range buckets {
		if _, err := t.CreateBucketIfNotExists([]byte(b.String())); err != nil {
			return fmt.Errorf("make bucket %s: %w", b, err)
		}
	}
	return t.Bucket([]byte(inMeta.String())).Put([]byte("format"), binary.BigEndian.AppendUint32(nil, format))
}

// lock opens the file for this process alone. same says whether the path still leads to what was locked.
func lock(path string, opt Options) (db *bbolt.DB, same bool, err error) {
	var file *os.File
	defer func() {
		if err != nil && file != nil {
			file.Close() // which a panic left open, and locked
		}
	}()
	err = guard(func() error {
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout:         lockWait,
			FreelistType:    bbolt.FreelistMapType,
			InitialMmapSize: opt.MmapSize,
			MaxSize:         opt.MaxSize,
			OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
				file, err = os.OpenFile(name, flag, mode)
				return file, err
			},
		})
		return err
	})
	if err != nil {
		return nil, false, opening(err)
	}
	locked, err := file.Stat()
	if err != nil {
		db.Close()
		return nil, false, err
	}
	named, err := os.Stat(path)
	return db, err == nil && os.SameFile(locked, named), nil
}

// opening turns what bbolt says when it cannot open a file into what is to be done.
func opening(err error) error {
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return ErrInUse
	case isFull(err):
		return fmt.Errorf("%w (%v)", store.ErrFull, err)
	case errors.Is(err, ErrBroken) || errors.As(err, new(*fs.PathError)):
		return err
	case errors.As(err, new(syscall.Errno)):
		return fmt.Errorf("lock and map the file, which must be on a local file system: %w", err)
	}
	return fmt.Errorf("%w (%v)", ErrBroken, err)
}

// check refuses a file that is cut short, is not ours, or is too new, before anything is written to it.
func check(ctx context.Context, db *bbolt.DB, path string) error {
	if err := checkPages(ctx, path, false); err != nil {
		return err
	}
	empty := false
	err := guard(func() error {
		return db.View(func(t *bbolt.Tx) error {
			first, _ := t.Cursor().First()
			empty = first == nil
			return checkFormat(t)
		})
	})
	if empty {
		return db.Update(layOut)
	}
	return err
}

func checkFormat(t *bbolt.Tx) error {
	meta := t.Bucket([]byte(inMeta.String()))
	if meta == nil {
		return fmt.Errorf("%w (it was made by another program)", ErrBroken)
	}
	version := meta.Get([]byte("format"))
	if len(version) != 4 {
		return fmt.Errorf("%w (it has no version)", ErrBroken)
	}
	if v := binary.BigEndian.Uint32(version); v > format {
		return fmt.Errorf("%w (its format is %d, this version knows %d)", ErrNewer, v, format)
	}
	for b := range buckets {
		in := t.Bucket([]byte(b.String()))
		if in == nil {
			return fmt.Errorf("%w (%s is missing)", ErrBroken, b)
		}
		in.Cursor().First()
	}
	return nil
}

// guard turns bbolt's panics on damaged pages, and faults in its memory map, into ErrBroken.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w (%v)", ErrBroken, p)
		}
	}()
	return f()
}

// syncFolder makes a new name in the file's folder durable.
func syncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
