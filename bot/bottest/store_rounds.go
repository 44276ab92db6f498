package bottest

import (
	"cmp"
	"fmt"

	"github.com/interviewbot/interviewbot/bot/store"
)

func (t *tx) Space(id string) (store.Space, error) { return get(t.spaces, id) }

func (t *tx) PutSpace(s store.Space) error {
	if err := t.writing(s.ID); err != nil {
		return err
	}
	put(t, t.spaces, s.ID, s)
	return nil
}

func (t *tx) Track(id string) (store.Track, error) { return get(t.tracks, id) }

func (t *tx) AddTrack(k store.Track) error {
	if err := t.writing(k.ID); err != nil {
		return err
	}
	if _, ok := t.tracks[k.ID]; ok {
		return store.ErrTaken
	}
	return t.PutTrack(k)
}

func (t *tx) PutTrack(k store.Track) error {
	if err := t.writing(k.ID); err != nil {
		return err
	}
	if _, ok := t.spaces[k.Space]; !ok && k.Space != "" {
		return fmt.Errorf("track %s of space %s: %w", k.ID, k.Space, errDangling)
	}
	put(t, t.tracks, k.ID, k)
	return nil
}

const errDangling store.Error = "it refers to what is not there"

// needs refuses records of a track that is not there, as a database does.
func (t *tx) needs(track string) error {
	if _, ok := t.tracks[track]; !ok {
		return fmt.Errorf("a record of track %s: %w", track, errDangling)
	}
	return nil
}

func byCreated(a, b store.Track) int {
	return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
}

func (t *tx) ChannelTracks(channel string) ([]store.Track, error) {
	return list(t.tracks, func(k store.Track) bool { return k.Channel == channel }, byCreated, 0), nil
}

func (t *tx) SpaceTracks(space string) ([]store.Track, error) {
	return list(t.tracks, func(k store.Track) bool { return k.Space == space }, byCreated, 0), nil
}

func (t *tx) AllTracks(after string, limit int) ([]store.Track, error) {
	return list(t.tracks, func(k store.Track) bool { return k.ID > after },
		func(a, b store.Track) int { return cmp.Compare(a.ID, b.ID) }, limit), nil
}

func (t *tx) Deck(track string) (store.Deck, error) {
	d, err := get(t.decks, track)
	if err != nil {
		return store.Deck{Track: track}, nil
	}
	return d, nil
}

func (t *tx) PutDeck(d store.Deck) error {
	if err := t.writing(d.Track); err != nil {
		return err
	}
	if err := t.needs(d.Track); err != nil {
		return err
	}
	put(t, t.decks, d.Track, d)
	return nil
}

func (t *tx) Snapshot(hash string) (store.Snapshot, error) { return get(t.snapshots, hash) }

func (t *tx) PutSnapshot(s store.Snapshot) error {
	if err := t.writing(s.Hash); err != nil {
		return err
	}
	if _, ok := t.snapshots[s.Hash]; !ok {
		put(t, t.snapshots, s.Hash, s)
	}
	return nil
}

func (t *tx) Round(track string, no int) (store.Round, error) { return get(t.rounds[track], no) }

func (t *tx) AddRound(r store.Round) error {
	if err := t.writing(r.Track, r.Slot); err != nil {
		return err
	}
	if r.No < 1 {
		return fmt.Errorf("round %d of %s: numbers begin at 1", r.No, r.Track)
	}
	if _, ok := t.rounds[r.Track][r.No]; ok || t.slots[r.Track][r.Slot] {
		return store.ErrTaken
	}
	if err := t.needs(r.Track); err != nil {
		return err
	}
	put(t, in(t, t.rounds, r.Track), r.No, r)
	put(t, in(t, t.slots, r.Track), r.Slot, true)
	return nil
}

func (t *tx) PutRound(r store.Round) error {
	if err := t.writing(r.Track); err != nil {
		return err
	}
	old, ok := t.rounds[r.Track][r.No]
	if !ok {
		return store.ErrNotFound
	}
	if old.Slot != r.Slot {
		return fmt.Errorf("round %d of %s: %w", r.No, r.Track, errFixed)
	}
	put(t, in(t, t.rounds, r.Track), r.No, r)
	return nil
}

func (t *tx) RoundsBefore(track string, no, limit int) ([]store.Round, error) {
	return list(t.rounds[track], func(r store.Round) bool { return no == 0 || r.No < no },
		func(a, b store.Round) int { return cmp.Compare(b.No, a.No) }, limit), nil
}

func (t *tx) SkipSlot(s store.Skip) error {
	if err := t.writing(s.Track, s.Slot); err != nil {
		return err
	}
	if t.slots[s.Track][s.Slot] {
		return store.ErrTaken
	}
	if err := t.needs(s.Track); err != nil {
		return err
	}
	put(t, in(t, t.skips, s.Track), s.Slot, s)
	put(t, in(t, t.slots, s.Track), s.Slot, true)
	return nil
}

func (t *tx) Skips(track string, limit int) ([]store.Skip, error) {
	return list(t.skips[track], nil, func(a, b store.Skip) int { return cmp.Compare(b.Slot, a.Slot) }, limit), nil
}
