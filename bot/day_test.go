package bot_test

import (
	"testing"

	"github.com/interviewbot/interviewbot/bot/store"
)

func TestADayInAChannel(t *testing.T) {
	s := newStage(t)
	ada, ben := s.person("Ada"), s.person("Ben")
	s.setUp(ada)
	s.posted(0, "before the first slot")
	s.to(2, "09:00")
	posts := s.p.Posts(s.here)
	if len(posts) != 1 {
		t.Fatalf("%d posts at the first slot, want 1", len(posts))
	}
	q := s.question(1)
	ada.Sees(s.here, q.Title, "0 answered", "New here?")
	s.answer(ada)
	ada.Hears(s.here, "Counted: your streak is 1.", "✓", "I match words")
	ben.SeesNot(s.here, "Counted")
	ada.Press(s.here, "Show the answer")
	ada.Hears(s.here, "Model answer", "Common mistake", "Your answer", "Revise")
	s.tick()
	ben.Sees(s.here, "1 answered")
	s.to(3, "09:00")
	r := s.round(1)
	if r.State != store.Closed || r.Answered != 1 {
		t.Fatalf("round 1 is %d with %d answers, want closed with 1", r.State, r.Answered)
	}
	first := s.p.Posts(s.here)[0].Now()
	if first.Summary[:6] != "Closed" {
		t.Fatalf("the first post reads %q, want it closed", first.Summary)
	}
	m := s.member(ada)
	if m.Streak.Current != 1 || m.Streak.Total != 1 {
		t.Fatalf("Ada's streak is %+v", m.Streak)
	}
	ada.Type(s.here, "streak")
	ada.Hears(s.here, "1 in a row", "1 answered in all", "not answered yet")
	ada.Type(s.here, "streak why")
	ada.Hears(s.here, "Why 1?", "Monday")
}
