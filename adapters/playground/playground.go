// Package playground is a chat platform in a web page: a small team to look around in, on a clock that can be moved, or one
// person's own practice on the real one. Everything is rendered on the server; the page needs no network but the bot's own.
package playground

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

//go:embed web
var web embed.FS

// Kind is which of the two doors an adapter is behind.
type Kind uint8

const (
	Demo Kind = iota // a made-up team; Options.Clock is a chat.Mover
	Self             // one real person on the real clock, in one direct conversation
)

// Options is what run.go gives to New. Name, Keep and Clock are needed.
type Options struct {
	Name  string // lower-case letters: the platform's name and the first part of its path, such as "demo"
	Title string // above the page; "" = by Kind
	Kind  Kind
	Keep  chat.Keep
	Clock chat.Clock // the bar that moves it is shown only when it is a chat.Mover
	Table chat.Table
	Log   *slog.Logger // nil = slog.Default()
	// Begin, when set, prepares a new space after its Added events were handled: the first one, and each that *start
	// over* makes. It runs until it returned nil once, also over restarts, so it must be idempotent.
	Begin func(ctx context.Context, s Scene) error
}

// Scene is a new space, ready to be set up.
type Scene struct {
	Space   chat.SpaceID
	Channel chat.ChannelID // where the daily question belongs
	Direct  bool           // Channel is a direct conversation
	Owner   chat.Actor     // may change everything there
}

// Adapter is a chat.Platform and chat.Finder, and the web site (Handler) through which people use it. Safe for concurrent
// use. Its state is wholly in memory and, message by message, in Options.Keep.
type Adapter struct {
	o     Options
	log   *slog.Logger
	pages *template.Template
	hub   *hub
	deeds *deeds

	mu     sync.Mutex // guards what follows
	room   *room
	begun  bool // Begin is done for room
	moving context.CancelFunc
}

// New reads what was kept, or makes a first space. It blocks on storage. Run must be called before anything happens.
func New(ctx context.Context, o Options) (*Adapter, error) {
	if o.Name == "" || o.Keep == nil || o.Clock == nil {
		return nil, fmt.Errorf("the playground %q needs a name, a keep and a clock", o.Name)
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Title == "" {
		o.Title = "Demo team"
		if o.Kind == Self {
			o.Title = "My practice"
		}
	}
	pages, err := loadPages()
	if err != nil {
		return nil, err
	}
	a := &Adapter{o: o, log: o.Log.With("platform", o.Name), pages: pages, hub: newHub(), deeds: newDeeds()}
	if err := a.resume(ctx); err != nil {
		return nil, err
	}
	return a, nil
}

// Name is Options.Name.
func (a *Adapter) Name() string { return a.o.Name }

// Caps are generous: a web page has room.
func (a *Adapter) Caps() chat.Caps {
	return chat.Caps{
		Total: 12000, Blocks: 50, Text: 3000, Heading: 200, Summary: 3000,
		Row: 5, Label: 80, Choices: 25, Choice: 100, Checks: 25, Fields: 10, Field: 1000,
		FormTitle: 60, InputLabel: 80, Placeholder: 150, FormIntro: 4000, Pictures: true,
	}
}

// Ready is always at once: there is no rate limit.
func (a *Adapter) Ready(chat.ChannelID, chat.Kind) time.Time { return time.Time{} }

// Handler serves every path below "/" + Name + "/". Put Guard in front of it.
func (a *Adapter) Handler() http.Handler { return a.routes() }

// now is the time that people in this space live by.
func (a *Adapter) now() time.Time { return a.o.Clock.Now().UTC() }

// current is the space that is in use.
func (a *Adapter) current() *room {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.room
}
