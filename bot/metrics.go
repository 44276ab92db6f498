package bot

import (
	"fmt"
	"io"
	"maps"
	"slices"
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

func (m *metrics) all() map[string]handled {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.by)
}

// WriteMetrics writes what bots have handled since the start, in the text format of Prometheus, which wants all lines of a
// metric together. The labels are a bot's name and the kind of event; no identifier of anybody is in it.
// https://prometheus.io/docs/instrumenting/exposition_formats/
func WriteMetrics(w io.Writer, bots map[string]*Bot) error {
	samples := map[string]handled{}
	for name, b := range bots {
		for what, h := range b.metrics.all() {
			samples[fmt.Sprintf("{world=%q,what=%q}", name, what)] = h
		}
	}
	labels := slices.Sorted(maps.Keys(samples))
	for _, metric := range []struct {
		name, help string
		of         func(handled) any
	}{
		{"interviewbot_events_total", "Events that were handled.", func(h handled) any { return h.events }},
		{"interviewbot_event_errors_total", "Events whose handling failed.", func(h handled) any { return h.errors }},
		{"interviewbot_event_seconds_total", "Seconds that handling took.", func(h handled) any { return h.took.Seconds() }},
	} {
		if _, err := fmt.Fprintf(w, "# HELP %s %s\n# TYPE %[1]s counter\n", metric.name, metric.help); err != nil {
			return err
		}
		for _, l := range labels {
			if _, err := fmt.Fprintf(w, "%s%s %v\n", metric.name, l, metric.of(samples[l])); err != nil {
				return err
			}
		}
	}
	return nil
}
