package discord

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// maxAtOnce bounds the interactions under way; beyond it people are asked to press again.
const maxAtOnce = 512

// serving is one Run: its handler and everything that was started for it.
type serving struct {
	ctx     context.Context
	handler chat.Handler
	log     *slog.Logger
	stop    context.CancelFunc

	mu     sync.Mutex
	closed bool
	wg     sync.WaitGroup
	seats  chan struct{}
	door   chan struct{} // those who are being told that there is no room
}

func newServing(ctx context.Context, h chat.Handler, log *slog.Logger) *serving {
	ctx, stop := context.WithCancel(ctx)
	return &serving{ctx: ctx, handler: h, log: log, stop: stop, seats: make(chan struct{}, maxAtOnce), door: make(chan struct{}, maxAtOnce)}
}

// run starts f unless Run is about to return, which waits for it.
func (s *serving) run(f func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.wg.Go(func() {
		defer func() {
			if p := recover(); p != nil { // one interaction must not take the others with it
				s.log.Error("discord adapter broke down", "err", fmt.Sprint(p), "stack", string(debug.Stack()))
			}
		}()
		f()
	})
	return true
}

// seat takes one of the places for interactions; it never blocks.
func (s *serving) seat() bool {
	select {
	case s.seats <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s *serving) leave() { <-s.seats }

// turnAway runs f, which tells somebody that there is no room; where even that is too much, nothing is said.
func (s *serving) turnAway(f func()) {
	select {
	case s.door <- struct{}{}:
	default:
		return
	}
	if !s.run(func() { defer func() { <-s.door }(); f() }) {
		<-s.door
	}
}

func (s *serving) wait() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.wg.Wait()
}

// tokenLife is how long an interaction can be answered, a little less than Discord's 15 minutes.
const tokenLife = 14 * time.Minute

// result is what the handler gave.
type result struct {
	chat.Response
	err error
}

// handle calls the handler; a panic becomes a sentence.
func (s *serving) handle(e chat.Event) (r result) {
	ctx, cancel := context.WithTimeout(s.ctx, tokenLife)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			r = result{say("Something went wrong here, and nothing was saved. Try again in a moment."), fmt.Errorf("handler: %v\n%s", p, debug.Stack())}
		}
	}()
	answer, err := s.handler(ctx, e)
	return result{answer, err}
}

func say(sentence string) chat.Response {
	return chat.Response{Reply: &chat.Message{Summary: sentence, Blocks: []chat.Block{chat.Paragraph{Text: chat.T(sentence)}}}}
}
