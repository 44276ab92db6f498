package bolt

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

func answerKey(seq uint64) key { return make(key, 0, 8).num(seq) }

func roundAnswerKey(track string, no int, user string) key {
	return make(key, 0, len(track)+len(user)+12).str(track).num(uint64(no)).str(user)
}

func (t *tx) Answering(track string, no int, user string) (store.Answering, error) {
	var all store.Answering
	var err error
	if all.Track, err = t.Track(track); err != nil {
		return store.Answering{}, err
	}
	if all.Round, err = t.Round(track, no); err != nil {
		return store.Answering{}, err
	}
	if seq := t.get(inRoundAnswers, roundAnswerKey(track, no, user)); seq != nil {
		answer, err := t.indexed(seq)
		if err != nil {
			return store.Answering{}, err
		}
		all.Answer = &answer
	}
	if all.Member, err = find(t, inMembers, newKey(track, user), memberFields); err != nil {
		return store.Answering{}, err
	}
	if all.Person, err = find(t, inPeople, newKey(user), personFields); err != nil {
		return store.Answering{}, err
	}
	return all, nil
}

func (t *tx) Answer(seq uint64) (store.Answer, error) {
	return load(t, inAnswers, answerKey(seq), answerFields)
}

func (t *tx) RoundAnswer(track string, no int, user string) (store.Answer, error) {
	seq := t.get(inRoundAnswers, roundAnswerKey(track, no, user))
	if seq == nil {
		return store.Answer{}, store.ErrNotFound
	}
	return t.indexed(seq)
}

// indexed reads the answer that an index names: that it is not there is damage, not an answer.
func (t *tx) indexed(seq []byte) (store.Answer, error) {
	value := t.get(inAnswers, seq)
	if value == nil {
		return store.Answer{}, fmt.Errorf("read answer %x of an index: %w", seq, errDamaged)
	}
	return parse(t, inAnswers, value, answerFields)
}

func (t *tx) AddAnswer(a store.Answer) (uint64, error) {
	if err := t.writing(a.User); err != nil {
		return 0, err
	}
	index := roundAnswerKey(a.Track, a.Round, a.User)
	if a.Track != "" && t.has(inRoundAnswers, index) {
		return 0, store.ErrTaken
	}
	t.wrote = true
	seq, err := t.in(inAnswers).NextSequence()
	if err != nil {
		return 0, fmt.Errorf("number an answer: %w", err)
	}
	a.Seq = seq
	if a.Track != "" {
		if err := t.put(inRoundAnswers, index, answerKey(seq)); err != nil {
			return 0, err
		}
	}
	if err := save(t, inAnswers, answerKey(seq), answerFields, &a); err != nil {
		return 0, err
	}
	return seq, t.noteText(nil, &a)
}

func (t *tx) PutAnswer(a store.Answer) error {
	if err := t.writing(a.User); err != nil {
		return err
	}
	old, err := t.Answer(a.Seq)
	if err != nil {
		return err
	}
	if old.Track != a.Track || old.Round != a.Round || old.User != a.User || old.Prev != a.Prev {
		return errFixed
	}
	return t.replaceAnswer(&old, &a)
}

func (t *tx) replaceAnswer(old, a *store.Answer) error {
	if err := save(t, inAnswers, answerKey(a.Seq), answerFields, a); err != nil {
		return err
	}
	return t.noteText(old, a)
}

func (t *tx) RoundAnswers(track string, no int, after string, limit int) ([]store.Answer, error) {
	prefix := roundKey(track, no)
	var all []store.Answer
	for _, seq := range t.up(inRoundAnswers, prefix, prefix.after(after)) {
		answer, err := t.indexed(seq)
		if err != nil {
			return nil, err
		}
		all = append(all, answer)
		if len(all) == limit {
			break
		}
	}
	return all, nil
}

func (t *tx) Chain(seq uint64, limit int) ([]store.Answer, error) {
	var all []store.Answer
	for seq != 0 {
		answer, err := find(t, inAnswers, answerKey(seq), answerFields)
		if err != nil {
			return nil, err
		}
		if answer == nil { // purged
			break
		}
		all = append(all, *answer)
		if len(all) == limit || answer.Prev >= seq {
			break
		}
		seq = answer.Prev
	}
	return all, nil
}

// AnswersBefore would have to read all answers of a year to find the few that are too old, so inTexts notes for each block
// of answers which is the first that has a text and when its earliest text was sent.

const blockSize = 4096

type block struct {
	first uint64    // no answer of the block before this one has a text
	sent  time.Time // no text of the block was sent before
}

func (t *tx) block(seq uint64) (block, bool) {
	return parseBlock(t.get(inTexts, answerKey(seq/blockSize)))
}

func parseBlock(value []byte) (block, bool) {
	if len(value) != 16 {
		return block{}, false
	}
	return block{binary.BigEndian.Uint64(value), microTime(value[8:])}, true
}

func (t *tx) putBlock(b block) error {
	value := binary.BigEndian.AppendUint64(answerKey(b.first), uint64(b.sent.UnixMicro()))
	return t.put(inTexts, answerKey(b.first/blockSize), value)
}

// noteText keeps inTexts true when an answer is new, changes, or is deleted (a is nil).
func (t *tx) noteText(old, a *store.Answer) error {
	if a != nil && a.Text != "" {
		b, ok := t.block(a.Seq)
		if ok && b.first <= a.Seq && !b.sent.After(a.Sent) {
			return nil
		}
		if !ok {
			b = block{a.Seq, a.Sent}
		}
		b.first = min(b.first, a.Seq)
		if a.Sent.Before(b.sent) {
			b.sent = a.Sent
		}
		return t.putBlock(b)
	}
	if old == nil || old.Text == "" {
		return nil
	}
	b, ok := t.block(old.Seq)
	if !ok || b.first != old.Seq {
		return nil
	}
	end := answerKey((old.Seq/blockSize + 1) * blockSize)
	for k, value := range t.up(inAnswers, nil, answerKey(old.Seq)) {
		if string(k) >= string(end) {
			break
		}
		next, err := parse(t, inAnswers, value, answerFields)
		if err != nil {
			return err
		}
		if next.Text != "" {
			b.first = next.Seq
			return t.putBlock(b)
		}
	}
	return t.delete(inTexts, answerKey(old.Seq/blockSize))
}

func (t *tx) AnswersBefore(before time.Time, after uint64, limit int) ([]store.Answer, error) {
	var all []store.Answer
	for k, value := range t.up(inTexts, nil, nil) {
		n, _ := cutNum(k)
		b, ok := parseBlock(value)
		last := (n+1)*blockSize - 1
		if !ok {
			return nil, fmt.Errorf("read from %s: %w", inTexts, errDamaged)
		}
		if last <= after || !b.sent.Before(before) {
			continue
		}
		for at, value := range t.up(inAnswers, nil, answerKey(max(b.first-1, after))) {
			if seq, _ := cutNum(at); seq > last {
				break
			}
			answer, err := parse(t, inAnswers, value, answerFields)
			if err != nil {
				return nil, err
			}
			if answer.Text == "" || !answer.Sent.Before(before) {
				continue
			}
			all = append(all, answer)
			if len(all) == limit {
				return all, nil
			}
		}
	}
	return all, nil
}
