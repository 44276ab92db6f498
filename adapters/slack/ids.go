package slack

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Name is the prefix of every identifier made here.
const Name = "slack"

// Identifiers are stored for ever, so their forms never change:
//
//	space    slack:T123
//	channel  slack:T123:C123   a conversation; slack:T123:U123 is the bot's direct conversation with that person
//	user     slack:T123:U123
//	message  slack:T123:C123:1700000000.000100
//	event    slack:Ev123, slack:<trigger_id>, or slack:h:<SHA-256> for what is longer or stranger than the port allows

func spaceID(team string) chat.SpaceID { return chat.SpaceID(Name + ":" + team) }

func channelID(team, channel string) chat.ChannelID {
	return chat.ChannelID(Name + ":" + team + ":" + channel)
}

func userID(team, user string) chat.UserID { return chat.UserID(Name + ":" + team + ":" + user) }

func messageID(team, channel, ts string) chat.MessageID {
	return chat.MessageID(Name + ":" + team + ":" + channel + ":" + ts)
}

func eventID(id string) chat.EventID {
	if len(id) > 0 && len(id) <= 150 && every(id, func(r rune) bool { return word(r) || r == '.' || r == '-' || r == '_' }) {
		return chat.EventID(Name + ":" + id)
	}
	sum := sha256.Sum256([]byte(id))
	return chat.EventID(Name + ":h:" + hex.EncodeToString(sum[:]))
}

// conversation reads a ChannelID: what Slack calls the channel, which may be a person's id.
func conversation(c chat.ChannelID) (team, channel string, ok bool) {
	return pair(string(c))
}

// person reads a UserID.
func person(u chat.UserID) (team, user string, ok bool) {
	return pair(string(u))
}

// posted reads a MessageID.
func posted(m chat.MessageID) (team, channel, ts string, ok bool) {
	i := strings.LastIndexByte(string(m), ':')
	if i < 0 {
		return "", "", "", false
	}
	team, channel, ok = pair(string(m[:i]))
	ts = string(m[i+1:])
	return team, channel, ts, ok && isTS(ts)
}

func pair(s string) (team, id string, ok bool) {
	parts := strings.Split(s, ":")
	if len(parts) != 3 || parts[0] != Name || !isID(parts[1]) || !isID(parts[2]) {
		return "", "", false
	}
	return parts[1], parts[2], true
}

// isID says whether s can be an identifier of Slack's: letters and digits.
func isID(s string) bool { return s != "" && len(s) <= 40 && every(s, word) }

// isTS says whether s can be the time stamp that names a message: digits, a dot, digits.
func isTS(s string) bool {
	secs, micros, ok := strings.Cut(s, ".")
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	return ok && secs != "" && micros != "" && len(s) <= 40 && every(secs, digit) && every(micros, digit)
}

// isDirect says whether a channel's identifier names a direct conversation of two.
func isDirect(channel string) bool { return strings.HasPrefix(channel, "D") }

// isPerson says whether a channel's identifier is a person's, as in posts that open a direct conversation.
func isPerson(channel string) bool {
	return strings.HasPrefix(channel, "U") || strings.HasPrefix(channel, "W")
}

func word(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

func every(s string, ok func(rune) bool) bool {
	for _, r := range s {
		if !ok(r) {
			return false
		}
	}
	return true
}
