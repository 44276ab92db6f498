package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// What is stored, how it is deleted by the person, by time, and when a space goes.

func (b *Bot) commandPrivacy(context.Context, call, map[string]string) (chat.Response, error) {
	return b.privacy(), nil
}

func (b *Bot) pressPrivacy(context.Context, call) (chat.Response, error) { return b.privacy(), nil }

func (b *Bot) privacy() chat.Response {
	say := "Your answers are yours: nobody sees them unless you choose so in the dialog."
	l := chat.List{Items: []chat.Text{
		chat.T("I store your answers, what I found in them, your streaks with their history, your practice, the questions you suggest, your time zone and your pauses. Nothing else that is said here is read or stored."),
		chat.T("Those who look after a track see counts and what the group missed, never a private text."),
		chat.T("Whoever runs the machine I run on can open its data file, as with any self-hosted tool."),
		chat.T("Answer texts are deleted after a year unless your group chose otherwise; that you answered stays."),
		chat.T("Nothing leaves that machine but the messages you see here. Streaks are for learning; they say nothing about anybody's fitness for a job."),
	}}
	return reply(message(say, para(say), l, row(danger(b.button("Delete all my data", "forget")))))
}

func (b *Bot) pressForget(context.Context, call) (chat.Response, error) {
	say := "This deletes your answers, drafts, practice, settings and pauses for good, in every group here, and ends your streaks. The groups' past counts stay, without your name. It cannot be undone."
	return reply(message(say, para(say), row(danger(b.button("Delete everything", "forgetyes"))))), nil
}

// pressForgetYes makes the task that deletes; it begins at once.
func (b *Bot) pressForgetYes(ctx context.Context, c call) (chat.Response, error) {
	_, err := b.write(ctx, c, "ask for deletion", func(tx store.Tx) error {
		members, err := tx.Memberships(c.user())
		if err != nil {
			return err
		}
		for _, m := range members {
			if !m.Left.IsZero() {
				continue
			}
			t, err := tx.Track(m.Track)
			if err != nil {
				return err
			}
			if err := leave(tx, t, m); err != nil {
				return err
			}
		}
		return tx.PutTask(store.Task{Key: "forget:" + c.user(), Kind: "forget", Space: string(c.Space), User: c.user(), Arg: "gone:" + newID(16), Due: tx.Now(), Made: tx.Now()})
	})
	if err != nil {
		return chat.Response{}, err
	}
	b.wake()
	return update(message("Your data is being deleted.", para("Your data is being deleted now. Answering again would begin anew."))), nil
}

// purgeBatch is how many records one Update deletes: larger ones bloat the file's list of free pages (PERF.md).
const purgeBatch = 500

// forget deletes a person, some records at a time; first what the platform's adapter keeps of them.
func (b *Bot) forget(ctx context.Context, task store.Task) error {
	if f, ok := b.platforms[chat.PlatformOf(task.User)].(chat.Forgetter); ok {
		if err := f.Forget(ctx, chat.UserID(task.User)); err != nil {
			return fmt.Errorf("make %s forget a person: %w", chat.PlatformOf(task.User), err)
		}
	}
	return b.purge(ctx, task, func(tx store.Tx) (bool, error) {
		more, err := tx.PurgePerson(task.User, task.Arg, purgeBatch)
		return more, errors.Join(err, forgetSuggestions(tx, task.User))
	})
}

// purgeSpace deletes a space some days after the bot lost it: a removal that was told of, or a lost channel where the
// platform then says that the bot is not in the space at all.
func (b *Bot) purgeSpace(ctx context.Context, task store.Task) error {
	gone := false
	if r, ok := b.platforms[chat.PlatformOf(task.Space)].(chat.Resident); ok {
		limited, cancel := context.WithTimeout(ctx, callTime)
		here, err := r.Resides(limited, chat.SpaceID(task.Space))
		cancel()
		switch {
		case errors.Is(err, chat.ErrRevoked): // it tells nothing any more: what was told holds
		case err != nil:
			return fmt.Errorf("ask whether the bot is back in %s: %w", task.Space, err)
		case here:
			return b.store.Update(ctx, func(tx store.Tx) error { return errors.Join(returned(tx, task.Space), tx.DeleteTask(task.Key)) })
		default:
			gone = true
		}
	}
	if task.Kind == "lost" && !gone {
		return b.drop(ctx, task)
	}
	back := false
	err := b.purge(ctx, task, func(tx store.Tx) (bool, error) {
		s, err := tx.Space(task.Space)
		if errors.Is(err, store.ErrNotFound) {
			return false, nil
		}
		if back = err == nil && s.Removed.IsZero() && !gone; err != nil || back {
			return false, err
		}
		more, err := tx.PurgeSpace(task.Space, purgeBatch)
		if err == nil && !more {
			err = forgetSpace(tx, task.Space)
		}
		return more, err
	})
	if err == nil && !back {
		b.log.Info("deleted the data of a space that removed the bot", "space", task.Space)
	}
	return err
}

