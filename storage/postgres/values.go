package postgres

import (
	"time"
	"unicode/utf8"

	"github.com/interviewbot/interviewbot/bot/store"
)

const (
	onceLength = 200
	spanGap    = 90 * time.Second
	spansFor   = 8 * 24 * time.Hour
)

func (t *tx) records() *records { return t.store.records }

func (t *tx) Once(name string) error {
	if err := t.writing(name); err != nil {
		return err
	}
	if len(name) > onceLength {
		return errLength
	}
	events := t.records().events
	i := id{table: events.no, a: name}
	if _, known := t.see(i); !known && t.asking != nil {
		t.asking.hoped = append(t.asking.hoped, i) // it opens nearly every Update, and nearly always the event is new
		return nil
	}
	old, err := find(t, events, i)
	if err != nil {
		return err
	}
	now := t.Now()
	if old != nil && now.Sub(old.at) < eventsFor {
		return store.ErrTaken
	}
	save(t, events, &event{name, now})
	return nil
}

func (t *tx) Value(space, key string) ([]byte, error) {
	v, err := load(t, t.records().values, id{a: space, b: key})
	if err != nil {
		return nil, err
	}
	return notNil(v.Data), nil
}

func (t *tx) PutValue(space, key string, data []byte) error {
	if err := t.writing(); err != nil {
		return err
	}
	if data == nil {
		return erase(t, t.records().values, id{a: space, b: key})
	}
	save(t, t.records().values, &value{space, store.Value{Key: key, Data: data}})
	return nil
}

func (t *tx) ListValues(space, prefix string) ([]store.Value, error) {
	tail, args := "WHERE t.space = $1 AND t.key >= $2 ", []any{space, prefix}
	if end := after(prefix); end != "" {
		tail, args = tail+"AND t.key < $3 ", append(args, end)
	}
	found, err := list(t, t.records().values, tail+"ORDER BY t.space, t.key", args...)
	all := make([]store.Value, len(found))
	for i, v := range found {
		all[i] = store.Value{Key: v.Key, Data: notNil(v.Data)}
	}
	return all, err
}

// after is the least text that is greater than all that begin with the prefix; "" when there is none.
func after(prefix string) string {
	for prefix != "" {
		last, size := utf8.DecodeLastRuneInString(prefix)
		prefix = prefix[:len(prefix)-size]
		switch {
		case last == 0xD7FF:
			return prefix + "\uE000" // between them are halves of pairs, which are no characters
		case last < utf8.MaxRune:
			return prefix + string(last+1)
		}
	}
	return ""
}

func (t *tx) Hold(name, owner string, until time.Time) (store.Lease, error) {
	if err := t.writing(name, owner); err != nil {
		return store.Lease{}, err
	}
	held, err := find(t, t.records().leases, id{a: name})
	if err != nil {
		return store.Lease{}, err
	}
	if held != nil && held.Owner != owner && held.Until.After(t.Now()) {
		return held.Lease, nil
	}
	l := lease{name, store.Lease{Owner: owner, Until: micro(until)}}
	save(t, t.records().leases, &l)
	return l.Lease, nil
}

func (t *tx) Release(name, owner string) error {
	if err := t.writing(); err != nil {
		return err
	}
	held, err := find(t, t.records().leases, id{a: name})
	if err != nil || held == nil || held.Owner != owner {
		return err
	}
	return erase(t, t.records().leases, id{a: name})
}

func (t *tx) Stamp(platform, replica string, at time.Time) error {
	if err := t.writing(platform, replica); err != nil {
		return err
	}
	at = micro(at)
	all, err := list(t, t.records().uptime, "WHERE t.platform = $1 AND t.replica = $2 AND t.since <= $3 ORDER BY t.platform DESC, t.replica DESC, t.since DESC LIMIT 1", platform, replica, at)
	if err != nil {
		return err
	}
	s := span{platform, replica, store.Span{From: at, To: at}}
	if len(all) > 0 && at.Sub(all[0].To) <= spanGap {
		s = all[0]
		if at.After(s.To) {
			s.To = at
		}
	}
	if s.From.Equal(at) {
		if _, err := t.exec("DELETE FROM uptime WHERE platform = $1 AND replica = $2 AND until < $3", platform, replica, at.Add(-spansFor)); err != nil {
			return err
		}
	}
	save(t, t.records().uptime, &s)
	return nil
}

func (t *tx) Up(platform string, from, to time.Time) ([]store.Span, error) {
	found, err := list(t, t.records().uptime, "WHERE t.platform = $1 AND t.since <= $2 AND t.until >= $3 ORDER BY t.since, t.replica", platform, to, from)
	all := make([]store.Span, len(found))
	for i, s := range found {
		all[i] = s.Span
	}
	return all, err
}
