package rubric_test

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/interviewbot/interviewbot/questions/rubric"
)

const prompt = "Why can a cache make a system slower, and when is reading stale data acceptable?\nwg.Wait(); { x }"

func cache() *rubric.Rubric {
	return rubric.New(prompt, []rubric.Point{
		{ID: "lookups", Say: "A miss costs two lookups", Any: []string{"every miss pays twice", "a miss costs two lookups", "extra round trip on a miss"}},
		{ID: "stampede", Say: "Stampede when a hot key expires", Any: []string{"cache stampede", "thundering herd", "many requests recompute the same key", "dog pile"}},
		{ID: "invalidate", Say: "Invalidate on write", Any: []string{"invalidate the entry on write", "delete the key when the row changes", "commit before invalidating"}},
		{ID: "memory", Say: "It competes for memory", Any: []string{"takes memory from other processes", "does not fit in memory", "evicts hot keys"}},
	})
}

// states writes the findings as + (found), ? (check) and - (missing).
func states(r rubric.Result) string {
	var b strings.Builder
	for _, f := range r.Findings {
		b.WriteByte("-?+"[f.State])
	}
	return b.String()
}

func TestMark(t *testing.T) {
	for name, test := range map[string]struct{ answer, want string }{
		"nothing":                         {"", "----"},
		"plain":                           {"Every miss pays twice, once for the cache and once for the database.", "+---"},
		"other inflection":                {"each time it misses you are paying the price twice", "+---"},
		"other order":                     {"Twice: that is what you pay for a miss.", "+---"},
		"digits for number words":         {"A miss costs 2 lookups", "+---"},
		"one word or two":                 {"dogpile effect", "-+--"},
		"hyphen":                          {"dog-pile effect", "-+--"},
		"camel case":                      {"`dogPile()`", "-+--"},
		"snake case":                      {"dog_pile_guard", "-+--"},
		"irregular forms":                 {"Invalidate the entries that were written", "--+-"},
		"the words are far apart":         {"invalidate what you want. " + strings.Repeat("Something else entirely happens here. ", 6) + "On write, log it.", "----"},
		"over the end of a sentence":      {"Pick the entry. Invalidate it on each write.", "--+-"},
		"a line that wraps":               {"So what I would really do is that I would invalidate the\nentry on each write.", "--+-"},
		"a list":                          {"- every miss pays twice\n- thundering herd\n- delete the key as soon as the row changes\n- hot keys get evicted", "++++"},
		"zero width and soft hyphens":     {"thun\u200bdering h\u00aderd", "-+--"},
		"full width letters":              {"ｔｈｕｎｄｅｒｉｎｇ herd", "-+--"},
		"accents":                         {"thùndéring herd", "-+--"},
		"more than sixty words apart":     {"every miss " + strings.Repeat("the ", 70) + "pays twice", "----"},
		"beyond what is read":             {strings.Repeat("x ", 20_000) + "every miss pays twice", "----"},
		"inside another script":           {"如果 thundering herd 发生 数据库 会很慢", "-+--"},
		"right to left around it":         {"\u202eשלום thundering herd עולם\u202c", "-+--"},
		"emoji between":                   {"thundering 🐃🐃🐃 herd", "-+--"},
		"words that only look like marks": {"<b>thundering</b> herd & @everyone", "-+--"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := states(cache().Mark(test.answer)); got != test.want {
				t.Errorf("Mark(%q) = %s, want %s", test.answer, got, test.want)
			}
		})
	}
}

// Repeating the question reached 0.3 coverage for a quarter of the questions that were measured (PEERS.md, appendix D), and none once the
// words of the question do not count.
func TestEchoCoversNothing(t *testing.T) {
	r := cache()
	words := strings.Fields(prompt)
	for seed := range uint64(50) {
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(words), func(i, k int) { words[i], words[k] = words[k], words[i] })
		echo := prompt + "\n" + strings.Join(words, " ") + "\n" + strings.ToUpper(prompt)
		if got := states(r.Mark(echo)); got != "----" {
			t.Errorf("Mark(%q) = %s", echo, got)
		}
		if n := r.Own(echo); n != 0 {
			t.Errorf("Own(%q) = %d", echo, n)
		}
	}
}

