package playground_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/playground"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// bubble is an adapter that runs in a test with a clock of its own, without a network.
type bubble struct {
	t     *testing.T
	a     *playground.Adapter
	site  http.Handler
	space string
	stop  context.CancelFunc
	ended chan error
}

func inBubble(t *testing.T, h chat.Handler, clock chat.Clock, test func(*bubble)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		b := &bubble{t: t, stop: cancel, ended: make(chan error, 1)}
		if clock == nil {
			clock = realTime{}
		}
		a, err := playground.New(ctx, playground.Options{
			Name: "demo", Keep: adaptertest.NewKeep(time.Now), Clock: clock, Table: adaptertest.Table(),
			Begin: func(_ context.Context, s playground.Scene) error { b.space = string(s.Space); return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		b.a, b.site = a, a.Handler()
		go func() { b.ended <- a.Run(ctx, h) }()
		synctest.Wait()
		test(b)
		cancel()
		if err := <-b.ended; err != nil {
			t.Errorf("Run returned %v", err)
		}
	})
}

type realTime struct{}

func (realTime) Now() time.Time { return time.Now() }

// post sends a deed of the first person; the answer is there when the deed is done.
func (b *bubble) post(id, path string, body any) *httptest.ResponseRecorder {
	deed, err := json.Marshal(map[string]any{"Space": b.space, "As": "u1", "In": "c-backend-interviews", "ID": id, "Body": body})
	if err != nil {
		b.t.Error(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/demo/"+path, bytes.NewReader(deed))
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	b.site.ServeHTTP(rec, r)
	return rec
}

func (b *bubble) page() string {
	rec := httptest.NewRecorder()
	b.site.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/demo/?as=u1", nil))
	return rec.Body.String()
}

// listener is an open stream of changes.
type listener struct {
	*httptest.ResponseRecorder
	mu    sync.Mutex
	leave context.CancelFunc
	ended chan struct{}
}

func (s *listener) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ResponseRecorder.Write(p)
}

func (s *listener) heard() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Body.String()
}

func (b *bubble) listen(as, since string) *listener {
	ctx, cancel := context.WithCancel(b.t.Context())
	s := &listener{ResponseRecorder: httptest.NewRecorder(), leave: cancel, ended: make(chan struct{})}
	r := httptest.NewRequest(http.MethodGet, "/demo/events?as="+as+"&space="+b.space, nil).WithContext(ctx)
	r.Header.Set("Last-Event-ID", since)
	go func() {
		defer close(s.ended)
		b.site.ServeHTTP(s, r)
	}()
	synctest.Wait()
	return s
}

func hello() map[string]string { return map[string]string{"Text": "/say hello"} }

// A double click sends the same deed twice at a time: the bot hears of it once, and both are answered.
func TestSameDeedAtATimeIsOne(t *testing.T) {
	var heard atomic.Int64
	var release chan struct{}
	inBubble(t, func(_ context.Context, e chat.Event) (chat.Response, error) {
		if _, ok := e.What.(chat.Call); ok {
			heard.Add(1)
			<-release
		}
		return says(note("Counted."))
	}, nil, func(b *bubble) {
		release = make(chan struct{})
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				if rec := b.post("same-deed", "say", hello()); rec.Code != http.StatusOK {
					t.Errorf("got %d: %s", rec.Code, rec.Body)
				}
			})
		}
		synctest.Wait()
		release <- struct{}{} // a second hearing would wait for ever
		wg.Wait()
		if n := strings.Count(b.page(), "<p class=\"text\" dir=\"auto\">Counted."); heard.Load() != 1 || n != 1 {
			t.Errorf("the bot heard it %d times and %d answers are shown", heard.Load(), n)
		}
	})
}

// A page that goes away takes nothing with it.
func TestDeedOutlivesItsPage(t *testing.T) {
	var release chan struct{}
	inBubble(t, func(_ context.Context, e chat.Event) (chat.Response, error) {
		if _, ok := e.What.(chat.Call); ok {
			<-release
		}
		return says(note("Counted."))
	}, nil, func(b *bubble) {
		release = make(chan struct{})
		ctx, leave := context.WithCancel(b.t.Context())
		deed := `{"Space":"` + b.space + `","As":"u1","In":"c-backend-interviews","ID":"some-deed","Body":{"Text":"/say hello"}}`
		r := httptest.NewRequest(http.MethodPost, "/demo/say", strings.NewReader(deed)).WithContext(ctx)
		r.Header.Set("Content-Type", "application/json")
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			b.site.ServeHTTP(httptest.NewRecorder(), r)
		}()
		synctest.Wait()
		leave()
		<-gone
		close(release)
		synctest.Wait()
		if !strings.Contains(b.page(), "Counted.") {
			t.Error("the answer is lost with the page")
		}
	})
}

