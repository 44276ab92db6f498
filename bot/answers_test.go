package bot_test

import (
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// opened is a stage on Monday at 09:00 with the first question open.
func opened(t *testing.T) (*stage, *bottest.Person, *bottest.Person) {
	t.Helper()
	s := newStage(t)
	ada, ben := s.person("Ada"), s.person("Ben")
	s.setUp(ada)
	s.to(2, "09:00")
	return s, ada, ben
}

func TestAShortAnswerIsKeptAndAskedAbout(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Press(s.here, "Answer privately")
	ada.Fill("Your answer", "locks deadlock order")
	ada.Submit()
	ada.Hears(s.here, "Only 3 words so far", "Add more", "Send as is", "locks deadlock order")
	if got := s.round(1); got.Answered != 0 {
		t.Fatalf("a short text counted: %+v", got)
	}
	ada.Press(s.here, "Add more")
	if got := ada.Dialog().Value("Your answer"); got != "locks deadlock order" {
		t.Fatalf("the form comes back with %q", got)
	}
	s.fillAnswer(ada, s.question(1))
	ada.Submit()
	ada.Hears(s.here, "Counted: your streak is 1.")
	ada.Type(s.here, "answer")
	ada.Hears(s.here, "Counted: your streak is 1.", "Try again")
}

func TestSendAsIsIsIDontKnow(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Press(s.here, "Answer privately")
	ada.Fill("Your answer", "no idea")
	ada.Submit()
	ada.Press(s.here, "Send as is")
	ada.Hears(s.here, "Model answer", "Say it back", "no idea")
	if m := s.member(ada); m.Answered != 1 || m.DontKnow != 1 {
		t.Fatalf("the member is %+v, want a counting I don't know in round 1", m)
	}
}

func TestAnEchoOfTheQuestionDoesNotCount(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Press(s.here, "Answer privately")
	ada.Fill("Your answer", s.question(1).Prompt)
	ada.Submit()
	ada.Hears(s.here, "the question's", "Send as is")
	ada.SeesNot(s.here, "Counted")
}

func TestIDontKnowCountsOnceInFiveRounds(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Press(s.here, "I don't know")
	ada.Hears(s.here, "it counts for your streak this time")
	ada.Press(s.here, "Show the answer")
	ada.Hears(s.here, "Counted: your streak is 1.", "Model answer", "Say it back")
	s.to(3, "09:00")
	ada.Press(s.here, "I don't know")
	ada.Hears(s.here, "One of your last 4 rounds was already")
	ada.Press(s.here, "Show the answer")
	ada.Hears(s.here, "does not count for the streak yet")
	ada.Press(s.here, "Say it back")
	ada.Fill("In your own words", "too short")
	ada.Submit()
	if d := ada.Dialog(); d == nil || !strings.Contains(d.String(), "One more sentence") {
		t.Fatalf("a short say-back was taken: %v", d)
	}
	ada.Fill("In your own words", s.question(2).Samples.Strong)
	ada.Submit()
	ada.Hears(s.here, "Counted: your streak is 2.")
	s.to(4, "09:00")
	if m := s.member(ada); m.Streak.Current != 2 {
		t.Fatalf("the streak is %+v", m.Streak)
	}
}

func TestTheFirstCountingSubmitFixesTheOutcome(t *testing.T) {
	s, ada, _ := opened(t)
	s.answer(ada)
	ada.Press(s.here, "Try again")
	ada.Fill("Your answer", "shorter")
	ada.Submit()
	ada.Hears(s.here, "Counted: your streak is 1.", "could not match much")
	ada.Type(s.here, "answer")
	ada.Press(s.here, "Show the answer")
	ada.Press(s.here, "Revise")
	ada.Fill("Your answer", "now I know that the order of locks must be the same everywhere, by id")
	ada.Submit()
	ada.Hears(s.here, "revised after the answer")
	s.to(3, "09:00")
	if r := s.round(1); r.Answered != 1 || len(r.Had) != 0 {
		t.Fatalf("the round has %d answers with points %v: coverage is of the text before the answer was shown", r.Answered, r.Had)
	}
}

func TestDeletingTheTextKeepsTheOutcome(t *testing.T) {
	s, ada, _ := opened(t)
	s.answer(ada)
	ada.Press(s.here, "Show the answer")
	ada.Press(s.here, "More")
	ada.Press(s.here, "Delete my text")
	ada.Hears(s.here, "Your text is deleted")
	s.to(3, "09:00")
	if m := s.member(ada); m.Streak.Current != 1 {
		t.Fatalf("the streak is %+v", m.Streak)
	}
	s.read(func(tx store.Tx) error {
		a, err := tx.RoundAnswer(s.track().ID, 1, string(ada.ID()))
		if a.Text != "" || a.Before != "" {
			t.Errorf("the text is still there: %q", a.Text)
		}
		return err
	})
}

func TestSharedAnswersOpenToThoseWhoAnswered(t *testing.T) {
	s, ada, ben := opened(t)
	cleo := s.person("Cleo")
	for _, p := range []*bottest.Person{ada, cleo} {
		s.share(p, "The group, with my name")
	}
	s.tick()
	key := s.track().ID + "-1"
	ben.Forge(s.here, chat.Press{Action: "others:0:" + key})
	ben.Hears(s.here, "open once you have answered")
	s.answer(ben)
	s.until(s.clock.Now().Add(1))
	ben.Press(s.here, "Show the answer")
	ben.Press(s.here, "Others' answers (2)")
	ben.Hears(s.here, "Ada", "Cleo")
}

func TestAnswersWithoutANameAreListedFromThreeOn(t *testing.T) {
	s, ada, ben := opened(t)
	const how = "The group, without my name"
	s.share(ada, how)
	s.share(s.person("Cleo"), how)
	s.answer(ben)
	key := s.track().ID + "-1"
	ben.Forge(s.here, chat.Press{Action: "others:0:" + key})
	ben.Hears(s.here, "Nobody else has shared")
	s.share(s.person("Dan"), how)
	ben.Forge(s.here, chat.Press{Action: "others:0:" + key})
	ben.Hears(s.here, "3 shared answers", "Somebody")
	ben.SeesNot(s.here, "Cleo")
}

func TestALateAnswerRepairs(t *testing.T) {
	s, ada, ben := opened(t)
	s.answer(ada)
	s.answer(ben)
	s.to(3, "09:00")
	s.answer(ben) // Ada misses round 2: the freeze covers it
	s.to(4, "09:00")
	if m := s.member(ada); m.Streak.Current != 1 || m.Streak.Freezes != 0 {
		t.Fatalf("after a frozen round: %+v", m.Streak)
	}
	s.to(5, "09:00") // round 3 is missed, no freeze is left
	if m := s.member(ada); m.Streak.Current != 0 {
		t.Fatalf("after a missed round: %+v", m.Streak)
	}
	ada.Type(s.here, "streak")
	ada.Hears(s.here, "1 answered in all · best 1", "Wednesday is open for repair until Mon 09:00")
	ada.Press(s.here, "Answer Wednesday's question")
	s.fillAnswer(ada, s.question(3))
	ada.Submit()
	ada.Hears(s.here, "Kept as practice", "Repair Wednesday")
	ada.Press(s.here, "Repair Wednesday")
	ada.Hears(s.here, "Wednesday is repaired. Your streak is 2.")
	m := s.member(ada)
	if m.Streak.Current != 2 || m.Streak.Total != 2 {
		t.Fatalf("after the repair: %+v", m.Streak)
	}
	ada.Press(s.here, "Repair Wednesday")
	if got := s.member(ada); got.Streak != m.Streak {
		t.Fatalf("a second press changed the streak to %+v", got.Streak)
	}
}

func TestHugeEmptyAndHostileAnswers(t *testing.T) {
	s, ada, _ := opened(t)
	key := s.track().ID + "-1"
	send := func(text string) {
		ada.SubmitForm(s.here, chat.Submit{Form: "answer:" + key, Values: map[string][]string{"text": {text}}})
	}
	ada.Press(s.here, "Answer privately")
	send(" \u200b\n\t ")
	if d := ada.Dialog(); d == nil || !strings.Contains(d.String(), "There is nothing here yet") {
		t.Fatalf("an empty answer was taken: %v", d)
	}
	send(strings.Repeat("many words ", 100_000))
	if d := ada.Dialog(); d == nil || !strings.Contains(d.String(), "an answer can have 3000") {
		t.Fatalf("a huge answer was taken: %v", d)
	}
	ada.Cancel()
	hostile := "<!channel> @everyone **bold** <script>alert(1)</script> \x00\x01 \u202e مرحبا بالعالم deadlock lock order by id circular wait both transfers opposite hold each other"
	send(hostile)
	ada.Hears(s.here, "Counted")
	s.read(func(tx store.Tx) error {
		a, err := tx.RoundAnswer(s.track().ID, 1, string(ada.ID()))
		if strings.ContainsAny(a.Text, "\x00\x01") || !strings.Contains(a.Text, "<!channel> @everyone **bold** <script>alert(1)</script>") {
			t.Errorf("stored as %q", a.Text)
		}
		return err
	})
	send("\xff\xfe broken bytes are no reason to lose what somebody wrote about locks and their order by id")
	ada.Hears(s.here, "Counted")
}

func TestRedeliveryAndDoubleSubmitCountOnce(t *testing.T) {
	s, ada, _ := opened(t)
	s.answer(ada)
	s.p.Redeliver(t)
	s.p.Redeliver(t)
	ada.SubmitForm(s.here, chat.Submit{Form: "answer:" + s.track().ID + "-1", Values: map[string][]string{"text": {s.question(1).Samples.Strong}}})
	s.to(3, "09:00")
	if r := s.round(1); r.Answered != 1 {
		t.Fatalf("%d answers", r.Answered)
	}
	if m := s.member(ada); m.Streak.Current != 1 || m.Streak.Total != 1 {
		t.Fatalf("the streak is %+v", m.Streak)
	}
}

func TestForgedActionsAreRefused(t *testing.T) {
	s, ada, ben := opened(t)
	s.answer(ada)
	for _, a := range []string{
		"answer", "answer:", "answer:zzzzzzzz-1", "answer:" + s.track().ID + "-99", "answer:" + s.track().ID + "-01", "show:s1", "show:s99999999999999999999",
		"delete:s1", "ticks:s1", "repair:x", "edit:zzzzzzzz", "remove:" + s.track().ID, "there:" + s.track().ID + "-1", "now:" + s.track().ID, "unknown:1", ":::", "why:x:" + s.track().ID, "others:-5:" + s.track().ID + "-1",
	} {
		ben.Forge(s.here, chat.Press{Action: a, Values: []string{"x"}})
	}
	if got := s.track().State; got != store.TrackActive {
		t.Fatalf("somebody who may not removed the track: %v", got)
	}
	s.read(func(tx store.Tx) error {
		a, err := tx.RoundAnswer(s.track().ID, 1, string(ada.ID()))
		if a.Deleted || !a.Shown.IsZero() {
			t.Errorf("somebody else changed Ada's answer: %+v", a)
		}
		return err
	})
	ben.SeesNot(s.here, s.question(1).Samples.Strong[:40])
}
