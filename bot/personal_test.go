package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

func TestPracticeFromQuestionToAnswer(t *testing.T) {
	s := newStage(t)
	ada := s.person("Ada")
	ada.Type(s.here, "practice caching")
	ada.Hears(s.here, "Practice · Caching")
	ada.Press(s.here, "Hint")
	ada.Hears(s.here, "Hint 1 of 3")
	ada.Press(s.here, "Another hint")
	ada.Hears(s.here, "Hint 2 of 3")
	ada.Press(s.here, "Answer")
	var p store.Person
	s.read(func(tx store.Tx) (err error) { p, err = tx.Person(string(ada.ID())); return })
	q, ok := s.b.Bank().Question(p.Recent[0])
	if !ok {
		t.Fatalf("no question %q", p.Recent[0])
	}
	s.fillAnswer(ada, q)
	ada.Submit()
	ada.Hears(s.here, "I found", "✓", "Try again")
	ada.Press(s.here, "Show the answer")
	ada.Hears(s.here, "Model answer", "Another")
	ada.Press(s.here, "Follow-up")
	ada.Hears(s.here, "An interviewer might go on with")
	for _, line := range []string{"practice 2", "practice sql 1", "practice any 3", "tip", "tip security"} {
		ada.Type(s.here, line)
	}
	ada.Type(s.here, "practice cachng")
	ada.Hears(s.here, "Did you mean")
	ada.Type(s.here, "practice caching 7")
	ada.Hears(s.here, "is not a choice for level")
}

func TestPracticeIsPrivateToItsPerson(t *testing.T) {
	s := newStage(t)
	ada, ben := s.person("Ada"), s.person("Ben")
	ada.Type(s.here, "practice caching")
	for _, a := range []string{"answer:s1", "show:s1", "again:s1", "hint:1:s1"} {
		ben.Forge(s.here, chat.Press{Action: a})
	}
	ben.Hears(s.here, "That belongs to somebody else")
	ben.SubmitForm(s.here, chat.Submit{Form: "answer:s1", Values: map[string][]string{"text": {"mine now"}}})
	s.read(func(tx store.Tx) error {
		a, err := tx.Answer(1)
		if a.Kind != store.Asked || a.User != string(ada.ID()) {
			t.Errorf("the answer became %+v", a)
		}
		return err
	})
}

func TestHelpAndCompletion(t *testing.T) {
	s := newStage(t)
	ada := s.person("Ada")
	ada.Type(s.here, "help")
	ada.Hears(s.here, "/interview practice", "/interview streak", "/interview setup")
	ada.Type(s.here, "help tracks")
	ada.Hears(s.here, "tracks swap", "tracks preview")
	ada.Type(s.here, "help topics")
	ada.Hears(s.here, "Caching", "transactions-indexes")
	if got := ada.Complete(s.here, "practice", "topic", "cach", nil); len(got) != 1 {
		t.Errorf("completion of cach: %v", got)
	}
	if got := ada.Complete(s.here, "tracks", "value", "leak", map[string]string{"do": "next"}); len(got) != 1 || !strings.Contains(got[0], "select-with-a-leak") {
		t.Errorf("completion of a question: %v", got)
	}
	if got := ada.Complete(s.here, "practice", "topic", "", nil); len(got) > 25 || len(got) < 20 {
		t.Errorf("%d topics are offered", len(got))
	}
}

func TestHomeShowsTodayAndTheStreak(t *testing.T) {
	s, ada, _ := opened(t)
	home := ada.OpenHome()
	if !strings.Contains(home.String(), "Settings") {
		t.Fatalf("home: %s", home)
	}
	s.answer(ada)
	home = ada.OpenHome()
	for _, want := range []string{s.question(1).Title, "You have answered this one", "1 in a row"} {
		if !strings.Contains(home.String(), want) {
			t.Errorf("home has no %q:\n%s", want, home)
		}
	}
}

// keeper is a platform that keeps something of people, and does not forget at the first try.
type keeper struct {
	chat.Platform
	tries     int
	forgotten []chat.UserID
}

func (p *keeper) Forget(_ context.Context, u chat.UserID) error {
	if p.tries++; p.tries == 1 {
		return errors.New("the disk is busy")
	}
	p.forgotten = append(p.forgotten, u)
	return nil
}

