package playground

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"html/template"
	"io/fs"
	"strings"
	"time"
	"unicode"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// loadPages parses the templates.
func loadPages() (*template.Template, error) {
	version, err := assetVersion()
	if err != nil {
		return nil, err
	}
	t, err := template.New("").Funcs(template.FuncMap{
		"asset":    func(name string) string { return "/static/" + version + "/" + name },
		"rfc":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"form":     formName,
		"is":       func(s chat.Style, bit chat.Style) bool { return s&bit != 0 },
		"http":     httpLink,
		"bidi":     func(s string) bool { return strings.ContainsFunc(s, isBidi) },
		"marked":   marked,
		"initials": initials,
		"hue":      hue,
		"styles":   func() map[string]chat.Style { return styles() },
		"looks":    func(l chat.Look) string { return [...]string{"", "primary", "danger"}[min(l, chat.Danger)] },
		"first":    func(v []string) string { return strings.Join(v[:min(1, len(v))], "") },
		"png": func(b []byte) template.URL {
			return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(b))
		},
		"ms": func(t time.Time) int64 { return t.UnixMilli() },
	}).ParseFS(web, "web/*.html")
	if err != nil {
		return nil, fmt.Errorf("read the playground's templates: %w", err)
	}
	return t, nil
}

// assetVersion changes with any file, so that browsers may keep each for ever.
func assetVersion() (string, error) {
	h := sha256.New()
	err := fs.WalkDir(web, "web", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := web.ReadFile(path)
		h.Write(b)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the playground's files: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil))[:12], nil
}

// fragment renders one template to a string.
func (a *Adapter) fragment(name string, v any) (string, error) {
	var b bytes.Buffer
	if err := a.pages.ExecuteTemplate(&b, name, v); err != nil {
		return "", fmt.Errorf("render %s: %w", name, err)
	}
	return strings.ToValidUTF8(b.String(), "\ufffd"), nil
}

// plain is a sentence as HTML.
func plain(s string) string { return "<p>" + template.HTMLEscapeString(s) + "</p>" }

func styles() map[string]chat.Style {
	return map[string]chat.Style{"bold": chat.Bold, "italic": chat.Italic, "mono": chat.Mono, "strike": chat.Strike, "spoiler": chat.Spoiler}
}

// formName is how the page's script is told to show a time.
func formName(f chat.TimeForm) string {
	return [...]string{"day", "clock", "date", "full", "relative"}[min(f, chat.Relative)]
}

// isBidi says whether a character could turn around the text beside it, so that it must be set apart.
func isBidi(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana)
}

// marked says whether an item brings its own sign, so that it needs no bullet.
func marked(t chat.Text) bool {
	for _, sign := range []string{"✓", "~", "○", "●", "☐", "☑", "•", "–"} {
		if strings.HasPrefix(t.Plain(), sign+" ") {
			return true
		}
	}
	return false
}

// initials are at most two letters to know a person by.
func initials(name string) string {
	var out []rune
	for _, w := range strings.Fields(name) {
		if len(out) < 2 {
			out = append(out, unicode.ToUpper([]rune(w)[0]))
		}
	}
	return string(out)
}

// hue is one of eight colours, the same for the same person.
func hue(id string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(id))
	return h.Sum32() % 8
}

// messageView is a message with what its template needs besides.
type messageView struct {
	message
	Private bool // worth saying that only one person sees it
}

func (a *Adapter) messageView(m message) messageView {
	return messageView{m, m.To != "" && !isDirect(m.Channel)}
}

// pageView is a whole page.
type pageView struct {
	Name, Base, Title string
	Demo, Moves       bool
	Space             chat.SpaceID
	Boot              string
	Rev               int
	Now               time.Time
	People            []person
	Channels          []channel
	Last              map[string]int
	As                person
	In                string // "home", "dm" or a channel's local name
	Channel           string // local name of the channel that is shown, "" on the home page
	Heading, Topic    string
	BotHere, Group    bool
	Messages          []messageView
	Earlier           int // of the oldest message shown, when there are earlier ones
	Before            bool
	Home              []part
	Trouble           string
	Starters          []string // commands to begin with
	Direct            bool
}

