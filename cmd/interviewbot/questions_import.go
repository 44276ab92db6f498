package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/interviewbot/interviewbot/questions"
)

// importCommand adds questions from a file to a team's own content.
func importCommand() *cli.Command {
	return &cli.Command{
		Name: "import", Usage: "add questions from a CSV, Anki text or JSON file to your own folder", ArgsUsage: "FILE",
		Description: "Nothing is written unless everything in the file is in order. FILE is - for standard input.\n" +
			"A CSV names its columns in the first line; question and answer are enough. Lists (points, hints, …) have one entry a line inside their cell;\n" +
			"a point is: what a good answer says | a phrasing that counts | another.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "to", Usage: "your `FOLDER`; made if it is not there", Sources: cli.EnvVars("CONTENT")},
			formatFlag(),
			&cli.StringFlag{Name: "topic", Usage: "`TOPIC` of questions that name none; otherwise it is guessed by their words"},
			&cli.BoolFlag{Name: "dry-run", Usage: "say what would happen, write nothing"},
			&cli.BoolFlag{Name: "skip-bad", Usage: "write what is in order, list the rest"},
			&cli.BoolFlag{Name: "replace", Usage: "write over questions of your folder that have the same id"},
		},
		Action: importQuestions,
	}
}

func formatFlag() cli.Flag {
	return &cli.StringFlag{Name: "format", Usage: "csv, anki or json; otherwise by the end of the file's name"}
}

// exportCommand writes questions for other programs.
func exportCommand(content cli.Flag) *cli.Command {
	return &cli.Command{
		Name: "export", Usage: "write questions as JSON, CSV or Anki text", ArgsUsage: "[FILE]",
		Description: "JSON and CSV hold everything and can be imported again. Without FILE it goes to standard output; a file that is there is not written over.",
		Flags: []cli.Flag{content, formatFlag(),
			&cli.StringFlag{Name: "topic", Usage: "only those of this `TOPIC`"},
			&cli.BoolFlag{Name: "own", Usage: "only those of your own folder"}},
		Action: exportQuestions,
	}
}

func importQuestions(ctx context.Context, c *cli.Command) error {
	name := c.Args().First()
	if name == "" || c.Args().Len() > 1 {
		return errors.New("give one file: interviewbot questions import FILE --to FOLDER")
	}
	to, dry := c.String("to"), c.Bool("dry-run")
	if to == "" && !dry {
		return errors.New("say where your questions are kept: --to FOLDER (or the variable CONTENT), the folder that the bot is started with as --content")
	}
	entries, err := readEntries(c, name, to)
	if err != nil {
		return err
	}
	good := slices.DeleteFunc(slices.Clone(entries), func(e questions.Entry) bool { return len(e.Faults) > 0 })
	bad := len(entries) - len(good)
	if err := report(c.Root().Writer, entries); err != nil {
		return err
	}
	switch {
	case bad > 0 && !c.Bool("skip-bad"):
		return fmt.Errorf("%d of %d questions are to be mended, so nothing %s; mend them, or write the others with --skip-bad", bad, len(entries), wouldBe(dry, "is written", "would be written"))
	case len(good) == 0:
		return errors.New("none of the questions can be written")
	case dry:
		_, err = fmt.Fprintf(c.Root().Writer, "%d would be written, %d left out. This was a dry run: nothing is written.\n", len(good), bad)
		return err
	}
	if err := writeQuestions(ctx, to, good, progress(c.Root().ErrWriter, "written")); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.Root().Writer, "%d written to %s, %d left out.\n", len(good), to, bad)
	return err
}

// readEntries reads a file as it was asked for, to join what is in the folder.
func readEntries(c *cli.Command, name, to string) ([]questions.Entry, error) {
	format, err := formatFor(c.String("format"), name)
	if err != nil {
		return nil, err
	}
	topic := c.String("topic")
	if err := knownTopic(topic); err != nil {
		return nil, err
	}
	content, err := readLimited("import", name)
	if err != nil {
		return nil, err
	}
	bank, err := bankWith(to)
	if err != nil {
		return nil, err
	}
	entries, err := questions.Import(content, format, questions.Importing{Bank: bank, Topic: topic, Replace: c.Bool("replace"), Progress: progress(c.Root().ErrWriter, "read")})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return entries, nil
}

