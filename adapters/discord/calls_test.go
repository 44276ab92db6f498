package discord_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/discord/discordtest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

func note(text string, more ...chat.Block) chat.Message {
	return chat.Message{Summary: text, Blocks: append([]chat.Block{chat.Paragraph{Text: chat.T(text)}}, more...)}
}

func row(buttons ...chat.Button) chat.Block { return chat.Buttons{Row: buttons} }

// isLater fails unless the error is chat.Later about so far away.
func isLater(t *testing.T, err error, want time.Duration) {
	t.Helper()
	var later chat.Later
	if !errors.As(err, &later) {
		t.Fatalf("got %v, want chat.Later", err)
	}
	if d := time.Until(later.At); d < want-time.Second || d > want+time.Second {
		t.Errorf("later is in %v, want about %v", d, want)
	}
}

// Posts that wait for Ready meet no rate limit, and a post that does not wait is not written.
func TestPostsKeepToTheLimits(t *testing.T) {
	online(t, discordtest.Options{Limit: 5, Window: 5 * time.Second}, func(t *testing.T, b *bubble, a *running) {
		c := in(b.guild.Channel("general"))
		began := time.Now()
		for i := range 23 {
			time.Sleep(time.Until(a.Ready(c, chat.KindPost)))
			a.posted(c, note(fmt.Sprint("Post ", i)), fmt.Sprint("k-", i))
		}
		if took := time.Since(began); took < 20*time.Second || took > 25*time.Second {
			t.Errorf("23 posts of 5 in 5 s took %v", took)
		}
		for range 10 {
			pass(30 * time.Millisecond)
			if _, err := a.Post(t.Context(), c, note("Too soon."), ""); err != nil {
				isLater(t, err, 4*time.Second)
			}
		}
		if n := b.server.Written(discordtest.KindPost); n != 25 {
			t.Errorf("%d posts were written, want 25", n)
		}
	})
}

func TestGlobalLimitStopsEverything(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, a *running) {
		c, other := in(b.guild.Channel("general")), in(b.guild.Channel("other"))
		b.server.Fail(discordtest.Fault{Kind: discordtest.KindPost, What: discordtest.LimitedGlobal, After: 7 * time.Second})
		_, err := a.Post(t.Context(), c, note("One."), "")
		isLater(t, err, 7*time.Second)
		for _, k := range []chat.Kind{chat.KindPost, chat.KindEdit, chat.KindDirect} {
			if d := time.Until(a.Ready(other, k)); d < 6*time.Second {
				t.Errorf("calls of kind %d elsewhere are ready in %v", k, d)
			}
		}
		b.works("Ada") // interactions have a lane of their own
		pass(7 * time.Second)
		if _, err := a.Post(t.Context(), other, note("Two."), ""); err != nil {
			t.Error(err)
		}
	})
}

// A limit that others use up too holds this channel back and no other.
func TestSharedLimit(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, a *running) {
		c, other := in(b.guild.Channel("general")), in(b.guild.Channel("other"))
		b.server.Fail(discordtest.Fault{Kind: discordtest.KindPost, What: discordtest.LimitedShared, After: 30 * time.Second})
		_, err := a.Post(t.Context(), c, note("One."), "")
		isLater(t, err, 30*time.Second)
		if _, err := a.Post(t.Context(), other, note("Two."), ""); err != nil {
			t.Error(err)
		}
		if d := time.Until(a.Ready(c, chat.KindPost)); d < 29*time.Second {
			t.Errorf("ready in %v", d)
		}
	})
}

// Messages older than an hour have a stricter limit; it does not hold up edits of newer ones.
func TestOldEdits(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, a *running) {
		c := in(b.guild.Channel("general"))
		old := a.posted(c, note("Yesterday's."), "k-1")
		pass(24 * time.Hour)
		fresh := a.posted(c, note("Today's."), "k-2")
		for _, id := range []chat.MessageID{old, fresh} {
			must(t, a.Edit(t.Context(), id, note("Three answers.")))
			pass(time.Second)
		}
		b.server.Fail(discordtest.Fault{Kind: discordtest.KindEdit, What: discordtest.OldEdits, After: 40 * time.Second})
		isLater(t, a.Edit(t.Context(), old, note("Closed.")), 40*time.Second)
		isLater(t, a.Edit(t.Context(), old, note("Closed.")), 40*time.Second)
		if n := b.server.Written(discordtest.KindEdit); n != 3 {
			t.Errorf("%d edits were written", n)
		}
		if err := a.Edit(t.Context(), fresh, note("Today's, edited.")); err != nil {
			t.Error(err)
		}
		pass(40 * time.Second)
		if err := a.Edit(t.Context(), old, note("Closed.")); err != nil {
			t.Error(err)
		}
	})
}

