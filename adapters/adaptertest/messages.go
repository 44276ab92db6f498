package adaptertest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

func messages() []scenario {
	return []scenario{
		{name: "a post shows every kind of block to everybody", play: postShows},
		{name: "a private reply shows every kind of block to one", play: replyShows},
		{name: "an edit replaces a post wholly", play: editReplaces},
		{name: "an edit by a later process", play: editLater},
		{name: "a direct message reaches one", play: directReaches},
		{name: "a time is shown as a time", play: timeShown},
		{name: "people and channels are named, nobody is notified", play: peopleNamed},
		{name: "what is found again by its key", play: finding},
	}
}

// code must be shown as it is.
const code = "func main() {\n\tfor i := range 3 {\n\t\tfmt.Println(i * i, \"<*>\")\n\t}\n}"

// everything is a message with every kind of block, and what can be read of it in reading order.
func (s *stage) everything() (chat.Message, []string) {
	m := chat.Message{Summary: "A message with everything.", Blocks: []chat.Block{
		chat.Heading{Text: chat.T("The heading")},
		chat.Paragraph{Text: chat.Join(chat.T("A paragraph, "), chat.B("bold"), chat.T(", "), chat.I("italic"), chat.T(", "),
			chat.Text{{Text: "mono", Style: chat.Mono}, {Text: ", "}, {Text: "strike", Style: chat.Strike}, {Text: ", "},
				{Text: "spoiler", Style: chat.Spoiler}, {Text: ", "}, {Text: "a link", Link: "https://example.com/a?b=1&c=2"}})},
		chat.List{Items: []chat.Text{chat.T("first item"), chat.T("second item")}},
		chat.List{Items: []chat.Text{chat.T("step one"), chat.T("step two")}, Ordered: true},
		chat.Code{Language: "go", Source: code},
		chat.Quote{Text: chat.T("somebody's words\nin two lines")},
		chat.Fields{Pairs: []chat.Field{{Name: "Level", Value: chat.T("two")}, {Name: "Topic", Value: chat.T("caching")}}},
		chat.Rule{},
		row(chat.Button{Label: "Press me", Action: "press.k-1", Look: chat.Primary}, chat.Button{Label: "Or me", Action: "other", Look: chat.Danger},
			chat.Button{Label: "Read more", URL: "https://example.com/more"}),
		chat.Menu{Action: "menu", Placeholder: "A colour", Choices: choices("Red", "Green", "Blue"), Selected: "green"},
		chat.Checks{Action: "checks", Label: "Did you say these?", Choices: choices("One", "Two", "Three"), Ticked: []string{"two"}},
		chat.Note{Text: chat.T("the small print")},
	}}
	if s.Platform().Caps().Pictures {
		m.Blocks = slices.Insert(m.Blocks, 7, chat.Block(chat.Image{PNG: picture(s), Description: "A heat map of six weeks"}))
	}
	return m, []string{"The heading", "A paragraph, bold, italic, mono, strike, spoiler, a link", "first item", "second item", "step one",
		"step two", code, "somebody's words", "in two lines", "Level", "two", "Topic", "caching", "Did you say these?", "the small print"}
}

func choices(labels ...string) []chat.Choice {
	var list []chat.Choice
	for _, l := range labels {
		list = append(list, chat.Choice{Value: strings.ToLower(l), Label: l})
	}
	return list
}

func picture(s *stage) []byte {
	img := image.NewGray(image.Rect(0, 0, 8, 8))
	img.SetGray(3, 3, color.Gray{Y: 200})
	var b bytes.Buffer
	s.must(png.Encode(&b, img))
	return b.Bytes()
}

// checkEverything checks that everything is on the screen.
func (s *stage) checkEverything(m Shown, texts []string) {
	s.t.Helper()
	rest := visible(m.Text)
	for _, text := range texts {
		_, after, ok := strings.Cut(rest, visible(text))
		if !ok {
			s.t.Errorf("%q is not to be read, or not in its place, in:\n%s", text, m.Text)
			continue
		}
		rest = after
	}
	if !strings.Contains(m.Text, code) {
		s.t.Errorf("the code is not shown as it is in:\n%s", m.Text)
	}
	for label, url := range map[string]string{"Press me": "", "Or me": "", "Read more": "https://example.com/more"} {
		if b, err := m.button(label); err != nil || b.URL != url {
			s.t.Errorf("button %q leads to %q, want %q: %v", label, b.URL, url, err)
		}
	}
	if len(m.Menus) != 1 || m.Menus[0].Selected != "Green" || !slices.Equal(m.Menus[0].Choices, []string{"Red", "Green", "Blue"}) {
		s.t.Errorf("menus: %+v", m.Menus)
	}
	if !slices.Equal(m.Boxes, []Box{{"One", false}, {"Two", true}, {"Three", false}}) {
		s.t.Errorf("boxes: %+v", m.Boxes)
	}
	if s.Platform().Caps().Pictures && !slices.Equal(m.Pictures, []string{"A heat map of six weeks"}) {
		s.t.Errorf("pictures: %q", m.Pictures)
	}
}