func TestThePlatformForgetsToo(t *testing.T) {
	s := newStage(t)
	p := &keeper{Platform: s.p}
	s.b.Join(p)
	ada := s.person("Ada")
	ada.Type(s.here, "privacy")
	ada.Press(s.here, "Delete all my data")
	ada.Press(s.here, "Delete everything")
	s.to(2, "09:00")
	if len(p.forgotten) != 1 || p.forgotten[0] != ada.ID() {
		t.Errorf("forgotten: %q after %d tries", p.forgotten, p.tries)
	}
}

func TestDeletingAllMyData(t *testing.T) {
	s, ada, ben := opened(t)
	s.answer(ada)
	s.answer(ben)
	ada.Type(s.here, "practice caching")
	ada.Type(s.here, "privacy")
	ada.Hears(s.here, "Your answers are yours")
	ada.Press(s.here, "Delete all my data")
	ada.Press(s.here, "Delete everything")
	ada.Hears(s.here, "being deleted")
	s.tick()
	if s.member0(ada) != nil {
		t.Error("the membership is still there")
	}
	err := s.store.View(context.Background(), func(tx store.Tx) error {
		_, err := tx.Person(string(ada.ID()))
		return err
	})
	if err == nil {
		t.Error("the person is still there")
	}
	s.to(3, "09:00")
	if m := s.member(ben); m.Streak.Current != 1 {
		t.Errorf("Ben's streak is %+v", m.Streak)
	}
	ada.Type(s.here, "streak")
	ada.Hears(s.here, "No streak yet")
}

func TestLeavingAndComingBack(t *testing.T) {
	s, ada, ben := opened(t)
	s.answer(ada)
	s.answer(ben)
	ben.Press(s.here, "More")
	ben.Press(s.here, "Leave")
	ben.Hears(s.here, "Leaving settles the open round")
	ben.Press(s.here, "Leave")
	s.to(4, "09:00")
	m := s.member(ben)
	if m.Left.IsZero() || m.Streak.Total != 1 || m.Streak.Current != 0 {
		t.Fatalf("after leaving: %+v", m)
	}
	if r := s.round(1); r.Answered != 2 {
		t.Fatalf("the leaver's answer is not in the round's count: %d", r.Answered)
	}
	s.answer(ben)
	s.to(5, "09:00")
	if m = s.member(ben); m.Streak.Current != 1 || m.Streak.Total != 2 || m.Streak.Best != 1 {
		t.Fatalf("back again: %+v", m.Streak)
	}
	s.replays(ben)
}

func TestAFullDiskIsSaid(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Press(s.here, "Answer privately")
	s.fillAnswer(ada, s.question(1))
	s.store.Fail(store.ErrFull, 1)
	ada.Submit()
	d := ada.Dialog()
	if d == nil || !strings.Contains(d.String(), "disk") {
		t.Fatalf("the dialog is gone, or does not say why: %v", d)
	}
	if got := d.Value("Your answer"); got != s.question(1).Samples.Strong {
		t.Fatalf("the text was lost: %q", got)
	}
	ada.Submit()
	ada.Hears(s.here, "Counted: your streak is 1.")
}

func TestPracticeTextsAreDeletedAfterAYear(t *testing.T) {
	s := newStage(t)
	ada := s.person("Ada")
	ada.Type(s.here, "practice caching")
	ada.Press(s.here, "Answer")
	ada.Fill("Your answer", "a miss costs two trips and a low hit rate does not pay for the extra hop")
	ada.Submit()
	text := func() (a store.Answer) {
		s.read(func(tx store.Tx) (err error) { a, err = tx.Answer(1); return })
		return a
	}
	s.until(s.clock.Now().AddDate(0, 11, 0))
	if text().Text == "" {
		t.Fatal("the text is gone before its year is over")
	}
	s.until(s.clock.Now().AddDate(0, 2, 0))
	if a := text(); a.Text != "" || !a.Deleted {
		t.Fatalf("after thirteen months the text is still there: %q", a.Text)
	}
}

// elsewhere is a platform that can tell where the bot is.
type elsewhere struct {
	chat.Platform
	here bool
	err  error
}

func (p *elsewhere) Resides(context.Context, chat.SpaceID) (bool, error) { return p.here, p.err }

