package adaptertest

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

func life() []scenario {
	return []scenario{
		{name: "the bot is added to a channel and taken out of it", play: addedRemoved},
		{name: "the bot is taken out of the space", play: uninstalled},
		{name: "the end of Run leaves nothing behind", play: endsClean, alone: true},
		{name: "the end of Run ends handlers", play: endsHandlers},
		{name: "everything works after a restart", play: restarts},
		{name: "a platform is named and ready", play: named},
	}
}

func addedRemoved(s *stage) {
	c, err := s.Add("new-channel")
	if !s.can(err) {
		return
	}
	e, _ := awaits[chat.Added](s, 1)
	if e.Channel != c || e.Space != s.Space() {
		s.t.Errorf("heard %+v, want Added in %s", e, c)
	}
	s.identifier(string(e.ID))
	if !s.can(s.Remove(c)) {
		return
	}
	e, _ = awaits[chat.Removed](s, 1)
	if e.Channel != c || e.Space != s.Space() {
		s.t.Errorf("heard %+v, want Removed in %s", e, c)
	}
}

func uninstalled(s *stage) {
	c := s.Channel("general")
	if !s.can(s.Uninstall()) {
		return
	}
	if e, _ := awaits[chat.Removed](s, 1); e.Channel != "" || e.Space != s.Space() {
		s.t.Errorf("heard %+v, want Removed of the whole of %s", e, s.Space())
	}
	s.ready(c, chat.KindPost)
	if _, err := s.Platform().Post(s.limit(), c, note("After."), ""); !is(err, chat.ErrRevoked) && !is(err, chat.ErrGone) {
		s.t.Errorf("a post into a lost space got %v, want ErrRevoked or ErrGone", err)
	}
}

func endsClean(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	s.replies(note("Heard you."))
	ada.types(c, "say hello")
	ada.hears(c, "Heard you.")
	s.post(c, note("A post."), "")
	if err := s.Stop(); err != nil {
		s.t.Errorf("Run returned %v", err)
	}
	// A goroutine that has done its work still takes a moment to be gone, and nothing tells when it is.
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var left []string
	for range 500 {
		if left = bots(); len(left) == 0 {
			return
		}
		<-tick.C
	}
	s.t.Errorf("%d goroutines are left after Run:\n%s", len(left), strings.Join(left, "\n\n"))
}

// bots lists the goroutines that run code of an adapter, or of a platform's library for one, and none of a test or a fake.
func bots() []string {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	var list []string
	for g := range strings.SplitSeq(string(stacks), "\n\n") {
		ours := strings.Contains(g, "interviewbot/adapters/") || strings.Contains(g, "interviewbot/bot/bottest") ||
			strings.Contains(g, "slack-go/slack") || strings.Contains(g, "bwmarrin/discordgo")
		test := false
		for _, mark := range []string{"_test.", "slacktest.", "discordtest.", "adaptertest.", "testing.(*T)", "testing.tRunner"} {
			test = test || strings.Contains(g, mark)
		}
		if ours && !test {
			list = append(list, g)
		}
	}
	return list
}

func endsHandlers(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	ended := make(chan struct{})
	s.answersWith(func(ctx context.Context, _ chat.Event) (chat.Response, error) {
		defer close(ended)
		<-ctx.Done()
		return chat.Response{}, ctx.Err()
	})
	typed := make(chan error, 1)
	go func() { typed <- ada.Type(c, "say for ever") }()
	awaits[chat.Call](s, 1)
	if err := s.Stop(); err != nil {
		s.t.Errorf("Run returned %v", err)
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
		s.t.Fatal("the context of a handler outlives Run")
	}
	select {
	case <-typed: // whatever the client says of it
	case <-timer.C:
		s.t.Fatal("the client waits for ever for a bot that is gone")
	}
	s.troubled = true
}

func restarts(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	ids := map[chat.EventID]bool{}
	for i := range 3 {
		text := fmt.Sprintf("Life %d.", i)
		s.replies(note("Heard in " + text))
		ada.types(c, "say hello")
		e, _ := awaits[chat.Call](s, i+1)
		if ids[e.ID] {
			s.t.Errorf("the identifier %s comes again for another deed", e.ID)
		}
		ids[e.ID] = true
		ada.hears(c, "Heard in "+text)
		s.post(c, note("Posted in "+text), "")
		ada.sees(c, "Posted in "+text)
		s.direct(ada, note("Said in "+text))
		ada.sees(ada.Direct(), "Said in "+text)
		s.must(s.Restart())
	}
}

func named(s *stage) {
	p := s.Platform()
	name := p.Name()
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r < 'a' || r > 'z' }) {
		s.t.Errorf("%q is not of lower-case letters", name)
	}
	s.identifier(string(s.Space()))
	c := s.Channel("general")
	s.identifier(string(c))
	for _, k := range []chat.Kind{chat.KindPost, chat.KindEdit, chat.KindDirect} {
		if at := p.Ready(c, k); at.After(s.Now()) {
			s.t.Errorf("an idle platform is ready for calls of kind %d only in %v", k, at.Sub(s.Now()))
		}
	}
	if at := p.Ready("", chat.KindDirect); at.After(s.Now()) {
		s.t.Error("an idle platform is not ready for a direct message")
	}
	if h, ok := p.(chat.Health); ok && h.Healthy() != nil {
		s.t.Errorf("a running platform is not healthy: %v", h.Healthy())
	}
}
