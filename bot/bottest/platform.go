// Package bottest is what the core's tests run on, with neither network nor disk: a chat.Platform in memory on which
// people type, press and fill; a store.Store in memory; a clock that is moved by hand. All of it is stricter than the
// real ones: what a platform would refuse, or what breaks a promise of package chat, is noted in Refusals and fails the
// test of the person whose deed brought it about.
package bottest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Home is the space that Channel makes channels in.
const Home chat.SpaceID = "test:s-home"

// Platform is a chat platform in memory, named "test". The zero Platform is not valid: use New. Safe for concurrent use.
type Platform struct {
	now   func() time.Time
	table chat.Table

	mu       sync.Mutex
	running  context.Context
	handler  chat.Handler
	rooms    map[chat.ChannelID]*room
	people   map[string]*human
	lost     map[chat.SpaceID]bool
	faults   []Fault
	ready    map[gate]time.Time
	written  map[chat.Kind]int
	down     error
	refusals []string
	events   int
	messages int
	last     *deed
	changed  chan struct{}
}

type gate struct {
	channel chat.ChannelID
	kind    chat.Kind
}

// room is a channel; owner is set in a direct conversation.
type room struct {
	id      chat.ChannelID
	space   chat.SpaceID
	name    string
	owner   *human
	gone    bool
	entries []*entry
}

// entry is a message in a room; only is set when one person alone sees it.
type entry struct {
	id      chat.MessageID
	room    *room
	only    *human
	key     string
	at      time.Time
	version []chat.Message
	chosen  map[*human]map[string][]string // what a person has in menus and checks, by action
}

func (e *entry) message() chat.Message { return e.version[len(e.version)-1] }

// New makes a platform that goes by now and reads typed lines by the table.
func New(now func() time.Time, table chat.Table) *Platform {
	return &Platform{
		now: now, table: table,
		rooms: map[chat.ChannelID]*room{}, people: map[string]*human{}, lost: map[chat.SpaceID]bool{},
		ready: map[gate]time.Time{}, written: map[chat.Kind]int{}, changed: make(chan struct{}),
	}
}

// Name implements chat.Platform.
func (p *Platform) Name() string { return "test" }

// Caps implements chat.Platform: the strictest of Slack and Discord, and a little less.
func (p *Platform) Caps() chat.Caps {
	return chat.Caps{
		Total: 3800, Blocks: 45, Text: 2900, Heading: 150, Summary: 3000, Row: 5, Label: 75, Choices: 25, Choice: 75,
		Checks: 10, Fields: 10, Field: 1000, FormTitle: 24, InputLabel: 45, Placeholder: 100, FormIntro: 1500, Pictures: true,
	}
}

// Run implements chat.Platform. People's deeds reach h while it runs.
func (p *Platform) Run(ctx context.Context, h chat.Handler) error {
	p.Attach(ctx, h)
	<-ctx.Done()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running == ctx {
		p.running, p.handler = nil, nil
	}
	return nil
}

// Attach is the first half of Run: it gives people's deeds to h and returns at once, for tests that need no Run.
func (p *Platform) Attach(ctx context.Context, h chat.Handler) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running, p.handler = ctx, h
	p.ring()
}

// Running says whether deeds reach a handler.
func (p *Platform) Running() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.handler != nil
}

// Healthy implements chat.Health: what Down said last.
func (p *Platform) Healthy() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.down
}

// Down sets what Healthy returns.
func (p *Platform) Down(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = err
}

// Ready implements chat.Platform: what Hold said last, or a rate limit that Fail brought about, else now.
func (p *Platform) Ready(c chat.ChannelID, k chat.Kind) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at, ok := p.ready[gate{c, k}]; ok {
		return at
	}
	return p.now()
}

// Hold makes Ready return at for calls of the kind to the channel; such calls before it get chat.Later.
func (p *Platform) Hold(c chat.ChannelID, k chat.Kind, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ready[gate{c, k}] = at
}

// Fault is what happens to a call instead of what should.
type Fault struct {
	Call  chat.Kind
	Times int   // of how many calls; 0 = 1
	Err   error // what the call returns; chat.Later also holds further calls there until its time
	Done  bool  // the call is done all the same, as when only the reply is lost
	Hang  bool  // it returns when its context ends, and not before
}

// Fail arms a fault for the next calls of its kind. Faults of one kind come in the order in which they were armed.
func (p *Platform) Fail(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range max(f.Times, 1) {
		p.faults = append(p.faults, f)
	}
}

// Written counts the calls of the kind so far, whatever became of them.
func (p *Platform) Written(k chat.Kind) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.written[k]
}

// Refusals lists what the bot did that a platform would refuse or that breaks a promise of package chat.
func (p *Platform) Refusals() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.refusals...)
}

