package postgres

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A purge takes its steps in a fixed order and starts from the first each time: a step that was finished before finds
// nothing. The order is such that what is needed to find the rest goes last.

// step deletes or changes the rows of a table that match; $1 is what is purged.
type step struct {
	table, keys, match string
	change             string // UPDATE instead of DELETE: what follows UPDATE table x
}

func (t *tx) purge(limit int, steps []step, args ...any) (more bool, err error) {
	left := int(limited(limit))
	for _, s := range steps {
		if left == 0 {
			found, err := t.any(fmt.Sprintf("SELECT EXISTS (SELECT 1 FROM %s x WHERE %s)", s.table, s.match), args)
			if err != nil || found {
				return found, err
			}
			continue
		}
		some := fmt.Sprintf("(SELECT %[1]s FROM %[2]s x WHERE %[3]s ORDER BY %[1]s LIMIT %[4]d)", s.keys, s.table, s.match, left)
		sql := fmt.Sprintf("DELETE FROM %s WHERE (%s) IN %s", s.table, s.keys, some)
		if s.change != "" {
			sql = fmt.Sprintf(s.change, some)
		}
		done, err := t.exec(sql, used(sql, args)...)
		if err != nil {
			return false, err
		}
		left -= done
	}
	return false, nil
}

// used leaves out the arguments that a statement does not have: the server would refuse them.
func used(sql string, args []any) []any {
	for len(args) > 1 && !strings.Contains(sql, fmt.Sprintf("$%d", len(args))) {
		args = args[:len(args)-1]
	}
	return args
}

// any asks whether there is something left; everything was sent before.
func (t *tx) any(sql string, args []any) (found bool, err error) {
	b := new(pgx.Batch)
	b.Queue(sql, used(sql, args)...).QueryRow(func(row pgx.Row) error { return row.Scan(&found) })
	return found, t.exchange(b)
}

func (t *tx) PurgeSpace(space string, limit int) (bool, error) {
	if err := t.writing(space); err != nil {
		return false, err
	}
	const (
		ofTracks = "x.track IN (SELECT s.id FROM tracks s WHERE s.space = $1)"
		ofPeople = "x.person IN (SELECT s.person FROM people s WHERE s.space = $1)"
	)
	return t.purge(limit, []step{
		{table: "answers", keys: "seq", match: ofTracks},
		{table: "members", keys: "track, person", match: ofTracks},
		{table: "ledger", keys: "track, person, no", match: ofTracks},
		{table: "rounds", keys: "track, no", match: ofTracks},
		{table: "skips", keys: "track, slot", match: ofTracks},
		{table: "decks", keys: "track", match: ofTracks},
		{table: "tracks", keys: "id", match: "x.space = $1"},
		{table: "answers", keys: "seq", match: "x.track IS NULL AND " + ofPeople},
		{table: "drafts", keys: "person, key", match: ofPeople},
		{table: "people", keys: "person", match: "x.space = $1"},
		{table: "remembered", keys: "space, key", match: "x.space = $1"},
		{table: "tasks", keys: "key", match: "x.space = $1"},
		{table: "spaces", keys: "id", match: "x.id = $1"},
	}, space)
}

// PurgePerson makes the nameless identifier a member in the person's place. It looks for answers in all rounds of the
// person's tracks and of the tracks of the person's space: an answer that did not count can be there without a membership.
func (t *tx) PurgePerson(user, nameless string, limit int) (bool, error) {
	if err := t.writing(user, nameless); err != nil {
		return false, err
	}
	if user == nameless {
		return false, errFixed
	}
	const (
		tracks   = "(SELECT m.track FROM members m WHERE m.person = $1 UNION SELECT s.id FROM people p JOIN tracks s ON s.space = p.space WHERE p.person = $1)"
		ofRounds = "x.person = $1 AND (x.track, x.round) IN (SELECT r.track, r.no FROM rounds r WHERE r.track IN " + tracks + ")"
		moved    = `UPDATE ledger x SET person = $2, no = m.base + m.place FROM (
			SELECT o.track, o.no, row_number() OVER (PARTITION BY o.track ORDER BY o.no) AS place,
				coalesce((SELECT max(n.no) FROM ledger n WHERE n.track = o.track AND n.person = $2), 0) AS base
			FROM ledger o WHERE o.person = $1 AND (o.track, o.no) IN %s) m
			WHERE x.track = m.track AND x.no = m.no AND x.person = $1`
		renamed = "UPDATE members x SET person = $2, name = '', head = 0 WHERE x.person = $1 AND x.track IN %s"
	)
	return t.purge(limit, []step{
		{table: "drafts", keys: "person, key", match: "x.person = $1"},
		{table: "answers", keys: "seq", match: "x.track IS NULL AND x.person = $1"},
		{table: "answers", keys: "seq", match: ofRounds},
		{table: "ledger", keys: "track, no", match: "x.person = $1 AND x.track IN " + tracks, change: moved},
		{table: "members", keys: "track", match: "x.person = $1 AND NOT EXISTS (SELECT 1 FROM members n WHERE n.track = x.track AND n.person = $2)", change: renamed},
		{table: "members", keys: "track, person", match: "x.person = $1"},
		{table: "tasks", keys: "key", match: "x.person = $1"},
		{table: "people", keys: "person", match: "x.person = $1"},
	}, user, nameless)
}
