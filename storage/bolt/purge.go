package bolt

import (
	"math"

	"github.com/interviewbot/interviewbot/bot/store"
)

// A purge takes its steps in a fixed order and starts from the first each time: a step that was finished before finds
// nothing. left counts down the records that this call may still delete or change. The order is such that what is needed
// to find the rest goes last.

func quota(limit int) int {
	if limit <= 0 {
		return math.MaxInt
	}
	return limit
}

// step does a part of a purge; more says that it could not finish.
type step func(left *int) (more bool, err error)

func inOrder(left *int, steps ...step) (bool, error) {
	for _, s := range steps {
		if more, err := s(left); more || err != nil {
			return more, err
		}
	}
	return false, nil
}

// erase deletes what has the prefix, and with each record what also does.
func (t *tx) erase(b bucket, prefix key, also func(k key, value []byte) error) step {
	return func(left *int) (more bool, err error) {
		var keys []key
		var values [][]byte
		for k, v := range t.up(b, prefix, prefix) {
			if more = len(keys) == *left; more {
				break
			}
			keys, values = append(keys, k), append(values, v)
		}
		*left -= len(keys)
		for i, k := range keys {
			if also != nil {
				if err := also(k, values[i]); err != nil {
					return false, err
				}
			}
			if err := t.delete(b, k); err != nil {
				return false, err
			}
		}
		return more, nil
	}
}

// eraseOne deletes the record of that key, if it is there.
func (t *tx) eraseOne(b bucket, k key) step {
	return func(left *int) (more bool, err error) {
		if !t.has(b, k) || *left == 0 {
			return t.has(b, k), nil
		}
		*left--
		return false, t.delete(b, k)
	}
}

// eraseTasks deletes those that match. It reads all tasks: purges are rare, and an index would cost every task.
func (t *tx) eraseTasks(match func(*store.Task) bool) step {
	return func(left *int) (more bool, err error) {
		var names []string
		for _, value := range t.up(inTasks, nil, nil) {
			task, err := parse(t, inTasks, value, taskFields)
			if err != nil {
				return false, err
			}
			if !match(&task) {
				continue
			}
			if more = len(names) == *left; more {
				break
			}
			names = append(names, task.Key)
		}
		*left -= len(names)
		for _, name := range names {
			if err := t.DeleteTask(name); err != nil {
				return false, err
			}
		}
		return more, nil
	}
}

func (t *tx) PurgeSpace(id string, limit int) (bool, error) {
	if err := t.writing(id); err != nil {
		return false, err
	}
	tracks, err := t.SpaceTracks(id)
	if err != nil {
		return false, err
	}
	var users []string
	prefix := newKey(id)
	for k := range t.up(inSpacePeople, prefix, prefix) {
		user, _ := cutStr(k[len(prefix):])
		users = append(users, user)
	}
	var steps []step
	for i := range tracks {
		steps = append(steps, t.eraseTrack(&tracks[i])...)
	}
	for _, user := range users {
		steps = append(steps, t.erasePractice(user), t.erase(inDrafts, newKey(user), nil), t.erasePerson(user))
	}
	steps = append(steps, t.erase(inValues, newKey(id), nil),
		t.eraseTasks(func(task *store.Task) bool { return task.Space == id }),
		t.eraseOne(inSpaces, newKey(id)))
	left := quota(limit)
	return inOrder(&left, steps...)
}

func (t *tx) eraseTrack(track *store.Track) []step {
	prefix := newKey(track.ID)
	return []step{
		t.erase(inRoundAnswers, prefix, func(_ key, seq []byte) error {
			answer, err := t.indexed(seq)
			if err != nil {
				return err
			}
			return t.eraseAnswer(&answer)
		}),
		t.erase(inMembers, prefix, func(k key, _ []byte) error {
			user, _ := cutStr(k[len(prefix):])
			return t.delete(inMemberships, newKey(user, track.ID))
		}),
		t.erase(inLedgers, prefix, nil),
		t.erase(inRounds, prefix, func(_ key, value []byte) error {
			round, err := parse(t, inRounds, value, roundFields)
			if err != nil {
				return err
			}
			return t.delete(inSlots, newKey(track.ID, round.Slot))
		}),
		t.erase(inSkips, prefix, nil),
		t.eraseOne(inDecks, prefix),
		func(left *int) (bool, error) {
			if *left == 0 {
				return true, nil
			}
			if err := t.unlistTrack(track); err != nil {
				return false, err
			}
			return t.eraseOne(inTracks, prefix)(left)
		},
	}
}

