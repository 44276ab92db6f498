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
	err = d.Discuss(ctx, chat.MessageID(f.round.Message), clip(f.question.Title, 90), Fit(*message(line, para(line)), p.Caps()))
	if err != nil && !errors.Is(err, chat.ErrUnsupported) && !errors.Is(err, chat.ErrUncertain) && !errors.Is(err, chat.ErrGone) {
		return fmt.Errorf("open a thread on round %s: %w", roundKey(task.Track, task.Round), err)
	}
	return b.drop(ctx, task)
}
