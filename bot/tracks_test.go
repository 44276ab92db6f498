package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

func TestSetupShowsItsMistakesAtTheirInputs(t *testing.T) {
	s := newStage(t)
	ada := s.person("Ada")
	ada.Type(s.here, "setup")
	for _, c := range []struct{ label, value, want string }{
		{"At what time", "25:00", "25:00"},
		{"At what time", "*/5 * * * *", "6 hours apart"},
		{"At what time", "@every 5m", ""},
		{"At what time", "TZ=UTC", ""},
		{"In which time zone", "Europe/Berlim", "Europe/Berlin"},
		{"In which time zone", "", ""},
	} {
		ada.Fill("At what time", "09:00")
		ada.Fill("In which time zone", "UTC")
		ada.Fill(c.label, c.value)
		ada.Submit()
		d := ada.Dialog()
		if d == nil {
			t.Fatalf("%q was taken for %q", c.value, c.label)
		}
		if !strings.Contains(d.String(), c.want) {
			t.Errorf("%q for %q: no %q in\n%s", c.value, c.label, c.want, d)
		}
	}
	if all := s.p.Posts(s.here); len(all) != 0 {
		t.Fatalf("%d posts", len(all))
	}
}

func TestOnlyOwnersChangeTracks(t *testing.T) {
	s := newStage(t)
	ben := s.person("Ben")
	s.setUp(ben) // where the platform leaves it open, whoever sets a channel up first owns it
	cleo := s.person("Cleo")
	cleo.Type(s.here, "tracks pause")
	cleo.Hears(s.here, "Only those who look after this track")
	cleo.Type(s.here, "setup tip")
	if cleo.Dialog() != nil {
		t.Fatal("somebody else may set up a channel that has an owner")
	}
	ben.Type(s.here, "tracks owner "+strings.TrimPrefix(string(cleo.ID()), "test:"))
	cleo.Type(s.here, "tracks pause")
	cleo.Hears(s.here, "Paused")
	if got := s.track().State; got != store.TrackPaused {
		t.Fatalf("the track is %v", got)
	}
	dan := s.person("Dan").Be(func(a *chat.Actor) { a.Admin = chat.No })
	dan.Type(s.p.Channel("other"), "setup")
	if dan.Dialog() != nil {
		t.Fatal("somebody who may not set a channel up got the form")
	}
}

func TestTrackDeeds(t *testing.T) {
	s, ada, ben := opened(t)
	say := func(line string, want ...string) {
		t.Helper()
		ada.Type(s.here, line)
		ada.Hears(s.here, want...)
	}
	say("tracks", "Question Mon–Fri at 09:00 UTC", s.track().ID, "Next:")
	say("tracks preview 14", "The next 14 posts")
	say("tracks skip", "The next post will be skipped")
	say("tracks skip 2026-03-05..2026-03-06", "No posts from 2026-03-05 to 2026-03-06")
	say("tracks preview 5", "skipped: an owner skipped it", "skipped: an owner skipped these days")
	s.to(4, "10:00") // the 3rd is skipped
	s.posted(2, "on the 2nd and the 4th")
	s.to(7, "10:00")
	s.posted(2, "after the 5th and 6th, which are skipped")
	if r := s.round(2); r.State != store.Closed || r.Early {
		t.Fatalf("the round before a skipped day closes at its end: %+v", r)
	}
	say("tracks next nonsense", "There is no question \"nonsense\". A word of its title")
	say("tracks next", "name a question by its id")
	say("tracks next leak", "select-with-a-leak")
	say("tracks next select-with-a-lek", "Did you mean \"select-with-a-leak\"")
	say("tracks next select-with-a-leak", "comes next")
	s.to(9, "10:00")
	if got := s.round(3).QuestionID; got != "select-with-a-leak" {
		t.Fatalf("the question is %s", got)
	}
	s.answer(ben)
	say("tracks swap", "The round's question is now", "Answers so far still count")
	if got := s.round(3).QuestionID; got == "select-with-a-leak" {
		t.Fatal("the question is the same")
	}
	ben.Type(s.here, "answer")
	ben.Hears(s.here, "Counted: your streak is 1.")
	s.to(10, "10:00")
	if m := s.member(ben); m.Streak.Current != 1 {
		t.Fatalf("an answer from before the swap did not count: %+v", m.Streak)
	}
	say("tracks theme caching until 2026-03-31", "Caching comes first until 2026-03-31")
	say("tracks theme cachng until 2026-03-31", "Did you mean")
	say("tracks end 2026-03-12", "The last post is on 2026-03-12")
	say("tracks quorum 60", "60 %")
	say("tracks catchup 99", "from 0 to 12")
	say("tracks keep 90", "90 days")
	s.to(20, "10:00")
	if tr := s.track(); tr.State != store.TrackEnded || tr.Open != 0 {
		t.Fatalf("after its last day the track is %+v", tr)
	}
	say("tracks restart", "The deck is fresh")
	s.to(23, "10:00")
	if tr := s.track(); tr.Open == 0 {
		t.Fatal("a restarted track did not go on")
	}
	say("tracks remove", "Removed", "Undo")
	s.tick()
	if tr := s.track(); tr.State != store.TrackRemoved || tr.Open != 0 {
		t.Fatalf("the removed track is %+v", tr)
	}
	ada.Press(s.here, "Undo")
	ada.Hears(s.here, "It is back")
	say("tracks pause", "Paused")
	say("tracks resume", "It goes on")
	say("tracks remov", `Did you mean "remove"`)
	say("traks", `Did you mean "tracks"`)
	s.replays(ben)
}

