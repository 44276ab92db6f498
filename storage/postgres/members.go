package postgres

import (
	"github.com/interviewbot/interviewbot/bot/store"
)

func (t *tx) Member(track, user string) (store.Member, error) {
	return load(t, t.records().members, id{a: track, b: user})
}

func (t *tx) PutMember(m store.Member) error {
	if err := t.writing(m.Track, m.User); err != nil {
		return err
	}
	save(t, t.records().members, &m)
	return nil
}

func (t *tx) Members(track, after string, limit int) ([]store.Member, error) {
	return list(t, t.records().members, "WHERE t.track = $1 AND t.person > $2 ORDER BY t.track, t.person LIMIT $3", track, after, limited(limit))
}

func (t *tx) Memberships(user string) ([]store.Member, error) {
	return list(t, t.records().members, "WHERE t.person = $1 ORDER BY t.person, t.track", user)
}

// AddLine numbers the line only when it is sent.
func (t *tx) AddLine(track, user string, l store.Line) error {
	if err := t.writing(track); err != nil {
		return err
	}
	t.lines = append(t.lines, line{track: track, user: user, Entry: store.Entry{Line: l}})
	t.in[t.records().ledger.no] = true
	return nil
}

// ledgersSent says whether the database has all lines: only then may it be asked for the newest.
func (t *tx) ledgersSent() bool {
	no := t.records().ledger.no
	return !t.in[no] && !t.unsent[no]
}

func newestLine(t *tx, track, user string) id {
	return id{table: t.records().ledger.no, way: 1, a: track, b: user}
}

// Lines has a way of its own for the newest line, which every answer of a member asks for.
func (t *tx) Lines(track, user string, before, limit int) ([]store.Entry, error) {
	ledger := t.records().ledger
	if before == 0 && limit == 1 && t.ledgersSent() {
		newest, err := find(t, ledger, newestLine(t, track, user))
		if err != nil || newest == nil {
			return nil, err
		}
		return []store.Entry{ledger.copy(newest).Entry}, nil
	}
	var all []line
	var err error
	if before == 0 {
		all, err = list(t, ledger, "WHERE t.track = $1 AND t.person = $2 ORDER BY t.track DESC, t.person DESC, t.no DESC LIMIT $3", track, user, limited(limit))
	} else {
		all, err = list(t, ledger, "WHERE t.track = $1 AND t.person = $2 AND t.no < $3 ORDER BY t.track DESC, t.person DESC, t.no DESC LIMIT $4", track, user, max(before, 0), limited(limit))
	}
	entries := make([]store.Entry, len(all))
	for i, l := range all {
		entries[i] = l.Entry
	}
	return entries, err
}

func (t *tx) Person(user string) (store.Person, error) {
	return load(t, t.records().people, id{a: user})
}

func (t *tx) PutPerson(p store.Person) error {
	if err := t.writing(p.User); err != nil {
		return err
	}
	save(t, t.records().people, &p)
	return nil
}

func (t *tx) Draft(user, key string) (store.Draft, error) {
	return load(t, t.records().drafts, id{a: user, b: key})
}

func (t *tx) PutDraft(d store.Draft) error {
	if err := t.writing(d.User); err != nil {
		return err
	}
	save(t, t.records().drafts, &d)
	return nil
}

func (t *tx) DeleteDraft(user, key string) error {
	if err := t.writing(); err != nil {
		return err
	}
	return erase(t, t.records().drafts, id{a: user, b: key})
}
