package main

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/interviewbot/interviewbot/adapters/playground"
	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
	"github.com/interviewbot/interviewbot/storage"
)

// world is a bot with its store, its clock and its platforms. The demo is a world of its own: nothing in it is real, its
// clock least of all.
type world struct {
	name      string
	version   string // of the program
	store     store.Store
	bot       *bot.Bot
	platforms []chat.Platform
	room      *playground.Adapter // nil without a playground
	routes    map[string]http.Handler
	log       *slog.Logger
}

// openWorlds opens the real world, and the demo when there is a playground.
func openWorlds(ctx context.Context, cfg Config, bank *questions.Bank, log *slog.Logger) (worlds []*world, err error) {
	defer func() {
		if err != nil {
			for _, w := range worlds {
				err = errors.Join(err, w.close())
			}
		}
	}()
	w, err := openReal(ctx, cfg, bank, log)
	if err != nil {
		return nil, err
	}
	worlds = append(worlds, w)
	if !cfg.Playground {
		return worlds, nil
	}
	demo, err := openDemo(ctx, cfg, bank, log)
	if err != nil {
		return worlds, fmt.Errorf("open the demo (with --playground off there is none): %w", err)
	}
	return append(worlds, demo), nil
}

func openReal(ctx context.Context, cfg Config, bank *questions.Bank, log *slog.Logger) (*world, error) {
	w, err := openWorld(ctx, cfg, "self", cfg.Store, cfg.now(), bank, log)
	if err != nil {
		return nil, err
	}
	if cfg.Playground {
		err = w.addRoom(ctx, cfg, cfg.Store, playground.Self, realClock(cfg.now()))
	}
	if err == nil {
		err = w.connect(ctx, cfg)
	}
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func openDemo(ctx context.Context, cfg Config, bank *questions.Bank, log *slog.Logger) (*world, error) {
	clock := bot.NewClock(cfg.now())
	path := cfg.demoStore()
	w, err := openWorld(ctx, cfg, "demo", path, clock.Now, bank, log)
	if err != nil {
		return nil, err
	}
	if err = clock.Load(ctx, w.store); err == nil {
		err = w.addRoom(ctx, cfg, path, playground.Demo, bot.Mover{Clock: clock, Bot: w.bot})
	}
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func openWorld(ctx context.Context, cfg Config, name, url string, now func() time.Time, bank *questions.Bank, log *slog.Logger) (*world, error) {
	s, err := storage.Open(ctx, url, storage.Options{Now: now})
	if err != nil {
		return nil, err
	}
	if err := whole(ctx, s, url); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	log = log.With("world", name)
	prefixes := map[string]string{"self": "/", "demo": "/"} // in a playground a command is typed by its name alone
	if cfg.Slack.Prefix != "" {
		prefixes["slack"] = "/" + cfg.Slack.Prefix + "-interview "
	}
	return &world{
		name: name, version: cfg.Version, store: s, log: log, routes: map[string]http.Handler{},
		bot: bot.New(bot.Options{Store: s, Bank: bank, Now: now, Log: log, Nap: cfg.Nap, Prefixes: prefixes, Grace: cfg.Grace, Version: cfg.Version}),
	}, nil
}

// addRoom puts a playground into the world.
func (w *world) addRoom(ctx context.Context, cfg Config, url string, kind playground.Kind, clock chat.Clock) error {
	keep, err := w.keep(cfg, url, w.name)
	if err != nil {
		return err
	}
	w.room, err = playground.New(ctx, playground.Options{
		Name: w.name, Kind: kind, Keep: keep, Clock: clock, Table: w.bot.Commands(), Log: w.log,
		Begin: func(ctx context.Context, s playground.Scene) error {
			return w.bot.Begin(ctx, bot.Scene{Space: s.Space, Channel: s.Channel, Direct: s.Direct, Owner: s.Owner})
		},
	})
	if err != nil {
		return fmt.Errorf("open the playground %s: %w", w.name, err)
	}
	w.join(w.room)
	return nil
}

func (w *world) join(p chat.Platform) {
	w.bot.Join(p)
	w.platforms = append(w.platforms, p)
}

// keep is what an adapter remembers things by, sealed with the operator's key, with the one beside the data file, or, on a server, with
// one that every replica can make.
func (w *world) keep(cfg Config, url, adapter string) (*bot.Keep, error) {
	key := cfg.Seal
	var err error
	switch path := storage.DataFile(url); {
	case key != nil:
	case path != "":
		key, err = sealBeside(path)
	case adapter == w.name:
		key, err = sealFromTokens(Config{}) // the playground has no secrets, and must outlive a change of tokens
	default:
		key, err = sealFromTokens(cfg)
	}
	if err != nil {
		return nil, err
	}
	return bot.NewKeep(w.store, key, adapter, w.bot.Replica())
}

// sealBeside reads the key beside a data file, or makes one.
func sealBeside(path string) ([]byte, error) {
	path += ".key"
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key := bot.NewSeal()
		return key, writeKey(path, key)
	}
	if err != nil {
		return nil, fmt.Errorf("read the key beside the data file: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(content)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("the key in %s is damaged: put it back from a backup, or move it away to begin with a new one (connected platforms then register anew)", path)
	}
	return key, nil
}

// sealFromTokens makes the key from what all replicas have in common and nobody else knows. When a token changes, what was sealed before
// cannot be opened any more: forms that wait to be mended, and what is asked of the platforms anew.
func sealFromTokens(cfg Config) ([]byte, error) {
	secret := strings.Join([]string{cfg.Slack.BotToken, cfg.Slack.SigningSecret, cfg.Discord.Token, cfg.Discord.PublicKey}, "\x00")
	return hkdf.Key(sha256.New, []byte(secret), nil, "interviewbot seal", 32)
}

// writeKey writes the key whole or not at all.
func writeKey(path string, key []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("write the key beside the data file: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write the key beside the data file: %w", err)
	}
	return nil
}

// run runs the platforms and the loop until ctx ends. A platform that stops for good, as with a revoked token, does not
// stop the others; when none is left, its reason comes back, unless a space that removed the bot is still to be forgotten.
func (w *world) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	var left atomic.Int64
	left.Store(int64(len(w.platforms)))
	for _, p := range w.platforms {
		group.Go(func() error {
			err := p.Run(ctx, w.bot.Handle)
			if err == nil {
				return nil
			}
			err = fmt.Errorf("%s: %w", p.Name(), err)
			if left.Add(-1) > 0 {
				w.log.Error("this platform has stopped; the others go on", "error", err.Error())
				return nil
			}
			at, leaving, unread := w.bot.Leaving(ctx)
			if unread != nil || !leaving {
				return errors.Join(err, unread)
			}
			w.log.Error("no platform is left; the program stays up to delete the data of a space that removed the bot", "error", err.Error(), "deletes", at)
			return nil
		})
		if watcher, ok := p.(chat.Watcher); ok {
			group.Go(func() error { return w.check(ctx, p.Name(), watcher) })
		}
	}
	group.Go(func() error { return w.bot.Run(ctx) })
	return group.Wait()
}

// check tells the operator what a platform is missing: a scope, a channel the bot is not in.
func (w *world) check(ctx context.Context, platform string, watcher chat.Watcher) error {
	channels, err := w.bot.Channels(ctx, platform)
	if err != nil {
		return err
	}
	for _, trouble := range watcher.Check(ctx, channels) {
		w.log.Warn(trouble, "platform", platform)
	}
	return nil
}

func (w *world) close() error {
	if err := w.store.Close(); err != nil {
		return fmt.Errorf("close the store of %s: %w", w.name, err)
	}
	return nil
}

// now is the clock that the real world goes by.
func (c Config) now() func() time.Time {
	if c.Now != nil {
		return c.Now
	}
	return time.Now
}

// realClock is that clock for adapters.
type realClock func() time.Time

func (c realClock) Now() time.Time { return c() }
