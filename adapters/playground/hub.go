package playground

import (
	"crypto/rand"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
)

// change is one thing that open pages are told of.
type change struct {
	Kind    string     `json:"kind"`              // message, roster, clock or reset
	Channel string     `json:"channel,omitempty"` // of message
	N       int        `json:"n,omitempty"`
	HTML    string     `json:"html,omitempty"`
	Say     string     `json:"say,omitempty"`  // for the live region
	Mine    bool       `json:"mine,omitempty"` // brought into view wherever the page is scrolled to
	Clock   *clockView `json:"clock,omitempty"`
	to      string     // the only person who is told; "" = everybody
}

// hub tells open pages of changes, in order. It remembers the last ones for those that come back.
type hub struct {
	boot string // of this process: numbers of another one mean nothing here

	mu     sync.Mutex
	rev    int
	ring   []told // the last ones, by rev
	ears   map[*ear]bool
	closed bool
}

type told struct {
	rev  int
	to   string
	data []byte
}

// ear is one open page.
type ear struct {
	as   string
	news chan told // closed when the page must come back
}

const (
	ringSize = 512
	earSize  = 256
)

func newHub() *hub { return &hub{boot: rand.Text()[:8], ears: map[*ear]bool{}} }

// tell never blocks: a page that does not keep up is cut off and comes back.
func (h *hub) tell(c change) {
	data, err := json.Marshal(c)
	if err != nil {
		return // a change holds nothing that cannot be marshalled
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rev++
	t := told{h.rev, c.to, data}
	h.ring = append(h.ring, t)
	if len(h.ring) > ringSize {
		h.ring = append([]told(nil), h.ring[len(h.ring)-ringSize/2:]...)
	}
	for e := range h.ears {
		if !t.reaches(e.as) {
			continue
		}
		select {
		case e.news <- t:
		default:
			delete(h.ears, e)
			close(e.news)
		}
	}
}

func (t told) reaches(as string) bool { return t.to == "" || t.to == as }

// at returns the number of the last change.
func (h *hub) at() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.rev
}

// listen returns what a page missed since the change it last heard of ("boot.rev"), and an ear for what comes; ok is false
// when that cannot be known any more and the page must be read anew.
func (h *hub) listen(as, last string) (missed []told, e *ear, ok bool) {
	boot, rev, _ := strings.Cut(last, ".")
	since, err := strconv.Atoi(rev)
	h.mu.Lock()
	defer h.mu.Unlock()
	e = &ear{as: as, news: make(chan told, earSize)}
	if h.closed {
		close(e.news)
		return nil, e, true
	}
	h.ears[e] = true
	oldest := h.rev + 1
	if len(h.ring) > 0 {
		oldest = h.ring[0].rev
	}
	if err != nil || boot != h.boot || since > h.rev || since+1 < oldest {
		return nil, e, false
	}
	for _, t := range h.ring {
		if t.rev > since && t.reaches(as) {
			missed = append(missed, t)
		}
	}
	return missed, e, true
}

// leave ends an ear.
func (h *hub) leave(e *ear) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ears[e] {
		delete(h.ears, e)
		close(e.news)
	}
}

// close ends all streams, so that a server can shut down; new ones end at once until open.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for e := range h.ears {
		delete(h.ears, e)
		close(e.news)
	}
}

func (h *hub) open() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = false
}
