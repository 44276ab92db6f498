package discord_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
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

// proxy is an HTTP proxy that makes tunnels, for who knows the password if there is one.
type proxy struct {
	*httptest.Server
	password string
	refuses  int // status, 0 = nothing

	mu      sync.Mutex
	tunnels []string
}

func newProxy(t *testing.T, secure bool, password string, refuses int) *proxy {
	p := &proxy{password: password, refuses: refuses}
	if p.Server = httptest.NewUnstartedServer(http.HandlerFunc(p.serve)); secure {
		p.StartTLS()
	} else {
		p.Start()
	}
	t.Cleanup(p.Close)
	return p
}

func (p *proxy) serve(w http.ResponseWriter, r *http.Request) {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.Header.Get("Proxy-Authorization"), "Basic "))
	_, password, _ := strings.Cut(string(key), ":")
	switch {
	case password != p.password:
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	case p.refuses != 0:
		w.WriteHeader(p.refuses)
		return
	}
	p.mu.Lock()
	p.tunnels = append(p.tunnels, r.Host)
	p.mu.Unlock()
	there, err := net.Dial("tcp", r.Host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer there.Close()
	here, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer here.Close()
	_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { _, _ = io.Copy(there, here); _ = there.Close() }()
	_, _ = io.Copy(here, there)
}

func (p *proxy) reached(address string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.tunnels, address)
}

// front puts TLS before a Discord, whose gateway is then wss.
func front(t *testing.T, s *discordtest.Server) *httptest.Server {
	to, err := url.Parse(s.APIURL())
	if err != nil {
		t.Fatal(err)
	}
	to.Path = ""
	var f *httptest.Server
	f = httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ModifyResponse: func(r *http.Response) error {
			if !strings.HasSuffix(r.Request.URL.Path, "/gateway/bot") {
				return nil
			}
			body, err := io.ReadAll(r.Body)
			body = bytes.ReplaceAll(body, []byte("ws://"+to.Host), []byte("wss://"+strings.TrimPrefix(f.URL, "https://")))
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			r.Header.Del("Content-Length")
			return err
		},
	})
	f.EnableHTTP2 = true
	f.StartTLS()
	t.Cleanup(f.Close)
	return f
}

// The gateway is reached the way REST is: through the proxy, with its password, over TLS, or past it.
func TestGatewayProxy(t *testing.T) {
	for name, c := range map[string]struct {
		secure, past  bool   // the proxy speaks TLS; it is not to be used
		stranger      bool   // whose certificate nobody trusts, stands in Discord's place
		has, password string // what the proxy wants, and what is given
		scheme        string
		refuses       int
		want          string // in what Healthy says; "" = it works
	}{
		"a proxy":               {},
		"with a password":       {has: "s:/@ecret", password: "s:/@ecret"},
		"that speaks TLS":       {secure: true, has: "p", password: "p"},
		"another's certificate": {stranger: true, want: "certificate"},
		"past it":               {past: true, refuses: http.StatusForbidden},
		"another password":      {has: "open", password: "s3same", want: "HTTPS_PROXY"},
		"it refuses":            {refuses: http.StatusForbidden, want: "403 Forbidden"},
		"another kind of them":  {scheme: "socks4", want: "http and https proxies"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := discordtest.New(discordtest.Options{Limit: 50})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			discordOverTLS, p := front(t, s), newProxy(t, c.secure, c.has, c.refuses)
			address, err := url.Parse(p.URL)
			if err != nil {
				t.Fatal(err)
			}
			if c.scheme != "" {
				address.Scheme = c.scheme
			}
			if c.password != "" {
				address.User = url.UserPassword("me", c.password)
			}
			direct := discordOverTLS.Client().Transport.(*http.Transport)
			network := direct.Clone()
			network.TLSClientConfig.NextProtos = []string{"h2", "http/1.1"} // as net/http makes it
			if c.stranger {
				network.TLSClientConfig = nil
			}
			network.Proxy = func(r *http.Request) (*url.URL, error) {
				if c.past {
					return nil, nil
				}
				return address, nil
			}
			a, err := discord.New(discord.Options{
				Token: s.Token(), ApplicationID: s.App(), APIURL: discordOverTLS.URL + "/api", Keep: adaptertest.NewKeep(time.Now), Clock: wall{},
				Table: adaptertest.Table(), Network: network, Transport: direct,
			})
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() {
				ended <- a.Run(ctx, func(context.Context, chat.Event) (chat.Response, error) { return chat.Response{}, nil })
			}()
			defer func() {
				stop()
				if err := <-ended; err != nil {
					t.Error(err)
				}
			}()
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			for end := time.Now().Add(patience); time.Now().Before(end); <-tick.C {
				err := a.Healthy()
				if c.want == "" && err == nil || c.want != "" && err != nil && strings.Contains(err.Error(), c.want) {
					break
				}
			}
			err = a.Healthy()
			switch {
			case c.want == "" && err != nil:
				t.Fatalf("the gateway is not reached: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Fatalf("the gateway says %v, want %q", err, c.want)
			case err != nil && c.password != "" && strings.Contains(err.Error(), c.password):
				t.Errorf("the password is told: %v", err)
			}
			at := strings.TrimPrefix(discordOverTLS.URL, "https://")
			if want := (c.want == "" || c.stranger) && !c.past; p.reached(at) != want {
				t.Errorf("tunnels to %q; one to %s: want %v", p.tunnels, at, want)
			}
		})
	}
}

