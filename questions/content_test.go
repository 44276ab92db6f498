package questions

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestContent prints what is the matter with the content, one line for each problem. CONTENT_ONLY=caching/ looks at the files whose path
// contains that text only; CONTENT_SHOW=1 also prints their questions and how the rubric marks the samples.
func TestContent(t *testing.T) {
	only := os.Getenv("CONTENT_ONLY")
	wanted := func(file string) bool { return strings.Contains(file, only) }
	b, problems := load(&Bank{}, os.DirFS("content"))
	for _, p := range problems {
		if wanted(p.File) {
			t.Errorf("content/%v", p)
		}
	}
	for _, p := range b.LintFiles(wanted) {
		t.Errorf("content/%v", &p)
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

// TestReadme fails when the grid in the README of the content is not up to date. CONTENT_README=write brings it up to date.
func TestReadme(t *testing.T) {
	b, err := Load(os.DirFS("content"))
	if err != nil {
		t.Skip("the content does not load, see TestContent")
	}
	readme, err := os.ReadFile("content/README.md")
	if err != nil {
		t.Fatal(err)
	}
	updated, ok := Readme(readme, b.Stats())
	switch {
	case !ok:
		t.Error("content/README.md has no place for the grid")
	case bytes.Equal(readme, updated):
	case os.Getenv("CONTENT_README") == "write":
		if err := os.WriteFile("content/README.md", updated, 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Error("the grid in content/README.md is out of date; run: CONTENT_README=write go test ./questions -run TestReadme")
	}
}
