package questions

import (
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
