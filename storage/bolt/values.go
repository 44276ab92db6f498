package bolt

import (
	"slices"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

const (
	spanGap  = 90 * time.Second
	spansFor = 8 * 24 * time.Hour
)

func (t *tx) Value(space, key string) ([]byte, error) {
	v, err := load(t, inValues, newKey(space, key), valueFields)
	if err != nil {
		return nil, err
	}
	return notNil(v.Data), nil
}

// notNil: nil is for a value that is not there.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func (t *tx) PutValue(space, key string, value []byte) error {
	if err := t.writing(); err != nil {
		return err
	}
	k := newKey(space, key)
	switch {
	case value != nil:
		return save(t, inValues, k, valueFields, &store.Value{Key: key, Data: value})
	case t.has(inValues, k):
		return t.delete(inValues, k)
	}
	return nil
}

func (t *tx) ListValues(space, prefix string) ([]store.Value, error) {
	// The last part of a prefix has no end yet.
	in := newKey(space, prefix)
	in = in[:len(in)-2]
	all, err := collect(t, inValues, t.up(inValues, in, in), 0, valueFields)
	for i := range all {
		all[i].Data = notNil(all[i].Data)
	}
	return all, err
}

func (t *tx) Hold(name, owner string, until time.Time) (store.Lease, error) {
	if err := t.writing(name, owner); err != nil {
		return store.Lease{}, err
	}
	held, err := find(t, inLeases, newKey(name), leaseFields)
	if err != nil {
		return store.Lease{}, err
	}
	if held != nil && held.Owner != owner && held.Until.After(t.now) {
		return *held, nil
	}
	lease := store.Lease{Owner: owner, Until: until.UTC().Truncate(time.Microsecond)}
	return lease, save(t, inLeases, newKey(name), leaseFields, &lease)
}

func (t *tx) Release(name, owner string) error {
	if err := t.writing(); err != nil {
		return err
	}
	held, err := find(t, inLeases, newKey(name), leaseFields)
	if err != nil || held == nil || held.Owner != owner {
		return err
	}
	return t.delete(inLeases, newKey(name))
}

func (t *tx) Stamp(platform, replica string, at time.Time) error {
	if err := t.writing(platform, replica); err != nil {
		return err
	}
	prefix := newKey(platform, replica)
	span := store.Span{From: at, To: at}
	for _, value := range t.down(inSpans, prefix, newKey(platform, replica).at(at).end()) {
		last, err := parse(t, inSpans, value, spanFields)
		if err != nil {
			return err
		}
		if at.Sub(last.To) <= spanGap {
			span.From = last.From
			if at.Before(last.To) {
				span.To = last.To
			}
		}
		break
	}
	if span.From.Equal(at) {
		if err := t.dropSpans(prefix, at.Add(-spansFor)); err != nil {
			return err
		}
	}
	return save(t, inSpans, newKey(platform, replica).at(span.From), spanFields, &span)
}

// dropSpans deletes those of a replica that ended before the time.
func (t *tx) dropSpans(prefix key, before time.Time) error {
	var old []key
	for k, value := range t.up(inSpans, prefix, prefix) {
		span, err := parse(t, inSpans, value, spanFields)
		if err != nil {
			return err
		}
		if span.To.Before(before) {
			old = append(old, k)
		}
	}
	for _, k := range old {
		if err := t.delete(inSpans, k); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) Up(platform string, from, to time.Time) ([]store.Span, error) {
	prefix := newKey(platform)
	all, err := collect(t, inSpans, t.up(inSpans, prefix, prefix), 0, spanFields)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(s store.Span) bool { return s.From.After(to) || s.To.Before(from) })
	slices.SortStableFunc(all, func(a, b store.Span) int { return a.From.Compare(b.From) })
	return all, nil
}
