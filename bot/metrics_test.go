package bot_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/bot"
)

// Prometheus wants all lines of a metric together, under its type, and the same order each time.
func TestMetricsAreInTheFormatOfPrometheus(t *testing.T) {
	s := newStage(t)
	ada := s.person("Ada")
	s.setUp(ada)
	ada.Type(s.here, "help")
	worlds := map[string]*bot.Bot{"two": s.b, "one": s.b}
	write := func() string {
		var out strings.Builder
		if err := bot.WriteMetrics(&out, worlds); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	text := write()
	if again := write(); again != text {
		t.Errorf("the order changes:\n%s\n%s", text, again)
	}
	var names, samples []string
	for line := range strings.Lines(text) {
		name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(line, "# HELP "), "# TYPE "), " ")
		name, _, labelled := strings.Cut(name, "{")
		if labelled {
			samples = append(samples, strings.TrimSpace(line))
		}
		names = append(names, name)
	}
	want := []string{"interviewbot_events_total", "interviewbot_event_errors_total", "interviewbot_event_seconds_total"}
	if got := slices.Compact(slices.Clone(names)); !slices.Equal(got, want) {
		t.Errorf("the metrics stand in the order %v, want %v", got, want)
	}
	for _, name := range want {
		if !strings.Contains(text, "# TYPE "+name+" counter\n") {
			t.Errorf("%s has no type:\n%s", name, text)
		}
	}
	if !slices.Contains(samples, `interviewbot_events_total{world="one",what="call"} 2`) || !slices.Contains(samples, `interviewbot_event_errors_total{world="two",what="call"} 0`) {
		t.Errorf("two calls of a command were handled:\n%s", text)
	}
	line := regexp.MustCompile(`^[a-z_]+\{world="(one|two)",what="[a-z]+"\} [0-9.e+-]+$`)
	for _, sample := range samples {
		if !line.MatchString(sample) {
			t.Errorf("not a sample: %s", sample)
		}
	}
}
