package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/interviewbot/interviewbot/bot/store"
)

// The benchmarks work in a file of a million answers (BOLT_BENCH_ANSWERS changes that), made once for all of them: by 10,000
// members of ten tracks, 400 bytes each. Everything is compared with bbolt used bare, in the same run and in turns.

const (
	benchTracks  = 10
	benchMembers = 1000 // of each track
	benchChunk   = 2048 // answers in one turn
)

// fixture is the file and its copies for bare bbolt.
type fixture struct {
	store      *Store
	each       *bbolt.DB // for one Update each
	shared     *bbolt.DB // for shared ones
	round      int       // the newest with answers
	seq, event uint64
}

func BenchmarkStore(b *testing.B) {
	answers := 1_000_000
	if s := os.Getenv("BOLT_BENCH_ANSWERS"); s != "" {
		fmt.Sscan(s, &answers)
	}
	folder := b.TempDir()
	big := filepath.Join(folder, "big.db")
	rounds := max(1, answers/(benchTracks*benchMembers))
	furnishBench(b, big, benchMembers, rounds)
	copyFile(b, big, filepath.Join(folder, "each.db"))
	copyFile(b, big, filepath.Join(folder, "shared.db"))
	b.Run("open", func(b *testing.B) { benchOpen(b, big) })
	b.Run("streak", func(b *testing.B) { benchStreak(b, big, filepath.Join(folder, "small.db")) })
	b.Run("due", func(b *testing.B) { benchDue(b, filepath.Join(folder, "tasks.db")) })
	f := &fixture{store: openBench(b, big), each: openBare(b, filepath.Join(folder, "each.db")),
		shared: openBare(b, filepath.Join(folder, "shared.db")), round: rounds, seq: uint64(rounds * benchTracks * benchMembers)}
	defer f.store.Close()
	defer f.each.Close()
	defer f.shared.Close()
	for _, clients := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprintf("answer/clients=%d", clients), func(b *testing.B) { f.answers(b, clients) })
	}
}

