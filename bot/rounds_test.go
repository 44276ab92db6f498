package bot_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
)

// sleep moves the clock without the bot: as if it had not been running.
func (s *stage) sleep(d time.Duration) {
	s.Helper()
	base := s.clock.Now().Add(d)
	s.clock = bot.NewClock(func() time.Time { return base })
	s.store = s.store.Again(s.clock.Now)
	old := s.p
	s.b = bot.New(bot.Options{Store: s.store, Bank: s.b.Bank(), Now: s.clock.Now})
	s.b.Join(old)
	ctx, cancel := context.WithCancel(context.Background())
	s.Cleanup(cancel)
	old.Attach(ctx, s.b.Handle)
	s.mover = bot.Mover{Clock: s.clock, Bot: s.b}
}

func (s *stage) skips() (all []store.Skip) {
	s.Helper()
	id := s.track().ID
	s.read(func(tx store.Tx) (err error) { all, err = tx.Skips(id, 0); return })
	return all
}

func TestAfterDowntimeOnlyTheLatestSlotIsPosted(t *testing.T) {
	for _, c := range []struct {
		name  string
		sleep time.Duration // from Monday 08:00
		posts int
		skips int
	}{
		{"an hour late", 2 * time.Hour, 1, 0},
		{"beyond the window", 6 * time.Hour, 0, 1},
		{"two days and an hour", 50 * time.Hour, 1, 2},
		{"three days and six hours", 78 * time.Hour, 0, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			s.setUp(s.person("Ada"))
			s.sleep(c.sleep)
			s.tick()
			s.posted(c.posts, "by now")
			if got := len(s.skips()); got != c.skips {
				t.Errorf("%d slots were passed over, want %d: %v", got, c.skips, s.skips())
			}
			s.tick()
			s.posted(c.posts, "after a second look")
		})
	}
}

func TestADownBotProtectsTheRound(t *testing.T) {
	s, ada, ben := opened(t)
	s.answer(ben)
	_ = ada
	s.sleep(26 * time.Hour) // over the rest of the round
	s.tick()
	r := s.round(1)
	if !strings.Contains(r.Protected, "not reachable") {
		t.Fatalf("the round is not protected: %+v", r)
	}
	if m := s.member(ben); m.Streak.Current != 1 {
		t.Fatalf("an answer did not count: %+v", m.Streak)
	}
}

func TestTheNextRoundIsMissedAndFrozenInTurn(t *testing.T) {
	s, ada, _ := opened(t)
	s.answer(ada)
	s.to(3, "09:00")
	want := []struct {
		day     int
		outcome streak.Outcome
		freezes int
	}{{4, streak.Frozen, 0}, {5, streak.Missed, 0}, {6, streak.Missed, 0}, {9, streak.Missed, 0}, {10, streak.Missed, 0}}
	for i, w := range want {
		s.to(w.day, "09:00")
		lines := s.lines(ada)
		if i < 4 && lines[len(lines)-1].Outcome != w.outcome {
			t.Fatalf("at the close on day %d: %v, want %v", w.day, lines[len(lines)-1].Outcome, w.outcome)
		}
	}
	if got := len(s.lines(ada)); got != 5 {
		t.Fatalf("%d lines: after three misses in a row there are no more, want 5", got)
	}
	s.answer(ada)
	s.to(11, "09:00")
	if m := s.member(ada); m.Streak.Current != 1 || m.Streak.Total != 2 {
		t.Fatalf("back from the bench: %+v", m.Streak)
	}
	s.replays(ada)
}

func (s *stage) lines(who *bottest.Person) (lines []streak.Line) {
	s.Helper()
	id := s.track().ID
	s.read(func(tx store.Tx) error {
		entries, err := tx.Lines(id, string(who.ID()), 0, 0)
		for i := len(entries) - 1; i >= 0; i-- {
			lines = append(lines, entries[i].Line)
		}
		return err
	})
	return lines
}

// replays checks that the stored streak is what the ledger amounts to.
func (s *stage) replays(who *bottest.Person) {
	s.Helper()
	if got, want := s.member(who).Streak, streak.Replay(s.lines(who)); got != want {
		s.Fatalf("%s's stored streak is %+v, the ledger amounts to %+v", who.ID(), got, want)
	}
}

func TestALostReplyIsSettledByHistory(t *testing.T) {
	s := newStage(t)
	s.setUp(s.person("Ada"))
	s.p.Fail(bottest.Fault{Call: chat.KindPost, Err: chat.ErrUncertain, Done: true})
	s.to(2, "09:00")
	if r := s.round(1); r.State != store.Sending {
		t.Fatalf("the round is %d, want sending", r.State)
	}
	s.to(2, "09:02")
	if r := s.round(1); r.State != store.Open || r.Message == "" {
		t.Fatalf("the round is %+v, want open with its message", r)
	}
	s.posted(1, "by now")
}

func TestALostCallIsPostedAgainWhenItIsNotThere(t *testing.T) {
	s := newStage(t)
	s.setUp(s.person("Ada"))
	s.p.Fail(bottest.Fault{Call: chat.KindPost, Err: chat.ErrUncertain})
	s.to(2, "09:05")
	s.posted(1, "by now")
	if r := s.round(1); r.State != store.Open {
		t.Fatalf("the round is %d, want open", r.State)
	}
}

func TestRateLimitsOnlyDelay(t *testing.T) {
	s := newStage(t)
	s.setUp(s.person("Ada"))
	s.p.Hold(s.here, chat.KindPost, s.clock.Now().Add(70*time.Minute))
	s.to(2, "09:05")
	s.posted(0, "before the channel could be posted to")
	s.to(2, "09:11")
	s.tick()
	s.posted(1, "by now")
}

