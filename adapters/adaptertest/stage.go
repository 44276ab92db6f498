package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// patience bounds every wait. It is long because machines are slow at times; nothing waits for it to pass.
const patience = 20 * time.Second

// stage is a world with a scripted bot in it, for one scenario.
type stage struct {
	Harness
	t   *testing.T
	bot *script

	mu       sync.Mutex
	people   map[string]*who
	troubled bool // the scenario expects the platform to complain
}

func newStage(t *testing.T, start Start) *stage {
	t.Helper()
	s := &stage{t: t, bot: &script{}, people: map[string]*who{}}
	s.Harness = start(t, s.bot.handle, Table())
	return s
}

// close checks what holds at the end of every scenario.
func (s *stage) close() {
	s.t.Helper()
	for name, p := range s.people {
		if troubles := p.Troubles(); len(troubles) > 0 && !s.troubled {
			s.t.Errorf("the platform complained to %s: %q", name, troubles)
		}
	}
}

// script is the bot of a scenario: it remembers every event and answers as told.
type script struct {
	mu     sync.Mutex
	answer func(context.Context, chat.Event) (chat.Response, error)
	events []chat.Event
	bell   Bell
}

func (b *script) handle(ctx context.Context, e chat.Event) (chat.Response, error) {
	b.mu.Lock()
	answer := b.answer
	b.events = append(b.events, e)
	b.mu.Unlock()
	b.bell.Ring()
	if answer == nil {
		return chat.Response{}, nil
	}
	return answer(ctx, e)
}

// answers makes the bot answer every event like that.
func (s *stage) answers(f func(chat.Event) chat.Response) {
	s.answersWith(func(_ context.Context, e chat.Event) (chat.Response, error) { return f(e), nil })
}

func (s *stage) answersWith(f func(context.Context, chat.Event) (chat.Response, error)) {
	s.bot.mu.Lock()
	defer s.bot.mu.Unlock()
	s.bot.answer = f
}

// replies makes the bot answer every event with this message.
func (s *stage) replies(m chat.Message) {
	s.answers(func(chat.Event) chat.Response { return chat.Response{Reply: &m} })
}

// heard returns the events of one kind so far.
func heard[W chat.What](s *stage) []chat.Event {
	s.bot.mu.Lock()
	defer s.bot.mu.Unlock()
	var list []chat.Event
	for _, e := range s.bot.events {
		if _, ok := e.What.(W); ok {
			list = append(list, e)
		}
	}
	return list
}

// awaits waits until n deeds of the kind were heard (a redelivery is the same deed) and returns the last one.
func awaits[W chat.What](s *stage, n int) (chat.Event, W) {
	s.t.Helper()
	var last chat.Event
	s.until(func() string {
		deeds := map[chat.EventID]bool{}
		for _, e := range heard[W](s) {
			deeds[e.ID] = true
			last = e
		}
		if len(deeds) < n {
			return fmt.Sprintf("the bot heard %d of %d deeds of kind %T", len(deeds), n, *new(W))
		}
		return ""
	})
	w, _ := last.What.(W)
	return last, w
}

// until waits until problem returns "".
func (s *stage) until(problem func() string) {
	s.t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		changed, spoken := s.Changed(), s.bot.bell.Next()
		p := problem()
		if p == "" {
			return
		}
		select {
		case <-changed:
		case <-spoken:
		case <-timer.C:
			s.t.Fatal(p)
		}
	}
}

// can says whether the platform has what the deed needs, and fails the test on any other error.
func (s *stage) can(err error) bool {
	s.t.Helper()
	if errors.Is(err, ErrCannot) {
		s.t.Log("left out: ", err)
		return false
	}
	s.must(err)
	return true
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// limit is a context for one call.
func (s *stage) limit() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	s.t.Cleanup(cancel)
	return ctx
}

// post posts as the bot does: when the rate limits allow it.
func (s *stage) post(c chat.ChannelID, m chat.Message, key string) chat.MessageID {
	s.t.Helper()
	s.ready(c, chat.KindPost)
	id, err := s.Platform().Post(s.limit(), c, m, key)
	if err != nil {
		s.t.Fatalf("post to %s: %v", c, err)
	}
	return id
}

