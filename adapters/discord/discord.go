// Package discord is the bot's adapter to Discord. Events come over the gateway (the default, no public address needed)
// or to an HTTP endpoint (any number of replicas); everything else goes over Discord's REST API. The files follow the
// way of an event: gateway or http, parse, respond, render, rest.
package discord

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Options is what the adapter is made of. Token, ApplicationID, Keep, Clock and Table are needed; PublicKey with HTTP.
type Options struct {
	Token         string
	ApplicationID string
	PublicKey     string // hex, from the application's page
	APIURL        string // "/v10/…" is appended; "" = Discord's own
	HTTP          bool   // events come to Handler instead of over the gateway

	Keep  chat.Keep
	Clock chat.Clock
	Table chat.Table
	Log   *slog.Logger // nil = none

	// Network is how Discord is reached, by REST and at the gateway: dialer, proxy, certificates; nil = the usual way, by the
	// environment's proxy. Transport makes the REST calls; nil = Network.
	Network   *http.Transport
	Transport http.RoundTripper
}

// Adapter implements chat.Platform, chat.Finder, chat.Health and chat.Watcher for Discord. Make it with New.
type Adapter struct {
	app      string
	key      ed25519.PublicKey
	overHTTP bool
	keep     chat.Keep
	clock    chat.Clock
	table    chat.Table
	commands []byte // the body that registers them
	log      *slog.Logger
	rest     *rest
	road     road
	roles    roles
	begun    begun // sessions at the gateway, as far as this process knows; only Run touches it

	mu      sync.Mutex
	serving *serving // nil while Run does not run
	self    string   // the bot's own user, "" until known
	state   error    // what keeps the transport from working, nil when it works
}

const (
	errNoApplication Error = "DISCORD_APPLICATION_ID is not an application's id: copy the number from the General Information page"

	errNotRunning Error = "the Discord adapter is not running"
	errNotYet     Error = "not connected to Discord yet"
)

// Mistakes lists what is wrong with what an operator sets, a sentence each.
func (o Options) Mistakes() (wrong []string) {
	need := func(ok bool, sentence string) {
		if !ok {
			wrong = append(wrong, sentence)
		}
	}
	need(o.Token != "", "DISCORD_TOKEN is empty: copy the token from the Bot page of the application")
	need(!strings.ContainsFunc(o.Token, unicode.IsSpace), "DISCORD_TOKEN has white space in it: copy the token alone from the Bot page of the application")
	need(isSnowflake(o.ApplicationID), errNoApplication.Error())
	key, err := hex.DecodeString(o.PublicKey)
	need(!o.HTTP && o.PublicKey == "" || err == nil && len(key) == ed25519.PublicKeySize, "DISCORD_PUBLIC_KEY is not 64 hexadecimal digits: copy it from the General Information page")
	u, err := url.Parse(o.APIURL)
	need(o.APIURL == "" || err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http"), "DISCORD_API_URL is not an http or https address")
	return wrong
}

// New checks the options, all of them at once, and makes an adapter; it calls nobody.
func New(o Options) (*Adapter, error) {
	var bad []error
	for _, sentence := range o.Mistakes() {
		bad = append(bad, errors.New(sentence))
	}
	commands, err := registration(o.Table)
	if err != nil {
		bad = append(bad, err)
	}
	if len(bad) > 0 {
		return nil, errors.Join(bad...)
	}
	key, err := hex.DecodeString(o.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("read the public key: %w", err)
	}
	if o.APIURL == "" {
		o.APIURL = "https://discord.com/api"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Network == nil {
		o.Network = usual()
	}
	if o.Transport == nil {
		o.Transport = o.Network
	}
	r, err := newRest(o.Token, o.APIURL, o.Transport, o.Clock.Now)
	if err != nil {
		return nil, err
	}
	return &Adapter{
		app: o.ApplicationID, key: key, overHTTP: o.HTTP, keep: o.Keep, clock: o.Clock, table: o.Table, commands: commands,
		log: o.Log, rest: r, road: roadOf(o.Network), roles: roles{guilds: map[string]*guildRoles{}}, state: errNotRunning,
	}, nil
}

// Name implements chat.Platform.
func (a *Adapter) Name() string { return platformName }

// Caps implements chat.Platform. Text leaves room below Discord's 4,000 characters for markup; blocks are so many that
// any mix of texts and rows of buttons fits its 40 components.
func (a *Adapter) Caps() chat.Caps {
	return chat.Caps{
		Total: 3800, Blocks: 25, Text: 3000, Heading: 250, Summary: 1000,
		Row: 5, Label: 80, Choices: 25, Choice: 100, Checks: 25, Fields: 25, Field: 1000,
		FormTitle: 45, InputLabel: 45, Placeholder: 100, FormIntro: 1900, Pictures: true,
	}
}

// Healthy implements chat.Health.
func (a *Adapter) Healthy() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.state == nil && a.rest.refused.Load() {
		return fmt.Errorf("discord refuses the token: %w", chat.ErrRevoked)
	}
	return a.state
}

func (a *Adapter) setState(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state = err
}

// Run implements chat.Platform.
func (a *Adapter) Run(ctx context.Context, h chat.Handler) error {
	a.setState(errNotYet)
	defer a.setState(errNotRunning)
	if err := a.introduce(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	s := newServing(ctx, h, a.log)
	a.setServing(s)
	defer s.wait()
	defer a.setServing(nil)
	s.run(func() { a.register(s.ctx) })
	s.run(func() { a.sweep(s.ctx) })
	if a.overHTTP {
		a.setState(nil)
		<-ctx.Done()
		return nil
	}
	return a.gateway(s)
}

func (a *Adapter) setServing(s *serving) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.serving = s
}

func (a *Adapter) current() *serving {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.serving
}

// introduce learns who the bot is, trying until Discord answers. It returns an error only for a token that is refused.
func (a *Adapter) introduce(ctx context.Context) error {
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		_, err := a.me(ctx)
		switch {
		case err == nil, ctx.Err() != nil:
			return nil
		case errors.Is(err, chat.ErrRevoked):
			return fmt.Errorf("discord refuses the token; set DISCORD_TOKEN to the one on the Bot page of the application: %w", err)
		}
		a.setState(err)
		a.log.Warn("discord cannot be reached; trying again", "in", wait, "err", err)
		if sleep(ctx, wait) != nil {
			return nil
		}
	}
}

// me returns the bot's own user.
func (a *Adapter) me(ctx context.Context) (string, error) {
	a.mu.Lock()
	self := a.self
	a.mu.Unlock()
	if self != "" {
		return self, nil
	}
	var u user
	if err := a.rest.call(ctx, request{method: "GET", path: "/users/@me", route: route{name: "GET me"}, into: &u}); err != nil {
		return "", fmt.Errorf("ask Discord who the bot is: %w", err)
	}
	if !isSnowflake(u.ID) {
		return "", fmt.Errorf("ask Discord who the bot is: %w", errMalformed)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.self = u.ID
	return u.ID, nil
}
