package bolt

import (
	"fmt"
	"iter"

	"github.com/interviewbot/interviewbot/bot/store"
)

func (t *tx) Space(id string) (store.Space, error) { return load(t, inSpaces, newKey(id), spaceFields) }

func (t *tx) PutSpace(s store.Space) error {
	if err := t.writing(s.ID); err != nil {
		return err
	}
	return save(t, inSpaces, newKey(s.ID), spaceFields, &s)
}

func (t *tx) Track(id string) (store.Track, error) { return load(t, inTracks, newKey(id), trackFields) }

func (t *tx) AddTrack(track store.Track) error {
	if err := t.writing(track.ID); err != nil {
		return err
	}
	if t.has(inTracks, newKey(track.ID)) {
		return store.ErrTaken
	}
	return t.PutTrack(track)
}

func (t *tx) PutTrack(track store.Track) error {
	if err := t.writing(track.ID); err != nil {
		return err
	}
	old, err := find(t, inTracks, newKey(track.ID), trackFields)
	if err != nil {
		return err
	}
	if old == nil || old.Channel != track.Channel || old.Space != track.Space || !old.Created.Equal(track.Created) {
		if err := t.unlistTrack(old); err != nil {
			return err
		}
		channel, space := trackKeys(&track)
		if err := t.put(inChannels, channel, []byte(track.ID)); err != nil {
			return err
		}
		if err := t.put(inSpaceTracks, space, []byte(track.ID)); err != nil {
			return err
		}
	}
	return save(t, inTracks, newKey(track.ID), trackFields, &track)
}

func trackKeys(track *store.Track) (channel, space key) {
	return newKey(track.Channel).at(track.Created).str(track.ID), newKey(track.Space).at(track.Created).str(track.ID)
}

func (t *tx) unlistTrack(track *store.Track) error {
	if track == nil {
		return nil
	}
	channel, space := trackKeys(track)
	if err := t.delete(inChannels, channel); err != nil {
		return err
	}
	return t.delete(inSpaceTracks, space)
}

func (t *tx) ChannelTracks(channel string) ([]store.Track, error) {
	prefix := newKey(channel)
	return t.tracks(t.up(inChannels, prefix, prefix))
}

func (t *tx) SpaceTracks(space string) ([]store.Track, error) {
	prefix := newKey(space)
	return t.tracks(t.up(inSpaceTracks, prefix, prefix))
}

// tracks reads those that an index names.
func (t *tx) tracks(index iter.Seq2[key, []byte]) ([]store.Track, error) {
	var all []store.Track
	for _, id := range index {
		track, err := t.Track(string(id))
		if err != nil {
			return nil, fmt.Errorf("read track %s of an index: %w", id, err)
		}
		all = append(all, track)
	}
	return all, nil
}

func (t *tx) AllTracks(after string, limit int) ([]store.Track, error) {
	return collect(t, inTracks, t.up(inTracks, nil, key(nil).after(after)), limit, trackFields)
}

func (t *tx) Deck(track string) (store.Deck, error) {
	deck, err := find(t, inDecks, newKey(track), deckFields)
	if err != nil {
		return store.Deck{}, err
	}
	if deck == nil {
		deck = &store.Deck{Track: track}
	}
	if deck.Used == nil {
		deck.Used = map[string]int{}
	}
	return *deck, nil
}

func (t *tx) PutDeck(d store.Deck) error {
	if err := t.writing(d.Track); err != nil {
		return err
	}
	return save(t, inDecks, newKey(d.Track), deckFields, &d)
}

func (t *tx) Snapshot(hash string) (store.Snapshot, error) {
	return load(t, inSnapshots, newKey(hash), snapshotFields)
}

func (t *tx) PutSnapshot(s store.Snapshot) error {
	if err := t.writing(s.Hash); err != nil {
		return err
	}
	if t.has(inSnapshots, newKey(s.Hash)) {
		return nil
	}
	return save(t, inSnapshots, newKey(s.Hash), snapshotFields, &s)
}
