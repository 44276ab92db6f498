package bot

import (
	"context"
	"errors"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
)

// Joining, leaving and repairing (RULES.md, section 5).

func newMember(t store.Track, user string, now time.Time) *store.Member {
	return &store.Member{Track: t.ID, User: user, Space: t.Space, Joined: now, Streak: streak.Start()}
}

// pressJoin makes the person a member before the first answer.
func (b *Bot) pressJoin(ctx context.Context, c call) (chat.Response, error) {
	_, err := b.write(ctx, c, "join a track", func(tx store.Tx) error {
		m, err := trackMatter(tx, c, c.arg(-1))
		if err != nil {
			return err
		}
		if m.member != nil && m.member.Left.IsZero() {
			return nil
		}
		m.join(clip(c.Actor.Name, 80))
		p, err := person(tx, c)
		if err != nil {
			return err
		}
		return errors.Join(tx.PutPerson(p), tx.PutMember(*m.member))
	})
	if err != nil {
		return chat.Response{}, err
	}
	say := "You are in: your rounds count from now on, and a first answer starts your streak. You can leave at any time."
	return sentence(say), nil
}

// trackMatter reads a track and what the person is in it.
func trackMatter(tx store.Tx, c call, id string) (matter, error) {
	m := matter{user: c.user(), now: tx.Now()}
	if !isID(id) {
		return m, noSuchTrack
	}
	t, err := tx.Track(id)
	if errors.Is(err, store.ErrNotFound) {
		return m, noSuchTrack
	}
	if err != nil {
		return m, err
	}
	if t.Direct && t.CreatedBy != c.user() {
		return m, noSuchTrack
	}
	m.track = &t
	mb, err := tx.Member(id, c.user())
	switch {
	case err == nil:
		m.member = &mb
	case !errors.Is(err, store.ErrNotFound):
		return m, err
	}
	if t.Space != string(c.Space) && !(c.Direct && m.member != nil) {
		return m, noSuchTrack
	}
	return m, nil
}

const noSuchTrack = sorry("There is no such track here any more. The tracks command shows those there are.")

// pressLeave asks, with what it means.
func (b *Bot) pressLeave(ctx context.Context, c call) (chat.Response, error) {
	say := "Leaving settles the open round for you: an answer you gave counts, and you miss nothing more. Best and totals are kept; should you come back, the streak starts at 0. A pause keeps it."
	return reply(message(say, para(say), row(danger(b.button("Leave", "leaveyes", c.arg(-1))), b.button("Pause instead", "pause")))), nil
}

// pressLeaveYes leaves.
func (b *Bot) pressLeaveYes(ctx context.Context, c call) (chat.Response, error) {
	_, err := b.write(ctx, c, "leave a track", func(tx store.Tx) error {
		m, err := trackMatter(tx, c, c.arg(-1))
		if err != nil {
			return err
		}
		if m.member == nil || !m.member.Left.IsZero() {
			return nil
		}
		return leave(tx, *m.track, *m.member)
	})
	if err != nil {
		return chat.Response{}, err
	}
	return update(message("You have left.", para("You have left. The questions stay open to you; an answer makes you a member again."))), nil
}

// leave settles the open round for a member and ends the membership.
func leave(tx store.Tx, t store.Track, m store.Member) error {
	now := tx.Now()
	if t.Open != 0 && m.Answered == t.Open && m.Closed < t.Open {
		line, _ := streak.Close(m.Streak, streak.Facts{Round: t.Open, At: now, Answered: true})
		m.Streak = m.Streak.Apply(line)
		if err := tx.AddLine(m.Track, m.User, line); err != nil {
			return err
		}
	}
	if t.Open != 0 {
		m.Closed = max(m.Closed, t.Open)
	}
	line := streak.Line{Round: max(m.Closed, 1), Outcome: streak.Left, At: now}
	m.Streak = m.Streak.Apply(line)
	m.Left = now
	return errors.Join(tx.AddLine(m.Track, m.User, line), tx.PutMember(m))
}

// repairable says why the round cannot be repaired by this person now, "" when it can.
func (m matter) repairable() string {
	switch {
	case m.round == nil || m.member == nil || m.track == nil:
		return "You were not a member then."
	case m.track.State == store.TrackRemoved:
		return "The track was removed."
	case m.round.State != store.Closed:
		return "The round is still closing; try again in a minute."
	}
	if _, err := m.repair(); err != nil {
		return err.Error()
	}
	return ""
}

// repair is the line that makes the missed round an answered one.
func (m matter) repair() (streak.Line, error) {
	return streak.Repair(m.ledger, m.round.No, newestClosed(*m.track), m.now)
}

// newestClosed is the number of the track's newest round that is closed or closing.
func newestClosed(t store.Track) int {
	if t.Open > 0 {
		return t.Open - 1
	}
	return t.Rounds
}

// pressRepair writes the line that makes a missed round an answered one.
func (b *Bot) pressRepair(ctx context.Context, c call) (chat.Response, error) {
	_, err := b.write(ctx, c, "repair a streak", func(tx store.Tx) error {
		m, err := readMatter(tx, c, c.arg(-1))
		if err != nil {
			return err
		}
		if m.answer == nil || !m.answer.Counting {
			return sorry("A repair needs an answer of a few sentences to that round first.")
		}
		if why := m.repairable(); why != "" {
			return sorry(why)
		}
		line, err := m.repair()
		if err != nil {
			return err
		}
		return correct(tx, *m.member, m.ledger, line)
	})
	if err != nil {
		return chat.Response{}, err
	}
	m, err := b.matter(ctx, c, c.arg(-1))
	if err != nil {
		return chat.Response{}, err
	}
	say := roundDay(*m.round, m.now) + " is repaired."
	if m.member != nil {
		say += " Your streak is " + itoa(shown(*m.track, *m.member)) + "."
	}
	return reply(message(say, para(say), row(b.button("My streak", "streak", m.track.ID)))), nil
}

// correct appends lines that replace outcomes of rounds, and replays the ledger.
func correct(tx store.Tx, m store.Member, ledger []streak.Line, lines ...streak.Line) error {
	for _, l := range lines {
		if err := tx.AddLine(m.Track, m.User, l); err != nil {
			return err
		}
	}
	m.Streak = streak.Replay(append(ledger, lines...))
	return tx.PutMember(m)
}

// ledger reads a whole ledger in the order it was written.
func ledger(tx store.Tx, track, user string) ([]streak.Line, error) {
	entries, err := tx.Lines(track, user, 0, 0)
	if err != nil {
		return nil, err
	}
	lines := make([]streak.Line, len(entries))
	for i, e := range entries {
		lines[len(entries)-1-i] = e.Line
	}
	return lines, nil
}
