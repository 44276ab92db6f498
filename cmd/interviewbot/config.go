package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/interviewbot/interviewbot/adapters/discord"
	"github.com/interviewbot/interviewbot/adapters/slack"
	"github.com/interviewbot/interviewbot/storage"
)

// Config is what serve needs to know.
type Config struct {
	Listen     string // host:port; port 0 picks one
	Store      string // path of a data file, or a URL
	Hosts      []string
	Content    string // folder that extends the bank; "" = none
	Playground bool
	Grace      time.Duration // from the bot's removal to the deletion of a space's data
	Seal       []byte        // 32 bytes; nil = from the file beside the data file
	LogLevel   slog.Level
	LogJSON    bool
	Version    string           // of the program, for people and other replicas to see
	Now        func() time.Time // nil = the machine's clock; only tests have another
	Nap        time.Duration    // the longest sleep of the loop; 0 = 30 s
	Slack      SlackConfig
	Discord    DiscordConfig
}

// SlackConfig is what connects Slack; without a bot token it is off.
type SlackConfig struct {
	BotToken, AppToken, SigningSecret, APIURL string
	Prefix                                    string // of its commands, as in the manifest
}

// DiscordConfig is what connects Discord; without a token it is off.
type DiscordConfig struct{ Token, ApplicationID, PublicKey, APIURL string }

const (
	categoryServer  = "where it runs"
	categorySlack   = "Slack"
	categoryDiscord = "Discord"
)

func serveFlags() []cli.Flag {
	str := func(name, variable, value, usage, category string, secret bool) cli.Flag {
		return &cli.StringFlag{Name: name, Value: value, Usage: usage, Category: category, Sources: env(variable, secret), HideDefault: value == "", Local: true}
	}
	return []cli.Flag{
		str("listen", "LISTEN", "127.0.0.1:8080", "`ADDRESS` to listen on; port 0 picks a free one", categoryServer, false),
		str("store", "STORE", "interviewbot.db", "`PATH` of the data file, or an address such as postgres://user@host/database", categoryServer, true),
		str("hosts", "HOSTS", "", "further `NAMES` the playground answers to, separated by commas", categoryServer, false),
		str("content", "CONTENT", "", "`FOLDER` with questions of your own; read again when it changes", categoryServer, false),
		str("playground", "PLAYGROUND", "auto", "`on`, off, or auto: on as long as no platform is connected", categoryServer, false),
		str("seal-key", "SEAL_KEY", "", "64 hex `DIGITS` that seal what adapters keep; when not given, made beside the data file, or with Postgres of the tokens", categoryServer, true),
		str("keep-removed", "KEEP_REMOVED", "7", "`DAYS` from the bot's removal from a workspace or server to the deletion of its data, 1 to 30", categoryServer, false),
		str("log-level", "LOG_LEVEL", "info", "debug, info, warn or error", categoryServer, false),
		str("log-format", "LOG_FORMAT", "text", "text or json", categoryServer, false),
		str("slack-bot-token", "SLACK_BOT_TOKEN", "", "xoxb-…, connects Slack", categorySlack, true),
		str("slack-app-token", "SLACK_APP_TOKEN", "", "xapp-…, for Socket Mode", categorySlack, true),
		str("slack-signing-secret", "SLACK_SIGNING_SECRET", "", "for HTTP instead of Socket Mode", categorySlack, true),
		str("slack-api-url", "SLACK_API_URL", "", "another server that speaks Slack's Web API", categorySlack, false),
		str("slack-prefix", "SLACK_PREFIX", "", "`WORD` before Slack's commands, when the manifest was printed with --prefix", categorySlack, false),
		str("discord-token", "DISCORD_TOKEN", "", "connects Discord", categoryDiscord, true),
		str("discord-application-id", "DISCORD_APPLICATION_ID", "", "of the application", categoryDiscord, true),
		str("discord-public-key", "DISCORD_PUBLIC_KEY", "", "for HTTP instead of the gateway", categoryDiscord, true),
		str("discord-api-url", "DISCORD_API_URL", "", "another server that speaks Discord's API", categoryDiscord, false),
	}
}

