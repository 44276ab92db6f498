package questions_test

import (
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/questions"
)

func TestStaleWarnsOfOldAndFutureReviews(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for date, want := range map[string]string{
		"2026-11-22": "", "2024-11-22": "", "2024-11-21": "reviewed 2024-11-21 is more than 24 months ago", "2026-11-23": "reviewed 2026-11-23 is in the future",
	} {
		b, err := questions.Load(dir(goodFile, good(t, "reviewed: 2026-11-22", "reviewed: "+date)))
		if err != nil {
			t.Fatal(err)
		}
		got := b.Stale(now, false)
		if (want == "") != (len(got) == 0) || len(got) > 0 && (!strings.HasPrefix(got[0].What, want) || got[0].Grade != questions.Warning || got[0].File != goodFile || got[0].Line != 96) {
			t.Errorf("%s: %+v", date, got)
		}
		if own := b.Stale(now, true); len(own) != 0 {
			t.Errorf("%s: nothing here is own content: %+v", date, own)
		}
	}
}

func TestLintWarnsOfPhrasingsThatAreOneCommonWord(t *testing.T) {
	files := dir()
	for _, q := range embedded(t).Questions()[:60] {
		file, err := q.YAML()
		if err != nil {
			t.Fatal(err)
		}
		files[q.File()] = dir("x", string(file))["x"]
	}
	files[goodFile] = dir(goodFile, good(t, "      - trace a request", "      - what would you change\n      - trace a request"))[goodFile]
	b, err := questions.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, p := range b.LintFiles(func(file string) bool { return file == goodFile }) {
		if strings.HasPrefix(p.What, `the phrasing "what would you change" is found by the one word "chang"`) && p.Grade == questions.Warning && p.Line == 64 {
			found++
		} else if p.Grade != questions.Warning {
			t.Errorf("found %+v", p)
		}
	}
	if found != 1 {
		t.Errorf("%d warnings: %v", found, b.LintFiles(func(file string) bool { return file == goodFile }))
	}
}

func TestANegationMakesACommonWordRare(t *testing.T) {
	questions.Long(t)
	b, err := embedded(t).With(dir("sql/what-is-a-zebra.yaml", "id: what-is-a-zebra\ntitle: What is a zebra?\nlevel: 1\ntopic: sql\nkind: open\nminutes: 3\nprompt: What is a zebra?\nanswer: An animal.\npoints:\n  - {id: x, say: Nobody asks, any: [nobody asks, is asked]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	var warned []string
	for _, p := range b.LintOwn() {
		if p.Grade == questions.Warning {
			warned = append(warned, p.What)
		}
	}
	if len(warned) != 1 || !strings.HasPrefix(warned[0], `the phrasing "is asked" is found by the one word "ask"`) {
		t.Errorf("warned of %q", warned)
	}
}

func TestOwnContentMayHaveGaps(t *testing.T) {
	questions.Long(t)
	b := own(t, "what-is-a-zebra", "What is a zebra?")
	found := b.LintOwn()
	if len(found) == 0 {
		t.Error("nothing found")
	}
	for _, p := range found {
		if p.Grade == questions.Mend || p.File != "sql/what-is-a-zebra.yaml" {
			t.Errorf("%+v", p)
		}
	}
	b, err := embedded(t).With(dir("tips.yaml", "- {id: zebra, text: 'TODO: see', part: common}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if found := b.LintOwn(); len(found) != 1 || found[0].Grade != questions.Mend || found[0].File != "tips.yaml" {
		t.Errorf("%+v", found)
	}
}

func TestParseReadsOneFileWhereverItIs(t *testing.T) {
	q, problems := questions.Parse("/tmp/draft.yaml", []byte(good(t)))
	if len(problems) > 0 || q.ID != "cache-makes-it-slower" {
		t.Errorf("%+v %v", q, problems)
	}
	for _, test := range [][2]string{{good(t, "level: 2", "level: 9"), "x.yaml:3: the level is 1, 2 or 3"}, {good(t, "topic: caching", "topic: zoo"), "x.yaml:4: topic is one of"}, {"a: *b", "x.yaml:0: "}, {good(t, "tags:", "tgas:"), "x.yaml:5: unknown field"}} {
		q, problems := questions.Parse("x.yaml", []byte(test[0]))
		if q != nil || len(problems) == 0 || !strings.HasPrefix(problems[0].Error(), strings.TrimSuffix(test[1], ":0: ")) {
			t.Errorf("%v", problems)
		}
	}
}
