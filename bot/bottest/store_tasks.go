package bottest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

func (t *tx) Task(key string) (store.Task, error) { return get(t.tasks, key) }

func (t *tx) PutTask(k store.Task) error {
	if err := t.writing(k.Key); err != nil {
		return err
	}
	put(t, t.tasks, k.Key, k)
	return nil
}

func (t *tx) DeleteTask(key string) error {
	if err := t.writing(); err != nil {
		return err
	}
	drop(t, t.tasks, key)
	return nil
}

func byDue(a, b store.Task) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Key, b.Key)) }

func (t *tx) Due(at time.Time, limit int) ([]store.Task, error) {
	return list(t.tasks, func(k store.Task) bool { return !k.Due.After(at) }, byDue, limit), nil
}

func (t *tx) NextTask(at time.Time) (store.Task, error) {
	return t.next(func(k store.Task) bool { return k.Due.After(at) })
}

func (t *tx) NextOfKind(kind string, at time.Time) (store.Task, error) {
	return t.next(func(k store.Task) bool { return k.Kind == kind && k.Due.After(at) })
}

func (t *tx) next(want func(store.Task) bool) (store.Task, error) {
	all := list(t.tasks, want, byDue, 1)
	if len(all) == 0 {
		return store.Task{}, store.ErrNotFound
	}
	return all[0], nil
}

func (t *tx) Value(space, key string) ([]byte, error) {
	v, ok := t.values[space][key]
	if !ok {
		return nil, store.ErrNotFound
	}
	return append([]byte{}, v...), nil
}

func (t *tx) PutValue(space, key string, value []byte) error {
	if err := t.writing(); err != nil {
		return err
	}
	if value == nil {
		drop(t, t.values[space], key)
		return nil
	}
	put(t, in(t, t.values, space), key, value)
	return nil
}

func (t *tx) ListValues(space, prefix string) ([]store.Value, error) {
	var all []store.Value
	for k, v := range t.values[space] {
		if strings.HasPrefix(k, prefix) {
			all = append(all, store.Value{Key: k, Data: v})
		}
	}
	slices.SortFunc(all, func(a, b store.Value) int { return cmp.Compare(a.Key, b.Key) })
	return first(all, 0), nil
}

func (t *tx) Hold(name, owner string, until time.Time) (store.Lease, error) {
	if err := t.writing(name, owner); err != nil {
		return store.Lease{}, err
	}
	if l, ok := t.leases[name]; ok && l.Owner != owner && l.Until.After(t.now) {
		return l, nil
	}
	put(t, t.leases, name, store.Lease{Owner: owner, Until: until})
	return get(t.leases, name)
}

func (t *tx) Release(name, owner string) error {
	if err := t.writing(); err != nil {
		return err
	}
	if t.leases[name].Owner == owner {
		drop(t, t.leases, name)
	}
	return nil
}

func (t *tx) Stamp(platform, replica string, at time.Time) error {
	if err := t.writing(platform, replica); err != nil {
		return err
	}
	k, at := pair{platform, replica}, cut(at)
	spans := slices.Clone(t.spans[k])
	if n := len(spans); n > 0 && at.Sub(spans[n-1].To) <= 90*time.Second {
		if at.After(spans[n-1].To) {
			spans[n-1].To = at
		}
	} else {
		spans = append(spans, store.Span{From: at, To: at})
	}
	put(t, t.spans, k, slices.DeleteFunc(spans, func(s store.Span) bool { return at.Sub(s.To) > 8*24*time.Hour }))
	return nil
}

func (t *tx) Up(platform string, from, to time.Time) ([]store.Span, error) {
	var all []store.Span
	for k, spans := range t.spans {
		for _, s := range spans {
			if k.a == platform && !s.To.Before(from) && !s.From.After(to) {
				all = append(all, s)
			}
		}
	}
	slices.SortFunc(all, func(a, b store.Span) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
	return first(all, 0), nil
}
