package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// FuzzHandle gives the bot actions, forms and command lines as a stranger would: it never breaks down, and what it says
// fits the platform.
func FuzzHandle(f *testing.F) {
	for _, seed := range []string{"answer:aaaaaaaa-1", "answer:p:aaaaaaaa-1", "show:s1", "hint:99:s1", "others:-1:aaaaaaaa-1", "why:0:aaaaaaaa", "pausefor:1e9", "tip:", "edit:aaaaaaaa",
		"tracks skip 2026-02-30", "tracks theme until", "practice \"", "pause 9999999999999999999", "help help help", "again:any", "sayback:s18446744073709551615", "tracks owner <@", ": : :", "setup:question"} {
		f.Add(seed, "text", "value")
	}
	bank := fixtureBank(f)
	f.Fuzz(func(t *testing.T, what, key, value string) {
		s := bottest.NewStore(monday)
		b := bot.New(bot.Options{Store: s, Bank: bank, Now: monday})
		p := bottest.New(monday, b.Commands())
		b.Join(p)
		c := p.Channel("backend")
		for i, w := range []chat.What{
			chat.Press{Action: what, Values: []string{value}}, chat.Submit{Form: what, Values: map[string][]string{key: {value}, "text": {value}}},
			b.Commands().Parse(what), chat.Complete{Name: what, Option: key, Prefix: value}, b.Commands().Check(what, map[string]string{key: value}),
		} {
			r, err := b.Handle(context.Background(), chat.Event{ID: chat.EventID(fmt.Sprint("test:e", i)), Space: bottest.Home, Channel: c,
				Actor: chat.Actor{User: "test:u-ada", Name: value, Admin: chat.Yes, Zone: key}, What: w})
			if err != nil {
				t.Errorf("%T %q: %v", w, what, err)
			}
			if r.Reply != nil && strings.TrimSpace(r.Reply.Summary) == "" {
				t.Errorf("%T %q: a reply without a summary", w, what)
			}
		}
	})
}

// FuzzFit makes messages of all sizes fit.
func FuzzFit(f *testing.F) {
	f.Add("text", 3, 10)
	f.Add(strings.Repeat("word ", 2000), 60, 3000)
	f.Add(strings.Repeat("x", 5000)+"\n"+strings.Repeat("é", 4000), 1, 40)
	f.Fuzz(func(t *testing.T, text string, n, limit int) {
		n, limit = min(max(n, 0), 100), min(max(limit, 1), 5000)
		caps := chat.Caps{Total: 4 * limit, Blocks: 10, Text: limit, Heading: limit, Summary: limit, Row: 3, Label: 10, Choices: 5, Choice: 10, Checks: 3, Fields: 2, Field: limit, FormTitle: 10, InputLabel: 10, Placeholder: 10, FormIntro: limit}
		m := chat.Message{Summary: "s" + text}
		for range n {
			m.Blocks = append(m.Blocks, chat.Paragraph{Text: chat.T(text)}, chat.Code{Source: text}, chat.List{Items: []chat.Text{chat.T(text), chat.B(text)}})
		}
		m.Blocks = append(m.Blocks, chat.Buttons{Row: []chat.Button{{Label: text, Action: "a"}, {Label: "b", Action: "b"}, {Label: "c", Action: "c"}, {Label: "d", Action: "d"}}})
		out := bot.Fit(m, caps)
		if len(out.Blocks) > caps.Blocks {
			t.Fatalf("%d blocks", len(out.Blocks))
		}
		buttons := 0
		for _, b := range out.Blocks {
			switch b := b.(type) {
			case chat.Paragraph:
				if got := len([]rune(b.Text.Plain())); got > limit {
					t.Fatalf("a paragraph of %d, limit %d", got, limit)
				}
			case chat.Buttons:
				buttons += len(b.Row)
			}
		}
		if buttons != 4 {
			t.Fatalf("%d of 4 buttons are left", buttons)
		}
	})
}

func TestAnOwnerSettlesWhatThePlatformCannot(t *testing.T) {
	for _, c := range []struct {
		press string
		posts int
	}{{"It is there", 0}, {"Post it", 1}} {
		t.Run(c.press, func(t *testing.T) {
			s := newStage(t)
			ada := s.person("Ada")
			s.setUp(ada)
			s.b.Join(s.p.Plain()) // a platform without a history to look at
			s.p.Fail(bottest.Fault{Call: chat.KindPost, Err: chat.ErrUncertain})
			s.to(2, "09:05")
			if r := s.round(1); r.State != store.Uncertain {
				t.Fatalf("the round is %v, want uncertain", r.State)
			}
			ada.Sees(ada.Direct(), "could not find out whether")
			s.to(2, "10:00")
			if got := s.p.Written(chat.KindPost); got != 1 {
				t.Fatalf("it was posted again by itself: %d calls", got)
			}
			ada.Press(ada.Direct(), c.press)
			s.tick()
			if r := s.round(1); r.State != store.Open {
				t.Fatalf("the round is %v, want open", r.State)
			}
			s.posted(c.posts, "by now")
		})
	}
}

func TestAPressSettlesAnUncertainPost(t *testing.T) {
	s := newStage(t)
	ada, ben := s.person("Ada"), s.person("Ben")
	s.setUp(ada)
	s.b.Join(s.p.Plain())
	s.p.Fail(bottest.Fault{Call: chat.KindPost, Err: chat.ErrUncertain, Done: true})
	s.to(2, "09:05")
	ben.Press(s.here, "Hint")
	if r := s.round(1); r.State != store.Open || r.Message == "" {
		t.Fatalf("after a press on it the round is %+v", r)
	}
}
