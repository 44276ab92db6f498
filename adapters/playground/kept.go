package playground

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// message is one message of a space, as it is kept and as the templates show it.
type message struct {
	N       int       // counts up in a space, never used twice by a kept message
	Channel string    // local name, see ids.go
	From    string    `json:",omitempty"` // the person who wrote it; "" = the bot
	Name    string    // of the writer, at that time
	To      string    `json:",omitempty"` // the only person who sees it; "" = everybody in the channel
	At      time.Time // by the space's clock
	Asked   string    `json:",omitempty"` // the command it answers, as typed
	Key     string    `json:",omitempty"` // of Post
	Deed    string    `json:",omitempty"` // the event it came of, so that a resend adds nothing
	Summary string
	Parts   []part
	size    int // kept values it takes
}

// part is one chat.Block with the field names of all of them.
type part struct {
	Kind     string          // name of the template that shows it
	Text     chat.Text       `json:",omitempty"`
	Items    []chat.Text     `json:",omitempty"`
	Ordered  bool            `json:",omitempty"`
	Language string          `json:",omitempty"`
	Source   string          `json:",omitempty"`
	Hidden   bool            `json:",omitempty"` // of code: until asked for
	Label    string          `json:",omitempty"` // description, placeholder or label
	PNG      []byte          `json:",omitempty"`
	Pairs    []chat.Field    `json:",omitempty"`
	Row      []chat.Button   `json:",omitempty"`
	Action   string          `json:",omitempty"`
	Choices  []chat.Choice   `json:",omitempty"`
	Picked   map[string]bool `json:",omitempty"`
}

// partsOf reads blocks; named fills in the names of mentions.
func partsOf(blocks []chat.Block, named func(chat.Text) chat.Text) []part {
	parts := make([]part, 0, len(blocks))
	for _, b := range blocks {
		var p part
		switch b := b.(type) {
		case chat.Heading:
			p = part{Kind: "heading", Text: named(b.Text)}
		case chat.Paragraph:
			p = part{Kind: "paragraph", Text: named(b.Text)}
		case chat.List:
			p = part{Kind: "list", Ordered: b.Ordered}
			for _, it := range b.Items {
				p.Items = append(p.Items, named(it))
			}
		case chat.Code:
			p = part{Kind: "code", Language: b.Language, Source: b.Source, Hidden: b.Hidden}
		case chat.Quote:
			p = part{Kind: "quote", Text: named(b.Text)}
		case chat.Fields:
			p = part{Kind: "fields"}
			for _, f := range b.Pairs {
				p.Pairs = append(p.Pairs, chat.Field{Name: f.Name, Value: named(f.Value)})
			}
		case chat.Image:
			p = part{Kind: "image", PNG: b.PNG, Label: b.Description}
		case chat.Buttons:
			p = part{Kind: "buttons", Row: b.Row}
		case chat.Menu:
			p = part{Kind: "menu", Action: b.Action, Label: b.Placeholder, Choices: b.Choices, Picked: set([]string{b.Selected})}
		case chat.Checks:
			p = part{Kind: "checks", Action: b.Action, Label: b.Label, Choices: b.Choices, Picked: set(b.Ticked)}
		case chat.Note:
			p = part{Kind: "note", Text: named(b.Text)}
		case chat.Rule:
			p = part{Kind: "rule"}
		}
		parts = append(parts, p)
	}
	return parts
}

func set(values []string) map[string]bool {
	m := map[string]bool{}
	for _, v := range values {
		if v != "" {
			m[v] = true
		}
	}
	return m
}

// httpLink says whether an address may be followed.
func httpLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

const (
	messagePrefix = "message/"
	chunk         = 60 << 10 // a Keep value holds 64 KiB
)

func messageKey(n, part int) string { return fmt.Sprintf("%s%09d/%03d", messagePrefix, n, part) }

// pack cuts a message into kept values; was is how many it took before.
func (m *message) pack(was int) (map[string][]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // shorter; it is escaped when shown
	if err := enc.Encode(m); err != nil {
		return nil, fmt.Errorf("write message %d: %w", m.N, err)
	}
	values := map[string][]byte{}
	m.size = 0
	for rest := b.Bytes(); len(rest) > 0; m.size++ {
		n := min(len(rest), chunk)
		values[messageKey(m.N, m.size)], rest = rest[:n], rest[n:]
	}
	for i := m.size; i < was; i++ {
		values[messageKey(m.N, i)] = nil
	}
	return values, nil
}

// unpack reads all messages back, oldest first. One that cannot be read is left out and named in the error, beside all
// the others.
func unpack(kept []chat.Kept) ([]message, error) {
	var all []message
	var bad []string
	for i := 0; i < len(kept); {
		head, _, _ := strings.Cut(strings.TrimPrefix(kept[i].Key, messagePrefix), "/")
		var body []byte
		from := i
		for ; i < len(kept) && strings.HasPrefix(kept[i].Key, messagePrefix+head+"/"); i++ {
			body = append(body, kept[i].Value...)
		}
		var m message
		n, err := strconv.Atoi(head)
		if err != nil || json.Unmarshal(body, &m) != nil || m.N != n {
			bad = append(bad, head)
			i = max(i, from+1)
			continue
		}
		m.size = i - from
		all = append(all, m)
	}
	if len(bad) > 0 {
		return all, fmt.Errorf("read kept messages: %d could not be read: %s", len(bad), strings.Join(bad, ", "))
	}
	return all, nil
}
