package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/questions"
)

// says runs the program and returns what it printed and its error.
func says(args ...string) (string, error) {
	var out bytes.Buffer
	err := command(&out, io.Discard).Run(context.Background(), append([]string{"interviewbot", "questions"}, args...))
	return out.String(), err
}

// put writes a file into a folder and returns its path.
func put(t *testing.T, folder, name, content string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// filesIn lists the files of a folder, with slashes; none when it is not there.
func filesIn(t *testing.T, folder string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return names
}

const (
	zebras = "question,answer,topic\nWhat is a zebra index?,It has stripes.,sql\nHow would a serval cache its prey?,In trees.,caching\n"
	oneBad = zebras + "Where do lynxes sleep and hunt?,,sql\n"
)

func TestImportIsAllOrNothingUnlessBadOnesAreSkipped(t *testing.T) {
	long(t, "reading the whole bank again and again")
	dir := t.TempDir()
	good, bad, to := put(t, dir, "good.csv", zebras), put(t, dir, "bad.csv", oneBad), filepath.Join(dir, "own")

	out, err := says("import", good, "--to", to, "--dry-run")
	if err != nil || !strings.Contains(out, "line 2: sql/what-is-a-zebra-index.yaml (new)") || !strings.Contains(out, "nothing is written") || len(filesIn(t, to)) != 0 {
		t.Errorf("dry run: %v\n%s", err, out)
	}
	out, err = says("import", "--to", to, bad)
	if err == nil || !strings.Contains(err.Error(), "1 of 3 questions are to be mended, so nothing is written") || !strings.Contains(out, "line 4: to be mended: answer: answer is missing or empty; fill it in") || len(filesIn(t, to)) != 0 {
		t.Errorf("one bad: %v\n%s%v", err, out, filesIn(t, to))
	}
	out, err = says("import", "--to", to, "--skip-bad", bad)
	want := []string{"caching/how-would-a-serval-cache-its-prey.yaml", "sql/what-is-a-zebra-index.yaml"}
	if err != nil || !strings.Contains(out, "2 written") || !strings.Contains(out, "line 4: to be mended") || !slices.Equal(filesIn(t, to), want) {
		t.Errorf("skip bad: %v\n%s%v", err, out, filesIn(t, to))
	}
	if _, err = says("import", "--to", to, good); err == nil || !slices.Equal(filesIn(t, to), want) {
		t.Errorf("a second time: %v", err)
	}
	changed := put(t, dir, "changed.csv", strings.Replace(zebras, "It has stripes.,sql", "It has two stripes.,caching", 1))
	if out, err = says("import", "--to", to, "--replace", changed); err != nil || !strings.Contains(out, "replaces sql/what-is-a-zebra-index.yaml") {
		t.Errorf("replace: %v\n%s", err, out)
	}
	if files := filesIn(t, to); !slices.Equal(files, []string{"caching/how-would-a-serval-cache-its-prey.yaml", "caching/what-is-a-zebra-index.yaml"}) {
		t.Errorf("replace left %v", files)
	}
	if bank, err := loadBank(to); err != nil || len(bank.Own()) != 2 {
		t.Errorf("the bot cannot read what was written: %v", err)
	}
}

func TestImportExplainsItself(t *testing.T) {
	long(t, "reading the whole bank again and again")
	dir := t.TempDir()
	file := put(t, dir, "q.csv", zebras)
	broken := put(t, dir, "broken/sql/x.yaml", "id: y\n")
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, "give one file"},
		{[]string{file, "--to", file}, "q.csv is a file"},
		{[]string{file}, "say where your questions are kept: --to FOLDER"},
		{[]string{filepath.Join(dir, "none.csv"), "--to", dir}, "no such file"},
		{[]string{put(t, dir, "q.xyz", "x"), "--to", dir}, "the format cannot be told by the file's name; add --format"},
		{[]string{file, "--to", dir, "--format", "xml"}, `"xml" is not csv, anki or json`},
		{[]string{file, "--to", dir, "--topic", "cachign"}, `did you mean "caching"?`},
		{[]string{put(t, dir, "big.csv", strings.Repeat("x", questions.ImportLimit+1)), "--to", filepath.Join(dir, "new")}, "holds more than 5 MiB"},
		{[]string{file, "--to", filepath.Dir(filepath.Dir(broken))}, "the questions that are there cannot be read; mend this first"},
	} {
		if _, err := says(append([]string{"import"}, test.args...)...); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: %v, want %s", test.args, err, test.want)
		}
	}
}

