package bot

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// metrics counts the events that were handled, by what they were.
type metrics struct {
	mu sync.Mutex
	by map[string]handled
}

type handled struct {
	events, errors int
	took           time.Duration
}

func (m *metrics) add(what string, took time.Duration, failed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.by == nil {
		m.by = map[string]handled{}
	}
	t := m.by[what]
	t.events++
	t.took += took
	if failed {
		t.errors++
	}
	m.by[what] = t
}

// WriteMetrics writes what was handled since the start, in the text format of Prometheus. The labels are the world's name
// and the kind of event; no identifier of anybody is in it.
func (b *Bot) WriteMetrics(w io.Writer, world string) error {
	b.metrics.mu.Lock()
	defer b.metrics.mu.Unlock()
	for what, t := range b.metrics.by {
		_, err := fmt.Fprintf(w, "interviewbot_events_total{world=%q,what=%q} %d\ninterviewbot_event_errors_total{world=%q,what=%q} %d\ninterviewbot_event_seconds_total{world=%q,what=%q} %g\n",
			world, what, t.events, world, what, t.errors, world, what, t.took.Seconds())
		if err != nil {
			return err
		}
	}
	return nil
}
