package bottest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

var _ interface {
	chat.Platform
	chat.Finder
	chat.Health
} = (*bottest.Platform)(nil)

func table() chat.Table {
	return chat.Table{
		{Name: "say", Summary: "Say", Options: []chat.Option{{Name: "text", Summary: "What"}}},
		{Name: "ask", Summary: "Ask", Gives: chat.GivesForm},
	}
}

func newPlatform(h chat.Handler) (*bottest.Platform, *bottest.Clock) {
	clock := bottest.NewClock(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	p := bottest.New(clock.Now, table())
	p.Attach(context.Background(), h)
	return p, clock
}

func note(text string, blocks ...chat.Block) chat.Message {
	return chat.Message{Summary: text, Blocks: append([]chat.Block{chat.Paragraph{Text: chat.T(text)}}, blocks...)}
}

// brittle records failures of the test of a person instead of failing.
type brittle struct {
	testing.TB
	failed []string
}

func (b *brittle) Helper()                      {}
func (b *brittle) Errorf(f string, args ...any) { b.failed = append(b.failed, f) }

func TestRefusesWhatAPlatformWouldRefuse(t *testing.T) {
	long := strings.Repeat("x", 2901)
	button := func(label, action string) chat.Button { return chat.Button{Label: label, Action: action} }
	for name, m := range map[string]chat.Message{
		"no summary":       {Blocks: []chat.Block{chat.Paragraph{Text: chat.T("x")}}},
		"no blocks":        {Summary: "x"},
		"long paragraph":   note(long),
		"empty paragraph":  note("x", chat.Paragraph{Text: chat.T(" ")}),
		"long label":       note("x", chat.Buttons{Row: []chat.Button{button(long[:76], "a")}}),
		"six buttons":      note("x", chat.Buttons{Row: []chat.Button{button("1", "a"), button("2", "b"), button("3", "c"), button("4", "d"), button("5", "e"), button("6", "f")}}),
		"an action twice":  note("x", chat.Buttons{Row: []chat.Button{button("1", "a"), button("2", "a")}}),
		"action with pipe": note("x", chat.Buttons{Row: []chat.Button{button("1", "a b")}}),
		"script link":      note("x", chat.Paragraph{Text: chat.Text{{Text: "x", Link: "javascript:alert(1)"}}}),
		"undescribed":      note("x", chat.Image{PNG: []byte{1}}),
		"too much in all":  note(long[:2900], chat.Paragraph{Text: chat.T(long[:901])}),
		"no choices":       note("x", chat.Menu{Action: "a"}),
	} {
		p, _ := newPlatform(nil)
		if _, err := p.Post(t.Context(), p.Channel("general"), m, ""); err == nil || len(p.Refusals()) != 1 {
			t.Errorf("%s: err %v, refusals %q", name, err, p.Refusals())
		}
	}
	p, _ := newPlatform(nil)
	if _, err := p.Post(t.Context(), p.Channel("general"), note("x"), "round-1"); err == nil {
		t.Error("a key without a button whose action ends with it was taken")
	}
}

func TestAnswersMustKeepTheirPromise(t *testing.T) {
	text := note("hello")
	form := chat.Form{ID: "f", Title: "A form", Send: "Send", Inputs: []chat.Input{{ID: "i", Label: "Input"}}}
	for name, c := range map[string]struct {
		line   string
		answer chat.Response
		ok     bool
	}{
		"reply":             {"say x", chat.Response{Reply: &text}, true},
		"nothing":           {"say x", chat.Response{}, true},
		"form for reply":    {"say x", chat.Response{Form: &form}, false},
		"update of nothing": {"say x", chat.Response{Update: &text}, false},
		"form":              {"ask", chat.Response{Form: &form}, true},
		"sentence for form": {"ask", chat.Response{Reply: &text}, true},
		"both":              {"ask", chat.Response{Reply: &text, Form: &form}, false},
		"home":              {"say x", chat.Response{Home: text.Blocks}, false},
	} {
		p, _ := newPlatform(func(context.Context, chat.Event) (chat.Response, error) { return c.answer, nil })
		b := &brittle{TB: t}
		p.Person(b, "Ada").Type(p.Channel("general"), c.line)
		if got := len(b.failed) == 0; got != c.ok || (len(p.Refusals()) == 0) != c.ok {
			t.Errorf("%s: taken %v, want %v; refusals %q", name, got, c.ok, p.Refusals())
		}
	}
}

func TestFaults(t *testing.T) {
	p, clock := newPlatform(nil)
	c := p.Channel("general")
	later := chat.Later{At: clock.Now().Add(time.Minute)}
	p.Fail(bottest.Fault{Call: chat.KindPost, Err: chat.ErrUncertain, Done: true})
	p.Fail(bottest.Fault{Call: chat.KindPost, Err: later})

	if _, err := p.Post(t.Context(), c, note("one"), ""); !errors.Is(err, chat.ErrUncertain) || len(p.Posts(c)) != 1 {
		t.Errorf("a lost reply: %v, %d posts", err, len(p.Posts(c)))
	}
	if err := p.Direct(t.Context(), p.Person(t, "Ada").ID(), note("other kinds go on")); err != nil {
		t.Error(err)
	}
	for range 2 { // the second call is held back by the limit that the first one met
		if _, err := p.Post(t.Context(), c, note("two"), ""); !errors.As(err, &chat.Later{}) || len(p.Posts(c)) != 1 {
			t.Errorf("a rate limit: %v, %d posts", err, len(p.Posts(c)))
		}
	}
	if n := p.Written(chat.KindPost); n != 2 {
		t.Errorf("%d posts were written, want 2", n)
	}
	clock.Set(later.At)
	if _, err := p.Post(t.Context(), c, note("three"), ""); err != nil || p.Ready(c, chat.KindPost).After(clock.Now()) {
		t.Errorf("after the limit: %v", err)
	}
}
