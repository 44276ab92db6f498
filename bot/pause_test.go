package bot_test

import (
	"testing"

	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/streak"
)

func TestPauseCoversARound(t *testing.T) {
	s, ada, _ := opened(t)
	s.answer(ada)
	s.to(3, "09:10")
	ada.Type(s.here, "pause 3")
	ada.Hears(s.here, "You are paused until", "27 days left of 30")
	s.to(6, "08:00")
	lines := s.lines(ada)
	if got := lines[len(lines)-1].Outcome; got != streak.Paused {
		t.Fatalf("the last line is %v, want paused", got)
	}
	if m := s.member(ada); m.Streak.Current != 1 {
		t.Fatalf("a pause changed the streak: %+v", m.Streak)
	}
	ada.Type(s.here, "pause")
	ada.Hears(s.here, "You are paused until")
	ada.Press(s.here, "I am back")
	ada.Hears(s.here, "Welcome back")
	for _, line := range []string{"pause soon", "pause 31", "pause 2020-01-01", "pause 2026-05-05..2026-05-01"} {
		ada.Type(s.here, line)
	}
	ada.Hears(s.here, "A pause is a number of days")
	ada.Hears(s.here, "1 to 30 days")
	ada.Hears(s.here, "at most 48 hours back")
	ada.Hears(s.here, "end before it begins")
	s.replays(ada)
}

func TestABackDatedPauseCoversAMissedRound(t *testing.T) {
	s, ada, _ := opened(t)
	s.answer(ada)
	s.to(5, "10:00") // round 2 frozen, round 3 missed
	ada.Type(s.here, "pause yesterday")
	ada.Hears(s.here, "A pause is noted from", "also covers")
	s.replays(ada)
	if m := s.member(ada); m.Streak.Current != 1 {
		t.Fatalf("the streak is %+v", m.Streak)
	}
}

func TestAPauseDeliveredTwiceIsOnePause(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Type(s.here, "pause 3")
	s.p.Redeliver(t)
	ada.SeesNot(s.here, "You are not paused")
	ada.Hears(s.here, "27 days left of 30")
}

func TestAPauseToComeIsNotInForce(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Type(s.here, "pause 2026-03-20..2026-03-22")
	ada.Hears(s.here, "A pause is planned from")
	ada.Type(s.here, "pause")
	ada.SeesNot(s.here, "aused until", "I am back")
	ada.Hears(s.here, "A pause is planned from")
	ada.Press(s.here, "Drop what is planned")
	ada.Hears(s.here, "What was planned is dropped")
	ada.Type(s.here, "pause 2")
	ada.Type(s.here, "pause")
	ada.Hears(s.here, "You are paused until")
}

func TestAPauseThatIsOverIsNotInForce(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Type(s.here, "pause yesterday")
	ada.SeesNot(s.here, "aused until", "I am back")
	ada.Hears(s.here, "A pause is noted from", "29 days left of 30")
}

func TestABackDatedPauseThatCannotCoverSaysSo(t *testing.T) {
	s, ada, ben := opened(t)
	for _, p := range []*bottest.Person{ada, ben} {
		s.answer(p)
	}
	s.to(5, "09:10") // 2 frozen, 3 missed
	ada.Type(s.here, "streak")
	ada.Press(s.here, "Answer Wednesday's question")
	s.fillAnswer(ada, s.question(3))
	ada.Submit()
	ada.Press(s.here, "Repair Wednesday")
	s.to(6, "09:10") // 4 missed
	ada.Type(s.here, "pause yesterday")
	ada.Hears(s.here, "A pause is noted from", "was used")
	s.replays(ada)
}
