package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/slack/slacktest"
	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage"
)

// office is the program connected to one Slack workspace and nothing else, in this process.
type office struct {
	*testing.T
	cfg     Config
	server  *slacktest.Server
	ada     *slacktest.Person
	channel string
	skipped atomic.Int64
	log     *buffer
	stop    context.CancelFunc
	done    chan error
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{T: t, server: slacktest.Start(slacktest.Options{})}
	t.Cleanup(o.server.Close)
	o.ada, o.channel = o.server.AddPerson("Ada", "Europe/Berlin", true), o.server.AddChannel("backend", false, true)
	o.cfg = Config{
		Listen: "127.0.0.1:0", Store: filepath.Join(t.TempDir(), "data.db"), Nap: 50 * time.Millisecond, LogLevel: slog.LevelInfo,
		Now:   func() time.Time { return time.Now().Add(time.Duration(o.skipped.Load())) },
		Slack: SlackConfig{BotToken: o.server.BotToken, AppToken: o.server.AppToken, APIURL: o.server.APIURL()},
	}
	return o
}

// start runs the program.
func (o *office) start() {
	ctx, stop := context.WithCancel(o.Context())
	o.log, o.stop, o.done = newBuffer(), stop, make(chan error, 1)
	go func() { o.done <- Serve(ctx, o.cfg, o.log, o.log) }()
	o.Cleanup(func() {
		stop()
		if o.Failed() {
			o.Logf("the program said:\n%s", o.log)
		}
	})
}

func (o *office) connected() {
	o.Helper()
	o.until("a connection", func() bool { return o.server.Connections() > 0 })
}

func (o *office) end() {
	o.Helper()
	o.stop()
	if err := <-o.done; err != nil {
		o.Fatalf("it ended with %v", err)
	}
	o.done = make(chan error)
	// Slack must have noticed too, or it sends what comes next to nobody.
	o.until("the end of the connections", func() bool { return o.server.Connections() == 0 })
}

// until waits for what the workspace or the log shows.
func (o *office) until(what string, ok func() bool) {
	o.Helper()
	for end := time.After(weekPatience); ; {
		changed := o.server.Changed()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-o.log.written:
		case err := <-o.done:
			o.Fatalf("it ended before %s with %v", what, err)
		case <-end:
			o.Fatalf("%s did not come", what)
		}
	}
}

// tracks counts what is stored; the program must have ended.
func (o *office) tracks() (n int) {
	o.Helper()
	s, err := storage.Open(o.Context(), o.cfg.Store, storage.Options{Now: o.cfg.Now})
	if err != nil {
		o.Fatal(err)
	}
	defer s.Close()
	err = s.View(o.Context(), func(tx store.Tx) error {
		all, err := tx.AllTracks("", 0)
		n = len(all)
		return err
	})
	if err != nil {
		o.Fatal(err)
	}
	return n
}

// setUp gives the channel a question track.
func (o *office) setUp() {
	o.Helper()
	if err := o.ada.Type(o.channel, "/interview setup"); err != nil {
		o.Fatal(err)
	}
	o.until("the form", func() bool { d := o.ada.Dialog(); return d != nil && len(d.Inputs) > 0 })
	if err := o.ada.Submit(); err != nil {
		o.Fatal(err)
	}
	o.until("the end of the setup", func() bool {
		d := o.ada.Dialog()
		return d != nil && strings.Contains(d.Page.Text, "gets a question")
	})
}

// removed sets a channel up, removes the app and ends the program.
func (o *office) removed() {
	o.Helper()
	o.start()
	o.connected()
	o.setUp()
	o.server.Uninstall()
	o.until("the reason", func() bool { return strings.Contains(o.log.String(), "install the app again") })
	o.end()
}

