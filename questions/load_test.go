package questions_test

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/interviewbot/interviewbot/questions"
)

const goodFile = "caching/cache-makes-it-slower.yaml"

// good is a question in perfect order, with pieces replaced: old, new, old, new.
func good(t testing.TB, replace ...string) string {
	t.Helper()
	content, err := os.ReadFile("testdata/cache-makes-it-slower.yaml") // as it once was: lines and words in it are counted on
	if err != nil {
		t.Fatal(err)
	}
	s := string(content)
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(s, replace[i]) {
			t.Fatalf("the question has no %q", replace[i])
		}
		s = strings.Replace(s, replace[i], replace[i+1], 1)
	}
	return s
}

// dir makes a folder of files: name, content, name, content.
func dir(files ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		m[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return m
}

// problems are the texts of the problems of an error, one a line.
func problems(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

func TestEmbeddedLoads(t *testing.T) {
	b, err := questions.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	q, ok := b.Question("cache-makes-it-slower")
	if !ok || q.Topic != "caching" || len(q.Points) != 5 || q.Points[4].Keep[0] != "measure" {
		t.Errorf("Question = %+v, %v", q, ok)
	}
	if tip, ok := b.Tip("say-the-number"); !ok || tip.Part != "common" {
		t.Errorf("Tip = %+v, %v", tip, ok)
	}
	if _, ok := b.Question("no-such-question"); ok {
		t.Error("found a question that is not there")
	}
	again, err := questions.Embedded()
	if err != nil || again.Hash() != b.Hash() || len(b.Hash()) != 64 {
		t.Errorf("hash %q, then %q, %v", b.Hash(), again.Hash(), err)
	}
}

func TestEveryProblemNamesFileAndLine(t *testing.T) {
	const tip = "- id: a\n  text: Do it.\n  part: common\n"
	for name, test := range map[string]struct {
		file, content string
		want          []string // beginnings
	}{
		"unknown field":            {goodFile, good(t, "tags:", "tgas:"), []string{goodFile + `:5: unknown field "tgas"; the fields are id, title`}},
		"unknown field of a point": {goodFile, good(t, "    say: A miss", "    sya: A miss"), []string{goodFile + `:15: unknown field "sya"`}},
		"field twice":              {goodFile, good(t, "kind: open", "kind: open\nkind: open"), []string{goodFile + ":7: kind stands here a second time, first in line 6"}},
		"a list for a text":        {goodFile, good(t, "kind: open", "kind: [open]"), []string{goodFile + ":6: kind is a single value"}},
		"a text for a list":        {goodFile, good(t, "tags: [hit-rate, invalidation, stampede]", "tags: hit-rate"), []string{goodFile + ":5: tags is a list"}},
		"a colon in a text":        {goodFile, good(t, "  - Follow one request", "  - Follow: one request"), []string{goodFile + ":68: an entry of hints is a single value, not a list or a group of fields; a text with \": \" in it needs quotes"}},
		"text for a number":        {goodFile, good(t, "level: 2", "level: two"), []string{goodFile + `:3: level is a whole number, not "two"`}},
		"level out of range":       {goodFile, good(t, "level: 2", "level: 4"), []string{goodFile + ":3: the level is 1, 2 or 3, not 4"}},
		"empty field":              {goodFile, good(t, "title: Why can a cache make a system slower?", "title:"), []string{goodFile + ":2: title is empty"}},
		"missing field":            {goodFile, good(t, "title: Why can a cache make a system slower?\n", ""), []string{goodFile + ":1: title is missing or empty"}},
		"blank text":               {goodFile, good(t, "      - extra hop", "      - \"  \""), []string{goodFile + ":22: an entry of points.0.any is missing or empty"}},
		"unknown kind":             {goodFile, good(t, "kind: open", "kind: essay"), []string{goodFile + `:6: kind is one of open, choice, code, not "essay"`}},
		"options without choice":   {goodFile, good(t, "kind: open", "kind: open\noptions: [{text: a, why: b}]"), []string{goodFile + ":7: only a question of kind choice has options"}},
		"choice without options":   {goodFile, good(t, "kind: open", "kind: choice"), []string{goodFile + ":1: a choice has 2 to 6 options, not 0", goodFile + ":1: no option is right"}},
		"option too long":          {goodFile, good(t, "kind: open", "kind: choice\noptions:\n  - {text: "+strings.Repeat("x", 76)+", right: true, why: b}\n  - {text: c, why: d}"), []string{goodFile + ":8: text has 76 characters; at most 75 fit"}},
		"prompt too long":          {goodFile, good(t, "  instead of down.", strings.Repeat("  many words\n", 100)), []string{goodFile + ":8: prompt has"}},
		"a fourth hint":            {goodFile, good(t, "hints:\n", "hints:\n  - One more\n"), []string{goodFile + ":68: has 4 hints; at most 3 are shown"}},
		"point without phrasings":  {goodFile, good(t, "points:\n", "points:\n  - {id: x, say: y}\n"), []string{goodFile + ":14: has no phrasings"}},
		"point twice":              {goodFile, good(t, "id: hit-rate", "id: miss-cost"), []string{goodFile + `:25: the id "miss-cost" stands here twice`}},
		"id is not the file":       {goodFile, good(t, "id: cache-makes-it-slower", "id: other"), []string{goodFile + `:1: the id is "other" but the file is named "cache-makes-it-slower"`}},
		"topic is not the folder":  {"sql/cache-makes-it-slower.yaml", good(t), []string{`sql/cache-makes-it-slower.yaml:4: the topic is "caching" but the folder is "sql"`}},
		"id with capitals":         {"caching/Big.yaml", good(t, "id: cache-makes-it-slower", "id: Big"), []string{"caching/Big.yaml:1: an id is lower-case letters"}},
		"date":                     {goodFile, good(t, "reviewed: 2026-11-22", "reviewed: 22.11.2026"), []string{goodFile + `:96: reviewed is a date such as 2026-11-22, not "22.11.2026"`}},
		"address":                  {goodFile, good(t, "url: https://redis.io", "url: javascript:redis.io"), []string{goodFile + ":93: the address is not well-formed"}},
		"invisible character":      {goodFile, good(t, "A miss costs two trips", "A miss \u202ecosts two trips"), []string{goodFile + ":15: say holds the invisible character U+202E"}},
		"alias":                    {goodFile, good(t, "kind: open", "kind: &k open\nminutes: *k"), []string{goodFile + ":6: uses an anchor or an alias", goodFile + ":7: uses an anchor or an alias"}},
		"tag":                      {goodFile, good(t, "kind: open", "kind: !!binary b3Blbg=="), []string{goodFile + ":6: uses a tag (!)"}},
		"deep nesting":             {goodFile, "id: " + strings.Repeat("[", 30) + strings.Repeat("]", 30), []string{goodFile + ":1: is nested deeper than 8 levels"}},
		"very deep nesting":        {goodFile, "id: " + strings.Repeat("[", 20000), []string{goodFile + ":"}},
		"not YAML":                 {goodFile, "id: a\n\tb: c\n", []string{goodFile + ":2: cannot be read as YAML"}},
		"two documents":            {goodFile, good(t) + "---\nid: b\n", []string{goodFile + ": cannot be read as YAML: the file holds a second document"}},
		"empty file":               {goodFile, "", []string{goodFile + ": cannot be read as YAML: the file is empty"}},
		"a comment alone":          {goodFile, "# nothing\n", []string{goodFile + ": cannot be read as YAML: the file is empty"}},
		"a list":                   {goodFile, "- a\n", []string{goodFile + ":1: a question has fields"}},
		"byte-order mark":          {goodFile, "\ufeff" + good(t), []string{goodFile + ":1: begins with a byte-order mark"}},
		"UTF-16":                   {goodFile, "\xff\xfei\x00d\x00", []string{goodFile + ":1: begins with a byte-order mark"}},
		"Latin-1":                  {goodFile, "id: a\ntitle: caf\xe9\n", []string{goodFile + ":2: has bytes that are not UTF-8"}},
		"too large":                {goodFile, good(t) + strings.Repeat("#\n", 40000), []string{goodFile + ": holds 65537 bytes; split it, a file may have 65536"}},
		"no such topic":            {"cashing/a.yaml", good(t), []string{"cashing: is no topic; the topics are python"}},
		"yml":                      {"caching/a.yml", good(t), []string{"caching/a.yml: ends in .yml; rename it"}},
		"question at the top":      {"a.yaml", good(t), []string{"a.yaml: is not one of tips.yaml"}},
		"tip too long":             {"tips.yaml", tip + "- id: b\n  text: " + strings.Repeat("word ", 57) + "\n  part: common\n", []string{"tips.yaml:5: text has 284 characters; at most 280 fit"}},
		"tip twice":                {"tips.yaml", tip + tip, []string{`tips.yaml:4: the id "a" is taken by tips.yaml`}},
		"part of a tip":            {"tips.yaml", "- id: a\n  text: Do it.\n  part: cooking\n", []string{"tips.yaml:3: part is one of programming, backend"}},
		"tips are a list":          {"tips.yaml", "id: a\n", []string{"tips.yaml:1: is a list"}},
		"project without parts":    {"projects.yaml", "- {id: a, title: b, size: huge, brief: c}\n", []string{"projects.yaml:1: size is one of small", "projects.yaml:1: learn is missing", "projects.yaml:1: say is missing", "projects.yaml:1: stretch is missing"}},
		"stage":                    {"reverse/a.yaml", "- {id: a, text: b, stage: lunch, reveals: c}\n", []string{"reverse/a.yaml:1: stage is one of recruiter"}},
		"area":                     {"company.yaml", "- {id: a, area: gossip, ask: b, how: c, use: d}\n", []string{"company.yaml:1: area is one of industry"}},
		"first":                    {"first.yaml", "- no-such\n", []string{`first.yaml: names the question "no-such", which does not exist`}},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := questions.Load(dir(test.file, test.content))
			got := problems(err)
			if b != nil || len(got) != len(test.want) {
				t.Fatalf("got %d problems, want %d, bank %v:\n%s", len(got), len(test.want), b != nil, strings.Join(got, "\n"))
			}
			for i, want := range test.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("problem %d:\n got %s\nwant %s…", i, got[i], want)
				}
			}
			if p, ok := errors.AsType[*questions.Problem](err); !ok || p.File == "" {
				t.Errorf("%v is no *Problem with a file", err)
			}
		})
	}
}

