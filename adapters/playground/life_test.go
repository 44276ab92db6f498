package playground_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/playground"
	"github.com/interviewbot/interviewbot/bot/chat"
)

func note(s string, more ...chat.Block) chat.Message {
	return chat.Message{Summary: s, Blocks: append([]chat.Block{chat.Paragraph{Text: chat.T(s)}}, more...)}
}

func says(m chat.Message) (chat.Response, error) { return chat.Response{Reply: &m}, nil }

// quiet is a bot that says nothing.
func quiet(context.Context, chat.Event) (chat.Response, error) { return chat.Response{}, nil }

// texts is what a person sees in a place.
func texts(p *person, place chat.ChannelID) []string {
	var list []string
	for _, s := range p.Screen(place) {
		list = append(list, strings.TrimSpace(s.Text))
	}
	return list
}

// until waits for something that people can see, but not for ever.
func (w *world) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		changed := w.Changed()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatal(what)
		}
	}
}

func TestStartOverMakesANewSpace(t *testing.T) {
	var mu sync.Mutex
	var scenes []playground.Scene
	w := start(t, quiet, playground.Options{Name: "demo", Begin: func(_ context.Context, s playground.Scene) error {
		mu.Lock()
		defer mu.Unlock()
		scenes = append(scenes, s)
		return nil
	}})
	main := scenes[0].Channel
	if _, err := w.adapter.Post(t.Context(), main, note("The first question."), "k-1"); err != nil {
		t.Fatal(err)
	}
	amara := w.owner()
	if got := texts(amara, main); !slices.Equal(got, []string{"The first question."}) {
		t.Fatalf("Amara sees %q", got)
	}
	if err := amara.deed("home", "over", struct{}{}); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(scenes) != 2 || scenes[0].Space == scenes[1].Space || scenes[0].Channel == scenes[1].Channel || scenes[0].Owner.User == scenes[1].Owner.User {
		t.Fatalf("the spaces begun: %+v", scenes)
	}
	if scenes[1].Owner.Admin != chat.Yes || scenes[1].Direct {
		t.Errorf("the scene is %+v", scenes[1])
	}
	for _, prefix := range []string{"message/", "roster"} {
		kept, err := w.keep.List(t.Context(), scenes[0].Space, prefix)
		if err != nil || len(kept) != 0 {
			t.Errorf("%d values %s* of the old space are left, %v", len(kept), prefix, err)
		}
	}
	if _, err := w.adapter.Post(t.Context(), main, note("Too late."), "k-2"); !errors.Is(err, chat.ErrGone) {
		t.Errorf("a post into the old space got %v", err)
	}
	var r refused
	if err := amara.deed("home", "say", map[string]any{"Text": "hello"}); !errors.As(err, &r) || r.status != http.StatusConflict {
		t.Errorf("a page of the old space may still act: %v", err)
	}
	if _, err := w.adapter.Post(t.Context(), scenes[1].Channel, note("A new first question."), "k-1"); err != nil {
		t.Errorf("a post into the new space got %v", err)
	}
}

