package postgres

import (
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

// byRound is the second key of an answer.
func (t *tx) byRound(track string, no int, user string) id {
	return id{table: t.records().answers.no, way: 1, a: track, b: user, n: int64(no)}
}

// Answering draws a number, too, where an answer is likely to follow, and reads the newest line of the ledger: that saves turns.
func (t *tx) Answering(track string, no int, user string) (store.Answering, error) {
	r := t.records()
	trackID, round := id{table: r.tracks.no, a: track}, roundID(track, no)
	round.table = r.rounds.no
	answer, member, person := t.byRound(track, no, user), id{table: r.members.no, a: track, b: user}, id{table: r.people.no, a: user}
	w := want{ids: t.missing([]id{trackID, round, answer, member, person})}
	if !t.readOnly && (t.asking != nil || len(t.numbers) == 0) {
		w.numbers = 1
	}
	var all store.Answering
	var err error
	if len(w.ids) > 0 {
		if t.ledgersSent() {
			w.ids = append(w.ids, t.missing([]id{newestLine(t, track, user)})...)
		}
		if err := t.need(w); err != nil {
			return store.Answering{}, err
		}
	}
	if all.Track, err = t.Track(track); err != nil {
		return store.Answering{}, err
	}
	if all.Round, err = t.Round(track, no); err != nil {
		return store.Answering{}, err
	}
	all.Answer, all.Member, all.Person = seen(t, r.answers, answer), seen(t, r.members, member), seen(t, r.people, person)
	return all, nil
}

// seen returns a copy of what is known of a record, nil when there is none.
func seen[T any](t *tx, tab *table[T], i id) *T {
	v, _ := t.see(i)
	if r, ok := v.(*T); ok {
		return tab.copy(r)
	}
	return nil
}

func answerID(seq uint64) id { return id{n: int64(seq)} }

func (t *tx) Answer(seq uint64) (store.Answer, error) {
	return load(t, t.records().answers, answerID(seq))
}

func (t *tx) RoundAnswer(track string, no int, user string) (store.Answer, error) {
	if track == "" {
		return store.Answer{}, store.ErrNotFound
	}
	return load(t, t.records().answers, t.byRound(track, no, user))
}

func (t *tx) AddAnswer(a store.Answer) (uint64, error) {
	if err := t.writing(a.User); err != nil {
		return 0, err
	}
	if a.Track != "" {
		old, err := find(t, t.records().answers, t.byRound(a.Track, a.Round, a.User))
		if err == nil && old != nil {
			err = store.ErrTaken
		}
		if err != nil {
			return 0, err
		}
	}
	seq, err := t.number()
	if err != nil {
		return 0, err
	}
	a.Seq = seq
	save(t, t.records().answers, &a)
	return seq, nil
}

// number returns the next number for an answer. A closure that stores many draws ever more at once.
func (t *tx) number() (uint64, error) {
	if t.asking != nil {
		return t.asking.number(), nil
	}
	if len(t.numbers) == 0 {
		if err := t.need(want{numbers: max(1, t.drawn)}); err != nil {
			return 0, err
		}
	}
	t.drawn++
	seq := t.numbers[0]
	t.numbers = t.numbers[1:]
	return seq, nil
}

func (t *tx) PutAnswer(a store.Answer) error {
	if err := t.writing(a.User); err != nil {
		return err
	}
	old, err := find(t, t.records().answers, answerID(a.Seq))
	switch {
	case err != nil:
		return err
	case old == nil:
		return store.ErrNotFound
	case old.Track != a.Track || old.Round != a.Round || old.User != a.User || old.Prev != a.Prev:
		return errFixed
	}
	save(t, t.records().answers, &a)
	return nil
}

func (t *tx) RoundAnswers(track string, no int, after string, limit int) ([]store.Answer, error) {
	return list(t, t.records().answers, "WHERE t.track = $1 AND t.round = $2 AND t.person > $3 ORDER BY t.track, t.round, t.person LIMIT $4", track, no, after, limited(limit))
}

func (t *tx) Chain(seq uint64, limit int) ([]store.Answer, error) {
	if seq == 0 {
		return nil, nil
	}
	answers := t.records().answers
	sql := `WITH RECURSIVE chain (seq, previous, depth) AS (
			SELECT a.seq, a.previous, 1::bigint FROM answers a WHERE a.seq = $1
			UNION ALL
			SELECT a.seq, a.previous, c.depth + 1 FROM chain c JOIN answers a ON a.seq = c.previous WHERE c.previous < c.seq AND c.depth < $2)
		SELECT t.* FROM chain ` + answers.searches[0] + " ORDER BY k.depth"
	return query(t, answers, sql, int64(seq), limited(limit))
}

// AnswersBefore finds the texts by their time first: of the texts of a year few are too old.
func (t *tx) AnswersBefore(before time.Time, after uint64, limit int) ([]store.Answer, error) {
	answers := t.records().answers
	sql := `WITH old AS MATERIALIZED (SELECT a.seq FROM answers a WHERE a.text <> '' AND a.sent < $1),
		page AS MATERIALIZED (SELECT o.seq FROM old o WHERE o.seq > $2 ORDER BY o.seq LIMIT $3)
		SELECT t.* FROM page ` + answers.searches[0] + " ORDER BY k.seq"
	return query(t, answers, sql, before, int64(after), limited(limit))
}
