package slack_test

import (
	"context"
	"sync"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// ears is a handler that remembers what it hears and answers as told.
type ears struct {
	mu     sync.Mutex
	events []chat.Event
	answer func(context.Context, chat.Event) (chat.Response, error)
}

func (h *ears) handle(ctx context.Context, e chat.Event) (chat.Response, error) {
	h.mu.Lock()
	h.events = append(h.events, e)
	answer := h.answer
	h.mu.Unlock()
	if answer == nil {
		return chat.Response{}, nil
	}
	return answer(ctx, e)
}

func (h *ears) answers(f func(context.Context, chat.Event) (chat.Response, error)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answer = f
}

// replies makes it answer every event with this message.
func (h *ears) replies(m chat.Message) {
	h.answers(func(context.Context, chat.Event) (chat.Response, error) { return chat.Response{Reply: &m}, nil })
}

func (h *ears) count() int { return len(h.heard()) }

func (h *ears) heard() []chat.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]chat.Event(nil), h.events...)
}

func say(text string, more ...chat.Block) chat.Message {
	return chat.Message{Summary: text, Blocks: append([]chat.Block{chat.Paragraph{Text: chat.T(text)}}, more...)}
}

func buttons(all ...chat.Button) chat.Block { return chat.Buttons{Row: all} }