func TestPostNowEndsAtASlotSixHoursAway(t *testing.T) {
	s := newStage(t)
	ada := s.person("Ada")
	s.setUp(ada)
	s.to(2, "08:30")
	ada.Press(s.here, "Post one now")
	s.tick()
	r := s.round(1)
	if want := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC); !r.Ends.Equal(want) {
		t.Fatalf("it ends %v, want %v", r.Ends, want)
	}
	ada.Press(s.here, "Post one now")
	ada.Hears(s.here, "within the last ten minutes")
	s.to(3, "08:59")
	s.posted(1, "before the manual round ends")
	s.to(3, "09:00")
	s.posted(2, "by now")
}

func TestPostNowClosesAnOpenRoundUnmissed(t *testing.T) {
	s, ada, ben := opened(t)
	s.answer(ben)
	s.to(3, "12:00")
	ada.Type(s.here, "tracks now")
	ada.Hears(s.here, "on its way")
	s.tick()
	if r := s.round(2); r.State != store.Closed || !r.Early {
		t.Fatalf("the round before is %+v", r)
	}
	if m := s.member(ben); m.Streak.Current != 1 {
		t.Fatalf("Ben missed a round that closed early: %+v", m.Streak)
	}
	if got := s.track().Open; got != 3 {
		t.Fatalf("round %d is open, want 3", got)
	}
}

func TestChangingTheZoneNeverPostsTwiceOnADate(t *testing.T) {
	s, ada, _ := opened(t)
	s.to(2, "09:30")
	ada.Type(s.here, "tracks edit")
	ada.Fill("In which time zone", "America/New_York")
	ada.Submit()
	ada.Hears(s.here, "New York time")
	s.to(2, "23:00")
	s.posted(1, "on one civil date")
	s.to(3, "14:30")
	s.posted(2, "on the day after")
}

func TestOneMessageADay(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Type(s.here, "setup tip")
	ada.Submit()
	if d := ada.Dialog(); d == nil || !strings.Contains(d.String(), "tips can ride on it") {
		t.Fatalf("a tip track was made beside a question track: %v", d)
	}
	ada.Cancel()
	ada.Type(s.here, "setup question")
	ada.Submit()
	if d := ada.Dialog(); d == nil || !strings.Contains(d.String(), "once a day") {
		t.Fatalf("a second question on the same days: %v", d)
	}
}

