package questions

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/questions/rubric"
)

// TestContent prints what is the matter with the content, one line for each problem. CONTENT_ONLY=caching/ looks at the files whose path
// contains that text only; CONTENT_SHOW=1 also prints their questions and how the rubric marks the samples.
func TestContent(t *testing.T) {
	Long(t)
	only := os.Getenv("CONTENT_ONLY")
	wanted := func(file string) bool { return strings.Contains(file, only) }
	b, problems := load(&Bank{}, os.DirFS("content"))
	for _, p := range problems {
		if wanted(p.File) {
			t.Errorf("content/%v", p)
		}
	}
	for _, p := range append(b.LintFiles(wanted), b.Stale(time.Now(), false)...) {
		if p.Grade == Warning {
			t.Logf("content/%v (a warning)", p)
			continue
		}
		t.Errorf("content/%v", p)
	}
	if os.Getenv("CONTENT_SHOW") == "" {
		return
	}
	for _, q := range b.questions {
		if !wanted(b.origin["question/"+q.ID].file) {
			continue
		}
		if err := Show(os.Stdout, q); err != nil {
			t.Fatal(err)
		}
	}
}

// TestGenerated fails when what is made from the content is out of date: the grid in its README, and the words in rubric/known.go that
// are no typing mistakes. CONTENT_WRITE=1 brings both up to date.
func TestGenerated(t *testing.T) {
	Long(t)
	b, problems := load(&Bank{}, os.DirFS("content"))
	if len(problems) > 0 {
		t.Fatal("the content does not load, see TestContent")
	}
	current(t, "content/README.md", func(old []byte) ([]byte, bool) { return Readme(old, b.Stats()) })
	current(t, "rubric/known.go", func(old []byte) ([]byte, bool) { return knownWords(string(old), b) })
}

// current compares a file with what it should be.
func current(t *testing.T, name string, update func(old []byte) ([]byte, bool)) {
	t.Helper()
	old, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	updated, ok := update(old)
	switch {
	case !ok:
		t.Errorf("%s has no place for what is generated", name)
	case bytes.Equal(old, updated):
	case os.Getenv("CONTENT_WRITE") != "":
		if err := os.WriteFile(name, updated, 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is out of date; run: CONTENT_WRITE=1 go test ./questions -run TestGenerated", name)
	}
}

// knownWords adds the words of the bank to the list in a Go file where one of them could be taken for another. Samples are left
// out, for candidates do make mistakes.
func knownWords(file string, b *Bank) ([]byte, bool) {
	head, rest, ok := strings.Cut(file, "`\n")
	old, _, closed := strings.Cut(rest, "`")
	words := strings.Fields(old)
	for _, q := range b.questions {
		edited := *q
		edited.Samples = Samples{}
		words = append(words, wordsOf(edited)...)
	}
	for _, list := range []any{b.tips, b.projects, b.reverse, b.company} {
		words = append(words, wordsOf(list)...)
	}
	words = append(rubric.Mistakable(words), strings.Fields(old)...)
	slices.Sort(words)
	var out strings.Builder
	out.WriteString(head + "`\n")
	width := 0
	for _, w := range slices.Compact(words) {
		if width += len(w) + 1; width > 150 {
			out.WriteString(" \n")
			width = len(w) + 1
		}
		out.WriteString(" " + w)
	}
	out.WriteString(" \n`\n")
	return []byte(out.String()), ok && closed
}

// wordsOf returns all words of something, in small letters.
func wordsOf(v any) []string {
	text := strings.NewReplacer(`\n`, " ", `\t`, " ").Replace(string(body(v)))
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' })
}

// Long leaves what reads the whole bank, in one goroutine, out of a short run: the race detector makes it ten times slower and
// has nothing to find.
func Long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("reading the whole bank takes its time: it is left out of a short run")
	}
}
