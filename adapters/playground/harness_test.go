package playground_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/playground"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// The playground passes the suite, used over HTTP and server-sent events as a browser uses it, through its guard.
func TestSuite(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T, h chat.Handler, table chat.Table) adaptertest.Harness {
		return start(t, h, playground.Options{Name: "demo", Table: table})
	})
}

// world is a demo team in a server that outlives its adapters, as a browser's address outlives a restart.
type world struct {
	t       *testing.T
	bell    adaptertest.Bell
	options playground.Options
	handler chat.Handler
	keep    *keep
	server  *httptest.Server
	client  *http.Client
	site    atomic.Pointer[http.Handler]
	space   chat.SpaceID

	mu      sync.Mutex
	adapter *playground.Adapter
	stop    context.CancelFunc
	ended   chan error
	up      chan struct{} // closed while the adapter runs
	quiet   map[chat.ChannelID]bool
	people  map[string]*person
	last    func() error // sends the last deed again
}

// clock is the real one, ahead by what was asked for.
type clock struct{ ahead atomic.Int64 }

func (c *clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// keep counts and fails what is written of messages.
type keep struct {
	*adaptertest.Keep
	written, fail atomic.Int64
}

func (k *keep) Set(ctx context.Context, s chat.SpaceID, values map[string][]byte) error {
	for key := range values {
		if strings.HasPrefix(key, "message/") && ctx.Err() == nil {
			k.written.Add(1)
			if k.fail.Add(-1) >= 0 {
				return errors.New("the disk is full")
			}
			k.fail.Store(0)
			break
		}
	}
	return k.Keep.Set(ctx, s, values)
}

func start(t *testing.T, h chat.Handler, o playground.Options) *world {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, handler: h, options: o, quiet: map[chat.ChannelID]bool{"": true}, people: map[string]*person{}, client: &http.Client{Jar: jar}}
	if w.options.Clock == nil {
		w.options.Clock = &clock{}
	}
	w.keep = &keep{Keep: adaptertest.NewKeep(w.Now)}
	w.options.Keep = w.keep
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { (*w.site.Load()).ServeHTTP(rw, r) }))
	if err := w.run(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Stop(); err != nil {
			t.Error(err)
		}
		for _, p := range w.people {
			p.leave()
		}
		w.client.CloseIdleConnections()
		w.server.Close()
	})
	return w
}

// run makes an adapter and runs it; it returns when a new space was begun, or an old one is there again.
func (w *world) run() error {
	ctx, cancel := context.WithCancel(context.Background())
	begun := make(chan struct{}, 1)
	o := w.options
	o.Begin = func(ctx context.Context, s playground.Scene) error {
		w.mu.Lock()
		if w.space == "" {
			w.space = s.Space
		}
		w.mu.Unlock()
		if w.options.Begin != nil {
			if err := w.options.Begin(ctx, s); err != nil {
				return err
			}
		}
		select {
		case begun <- struct{}{}:
		default: // a space that a person started over
		}
		return nil
	}
	a, err := playground.New(ctx, o)
	if err != nil {
		cancel()
		return err
	}
	doors, err := playground.Doors(a)
	if err != nil {
		cancel()
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", doors)
	mux.Handle("/"+a.Name()+"/", a.Handler())
	site := playground.Guard(mux, w.server.Listener.Addr().String())
	w.site.Store(&site)
	w.mu.Lock()
	first := w.space == ""
	w.mu.Unlock()
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, w.handle) }()
	w.mu.Lock()
	w.adapter, w.stop, w.ended, w.up = a, cancel, ended, make(chan struct{})
	w.mu.Unlock()
	if first {
		<-begun
	} else if err := w.started(); err != nil {
		return err
	}
	close(w.up)
	return nil
}

// started returns when the adapter takes deeds. Pages need not wait for that: they try again by themselves.
func (w *world) started() error {
	for {
		var o outcome
		err := w.post(w.owner(), "dm", "complete", map[string]string{"Text": "/"}, &o)
		if r, ok := err.(refused); !ok || r.status != http.StatusServiceUnavailable {
			return err
		}
	}
}

// handle leaves out what the suite does not expect: that the first channels, and those made by Channel, are new.
func (w *world) handle(ctx context.Context, e chat.Event) (chat.Response, error) {
	w.mu.Lock()
	local := strings.HasSuffix(string(e.Channel), ".c-backend-interviews")
	skip := w.space != "" && e.Space != w.space
	if _, added := e.What.(chat.Added); added && (w.quiet[e.Channel] || local) {
		skip = true
	}
	w.mu.Unlock()
	if skip {
		return chat.Response{}, nil
	}
	return w.handler(ctx, e)
}

func (w *world) Platform() chat.Platform {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.adapter
}

func (w *world) Space() chat.SpaceID      { return w.space }
func (w *world) Now() time.Time           { return w.options.Clock.Now() }
func (w *world) Overdue()                 {}
func (w *world) Changed() <-chan struct{} { return w.bell.Next() }
func (w *world) Written(chat.Kind) int    { return int(w.keep.written.Load()) }

