package questions_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/interviewbot/interviewbot/questions"
)

// said is all that an import says of its entries, one line each: line, id, topic, faults, notes.
func said(entries []questions.Entry) (lines []string) {
	for _, e := range entries {
		s := fmt.Sprintf("%d %s %s", e.Line, e.Question.ID, e.Question.Topic)
		for _, f := range e.Faults {
			s += fmt.Sprintf(" ! %s: %s", f.Field, f.What)
		}
		for _, n := range e.Notes {
			s += " ~ " + n
		}
		lines = append(lines, s)
	}
	return lines
}

func embedded(t testing.TB) *questions.Bank {
	t.Helper()
	b, err := questions.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestImport(t *testing.T) {
	questions.Long(t)
	const min = "question,answer\n"
	bank := embedded(t)
	for name, test := range map[string]struct {
		format  questions.Format
		content string
		topic   string
		want    []string // parts of each entry's line; an entry more or less is an error
		fails   string
	}{
		"two columns are enough":            {questions.CSV, min + "What is a zebra index?,\"Stripes, in rows\"\n", "sql", []string{"2 what-is-a-zebra-index sql"}, ""},
		"the topic is guessed":              {questions.CSV, min + "\"How does a Go channel block a goroutine in our billing service?\",It waits\n", "", []string{"golang ~ names no topic; by its words it is taken for golang"}, ""},
		"capitals and order do not matter":  {questions.CSV, "Answer,QUESTION,Topic\nIt waits,What would a zebra do?,Caching\n", "", []string{"2 what-would-a-zebra-do caching"}, ""},
		"semicolons, as spreadsheets write": {questions.CSV, "question;answer;level\nWhat is a zebra, really?;Stripes;3\n", "sql", []string{"2 what-is-a-zebra-really sql"}, ""},
		"a byte-order mark of Excel":        {questions.CSV, "\xef\xbb\xbf" + min + "What is a zebra?,Stripes\n", "sql", []string{"what-is-a-zebra sql"}, ""},
		"lines are those of the file":       {questions.CSV, min + "\"What is\na zebra?\",A\n\n , \nWhat is a lynx?,B\n", "sql", []string{"2 ", "6 what-is-a-lynx"}, ""},
		"answer missing":                    {questions.CSV, min + "What is a zebra?,\n", "sql", []string{"! answer: answer is missing or empty; fill it in"}, ""},
		"a level in words":                  {questions.CSV, "question,answer,level\nWhat is a zebra?,A,hard\n", "sql", []string{`! level: level is a whole number, not "hard"`}, ""},
		"an unknown topic":                  {questions.CSV, "question,answer,topic\nWhat is a zebra?,A,zoo\n", "sql", []string{"! topic: topic is one of python"}, ""},
		"a comma too many":                  {questions.CSV, min + "What is a zebra?,A,B\n", "sql", []string{"! : has 3 cells, but there are 2 columns"}, ""},
		"a path for an id":                  {questions.CSV, "id,question,answer\n../../x,What is a zebra?,A\n", "sql", []string{"! id: an id is lower-case letters"}, ""},
		"an id of the bank":                 {questions.CSV, "id,question,answer\ncache-makes-it-slower,What is a zebra?,A\n", "sql", []string{`! id: the id "cache-makes-it-slower" belongs to a question of the bank that is built in`}, ""},
		"the same twice":                    {questions.CSV, min + "Why would zebras outrun lions at dusk?,A\n\"And why, then, would a zebra outrun the lion at dusk?\",B\n", "sql", []string{"2 ", "! prompt: says the same as line 2"}, ""},
		"the same short one twice":          {questions.CSV, "id,question,answer\na,What is a zebra?,A\nb,what is  a Zebra?,B\n", "sql", []string{"2 ", "! prompt: says the same as line 2"}, ""},
		"short ones with one word":          {questions.CSV, min + "What is a zebra?,A\nWhere are the zebras?,B\n", "sql", []string{"2 ", "3 where-are-the-zebras sql ~ says nearly the same as line 2"}, ""},
		"an id twice":                       {questions.CSV, "id,question,answer\nz,What is a zebra?,A\nz,Where do lynxes live?,A\n", "sql", []string{"2 z", `! id: the id "z" is that of line 2 too`}, ""},
		"nearly the same":                   {questions.CSV, min + "How would zebras alpha bravo charlie delta echo foxtrot golf hotel?,A\nHow would zebras alpha bravo charlie delta echo foxtrot golf lima?,A\n", "sql", []string{"2 ", "~ says nearly the same as line 2"}, ""},
		"titles alike, words different":     {questions.CSV, "title,question,answer\nZebras,What is a zebra?,A\nZebras,Where do lynxes sleep and hunt?,A\n", "sql", []string{"2 zebras sql", "3 zebras-"}, ""},
		"markup that would show":            {questions.CSV, min + "What is a zebra?,# Heading\n", "sql", []string{"~ answer: headings are not in the subset"}, ""},
		"a formula is text":                 {questions.CSV, min + "'=1+1 is what in Excel?,'+A\n", "sql", []string{"2 1-1-is-what-in-excel sql"}, ""},
		"no header":                         {questions.CSV, "What is a zebra?,Stripes\n", "", nil, `line 1: there is no column "What is a zebra?"; the first line names the columns: id, title`},
		"no answer column":                  {questions.CSV, "question,title\na,b\n", "", nil, "line 1: there is no column answer"},
		"a column twice":                    {questions.CSV, "question,prompt,answer\n", "", nil, "line 1: the column prompt is there twice"},
		"a quote left open":                 {questions.CSV, min + "a,\"b\nc,d\n", "", nil, "line 3: the quotes do not match, from line 2 on"},
		"header alone":                      {questions.CSV, min, "", nil, "holds no questions"},
		"empty":                             {questions.CSV, "", "", nil, "is empty"},
		"UTF-16":                            {questions.CSV, "\xff\xfeq\x00", "", nil, "line 1: has bytes that are not UTF-8"},
		"Latin-1":                           {questions.CSV, min + "Na\xefve?,A\n", "", nil, "line 2: has bytes that are not UTF-8; save it as UTF-8"},
		"zero bytes":                        {questions.CSV, "q\x00", "", nil, "line 1: has a zero byte"},
		"too big":                           {questions.CSV, strings.Repeat("x", questions.ImportLimit+1), "", nil, "holds more than 5 MiB"},
		"too many":                          {questions.CSV, min + strings.Repeat("a,b\n", questions.EntryLimit+1), "", nil, "line 2002: holds more than 2000 questions"},
		"an unknown format":                 {"xml", "x", "", nil, "the format is json, csv or anki"},

		"JSON":                 {questions.JSON, `[{"prompt": "What is a zebra?", "answer": "A", "topic": "sql", "hints": null}]`, "", []string{"1 what-is-a-zebra sql"}, ""},
		"one object":           {questions.JSON, "\n{\"prompt\": \"What is a zebra \\ud83e\\udd93?\", \"answer\": \"A\", \"topic\": \"sql\"}\n", "", []string{"2 what-is-a-zebra sql"}, ""},
		"an unknown field":     {questions.JSON, "[{\"prompt\": \"What is a zebra?\",\n\"anser\": \"A\"}]", "sql", []string{`! : unknown field "anser"; the fields are`}, ""},
		"a field twice":        {questions.JSON, "[{\"prompt\": \"What is a zebra?\", \"answer\": \"A\",\n\"answer\": \"B\"}]", "sql", []string{"! : answer stands here a second time"}, ""},
		"a text for a list":    {questions.JSON, `[{"prompt": "What is a zebra?", "answer": "A", "hints": "x"}]`, "sql", []string{"! : hints is a list"}, ""},
		"not an object":        {questions.JSON, `["x"]`, "sql", []string{"! : a question has fields"}, ""},
		"a number alone":       {questions.JSON, `3`, "", nil, "line 1: is a list of questions"},
		"deep nesting":         {questions.JSON, strings.Repeat("[\n", 100000), "", nil, "line 10: cannot be read as JSON: is nested deeper than 8 levels"},
		"JSON that ends early": {questions.JSON, "[\n{\"prompt\":", "", nil, "line 2: cannot be read as JSON: the file ends too early"},
		"JSON that is none":    {questions.JSON, "[\n{\"prompt\" \"x\"}]", "", nil, "line 2: cannot be read as JSON: invalid character"},
		"two lists":            {questions.JSON, "[]\n[]", "", nil, "line 2: cannot be read as JSON: something follows"},
		"an empty list":        {questions.JSON, "[]", "", nil, "holds no questions"},
		"too many in JSON":     {questions.JSON, "[" + strings.Repeat("{},\n", questions.EntryLimit) + "{}]", "", nil, "line 2001: holds more than"},

		"Anki":                      {questions.Anki, "#separator:tab\n#html:true\nWhat is a zebra?\t<b>Stripes</b>&lt;T&gt;\n", "sql", []string{"3 what-is-a-zebra sql ~ answer: HTML is not in the subset"}, ""},
		"Anki's decks are topics":   {questions.Anki, "#separator:Semicolon\n#html:false\n#deck column:1\n#tags column:4\nWork::Caching;What is a zebra?;A;x\nNone;What is a lynx?;B;SQL::x\n", "", []string{"caching", "sql"}, ""},
		"a deck for all":            {questions.Anki, "#deck:Go\nWhat is a zebra?\tA\n", "", []string{"2 what-is-a-zebra golang"}, ""},
		"other columns":             {questions.Anki, "#separator:tab\n#guid column:1\n#columns:GUID\tExtra\tBack\tFront\nxx\tmore\tA\tWhat is a zebra?\n", "sql", []string{"4 what-is-a-zebra sql ~ field 2 is passed over"}, ""},
		"quotes of Anki":            {questions.Anki, "#html:false\n\"What is \"\"a\"\"\n\nzebra?\"\tA \"b\" c\n# comment\nWhat is a lynx?\tB\n", "sql", []string{"2 what-is-a sql", "6 what-is-a-lynx"}, ""},
		"cloze":                     {questions.Anki, "#html:false\nA zebra has {{c1::stripes::pattern}}.\t\n", "sql", []string{"2 a-zebra-has sql"}, ""},
		"pictures":                  {questions.Anki, "What is <img src=\"../../x.png\">this zebra?\tA[sound:x.mp3]\n", "sql", []string{"~ a picture or a sound is left out"}, ""},
		"no back":                   {questions.Anki, "What is a zebra?\n", "sql", []string{"! answer: answer is missing"}, ""},
		"a quote of Anki left open": {questions.Anki, "a\tb\n\"What\tA\n", "", nil, "line 2: a quote that begins here is never closed"},
	} {
		t.Run(name, func(t *testing.T) {
			entries, err := questions.Import([]byte(test.content), test.format, questions.Importing{Bank: bank, Topic: test.topic})
			if test.fails != "" {
				if err == nil || !strings.HasPrefix(err.Error(), test.fails) {
					t.Errorf("got %v, %v", err, said(entries))
				}
				return
			}
			if err != nil || len(entries) != len(test.want) {
				t.Fatalf("%v, %q", err, said(entries))
			}
			for i, line := range said(entries) {
				if !strings.Contains(line, test.want[i]) {
					t.Errorf("no %q in %q", test.want[i], line)
				}
				if !strings.Contains(test.want[i], "!") && len(entries[i].Faults) > 0 {
					t.Errorf("faults: %s", line)
				}
			}
		})
	}
}

// A hostile file is refused in seconds and with few words; these have a fifth of the largest size.
func TestHostileImportsEndSoon(t *testing.T) {
	questions.Long(t)
	fill := func(unit string) string { return strings.Repeat(unit, questions.ImportLimit/5/len(unit)) }
	began := time.Now()
	for name, test := range map[string]struct {
		format  questions.Format
		content string
	}{
		"points":          {questions.JSON, `[{"prompt":"x","answer":"y","points":[{}` + fill(`,{"say":"a"}`) + `]}]`},
		"options":         {questions.JSON, `[{"prompt":"x","answer":"y","options":[{}` + fill(`,{"text":"a"}`) + `]}]`},
		"phrasings":       {questions.JSON, `[{"prompt":"x","answer":"y","points":[{"say":"a","any":["b"` + fill(`,"c"`) + `]}]}]`},
		"unknown fields":  {questions.JSON, `[{"a":1` + fill(`,"b":1`) + `}]`},
		"lines of a cell": {questions.CSV, "question,answer,points\nx,y,\"" + fill("a\n") + "\"\n"},
		"a long prompt":   {questions.CSV, "question,answer\n\"" + fill("- `a` **b** \n") + "\",y\n"},
		"tags":            {questions.Anki, "#html:true\n" + fill(strings.Repeat("<a '", 15000)+"\ty\n")},
		"scripts":         {questions.Anki, "#html:true\n" + fill(strings.Repeat("<script>", 7000)+"\ty\n")},
		"clozes":          {questions.Anki, "#html:false\n" + fill(strings.Repeat("{{c1::", 10000)+"\ty\n")},
		"tag cells":       {questions.Anki, "#tags column:3\nx\ty\t" + fill("a b c ")},
	} {
		entries, err := questions.Import([]byte(test.content), test.format, questions.Importing{Topic: "sql"})
		for _, e := range entries {
			if len(e.Faults) == 0 || len(e.Faults) > 11 {
				t.Errorf("%s: %d faults", name, len(e.Faults))
			}
		}
		if err == nil && len(entries) == 0 {
			t.Errorf("%s: neither entries nor an error", name)
		}
	}
	if took := time.Since(began); took > 2*time.Minute { // some seconds as a rule
		t.Errorf("it took %v", took)
	}
}

func TestImportedTextIsPlain(t *testing.T) {
	content := "#separator:tab\n#html:true\n" +
		"\"<style>b{}</style><div>What does <code>go f()</code> do&nbsp;&amp; why?</div><script>alert('</b>')</script><!-- x --><p>Say\n more.</p>\"\t" +
		"\"<ul><li>It <i>starts</i></li><li>a &lt;goroutine&gt;</li></ul><pre><code>go f()\n\n  x &lt; 1</code></pre><ol><li>one<li>two</ol>1 < 2<br>done <a href=\"\"javascript:x\"\">link</a>\"\n"
	entries, err := questions.Import([]byte(content), questions.Anki, questions.Importing{Topic: "golang"})
	if err != nil {
		t.Fatal(err)
	}
	q := entries[0].Question
	if want := "What does `go f()` do & why?\n\nSay more."; q.Prompt != want {
		t.Errorf("prompt %q, want %q", q.Prompt, want)
	}
	if want := "- It starts\n- a <goroutine>\n\n```text\ngo f()\n\n  x < 1\n```\n\n1. one\n2. two\n\n1 < 2\n\ndone link"; q.Answer != want {
		t.Errorf("answer %q, want %q", q.Answer, want)
	}
}

// own is the embedded bank with a folder of one question.
func own(t *testing.T, id, prompt string) *questions.Bank {
	t.Helper()
	b, err := embedded(t).With(dir("sql/"+id+".yaml", "id: "+id+"\ntitle: "+prompt+"\nlevel: 1\ntopic: sql\nkind: open\nminutes: 5\nprompt: "+prompt+"\nanswer: A\n"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestImportReplacesOwnContentOnlyWhenAsked(t *testing.T) {
	questions.Long(t)
	b := own(t, "what-is-a-zebra", "What is a zebra?")
	content := []byte("topic,question,answer\ncaching,What is a zebra?,B\n")
	entries, err := questions.Import(content, questions.CSV, questions.Importing{Bank: b})
	if err != nil || len(entries[0].Faults) != 1 || !strings.Contains(entries[0].Faults[0].What, `the id "what-is-a-zebra" is taken by sql/what-is-a-zebra.yaml; --replace`) {
		t.Errorf("%v %q", err, said(entries))
	}
	entries, err = questions.Import(content, questions.CSV, questions.Importing{Bank: b, Replace: true})
	if err != nil || len(entries[0].Faults) != 0 || entries[0].Replaces != "sql/what-is-a-zebra.yaml" || entries[0].Question.File() != "caching/what-is-a-zebra.yaml" {
		t.Errorf("%v %q %+v", err, said(entries), entries)
	}
	entries, err = questions.Import([]byte("question,answer\nWhat is a zebra?,B\n"), questions.CSV, questions.Importing{Bank: b, Replace: true})
	if err != nil || entries[0].Question.File() != "sql/what-is-a-zebra.yaml" {
		t.Errorf("a question that is replaced does not keep its topic: %v %q", err, said(entries))
	}
	other, err := questions.Import([]byte("topic,title,question,answer\nsql,What is a zebra?,Where do lynxes sleep and hunt?,B\n"), questions.CSV, questions.Importing{Bank: b, Replace: true})
	if err != nil || other[0].Replaces != "" || other[0].Question.ID == "what-is-a-zebra" {
		t.Errorf("another question of the same title would be replaced: %v %+v", err, other)
	}
	bank, err := questions.Import([]byte("id,question,answer\ncache-makes-it-slower,Where do lynxes sleep?,B\n"), questions.CSV, questions.Importing{Bank: b, Replace: true})
	if err != nil || len(bank[0].Faults) == 0 {
		t.Errorf("a question of the bank that is built in would be replaced: %v", bank)
	}
}

func TestImportTellsItsProgress(t *testing.T) {
	var told []int
	content := "id,question,answer,topic\n"
	for i := range 250 {
		content += fmt.Sprintf("q%d,word%d?,A,sql\n", i, i)
	}
	_, err := questions.Import([]byte(content), questions.CSV, questions.Importing{Progress: func(done, of int) { told = append(told, done, of) }})
	if err != nil || !slices.Equal(told, []int{100, 250, 200, 250}) {
		t.Errorf("%v %v", err, told)
	}
}

// The whole bank survives JSON and CSV, but for blanks at the ends of texts; line breaks inside the entries of a list, which mean a blank,
// are blanks in CSV.
func TestBankGoesThroughExportAndImport(t *testing.T) {
	questions.Long(t)
	var some []*questions.Question // of each topic and level: all of them take long
	for i, q := range embedded(t).Questions() {
		if i%4 == 0 {
			some = append(some, q)
		}
	}
	for _, f := range []questions.Format{questions.JSON, questions.CSV} {
		var out bytes.Buffer
		if err := questions.Export(&out, f, some); err != nil {
			t.Fatal(err)
		}
		entries, err := questions.Import(out.Bytes(), f, questions.Importing{})
		if err != nil || len(entries) != len(some) {
			t.Fatalf("%s: %v, %d entries", f, err, len(entries))
		}
		for i, e := range entries {
			want := *some[i]
			if len(e.Faults) > 0 {
				t.Errorf("%s: %v", f, e.Faults)
			}
			if got := string(e.Question.Body()); unbroken(got, f) != unbroken(string(want.Body()), f) {
				t.Errorf("%s: %s became %s", f, want.ID, got)
			}
		}
	}
}

// unbroken takes blanks from the ends of texts, and makes blanks of line breaks where the format does.
func unbroken(body string, f questions.Format) string {
	body = strings.ReplaceAll(body, ` "`, `"`) // nowhere but at the end of a text
	if f == questions.CSV {
		return strings.Join(strings.Fields(strings.ReplaceAll(body, `\n`, " ")), " ")
	}
	return body
}

func TestCellsThatASpreadsheetWouldRunAreText(t *testing.T) {
	for _, title := range []string{"=cmd|' /C calc'!A0", "+1", "-1 - x", "@SUM(A1)", "'=1", "''+1", "'quoted'", "plain", "＝1", "a\"b,c"} {
		q, faults := questions.Compose(questions.Draft{Title: title, Topic: "sql", Prompt: title + "\n" + title, Answer: title, Points: []string{"x " + title}})
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		var out bytes.Buffer
		if err := questions.Export(&out, questions.CSV, []*questions.Question{q}); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{`"=`, `"+`, `"-`, `"@`, `"＝`} {
			if strings.Contains(strings.ReplaceAll(out.String(), `""`, ""), bad) {
				t.Errorf("%q stands bare in %s", title, out.String())
			}
		}
		entries, err := questions.Import(out.Bytes(), questions.CSV, questions.Importing{})
		if err != nil || !bytes.Equal(entries[0].Question.Body(), q.Body()) {
			t.Errorf("%q: %v %s became %s", title, err, q.Body(), entries[0].Question.Body())
		}
	}
}

func TestAnkiExport(t *testing.T) {
	q, faults := questions.Compose(questions.Draft{Topic: "golang", Title: "T", Level: 3, Prompt: "What is `a<b>`?\nSay **why**.\n\n- one\n  goes on\n- two *x*\n\n```go\nx := \"1 < 2\"\n```\n\nEnd.", Answer: "<script>no</script>\n1. a\n2. b", Points: []string{"It is <b>"}})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	var out bytes.Buffer
	if err := questions.Export(&out, questions.Anki, []*questions.Question{q}); err != nil {
		t.Fatal(err)
	}
	want := "#separator:tab\n#html:true\n#columns:Front\tBack\tTags\tDeck\n#tags column:3\n#deck column:4\n" +
		"\"<p>What is <code>a&lt;b&gt;</code>? Say <b>why</b>.</p><ul><li>one goes on</li><li>two <i>x</i></li></ul><pre><code>x := &#34;1 &lt; 2&#34;</code></pre><p>End.</p>\"\t" +
		"\"<ul><li>It is &lt;b&gt;</li></ul><p>&lt;script&gt;no&lt;/script&gt;</p><ol><li>a</li><li>b</li></ol>\"\t\"golang level-3\"\t\"Interviewbot::Go\"\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	entries, err := questions.Import(out.Bytes(), questions.Anki, questions.Importing{})
	if err != nil || len(entries) != 1 || entries[0].Question.Topic != "golang" || !strings.Contains(entries[0].Question.Prompt, "x := \"1 < 2\"") {
		t.Errorf("%v %+v", err, entries)
	}
}

func TestTheBankExportsToAnki(t *testing.T) {
	questions.Long(t)
	var out bytes.Buffer
	bank := embedded(t)
	if err := questions.Export(&out, questions.Anki, bank.Questions()); err != nil {
		t.Fatal(err)
	}
	entries, err := questions.Import(out.Bytes(), questions.Anki, questions.Importing{})
	if err != nil || len(entries) != len(bank.Questions()) {
		t.Fatalf("%v, %d entries", err, len(entries))
	}
	for i, e := range entries {
		if want := bank.Questions()[i]; e.Question.Topic != want.Topic || e.Question.Level != want.Level || len([]rune(e.Question.Prompt)) < len([]rune(want.Prompt))*3/4 {
			t.Errorf("%s became %+v", want.ID, e.Question)
		}
	}
}

// Whatever passes Validate is the same after it was written to a file of content and loaded.
func TestYAMLLoadsAsItWasWritten(t *testing.T) {
	questions.Long(t)
	bank := embedded(t)
	reload := func(q *questions.Question) (*questions.Question, string, error) {
		file, err := q.YAML()
		if err != nil {
			return nil, "", err
		}
		b, err := questions.Load(dir(q.File(), string(file)))
		if err != nil {
			return nil, string(file), err
		}
		got, _ := b.Question(q.ID)
		return got, string(file), nil
	}
	for _, q := range bank.Questions() {
		if got, file, err := reload(q); err != nil || unbroken(string(got.Body()), questions.JSON) != unbroken(string(q.Body()), questions.JSON) {
			t.Fatalf("%v\n%s", err, file)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab 'no\"|>-?:#&*!%@`{}[],\\\t\n=~0123.éß漢🦓\u2028\u0085")), 1, 40, -1)
		d := questions.Draft{Topic: "sql", Title: text.Draw(t, "title"), Prompt: text.Draw(t, "prompt"), Answer: text.Draw(t, "answer"), Author: text.Draw(t, "author"), Points: rapid.SliceOfN(text, 0, 3).Draw(t, "points")}
		q, faults := questions.Compose(d)
		if len(faults) > 0 {
			return
		}
		got, file, err := reload(q)
		if err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		if string(got.Body()) != string(q.Body()) {
			t.Fatalf("%s became %s\n%s", q.Body(), got.Body(), file)
		}
	})
}

func FuzzImport(f *testing.F) {
	for _, s := range []string{"question,answer\nWhat?,A\n", `[{"prompt":"x","answer":"y","points":[{"say":"z"}]}]`, "#html:true\n<b>x</b>\t<pre>y\n", "[{\"a\":[[[]]]}]", "a\t\"b\"\"c\n\"", "<script></SCRIPT><!--"} {
		for i := range 3 {
			f.Add([]byte(s), uint8(i))
		}
	}
	formats := []questions.Format{questions.CSV, questions.Anki, questions.JSON}
	f.Fuzz(func(t *testing.T, content []byte, which uint8) {
		format := formats[int(which)%3]
		entries, err := questions.Import(content, format, questions.Importing{Topic: "sql"})
		if err != nil {
			return
		}
		for _, e := range entries {
			if e.Line < 1 || e.Question == nil {
				t.Fatalf("%+v", e)
			}
			if len(e.Faults) > 0 {
				continue
			}
			file, err := e.Question.YAML()
			if err != nil {
				t.Fatal(err)
			}
			b, err := questions.Load(dir(e.Question.File(), string(file)))
			if err != nil {
				t.Fatalf("%v\n%s", err, file)
			}
			if q, _ := b.Question(e.Question.ID); string(q.Body()) != string(e.Question.Body()) {
				t.Fatalf("%s became %s", e.Question.Body(), q.Body())
			}
		}
	})
}

func TestEntriesOnOneLineAreToldApart(t *testing.T) {
	entries, err := questions.Import([]byte(`[{"id":"a","prompt":"What is a zebra?","answer":["x"],"topic":"sql"},{"id":"a","prompt":"Where do lynxes sleep?","answer":"x","topic":"sql"}]`), questions.JSON, questions.Importing{})
	if err != nil || len(entries) != 2 {
		t.Fatal(entries, err)
	}
	if got := entries[1].Place(); got != "line 1, question 2" {
		t.Errorf("the second is at %s", got)
	}
	if f := entries[1].Faults; len(f) != 1 || !strings.Contains(f[0].What, "is that of line 1, question 1 too") {
		t.Errorf("faults of the second: %+v", f)
	}
	if f := entries[0].Faults; len(f) == 0 || f[0].What != "answer is a single value, not a list or a group of fields" {
		t.Errorf("faults of the first: %+v", f)
	}
}
