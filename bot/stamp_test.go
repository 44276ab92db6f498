package bot_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
)

// hanging is a platform whose posts never come back in time.
type hanging struct{ chat.Platform }

func (hanging) Name() string { return "hanging" }

func (hanging) Post(ctx context.Context, _ chat.ChannelID, _ chat.Message, _ string) (chat.MessageID, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

// besideHanging runs a bot that has, besides its own platform p, one that hangs, on the tracks that add makes.
func besideHanging(t *testing.T, bank *questions.Bank, add func(tx store.Tx, p *bottest.Platform) error) (s *bottest.Store, stop func()) {
	t.Helper()
	s = bottest.NewStore(time.Now)
	b := bot.New(bot.Options{Store: s, Bank: bank, Now: time.Now})
	p := bottest.New(time.Now, b.Commands())
	b.Join(p)
	b.Join(hanging{p})
	if err := s.Update(t.Context(), func(tx store.Tx) error { return add(tx, p) }); err != nil {
		t.Fatal(err)
	}
	return s, running(t, b)
}

func TestThePlatformIsStampedWhilePostsHang(t *testing.T) {
	bank := fixtureBank(t)
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		s, stop := besideHanging(t, bank, func(tx store.Tx, _ *bottest.Platform) error {
			return addHanging(tx, 200, begin.Add(time.Hour))
		})
		time.Sleep(70 * time.Minute)
		var up []store.Span
		err := s.View(t.Context(), func(tx store.Tx) (err error) { up, err = tx.Up("hanging", begin, time.Now()); return })
		if err != nil || len(up) != 1 || up[0].To.Sub(up[0].From) < 69*time.Minute {
			t.Errorf("the platform was up at %v (%v), want all of 70 minutes", up, err)
		}
		stop()
	})
}

// addHanging adds n tracks of the platform that hangs.
func addHanging(tx store.Tx, n int, due time.Time) error {
	for i := range n {
		id := fmt.Sprintf("hanging%03d", i)
		if err := addTrack(tx, id, "hanging:c-"+id, due); err != nil {
			return err
		}
	}
	return nil
}

// addTrack adds a track that was made an hour before its slot falls due.
func addTrack(tx store.Tx, id, channel string, due time.Time) error {
	made := due.Add(-time.Hour)
	space := chat.PlatformOf(channel) + ":s-home"
	t := store.Track{ID: id, Space: space, Channel: channel, Kind: "question", Cron: "0 * * * *", Zone: "UTC", CatchUp: 4 * time.Hour, Quorum: 50, Created: made, LastAt: made}
	return errors.Join(tx.PutSpace(store.Space{ID: space, Created: made}), tx.AddTrack(t), tx.PutTask(store.Task{Key: "slot:" + id, Kind: "slot", Space: t.Space, Track: id, Arg: channel, Due: due, Made: made}))
}

func TestAPlatformThatHangsDelaysNoOther(t *testing.T) {
	bank := fixtureBank(t)
	synctest.Test(t, func(t *testing.T) {
		due := time.Now().Add(time.Hour).Truncate(time.Hour)
		s, stop := besideHanging(t, bank, func(tx store.Tx, p *bottest.Platform) error {
			return errors.Join(addHanging(tx, 100, due), addTrack(tx, "quick", string(p.Channel("quick")), due.Add(5*time.Second)))
		})
		time.Sleep(time.Until(due.Add(7 * time.Second))) // the hanging calls go on until 15 s past the hour
		var r store.Round
		err := s.View(t.Context(), func(tx store.Tx) (err error) { r, err = tx.Round("quick", 1); return })
		if err != nil || r.State != store.Open {
			t.Errorf("two seconds after its time the quick channel's round is %+v (%v), want it open", r, err)
		}
		stop()
	})
}
