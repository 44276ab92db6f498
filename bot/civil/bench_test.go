package civil_test

import (
	"testing"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/interviewbot/interviewbot/bot/civil"
)

// BenchmarkAfter goes from slot to slot; the floor is cron's own Next over the same days, in UTC and so without a zone.
func BenchmarkAfter(b *testing.B) {
	for _, fields := range []string{"0 9 * * *", "0 9 * * 1-5", "0 9 1 * *"} {
		begin := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
		b.Run(fields+"/floor", func(b *testing.B) {
			s, err := cron.ParseStandard(fields)
			if err != nil {
				b.Fatal(err)
			}
			t := begin
			for b.Loop() {
				if t = s.Next(t); t.Year() > 2030 {
					t = begin
				}
			}
		})
		for _, zone := range []string{"UTC", "Europe/Berlin", "Africa/Cairo"} {
			b.Run(fields+"/"+zone, func(b *testing.B) {
				s := parse(b, fields, zone)
				t := begin
				b.ReportAllocs()
				for b.Loop() {
					slot, ok := s.After(t)
					if t = slot.At; !ok || t.Year() > 2030 {
						t = begin
					}
				}
			})
		}
	}
}

// BenchmarkParse reads fields for a zone that is loaded, and for comparison loads it each time.
func BenchmarkParse(b *testing.B) {
	zone := parse(b, "0 9 * * *", "Europe/Berlin").Location()
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			if _, err := cron.ParseStandard("0 9 * * 1-5"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("loaded", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := civil.In("0 9 * * 1-5", zone); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("loading", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := civil.Parse("0 9 * * 1-5", "Europe/Berlin"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCompleteZone(b *testing.B) {
	for b.Loop() {
		if len(civil.CompleteZone("new y", 25)) == 0 {
			b.Fatal("no New York")
		}
	}
}

// BenchmarkLatest is a bot that was down for ten years.
func BenchmarkLatest(b *testing.B) {
	s := parse(b, "0 9 * * 1-5", "Europe/Berlin")
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	for b.Loop() {
		if _, skipped, ok := s.Latest(civil.Slot{At: now.AddDate(-10, 0, 0)}, now); !ok || len(skipped) != 100 {
			b.Fatal(len(skipped), ok)
		}
	}
}
