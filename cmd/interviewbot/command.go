package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// command is the whole command line. serve is what it does when it is told nothing else.
func command(out, errOut io.Writer) *cli.Command {
	serve := func(ctx context.Context, c *cli.Command) error {
		if c.Args().Present() {
			return unknown(c, c.Args().First())
		}
		cfg, err := readConfig(c)
		if err != nil {
			return err
		}
		return Serve(ctx, cfg, out, errOut)
	}
	root := &cli.Command{
		Name:  "interviewbot",
		Usage: "prepares teams for backend interviews where they already talk",
		Description: "Run it as it is and open the address it prints: a playground with a demo team, or for yourself alone.\n" +
			"Every option can also be given by the environment variable beside it; secrets also as NAME_FILE, the path of a file.",
		Writer: out, ErrWriter: errOut,
		Flags: serveFlags(), Action: serve,
		HideVersion:               true,
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(context.Context, *cli.Command, error) {}, // main says it and sets the exit code
		Commands: []*cli.Command{
			{Name: "serve", Usage: "run the bot (the default)", Flags: serveFlags(), Action: serve},
			simulateCommand(),
			questionsCommand(),
			slackCommand(),
			discordCommand(),
			migrateCommand(), backupCommand(), restoreCommand(),
			healthcheckCommand(),
			{Name: "version", Usage: "print the version", Action: func(context.Context, *cli.Command) error {
				_, err := fmt.Fprintln(out, "interviewbot", version())
				return err
			}},
			helpCommand(),
		},
	}
	sayUsage(root)
	return root
}

// helpCommand is as --help after the words that follow it.
func helpCommand() *cli.Command {
	return &cli.Command{Name: "help", Usage: "show this, or the help of a command", ArgsUsage: "[COMMAND]", Action: func(ctx context.Context, c *cli.Command) error {
		at, above := c.Root(), c.Root()
		for _, word := range c.Args().Slice() {
			sub := at.Command(word)
			if sub == nil {
				return unknown(at, word)
			}
			at, above = sub, at
		}
		if at == above {
			return cli.ShowRootCommandHelp(at)
		}
		return cli.ShowCommandHelp(ctx, above, at.Name)
	}}
}

// sayUsage makes every command answer what it does not understand with one sentence, not with all of its help.
func sayUsage(c *cli.Command) {
	c.OnUsageError = func(_ context.Context, c *cli.Command, err error, _ bool) error {
		about := "interviewbot --help"
		if c.Root() != c {
			about = c.FullName() + " --help"
		}
		option, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: ")
		if !unknown {
			return fmt.Errorf("%w; %s lists the options", err, about)
		}
		option = strings.TrimLeft(option, "-")
		var names []string
		for _, f := range c.Flags {
			names = append(names, f.Names()[0]) // the long one
		}
		if near := chat.Nearest(option, names); near != "" {
			return fmt.Errorf("there is no option --%s; did you mean --%s? %s lists them all", option, near, about)
		}
		return fmt.Errorf("there is no option --%s; %s lists them all", option, about)
	}
	switch do := c.Action; {
	case len(c.Commands) > 0 && do == nil:
		c.Action = func(_ context.Context, c *cli.Command) error {
			if c.Args().Present() {
				return unknown(c, c.Args().First())
			}
			return cli.ShowSubcommandHelp(c)
		}
	case len(c.Commands) == 0 && c.ArgsUsage == "":
		c.Action = func(ctx context.Context, c *cli.Command) error {
			if c.Args().Present() {
				return fmt.Errorf("%q is not understood; %s --help lists the options", c.Args().First(), c.FullName())
			}
			return do(ctx, c)
		}
	}
	for _, sub := range c.Commands {
		sayUsage(sub)
	}
}

// unknown answers a word that is no command of the group with the nearest one.
func unknown(group *cli.Command, word string) error {
	var names []string
	for _, sub := range group.Commands {
		names = append(names, sub.Name)
	}
	about := group.FullName() + " --help"
	if near := chat.Nearest(word, names); near != "" {
		return fmt.Errorf("there is no command %q; did you mean %q? %s lists them all", word, near, about)
	}
	return fmt.Errorf("there is no command %q; %s lists them all", word, about)
}

// version is what the build says of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	program, err := os.Executable()
	if err != nil {
		program = "" // then it has no name of its own
	}
	return versionOf(info, program)
}

// versionOf is the module's version or the revision that was built. Where the build knew neither, as in a container, the program's
// own bytes tell it from others.
func versionOf(info *debug.BuildInfo, program string) string {
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value[:min(12, len(s.Value))]
		}
	}
	if v == "" || v == "(devel)" {
		v = strings.TrimSpace("(devel) " + digest(program))
	}
	return v + " " + info.GoVersion
}

// digest is the beginning of a file's SHA-256, "" where it cannot be read.
func digest(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return ""
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}

// env makes the sources of an option: its environment variable, and for a secret also the file that NAME_FILE names.
func env(name string, secret bool) cli.ValueSourceChain {
	if !secret {
		return cli.NewValueSourceChain(variable(name))
	}
	return cli.NewValueSourceChain(secretFile(name), variable(name)) // the image sets STORE; its STORE_FILE must hold all the same
}

// variable is an environment variable, without blanks around it. An empty one counts as not set: that is what a compose file
// makes of one that is missing.
type variable string

// Lookup and the following implement cli.EnvValueSource.
func (v variable) Lookup() (string, bool) {
	value := strings.TrimSpace(os.Getenv(string(v)))
	return value, value != ""
}

func (v variable) IsFromEnv() bool  { return true }
func (v variable) Key() string      { return string(v) }
func (v variable) String() string   { return "$" + string(v) }
func (v variable) GoString() string { return v.String() }

// secretFile reads a secret from the file that the environment variable NAME_FILE names.
type secretFile string

func (s secretFile) String() string   { return fmt.Sprintf("file named by $%s_FILE", string(s)) }
func (s secretFile) GoString() string { return s.String() }

// Lookup implements cli.ValueSource. A file that cannot be read is reported by readConfig.
func (s secretFile) Lookup() (string, bool) {
	path, set := variable(string(s) + "_FILE").Lookup()
	if !set {
		return "", false
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", false
	}
	return strings.TrimSpace(string(content)), true
}
