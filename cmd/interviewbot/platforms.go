package main

import (
	"context"

	"github.com/interviewbot/interviewbot/adapters/discord"
	"github.com/interviewbot/interviewbot/adapters/slack"
)

// connect adds the platforms that have a token.
func (w *world) connect(_ context.Context, cfg Config) error {
	if s := cfg.Slack; s.BotToken != "" {
		o := slack.Options{
			BotToken: s.BotToken, AppToken: s.AppToken, SigningSecret: s.SigningSecret, APIURL: s.APIURL,
			HTTP: s.AppToken == "", Clock: realClock(cfg.now()), Table: w.bot.Commands(), Log: w.log,
		}
		if cfg.shared() { // a data file admits no second process to share sockets with
			keep, err := w.keep(cfg, cfg.Store, "slack")
			if err != nil {
				return err
			}
			o.Keep = keep
		}
		a, err := slack.New(o)
		if err != nil {
			return err
		}
		w.join(a)
		if s.AppToken == "" {
			w.routes["/slack/"] = a.Handler()
		}
	}
	if d := cfg.Discord; d.Token != "" {
		keep, err := w.keep(cfg, cfg.Store, "discord")
		if err != nil {
			return err
		}
		a, err := discord.New(discord.Options{
			Token: d.Token, ApplicationID: d.ApplicationID, PublicKey: d.PublicKey, APIURL: d.APIURL, HTTP: d.PublicKey != "",
			Keep: keep, Clock: realClock(cfg.now()), Table: w.bot.Commands(), Log: w.log,
		})
		if err != nil {
			return err
		}
		w.join(a)
		if d.PublicKey != "" {
			w.routes["/discord/"] = a.Handler()
		}
	}
	return nil
}
