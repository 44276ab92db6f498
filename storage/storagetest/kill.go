package storagetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

const (
	killed  = "STORAGETEST_WRITE_UNTIL_KILLED" // environment of the child: where the database is
	kills   = 25
	writers = 8
	crowded = "t" // the track they all write to
)

// ack is one answer that the child was told is stored.
type ack struct {
	writer, no int
	seq        uint64
}

// kill runs this test again in a child process, which writes until it is killed, and looks at what is there. Some children
// die while they open the database.
func kill(t *testing.T, db Database) {
	if where := os.Getenv(killed); where != "" {
		writeUntilKilled(db, where)
	}
	where := db.Fresh(t)
	makeTrack(t, db, where)
	acks := map[ack]bool{}
	for i := range kills {
		life := time.Duration(rand.IntN(40)) * time.Millisecond
		before := len(acks)
		runChild(t, where, life, i%3 != 0, acks)
		if i%3 != 0 && len(acks) == before {
			t.Errorf("child %d stored nothing", i)
		}
		look(t, db, where, acks)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d answers were acknowledged by %d children", len(acks), kills)
}

// makeTrack makes the track that all write to.
func makeTrack(t *testing.T, db Database, where string) {
	t.Helper()
	s, err := db.Open(t.Context(), where, time.Now)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	err = s.Update(t.Context(), func(tx store.Tx) error { return tx.AddTrack(store.Track{ID: crowded}) })
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

// runChild lets a child live for a while, counted from its start or from its first answer, and adds what it acknowledged.
func runChild(t *testing.T, where string, life time.Duration, fromFirst bool, acks map[ack]bool) {
	t.Helper()
	name := strings.Split(t.Name(), "/")
	for i, part := range name {
		name[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	child := exec.Command(os.Args[0], "-test.run="+strings.Join(name, "/"), "-test.count=1")
	child.Env = append(os.Environ(), killed+"="+where)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	end := func() { time.AfterFunc(life, func() { child.Process.Kill() }) }
	if !fromFirst {
		end()
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var a ack
		if n, _ := fmt.Sscanf(lines.Text(), "stored %d %d %d.", &a.writer, &a.no, &a.seq); n != 3 || !strings.HasSuffix(lines.Text(), ".") {
			continue
		}
		if fromFirst {
			end()
			fromFirst = false
		}
		acks[a] = true
	}
	if err := child.Wait(); err == nil {
		t.Error("the child ended by itself")
	}
}

// writeUntilKilled never returns.
func writeUntilKilled(db Database, where string) {
	s, err := db.Open(context.Background(), where, time.Now)
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(1)
	}
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for {
				a, err := writeAnswer(s, w)
				if err != nil && !errors.Is(err, errOwn) {
					fmt.Fprintln(os.Stderr, "child:", err)
					os.Exit(1)
				}
				if err == nil {
					fmt.Printf("stored %d %d %d.\n", a.writer, a.no, a.seq)
				}
			}
		})
	}
	all.Wait()
}

func writer(w int) string { return fmt.Sprint("writer ", w) }

func event(w, no int) string { return fmt.Sprintf("event %d of %d", no, w) }

func text(w, no int) string {
	return strings.Repeat(fmt.Sprintf("answer %d of %d. ", no, w), 1+(w*31+no*7)%40)
}

