package bot_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
)

// stage is a bot with people around it: a platform, a store and a clock that stands still until it is moved.
type stage struct {
	*testing.T
	clock *bot.Clock
	mover bot.Mover
	store *bottest.Store
	over  func(store.Store) store.Store // what the bot has of the store
	p     *bottest.Platform
	b     *bot.Bot
	here  chat.ChannelID
}

// monday is when every stage begins: Monday 2 March 2026, 08:00 UTC.
func monday() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) }

func newStage(t *testing.T) *stage {
	t.Helper()
	return newStageOn(t, func(s store.Store) store.Store { return s })
}

func newStageOn(t *testing.T, over func(store.Store) store.Store) *stage {
	t.Helper()
	bank := fixtureBank(t)
	s := &stage{T: t, clock: bot.NewClock(monday), over: over}
	s.store = bottest.NewStore(s.clock.Now)
	s.start(bank)
	s.here = s.p.Channel("backend")
	return s
}

// fixtureBank is a few questions of the real bank, so that a test does not change with all others.
func fixtureBank(t testing.TB) *questions.Bank {
	t.Helper()
	dir := fstest.MapFS{"tips.yaml": {Data: []byte("- {id: one-tip, part: tools, text: Read one page of the manual of a tool that you use every day.}\n" +
		"- {id: two-tip, part: backend, topic: security, text: Look up where the service you work on keeps its secrets.}\n")}}
	for _, file := range []string{"first.yaml", "concurrency/transfer-deadlock.yaml", "caching/cache-makes-it-slower.yaml", "http-api/retry-a-payment.yaml",
		"behavioural/disagreed-with-a-decision.yaml", "transactions-indexes/two-doctors-off-call.yaml", "golang/select-with-a-leak.yaml"} {
		data, err := fs.ReadFile(questions.Content(), file)
		if err != nil {
			t.Fatal(err)
		}
		if file == "first.yaml" {
			data = []byte("[transfer-deadlock, cache-makes-it-slower, retry-a-payment, disagreed-with-a-decision, two-doctors-off-call]\n")
		}
		dir[file] = &fstest.MapFile{Data: data}
	}
	bank, err := questions.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return bank
}

func (s *stage) start(bank *questions.Bank) {
	s.b = bot.New(bot.Options{Store: s.over(s.store), Bank: bank, Now: s.clock.Now})
	s.p = bottest.New(s.clock.Now, s.b.Commands())
	s.b.Join(s.p)
	ctx, cancel := context.WithCancel(context.Background())
	s.Cleanup(cancel)
	s.p.Attach(ctx, s.b.Handle)
	s.mover = bot.Mover{Clock: s.clock, Bot: s.b}
	s.Cleanup(func() {
		for _, r := range s.p.Refusals() {
			s.Errorf("refused: %s", r)
		}
	})
}

// rehearsing runs every Update twice, as storage/postgres does with those that share a transaction: first to learn what it
// reads, with every event taken for new.
type rehearsing struct{ store.Store }

func (r rehearsing) Update(ctx context.Context, f func(store.Tx) error) error {
	thrownAway := errors.New("thrown away")
	if err := r.Store.Update(ctx, func(tx store.Tx) error { _ = f(hoping{tx}); return thrownAway }); !errors.Is(err, thrownAway) {
		return err
	}
	return r.Store.Update(ctx, f)
}

type hoping struct{ store.Tx }

func (hoping) Once(string) error { return nil }

// running runs a bot until stop.
func running(t *testing.T, b *bot.Bot) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- b.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// person is somebody in the space; Ada administrates it.
func (s *stage) person(name string) *bottest.Person {
	return s.p.Person(s.T, name).Be(func(a *chat.Actor) {
		a.Admin = chat.Unknown
		if name == "Ada" {
			a.Admin = chat.Yes
		}
	})
}

// to moves the clock to the day of March 2026 and the time of day, doing all that falls due.
func (s *stage) to(day int, clock string) {
	s.Helper()
	at, err := time.Parse("15:04", clock)
	if err != nil {
		s.Fatal(err)
	}
	s.until(time.Date(2026, 3, day, at.Hour(), at.Minute(), 0, 0, time.UTC))
}

func (s *stage) until(t time.Time) {
	s.Helper()
	if err := s.mover.Advance(context.Background(), t, nil); err != nil {
		s.Fatalf("move the clock to %s: %v", t, err)
	}
}

