package discord_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/discord"
	"github.com/interviewbot/interviewbot/adapters/discord/discordtest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

func TestSuiteHTTP(t *testing.T) {
	contract := openAPI(t)
	adaptertest.Run(t, func(t *testing.T, h chat.Handler, table chat.Table) adaptertest.Harness {
		return newWorld(t, h, table, contract, true)
	})
}

func TestSuiteGateway(t *testing.T) {
	contract := openAPI(t)
	adaptertest.Run(t, func(t *testing.T, h chat.Handler, table chat.Table) adaptertest.Harness {
		return newWorld(t, h, table, contract, false)
	})
}

// openAPI returns Discord's contract, nil where it is not at hand: then only the hand-written rules hold.
func openAPI(t testing.TB) *discordtest.Contract {
	c, err := discordtest.Load()
	if errors.Is(err, fs.ErrNotExist) {
		t.Log("skipped the check against Discord's OpenAPI: ../shared/contracts is not here")
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// wall is the real clock.
type wall struct{}

func (wall) Now() time.Time { return time.Now() }

// world is one guild with the adapter in it, over one of the two transports.
type world struct {
	t        *testing.T
	handler  chat.Handler
	table    chat.Table
	overHTTP bool
	server   *discordtest.Server
	guild    *discordtest.Guild
	keep     *adaptertest.Keep
	web      *httptest.Server
	cut      *unreachable

	mu       sync.Mutex
	adapter  *discord.Adapter
	stop     context.CancelFunc
	ended    chan error
	channels map[string]chat.ChannelID
	people   map[string]*person
}

func newWorld(t *testing.T, h chat.Handler, table chat.Table, contract *discordtest.Contract, overHTTP bool) *world {
	t.Helper()
	s, err := discordtest.New(discordtest.Options{Contract: contract, Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		t: t, handler: h, table: table, overHTTP: overHTTP, server: s, guild: s.Guild("Study group"), keep: adaptertest.NewKeep(time.Now),
		cut: &unreachable{RoundTripper: &http.Transport{}}, channels: map[string]chat.ChannelID{}, people: map[string]*person{},
	}
	w.web = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.current().Handler().ServeHTTP(rw, r) }))
	w.begin()
	t.Cleanup(func() {
		if err := w.Stop(); err != nil {
			t.Errorf("Run returned %v", err)
		}
		w.web.Close()
		s.Close()
		for _, c := range s.Complaints() {
			t.Errorf("discord complained: %s", c)
		}
	})
	return w
}

func (w *world) current() *discord.Adapter {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.adapter
}

