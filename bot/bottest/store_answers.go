package bottest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

func (t *tx) Answering(track string, no int, user string) (store.Answering, error) {
	k, err := get(t.tracks, track)
	if err != nil {
		return store.Answering{}, err
	}
	r, err := get(t.rounds[track], no)
	if err != nil {
		return store.Answering{}, err
	}
	out := store.Answering{Track: k, Round: r}
	if a, err := t.RoundAnswer(track, no, user); err == nil {
		out.Answer = &a
	}
	if m, err := get(t.members[track], user); err == nil {
		out.Member = &m
	}
	if p, err := get(t.people, user); err == nil {
		out.Person = &p
	}
	return out, nil
}

func (t *tx) Answer(seq uint64) (store.Answer, error) { return get(t.answers, seq) }

func (t *tx) RoundAnswer(track string, no int, user string) (store.Answer, error) {
	seq, ok := t.byRound[place{track, no}][user]
	if !ok {
		return store.Answer{}, store.ErrNotFound
	}
	return t.Answer(seq)
}

func (t *tx) AddAnswer(a store.Answer) (uint64, error) {
	if err := t.writing(a.User); err != nil {
		return 0, err
	}
	p := place{a.Track, a.Round}
	if a.Track != "" {
		if _, ok := t.byRound[p][a.User]; ok {
			return 0, store.ErrTaken
		}
		if _, ok := t.rounds[a.Track][a.Round]; !ok {
			return 0, fmt.Errorf("an answer to round %d of track %s: %w", a.Round, a.Track, errDangling)
		}
	}
	old := t.seq
	t.undo = append(t.undo, func() { t.seq = old })
	t.seq++
	a.Seq = t.seq
	put(t, t.answers, a.Seq, a)
	if a.Track != "" {
		put(t, in(t, t.byRound, p), a.User, a.Seq)
	}
	return a.Seq, nil
}

func (t *tx) PutAnswer(a store.Answer) error {
	if err := t.writing(); err != nil {
		return err
	}
	old, ok := t.answers[a.Seq]
	if !ok {
		return store.ErrNotFound
	}
	if old.Track != a.Track || old.Round != a.Round || old.User != a.User || old.Prev != a.Prev {
		return fmt.Errorf("answer %d: %w", a.Seq, errFixed)
	}
	put(t, t.answers, a.Seq, a)
	return nil
}

func (t *tx) RoundAnswers(track string, no int, after string, limit int) ([]store.Answer, error) {
	var all []store.Answer
	for user, seq := range t.byRound[place{track, no}] {
		if user > after {
			all = append(all, t.answers[seq])
		}
	}
	slices.SortFunc(all, func(a, b store.Answer) int { return cmp.Compare(a.User, b.User) })
	return first(all, limit), nil
}

func (t *tx) Chain(seq uint64, limit int) ([]store.Answer, error) {
	var all []store.Answer
	for seq != 0 && (limit == 0 || len(all) < limit) {
		a, ok := t.answers[seq]
		if !ok {
			break
		}
		all = append(all, clone(a))
		seq = a.Prev
	}
	return all, nil
}

func (t *tx) AnswersBefore(at time.Time, after uint64, limit int) ([]store.Answer, error) {
	return list(t.answers, func(a store.Answer) bool { return a.Text != "" && a.Sent.Before(at) && a.Seq > after },
		func(a, b store.Answer) int { return cmp.Compare(a.Seq, b.Seq) }, limit), nil
}

func (t *tx) Member(track, user string) (store.Member, error) { return get(t.members[track], user) }

func (t *tx) PutMember(m store.Member) error {
	if err := t.writing(m.Track, m.User); err != nil {
		return err
	}
	if err := t.needs(m.Track); err != nil {
		return err
	}
	put(t, in(t, t.members, m.Track), m.User, m)
	return nil
}

func (t *tx) Members(track, after string, limit int) ([]store.Member, error) {
	return list(t.members[track], func(m store.Member) bool { return m.User > after },
		func(a, b store.Member) int { return cmp.Compare(a.User, b.User) }, limit), nil
}

func (t *tx) Memberships(user string) ([]store.Member, error) {
	var all []store.Member
	for _, members := range t.members {
		if m, ok := members[user]; ok {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b store.Member) int { return cmp.Compare(a.Track, b.Track) })
	return first(all, 0), nil
}

func (t *tx) AddLine(track, user string, l store.Line) error {
	if err := t.writing(track); err != nil {
		return err
	}
	if err := t.needs(track); err != nil {
		return err
	}
	k := pair{track, user}
	put(t, t.lines, k, append(slices.Clone(t.lines[k]), l))
	return nil
}

func (t *tx) Lines(track, user string, before, limit int) ([]store.Entry, error) {
	var all []store.Entry
	lines := t.lines[pair{track, user}]
	if before == 0 {
		before = len(lines) + 1
	}
	for no := min(before-1, len(lines)); no >= 1 && (limit == 0 || len(all) < limit); no-- {
		all = append(all, store.Entry{No: no, Line: clone(lines[no-1])})
	}
	return all, nil
}

func (t *tx) Person(user string) (store.Person, error) { return get(t.people, user) }

func (t *tx) PutPerson(p store.Person) error {
	if err := t.writing(p.User); err != nil {
		return err
	}
	put(t, t.people, p.User, p)
	return nil
}

func (t *tx) Draft(user, key string) (store.Draft, error) { return get(t.drafts, pair{user, key}) }

func (t *tx) PutDraft(d store.Draft) error {
	if err := t.writing(d.User); err != nil {
		return err
	}
	put(t, t.drafts, pair{d.User, d.Key}, d)
	return nil
}

func (t *tx) DeleteDraft(user, key string) error {
	if err := t.writing(); err != nil {
		return err
	}
	drop(t, t.drafts, pair{user, key})
	return nil
}