// A page in the place of Discord's words is a ban of the address, not a lost channel: everything rests.
func TestBan(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, a *running) {
		c, other := in(b.guild.Channel("general")), in(b.guild.Channel("other"))
		b.server.Fail(discordtest.Fault{Kind: discordtest.KindPost, What: discordtest.Banned})
		_, err := a.Post(t.Context(), c, note("One."), "")
		if errors.Is(err, chat.ErrGone) || !errors.As(err, new(chat.Later)) {
			t.Errorf("got %v", err)
		}
		if d := time.Until(a.Ready(other, chat.KindPost)); d < 50*time.Second {
			t.Errorf("ready again in %v", d)
		}
	})
}

// The same key again within minutes gives back the first message; Find knows it later too.
func TestPostOnce(t *testing.T) {
	online(t, discordtest.Options{Limit: 100}, func(t *testing.T, b *bubble, a *running) {
		place := b.guild.Channel("general")
		c := in(place)
		since := time.Now()
		m := note("A round.", row(chat.Button{Label: "Answer", Action: "answer.k-1", Gives: chat.GivesForm}))
		first := a.posted(c, m, "k-1")
		pass(time.Second)
		if elsewhere := a.posted(in(b.guild.Channel("other")), m, "k-1"); elsewhere == first {
			t.Error("the same key in another channel posted nothing there")
		}
		if again, err := a.Post(t.Context(), c, m, "k-1"); err != nil || again != first {
			t.Errorf("posted again as %s, %v; want %s", again, err, first)
		}
		if n := len(b.server.Person("Ada").Screen(place)); n != 1 {
			t.Errorf("%d messages", n)
		}
		for i := range 130 { // more than a page of other talk
			time.Sleep(time.Until(a.Ready(c, chat.KindPost)))
			a.posted(c, note("Talk."), fmt.Sprint("talk-", i))
		}
		pass(time.Second)
		last := a.posted(c, note("Another.", row(chat.Button{Label: "Answer", Action: "answer.k-2"})), "k-2")
		b.server.ForgetNonces()
		for key, want := range map[string]chat.MessageID{"k-1": first, "k-2": last} {
			if id, err := a.Find(t.Context(), c, key, since); err != nil || id != want {
				t.Errorf("%s is found as %s, %v; want %s", key, id, err, want)
			}
		}
		if _, err := a.Find(t.Context(), c, "k-3", since); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("looking for what is not there: %v", err)
		}
	})
}

func TestDirectOpensOnce(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, a *running) {
		ada := b.server.Person("Ada")
		u := chat.UserID("discord:" + ada.ID())
		for range 3 {
			pass(time.Second)
			must(t, a.Direct(t.Context(), u, note("A word.")))
		}
		if n := b.server.Requests("POST /users/@me/channels"); n != 1 {
			t.Errorf("opened %d times", n)
		}
		id := a.posted(chat.ChannelID("discord:@"+ada.ID()), note("A round of one's own."), "k-1")
		if err := a.Edit(t.Context(), id, note("Edited.")); err != nil {
			t.Error(err)
		}
		if found, err := a.Find(t.Context(), chat.ChannelID("discord:@"+ada.ID()), "k-1", time.Now().Add(4*time.Second)); err != nil || found != id { // clocks differ
			t.Errorf("found %s, %v", found, err)
		}
		if s := ada.Screen(ada.Direct()); len(s) != 4 || s[3].Text != "Edited." {
			t.Errorf("the screen shows %+v", s)
		}
	})
}

// What is no identifier of this platform's is refused without a call.
func TestForeignIdentifiers(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, a *running) {
		for _, id := range []string{"", "discord:", "slack:C1", "discord:x", "discord:1/../2", "discord:@", "discord:-1", "discord:99999999999999999999999"} {
			if _, err := a.Post(t.Context(), chat.ChannelID(id), note("x"), "k"); !errors.Is(err, chat.ErrUnsupported) {
				t.Errorf("post to %q: %v", id, err)
			}
			if err := a.Edit(t.Context(), chat.MessageID(id), note("x")); !errors.Is(err, chat.ErrUnsupported) {
				t.Errorf("edit %q: %v", id, err)
			}
			if err := a.Direct(t.Context(), chat.UserID(id), note("x")); !errors.Is(err, chat.ErrUnsupported) {
				t.Errorf("direct to %q: %v", id, err)
			}
			a.Ready(chat.ChannelID(id), chat.KindPost)
		}
	})
}