func (t *tx) eraseAnswer(a *store.Answer) error {
	if err := t.delete(inAnswers, answerKey(a.Seq)); err != nil {
		return err
	}
	return t.noteText(a, nil)
}

// erasePractice follows the chain of practice answers, and leaves the person at the first that is left.
func (t *tx) erasePractice(user string) step {
	return func(left *int) (bool, error) {
		person, err := find(t, inPeople, newKey(user), personFields)
		if err != nil || person == nil || person.Practice == 0 {
			return false, err
		}
		for person.Practice != 0 && *left > 0 {
			answer, err := find(t, inAnswers, answerKey(person.Practice), answerFields)
			if err != nil {
				return false, err
			}
			if answer == nil || answer.Track != "" || answer.User != user {
				person.Practice = 0
				break
			}
			if err := t.eraseAnswer(answer); err != nil {
				return false, err
			}
			person.Practice = min(answer.Prev, answer.Seq-1) // a chain only goes back
			*left--
		}
		return person.Practice != 0, save(t, inPeople, newKey(user), personFields, person)
	}
}

func (t *tx) erasePerson(user string) step {
	return func(left *int) (bool, error) {
		person, err := find(t, inPeople, newKey(user), personFields)
		if err != nil || person == nil || *left == 0 {
			return person != nil, err
		}
		if err := t.delete(inSpacePeople, newKey(person.Space, user)); err != nil {
			return false, err
		}
		return t.eraseOne(inPeople, newKey(user))(left)
	}
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
	tracks, err := t.tracksOf(user)
	if err != nil {
		return false, err
	}
	steps := []step{t.erase(inDrafts, newKey(user), nil), t.erasePractice(user)}
	for _, track := range tracks {
		steps = append(steps, t.eraseAnswers(track, user), t.renameLines(track, user, nameless),
			t.renameMember(track, user, nameless))
	}
	steps = append(steps, t.eraseTasks(func(task *store.Task) bool { return task.User == user }), t.erasePerson(user))
	left := quota(limit)
	return inOrder(&left, steps...)
}

func (t *tx) tracksOf(user string) ([]string, error) {
	var ids []string
	seen := map[string]bool{}
	prefix := newKey(user)
	for k := range t.up(inMemberships, prefix, prefix) {
		id, _ := cutStr(k[len(prefix):])
		ids = append(ids, id)
		seen[id] = true
	}
	person, err := find(t, inPeople, newKey(user), personFields)
	if err != nil || person == nil {
		return ids, err
	}
	space := newKey(person.Space)
	for _, id := range t.up(inSpaceTracks, space, space) {
		if !seen[string(id)] {
			ids = append(ids, string(id))
		}
	}
	return ids, nil
}

// eraseAnswers deletes a person's answers to the rounds of a track; the rounds keep the numbers that were counted from them.
func (t *tx) eraseAnswers(track, user string) step {
	return func(left *int) (bool, error) {
		prefix := newKey(track)
		for k := range t.up(inRounds, prefix, prefix) {
			no, _ := cutNum(k[len(prefix):])
			index := roundAnswerKey(track, int(no), user)
			seq := t.get(inRoundAnswers, index)
			if seq == nil {
				continue
			}
			answer, err := t.indexed(seq)
			if err != nil || *left == 0 {
				return true, err
			}
			*left--
			if err := t.eraseAnswer(&answer); err != nil {
				return false, err
			}
			if err := t.delete(inRoundAnswers, index); err != nil {
				return false, err
			}
		}
		return false, nil
	}
}

func (t *tx) renameLines(track, user, nameless string) step {
	prefix := newKey(track, user)
	return t.erase(inLedgers, prefix, func(_ key, value []byte) error {
		line, err := parse(t, inLedgers, value, lineFields)
		if err != nil {
			return err
		}
		return t.AddLine(track, nameless, line)
	})
}

func (t *tx) renameMember(track, user, nameless string) step {
	return func(left *int) (bool, error) {
		m, err := find(t, inMembers, newKey(track, user), memberFields)
		if err != nil || m == nil || *left == 0 {
			return m != nil, err
		}
		if err := t.delete(inMemberships, newKey(user, track)); err != nil {
			return false, err
		}
		if !t.has(inMembers, newKey(track, nameless)) {
			m.User, m.Name, m.Head = nameless, "", 0
			if err := t.PutMember(*m); err != nil {
				return false, err
			}
		}
		return t.eraseOne(inMembers, newKey(track, user))(left)
	}
}
