package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot"
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

func TestAnEditDeliveredTwiceSaysTheSame(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Type(s.here, "tracks edit")
	ada.Fill("At what time", "11:00")
	ada.Submit()
	ada.Hears(s.here, "at 11:00 UTC")
	s.p.Redeliver(t)
	ada.SeesNot(s.here, "That did not work")

	ada.Type(s.here, "tracks edit")
	ada.Fill("At what time", "25:00")
	ada.Submit()
	s.p.Redeliver(t)
	if d := ada.Dialog(); d == nil || !strings.Contains(d.String(), "25:00") {
		t.Fatalf("the second delivery of a form with a mistake passed it over: %v", d)
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

func TestUndoNeedsNoIDForTheOnlyRemovedTrack(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Type(s.here, "tracks remove")
	ada.Type(s.here, "tracks undo")
	ada.Hears(s.here, "It is back")
}

func TestUndoKeepsOneMessageADay(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Type(s.here, "tracks remove")
	ada.Type(s.here, "setup")
	ada.Fill("In which time zone", "UTC")
	ada.Submit()
	ada.Press(s.here, "Undo") // of the new one: it is removed, and can be undone itself
	ada.Type(s.here, "setup")
	ada.Fill("In which time zone", "UTC")
	ada.Submit()
	var first string
	s.read(func(tx store.Tx) error {
		all, err := tx.ChannelTracks(string(s.here))
		first = all[0].ID
		return err
	})
	ada.Type(s.here, "tracks undo "+first)
	ada.Hears(s.here, "once a day")
}

func TestTextsOfATrackThatStoppedAreDeletedInTime(t *testing.T) {
	s, ada, ben := opened(t)
	ada.Type(s.here, "tracks keep 30")
	s.answer(ben)
	ada.Type(s.here, "tracks end 2026-03-02")
	s.until(monday().AddDate(0, 0, 40))
	s.read(func(tx store.Tx) error {
		a, err := tx.RoundAnswer(s.track().ID, 1, string(ben.ID()))
		if a.Text != "" {
			t.Errorf("forty days later the text is still there")
		}
		return err
	})
}

func TestAnEndedTrackClosesItsLastRoundAtItsEnd(t *testing.T) {
	s, ada, ben := opened(t)
	ada.Type(s.here, "tracks end 2026-03-03")
	s.answer(ben)
	s.to(4, "09:00")
	if r := s.round(2); r.State != store.Closed {
		t.Fatalf("the last round is %v at its end %v", r.State, r.Ends)
	}
}

func TestTheLastClosedRoundCanBeProtectedWhileOneIsOpen(t *testing.T) {
	s, ada, ben := opened(t)
	s.answer(ben)
	s.to(3, "09:00")
	s.to(4, "09:00") // round 2: Ben's freeze
	ada.Type(s.here, "tracks protect last public holiday")
	ada.Hears(s.here, "Protected: 1 member")
	if m := s.member(ben); m.Streak.Freezes != 1 {
		t.Fatalf("the freeze did not come back: %+v", m.Streak)
	}
	if r := s.round(2); r.Protected != "public holiday" {
		t.Fatalf("round 2 is protected by %q", r.Protected)
	}
	if r := s.round(3); r.Protected != "" {
		t.Fatalf("the open round is protected too: %q", r.Protected)
	}
	s.replays(ben)
}

func TestAChangedTimeDoesNotPostAgainWithinSixHours(t *testing.T) {
	s, ada, _ := opened(t)
	s.to(2, "09:30")
	ada.Type(s.here, "tracks edit")
	ada.Fill("At what time", "10:00")
	ada.Submit()
	s.to(2, "23:00")
	s.posted(1, "on one day")
	s.to(3, "10:00")
	s.posted(2, "on the day after")
}

func TestAnotherReplicaLeavesAFreshClaimAlone(t *testing.T) {
	s := newStage(t)
	s.setUp(s.person("Ada"))
	s.p.Hold(s.here, chat.KindPost, s.clock.Now().Add(2*time.Hour))
	s.to(2, "09:00")
	tr := s.track()
	claimed := store.Round{Track: tr.ID, No: 1, Slot: "2026-03-02T09:00", At: s.clock.Now(), Space: tr.Space, Channel: tr.Channel, Kind: "question", State: store.Claimed,
		Owner: "another", Lease: s.clock.Now().Add(time.Minute), Claimed: s.clock.Now(), Ends: s.clock.Now().Add(24 * time.Hour), CloseAt: s.clock.Now().Add(28 * time.Hour)}
	task := store.Task{Key: "post:" + tr.ID + "-1", Kind: "post", Space: tr.Space, Track: tr.ID, Round: 1, Arg: tr.Channel, Due: s.clock.Now(), Made: s.clock.Now()}
	s.write(func(tx store.Tx) error {
		if err := tx.AddRound(claimed); err != nil {
			return err
		}
		return tx.PutTask(task)
	})
	s.p.Hold(s.here, chat.KindPost, s.clock.Now())
	s.tick()
	s.read(func(tx store.Tx) error {
		got, err := tx.Task(task.Key)
		if !got.Due.Equal(task.Due) {
			t.Errorf("the owner finds its post only at %v, it was due at %v", got.Due, task.Due)
		}
		return err
	})
	s.posted(0, "of a round that another replica claimed")
}

func TestTwoReplicasPostOnce(t *testing.T) {
	for range 20 {
		s := newStage(t)
		s.setUp(s.person("Ada"))
		now := s.clock.Now().Add(time.Hour)
		s.clock = bot.NewClock(func() time.Time { return now })
		s.store = s.store.Again(s.clock.Now)
		done := make(chan error, 3)
		for range 3 {
			b := bot.New(bot.Options{Store: s.store, Bank: s.b.Bank(), Now: s.clock.Now})
			b.Join(s.p)
			go func() {
				_, err := b.Tick(context.Background())
				done <- err
			}()
		}
		for range 3 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		s.posted(1, "by now")
		if got := s.p.Written(chat.KindPost); got != 1 {
			t.Fatalf("%d calls", got)
		}
	}
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

func TestAnEndedTrackGoesOnWhenItsLastDayIsTakenBack(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Type(s.here, "tracks end 2026-03-02")
	s.to(4, "08:00")
	ada.Type(s.here, "tracks end off")
	s.to(4, "09:05")
	s.posted(2, "once the last day is taken back")
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

// After a change people see what comes of it, and nothing that would take away the whole track.
func TestAChangeSaysWhatComes(t *testing.T) {
	s, ada, _ := opened(t)
	change := func(want string) {
		t.Helper()
		ada.Type(s.here, "tracks edit")
		ada.Submit()
		said := ada.Last(s.here).String()
		if !strings.Contains(said, want) || strings.Contains(said, "“”") || strings.Contains(said, "Undo") {
			t.Errorf("it says %s, want %q, no empty title and no Undo", said, want)
		}
	}
	ada.Type(s.here, "tracks skip")
	change("Next: Tue 3 Mar (skipped), Wed 4 Mar “Why can a cache")
	ada.Type(s.here, "tracks end 2026-03-02")
	change("Nothing more comes: its last day is over.")
	ada.Type(s.here, "tracks end off")
	ada.Type(s.here, "tracks pause")
	change("It is paused: nothing is posted until /interview tracks resume.")
	ada.Type(s.here, "tracks preview")
	ada.Hears(s.here, "Nothing is planned: the track is paused, or has ended.")
}
