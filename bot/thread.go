package bot

import (
	"context"
	"errors"
	"fmt"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// threadTask asks for a discussion thread under a post, where the track has chosen that.
func (b *Bot) threadTask(tx store.Tx, t store.Track, r store.Round) error {
	if !t.Thread || r.Message == "" {
		return nil
	}
	return tx.PutTask(store.Task{Key: "thread:" + roundKey(r.Track, r.No), Kind: "thread", Space: r.Space, Track: r.Track, Round: r.No, Arg: r.Channel, Due: tx.Now(), Made: tx.Now()})
}

// thread opens the thread with one line. The bot does not read it. A platform without threads, or without room for more,
// has the post all the same.
func (b *Bot) thread(ctx context.Context, task store.Task) error {
	p, err := b.platform(task.Space)
	if err != nil {
		return err
	}
	d, ok := p.(chat.Discusser)
	if !ok {
		return b.drop(ctx, task)
	}
	var f face
	err = b.view(ctx, "read a round", func(tx store.Tx) (err error) {
		f, err = readFace(tx, task.Track, task.Round)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && (f.question == nil || !accepts(f.round)) {
		return b.drop(ctx, task)
	}
	if err != nil {
		return err
	}
	const line = "Talk about it here. No spoilers until the question closes; I do not read this thread."
	limited, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	err = d.Discuss(limited, chat.MessageID(f.round.Message), clip(f.question.Title, 90), Fit(*message(line, para(line)), p.Caps()))
	if errors.Is(err, chat.ErrUnsupported) {
		return b.threadsEnd(ctx, task)
	}
	if err != nil && !errors.Is(err, chat.ErrUncertain) && !errors.Is(err, chat.ErrGone) {
		return fmt.Errorf("open a thread on round %s: %w", roundKey(task.Track, task.Round), err)
	}
	return b.drop(ctx, task)
}

// threadsEnd stops asking for what the platform does not allow, and tells those who had chosen it.
func (b *Bot) threadsEnd(ctx context.Context, task store.Task) error {
	return b.store.Update(ctx, func(tx store.Tx) error {
		t, err := tx.Track(task.Track)
		if errors.Is(err, store.ErrNotFound) {
			return tx.DeleteTask(task.Key)
		}
		if err != nil {
			return err
		}
		if t.Thread {
			t.Thread = false
			say := "I could not open a thread for discussion: I am not allowed to here, or there are too many already. Questions come without one now; when there is room, tick it again under " + b.typed(chat.SpaceID(t.Space)) + "tracks edit."
			err = errors.Join(tx.PutTrack(t), b.tellOwners(tx, t.ID, say))
		}
		return errors.Join(err, tx.DeleteTask(task.Key))
	})
}
