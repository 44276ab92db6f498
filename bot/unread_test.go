package bot_test

import (
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// What cannot be read is answered with what must really be typed where it was typed.
func TestWhatToTypeInstead(t *testing.T) {
	b := bot.New(bot.Options{Now: time.Now, Prefixes: map[string]string{"self": "/", "slack": "/acme-interview "}})
	for _, c := range []struct{ space, line, want string }{
		{"discord:1", "xyzzy", `There is no command "xyzzy". Type: /interview help`},
		{"slack:T1", "practise caching", `There is no command "practise". Did you mean "practice"? Type: /acme-interview help`},
		{"slack:T1", "help practise", `There is no command "practise". Did you mean "practice"? Type: /acme-interview help`},
		{"self:1", "company", "company needs name (of the company; nothing is stored). Type: /company <name>"},
		{"discord:1", "suggest caching level:2 words", `I did not understand "words". Type: /interview suggest [topic] [level]`},
		{"discord:1", "streak because", `"because" is not a choice for show. The choices are: why. Type: /interview streak [show]`},
	} {
		r, err := b.Handle(t.Context(), chat.Event{Space: chat.SpaceID(c.space), What: b.Commands().Parse(c.line)})
		if err != nil || r.Reply == nil {
			t.Fatalf("%s: %+v %v", c.line, r, err)
		}
		if got := r.Reply.Summary; got != c.want || r.Reply.Blocks[0].(chat.Paragraph).Text.Plain() != got {
			t.Errorf("%s: said %q, want %q", c.line, got, c.want)
		}
	}
	native := b.Commands().Check("company", nil)
	if native.Instead != "company <name>" || native.Problem == "" {
		t.Errorf("without an option that is needed: %+v", native)
	}
}
