package bot

import (
	"context"
	"errors"
	"fmt"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
)

// Edits of a round's post: its counter while it is open, the reveal once it is closed.

// reveal edits the closed post.
func (b *Bot) reveal(ctx context.Context, task store.Task) error {
	return b.editPost(ctx, task, func(f face) chat.Message { return b.closedPost(f, false) })
}

// refresh brings the open post's counter up to date.
func (b *Bot) refresh(ctx context.Context, task store.Task) error {
	var now store.Round
	var quorum int
	err := b.view(ctx, "count a round's answers", func(tx store.Tx) (err error) {
		if now, err = tx.Round(task.Track, task.Round); err == nil {
			quorum, err = tally(tx, &now)
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return b.drop(ctx, task)
	}
	if err != nil {
		return err
	}
	err = b.store.Update(ctx, func(tx store.Tx) error {
		r, err := tx.Round(task.Track, task.Round)
		if err != nil || !accepts(r) {
			return err
		}
		r.Answered, r.Shared, r.Nameless, r.Refreshed = now.Answered, now.Shared, now.Nameless, tx.Now()
		return tx.PutRound(r)
	})
	if err != nil {
		return err
	}
	return b.editPost(ctx, task, func(f face) chat.Message {
		f.quorum = quorum
		if f.round.State == store.Closed && f.question != nil { // it closed meanwhile: what the reveal shows is right
			return b.closedPost(f, false)
		}
		return b.faceOf(f)
	})
}

// tally counts an open round's answers anew, and says how many more the group's streak needs.
func tally(tx store.Tx, r *store.Round) (quorum int, err error) {
	t, err := tx.Track(r.Track)
	if err != nil {
		return 0, err
	}
	all, err := tx.RoundAnswers(r.Track, r.No, "", 0)
	if err != nil {
		return 0, err
	}
	r.Answered, r.Shared, r.Nameless = 0, 0, 0
	by := map[string]bool{}
	for _, a := range all {
		if a.Counting && !a.Late {
			countHead(r, a)
			by[a.User] = true
		}
	}
	members, err := tx.Members(r.Track, "", 0)
	if err != nil {
		return 0, err
	}
	counted, met := 0, 0
	for _, m := range members {
		s := m.Streak
		if by[m.User] {
			s.Total++ // as it will be at the close
		}
		if !m.Left.IsZero() || !s.Counted() || (streak.Benched(s) && !by[m.User]) {
			continue
		}
		counted++
		if by[m.User] {
			met++
		}
	}
	return max(0, streak.Need(counted, t.Quorum)-met), nil
}

// editPost makes a round's post say what it should say now, and ends the task.
func (b *Bot) editPost(ctx context.Context, task store.Task, make func(face) chat.Message) error {
	var f face
	err := b.view(ctx, "read what a post is made of", func(tx store.Tx) (err error) {
		f, err = readFace(tx, task.Track, task.Round)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || (err == nil && f.round.Message == "") {
		return b.drop(ctx, task)
	}
	if err != nil {
		return err
	}
	p, err := b.platform(f.round.Space)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	err = p.Edit(limited, chat.MessageID(f.round.Message), Fit(make(f), p.Caps()))
	if err != nil && !errors.Is(err, chat.ErrGone) { // a post that somebody deleted needs no edit
		return fmt.Errorf("edit the post of round %s: %w", roundKey(task.Track, task.Round), err)
	}
	return b.drop(ctx, task)
}
