package bolt

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

func benchOpen(b *testing.B, path string) {
	var ours, bare time.Duration
	n := 0
	for b.Loop() {
		begin := time.Now()
		db := openBare(b, path)
		bare += time.Since(begin)
		db.Close()
		begin = time.Now()
		s := openBench(b, path)
		ours += time.Since(begin)
		s.Close()
		n++
	}
	b.ReportMetric(float64(ours.Microseconds())/float64(n), "store-µs")
	b.ReportMetric(float64(bare.Microseconds())/float64(n), "bare-µs")
	b.ReportMetric(0, "ns/op")
}

// benchStreak reads what `streak` shows, among a hundred answers and among all.
func benchStreak(b *testing.B, big, small string) {
	furnishBench(b, small, 1, 10) // ten tracks, one member each
	stores := []*Store{openBench(b, small), openBench(b, big)}
	var took [2]time.Duration
	n := 0
	for b.Loop() {
		for i, s := range stores {
			begin := time.Now()
			for t := range benchTracks {
				err := s.View(b.Context(), func(tx store.Tx) error {
					_, err := tx.Member(benchTrack(t), benchUser(0))
					lines, errLines := tx.Lines(benchTrack(t), benchUser(0), 0, 10)
					if len(lines) != 10 {
						b.Errorf("%d lines", len(lines))
					}
					return errors.Join(err, errLines)
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			took[i] += time.Since(begin)
		}
		n += benchTracks
	}
	for i, name := range []string{"small-ns", "big-ns"} {
		b.ReportMetric(float64(took[i].Nanoseconds())/float64(n), name)
	}
	b.ReportMetric(float64(took[1])/float64(took[0]), "big/small")
	b.ReportMetric(0, "ns/op")
	for _, s := range stores {
		s.Close()
	}
}

// benchDue asks what is due among 100,000 tasks of which none is.
func benchDue(b *testing.B, path string) {
	s := openBench(b, path)
	defer s.Close()
	now := time.Now()
	for from := 0; from < 100_000; from += 1000 {
		err := s.Update(b.Context(), func(tx store.Tx) error {
			for i := from; i < from+1000; i++ {
				task := store.Task{Key: fmt.Sprintf("post:%08d", rand.IntN(1e8)), Kind: "post", Due: now.Add(time.Hour + time.Duration(i)*time.Second)}
				if err := tx.PutTask(task); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		err := s.View(b.Context(), func(tx store.Tx) error {
			due, err := tx.Due(now, 100)
			if len(due) > 0 {
				b.Error("something is due")
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