// begin makes an adapter, runs it and waits until events can flow.
func (w *world) begin() {
	w.t.Helper()
	a, err := discord.New(discord.Options{
		Token: w.server.Token(), ApplicationID: w.server.App(), PublicKey: w.server.Key(), APIURL: w.server.APIURL(), HTTP: w.overHTTP,
		Keep: w.keep, Clock: wall{}, Table: w.table, Transport: w.cut,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	w.mu.Lock()
	w.adapter, w.stop, w.ended = a, stop, ended
	w.mu.Unlock()
	if w.overHTTP {
		w.server.Endpoint(w.web.URL + "/discord/interactions")
	}
	go func() { ended <- a.Run(ctx, w.handler) }()
	w.until(func() bool {
		return a.Healthy() == nil && w.server.Registered() > 0 && !a.Ready("", chat.KindDirect).After(time.Now())
	})
	if !w.overHTTP {
		if err := w.server.Gateway().Await(patience, func(n, _ int) bool { return n == 1 }); err != nil {
			w.t.Fatal(err)
		}
	}
}

// patience bounds every wait of these tests.
const patience = 20 * time.Second

// until waits for what nothing tells of.
func (w *world) until(ok func() bool) {
	w.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !ok(); <-tick.C {
		if time.Now().After(end) {
			w.t.Fatal("the adapter does not come up")
		}
	}
}

func (w *world) Platform() chat.Platform  { return w.current() }
func (w *world) Space() chat.SpaceID      { return chat.SpaceID("discord:" + w.guild.ID()) }
func (w *world) Now() time.Time           { return time.Now() }
func (w *world) Until(t time.Time)        { time.Sleep(time.Until(t)) }
func (w *world) Overdue()                 { w.server.Overdue() }
func (w *world) Changed() <-chan struct{} { return w.server.Changed() }
func (w *world) Redeliver() error         { return w.server.Redeliver() }

func (w *world) Channel(name string) chat.ChannelID {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.channels[name] == "" {
		w.channels[name] = in(w.guild.Channel(name))
	}
	return w.channels[name]
}

func (w *world) Person(name string) adaptertest.Person { return w.known(name, w.server.Person) }
func (w *world) Admin(name string) adaptertest.Person  { return w.known(name, w.server.Admin) }

func (w *world) known(name string, make func(string) *discordtest.Person) *person {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.people[name] == nil {
		w.people[name] = &person{w, make(name)}
	}
	return w.people[name]
}

// Add: Discord adds bots to guilds, not to channels.
func (w *world) Add(string) (chat.ChannelID, error) { return "", adaptertest.ErrCannot }

func (w *world) Remove(c chat.ChannelID) error {
	if w.overHTTP {
		return adaptertest.ErrCannot // nothing of it is told over HTTP
	}
	w.guild.Remove(strings.TrimPrefix(string(c), "discord:"))
	return nil
}

func (w *world) Uninstall() error {
	if w.overHTTP {
		return adaptertest.ErrCannot
	}
	w.guild.Uninstall()
	return nil
}

func kindOf(k chat.Kind) string {
	return []string{discordtest.KindPost, discordtest.KindEdit, discordtest.KindDirect}[k]
}

func (w *world) Written(k chat.Kind) int { return w.server.Written(kindOf(k)) }

func (w *world) Fail(f adaptertest.Fault) error {
	what := map[adaptertest.FaultKind]discordtest.Mishap{
		adaptertest.Limited: discordtest.Limited, adaptertest.Lost: discordtest.LostReply, adaptertest.Broken: discordtest.BadGateway,
		adaptertest.Slow: discordtest.Silence, adaptertest.Forbidden: discordtest.Forbidden, adaptertest.Gone: discordtest.NotFound,
		adaptertest.Revoked: discordtest.Unauthorized,
	}
	switch f.Kind {
	case adaptertest.Unreachable:
		w.cut.left.Store(int32(max(f.Times, 1)))
		return nil
	case adaptertest.Cut:
		if w.overHTTP {
			return adaptertest.ErrCannot
		}
		opened, _, _ := w.server.Gateway().Counts()
		w.server.Gateway().Drop()
		return w.server.Gateway().Await(patience, func(n, now int) bool { return n == 1 && now > opened })
	}
	w.server.Fail(discordtest.Fault{Kind: kindOf(f.Call), What: what[f.Kind], Times: f.Times, After: f.After})
	return nil
}

func (w *world) Stop() error {
	w.mu.Lock()
	stop, ended := w.stop, w.ended
	w.mu.Unlock()
	stop()
	timer := time.NewTimer(10 * time.Second)
	defer timer.Stop()
	select {
	case err := <-ended:
		ended <- nil // a second Stop finds it ended
		return err
	case <-timer.C:
		return errors.New("Run has not returned")
	}
}

func (w *world) Restart() error {
	err := w.Stop()
	w.begin()
	return err
}

// unreachable is a transport that cannot connect for a while.
type unreachable struct {
	http.RoundTripper
	left atomic.Int32
}

func (u *unreachable) RoundTrip(r *http.Request) (*http.Response, error) {
	if u.left.Load() > 0 && u.left.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	}
	return u.RoundTripper.RoundTrip(r)
}

// person is somebody with Discord's client.
type person struct {
	w *world
	p *discordtest.Person
}

func (p *person) place(c chat.ChannelID) string {
	id := strings.TrimPrefix(string(c), "discord:")
	if strings.HasPrefix(id, "@") {
		return p.p.Direct()
	}
	return id
}

func (p *person) ID() chat.UserID                  { return chat.UserID("discord:" + p.p.ID()) }
func (p *person) Direct() chat.ChannelID           { return chat.ChannelID("discord:@" + p.p.ID()) }
func (p *person) Troubles() []string               { return p.p.Troubles() }
func (p *person) Home() *adaptertest.Shown         { return nil }
func (p *person) OpenHome() error                  { return adaptertest.ErrCannot }
func (p *person) Submit() error                    { return p.p.Submit() }
func (p *person) Cancel() error                    { return p.p.Cancel() }
func (p *person) Fill(l string, v ...string) error { return p.p.Fill(l, v...) }

func (p *person) Press(c chat.ChannelID, label string) error  { return p.p.Press(p.place(c), label) }
func (p *person) Choose(c chat.ChannelID, label string) error { return p.p.Choose(p.place(c), label) }
func (p *person) Tick(c chat.ChannelID, labels ...string) error {
	return p.p.Tick(p.place(c), labels...)
}

func (p *person) Type(c chat.ChannelID, line string) error {
	call := p.w.table.Parse(line)
	if call.Problem != "" {
		return adaptertest.ErrCannot
	}
	return p.p.Command(p.place(c), call.Name, call.Args)
}

func (p *person) Complete(c chat.ChannelID, command, option, prefix string, others map[string]string) ([]string, error) {
	return p.p.Complete(p.place(c), command, option, prefix, others)
}

// Reopen presses [Fix] when it has come; after a failure the modal never closed.
func (p *person) Reopen(c chat.ChannelID) error {
	if err := p.p.Settled(patience); err != nil {
		return err
	}
	for timer := time.NewTimer(patience); ; {
		next := p.w.Changed()
		if p.p.Dialog() != nil {
			return nil
		}
		if p.p.Press(p.place(c), "Fix") == nil {
			break
		}
		select {
		case <-next:
		case <-timer.C:
			return errors.New("nothing brings the form back")
		}
	}
	return nil
}

func (p *person) Screen(c chat.ChannelID) []adaptertest.Shown {
	var list []adaptertest.Shown
	for _, v := range p.p.Screen(p.place(c)) {
		s := adaptertest.Shown{Text: v.Text, Pictures: v.Pictures, Notified: v.Notified, Private: v.Private}
		for _, b := range v.Buttons {
			s.Buttons = append(s.Buttons, adaptertest.Button(b))
		}
		for _, m := range v.Menus {
			s.Menus = append(s.Menus, adaptertest.Menu(m))
		}
		for _, b := range v.Boxes {
			s.Boxes = append(s.Boxes, adaptertest.Box(b))
		}
		list = append(list, s)
	}
	return list
}

func (p *person) Dialog() *adaptertest.Dialog {
	d := p.p.Dialog()
	if d == nil {
		return nil
	}
	out := &adaptertest.Dialog{Title: d.Title, Text: d.Text}
	for _, in := range d.Inputs {
		out.Inputs = append(out.Inputs, adaptertest.Input{Label: in.Label, Hint: in.Hint, Placeholder: in.Placeholder, Choices: in.Choices, Values: in.Values})
	}
	return out
}
