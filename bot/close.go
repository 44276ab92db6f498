package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
	"github.com/interviewbot/interviewbot/questions"
)

// roster is how many members' lines one Update writes.
const roster = 200

// closeRound begins the close of a round whose end has come and that no later round closed.
func (b *Bot) closeRound(ctx context.Context, task store.Task) error {
	return b.store.Update(ctx, func(tx store.Tx) error {
		r, err := tx.Round(task.Track, task.Round)
		if errors.Is(err, store.ErrNotFound) {
			return tx.DeleteTask(task.Key)
		}
		if err != nil {
			return err
		}
		t, err := tx.Track(r.Track)
		if err != nil {
			return err
		}
		if r.State == store.Sending { // its post is not settled yet
			task.Due = r.Lease.Add(time.Second)
			return tx.PutTask(task)
		}
		if err := b.beginClose(tx, &t, r); err != nil {
			return err
		}
		return errors.Join(tx.PutTrack(t), tx.DeleteTask(task.Key))
	})
}

// beginClose fixes the roster of an open round and makes the task that writes the lines; it frees the track for the next
// round at once. It does nothing for a round that is not open. The caller stores the track.
func (b *Bot) beginClose(tx store.Tx, t *store.Track, r store.Round) error {
	now := tx.Now()
	if t.Open == r.No {
		t.Open = 0
	}
	if r.State == store.Claimed {
		const why = "it could not be posted"
		answers, err := tx.RoundAnswers(r.Track, r.No, "", 1)
		if err != nil {
			return err
		}
		if len(answers) == 0 {
			giveUp(&r, why, now)
			return errors.Join(tx.PutRound(r), tx.DeleteTask("post:"+roundKey(r.Track, r.No)))
		}
		closeUnsent(&r, why, now)
	} else if !closeNow(&r, now) {
		return nil
	}
	if r.Protected == "" {
		down, err := b.downFor(tx, r, now)
		if err != nil {
			return err
		}
		r.Protected = down
	}
	key := roundKey(r.Track, r.No)
	return errors.Join(tx.PutRound(r),
		tx.DeleteTask("close:"+key), tx.DeleteTask("refresh:"+key), tx.DeleteTask("post:"+key),
		tx.PutTask(store.Task{Key: "closing:" + key, Kind: "closing", Space: r.Space, Track: r.Track, Round: r.No, Arg: r.Channel, Due: now, Made: now}))
}

// downFor says why a round is protected because the bot was down, "" when it was not: for more than a quarter of the
// window, or for more than 30 minutes of its last 3 hours (RULES.md, section 5).
func (b *Bot) downFor(tx store.Tx, r store.Round, now time.Time) (string, error) {
	from, to := r.Opened, now
	if r.Ends.Before(to) {
		to = r.Ends
	}
	if from.IsZero() || !from.Before(to) {
		return "", nil
	}
	p, err := b.platform(r.Space)
	if err != nil {
		return "", nil
	}
	spans, err := tx.Up(p.Name(), from, to)
	if err != nil {
		return "", err
	}
	up := make([]streak.Span, len(spans))
	for i, s := range spans {
		up[i] = streak.Span(s)
	}
	down, protected := streak.Outage(up, streak.Span{From: from, To: to})
	if !protected {
		return "", nil
	}
	return fmt.Sprintf("I was not reachable for %s of this round, so nobody missed it", hours(down)), nil
}

// hours says a length of time to people.
func hours(d time.Duration) string {
	if d < 90*time.Minute {
		return plural(int(d.Round(time.Minute)/time.Minute), "minute")
	}
	return plural(int(d.Round(time.Hour)/time.Hour), "hour")
}

// settleRound writes the lines of a closing round in batches, each one Update with a cursor, so that a replica that dies
// is followed by another where it stopped.
func (b *Bot) settleRound(ctx context.Context, task store.Task) error {
	for {
		var more bool
		err := b.store.Update(ctx, func(tx store.Tx) (err error) {
			more, err = b.settleBatch(tx, task)
			return err
		})
		if err != nil {
			return fmt.Errorf("close round %s: %w", roundKey(task.Track, task.Round), err)
		}
		if !more {
			b.wake()
			return nil
		}
	}
}

func (b *Bot) settleBatch(tx store.Tx, task store.Task) (more bool, err error) {
	r, err := tx.Round(task.Track, task.Round)
	if err != nil {
		return false, err
	}
	if r.State != store.Closing {
		return false, tx.DeleteTask(task.Key)
	}
	t, err := tx.Track(task.Track)
	if err != nil {
		return false, err
	}
	members, err := tx.Members(r.Track, r.Cursor, roster)
	if err != nil {
		return false, err
	}
	for _, m := range members {
		r.Cursor = m.User
		if err := b.settleMember(tx, &r, m); err != nil {
			return false, err
		}
	}
	if len(members) == roster {
		task.Lease = tx.Now().Add(lease)
		return true, errors.Join(tx.PutRound(r), tx.PutTask(task))
	}
	return false, b.endClose(tx, t, r, task)
}

