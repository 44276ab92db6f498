package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

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
			{Name: "lint", Usage: "check the bank, or your own FOLDER; exits with 1 when anything is to be mended", ArgsUsage: "[FOLDER]", Action: lint, Flags: []cli.Flag{content,
				&cli.BoolFlag{Name: "all", Usage: "list the warnings of the bank too; those of a FOLDER always are"}}},
			{Name: "stats", Usage: "what there is, by topic and level", Action: stats, Flags: []cli.Flag{content,
				&cli.BoolFlag{Name: "json", Usage: "counts as JSON"},
				&cli.StringFlag{Name: "readme", Usage: "write the grid into this `FILE`"}}},
			{Name: "show", Usage: "print one question", ArgsUsage: "ID", Flags: []cli.Flag{content}, Action: show},
			importCommand(), exportCommand(content), previewCommand(content),
		},
	}
}

// loadBank reads the embedded bank and, when it is given, a folder that extends it.
func loadBank(folder string) (*questions.Bank, error) {
	bank, err := questions.Embedded()
	if err != nil || folder == "" {
		return bank, err
	}
	info, err := os.Stat(folder)
	if err != nil {
		return nil, fmt.Errorf("the folder with questions of your own: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("the folder with questions of your own: %s is a file", folder)
	}
	return bank.With(os.DirFS(folder))
}

// lint checks everything, or only a folder that extends the bank.
func lint(_ context.Context, c *cli.Command) error {
	folder := c.Args().First()
	if c.Args().Len() > 1 {
		return errors.New("give one folder at most: interviewbot questions lint [FOLDER]")
	}
	own := folder != ""
	if folder == "" {
		folder = c.String("content")
	}
	bank, err := loadBank(folder)
	if err != nil {
		return err
	}
	problems := bank.Lint()
	if own {
		problems = bank.LintOwn()
	}
	problems = append(problems, bank.Stale(time.Now(), own)...)
	counts := map[questions.Grade]int{}
	for _, p := range problems {
		counts[p.Grade]++
		if p.Grade != questions.Mend && !own && !c.Bool("all") {
			continue
		}
		if _, err := fmt.Fprintln(c.Root().Writer, graded(p)); err != nil {
			return err
		}
	}
	return lintResult(c, bank, own, counts)
}

func graded(p questions.Problem) string {
	kind := map[questions.Grade]string{questions.Gap: "could be better: ", questions.Warning: "warning: "}[p.Grade]
	p.What = kind + p.What
	return p.Error()
}

// lintResult is the last line: an error when there is something to mend.
func lintResult(c *cli.Command, bank *questions.Bank, own bool, counts map[questions.Grade]int) error {
	if n := counts[questions.Mend]; n > 0 {
		return fmt.Errorf("%d to mend", n)
	}
	s := bank.Stats()
	what := fmt.Sprintf("%d questions and %d tips", s.Questions, s.Tips)
	if own {
		what = fmt.Sprintf("%d questions of your own", len(bank.Own()))
	}
	line := what + ": nothing to mend"
	if n := counts[questions.Gap] + counts[questions.Warning]; n > 0 {
		line += fmt.Sprintf(", %d things to look at", n)
		if !own && !c.Bool("all") {
			line += " (--all lists them)"
		}
	}
	_, err := fmt.Fprintln(c.Root().Writer, line)
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
	q, err := questionIn(bank, id)
	if err != nil {
		return err
	}
	return questions.Show(c.Root().Writer, q)
}

// questionIn finds a question by its id, or names the nearest.
func questionIn(bank *questions.Bank, id string) (*questions.Question, error) {
	if q, ok := bank.Question(id); ok {
		return q, nil
	}
	var ids []string
	for _, q := range bank.Questions() {
		ids = append(ids, q.ID)
	}
	return nil, fmt.Errorf("there is no question %q%s", id, didYouMean(id, ids))
}

// didYouMean is the rest of a sentence about a word that is unknown: the nearest one, if any is near.
func didYouMean(word string, words []string) string {
	if near := chat.Nearest(word, words); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}
