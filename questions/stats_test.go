package questions_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/questions"
)

func TestStats(t *testing.T) {
	b, err := questions.Load(bankFiles(2, "sql", "python"), dir("tips.yaml", "- {id: a, text: A., part: common}\n", "company.yaml", "- {id: c, area: values, ask: a, how: b, use: c}\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(b.Stats())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`{"questions":12,"tips":1,"projects":0,"reverse":0,"company":1,"topics":{`, `"sql":{"1":2,"2":2,"3":2}`, `"caching":{"1":0,"2":0,"3":0}`} {
		if !strings.Contains(string(got), want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	var out strings.Builder
	if err := questions.WriteStats(&out, b.Stats()); err != nil {
		t.Fatal(err)
	}
	if want := "SQL and modelling                            2       2       2       6\n"; !strings.Contains(out.String(), want) {
		t.Errorf("no %q in\n%s", want, out.String())
	}
}

func TestReadmeIsRewrittenBetweenItsMarksOnly(t *testing.T) {
	b, err := questions.Load(bankFiles(1, "sql"))
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- grid: written by `interviewbot questions stats --readme` -->\n", "<!-- end of the grid -->\n"
	once, ok := questions.Readme([]byte("before\n"+begin+"old\n"+end+"after\n"), b.Stats())
	if !ok || strings.Contains(string(once), "old") || !strings.HasPrefix(string(once), "before\n"+begin+"3 questions, ") || !strings.HasSuffix(string(once), end+"after\n") ||
		!strings.Contains(string(once), "| SQL and modelling | `sql` | 1 | 1 | 1 | 3 |\n") {
		t.Errorf("%v\n%s", ok, once)
	}
	twice, _ := questions.Readme(once, b.Stats())
	if string(twice) != string(once) {
		t.Error("the second time it changes again")
	}
	for _, text := range []string{"no marks", begin + "no end"} {
		if got, ok := questions.Readme([]byte(text), b.Stats()); ok || string(got) != text {
			t.Errorf("%q became %q, %v", text, got, ok)
		}
	}
}

func TestShow(t *testing.T) {
	questions.Long(t)
	b, err := questions.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	q, _ := b.Question("two-doctors-off-call")
	var out strings.Builder
	if err := questions.Show(&out, q); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{q.Title, "level 3", "[x] 2. Write skew", q.Hints[2], "Marks of the strong sample: 4 of 4", "found   write-skew: It is write skew (\"Write skew\")", q.Sources[0].URL} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