// A return that nobody told of must not cost a space its data a week later; what cannot be told is asked again.
func TestAMissedReturnKeepsTheData(t *testing.T) {
	for name, c := range map[string]struct {
		here, kept bool
		err        error
	}{"back": {here: true, kept: true}, "gone": {}, "not known": {err: errors.New("no connection"), kept: true}} {
		t.Run(name, func(t *testing.T) {
			s, ada, _ := opened(t)
			s.answer(ada)
			p := &elsewhere{Platform: s.p, here: c.here, err: c.err}
			s.b.Join(p)
			if _, err := s.b.Handle(t.Context(), chat.Event{ID: "test:gone", Space: bottest.Home, What: chat.Removed{}}); err != nil {
				t.Fatal(err)
			}
			s.to(10, "09:00")
			_, leaving, err := s.b.Leaving(t.Context())
			if err != nil || leaving != (c.err != nil) {
				t.Errorf("still to be deleted: %v, %v", leaving, err)
			}
			if kept := s.keeps(bottest.Home); kept != c.kept {
				t.Errorf("kept: %v", kept)
			}
		})
	}
}

// Setting something up says that the bot is there, if nothing else said so.
func TestWhatIsSetUpAfterARemovalStays(t *testing.T) {
	s := newStage(t)
	if _, err := s.b.Handle(t.Context(), chat.Event{ID: "test:gone", Space: bottest.Home, What: chat.Removed{}}); err != nil {
		t.Fatal(err)
	}
	s.to(4, "08:00")
	s.setUp(s.person("Ada"))
	s.to(13, "10:00")
	if !s.keeps(bottest.Home) {
		t.Fatal("a week after the removal what was set up since is deleted")
	}
	s.posted(8, "of the weekdays since")
}

func TestWhatGoesOnAfterARemovalStays(t *testing.T) {
	s, ada, _ := opened(t)
	if _, err := s.b.Handle(t.Context(), chat.Event{ID: "test:gone", Space: bottest.Home, What: chat.Removed{}}); err != nil {
		t.Fatal(err)
	}
	s.to(4, "08:00")
	ada.Type(s.here, "tracks resume")
	s.to(13, "10:00")
	if !s.keeps(bottest.Home) {
		t.Fatal("a week after the removal what was resumed since is deleted")
	}
}

// A platform that does not tell of removals refuses the posts; a week later it is asked about the space.
func TestASpaceIsLostWithoutAWord(t *testing.T) {
	for name, c := range map[string]struct {
		here, kept bool
		err        error
	}{"only the channel": {here: true, kept: true}, "the space": {}, "a refused token tells nothing": {err: chat.ErrRevoked, kept: true}} {
		t.Run(name, func(t *testing.T) {
			s, ada, _ := opened(t)
			s.answer(ada)
			p := &elsewhere{Platform: s.p, here: c.here, err: c.err}
			s.b.Join(p)
			s.p.Fail(bottest.Fault{Call: chat.KindPost, Err: chat.ErrGone})
			s.to(3, "09:05")
			if got := s.track().State; got != store.TrackPaused {
				t.Fatalf("the track is %v, want paused", got)
			}
			s.to(12, "09:00")
			err := s.store.View(t.Context(), func(tx store.Tx) error {
				_, err := tx.NextOfKind("lost", time.Time{})
				return err
			})
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("it is still to be asked: %v", err)
			}
			if kept := s.keeps(bottest.Home); kept != c.kept {
				t.Errorf("kept: %v", kept)
			}
		})
	}
}

// Who removed the bot and takes it back hears that the tracks do not go on by themselves; one that never left is not told so.
func TestTheBotIsBackAndSaysWhatIsPaused(t *testing.T) {
	s, ada, _ := opened(t)
	event := func(id string, w chat.What) {
		if _, err := s.b.Handle(t.Context(), chat.Event{ID: chat.EventID(id), Space: bottest.Home, What: w}); err != nil {
			t.Fatal(err)
		}
		s.tick()
	}
	event("test:start", chat.Added{})
	ada.SeesNot(ada.Direct(), "am back")
	event("test:gone", chat.Removed{})
	event("test:back", chat.Added{})
	ada.Sees(ada.Direct(), "I was removed and am back", "/interview tracks resume")
}

// The operator says how long the data of a space that removed the bot waits.
func TestTheTimeOfGrace(t *testing.T) {
	s := newStage(t)
	s.b = bot.New(bot.Options{Store: s.store, Bank: s.b.Bank(), Now: s.clock.Now, Grace: 48 * time.Hour})
	if _, err := s.b.Handle(t.Context(), chat.Event{ID: "test:gone", Space: bottest.Home, What: chat.Removed{}}); err != nil {
		t.Fatal(err)
	}
	due, leaving, err := s.b.Leaving(t.Context())
	if err != nil || !leaving || due.Sub(s.clock.Now()) != 48*time.Hour {
		t.Errorf("deleted at %v (%v, %v), want two days from now", due, leaving, err)
	}
}
