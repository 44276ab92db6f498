package questions_test

import (
	"fmt"
	"io/fs"
	"runtime"
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

func BenchmarkLint600(b *testing.B) {
	bank, err := questions.Load(full(b))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		bank.Lint()
	}
}
