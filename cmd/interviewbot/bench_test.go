package main

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
	"github.com/interviewbot/interviewbot/storage"
)

// bench is a bot on a data file, with a platform in memory and one open round.
type bench struct {
	b     *bot.Bot
	store store.Store
	p     *bottest.Platform
	track store.Track
	text  string
	n     atomic.Int64
}

func newBench(t testing.TB) *bench {
	t.Helper()
	ctx := context.Background()
	bank, err := loadBank("")
	if err != nil {
		t.Fatal(err)
	}
	s, err := storage.Open(ctx, filepath.Join(t.TempDir(), "bench.db"), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	x := &bench{store: s, b: bot.New(bot.Options{Store: s, Bank: bank, Now: time.Now, Busy: 1024})}
	x.p = bottest.New(time.Now, x.b.Commands())
	x.b.Join(x.p)
	c := x.p.Channel("backend")
	owner := chat.Actor{User: "test:u-owner", Name: "Owner", Admin: chat.Yes, Zone: "UTC"}
	if err := x.b.Begin(ctx, bot.Scene{Space: bottest.Home, Channel: c, Owner: owner}); err != nil {
		t.Fatal(err)
	}
	if _, err := x.b.Tick(ctx); err != nil {
		t.Fatal(err)
	}
	err = s.View(ctx, func(tx store.Tx) error {
		all, err := tx.ChannelTracks(string(c))
		x.track = all[0]
		return err
	})
	if err != nil || x.track.Open == 0 {
		t.Fatalf("no round is open: %v", err)
	}
	x.text = "Two transfers in opposite directions each hold one lock and wait for the other one, a circular wait. " +
		"I would take the locks in one order, by account id, handle the same account twice, and prove it with a thread dump. " +
		"Alternatively a try-lock with a time-out and back off, or a single lock for all accounts, which is slower but simple enough for most."
	return x
}

func (x *bench) handle(t testing.TB, user string, what chat.What) {
	n := x.n.Add(1)
	r, err := x.b.Handle(context.Background(), chat.Event{
		ID: chat.EventID(fmt.Sprintf("test:b%012d", n)), Space: bottest.Home, Channel: chat.ChannelID(x.track.Channel),
		Actor: chat.Actor{User: chat.UserID(user), Name: "Somebody"}, What: what})
	if err != nil || (r.Reply == nil && r.Update == nil && r.Form == nil) {
		t.Errorf("%T: %+v, %v", what, r, err)
	}
}

// clients runs f b.N times in that many goroutines.
func clients(b *testing.B, n int, f func(i int64)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range n {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				f(i)
			}
		})
	}
	wg.Wait()
}

// BenchmarkAnswer is an answer through the whole bot, feedback included, until it is durable; its floor is one Update of
// the same store that writes the same records and checks nothing. Compare ns/op of bot and floor with the same clients.
func BenchmarkAnswer(b *testing.B) {
	for _, n := range []int{1, 16, 64, 256} {
		var floor float64
		b.Run(fmt.Sprintf("floor/%d", n), func(b *testing.B) {
			x := newBench(b)
			clients(b, n, func(i int64) {
				err := x.store.Update(context.Background(), func(tx store.Tx) error { return x.bare(tx, i) })
				if err != nil {
					b.Error(err)
				}
			})
			floor = float64(b.Elapsed()) / float64(b.N)
		})
		b.Run(fmt.Sprintf("bot/%d", n), func(b *testing.B) {
			x := newBench(b)
			form := fmt.Sprintf("answer:%s-%d", x.track.ID, x.track.Open)
			clients(b, n, func(i int64) {
				x.handle(b, fmt.Sprintf("test:u%09d", i), chat.Submit{Form: form, Values: map[string][]string{"text": {x.text}}})
			})
			b.ReportMetric(floor/(float64(b.Elapsed())/float64(b.N)), "of-floor")
		})
	}
}