// Changed returns a channel that is closed at the next change of anything a person can see.
func (p *Platform) Changed() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

func (p *Platform) ring() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// Post implements chat.Platform.
func (p *Platform) Post(ctx context.Context, c chat.ChannelID, m chat.Message, key string) (chat.MessageID, error) {
	var id chat.MessageID
	err := p.call(ctx, gate{c, chat.KindPost}, func() error {
		if err := fits(m, p.Caps(), key); err != nil {
			return p.refuse("post to %s: %w", c, err)
		}
		r, err := p.open(c)
		if err != nil {
			return err
		}
		id = p.add(r, nil, m, key).id
		return nil
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// Edit implements chat.Platform.
func (p *Platform) Edit(ctx context.Context, id chat.MessageID, m chat.Message) error {
	p.mu.Lock()
	e := p.find(id)
	g := gate{kind: chat.KindEdit}
	if e != nil {
		g.channel = e.room.id
	}
	p.mu.Unlock()
	return p.call(ctx, g, func() error {
		if err := fits(m, p.Caps(), ""); err != nil {
			return p.refuse("edit %s: %w", id, err)
		}
		if e == nil {
			return fmt.Errorf("edit %s: %w", id, chat.ErrGone)
		}
		if _, err := p.open(e.room.id); err != nil {
			return err
		}
		e.version = append(e.version, m)
		p.ring()
		return nil
	})
}

// Direct implements chat.Platform.
func (p *Platform) Direct(ctx context.Context, u chat.UserID, m chat.Message) error {
	return p.call(ctx, gate{kind: chat.KindDirect}, func() error {
		if err := fits(m, p.Caps(), ""); err != nil {
			return p.refuse("direct to %s: %w", u, err)
		}
		for _, h := range p.people {
			if h.actor.User == u {
				p.add(h.direct, nil, m, "")
				return nil
			}
		}
		return fmt.Errorf("direct to %s: %w", u, chat.ErrGone)
	})
}

// Find implements chat.Finder.
func (p *Platform) Find(ctx context.Context, c chat.ChannelID, key string, since time.Time) (chat.MessageID, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	r, err := p.open(c)
	if err != nil {
		return "", err
	}
	for _, e := range r.entries {
		if e.key == key && key != "" && !e.at.Before(since) {
			return e.id, nil
		}
	}
	return "", fmt.Errorf("find %s in %s: %w", key, c, chat.ErrNotFound)
}

// Plain returns the platform without its optional abilities (Finder, Health).
func (p *Platform) Plain() chat.Platform { return struct{ chat.Platform }{p} }

// call runs deed under the lock, unless the context, a rate limit or a fault says otherwise.
func (p *Platform) call(ctx context.Context, g gate, deed func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p.mu.Lock()
	if at := p.ready[g]; at.After(p.now()) {
		p.mu.Unlock()
		return chat.Later{At: at}
	}
	p.written[g.kind]++
	f, failing := p.fault(g.kind)
	var err error
	if !failing || f.Done {
		err = deed()
	}
	if later, ok := f.Err.(chat.Later); ok {
		p.ready[g] = later.At
	}
	p.mu.Unlock()
	if !failing || err != nil {
		return err
	}
	if f.Hang {
		<-ctx.Done()
	}
	return f.Err
}

func (p *Platform) fault(k chat.Kind) (Fault, bool) {
	for i, f := range p.faults {
		if f.Call == k {
			p.faults = append(p.faults[:i:i], p.faults[i+1:]...)
			return f, true
		}
	}
	return Fault{}, false
}

func (p *Platform) refuse(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	p.refusals = append(p.refusals, err.Error())
	return err
}

// open returns the room when the bot may speak there.
func (p *Platform) open(c chat.ChannelID) (*room, error) {
	r := p.rooms[c]
	switch {
	case r == nil, r.gone:
		return nil, fmt.Errorf("%s: %w", c, chat.ErrGone)
	case p.lost[r.space]:
		return nil, fmt.Errorf("%s: %w", c, chat.ErrRevoked)
	}
	return r, nil
}

func (p *Platform) add(r *room, only *human, m chat.Message, key string) *entry {
	p.messages++
	e := &entry{
		id: chat.MessageID(fmt.Sprintf("test:m%d", p.messages)), room: r, only: only, key: key, at: p.now(),
		version: []chat.Message{m}, chosen: map[*human]map[string][]string{},
	}
	r.entries = append(r.entries, e)
	p.ring()
	return e
}

func (p *Platform) find(id chat.MessageID) *entry {
	for _, r := range p.rooms {
		for _, e := range r.entries {
			if e.id == id && e.only == nil {
				return e
			}
		}
	}
	return nil
}

// slug makes a name fit for an identifier.
func slug(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, name)
}