// What cannot be written whole leaves the folder as it was.
func TestAFailedImportLeavesTheFolderAsItWas(t *testing.T) {
	dir := t.TempDir()
	to := filepath.Join(dir, "own")
	old := put(t, to, "sql/what-is-a-zebra-index.yaml", "id: what-is-a-zebra-index\n")
	put(t, to, "caching", "a file where a folder should be")
	entries, err := questions.Import([]byte(zebras), questions.CSV, questions.Importing{})
	if err != nil {
		t.Fatal(err)
	}
	entries[0].Replaces = "sql/what-is-a-zebra-index.yaml"
	if err := writeQuestions(context.Background(), to, entries, func(int, int) {}); err == nil {
		t.Error("it wrote into a file")
	}
	if got, err := os.ReadFile(old); err != nil || string(got) != "id: what-is-a-zebra-index\n" {
		t.Errorf("the old one became %q, %v", got, err)
	}
	if files := filesIn(t, to); !slices.Equal(files, []string{"caching", "sql/what-is-a-zebra-index.yaml"}) {
		t.Errorf("left %v", files)
	}
	entries[0].Replaces = ""
	if err := writeQuestions(context.Background(), to, entries[:1], func(int, int) {}); err == nil {
		t.Error("it wrote over a file")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := writeQuestions(ctx, filepath.Join(dir, "new"), entries, func(int, int) {}); err == nil || len(filesIn(t, filepath.Join(dir, "new"))) != 0 {
		t.Errorf("it went on after it was stopped: %v", err)
	}
}

func TestImportStaysInItsFolder(t *testing.T) {
	long(t, "reading the whole bank again and again")
	if runtime.GOOS == "windows" {
		t.Skip("skipped: links need rights there")
	}
	dir := t.TempDir()
	to, outside := filepath.Join(dir, "own"), filepath.Join(dir, "outside")
	for _, d := range []string{to, outside} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(to, "sql")); err != nil {
		t.Fatal(err)
	}
	if _, err := says("import", put(t, dir, "q.csv", zebras), "--to", to); err == nil || len(filesIn(t, outside)) != 0 {
		t.Errorf("%v, outside are %v", err, filesIn(t, outside))
	}
}

func TestExportRoundTrips(t *testing.T) {
	long(t, "reading the whole bank again and again")
	dir := t.TempDir()
	own := filepath.Join(dir, "own")
	if _, err := says("import", put(t, dir, "q.csv", zebras), "--to", own); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"x.json", "x.csv"} {
		file := filepath.Join(dir, name)
		if out, err := says("export", "--content", own, "--own", file); err != nil || !strings.Contains(out, "2 questions written") {
			t.Fatalf("%v %s", err, out)
		}
		if _, err := says("export", "--content", own, file); err == nil {
			t.Error("an export wrote over a file")
		}
		again := filepath.Join(dir, name+".own")
		if _, err := says("import", file, "--to", again); err != nil {
			t.Fatal(err)
		}
		for _, f := range filesIn(t, own) {
			a, _ := os.ReadFile(filepath.Join(own, f))
			b, _ := os.ReadFile(filepath.Join(again, f))
			if len(a) == 0 || !bytes.Equal(a, b) {
				t.Errorf("%s became\n%s\nby %s, from\n%s", f, b, name, a)
			}
		}
	}
	if out, err := says("export", "--topic", "caching", "--format", "csv"); err != nil || !strings.Contains(out, `"cache-makes-it-slower"`) || strings.Contains(out, `"sql"`) {
		t.Errorf("%v %s", err, out)
	}
	if out, err := says("export", "--topic", "caching", "--format", "anki"); err != nil || !strings.HasPrefix(out, "#separator:tab\n#html:true\n") {
		t.Errorf("%v %s", err, out)
	}
}

func TestLintOfAFolder(t *testing.T) {
	long(t, "reading the whole bank again and again")
	dir := t.TempDir()
	if _, err := says("import", put(t, dir, "q.csv", "question,answer,topic,reviewed\nWhat is a zebra index?,It has stripes.,sql,2999-01-01\n"), "--to", dir+"/own"); err != nil {
		t.Fatal(err)
	}
	out, err := says("lint", dir+"/own")
	for _, want := range []string{"sql/what-is-a-zebra-index.yaml:1: could be better: points has 0 entries", ": warning: reviewed 2999-01-01 is in the future", "1 questions of your own: nothing to mend"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("no %q: %v\n%s", want, err, out)
		}
	}
	put(t, dir, "own/tips.yaml", "- {id: zebra, text: '# no', part: common}\n- {id: lynx, text: '<b>no</b>', part: common}\n")
	if out, err = says("lint", dir+"/own"); err == nil || err.Error() != "1 to mend" || !strings.Contains(out, "tips.yaml:2: HTML is not in the subset") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := says("lint", dir+"/own", dir); err == nil {
		t.Error("two folders")
	}
}