func TestALostChannelStopsTheTrackAndTellsItsOwner(t *testing.T) {
	s := newStage(t)
	ada := s.person("Ada")
	s.setUp(ada)
	s.p.Fail(bottest.Fault{Call: chat.KindPost, Err: chat.ErrGone})
	s.to(2, "09:05")
	if got := s.track().State; got != store.TrackPaused {
		t.Fatalf("the track is %v, want paused", got)
	}
	ada.Sees(ada.Direct(), "I may not write in the channel any more")
	s.to(6, "09:05")
	if got := s.p.Written(chat.KindPost); got != 1 {
		t.Fatalf("%d posts were tried", got)
	}
}

func TestRemovingTheBotClosesTheRoundUnmissed(t *testing.T) {
	s, ada, ben := opened(t)
	s.answer(ada)
	s.to(3, "09:00")
	s.answer(ben)
	s.p.Remove(t, s.here)
	s.tick()
	lines := s.lines(ada)
	if got := lines[len(lines)-1].Outcome; got != streak.Protected {
		t.Fatalf("Ada's last line is %v, want protected", got)
	}
	if m := s.member(ben); m.Streak.Current != 1 {
		t.Fatalf("Ben's answer did not count: %+v", m.Streak)
	}
	s.replays(ada)
	s.replays(ben)
}

func TestTheGroupsStreak(t *testing.T) {
	s, ada, ben := opened(t)
	cleo := s.person("Cleo")
	all := []*bottest.Person{ada, ben, cleo}
	day := 3
	for round := 1; round <= 4; round++ {
		for _, p := range all {
			s.answer(p)
		}
		s.to(day, "09:00")
		day++
	}
	tr := s.track()
	if tr.Group.Current != 2 || tr.Group.Met != 2 {
		t.Fatalf("after four rounds, two of them counted: %+v", tr.Group)
	}
	s.answer(ada)
	s.until(s.clock.Now().Add(2 * time.Minute))
	ben.Sees(s.here, "group streak 2, 1 more keeps it")
	s.answer(ben)
	s.to(9, "09:00")
	if got := s.track().Group.Current; got != 3 {
		t.Fatalf("two of three did not meet the round: %d", got)
	}
	s.to(11, "09:00")
	var group []streak.Line
	s.read(func(tx store.Tx) error {
		entries, err := tx.Lines(tr.ID, "", 0, 0)
		for i := len(entries) - 1; i >= 0; i-- {
			group = append(group, entries[i].Line)
		}
		return err
	})
	if got, want := s.track().Group, streak.ReplayGroup(group); got != want {
		t.Fatalf("stored %+v, replayed %+v", got, want)
	}
}

func TestOwnersHearAtOnceOfLostAccess(t *testing.T) {
	s, ada, _ := opened(t)
	s.p.Fail(bottest.Fault{Call: chat.KindEdit, Err: chat.ErrRevoked})
	s.to(3, "09:05")
	ada.Sees(ada.Direct(), "show the model answer under a closed question: I seem to have lost access")
	ada.SeesNot(ada.Direct(), "several tries")
}

func TestAMonthReplays(t *testing.T) {
	s, ada, ben := opened(t)
	people := []*bottest.Person{ada, ben, s.person("Cleo"), s.person("Dan")}
	for day := 2; day <= 31; day++ {
		for i, p := range people {
			if s.track().Open != 0 && (day*7+i*3)%5 > i {
				p.Forge(s.here, chat.Press{Action: "reveal:" + s.track().ID + "-" + strconv.Itoa(s.track().Open)})
				if d := s.member0(p); d == nil || d.Answered != s.track().Open {
					p.SubmitForm(s.here, chat.Submit{Form: "sayback:" + s.track().ID + "-" + strconv.Itoa(s.track().Open), Values: map[string][]string{"text": {s.question(s.track().Open).Samples.Strong}}})
				}
			}
		}
		s.to(day, "21:00")
	}
	s.posted(22, "in March's weekdays")
	for _, p := range people {
		s.replays(p)
	}
}

// member0 is the member, or nil.
func (s *stage) member0(who *bottest.Person) (m *store.Member) {
	id := s.track().ID
	_ = s.store.View(context.Background(), func(tx store.Tx) error {
		x, err := tx.Member(id, string(who.ID()))
		if err == nil {
			m = &x
		}
		return nil
	})
	return m
}

// spy is a platform that remembers the last edit.
type spy struct {
	chat.Platform
	edited chat.Message
}

func (p *spy) Edit(ctx context.Context, id chat.MessageID, m chat.Message) error {
	p.edited = m
	return p.Platform.Edit(ctx, id, m)
}

// The model answer in the channel is hidden wholly, its code too.
func TestTheRevealHidesTheModelAnswer(t *testing.T) {
	s := newStage(t)
	p := &spy{Platform: s.p}
	s.b.Join(p)
	ada := s.person("Ada")
	s.setUp(ada)
	ada.Type(s.here, "tracks next select-with-a-leak")
	s.to(2, "09:00")
	s.answer(ada)
	s.to(3, "08:59")
	p.edited = chat.Message{}
	s.to(3, "09:05")
	hidden, code := 0, 0
	for _, b := range p.edited.Blocks {
		switch b := b.(type) {
		case chat.Code:
			code++
			if !b.Hidden {
				t.Errorf("open code: %s", b.Source)
			}
		case chat.Paragraph:
			for _, x := range b.Text {
				if x.Style&chat.Spoiler != 0 {
					hidden++
				}
			}
		}
	}
	if hidden == 0 || code == 0 {
		t.Errorf("%d hidden spans and %d pieces of code in %+v", hidden, code, p.edited)
	}
}
