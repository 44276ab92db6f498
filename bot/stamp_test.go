package bot_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// hanging is a platform whose posts never come back in time.
type hanging struct{ chat.Platform }

func (hanging) Post(ctx context.Context, _ chat.ChannelID, _ chat.Message, _ string) (chat.MessageID, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

func TestThePlatformIsStampedWhilePostsHang(t *testing.T) {
	bank := fixtureBank(t)
	synctest.Test(t, func(t *testing.T) {
		s := bottest.NewStore(time.Now)
		b := bot.New(bot.Options{Store: s, Bank: bank, Now: time.Now})
		p := bottest.New(time.Now, b.Commands())
		b.Join(hanging{p})
		begin := time.Now()
		err := s.Update(t.Context(), func(tx store.Tx) error {
			for i := range 200 {
				id := fmt.Sprintf("track%c%c%c", 'a'+i/100, 'a'+i/10%10, 'a'+i%10)
				tr := store.Track{ID: id, Space: "test:s-home", Channel: "test:c-" + id, Kind: "question", Cron: "0 * * * *", Zone: "UTC", CatchUp: 4 * time.Hour, Quorum: 50, Created: begin, LastAt: begin}
				if err := tx.AddTrack(tr); err != nil {
					return err
				}
				if err := tx.PutTask(store.Task{Key: "slot:" + id, Kind: "slot", Space: tr.Space, Track: id, Arg: tr.Channel, Due: begin.Add(time.Hour), Made: begin}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- b.Run(ctx) }()
		time.Sleep(70 * time.Minute)
		var up []store.Span
		err = s.View(t.Context(), func(tx store.Tx) (err error) { up, err = tx.Up("test", begin, time.Now()); return })
		if err != nil || len(up) != 1 || up[0].To.Sub(up[0].From) < 69*time.Minute {
			t.Errorf("the platform was up at %v (%v), want all of 70 minutes", up, err)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
