package playground

import (
	"strconv"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Identifiers are the space's own ("demo:" and eight letters), a dot, and a local name: "u1" a person, "c-…" a channel,
// "d-u1" a person's direct conversation with the bot, "m12" a message, "e-…" an event. A new space has none of the old.

func (r *room) id(local string) string { return string(r.space) + "." + local }

// local reads an identifier of this space; "" when it is of another.
func (r *room) local(id string) string {
	l, ok := strings.CutPrefix(id, string(r.space)+".")
	if !ok {
		return ""
	}
	return l
}

func (r *room) messageID(n int) chat.MessageID { return chat.MessageID(r.id("m" + strconv.Itoa(n))) }

// messageN reads a MessageID; 0 when it is of another space or none.
func (r *room) messageN(id chat.MessageID) int {
	s, ok := strings.CutPrefix(r.local(string(id)), "m")
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0
	}
	return n
}

func direct(person string) string   { return "d-" + person }
func isDirect(channel string) bool  { return strings.HasPrefix(channel, "d-") }
func ownerOf(channel string) string { return strings.TrimPrefix(channel, "d-") }

// deedID makes an event's identifier of the name that the page gave the deed; false when it is not one.
func (r *room) deedID(person, name string) (chat.EventID, bool) {
	if len(name) < 8 || len(name) > 64 {
		return "", false
	}
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return "", false
		}
	}
	return chat.EventID(r.id("e-" + person + "." + name)), true
}
