package questions_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/questions"
	"github.com/interviewbot/interviewbot/questions/rubric"
)

func draft() questions.Draft {
	return questions.Draft{
		Title: "What's a naïve cache?", Topic: "caching", Level: 1, Prompt: "What is a cache that never forgets?", Answer: "It grows until memory ends; bound it.",
		Points: []string{"It grows without bound | memory leak | out of memory", "", "Entries need an end: TTL or eviction | + cache | #eviction"}, Author: "Ada",
	}
}

func TestComposeMakesAQuestionThatIsInOrder(t *testing.T) {
	q, faults := questions.Compose(draft())
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if q.ID != "whats-a-naive-cache" || q.Kind != questions.Open || q.Minutes != 5 || q.Author != "Ada" || q.Reviewed != "" {
		t.Errorf("%+v", q)
	}
	if len(q.Points) != 2 || q.Points[0].ID != "it-grows-without-bound" || !slices.Equal(q.Points[0].Any, []string{"memory leak", "out of memory"}) {
		t.Errorf("points %+v", q.Points)
	}
	if p := q.Points[1]; p.ID != "eviction" || !slices.Equal(p.Any, []string{p.Say}) || !slices.Equal(p.Keep, []string{"cache"}) {
		t.Errorf("a point without phrasings is found by its own words: %+v", p)
	}
	if f := q.Rubric().Mark("It leaks memory, and entries need a TTL, an end, or eviction.").Findings; f[0].State != rubric.Found || f[1].State != rubric.Found {
		t.Errorf("findings %+v", f)
	}
	again, err := questions.Read(q.Body())
	if err != nil || !bytes.Equal(again.Body(), q.Body()) {
		t.Errorf("%v, %s became %s", err, q.Body(), again.Body())
	}
}

func TestComposeFillsInWhatMayBeLeftOut(t *testing.T) {
	for prompt, title := range map[string]string{
		"What is a mutex?": "What is a mutex?",
		"What does `sync.Mutex` do? And **when**\nwould you use it?":        "What does sync.Mutex do?",
		"See [the text](https://a.example/x) and say what you think of it.": "See the text and say what you think of it.",
		strings.Repeat("word ", 60):                                         strings.TrimSpace(strings.Repeat("word ", 23)) + "…",
		"何ですか":                                                              "何ですか",
	} {
		q, faults := questions.Compose(questions.Draft{Topic: "sql", Prompt: prompt, Answer: "A."})
		if q.Title != title || q.Level != 2 || len(q.Points) != 0 {
			t.Errorf("%q: %+v", prompt, q)
		}
		if len(faults) > 0 && !strings.Contains(prompt, "](") {
			t.Errorf("%q: %v", prompt, faults)
		}
	}
	q, faults := questions.Compose(questions.Draft{Topic: "sql", Title: "a\u200bb\x00\r\n c ", Prompt: "\ufeffone\r\ntwo\u00a0\u202e", Answer: "x", Points: []string{"Same", "Same", "Ähnlich | \\#1 is `a\\|b`"}})
	if len(faults) > 0 || q.Title != "ab c" || q.Prompt != "one\ntwo" || q.Points[1].ID != "same-2" || q.Points[2].ID != "ahnlich" || q.Points[2].Any[0] != "#1 is `a|b`" {
		t.Errorf("%+v %v", q, faults)
	}
}

func TestComposeNamesTheFieldOfEveryFault(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*questions.Draft)
		want   string
	}{
		"no topic":          {func(d *questions.Draft) { d.Topic = "" }, "topic: topic is missing; it is one of python"},
		"unknown topic":     {func(d *questions.Draft) { d.Topic = "../sql" }, `topic: topic is one of python`},
		"level":             {func(d *questions.Draft) { d.Level = 4 }, "level: the level is 1, 2 or 3, not 4"},
		"no prompt":         {func(d *questions.Draft) { d.Prompt = " \u200b\n" }, "prompt: prompt is missing"},
		"no answer":         {func(d *questions.Draft) { d.Answer = "" }, "answer: answer is missing"},
		"long title":        {func(d *questions.Draft) { d.Title = strings.Repeat("x", 121) }, "title: title has 121 characters; at most 120 fit"},
		"long author":       {func(d *questions.Draft) { d.Author = strings.Repeat("x", 81) }, "author: author has 81"},
		"long point":        {func(d *questions.Draft) { d.Points = []string{strings.Repeat("x", 121)} }, "points: say has 121"},
		"many points":       {func(d *questions.Draft) { d.Points = strings.Split("a b c d e f g", " ") }, "points: has 7 points; at most 6 fit"},
		"id of a point":     {func(d *questions.Draft) { d.Points = []string{"a | #A B"} }, "points: the id of a point is"},
		"a hidden link":     {func(d *questions.Draft) { d.Answer = "[bank](https://evil.example)" }, "answer: a link hides its address"},
		"nothing at all":    {func(d *questions.Draft) { *d = questions.Draft{} }, "prompt: prompt is missing"},
		"code is no link":   {func(d *questions.Draft) { d.Answer = "`m[a](b)`\n```go\nm[a](b)\n```" }, ""},
		"an unusual letter": {func(d *questions.Draft) { d.Answer = "👩‍💻 ok" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := draft()
			test.change(&d)
			_, faults := questions.Compose(d)
			if test.want == "" {
				if len(faults) > 0 {
					t.Error(faults)
				}
				return
			}
			if name == "nothing at all" && len(faults) != 3 { // topic, prompt, answer
				t.Error(faults)
			}
			if !slices.ContainsFunc(faults, func(f questions.Fault) bool { return strings.HasPrefix(f.Field+": "+f.What, test.want) }) {
				t.Errorf("no %q in %v", test.want, faults)
			}
		})
	}
}

func TestSlugIsNoPath(t *testing.T) {
	for text, want := range map[string]string{
		"../../etc/passwd": "etc-passwd", "C:\\x\\y": "c-x-y", "Straße & Œuvre": "stra-e-uvre", "  --a--b--  ": "a-b", "ACID": "acid",
		strings.Repeat("abcde ", 20): strings.TrimSuffix(strings.Repeat("abcde-", 10), "-"),
	} {
		if got := questions.Slug(text, 64); got != want {
			t.Errorf("Slug(%q) = %q, want %q", text, got, want)
		}
	}
	if a, b := questions.Slug("何", 64), questions.Slug("何故", 64); a == b || !strings.HasPrefix(a, "q-") || a != questions.Slug("何", 64) {
		t.Errorf("%q and %q", a, b)
	}
}