// Who sets up a channel that the bot is not in hears of it at once, not the next morning by silence.
func TestSetupSaysThatTheBotIsNotInTheChannel(t *testing.T) {
	o := newOffice(t)
	o.start()
	o.connected()
	o.until("the operator's line", func() bool { return strings.Contains(o.log.String(), "connected to Slack") })
	o.setUp()
	if text := o.ada.Dialog().Page.Text; strings.Contains(text, "/invite") {
		t.Errorf("in a channel with the bot: %s", text)
	}
	o.channel = o.server.AddChannel("elsewhere", false, false)
	o.setUp()
	if text := o.ada.Dialog().Page.Text; !strings.Contains(text, "/invite") {
		t.Errorf("in a channel without the bot: %s", text)
	}
	o.end()
}

// A program that was killed again and again is connected as soon as it runs: its data file admits no other process, so it
// need not wait for what the killed ones held.
func TestKilledProcessesAreNotWaitedFor(t *testing.T) {
	o := newOffice(t)
	s, err := storage.Open(t.Context(), o.cfg.Store, storage.Options{Now: o.cfg.Now})
	if err != nil {
		t.Fatal(err)
	}
	o.cfg.Seal = bot.NewSeal()
	for i := range 5 {
		keep, err := bot.NewKeep(s, o.cfg.Seal, "slack", fmt.Sprint("killed", i))
		if err != nil {
			t.Fatal(err)
		}
		if held, err := keep.Hold(t.Context(), fmt.Sprintf("slack-socket-%d", i+1), time.Minute); !held || err != nil {
			t.Fatal(held, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	o.start()
	o.connected()
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v to connect", took)
	}
	o.end()
}

// Who removes the app is forgotten after a week, though there is nothing left that the program could be connected to,
// and though it is started anew meanwhile.
func TestAnUninstalledWorkspaceIsForgotten(t *testing.T) {
	o := newOffice(t)
	o.removed()
	if n := o.tracks(); n != 1 {
		t.Fatalf("%d tracks on the day of the removal, want 1", n)
	}
	o.start()
	o.until("the reason", func() bool { return strings.Contains(o.log.String(), "SLACK_BOT_TOKEN") })
	o.skipped.Store(int64(7*24*time.Hour + time.Minute))
	o.until("the deletion", func() bool {
		return strings.Contains(o.log.String(), "deleted the data of a space that removed the bot")
	})
	o.end()
	if n := o.tracks(); n != 0 {
		t.Errorf("%d tracks a week later, want none", n)
	}
	o.start()
	select {
	case err := <-o.done:
		if err == nil || !strings.Contains(err.Error(), "SLACK_BOT_TOKEN") {
			t.Errorf("with nothing left to do it ended with %v", err)
		}
	case <-time.After(weekPatience):
		t.Error("with nothing left to do it goes on")
	}
}

// Who installs the app again within the week keeps everything.
func TestAWorkspaceThatComesBackKeepsItsData(t *testing.T) {
	o := newOffice(t)
	o.removed()
	o.server.Install()
	o.start()
	o.connected()
	if err := o.ada.Type(o.channel, "/interview tracks resume"); err != nil {
		t.Fatal(err)
	}
	o.until("the reply", func() bool {
		for _, m := range o.ada.Screen(o.channel) {
			if strings.Contains(m.Text, "It goes on") {
				return true
			}
		}
		return false
	})
	o.skipped.Store(int64(time.Until(nextMorning(t))))
	o.until("a question of the next week", func() bool {
		for _, m := range o.ada.Screen(o.channel) {
			if !m.Private {
				return true
			}
		}
		return false
	})
	o.end()
	if n := o.tracks(); n != 1 {
		t.Errorf("%d tracks, want 1", n)
	}
}

// nextMorning is just after nine o'clock in Ada's zone on a working day more than a week from now.
func nextMorning(t *testing.T) time.Time {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	day := time.Now().In(berlin).AddDate(0, 0, 8)
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 30, 0, berlin)
}

// A token that was copied with a space or a line break is the token.
func TestTokensAreTrimmed(t *testing.T) {
	server := slacktest.Start(slacktest.Options{})
	t.Cleanup(server.Close)
	t.Setenv("SLACK_BOT_TOKEN", " "+server.BotToken+"\n")
	t.Setenv("SLACK_APP_TOKEN", server.AppToken+"\r\n")
	t.Setenv("SLACK_API_URL", server.APIURL()+" ")
	o := &office{T: t, server: server, log: newBuffer(), done: make(chan error, 1)}
	ctx, stop := context.WithCancel(t.Context())
	o.stop = stop
	go func() {
		o.done <- command(o.log, o.log).Run(ctx, []string{"interviewbot", "--listen", "127.0.0.1:0", "--store", filepath.Join(t.TempDir(), "data.db")})
	}()
	o.connected()
	o.end()
}

// A file that a token should be in and is not: without a word the playground would start instead of Slack.
func TestAnEmptyFileIsNoToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SLACK_BOT_TOKEN_FILE", file)
	var out strings.Builder
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	err := command(&out, &out).Run(ctx, []string{"interviewbot", "--listen", "127.0.0.1:0", "--store", filepath.Join(t.TempDir(), "data.db")})
	if err == nil || !strings.Contains(err.Error(), "SLACK_BOT_TOKEN_FILE: the file is empty") {
		t.Errorf("it ended with %v", err)
	}
}

