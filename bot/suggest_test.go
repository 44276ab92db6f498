package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// suggest has somebody suggest a question that the bank does not have.
func (s *stage) suggest(who *bottest.Person, title string) {
	s.Helper()
	who.Type(s.here, "suggest")
	who.Fill("The question, in one line", title)
	who.Fill("What a good answer says, one point a line", "The rows are read in another order | different order of rows\nThe planner chose a hash join | hash join")
	who.Fill("A model answer", "Without an order clause the planner may read the rows in any order, and a hash join changes it.")
	who.Fill("Topic", "SQL and modelling")
	who.Submit()
	if d := who.Dialog(); d != nil {
		s.Fatalf("the form was not taken:\n%s", d)
	}
}

func TestASuggestionIsAcceptedAndJoinsThisSpaceOnly(t *testing.T) {
	s := newStage(t)
	ada, ben := s.person("Ada"), s.person("Ben")
	s.setUp(ada)
	s.suggest(ben, "Why did our result come in another order?")
	ben.Hears(s.here, "on its way to those who look after", "I tell you what they decide")
	if said := ben.Last(s.here).Summary; !strings.Contains(said, "those who look after the channel;") {
		t.Errorf("aloud it says %q", said)
	}
	s.tick()
	ada.Sees(ada.Direct(), "Ben suggests a question", "Why did our result come in another order?", "The planner chose a hash join", "may read the rows in any order")

	ben.Type(s.here, "practice sql")
	ben.Hears(s.here, "") // there is no such question in the bank of this test, and none before it is accepted
	ben.SeesNot(s.here, "Practice: Why did our result")

	ada.Choose(ada.Direct(), "3 senior")
	ada.Press(ada.Direct(), "Accept")
	ada.Sees(ada.Direct(), "is one of the group's questions now")
	s.tick()
	ben.Sees(ben.Direct(), "was accepted", "Thank you")

	ben.Type(s.here, "practice sql 3")
	ben.Hears(s.here, "Why did our result come in another order?", "level 3")
	if got := ada.Complete(s.here, "tracks", "value", "own-", map[string]string{"do": "next"}); len(got) != 1 {
		t.Errorf("as the next question %q are offered, want the suggested one", got)
	}
	ada.Press(ada.Direct(), "Ask it next")
	ada.Hears(ada.Direct(), "comes next")
	s.to(2, "09:00")
	ben.Sees(s.here, "Why did our result come in another order?")

	other := s.p.ChannelIn("test:s-other", "backend")
	dan := s.person("Dan")
	dan.Type(other, "practice sql")
	dan.SeesNot(other, "Why did our result")
}

func TestASuggestionIsDeclinedWithAReason(t *testing.T) {
	s := newStage(t)
	ada, ben := s.person("Ada"), s.person("Ben")
	s.setUp(ada)
	s.suggest(ben, "Why did our result come in another order?")
	s.tick()
	ben.Type(s.here, "tracks suggestions")
	ben.Hears(s.here, "Only those who look after this track")

	ada.Press(ada.Direct(), "Decline")
	ada.Submit()
	if ada.Dialog() == nil {
		t.Fatal("declined without a reason")
	}
	ada.Fill("Why", "We ask that one already; <@everyone> *thanks*")
	ada.Submit()
	s.tick()
	ben.Sees(ben.Direct(), "was not taken this time", "We ask that one already; <@everyone> *thanks*")
	ada.Press(ada.Direct(), "Accept")
	ada.Hears(ada.Direct(), "settled already")
	ada.Type(s.here, "tracks suggestions")
	ada.Hears(s.here, "Nothing was suggested yet")
}

