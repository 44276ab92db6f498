package rubric_test

import (
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/questions/rubric"
)

const prompt = "Why can a cache make a system slower, and when is reading stale data acceptable?"

func cache() *rubric.Rubric {
	return rubric.New(prompt, []rubric.Point{
		{ID: "lookups", Say: "A miss costs two lookups", Any: []string{"every miss pays twice", "a miss costs two lookups", "extra round trip on a miss"}},
		{ID: "stampede", Say: "Stampede when a hot key expires", Any: []string{"cache stampede", "thundering herd", "many requests recompute the same key", "dog pile"}},
		{ID: "invalidate", Say: "Invalidate on write", Any: []string{"invalidate the entry on write", "delete the key when the row changes", "commit before invalidating"}},
		{ID: "memory", Say: "It competes for memory", Any: []string{"takes memory from other processes", "does not fit in memory", "evicts hot keys"}},
	})
}

func states(r rubric.Result) string {
	var b strings.Builder
	for _, f := range r.Findings {
		b.WriteByte("-?+"[f.State])
	}
	return b.String()
}

func TestMark(t *testing.T) {
	for name, test := range map[string]struct{ answer, want string }{
		"nothing":                         {"", "----"},
		"an echo of the prompt":           {prompt, "----"},
		"an echo three times":             {prompt + " " + prompt + "\n" + prompt, "----"},
		"plain":                           {"Every miss pays twice, once for the cache and once for the database.", "+---"},
		"other inflection":                {"each time it misses you are paying the price twice", "+---"},
		"other order":                     {"Twice: that is what you pay for a miss.", "+---"},
		"digits for number words":         {"A miss costs 2 lookups", "+---"},
		"a typing mistake":                {"A cache stampeed happens when a popular key expires", "-+--"},
		"two letters changed round":       {"thundreing herd of clients", "-+--"},
		"a wrong first letter is no typo": {"wampede... xtampede", "----"},
		"two mistakes are too many":       {"a stanpeed", "----"},
		"one word or two":                 {"dogpile effect", "-+--"},
		"hyphen":                          {"dog-pile effect", "-+--"},
		"camel case":                      {"`dogPile()`", "-+--"},
		"words far apart":                 {"invalidate what you want. " + strings.Repeat("Something else entirely happens here. ", 6) + "On write, log it.", "----"},
		"over the end of a sentence":      {"Pick the entry. Invalidate it on each write.", "--+-"},
		"negated":                         {"A miss does not cost two lookups.", "?---"},
		"negated afterwards":              {"Invalidating the entry on write is not needed", "--?-"},
		"negation of another clause":      {"It is not slow by itself, a miss costs two lookups", "+---"},
		"not only":                        {"A miss not only costs two lookups but memory", "+---"},
		"negated on both sides":           {"the working set doesn't fit in memory", "---+"},
		"negation missing":                {"the working set fits in memory", "---?"},
		"turned round":                    {"Invalidating before the commit", "--?-"},
		"the right way round":             {"Commit before you invalidate", "--+-"},
		"said both ways, once plainly":    {"People say a miss does not cost two lookups. A miss costs two lookups.", "+---"},
		"list":                            {"- every miss pays twice\n- thundering herd\n- delete the key as soon as the row changes\n- hot keys get evicted", "++++"},
		"zero width characters inside":    {"thun\u200bdering h\u00aderd", "-+--"},
		"full width letters":              {"ｔｈｕｎｄｅｒｉｎｇ herd", "-+--"},
		"accents":                         {"thùndéring herd", "-+--"},
		"British spelling is American":    {"", "----"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := states(cache().Mark(test.answer)); got != test.want {
				t.Errorf("Mark(%q) = %s, want %s", test.answer, got, test.want)
			}
		})
	}
}
