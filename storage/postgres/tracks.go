package postgres

import (
	"fmt"

	"github.com/interviewbot/interviewbot/bot/store"
)

func (t *tx) Space(name string) (store.Space, error) { return load(t, t.records().spaces, id{a: name}) }

func (t *tx) PutSpace(s store.Space) error {
	if err := t.writing(s.ID); err != nil {
		return err
	}
	save(t, t.records().spaces, &s)
	return nil
}

func (t *tx) Track(name string) (store.Track, error) { return load(t, t.records().tracks, id{a: name}) }

func (t *tx) AddTrack(track store.Track) error {
	if err := t.writing(track.ID); err != nil {
		return err
	}
	old, err := find(t, t.records().tracks, id{a: track.ID})
	if err == nil && old != nil {
		err = store.ErrTaken
	}
	if err != nil {
		return err
	}
	return t.PutTrack(track)
}

func (t *tx) PutTrack(track store.Track) error {
	if err := t.writing(track.ID); err != nil {
		return err
	}
	save(t, t.records().tracks, &track)
	return nil
}

func (t *tx) ChannelTracks(channel string) ([]store.Track, error) {
	return list(t, t.records().tracks, "WHERE t.channel = $1 ORDER BY t.created, t.id", channel)
}

func (t *tx) SpaceTracks(space string) ([]store.Track, error) {
	if space == "" {
		return list(t, t.records().tracks, "WHERE t.space IS NULL ORDER BY t.created, t.id")
	}
	return list(t, t.records().tracks, "WHERE t.space = $1 ORDER BY t.created, t.id", space)
}

func (t *tx) AllTracks(after string, limit int) ([]store.Track, error) {
	return list(t, t.records().tracks, "WHERE t.id > $1 ORDER BY t.id LIMIT $2", after, limited(limit))
}

func (t *tx) Deck(track string) (store.Deck, error) {
	deck, err := find(t, t.records().decks, id{a: track})
	if err != nil {
		return store.Deck{}, err
	}
	if deck == nil {
		return store.Deck{Track: track, Used: map[string]int{}}, nil
	}
	return *t.records().decks.copy(deck), nil
}

func (t *tx) PutDeck(d store.Deck) error {
	if err := t.writing(d.Track); err != nil {
		return err
	}
	save(t, t.records().decks, &d)
	return nil
}

func (t *tx) Snapshot(hash string) (store.Snapshot, error) {
	return load(t, t.records().snapshots, id{a: hash})
}

func (t *tx) PutSnapshot(s store.Snapshot) error {
	if err := t.writing(s.Hash); err != nil {
		return err
	}
	old, err := find(t, t.records().snapshots, id{a: s.Hash})
	if err == nil && old == nil {
		save(t, t.records().snapshots, &s)
	}
	return err
}

func (t *tx) Round(track string, no int) (store.Round, error) {
	return load(t, t.records().rounds, roundID(track, no))
}

func roundID(track string, no int) id { return id{a: track, n: int64(no)} }

func (t *tx) AddRound(r store.Round) error {
	if err := t.writing(r.Track, r.Slot); err != nil {
		return err
	}
	if r.No < 1 {
		return fmt.Errorf("add round %d of track %s: %w", r.No, r.Track, errNumber)
	}
	old, err := find(t, t.records().rounds, roundID(r.Track, r.No))
	if err == nil && old != nil {
		err = store.ErrTaken
	}
	if err != nil {
		return err
	}
	if err := t.slotFree(r.Track, r.Slot); err != nil {
		return err
	}
	save(t, t.records().rounds, &r)
	return nil
}

// slotFree returns store.ErrTaken when the slot was taken or skipped.
func (t *tx) slotFree(track, slot string) error {
	slotID := id{table: t.records().rounds.no, way: 1, a: track, b: slot}
	skipID := id{table: t.records().skips.no, a: track, b: slot}
	if err := t.prefetch(slotID, skipID); err != nil {
		return err
	}
	round, _ := t.see(slotID)
	skip, _ := t.see(skipID)
	if round != nil || skip != nil {
		return store.ErrTaken
	}
	return nil
}

func (t *tx) PutRound(r store.Round) error {
	if err := t.writing(r.Track); err != nil {
		return err
	}
	old, err := find(t, t.records().rounds, roundID(r.Track, r.No))
	switch {
	case err != nil:
		return err
	case old == nil:
		return store.ErrNotFound
	case old.Slot != r.Slot:
		return errFixed
	}
	save(t, t.records().rounds, &r)
	return nil
}

func (t *tx) RoundsBefore(track string, no, limit int) ([]store.Round, error) {
	if no == 0 {
		return list(t, t.records().rounds, "WHERE t.track = $1 ORDER BY t.track DESC, t.no DESC LIMIT $2", track, limited(limit))
	}
	return list(t, t.records().rounds, "WHERE t.track = $1 AND t.no < $2 ORDER BY t.track DESC, t.no DESC LIMIT $3", track, max(no, 0), limited(limit))
}

func (t *tx) SkipSlot(s store.Skip) error {
	if err := t.writing(s.Track, s.Slot); err != nil {
		return err
	}
	if err := t.slotFree(s.Track, s.Slot); err != nil {
		return err
	}
	save(t, t.records().skips, &s)
	return nil
}

func (t *tx) Skips(track string, limit int) ([]store.Skip, error) {
	return list(t, t.records().skips, "WHERE t.track = $1 ORDER BY t.slot DESC LIMIT $2", track, limited(limit))
}