func TestASuggestionIsChangedTakenOutAndForgotten(t *testing.T) {
	s := newStage(t)
	ada, ben := s.person("Ada"), s.person("Ben")
	s.setUp(ada)
	s.suggest(ben, "Why did our result come in another order?")
	s.tick()
	ada.Press(ada.Direct(), "Change")
	if got := ada.Dialog().Value("What a good answer says, one point a line"); !strings.Contains(got, "The planner chose a hash join | hash join") {
		t.Errorf("the form is prefilled with %q", got)
	}
	ada.Fill("The question, in one line", "Why do rows come in another order today?")
	ada.Submit()
	ada.Hears(ada.Direct(), "“Why do rows come in another order today?” is one of the group's questions now")
	s.tick()
	ben.Sees(ben.Direct(), "was accepted")

	ben.Type(s.here, "privacy")
	ben.Press(s.here, "Delete all my data")
	ben.Press(s.here, "Delete everything")
	s.tick()
	ada.Type(s.here, "tracks suggestions")
	ada.Hears(s.here, "0 waiting, 1 accepted", "Why do rows come in another order today?")
	ada.Press(s.here, "Look")
	ada.Press(s.here, "Take it out")
	ada.Hears(s.here, "asked no more")
	ada.Type(s.here, "tracks suggestions")
	ada.Hears(s.here, "1 waiting, 0 accepted", "from whoever suggested it")
	s.nowhere("Ben")
}

// What arrives a second time is answered as the first time, or at least not with nonsense.
func TestDeedsWithSuggestionsDeliveredTwice(t *testing.T) {
	t.Run("and rehearsed", func(t *testing.T) {
		deliveredTwice(newStageOn(t, func(s store.Store) store.Store { return rehearsing{s} }))
	})
	deliveredTwice(newStage(t))
}

func deliveredTwice(s *stage) {
	ada, ben := s.person("Ada"), s.person("Ben")
	s.setUp(ada)
	s.suggest(ben, "Why did our result come in another order?")
	s.p.Redeliver(s)
	ben.SeesNot(s.here, "There is one like it", "Something went wrong")
	ben.Hears(s.here, "Your suggestion is kept")
	s.tick()
	for _, press := range []string{"Accept", "Ask it next", "Take it out"} {
		ada.Press(ada.Direct(), press)
		s.p.Redeliver(s)
		ada.SeesNot(ada.Direct(), "Something went wrong", "panic")
	}
	ada.Choose(ada.Direct(), "3 senior")
	s.p.Redeliver(s)
	ada.Press(ada.Direct(), "Change")
	ada.Submit()
	s.p.Redeliver(s)
	ada.Hears(ada.Direct(), "is one of the group's questions now")
	ada.Press(ada.Direct(), "Take it out")
	ada.Press(ada.Direct(), "Decline")
	ada.Fill("Why", "We ask that one already")
	ada.Submit()
	s.p.Redeliver(s)
	ada.Hears(ada.Direct(), "Declined")
}

func TestChangingASuggestionKeepsItsPointsAsTheyAre(t *testing.T) {
	s := newStage(t)
	ada := s.person("Ada")
	s.setUp(ada)
	s.suggest(ada, "Why did our result come in another order?")
	const field, points = "What a good answer says, one point a line", `Sort it: cat a \| sort | pipe \| sort | +order`
	ada.Press(s.here, "Change")
	ada.Fill(field, points)
	ada.Submit()
	ada.Type(s.here, "tracks suggestions")
	ada.Press(s.here, "Look")
	ada.Press(s.here, "Change")
	if got := ada.Dialog().Value(field); got != points {
		t.Errorf("the form is prefilled with %q, want %q", got, points)
	}
}

// nowhere fails when a suggestion of the space still names somebody.
func (s *stage) nowhere(name string) {
	s.Helper()
	s.read(func(tx store.Tx) error {
		for _, space := range []string{"", string(bottest.Home)} {
			all, err := tx.ListValues(space, "suggested")
			if err != nil {
				return err
			}
			for _, v := range all {
				if strings.Contains(v.Key+string(v.Data), name) || strings.Contains(v.Key+string(v.Data), strings.ToLower(name)) {
					s.Errorf("%s is still named by %s: %s", name, v.Key, v.Data)
				}
			}
		}
		return nil
	})
}

