package questions_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/interviewbot/interviewbot/questions"
)

// bankFiles are n small questions for each topic and level, with ids such as sql-2-7.
func bankFiles(n int, topics ...string) fstest.MapFS {
	files := dir()
	for _, topic := range topics {
		for level := 1; level <= 3; level++ {
			for i := range n {
				id := fmt.Sprintf("%s-%d-%d", topic, level, i)
				files[topic+"/"+id+".yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil,
					"id: %s\ntitle: x\nlevel: %d\ntopic: %s\nkind: open\nminutes: 5\nprompt: x\nanswer: x\n", id, level, topic)}
			}
		}
	}
	return files
}

// bankOf makes a bank of bankFiles and a list of openings.
func bankOf(t testing.TB, n int, first string, topics ...string) *questions.Bank {
	t.Helper()
	files := bankFiles(n, topics...)
	if first != "" {
		files["first.yaml"] = &fstest.MapFile{Data: []byte(first)}
	}
	b, err := questions.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// track plays the rounds of a track and returns what was asked.
func track(t testing.TB, b *questions.Bank, rounds int, w questions.Want) (asked []*questions.Question) {
	t.Helper()
	w.Used = map[string]int{}
	for n := 1; n <= rounds; n++ {
		w.Number, w.Week = n, 1+(n-1)/5
		q, _, err := b.Pick(w)
		if err != nil {
			t.Fatal(err)
		}
		asked = append(asked, q)
		w.Used[q.ID] = n
		w.Recent = append([]string{q.Topic}, w.Recent[:min(len(w.Recent), 9)]...)
	}
	return asked
}

func ids(asked []*questions.Question) (list []string) {
	for _, q := range asked {
		list = append(list, q.ID)
	}
	return list
}

func TestNoRepeatUntilAllWereUsedThenTheOldest(t *testing.T) {
	b := bankOf(t, 4, "", "sql", "caching", "security")
	for seed := range uint64(20) {
		asked := ids(track(t, b, 100, questions.Want{Topics: []string{"sql", "caching"}, Seed: seed}))
		seen := map[string]bool{}
		for _, id := range asked[:24] {
			if seen[id] {
				t.Fatalf("seed %d: %s came twice within the first 24: %v", seed, id, asked[:24])
			}
			seen[id] = true
		}
		for i := 24; i < len(asked); i++ {
			if asked[i] != asked[i-24] {
				t.Fatalf("seed %d: round %d asked %s, the one used longest ago was %s", seed, i+1, asked[i], asked[i-24])
			}
		}
	}
}

func TestLeftCountsDown(t *testing.T) {
	b := bankOf(t, 2, "", "sql", "caching")
	w := questions.Want{Topics: []string{"sql"}, Used: map[string]int{}}
	for n := 1; n <= 8; n++ {
		w.Number = n
		q, left, err := b.Pick(w)
		if want := max(0, 6-n); err != nil || left != want {
			t.Errorf("round %d: %d left, want %d, %v", n, left, want, err)
		}
		w.Used[q.ID] = n
	}
}

func TestSameWantSameQuestion(t *testing.T) {
	b := bankOf(t, 10, "", "sql", "caching", "security", "python")
	w := questions.Want{Topics: []string{"sql", "caching", "security"}, Number: 7, Week: 2, Recent: []string{"sql"}, Seed: 3,
		Used: map[string]int{"sql-1-1": 1, "caching-2-1": 2, "security-1-0": 3}, Avoid: map[string]bool{"sql-1-2": true, "sql-1-3": true}}
	want, _, err := b.Pick(w)
	if err != nil {
		t.Fatal(err)
	}
	others := map[string]bool{}
	for i := range uint64(50) {
		if got, _, _ := b.Pick(w); got != want {
			t.Fatalf("the same want gave %s, then %s", want.ID, got.ID)
		}
		v := w
		v.Seed = i
		q, _, _ := b.Pick(v)
		others[q.ID] = true
	}
	if len(others) < 20 {
		t.Errorf("50 seeds gave %d questions", len(others))
	}
}

func TestTopicsInterleave(t *testing.T) {
	topics := []string{"sql", "caching", "security", "messaging", "algorithms"}
	b := bankOf(t, 12, "", topics...)
	for seed := range uint64(10) {
		asked := track(t, b, 100, questions.Want{Topics: topics, Seed: seed})
		count := map[string]int{}
		for i, q := range asked {
			count[q.Topic]++
			if i > 0 && asked[i-1].Topic == q.Topic {
				t.Errorf("seed %d: rounds %d and %d both ask %s", seed, i, i+1, q.Topic)
			}
		}
		for _, topic := range topics {
			if count[topic] < 12 || count[topic] > 28 {
				t.Errorf("seed %d: %s was asked %d times in 100", seed, topic, count[topic])
			}
		}
	}
}

func TestLevelsRampThenStaySteady(t *testing.T) {
	topics := []string{"sql", "caching", "security", "messaging", "algorithms"}
	b := bankOf(t, 40, "", topics...)
	var weeks [12][4]int
	for seed := range uint64(200) {
		for i, q := range track(t, b, 60, questions.Want{Topics: topics, Seed: seed}) {
			weeks[i/5][q.Level]++
		}
	}
	for week, n := range weeks {
		switch {
		case week == 0 && (n[3] > 0 || n[1] < 800), // of 1,000
			week == 3 && (n[1] > 400 || n[3] < 100),
			week >= 4 && (n[1] < 150 || n[2] < 350 || n[3] < 200):
			t.Errorf("week %d: levels %v of 1000", week+1, n[1:])
		}
	}
}

func TestLevelsAskedForAreTheOnlyOnes(t *testing.T) {
	b := bankOf(t, 5, "", "sql", "caching")
	for _, q := range track(t, b, 30, questions.Want{Topics: []string{"sql", "caching"}, Levels: []int{3}}) {
		if q.Level != 3 {
			t.Errorf("%s was asked", q.ID)
		}
	}
}

func TestLanguagesAreOffUntilAskedFor(t *testing.T) {
	b := bankOf(t, 3, "", "sql", "python", "django")
	for _, q := range track(t, b, 30, questions.Want{}) {
		if q.Topic != "sql" {
			t.Errorf("%s was asked", q.ID)
		}
	}
	if q := track(t, b, 1, questions.Want{Topics: []string{"python"}})[0]; q.Topic != "python" {
		t.Errorf("%s was asked", q.ID)
	}
}

func TestOpeningsComeFirstWhereTheyMatch(t *testing.T) {
	first := "- sql-1-2\n- python-1-0\n- caching-2-1\n- sql-3-0\n- caching-1-1\n- sql-1-1\n- sql-2-2\n"
	b := bankOf(t, 6, first, "sql", "caching", "python")
	got := ids(track(t, b, 6, questions.Want{}))[:5]
	if want := []string{"sql-1-2", "caching-2-1", "sql-3-0", "caching-1-1", "sql-1-1"}; !slices.Equal(got, want) {
		t.Errorf("the first five are %v, want %v", got, want)
	}
	if q, _, _ := b.Pick(questions.Want{Number: 6, Week: 2, Seed: 1}); q.ID == "sql-1-2" {
		t.Error("the sixth round began the openings again")
	}
	if got := ids(track(t, b, 5, questions.Want{Levels: []int{2}}))[:2]; !slices.Equal(got, []string{"caching-2-1", "sql-2-2"}) {
		t.Errorf("with level 2 alone the first are %v", got)
	}
}

func TestAThemeGoesFirst(t *testing.T) {
	b := bankOf(t, 2, "- sql-1-0\n", "sql", "caching", "python")
	asked := track(t, b, 12, questions.Want{Theme: "python", Topics: []string{"sql", "caching"}})
	for i, q := range asked {
		if (q.Topic == "python") != (i < 6) {
			t.Errorf("round %d asked %s", i+1, q.ID)
		}
	}
}

func TestAvoidedOnesGiveWay(t *testing.T) {
	b := bankOf(t, 1, "", "sql", "caching")
	avoid := map[string]bool{"sql-1-0": true, "caching-1-0": true, "sql-2-0": true, "not-there": true}
	w := questions.Want{Avoid: avoid, Used: map[string]int{}}
	for n := 1; n <= 3; n++ {
		w.Number, w.Week = n, 1
		q, _, err := b.Pick(w)
		if err != nil || avoid[q.ID] {
			t.Fatalf("round %d asked %v, %v", n, q, err)
		}
		w.Used[q.ID] = n
	}
	w.Number = 4
	q, left, err := b.Pick(w)
	if err != nil || w.Used[q.ID] != 1 || left != 3 {
		t.Errorf("with nothing else left: %v, %d left, %v; want the one of round 1", q, left, err)
	}
	w.Used, w.Avoid = nil, map[string]bool{}
	for _, q := range b.Questions() {
		w.Avoid[q.ID] = true
	}
	if q, _, err := b.Pick(w); err != nil || q == nil {
		t.Errorf("all avoided, none used: %v, %v", q, err)
	}
}

func TestAvoidedOnesGiveWayInsideATopicToo(t *testing.T) {
	b := bankOf(t, 4, "- sql-1-0\n- sql-1-3\n", "sql")
	w := questions.Want{Number: 9, Levels: []int{1}, Used: map[string]int{"sql-1-1": 1}, Avoid: map[string]bool{"sql-1-0": true, "sql-1-1": true, "sql-1-2": true}}
	for seed := range uint64(20) {
		w.Seed = seed
		if q, left, err := b.Pick(w); err != nil || q.ID != "sql-1-3" || left != 2 {
			t.Errorf("seed %d: %v, %d left, %v", seed, q, left, err)
		}
	}
	w.Number = 1
	if q, _, err := b.Pick(w); err != nil || q.ID != "sql-1-3" {
		t.Errorf("an opening that is to be avoided: %v, %v", q, err)
	}
}

func TestLevelsChosenByHandDoNotRamp(t *testing.T) {
	b := bankOf(t, 5, "", "sql")
	hard := 0
	for seed := range uint64(200) {
		if track(t, b, 1, questions.Want{Topics: []string{"sql"}, Levels: []int{1, 2, 3}, Seed: seed})[0].Level == 3 {
			hard++
		}
	}
	if hard < 30 || hard > 90 {
		t.Errorf("%d of 200 first questions are hard, want about 60", hard)
	}
}

// A topic with few questions must last as long as one with many.
func TestAllTopicsRunOutTogether(t *testing.T) {
	files := bankFiles(12, "sql", "caching")
	for name, f := range bankFiles(2, "security") {
		files[name] = f
	}
	b, err := questions.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	early := 0
	for seed := range uint64(100) {
		n := 0
		for _, q := range track(t, b, 26, questions.Want{Levels: []int{2}, Seed: seed})[:13] {
			if q.Topic == "security" {
				n++
			}
		}
		if n == 2 {
			early++
		}
	}
	if early > 70 {
		t.Errorf("the small topic was used up half-way in %d of 100 tracks", early)
	}
}

func TestNothingMatches(t *testing.T) {
	b := bankOf(t, 1, "", "sql")
	for _, w := range []questions.Want{{Topics: []string{"caching"}}, {Topics: []string{"no-such"}}, {Levels: []int{7}}} {
		if q, _, err := b.Pick(w); !errors.Is(err, questions.ErrNone) {
			t.Errorf("Pick(%+v) = %v, %v", w, q, err)
		}
	}
	if _, err := b.PickTip("", nil, 1); !errors.Is(err, questions.ErrNone) {
		t.Errorf("PickTip of none: %v", err)
	}
	if _, err := b.PickPractice("caching", 0, nil, 1); !errors.Is(err, questions.ErrNone) {
		t.Errorf("PickPractice of none: %v", err)
	}
}

func TestPracticeComesRoundToTheOldest(t *testing.T) {
	b := bankOf(t, 3, "", "sql", "caching")
	var recent []string
	for n := range 12 {
		q, err := b.PickPractice("sql", 2, recent, 9)
		if err != nil || q.Topic != "sql" || q.Level != 2 {
			t.Fatalf("practice %d: %v, %v", n, q, err)
		}
		if n < 3 && slices.Contains(recent, q.ID) {
			t.Errorf("practice %d repeats %s of %v", n, q.ID, recent)
		}
		if n >= 3 && q.ID != recent[2] {
			t.Errorf("practice %d: %s, want the oldest of %v", n, q.ID, recent)
		}
		recent = append([]string{q.ID}, recent...)
		recent = recent[:min(len(recent), 3)]
	}
	if q, err := b.PickPractice("", 0, []string{"gone-since", "sql-1-0"}, 9); err != nil || q.ID == "sql-1-0" {
		t.Errorf("any topic: %v, %v", q, err)
	}
}

func TestTipsProjectsAndQuestionsToAsk(t *testing.T) {
	b, err := questions.Load(dir(
		"tips.yaml", "- {id: a, text: A., part: common}\n- {id: b, text: B., part: backend, topic: sql}\n- {id: c, text: C., part: backend}\n",
		"projects.yaml", "- {id: p, title: P, size: small, brief: x, learn: [x], say: [x], stretch: [x]}\n- {id: q, title: Q, size: large, brief: x, learn: [x], say: [x], stretch: [x]}\n",
		"reverse.yaml", "- {id: r, text: R, stage: manager, reveals: x}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		topic  string
		recent []string
		want   []string
	}{
		{"", nil, []string{"a", "b", "c"}},
		{"backend", nil, []string{"b", "c"}},
		{"sql", nil, []string{"b"}},
		{"backend", []string{"c"}, []string{"b"}},
		{"backend", []string{"b", "c"}, []string{"c"}},
	} {
		for seed := range uint64(10) {
			tip, err := b.PickTip(test.topic, test.recent, seed)
			if err != nil || !slices.Contains(test.want, tip.ID) {
				t.Errorf("PickTip(%q, %v) = %v, %v, want one of %v", test.topic, test.recent, tip, err, test.want)
			}
		}
	}
	if p, err := b.PickProject("large", nil, 1); err != nil || p.ID != "q" {
		t.Errorf("PickProject = %v, %v", p, err)
	}
	if r, err := b.PickReverse("manager", []string{"r"}, 1); err != nil || r.ID != "r" {
		t.Errorf("PickReverse = %v, %v", r, err)
	}
	if _, err := b.PickReverse("recruiter", nil, 1); !errors.Is(err, questions.ErrNone) {
		t.Errorf("PickReverse of none: %v", err)
	}
}

// BenchmarkPick is picking from a bank of the size of the one that is built in and from one of ten times that, after 100 rounds. Its metric
// of-small is the time by that of the smaller one: it must not grow with the bank.
func BenchmarkPick(b *testing.B) {
	built, err := questions.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	small := 0.0
	for _, times := range []int{1, 10} {
		bank := bankOf(b, times*len(built.Questions())/15, "", "sql", "caching", "security", "messaging", "algorithms")
		w := questions.Want{Number: 101, Week: 21, Recent: []string{"sql", "caching"}, Used: map[string]int{}}
		for i := range 100 { // spread over the topics, as a track's are
			q := bank.Questions()[i*len(bank.Questions())/100]
			w.Used[q.ID] = i
		}
		b.Run(fmt.Sprintf("%d", len(bank.Questions())), func(b *testing.B) {
			for b.Loop() {
				w.Seed++
				if _, _, err := bank.Pick(w); err != nil {
					b.Fatal(err)
				}
			}
			each := float64(b.Elapsed()) / float64(b.N)
			if small == 0 {
				small = each
			}
			b.ReportMetric(each/small, "of-small")
		})
	}
}
