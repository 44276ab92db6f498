package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
)

func TestNoCatchingUpStillPostsInTime(t *testing.T) {
	s := newStage(t)
	ada := s.person("Ada")
	s.setUp(ada)
	ada.Type(s.here, "tracks catchup 0")
	s.p.Hold(s.here, chat.KindPost, s.clock.Now().Add(time.Hour+2*time.Second)) // a tick is never at the very instant
	s.to(2, "09:01")
	s.posted(1, "two seconds after the slot")
	s.sleep(24*time.Hour + 30*time.Minute)
	s.tick()
	s.posted(1, "after half an hour, which is too late without a window")
}

func TestAnAnswerAfterLeavingCountsInTheSameRound(t *testing.T) {
	s, ada, _ := opened(t)
	s.answer(ada)
	s.to(3, "09:00")
	ada.Press(s.here, "More")
	ada.Press(s.here, "Leave")
	ada.Press(s.here, "Leave")
	s.answer(ada)
	ada.Hears(s.here, "Counted: your streak is 1.")
	s.to(4, "09:00")
	if m := s.member(ada); m.Streak.Current != 1 || m.Streak.Total != 2 {
		t.Fatalf("the answer that was said to count: %+v", m.Streak)
	}
	s.replays(ada)
}

func TestAnotherPersonsPersonalTrackIsClosed(t *testing.T) {
	s := newStage(t)
	cleo, dan := s.person("Cleo"), s.person("Dan")
	dm := s.alone(cleo)
	var tr store.Track
	s.read(func(tx store.Tx) error {
		all, err := tx.ChannelTracks(string(dm))
		tr = all[0]
		return err
	})
	for _, place := range []chat.ChannelID{s.here, dan.Direct()} {
		dan.Forge(place, chat.Press{Action: "join:" + tr.ID})
		dan.Forge(place, chat.Press{Action: "reveal:" + tr.ID + "-1"})
	}
	s.read(func(tx store.Tx) error {
		members, err := tx.Members(tr.ID, "", 0)
		for _, m := range members {
			if m.User == string(dan.ID()) {
				t.Error("Dan is in Cleo's own track")
			}
		}
		return err
	})
	cleo.Press(dm, "I don't know")
	cleo.Press(dm, "Show the answer")
	cleo.Hears(dm, "Counted: your streak is 1")
}

func TestSharedCountsAreOfAnswersThatCanBeRead(t *testing.T) {
	s, ada, ben := opened(t)
	s.share(ada, "The group, with my name")
	s.share(ben, "The group, with my name")
	s.to(2, "09:10")
	ada.Press(s.here, "Show the answer")
	ada.Press(s.here, "Others' answers (1)")
	ada.Hears(s.here, "1 shared answer", "Ben")
}

func TestNamelessAnswersAreNotInTheOrderOfPeople(t *testing.T) {
	s, _, ben := opened(t)
	q := s.question(1)
	give := func(name, who, extra string) {
		p := s.person(name)
		p.Press(s.here, "Answer privately")
		p.Fill("Your answer", extra+q.Samples.Strong)
		p.Fill("Who may see it after they have answered", who)
		p.Submit()
	}
	give("Anna", "The group, without my name", "zz ")
	give("Carl", "The group, with my name", "")
	give("Dora", "The group, without my name", "bb ")
	give("Emil", "The group, without my name", "aa ")
	s.answer(ben)
	ben.Forge(s.here, chat.Press{Action: "others:0:" + s.track().ID + "-1"})
	text := ben.Last(s.here).String()
	carl, first := strings.Index(text, "Carl"), strings.Index(text, "Somebody")
	if carl < 0 || first < carl || strings.Index(text, "aa ") > strings.Index(text, "zz ") {
		t.Fatalf("the order tells who is who: %s", text)
	}
}

func TestAnOldIDontKnowDoesNotOpenANewOne(t *testing.T) {
	s, _, ben := opened(t)
	ben.Press(s.here, "More")
	ben.Press(s.here, "Join")
	s.to(3, "09:00")
	ben.Press(s.here, "I don't know")
	ben.Press(s.here, "Show the answer")
	key := s.track().ID
	ben.Forge(s.here, chat.Press{Action: "reveal:" + key + "-1"}) // late, to the round before
	if m := s.member(ben); m.DontKnow != 2 {
		t.Fatalf("the newest I don't know is %d, want 2", m.DontKnow)
	}
}

func TestAStaleSendAsIsDoesNotShowTheModelAnswer(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Press(s.here, "Answer privately")
	ada.Fill("Your answer", "no idea at all")
	ada.Submit()
	ada.Hears(s.here, "Send as is")
	ada.Press(s.here, "Add more")
	s.fillAnswer(ada, s.question(1))
	ada.Submit()
	ada.Hears(s.here, "Counted")
	ada.Press(s.here, "Send as is")
	s.read(func(tx store.Tx) error {
		a, err := tx.RoundAnswer(s.track().ID, 1, string(ada.ID()))
		if a.Shown.IsZero() {
			ada.SeesNot(s.here, "Model answer")
		}
		return err
	})
}

