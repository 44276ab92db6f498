package bolt_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/bolt"
)

// Bytes that the shared suite leaves out, because not every database has them in texts.
func TestIdentifiersOfAnyBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	s := open(t, path, bolt.Options{})
	ids := []string{"\x00", "\x00\x00", "\x00\x01", "\x00\xff", "a", "a\x00", "a\x00\x01", "a\x00\x01b", "a\x01", "\xff", "\xff\xff", strings.Repeat("\xff", 20)}
	err := s.Update(t.Context(), func(tx store.Tx) error {
		for _, a := range ids {
			for _, b := range ids {
				_, err := tx.AddAnswer(store.Answer{Track: a, Round: 1, User: b, Text: a + b})
				if err := errors.Join(err, tx.PutMember(store.Member{Track: a, User: b}), tx.AddLine(a, b, store.Line{Round: 1})); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(tx store.Tx) error {
		for _, a := range ids {
			members, err := tx.Members(a, "", 0)
			answers, errAnswers := tx.RoundAnswers(a, 1, "", 0)
			memberships, errMemberships := tx.Memberships(a)
			if err := errors.Join(err, errAnswers, errMemberships); err != nil {
				return err
			}
			if len(members) != len(ids) || len(answers) != len(ids) || len(memberships) != len(ids) {
				t.Errorf("%q: %d members, %d answers, %d memberships of %d", a, len(members), len(answers), len(memberships), len(ids))
			}
			for i, b := range ids { // which are in order
				lines, err := tx.Lines(a, b, 0, 0)
				if err != nil || len(lines) != 1 || members[i].User != b || answers[i].User != b || answers[i].Text != a+b {
					t.Errorf("%q %q: %d lines, member %q, answer of %q, %v", a, b, len(lines), members[i].User, answers[i].User, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEventsAreForgottenByTheDay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	now := time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)
	s := open(t, path, bolt.Options{Now: func() time.Time { return now }})
	for i := range 24 * 20 {
		if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Once(fmt.Sprint(i)) }); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	change(t, path, func(tx *bbolt.Tx) error {
		days, events := 0, 0
		c := tx.Cursor()
		for name, _ := c.Seek([]byte("once ")); strings.HasPrefix(string(name), "once "); name, _ = c.Next() {
			days++
			events += tx.Bucket(name).Stats().KeyN
		}
		if days > 4 || events < 48 || events > 4*24 {
			t.Errorf("%d events of %d days are kept", events, days)
		}
		return nil
	})
}

// The blocks that inTexts notes are larger than what the shared suite writes.
func TestOldTextsAreFoundInEveryBlock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	s := open(t, path, bolt.Options{})
	day := func(n int) time.Time { return time.Date(2026, 1, 1+n, 0, 0, 0, 0, time.UTC) }
	const n = 10000
	err := s.Update(t.Context(), func(tx store.Tx) error {
		for i := range n {
			a := store.Answer{User: "u", Text: "x", Sent: day(i / 100)}
			if i%7 == 0 {
				a.Text = ""
			}
			if i == n-1 { // long before its neighbours, as an import may be
				a.Sent = day(0)
			}
			if _, err := tx.AddAnswer(a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	purged := 0
	for more := true; more; {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			old, err := tx.AnswersBefore(day(60), 0, 500)
			more = len(old) > 0
			for _, a := range old {
				if a.Text = ""; !a.Sent.Before(day(60)) {
					return fmt.Errorf("%+v is not old", a)
				}
				err = errors.Join(err, tx.PutAnswer(a))
			}
			purged += len(old)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	want := 1 // the last
	for i := range 6000 {
		if i%7 != 0 {
			want++
		}
	}
	if purged != want {
		t.Errorf("%d of %d", purged, want)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := bolt.Check(t.Context(), path); err != nil {
		t.Error(err)
	}
	change(t, path, func(tx *bbolt.Tx) error {
		if kept := tx.Bucket([]byte("texts")).Stats().KeyN; kept != 2 { // blocks 1 and 2; 0 has no text left
			t.Errorf("%d blocks are kept", kept)
		}
		return nil
	})
}

func TestTrackThatMoves(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	s := open(t, path, bolt.Options{})
	for _, where := range []string{"a", "b"} {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			return tx.PutTrack(store.Track{ID: "t", Channel: "channel " + where, Space: "space " + where})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	err := s.View(t.Context(), func(tx store.Tx) error {
		for where, n := range map[string]int{"a": 0, "b": 1} {
			ofChannel, err := tx.ChannelTracks("channel " + where)
			ofSpace, errSpace := tx.SpaceTracks("space " + where)
			if len(ofChannel) != n || len(ofSpace) != n || err != nil || errSpace != nil {
				t.Errorf("%s: %d and %d tracks, %v, %v", where, len(ofChannel), len(ofSpace), err, errSpace)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPurgeTakesNoMoreThanItMay(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "bot.db"), bolt.Options{})
	err := s.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(tx.PutSpace(store.Space{ID: "s"}), tx.PutValue("s", "k", []byte("v")), tx.PutDraft(store.Draft{User: "u", Key: "k"}),
			tx.PutTask(store.Task{Key: "a", Space: "s"}), tx.PutTask(store.Task{Key: "b", Space: "s"}),
			tx.PutTrack(store.Track{ID: "t", Space: "s"}), tx.AddLine("t", "u", store.Line{}), tx.AddLine("t", "u", store.Line{}),
			tx.PutMember(store.Member{Track: "t", User: "u"}), tx.PutPerson(store.Person{User: "u", Space: "s"}))
	})
	if err != nil {
		t.Fatal(err)
	}
	const records = 10
	for n := 1; ; n++ {
		more := false
		err := s.Update(t.Context(), func(tx store.Tx) (err error) { more, err = tx.PurgeSpace("s", 1); return err })
		if err != nil {
			t.Fatal(err)
		}
		if !more || n > records {
			if n != records {
				t.Errorf("%d steps for %d records", n, records)
			}
			return
		}
	}
}