// settleMember writes one member's line, and counts what the reveal shows of the member's answer.
func (b *Bot) settleMember(tx store.Tx, r *store.Round, m store.Member) error {
	if m.Joined.After(r.RosterAt) || m.Closed >= r.No || (!m.Left.IsZero() && !m.Left.After(r.RosterAt)) {
		return b.countLeaver(tx, r, m)
	}
	a, answered, err := counting(tx, *r, m)
	if err != nil {
		return err
	}
	if answered {
		countAnswer(r, a)
	}
	p, err := tx.Person(m.User)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	why := r.Protected
	if why == "" && r.Early {
		why = "it closed before its time"
	}
	line, ok := streak.Close(m.Streak, streak.Facts{
		Round: r.No, At: r.RosterAt, Answered: answered, Protected: why != "", Paused: pausedAt(p, r.RosterAt), Reason: why,
	})
	m.Closed = r.No
	if !ok {
		return tx.PutMember(m)
	}
	m.Streak = m.Streak.Apply(line)
	if m.Streak.Counted() {
		switch line.Outcome {
		case streak.Answered:
			r.Counted++
			r.Met++
		case streak.Missed:
			r.Counted++
		}
	}
	return errors.Join(tx.AddLine(m.Track, m.User, line), tx.PutMember(m))
}

// countLeaver keeps the answer of somebody who answered and then left in the round's numbers.
func (b *Bot) countLeaver(tx store.Tx, r *store.Round, m store.Member) error {
	if m.Joined.After(r.RosterAt) {
		return nil
	}
	a, answered, err := counting(tx, *r, m)
	if err == nil && answered {
		countAnswer(r, a)
	}
	return err
}

// counting returns a member's counting answer to the round, if there is one.
func counting(tx store.Tx, r store.Round, m store.Member) (store.Answer, bool, error) {
	if m.Answered < r.No {
		return store.Answer{}, false, nil
	}
	a, err := tx.RoundAnswer(r.Track, r.No, m.User)
	if errors.Is(err, store.ErrNotFound) {
		return a, false, nil
	}
	return a, err == nil && a.Counting && !a.Late, err
}

// countHead adds one answer to what a post says from the first one on.
func countHead(r *store.Round, a store.Answer) {
	r.Answered++
	if !readable(a) {
		return
	}
	r.Shared++
	if a.Visibility == store.WithoutName {
		r.Nameless++
	}
}

// countAnswer adds one answer to what the reveal shows.
func countAnswer(r *store.Round, a store.Answer) {
	countHead(r, a)
	if a.Question != r.Question {
		return // it was to the question before a swap, whose points are others
	}
	for _, id := range said(a) {
		i := slices.IndexFunc(r.Had, func(h store.PointCount) bool { return h.Point == id })
		if i < 0 {
			i = len(r.Had)
			r.Had = append(r.Had, store.PointCount{Point: id})
		}
		r.Had[i].N++
	}
}

// said lists the points an answer covers: those found, and those the person ticked.
func said(a store.Answer) []string {
	all := slices.Clone(a.Found)
	for _, t := range a.Ticks {
		if !slices.Contains(a.Found, t) {
			all = append(all, t)
		}
	}
	return all
}

// endClose writes the group's line and ends the round.
func (b *Bot) endClose(tx store.Tx, t store.Track, r store.Round, task store.Task) error {
	now := tx.Now()
	why := r.Protected
	if why == "" && r.Early {
		why = "it closed before its time"
	}
	line := streak.CloseGroup(t.Group, streak.GroupFacts{
		Round: r.No, At: r.RosterAt, Counted: r.Counted, Answered: r.Met, Quorum: t.Quorum, Protected: why != "", Reason: why,
	})
	t.Group = t.Group.Apply(line)
	r.GroupLine, r.GroupRun = line.Outcome, t.Group.Current
	closed(&r, now)
	key := roundKey(r.Track, r.No)
	err := errors.Join(tx.AddLine(r.Track, "", line), tx.PutTrack(t), tx.PutRound(r), tx.DeleteTask(task.Key))
	if err == nil && r.Message != "" {
		err = tx.PutTask(store.Task{Key: "reveal:" + key, Kind: "reveal", Space: r.Space, Track: r.Track, Round: r.No, Arg: r.Channel, Due: now, Made: now})
	}
	if err == nil {
		err = b.purgeTask(tx, t)
	}
	return err
}

// pausedAt says whether a pause of the person is in force.
func pausedAt(p store.Person, at time.Time) bool {
	for _, s := range p.Pauses {
		if !at.Before(s.From) && at.Before(s.To) {
			return true
		}
	}
	return false
}

// questionOf reads the question a hash stands for, as it was.
func questionOf(tx store.Tx, hash string) (*questions.Question, error) {
	s, err := tx.Snapshot(hash)
	if err != nil {
		return nil, fmt.Errorf("read question %.12s: %w", hash, err)
	}
	return questions.Read(s.Body)
}