func TestAFreezeIsNamedByItsDay(t *testing.T) {
	s, ada, _ := opened(t)
	s.answer(ada)
	s.to(4, "09:00")
	ada.Type(s.here, "streak")
	ada.Hears(s.here, "A freeze covered Tuesday. Still 1.")
	s.answer(ada)
	ada.Hears(s.here, "A freeze covered Tuesday. Counted: your streak is 2.")
	if got := s.lines(ada); got[len(got)-1].Outcome != streak.Frozen {
		t.Fatalf("lines: %+v", got)
	}
}

func TestAPersonalTrackIsNotToldAsAGroup(t *testing.T) {
	s := newStage(t)
	cleo := s.person("Cleo")
	dm := s.alone(cleo)
	cleo.Type(dm, "tracks")
	cleo.Hears(dm, "1 round")
	cleo.SeesNot(dm, "1 rounds", "members", "group streak")
}

func TestAFreshPostSaysWhatKeepsTheGroupsStreak(t *testing.T) {
	s, ada, ben := opened(t)
	for day := 3; day <= 5; day++ {
		s.answer(ada)
		s.answer(ben)
		s.to(day, "09:00")
	}
	posts := s.p.Posts(s.here)
	first := posts[len(posts)-1].Versions[0]
	for _, b := range first.Blocks {
		if n, ok := b.(chat.Note); ok && strings.Contains(n.Text.Plain(), "group streak 1, 2 more keep it") {
			return
		}
	}
	t.Fatalf("the new post does not say how many keep the streak: %+v", first.Blocks)
}

func TestAnAdministratorOfAnotherSpaceSettlesNothing(t *testing.T) {
	s := newStage(t)
	s.setUp(s.person("Ada"))
	s.b.Join(s.p.Plain())
	s.p.Fail(bottest.Fault{Call: chat.KindPost, Err: chat.ErrUncertain})
	s.to(2, "09:05")
	r := s.round(1)
	eve := chat.Actor{User: "test:u-eve", Name: "Eve", Admin: chat.Yes}
	_, err := s.b.Handle(context.Background(), chat.Event{ID: "test:x1", Space: "test:s-other", Channel: "test:c-other", Actor: eve,
		What: chat.Press{Action: "postit:" + r.Track + "-1"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.round(1).State; got != store.Uncertain {
		t.Fatalf("somebody from another space made the round %v", got)
	}
}

func TestATopicOfTwoWordsIsUnderstood(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Type(s.here, "practice data structures")
	ada.Type(s.here, "practice HTTP and APIs 2")
	ada.Hears(s.here, "HTTP and APIs · level 2")
}

func TestADraftIsGoneAfterADay(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Press(s.here, "Answer privately")
	ada.Fill("Your answer", "no idea at all")
	ada.Submit()
	ada.Hears(s.here, "Send as is")
	key := "answer:" + s.track().ID + "-1"
	s.until(s.clock.Now().AddDate(0, 0, 3))
	s.read(func(tx store.Tx) error {
		if d, err := tx.Draft(string(ada.ID()), key); err == nil {
			t.Errorf("three days later the draft is still there: %q", d.Text)
		}
		return nil
	})
}

func TestTheHistoryOfSomebodyWhoStayedAwayIsClear(t *testing.T) {
	s, ada, _ := opened(t)
	s.answer(ada)
	s.until(monday().AddDate(0, 1, 0))
	ada.Type(s.here, "streak why")
	ada.Hears(s.here, "Since then rounds pass you by", "Mon 2 Mar: You answered")
	s.until(monday().AddDate(1, 0, 5))
	ada.Type(s.here, "streak why")
	ada.Hears(s.here, "2 Mar 2026: You answered")
}

func TestAnswersToAPostThatNeverCameStillCount(t *testing.T) {
	s := newStage(t)
	ada := s.person("Ada")
	s.setUp(ada)
	s.p.Fail(bottest.Fault{Call: chat.KindPost, Err: chat.ErrUncertain}) // it is not there, but nobody knows yet
	s.to(2, "09:00")
	ada.Type(s.here, "answer")
	s.fillAnswer(ada, s.question(1))
	ada.Submit()
	ada.Hears(s.here, "Counted: your streak is 1")
	s.p.Hold(s.here, chat.KindPost, s.clock.Now().Add(12*time.Hour))
	s.to(2, "21:30")
	s.to(3, "09:30")
	if m := s.member(ada); m.Streak.Total != 1 {
		t.Fatalf("an answer that was said to count did not: %+v; the round is %+v", m.Streak, s.round(1))
	}
	s.replays(ada)
}
