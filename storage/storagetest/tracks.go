package storagetest

import (
	"errors"
	"slices"

	"github.com/interviewbot/interviewbot/bot/store"
)

func trackTests() map[string]func(*bench) {
	return map[string]func(*bench){
		"spaces": spaces, "tracks": tracks, "lists of tracks": listsOfTracks, "decks": decks, "snapshots": snapshots,
	}
}

func spaces(b *bench) {
	full := fill[store.Space]()
	b.view(func(tx store.Tx) { gone[store.Space](b, "before")(tx.Space(full.ID)) })
	b.update(func(tx store.Tx) error {
		for _, id := range ids() {
			if err := tx.PutSpace(store.Space{ID: id, Role: id}); err != nil {
				return err
			}
		}
		return tx.PutSpace(full)
	})
	b.view(func(tx store.Tx) {
		same(b, "space", full)(tx.Space(full.ID))
		for _, id := range ids() {
			same(b, "space", store.Space{ID: id, Role: id})(tx.Space(id))
		}
		gone[store.Space](b, "another")(tx.Space("other"))
		gone[store.Space](b, "none")(tx.Space(""))
	})
	b.update(func(tx store.Tx) error { return tx.PutSpace(store.Space{ID: full.ID}) })
	b.view(func(tx store.Tx) { same(b, "replaced", store.Space{ID: full.ID})(tx.Space(full.ID)) })
	b.unwanted("no ID", func(tx store.Tx) error { return tx.PutSpace(store.Space{}) })
}

func tracks(b *bench) {
	full := fill[store.Track]()
	b.spaces(full.Space)
	b.update(func(tx store.Tx) error { return tx.AddTrack(full) })
	b.refused(store.ErrTaken, func(tx store.Tx) error { return tx.AddTrack(store.Track{ID: full.ID}) })
	b.view(func(tx store.Tx) { same(b, "track", full)(tx.Track(full.ID)) })
	full.Cron, full.Queue, full.Open = "0 9 * * *", nil, 0
	b.update(func(tx store.Tx) error { return tx.PutTrack(full) })
	b.view(func(tx store.Tx) {
		same(b, "changed", full)(tx.Track(full.ID))
		gone[store.Track](b, "another")(tx.Track("other"))
		same(b, "listed once", []store.Track{full})(tx.SpaceTracks(full.Space))
	})
	b.unwanted("no ID", func(tx store.Tx) error { return tx.AddTrack(store.Track{}) })
	b.unwanted("no ID", func(tx store.Tx) error { return tx.PutTrack(store.Track{}) })
}

func listsOfTracks(b *bench) {
	byChannel := map[string][]store.Track{}
	bySpace := map[string][]store.Track{}
	var all []store.Track
	b.spaces(ids()[4:7]...)
	b.update(func(tx store.Tx) error {
		clear(byChannel)
		clear(bySpace)
		all = nil
		for i, id := range ids() {
			channel, space := ids()[i%4], ids()[4+i%3]
			// Made in the reverse order of the list, to see that Created decides.
			track := store.Track{ID: id, Channel: channel, Space: space, Created: at(-i)}
			if i%5 == 0 {
				track.State = store.TrackRemoved
			}
			if err := tx.AddTrack(track); err != nil {
				return err
			}
			byChannel[channel] = slices.Insert(byChannel[channel], 0, track)
			bySpace[space] = slices.Insert(bySpace[space], 0, track)
			all = append(all, track)
		}
		return nil
	})
	slices.SortFunc(all, by(func(t store.Track) string { return t.ID }))
	b.view(func(tx store.Tx) {
		for _, id := range ids() {
			same(b, "of channel "+id, byChannel[id])(tx.ChannelTracks(id))
			same(b, "of space "+id, bySpace[id])(tx.SpaceTracks(id))
		}
		same(b, "all", all)(tx.AllTracks("", 0))
		same(b, "by threes", all)(pages(b, 3, func(last *store.Track) ([]store.Track, error) {
			if last == nil {
				return tx.AllTracks("", 3)
			}
			return tx.AllTracks(last.ID, 3)
		}))
		same(b, "after what is not there", all[1:])(tx.AllTracks(all[0].ID+"\x01", 0))
	})
}

func decks(b *bench) {
	b.view(func(tx store.Tx) {
		if d, err := tx.Deck("t"); err != nil || d.Track != "t" || len(d.Used) != 0 {
			b.Errorf("no deck: %+v, %v", d, err)
		}
	})
	b.ground("t")
	used := map[string]int{}
	for i, id := range ids() {
		used[id] = i
	}
	full := store.Deck{Track: "t", Used: used}
	b.update(func(tx store.Tx) error { return tx.PutDeck(full) })
	b.view(func(tx store.Tx) { same(b, "deck", full)(tx.Deck("t")) })
	full = store.Deck{Track: "t", Used: map[string]int{"q": 7}}
	b.update(func(tx store.Tx) error { return tx.PutDeck(full) })
	b.view(func(tx store.Tx) { same(b, "replaced", full)(tx.Deck("t")) })
}

func snapshots(b *bench) {
	full := fill[store.Snapshot]()
	b.update(func(tx store.Tx) error {
		other := full
		other.Body = []byte("another body with the same hash")
		return errors.Join(tx.PutSnapshot(full), tx.PutSnapshot(other))
	})
	b.view(func(tx store.Tx) {
		same(b, "the first stays", full)(tx.Snapshot(full.Hash))
		gone[store.Snapshot](b, "another")(tx.Snapshot("other"))
	})
}
