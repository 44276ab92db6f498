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

// watchContent reads the folder again when it has changed. What cannot be read keeps the version before, and says why
// once.
func watchContent(ctx context.Context, folder string, worlds []*world, log *slog.Logger) error {
	seen := fingerprint(folder)
	tick := time.NewTicker(contentEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := fingerprint(folder)
		if now == seen {
			continue
		}
		seen = now
		bank, err := loadBank(folder)
		if err != nil {
			log.Error("the content folder cannot be read; the version before stays in use", "folder", folder, "error", err.Error())
			continue
		}
		for _, w := range worlds {
			w.bot.SetBank(bank)
		}
		log.Info("content read again", "folder", folder, "questions", len(bank.Questions()))
	}
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