func wouldBe(dry bool, is, would string) string {
	if dry {
		return would
	}
	return is
}

// report says of every entry, by line, what becomes of it.
func report(w io.Writer, entries []questions.Entry) error {
	var b strings.Builder
	for _, e := range entries {
		for _, f := range e.Faults {
			place, field := e.Place(), ""
			if f.Line > 0 && f.Line != e.Line {
				place = fmt.Sprintf("line %d", f.Line)
			}
			if f.Field != "" {
				field = f.Field + ": "
			}
			fmt.Fprintf(&b, "%s: to be mended: %s%s\n", place, field, f.What)
		}
		if len(e.Faults) > 0 {
			continue
		}
		deed := "new"
		if e.Replaces != "" {
			deed = "replaces " + e.Replaces
		}
		fmt.Fprintf(&b, "%s: %s (%s)\n", e.Place(), e.Question.File(), deed)
		for _, n := range e.Notes {
			fmt.Fprintf(&b, "%s: note: %s\n", e.Place(), n)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// progress says at most once a second how far it is.
func progress(w io.Writer, deed string) func(done, of int) {
	last := time.Now()
	return func(done, of int) {
		if time.Since(last) >= time.Second {
			last = time.Now()
			fmt.Fprintf(w, "%d of %d %s\n", done, of, deed)
		}
	}
}

func exportQuestions(_ context.Context, c *cli.Command) (err error) {
	name := c.Args().First()
	if c.Args().Len() > 1 {
		return errors.New("give one file at most: interviewbot questions export [FILE]")
	}
	format := questions.JSON
	if name != "" || c.String("format") != "" {
		if format, err = formatFor(c.String("format"), name); err != nil {
			return err
		}
	}
	topic := c.String("topic")
	if err := knownTopic(topic); err != nil {
		return err
	}
	bank, err := loadBank(c.String("content"))
	if err != nil {
		return err
	}
	list := bank.Questions()
	if c.Bool("own") {
		list = bank.Own()
	}
	list = slices.DeleteFunc(slices.Clone(list), func(q *questions.Question) bool { return topic != "" && q.Topic != topic })
	if len(list) == 0 {
		return errors.New("there are no such questions")
	}
	if name == "" {
		return questions.Export(c.Root().Writer, format, list)
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("export to %s: %w", name, err)
	}
	if err := errors.Join(questions.Export(f, format, list), f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("export to %s: %w", name, err), os.Remove(name))
	}
	_, err = fmt.Fprintf(c.Root().Writer, "%d questions written to %s.\n", len(list), name)
	return err
}

// formatFor is the format that was asked for, or that of the file's name.
func formatFor(asked, name string) (questions.Format, error) {
	f := questions.Format(strings.ToLower(asked))
	if asked == "" {
		f = questions.FormatOf(name)
	}
	switch f {
	case questions.JSON, questions.CSV, questions.Anki:
		return f, nil
	}
	if asked != "" {
		return "", fmt.Errorf("--format: %q is not csv, anki or json", asked)
	}
	return "", errors.New("the format cannot be told by the file's name; add --format csv, anki or json")
}

func knownTopic(topic string) error {
	if topic == "" {
		return nil
	}
	var ids []string
	for _, t := range new(questions.Bank).Topics() {
		if t.ID == topic {
			return nil
		}
		ids = append(ids, t.ID)
	}
	return fmt.Errorf("there is no topic %q (the topics are %s)%s", topic, strings.Join(ids, ", "), didYouMean(topic, ids))
}

// readLimited reads a file, or standard input for "-", up to the bound of an import and one byte more.
func readLimited(deed, name string) ([]byte, error) {
	var r io.Reader = os.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", deed, err)
		}
		defer f.Close()
		r = f
	}
	content, err := io.ReadAll(io.LimitReader(r, questions.ImportLimit+1))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", deed, name, err)
	}
	return content, nil
}

// bankWith loads the bank with the own folder; one that is not there yet holds nothing.
func bankWith(folder string) (*questions.Bank, error) {
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
		folder = ""
	}
	bank, err := loadBank(folder)
	if err != nil {
		return nil, fmt.Errorf("the questions that are there cannot be read; mend this first:\n%w", err)
	}
	return bank, nil
}
