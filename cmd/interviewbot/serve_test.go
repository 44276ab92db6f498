package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/interviewbot/interviewbot/bot"
)

// buffer is a bytes.Buffer for several goroutines that says when something was written.
type buffer struct {
	mu      sync.Mutex
	b       bytes.Buffer
	written chan struct{}
}

func newBuffer() *buffer { return &buffer{written: make(chan struct{}, 1)} }

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case b.written <- struct{}{}:
	default:
	}
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// process is the whole program, run by its command line.
type process struct {
	t    *testing.T
	out  *buffer
	err  *buffer
	url  string
	stop context.CancelFunc
	done chan error
}

// start runs the program with the arguments until it is ready.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p := &process{t: t, out: newBuffer(), err: newBuffer(), stop: cancel, done: make(chan error, 1)}
	go func() {
		p.done <- command(p.out, p.err).Run(ctx, append([]string{"interviewbot", "--listen", "127.0.0.1:0"}, args...))
	}()
	t.Cleanup(func() { cancel() })
	deadline := time.After(30 * time.Second)
	for !strings.Contains(p.out.String(), "ready") {
		select {
		case <-p.out.written:
		case err := <-p.done:
			t.Fatalf("it ended before it was ready: %v\n%s", err, p.err)
		case <-deadline:
			t.Fatalf("it is not ready: %s%s", p.out, p.err)
		}
	}
	line := p.out.String()
	p.url = strings.TrimSpace(line[strings.Index(line, "http://"):])
	return p
}

func (p *process) end() {
	p.t.Helper()
	began := time.Now()
	p.stop()
	select {
	case err := <-p.done:
		if err != nil {
			p.t.Fatalf("it ended with %v", err)
		}
	case <-time.After(stopTime):
		p.t.Fatal("it did not end in time")
	}
	if took := time.Since(began); took > stopTime {
		p.t.Fatalf("it took %v to end", took)
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestTheProgramStartsCarriesOnAndStops(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data.db")
	p := start(t, "--store", data)
	if code, body := get(t, p.url); code != 200 || !strings.Contains(body, "Look around") || !strings.Contains(body, "Use it for myself") {
		t.Fatalf("the first page: %d %s", code, body)
	}
	if code, body := get(t, p.url+"readyz"); code != 200 || !strings.Contains(body, `"ready":true`) {
		t.Fatalf("readyz: %d %s", code, body)
	}
	if code, _ := get(t, p.url+"healthz"); code != 200 {
		t.Fatalf("healthz: %d", code)
	}
	before := firstQuestion(t, p)
	if code, body := get(t, p.url+"metrics"); code != 200 || !strings.Contains(body, `interviewbot_events_total{world="demo",what="added"}`) {
		t.Errorf("metrics: %d %s", code, body)
	}
	if err := command(io.Discard, io.Discard).Run(context.Background(), []string{"interviewbot", "--listen", "127.0.0.1:0", "--store", data}); err == nil || !strings.Contains(err.Error(), "another copy") {
		t.Errorf("a second copy on the same data file: %v", err)
	}
	address := strings.TrimSuffix(strings.TrimPrefix(p.url, "http://"), "/")
	var said bytes.Buffer // where there is no shell, this is how to read it
	if err := command(&said, io.Discard).Run(context.Background(), []string{"interviewbot", "healthcheck", "--listen", address}); err != nil || !strings.Contains(said.String(), `"ready":true`) {
		t.Errorf("healthcheck: %v, %s", err, &said)
	}
	p.end()
	if err := command(io.Discard, io.Discard).Run(context.Background(), []string{"interviewbot", "healthcheck", "--listen", address}); err == nil {
		t.Error("healthcheck passes without a bot")
	}
	for _, file := range []string{data, strings.TrimSuffix(data, ".db") + ".demo.db", data + ".key"} {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", file, info, err)
		}
	}
	p = start(t, "--store", data)
	defer p.end()
	if after := firstQuestion(t, p); after != before {
		t.Errorf("after a restart the first question is %q, before it was %q", after, before)
	}
}

// firstQuestion asks for the demo's page until its first question is on it.
func firstQuestion(t *testing.T, p *process) string {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		_, body := get(t, p.url+"demo/")
		if title := between(body, "<h3", "</h3>"); title != "" {
			return title
		}
	}
	t.Fatal("no question is posted")
	return ""
}

// between is what stands from one mark to the other, "" when they are not there.
func between(s, from, to string) string {
	_, s, ok := strings.Cut(s, from)
	s, _, ok2 := strings.Cut(s, to)
	if !ok || !ok2 {
		return ""
	}
	return s
}

