package questions_test

import (
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/questions"
)

// lint loads files and returns what the lint says of them.
func lint(t *testing.T, files ...string) []string {
	t.Helper()
	b, err := questions.Load(dir(files...))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, p := range b.Lint() {
		found = append(found, p.Error())
	}
	return found
}

func TestLintOfOneQuestion(t *testing.T) {
	const answer = "  A cache only helps when it is hit."
	long := strings.TrimSuffix(strings.Repeat("word ", 50), " ")
	for name, test := range map[string]struct {
		replace []string
		want    string // after the file name; "" = in order
	}{
		"in order":                         {nil, ""},
		"two phrasings":                    {[]string{"      - look at the hit ratio\n      - latency of hits and misses separately\n      - compare hit latency with miss latency\n      - p99 for hits and misses\n      - trace a request\n      - count hits and misses\n", "      - measuring hit rates\n      - latency of hits and misses separately\n"}, ":56: point measure has 2 different phrasings; it needs at least 3"},
		"a phrasing twice":                 {[]string{"      - trace a request", "      - count hits and misses"}, `:65: the phrasing "count hits and misses" stands here twice`},
		"two hints":                        {[]string{"  - Follow one request that finds nothing in Redis. How many systems does it talk to?\n", ""}, ":68: hints has 2 entries; it needs at least 3"},
		"one follow-up":                    {[]string{"  - How would you let one client refill an entry that ran out, without making all others wait?\n", ""}, ":89: followups has 1 entries"},
		"no sources":                       {[]string{"  - title: \"Redis documentation: cache-aside\"\n    url: https://redis.io/docs/latest/develop/use-cases/cache-aside/\n  - title: \"Nishtala et al., Scaling Memcache at Facebook, NSDI 2013 (leases against thundering herds)\"\n    url: https://www.usenix.org/conference/nsdi13/technical-sessions/presentation/nishtala\n", "  []\n"}, ":92: sources has 0 entries"},
		"no review":                        {[]string{"reviewed: 2026-11-22\n", ""}, ":1: reviewed is missing"},
		"a tag with capitals":              {[]string{"tags: [hit-rate", "tags: [Hit Rate"}, `:5: a tag is lower-case letters, digits and hyphens, not "Hit Rate"`},
		"markup in the title":              {[]string{"title: Why can a cache", "title: Why can a `cache`"}, ":2: is shown as it is: one line without markup"},
		"a heading":                        {[]string{answer, "  ## Answer\n\n" + answer}, `:71: headings are not in the subset: "## Answer"`},
		"a number sign":                    {[]string{answer, "  #1 is easy.\n" + answer}, ""},
		"a table":                          {[]string{answer, "  | a | b |\n\n" + answer}, ":71: tables are not in the subset"},
		"a nested list":                    {[]string{"  - **Serialisation**", "    - **Serialisation**"}, ":71: a list inside a list is not in the subset"},
		"stars for bullets":                {[]string{"  - **Serialisation**", "  * **Serialisation**"}, ":71: list items begin with \"- \""},
		"HTML":                             {[]string{answer, answer + " <b>Yes</b>."}, `:71: HTML is not in the subset; put it between` + " `: \"<b>Yes"},
		"an image":                         {[]string{answer, answer + " ![x](https://a.b/c.png)."}, ":71: images are not in the subset"},
		"a link without TLS":               {[]string{answer, answer + " See [x](http://a.b)."}, ":71: a link needs a text and an address that begins with https://"},
		"a star alone":                     {[]string{"**Stampede**", "**Stampede*"}, ":71: a * or ** has no partner"},
		"a backquote alone":                {[]string{answer, answer + " `x."}, ":71: a ` has no partner"},
		"code without language":            {[]string{answer, "  ```\n  x\n  ```\n\n" + answer}, ":71: a code block names no language"},
		"code without end":                 {[]string{"with jitter.\n", "with jitter.\n\n  ```go\n  x := 1\n"}, ":71: a code block has no closing ```"},
		"Go that does not parse":           {[]string{answer, "  ```go\n  x := [\n  ```\n\n" + answer}, ":71: a go block does not parse"},
		"statements of Go parse":           {[]string{answer, "  ```go\n  x := f(1)\n  go func() { x++ }()\n  ```\n\n" + answer}, ""},
		"declarations of Go parse":         {[]string{answer, "  ```go\n  type T struct{ a int }\n\n  func (t T) A() int { return t.a }\n  ```\n\n" + answer}, ""},
		"JSON that does not parse":         {[]string{answer, "  ```json\n  {a: 1}\n  ```\n\n" + answer}, ":71: a json block does not parse"},
		"brackets that do not match":       {[]string{answer, "  ```python\n  print((1)\n  ```\n\n" + answer}, ":71: a python block does not parse: '(' is never closed"},
		"brackets in strings and comments": {[]string{answer, "  ```python\n  print(\"(\") # ((\n  ```\n\n" + answer}, ""},
		"something left for later":         {[]string{answer, answer + " TODO: more."}, `:71: something was left for later here: "TODO"`},
		"the word to do":                   {[]string{answer, answer + " There is one thing to do."}, ""},
		"a short answer":                   {[]string{"\n  First I would measure the hit rate, then the latency of hits and of misses separately, including the p99. If hits are fast but rare,\n  I would change what is cached or for how long. If hits are slow, I would look at value size and the pool. For stampedes, let one\n  request refill the entry while the others wait or get the old value, and spread expiry times with jitter.", "\n  First I would measure the hit rate.", "  - **Connections**: a pool that is too small makes requests queue for Redis.\n", "", " If the hit rate is low, because keys are rarely asked for again, the\n  time to live is short, or memory is so small that entries are evicted early, most requests pay that price and the average rises.", " The hit rate is low."}, ":71: the answer has"},
		"a long sentence":                  {[]string{answer, answer + " " + long + "."}, ":71: a sentence has 50 words; break it up"},
		"small words alone":                {[]string{"      - trace a request", "      - it is what it is"}, `:64: the phrasing "it is what it is" can never match, it has only small words`},
		"words of the prompt alone":        {[]string{"      - trace a request", "      - average response time"}, `:64: the phrasing "average response time" can never match, it has only words of the title and the prompt`},
		"say without a phrasing":           {[]string{"say: With a low hit rate the cache does not pay", "say: It is a matter of arithmetic"}, ":25: point hit-rate is not found in its own say"},
		"say that negates":                 {[]string{"say: With a low hit rate the cache does not pay", "say: There is no low hit rate"}, ":25: the say of point hit-rate negates its phrasings"},
		"points that overlap":              {[]string{"      - trace a request", "      - latency"}, ""},
		"points that cover another":        {[]string{"      - extra hop\n", "      - extra hop\n      - marshalling happens\n"}, `:23: whoever says "marshalling happens" for miss-cost is given serialisation too`},
		"answer without a point":           {[]string{"  - **Stampede**: a hot key expires and every waiting client runs the same expensive query at the same time.\n", "", "For stampedes, let one", "Let one"}, ":71: the model answer does not cover stampede"},
		"prompt covers a point":            {[]string{"    keep: [measure]", "    keep: [measure]\n  - id: first\n    say: Redis first\n    any: [Redis first of all, put Redis in front, ask the front]\n    keep: [Redis, front, first]"}, ":8: the prompt alone covers first"},
		"hint covers a point":              {[]string{"  - Follow one request that", "  - Think of a thundering herd and follow one request that"}, ":68: the hint gives away stampede"},
		"weak strong sample":               {[]string{"hot keys expiring so a lot of clients rebuild the same value at once (thundering herd)", "many clients", "serializing and deserializing them for every call isn't free", "that costs"}, ":98: the strong sample covers 3 of 5 points"},
		"partial too strong":               {[]string{"maybe give it more memory", "trace a request, check for a thundering herd and for large values"}, ":104: the partial sample covers 5 of 5 points"},
		"partial too weak":                 {[]string{"Probably the hit rate is too low so", "Probably", "an additional hop to", "a trip to"}, ":104: the partial sample covers 0 of 5 points, it should be 30 to 70 %; found: none"},
		"wrong with too much":              {[]string{"and add read replicas.", "because of the thundering herd and the hit rate is too low."}, ":107: the wrong sample covers 2 points"},
		"no samples":                       {[]string{"    Redis is in memory so it can't be the reason. Reads are slower because the cached data is stale and has to be invalidated on every\n    write. I would increase the TTL and use a write-through cache so that the data is always consistent, and add read replicas.\n", ""}, ":98: the wrong sample is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			found := lint(t, goodFile, good(t, test.replace...))
			if test.want == "" {
				if len(found) > 0 {
					t.Errorf("found %s", strings.Join(found, "\n"))
				}
				return
			}
			for _, f := range found {
				if strings.HasPrefix(f, goodFile+test.want) {
					return
				}
			}
			t.Errorf("no %q in\n%s", test.want, strings.Join(found, "\n"))
		})
	}
}

