package storagetest

import (
	"fmt"
	"slices"

	"github.com/interviewbot/interviewbot/bot/store"
)

func roundTests() map[string]func(*bench) {
	return map[string]func(*bench){"rounds": rounds, "slots": slots, "lists of rounds": listsOfRounds, "skips": skips}
}

func rounds(b *bench) {
	full := fill[store.Round]()
	b.ground(full.Track)
	b.refused(store.ErrNotFound, func(tx store.Tx) error { return tx.PutRound(full) })
	b.update(func(tx store.Tx) error { return tx.AddRound(full) })
	b.view(func(tx store.Tx) {
		same(b, "round", full)(tx.Round(full.Track, full.No))
		gone[store.Round](b, "another number")(tx.Round(full.Track, full.No+1))
		gone[store.Round](b, "a number that cannot be")(tx.Round(full.Track, -1))
		gone[store.Round](b, "another track")(tx.Round(full.Track+"x", full.No))
	})
	full.State, full.Message, full.Had = store.Closed, "m", nil
	b.update(func(tx store.Tx) error { return tx.PutRound(full) })
	b.view(func(tx store.Tx) { same(b, "changed", full)(tx.Round(full.Track, full.No)) })
	moved := full
	moved.Slot = "2030-01-01T00:00"
	b.unwanted("another slot", func(tx store.Tx) error { return tx.PutRound(moved) })
	b.unwanted("number 0", func(tx store.Tx) error { return tx.AddRound(store.Round{Track: "t", Slot: "s"}) })
}

func slots(b *bench) {
	b.ground("t", "u")
	add := func(no int, slot string) func(store.Tx) error {
		return func(tx store.Tx) error { return tx.AddRound(store.Round{Track: "t", No: no, Slot: slot}) }
	}
	skip := func(track, slot string) func(store.Tx) error {
		return func(tx store.Tx) error { return tx.SkipSlot(store.Skip{Track: track, Slot: slot}) }
	}
	b.update(add(1, "a"))
	b.refused(store.ErrTaken, add(2, "a"))
	b.refused(store.ErrTaken, add(1, "b"))
	b.refused(store.ErrTaken, skip("t", "a"))
	b.update(skip("t", "b"))
	b.refused(store.ErrTaken, skip("t", "b"))
	b.refused(store.ErrTaken, add(2, "b"))
	b.update(skip("u", "a"))
	b.update(add(2, "c"))
	// What was refused took nothing.
	b.view(func(tx store.Tx) {
		if all, err := tx.RoundsBefore("t", 0, 0); err != nil || len(all) != 2 {
			b.Errorf("%+v, %v", all, err)
		}
	})
}

func listsOfRounds(b *bench) {
	const n = 300 // more than fits in one byte
	b.ground("t", "s", "t ", "ta", "tt")
	var all []store.Round
	b.update(func(tx store.Tx) error {
		all = nil
		for i := 1; i <= n; i++ {
			r := store.Round{Track: "t", No: i, Slot: fmt.Sprintf("%04d", i)}
			if err := tx.AddRound(r); err != nil {
				return err
			}
			all = append(all, r)
		}
		for _, track := range []string{"s", "t ", "ta", "tt"} {
			if err := tx.AddRound(store.Round{Track: track, No: 150, Slot: "0150"}); err != nil {
				return err
			}
		}
		return nil
	})
	slices.Reverse(all)
	b.view(func(tx store.Tx) {
		same(b, "all", all)(tx.RoundsBefore("t", 0, 0))
		same(b, "the newest", all[:1])(tx.RoundsBefore("t", 0, 1))
		same(b, "before one", all[n-256+1:n-256+3])(tx.RoundsBefore("t", 256, 2))
		none[store.Round](b, "before the first")(tx.RoundsBefore("t", 1, 5))
		none[store.Round](b, "before a number that cannot be")(tx.RoundsBefore("t", -5, 5))
		same(b, "before one that is not there", all[:2])(tx.RoundsBefore("t", n+100, 2))
		none[store.Round](b, "of no track")(tx.RoundsBefore("none", 0, 0))
		same(b, "by sevens", all)(pages(b, 7, func(last *store.Round) ([]store.Round, error) {
			switch {
			case last == nil:
				return tx.RoundsBefore("t", 0, 7)
			case last.No == 1:
				return nil, nil
			}
			return tx.RoundsBefore("t", last.No, 7)
		}))
	})
}

func skips(b *bench) {
	full := fill[store.Skip]()
	full.Track, full.Slot = "t", "2026-03-03T09:00"
	b.ground("t", "ta")
	older := store.Skip{Track: "t", Slot: "2026-03-02T09:00", Why: "paused"}
	b.update(func(tx store.Tx) error {
		for _, s := range []store.Skip{full, older, {Track: "ta", Slot: "2026-03-02T09:00"}} {
			if err := tx.SkipSlot(s); err != nil {
				return err
			}
		}
		return nil
	})
	b.view(func(tx store.Tx) {
		same(b, "all", []store.Skip{full, older})(tx.Skips("t", 0))
		same(b, "the newest", []store.Skip{full})(tx.Skips("t", 1))
		none[store.Skip](b, "none")(tx.Skips("x", 0))
	})
}
