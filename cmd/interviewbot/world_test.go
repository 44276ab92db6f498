package main

import (
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/bottest"
)

// Whoever begins with a playground on a database and connects a platform later finds the playground as it was; what the platform's own
// adapter keeps depends on its tokens.
func TestTokensDoNotLockThePlayground(t *testing.T) {
	s := bottest.NewStore(time.Now)
	w := &world{name: "self", store: s, bot: bot.New(bot.Options{Store: s, Now: time.Now})}
	const server = "postgres://me@host/db"
	kept := func(cfg Config, adapter string) *bot.Keep {
		t.Helper()
		keep, err := w.keep(cfg, server, adapter)
		if err != nil {
			t.Fatal(err)
		}
		return keep
	}
	tokens := Config{Slack: SlackConfig{BotToken: "xoxb-1", SigningSecret: "s"}}
	for _, adapter := range []string{"self", "slack"} {
		if err := kept(Config{}, adapter).Set(t.Context(), "space", map[string][]byte{"key": []byte("value")}); err != nil {
			t.Fatal(err)
		}
	}
	if v, err := kept(tokens, "self").Get(t.Context(), "space", "key"); err != nil || string(v) != "value" {
		t.Errorf("the playground's: %q, %v", v, err)
	}
	if _, err := kept(tokens, "slack").Get(t.Context(), "space", "key"); err == nil {
		t.Error("the platform's opens without its tokens")
	}
}
