package bot

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// sentence is a private reply of one line.
func sentence(s string) chat.Response { return reply(message(s, para(s))) }

func reply(m *chat.Message) chat.Response  { return chat.Response{Reply: m} }
func update(m *chat.Message) chat.Response { return chat.Response{Update: m} }

func message(summary string, blocks ...chat.Block) *chat.Message {
	return &chat.Message{Summary: summary, Blocks: blocks}
}

func para(s string) chat.Paragraph                 { return chat.Paragraph{Text: chat.T(s)} }
func paraf(format string, a ...any) chat.Paragraph { return para(fmt.Sprintf(format, a...)) }
func note(s string) chat.Note                      { return chat.Note{Text: chat.T(s)} }
func heading(s string) chat.Heading                { return chat.Heading{Text: chat.T(s)} }
func row(b ...chat.Button) chat.Buttons            { return chat.Buttons{Row: b} }

// button makes a button that promises what its deed gives.
func (b *Bot) button(label string, parts ...string) chat.Button {
	return chat.Button{Label: label, Action: action(parts...), Gives: b.presses[parts[0]].gives}
}

func primary(b chat.Button) chat.Button { b.Look = chat.Primary; return b }
func danger(b chat.Button) chat.Button  { b.Look = chat.Danger; return b }

// action joins a verb and its arguments; what it is about comes last, so that a post can be recognised by its key.
func action(parts ...string) string { return strings.Join(parts, ":") }

func splitAction(a string) (verb string, args []string) {
	parts := strings.Split(a, ":")
	return parts[0], parts[1:]
}

// roundKey names a round: the key of its post, and the last part of the actions on it.
func roundKey(track string, no int) string { return track + "-" + strconv.Itoa(no) }

// readRoundKey is the inverse of roundKey; ok is false for what it could not have made.
func readRoundKey(key string) (track string, no int, ok bool) {
	track, n, found := strings.Cut(key, "-")
	no, err := strconv.Atoi(n)
	return track, no, found && isID(track) && err == nil && no > 0 && n == strconv.Itoa(no)
}

// seqKey names an answer.
func seqKey(seq uint64) string { return "s" + strconv.FormatUint(seq, 10) }

func readSeqKey(key string) (uint64, bool) {
	n, found := strings.CutPrefix(key, "s")
	seq, err := strconv.ParseUint(n, 10, 64)
	return seq, found && err == nil && seq > 0
}

func isID(s string) bool {
	if len(s) != 8 {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '2' || r > '7') {
			return false
		}
	}
	return true
}

// plural gives "1 answer", "2 answers".
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// and joins words as people do: a, b and c.
func and(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// location returns the zone of that name, UTC when it is not known any more.
func location(name string) *time.Location {
	if l, err := time.LoadLocation(name); err == nil && name != "" {
		return l
	}
	return time.UTC
}

// clip bounds a text of people to n characters.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return strings.TrimRight(string(r[:n-1]), " \n") + "…"
}