func (s *stage) edit(c chat.ChannelID, id chat.MessageID, m chat.Message) {
	s.t.Helper()
	s.ready(c, chat.KindEdit)
	if err := s.Platform().Edit(s.limit(), id, m); err != nil {
		s.t.Fatalf("edit %s: %v", id, err)
	}
}

func (s *stage) direct(p *who, m chat.Message) {
	s.t.Helper()
	s.ready("", chat.KindDirect)
	if err := s.Platform().Direct(s.limit(), p.ID(), m); err != nil {
		s.t.Fatalf("direct to %s: %v", p.ID(), err)
	}
}

func (s *stage) ready(c chat.ChannelID, k chat.Kind) {
	if at := s.Platform().Ready(c, k); at.After(s.Now()) {
		s.Until(at)
	}
}

// who is a person of a scenario.
type who struct {
	Person
	s *stage
}

func (s *stage) person(name string) *who { return s.known(name, s.Person) }

func (s *stage) admin(name string) *who { return s.known(name, s.Admin) }

func (s *stage) known(name string, make func(string) Person) *who {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.people[name] == nil {
		s.people[name] = &who{make(name), s}
	}
	return s.people[name]
}

func (w *who) types(place chat.ChannelID, line string) {
	w.s.t.Helper()
	w.s.must(w.Type(place, line))
}

// presses waits for the button to be there and presses it.
func (w *who) presses(place chat.ChannelID, label string) {
	w.s.t.Helper()
	if place != "" {
		w.sees(place, label)
	}
	w.s.must(w.Press(place, label))
}

// sees waits until one message of the place, or the open dialog, holds all the texts, and returns it.
func (w *who) sees(place chat.ChannelID, want ...string) Shown {
	w.s.t.Helper()
	return w.awaits(place, want, func(Shown) bool { return true })
}

// hears is sees for what this person alone sees.
func (w *who) hears(place chat.ChannelID, want ...string) Shown {
	w.s.t.Helper()
	return w.awaits(place, want, func(s Shown) bool { return s.Private })
}

func (w *who) awaits(place chat.ChannelID, want []string, kind func(Shown) bool) Shown {
	w.s.t.Helper()
	var found Shown
	w.s.until(func() string {
		for _, m := range w.view(place) {
			if kind(m) && m.holds(want...) {
				found = m
				return ""
			}
		}
		return fmt.Sprintf("%s does not see %.300q in %s; on the screen: %s", w.ID(), want, place, w.screen(place))
	})
	w.s.unnoticed(found)
	return found
}

// seesNot checks that none of the texts is to be seen now. It means something after a barrier: see another thing first.
func (w *who) seesNot(place chat.ChannelID, unwanted ...string) {
	w.s.t.Helper()
	for _, m := range w.view(place) {
		for _, u := range unwanted {
			if m.holds(u) {
				w.s.t.Fatalf("%s sees %q in %s: %s", w.ID(), u, place, w.screen(place))
			}
		}
	}
}

// counts returns how many messages of the place hold the text.
func (w *who) counts(place chat.ChannelID, text string) int {
	n := 0
	for _, m := range w.Screen(place) {
		if m.holds(text) {
			n++
		}
	}
	return n
}

// view is everything on the person's screen: the place and the open dialog, which is the person's alone.
func (w *who) view(place chat.ChannelID) []Shown {
	list := w.Screen(place)
	if d := w.Dialog(); d != nil {
		list = append(list, Shown{Private: true, Text: d.String()})
	}
	return list
}

func (w *who) screen(place chat.ChannelID) string {
	var b strings.Builder
	for _, m := range w.view(place) {
		fmt.Fprintf(&b, "\n--- private %v: %.600s", m.Private, strings.ReplaceAll(m.String(), "\n", "\n    "))
	}
	return b.String()
}

// opens waits for a dialog with the title.
func (w *who) opens(title string) *Dialog {
	w.s.t.Helper()
	var d *Dialog
	w.s.until(func() string {
		if d = w.Dialog(); d != nil && visible(d.Title) == visible(title) {
			return ""
		}
		return fmt.Sprintf("%s has no dialog %q open, but %+v", w.ID(), title, d)
	})
	return d
}

// unnoticed checks that a message notifies nobody.
func (s *stage) unnoticed(m Shown) {
	s.t.Helper()
	if len(m.Notified) > 0 {
		s.t.Errorf("a message notifies %q: %.300s", m.Notified, m)
	}
}
