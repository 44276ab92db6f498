package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/interviewbot/interviewbot/storage"
	"github.com/interviewbot/interviewbot/storage/archive"
	"github.com/interviewbot/interviewbot/storage/postgres"
)

// migrateCommand moves everything from one store into another.
func migrateCommand() *cli.Command {
	return &cli.Command{
		Name: "migrate", Usage: "move everything from one store into another, which is empty", ArgsUsage: "FROM TO",
		Description: "FROM and TO are as in --store: the path of a data file, or an address such as postgres://user@host/database (the password may be in\n" +
			"PGPASSWORD). Stop the bot first. When it is interrupted, the same command goes on where it was. FROM stays as it is.",
		Action: func(ctx context.Context, c *cli.Command) error {
			if c.Args().Len() != 2 {
				return errors.New("give two stores: interviewbot migrate FROM TO, such as interviewbot migrate interviewbot.db postgres://bot@localhost/bot")
			}
			return migrate(ctx, c.Args().Get(0), c.Args().Get(1), c.Root().Writer, c.Root().ErrWriter)
		},
	}
}

func migrate(ctx context.Context, fromURL, toURL string, out, errOut io.Writer) (err error) {
	if samePlace(fromURL, toURL) {
		return errors.New("FROM and TO are the same store")
	}
	if path := storage.DataFile(fromURL); path != "" {
		if _, err := os.Stat(path); err != nil { // opening would make it
			return fmt.Errorf("there is no data file %s", path)
		}
	}
	from, err := readable(ctx, fromURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	if err := errors.Join(whole(ctx, from, fromURL), unused(ctx, from, fromURL)); err != nil {
		return err
	}
	to, err := movable(ctx, toURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()

	now, again, err := begun(ctx, to, toURL)
	if err != nil {
		return err
	}
	if again {
		fmt.Fprintln(errOut, "going on with the move that began at", now.Local().Format(time.DateTime))
	} else {
		now = time.Now().UTC()
	}
	sums, err := sumUp(ctx, errOut, withoutSecret(fromURL), from, now)
	if err != nil {
		return err
	}
	if sums.Total() == 0 {
		return fmt.Errorf("%s holds nothing that could be moved", withoutSecret(fromURL))
	}
	if err := archive.Move(ctx, archive.FromStore(from, now), sums, to, now, counter(errOut, "moving", sums.Total())); err != nil {
		return unfinished(ctx, toURL, err)
	}
	now = time.Now().UTC()
	if sums, err = sumUp(ctx, errOut, withoutSecret(fromURL)+" again", from, now); err != nil {
		return err
	}
	if err := finish(ctx, to, toURL, sums, now, errOut); err != nil {
		return err
	}
	fmt.Fprintf(out, "Moved from %s to %s; both sides hold the same:\n", withoutSecret(fromURL), withoutSecret(toURL))
	if err := table(out, sums); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Start the bot with --store (or STORE) set to the new place, and %s: what adapters keep is sealed with that key.\nThe old one stays as it is; delete it when all is well.\n", sealOf(fromURL))
	return err
}

// sealOf says which key a store's values are sealed with.
func sealOf(url string) string {
	if path := storage.DataFile(url) + ".key"; path != ".key" {
		if _, err := os.Stat(path); err == nil {
			return "with --seal-key (or SEAL_KEY) set to the one it had, or else to the digits in " + path
		}
	}
	return "with the same --seal-key (or SEAL_KEY), if it had one"
}

// finish compares the two sides.
func finish(ctx context.Context, to archive.Target, url string, sums archive.Sums, now time.Time, errOut io.Writer) error {
	line := counter(errOut, "comparing", 0)
	if err := archive.Finish(ctx, to, sums, now, line); err != nil {
		return unfinished(ctx, url, err)
	}
	line(sums.Total())
	line(done)
	return nil
}

// unfinished says what to do about a move that ended early.
func unfinished(ctx context.Context, url string, err error) error {
	const goOn = "Nothing is lost: the same command goes on where it was"
	to := withoutSecret(url)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("\n%s: interrupted. %s", to, goOn) // what failed is only that
	case errors.Is(err, postgres.ErrRefused):
		return fmt.Errorf("%s: %w\nFROM stays as it is, and is whole: go on using it. What was moved so far is of no use: empty TO", to, err)
	case errors.Is(err, archive.ErrInUse), errors.Is(err, archive.ErrOther), errors.Is(err, archive.ErrDiffer):
		return fmt.Errorf("%s: %w", to, err)
	}
	return fmt.Errorf("%s: %w\n%s", to, err, goOn)
}

func samePlace(a, b string) bool {
	x, y := storage.DataFile(a), storage.DataFile(b)
	if x == "" || y == "" {
		return a == b
	}
	x, errX := filepath.Abs(x)
	y, errY := filepath.Abs(y)
	return errX == nil && errY == nil && x == y
}
