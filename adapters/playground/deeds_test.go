package playground_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/playground"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// A deed that is sent again later is the same event, and its answer takes the place of the first, also after a restart.
func TestSameDeedLaterAddsNothing(t *testing.T) {
	var mu sync.Mutex
	ids := map[chat.EventID]int{}
	w := start(t, func(_ context.Context, e chat.Event) (chat.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		ids[e.ID]++
		return says(note(fmt.Sprintf("Answer %d.", ids[e.ID])))
	}, playground.Options{Name: "demo", Table: adaptertest.Table()})
	c, ada := w.Channel("backend-interviews"), w.known("Ada", "", false)
	if err := ada.Type(c, "say hello"); err != nil {
		t.Fatal(err)
	}
	if err := w.Redeliver(); err != nil {
		t.Fatal(err)
	}
	w.until(t, "the second answer is not there", func() bool { return slices.Equal(texts(ada, c), []string{"Answer 2."}) })
	if err := w.Restart(); err != nil {
		t.Fatal(err)
	}
	if err := w.Redeliver(); err != nil {
		t.Fatal(err)
	}
	w.until(t, "the third answer is not there", func() bool { return slices.Equal(texts(ada, c), []string{"Answer 3."}) })
	if err := ada.deed(ada.in(c), "say", map[string]any{"Text": "An ordinary message."}); err != nil {
		t.Fatal(err)
	}
	if err := w.Redeliver(); err != nil {
		t.Fatal(err)
	}
	w.until(t, "after a message was sent twice there is not just one more", func() bool {
		return slices.Equal(texts(ada, c), []string{"Answer 3.", "An ordinary message."})
	})
	if mu.Lock(); len(ids) != 1 {
		t.Errorf("one deed has the identifiers %v", ids)
	}
	mu.Unlock()
}

// What a page could not have sent is refused with a sentence, and the bot does not hear of it.
func TestForgedRequests(t *testing.T) {
	var heard atomic.Int64
	w := start(t, func(context.Context, chat.Event) (chat.Response, error) {
		heard.Add(1)
		return chat.Response{}, nil
	}, playground.Options{Name: "demo", Table: adaptertest.Table()})
	in := "c-backend-interviews"
	deed := func(space, as, in, id, body string) string {
		return fmt.Sprintf(`{"Space":%q,"As":%q,"In":%q,"ID":%q,"Body":%s}`, space, as, in, id, body)
	}
	space, id, hello := string(w.space), "0123456789", `{"Text":"/say hello"}`
	for _, c := range []struct {
		name, path, deed string
		status           int
		sentence         string
	}{
		{"another space", "say", deed("demo:other", "u1", in, id, hello), 409, "left behind"},
		{"an unknown person", "say", deed(space, "u99", in, id, hello), 404, "person is not here"},
		{"no person", "say", deed(space, "", in, id, hello), 404, "person is not here"},
		{"an unknown channel", "say", deed(space, "u1", "c-secret", id, hello), 404, "channel is not here"},
		{"somebody else's direct conversation", "say", deed(space, "u1", "d-u2", id, hello), 404, "channel is not here"},
		{"no name of the deed", "say", deed(space, "u1", in, "", hello), 400, "Reload"},
		{"a name that would break identifiers", "say", deed(space, "u1", in, "a b|c/d.e-f-g", hello), 400, "Reload"},
		{"a name without end", "say", deed(space, "u1", in, strings.Repeat("a", 65), hello), 400, "Reload"},
		{"no JSON", "say", "Space=x", 400, "Reload"},
		{"another JSON", "press", deed(space, "u1", in, id, `{"Values":{"a":1}}`), 400, "Reload"},
		{"more than 1 MiB", "say", deed(space, "u1", in, id, `{"Text":"`+strings.Repeat("x", 1<<20)+`"}`), 413, "1 MiB"},
	} {
		var o outcome
		var r refused
		if err := w.send(c.path, []byte(c.deed), &o); !errors.As(err, &r) || r.status != c.status || !strings.Contains(r.sentence, c.sentence) {
			t.Errorf("%s got %+v, %v; want %d with %q", c.name, o, err, c.status, c.sentence)
		}
	}
	list := `["` + strings.Repeat(`x","`, 25) + `x"]`
	for name, c := range map[string][2]string{
		"an action without end":       {"press", `{"Action":"` + strings.Repeat("a", 81) + `"}`},
		"values without end":          {"press", `{"Action":"a","Values":` + list + `}`},
		"a value without end":         {"press", `{"Action":"a","Values":["` + strings.Repeat("v", 101) + `"]}`},
		"a form's name without end":   {"submit", `{"Form":"` + strings.Repeat("f", 81) + `"}`},
		"ticks without end":           {"submit", `{"Form":"f","Values":{"a":` + list + `}}`},
		"an input's name without end": {"submit", `{"Form":"f","Values":{"` + strings.Repeat("i", 81) + `":["x"]}}`},
		"a line without end":          {"say", `{"Text":"/say ` + strings.Repeat("é", 4001) + `"}`},
	} {
		var o outcome
		if err := w.send(c[0], []byte(deed(space, "u1", in, id, c[1])), &o); err != nil || o.Say == "" {
			t.Errorf("%s got %+v, %v; want a sentence", name, o, err)
		}
	}
	if n := heard.Load(); n != 0 {
		t.Errorf("the bot heard %d forged deeds", n)
	}
	var o outcome
	if err := w.send("press", []byte(deed(space, "u1", in, id, `{"Message":7,"Action":"drop table"}`)), &o); err != nil || heard.Load() != 1 {
		t.Errorf("a forged action got %v and was heard %d times; the bot is to judge it", err, heard.Load())
	}
}

