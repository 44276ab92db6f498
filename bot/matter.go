package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
	"github.com/interviewbot/interviewbot/questions"
	"github.com/interviewbot/interviewbot/questions/rubric"
)

// matter is what a person is working on: the question of a round, or one of practice, and what they have made of it.
type matter struct {
	key      string // roundKey or seqKey
	user     string
	track    *store.Track // nil in practice
	round    *store.Round
	answer   *store.Answer // nil before anything was sent
	member   *store.Member
	person   *store.Person
	draft    *store.Draft
	last     *store.Line   // the member's newest ledger line
	lastDay  string        // of its round, when a freeze covered it
	ledger   []streak.Line // the member's, read only once the round is over
	question *questions.Question
	hash     string
	now      time.Time
}

func (m matter) practice() bool { return m.round == nil }

// late says whether what is sent now comes after the close.
func (m matter) late() bool { return m.round != nil && !accepts(*m.round) }

// zone is the person's zone, by default the track's.
func (m matter) zone() string {
	switch {
	case m.person != nil && m.person.Zone != "":
		return m.person.Zone
	case m.track != nil:
		return m.track.Zone
	}
	return "UTC"
}

// shown is the streak as people see it: the open round counts as soon as it is answered.
func shown(t store.Track, m store.Member) int {
	if t.Open != 0 && m.Answered == t.Open {
		return m.Streak.Current + 1
	}
	return m.Streak.Current
}

// matter reads what the key in an action is about, for the person who pressed. Somebody else's answer, another space's
// round and what does not exist any more are refused with a sentence.
func (b *Bot) matter(ctx context.Context, c call, key string) (m matter, err error) {
	var body []byte
	err = b.view(ctx, "read what this is about", func(tx store.Tx) error {
		if m, err = readMatter(tx, c, key); err != nil {
			return err
		}
		if m.question = b.asked.question(m.hash); m.question != nil {
			return nil
		}
		s, err := tx.Snapshot(m.hash)
		body = s.Body
		return err
	})
	if err == nil && m.question == nil {
		m.question, err = b.asked.remember(m.hash, body)
	}
	return m, err
}

const (
	noSuchRound  = sorry("That question is not here any more. The question command shows today's.")
	notYours     = sorry("That belongs to somebody else.")
	elsewhere    = sorry("That question belongs to another group.")
	noSuchAnswer = sorry("That is not here any more. The practice command gives another question.")
)

// readMatter is matter without the question itself, for use in an Update: parsing has no place there.
func readMatter(tx store.Tx, c call, key string) (matter, error) {
	m := matter{key: key, user: c.user(), now: tx.Now()}
	if seq, ok := readSeqKey(key); ok {
		return m.ofAnswer(tx, c, seq)
	}
	track, no, ok := readRoundKey(key)
	if !ok {
		return m, noSuchRound
	}
	a, err := tx.Answering(track, no, c.user())
	if errors.Is(err, store.ErrNotFound) {
		return m, noSuchRound
	}
	if err != nil {
		return m, err
	}
	if a.Round.Kind != kindQuestion {
		return m, noSuchRound
	}
	if a.Track.Direct && a.Track.CreatedBy != c.user() {
		return m, noSuchRound
	}
	if a.Round.Space != string(c.Space) && !(c.Direct && a.Member != nil) {
		return m, elsewhere
	}
	m.track, m.round, m.answer, m.member, m.person = &a.Track, &a.Round, a.Answer, a.Member, a.Person
	m.hash = a.Round.Question
	if a.Answer != nil {
		m.hash = a.Answer.Question // the round's may have been swapped since
	}
	if err := m.history(tx); err != nil {
		return m, err
	}
	return m, m.rest(tx)
}

