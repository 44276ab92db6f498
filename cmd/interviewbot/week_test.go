package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/discord/discordtest"
	"github.com/interviewbot/interviewbot/adapters/slack/slacktest"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
	"github.com/interviewbot/interviewbot/questions"
	"github.com/interviewbot/interviewbot/storage"
)

// The tests of this file run the program as a process of its own: this test binary, told so by the environment, with a
// clock that the test moves by writing a file.
const (
	childClock = "INTERVIEWBOT_TEST_CLOCK"
	childSkew  = "INTERVIEWBOT_TEST_SKEW" // by how much the child's clock is before the file's
)

// The commands of a child process that a test kills are in this variable, one on each line; else it serves.
const childCommand = "INTERVIEWBOT_TEST_COMMAND"

func TestMain(m *testing.M) {
	if file := os.Getenv(childClock); file != "" {
		child(file)
		return
	}
	if line := os.Getenv(childCommand); line != "" {
		if err := command(os.Stdout, os.Stderr).Run(context.Background(), append([]string{"interviewbot"}, strings.Split(line, "\n")...)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child is the program, with the environment's configuration and the file's clock.
func child(file string) {
	skew, err := time.ParseDuration(cmp.Or(os.Getenv(childSkew), "0s"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	now := func() time.Time {
		text, err := os.ReadFile(file)
		offset, err2 := strconv.ParseInt(string(text), 10, 64)
		if err != nil || err2 != nil {
			fmt.Fprintln(os.Stderr, "the clock cannot be read:", err, err2)
			os.Exit(3)
		}
		return time.Now().Add(time.Duration(offset) + skew)
	}
	cfg := Config{
		Listen: "127.0.0.1:0", Store: os.Getenv("STORE"), Playground: os.Getenv("PLAYGROUND") != "off", Now: now, Nap: 50 * time.Millisecond, LogLevel: slog.LevelInfo,
		Slack:   SlackConfig{BotToken: os.Getenv("SLACK_BOT_TOKEN"), AppToken: os.Getenv("SLACK_APP_TOKEN"), SigningSecret: os.Getenv("SLACK_SIGNING_SECRET"), APIURL: os.Getenv("SLACK_API_URL")},
		Discord: DiscordConfig{os.Getenv("DISCORD_TOKEN"), os.Getenv("DISCORD_APPLICATION_ID"), os.Getenv("DISCORD_PUBLIC_KEY"), os.Getenv("DISCORD_API_URL")},
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := Serve(ctx, cfg, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// week is a Slack workspace and a Discord guild with one program in both, for a week.
type week struct {
	*testing.T
	dir     string
	http    bool
	offset  atomic.Int64
	slack   *slacktest.Server
	discord *discordtest.Server
	bank    *questions.Bank
	cmd     *exec.Cmd
	address string // where its playground is
	errors  *buffer
}

func newWeek(t *testing.T, overHTTP bool) *week {
	t.Helper()
	w := &week{T: t, dir: t.TempDir(), http: overHTTP}
	bank, err := loadBank("")
	if err != nil {
		t.Fatal(err)
	}
	w.bank = bank
	w.to(time.Date(2027, 2, 1, 8, 0, 0, 0, time.UTC)) // a Monday
	w.slack = slacktest.Start(slacktest.Options{Now: w.now})
	t.Cleanup(w.slack.Close)
	contract, err := discordtest.Load()
	if errors.Is(err, fs.ErrNotExist) {
		t.Log("Discord's OpenAPI (../shared/contracts) is not here, so only the hand-written rules hold")
	} else if err != nil {
		t.Fatal(err)
	}
	if w.discord, err = discordtest.New(discordtest.Options{Now: w.now, Limit: 50, Contract: contract}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.discord.Close)
	t.Cleanup(func() {
		for _, c := range append(w.discord.Complaints(), w.slack.Violations()...) {
			t.Errorf("what the program sent would be refused: %s", c)
		}
	})
	t.Cleanup(w.kill)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the program said:\n%s", w.errors)
		}
	})
	return w
}

func (w *week) now() time.Time { return time.Now().Add(time.Duration(w.offset.Load())) }

// to moves every clock forward.
func (w *week) to(at time.Time) {
	w.Helper()
	w.offset.Store(int64(time.Until(at)))
	file := filepath.Join(w.dir, "clock")
	if err := os.WriteFile(file+".new", []byte(strconv.FormatInt(w.offset.Load(), 10)), 0o600); err != nil {
		w.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		w.Fatal(err)
	}
}

// start runs the program until it is ready.
func (w *week) start() {
	w.Helper()
	w.cmd = exec.Command(os.Args[0])
	w.cmd.Env = append(os.Environ(), childClock+"="+filepath.Join(w.dir, "clock"), "STORE="+filepath.Join(w.dir, "data.db"),
		"SLACK_BOT_TOKEN="+w.slack.BotToken, "SLACK_API_URL="+w.slack.APIURL(), "DISCORD_TOKEN="+w.discord.Token(), "DISCORD_APPLICATION_ID="+w.discord.App(), "DISCORD_API_URL="+w.discord.APIURL())
	if w.http {
		w.cmd.Env = append(w.cmd.Env, "SLACK_SIGNING_SECRET="+w.slack.SigningSecret, "DISCORD_PUBLIC_KEY="+w.discord.Key())
	} else {
		w.cmd.Env = append(w.cmd.Env, "SLACK_APP_TOKEN="+w.slack.AppToken)
	}
	w.errors = newBuffer()
	w.cmd.Stderr = w.errors
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		w.Fatal(err)
	}
	if err := w.cmd.Start(); err != nil {
		w.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		w.Fatalf("the program did not start: %v\n%s", err, w.errors)
	}
	address := strings.TrimSuffix(strings.TrimSpace(line[strings.Index(line, "http://"):]), "/")
	w.address = address
	for deadline := time.Now().Add(weekPatience); ; {
		code, body := get(w.T, address+"/readyz")
		if code == http.StatusOK {
			break
		}
		if time.Now().After(deadline) {
			w.Fatalf("the program is not ready: %s\n%s", body, w.errors)
		}
	}
	if w.http {
		w.slack.Deliver(address)
		w.discord.Endpoint(address + "/discord/interactions")
	}
}

// kill ends the program as a power cut would.
func (w *week) kill() {
	if w.cmd != nil && w.cmd.Process != nil {
		_ = w.cmd.Process.Kill()
		_ = w.cmd.Wait()
		w.cmd = nil
	}
}

// guest is a person on one of the two, in its channel.
type guest struct {
	*week
	name    string
	changed func() <-chan struct{}
	command func(name string) error
	press   func(label string) error
	fill    func(label string, values ...string) error
	submit  func() error
	labels  func() []string // of the open dialog's inputs
	sees    func() []string // every message, and the open dialog
	posts   func() []string // what everybody sees
}

func (w *week) onSlack(channel, name string, admin bool) *guest {
	p := w.slack.AddPerson(name, "Europe/Berlin", admin)
	g := &guest{week: w, name: name + " on Slack", changed: w.slack.Changed,
		command: func(line string) error { return p.Type(channel, "/interview "+line) },
		press:   func(label string) error { return p.Press(channel, label) }, fill: p.Fill, submit: p.Submit}
	g.labels = func() (labels []string) {
		if d := p.Dialog(); d != nil {
			for _, in := range d.Inputs {
				labels = append(labels, in.Label)
			}
		}
		return labels
	}
	read := func(private bool) (texts []string) {
		for _, m := range p.Screen(channel) {
			if private || !m.Private {
				texts = append(texts, m.Text)
			}
		}
		return texts
	}
	g.sees = func() []string {
		texts := read(true)
		if d := p.Dialog(); d != nil {
			texts = append(texts, d.Title+"\n"+d.Page.Text)
		}
		return texts
	}
	g.posts = func() []string { return read(false) }
	return g
}

func (w *week) onDiscord(channel, name, zone string, admin bool) *guest {
	p := w.discord.Person(name)
	if admin {
		p = w.discord.Admin(name)
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		w.Fatal(err)
	}
	p.In(location)
	g := &guest{week: w, name: name + " on Discord", changed: w.discord.Changed,
		command: func(line string) error {
			name, rest, _ := strings.Cut(line, " ")
			args := map[string]string{}
			if rest != "" {
				args["show"] = rest
			}
			return p.Command(channel, name, args)
		},
		press: func(label string) error { return p.Press(channel, label) }, fill: p.Fill, submit: p.Submit}
	g.labels = func() (labels []string) {
		if d := p.Dialog(); d != nil {
			for _, in := range d.Inputs {
				labels = append(labels, in.Label)
			}
		}
		return labels
	}
	read := func(private bool) (texts []string) {
		for _, m := range p.Screen(channel) {
			if private || !m.Private {
				texts = append(texts, m.Text)
			}
		}
		return texts
	}
	g.sees = func() []string { return read(true) }
	g.posts = func() []string { return read(false) }
	return g
}

const weekPatience = 40 * time.Second

// until waits until ok, looking again whenever anything changed there.
func (g *guest) until(what string, ok func() bool) {
	g.Helper()
	timer := time.NewTimer(weekPatience)
	defer timer.Stop()
	for {
		changed := g.changed()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-timer.C:
			g.Fatalf("%s: %s did not come; on the screen:\n%s\ninputs %q", g.name, what, strings.Join(g.sees(), "\n---\n"), g.labels())
		}
	}
}

func (g *guest) hears(want string) {
	g.Helper()
	g.until(fmt.Sprintf("%q", want), func() bool { return strings.Contains(strings.Join(g.sees(), "\n"), want) })
}

// must repeats a deed that a restarting program may not answer, until it did not fail.
func (g *guest) must(what string, deed func() error) {
	g.Helper()
	if err := deed(); err != nil {
		g.Fatalf("%s: %s: %v", g.name, what, err)
	}
}

func (g *guest) setUp() {
	g.Helper()
	g.must("/interview setup", func() error { return g.command("setup") })
	g.until("the form", func() bool { return len(g.labels()) > 3 })
	g.must("fill the time", func() error { return g.fill("At what time", "09:00") })
	g.must("fill the zone", func() error { return g.fill("In which time zone", "UTC") })
	g.must("submit", g.submit)
	g.hears("gets a question")
}

// answer answers the newest open question with its strong sample.
func (g *guest) answer(round int) {
	g.Helper()
	var q *questions.Question
	g.until(fmt.Sprintf("question %d", round), func() bool {
		open := 0
		for _, text := range g.posts() {
			if !strings.Contains(text, "open until") && !strings.Contains(text, "Closed ·") {
				continue
			}
			open++
			for _, x := range g.bank.Questions() {
				if strings.Contains(text, x.Title) && strings.Contains(text, "open until") {
					q = x
				}
			}
		}
		return open == round && q != nil
	})
	g.must("press Answer privately", func() error { return g.press("Answer privately") })
	g.until("the form", func() bool { return len(g.labels()) > 0 })
	label := "Your answer"
	for _, l := range g.labels() {
		if strings.HasPrefix(l, "Your choice") {
			g.must("choose", func() error { return g.fill(l, rightOf(q)...) })
			label = "Why? In your own words"
		}
	}
	g.must("write", func() error { return g.fill(label, q.Samples.Strong) })
	g.must("send", g.submit)
	g.hears(fmt.Sprintf("your streak is %d", round))
}

func rightOf(q *questions.Question) (labels []string) {
	for i, o := range q.Options {
		if o.Right {
			labels = append(labels, string(rune('A'+i))+" "+o.Text)
		}
	}
	return labels
}

// TestAWeekOnSlackAndDiscord plays a working week with several people on both platforms through one process, which is
// killed in the middle; then it reads what was stored.
func TestAWeekOnSlackAndDiscord(t *testing.T) {
	long(t, "a week")
	for name, overHTTP := range map[string]bool{"sockets": false, "http": true} {
		t.Run(name, func(t *testing.T) { playWeek(t, overHTTP) })
	}
}

func playWeek(t *testing.T, overHTTP bool) {
	w := newWeek(t, overHTTP)
	w.start()
	room := w.slack.AddChannel("team-server", false, true)
	guild := w.discord.Guild("Study group")
	hall := guild.Channel("study-hall")
	ada, ben := w.onSlack(room, "Ada", true), w.onSlack(room, "Ben", false)
	cleo, dan, ihaia := w.onDiscord(hall, "Cleo", "America/Los_Angeles", true), w.onDiscord(hall, "Dan", "Asia/Kolkata", false), w.onDiscord(hall, "Ihaia", "Pacific/Auckland", false)
	ada.setUp()
	cleo.until("the registration", func() bool { return w.discord.Registered() > 0 })
	cleo.setUp()
	for day := 1; day <= 5; day++ {
		w.to(time.Date(2027, 2, day, 9, 0, 1, 0, time.UTC))
		ada.answer(day)
		cleo.answer(day)
		if day == 3 {
			w.kill()
			w.start()
		}
		ben.answer(day)
		dan.answer(day)
		w.to(time.Date(2027, 2, day, 21, 30, 0, 0, time.UTC)) // the next morning in Auckland
		ihaia.answer(day)
	}
	for g, want := range map[*guest]string{cleo: "Monday, February 8, 2027 at 01:00", dan: "Monday, February 8, 2027 at 14:30", ihaia: "Monday, February 8, 2027 at 22:00"} {
		if posts := g.posts(); !strings.Contains(posts[len(posts)-1], "open until "+want) {
			t.Errorf("%s does not see that the question is open until %s: %s", g.name, want, posts[len(posts)-1])
		}
	}
	w.to(time.Date(2027, 2, 8, 9, 0, 1, 0, time.UTC))
	for _, g := range []*guest{ada, cleo} {
		g.until("the last reveal", func() bool {
			closed := 0
			for _, text := range g.posts() {
				if strings.Contains(text, "Closed ·") {
					closed++
				}
			}
			return closed == 5 && len(g.posts()) == 6
		})
		g.must("/interview streak", func() error { return g.command("streak") })
		g.hears("5 in a row")
	}
	w.apart(append(ada.sees(), ben.sees()...), "Cleo", "Dan", "Ihaia", "study-hall")
	w.apart(append(append(cleo.sees(), dan.sees()...), ihaia.sees()...), "Ada", "Ben", "team-server")
	_, doors := get(t, w.address)
	_, self := get(t, w.address+"/self/")
	w.apart([]string{doors, self}, "Ada", "Ben", "Cleo", "Dan", "Ihaia", "team-server", "study-hall")
	w.kill()
	w.check(filepath.Join(w.dir, "data.db"), 5)
}

// apart checks that nothing of what happened elsewhere is shown.
func (w *week) apart(shown []string, elsewhere ...string) {
	w.Helper()
	for _, text := range shown {
		for _, name := range elsewhere {
			if regexp.MustCompile(`\b` + name + `\b`).MatchString(text) {
				w.Errorf("%s is shown where it does not belong: %s", name, text)
			}
		}
	}
}

// eachTrack reads a store: f is called with each track and its rounds.
func (w *week) eachTrack(url string, f func(tx store.Tx, t store.Track, rounds []store.Round) error) {
	w.Helper()
	s, err := storage.Open(context.Background(), url, storage.Options{Now: w.now})
	if err != nil {
		w.Fatal(err)
	}
	defer s.Close()
	err = s.View(context.Background(), func(tx store.Tx) error {
		tracks, err := tx.AllTracks("", 0)
		for _, t := range tracks {
			rounds, errRounds := tx.RoundsBefore(t.ID, 0, 0)
			err = errors.Join(err, errRounds, f(tx, t, rounds))
		}
		return err
	})
	if err != nil {
		w.Error(err)
	}
}

// check reads the store: every streak is what its ledger amounts to, every slot was taken once, there are so many members.
func (w *week) check(url string, members int) {
	w.Helper()
	people := 0
	w.eachTrack(url, func(tx store.Tx, t store.Track, rounds []store.Round) error {
		slots := map[string]bool{}
		for _, r := range rounds {
			if slots[r.Slot] {
				w.Errorf("slot %s of %s was taken twice", r.Slot, t.Channel)
			}
			slots[r.Slot] = true
		}
		members, err := tx.Members(t.ID, "", 0)
		for _, m := range members {
			people++
			entries, errLines := tx.Lines(t.ID, m.User, 0, 0)
			err = errors.Join(err, errLines)
			var lines []streak.Line
			for i := len(entries) - 1; i >= 0; i-- {
				lines = append(lines, entries[i].Line)
			}
			if got := streak.Replay(lines); got != m.Streak {
				w.Errorf("%s: stored %+v, replayed %+v", m.User, m.Streak, got)
			}
		}
		return err
	})
	if people != members {
		w.Errorf("%d members are stored, want %d", people, members)
	}
}
