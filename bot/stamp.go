package bot

import (
	"context"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// Noting when a platform worked, by which rounds are protected when it did not.

// stampTime is how often that is noted.
const stampTime = time.Minute

// keepStamping stamps apart from the tasks: calls that hang on one platform must not make another look down.
func (b *Bot) keepStamping(ctx context.Context) {
	ticker := time.NewTicker(stampTime)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			b.stamp(ctx)
		}
	}
}

// stamp notes for each platform that works that it does.
func (b *Bot) stamp(ctx context.Context) {
	if err := b.store.Update(ctx, b.register); err != nil && ctx.Err() == nil {
		b.log.Error("tell the other replicas", "error", err.Error())
	}
	for name, p := range b.platforms {
		if h, ok := p.(chat.Health); ok && h.Healthy() != nil {
			continue
		}
		err := b.store.Update(ctx, func(tx store.Tx) error { return tx.Stamp(name, b.replica, tx.Now()) })
		if err != nil && ctx.Err() == nil {
			b.log.Error("stamp", "platform", name, "error", err.Error())
		}
	}
}
