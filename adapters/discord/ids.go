package discord

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// The identifiers this adapter makes, all over Discord's snowflakes:
//
//	space    discord:GUILD, or discord:@USER for what one person uses alone
//	channel  discord:CHANNEL, or discord:@USER for the person's direct conversation with the bot
//	user     discord:USER
//	message  discord:CHANNEL.MESSAGE
//	event    discord:INTERACTION, or discord:SESSION.SEQUENCE for what the gateway tells besides
//
// They are stored for ever: new forms may be added, these stay readable.
const (
	platformName = "discord"
	prefix       = platformName + ":"
	alone        = "@"
)

// ownSpace is the space under which the adapter keeps what belongs to no guild and no person.
const ownSpace chat.SpaceID = prefix + "app"

func guildSpace(guild string) chat.SpaceID       { return chat.SpaceID(prefix + guild) }
func homeSpace(user string) chat.SpaceID         { return chat.SpaceID(prefix + alone + user) }
func channelID(channel string) chat.ChannelID    { return chat.ChannelID(prefix + channel) }
func directID(user string) chat.ChannelID        { return chat.ChannelID(prefix + alone + user) }
func userID(user string) chat.UserID             { return chat.UserID(prefix + user) }
func eventID(interaction string) chat.EventID    { return chat.EventID(prefix + interaction) }
func messageID(channel, m string) chat.MessageID { return chat.MessageID(prefix + channel + "." + m) }

// deliveryID names a delivery that Discord gives no name, by what it says.
func deliveryID(body []byte) chat.EventID {
	sum := sha256.Sum256(body)
	return chat.EventID(prefix + hex.EncodeToString(sum[:16]))
}

// snowflakeOf returns the snowflake of an identifier of one of the plain forms.
func snowflakeOf[T ~string](id T) (string, bool) {
	s, ok := strings.CutPrefix(string(id), prefix)
	return s, ok && isSnowflake(s)
}

// channelOf returns the channel, or the user whose direct conversation it is.
func channelOf(c chat.ChannelID) (channel, user string, ok bool) {
	s, ok := strings.CutPrefix(string(c), prefix)
	if !ok {
		return "", "", false
	}
	if u, direct := strings.CutPrefix(s, alone); direct {
		return "", u, isSnowflake(u)
	}
	return s, "", isSnowflake(s)
}

func messageOf(id chat.MessageID) (channel, message string, ok bool) {
	s, ok := strings.CutPrefix(string(id), prefix)
	if !ok {
		return "", "", false
	}
	channel, message, ok = strings.Cut(s, ".")
	return channel, message, ok && isSnowflake(channel) && isSnowflake(message)
}

// isSnowflake says whether s is a decimal number of at most 64 bits, as Discord writes its identifiers.
func isSnowflake(s string) bool {
	if s == "" || s[0] < '0' || s[0] > '9' {
		return false
	}
	_, err := strconv.ParseUint(s, 10, 64)
	return err == nil
}

// epoch is the first millisecond of 2015, where Discord's snowflakes begin:
// https://discord.com/developers/docs/reference#snowflakes
const epoch = 1420070400000

// madeAt returns when a snowflake was made; the zero time when it is none.
func madeAt(snowflake string) time.Time {
	n, err := strconv.ParseUint(snowflake, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + epoch)
}

// firstAt returns the smallest snowflake that can be made at t.
func firstAt(t time.Time) string {
	ms := t.UnixMilli() - epoch
	if ms < 0 {
		ms = 0
	}
	return strconv.FormatUint(uint64(ms)<<22, 10)
}
