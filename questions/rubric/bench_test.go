package rubric_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/interviewbot/interviewbot/questions/rubric"
)

// answer200 is an answer of 200 words as a candidate writes them, some with typing mistakes.
func answer200() string {
	words := strings.Fields(`I would first look at the hit ratio becuase if most of the requests miss, then every miss pays twice: one lookup in the
		cache and one more in the database. That is the most common reason. Then there is the thundering herd: when a popular entry expires, many
		clients recompute the same key at once and the datbase gets all the load. We had that at my last company, it was fun to debug.
		Also serialization of large objects is not free, I have seen JSON of several megabytes. And the working set does not fit in memory, so that hot
		keys get evicted before they are used again, which brings us back to the hit ratio.`)
	for len(words) < 200 {
		words = append(words, words...)
	}
	return strings.Join(words[:200], " ")
}

// bench is a rubric as large as the bank allows in practice: 6 points with 8 phrasings each.
func bench() *rubric.Rubric {
	points := make([]rubric.Point, 6)
	phrasings := strings.Split("every miss pays twice|extra round trip on a miss|cache stampede|thundering herd|many requests recompute the same key|"+
		"low hit ratio|serialising large values|does not fit in memory|evicted before they are used|invalidate the entry on write|delete after commit|"+
		"connection pool exhausted|garbage collection pauses|hot key on one shard|negative results are not cached|time to live too short", "|")
	for i := range points {
		points[i].ID = string(rune('a' + i))
		for k := range 8 {
			points[i].Any = append(points[i].Any, phrasings[(i*3+k)%len(phrasings)])
		}
	}
	return rubric.New(prompt, points)
}

// The floor: cutting the same text into lower-case words and doing nothing with them.
func BenchmarkFloorTokenise(b *testing.B) {
	text := answer200()
	b.ReportAllocs()
	for b.Loop() {
		if n := len(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })); n < 200 {
			b.Fatal(n)
		}
	}
}

func BenchmarkMark200Words(b *testing.B) {
	r, text := bench(), answer200()
	b.ReportAllocs()
	for b.Loop() {
		if r.Mark(text).Found() < 3 {
			b.Fatal(states(r.Mark(text)))
		}
	}
}

func BenchmarkCounts200Words(b *testing.B) {
	r, text := bench(), answer200()
	for b.Loop() {
		if ok, _ := r.Counts(text); !ok {
			b.Fatal("does not count")
		}
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		bench()
	}
}