func TestATipTrack(t *testing.T) {
	s := newStage(t)
	ada := s.person("Ada")
	ada.Type(s.here, "setup tip")
	ada.Submit()
	ada.Hears(s.here, "gets a tip Mon–Fri at 09:00 UTC")
	s.to(3, "10:00")
	posts := s.p.Posts(s.here)
	if len(posts) != 2 || posts[0].Now().Summary == posts[1].Now().Summary {
		t.Fatalf("tips: %v", posts)
	}
	if r := s.round(1); r.State != store.Closed {
		t.Fatalf("a tip's round is %v, want closed at once", r.State)
	}
}

func TestAFormForARemovedTrackHandsTheTextBack(t *testing.T) {
	s, ada, ben := opened(t)
	ben.Press(s.here, "Answer privately")
	s.fillAnswer(ben, s.question(1))
	text := s.question(1).Samples.Strong
	ada.Type(s.here, "tracks remove")
	s.tick()
	ben.Submit()
	ben.Hears(s.here, "removed", text[:50])
	if s.member0(ben) != nil {
		t.Fatal("an answer to a removed track was stored")
	}
	ada.Type(s.here, "tracks")
	ada.Hears(s.here, "Nothing is set up")
}

func TestAPersonalTrackInADirectConversation(t *testing.T) {
	s := newStage(t)
	cleo := s.person("Cleo")
	dm := cleo.Direct()
	cleo.Type(dm, "setup")
	cleo.Fill("At what time", "09:00")
	cleo.Fill("In which time zone", "UTC")
	cleo.Submit()
	cleo.Hears(dm, "You get a question here")
	cleo.Press(dm, "Post one now")
	s.tick()
	cleo.Press(dm, "Answer privately")
	if d := cleo.Dialog(); strings.Contains(d.String(), "Who may see it") {
		t.Fatal("a personal track asks who may see the answer")
	}
}

func TestARoleLooksAfterAllTracks(t *testing.T) {
	s := newStage(t)
	ada, ben := s.person("Ada"), s.person("Ben").Be(func(a *chat.Actor) { a.Admin, a.Roles = chat.No, []string{"mentors"} })
	s.setUp(ada)
	ben.Type(s.here, "tracks pause")
	ben.Hears(s.here, "Only those who look after this track")
	ben.Type(s.here, "tracks role mentors")
	ada.Type(s.here, "tracks role mentors")
	ada.Hears(s.here, "Whoever has the role mentors")
	ben.Type(s.here, "tracks pause")
	ben.Hears(s.here, "Paused")
	ada.Type(s.here, "tracks role off")
	ben.Type(s.here, "tracks resume")
	if got := s.track().State; got != store.TrackPaused {
		t.Fatalf("the role still counts: %v", got)
	}
}

// Setting up can say the zone and name the role that looks after the tracks, in one go.
func TestSetUpWithZoneAndRole(t *testing.T) {
	s := newStage(t)
	ada, ben := s.person("Ada"), s.person("Ben").Be(func(a *chat.Actor) { a.Roles = []string{"study: mentors"} })
	if got := ada.Complete(s.here, "setup", "zone", "kolk", nil); len(got) == 0 || got[0] != "Asia/Kolkata" {
		t.Errorf("zones offered: %q", got)
	}
	ada.Type(s.here, "setup question Asia/Kolkatta")
	ada.Hears(s.here, "Asia/Kolkata")
	ben.Type(s.here, `setup question UTC "study: mentors"`)
	ben.Hears(s.here, "Only somebody who administrates this space")
	ada.Type(s.here, `setup role:`+strings.Repeat("é", 30))
	ada.Hears(s.here, "too long for this form")
	ada.Type(s.here, `setup question Asia/Kolkata "study: mentors"`)
	if got := ada.Dialog().Value("In which time zone"); got != "Asia/Kolkata" {
		t.Errorf("the form has the zone %q", got)
	}
	ada.Submit()
	ada.Hears(s.here, "at 09:00", "Whoever has the role study: mentors can change all tracks here.")
	ben.Type(s.here, "tracks pause")
	ben.Hears(s.here, "Paused")

	home := ada.Direct()
	ada.Type(home, "setup question UTC mentors")
	ada.Hears(home, "There are no roles in a direct conversation")
}
