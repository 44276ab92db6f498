package bolt

import (
	"fmt"

	"github.com/interviewbot/interviewbot/bot/store"
)

const errNumber store.Error = "rounds are numbered from 1"

func roundKey(track string, no int) key { return newKey(track).num(uint64(no)) }

func (t *tx) Round(track string, no int) (store.Round, error) {
	return load(t, inRounds, roundKey(track, no), roundFields)
}

func (t *tx) AddRound(r store.Round) error {
	if err := t.writing(r.Track, r.Slot); err != nil {
		return err
	}
	if r.No < 1 {
		return fmt.Errorf("add round %d of track %s: %w", r.No, r.Track, errNumber)
	}
	slot := newKey(r.Track, r.Slot)
	if t.has(inRounds, roundKey(r.Track, r.No)) || t.slotTaken(slot) {
		return store.ErrTaken
	}
	if err := t.put(inSlots, slot, key(nil).num(uint64(r.No))); err != nil {
		return err
	}
	return save(t, inRounds, roundKey(r.Track, r.No), roundFields, &r)
}

func (t *tx) slotTaken(slot key) bool { return t.has(inSlots, slot) || t.has(inSkips, slot) }

func (t *tx) PutRound(r store.Round) error {
	if err := t.writing(r.Track); err != nil {
		return err
	}
	old, err := t.Round(r.Track, r.No)
	if err != nil {
		return err
	}
	if old.Slot != r.Slot {
		return errFixed
	}
	return save(t, inRounds, roundKey(r.Track, r.No), roundFields, &r)
}

func (t *tx) RoundsBefore(track string, no, limit int) ([]store.Round, error) {
	prefix := newKey(track)
	end := prefix.end()
	if no != 0 {
		end = roundKey(track, max(no, 0))
	}
	return collect(t, inRounds, t.down(inRounds, prefix, end), limit, roundFields)
}

func (t *tx) SkipSlot(s store.Skip) error {
	if err := t.writing(s.Track, s.Slot); err != nil {
		return err
	}
	slot := newKey(s.Track, s.Slot)
	if t.slotTaken(slot) {
		return store.ErrTaken
	}
	return save(t, inSkips, slot, skipFields, &s)
}

func (t *tx) Skips(track string, limit int) ([]store.Skip, error) {
	prefix := newKey(track)
	return collect(t, inSkips, t.down(inSkips, prefix, prefix.end()), limit, skipFields)
}
