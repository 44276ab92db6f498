package bot_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// talkative is a platform with threads.
type talkative struct {
	chat.Platform
	mu     sync.Mutex
	opened []string
	err    error
	hangs  bool
}

func (p *talkative) Discuss(ctx context.Context, id chat.MessageID, title string, line chat.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opened = append(p.opened, string(id)+" "+title+": "+line.Summary)
	if p.hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	return p.err
}

func TestAThreadIsOpenedWhereTheTrackWantsOne(t *testing.T) {
	s := newStage(t)
	p := &talkative{Platform: s.p}
	s.b.Join(p)
	ada := s.person("Ada")
	s.setUp(ada)
	s.to(2, "09:05")
	if len(p.opened) != 0 {
		t.Fatalf("threads nobody asked for: %q", p.opened)
	}
	ada.Type(s.here, "tracks edit")
	ada.Fill("More", "A thread for discussion, where there are threads")
	ada.Submit()
	s.to(3, "09:05")
	if len(p.opened) != 1 {
		t.Fatalf("threads: %q", p.opened)
	}
}

// Where the platform allows none, it is not asked every day, and whoever chose threads is told.
func TestThreadsThatAreNotAllowed(t *testing.T) {
	s := newStage(t)
	p := &talkative{Platform: s.p, err: chat.ErrUnsupported}
	s.b.Join(p)
	ada := s.person("Ada")
	s.setUp(ada)
	ada.Type(s.here, "tracks edit")
	ada.Fill("More", "A thread for discussion, where there are threads")
	ada.Submit()
	s.to(4, "09:05")
	if len(p.opened) != 1 || s.track().Thread {
		t.Errorf("asked for %d threads; the track still wants them: %v", len(p.opened), s.track().Thread)
	}
	ada.Sees(ada.Direct(), "I could not open a thread for discussion")
}

// What is said in a thread is about the channel around it, unless the thread has a track of its own or the channel has none.
func TestCommandsInAThread(t *testing.T) {
	s := newStage(t)
	ada := s.person("Ada")
	track := s.setUp(ada)
	tracks := func(in, within chat.ChannelID) string {
		t.Helper()
		r, err := s.b.Handle(t.Context(), chat.Event{
			ID: chat.EventID("test:" + in + within), Space: chat.SpaceID(track.Space), Channel: in, Within: within,
			Actor: chat.Actor{User: ada.ID(), Admin: chat.Yes}, What: chat.Call{Name: "tracks"},
		})
		if err != nil || r.Reply == nil {
			t.Fatalf("answered with %+v, %v", r, err)
		}
		return r.Reply.Summary
	}
	const nothing = "Nothing is set up"
	thread, quiet, other := s.p.Channel("a thread"), s.p.Channel("quiet"), s.p.Channel("other")
	if said := tracks(thread, s.here); strings.Contains(said, nothing) {
		t.Errorf("in a thread of the track's channel: %s", said)
	}
	if said := tracks(thread, quiet); !strings.Contains(said, nothing) {
		t.Errorf("in a thread of another channel: %s", said)
	}
	if said := tracks(s.here, quiet); strings.Contains(said, nothing) {
		t.Errorf("in a thread that has a track: %s", said)
	}
	if said := tracks(other, ""); !strings.Contains(said, nothing) {
		t.Errorf("in another channel: %s", said)
	}
	// A track that was removed is found where no other is.
	own := s.p.Channel("a thread with a track of its own")
	ada.Type(own, "setup")
	ada.Submit()
	ada.Type(own, "tracks remove")
	if said := tracks(own, s.here); strings.Contains(said, nothing) {
		t.Errorf("in a thread whose track was removed: %s", said)
	}
	undo, err := s.b.Handle(t.Context(), chat.Event{
		ID: "test:undo", Space: chat.SpaceID(track.Space), Channel: own, Within: quiet,
		Actor: chat.Actor{User: ada.ID(), Admin: chat.Yes}, What: chat.Call{Name: "tracks", Args: map[string]string{"do": "undo"}},
	})
	if err != nil || undo.Reply == nil || !strings.Contains(undo.Reply.Summary, "It is back") {
		t.Errorf("undo there: %+v, %v", undo.Reply, err)
	}
}

// A call that never comes back ends by itself, long before another replica would take the task over.
func TestAThreadThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		p := &talkative{Platform: s.p, hangs: true}
		s.b.Join(p)
		ada := s.person("Ada")
		s.setUp(ada)
		ada.Type(s.here, "tracks edit")
		ada.Fill("More", "A thread for discussion, where there are threads")
		ada.Submit()
		began := time.Now()
		done := make(chan struct{})
		go func() { s.to(2, "09:01"); close(done) }()
		select {
		case <-done:
		case <-time.After(time.Hour):
			t.Fatal("the thread is still being opened after an hour")
		}
		if took := time.Since(began); took > 30*time.Second*time.Duration(len(p.opened)) || len(p.opened) == 0 {
			t.Errorf("%d calls took %s", len(p.opened), took)
		}
	})
}
