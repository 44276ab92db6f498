package bot_test

import (
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/bot/store"
)

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

func TestAnEndedTrackGoesOnWhenItsLastDayIsTakenBack(t *testing.T) {
	s, ada, _ := opened(t)
	ada.Type(s.here, "tracks end 2026-03-02")
	s.to(4, "08:00")
	ada.Type(s.here, "tracks end off")
	s.to(4, "09:05")
	s.posted(2, "once the last day is taken back")
}

// Who resumes a track wants it to go on, whatever its last day was.
func TestAResumedTrackGoesOnPastItsLastDay(t *testing.T) {
	t.Run("paused", func(t *testing.T) {
		s, ada, _ := opened(t)
		ada.Type(s.here, "tracks end 2026-03-03")
		ada.Type(s.here, "tracks pause")
		s.to(5, "08:00")
		ada.Type(s.here, "tracks resume")
		ada.Hears(s.here, "next on 2026-03-05")
		s.to(5, "09:05")
		s.posted(2, "once it is resumed")
	})
	t.Run("ended today", func(t *testing.T) {
		s, ada, _ := opened(t)
		ada.Type(s.here, "tracks end 2026-03-02")
		ada.Type(s.here, "tracks resume")
		ada.Hears(s.here, "next on 2026-03-03")
		s.to(3, "09:05")
		s.posted(2, "once it is resumed")
	})
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
