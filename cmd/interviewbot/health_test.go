package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
)

// A replica that waits for another's connection is well: who asks /readyz must not restart it. One whose platform refuses
// it is not.
func TestReadyzTellsStandingByFromTrouble(t *testing.T) {
	bank, err := questions.Load()
	if err != nil {
		t.Fatal(err)
	}
	platform := bottest.New(time.Now, nil)
	s := bottest.NewStore(time.Now)
	w := &world{name: "self", store: s, platforms: []chat.Platform{platform}, bot: bot.New(bot.Options{Store: s, Bank: bank, Now: time.Now})}
	mux := http.NewServeMux()
	health(mux, []*world{w}, slog.New(slog.DiscardHandler))

	for _, c := range []struct {
		state error
		code  int
		part  string
	}{
		{nil, http.StatusOK, `"self/test":"ok"`},
		{fmt.Errorf("five others hold it: %w", chat.ErrStandby), http.StatusOK, `"self/test":"five others hold it: standing by`},
		{chat.ErrRevoked, http.StatusServiceUnavailable, `"self/test":"the bot's access`},
	} {
		platform.Down(c.state)
		got := httptest.NewRecorder()
		mux.ServeHTTP(got, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		if got.Code != c.code || !strings.Contains(got.Body.String(), c.part) {
			t.Errorf("with %v: %d %s; want %d with %s", c.state, got.Code, got.Body, c.code, c.part)
		}
	}
}

// Who asks one replica hears of another that has other questions; it is ready all the same.
func TestReadyzNamesReplicasThatDiffer(t *testing.T) {
	bank, err := questions.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := bottest.NewStore(time.Now)
	w := &world{name: "self", version: "v0.0.2", store: s, bot: bot.New(bot.Options{Store: s, Bank: bank, Now: time.Now, Version: "v0.0.2"})}
	seen := func(id, version, bank string) {
		data := fmt.Sprintf(`{"version":%q,"bank":%q,"seen":%q}`, version, bank, time.Now().UTC().Format(time.RFC3339))
		if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.PutValue("", "replica/"+id, []byte(data)) }); err != nil {
			t.Fatal(err)
		}
	}
	mux := http.NewServeMux()
	health(mux, []*world{w}, slog.New(slog.DiscardHandler))
	ask := func() (int, string) {
		got := httptest.NewRecorder()
		mux.ServeHTTP(got, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		return got.Code, got.Body.String()
	}
	seen("same", "v0.0.2", bank.Hash())
	if code, body := ask(); code != http.StatusOK || !strings.Contains(body, `"id":"same"`) || !strings.Contains(body, `"warnings":[]`) || !strings.Contains(body, `"replica":"`+w.bot.Replica()) {
		t.Errorf("with another that is the same: %d %s", code, body)
	}
	seen("old", "v0.0.1", "another bank")
	if code, body := ask(); code != http.StatusOK || !strings.Contains(body, "replica old is version v0.0.1") || !strings.Contains(body, "replica old has another question bank") {
		t.Errorf("with another that differs: %d %s", code, body)
	}
}

// What is the matter with a database stands in the log: who asks over the network reads no host and no user.
func TestReadyzKeepsTheStoresErrorToItself(t *testing.T) {
	bank, err := questions.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := bottest.NewStore(time.Now)
	w := &world{name: "self", store: broken{s}, bot: bot.New(bot.Options{Store: broken{s}, Bank: bank, Now: time.Now})}
	var log bytes.Buffer
	mux := http.NewServeMux()
	health(mux, []*world{w}, slog.New(slog.NewTextHandler(&log, nil)))
	got := httptest.NewRecorder()
	mux.ServeHTTP(got, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if got.Code != http.StatusServiceUnavailable || strings.Contains(got.Body.String(), "db.internal") || strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), "db.internal") {
		t.Errorf("%d %s\nlog: %s", got.Code, got.Body, log.String())
	}
	log.Reset()
	gone, leave := context.WithCancel(t.Context())
	leave()
	mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(gone, http.MethodGet, "/readyz", nil))
	if log.Len() > 0 {
		t.Errorf("somebody asked and went away; in the log stands %s", log.String())
	}
}

// broken is a store whose database is away.
type broken struct{ store.Store }

func (broken) View(context.Context, func(store.Tx) error) error {
	return errors.New("the database at db.internal is away")
}

// Two builds that know neither a version nor a revision, as of a container, are told from each other all the same.
func TestVersionsOfBuildsWithoutOneDiffer(t *testing.T) {
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "program")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	unnamed := &debug.BuildInfo{GoVersion: "go1.26", Main: debug.Module{Version: "(devel)"}}
	one, same, other := versionOf(unnamed, file("one")), versionOf(unnamed, file("one")), versionOf(unnamed, file("other"))
	if one != same || one == other {
		t.Errorf("%q, the same %q, another %q", one, same, other)
	}
	if got := versionOf(unnamed, ""); got != "(devel) go1.26" {
		t.Errorf("of a program that cannot be read: %q", got)
	}
	for want, info := range map[string]*debug.BuildInfo{
		"v1.2.3 go1.26":       {GoVersion: "go1.26", Main: debug.Module{Version: "v1.2.3"}},
		"0123456789ab go1.26": {GoVersion: "go1.26", Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}}},
	} {
		if got := versionOf(info, file("one")); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
