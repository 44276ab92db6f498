package discord

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// clock is a clock that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

// Refused requests are counted over ten minutes; long before Discord bans the address everything rests.
func TestRefusedRequestsAreWatched(t *testing.T) {
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	l := newLimits(c.now)
	refuse := func(n, status int, h http.Header) {
		for range n {
			l.done(route{name: "x"}, status, h, nil)
		}
	}
	refuse(4000, 403, header())
	c.at = c.at.Add(11 * time.Minute)
	refuse(4000, 401, header())
	refuse(4000, 429, header("X-RateLimit-Scope", "shared"))
	refuse(4000, 404, header())
	if at := l.at(route{name: "y"}); at.After(c.at) {
		t.Errorf("rests until %v", at)
	}
	refuse(900, 429, header("Retry-After", "0"))
	for range 100 { // answers to interactions have no limit, but count
		l.done(route{}, 401, header(), nil)
	}
	if at := l.at(route{name: "y"}); at.Before(c.at.Add(time.Minute)) {
		t.Errorf("does not rest after 5000 refusals: %v", at)
	}
	if at, ok := l.take(route{name: "y"}); ok {
		t.Errorf("took a request, %v", at)
	}
}

// In any second at most 50 requests are let through, and at least 90 % of that when always asked; so too when each second
// one opens a conversation and pays for what is said there, which then waits for nobody.
func TestGlobalPace(t *testing.T) {
	for _, opens := range []bool{false, true} {
		c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
		l := newLimits(c.now)
		var taken []time.Time
		take := func(r route) bool {
			_, ok := l.take(r)
			if ok {
				taken = append(taken, c.at)
			}
			return ok
		}
		for i := range 20_000 { // 20 s, asked each millisecond for another channel
			r := postRoute(string(rune('a' + i)))
			if open := openRoute(); opens {
				if open.major = r.major; take(open) {
					take(readRoute(r.major)) // somebody else is quicker
					if r.paid = true; !take(r) {
						t.Fatalf("what was paid for waits until %v", l.at(r))
					}
				}
			} else {
				take(r)
			}
			c.at = c.at.Add(time.Millisecond)
		}
		for i := range taken {
			if i >= 50 && taken[i].Sub(taken[i-50]) < time.Second {
				t.Fatalf("51 requests within %v", taken[i].Sub(taken[i-50]))
			}
		}
		if len(taken) < 20*45 {
			t.Errorf("%d requests in 20 s", len(taken))
		}
	}
}

// What the headers of a reply say is less what is under way, which Discord may not have counted yet; what is under way
// when a window ends may be counted in the next. A limit over all is known by either header.
func TestBucketsCountWhatIsUnderWay(t *testing.T) {
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	l, r := newLimits(c.now), postRoute("1")
	says := func(limit, left string) http.Header {
		return header("X-RateLimit-Limit", limit, "X-RateLimit-Remaining", left, "X-RateLimit-Reset-After", "5")
	}
	take := func(want bool) {
		t.Helper()
		if at, ok := l.take(r); ok != want {
			t.Fatalf("at %v taken: %v, want %v; free at %v", c.at, ok, want, at)
		}
	}
	take(true)
	l.done(r, 200, says("3", "2"), nil)
	take(true)
	take(true)
	l.done(r, 200, says("3", "1"), nil) // and the other one is on its way
	take(false)
	c.at = c.at.Add(6 * time.Second)
	take(false)
	l.done(r, 200, nil, nil) // no reply
	take(true)
	for _, h := range []http.Header{header("X-RateLimit-Global", "true", "Retry-After", "3"), header("X-RateLimit-Scope", "global", "Retry-After", "3")} {
		c.at = c.at.Add(time.Minute)
		l.done(r, 429, h, nil)
		if d := l.at(readRoute("2")).Sub(c.at); d != 3*time.Second {
			t.Errorf("%v: elsewhere in %v", h, d)
		}
	}
	c.at = c.at.Add(time.Minute)
	l.done(r, 429, header("X-RateLimit-Scope", "shared", "Retry-After", "3"), nil)
	if here, there := l.at(r).Sub(c.at), l.at(readRoute("2")).Sub(c.at); here != 3*time.Second || there > 0 {
		t.Errorf("a shared limit: here in %v, elsewhere in %v", here, there)
	}
}

// Odd headers are no harm.
func TestOddHeaders(t *testing.T) {
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	l := newLimits(c.now)
	for _, h := range []http.Header{
		nil, header(), header("X-RateLimit-Limit", "x", "X-RateLimit-Remaining", "y", "X-RateLimit-Reset-After", "z"),
		header("X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "-3", "X-RateLimit-Reset-After", "NaN"),
		header("X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "4", "X-RateLimit-Reset-After", "1e300"),
		header("Retry-After", "-5"), header("Retry-After", "Inf"), header("X-RateLimit-Bucket", strings.Repeat("b", 10000)),
	} {
		for _, status := range []int{200, 429, 500} {
			r := route{name: "odd", major: "1"}
			l.take(r)
			l.done(r, status, h, nil)
			if at := l.at(r); at.After(c.at.Add(48 * time.Hour)) {
				t.Errorf("%v: waits until %v", h, at)
			}
			c.at = c.at.Add(48 * time.Hour)
			if at, ok := l.take(r); !ok {
				t.Errorf("%v: stuck until %v", h, at)
			}
			l.done(r, 200, nil, nil)
		}
	}
}

// Buckets of channels that are quiet do not pile up.
func TestBucketsAreForgotten(t *testing.T) {
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	l := newLimits(c.now)
	for i := range 50_000 {
		r := postRoute(string(rune(i)))
		l.take(r)
		l.done(r, 200, header("X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "4", "X-RateLimit-Reset-After", "1"), nil)
		c.at = c.at.Add(time.Second)
	}
	if n := len(l.buckets); n > 8192 {
		t.Errorf("%d buckets", n)
	}
}

// The names of roles are known of so many guilds at most.
func TestRolesAreBounded(t *testing.T) {
	api, err := newRest("t", "https://discord.example", http.DefaultTransport, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // nothing is asked
	r := roles{guilds: map[string]*guildRoles{}}
	for i := range 3 * maxGuilds {
		r.of(ctx, api, strconv.Itoa(i))
		if len(r.guilds) > maxGuilds {
			t.Fatalf("%d guilds are known", len(r.guilds))
		}
	}
}
