package storagetest

import (
	"errors"
	"fmt"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
)

func moveTests() map[string]func(*bench) {
	return map[string]func(*bench){"everything moves": moves, "a batch is restored wholly or not at all": movesWholly}
}

// dump lists all records of the store; ok is false when it cannot be moved.
func (b *bench) dump(s store.Store) (all []store.Record, ok bool) {
	b.Helper()
	m, ok := s.(store.Mover)
	if !ok {
		return nil, false
	}
	if err := m.Dump(b.Context(), func(r store.Record) error { all = append(all, r); return nil }); err != nil {
		b.Fatalf("dump: %v", err)
	}
	return all, true
}

// moves takes everything out of one store, a few records at a time, into another, which then goes on like the first.
func moves(b *bench) {
	if _, ok := b.store.(store.Mover); !ok {
		return // it need not
	}
	b.fill()
	want, _ := b.dump(b.store)
	kinds := map[string]int{}
	for _, r := range want {
		kinds[fmt.Sprintf("%T", r)]++
	}
	if len(kinds) != 15 {
		b.Errorf("the dump has records of the kinds %v, want all 15", kinds)
	}

	target, err := b.db.Open(b.Context(), b.db.Fresh(b), b.clock.Now)
	if err != nil {
		b.Fatal(err)
	}
	defer target.Close()
	for at := 0; at < len(want); at += 7 {
		batch := want[at:min(at+7, len(want))]
		for range 2 { // restoring again changes nothing
			if err := target.(store.Mover).Restore(b.Context(), batch); err != nil {
				b.Fatalf("restore: %v", err)
			}
		}
	}
	got, _ := b.dump(target)
	if len(got) != len(want) {
		b.Fatalf("%d records arrived of %d", len(got), len(want))
	}
	for i := range want {
		same(b, fmt.Sprintf("record %d", i), want[i])(got[i], nil)
	}
	b.goesOn(target)
}

// goesOn checks what does not show in records: numbers, indexes, what is taken.
func (b *bench) goesOn(s store.Store) {
	b.Helper()
	err := s.Update(b.Context(), func(tx store.Tx) error {
		if err := tx.Once("event-1"); !errors.Is(err, store.ErrTaken) {
			return fmt.Errorf("an event that was handled: %v, want ErrTaken", err)
		}
		if _, err := tx.AddAnswer(store.Answer{User: "u-one", Track: "moveaaaa", Round: 1, Sent: start()}); !errors.Is(err, store.ErrTaken) {
			return fmt.Errorf("a second answer to a round: %v, want ErrTaken", err)
		}
		if err := tx.AddRound(store.Round{Track: "moveaaaa", No: 3, Slot: "2026-03-02T09:00"}); !errors.Is(err, store.ErrTaken) {
			return fmt.Errorf("a slot that was taken: %v, want ErrTaken", err)
		}
		if err := tx.SkipSlot(store.Skip{Track: "moveaaaa", Slot: "2026-03-03T09:00"}); !errors.Is(err, store.ErrTaken) {
			return fmt.Errorf("a slot that was skipped: %v, want ErrTaken", err)
		}
		seq, err := tx.AddAnswer(store.Answer{User: "u-new", Sent: start()})
		if err != nil || seq <= 4 {
			return fmt.Errorf("a new answer has number %d (%v), want one above 4", seq, err)
		}
		return tx.AddLine("moveaaaa", "u-one", store.Line{Round: 2, Outcome: streak.Missed})
	})
	if err != nil {
		b.Error(err)
	}
	err = s.View(b.Context(), func(tx store.Tx) error {
		lines, err := tx.Lines("moveaaaa", "u-one", 0, 0)
		if err != nil || len(lines) != 3 || lines[0].No != 3 {
			return fmt.Errorf("the ledger goes on as %+v (%v)", lines, err)
		}
		due, err := tx.Due(start().Add(time.Hour), 0)
		if err != nil || len(due) != 1 || due[0].Key != "task-1" {
			return fmt.Errorf("due are %+v (%v)", due, err)
		}
		members, err := tx.Memberships("u-one")
		if err != nil || len(members) != 1 {
			return fmt.Errorf("memberships are %+v (%v)", members, err)
		}
		old, err := tx.AnswersBefore(start().Add(time.Minute), 0, 0)
		if err != nil || len(old) != 2 {
			return fmt.Errorf("texts to purge are %+v (%v)", old, err)
		}
		tracks, err := tx.ChannelTracks("c-one")
		if err != nil || len(tracks) != 2 || tracks[0].ID != "moveaaab" {
			return fmt.Errorf("the channel's tracks are %+v (%v)", tracks, err)
		}
		return nil
	})
	if err != nil {
		b.Error(err)
	}
}

// movesWholly: one record that cannot be stored, and nothing of its batch is there.
func movesWholly(b *bench) {
	m, ok := b.store.(store.Mover)
	if !ok {
		return
	}
	if err := m.Restore(b.Context(), []store.Record{store.Space{ID: "s-one", Created: start()}, "no record"}); err == nil {
		b.Error("something that is no record was restored")
	}
	if all, _ := b.dump(b.store); len(all) != 0 {
		b.Errorf("there is %+v, want nothing", all)
	}
	broken := errors.New("the other side is gone")
	if err := m.Restore(b.Context(), []store.Record{store.Space{ID: "s-one", Created: start()}}); err != nil {
		b.Fatal(err)
	}
	if err := m.Dump(b.Context(), func(store.Record) error { return broken }); !errors.Is(err, broken) {
		b.Errorf("the dump ended with %v, want what its receiver said", err)
	}
}