func TestAPartOfACompoundWordIsNotEnough(t *testing.T) {
	r := rubric.New("Which file may be downloaded?", []rubric.Point{{ID: "send", Any: []string{"sendFile"}}})
	for answer, want := range map[string]string{"I send it as it is": "-", "res.sendFile(name)": "+", "use send file": "+", "sendfile": "+"} {
		if got := states(r.Mark(answer)); got != want {
			t.Errorf("%q: %s, want %s", answer, got, want)
		}
	}
}

func TestKeptWordsOfThePromptCount(t *testing.T) {
	point := rubric.Point{ID: "read", Any: []string{"read repair"}}
	if got := states(rubric.New("How are stale reads healed?", []rubric.Point{point}).Mark("It will repair itself")); got != "+" {
		t.Errorf("a word of the prompt was asked for: %s", got)
	}
	point.Keep = []string{"reads"}
	r := rubric.New("How are stale reads healed?", []rubric.Point{point})
	if got := states(r.Mark("It will repair itself")); got != "-" {
		t.Errorf("a kept word was not asked for: %s", got)
	}
	if got := states(r.Mark("By repairing them on read")); got != "+" {
		t.Errorf("a kept word was not found: %s", got)
	}
}

// Undoing one typing mistake in words of five letters or more raised the correlation with human marks (appendix D).
func TestTypingMistakes(t *testing.T) {
	r := rubric.New("How?", []rubric.Point{{ID: "p", Any: []string{"idempotent requests", "polling", "synchronous replication", "stale", "lock"}}})
	if got := states(rubric.New("What is grubbing?", []rubric.Point{{ID: "p", Any: []string{"grabbing"}}}).Mark("grubbing")); got != "-" {
		t.Errorf("a word of the prompt was taken for a typing mistake: %s", got)
	}
	for answer, want := range map[string]string{
		"idempotnet request":       "+", // two letters changed round
		"idempotent reqests":       "+", // a letter missing
		"idemmpotent requests":     "+", // a letter too many
		"idenpotent requests":      "+", // a letter changed
		"idenpotnet requests":      "-", // two mistakes in one word
		"syncronous replication":   "+",
		"asynchronous replication": "-", // one letter away, and the opposite
		"pooling":                  "-", // a word of its own
		"state":                    "-", // a word of its own
		"lick":                     "-", // too short to be sure
	} {
		if got := states(r.Mark(answer)); got != want {
			t.Errorf("Mark(%q) = %s, want %s", answer, got, want)
		}
	}
}

// Without the guard 14 to 28 % of contradictory answers passed, with it half as many; but it also meets true ones, hence "check", never
// "wrong" (appendix D).
func TestNegation(t *testing.T) {
	for answer, want := range map[string]string{
		"A miss does not cost two lookups.":                                                 "?---",
		"A miss doesnt cost two lookups":                                                    "?---",
		"A miss never costs two lookups":                                                    "?---",
		"Invalidating the entry on write is not needed":                                     "--?-",
		"Works without invalidating the entry on write":                                     "--?-",
		"It is not slow by itself, a miss costs two lookups":                                "+---",
		"A miss not only costs two lookups but memory":                                      "+---",
		"A miss costs two lookups, no matter what":                                          "+---",
		"A miss costs two lookups without a local copy":                                     "+---",
		"After all I have seen so far I would certainly not\ninvalidate the entry on write": "--?-",
		"I am not sure why, but every miss pays twice":                                      "+---",
		"the working set doesn't fit in memory":                                             "---+",
		"there is no memory in which it would fit":                                          "---+",
		"the working set fits in memory":                                                    "---?",
		"People say a miss does not cost two lookups. But a miss costs 2 lookups":           "+---",
	} {
		if got := states(cache().Mark(answer)); got != want {
			t.Errorf("Mark(%q) = %s, want %s", answer, got, want)
		}
	}
}