func TestSlowDeedsAreBounded(t *testing.T) {
	inBubble(t, func(ctx context.Context, e chat.Event) (chat.Response, error) {
		if _, ok := e.What.(chat.Call); ok {
			<-ctx.Done()
			return chat.Response{}, ctx.Err()
		}
		return chat.Response{}, nil
	}, nil, func(b *bubble) {
		began := time.Now()
		b.post("some-deed", "say", hello())
		if took := time.Since(began); took != time.Minute {
			t.Errorf("the bot was given %v", took)
		}
		if !strings.Contains(b.page(), "This did not work, and nothing was saved.") {
			t.Error("the person is told nothing")
		}
		// The end of Run waits for what is under way, but not for ever.
		go b.post("other-deed", "say", hello())
		synctest.Wait()
		began = time.Now()
		b.stop()
		err := <-b.ended
		if b.ended <- err; time.Since(began) != 5*time.Second {
			t.Errorf("Run ended after %v", time.Since(began))
		}
		if rec := b.post("late-deed", "say", hello()); rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" {
			t.Errorf("a deed after the end got %d: %s", rec.Code, rec.Body)
		}
	})
}

func TestStreamBeatsAndEnds(t *testing.T) {
	inBubble(t, quiet, nil, func(b *bubble) {
		s := b.listen("u1", "")
		time.Sleep(31 * time.Second)
		synctest.Wait()
		if n := strings.Count(s.heard(), ": here\n\n"); n != 2 {
			t.Errorf("%d beats in 31 seconds, want 2: %q", n, s.heard())
		}
		s.leave()
		<-s.ended
		s = b.listen("u1", "")
		b.stop()
		<-s.ended // so that a server can shut down
		s = b.listen("u1", "")
		<-s.ended
	})
}

func TestStreamGoesOn(t *testing.T) {
	inBubble(t, quiet, nil, func(b *bubble) {
		c := chat.ChannelID(b.space + ".c-backend-interviews")
		post := func(text string) {
			if _, err := b.a.Post(b.t.Context(), c, note(text), ""); err != nil {
				t.Error(err)
			}
			if err := b.a.Direct(b.t.Context(), chat.UserID(b.space+".u2"), note("Only for Jonas: "+text)); err != nil {
				t.Error(err)
			}
			synctest.Wait()
		}
		amara := b.listen("u1", "")
		post("One.")
		amara.leave()
		<-amara.ended
		if heard := amara.heard(); !strings.Contains(heard, "One.") || strings.Contains(heard, "Jonas:") {
			t.Errorf("Amara heard %q", heard)
		}
		ids := strings.Split(amara.heard(), "id: ")
		last, _, _ := strings.Cut(ids[len(ids)-1], "\n")
		post("Two.")
		again := b.listen("u1", last)
		if heard := again.heard(); strings.Contains(heard, "reset") || strings.Contains(heard, "One.") || !strings.Contains(heard, "Two.") {
			t.Errorf("after %s Amara heard %q", last, heard)
		}
		again.leave()
		for range 300 {
			post("More.")
		}
		for _, since := range []string{last, "", "garbage", "other.1", strings.Replace(last, ".", ".9999", 1)} {
			s := b.listen("u1", since)
			if !strings.Contains(s.heard(), `{"kind":"reset"}`) {
				t.Errorf("after %q, which is not known any more, the page is not told to read anew: %.300q", since, s.heard())
			}
			s.leave()
		}
		for _, as := range []string{"u99", "", "u1&space=demo:left"} { // the first space counts
			s := b.listen(as, last)
			<-s.ended
			if heard := s.heard(); !strings.Contains(heard, "reset") || strings.Contains(heard, "More.") {
				t.Errorf("%q heard %.300q", as, heard)
			}
		}
	})
}

// mover is a clock that a test moves, with a round every day.
type mover struct {
	mu      sync.Mutex
	now     time.Time
	none    bool
	visited []time.Time
	stuck   chan struct{}
}

