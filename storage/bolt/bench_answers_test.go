package bolt

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/interviewbot/interviewbot/storage/storagetest"
)

// BenchmarkAnswers is the benchmark of the same name of the other store, to be run beside it: rates and delays as clients see
// them, in a file of a million answers (BENCH_ANSWERS changes that).
func BenchmarkAnswers(b *testing.B) {
	answers := 1_000_000
	if s := os.Getenv("BENCH_ANSWERS"); s != "" {
		fmt.Sscan(s, &answers)
	}
	s := openBench(b, filepath.Join(b.TempDir(), "bot.db"))
	defer s.Close()
	f := storagetest.Furnish(b, s, 1000, max(1, answers/10_000))
	f.Both(b, storagetest.Way{Name: "store", Do: f.Answer})
}