func openBench(b *testing.B, path string) *Store {
	b.Helper()
	s, err := Open(b.Context(), path, Options{})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func openBare(b *testing.B, path string) *bbolt.DB {
	b.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{FreelistType: bbolt.FreelistMapType, InitialMmapSize: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	return db
}

func benchTrack(i int) string { return fmt.Sprintf("track%03d", i) }
func benchUser(i int) string  { return fmt.Sprintf("discord:u:1182349911%08d", i) }

func benchAnswer(track, user, round int, now time.Time) store.Answer {
	return store.Answer{
		User: benchUser(user), Space: "discord:g:118234991100000001", Name: "Somebody", Track: benchTrack(track), Round: round,
		Question: strings.Repeat("0123456789abcdef", 4), Kind: store.Written, Text: strings.Repeat("because a", 45)[:400],
		Counting: true, Found: []string{"invalidate", "stampede"}, Sent: now, Edited: now, Day: "2026-03-02", Zone: "Europe/Berlin", Offset: 3600,
	}
}

// furnishBench makes a file with the rounds answered by all members, a thousand answers a transaction.
func furnishBench(b *testing.B, path string, members, rounds int) {
	b.Helper()
	s := openBench(b, path)
	defer s.Close()
	err := s.Update(b.Context(), func(tx store.Tx) error {
		for t := range benchTracks {
			err := tx.AddTrack(store.Track{ID: benchTrack(t), Space: "s", Channel: fmt.Sprint(t), Kind: "question", Cron: "0 9 * * 1-5", Zone: "Europe/Berlin"})
			for no := 1; no <= rounds+200; no++ {
				err = errors.Join(err, tx.AddRound(store.Round{Track: benchTrack(t), No: no, Slot: fmt.Sprintf("%05d", no), State: store.Open, Question: strings.Repeat("0", 64)}))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	heads := map[[2]int]uint64{}
	for no := 1; no <= rounds; no++ {
		for t := range benchTracks {
			err := s.Update(b.Context(), func(tx store.Tx) error {
				for _, u := range rand.New(rand.NewPCG(uint64(no), uint64(t))).Perm(members) {
					a := benchAnswer(t, u, no, tx.Now())
					a.Prev = heads[[2]int{t, u}]
					seq, err := tx.AddAnswer(a)
					heads[[2]int{t, u}] = seq
					m := store.Member{Track: a.Track, User: a.User, Space: a.Space, Name: a.Name, Joined: a.Sent, Head: seq, Answered: no, Closed: no}
					m.Streak.Current, m.Streak.Total = no, no
					if err = errors.Join(err, tx.PutMember(m)); err != nil {
						return err
					}
					if u == 0 {
						if err := tx.AddLine(a.Track, a.User, store.Line{Round: no, Outcome: 1, At: tx.Now()}); err != nil {
							return err
						}
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

func copyFile(b *testing.B, from, to string) {
	b.Helper()
	in, err := os.Open(from)
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		b.Fatal(err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		b.Fatal(err)
	}
}

// job is one answer, and the bytes it comes to for bare bbolt.
type job struct {
	track, user, round int
	event              string
	puts               []entry
}

// jobs are the next answers, in a random order of members, so that many clients meet in few rounds as they do in the morning.
func (f *fixture) jobs(n int) []job {
	var all []job
	for len(all) < n {
		f.round++
		for _, i := range rand.Perm(benchTracks * benchMembers)[:min(n-len(all), benchTracks*benchMembers)] {
			all = append(all, f.job(i%benchTracks, i/benchTracks))
		}
	}
	return all
}

func (f *fixture) job(track, user int) job {
	f.seq++
	f.event++
	a := benchAnswer(track, user, f.round, time.Now())
	a.Seq, a.Prev = f.seq, f.seq-1
	m := store.Member{Track: a.Track, User: a.User, Space: a.Space, Name: a.Name, Joined: a.Sent, Head: a.Seq, Answered: a.Round}
	m.Streak.Current, m.Streak.Total = f.round, f.round
	event := fmt.Sprintf("discord:i:1182349911%08d", f.event)
	return job{track: track, user: user, round: f.round, event: event, puts: []entry{
		{inMeta, key(event), make([]byte, 8)}, // in the bucket of the day
		{inAnswers, answerKey(a.Seq), encode(new(coder), answerFields, &a)},
		{inRoundAnswers, roundAnswerKey(a.Track, a.Round, a.User), answerKey(a.Seq)},
		{inMembers, newKey(a.Track, a.User), encode(new(coder), memberFields, &m)},
	}}
}

// answers lets the clients store answers in three ways in turn.
func (f *fixture) answers(b *testing.B, clients int) {
	chunk := benchChunk
	if clients == 1 {
		chunk /= 16
	}
	var took [3]time.Duration
	n := 0
	for b.Loop() {
		jobs := f.jobs(chunk)
		group := newGroup(f.shared)
		for i, way := range []func(job) error{f.answer, func(j job) error { return f.each.Update(j.put) }, group.put} {
			begin := time.Now()
			work(b, clients, jobs, way)
			took[i] += time.Since(begin)
		}
		group.close()
		n += chunk
	}
	for i, name := range []string{"store", "bare-each", "bare-shared"} {
		b.ReportMetric(float64(n)/took[i].Seconds(), name+"/s")
	}
	b.ReportMetric(float64(took[1])/float64(took[0]), "of-each")
	b.ReportMetric(float64(took[2])/float64(took[0]), "of-shared")
	b.ReportMetric(0, "ns/op")
}

func work(b *testing.B, clients int, jobs []job, way func(job) error) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(jobs)); i = next.Add(1) - 1 {
				if err := way(jobs[i]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// answer is what the bot does for an answer, with all of its checks.
func (f *fixture) answer(j job) error {
	return f.store.Update(context.Background(), func(tx store.Tx) error {
		if err := tx.Once(j.event); err != nil {
			return err
		}
		all, err := tx.Answering(benchTrack(j.track), j.round, benchUser(j.user))
		if err != nil {
			return err
		}
		if all.Answer != nil || all.Round.State != store.Open || all.Member == nil {
			return fmt.Errorf("%+v", all)
		}
		a := benchAnswer(j.track, j.user, j.round, tx.Now())
		a.Prev = all.Member.Head
		seq, err := tx.AddAnswer(a)
		if err != nil {
			return err
		}
		m := *all.Member
		m.Head, m.Answered = seq, j.round
		m.Streak.Current++
		m.Streak.Total++
		return tx.PutMember(m)
	})
}

// put writes the same bytes with bbolt alone.
func (j job) put(tx *bbolt.Tx) error {
	for _, p := range j.puts {
		name := []byte(p.in.String())
		if p.in == inMeta {
			name = []byte("once 20260101")
		}
		in, err := tx.CreateBucketIfNotExists(name)
		if err != nil {
			return err
		}
		if p.in == inAnswers {
			in.FillPercent = 1
		}
		if err := in.Put(p.key, p.value); err != nil {
			return err
		}
	}
	return nil
}

// group is the least that shares transactions of bare bbolt.
type group struct {
	jobs chan groupJob
	done chan struct{}
}

type groupJob struct {
	job
	err chan error
}

func newGroup(db *bbolt.DB) *group {
	g := &group{make(chan groupJob, 64), make(chan struct{})}
	go func() {
		defer close(g.done)
		for j := range g.jobs {
			all := []groupJob{j}
			for more := true; more && len(all) < 64; {
				select {
				case j, more = <-g.jobs:
					if more {
						all = append(all, j)
					}
				default:
					more = false
				}
			}
			err := db.Update(func(tx *bbolt.Tx) error {
				for _, j := range all {
					if err := j.job.put(tx); err != nil {
						return err
					}
				}
				return nil
			})
			for _, j := range all {
				j.err <- err
			}
		}
	}()
	return g
}

func (g *group) put(j job) error {
	err := make(chan error, 1)
	g.jobs <- groupJob{j, err}
	return <-err
}

func (g *group) close() {
	close(g.jobs)
	<-g.done
}
