package postgres_test

import (
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

func restored() []store.Record {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	return []store.Record{
		store.Space{ID: "slack:s", Created: at}, store.Track{ID: "t", Space: "slack:s", Created: at}, store.Round{Track: "t", No: 1, Slot: "2026-03-02T09:00"},
		store.Answer{Seq: 100, User: "u", Track: "t", Round: 1, Text: "hello", Sent: at}, store.SpaceValue{Value: store.Value{Key: "k", Data: []byte("v")}},
	}
}

// Numbers are drawn outside of transactions. Were they set after the records are there, a move that is killed between the two and
// gone on with would leave the next answer a number that is taken: it would replace that answer.
func TestNumbersAreSetBeforeAnswersAreThere(t *testing.T) {
	where := fresh(t)
	s := open(t, where)
	execute(t, where, "CREATE FUNCTION number_first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT last_value FROM answer_numbers) < NEW.seq THEN RAISE 'too early'; END IF; RETURN NEW; END $$",
		"CREATE TRIGGER number_first BEFORE INSERT ON answers FOR EACH ROW EXECUTE FUNCTION number_first()")
	if err := s.Restore(t.Context(), restored()); err != nil {
		t.Error(err)
	}
	err := s.Update(t.Context(), func(tx store.Tx) error {
		seq, err := tx.AddAnswer(store.Answer{User: "u", Sent: time.Now()})
		if seq <= 100 {
			t.Errorf("the next answer has number %d", seq)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A connection that is cut is not the end of a move.
func TestRestoreOutlivesAConnection(t *testing.T) {
	where := fresh(t)
	s := open(t, where)
	if err := s.Restore(t.Context(), restored()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		execute(t, where, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		if err := s.Restore(t.Context(), restored()); err != nil {
			t.Error(err)
		}
	}
}

// What takes the records of a Dump may take its time, as a slow disk does: longer than a transaction may else idle.
func TestADumpWaitsForWhoeverTakesIt(t *testing.T) {
	t.Parallel()
	where := fresh(t)
	s := open(t, where)
	if err := s.Restore(t.Context(), restored()); err != nil {
		t.Fatal(err)
	}
	n := 0
	err := s.Dump(t.Context(), func(store.Record) error {
		if n++; n == 1 {
			execute(t, where, "SELECT pg_sleep(5.5)")
		}
		return nil
	})
	if err != nil || n != len(restored()) {
		t.Errorf("%d records and %v", n, err)
	}
}

// Of a batch that the database refuses the sentence names the record, and says no word of a text.
func TestARecordThatIsRefusedIsNamed(t *testing.T) {
	where := fresh(t)
	s := open(t, where)
	for what, c := range map[string]struct {
		bad  store.Record
		says string
	}{
		"a zero byte":       {store.Answer{Seq: 7, User: "u", Text: "private\x00"}, `answers, 7: `},
		"no UTF-8":          {store.Draft{User: "u", Key: "k", Text: "private\xff"}, `drafts, "u" "k": `},
		"a track that left": {store.Round{Track: "gone", No: 3, Slot: "s"}, `rounds, "gone" 3: `},
		"too large":         {store.Answer{Seq: 8, User: "u", Text: "private", Hints: 1 << 40}, `answers, 8: `},
	} {
		err := s.Restore(t.Context(), append(restored(), c.bad))
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "private") {
			t.Errorf("%s: %v, want %q in it", what, err, c.says)
		}
	}
	if n := count(t, where, "SELECT count(*) FROM spaces"); n != 0 {
		t.Errorf("%d spaces: a batch that is refused leaves nothing", n)
	}
}

// On some databases that speak the protocol INTEGER has 64 bits.
func TestWiderNumbersDoNoHarm(t *testing.T) {
	where := fresh(t)
	open(t, where).Close()
	execute(t, where, "ALTER TABLE answers ALTER hints TYPE bigint, ALTER rating TYPE integer", "ALTER TABLE tracks ALTER levels TYPE bigint[]")
	s := open(t, where)
	if err := s.Restore(t.Context(), restored()); err != nil {
		t.Error(err)
	}
	execute(t, where, "ALTER TABLE answers ALTER seq TYPE integer")
	refusal(t, where, nil, "column seq of table answers is integer instead of bigint")
}