func TestAllProblemsOfAllFilesAtOnce(t *testing.T) {
	_, err := questions.Load(dir(goodFile, good(t, "level: 2", "level: 9", "minutes: 5", "minutes: 0"), "tips.yaml", "- id: a\n", "nonsense/x.yaml", ""))
	got := strings.Join(problems(err), "\n")
	for _, want := range []string{"level is", "minutes are", "nonsense: is no topic", "tips.yaml:1: text is missing", "tips.yaml:1: part is"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestLaterFoldersExtendEarlierOnes(t *testing.T) {
	questions.Long(t)
	base, err := questions.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	before, hash, order := len(base.Questions()), base.Hash(), ids(base.Questions())
	extra := dir("caching/our-own.yaml", good(t, "id: cache-makes-it-slower", "id: our-own"),
		"python/aaa.yaml", good(t, "id: cache-makes-it-slower", "id: aaa", "topic: caching", "topic: python"), "tips/ours.yaml", "- {id: ours, text: Do it., part: common}\n",
		".hidden.yaml", "x", "README.md", "x", "caching/notes.txt", "x", "caching/.swp.yaml", "x")
	more, err := base.With(extra)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := more.Question("our-own"); !ok || len(more.Questions()) != before+2 {
		t.Errorf("%d questions after %d", len(more.Questions()), before)
	}
	if _, ok := more.Tip("ours"); !ok {
		t.Error("the tip of the further folder is missing")
	}
	if _, ok := base.Question("our-own"); ok || len(base.Questions()) != before || base.Hash() != hash {
		t.Error("the first bank has changed")
	}
	if _, err := base.With(dir()); err != nil || !slices.Equal(ids(base.Questions()), order) {
		t.Errorf("the order of the first bank has changed, %v", err)
	}
	if more.Hash() == hash {
		t.Error("more content, same hash")
	}
	both, err := questions.Load(questions.Content(), extra)
	if err != nil || both.Hash() != more.Hash() {
		t.Errorf("loaded at once: %v, hash %s, one after the other %s", err, both.Hash(), more.Hash())
	}
	found := more.LintFiles(func(file string) bool { return file == "caching/our-own.yaml" })
	if len(found) != 1 || found[0].Line != 8 || !strings.HasPrefix(found[0].What, "says nearly the same as") {
		t.Errorf("a copy of a question: %v", found)
	}
}

func TestIDsAreTakenAcrossFolders(t *testing.T) {
	questions.Long(t)
	_, err := questions.Load(questions.Content(), dir(goodFile, good(t)))
	if got := problems(err); len(got) != 1 || !strings.HasPrefix(got[0], goodFile+`:1: the id "cache-makes-it-slower" is taken by `+goodFile) {
		t.Errorf("got %v", got)
	}
}

// A folder on disk may hold what no embedded one can.
func TestFoldersOnDisk(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(root+"/caching/odd.yaml", 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := questions.Load(os.DirFS(root)); err == nil || !strings.HasPrefix(err.Error(), "caching/odd.yaml: cannot be read: it is not a regular file") {
		t.Errorf("a folder named like a file: %v", err)
	}
	if _, err := questions.Load(os.DirFS(root + "/none")); err == nil || !strings.Contains(err.Error(), "cannot be read: no such file") {
		t.Errorf("a folder that is not there: %v", err)
	}
	if b, err := questions.Load(os.DirFS(t.TempDir())); err != nil || len(b.Questions()) != 0 {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestReadIsTheInverseOfBody(t *testing.T) {
	b, err := questions.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	hashes := map[string]string{}
	for _, q := range b.Questions() {
		body := q.Body()
		back, err := questions.Read(body)
		if err != nil {
			t.Fatal(err)
		}
		if string(back.Body()) != string(body) {
			t.Errorf("%s changed on the way:\n%s\n%s", q.ID, body, back.Body())
		}
		hashes[questions.Hash(body)] = q.ID
	}
	if len(hashes) != len(b.Questions()) {
		t.Errorf("%d hashes for %d questions", len(hashes), len(b.Questions()))
	}
	if _, err := questions.Read([]byte(`{"id":`)); err == nil {
		t.Error("half a snapshot was read")
	}
	if q, err := questions.Read([]byte(`{"id":"a","later":1}`)); err != nil || q.ID != "a" {
		t.Errorf("a snapshot of a later version: %v, %v", q, err)
	}
	if got := questions.Hash([]byte("")); got != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Errorf("Hash of nothing = %s", got)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(good(f))
	f.Add("- id: a\n  text: b\n  part: common\n")
	f.Add("id: &a [*a]\n")
	f.Add("a: {b: [c, {d: e}]}\n---\n")
	f.Add("? [a]\n: b\n")
	f.Add("id: !!timestamp x\nlevel: 0x7fffffffffffffffffff\n")
	f.Add("id: |2-\n   x\n\xff")
	f.Fuzz(func(t *testing.T, content string) {
		for _, name := range []string{"caching/a.yaml", "tips.yaml", "projects.yaml", "reverse.yaml", "company.yaml", "first.yaml"} {
			files := dir(name, content)
			before := maps.Clone(files)
			b, err := questions.Load(files)
			if (b == nil) != (err != nil) {
				t.Fatalf("bank %v, error %v", b, err)
			}
			if b != nil {
				b.Lint()
			}
			if len(before) != len(files) {
				t.Fatal("loading changed the folder")
			}
		}
	})
}