// tick does what is due without moving the clock.
func (s *stage) tick() {
	s.Helper()
	if _, err := s.b.Tick(context.Background()); err != nil {
		s.Fatal(err)
	}
}

// setUp makes the usual track: a question on weekdays at 09:00 UTC.
func (s *stage) setUp(who *bottest.Person) store.Track {
	s.Helper()
	who.Type(s.here, "setup")
	who.Fill("At what time", "09:00")
	who.Fill("In which time zone", "UTC")
	who.Submit()
	who.Hears(s.here, "gets a question Mon–Fri at 09:00 UTC")
	return s.track()
}

// track is the channel's only track.
func (s *stage) track() (t store.Track) {
	s.Helper()
	s.read(func(tx store.Tx) error {
		all, err := tx.ChannelTracks(string(s.here))
		if err == nil && len(all) != 1 {
			s.Fatalf("%d tracks in the channel", len(all))
		}
		t = all[0]
		return err
	})
	return t
}

func (s *stage) round(no int) (r store.Round) {
	s.Helper()
	t := s.track()
	s.read(func(tx store.Tx) (err error) { r, err = tx.Round(t.ID, no); return })
	return r
}

func (s *stage) member(who *bottest.Person) (m store.Member) {
	s.Helper()
	t := s.track()
	s.read(func(tx store.Tx) (err error) { m, err = tx.Member(t.ID, string(who.ID())); return })
	return m
}

func (s *stage) write(f func(store.Tx) error) {
	s.Helper()
	if err := s.store.Update(context.Background(), f); err != nil {
		s.Fatal(err)
	}
}

func (s *stage) read(f func(store.Tx) error) {
	s.Helper()
	if err := s.store.View(context.Background(), f); err != nil {
		s.Fatal(err)
	}
}

// question is the question of the round.
func (s *stage) question(no int) *questions.Question {
	s.Helper()
	var q *questions.Question
	hash := s.round(no).Question
	s.read(func(tx store.Tx) error {
		snap, err := tx.Snapshot(hash)
		if err != nil {
			return err
		}
		q, err = questions.Read(snap.Body)
		return err
	})
	return q
}

// posted checks how many posts the channel has.
func (s *stage) posted(want int, when string) {
	s.Helper()
	if got := len(s.p.Posts(s.here)); got != want {
		s.Fatalf("%d posts %s, want %d; skipped: %v", got, when, want, s.skips())
	}
}

// alone sets up somebody's own question in a direct conversation, which the bot posts.
func (s *stage) alone(who *bottest.Person) chat.ChannelID {
	s.Helper()
	dm := who.Direct()
	who.Type(dm, "setup")
	who.Fill("In which time zone", "UTC")
	who.Submit()
	who.Press(dm, "Post one now")
	s.tick()
	return dm
}

// share gives a good answer to the open question that others may read: visibility as the dialog calls it.
func (s *stage) share(who *bottest.Person, visibility string) {
	s.Helper()
	who.Press(s.here, "Answer privately")
	s.fillAnswer(who, s.question(s.track().Open))
	who.Fill("Who may see it after they have answered", visibility)
	who.Submit()
}

// keeps says whether there still is anything of the space.
func (s *stage) keeps(space chat.SpaceID) bool {
	err := s.store.View(context.Background(), func(tx store.Tx) error {
		_, err := tx.Space(string(space))
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		s.Fatal(err)
	}
	return err == nil
}

// answer gives a good answer to the open question, from its own samples.
func (s *stage) answer(who *bottest.Person) {
	s.Helper()
	who.Press(s.here, "Answer privately")
	s.fillAnswer(who, s.question(s.track().Open))
	who.Submit()
}

func (s *stage) fillAnswer(who *bottest.Person, q *questions.Question) {
	s.Helper()
	if q.Kind == questions.Choice {
		var right []string
		for i, o := range q.Options {
			if o.Right {
				right = append(right, string(rune('A'+i))+" "+o.Text)
			}
		}
		label := "Your choice"
		if len(right) > 1 {
			label = "Your choice (more than one may hold)"
		}
		who.Fill(label, right...)
		who.Fill("Why? In your own words", q.Samples.Strong)
		return
	}
	who.Fill("Your answer", q.Samples.Strong)
}
