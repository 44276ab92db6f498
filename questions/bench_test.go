package questions_test

import (
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/interviewbot/interviewbot/questions"
)

// full is a folder with 600 questions of full size.
func full(b *testing.B) fs.FS {
	files := dir()
	for i := range 600 {
		id := fmt.Sprintf("q-%d", i)
		name := "caching/" + id + ".yaml"
		files[name] = dir(name, good(b, "id: cache-makes-it-slower", "id: "+id))[name]
	}
	return files
}

// The floor: the YAML library reading the same files, one after the other, into nothing.
func BenchmarkFloorYAML600(b *testing.B) {
	files := full(b)
	for b.Loop() {
		names, _ := fs.Glob(files, "caching/*.yaml")
		for _, name := range names {
			content, err := fs.ReadFile(files, name)
			if err != nil {
				b.Fatal(err)
			}
			if err := yaml.Unmarshal(content, new(yaml.Node)); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkLoad600(b *testing.B) {
	files := full(b)
	for b.Loop() {
		if _, err := questions.Load(files); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	bank, err := questions.Load(files)
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-kept")
	runtime.KeepAlive(bank)
}

// BenchmarkLoadEmbedded is loading and indexing the whole bank that is built in: of-floor is its time by that of the YAML library reading the
// same files into nothing, one after the other; MB-kept is what stays in memory.
func BenchmarkLoadEmbedded(b *testing.B) {
	floor := 0.0
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			if err := readYAML(questions.Content()); err != nil {
				b.Fatal(err)
			}
		}
		floor = float64(b.Elapsed()) / float64(b.N)
	})
	b.Run("bank", func(b *testing.B) {
		for b.Loop() {
			if _, err := questions.Embedded(); err != nil {
				b.Fatal(err)
			}
		}
		each := float64(b.Elapsed()) / float64(b.N)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		bank, err := questions.Embedded()
		if err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(each/floor, "of-floor")
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-kept")
		b.ReportMetric(float64(len(bank.Questions())), "questions")
	})
}

// readYAML reads every YAML file into nothing.
func readYAML(files fs.FS) error {
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".yaml" {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		return yaml.Unmarshal(content, new(yaml.Node))
	})
}

func BenchmarkLint600(b *testing.B) {
	bank, err := questions.Load(full(b))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		bank.Lint()
	}
}

// BenchmarkImport2000 is the largest import: read, completed, given topics, compared with each other and with the bank.
func BenchmarkImport2000(b *testing.B) {
	bank := embedded(b)
	var csv strings.Builder
	csv.WriteString("question,answer\n")
	words := strings.Fields("alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa cache index queue lock thread")
	for i := range questions.EntryLimit {
		fmt.Fprintf(&csv, "\"word%d", i)
		for k := range 12 {
			csv.WriteString(" " + words[(i*7+k*k+i*k)%len(words)])
		}
		csv.WriteString("?\",It depends.\n")
	}
	for b.Loop() {
		entries, err := questions.Import([]byte(csv.String()), questions.CSV, questions.Importing{Bank: bank})
		if err != nil || len(entries) != questions.EntryLimit {
			b.Fatal(err)
		}
	}
}