// ofAnswer is the matter of one answer: of practice, or of the round it was given to.
func (m matter) ofAnswer(tx store.Tx, c call, seq uint64) (matter, error) {
	a, err := tx.Answer(seq)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return m, noSuchAnswer
	case err != nil:
		return m, err
	case a.User != c.user():
		return m, notYours
	case a.Track != "":
		return readMatter(tx, c, roundKey(a.Track, a.Round))
	}
	m.answer, m.hash = &a, a.Question
	p, err := tx.Person(c.user())
	switch {
	case err == nil:
		m.person = &p
	case !errors.Is(err, store.ErrNotFound):
		return m, err
	}
	return m, m.rest(tx)
}

// history reads what the ledger has on the member.
func (m *matter) history(tx store.Tx) error {
	if m.member == nil {
		return nil
	}
	newest, err := tx.Lines(m.track.ID, m.user, 0, 1)
	if err != nil {
		return err
	}
	if len(newest) > 0 {
		m.last = &newest[0].Line
	}
	if m.lastDay, err = frozenDay(tx, m.track.ID, m.last, m.now); err != nil || !m.late() {
		return err
	}
	m.ledger, err = ledger(tx, m.track.ID, m.user)
	return err
}

func (m *matter) rest(tx store.Tx) error {
	d, err := tx.Draft(m.user, draftKey(m.key))
	switch {
	case err == nil && d.Until.After(m.now):
		m.draft = &d
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	}
	return nil
}

func draftKey(key string) string { return "answer:" + key }

// draftTime is how long a text waits for its form to be sent again.
const draftTime = 24 * time.Hour

// news is what happened to the person's streak by itself and is to be told once: at the head of what they see next.
func (m matter) news() string {
	if m.last == nil || m.last.Outcome != streak.Frozen || m.track == nil || m.member.Answered > m.last.Round+1 {
		return ""
	}
	return "A freeze covered " + m.lastDay + ". "
}

// frozenDay names the day of a round that a freeze covered; "" for any other line.
func frozenDay(tx store.Tx, track string, l *store.Line, now time.Time) (string, error) {
	if l == nil || l.Outcome != streak.Frozen {
		return "", nil
	}
	r, err := tx.Round(track, l.Round)
	if err != nil {
		return "", err
	}
	return roundDay(r, now), nil
}

// asked keeps the questions in use, read and compiled, by the hash of their snapshot. It forgets all when there are too
// many, which is cheaper than remembering which are old.
type asked struct {
	mu sync.Mutex
	by map[string]compiled
}

type compiled struct {
	question *questions.Question
	rubric   *rubric.Rubric
}

const askedKept = 1024

func (a *asked) question(hash string) *questions.Question {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.by[hash].question
}

func (a *asked) remember(hash string, body []byte) (*questions.Question, error) {
	q, err := questions.Read(body)
	if err != nil {
		return nil, err
	}
	c := compiled{q, q.Rubric()}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by == nil || len(a.by) >= askedKept {
		a.by = map[string]compiled{}
	}
	a.by[hash] = c
	return q, nil
}

func (a *asked) rubric(hash string, q *questions.Question) *rubric.Rubric {
	a.mu.Lock()
	c, ok := a.by[hash]
	a.mu.Unlock()
	if ok {
		return c.rubric
	}
	return q.Rubric()
}

func (b *Bot) rubric(m matter) *rubric.Rubric { return b.asked.rubric(m.hash, m.question) }

// dayOf is the practice day at t in a zone, the day beginning at 04:00, and the zone's offset then.
func dayOf(t time.Time, zone string) (day string, offset int) {
	local := t.In(location(zone))
	_, offset = local.Zone()
	return local.Add(-4 * time.Hour).Format("2006-01-02"), offset
}

// ordinal names a round for people by its day: "Monday", or with the date when it is long ago.
func roundDay(r store.Round, now time.Time) string {
	t, err := time.Parse("2006-01-02T15:04", r.Slot)
	if err != nil {
		return fmt.Sprintf("round %d", r.No)
	}
	switch ago := now.Sub(r.At); {
	case ago < 6*24*time.Hour:
		return t.Weekday().String()
	case ago > 300*24*time.Hour:
		return t.Format("2 Jan 2006")
	}
	return t.Format("Mon 2 Jan")
}