// A person cannot press on what only another person sees: the bot hears no message with it.
func TestPressOnAnothersMessage(t *testing.T) {
	var mu sync.Mutex
	var last chat.Event
	w := start(t, func(_ context.Context, e chat.Event) (chat.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		last = e
		m := note("Only for you.", chat.Buttons{Row: []chat.Button{{Label: "More", Action: "more"}}})
		if _, ok := e.What.(chat.Press); ok {
			return chat.Response{Update: &m}, nil
		}
		return says(m)
	}, playground.Options{Name: "demo", Table: adaptertest.Table()})
	c := w.Channel("backend-interviews")
	ada, bea := w.known("Ada", "", false), w.known("Bea", "", false)
	if err := ada.Type(c, "say hello"); err != nil {
		t.Fatal(err)
	}
	if err := bea.deed(bea.in(c), "press", map[string]any{"Message": 1, "Action": "more"}); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if last.Message != "" || last.Actor.User != bea.ID() {
		t.Errorf("heard %+v, want Bea's press on no message", last)
	}
	for name, p := range map[string]*person{"Ada": ada, "Bea": bea} {
		w.until(t, name+" does not see her own message alone", func() bool { return len(p.Screen(c)) == 1 })
	}
}

// A text that is too long comes back at its field, and is not sent on.
func TestFormTextThatIsTooLong(t *testing.T) {
	var heard atomic.Int64
	w := start(t, func(_ context.Context, e chat.Event) (chat.Response, error) {
		if _, ok := e.What.(chat.Submit); ok {
			heard.Add(1)
			return chat.Response{}, nil
		}
		return chat.Response{Form: &chat.Form{ID: "f", Title: "A question", Inputs: []chat.Input{{ID: "text", Label: "Your text", Type: chat.Area}}}}, nil
	}, playground.Options{Name: "demo", Table: adaptertest.Table()})
	c, ada := w.Channel("backend-interviews"), w.known("Ada", "", false)
	for _, step := range []struct {
		text string
		kept bool
	}{{strings.Repeat("😀", 3001), true}, {strings.Repeat("x", 1<<20-400), true}, {strings.Repeat("😀", 3000), false}} {
		if err := ada.Type(c, "open"); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(ada.Fill("Your text", step.text), ada.Submit()); err != nil {
			t.Fatal(err)
		}
		d := ada.Dialog()
		if step.kept && (d == nil || !strings.Contains(d.Inputs[0].Error, "at most 3000 fit") || d.Inputs[0].Values[0] != step.text) {
			t.Errorf("a text of %d bytes: the dialog is %.300v", len(step.text), d)
		}
		if !step.kept && (d != nil || heard.Load() != 1) {
			t.Errorf("a text of 3,000 characters was heard %d times", heard.Load())
		}
	}
}

// When nothing can be stored, an ordinary message is not shown and its writer is told; an answer of the bot is shown.
func TestDiskFull(t *testing.T) {
	w := start(t, func(context.Context, chat.Event) (chat.Response, error) {
		m := note("The disk is full: your answer was not saved.")
		return chat.Response{Reply: &m}, errors.New("the disk is full")
	}, playground.Options{Name: "demo", Table: adaptertest.Table()})
	c, ada := w.Channel("backend-interviews"), w.known("Ada", "", false)
	w.keep.fail.Store(2)
	if err := ada.deed(ada.in(c), "say", map[string]any{"Text": "Hello."}); err != nil {
		t.Fatal(err)
	}
	if got := ada.Troubles(); len(got) != 1 || !strings.Contains(got[0], "could not be saved") || len(ada.Screen(c)) != 0 {
		t.Errorf("Ada is told %q and sees %v", got, ada.Screen(c))
	}
	if err := ada.Type(c, "say hello"); err != nil {
		t.Fatal(err)
	}
	w.until(t, "the bot's sentence is not shown", func() bool {
		return slices.Equal(texts(ada, c), []string{"The disk is full: your answer was not saved."})
	})
}

func TestMessagesBetweenPeople(t *testing.T) {
	var heard atomic.Int64
	w := start(t, func(context.Context, chat.Event) (chat.Response, error) {
		heard.Add(1)
		return says(note("Heard."))
	}, playground.Options{Name: "demo", Table: adaptertest.Table()})
	c := w.Channel("lounge")
	ada, bea := w.known("Ada", "", false), w.known("Bea", "", false)
	for _, text := range append(adaptertest.Hostile(), "\x00", " ", "hello /say x") {
		before := len(bea.Screen(c))
		text = strings.ToValidUTF8(text, "")
		if err := ada.deed(ada.in(c), "say", map[string]any{"Text": text}); err != nil {
			t.Fatal(err)
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		w.until(t, "Bea does not see it", func() bool { return len(bea.Screen(c)) == before+1 })
		shown := bea.Screen(c)[before]
		if got, want := visible(shown.Text), visible(text); got != want || shown.Private || len(shown.Buttons) != 0 {
			t.Errorf("Bea sees %q, Ada wrote %q", got, want)
		}
	}
	if n := heard.Load(); n != 0 {
		t.Errorf("the bot heard %d messages between people", n)
	}
}