// A proxy that says nothing is left as a gateway is that says nothing, and Run ends even while it is waited for.
func TestGatewayProxySilent(t *testing.T) {
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		var asked atomic.Int32
		silent := func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			asked.Add(1)
			go func() { _, _ = io.Copy(io.Discard, there) }()
			return here, nil
		}
		a := b.start(func(o *discord.Options) {
			o.Transport = o.Network
			o.Network = &http.Transport{DialContext: silent, Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: "proxy.test"})}
		})
		pass(time.Minute)
		a.healthy(false)
		if n := asked.Load(); n < 2 || n > 3 {
			t.Errorf("asked %d times in a minute", n)
		}
		a.end(6 * time.Second)
	})
}

// way is a network that a test cuts, whole or to one host.
type way struct {
	b     *bubble
	cut   atomic.Value // "" = nothing, "*" = all
	dials atomic.Int32
}

func (w *way) dial(ctx context.Context, network, address string) (net.Conn, error) {
	w.dials.Add(1)
	if cut, _ := w.cut.Load().(string); cut == "*" || cut != "" && strings.HasPrefix(address, cut+":") {
		return nil, errors.New("no route to host")
	}
	return w.b.pipe.Dial(ctx, network, address)
}

// While the network is gone it is tried about once a minute, without using up the budget, and used within a minute when it is back.
func TestGatewayWithoutNetwork(t *testing.T) {
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		w := &way{b: b}
		a := b.start(func(o *discord.Options) { o.Network.DialContext = w.dial })
		for round := range 2 {
			pass(10 * time.Minute)
			w.cut.Store("*")
			b.server.Gateway().Drop()
			before := w.dials.Load()
			pass(10 * time.Second)
			if n := w.dials.Load() - before; round == 1 && (n < 2 || n > 8) {
				t.Errorf("%d dials in the first ten seconds", n)
			}
			pass(24 * time.Hour)
			if n := w.dials.Load() - before; n > 24*60+20 {
				t.Errorf("%d dials in a day", n)
			}
			a.healthy(false)
			w.cut.Store("")
			pass(4 * time.Minute)
			a.healthy(true)
		}
		a.end(3 * time.Second)
	})
}

// A session whose address for resuming is gone is given up after three tries, however often that was so before.
func TestGatewayResumeAddressGone(t *testing.T) {
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		w := &way{b: b}
		a := b.start(func(o *discord.Options) { o.Network.DialContext = w.dial })
		for range 3 {
			pass(10 * time.Minute)
			w.cut.Store(discordtest.ResumeHost)
			b.server.Gateway().Drop()
			pass(2 * time.Second) // one or two tries
			w.cut.Store("")
			pass(10 * time.Second)
			a.healthy(true)
		}
		if _, identified, _ := b.server.Gateway().Counts(); identified != 1 {
			t.Errorf("%d sessions, though each could be resumed", identified)
		}
		pass(10 * time.Minute)
		w.cut.Store(discordtest.ResumeHost)
		b.server.Gateway().Drop()
		pass(20 * time.Second)
		a.healthy(true)
		b.works("Ada")
		if _, identified, _ := b.server.Gateway().Counts(); identified != 2 {
			t.Errorf("%d sessions, want a second one", identified)
		}
		a.end(3 * time.Second)
	})
}
