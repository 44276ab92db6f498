package playground_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/adapters/playground"
)

// reached serves what passes the guard, and reads the body as the playground would.
func reached(w http.ResponseWriter, r *http.Request) {
	if _, err := io.ReadAll(r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
	}
}

func TestGuardHosts(t *testing.T) {
	for _, c := range []struct {
		listen, host string
		want         bool
	}{
		{"127.0.0.1:8080", "127.0.0.1:8080", true},
		{"127.0.0.1:8080", "localhost:8080", true},
		{"127.0.0.1:8080", "LocalHost:8080", true},
		{"127.0.0.1:8080", "127.9.9.9:8080", true},
		{"127.0.0.1:8080", "[::1]:8080", true},
		{"127.0.0.1:8080", "[::ffff:127.0.0.1]:8080", true},
		{"127.0.0.1:8080", "127.0.0.1", true},
		{"127.0.0.1:8080", "127.0.0.1:8081", true},
		{"127.0.0.1:8080", "localhost:80", true},
		{"127.0.0.1:8080", "evil.example:8080", false},
		{"127.0.0.1:8080", "localhost.evil.example:8080", false},
		{"127.0.0.1:8080", "127.0.0.1.evil.example:8080", false},
		{"127.0.0.1:8080", "192.168.1.5:8080", false},
		{"127.0.0.1:8080", "0.0.0.0:8080", false},
		{"127.0.0.1:8080", "", false},
		{"127.0.0.1:80", "localhost", true},
		{"192.168.1.5:8080", "192.168.1.5:8080", true},
		{"192.168.1.5:8080", "192.168.1.6:8080", false},
		{"0.0.0.0:8080", "localhost:8080", true},
		{"0.0.0.0:8080", "192.168.1.5:8080", false},
		{"0.0.0.0:8080", "0.0.0.0:8080", false},
		{"[::]:8080", "[::1]:8080", true},
		{"[::]:8080", "prep.example", true},
		{"[::]:8080", "PREP.example", true},
		{"[::]:8080", "prep.example:8080", false},
		{"[::]:8080", "other.example:9000", true},
		{"[::]:8080", "other.example", false},
	} {
		g := playground.Guard(http.HandlerFunc(reached), c.listen, "prep.example", "Other.example:9000")
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = c.host
		rec := httptest.NewRecorder()
		g.ServeHTTP(rec, r)
		if got := rec.Code == http.StatusOK; got != c.want {
			t.Errorf("listening on %s, host %q: status %d, want it let through: %v", c.listen, c.host, rec.Code, c.want)
		}
		if !c.want && !strings.Contains(rec.Body.String(), "http://127.0.0.1:") {
			t.Errorf("host %q is refused without saying what to open: %q", c.host, rec.Body)
		}
	}
}

func TestGuardOrigins(t *testing.T) {
	g := playground.Guard(http.HandlerFunc(reached), "127.0.0.1:8080")
	cookie := cookieOf(t, g)
	own := "http://127.0.0.1:8080"
	for _, c := range []struct {
		name, method string
		headers      map[string]string
		cookie       bool
		want         int
	}{
		{"a page typed into the address bar", "GET", map[string]string{"Sec-Fetch-Site": "none"}, false, 200},
		{"a link on another site", "GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, false, 200},
		{"a frame on another site", "GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, true, 403},
		{"a fetch by another site", "GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, true, 403},
		{"a fetch by another port", "GET", map[string]string{"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Origin": "http://127.0.0.1:9999"}, true, 403},
		{"a script on another site", "GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "script"}, true, 403},
		{"the page's own deed", "POST", map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": own}, true, 200},
		{"the page's own deed behind TLS", "POST", map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "https://127.0.0.1:8080"}, true, 200},
		{"its own deed without the cookie", "POST", map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": own}, false, 403},
		{"a form on another site", "POST", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Origin": "https://evil.example"}, true, 403},
		{"a form in an old browser", "POST", map[string]string{"Origin": "https://evil.example"}, true, 403},
		{"a form of a page without an origin", "POST", map[string]string{"Origin": "null"}, true, 403},
		{"a form by another port", "POST", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:9999"}, true, 403},
		{"a browser that says nothing", "POST", nil, false, 403},
		{"a link that posts from the address bar", "POST", map[string]string{"Sec-Fetch-Site": "none"}, true, 200},
	} {
		r := httptest.NewRequest(c.method, "/demo/say", nil)
		r.Host = "127.0.0.1:8080"
		for k, v := range c.headers {
			r.Header.Set(k, v)
		}
		if c.cookie {
			r.AddCookie(cookie)
		}
		rec := httptest.NewRecorder()
		g.ServeHTTP(rec, r)
		if rec.Code != c.want {
			t.Errorf("%s: status %d, want %d: %s", c.name, rec.Code, c.want, rec.Body)
		}
	}
}

func cookieOf(t *testing.T, g http.Handler) *http.Cookie {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Host = "127.0.0.1:8080"
	rec := httptest.NewRecorder()
	g.ServeHTTP(rec, r)
	cookies := rec.Result().Cookies()
	if len(cookies) != 1 || cookies[0].SameSite != http.SameSiteStrictMode || !cookies[0].HttpOnly {
		t.Fatalf("cookies %+v, want one that is strict and hidden from scripts", cookies)
	}
	return cookies[0]
}

// After a restart of the bot an open page has the cookie of the old process: it is told so, and given the new one.
func TestGuardAfterRestart(t *testing.T) {
	old := cookieOf(t, playground.Guard(http.HandlerFunc(reached), "127.0.0.1:8080"))
	g := playground.Guard(http.HandlerFunc(reached), "127.0.0.1:8080")
	r := httptest.NewRequest(http.MethodPost, "/demo/say", nil)
	r.Host = "127.0.0.1:8080"
	r.AddCookie(old)
	rec := httptest.NewRecorder()
	g.ServeHTTP(rec, r)
	if rec.Code != http.StatusForbidden || rec.Header().Get("Playground-Again") == "" {
		t.Fatalf("an old cookie got %d, again %q", rec.Code, rec.Header().Get("Playground-Again"))
	}
	r = httptest.NewRequest(http.MethodPost, "/demo/say", nil)
	r.Host = "127.0.0.1:8080"
	r.AddCookie(rec.Result().Cookies()[0])
	rec = httptest.NewRecorder()
	g.ServeHTTP(rec, r)
	if rec.Code != http.StatusOK {
		t.Errorf("the cookie given with the refusal got %d", rec.Code)
	}
}

func TestGuardHeadersAndBodies(t *testing.T) {
	g := playground.Guard(http.HandlerFunc(reached), "127.0.0.1:8080")
	cookie := cookieOf(t, g)
	send := func(size int) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", size)))
		r.Host = "127.0.0.1:8080"
		r.AddCookie(cookie)
		rec := httptest.NewRecorder()
		g.ServeHTTP(rec, r)
		return rec
	}
	if rec := send(1 << 20); rec.Code != http.StatusOK {
		t.Errorf("a body of 1 MiB got %d", rec.Code)
	}
	rec := send(1<<20 + 1)
	if rec.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a body beyond 1 MiB got %d", rec.Code)
	}
	csp := rec.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("the policy %q lacks %q", csp, want)
		}
	}
	if strings.Contains(csp, "unsafe") || rec.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers: %v", rec.Header())
	}
}