func TestDiscuss(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, a *running) {
		place := b.guild.Channel("general")
		c := in(place)
		var ids []chat.MessageID
		for i := range 5 {
			pass(time.Second)
			id := a.posted(c, note("A question."), fmt.Sprint("k-", i))
			ids = append(ids, id)
		}
		pass(time.Second)
		line := note("No spoilers here until it closes.")
		for range 2 { // the second time it is there
			must(t, a.Discuss(t.Context(), ids[0], "Why can @everyone cache?\nReally", line))
			pass(time.Second)
		}
		screen := b.server.Person("Ada").Screen(place)
		name, texts, ok := b.server.Thread(screen[0].ID)
		if !ok || name != "Why can @everyone cache? Really" || len(texts) != 1 || texts[0] != "No spoilers here until it closes." {
			t.Errorf("the thread is %q with %q", name, texts)
		}
		for _, id := range ids[1:3] {
			if err := a.Discuss(t.Context(), id, "Another", line); err != nil {
				t.Error(err)
			}
			pass(time.Second)
		}
		if err := a.Discuss(t.Context(), ids[3], "One too many", line); !errors.Is(err, chat.ErrUnsupported) || errors.Is(err, chat.ErrGone) {
			t.Errorf("beyond the guild's threads: %v", err)
		}
		for _, where := range []chat.ChannelID{in(screen[0].ID), chat.ChannelID("discord:@" + b.server.Person("Ada").ID())} {
			id := a.posted(where, note("A question in a thread, and in a direct conversation."), "")
			pass(time.Second)
			if err := a.Discuss(t.Context(), id, "None here", line); !errors.Is(err, chat.ErrUnsupported) {
				t.Errorf("a thread on %s: %v", id, err)
			}
			pass(time.Second)
		}
		b.guild.Deny(place, discordtest.MayStartThreads)
		if err := a.Discuss(t.Context(), ids[4], "Not allowed", line); !errors.Is(err, chat.ErrUnsupported) || errors.Is(err, chat.ErrGone) {
			t.Errorf("without the right to: %v", err)
		}
	})
}

// The right to speak in threads is another than that to speak in the channel; without it there are none.
func TestDiscussWithoutRights(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, a *running) {
		place := b.guild.Channel("general")
		for lost, want := range map[uint64]error{discordtest.MaySendThreads: chat.ErrUnsupported, discordtest.MaySend: nil} {
			id := a.posted(in(place), note("A question."), "")
			pass(time.Second)
			b.guild.Deny(place, lost)
			if err := a.Discuss(t.Context(), id, "A thread", note("A line.")); !errors.Is(err, want) || errors.Is(err, chat.ErrGone) {
				t.Errorf("without right %d: %v, want %v", lost, err, want)
			}
			pass(time.Second)
			place = b.guild.Channel("another")
		}
	})
}

// A thread that was opened and got no line gets it when it is tried again, once.
func TestDiscussAgain(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, a *running) {
		place := b.guild.Channel("general")
		id := a.posted(in(place), note("A question."), "k-1")
		pass(time.Second)
		line := note("No spoilers here until it closes.")
		b.server.Fail(discordtest.Fault{Kind: discordtest.KindPost, What: discordtest.Limited, After: 2 * time.Second})
		if err := a.Discuss(t.Context(), id, "A question", line); !errors.As(err, new(chat.Later)) {
			t.Errorf("the line was limited, but: %v", err)
		}
		for range 3 {
			pass(time.Hour) // the nonce is long forgotten
			if err := a.Discuss(t.Context(), id, "A question", line); err != nil {
				t.Error(err)
			}
		}
		if _, texts, ok := b.server.Thread(b.server.Person("Ada").Screen(place)[0].ID); !ok || len(texts) != 1 {
			t.Errorf("the thread has %q", texts)
		}
	})
}

// What people say in a thread, whoever opened it, is said within the thread's channel; a category is no such channel.
func TestCommandsInThreads(t *testing.T) {
	for _, overHTTP := range []bool{false, true} {
		var heard sync.Map
		w := newWorld(t, func(_ context.Context, e chat.Event) (chat.Response, error) {
			heard.Store(e.Channel, e.Within)
			return chat.Response{Reply: new(note("Thank you."))}, nil
		}, adaptertest.Table(), openAPI(t), overHTTP)
		place := w.guild.Channel("general")
		id, err := w.adapter.Post(t.Context(), in(place), note("A question."), "k-1")
		if err != nil {
			t.Fatal(err)
		}
		w.until(func() bool { return w.adapter.Discuss(t.Context(), id, "A question", note("A line.")) == nil })
		_, ours, _ := strings.Cut(string(id), ".")
		ada := w.server.Person("Ada")
		for where, want := range map[string]string{place: "", ours: "discord:" + place, w.guild.Thread(place, "A person's"): "discord:" + place} {
			must(t, ada.Command(where, "say", nil))
			w.until(func() bool { _, ok := heard.Load(in(where)); return ok })
			if within, _ := heard.Load(in(where)); within != chat.ChannelID(want) {
				t.Errorf("said in %s within %q, want %q", where, within, want)
			}
			w.until(func() bool {
				return slices.ContainsFunc(ada.Screen(where), func(v discordtest.View) bool { return v.Private && v.Text == "Thank you." })
			})
		}
	}
}