// Leaving says whether a space that removed the bot still has data to be deleted, and when that will be.
func (b *Bot) Leaving(ctx context.Context) (at time.Time, leaving bool, err error) {
	err = b.view(ctx, "look for spaces that are left", func(tx store.Tx) error {
		task, err := tx.NextOfKind("leave", time.Time{})
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		at, leaving = task.Due, err == nil
		return err
	})
	return at, leaving, err
}

func (b *Bot) purge(ctx context.Context, task store.Task, step func(store.Tx) (bool, error)) error {
	for {
		var more bool
		err := b.store.Update(ctx, func(tx store.Tx) (err error) {
			more, err = step(tx)
			if err == nil && !more {
				err = tx.DeleteTask(task.Key)
			}
			return err
		})
		if err != nil || !more {
			return err
		}
	}
}

// grace is how long a space's data waits after the bot lost it, where the operator has not said otherwise.
const grace = 7 * 24 * time.Hour

// leaveTask makes the task that deletes a space: kind "leave" after a removal that was told of, "lost" after the loss of a
// channel, which may have been one.
func (b *Bot) leaveTask(tx store.Tx, kind, space string) error {
	return tx.PutTask(store.Task{Key: kind + ":" + space, Kind: kind, Space: space, Due: tx.Now().Add(b.grace), Made: tx.Now()})
}

// removed: the bot lost a channel, whose tracks stop at once, or a whole space, whose data is deleted after the time of grace.
func (b *Bot) removed(ctx context.Context, c call) (chat.Response, error) {
	_, err := b.write(ctx, c, "stop where the bot was removed", func(tx store.Tx) error {
		tracks, err := tx.SpaceTracks(string(c.Space))
		if err != nil {
			return err
		}
		for _, t := range tracks {
			if (c.Channel != "" && t.Channel != string(c.Channel)) || t.State == store.TrackRemoved {
				continue
			}
			t.State = store.TrackPaused
			if err := b.closeEarly(tx, &t); err != nil {
				return err
			}
			if err := b.storeTrack(tx, &t); err != nil {
				return err
			}
		}
		if c.Channel != "" {
			return nil
		}
		s, err := tx.Space(string(c.Space))
		if errors.Is(err, store.ErrNotFound) {
			s, err = store.Space{ID: string(c.Space), Created: tx.Now()}, nil
		}
		if err != nil {
			return err
		}
		s.Removed = tx.Now()
		return errors.Join(tx.PutSpace(s), b.leaveTask(tx, "leave", s.ID))
	})
	b.wake()
	return chat.Response{}, err
}

// purgeTask makes the task that deletes a track's old texts, once a day while rounds close.
func (b *Bot) purgeTask(tx store.Tx, t store.Track) error {
	key := "purge:" + t.ID
	if _, err := tx.Task(key); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return tx.PutTask(store.Task{Key: key, Kind: "purge", Space: t.Space, Track: t.ID, Due: tx.Now().Add(24 * time.Hour), Made: tx.Now()})
}

// purgeTexts deletes the texts of a track's rounds that are older than it keeps them.
func (b *Bot) purgeTexts(ctx context.Context, task store.Task) error {
	if err := b.purgeRounds(ctx, task.Track); err != nil {
		return err
	}
	return b.purgeAgain(ctx, task)
}

// practiceTask makes the task that deletes old practice, once there is any.
func practiceTask(tx store.Tx) error {
	const key = "practice"
	if _, err := tx.Task(key); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return tx.PutTask(store.Task{Key: key, Kind: "practice", Due: tx.Now().AddDate(1, 0, 0), Made: tx.Now()})
}

// purgeOldPractice deletes the texts of practice older than a year, every day from a year after the first.
func (b *Bot) purgeOldPractice(ctx context.Context, task store.Task) error {
	if err := b.purgePractice(ctx); err != nil {
		return err
	}
	return b.store.Update(ctx, func(tx store.Tx) error {
		task.Due, task.Owner, task.Lease, task.Tries = tx.Now().Add(24*time.Hour), "", time.Time{}, 0
		return tx.PutTask(task)
	})
}

