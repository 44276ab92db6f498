//go:build !race

package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
	"github.com/interviewbot/interviewbot/storage/postgres/postgrestest"
)

// hall is a channel of one of the platforms, with its people: the first owns the track.
type hall struct {
	f      *fleet
	people []*guest
	place  string
	dm     func() []string          // what the owner sees in the direct conversation
	press  func(label string) error // there
	told   int                      // notices in it, before the day
	looked int                      // how often the owner looked in vain since another came
	found  func()                   // what happens once it is there; nil = nothing
	pace   chan struct{}            // when the next may answer; nil = at once
	asked  map[string]bool          // titles of the questions so far
	acked  []string                 // the answers that were acknowledged
	counts map[*guest]int
}

const answerWait = 3 * time.Second // as long as the platforms wait

// persist repeats a deed until what it is for is seen, waiting so long each time. The clocks go on between tries, for leases of
// replicas that are gone.
func (h *hall) persist(g *guest, what string, wait time.Duration, deed func() error, ok func() bool) error {
	var last error
	for try := range 30 {
		if try > 0 {
			h.f.advance(20 * time.Second)
		}
		if deed != nil {
			last = deed()
		}
		if g.soon(wait, ok) {
			return nil
		}
	}
	return fmt.Errorf("%s: %s did not come (%v); on the screen:\n%s", g.name, what, last, strings.Join(g.sees(), "\n---\n"))
}

// soon waits until ok, but not for long.
func (g *guest) soon(wait time.Duration, ok func() bool) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		changed := g.changed()
		if ok() {
			return true
		}
		select {
		case <-changed:
		case <-timer.C:
			return ok()
		}
	}
}

// question waits for today's.
func (h *hall) question() (q *questions.Question, err error) {
	err = h.persist(h.people[0], "today's question", time.Second, func() error {
		h.look()
		return nil
	}, func() bool {
		for _, text := range slices.Backward(h.people[0].posts()) {
			if strings.Contains(text, "open until") {
				q = h.f.titled(text)
				return q != nil && !h.asked[q.Title]
			}
		}
		return false
	})
	if err == nil {
		h.asked[q.Title] = true
		if h.found != nil {
			h.found()
		}
	}
	return q, err
}

func (w *week) titled(text string) *questions.Question {
	for _, q := range w.bank.Questions() {
		if strings.Contains(text, q.Title) {
			return q
		}
	}
	return nil
}

// answer answers the open question, again and again until that is acknowledged.
func (h *hall) answer(g *guest, q *questions.Question) error {
	text := fmt.Sprintf("%s\n\nThis is what %s says, for the time no. %d.", q.Samples.Strong, g.name, h.counts[g]+1)
	err := h.persist(g, "the acknowledgement", answerWait, func() error {
		if len(g.labels()) == 0 {
			if err := g.press("Answer privately"); err != nil {
				return err
			}
			if !g.soon(answerWait, func() bool { return len(g.labels()) > 0 }) {
				return errors.New("the form did not open")
			}
		}
		label := "Your answer"
		for _, l := range g.labels() {
			if strings.HasPrefix(l, "Your choice") {
				if err := g.fill(l, rightOf(q)...); err != nil {
					return err
				}
				label = "Why? In your own words"
			}
		}
		return errors.Join(g.fill(label, text), g.submit())
	}, func() bool {
		return strings.Contains(strings.Join(g.sees(), "\n"), fmt.Sprintf("your streak is %d", h.counts[g]+1))
	})
	if err == nil {
		h.counts[g]++
		h.acked = append(h.acked, text)
	}
	return err
}

// day is what the people of a hall do: the first answers always, the others every second day.
func (h *hall) day(no int) error {
	q, err := h.question()
	if err != nil {
		return err
	}
	for i, g := range h.people {
		if i == 0 || (no+i)%2 == 0 {
			if h.pace != nil {
				<-h.pace
			}
			if err := h.answer(g, q); err != nil {
				return err
			}
		}
	}
	return nil
}

