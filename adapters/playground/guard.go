package playground

import (
	"crypto/rand"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// bodyLimit is the most a request may carry, in bytes.
const bodyLimit = 1 << 20

// Guard stands before everything the playground serves. It answers only to its own addresses, against DNS rebinding:
// loopback names and addresses, listenAddr itself, and exactly those hosts that the operator
// allowed ("name" or "name:port", as the browser sends it). It refuses what other origins ask for, and every write without
// the SameSite cookie that it gave out, so that no other page can act here. It sets the security headers and bounds bodies
// to 1 MiB.
func Guard(next http.Handler, listenAddr string, allowed ...string) http.Handler {
	g := &guard{next: next, token: rand.Text()}
	g.host, g.port, _ = net.SplitHostPort(listenAddr)
	for _, h := range allowed {
		g.allowed = append(g.allowed, strings.ToLower(h))
	}
	return g
}

type guard struct {
	next       http.Handler
	host, port string
	allowed    []string
	token      string // of this process
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "+
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	switch {
	case !g.knows(r.Host):
		refuse(w, http.StatusMisdirectedRequest, "This address is not one that the playground answers to. Open it as http://"+
			net.JoinHostPort("127.0.0.1", g.port)+"/, or start the bot with this host among those it allows.")
		return
	case !sameOrigin(r):
		refuse(w, http.StatusForbidden, "This request came from another site, so it was refused. Open the playground itself.")
		return
	}
	name := "interviewbot-" + portOf(r.Host)
	has := g.has(r, name)
	if !has {
		http.SetCookie(w, &http.Cookie{Name: name, Value: g.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	}
	if !has && r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Playground-Again", "1") // the page sends it again, now with the cookie
		refuse(w, http.StatusForbidden, "This page is from before the bot was started. Nothing was done; try again.")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
	g.next.ServeHTTP(w, r)
}

// knows says whether the Host header names this playground.
func (g *guard) knows(host string) bool {
	host = strings.ToLower(host)
	if slices.Contains(g.allowed, host) {
		return true
	}
	name := hostOf(host)
	ip, err := netip.ParseAddr(name)
	if name == "localhost" || err == nil && ip.Unmap().IsLoopback() {
		return true // no other site's name; whatever the port, for a container may publish it under another
	}
	if portOf(host) != g.port {
		return false
	}
	if err != nil {
		return g.host != "" && name == strings.ToLower(g.host)
	}
	own, err := netip.ParseAddr(g.host)
	return err == nil && !own.IsUnspecified() && own.Unmap() == ip.Unmap()
}

// has says whether the request carries this process's cookie.
func (g *guard) has(r *http.Request, name string) bool {
	c, err := r.Cookie(name)
	return err == nil && subtle.ConstantTimeCompare([]byte(c.Value), []byte(g.token)) == 1
}

// sameOrigin accepts what the site's own pages ask for, and links that lead to a page of it.
func sameOrigin(r *http.Request) bool {
	if o := r.Header.Get("Origin"); o != "" && o != "http://"+r.Host && o != "https://"+r.Host {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

func hostOf(hostport string) string {
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		return h
	}
	return strings.Trim(hostport, "[]")
}

// portOf is the port a Host header names; without one it is that of plain HTTP.
func portOf(hostport string) string {
	if _, p, err := net.SplitHostPort(hostport); err == nil {
		return p
	}
	return "80"
}

// refuse answers with a sentence for the person.
func refuse(w http.ResponseWriter, status int, sentence string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(sentence + "\n"))
}
