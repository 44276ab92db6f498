// Package bot is what Interviewbot does: it answers people's events, and it does what is due. It knows no platform and no
// database; it speaks chat on one side and store on the other.
package bot

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
)

// Options is what a Bot is made of. Store, Bank and Now are required.
type Options struct {
	Store     store.Store
	Bank      *questions.Bank
	Now       func() time.Time  // the wall clock; the same one that the store goes by
	Log       *slog.Logger      // nil = discard
	Platforms []chat.Platform   // may also be given later, before Run, by Join
	Prefix    string            // what is typed before a command's name, for the texts that name one; "" = "/interview "
	Prefixes  map[string]string // the same for a platform of which it is not Prefix
	Busy      int               // events handled at once; 0 = 256
	Grace     time.Duration     // from the loss of a space to the deletion of its data; 0 = 7 days
	Version   string            // of the program, for other replicas to see
	Nap       time.Duration     // the longest sleep of the loop; 0 = 30 s
}

// Bot answers events (Handle) and does what is due (Run, Tick). Safe for concurrent use.
type Bot struct {
	store     store.Store
	bank      atomic.Pointer[questions.Bank]
	now       func() time.Time
	log       *slog.Logger
	platforms map[string]chat.Platform
	replica   string
	version   string
	grace     time.Duration
	nap       time.Duration
	prefix    string
	prefixes  map[string]string

	commands []paired
	presses  map[string]deed
	submits  map[string]submit

	gate    chan struct{}
	order   order
	asked   asked
	own     own
	poke    chan struct{}
	ticking sync.Mutex
	resting resting
	metrics metrics
}

// New makes a Bot. It starts nothing.
func New(o Options) *Bot {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Busy == 0 {
		o.Busy = 256
	}
	if o.Prefix == "" {
		o.Prefix = "/interview "
	}
	if o.Grace == 0 {
		o.Grace = grace
	}
	if o.Nap == 0 {
		o.Nap = nap
	}
	b := &Bot{
		nap: o.Nap, version: o.Version, grace: o.Grace,
		store: o.Store, now: o.Now, log: o.Log, platforms: map[string]chat.Platform{}, replica: newID(16), prefix: o.Prefix, prefixes: o.Prefixes,
		gate: make(chan struct{}, o.Busy), poke: make(chan struct{}, 1),
	}
	b.bank.Store(o.Bank)
	for _, p := range o.Platforms {
		b.Join(p)
	}
	b.commands = b.pairCommands()
	b.presses = b.pairPresses()
	b.submits = b.pairSubmits()
	return b
}

// Join gives the bot a platform to speak through. Call it before Run.
func (b *Bot) Join(p chat.Platform) { b.platforms[p.Name()] = p }

// SetBank changes the bank; rounds that are open keep the question they had.
func (b *Bot) SetBank(bank *questions.Bank) { b.bank.Store(bank) }

// Bank returns the bank in use.
func (b *Bot) Bank() *questions.Bank { return b.bank.Load() }

// Replica returns this process's name among replicas.
func (b *Bot) Replica() string { return b.replica }

// Commands is the table of all commands, for the adapters.
func (b *Bot) Commands() chat.Table {
	t := make(chat.Table, len(b.commands))
	for i, p := range b.commands {
		t[i] = p.Command
	}
	return t
}

// typed is what is typed before a command's name in a space.
func (b *Bot) typed(s chat.SpaceID) string {
	if p, ok := b.prefixes[chat.PlatformOf(s)]; ok {
		return p
	}
	return b.prefix
}

// platform returns the platform an identifier belongs to.
func (b *Bot) platform(id string) (chat.Platform, error) {
	name := chat.PlatformOf(id)
	p, ok := b.platforms[name]
	if !ok {
		return nil, fmt.Errorf("platform %q of %s is not connected", name, id)
	}
	return p, nil
}

// newID returns n random characters of a-z and 2-7.
func newID(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // crypto/rand.Read never fails since Go 1.24
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))[:n]
}

// wake makes the loop look for due work at once.
func (b *Bot) wake() {
	select {
	case b.poke <- struct{}{}:
	default:
	}
}

// view is store.View with the deed in the error.
func (b *Bot) view(ctx context.Context, deed string, f func(store.Tx) error) error {
	if err := b.store.View(ctx, f); err != nil {
		return fmt.Errorf("%s: %w", deed, err)
	}
	return nil
}

// Channels lists the channels of the platform that have a track which is not removed.
func (b *Bot) Channels(ctx context.Context, platform string) (out []chat.ChannelID, err error) {
	const page = 1000
	seen := map[string]bool{}
	after := ""
	for {
		var tracks []store.Track
		err := b.view(ctx, "list channels", func(tx store.Tx) (err error) {
			tracks, err = tx.AllTracks(after, page)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, t := range tracks {
			after = t.ID
			if t.State != store.TrackRemoved && !t.Direct && chat.PlatformOf(t.Channel) == platform && !seen[t.Channel] {
				seen[t.Channel] = true
				out = append(out, chat.ChannelID(t.Channel))
			}
		}
		if len(tracks) < page {
			return out, nil
		}
	}
}