func TestAllMistakesOfTheConfigurationAtOnce(t *testing.T) {
	t.Setenv("SLACK_BOT_TOKEN_FILE", filepath.Join(t.TempDir(), "nothing"))
	err := command(io.Discard, io.Discard).Run(context.Background(), []string{"interviewbot", "--listen", "nowhere", "--content", "/no/such/folder",
		"--playground", "maybe", "--seal-key", "12", "--log-level", "loud", "--keep-removed", "99", "--discord-public-key", "ab"})
	if err == nil {
		t.Fatal("it ran")
	}
	for _, want := range []string{"--listen", "--content", "--playground", "--seal-key", "--log-level", "--keep-removed", "DISCORD_TOKEN", "SLACK_BOT_TOKEN_FILE"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no word of %s in:\n%v", want, err)
		}
	}
}

func TestANumberOfDaysThatIsNoneIsOneMistakeAmongOthers(t *testing.T) {
	t.Setenv("KEEP_REMOVED", "a week")
	err := command(io.Discard, io.Discard).Run(context.Background(), []string{"interviewbot", "--listen", "nowhere"})
	if err == nil || !strings.Contains(err.Error(), `--keep-removed: "a week"`) || !strings.Contains(err.Error(), "--listen") || strings.Contains(err.Error(), "strconv") {
		t.Errorf("it says: %v", err)
	}
}

func TestAnEmptyVariableIsNotSet(t *testing.T) {
	for _, name := range []string{"LISTEN", "STORE", "PLAYGROUND", "LOG_LEVEL", "LOG_FORMAT", "KEEP_REMOVED", "SEAL_KEY"} {
		t.Setenv(name, "")
	}
	t.Setenv("CONTENT", " \t")
	if got := configured(t); got.Listen != "127.0.0.1:8080" || got.Store != "interviewbot.db" || got.Grace != 7*24*time.Hour || !got.Playground || got.Content != "" {
		t.Errorf("the defaults do not hold: %+v", got)
	}
}

func TestBlanksAroundAVariableDoNotCount(t *testing.T) {
	t.Setenv("STORE", " postgres://bot@host/bot\n")
	t.Setenv("LISTEN", "127.0.0.1:0 ")
	if got := configured(t); got.Listen != "127.0.0.1:0" || got.Store != "postgres://bot@host/bot" {
		t.Errorf("%+v", got)
	}
}

