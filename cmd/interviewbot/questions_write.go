package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/interviewbot/interviewbot/questions"
)

// writeQuestions puts questions into a folder, one file each: all or none of them. Files appear whole, and none is written over but those
// that an entry says it replaces. What happens stays inside the folder, whatever links are in it. told hears how far it is.
func writeQuestions(ctx context.Context, folder string, entries []questions.Entry, told func(done, of int)) (err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return fmt.Errorf("open the folder: %w", err)
	}
	defer root.Close()
	stage := ".import-" + rand.Text() // hidden: the bot does not read it
	if err := root.Mkdir(stage, 0o755); err != nil {
		return fmt.Errorf("make room in %s: %w", folder, err)
	}
	w := &filing{root: root, stage: stage}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.undo())
		}
		err = errors.Join(err, root.RemoveAll(stage))
	}()
	for i, e := range entries {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("stopped before anything was written: %w", err)
		}
		if err := w.prepare(i, e.Question); err != nil {
			return fmt.Errorf("write %s: %w", e.Question.File(), err)
		}
		told(i+1, len(entries))
	}
	for i, e := range entries {
		if err := w.place(i, e); err != nil {
			return fmt.Errorf("write %s: %w", e.Question.File(), err)
		}
	}
	return nil
}

// filing remembers what was done, so that it can be undone.
type filing struct {
	root  *os.Root
	stage string
	undos []func() error
}

func (w *filing) staged(i int) string { return path.Join(w.stage, fmt.Sprintf("%d.yaml", i)) }

// prepare writes a question where the bot does not see it.
func (w *filing) prepare(i int, q *questions.Question) error {
	content, err := q.YAML()
	if err != nil {
		return err
	}
	f, err := w.root.OpenFile(w.staged(i), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// place moves a question to where it belongs.
func (w *filing) place(i int, e questions.Entry) error {
	file, old := e.Question.File(), path.Join(w.stage, fmt.Sprintf("%d.old", i))
	if e.Replaces == file {
		if w.root.Link(file, old) != nil { // a file system without hard links
			if err := w.root.Rename(file, old); err != nil {
				return err
			}
		}
		w.undos = append(w.undos, func() error { return w.root.Rename(old, file) })
		return w.root.Rename(w.staged(i), file)
	}
	if err := w.root.Mkdir(path.Dir(file), 0o755); err == nil {
		w.undos = append(w.undos, func() error { return w.root.Remove(path.Dir(file)) })
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	err := w.root.Link(w.staged(i), file) // whole at once, and never over another file
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = w.reserve(i, file)
	}
	if err != nil {
		return err
	}
	w.undos = append(w.undos, func() error { return w.root.Remove(file) })
	if e.Replaces == "" {
		return nil
	}
	if err := w.root.Rename(e.Replaces, old); err != nil {
		return err
	}
	w.undos = append(w.undos, func() error { return w.root.Rename(old, e.Replaces) })
	return nil
}

// reserve places a file on a file system without hard links: an empty file takes the name, then gives way to the whole one.
func (w *filing) reserve(i int, file string) error {
	f, err := w.root.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return errors.Join(err, w.root.Remove(file))
	}
	if err := w.root.Rename(w.staged(i), file); err != nil {
		return errors.Join(err, w.root.Remove(file))
	}
	return nil
}

// undo takes back what was done, the last thing first.
func (w *filing) undo() (err error) {
	for i := len(w.undos) - 1; i >= 0; i-- {
		err = errors.Join(err, w.undos[i]())
	}
	return err
}
