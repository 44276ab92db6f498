package bolt

import (
	"fmt"
	"iter"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

func dueKey(due time.Time, task string) key { return key(nil).at(due).str(task) }

func (t *tx) Task(key string) (store.Task, error) { return load(t, inTasks, newKey(key), taskFields) }

func (t *tx) PutTask(task store.Task) error {
	if err := t.writing(task.Key); err != nil {
		return err
	}
	old, err := find(t, inTasks, newKey(task.Key), taskFields)
	if err != nil {
		return err
	}
	due := dueKey(task.Due, task.Key)
	if old != nil && string(dueKey(old.Due, old.Key)) != string(due) {
		if err := t.delete(inDue, dueKey(old.Due, old.Key)); err != nil {
			return err
		}
	}
	if err := t.put(inDue, due, newKey(task.Kind)); err != nil {
		return err
	}
	return save(t, inTasks, newKey(task.Key), taskFields, &task)
}

func (t *tx) DeleteTask(key string) error {
	if err := t.writing(); err != nil {
		return err
	}
	old, err := find(t, inTasks, newKey(key), taskFields)
	if err != nil || old == nil {
		return err
	}
	if err := t.delete(inDue, dueKey(old.Due, key)); err != nil {
		return err
	}
	return t.delete(inTasks, newKey(key))
}

func (t *tx) Due(until time.Time, limit int) ([]store.Task, error) {
	var all []store.Task
	for k := range t.dueUntil(until) {
		task, err := t.dueTask(k)
		if err != nil {
			return nil, err
		}
		all = append(all, task)
		if len(all) == limit {
			break
		}
	}
	return all, nil
}

// dueUntil goes over what is due at the time, the earliest first.
func (t *tx) dueUntil(until time.Time) iter.Seq2[key, []byte] {
	end := string(key(nil).at(until).end())
	return func(yield func(key, []byte) bool) {
		for k, kind := range t.up(inDue, nil, nil) {
			if string(k) >= end || !yield(k, kind) {
				return
			}
		}
	}
}

// later goes over what is due after the time, the earliest first.
func (t *tx) later(after time.Time) iter.Seq2[key, []byte] {
	return t.up(inDue, nil, key(nil).at(after).end())
}

func (t *tx) dueTask(k key) (store.Task, error) {
	_, rest := cutTime(k)
	name, _ := cutStr(rest)
	task, err := t.Task(name)
	if err != nil {
		return store.Task{}, fmt.Errorf("read task %q of an index: %w", name, err)
	}
	return task, nil
}

func (t *tx) NextTask(after time.Time) (store.Task, error) {
	for k := range t.later(after) {
		return t.dueTask(k)
	}
	return store.Task{}, store.ErrNotFound
}

func (t *tx) NextOfKind(kind string, after time.Time) (store.Task, error) {
	want := string(newKey(kind))
	for k, have := range t.later(after) {
		if string(have) == want {
			return t.dueTask(k)
		}
	}
	return store.Task{}, store.ErrNotFound
}
