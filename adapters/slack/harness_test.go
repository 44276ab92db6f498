package slack_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/slack"
	"github.com/interviewbot/interviewbot/adapters/slack/slacktest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// allScopes is the app with every option of the manifest.
func allScopes() []string {
	return []string{"chat:write", "commands", "users:read", "channels:history", "groups:history", "im:write", "files:write", "channels:read", "groups:read"}
}

// clock is the real time and what was skipped of it.
type clock struct {
	mu      sync.Mutex
	skipped time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.skipped)
}

func (c *clock) until(t time.Time) {
	if d := t.Sub(c.Now()); d > 0 {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.skipped += d
	}
}

// journal is what the adapter logs.
type journal struct {
	mu    sync.Mutex
	lines bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lines.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lines.String()
}

// world is a workspace with the adapter connected to it, for the suite of all platforms.
type world struct {
	t       *testing.T
	server  *slacktest.Server
	clock   *clock
	keep    *adaptertest.Keep
	handler chat.Handler
	table   chat.Table
	http    bool
	front   *httptest.Server // where Slack's requests arrive
	log     journal

	mu    sync.Mutex
	slack *slack.Adapter
	stop  context.CancelFunc
	ended chan error
}

func start(http bool) adaptertest.Start {
	return func(t *testing.T, h chat.Handler, table chat.Table) adaptertest.Harness {
		return newWorld(t, http, slacktest.Options{Scopes: allScopes()}, h, table)
	}
}

func newWorld(t *testing.T, http bool, o slacktest.Options, h chat.Handler, table chat.Table) *world {
	w := &world{t: t, clock: &clock{}, handler: unannounced(h), table: table, http: http}
	w.keep = adaptertest.NewKeep(w.clock.Now)
	o.Now = w.clock.Now
	w.server = slacktest.Start(o)
	t.Cleanup(func() {
		_ = w.Stop()
		if t.Failed() && w.log.String() != "" {
			t.Logf("the adapter logged:\n%s", w.log.String())
		}
		w.server.Close()
		if w.front != nil {
			w.front.Close()
		}
		for _, v := range w.server.Violations() {
			t.Errorf("Slack would refuse: %s", v)
		}
	})
	w.run()
	return w
}

// unannounced keeps from a handler what every start says, that the bot is in the workspace.
func unannounced(h chat.Handler) chat.Handler {
	return func(ctx context.Context, e chat.Event) (chat.Response, error) {
		if e.What == (chat.Added{}) && e.Channel == "" {
			return chat.Response{}, nil
		}
		return h(ctx, e)
	}
}

