package slack_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/interviewbot/interviewbot/adapters/slack"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// Goldens are the JSON of each kind of message and dialog. UPDATE_GOLDEN=1 writes them anew; read the difference.
func TestGoldens(t *testing.T) {
	at := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	png := []byte("a picture")
	messages := map[string]chat.Message{
		"post": {Summary: "Today's question: Why can a cache make a system slower? About 5 min.", Blocks: []chat.Block{
			chat.Heading{Text: chat.T("Why can a cache make a system slower?")},
			chat.Note{Text: chat.Join(chat.T("Caching · level 2 · about 5 min · open until "), chat.At(at, chat.DayClock, nil))},
			chat.Paragraph{Text: chat.Join(chat.T("Think of "), chat.B("misses"), chat.T(" & of <memory>.\nUse "), chat.Text{{Text: "GET", Style: chat.Mono}}, chat.T("."))},
			buttons(chat.Button{Label: "Answer privately", Action: "answer.r-1", Look: chat.Primary, Gives: chat.GivesForm},
				chat.Button{Label: "Hint", Action: "hint.r-1"}, chat.Button{Label: "I don't know", Action: "idk.r-1", Gives: chat.GivesUpdate},
				chat.Button{Label: "Source", URL: "https://example.com/cache?a=1&b=2"}),
			chat.Note{Text: chat.T("7 answered · group streak 12, 2 more keep it")},
		}},
		"feedback": {Summary: "Counted: your streak is 12.", Blocks: []chat.Block{
			chat.Paragraph{Text: chat.B("Counted: your streak is 12. I found 3 of 5 points.")},
			chat.List{Items: []chat.Text{chat.Join(chat.T("✓ A miss costs two lookups: you said "), chat.I("\"every miss pays twice\"")), chat.T("○ 1 more to find")}},
			chat.Quote{Text: chat.T("a *hostile* <!channel> text with @everyone")},
			chat.Checks{Action: "tick.r-1", Label: "Did you say these?", Choices: []chat.Choice{{Value: "a", Label: "Stampede"}, {Value: "b", Label: "Refresh", Hint: "on write"}}, Ticked: []string{"b"}},
			chat.Menu{Action: "rate.r-1", Placeholder: "How was it?", Choices: []chat.Choice{{Value: "3", Label: "Good"}, {Value: "4", Label: "Easy"}}, Selected: "3"},
		}},
		"everything else": {Summary: "Everything else.", Blocks: []chat.Block{
			chat.List{Ordered: true, Items: []chat.Text{chat.T("one"), chat.T("two")}},
			chat.Code{Language: "go", Source: "a := <-c // &c\n"},
			chat.Fields{Pairs: []chat.Field{{Name: "Level", Value: chat.T("2 < 3")}, {Name: "By *hand*", Value: chat.T("x")}, {Name: "Next", Value: chat.At(at, chat.Clock24, nil)}}},
			chat.Rule{},
			chat.Image{PNG: png, Description: "Six weeks"},
			chat.Image{PNG: []byte("not uploaded"), Description: "Not uploaded"},
			chat.Note{Text: chat.T("with *stars*")},
			chat.Note{Text: chat.Join(chat.T("with *stars* and "), chat.Text{{Text: "a link", Link: "https://example.com/"}})},
			chat.Paragraph{Text: chat.Join(chat.Person("slack:T1:U1", "Ada"), chat.T(" in "), chat.InChannel("slack:T1:C1"), chat.T(" and "), chat.InChannel("slack:T1:U1"),
				chat.Text{{Text: "not a link", Link: "javascript:alert(1)"}, {Text: "gone", Style: chat.Strike | chat.Spoiler}})},
			chat.Paragraph{}, chat.Heading{}, chat.List{}, chat.Note{Text: chat.T("  ")}, chat.Buttons{}, chat.Menu{Action: "none"}, chat.Fields{}, chat.Code{}, chat.Quote{},
		}},
		"nothing but a summary": {Summary: "Nothing but a summary."},
	}
	for name, m := range messages {
		blocks, text := slack.DrawMessage(m, "r-1", png)
		golden(t, "message "+name, map[string]any{"blocks": blocks, "text": text})
	}
	form := chat.Form{
		ID: "answer.r-1", Title: "Your answer", Send: "Send",
		Intro: []chat.Block{chat.Paragraph{Text: chat.T("Why can a cache make a system slower? · Bullet points are fine.")}},
		Inputs: []chat.Input{
			{ID: "text", Label: "Your answer", Type: chat.Area, Placeholder: "As you would say it to the interviewer", Value: []string{"so far"}},
			{ID: "zone", Label: "Your zone", Hint: "Such as Europe/Berlin", Type: chat.Line, Max: 100, Optional: true},
			{ID: "who", Label: "Who may see it", Type: chat.Select, Choices: []chat.Choice{{Value: "me", Label: "Only me"}, {Value: "all", Label: "The group"}}, Value: []string{"me"}},
			{ID: "days", Label: "Days", Type: chat.Ticks, Choices: []chat.Choice{{Value: "1", Label: "Mon"}, {Value: "2", Label: "Tue"}}, Value: []string{"2"}},
			{ID: "topics", Label: "Topics", Type: chat.Ticks, Choices: eleven(), Value: []string{"t3", "t7"}},
		},
	}
	golden(t, "form", slack.DrawForm(form))
	golden(t, "dialog feedback", slack.DrawDialog(messages["feedback"]))
	golden(t, "home", slack.DrawHome(messages["post"].Blocks))
	saving, again, err := slack.DrawSaving([]byte(submission))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "dialog saving", saving)
	golden(t, "form again", again)
}

