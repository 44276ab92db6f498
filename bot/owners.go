package bot

import (
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
	if strings.Trim(value, "<@&> ") == "" {
		return "", sorry("Please name the role, like this: tracks role mentors. Or: tracks role off.")
	}
	role, err := readRole(c, value)
	if err != nil {
		return "", err
	}
	if strings.EqualFold(role, "off") {
		return "No role looks after the tracks any more.", setRole(tx, t.Space, "")
	}
	return roleMay(role), setRole(tx, t.Space, role)
}

// readRole reads a role's name or identifier from somebody who may name one.
func readRole(c call, value string) (string, error) {
	switch role := strings.Trim(value, "<@&> "); {
	case c.Direct:
		return "", sorry("There are no roles in a direct conversation: what is set up here is yours alone.")
	case c.Actor.Admin != chat.Yes:
		return "", sorry("Only somebody who administrates this space can name that role.")
	default:
		return clip(role, 100), nil
	}
}

// setRole stores the role that owns all tracks of the space; "" = none.
func setRole(tx store.Tx, space, role string) error {
	s, err := tx.Space(space)
	if err != nil {
		return err
	}
	s.Role = role
	return tx.PutSpace(s)
}

// roleMay says what a role may do; an identifier says nothing to people.
func roleMay(role string) string {
	if strings.Trim(role, "0123456789") == "" {
		return "Whoever has that role can change all tracks here."
	}
	return "Whoever has the role " + role + " can change all tracks here."
}

// siblingID makes the identifier of another person of the same platform and space, by the shape of the actor's own.
func siblingID(mine, id string) string {
	if i := strings.LastIndexByte(mine, ':'); i >= 0 {
		return mine[:i+1] + id
	}
	return id
}