func TestSlackCommandSaysWhatItDoesNotUnderstand(t *testing.T) {
	for args, want := range map[string]string{
		"slack manifst": `did you mean "manifest"?`, "slack manifest http https://bot.example.org": `"http"`, "discord invte": `did you mean "invite"?`,
		"slack xyzzy": "interviewbot slack --help",
	} {
		var out, errOut strings.Builder
		err := command(&out, &errOut).Run(context.Background(), append([]string{"interviewbot"}, strings.Fields(args)...))
		if err == nil || !strings.Contains(err.Error(), want) || out.Len()+errOut.Len() > 0 {
			t.Errorf("%s: %v, want %q and nothing else; said %q %q", args, err, want, out.String(), errOut.String())
		}
	}
	var out strings.Builder
	if err := command(&out, &out).Run(context.Background(), []string{"interviewbot", "slack"}); err != nil || !strings.Contains(out.String(), "manifest") {
		t.Errorf("slack alone: %v %s", err, out.String())
	}
}

// Where the manifest has a prefix, the sentences of the bot name the commands with it.
func TestThePrefixIsSaid(t *testing.T) {
	o := newOffice(t)
	o.cfg.Slack.Prefix = "acme"
	o.start()
	o.connected()
	if err := o.ada.Type(o.channel, "/acme-interview streak"); err != nil {
		t.Fatal(err)
	}
	o.until("the streak", func() bool { return len(o.ada.Screen(o.channel)) > 0 })
	if text := o.ada.Screen(o.channel)[0].Text; !strings.Contains(text, "/acme-interview practice") {
		t.Errorf("it names the commands as in %q", text)
	}
	if err := o.ada.Type(o.channel, "/acme-interview xyzzy"); err != nil {
		t.Fatal(err)
	}
	o.until("what to type", func() bool { return len(o.ada.Screen(o.channel)) > 1 })
	if text := o.ada.Screen(o.channel)[1].Text; !strings.Contains(text, "Type: /acme-interview help") {
		t.Errorf("it says what to type as in %q", text)
	}
	o.end()
	t.Setenv("SLACK_PREFIX", "acme")
	var out strings.Builder
	if err := command(&out, &out).Run(context.Background(), []string{"interviewbot", "slack", "manifest"}); err != nil || !strings.Contains(out.String(), "/acme-interview") {
		t.Errorf("the manifest of the same environment: %v %s", err, out.String())
	}
	t.Setenv("SLACK_PREFIX", "Acme Corp")
	if err := command(&out, &out).Run(context.Background(), []string{"interviewbot", "--listen", "127.0.0.1:0"}); err == nil || !strings.Contains(err.Error(), "SLACK_PREFIX") {
		t.Errorf("a prefix that no command can have: %v", err)
	}
}
