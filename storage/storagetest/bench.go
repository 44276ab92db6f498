package storagetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

const (
	benchTracks  = 10
	benchMembers = 1000 // of each track
	benchChunk   = 2048 // answers in one turn
	benchRounds  = 20   // of each track that are open at once when answers are spread
)

// Field is where benchmarks work: a store with ten tracks of a thousand members each.
type Field struct {
	Store store.Store
	round int // the newest in which answers were stored
	event int
}

// Furnish fills an empty store: members of ten tracks with so many answered rounds, 400 bytes an answer, a thousand answers
// a transaction.
func Furnish(b *testing.B, s store.Store, members, rounds int) *Field {
	b.Helper()
	f := &Field{Store: s, round: rounds}
	f.must(b, func(tx store.Tx) error {
		err := tx.PutSpace(store.Space{ID: "s"})
		for t := range benchTracks {
			err = errors.Join(err, tx.AddTrack(store.Track{ID: benchTrack(t), Space: "s", Channel: fmt.Sprint(t), Kind: "question", Cron: "0 9 * * 1-5", Zone: "Europe/Berlin"}))
		}
		return err
	})
	f.addRounds(b, 1, rounds)
	heads := map[[2]int]uint64{}
	for no := 1; no <= rounds; no++ {
		for t := range benchTracks {
			f.must(b, func(tx store.Tx) error { return fillRound(tx, t, no, members, heads) })
		}
	}
	return f
}

// Grown says that somebody else has filled rounds up to this one.
func (f *Field) Grown(round int) { f.round = round }

// At is the same field seen through another store of the same database.
func (f *Field) At(s store.Store) *Field { return &Field{Store: s} }

