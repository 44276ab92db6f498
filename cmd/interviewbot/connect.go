package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v3"

	"github.com/interviewbot/interviewbot/adapters/discord"
	"github.com/interviewbot/interviewbot/adapters/slack"
	"github.com/interviewbot/interviewbot/bot"
)

// What an operator needs once, to connect a platform.

func slackCommand() *cli.Command {
	flag := func(name, usage string) cli.Flag { return &cli.BoolFlag{Name: name, Usage: usage} }
	return &cli.Command{Name: "slack", Usage: "what connecting Slack needs", Commands: []*cli.Command{{
		Name: "manifest", Usage: "print the manifest to create the Slack app from",
		Flags: []cli.Flag{
			flag("json", "JSON instead of YAML"),
			&cli.StringFlag{Name: "http", Usage: "public `URL` of this bot, to receive events by HTTP instead of Socket Mode"},
			&cli.StringFlag{Name: "name", Usage: "`NAME` of the app and its user"},
			&cli.StringFlag{Name: "prefix", Usage: "`WORD` before every command, as acme makes /acme-interview; give it to the bot too", Sources: env("SLACK_PREFIX", false)},
			flag("short", "also /practice and /streak"),
			flag("exact-restart", "read history, only to find a post whose outcome a crash left unknown"),
			flag("direct", "open direct conversations where Slack does not by itself"),
			flag("pictures", "upload pictures"),
			flag("membership", "be told at once when invited to or removed from a channel"),
		},
		Action: func(_ context.Context, c *cli.Command) error {
			m, err := slack.Manifest(slack.ManifestOptions{
				BotName: c.String("name"), Prefix: c.String("prefix"), Short: c.Bool("short"), URL: c.String("http"), ExactRestart: c.Bool("exact-restart"),
				DirectOpen: c.Bool("direct"), Pictures: c.Bool("pictures"), Membership: c.Bool("membership"), JSON: c.Bool("json"),
			}, bot.New(bot.Options{}).Commands())
			if err != nil {
				return err
			}
			_, err = c.Root().Writer.Write(m)
			return err
		},
	}}}
}

func discordCommand() *cli.Command {
	return &cli.Command{Name: "discord", Usage: "what connecting Discord needs", Commands: []*cli.Command{{
		Name: "invite", Usage: "print the link by which the bot is added to a server",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "application-id", Usage: "`ID` of the application", Sources: env("DISCORD_APPLICATION_ID", true)},
			&cli.BoolFlag{Name: "threads", Usage: "the bot may open a thread for each question"},
			&cli.BoolFlag{Name: "personal", Usage: "for one person's own account instead of a server"},
		},
		Action: func(_ context.Context, c *cli.Command) error {
			link, err := discord.Invite(c.String("application-id"), discord.InviteOptions{Threads: c.Bool("threads"), Personal: c.Bool("personal")})
			if err == nil {
				_, err = fmt.Fprintln(c.Root().Writer, link)
			}
			return err
		},
	}}}
}
