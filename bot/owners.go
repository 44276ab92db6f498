package bot

import (
	"errors"
	"slices"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// The deeds of the table in tracks.go that say who looks after tracks.

func (b *Bot) addOwner(_ store.Tx, c call, t *store.Track, value string) (string, error) {
	id := strings.Trim(value, "<@!> ")
	if i := strings.IndexByte(id, '|'); i > 0 {
		id = id[:i]
	}
	if id == "" || len(id) > 100 || strings.ContainsAny(id, " /|") {
		return "", sorry("Please name one person, by mention or by id.")
	}
	if chat.PlatformOf(id) == "" {
		id = siblingID(c.user(), id)
	}
	if slices.Contains(t.Owners, id) {
		return "They look after it already.", nil
	}
	if len(t.Owners) >= 20 {
		return "", sorry("20 people look after it already.")
	}
	t.Owners = append(t.Owners, id)
	return "They can change this track too, and get its notices.", nil
}

// nameRole names the role that owns all tracks of the space. Only who administrates the space may.
func (b *Bot) nameRole(tx store.Tx, c call, t *store.Track, value string) (string, error) {
	if c.Actor.Admin != chat.Yes {
		return "", sorry("Only somebody who administrates this space can name that role.")
	}
	s, err := tx.Space(t.Space)
	if errors.Is(err, store.ErrNotFound) {
		s, err = store.Space{ID: t.Space, Created: tx.Now()}, nil
	}
	if err != nil {
		return "", err
	}
	say := "No role looks after the tracks any more."
	switch name := strings.Trim(value, "<@&> "); {
	case name == "":
		return "", sorry("Please name the role, like this: tracks role mentors. Or: tracks role off.")
	case strings.EqualFold(name, "off"):
		s.Role = ""
	default:
		s.Role = clip(name, 100)
		say = "Whoever has the role " + s.Role + " can change all tracks here."
	}
	return say, tx.PutSpace(s)
}

// siblingID makes the identifier of another person of the same platform and space, by the shape of the actor's own.
func siblingID(mine, id string) string {
	if i := strings.LastIndexByte(mine, ':'); i >= 0 {
		return mine[:i+1] + id
	}
	return id
}
