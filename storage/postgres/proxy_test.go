package postgres_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// proxy stands between a store and the server. It can cut connections, at a moment that the test chooses by what the store
// sends.
type proxy struct {
	net.Listener
	to string

	mu    sync.Mutex
	conns map[net.Conn]bool
	watch func(c *link, sent []byte) // sees what the store sends, before the server does; it may cut
}

// link is one connection through the proxy: the store's end and the server's.
type link struct{ store, server net.Conn }

func (l *link) cut() {
	l.store.Close()
	l.server.Close()
}

// through starts a proxy before the server and returns it with the address of the database through it.
func through(t testing.TB, where string) (*proxy, string) {
	t.Helper()
	u, err := url.Parse(where)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: l, to: u.Host, conns: map[net.Conn]bool{}}
	u.Host = l.Addr().String()
	q := u.Query()
	q.Set("sslmode", "disable") // so that the test can read along
	u.RawQuery = q.Encode()
	var all sync.WaitGroup
	all.Go(func() { p.accept(&all) })
	t.Cleanup(func() {
		l.Close()
		p.cutAll()
		all.Wait()
	})
	return p, u.String()
}

func (p *proxy) accept(all *sync.WaitGroup) {
	for {
		in, err := p.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", p.to)
		if err != nil {
			in.Close()
			continue
		}
		l := &link{in, out}
		p.mu.Lock()
		p.conns[in], p.conns[out] = true, true
		p.mu.Unlock()
		all.Go(func() { io.Copy(in, out); l.cut() })
		all.Go(func() { p.forward(l); l.cut() })
	}
}

func (p *proxy) forward(l *link) {
	buffer := make([]byte, 1<<20)
	for {
		n, err := l.store.Read(buffer)
		if n > 0 {
			p.mu.Lock()
			watch := p.watch
			p.mu.Unlock()
			if watch != nil {
				watch(l, buffer[:n])
			}
			if _, err := l.server.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *proxy) see(watch func(l *link, sent []byte)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watch = watch
}

func (p *proxy) cutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
	}
	clear(p.conns)
}

// executes says whether the statement is among those that were sent to be executed. Statements are named after their text.
func executes(sent []byte, sql string) bool {
	digest := sha256.Sum256([]byte(sql))
	// In front of the name is the empty name of a portal, which only binding has.
	return bytes.Contains(sent, fmt.Appendf(nil, "\x00stmtcache_%x\x00", digest[:24]))
}
