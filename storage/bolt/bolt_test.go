package bolt_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/bolt"
)

func open(t testing.TB, path string, opt bolt.Options) *bolt.Store {
	t.Helper()
	if opt.MmapSize == 0 {
		opt.MmapSize = 1 << 20
	}
	s, err := bolt.Open(context.Background(), path, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestAnswerIsThereAfterReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	s := open(t, path, bolt.Options{})
	var seq uint64
	err := s.Update(t.Context(), func(tx store.Tx) (err error) {
		if err := tx.Once("event"); err != nil {
			return err
		}
		seq, err = tx.AddAnswer(store.Answer{Track: "t", Round: 1, User: "u", Text: "because", Sent: tx.Now()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path, bolt.Options{})
	err = s.View(t.Context(), func(tx store.Tx) error {
		a, err := tx.RoundAnswer("t", 1, "u")
		if err != nil || a.Seq != seq || a.Text != "because" {
			t.Errorf("got %+v, %v", a, err)
		}
		old, err := tx.AnswersBefore(tx.Now().Add(time.Hour), 0, 0)
		if err != nil || len(old) != 1 {
			t.Errorf("got %+v, %v", old, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Once("event") }); err != store.ErrTaken {
		t.Errorf("got %v", err)
	}
}