func TestAPhrasingIsFoundInItself(t *testing.T) {
	for _, phrasing := range []string{
		"customer without orders", "either everything or nothing", "not the person but the process", "charged but no order", "find no row",
		"HTML no-cache", "never be used by the planner", "does not help, there is no row", "best of with and without", "no, sorry",
	} {
		r := rubric.New("Which page?", []rubric.Point{{ID: "p", Any: []string{phrasing}}})
		if got := states(r.Mark("Well, " + phrasing + ".")); got != "+" {
			t.Errorf("%q in itself: %s", phrasing, got)
		}
	}
}

func TestNothingAfterAVerbNegatesIt(t *testing.T) {
	r := rubric.New("?", []rubric.Point{{ID: "find", Any: []string{"both find nothing"}}, {ID: "block", Any: []string{"blocks writers"}}})
	for answer, want := range map[string]string{
		"both find nothing":                "+-",
		"They find nothing, both of them":  "+-",
		"both find a row":                  "?-",
		"It blocks writers, nothing else":  "-+",
		"It blocks nobody, writers go on":  "-?",
		"blocks writers without a timeout": "-+",
	} {
		if got := states(r.Mark(answer)); got != want {
			t.Errorf("Mark(%q) = %s, want %s", answer, got, want)
		}
	}
}

func TestTheTightestPlaceDecides(t *testing.T) {
	r := rubric.New("?", []rubric.Point{{ID: "p", Any: []string{"more threads than cores"}}})
	if got := states(r.Mark("Count the cores and the threads. More threads than cores never make sense")); got != "?" {
		t.Errorf("words of another sentence outvoted the negation: %s", got)
	}
}

func TestOrderAroundBefore(t *testing.T) {
	for answer, want := range map[string]string{
		"Commit before invalidating":                     "--+-",
		"Before you invalidate, commit":                  "--+-",
		"Invalidating before the commit":                 "--?-",
		"You have to invalidate it before you commit it": "--?-",
	} {
		if got := states(cache().Mark(answer)); got != want {
			t.Errorf("Mark(%q) = %s, want %s", answer, got, want)
		}
	}
	r := rubric.New("?", []rubric.Point{{ID: "p", Any: []string{"reads are cheaper than writes"}}})
	for answer, want := range map[string]string{"a read is cheaper than a write": "+", "writes are cheaper than reads": "?"} {
		if got := states(r.Mark(answer)); got != want {
			t.Errorf("Mark(%q) = %s, want %s", answer, got, want)
		}
	}
}

func TestShortFormsAndSpelling(t *testing.T) {
	for phrasing, answers := range map[string][]string{
		"database transaction":   {"db tx", "DB txn", "databases with transactions"},
		"optimise the behaviour": {"optimize behavior", "optimizing its behaviors", "optimisation of behaviours"},
		"time-out":               {"timeout", "time out", "timeouts", "timeOut"},
		"deadlock":               {"dead lock", "dead-locks", "deadlocked", "deadLock"},
		"non-blocking IO":        {"nonblocking io", "non-blocking I/O"},
		"indexes":                {"indices", "an index", "indexed"},
		"HTTP/2":                 {"http2", "HTTP/2"},
		"O(log n)":               {"it is O(log n)", "o(log n) time"},
		"C++":                    {"in c++ you would"},
		"1,000 rows":             {"1000 rows", "a thousand rows"},
		"100 ms":                 {"100ms", "hundred ms"},
		"GET is safe":            {"get requests are safe", "a safe GET"},
		"PostgreSQL":             {"postgres", "Postgres"},
		"WaitGroup":              {"wait group", "sync.WaitGroup", "waitgroups"},
		"I/O bound":              {"io bound", "IO-bound", "bound by I/O", "i/o-bound"},
		"readWriteLock":          {"a lock for reading and writing"},
		"None instead":           {"use None as the default"},
		"the client's address":   {"client addresses", "addresses of clients"},
	} {
		r := rubric.New("?", []rubric.Point{{ID: "p", Any: []string{phrasing}}})
		for _, answer := range answers {
			if got := states(r.Mark(answer)); got != "+" {
				t.Errorf("%q is not found in %q: %s", phrasing, answer, got)
			}
		}
	}
	r := rubric.New("?", []rubric.Point{{ID: "p", Any: []string{"C#", "NoSQL store", "deadlock", "one lookup"}}})
	for answer, want := range map[string]string{"dead (lock)": "-", "1. Lookup": "-", "1 lookup": "+", "see the note": "-", "c": "-", "NoSQL store": "+", "no sql store": "?"} {
		if got := states(r.Mark(answer)); got != want {
			t.Errorf("Mark(%q) = %s, want %s", answer, got, want)
		}
	}
}