// readConfig reads and checks the options; its error names every mistake at once.
func readConfig(c *cli.Command) (Config, error) {
	copied := func(name string) string { return strings.TrimSpace(c.String(name)) } // from a web page, with what was around it
	cfg := Config{
		Listen: c.String("listen"), Store: c.String("store"), Content: c.String("content"), Version: version(),
		Slack:   SlackConfig{copied("slack-bot-token"), copied("slack-app-token"), copied("slack-signing-secret"), copied("slack-api-url"), c.String("slack-prefix")},
		Discord: DiscordConfig{copied("discord-token"), copied("discord-application-id"), copied("discord-public-key"), copied("discord-api-url")},
	}
	var wrong []string
	mistake := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if _, _, err := net.SplitHostPort(cfg.Listen); err != nil {
		mistake("--listen: %q is not an address; write host:port, such as 127.0.0.1:8080", cfg.Listen)
	}
	if cfg.Store == "" {
		mistake("--store: give the path of a data file, such as interviewbot.db")
	}
	for _, h := range strings.Split(c.String("hosts"), ",") {
		if h = strings.TrimSpace(h); h != "" {
			cfg.Hosts = append(cfg.Hosts, h)
		}
	}
	if cfg.Content != "" {
		if info, err := os.Stat(cfg.Content); err != nil || !info.IsDir() {
			mistake("--content: there is no folder %q", cfg.Content)
		}
	}
	connected := cfg.Slack.BotToken != "" || cfg.Discord.Token != ""
	switch v := strings.ToLower(c.String("playground")); v {
	case "auto", "":
		cfg.Playground = !connected
	case "on", "true", "yes", "1":
		cfg.Playground = true
	case "off", "false", "no", "0":
	default:
		mistake("--playground: %q is not on, off or auto", v)
	}
	if s := c.String("seal-key"); s != "" {
		key, err := hex.DecodeString(s)
		if err != nil || len(key) != 32 {
			mistake("--seal-key: it has 64 hex digits")
		}
		cfg.Seal = key
	}
	days, err := strconv.Atoi(copied("keep-removed")) // not by the flag itself, which would report no other mistake
	if err != nil || days < 1 || days > 30 {
		mistake("--keep-removed: %q is not a number of days from 1 to 30", c.String("keep-removed"))
	}
	cfg.Grace = time.Duration(days) * 24 * time.Hour
	if err := cfg.LogLevel.UnmarshalText([]byte(c.String("log-level"))); err != nil {
		mistake("--log-level: %q is not debug, info, warn or error", c.String("log-level"))
	}
	switch v := c.String("log-format"); v {
	case "json":
		cfg.LogJSON = true
	case "text":
	default:
		mistake("--log-format: %q is not text or json", v)
	}
	wrong = append(wrong, platformMistakes(cfg)...)
	wrong = append(wrong, fileMistakes()...)
	if len(wrong) > 0 {
		return cfg, errors.New("please correct the configuration:\n  - " + strings.Join(wrong, "\n  - "))
	}
	return cfg, nil
}

func platformMistakes(cfg Config) (wrong []string) {
	s, d := cfg.Slack, cfg.Discord
	if s.BotToken == "" && (s.AppToken != "" || s.SigningSecret != "") {
		wrong = append(wrong, "Slack needs SLACK_BOT_TOKEN beside its other settings")
	}
	if s.BotToken != "" && s.AppToken == "" && s.SigningSecret == "" {
		wrong = append(wrong, "Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) beside SLACK_BOT_TOKEN")
	}
	if _, err := slack.Manifest(slack.ManifestOptions{Prefix: s.Prefix}, nil); err != nil {
		wrong = append(wrong, "SLACK_PREFIX: "+err.Error())
	}
	if d.Token == "" && (d.ApplicationID != "" || d.PublicKey != "") {
		wrong = append(wrong, "Discord needs DISCORD_TOKEN beside its other settings")
	}
	if d.Token != "" && d.ApplicationID == "" {
		wrong = append(wrong, "Discord needs DISCORD_APPLICATION_ID beside DISCORD_TOKEN")
	}
	if d.Token != "" && d.ApplicationID != "" {
		wrong = append(wrong, discord.Options{Token: d.Token, ApplicationID: d.ApplicationID, PublicKey: d.PublicKey, APIURL: d.APIURL}.Mistakes()...)
	}
	return wrong
}

// fileMistakes names the NAME_FILE variables whose file cannot be read or holds nothing.
func fileMistakes() (wrong []string) {
	for _, name := range []string{"STORE", "SEAL_KEY", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "DISCORD_TOKEN", "DISCORD_APPLICATION_ID", "DISCORD_PUBLIC_KEY"} {
		path, _ := variable(name + "_FILE").Lookup()
		if path == "" {
			continue
		}
		if _, set := variable(name).Lookup(); set && name != "STORE" { // which a container has anyway
			wrong = append(wrong, fmt.Sprintf("%s and %s_FILE are both set; keep one of them", name, name))
		}
		text, err := os.ReadFile(path)
		switch {
		case err != nil:
			wrong = append(wrong, fmt.Sprintf("%s_FILE: the file cannot be read: %v", name, errors.Unwrap(err)))
		case strings.TrimSpace(string(text)) == "":
			wrong = append(wrong, fmt.Sprintf("%s_FILE: the file is empty", name))
		}
	}
	return wrong
}

// shared says whether several processes may work on the store: a database server, not a data file.
func (c Config) shared() bool { return storage.DataFile(c.Store) == "" }

// demoStore is the demo's own data file, beside the real one if that is a file.
func (c Config) demoStore() string {
	path := storage.DataFile(c.Store)
	if path == "" {
		return "interviewbot.demo.db"
	}
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + ".demo" + ext
}

// public says whether an address can be reached from other machines.
func public(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return true
	}
	if host == "localhost" {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return err != nil || !ip.IsLoopback()
}