const shown = 80 // messages on a page

// pageView gathers a page; what it is not told, or told wrongly, it chooses.
func (a *Adapter) pageView(ctx context.Context, as, in string, before int) pageView {
	rev := a.hub.at() // first: what changes while this is gathered comes again by the stream
	r := a.current()
	who := r.who()
	p, ok := who.person(as)
	if !ok {
		p = who.People[0]
	}
	_, moves := a.mover()
	v := pageView{
		Name: a.o.Name, Base: "/" + a.o.Name + "/", Title: a.o.Title, Demo: r.kind == Demo, Moves: moves, Space: r.space,
		Boot: a.hub.boot, Rev: rev, Now: a.now(), People: who.People, Channels: who.Channels, Last: r.latest(p.ID), As: p, In: in,
	}
	c, ok := who.channel(in)
	switch {
	case in == "home":
		v.Heading, v.Topic = "Home", "What is open today, and how it goes"
		v.Home, v.Trouble = a.home(ctx, r, p)
		return v
	case !ok && (in == "dm" || r.kind == Self):
		v.In, v.Channel, v.Direct, v.BotHere = "dm", direct(p.ID), true, true
		v.Heading, v.Topic = "Interviewbot", "Only you and the bot are here"
	case !ok:
		c = who.Channels[0]
		fallthrough
	default:
		v.In, v.Channel, v.Heading, v.Topic, v.BotHere, v.Group = c.ID, c.ID, c.Name, c.Topic, c.Bot, true
	}
	list, more := r.thread(v.Channel, p.ID, before, shown)
	for _, m := range list {
		v.Messages = append(v.Messages, a.messageView(m))
	}
	if more {
		v.Earlier = list[0].N
	}
	v.Before = before > 0
	v.Starters = a.starters(v.Direct)
	return v
}

// starters are commands that a newcomer may begin with.
func (a *Adapter) starters(alone bool) []string {
	var names []string
	for _, n := range []string{"practice", "setup", "question", "streak", "help"} {
		if c, ok := a.o.Table.Find(n); ok && (c.Personal || !alone) {
			names = append(names, n)
		}
	}
	return names
}

// homeTime is how long a page waits for the home view.
const homeTime = 5 * time.Second

// home asks the bot for a person's home page.
func (a *Adapter) home(ctx context.Context, r *room, p person) (parts []part, trouble string) {
	ctx, cancel := context.WithTimeout(ctx, homeTime)
	defer cancel()
	resp, err := a.ask(ctx, chat.Event{
		ID: chat.EventID(r.id("e-home." + rand.Text())), Space: r.space, Channel: chat.ChannelID(r.id(direct(p.ID))), Direct: true,
		Actor: r.actor(p), What: chat.Home{},
	})
	if err != nil {
		return nil, "This page could not be made just now. Reload it in a moment."
	}
	return partsOf(resp.Home, r.named), ""
}

// formView is a dialog.
type formView struct {
	ID, Title, Send string
	Intro           []part
	Inputs          []inputView
	Message         int
}

type inputView struct {
	chat.Input
	Picked map[string]bool
	Limit  int
	Error  string
}

// form renders a dialog to answer the scene's deed with.
func (a *Adapter) form(s scene, f chat.Form, errs map[string]string) string {
	v := formView{ID: f.ID, Title: f.Title, Send: f.Send, Intro: partsOf(f.Intro, s.room.named), Message: s.pressed}
	if v.Send == "" {
		v.Send = "Send"
	}
	for _, in := range f.Inputs {
		limit := in.Max
		if limit <= 0 || limit > maxValue {
			limit = maxValue
		}
		v.Inputs = append(v.Inputs, inputView{in, set(in.Value), limit, errs[in.ID]})
	}
	html, err := a.fragment("form", v)
	if err != nil {
		a.log.Error("a form could not be rendered", "form", f.ID, "err", err)
		return ""
	}
	return html
}
