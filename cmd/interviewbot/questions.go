package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/urfave/cli/v3"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/questions"
)

// questionsCommand looks at the bank.
func questionsCommand() *cli.Command {
	content := &cli.StringFlag{Name: "content", Usage: "`FOLDER` with questions of your own", Sources: cli.EnvVars("CONTENT")}
	return &cli.Command{
		Name: "questions", Usage: "check and look at the question bank",
		Commands: []*cli.Command{
			{Name: "lint", Usage: "check all content; exits with 1 when anything is to be mended", Flags: []cli.Flag{content}, Action: lint},
			{Name: "stats", Usage: "what there is, by topic and level", Action: stats, Flags: []cli.Flag{content,
				&cli.BoolFlag{Name: "json", Usage: "counts as JSON"},
				&cli.StringFlag{Name: "readme", Usage: "write the grid into this `FILE`"}}},
			{Name: "show", Usage: "print one question", ArgsUsage: "ID", Flags: []cli.Flag{content}, Action: show},
		},
	}
}

// loadBank reads the embedded bank and, when it is given, a folder that extends it.
func loadBank(folder string) (*questions.Bank, error) {
	bank, err := questions.Embedded()
	if err != nil || folder == "" {
		return bank, err
	}
	return bank.With(os.DirFS(folder))
}

func lint(_ context.Context, c *cli.Command) error {
	bank, err := loadBank(c.String("content"))
	if err != nil {
		return err
	}
	problems := bank.Lint()
	for _, p := range problems {
		if _, err := fmt.Fprintln(c.Root().Writer, p.Error()); err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		return fmt.Errorf("%d to mend", len(problems))
	}
	s := bank.Stats()
	_, err = fmt.Fprintf(c.Root().Writer, "%d questions and %d tips: nothing to mend\n", s.Questions, s.Tips)
	return err
}

func stats(_ context.Context, c *cli.Command) error {
	bank, err := loadBank(c.String("content"))
	if err != nil {
		return err
	}
	s := bank.Stats()
	if file := c.String("readme"); file != "" {
		old, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		updated, ok := questions.Readme(old, s)
		if !ok {
			return fmt.Errorf("%s has no place for the grid", file)
		}
		return os.WriteFile(file, updated, 0o644)
	}
	if c.Bool("json") {
		enc := json.NewEncoder(c.Root().Writer)
		enc.SetIndent("", "  ")
		return enc.Encode(s)
	}
	return questions.WriteStats(c.Root().Writer, s)
}

func show(_ context.Context, c *cli.Command) error {
	id := c.Args().First()
	if id == "" {
		return fmt.Errorf("give the id of a question: interviewbot questions show ID")
	}
	bank, err := loadBank(c.String("content"))
	if err != nil {
		return err
	}
	q, ok := bank.Question(id)
	if !ok {
		var ids []string
		for _, q := range bank.Questions() {
			ids = append(ids, q.ID)
		}
		if near := chat.Nearest(id, ids); near != "" {
			return fmt.Errorf("there is no question %q; did you mean %q?", id, near)
		}
		return fmt.Errorf("there is no question %q", id)
	}
	return questions.Show(c.Root().Writer, q)
}
