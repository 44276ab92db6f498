package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"io/fs"
	"log/slog"
	"os"
	"time"
)

// contentEvery is how often the folder with more content is looked at. It is polled, not watched: file events do not
// arrive over bind mounts and network file systems, where such folders usually are.
const contentEvery = 3 * time.Second

// watchContent reads the folder again when it has changed, until ctx ends.
func watchContent(ctx context.Context, folder string, worlds []*world, log *slog.Logger) error {
	seen := fingerprint(folder)
	tick := time.NewTicker(contentEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			seen = readAgain(folder, seen, worlds, log)
		}
	}
}

// readAgain gives the worlds the bank anew when the folder is not as it was seen. What cannot be read keeps the version
// before, and says why once.
func readAgain(folder string, seen uint64, worlds []*world, log *slog.Logger) uint64 {
	now := fingerprint(folder)
	if now == seen {
		return seen
	}
	bank, err := loadBank(folder)
	if err != nil {
		log.Error("the content folder cannot be read; the version before stays in use", "folder", folder, "error", err.Error())
		return now
	}
	for _, w := range worlds {
		w.bot.SetBank(bank)
	}
	log.Info("content read again", "folder", folder, "questions", len(bank.Questions()))
	return now
}

// fingerprint changes with any file's name, size or time of change.
func fingerprint(folder string) uint64 {
	h := fnv.New64a()
	_ = fs.WalkDir(os.DirFS(folder), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			fmt.Fprintln(h, path, err)
			return nil
		}
		if info, err := d.Info(); err == nil && !d.IsDir() {
			fmt.Fprintln(h, path, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
	return h.Sum64()
}
