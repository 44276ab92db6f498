//go:build !race

package main

import (
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/interviewbot/interviewbot/storage/postgres/postgrestest"
)

// mishap is what goes wrong on a day: begin is called the night before and returns what is called in the evening; during while
// people answer, until done.
type mishap struct {
	name   string
	begin  func(f *fleet, halls []*hall) (end func())
	during func(f *fleet, done <-chan struct{})
}

const (
	ofSlack = iota // the halls
	ofDiscord
)

func mishaps() []mishap {
	return []mishap{
		{name: "all replicas are restarted, one after another", begin: roll},
		{name: "Slack's post never leaves a killed replica", begin: atPost(ofSlack, false, (*replica).shot)},
		{name: "Discord's post arrives late from a frozen replica", begin: atPost(ofDiscord, false, (*replica).sleep)},
		{name: "connections are cut", during: cutConnections},
		{name: "a backup is made", during: backUp},
		{name: "Slack's post arrives, its replica is killed", begin: atPost(ofSlack, true, (*replica).shot)},
		{name: "the database crashes", during: func(f *fleet, _ <-chan struct{}) { f.restartDatabase("immediate") }},
		{name: "Slack's post arrives late from a frozen replica", begin: atPost(ofSlack, false, (*replica).sleep)},
		{name: "Discord's post arrives, its replica is killed", begin: atPost(ofDiscord, true, (*replica).shot)},
		{name: "two of three are killed", during: killTwo},
		{name: "Slack's post arrives, its replica is frozen", begin: atPost(ofSlack, true, (*replica).sleep)},
		{name: "Discord's post never leaves a killed replica", begin: atPost(ofDiscord, false, (*replica).shot)},
		{name: "one after another is frozen", during: freezeEach},
		{name: "Discord's post arrives, its replica is frozen", begin: atPost(ofDiscord, true, (*replica).sleep)},
		{name: "the database is restarted", during: func(f *fleet, _ <-chan struct{}) { f.restartDatabase("fast") }},
	}
}

// roll restarts one replica after another, as an update does, while people answer: nobody goes on before the next is down.
func roll(f *fleet, halls []*hall) func() {
	for _, h := range halls {
		h.pace = make(chan struct{}, len(f.replicas))
	}
	f.starting.Go(func() {
		for _, r := range f.replicas {
			for _, h := range halls {
				h.pace <- struct{}{}
			}
			r.end(syscall.SIGTERM)
			if r.failed != nil {
				f.Errorf("%s ended with %v", r.name, r.failed)
			}
			if err := r.start(); err != nil {
				f.Error(err)
			}
		}
		for _, h := range halls {
			close(h.pace)
		}
	})
	return f.starting.Wait
}

// atPost catches the replica that posts a hall's question. A frozen one is woken once the question is there, or when its
// owner looks for it.
func atPost(of int, after bool, do func(*replica) bool) func(*fleet, []*hall) func() {
	return func(f *fleet, halls []*hall) func() {
		h := halls[of]
		c := &catch{path: "/chat.postMessage", body: h.place, after: after, do: do}
		if of == ofDiscord {
			c.path, c.body = "/channels/"+h.place+"/messages", `"nonce"`
		}
		f.caught.Store(c)
		wake := func() {
			if r := c.by.Load(); r != nil {
				r.wake()
			}
		}
		if !after {
			h.found = wake
		}
		return func() {
			if c.by.Load() == nil {
				f.Error("nobody was caught")
			}
			f.advance(2 * time.Minute) // longer than a lease
			wake()
			h.found = nil
		}
	}
}

// shot: the replica is killed in the middle of the call.
func (r *replica) shot() (goOn bool) {
	r.kill()
	return false
}

// sleep: the replica is frozen in the middle of the call, which goes on when it is woken.
func (r *replica) sleep() (goOn bool) {
	r.mu.Lock()
	woken := make(chan struct{})
	r.woken = woken
	r.mu.Unlock()
	r.signal(syscall.SIGSTOP)
	<-woken
	return true
}

// wake lets a frozen replica go on, and says whether it was frozen in a call.
func (r *replica) wake() bool {
	r.signal(syscall.SIGCONT)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.woken == nil {
		return false
	}
	close(r.woken)
	r.woken = nil
	return true
}

// notices counts how often the owner was asked to look whether a post is there.
func (h *hall) notices() (n int) {
	for _, text := range h.dm() {
		n += strings.Count(text, "could not find out whether")
	}
	return n
}

// look is what the owner does when there is no question: if asked, and nothing is on its way any more, have it posted. A replica
// that was frozen may still post; so the owner looks for some seconds.
func (h *hall) look() {
	if h.notices() == h.told {
		h.looked = 0
		return
	}
	for _, r := range h.f.replicas {
		if r.wake() {
			h.looked = 0
			return
		}
	}
	if h.looked++; h.looked > 4 {
		_ = h.press("Post it") // else it is tried again
	}
}

// settled waits until no post's outcome is open any more, and the owners were told.
func (f *fleet) settled() {
	const open = "SELECT count(*) FROM rounds WHERE state IN ('claimed', 'sending') UNION ALL SELECT count(*) FROM tasks WHERE kind = 'notify'"
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for range 200 {
		if rows := postgrestest.Rows(f.T, f.store, open); rows[0] == "0" && rows[1] == "0" {
			return
		}
		f.advance(10 * time.Second)
		<-again.C
	}
	f.Error("a post was not settled")
}

// traffic waits for some more deliveries of the platforms, or until there will be none.
func (f *fleet) traffic(n int64, done <-chan struct{}) {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for until := f.turn.Load() + n; f.turn.Load() < until; {
		select {
		case <-look.C:
		case <-done:
			return
		}
	}
}

func cutConnections(f *fleet, done <-chan struct{}) {
	for range 6 {
		postgrestest.Execute(f.T, f.store, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'interviewbot'")
		f.traffic(1, done)
	}
}

func killTwo(f *fleet, _ <-chan struct{}) {
	f.replicas[0].kill()
	f.replicas[1].kill()
	f.back()
}

func freezeEach(f *fleet, done <-chan struct{}) {
	for _, r := range f.replicas {
		r.signal(syscall.SIGSTOP)
		f.advance(2 * time.Minute)
		f.traffic(2, done)
		r.signal(syscall.SIGCONT)
	}
}

// backUp makes a backup while people answer, and puts it into a data file.
func backUp(f *fleet, _ <-chan struct{}) {
	file, to := filepath.Join(f.TempDir(), "backup.jsonl.gz"), filepath.Join(f.TempDir(), "restored.db")
	if err := backup(f.Context(), f.store, file, io.Discard, io.Discard); err != nil {
		f.Error(err)
		return
	}
	if err := restore(f.Context(), to, file, false, io.Discard, io.Discard); err != nil {
		f.Error(err)
		return
	}
	f.check(to, 4)
}

func (f *fleet) restartDatabase(how string) {
	f.clock.Lock()
	defer f.clock.Unlock()
	if err := f.server.Stop(how); err != nil {
		f.Fatal(err)
	}
	if err := f.server.Start(); err != nil {
		f.Fatal(err)
	}
}