func TestLintFindsNearDuplicates(t *testing.T) {
	tips := "- {id: a, text: Read the plan of one slow query aloud today and explain every line of it., part: backend}\n" +
		"- {id: b, text: Read aloud the plans of one slow query today; explain every line to somebody and a duck., part: backend}\n" +
		"- {id: c, text: Ask a friend to interrupt you while you explain a cache., part: confidence}\n" +
		"- {id: d, text: Ask a friend to interrupt you while you explain a cache twice and slowly., part: confidence}\n"
	got := lint(t, "tips.yaml", tips, "reverse.yaml", "- {id: x, text: 'How do you release?', stage: engineer, reveals: x}\n- {id: y, text: 'How do you release it?', stage: manager, reveals: y}\n")
	want := []string{`reverse.yaml:2: says nearly the same as "x"`, `tips.yaml:2: says nearly the same as "a"`}
	if len(got) != 2 || !strings.HasPrefix(got[0], want[0]) || !strings.HasPrefix(got[1], want[1]) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLintOfLists(t *testing.T) {
	got := lint(t,
		"tips.yaml", "- id: a\n  text: |\n    # Heading <b>\n  part: common\n",
		"projects.yaml", "- id: p\n  title: P\n  size: small\n  brief: \"> quote\"\n  learn: [\"`x\"]\n  say: [TODO]\n  stretch: [fine]\n",
		"company.yaml", "- {id: c, area: values, ask: 'a **b', how: c, use: d}\n")
	want := []string{"company.yaml:1: a * or **", "projects.yaml:4: quotes are not", "projects.yaml:5: a ` has no partner", "projects.yaml:6: something was left", "tips.yaml:2: HTML is not"}
	if len(got) != len(want) {
		t.Fatalf("got %s", strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("got %q, want %q…", got[i], want[i])
		}
	}
}

func TestLintFilesLooksAtTheWantedOnesOnly(t *testing.T) {
	bad := good(t, "reviewed: 2026-11-22\n", "")
	b, err := questions.Load(dir(goodFile, bad, "caching/other.yaml", strings.Replace(bad, "id: cache-makes-it-slower", "id: other", 1)))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range b.LintFiles(func(file string) bool { return file == "caching/other.yaml" }) {
		if p.File != "caching/other.yaml" {
			t.Errorf("found %v", p)
		}
	}
	if n := len(b.Lint()); n != 3 { // two reviews and one near-duplicate
		t.Errorf("%d problems in all: %v", n, b.Lint())
	}
}