// bare writes what an answer writes.
func (x *bench) bare(tx store.Tx, i int64) error {
	user, now := fmt.Sprintf("test:u%09d", i), tx.Now()
	if err := tx.Once(fmt.Sprintf("test:f%012d", i)); err != nil {
		return err
	}
	seq, err := tx.AddAnswer(store.Answer{User: user, Name: "Somebody", Space: string(bottest.Home), Track: x.track.ID, Round: x.track.Open, Kind: store.Written,
		Question: fmt.Sprintf("%064d", 1), Text: x.text, Counting: true, Found: []string{"order", "cycle", "alternative"}, Sent: now, Edited: now, Day: "2026-11-22", Zone: "UTC"})
	if err != nil {
		return err
	}
	if err := tx.PutPerson(store.Person{User: user, Space: string(bottest.Home), Name: "Somebody", Seen: now}); err != nil {
		return err
	}
	return tx.PutMember(store.Member{Track: x.track.ID, User: user, Space: string(bottest.Home), Name: "Somebody", Joined: now, Streak: streak.Start(), Head: seq, Answered: x.track.Open})
}

// BenchmarkFirstAnswer is a start from nothing to the feedback on the first answer: the bank is read and indexed, a data file is made, a
// channel is set up, the question posted and answered. It must stay under a second.
func BenchmarkFirstAnswer(b *testing.B) {
	for b.Loop() {
		x := newBench(b)
		form := fmt.Sprintf("answer:%s-%d", x.track.ID, x.track.Open)
		x.handle(b, "test:u000000001", chat.Submit{Form: form, Values: map[string][]string{"text": {x.text}}})
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/start")
}

// BenchmarkIdleTick is the loop looking for work with 100,000 tracks none of which is due: at most 1 ms.
func BenchmarkIdleTick(b *testing.B) {
	x := newBench(b)
	const tracks, step = 100_000, 1000
	for from := 0; from < tracks; from += step {
		err := x.store.Update(context.Background(), func(tx store.Tx) error {
			for i := from; i < from+step; i++ {
				err := tx.PutTask(store.Task{Key: fmt.Sprintf("slot:t%07d", i), Kind: "slot", Space: string(bottest.Home), Track: fmt.Sprintf("t%07d", i), Due: tx.Now().Add(time.Duration(i+3600) * time.Second)})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	for b.Loop() {
		if _, err := x.b.Tick(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReads is what people look at most, with 100 and with 1,000,000 answers in the store. Its metric of-small is
// the ratio; at most 1.2.
func BenchmarkReads(b *testing.B) {
	small := map[string]float64{}
	for _, answers := range []int{100, 1_000_000} {
		x := newBench(b)
		x.fill(b, answers)
		for _, line := range []string{"streak", "question"} {
			b.Run(fmt.Sprintf("%s/%d", line, answers), func(b *testing.B) {
				for b.Loop() {
					x.handle(b, "test:u000000000", x.b.Commands().Parse(line))
				}
				each := float64(b.Elapsed()) / float64(b.N)
				if answers == 100 {
					small[line] = each
				} else {
					b.ReportMetric(each/small[line], "of-small")
				}
			})
		}
	}
}

// fill writes answers of people who gave 100 each, with their members and ledgers: the same history for each person,
// however many there are.
func (x *bench) fill(b *testing.B, answers int) {
	const each, step = 100, 1000
	people := answers / each
	for from := 0; from < answers; from += step {
		err := x.store.Update(context.Background(), func(tx store.Tx) error {
			for i := from; i < min(from+step, answers); i++ {
				user, round := fmt.Sprintf("test:u%09d", i%people), x.track.Open+1+i/people
				seq, err := tx.AddAnswer(store.Answer{User: user, Track: x.track.ID, Round: round, Space: string(bottest.Home), Question: fmt.Sprintf("%064d", 1), Text: x.text, Counting: true, Sent: tx.Now(), Day: "2026-11-22"})
				if err != nil {
					return err
				}
				if err := tx.AddLine(x.track.ID, user, streak.Line{Round: round, Outcome: streak.Answered, At: tx.Now()}); err != nil {
					return err
				}
				err = tx.PutMember(store.Member{Track: x.track.ID, User: user, Space: string(bottest.Home), Joined: tx.Now(), Streak: streak.State{Current: round, Best: round, Total: round, Freezes: 1}, Head: seq, Closed: round})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
