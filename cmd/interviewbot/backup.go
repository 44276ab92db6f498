package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/interviewbot/interviewbot/storage"
	"github.com/interviewbot/interviewbot/storage/archive"
	"github.com/interviewbot/interviewbot/storage/bolt"
	"github.com/interviewbot/interviewbot/storage/postgres"
)

func storeFlag() cli.Flag {
	return &cli.StringFlag{Name: "store", Value: "interviewbot.db", Usage: "`PATH` of the data file, or an address that begins with postgres://", Sources: env("STORE", true)}
}

// backupCommand copies a store into a file, while the bot runs.
func backupCommand() *cli.Command {
	return &cli.Command{
		Name: "backup", Usage: "copy everything into FILE, also while the bot is running", ArgsUsage: "FILE", Flags: []cli.Flag{storeFlag()},
		Description: "Of a data file FILE becomes a checked copy; with a name that ends in .jsonl or .jsonl.gz, and of Postgres always, a portable archive that\n" +
			"restore puts into either. A file that is there is not written over.",
		Action: func(ctx context.Context, c *cli.Command) error {
			if c.Args().Len() != 1 {
				return errors.New("give one file: interviewbot backup FILE")
			}
			return backup(ctx, c.String("store"), c.Args().First(), c.Root().Writer, c.Root().ErrWriter)
		},
	}
}

func backup(ctx context.Context, url, file string, out, errOut io.Writer) error {
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("%s is there already; choose another name", file)
	}
	sweep(filepath.Dir(file))
	portable, packed := isArchive(file)
	path := storage.DataFile(url)
	if path == "" {
		return backupStore(ctx, url, file, packed, out, errOut)
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no data file %s; --store names another", path)
	}
	if !portable {
		if err := copyData(ctx, path, file); err != nil {
			return err
		}
		_, err := fmt.Fprintf(out, "%s is a copy of %s, read again and in order.\nKeep %s with it, in another place: what adapters keep is sealed with that key.\n", file, path, path+".key")
		return err
	}
	folder, err := os.MkdirTemp(filepath.Dir(file), bolt.Part+"*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	copied := filepath.Join(folder, "copy.db")
	if err := copyData(ctx, path, copied); err != nil {
		return err
	}
	return backupStore(ctx, copied, file, packed, out, errOut)
}

// sweep takes away what backups left in a folder when they were killed, which may be large. Younger ones may be at work. What cannot be
// taken away does no harm.
func sweep(folder string) {
	all, _ := os.ReadDir(folder)
	for _, e := range all {
		info, err := e.Info()
		if err == nil && strings.HasPrefix(e.Name(), bolt.Part) && time.Since(info.ModTime()) > 24*time.Hour {
			os.RemoveAll(filepath.Join(folder, e.Name()))
		}
	}
}

// copyData makes a copy of a data file: by the running bot when there is one, else by itself.
func copyData(ctx context.Context, path, file string) error {
	to, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	reply, err := bolt.Ask(ctx, path, bolt.Request{Do: "backup", Path: to})
	if err == nil && reply.Error != "" {
		err = errors.New(reply.Error)
	}
	if !errors.Is(err, bolt.ErrNotRunning) {
		return err
	}
	s, err := bolt.Open(ctx, path, bolt.Options{})
	if err != nil {
		return err
	}
	return errors.Join(s.Backup(ctx, to), s.Close())
}

// backupStore writes an archive under another name, reads it again, and only then gives it its name.
func backupStore(ctx context.Context, url, file string, packed bool, out, errOut io.Writer) (err error) {
	s, err := readable(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := whole(ctx, s, url); err != nil {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(file), bolt.Part+"*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	line := counter(errOut, "writing", 0)
	sums, err := writeArchive(ctx, part, packed, s, line)
	if err == nil {
		line(sums.Total())
	}
	line(done)
	if err := errors.Join(err, part.Sync(), part.Close()); err != nil {
		return err
	}
	read, err := openArchive(ctx, part.Name())
	if err != nil {
		return fmt.Errorf("what was written cannot be read: %w", err)
	}
	if kinds := sums.Differ(read.sums); len(kinds) > 0 {
		return fmt.Errorf("what was written is not what was read: %v", kinds)
	}
	if err := giveName(part.Name(), file); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "%s holds everything, read again and in order:\n", file); err != nil {
		return err
	}
	return table(out, sums)
}

// giveName makes file of part, durably, and never writes over another where the file system has links.
func giveName(part, file string) error {
	err := os.Link(part, file)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = os.Rename(part, file)
	}
	if err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func writeArchive(ctx context.Context, w io.Writer, packed bool, s archive.Target, progress archive.Progress) (archive.Sums, error) {
	if !packed {
		return archive.Write(ctx, w, s, time.Now(), progress)
	}
	z := gzip.NewWriter(w)
	sums, err := archive.Write(ctx, z, s, time.Now(), progress)
	return sums, errors.Join(err, z.Close())
}

// restoreCommand puts a backup into an empty store.
func restoreCommand() *cli.Command {
	return &cli.Command{
		Name: "restore", Usage: "put a backup into a store, which is empty", ArgsUsage: "FILE",
		Description: "FILE is an archive or a copy of a data file, as backup makes them; it is checked wholly before anything is written. When it is interrupted,\n" +
			"the same command goes on where it was.",
		Flags: []cli.Flag{storeFlag(), &cli.BoolFlag{Name: "dry-run", Usage: "check the file and the store, say what would happen, move nothing"}},
		Action: func(ctx context.Context, c *cli.Command) error {
			if c.Args().Len() != 1 {
				return errors.New("give one file: interviewbot restore FILE")
			}
			return restore(ctx, c.String("store"), c.Args().First(), c.Bool("dry-run"), c.Root().Writer, c.Root().ErrWriter)
		},
	}
}

func restore(ctx context.Context, url, file string, dry bool, out, errOut io.Writer) (err error) {
	if samePlace(url, file) {
		return errors.New("the backup is the store itself")
	}
	from, err := openArchive(ctx, file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.close()) }()
	if from.sums.Total() == 0 {
		return fmt.Errorf("%s holds nothing", file)
	}
	when := ""
	if !from.made.IsZero() {
		when = " of " + from.made.Local().Format(time.DateTime)
	}
	fmt.Fprintf(out, "%s is in order%s:\n", file, when)
	if err := table(out, from.sums); err != nil {
		return err
	}
	if dry {
		state, err := stateOf(ctx, url)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "It would be put into %s, which %s.\n", withoutSecret(url), state)
		return err
	}
	to, err := movable(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if _, _, err := begun(ctx, to, url); err != nil {
		return err
	}
	if err := archive.Move(ctx, from.from, from.sums, to, time.Time{}, counter(errOut, "restoring", from.sums.Total())); err != nil {
		return unfinished(ctx, url, err)
	}
	if err := finish(ctx, to, url, from.sums, time.Time{}, errOut); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s holds the same now. It needs the same --seal-key as before: what adapters keep is sealed with it.\n", withoutSecret(url))
	return err
}

// stateOf says how the target of a restore is, and leaves it so.
func stateOf(ctx context.Context, url string) (state string, err error) {
	if path := storage.DataFile(url); path != "" {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return "would be made", nil
		}
	}
	to, err := readable(ctx, url)
	if errors.Is(err, postgres.ErrNoTables) {
		return "is empty", postgres.MayMake(ctx, url)
	}
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	_, again, err := begun(ctx, to, url)
	if again {
		return "was left in the middle of a restore", err
	}
	return "is empty", err
}
