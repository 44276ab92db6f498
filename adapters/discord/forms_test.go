package discord_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/discord"
	"github.com/interviewbot/interviewbot/adapters/discord/discordtest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// asks makes the bot open a form with one input, and answer it with r and err.
func (b *bubble) asks(label string, r chat.Response, err error) {
	b.says(func(_ context.Context, e chat.Event) (chat.Response, error) {
		if _, ok := e.What.(chat.Submit); ok {
			return r, err
		}
		return chat.Response{Form: &chat.Form{ID: "f", Title: "A form", Inputs: []chat.Input{{ID: "x", Label: label, Type: chat.Area}}}}, nil
	})
}

// A form that was not taken and cannot be kept either: what was sent is given back as text.
func TestTextIsGivenBack(t *testing.T) {
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		a := b.start(func(o *discord.Options) { o.Keep = deny{b.keep} })
		place, ada := b.guild.Channel("general"), b.server.Person("Ada")
		text := strings.Repeat("An answer that took an hour to write, with *stars*. ", 50)
		b.asks("X", reply("That was not saved: the disk is full."), errors.New("the disk is full"))
		must(t, ada.Command(place, "open", nil))
		pass(time.Second)
		must(t, ada.Fill("X", text))
		must(t, ada.Submit())
		pass(time.Second)
		v := alone(t, ada, place)
		if !strings.Contains(v.Text, "the disk is full") || !strings.Contains(v.Text, strings.TrimSpace(text)) || !v.Private {
			t.Errorf("the screen shows %+v", v)
		}
		a.end(3 * time.Second)
	})
}

// What is kept for [Fix] is kept for a day, for its person alone, and then deleted.
func TestKeptForms(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, _ *running) {
		place, ada := b.guild.Channel("general"), b.server.Person("Ada")
		b.asks("Your text", chat.Response{Errors: map[string]string{"x": "Only 2 words so far."}}, nil)
		send := func() {
			t.Helper()
			must(t, ada.Fill("Your text", "two words"))
			must(t, ada.Submit())
			pass(time.Second)
		}
		must(t, ada.Command(place, "open", nil))
		pass(time.Second)
		send()
		if v := alone(t, ada, place); !strings.Contains(v.Text, "Your text: Only 2 words so far.") {
			t.Errorf("the screen shows %+v", v)
		}
		pass(23 * time.Hour)
		must(t, ada.Press(place, "Fix"))
		pass(time.Second)
		if d := ada.Dialog(); d == nil || d.Inputs[0].Values[0] != "two words" || d.Inputs[0].Hint != "Only 2 words so far." {
			t.Fatalf("the dialog is %+v", d)
		}
		_ = ada.Cancel()
		pass(3 * time.Hour)
		must(t, ada.Press(place, "Fix"))
		pass(time.Second)
		if s := ada.Screen(place); ada.Dialog() != nil || !strings.Contains(s[len(s)-1].Text, "no longer kept") {
			t.Errorf("after a day: %+v", s)
		}
		if list, err := b.keep.List(t.Context(), "discord:app", "kept/"); err != nil || len(list) != 0 {
			t.Errorf("%d values are still kept, %v", len(list), err)
		}
	})
}

// A form cannot follow a form at Discord; a button opens it.
func TestFormAfterForm(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, _ *running) {
		place, ada := b.guild.Channel("general"), b.server.Person("Ada")
		page := 0
		b.says(func(_ context.Context, e chat.Event) (chat.Response, error) {
			page++
			return chat.Response{Form: &chat.Form{ID: fmt.Sprint("page", page), Title: fmt.Sprint("Page ", page), Inputs: []chat.Input{{ID: "x", Label: "X", Value: []string{"y"}}}}}, nil
		})
		must(t, ada.Command(place, "open", nil))
		for n := 1; n <= 3; n++ {
			pass(time.Second)
			d := ada.Dialog()
			if d == nil || d.Title != fmt.Sprint("Page ", n) {
				t.Fatalf("the dialog is %+v, want page %d", d, n)
			}
			must(t, ada.Submit())
			pass(time.Second)
			must(t, ada.Press(place, "Open"))
		}
		pass(time.Second)
	})
}

// Who asks to be forgotten is: forms, the texts in them, and the way to the person. Others keep theirs.
func TestForget(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, a *running) {
		place, ada, ben := b.guild.Channel("general"), b.server.Person("Ada"), b.server.Person("Ben")
		b.asks("Your text", chat.Response{Errors: map[string]string{"x": "Only 2 words so far."}}, nil)
		for _, p := range []*discordtest.Person{ada, ben} {
			must(t, errors.Join(p.Command(place, "open", nil), p.Settled(time.Second), p.Fill("Your text", "two words"), p.Submit(), p.Settled(time.Second)))
			pass(time.Second)
			must(t, a.Direct(t.Context(), chat.UserID("discord:"+p.ID()), note("Hello.")))
		}
		for range 2 {
			must(t, a.Forget(t.Context(), chat.UserID("discord:"+ada.ID())))
		}
		list, err := b.keep.List(t.Context(), "discord:app", "kept/")
		if err != nil || len(list) == 0 {
			t.Errorf("%d values are kept of Ben, %v", len(list), err)
		}
		for _, k := range list {
			if strings.Contains(k.Key+string(k.Value), ada.ID()) {
				t.Errorf("%s is still kept", k.Key)
			}
		}
		if list, err := b.keep.List(t.Context(), chat.SpaceID("discord:@"+ada.ID()), ""); err != nil || len(list) > 0 {
			t.Errorf("Ada's space still holds %v, %v", list, err)
		}
		for p, want := range map[*discordtest.Person]bool{ada: false, ben: true} {
			must(t, p.Press(place, "Fix"))
			pass(time.Second)
			if got := p.Dialog() != nil; got != want {
				t.Errorf("a dialog opened: %v, want %v", got, want)
			}
		}
	})
}

// A modal has room for five parts. What is to be read before a form of five inputs is said whole, with a button.
func TestFormBesideItsIntroduction(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, _ *running) {
		place, ada := b.guild.Channel("general"), b.server.Person("Ada")
		for _, c := range []struct {
			inputs, words int
			dialog        bool
		}{{4, 300, true}, {5, 3, true}, {5, 30, false}} {
			text := strings.TrimSpace(strings.Repeat("word ", c.words))
			f := chat.Form{ID: "f", Title: "A form", Intro: []chat.Block{chat.Paragraph{Text: chat.T(text)}}}
			for i := range c.inputs {
				f.Inputs = append(f.Inputs, chat.Input{ID: fmt.Sprint("i", i), Label: fmt.Sprint("Input ", i)})
			}
			b.says(func(context.Context, chat.Event) (chat.Response, error) { return chat.Response{Form: &f}, nil })
			must(t, errors.Join(ada.Command(place, "open", nil), ada.Settled(time.Second)))
			d := ada.Dialog()
			if (d != nil) != c.dialog {
				t.Fatalf("%d inputs beside %d words: dialog %+v", c.inputs, c.words, d)
			}
			if d == nil {
				v := alone(t, ada, place)
				if !strings.Contains(v.Text, text) || !v.Private {
					t.Errorf("the screen shows %+v", v)
				}
				must(t, errors.Join(ada.Press(place, "Open"), ada.Settled(time.Second)))
				d = ada.Dialog()
			} else if shown := fmt.Sprint(*d); !strings.Contains(shown, text) {
				t.Errorf("the dialog shows %s", shown)
			}
			if d == nil || len(d.Inputs) != c.inputs {
				t.Errorf("the dialog is %+v", d)
			}
			_ = ada.Cancel()
		}
	})
}
