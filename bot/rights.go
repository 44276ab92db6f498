package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// Who may do what (RULES.md, section 7). Rights are read from the event's actor on every action, never from a button.

// mayManage says whether the actor may change the track.
func mayManage(tx store.Tx, c call, t store.Track) (bool, error) {
	if t.Direct {
		return t.CreatedBy == c.user(), nil
	}
	if slices.Contains(t.Owners, c.user()) {
		return true, nil
	}
	if t.Space != string(c.Space) { // rights in one space are none in another
		return false, nil
	}
	if c.Actor.Admin == chat.Yes {
		return true, nil
	}
	return ownsSpace(tx, c)
}

// maySetUp says whether the actor may make a track in the channel: administrators and owners always; where the platform
// leaves it open (Admin Unknown), whoever first sets the channel up, and its owners from then on.
func maySetUp(tx store.Tx, c call) (bool, error) {
	if c.Direct || c.Actor.Admin == chat.Yes {
		return true, nil
	}
	if owns, err := ownsSpace(tx, c); owns || err != nil {
		return owns, err
	}
	tracks, err := tx.ChannelTracks(string(c.Channel))
	if err != nil {
		return false, err
	}
	first := true
	for _, t := range tracks {
		if slices.Contains(t.Owners, c.user()) {
			return true, nil
		}
		first = first && t.State == store.TrackRemoved
	}
	return first && c.Actor.Admin == chat.Unknown, nil
}

func ownsSpace(tx store.Tx, c call) (bool, error) {
	s, err := tx.Space(string(c.Space))
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return slices.Contains(s.Owners, c.user()) || (s.Role != "" && slices.Contains(c.Actor.Roles, s.Role)), err
}

const notAllowed = sorry("Only those who look after this track, or who administrate this space, can do that.")

// managed reads a track that the actor may change; id "" is the channel's only one.
func (b *Bot) managed(tx store.Tx, c call, id string) (store.Track, error) {
	t, err := b.trackHere(tx, c, id)
	if err != nil {
		return t, err
	}
	ok, err := mayManage(tx, c, t)
	if err == nil && !ok {
		err = notAllowed
	}
	return t, err
}

// trackHere finds a track of the event's space by id, or the channel's only one.
func (b *Bot) trackHere(tx store.Tx, c call, id string) (store.Track, error) {
	if id != "" {
		if !isID(id) {
			return store.Track{}, noSuchTrack
		}
		t, err := tx.Track(id)
		if errors.Is(err, store.ErrNotFound) || (err == nil && t.Space != string(c.Space)) {
			return t, noSuchTrack
		}
		return t, err
	}
	all, err := tx.ChannelTracks(string(c.Channel))
	if err != nil {
		return store.Track{}, err
	}
	all = slices.DeleteFunc(all, func(t store.Track) bool { return t.State == store.TrackRemoved })
	switch len(all) {
	case 0:
		return store.Track{}, sorry("Nothing is set up in this channel yet. " + b.typed(c.Space) + "setup starts a daily question.")
	case 1:
		return all[0], nil
	}
	return store.Track{}, sorry("This channel has several tracks. Please say which, by the id that " + b.typed(c.Space) + "tracks shows.")
}

// added: the bot came into a channel or a space.
func (b *Bot) added(ctx context.Context, c call) (chat.Response, error) {
	_, err := b.write(ctx, c, "note a new space", func(tx store.Tx) error {
		s, err := tx.Space(string(c.Space))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		away := err == nil && !s.Removed.IsZero()
		if err := returned(tx, string(c.Space)); err != nil || !away {
			return err
		}
		return b.tellPaused(tx, c)
	})
	b.wake()
	return chat.Response{}, err
}

// tellPaused tells those who look after tracks that the bot is back: what paused when it was removed does not go on by itself.
func (b *Bot) tellPaused(tx store.Tx, c call) error {
	tracks, err := tx.SpaceTracks(string(c.Space))
	if err != nil {
		return err
	}
	for _, t := range tracks {
		if t.State != store.TrackPaused {
			continue
		}
		if err := b.tellOwners(tx, t.ID, "I was removed and am back. Nothing is posted here until "+b.typed(c.Space)+"tracks resume; streaks stand where they were."); err != nil {
			return err
		}
	}
	return nil
}

// returned notes that the bot is in a space, which it may not have known, so that nothing of it is deleted.
func returned(tx store.Tx, space string) error {
	s, err := tx.Space(space)
	if err == nil && s.Removed.IsZero() {
		return nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err != nil {
		s = store.Space{ID: space, Created: tx.Now()}
	}
	s.Removed = time.Time{}
	return errors.Join(tx.PutSpace(s), tx.DeleteTask("leave:"+space))
}
