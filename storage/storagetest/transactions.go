package storagetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

func transactionTests() map[string]func(*bench) {
	return map[string]func(*bench){
		"failure stores nothing":     failureStoresNothing,
		"update sees its own writes": seesOwnWrites,
		"what it got is its own":     ownCopies,
		"view cannot write":          viewCannotWrite,
		"panic is an error":          panicIsAnError,
		"context that ended":         contextThatEnded,
		"closed":                     closedStore,
		"once":                       onceIsOnce,
		"once is forgotten":          onceIsForgotten,
		"now":                        nowStandsStill,
	}
}

var errOwn = errors.New("own error")

func failureStoresNothing(b *bench) {
	b.refused(errOwn, func(tx store.Tx) error {
		if err := errors.Join(tx.PutSpace(store.Space{ID: "s"}), tx.AddTrack(store.Track{ID: "t"}), tx.AddRound(store.Round{Track: "t", No: 1, Slot: "a"}),
			tx.PutTask(store.Task{Key: "k"}), tx.Once("e")); err != nil {
			return err
		}
		if _, err := tx.AddAnswer(store.Answer{Track: "t", Round: 1, User: "u"}); err != nil {
			return err
		}
		return errOwn
	})
	b.view(func(tx store.Tx) {
		gone[store.Space](b, "space")(tx.Space("s"))
		gone[store.Answer](b, "answer")(tx.RoundAnswer("t", 1, "u"))
		none[store.Task](b, "due")(tx.Due(at(1e6), 0))
	})
	b.update(func(tx store.Tx) error { return tx.Once("e") })
}

func seesOwnWrites(b *bench) {
	b.update(func(tx store.Tx) error {
		if err := tx.PutTask(store.Task{Key: "k", Kind: "post", Due: at(5)}); err != nil {
			return err
		}
		due, err := tx.Due(at(5), 0)
		if err != nil || len(due) != 1 {
			b.Errorf("due: %v, %v", due, err)
		}
		if err := tx.DeleteTask("k"); err != nil {
			return err
		}
		gone[store.Task](b, "task")(tx.Task("k"))
		return nil
	})
}

// A closure may change what it got, and what it has put, without a trace.
func ownCopies(b *bench) {
	track, person, draft := fill[store.Track](), fill[store.Person](), fill[store.Draft]()
	b.spaces(track.Space)
	spoil := func(tx store.Tx) error {
		t, errT := tx.Track(track.ID)
		p, errP := tx.Person(person.User)
		d, errD := tx.Draft(draft.User, draft.Key)
		if err := errors.Join(errT, errP, errD); err != nil {
			return err
		}
		t.Topics[0], t.SkipRanges[0].From, p.Pauses[0].Made = "spoiled", "spoiled", at(99)
		clear(d.Values)
		all, err := tx.SpaceTracks(track.Space)
		if err != nil {
			return err
		}
		all[0].Owners[0] = "spoiled"
		return nil
	}
	look := func(tx store.Tx) {
		same(b, "track", fill[store.Track]())(tx.Track(track.ID))
		same(b, "tracks", []store.Track{fill[store.Track]()})(tx.SpaceTracks(track.Space))
		same(b, "person", fill[store.Person]())(tx.Person(person.User))
		same(b, "draft", fill[store.Draft]())(tx.Draft(draft.User, draft.Key))
	}
	b.update(func(tx store.Tx) error {
		track := fill[store.Track]()
		err := errors.Join(tx.AddTrack(track), tx.PutPerson(person), tx.PutDraft(draft))
		track.Topics[0] = "spoiled"
		err = errors.Join(err, spoil(tx))
		look(tx)
		return err
	})
	b.view(func(tx store.Tx) {
		if err := spoil(tx); err != nil {
			b.Error(err)
		}
		look(tx)
	})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			err := b.store.Update(b.Context(), func(tx store.Tx) error { look(tx); return spoil(tx) })
			if err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
}

func viewCannotWrite(b *bench) {
	b.update(func(tx store.Tx) error { return tx.PutSnapshot(store.Snapshot{Hash: "there"}) })
	writes := map[string]func(tx store.Tx) error{
		"Once":        func(tx store.Tx) error { return tx.Once("e") },
		"PutSpace":    func(tx store.Tx) error { return tx.PutSpace(store.Space{ID: "s"}) },
		"PurgeSpace":  func(tx store.Tx) error { _, err := tx.PurgeSpace("s", 1); return err },
		"AddTrack":    func(tx store.Tx) error { return tx.AddTrack(store.Track{ID: "t"}) },
		"PutTrack":    func(tx store.Tx) error { return tx.PutTrack(store.Track{ID: "t"}) },
		"PutDeck":     func(tx store.Tx) error { return tx.PutDeck(store.Deck{Track: "t"}) },
		"PutSnapshot": func(tx store.Tx) error { return tx.PutSnapshot(store.Snapshot{Hash: "there"}) },
		"AddRound":    func(tx store.Tx) error { return tx.AddRound(store.Round{Track: "t", No: 1, Slot: "s"}) },
		"PutRound":    func(tx store.Tx) error { return tx.PutRound(store.Round{Track: "t", No: 1, Slot: "s"}) },
		"SkipSlot":    func(tx store.Tx) error { return tx.SkipSlot(store.Skip{Track: "t", Slot: "s"}) },
		"AddAnswer":   func(tx store.Tx) error { _, err := tx.AddAnswer(store.Answer{User: "u"}); return err },
		"PutAnswer":   func(tx store.Tx) error { return tx.PutAnswer(store.Answer{Seq: 1, User: "u"}) },
		"PutMember":   func(tx store.Tx) error { return tx.PutMember(store.Member{Track: "t", User: "u"}) },
		"AddLine":     func(tx store.Tx) error { return tx.AddLine("t", "u", store.Line{}) },
		"PutPerson":   func(tx store.Tx) error { return tx.PutPerson(store.Person{User: "u"}) },
		"PutDraft":    func(tx store.Tx) error { return tx.PutDraft(store.Draft{User: "u", Key: "k"}) },
		"DeleteDraft": func(tx store.Tx) error { return tx.DeleteDraft("u", "k") },
		"PurgePerson": func(tx store.Tx) error { _, err := tx.PurgePerson("u", "n", 1); return err },
		"PutTask":     func(tx store.Tx) error { return tx.PutTask(store.Task{Key: "k"}) },
		"DeleteTask":  func(tx store.Tx) error { return tx.DeleteTask("k") },
		"PutValue":    func(tx store.Tx) error { return tx.PutValue("s", "k", nil) },
		"Hold":        func(tx store.Tx) error { _, err := tx.Hold("n", "o", at(1)); return err },
		"Release":     func(tx store.Tx) error { return tx.Release("n", "o") },
		"Stamp":       func(tx store.Tx) error { return tx.Stamp("p", "r", at(1)) },
	}
	for name, write := range writes {
		err := b.store.View(b.Context(), write)
		if err == nil || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrTaken) {
			b.Errorf("%s in a View: %v", name, err)
		}
	}
}