func (w *world) Until(t time.Time) {
	if c, ok := w.options.Clock.(*clock); ok {
		c.ahead.Add(max(0, int64(t.Sub(c.Now()))))
	}
}

func (w *world) id(local string) string { return string(w.space) + "." + local }

func (w *world) Channel(name string) chat.ChannelID {
	c := chat.ChannelID(w.id("c-" + name))
	w.mu.Lock()
	made := w.quiet[c]
	w.quiet[c] = true
	w.mu.Unlock()
	if !made {
		if err := w.invite(name); err != nil {
			w.t.Error(err)
		}
	}
	return c
}

func (w *world) invite(name string) error {
	if name == "lounge" { // is there from the start, without the bot
		return w.owner().deed("home", "channel", map[string]any{"Channel": "c-lounge", "Bot": true})
	}
	return w.owner().deed("home", "channel", map[string]any{"Name": name, "Bot": true})
}

// owner is the first of the people that a demo begins with.
func (w *world) owner() *person { return w.known("Amara", "u1", false) }

func (w *world) Person(name string) adaptertest.Person { return w.known(name, "", false) }
func (w *world) Admin(name string) adaptertest.Person  { return w.known(name, "", true) }

func (w *world) known(name, id string, admin bool) *person {
	w.mu.Lock()
	p, ok := w.people[name]
	if !ok {
		p = &person{w: w, id: id, tabs: map[string]*tab{}}
		w.people[name] = p
	}
	w.mu.Unlock()
	p.once.Do(func() {
		if p.id != "" {
			return
		}
		var o outcome
		if err := w.post(w.owner(), "home", "person", map[string]any{"Name": name, "Zone": "Europe/Berlin", "Admin": admin}, &o); err != nil {
			w.t.Error(err)
			return
		}
		p.id = strings.TrimPrefix(o.Go, "as=")
	})
	return p
}

func (w *world) Add(name string) (chat.ChannelID, error) {
	return chat.ChannelID(w.id("c-" + name)), w.invite(name)
}

func (w *world) Remove(c chat.ChannelID) error {
	return w.owner().deed("home", "channel", map[string]any{"Channel": strings.TrimPrefix(string(c), w.id("")), "Bot": false})
}

func (w *world) Uninstall() error { return w.owner().deed("home", "over", struct{}{}) }

func (w *world) Fail(f adaptertest.Fault) error {
	switch f.Kind {
	case adaptertest.Unreachable:
		w.keep.fail.Store(int64(max(1, f.Times)))
	case adaptertest.Cut:
		for _, p := range w.people {
			p.cut()
		}
	default:
		return adaptertest.ErrCannot
	}
	return nil
}

func (w *world) Redeliver() error {
	w.mu.Lock()
	again := w.last
	w.mu.Unlock()
	return again()
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
	w.mu.Lock()
	people := w.people
	w.mu.Unlock()
	if err := w.Stop(); err != nil {
		return err
	}
	if err := w.run(); err != nil {
		return err
	}
	for _, p := range people {
		p.back()
	}
	return nil
}

// outcome is what a page is told about its deed.
type outcome struct {
	Form, Say, Go, Usage string
	Errors               map[string]string
	Items                []struct{ Line, Label, Hint string }
}

// post sends a deed as a page does: with what a browser adds, and again when the page is from before a restart.
func (w *world) post(p *person, in, path string, body any, into *outcome) error {
	w.mu.Lock()
	p.deeds++
	name := fmt.Sprintf("%s-deed-%08d", p.id, p.deeds)
	w.mu.Unlock()
	deed, err := json.Marshal(map[string]any{"Space": w.space, "As": p.id, "In": in, "ID": name, "Body": body})
	if err != nil {
		return err
	}
	send := func() error { return w.send(path, deed, into) }
	if path != "complete" && path != "person" {
		w.mu.Lock()
		w.last = send
		w.mu.Unlock()
	}
	return send()
}

func (w *world) send(path string, deed []byte, into *outcome) error {
	for range 2 {
		req, err := http.NewRequest(http.MethodPost, w.server.URL+"/"+w.options.Name+"/"+path, bytes.NewReader(deed))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Origin", w.server.URL)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		resp, err := w.client.Do(req)
		if err != nil {
			return err
		}
		answer, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		switch {
		case err != nil:
			return err
		case resp.StatusCode == http.StatusOK:
			*into = outcome{}
			return json.Unmarshal(answer, into)
		case resp.Header.Get("Playground-Again") == "":
			return refused{resp.StatusCode, strings.TrimSpace(string(answer))}
		}
	}
	return errors.New("the playground does not take its own cookie")
}

// refused is a request that was answered with a sentence.
type refused struct {
	status   int
	sentence string
}

func (r refused) Error() string { return fmt.Sprintf("%d: %s", r.status, r.sentence) }
