package slack

import (
	"sync"
	"time"
)

// memory remembers values for a time, at least the newest size and at most twice as many. Safe for concurrent use.
type memory[K comparable, V any] struct {
	size int

	mu       sync.Mutex
	new, old map[K]remembered[V]
}

type remembered[V any] struct {
	value V
	until time.Time
}

func newMemory[K comparable, V any](size int) *memory[K, V] {
	return &memory[K, V]{size: size, new: map[K]remembered[V]{}, old: map[K]remembered[V]{}}
}

func (m *memory[K, V]) get(k K, now time.Time) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.new[k]
	if !ok {
		r, ok = m.old[k]
	}
	if !ok || !now.Before(r.until) {
		var none V
		return none, false
	}
	return r.value, true
}

func (m *memory[K, V]) put(k K, v V, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.new) >= m.size {
		m.old, m.new = m.new, make(map[K]remembered[V], m.size)
	}
	m.new[k] = remembered[V]{v, until}
}