func TestASuggestionThatNobodyDecidedGoesWithItsAuthorOrItsSpace(t *testing.T) {
	s := newStage(t)
	ada, ben, cleo := s.person("Ada"), s.person("Ben"), s.person("Cleo")
	s.setUp(ada)
	s.suggest(ben, "Why did our result come in another order?")
	s.suggest(cleo, "How do you find the slowest statement of yesterday?")
	ben.Type(s.here, "privacy")
	ben.Press(s.here, "Delete all my data")
	ben.Press(s.here, "Delete everything")
	s.tick()
	s.nowhere("Ben")
	ada.Type(s.here, "tracks suggestions")
	ada.Hears(s.here, "1 waiting", "How do you find the slowest")

	if _, err := s.b.Handle(context.Background(), chat.Event{ID: "test:e-gone", Space: bottest.Home, What: chat.Removed{}}); err != nil {
		t.Fatal(err)
	}
	s.until(s.clock.Now().Add(8 * 24 * time.Hour))
	s.nowhere("Cleo")
}

func TestWhatCannotBeSuggested(t *testing.T) {
	s := newStage(t)
	ben := s.person("Ben")
	ben.Type(s.here, "suggest")
	ben.Hears(s.here, "Nobody looks after questions here yet")
	ada := s.person("Ada")
	s.setUp(ada)

	ben.Type(s.here, "suggest caching 1")
	ben.Submit()
	if ben.Dialog() == nil {
		t.Fatal("an empty form was taken")
	}
	ben.Fill("The question, in one line", "What is wrong with [this](https://example.com/x)?")
	ben.Fill("What one has to know to answer it", "See [the docs](https://example.com/x).")
	ben.Fill("A model answer", "It hides where it leads.")
	ben.Submit()
	if d := ben.Dialog(); d == nil || !strings.Contains(d.String(), "hides its address") {
		t.Fatal("a link that hides its address was taken")
	}
	ben.Cancel()

	q := s.b.Bank().Questions()[0]
	ben.Type(s.here, "suggest")
	ben.Fill("The question, in one line", q.Title)
	ben.Fill("What one has to know to answer it", q.Prompt)
	ben.Fill("A model answer", "Because it is so.")
	ben.Fill("Topic", "Caching")
	ben.Submit()
	if d := ben.Dialog(); d == nil || !strings.Contains(d.String(), "There is one like it already: “"+q.Title) {
		t.Fatalf("the bank's own question was taken as a suggestion:\n%s", d)
	}
	ben.Cancel()

	for _, title := range []string{"One about apples?", "Two on bridges?", "Three of clouds?", "Four with doors?", "Five for eagles?", "Six in fjords?", "Seven at gates?", "Eight over hills?", "Nine under ice?", "Ten beyond jars?"} {
		s.suggest(ben, title)
	}
	ben.Type(s.here, "suggest")
	ben.Fill("The question, in one line", "Eleven near kites?")
	ben.Fill("A model answer", "My long thought about kites.")
	ben.Fill("Topic", "Caching")
	ben.Submit()
	ben.Hears(s.here, "10 of your suggestions wait", "My long thought about kites.")
}

func TestWhoLooksAfterTheTrackDecidesAtOnceOnTheirOwn(t *testing.T) {
	s := newStage(t)
	ada := s.person("Ada")
	s.setUp(ada)
	s.suggest(ada, "Why did our result come in another order?")
	ada.Press(s.here, "Accept")
	ada.Hears(s.here, "is one of the group's questions now")
	s.tick()
	ada.SeesNot(ada.Direct(), "suggests a question")
}

func TestAProblemWithAPracticeQuestionReachesTheOwners(t *testing.T) {
	s := newStage(t)
	ada, ben := s.person("Ada"), s.person("Ben")
	report := func() {
		ben.Type(s.here, "practice caching")
		ben.Press(s.here, "Show the answer")
		ben.Press(s.here, "More")
		ben.Press(s.here, "Report a problem")
		ben.Fill("What is the problem?", "The second point is out of date")
		ben.Submit()
	}
	report()
	ben.Hears(s.here, "Nobody looks after questions in this chat", "The second point is out of date")
	s.setUp(ada)
	report()
	ben.Hears(s.here, "on its way to those who look after")
	s.tick()
	ada.Sees(ada.Direct(), "Ben reports a problem with", "The second point is out of date")
}