// fill stores records of every kind.
func (b *bench) fill() {
	b.Helper()
	b.update(func(tx store.Tx) error {
		errs := []error{
			tx.PutSpace(store.Space{ID: "s-one", Role: "mentors", Owners: []string{"u-one"}, Created: at(-9)}), tx.PutSpace(store.Space{ID: "s", Created: at(-8), Removed: at(1)}),
			tx.AddTrack(store.Track{ID: "moveaaaa", Space: "s-one", Channel: "c-one", Kind: "question", Cron: "0 9 * * *", Zone: "UTC", Topics: []string{"sql", "caching"}, Levels: []int{1, 3},
				CatchUp: time.Hour, Owners: []string{"u-one"}, Created: at(0), SkipRanges: []store.Range{{From: "2026-12-24", To: "2027-01-02"}}, Queue: []string{"q"}, Rounds: 2, Group: streak.Group{Current: 3, Best: 4}}),
			tx.AddTrack(store.Track{ID: "moveaaab", Space: "s-one", Channel: "c-one", State: store.TrackRemoved, Created: at(-1), Removed: at(0)}),
			tx.PutDeck(store.Deck{Track: "moveaaaa", Used: map[string]int{"q-1": 1, "tip.x": 2}}), tx.PutSnapshot(store.Snapshot{Hash: "aa", ID: "q-1", Body: []byte(`{"id":"q-1"}`)}),
			tx.AddRound(store.Round{Track: "moveaaaa", No: 1, Slot: "2026-03-02T09:00", At: at(0), State: store.Closed, Question: "aa", Had: []store.PointCount{{Point: "p", N: 2}}, GroupLine: streak.Answered}),
			tx.AddRound(store.Round{Track: "moveaaaa", No: 2, Slot: "2026-03-04T09:00", At: at(5), State: store.Open, Swapped: []string{"aa"}}),
			tx.SkipSlot(store.Skip{Track: "moveaaaa", Slot: "2026-03-03T09:00", At: at(2), Why: "an owner skipped it"}),
			tx.PutMember(store.Member{Track: "moveaaaa", User: "u-one", Space: "s-one", Name: "Ada", Joined: at(0), Streak: streak.State{Current: 2, Best: 5}, Head: 2}),
			tx.PutMember(store.Member{Track: "moveaaaa", User: "u", Left: at(3)}),
			tx.AddLine("moveaaaa", "u-one", store.Line{Round: 1, Outcome: streak.Answered, At: at(1)}), tx.AddLine("moveaaaa", "u-one", store.Line{Round: 1, Outcome: streak.Answered, Repair: true, Reason: "late"}),
			tx.AddLine("moveaaaa", "", store.Line{Round: 1, Outcome: streak.Answered, Freezes: -1}),
			tx.PutPerson(store.Person{User: "u-one", Space: "s-one", Name: "Ada ✓ 日本", Zone: "Asia/Kolkata", Pauses: []store.Pause{{From: at(1), To: at(2), Made: at(0)}}, Avoid: []string{"sql"}, Recent: []string{"q-1"}, Seen: at(4)}),
			tx.PutDraft(store.Draft{User: "u-one", Key: "k", Text: "half\na line", Values: map[string][]string{"text": {"a", "b"}, "none": {}}, Until: at(60)}),
			tx.PutTask(store.Task{Key: "task-1", Kind: "slot", Space: "s-one", Track: "moveaaaa", Due: at(10), Made: at(0)}), tx.PutTask(store.Task{Key: "task-2", Kind: "purge", Arg: `{"a":1}`, Due: at(9999), Tries: 3}),
			tx.PutValue("s-one", "k", []byte{0, 1, 255}), tx.PutValue("", "empty", []byte{}), tx.Stamp("slack", "r-1", at(0)), tx.Stamp("slack", "r-1", at(30)), tx.Once("event-1"), tx.Once("event"),
		}
		return errors.Join(errs...)
	})
	for i, a := range []store.Answer{
		{User: "u-one", Space: "s-one", Track: "moveaaaa", Round: 1, Kind: store.Chosen, Text: "a 'quoted' \"text\"", Choice: []int{0, 2}, Counting: true, Found: []string{"p"}, Sent: at(0), Offset: -3600},
		{User: "u-one", Track: "moveaaaa", Round: 2, Kind: store.DontKnow, Sent: at(6), Prev: 1, Visibility: store.WithoutName},
		{User: "u", Kind: store.Asked, Sent: at(0), Question: "aa"},
		{User: "u-one", Text: "practice", Sent: at(0), Ticks: []string{"x"}, Rating: 4, Deleted: true},
	} {
		b.update(func(tx store.Tx) error {
			seq, err := tx.AddAnswer(a)
			if err == nil && int(seq) < i+1 {
				err = fmt.Errorf("answer %d has number %d", i+1, seq)
			}
			return err
		})
	}
}