// preview starts a preview and returns its address.
func preview(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, done := newBuffer(), make(chan error, 1)
	go func() {
		done <- command(out, io.Discard).Run(ctx, append([]string{"interviewbot", "questions", "preview"}, args...))
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the preview ended with %v", err)
		}
	})
	select {
	case <-out.written:
	case err := <-done:
		done <- nil
		t.Fatalf("the preview ended: %v", err)
	case <-time.After(30 * time.Second):
		t.Fatal("the preview does not start")
	}
	return ready.FindStringSubmatch(out.String())[1]
}

func page(t *testing.T, address string) string {
	t.Helper()
	r, err := http.Get("http://" + address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v %s", r.Status, err, body)
	}
	return string(body)
}

func TestPreviewShowsARoundOnBothPlatforms(t *testing.T) {
	long(t, "reading the whole bank again and again")
	got := page(t, preview(t, "cache-makes-it-slower")+"/")
	for _, want := range []string{"Why can a cache make a system slower?", `aria-label="The daily post on Slack"`, `aria-label="The daily post on Discord"`, "Hint 3", "Feedback on the partial sample",
		"I found 2 of 5 points", "The model answer beside it", "Did you say these?", "Closed · Why can a cache", `<mark class="spoiler">`, "Only visible to you", "Only you can see this"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "not reachable") {
		t.Error("the round is closed as if the bot had been down")
	}
	if strings.Contains(got, "!date^") || strings.Contains(got, "&lt;t:") {
		t.Error("a time is shown as its markup")
	}
	for what, want := range map[string]string{"cache-makes-it-slowr": `did you mean "cache-makes-it-slower"?`, "a b": "there is no question"} {
		if _, err := says("preview", what); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestPreviewOfAFileFollowsIt(t *testing.T) {
	long(t, "reading the whole bank again and again")
	dir := t.TempDir()
	const start = "id: zebra\ntitle: What is a zebra index?\nlevel: 1\ntopic: sql\nkind: open\nminutes: 5\nprompt: What is it?\nanswer: It has **stripes**.\n"
	file := put(t, dir, "sql/zebra.yaml", start)
	address := preview(t, file, "--content", dir)
	first := page(t, address+"/version")
	if got := page(t, address+"/"); !strings.Contains(got, "could be better: points has 0 entries") || !strings.Contains(got, "It has <strong>stripes</strong>.") && !strings.Contains(got, "<strong>stripes</strong>") {
		t.Error(got)
	}
	if got := page(t, address+"/"); !strings.Contains(got, "I could not match much; compare for yourself.") || strings.Contains(got, "0 of 0") {
		t.Error("without points people compare for themselves:", got)
	}
	put(t, dir, "sql/zebra.yaml", strings.Replace(start, "level: 1", "level: 7", 1))
	if second := page(t, address+"/version"); second == first {
		t.Error("the version stays when the file changes")
	}
	if got := page(t, address+"/"); !strings.Contains(got, "zebra.yaml:3: the level is 1, 2 or 3, not 7") || strings.Contains(got, "on Slack") {
		t.Error(got)
	}
	put(t, dir, "sql/zebra.yaml", start)
	if third := page(t, address+"/version"); third != first {
		t.Error("the version differs for the same file")
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if got := page(t, address+"/"); !strings.Contains(got, "The preview cannot be made") {
		t.Error(got)
	}
}

// Every question of the bank can be previewed: the bot takes each through a round, within the bounds of both platforms.
func TestEveryKindOfQuestionCanBePreviewed(t *testing.T) {
	bank, err := loadBank("")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, q := range bank.Questions() {
		kind := fmt.Sprint(q.Kind, len(q.Options), q.Topic == "python")
		if seen[kind] {
			continue
		}
		seen[kind] = true
		v, err := newPreviewer(bank, q.ID)
		if err != nil {
			t.Fatal(err)
		}
		p, err := v.current(context.Background())
		if err != nil || len(p.Shown) != 4+len(q.Hints) {
			t.Errorf("%s: %v, %d scenes", q.ID, err, len(p.Shown))
		}
	}
}