func eleven() []chat.Choice {
	var all []chat.Choice
	for _, c := range "0123456789x" {
		all = append(all, chat.Choice{Value: "t" + string(c), Label: "Topic " + string(c)})
	}
	return all
}

// submission is a view as Slack sends it with what was typed.
const submission = `{"id":"V1","type":"modal","callback_id":"answer.r-1","private_metadata":"{\"c\":\"C1\",\"m\":\"1.1\"}",
"title":{"type":"plain_text","text":"Your answer","emoji":false},"submit":{"type":"plain_text","text":"Send","emoji":false},
"blocks":[{"type":"rich_text","block_id":"b1","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Why?"}]}]},
{"type":"input","block_id":"i:00000000:text","label":{"type":"plain_text","text":"Your answer","emoji":false},"optional":false,"dispatch_action":false,
 "element":{"type":"plain_text_input","action_id":"value","multiline":true,"max_length":3000,"dispatch_action_config":{"trigger_actions_on":["on_enter_pressed"]}}},
{"type":"input","block_id":"i:00000001:who","label":{"type":"plain_text","text":"Who","emoji":false},
 "element":{"type":"static_select","action_id":"value","options":[{"text":{"type":"plain_text","text":"Only me","emoji":false},"value":"me"},{"text":{"type":"plain_text","text":"All","emoji":false},"value":"all"}]}}],
"state":{"values":{"i:00000000:text":{"value":{"type":"plain_text_input","value":"every miss pays twice"}},"i:00000001:who":{"value":{"type":"static_select","selected_option":{"text":{},"value":"all"}}}}}}`

func golden(t *testing.T, name string, v any) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", strings.ReplaceAll(name, " ", "_")+".json")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, b.Bytes()) {
		t.Errorf("%s has changed:\n%s", file, b.String())
	}
}

// FuzzDialog: whatever Slack says a dialog was, what was typed in it is on the screen while it is saved, and after it
// could not be.
func FuzzDialog(f *testing.F) {
	f.Add([]byte(submission))
	f.Add([]byte(strings.Replace(submission, "plain_text_input", "of_the_future", 1)))
	f.Add([]byte(strings.Replace(submission, `"multiline":true`, `"multiline":"yes"`, 1)))
	f.Add([]byte(strings.Replace(submission, `"b1"`, `1`, 1)))
	f.Add([]byte(strings.Replace(submission, `"element":`, `"elements":`, 1)))
	f.Fuzz(func(t *testing.T, view []byte) {
		saving, again, err := slack.DrawSaving(view)
		if err != nil {
			return
		}
		for _, dialog := range []any{saving, again} {
			b, err := json.Marshal(dialog)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range slack.Typed(view) {
				want, _ := json.Marshal(text)
				if strings.TrimSpace(text) != "" && !bytes.Contains(b, want) {
					t.Errorf("%q is not in %s", want, b)
				}
			}
		}
	})
}

// Slack counts mrkdwn as it is sent, with & and < escaped: what grows beyond a limit by that goes out in another way.
func TestEscapedTextKeepsToTheLimits(t *testing.T) {
	long := strings.Repeat("<", 1500)
	m := chat.Message{Summary: long[:1000], Blocks: []chat.Block{
		chat.Fields{Pairs: []chat.Field{{Name: "Level", Value: chat.T(long)}, {Name: strings.Repeat("&", 600), Value: chat.T("x")}}},
		chat.Note{Text: chat.T(long + long)},
		chat.Note{Text: chat.Join(chat.T(long), chat.At(time.Unix(1, 0), chat.DayClock, nil))},
	}}
	blocks, text := slack.DrawMessage(m, "", nil)
	if n := utf8.RuneCountInString(text); n > 4000 {
		t.Errorf("the text has %d characters", n)
	}
	b, err := json.Marshal(blocks)
	if err != nil {
		t.Fatal(err)
	}
	var drawn []struct {
		Fields   []struct{ Text string }
		Elements []struct {
			Type string
			Text string
		}
	}
	if err := json.Unmarshal(b, &drawn); err != nil {
		t.Fatal(err)
	}
	for _, block := range drawn {
		for _, f := range block.Fields {
			if n := utf8.RuneCountInString(f.Text); n > 2000 {
				t.Errorf("a field has %d characters", n)
			}
		}
		for _, e := range block.Elements {
			if n := utf8.RuneCountInString(e.Text); n > 3000 {
				t.Errorf("a note has %d characters", n)
			}
		}
	}
}

// The text for notifications uses the room there is, and never ends within an escaped character.
func TestTextIsCutBetweenCharacters(t *testing.T) {
	for _, unit := range []string{"a", "<", "&", "é<", "🙂&"} {
		for n := range 6 {
			m := chat.Message{Summary: strings.Repeat("x", n) + strings.Repeat(unit, 4000)}
			_, text := slack.DrawMessage(m, "", nil)
			size := utf8.RuneCountInString(text)
			rest := strings.NewReplacer("&amp;", "", "&lt;", "", "x", "", "a", "", "é", "", "🙂", "").Replace(text)
			if rest != "…" || size > 3900 || size < 3890 {
				t.Errorf("%d and %q: %d characters, %q left over", n, unit, size, rest)
			}
		}
	}
}