func postShows(s *stage) {
	c, ada, bea := s.Channel("general"), s.person("Ada"), s.person("Bea")
	m, texts := s.everything()
	s.identifier(string(s.post(c, m, "k-1")))
	for _, p := range []*who{ada, bea} {
		shown := p.sees(c, "The heading", "the small print")
		s.checkEverything(shown, texts)
		if shown.Private {
			s.t.Errorf("a post is private to %s", p.ID())
		}
		if n := p.counts(c, "The heading"); n != 1 {
			s.t.Errorf("%s sees the post %d times", p.ID(), n)
		}
	}
}

func replyShows(s *stage) {
	c, ada, bea := s.Channel("general"), s.person("Ada"), s.person("Bea")
	m, texts := s.everything()
	s.replies(m)
	ada.types(c, "say everything")
	s.checkEverything(ada.hears(c, "The heading", "the small print"), texts)
	bea.seesNot(c, "The heading")
}

func editReplaces(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	id := s.post(c, note("Before the edit.", row(chat.Button{Label: "Old", Action: "old.k-1"})), "k-1")
	ada.sees(c, "Before the edit.", "Old")
	m, texts := s.everything()
	s.edit(c, id, m)
	s.checkEverything(ada.sees(c, "The heading", "the small print"), texts)
	ada.seesNot(c, "Before the edit.", "Old")
	s.edit(c, id, note("After both edits."))
	shown := ada.sees(c, "After both edits.")
	if len(shown.Buttons)+len(shown.Menus)+len(shown.Boxes)+len(shown.Pictures) != 0 {
		s.t.Errorf("something was left over by an edit: %+v", shown)
	}
	ada.seesNot(c, "The heading")
	if n := len(ada.Screen(c)); n != 1 {
		s.t.Errorf("%d messages after a post and two edits", n)
	}
}

func editLater(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	id := s.post(c, note("Before the restart."), "")
	s.must(s.Restart())
	s.edit(c, id, note("After the restart."))
	ada.sees(c, "After the restart.")
	ada.seesNot(c, "Before the restart.")
}

func directReaches(s *stage) {
	c, ada, bea := s.Channel("general"), s.person("Ada"), s.person("Bea")
	m, texts := s.everything()
	s.direct(ada, m)
	s.checkEverything(ada.sees(ada.Direct(), "The heading", "the small print"), texts)
	if n := ada.counts(ada.Direct(), "The heading"); n != 1 {
		s.t.Errorf("a direct message is there %d times", n)
	}
	bea.seesNot(bea.Direct(), "The heading")
	for _, p := range []*who{ada, bea} {
		p.seesNot(c, "The heading")
	}
}

func timeShown(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	noon := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC) // the 26th in all zones but the farthest
	text := chat.T("open until ")
	for _, f := range []chat.TimeForm{chat.DayClock, chat.Clock24, chat.DateShort, chat.DateClock, chat.Relative} {
		text = chat.Join(text, chat.At(noon, f, nil), chat.T("; "))
	}
	s.post(c, chat.Message{Summary: "Times.", Blocks: []chat.Block{chat.Paragraph{Text: chat.Join(text, chat.T("that is all."))}}}, "")
	shown := ada.sees(c, "open until", "that is all.")
	for _, raw := range []string{"<t:", "<!date", fmt.Sprint(noon.Unix()), "^"} {
		if strings.Contains(shown.Text, raw) {
			s.t.Errorf("the time's markup can be read: %s", shown.Text)
		}
	}
	for _, want := range []string{"26", ":"} {
		if !strings.Contains(shown.Text, want) {
			s.t.Errorf("no day or no clock is to be read: %s", shown.Text)
		}
	}
}

func peopleNamed(s *stage) {
	c, other, ada, bea := s.Channel("general"), s.Channel("lounge"), s.person("Ada"), s.person("Bea")
	text := chat.Join(chat.T("Thanks to "), chat.Person(bea.ID(), "Bea"), chat.T(" in "), chat.InChannel(other), chat.T(" for this."))
	s.post(c, chat.Message{Summary: "Thanks.", Blocks: []chat.Block{chat.Paragraph{Text: text}}}, "")
	ada.sees(c, "Thanks to", "Bea", "lounge", "for this.")
}

func finding(s *stage) {
	c, ada := s.Channel("general"), s.person("Ada")
	finder, ok := s.Platform().(chat.Finder)
	if !ok {
		s.t.Log("left out: the adapter finds nothing")
		return
	}
	since := s.Now().Add(-time.Second)
	id := s.post(c, note("A round.", row(chat.Button{Label: "Answer", Action: "answer.k-7"})), "k-7")
	ada.sees(c, "A round.")
	found, err := finder.Find(s.limit(), c, "k-7", since)
	if err != nil || found != id {
		s.t.Errorf("found %q, %v; want %q", found, err, id)
	}
	if _, err := finder.Find(s.limit(), c, "k-8", since); err != nil && !is(err, chat.ErrNotFound) || err == nil {
		s.t.Errorf("looking for what is not there: %v, want ErrNotFound", err)
	}
	if _, err := finder.Find(s.limit(), s.Channel("lounge"), "k-7", since); err == nil {
		s.t.Error("found a message in a channel it is not in")
	}
}
