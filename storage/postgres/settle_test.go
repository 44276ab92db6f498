package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/interviewbot/interviewbot/bot/store"
)

// count asks the database for one number.
// A server of several machines may itself not know whether a transaction took place, and say so on a connection that is whole.
func TestServerThatDoesNotKnow(t *testing.T) {
	where := fresh(t)
	s := open(t, where)
	execute(t, where, "CREATE SEQUENCE tries", `CREATE FUNCTION ambiguous() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF nextval('tries') = 1 THEN RAISE 'result is ambiguous' USING ERRCODE = '40003'; END IF; RETURN NULL; END $$`,
		"CREATE CONSTRAINT TRIGGER ambiguous AFTER INSERT ON answers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ambiguous()")
	if err := s.Update(t.Context(), practice("x")); err != nil {
		t.Error(err)
	}
	if n := stored(t, where, "x"); n != 1 {
		t.Errorf("stored %d times", n)
	}
}

func count(t testing.TB, where, sql string, args ...any) (n int) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), where)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := conn.QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func stored(t testing.TB, where, text string) int {
	t.Helper()
	return count(t, where, "SELECT count(*) FROM answers WHERE text = $1", text)
}

func practice(text string) func(store.Tx) error {
	return func(tx store.Tx) error {
		_, err := tx.AddAnswer(store.Answer{User: "u", Text: text, Sent: tx.Now()})
		return err
	}
}

// The connection is lost in the moment of COMMIT: the store must find out what became of it, and the answer must be there once.
func TestConnectionLostAtCommit(t *testing.T) {
	where := fresh(t)
	p, address := through(t, where)
	s := open(t, address)
	for name, lose := range map[string]func(l *link, sent []byte){
		"before the server has it": func(l *link, _ []byte) { l.cut() },
		"after the server has it": func(l *link, sent []byte) {
			l.server.Write(sent)
			l.store.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			var lost atomic.Int32
			p.see(func(l *link, sent []byte) {
				if executes(sent, "COMMIT") && lost.Add(1) == 1 {
					lose(l, sent)
				}
			})
			defer p.see(nil)
			for i := range 3 {
				lost.Store(0)
				text := fmt.Sprint(name, i)
				if err := s.Update(t.Context(), practice(text)); err != nil {
					t.Error(err)
				}
				if n := stored(t, where, text); n != 1 || lost.Load() == 0 {
					t.Errorf("stored %d times, %d commits", n, lost.Load())
				}
			}
		})
	}
}

// What was sent arrives only after the store was told that it never did. The server must not take it any more, whether the
// closure was stored in another transaction meanwhile, or thought better of it.
func TestCommitThatComesTooLate(t *testing.T) {
	for want, again := range []func(store.Tx) error{
		func(store.Tx) error { return errors.New("too late for me") },
		practice("late"),
	} {
		where := fresh(t)
		p, address := through(t, where)
		s := open(t, address)
		release, delivered := make(chan struct{}), make(chan struct{})
		var held atomic.Bool
		p.see(func(l *link, sent []byte) {
			if executes(sent, "COMMIT") && held.CompareAndSwap(false, true) {
				l.store.Close()
				<-release
				l.server.Write(sent)
				l.server.Read(make([]byte, 1<<16)) // or somebody else reads it; the server has answered
				close(delivered)
			}
		})
		err := s.Update(t.Context(), func(tx store.Tx) error {
			if held.Load() {
				return again(tx)
			}
			return practice("late")(tx)
		})
		if (err == nil) != (want == 1) {
			t.Error(err)
		}
		if n := stored(t, where, "late"); n != want {
			t.Errorf("stored %d times of %d, before", n, want)
		}
		close(release)
		<-delivered
		if n := stored(t, where, "late"); n != want {
			t.Errorf("stored %d times of %d, after all", n, want)
		}
	}
}

// Connections are cut again and again while many write: what was acknowledged is there once, what failed is not.
func TestConnectionsCutAllTheTime(t *testing.T) {
	where := fresh(t)
	p, address := through(t, where)
	s := open(t, address)
	var commits atomic.Int32
	p.see(func(l *link, sent []byte) {
		if executes(sent, "COMMIT") {
			switch commits.Add(1) % 5 {
			case 1:
				l.cut()
			case 3:
				l.server.Write(sent)
				l.cut()
			}
		}
	})
	const crowd, each = 8, 12
	var all sync.WaitGroup
	for c := range crowd {
		all.Go(func() {
			for i := range each {
				err := s.Update(context.Background(), func(tx store.Tx) error {
					return errors.Join(tx.Once(fmt.Sprint("e", c, "-", i)), practice(fmt.Sprint(c, "-", i))(tx))
				})
				if err != nil {
					t.Errorf("%d-%d: %v", c, i, err)
				}
			}
		})
	}
	all.Wait()
	if n := count(t, where, "SELECT count(*) FROM answers"); n != crowd*each {
		t.Errorf("%d answers of %d", n, crowd*each)
	}
	if n := count(t, where, "SELECT count(DISTINCT text) FROM answers"); n != crowd*each {
		t.Errorf("%d different answers of %d", n, crowd*each)
	}
}

// A View whose connection was lost before it read takes another.
func TestViewOfALostConnection(t *testing.T) {
	p, address := through(t, fresh(t))
	s := open(t, address)
	look := func(tx store.Tx) error { _, err := tx.AllTracks("", 1); return err }
	for range 5 {
		if err := s.View(t.Context(), look); err != nil {
			t.Error(err)
		}
		p.cutAll()
	}
	if err := s.Update(t.Context(), practice("after")); err != nil {
		t.Error(err)
	}
}