// run makes an adapter and waits until events can flow.
func (w *world) run() {
	w.t.Helper()
	a, err := slack.New(slack.Options{
		BotToken: w.server.BotToken, AppToken: w.server.AppToken, SigningSecret: w.server.SigningSecret, APIURL: w.server.APIURL(),
		HTTP: w.http, Keep: w.keep, Clock: w.clock, Table: w.table, Log: slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	w.mu.Lock()
	w.slack, w.stop, w.ended = a, stop, ended
	w.mu.Unlock()
	go func() { ended <- a.Run(ctx, w.handler) }()
	if w.http {
		if w.front != nil {
			w.front.Close()
		}
		w.front = httptest.NewServer(a.Handler())
		w.server.Deliver(w.front.URL)
	}
	w.await("the adapter is not up", func() bool { return a.Healthy() == nil && (w.http || w.server.Connections() > 0) })
}

// await waits for a condition that the workspace's changes bring about.
func (w *world) await(what string, ok func() bool) {
	w.t.Helper()
	end := time.NewTimer(20 * time.Second)
	defer end.Stop()
	tick := time.NewTicker(5 * time.Millisecond) // for what the adapter alone knows
	defer tick.Stop()
	for !ok() {
		select {
		case <-w.server.Changed():
		case <-tick.C:
		case <-end.C:
			w.t.Fatal(what)
		}
	}
}

func (w *world) adapter() *slack.Adapter {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.slack
}

func (w *world) Platform() chat.Platform { return w.adapter() }

func (w *world) Space() chat.SpaceID { return "slack:" + slacktest.TeamID }

func (w *world) Now() time.Time { return w.clock.Now() }

func (w *world) Until(t time.Time) { w.clock.until(t) }

func (w *world) Channel(name string) chat.ChannelID {
	return channelID(w.server.AddChannel(name, false, true))
}

func channelID(id string) chat.ChannelID {
	return chat.ChannelID("slack:" + slacktest.TeamID + ":" + id)
}

// native is Slack's own id in an identifier.
func native(c chat.ChannelID) string { return string(c[strings.LastIndexByte(string(c), ':')+1:]) }

func (w *world) Person(name string) adaptertest.Person {
	return person{w.server.AddPerson(name, "Europe/Berlin", false)}
}

func (w *world) Admin(name string) adaptertest.Person {
	return person{w.server.AddPerson(name, "Europe/Berlin", true)}
}

func (w *world) Add(name string) (chat.ChannelID, error) {
	id := w.server.AddChannel(name, false, false)
	w.server.Invite(id)
	return channelID(id), nil
}

func (w *world) Remove(c chat.ChannelID) error {
	w.server.Kick(native(c))
	return nil
}

func (w *world) Uninstall() error {
	w.server.Uninstall()
	return nil
}

func (w *world) Fail(f adaptertest.Fault) error {
	g := slacktest.Fault{Method: "chat.postMessage", Direct: f.Call == chat.KindDirect, After: f.After, Times: f.Times}
	missing := map[chat.Kind]string{chat.KindPost: "channel_not_found", chat.KindEdit: "message_not_found", chat.KindDirect: "user_not_found"}
	if f.Call == chat.KindEdit {
		g.Method = "chat.update"
	}
	switch f.Kind {
	case adaptertest.Limited:
		g.Kind = slacktest.Limited
	case adaptertest.Lost:
		g.Kind = slacktest.Lost
	case adaptertest.Broken:
		g.Kind = slacktest.Broken
	case adaptertest.Slow:
		g.Kind = slacktest.Slow
	case adaptertest.Unreachable:
		slack.FailDials(w.adapter(), int32(max(f.Times, 1)))
		return nil
	case adaptertest.Forbidden:
		g.Kind, g.Code = slacktest.Refused, "not_in_channel"
	case adaptertest.Gone:
		g.Kind, g.Code = slacktest.Refused, missing[f.Call]
	case adaptertest.Revoked:
		g.Kind, g.Code = slacktest.Refused, "token_revoked"
	case adaptertest.Cut:
		if w.http {
			return fmt.Errorf("over HTTP there is no connection: %w", adaptertest.ErrCannot)
		}
		w.server.Cut()
		w.await("the adapter does not connect again", func() bool { return w.server.Connections() > 0 })
		return nil
	}
	w.server.Fail(g)
	return nil
}

func (w *world) Written(k chat.Kind) int {
	if k == chat.KindEdit {
		return w.server.Calls("chat.update", false)
	}
	return w.server.Calls("chat.postMessage", k == chat.KindDirect)
}

func (w *world) Redeliver() error { return w.server.Redeliver() }

// Overdue waits until Slack has given up on an acknowledgement; nothing tells when.
func (w *world) Overdue() { <-time.After(3200 * time.Millisecond) }

func (w *world) Stop() error {
	w.mu.Lock()
	stop, ended := w.stop, w.ended
	w.mu.Unlock()
	stop()
	end := time.NewTimer(10 * time.Second)
	defer end.Stop()
	select {
	case err := <-ended:
		ended <- nil // a second Stop finds it ended
		// Slack must have noticed too, or it sends what comes next to nobody.
		w.await("Slack still holds a connection", func() bool { return w.server.Connections() == 0 })
		return err
	case <-end.C:
		return errors.New("the adapter does not end")
	}
}

func (w *world) Restart() error {
	err := w.Stop()
	w.run()
	return err
}

func (w *world) Changed() <-chan struct{} { return w.server.Changed() }

// person is somebody in Slack as the suite knows people.
type person struct{ *slacktest.Person }

func (p person) ID() chat.UserID {
	return chat.UserID("slack:" + slacktest.TeamID + ":" + p.Person.ID())
}

// Direct is named by the person: so the adapter names all direct conversations.
func (p person) Direct() chat.ChannelID { return channelID(p.Person.ID()) }

// place is Slack's own channel.
func (p person) place(c chat.ChannelID) string {
	switch c {
	case "":
		return ""
	case p.Direct():
		return p.Person.Direct()
	}
	return native(c)
}

func (p person) Screen(c chat.ChannelID) []adaptertest.Shown {
	var all []adaptertest.Shown
	for _, m := range p.Person.Screen(p.place(c)) {
		all = append(all, shown(m))
	}
	return all
}

func shown(m slacktest.Message) adaptertest.Shown {
	s := adaptertest.Shown{Text: m.Text, Summary: m.Summary, Pictures: m.Pictures, Notified: m.Notified, Private: m.Private}
	for _, b := range m.Buttons {
		s.Buttons = append(s.Buttons, adaptertest.Button(b))
	}
	for _, x := range m.Menus {
		s.Menus = append(s.Menus, adaptertest.Menu(x))
	}
	for _, x := range m.Boxes {
		s.Boxes = append(s.Boxes, adaptertest.Box(x))
	}
	return s
}

func (p person) Dialog() *adaptertest.Dialog {
	d := p.Person.Dialog()
	if d == nil {
		return nil
	}
	out := &adaptertest.Dialog{Title: d.Title, Text: d.Page.Text, Send: d.Send}
	for _, i := range d.Inputs {
		out.Inputs = append(out.Inputs, adaptertest.Input{
			Label: i.Label, Hint: i.Hint, Placeholder: i.Placeholder, Choices: i.Choices, Values: i.Values, Error: i.Error,
		})
	}
	return out
}

func (p person) Home() *adaptertest.Shown {
	m := p.Person.Home()
	if m == nil {
		return nil
	}
	s := shown(*m)
	return &s
}

func (p person) Type(c chat.ChannelID, line string) error {
	return p.Person.Type(p.place(c), "/interview "+line)
}

func (p person) Complete(chat.ChannelID, string, string, string, map[string]string) ([]string, error) {
	return nil, fmt.Errorf("slash commands have no completion: %w", adaptertest.ErrCannot)
}

func (p person) Press(c chat.ChannelID, label string) error { return p.Person.Press(p.place(c), label) }

func (p person) Choose(c chat.ChannelID, label string) error {
	return p.Person.Choose(p.place(c), label)
}

func (p person) Tick(c chat.ChannelID, labels ...string) error {
	return p.Person.Tick(p.place(c), labels...)
}

func (p person) OpenHome() error {
	p.Person.OpenHome()
	return nil
}

func (p person) Reopen(chat.ChannelID) error { return nil } // the dialog stays open

func TestSocketMode(t *testing.T) { adaptertest.Run(t, start(false)) }

func TestHTTP(t *testing.T) { adaptertest.Run(t, start(true)) }