// TestReplicasThroughAMonth lets three replicas serve two platforms for some weeks while they and their database fail in
// turn; then it reads what was stored and what was posted.
func TestReplicasThroughAMonth(t *testing.T) {
	long(t, "a month")
	f := newFleet(t)
	const days = 15 // as many as there are mishaps: three weeks of working days
	f.back()
	f.starting.Wait()
	halls := f.furnish()
	all := mishaps()
	for day := range days {
		at := time.Date(2027, 2, 1+day/5*7+day%5, 9, 0, 1, 0, time.UTC)
		f.play(all[day%len(all)], day, at, halls)
		if t.Failed() {
			return
		}
	}
	f.starting.Wait()
	for _, r := range f.replicas {
		r.end(syscall.SIGTERM)
		if r.failed != nil {
			t.Errorf("%s ended with %v", r.name, r.failed)
		}
		if strings.Contains(r.log.String(), "DATA RACE") {
			t.Errorf("%s: a data race:\n%s", r.name, r.log)
		}
	}
	f.check(f.store, 4)
	f.checkPosts(days, halls)
	f.checkAnswers(halls)
	handed := postgrestest.Rows(t, f.store, "SELECT what || ': ' || before || ' -> ' || after FROM handovers WHERE early")
	for _, h := range handed {
		t.Errorf("a lease was taken from a replica that held it: %s", h)
	}
	t.Logf("%d days, %d answers, leases taken over: %v", days, len(halls[0].acked)+len(halls[1].acked), postgrestest.Rows(t, f.store, "SELECT what, count(*) FROM handovers GROUP BY what"))
}

// furnish makes the two channels and sets them up.
func (f *fleet) furnish() []*hall {
	f.Helper()
	room := f.slack.AddChannel("team-server", false, true)
	channel := f.discord.Guild("Study group").Channel("study-hall")
	ada, cleo := f.slack.AddPerson("Ada", "Europe/Berlin", true), f.discord.Person("Cleo")
	slack := &hall{f: f, place: room, people: []*guest{f.onSlack(room, "Ada", true), f.onSlack(room, "Ben", false)}}
	discord := &hall{f: f, place: channel, people: []*guest{f.onDiscord(channel, "Cleo", "UTC", true), f.onDiscord(channel, "Dan", "Asia/Kolkata", false)}}
	slack.press = func(label string) error { return ada.Press(ada.Direct(), label) }
	slack.dm = func() (texts []string) {
		for _, m := range ada.Screen(ada.Direct()) {
			texts = append(texts, m.Text)
		}
		return texts
	}
	discord.press = func(label string) error { return cleo.Press(cleo.Direct(), label) }
	discord.dm = func() (texts []string) {
		for _, m := range cleo.Screen(cleo.Direct()) {
			texts = append(texts, m.Text)
		}
		return texts
	}
	for _, h := range []*hall{slack, discord} {
		h.asked, h.counts = map[string]bool{}, map[*guest]int{}
	}
	discord.people[0].until("the registration", func() bool { return f.discord.Registered() > 0 })
	slack.people[0].setUp()
	discord.people[0].setUp()
	return []*hall{slack, discord}
}

// play plays a day with a mishap.
func (f *fleet) play(m mishap, day int, at time.Time, halls []*hall) {
	f.Helper()
	began := time.Now()
	f.settled()
	end := func() {}
	for _, h := range halls {
		h.told = h.notices()
	}
	if m.begin != nil {
		end = m.begin(f, halls)
	}
	f.jump(at)
	var people sync.WaitGroup
	done := make(chan struct{})
	for _, h := range halls {
		people.Go(func() {
			if err := h.day(day); err != nil {
				f.Errorf("day %d, %s: %v", day+1, m.name, err)
			}
		})
	}
	go func() {
		people.Wait()
		close(done)
	}()
	if m.during != nil {
		m.during(f, done)
	}
	<-done
	end()
	f.back()
	f.Logf("day %d, %s: %s", day+1, m.name, time.Since(began).Round(time.Millisecond))
}

// checkPosts looks for every slot's post: one, in the channel.
func (f *fleet) checkPosts(days int, halls []*hall) {
	f.Helper()
	for _, h := range halls {
		posts := map[string]int{}
		for _, text := range h.people[0].posts() {
			if q := f.titled(text); q != nil {
				posts[q.Title]++
			}
		}
		for title, n := range posts {
			if n != 1 {
				f.Errorf("%q was posted %d times", title, n)
			}
		}
		if len(posts) != days {
			f.Errorf("%d questions were posted on %d days", len(posts), days)
		}
	}
}

// checkAnswers compares what was acknowledged with what is stored.
func (f *fleet) checkAnswers(halls []*hall) {
	f.Helper()
	var want, got []string
	for _, h := range halls {
		want = append(want, h.acked...)
	}
	f.eachTrack(f.store, func(tx store.Tx, t store.Track, rounds []store.Round) error {
		var err error
		for _, r := range rounds {
			answers, errAnswers := tx.RoundAnswers(t.ID, r.No, "", 0)
			err = errors.Join(err, errAnswers)
			for _, a := range answers {
				got = append(got, a.Text)
			}
		}
		return err
	})
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		f.Errorf("acknowledged were %d answers, stored are %d:\n%q\n%q", len(want), len(got), want, got)
	}
}
