package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/interviewbot/interviewbot/"

// arrows are the imports there may be among our own packages, by folder; "x/..." is a folder and all below it. What is not
// here is not allowed. Packages called …test are for tests alone, of any package that may import what they are made for.
func arrows() map[string][]string {
	pure := []string{}
	return map[string][]string{
		"cmd/interviewbot":              {"bot", "bot/...", "adapters/...", "storage", "storage/...", "questions", "questions/..."},
		"bot":                           {"bot/...", "questions", "questions/rubric"},
		"bot/chat":                      pure,
		"bot/store":                     {"bot/streak", "bot/recall"},
		"bot/civil":                     pure,
		"bot/streak":                    pure,
		"bot/recall":                    pure,
		"bot/picture":                   pure,
		"bot/bottest":                   {"bot/chat", "bot/store", "bot/streak"},
		"adapters/slack":                {"bot/chat"},
		"adapters/discord":              {"bot/chat"},
		"adapters/playground":           {"bot/chat"},
		"adapters/adaptertest":          {"bot/chat"},
		"adapters/slack/slacktest":      {"bot/chat"},
		"adapters/discord/discordtest":  {"bot/chat"},
		"storage":                       {"storage/bolt", "storage/postgres", "bot/store"},
		"storage/bolt":                  {"bot/store", "bot/streak", "bot/recall", "storage/commit"},
		"storage/postgres":              {"bot/store", "bot/streak", "bot/recall", "storage/commit"},
		"storage/postgres/postgrestest": pure,
		"storage/commit":                {"bot/store"},
		"storage/archive":               {"bot/store"},
		"storage/storagetest":           {"bot/store", "bot/streak", "bot/recall"},
		"questions":                     {"questions/rubric"},
		"questions/rubric":              pure,
	}
}

// homes are the libraries that may be imported in one folder only, and in that of its tests where it says so.
func homes() map[string][]string {
	return map[string][]string{
		"github.com/slack-go/slack":     {"adapters/slack"},
		"github.com/bwmarrin/discordgo": {"adapters/discord"},
		"go.etcd.io/bbolt":              {"storage/bolt"},
		"github.com/jackc/pgx":          {"storage/postgres", "storage/postgres/postgrestest"},
		"github.com/robfig/cron":        {"bot/civil"},
	}
}

func TestImportsPointOneWay(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := 0
	err := fs.WalkDir(os.DirFS(root), ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.Contains(file, "testdata/") {
			return err
		}
		seen++
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if why := refused(path.Dir(file), strings.HasSuffix(file, "_test.go"), imported); why != "" {
				t.Errorf("%s imports %s: %s", file, imported, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 50 {
		t.Fatalf("only %d files were read", seen)
	}
}

// refused says why a folder may not import a package, "" when it may.
func refused(folder string, test bool, imported string) string {
	for lib, home := range homes() {
		if (imported == lib || strings.HasPrefix(imported, lib+"/")) && !slices.Contains(home, folder) {
			return "it belongs in " + home[0] + " alone"
		}
	}
	to, ours := strings.CutPrefix(imported, module)
	if !ours || to == folder {
		return ""
	}
	if strings.HasSuffix(path.Base(to), "test") {
		if !test && !strings.HasSuffix(path.Base(folder), "test") {
			return "packages for tests are imported by tests only"
		}
		return ""
	}
	allowed, known := arrows()[folder]
	if !known {
		return "the folder is not in the design"
	}
	for _, a := range allowed {
		if a == to || (strings.HasSuffix(a, "/...") && strings.HasPrefix(to, strings.TrimSuffix(a, "..."))) {
			return ""
		}
	}
	return "this arrow is not in the design"
}

func TestRefusedArrowsAreRefused(t *testing.T) {
	for _, c := range []struct {
		folder   string
		test     bool
		imported string
		want     bool
	}{
		{"adapters/slack", false, module + "bot", true},
		{"adapters/slack", false, module + "adapters/discord", true},
		{"adapters/slack", false, module + "bot/chat", false},
		{"bot", false, module + "storage/bolt", true},
		{"bot", false, module + "bot/bottest", true},
		{"bot", true, module + "bot/bottest", false},
		{"bot/util", false, module + "bot/chat", true},
		{"bot", false, "go.etcd.io/bbolt", true},
		{"storage/bolt", false, "go.etcd.io/bbolt/errors", false},
		{"storage/bolt", false, module + "storage/postgres", true},
	} {
		if got := refused(c.folder, c.test, c.imported); (got != "") != c.want {
			t.Errorf("%s (test: %v) imports %s: %q", c.folder, c.test, c.imported, got)
		}
	}
}