// purgeAgain comes back when the oldest text that is left has been kept long enough: also in a track that has stopped.
func (b *Bot) purgeAgain(ctx context.Context, task store.Task) error {
	return b.store.Update(ctx, func(tx store.Tx) error {
		t, err := tx.Track(task.Track)
		if errors.Is(err, store.ErrNotFound) || (err == nil && t.Purged >= t.Rounds) {
			return tx.DeleteTask(task.Key)
		}
		if err != nil {
			return err
		}
		oldest, err := tx.Round(t.ID, t.Purged+1)
		if err != nil {
			return err
		}
		due := tx.Now().Add(24 * time.Hour)
		if at := oldest.ClosedAt.AddDate(0, 0, t.Keep); !oldest.ClosedAt.IsZero() && at.After(due) {
			due = at
		}
		return tx.PutTask(store.Task{Key: task.Key, Kind: task.Kind, Space: task.Space, Track: task.Track, Due: due, Made: tx.Now()})
	})
}

func (b *Bot) purgeRounds(ctx context.Context, track string) error {
	for more := true; more; {
		err := b.store.Update(ctx, func(tx store.Tx) error {
			more = false
			t, err := tx.Track(track)
			if errors.Is(err, store.ErrNotFound) || (err == nil && t.Purged >= t.Rounds) {
				return nil
			}
			if err != nil {
				return err
			}
			r, err := tx.Round(track, t.Purged+1)
			if err != nil || r.State != store.Closed || r.ClosedAt.After(tx.Now().AddDate(0, 0, -t.Keep)) {
				return err
			}
			all, err := tx.RoundAnswers(track, r.No, "", 0)
			if err != nil {
				return err
			}
			for _, a := range all {
				if a.Text == "" && a.Before == "" {
					continue
				}
				eraseText(&a)
				if err := tx.PutAnswer(a); err != nil {
					return err
				}
			}
			t.Purged++
			more = true
			return tx.PutTrack(t)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *Bot) purgePractice(ctx context.Context) error {
	var after, last uint64
	for {
		n := 0
		err := b.store.Update(ctx, func(tx store.Tx) error {
			last = after
			old, err := tx.AnswersBefore(tx.Now().AddDate(-1, 0, 0), after, purgeBatch)
			if err != nil {
				return err
			}
			n = len(old)
			for _, a := range old {
				last = a.Seq
				if a.Track != "" {
					continue
				}
				eraseText(&a)
				if err := tx.PutAnswer(a); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n < purgeBatch {
			return err
		}
		after = last
	}
}

// dropDraft deletes a draft whose time is over.
func (b *Bot) dropDraft(ctx context.Context, task store.Task) error {
	return b.store.Update(ctx, func(tx store.Tx) error {
		d, err := tx.Draft(task.User, task.Arg)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return tx.DeleteTask(task.Key)
		case err != nil:
			return err
		case d.Until.After(tx.Now()): // kept again meanwhile
			task.Due = d.Until
			return tx.PutTask(task)
		}
		return errors.Join(tx.DeleteDraft(d.User, d.Key), tx.DeleteTask(task.Key))
	})
}

// pressThere: an owner saw the post whose outcome was unknown.
func (b *Bot) pressThere(ctx context.Context, c call) (chat.Response, error) {
	return b.settleBy(ctx, c, "Good: the round is open. Its counter cannot be updated, for I do not know the message.", func(tx store.Tx, r store.Round) error {
		if sent(&r, "", tx.Now()) {
			return tx.PutRound(r)
		}
		return nil
	})
}

// pressPostIt: an owner looked, and it is not there.
func (b *Bot) pressPostIt(ctx context.Context, c call) (chat.Response, error) {
	return b.settleBy(ctx, c, "It is posted now.", func(tx store.Tx, r store.Round) error {
		if !postIt(&r) {
			return nil
		}
		r.Claimed = tx.Now()
		return errors.Join(tx.PutRound(r), tx.PutTask(store.Task{Key: "post:" + roundKey(r.Track, r.No), Kind: "post", Space: r.Space, Track: r.Track, Round: r.No, Arg: r.Channel, Due: tx.Now(), Made: tx.Now()}))
	})
}

func (b *Bot) settleBy(ctx context.Context, c call, say string, f func(store.Tx, store.Round) error) (chat.Response, error) {
	track, no, ok := readRoundKey(c.arg(-1))
	if !ok {
		return chat.Response{}, noSuchRound
	}
	_, err := b.write(ctx, c, "settle a post", func(tx store.Tx) error {
		t, err := tx.Track(track)
		if errors.Is(err, store.ErrNotFound) {
			return noSuchRound
		}
		if err != nil {
			return err
		}
		may, err := mayManage(tx, c, t)
		if err != nil || !may {
			return errors.Join(err, unless(may, notAllowed))
		}
		r, err := tx.Round(track, no)
		if err != nil {
			return err
		}
		if r.State != store.Uncertain {
			return sorry("That is settled already.")
		}
		return f(tx, r)
	})
	if err != nil {
		return chat.Response{}, err
	}
	b.wake()
	return sentence(say), nil
}