func (m *mover) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *mover) Next(context.Context) (time.Time, bool, error) {
	return m.Now().Add(24 * time.Hour).Truncate(24 * time.Hour), !m.none, nil
}

func (m *mover) Advance(ctx context.Context, to time.Time, done func(time.Time)) error {
	for now := m.Now(); now.Before(to); {
		next, _, _ := m.Next(ctx)
		if next.After(to) {
			next = to
		}
		m.mu.Lock()
		m.now, now = next, next
		m.visited = append(m.visited, next)
		m.mu.Unlock()
		done(next)
		if m.stuck != nil {
			select {
			case <-m.stuck:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return nil
}

// Private messages quote answers, so they are kept no longer than those.
func TestOldMessagesGo(t *testing.T) {
	m := &mover{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	inBubble(t, quiet, m, func(b *bubble) {
		for _, text := range []string{"In the first year.", "A year later.", "A year and a day later."} {
			if err := b.a.Direct(b.t.Context(), chat.UserID(b.space+".u1"), note(text)); err != nil {
				t.Error(err)
			}
			days := 365
			if text == "A year later." {
				days = 1
			}
			if err := m.Advance(b.t.Context(), m.Now().AddDate(0, 0, days), func(time.Time) {}); err != nil {
				t.Error(err)
			}
		}
		rec := httptest.NewRecorder()
		b.site.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/demo/?as=u1&in=dm", nil))
		page := rec.Body.String()
		if strings.Contains(page, "In the first year.") || !strings.Contains(page, "A year later.") || !strings.Contains(page, "A year and a day later.") {
			t.Error("what is there after a year and a day is not what is younger than a year")
		}
	})
}

func TestClock(t *testing.T) {
	noon := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	m := &mover{now: noon}
	inBubble(t, quiet, m, func(b *bubble) {
		move := func(to string) string {
			rec := b.post("move-deed", "clock", map[string]string{"To": to})
			synctest.Wait()
			var o outcome
			if err := json.Unmarshal(rec.Body.Bytes(), &o); err != nil {
				t.Errorf("%d: %s", rec.Code, rec.Body)
			}
			return o.Say
		}
		s := b.listen("u1", "")
		for _, c := range []struct {
			to   string
			want time.Time
		}{
			{"next", time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)},
			{"week", time.Date(2026, 12, 3, 0, 0, 0, 0, time.UTC)},
			{"2026-12-04T09:30", time.Date(2026, 12, 4, 8, 30, 0, 0, time.UTC)}, // in Amara's zone, Berlin
		} {
			if said := move(c.to); said != "" || !m.Now().Equal(c.want) {
				t.Errorf("%s led to %v, want %v; %q", c.to, m.Now(), c.want, said)
			}
		}
		at := m.Now()
		for to, want := range map[string]string{
			"2026-12-01T09:00": "only goes forward", "2029-01-01T09:00": "more than a year", "soon": "Choose a day", "": "Choose a day",
		} {
			if said := move(to); !strings.Contains(said, want) || !m.Now().Equal(at) {
				t.Errorf("%q led to %v with %q", to, m.Now(), said)
			}
		}
		m.none = true
		if said := move("next"); !strings.Contains(said, "/setup") {
			t.Errorf("without a schedule it says %q", said)
		}
		m.none, m.stuck = false, make(chan struct{})
		if said := move("week"); said != "" {
			t.Error(said)
		}
		if said := move("next"); !strings.Contains(said, "moving already") {
			t.Errorf("a second jump says %q", said)
		}
		if said := move("stop"); said != "" {
			t.Error(said)
		}
		m.stuck = nil
		if said := move("next"); said != "" {
			t.Errorf("after a stop it says %q", said)
		}
		heard := s.heard()
		if n := strings.Count(heard, `"kind":"clock"`); n < 8 || !strings.Contains(heard, `"to":`) {
			t.Errorf("pages heard %d times of the clock: %q", n, heard)
		}
		if strings.Contains(heard, `"kind":"alert"`) {
			t.Errorf("a stop is told as a mishap: %q", heard)
		}
	})
	inBubble(t, quiet, nil, func(b *bubble) {
		if rec := b.post("move-deed", "clock", map[string]string{"To": "week"}); !strings.Contains(rec.Body.String(), "cannot be moved") {
			t.Errorf("the real clock says %s", rec.Body)
		}
	})
}
