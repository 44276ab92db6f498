package discord

import (
	"strconv"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// verb is the first letter of a custom id. It says what the answer to a press may be, so that a press can be deferred
// before its answer is known. Custom ids stand in messages for ever: letters are added, never changed.
type verb byte

const (
	verbReply   verb = 'r' // Button that gives GivesReply
	verbUpdate  verb = 'u' // Button that gives GivesUpdate
	verbForm    verb = 'f' // Button that gives GivesForm
	verbMenu    verb = 'm' // Menu or Checks
	verbButtons verb = 'b' // Menu that stands for buttons; its values are their custom ids
	verbOpen    verb = 'o' // the adapter's own: opens a kept form; the number says where it is
	verbSubmit  verb = 's' // a form; the number says where it is kept
)

func verbOf(g chat.Gives) verb {
	switch g {
	case chat.GivesUpdate:
		return verbUpdate
	case chat.GivesForm:
		return verbForm
	}
	return verbReply
}

// readID parts a custom id; ok is false for one that this adapter never made.
func readID(id string) (v verb, action string, ok bool) {
	head, action, ok := strings.Cut(id, ":")
	if !ok || head == "" || len(id) > maxCustomID || strings.Trim(head[1:], "0123456789") != "" {
		return 0, "", false
	}
	switch v = verb(head[0]); v {
	case verbReply, verbUpdate, verbForm, verbMenu, verbButtons, verbOpen, verbSubmit:
		return v, action, true
	}
	return 0, "", false
}

// numberOf returns the number in a custom id, 0 when there is none.
func numberOf(id string) int64 {
	head, _, _ := strings.Cut(id, ":")
	if head == "" {
		return 0
	}
	n, err := strconv.ParseInt(head[1:], 10, 64)
	if err != nil {
		return 0
	}
	return n
}