// writeAnswer does what an answer does, and more: it moves a task, which each answer but every fifth leaves behind. Now and
// then it fails after all of that, so that shared transactions are taken back.
func writeAnswer(s store.Store, w int) (a ack, err error) {
	fails := rand.IntN(20) == 0
	err = s.Update(context.Background(), func(tx store.Tx) error {
		m, err := tx.Member(crowded, writer(w))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		no := m.Answered + 1
		if err := tx.Once(event(w, no)); err != nil {
			return err
		}
		if _, err := tx.Round(crowded, no); errors.Is(err, store.ErrNotFound) { // the first who comes so far
			err = tx.AddRound(store.Round{Track: crowded, No: no, Slot: fmt.Sprint(no)})
			if err != nil {
				return err
			}
		}
		seq, err := tx.AddAnswer(store.Answer{Track: crowded, Round: no, User: writer(w), Text: text(w, no), Sent: tx.Now(), Prev: m.Head})
		if err != nil {
			return err
		}
		m.Track, m.User, m.Head, m.Answered = crowded, writer(w), seq, no
		m.Streak.Total++
		task := store.Task{Key: writer(w), Kind: "refresh", Due: at(no), Round: no}
		keep := func() error { return tx.PutTask(task) }
		if no%5 == 0 {
			keep = func() error { return tx.DeleteTask(task.Key) }
		}
		err = errors.Join(tx.PutMember(m), tx.AddLine(crowded, writer(w), store.Line{Round: no, At: tx.Now()}), keep())
		if err == nil && fails {
			err = errOwn
		}
		a = ack{w, no, seq}
		return err
	})
	return a, err
}

// look opens what a killed child left: all that was acknowledged is there, and all that is there fits together.
func look(t *testing.T, db Database, where string, acks map[ack]bool) {
	t.Helper()
	if db.Check != nil {
		if err := db.Check(t.Context(), where); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Errorf("check: %v", err)
			return
		}
	}
	s, err := db.Open(t.Context(), where, time.Now)
	if err != nil {
		t.Errorf("open: %v", err)
		return
	}
	defer s.Close()
	err = s.View(t.Context(), func(tx store.Tx) error {
		for a := range acks {
			if err := lookAtAck(tx, a); err != nil {
				return err
			}
		}
		for w := range writers {
			if err := lookAtWriter(tx, w); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for a := range acks {
		if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Once(event(a.writer, a.no)) }); err != store.ErrTaken {
			t.Errorf("event of %+v: %v", a, err)
		}
		break // each is a transaction
	}
}

func lookAtAck(tx store.Tx, a ack) error {
	got, err := tx.RoundAnswer(crowded, a.no, writer(a.writer))
	if err != nil || got.Seq != a.seq || got.Text != text(a.writer, a.no) {
		return fmt.Errorf("acknowledged as %+v, found answer %d, %v", a, got.Seq, err)
	}
	return nil
}

// lookAtWriter checks member against chain, ledger and index, and the task against what is due.
func lookAtWriter(tx store.Tx, w int) error {
	m, err := tx.Member(crowded, writer(w))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	chain, err := tx.Chain(m.Head, 0)
	if err != nil || len(chain) != m.Answered || m.Streak.Total != m.Answered {
		return fmt.Errorf("%+v has a chain of %d, %v", m, len(chain), err)
	}
	lines, err := tx.Lines(crowded, m.User, 0, 0)
	if err != nil || len(lines) != m.Answered {
		return fmt.Errorf("%+v has %d lines, %v", m, len(lines), err)
	}
	for i, a := range chain {
		no := m.Answered - i
		indexed, err := tx.RoundAnswer(crowded, no, m.User)
		if err != nil || indexed.Seq != a.Seq || a.Round != no || a.Text != text(w, no) || lines[i].No != no || lines[i].Round != no {
			return fmt.Errorf("round %d of %s: answer %d of round %d, indexed as %d, line %d of round %d, %v",
				no, m.User, a.Seq, a.Round, indexed.Seq, lines[i].No, lines[i].Round, err)
		}
	}
	task, err := tx.Task(m.User)
	if m.Answered%5 == 0 {
		if !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("the task of %+v is %+v, %v", m, task, err)
		}
		return nil
	}
	if err != nil || task.Round != m.Answered {
		return fmt.Errorf("the task of %+v is %+v, %v", m, task, err)
	}
	return lookAtDue(tx, task)
}

func lookAtDue(tx store.Tx, task store.Task) error {
	all, err := tx.Due(task.Due, 0)
	n := 0
	for _, d := range all {
		if d == task {
			n++
		}
	}
	if err != nil || n != 1 {
		return fmt.Errorf("%+v is due %d times, %v", task, n, err)
	}
	return nil
}