func fillRound(tx store.Tx, track, no, members int, heads map[[2]int]uint64) error {
	for _, u := range rand.New(rand.NewPCG(uint64(no), uint64(track))).Perm(members) {
		a := benchAnswer(Job{Track: track, User: u, Round: no}, tx.Now())
		a.Prev = heads[[2]int{track, u}]
		seq, err := tx.AddAnswer(a)
		heads[[2]int{track, u}] = seq
		m := store.Member{Track: a.Track, User: a.User, Space: a.Space, Name: a.Name, Joined: a.Sent, Head: seq, Answered: no, Closed: no}
		m.Streak.Current, m.Streak.Total = no, no
		if err := errors.Join(err, tx.PutMember(m)); err != nil {
			return err
		}
		if u == 0 {
			if err := tx.AddLine(a.Track, a.User, store.Line{Round: no, Outcome: 1, At: tx.Now()}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *Field) addRounds(b *testing.B, from, to int) {
	b.Helper()
	for t := range benchTracks {
		f.must(b, func(tx store.Tx) error {
			for no := from; no <= to; no++ {
				r := store.Round{Track: benchTrack(t), No: no, Slot: fmt.Sprintf("%05d", no), State: store.Open, Question: strings.Repeat("0", 64)}
				if err := tx.AddRound(r); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func (f *Field) must(b *testing.B, update func(store.Tx) error) {
	b.Helper()
	if err := f.Store.Update(b.Context(), update); err != nil {
		b.Fatal(err)
	}
}

func benchTrack(i int) string { return fmt.Sprintf("track%03d", i) }
func benchUser(i int) string  { return fmt.Sprintf("discord:u:1182349911%08d", i) }

// Job is one answer to store.
type Job struct {
	Track, User, Round int
	Event              string
}

func benchAnswer(j Job, now time.Time) store.Answer {
	return store.Answer{
		User: benchUser(j.User), Space: "discord:g:118234991100000001", Name: "Somebody", Track: benchTrack(j.Track), Round: j.Round,
		Question: strings.Repeat("0123456789abcdef", 4), Kind: store.Written, Text: strings.Repeat("because a", 45)[:400],
		Counting: true, Found: []string{"invalidate", "stampede"}, Sent: now, Edited: now, Day: "2026-03-02", Zone: "Europe/Berlin", Offset: 3600,
	}
}

// Answer does what the bot does for an answer, with all of its checks, and with what it reads besides.
func (f *Field) Answer(j Job) error {
	return f.Store.Update(context.Background(), func(tx store.Tx) error {
		if err := tx.Once(j.Event); err != nil {
			return err
		}
		all, err := tx.Answering(benchTrack(j.Track), j.Round, benchUser(j.User))
		if err != nil {
			return err
		}
		if all.Answer != nil || all.Round.State != store.Open || all.Member == nil {
			return fmt.Errorf("%+v", all)
		}
		if _, err := tx.Lines(all.Member.Track, all.Member.User, 0, 1); err != nil {
			return err
		}
		if _, err := tx.Draft(all.Member.User, "answer"); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		a := benchAnswer(j, tx.Now())
		a.Prev = all.Member.Head
		seq, err := tx.AddAnswer(a)
		if err != nil {
			return err
		}
		m := *all.Member
		m.Head, m.Answered = seq, j.Round
		m.Streak.Current++
		m.Streak.Total++
		return tx.PutMember(m)
	})
}

// jobs are the next answers, in a random order: all to one round, or spread over many of all tracks.
func (f *Field) jobs(b *testing.B, n int, spread bool) []Job {
	var all []Job
	for len(all) < n {
		from := f.round + 1
		f.round++
		tracks, rounds := 1, 1
		if spread {
			tracks, rounds, f.round = benchTracks, benchRounds, f.round+benchRounds-1
		}
		f.addRounds(b, from, f.round)
		for _, i := range rand.Perm(tracks * rounds * benchMembers)[:min(n-len(all), tracks*rounds*benchMembers)] {
			f.event++
			all = append(all, Job{i % tracks, i / tracks / rounds, from + i/tracks%rounds, fmt.Sprintf("discord:i:1182349911%08d", f.event)})
		}
	}
	return all
}

// Way is one way of storing answers, to be compared with others.
type Way struct {
	Name string
	Do   func(Job) error
}

// Answers lets so many clients store answers in several ways in turn. It reports the rate of each, its median and its 99th
// percentile, and the rate of the first in terms of each other.
func (f *Field) Answers(b *testing.B, clients int, spread bool, ways ...Way) {
	chunk := benchChunk
	if clients == 1 {
		chunk /= 16
	}
	took := make([]time.Duration, len(ways))
	each := make([][]time.Duration, len(ways))
	n := 0
	for b.Loop() {
		for i, way := range ways {
			jobs := f.jobs(b, chunk, spread)
			begin := time.Now()
			each[i] = append(each[i], work(b, clients, jobs, way.Do)...)
			took[i] += time.Since(begin)
		}
		n += chunk
	}
	for i, way := range ways {
		slices.Sort(each[i])
		b.ReportMetric(float64(n)/took[i].Seconds(), way.Name+"/s")
		b.ReportMetric(float64(each[i][len(each[i])/2].Microseconds())/1000, way.Name+"-p50-ms")
		b.ReportMetric(float64(each[i][len(each[i])*99/100].Microseconds())/1000, way.Name+"-p99-ms")
		if i > 0 {
			b.ReportMetric(float64(took[i])/float64(took[0]), "of-"+way.Name)
		}
	}
	b.ReportMetric(0, "ns/op")
}

// Both runs Answers with 1, 64 and 256 clients, all on one round and spread over many.
func (f *Field) Both(b *testing.B, ways ...Way) {
	for _, spread := range []bool{false, true} {
		for _, clients := range []int{1, 64, 256} {
			b.Run(fmt.Sprintf("spread=%t/clients=%d", spread, clients), func(b *testing.B) { f.Answers(b, clients, spread, ways...) })
		}
	}
}

func work(b *testing.B, clients int, jobs []Job, way func(Job) error) []time.Duration {
	took := make([]time.Duration, len(jobs))
	var next atomic.Int64
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(jobs)); i = next.Add(1) - 1 {
				begin := time.Now()
				if err := way(jobs[i]); err != nil {
					b.Error(err)
					return
				}
				took[i] = time.Since(begin)
			}
		})
	}
	all.Wait()
	return took
}

// Compare measures a read in two stores in turn, both in a View of their own: the small one first. It reports the time of each
// and their ratio.
func Compare(b *testing.B, small, big store.Store, read func(tx store.Tx) error) {
	const turns = 250
	var took [2]time.Duration
	n := 0
	for b.Loop() {
		for i := range 2 * turns {
			begin := time.Now()
			if err := []store.Store{small, big}[i%2].View(b.Context(), read); err != nil {
				b.Fatal(err)
			}
			took[i%2] += time.Since(begin)
		}
		n += turns
	}
	b.ReportMetric(float64(took[0].Microseconds())/float64(n), "small-µs")
	b.ReportMetric(float64(took[1].Microseconds())/float64(n), "big-µs")
	b.ReportMetric(float64(took[1])/float64(took[0]), "big/small")
	b.ReportMetric(0, "ns/op")
}

// Streak reads what `streak` shows of one member.
func Streak(tx store.Tx) error {
	_, err := tx.Member(benchTrack(3), benchUser(0))
	lines, errLines := tx.Lines(benchTrack(3), benchUser(0), 0, 10)
	if len(lines) != 10 {
		return fmt.Errorf("%d lines", len(lines))
	}
	return errors.Join(err, errLines)
}

// Due asks what is due, which is nothing.
func Due(tx store.Tx) error {
	due, err := tx.Due(tx.Now(), 100)
	if len(due) > 0 {
		return errors.New("something is due")
	}
	return err
}

// Tasks adds tasks that are due later.
func (f *Field) Tasks(b *testing.B, n int) {
	b.Helper()
	for from := 0; from < n; from += 1000 {
		f.must(b, func(tx store.Tx) error {
			for i := from; i < min(n, from+1000); i++ {
				task := store.Task{Key: fmt.Sprintf("post:%08d", i*7919%100_000_000), Kind: "post", Due: tx.Now().Add(24*time.Hour + time.Duration(i)*time.Second)}
				if err := tx.PutTask(task); err != nil {
					return err
				}
			}
			return nil
		})
	}
}