func TestQuote(t *testing.T) {
	for name, test := range map[string]struct{ answer, want string }{
		"the whole sentence":       {"Hm. In the end every miss pays twice, I think. Next.", "In the end every miss pays twice, I think"},
		"white space is one blank": {"well,   every\tmiss   pays\n\n twice", "well, every miss pays twice"},
		"whole clauses of a long sentence": {
			"There are many things that one could say about this and that but above all I believe, and measured too, that every miss pays twice, for whatever that is worth to you.",
			"and that but above all I believe, and measured too, that every miss pays twice"},
		"invisible characters left out": {"every \u202emiss\u200b pays\x00 twice", "every miss pays twice"},
		"an abbreviation is no end":     {"Costs, e.g. every miss pays twice", "Costs, e.g. every miss pays twice"},
		"code with its brackets":        {"Call pay(miss, twice)", "Call pay(miss, twice)"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := cache().Mark(test.answer).Findings[0].Quote; got != test.want {
				t.Errorf("quote of %q:\n got %q\nwant %q", test.answer, got, test.want)
			}
		})
	}
}

func TestQuoteIsShortAndTheirOwn(t *testing.T) {
	long := strings.Repeat("and furthermore ", 20)
	for _, answer := range []string{
		long + "every miss " + "of course pays dearly twice " + long,
		"every miss " + strings.Repeat("the ", 50) + " pays twice",
		strings.Repeat("ä", 80) + " every miss pays twice " + strings.Repeat("ö", 80),
	} {
		f := cache().Mark(answer).Findings[0]
		if f.State != rubric.Found || f.Quote == "" || utf8.RuneCountInString(f.Quote) > 90 || !strings.Contains(strings.Join(strings.Fields(answer), " "), f.Quote) {
			t.Errorf("quote of %q: %v %q", answer, f.State, f.Quote)
		}
	}
}

func TestOwn(t *testing.T) {
	for name, test := range map[string]struct {
		answer string
		want   int
	}{
		"nothing":                         {"", 0},
		"blanks and marks":                {" \n\t... --- !!! ?", 0},
		"invisible":                       {"\u200b\u200d\u202e\ufeff", 0},
		"emoji":                           {"🎉🎉🎉", 0},
		"the prompt":                      {prompt, 0},
		"small words":                     {"it is that which was to be and so on", 0},
		"the prompt and a little":         {prompt + "\nBecause of network latency", 4},
		"six":                             {"misses cost extra network round trips", 6},
		"twelve, small ones among them":   {"Misses cost an extra trip and stampedes hit the database all at once", 13},
		"one word many times":             {strings.Repeat("word ", 12), 12},
		"code":                            {"for i := range xs { sum += xs[i] }", 13},
		"24 characters without spaces":    {strings.Repeat("缓存命中率低", 4), 12},
		"23 characters without spaces":    {strings.Repeat("缓存命中率低", 4)[3:], 11},
		"code of the prompt":              {"  wg.Wait();{ x }", 0},
		"code of the prompt, changed":     {"  wg.Wait();{ y }", 9},
		"another language":                {"Каждый промах стоит дважды потому что запрос идёт сначала туда потом обратно", 12},
		"words joined by invisible marks": {"one\u200btwo", 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := cache().Own(test.answer); got != test.want {
				t.Errorf("Own(%q) = %d, want %d", test.answer, got, test.want)
			}
		})
	}
}

func TestCounts(t *testing.T) {
	r := cache()
	if ok, n := r.Counts(strings.Repeat("word ", 11)); ok || n != 11 {
		t.Errorf("11 words: %v, %d", ok, n)
	}
	if ok, n := r.Counts(strings.Repeat("word ", 12)); !ok || n != 12 {
		t.Errorf("12 words: %v, %d", ok, n)
	}
}

