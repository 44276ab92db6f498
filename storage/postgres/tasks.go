package postgres

import (
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

func (t *tx) Task(key string) (store.Task, error) { return load(t, t.records().tasks, id{a: key}) }

func (t *tx) PutTask(task store.Task) error {
	if err := t.writing(task.Key); err != nil {
		return err
	}
	save(t, t.records().tasks, &task)
	return nil
}

func (t *tx) DeleteTask(key string) error {
	if err := t.writing(); err != nil {
		return err
	}
	return erase(t, t.records().tasks, id{a: key})
}

func (t *tx) Due(until time.Time, limit int) ([]store.Task, error) {
	return list(t, t.records().tasks, "WHERE t.due <= $1 ORDER BY t.due, t.key LIMIT $2", micro(until), limited(limit))
}

func (t *tx) NextTask(after time.Time) (store.Task, error) {
	return first(list(t, t.records().tasks, "WHERE t.due > $1 ORDER BY t.due, t.key LIMIT 1", micro(after)))
}

func (t *tx) NextOfKind(kind string, after time.Time) (store.Task, error) {
	return first(list(t, t.records().tasks, "WHERE t.kind = $1 AND t.due > $2 ORDER BY t.kind, t.due, t.key LIMIT 1", kind, micro(after)))
}

func first[T any](all []T, err error) (T, error) {
	if err == nil && len(all) > 0 {
		return all[0], nil
	}
	var none T
	if err == nil {
		err = store.ErrNotFound
	}
	return none, err
}
