package discord

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Discord allows a bot 50 requests a second over all routes. A steady 46 with at most 4 at once never exceed that,
// whatever second one looks at: https://discord.com/developers/docs/topics/rate-limits#global-rate-limit
const (
	globalEvery = time.Second / 46
	globalBurst = 4
)

// Of 10,000 refused requests (401, 403, 429) in ten minutes an address is banned. At half of them the adapter rests.
const (
	refusedLimit = 5000
	restTime     = time.Minute
)

// unknownWait is how long to leave a bucket alone while the request that will tell its limits is under way.
const unknownWait = 250 * time.Millisecond

// limits keeps the bot within Discord's rate limits: a bucket a route, as the headers describe it, one gate for all,
// and a count of refused requests. Nothing here waits.
type limits struct {
	now func() time.Time

	mu      sync.Mutex
	routes  map[string]string // route → the bucket Discord says it counts in
	buckets map[string]*bucket
	next    time.Time // when the gate is free, if no burst is used
	until   time.Time // nothing before this: a limit over all, or a rest
	refused [10]int   // by minute
	minute  int64
}

type bucket struct {
	limit, left, flying int
	reset               time.Time
	known               bool
}

func newLimits(now func() time.Time) *limits {
	return &limits{now: now, routes: map[string]string{}, buckets: map[string]*bucket{}}
}

// route names what a limit is for: a method with a path, and the channel (or guild) it is counted by. A strict one has
// limits of its own beside those its headers tell of. One with ahead needs room for so many requests more, which follow
// it as paid.
type route struct {
	name, major string
	strict      bool
	ahead       int
	paid        bool
}

// at returns when a request may be made; not after now means at once.
func (l *limits) at(r route) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, _ := l.free(r)
	return at
}

// take reserves a request; ok is false when it may not be made before at.
func (l *limits) take(r route) (at time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	at, b := l.free(r)
	if at.After(now) {
		return at, false
	}
	b.left--
	b.flying++
	if !r.paid {
		l.next = later(l.next, now).Add(time.Duration(1+r.ahead) * globalEvery)
	}
	return at, true
}

func (l *limits) free(r route) (time.Time, *bucket) {
	now := l.now()
	b := l.bucket(r)
	at := l.next.Add(-time.Duration(globalBurst-1-r.ahead) * globalEvery)
	if r.paid {
		at = time.Time{}
	}
	if l.until.After(at) {
		at = l.until
	}
	if b.flying == 0 && !now.Before(b.reset) {
		b.left = max(b.limit, 1)
	}
	switch {
	case b.left > 0:
	case b.reset.After(now):
		if b.reset.After(at) {
			at = b.reset
		}
	default: // what is under way will tell
		at = now.Add(unknownWait)
	}
	return at, b
}

func (l *limits) bucket(r route) *bucket {
	name, ok := l.routes[r.name]
	if !ok {
		name = r.name
	}
	key := name + " " + r.major
	b, ok := l.buckets[key]
	if !ok {
		l.forget()
		b = &bucket{left: 1}
		l.buckets[key] = b
	}
	return b
}

// forget drops buckets that say nothing any more, when there are many.
func (l *limits) forget() {
	if len(l.buckets) < 8192 {
		return
	}
	now := l.now()
	for key, b := range l.buckets {
		if b.flying == 0 && now.After(b.reset) {
			delete(l.buckets, key)
		}
	}
}

// done gives a reservation back and learns from the headers of the reply, nil when there was none, and from the wait
// that a refusal asks for. Of a request without a route, which reserved nothing, only a refusal is counted.
func (l *limits) done(r route, status int, h http.Header, exact *float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if h != nil {
		l.count(now, status, h)
	}
	if r.name == "" {
		return
	}
	b := l.bucket(r)
	b.flying = max(b.flying-1, 0)
	if h == nil {
		return
	}
	if name := h.Get("X-RateLimit-Bucket"); name != "" && !r.strict && l.routes[r.name] != name && len(l.routes) < 256 {
		l.learn(r.name, name)
		b = l.bucket(r)
	}
	after, err := seconds(h.Get("X-RateLimit-Reset-After"))
	limit, err2 := strconv.Atoi(h.Get("X-RateLimit-Limit"))
	left, err3 := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	if err == nil && err2 == nil && err3 == nil && limit > 0 {
		b.known, b.limit, b.left, b.reset = true, limit, left-b.flying, now.Add(after+time.Millisecond) // headers are rounded
	} else if !b.known {
		b.left = 1
	}
	if status != http.StatusTooManyRequests {
		return
	}
	wait := retryAfter(h, exact)
	if h.Get("X-RateLimit-Global") != "" || h.Get("X-RateLimit-Scope") == "global" {
		l.until = later(l.until, now.Add(wait))
		return
	}
	b.left, b.reset = 0, later(b.reset, now.Add(wait))
}

// learn notes in which bucket a route counts, and takes along what is known of it so far.
func (l *limits) learn(route, name string) {
	old, ok := l.routes[route]
	if !ok {
		old = route
	}
	l.routes[route] = name
	for key, b := range l.buckets {
		if major, ok := strings.CutPrefix(key, old+" "); ok {
			delete(l.buckets, key)
			if l.buckets[name+" "+major] == nil {
				l.buckets[name+" "+major] = b
			}
		}
	}
}

// count watches the refused requests; those of limits shared with others do not count.
func (l *limits) count(now time.Time, status int, h http.Header) {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
	case http.StatusTooManyRequests:
		if h.Get("X-RateLimit-Scope") == "shared" {
			return
		}
	default:
		return
	}
	minute := now.Unix() / 60
	for m := max(l.minute+1, minute-9); m <= minute; m++ {
		l.refused[m%10] = 0
	}
	l.minute = max(l.minute, minute)
	l.refused[l.minute%10]++
	sum := 0
	for _, n := range l.refused {
		sum += n
	}
	if sum >= refusedLimit {
		l.until = later(l.until, now.Add(restTime))
	}
}

// hold makes a route wait until at, for what the headers of another told.
func (l *limits) hold(r route, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(r)
	b.left, b.reset = 0, later(b.reset, at)
}

// pause makes everything wait, for limits that no header tells of.
func (l *limits) pause(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until = later(l.until, l.now().Add(d))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// retryAfter reads how long to stay away, from the body where it is exact, else from the header; a second when neither
// says, and at most a day.
func retryAfter(h http.Header, exact *float64) time.Duration {
	wait := time.Second
	if exact != nil && *exact > 0 {
		wait = time.Duration(min(*exact, 86400) * float64(time.Second))
	} else if d, err := seconds(h.Get("Retry-After")); err == nil && d > 0 {
		wait = d
	}
	return min(wait, 24*time.Hour)
}

// seconds reads a number of seconds with decimals, between 0 and a day.
func seconds(s string) (time.Duration, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, err
	}
	if !(f >= 0) {
		return 0, strconv.ErrRange
	}
	return time.Duration(min(f, 86400) * float64(time.Second)), nil
}