func TestSpaceIsToldOfAndBegunOnce(t *testing.T) {
	var mu sync.Mutex
	var heard []string
	fail := true
	keep := adaptertest.NewKeep((&clock{}).Now)
	live := func() {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		a, err := playground.New(ctx, playground.Options{Name: "demo", Keep: keep, Clock: &clock{}, Begin: func(context.Context, playground.Scene) error {
			mu.Lock()
			defer mu.Unlock()
			heard = append(heard, "begin")
			defer cancel()
			if fail {
				fail = false
				return errors.New("not now")
			}
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			defer close(done)
			if err := a.Run(ctx, func(_ context.Context, e chat.Event) (chat.Response, error) {
				mu.Lock()
				defer mu.Unlock()
				heard = append(heard, fmt.Sprintf("%T %v", e.What, e.Channel != ""))
				return chat.Response{}, nil
			}); err != nil {
				t.Error(err)
			}
		}()
		mu.Lock()
		last := len(heard) > 0 && !fail && slices.Contains(heard[3:], "begin")
		mu.Unlock()
		if last {
			cancel() // nothing is to come
		}
		<-done
	}
	for range 3 {
		live()
	}
	want := []string{"chat.Added false", "chat.Added true", "begin", "chat.Added false", "chat.Added true", "begin"}
	if !slices.Equal(heard, want) {
		t.Errorf("heard %q, want a failed beginning to be tried again and a good one never", heard)
	}
}

func TestEverythingIsThereAfterARestart(t *testing.T) {
	w := start(t, func(_ context.Context, e chat.Event) (chat.Response, error) {
		return says(note("A private answer.", chat.Code{Source: strings.Repeat("x", 3000)}))
	}, playground.Options{Name: "demo"})
	c := w.Channel("general")
	ada, bea := w.known("Ada", "", false), w.known("Bea", "", false)
	big := note("A picture.", chat.Image{PNG: slices.Repeat([]byte("\x89PNG"), 50_000), Description: "Much of it"})
	id, err := w.adapter.Post(t.Context(), c, big, "k-1")
	if err != nil {
		t.Fatal(err)
	}
	if err := ada.Type(c, "help"); err != nil {
		t.Fatal(err)
	}
	if err := ada.deed(ada.in(c), "say", map[string]any{"Text": "Good morning, <b>all</b>"}); err != nil {
		t.Fatal(err)
	}
	w.until(t, "Ada does not see all three", func() bool { return len(ada.Screen(c)) == 3 })
	before := ada.Screen(c)
	if err := w.Restart(); err != nil {
		t.Fatal(err)
	}
	if after := ada.Screen(c); fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("before the restart:\n%v\nafter:\n%v", before, after)
	}
	if got := texts(bea, c); !slices.Equal(got, []string{"A picture.", "Good morning, <b>all</b>"}) {
		t.Errorf("Bea sees %q", got)
	}
	if err := w.adapter.Edit(t.Context(), id, note("No picture any more.")); err != nil {
		t.Fatal(err)
	}
	kept, err := w.keep.List(t.Context(), w.space, "message/000000001/")
	if err != nil || len(kept) != 1 {
		t.Errorf("%d values are kept of a message that became small, %v", len(kept), err)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	w := start(t, quiet, playground.Options{Name: "demo"})
	c := w.Channel("backend-interviews")
	ids := map[int]chat.MessageID{}
	const all = 2100
	for n := range all {
		id, err := w.adapter.Post(t.Context(), c, note(fmt.Sprintf("Message %d.", n)), "")
		if err != nil {
			t.Fatal(err)
		}
		ids[n] = id
	}
	kept, err := w.keep.List(t.Context(), w.space, "message/")
	if err != nil || len(kept) != 2000 {
		t.Errorf("%d messages are kept, %v; want 2000", len(kept), err)
	}
	if err := w.adapter.Edit(t.Context(), ids[50], note("Edited.")); !errors.Is(err, chat.ErrGone) {
		t.Errorf("an edit of a dropped message got %v", err)
	}
	if err := w.adapter.Edit(t.Context(), ids[100], note("Edited.")); err != nil {
		t.Errorf("an edit of the oldest message got %v", err)
	}
	seen := texts(w.owner(), c)
	if len(seen) != 80 || seen[79] != "Message 2099." {
		t.Fatalf("a page shows %d messages up to %q", len(seen), seen[len(seen)-1])
	}
	page, err := w.page("?as=u1&in=c-backend-interviews")
	if err != nil {
		t.Fatal(err)
	}
	earlier := page.all(func(n *node) bool { return n.name == "a" && n.text() == "Earlier messages" })
	if len(earlier) != 1 {
		t.Fatal("nothing leads to earlier messages")
	}
	page, err = w.page(earlier[0].attr("href"))
	if err != nil {
		t.Fatal(err)
	}
	older := page.all(func(n *node) bool { return n.has("message") })
	if len(older) != 80 || !strings.Contains(older[79].text(), "Message 2019.") {
		t.Errorf("the earlier page shows %d messages up to %q", len(older), older[len(older)-1].text())
	}
}

func TestBrokenKeptValuesAreLeftOut(t *testing.T) {
	w := start(t, quiet, playground.Options{Name: "demo"})
	c := w.Channel("backend-interviews")
	for n := range 3 {
		if _, err := w.adapter.Post(t.Context(), c, note(fmt.Sprintf("Message %d.", n)), ""); err != nil {
			t.Fatal(err)
		}
	}
	broken := map[string][]byte{"message/000000002/000": []byte(`{"N":2,"Channel":`), "message/what": []byte("?"), "message/": {}}
	if err := w.keep.Keep.Set(t.Context(), w.space, broken); err != nil {
		t.Fatal(err)
	}
	if err := w.Restart(); err != nil {
		t.Fatal(err)
	}
	if got := texts(w.owner(), c); !slices.Equal(got, []string{"Message 0.", "Message 2."}) {
		t.Errorf("after a restart there is %q", got)
	}
	if err := w.keep.Keep.Set(t.Context(), w.space, map[string][]byte{"roster": []byte("{")}); err != nil {
		t.Fatal(err)
	}
	if err := w.Restart(); err == nil || !strings.Contains(err.Error(), "read the people") {
		t.Errorf("a broken roster gives %v, want an error that names it: it must not be overwritten", err)
	}
}

// visible is a text without what shows nothing, and with every run of white space as one space.
func visible(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if !unicode.IsSpace(r) && (unicode.Is(unicode.Cc, r) || r == unicode.ReplacementChar) {
			return -1
		}
		return r
	}, s)), " ")
}