func TestDeadPhrasings(t *testing.T) {
	r := rubric.New("Why is the cache slow?", []rubric.Point{
		{ID: "a", Any: []string{"it is what it is", "misses", "slow caches"}},
		{ID: "b", Any: []string{"slow caches"}, Keep: []string{"slow"}},
	})
	want := []rubric.Dead{{Point: 0, Phrasing: 0}, {Point: 0, Phrasing: 2, Prompt: true}}
	got := r.Dead()
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("Dead() = %+v, want %+v", got, want)
	}
}

func TestSameAnswerSameResultAtTheSameTime(t *testing.T) {
	r := cache()
	answer := "every miss pays twice, and a thundering herd does not fit in memory"
	want := r.Mark(answer)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got := r.Mark(answer)
			for i := range want.Findings {
				if got.Findings[i] != want.Findings[i] {
					t.Errorf("finding %d: %+v, want %+v", i, got.Findings[i], want.Findings[i])
				}
			}
		})
	}
	wg.Wait()
}

// Whatever is sent, marking ends soon: the texts are those for which something in the code repeats the most.
func TestHostileTexts(t *testing.T) {
	r := cache()
	noise := make([]byte, 1<<20)
	random := rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(noise)
	for name, text := range map[string]string{
		"one word":         strings.Repeat("miss ", 1<<18),
		"two words":        strings.Repeat("miss twice ", 1<<17),
		"a whole phrase":   strings.Repeat("commit before invalidating not ", 1<<15),
		"turns":            "commit " + strings.Repeat("before ", 1<<17) + "invalidate",
		"small words":      "miss " + strings.Repeat("the ", 1<<18) + " twice",
		"negations":        "miss " + strings.Repeat("not ", 1<<18) + " twice",
		"typing mistakes":  strings.Repeat("thunderimg ", 1<<16),
		"one endless word": strings.Repeat("a", 1<<20),
		"camel case":       strings.Repeat("aB", 1<<19),
		"line breaks":      strings.Repeat("\n", 1<<20),
		"brackets":         strings.Repeat("miss(twice", 1<<17),
		"combining marks":  "e" + strings.Repeat("\u0301", 1<<19),
		"no spaces":        strings.Repeat("缓", 1<<18),
		"invisible":        strings.Repeat("\u200b", 1<<18),
		"bytes":            string(noise),
		"zeros":            strings.Repeat("\x00", 1<<20),
	} {
		began := time.Now()
		result := r.Mark(text)
		_, words := r.Counts(text)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if len(result.Findings) != 4 || words < 0 {
			t.Errorf("%s: %d findings, %d words", name, len(result.Findings), words)
		}
		for _, f := range result.Findings {
			if utf8.RuneCountInString(f.Quote) > 90 || !utf8.ValidString(f.Quote) || strings.ContainsAny(f.Quote, "\n\x00") {
				t.Errorf("%s: quote %q", name, f.Quote)
			}
		}
	}
}

func FuzzMark(f *testing.F) {
	f.Add(prompt, "every miss pays twice", "A miss costs 2 lookups, but not always.")
	f.Add("", "\xff\xfe", "don't \u200b`x`\r\n- 1. c++ C# ’")
	f.Add("non-", "non-non- non", "NON-non i.e. e.g. 1,000.5ms 2nd 3rdx")
	f.Fuzz(func(t *testing.T, prompt, phrasing, answer string) {
		r := rubric.New(prompt, []rubric.Point{{ID: "p", Any: []string{phrasing}}})
		for _, finding := range r.Mark(answer).Findings {
			if (finding.Quote == "") != (finding.State == rubric.Missing) && utf8.ValidString(answer) {
				t.Errorf("state %v with quote %q", finding.State, finding.Quote)
			}
		}
		if r.Mark(prompt).Found() != 0 {
			t.Errorf("the prompt %q covers %q", prompt, phrasing)
		}
		if n := r.Own(prompt); n != 0 {
			t.Errorf("the prompt %q has %d words of its own", prompt, n)
		}
	})
}
