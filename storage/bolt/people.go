package bolt

import (
	"github.com/interviewbot/interviewbot/bot/store"
)

func (t *tx) Person(user string) (store.Person, error) {
	return load(t, inPeople, newKey(user), personFields)
}

func (t *tx) PutPerson(p store.Person) error {
	if err := t.writing(p.User); err != nil {
		return err
	}
	old, err := find(t, inPeople, newKey(p.User), personFields)
	if err != nil {
		return err
	}
	if old != nil && old.Space != p.Space {
		if err := t.delete(inSpacePeople, newKey(old.Space, p.User)); err != nil {
			return err
		}
	}
	if old == nil || old.Space != p.Space {
		if err := t.put(inSpacePeople, newKey(p.Space, p.User), []byte{1}); err != nil {
			return err
		}
	}
	return save(t, inPeople, newKey(p.User), personFields, &p)
}

func (t *tx) Draft(user, key string) (store.Draft, error) {
	return load(t, inDrafts, newKey(user, key), draftFields)
}

func (t *tx) PutDraft(d store.Draft) error {
	if err := t.writing(d.User); err != nil {
		return err
	}
	return save(t, inDrafts, newKey(d.User, d.Key), draftFields, &d)
}

func (t *tx) DeleteDraft(user, key string) error {
	if err := t.writing(); err != nil {
		return err
	}
	if k := newKey(user, key); t.has(inDrafts, k) {
		return t.delete(inDrafts, k)
	}
	return nil
}