func panicIsAnError(b *bench) {
	err := b.store.Update(b.Context(), func(tx store.Tx) error {
		if err := tx.PutSpace(store.Space{ID: "s"}); err != nil {
			return err
		}
		panic("a mistake in a rule")
	})
	if err == nil || !strings.Contains(err.Error(), "a mistake in a rule") {
		b.Errorf("update: %v", err)
	}
	if err := b.store.View(b.Context(), func(store.Tx) error { panic("a mistake in a reply") }); err == nil {
		b.Error("view: no error")
	}
	b.view(func(tx store.Tx) { gone[store.Space](b, "space")(tx.Space("s")) })
	b.update(func(tx store.Tx) error { return tx.PutSpace(store.Space{ID: "s"}) })
}

func contextThatEnded(b *bench) {
	ctx, end := context.WithCancel(b.Context())
	end()
	never := func(store.Tx) error { b.Error("the closure ran"); return nil }
	if err := b.store.Update(ctx, never); !errors.Is(err, context.Canceled) {
		b.Errorf("update: %v", err)
	}
	if err := b.store.View(ctx, never); !errors.Is(err, context.Canceled) {
		b.Errorf("view: %v", err)
	}
}

func closedStore(b *bench) {
	if err := b.store.Close(); err != nil {
		b.Error(err)
	}
	never := func(store.Tx) error { b.Error("the closure ran"); return nil }
	if err := b.store.Update(b.Context(), never); !errors.Is(err, store.ErrClosed) {
		b.Errorf("update: %v", err)
	}
	if err := b.store.View(b.Context(), never); !errors.Is(err, store.ErrClosed) {
		b.Errorf("view: %v", err)
	}
}

func onceIsOnce(b *bench) {
	for _, id := range append(ids(), strings.Repeat("é", 100)) {
		b.update(func(tx store.Tx) error { return tx.Once(id) })
	}
	for _, id := range append(ids(), strings.Repeat("é", 100)) {
		b.refused(store.ErrTaken, func(tx store.Tx) error { return tx.Once(id) })
	}
	b.unwanted("an empty event", func(tx store.Tx) error { return tx.Once("") })
	b.unwanted("an event of 201 bytes", func(tx store.Tx) error { return tx.Once(strings.Repeat("x", 201)) })
	b.update(func(tx store.Tx) error { return tx.Once(strings.Repeat("x", 200)) })
}

func onceIsForgotten(b *bench) {
	b.update(func(tx store.Tx) error { return tx.Once("e") })
	for range 47 {
		b.pass(time.Hour)
		b.refused(store.ErrTaken, func(tx store.Tx) error { return tx.Once("e") })
		b.update(func(tx store.Tx) error { return tx.Once(b.clock.Now().String()) })
	}
	b.pass(time.Hour)
	b.update(func(tx store.Tx) error { return tx.Once("e") })
	b.pass(47 * time.Hour)
	b.refused(store.ErrTaken, func(tx store.Tx) error { return tx.Once("e") })
	// A clock that was set back does not make an event new.
	b.pass(-96 * time.Hour)
	b.refused(store.ErrTaken, func(tx store.Tx) error { return tx.Once("e") })
	b.pass(30 * 24 * time.Hour)
	b.update(func(tx store.Tx) error { return tx.Once("e") })
}

func nowStandsStill(b *bench) {
	b.update(func(tx store.Tx) error {
		before := tx.Now()
		b.clock.move(time.Second)
		if after := tx.Now(); !after.Equal(before) || before.Location() != time.UTC {
			b.Errorf("%v, then %v", before, after)
		}
		return nil
	})
	// What is made from it comes back as it was, whatever the clock's precision.
	b.clock.move(123456789 * time.Nanosecond)
	var made store.Task
	b.update(func(tx store.Tx) error {
		made = store.Task{Key: "k", Due: tx.Now(), Made: tx.Now()}
		return tx.PutTask(made)
	})
	b.view(func(tx store.Tx) { same(b, "task", made)(tx.Task("k")) })
}
