package bolt

import (
	"fmt"

	"github.com/interviewbot/interviewbot/bot/store"
)

func (t *tx) Member(track, user string) (store.Member, error) {
	return load(t, inMembers, newKey(track, user), memberFields)
}

func (t *tx) PutMember(m store.Member) error {
	if err := t.writing(m.Track, m.User); err != nil {
		return err
	}
	k := newKey(m.Track, m.User)
	if !t.has(inMembers, k) {
		if err := t.put(inMemberships, newKey(m.User, m.Track), []byte{1}); err != nil {
			return err
		}
	}
	return save(t, inMembers, k, memberFields, &m)
}

func (t *tx) Members(track, after string, limit int) ([]store.Member, error) {
	prefix := newKey(track)
	return collect(t, inMembers, t.up(inMembers, prefix, prefix.after(after)), limit, memberFields)
}

func (t *tx) Memberships(user string) ([]store.Member, error) {
	prefix := newKey(user)
	var all []store.Member
	for k := range t.up(inMemberships, prefix, prefix) {
		track, _ := cutStr(k[len(prefix):])
		m, err := t.Member(track, user)
		if err != nil {
			return nil, fmt.Errorf("read a membership in %s of an index: %w", track, err)
		}
		all = append(all, m)
	}
	return all, nil
}

func (t *tx) AddLine(track, user string, l store.Line) error {
	if err := t.writing(track); err != nil {
		return err
	}
	prefix := newKey(track, user)
	no := uint64(1)
	for k := range t.down(inLedgers, prefix, prefix.end()) {
		last, _ := cutNum(k[len(prefix):])
		no = last + 1
		break
	}
	return save(t, inLedgers, prefix.num(no), lineFields, &l)
}

func (t *tx) Lines(track, user string, before, limit int) ([]store.Entry, error) {
	prefix := newKey(track, user)
	end := prefix.end()
	if before != 0 {
		end = newKey(track, user).num(uint64(max(before, 0)))
	}
	var all []store.Entry
	for k, value := range t.down(inLedgers, prefix, end) {
		line, err := parse(t, inLedgers, value, lineFields)
		if err != nil {
			return nil, err
		}
		no, _ := cutNum(k[len(prefix):])
		all = append(all, store.Entry{No: int(no), Line: line})
		if len(all) == limit {
			break
		}
	}
	return all, nil
}