func TestABlankVariableBesideItsFileIsNotSet(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(strings.Repeat("ab", 32)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SEAL_KEY", " ")
	t.Setenv("SEAL_KEY_FILE", file+" ")
	if got := configured(t); len(got.Seal) != 32 {
		t.Errorf("the key is %x", got.Seal)
	}
}

// configured is what the program makes of the environment.
func configured(t *testing.T) (got Config) {
	t.Helper()
	c := command(io.Discard, io.Discard)
	c.Action = func(_ context.Context, c *cli.Command) (err error) {
		got, err = readConfig(c)
		return err
	}
	if err := c.Run(context.Background(), []string{"interviewbot"}); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTheDemoKeepsItsDataBesideTheRealOne(t *testing.T) {
	for store, want := range map[string]string{
		"interviewbot.db": "interviewbot.demo.db", "/data/team": "/data/team.demo", "bolt:///data/team.db": "/data/team.demo.db", "BOLT://team.db": "team.demo.db",
		"postgres://bot@host/bot": "interviewbot.demo.db",
	} {
		if got := (Config{Store: store}).demoStore(); got != want {
			t.Errorf("of %s the demo's is %s, want %s", store, got, want)
		}
	}
}

func TestADamagedDataFileIsKeptAndExplained(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data.db")
	if err := os.WriteFile(data, []byte("this is not a data file, but it is somebody's"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := command(io.Discard, io.Discard).Run(context.Background(), []string{"interviewbot", "--listen", "127.0.0.1:0", "--store", data})
	if err == nil {
		t.Fatal("it ran")
	}
	if kept, _ := os.ReadFile(data); !strings.HasPrefix(string(kept), "this is not") {
		t.Fatalf("the file was changed: %q", kept)
	}
	if !strings.Contains(err.Error(), "backup") && !strings.Contains(err.Error(), "move") {
		t.Errorf("it does not say what to do: %v", err)
	}
}

func TestUnknownCommandsNameTheNearest(t *testing.T) {
	for words, want := range map[string]string{
		"simulat": `"simulate"`, "qestions": `"questions"`, "xyzzy": "interviewbot --help", "help simulat": `"simulate"`, "questions lnt": `"lint"`,
		"serve x": `"x" is not understood; interviewbot serve --help`, "version x": `"x" is not understood`, "healthcheck x": `"x" is not understood`,
		"simulate --cron 0_9_*_*_* --from 2026-01-01 --to 2026-01-02 x": `"x" is not understood`, "slack manifest x": "interviewbot slack manifest --help",
	} {
		err := command(io.Discard, io.Discard).Run(context.Background(), append([]string{"interviewbot"}, strings.Fields(words)...))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", words, err, want)
		}
	}
}

func TestSimulate(t *testing.T) {
	run := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := command(&out, io.Discard).Run(context.Background(), append([]string{"interviewbot", "simulate"}, args...))
		return out.String(), err
	}
	out, err := run("--cron", "0 9 * * 1-5", "--zone", "Africa/Cairo", "--from", "2026-04-20", "--to", "2026-04-27")
	want := "2026-04-20T09:00  +02:00  2026-04-20T07:00:00Z\n2026-04-21T09:00  +02:00  2026-04-21T07:00:00Z\n2026-04-22T09:00  +02:00  2026-04-22T07:00:00Z\n" +
		"2026-04-23T09:00  +02:00  2026-04-23T07:00:00Z\n2026-04-24T09:00  +03:00  2026-04-24T06:00:00Z\n2026-04-27T09:00  +03:00  2026-04-27T06:00:00Z\n"
	if err != nil || out != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, out, want)
	}
	out, err = run("--cron", "30 2 29 3 *", "--zone", "Europe/Berlin", "--from", "2026-01-01", "--to", "2026-12-31", "--json")
	var list []map[string]string
	if err == nil {
		err = json.Unmarshal([]byte(out), &list)
	}
	if err != nil || len(list) != 1 || list[0]["civil"] != "2026-03-29T02:30" || list[0]["utc"] != "2026-03-29T01:00:00Z" {
		t.Errorf("got %v\n%s", err, out)
	}
	for _, bad := range [][]string{{"--cron", "@daily"}, {"--cron", "TZ=UTC"}, {"--cron", "0 9 * * *", "--zone", "Mars/Base"}, {"--cron", "0 9 * * *", "--from", "soon"}} {
		args := append([]string{"--from", "2026-01-01", "--to", "2026-01-02"}, bad...)
		if _, err := run(args...); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

func TestContentIsReadAgainAndABadFileKeepsTheOld(t *testing.T) {
	folder := t.TempDir()
	bank, err := loadBank("")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{bot: bot.New(bot.Options{Bank: bank, Now: time.Now})}
	logged := newBuffer()
	log := slog.New(slog.NewTextHandler(logged, nil))
	seen := fingerprint(folder)
	tips := filepath.Join(folder, "tips.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(tips, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		seen = readAgain(folder, seen, []*world{w}, log)
	}
	write("- id: our-own-tip\n  part: tools\n  text: Ask a colleague to read your last pull request aloud.\n")
	if _, ok := w.bot.Bank().Tip("our-own-tip"); !ok {
		t.Fatalf("the new tip is not there: %s", logged)
	}
	write("- id: our-own-tip\n  part: tools\n  nonsense: yes\n")
	if _, ok := w.bot.Bank().Tip("our-own-tip"); !ok {
		t.Fatal("a bad file took the old version away")
	}
	if !strings.Contains(logged.String(), "tips.yaml") {
		t.Errorf("the log does not name the file: %s", logged)
	}
}

func TestAMistypedOptionIsAnsweredWithTheNearest(t *testing.T) {
	for args, want := range map[string]string{
		"--lisen x": "did you mean --listen?", "serve --stor x": "did you mean --store?", "simulate --crn x": "did you mean --cron?",
		"questions lint --contnt x": "did you mean --content?", "--nothing-like-it": "there is no option --nothing-like-it", "simulate": "cron, from, to",
	} {
		var out, errOut strings.Builder
		err := command(&out, &errOut).Run(context.Background(), append([]string{"interviewbot"}, strings.Fields(args)...))
		if err == nil || !strings.Contains(err.Error(), want) || out.Len()+errOut.Len() > 0 {
			t.Errorf("%s: %v, want %q and nothing else; said %q %q", args, err, want, out.String(), errOut.String())
		}
	}
}

var ready = regexp.MustCompile(`http://(\S+)/`)

// long leaves a test out of a short run, which is what runs with the race detector: that makes it ten times slower.
func long(t *testing.T, what string) {
	t.Helper()
	if testing.Short() {
		t.Skipf("%s takes its time: it is left out of a short run", what)
	}
}
