package storage_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage"
)

func TestOpenPicksByScheme(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	for _, url := range []string{path, "bolt://" + path, "BOLT://" + path} {
		s, err := storage.Open(t.Context(), url, storage.Options{})
		if err != nil {
			t.Fatalf("%s: %v", url, err)
		}
		err = s.Update(t.Context(), func(tx store.Tx) error { return tx.PutSpace(store.Space{ID: url}) })
		if err != nil {
			t.Errorf("%s: %v", url, err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestOpenSaysWhatToDo(t *testing.T) {
	for url, says := range map[string]string{
		"postgres://user:secret@127.0.0.1:1/db":   "is the server running",
		"postgresql://user:secret@127.0.0.1:1/db": "is the server running",
		"POSTGRES://user:secret@host:port/db":     "has the form postgres://",
		"mysql://user:secret@host/db":             "give the path",
		"bolt://":                                 "give the path",
		"":                                        "give the path",
	} {
		s, err := storage.Open(t.Context(), url, storage.Options{})
		if err == nil {
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", url, err)
		}
	}
}
