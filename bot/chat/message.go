package chat

import (
	"strings"
	"time"
)

// Message is what the bot says, in neutral form.
type Message struct {
	Summary string // one plain line, for notifications and screen readers; never empty
	Blocks  []Block
}

// Block is one part of a message: a closed set.
type Block interface{ block() }

type (
	// Heading is a title line.
	Heading struct{ Text Text }
	// Paragraph is running text; line breaks in it are kept.
	Paragraph struct{ Text Text }
	// List is a bulleted or numbered list.
	List struct {
		Items   []Text
		Ordered bool
	}
	// Code is source text, shown as it is; Hidden: only when asked for, where the platform can.
	Code struct {
		Language, Source string
		Hidden           bool
	}
	// Quote is somebody's words, shown as such and copyable.
	Quote struct{ Text Text }
	// Fields are short name-value pairs, side by side where there is room.
	Fields struct{ Pairs []Field }
	// Image is a picture with its description for those who cannot see it; the description is never empty.
	Image struct {
		PNG         []byte
		Description string
	}
	// Buttons is one row.
	Buttons struct{ Row []Button }
	// Menu lets a person choose one of several.
	Menu struct {
		Action      string // ≤ 80 bytes
		Placeholder string
		Choices     []Choice
		Selected    string
	}
	// Checks lets a person tick any of several; every change is a Press with all that are ticked.
	Checks struct {
		Action  string // ≤ 80 bytes
		Label   string
		Choices []Choice
		Ticked  []string
	}
	// Note is small print.
	Note struct{ Text Text }
	// Rule is a dividing line.
	Rule struct{}
)

func (Heading) block()   {}
func (Paragraph) block() {}
func (List) block()      {}
func (Code) block()      {}
func (Quote) block()     {}
func (Fields) block()    {}
func (Image) block()     {}
func (Buttons) block()   {}
func (Menu) block()      {}
func (Checks) block()    {}
func (Note) block()      {}
func (Rule) block()      {}

// Field is one pair of Fields.
type Field struct {
	Name  string
	Value Text
}

// Button is pressed, or followed when URL is set.
type Button struct {
	Label  string
	Action string // ≤ 80 bytes of printable ASCII; comes back in Press
	Look   Look
	URL    string
	Gives  Gives // what a press may be answered with
}

// Look is how much a button stands out.
type Look uint8

const (
	Plain Look = iota
	Primary
	Danger
)

// Choice is one option of a menu, of checks, of a form's input or of a completion. Value ≤ 100 bytes.
type Choice struct{ Value, Label, Hint string }

// Form is a dialog. At most five inputs; ID comes back in Submit and is at most 80 bytes of printable ASCII.
type Form struct {
	ID, Title string
	Intro     []Block // shown above the inputs: paragraphs, lists, quotes, code, notes
	Inputs    []Input
	Send      string // label of the button
}

// Input is one field of a form.
type Input struct {
	ID, Label, Hint, Placeholder string
	Type                         InputType
	Value                        []string // prefilled; one for all but Checks
	Choices                      []Choice // for Select and Ticks, at most 25
	Optional                     bool
	Max                          int // characters of Line and Area; 0 = 3,000; never more
}

// InputType is how an Input is filled.
type InputType uint8

const (
	Line   InputType = iota // one line of text
	Area                    // several lines
	Select                  // one of Choices
	Ticks                   // any of Choices
)

// Caps is what one message and one form of a platform can hold; all counts are of Unicode code points unless said
// otherwise. Only bot/fit.go reads it: what an adapter is given never exceeds it.
type Caps struct {
	Total       int // text in one message, all blocks together
	Blocks      int // blocks in one message
	Text        int // in one Paragraph, Quote, Code, Note, or one item of a List
	Heading     int
	Summary     int
	Row         int // buttons in one Buttons
	Label       int // of a button
	Choices     int // of a Menu
	Choice      int // label of one Choice
	Checks      int // boxes in one Checks; the Ticks of a form may have as many as a Menu
	Fields      int // pairs in one Fields
	Field       int // value of one pair
	FormTitle   int
	InputLabel  int
	Placeholder int
	FormIntro   int // text of all of a form's Intro
	Pictures    bool
}

// Text is what people read: a list of spans. No string in it is markup, so nothing that a person typed can become a
// mention, a link or a format.
type Text []Span

// Span is a run of text in one style, or a mention, or a time.
type Span struct {
	Text    string
	Style   Style
	Link    string    // an http or https address the text leads to
	User    UserID    // a person, shown by name; never notified by it in a post
	Channel ChannelID // a channel, shown by name
	Time    time.Time // an instant, shown in the reader's zone as Form says; Text is the fallback
	Form    TimeForm
}

// Style is a set of looks.
type Style uint8

const (
	Bold Style = 1 << iota
	Italic
	Mono
	Strike
	Spoiler // hidden until asked for, where the platform can
)

// TimeForm is how an instant is shown.
type TimeForm uint8

const (
	DayClock  TimeForm = iota // Wed 09:00
	Clock24                   // 09:00
	DateShort                 // Wed 26 Nov
	DateClock                 // 26 Nov 2026 09:00
	Relative                  // in 3 hours
)

// T is plain text.
func T(s string) Text { return Text{{Text: s}} }

// B is bold text.
func B(s string) Text { return Text{{Text: s, Style: Bold}} }

// I is italic text.
func I(s string) Text { return Text{{Text: s, Style: Italic}} }

// At is an instant shown in the reader's zone; zone (nil = UTC) makes the fallback for where that cannot be done.
func At(t time.Time, f TimeForm, zone *time.Location) Text {
	return Text{{Text: FormatTime(t, f, zone), Time: t, Form: f}}
}

// FormatTime renders an instant in a zone (nil = UTC); Relative is rendered as DayClock, for there is no now.
func FormatTime(t time.Time, f TimeForm, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	layout := "Mon 15:04"
	switch f {
	case Clock24:
		layout = "15:04"
	case DateShort:
		layout = "Mon 2 Jan"
	case DateClock:
		layout = "2 Jan 2006 15:04"
	}
	return t.In(zone).Format(layout)
}

// InChannel names a channel.
func InChannel(c ChannelID) Text { return Text{{Channel: c}} }

// Person names a person; name is the fallback.
func Person(u UserID, name string) Text { return Text{{User: u, Text: name}} }

// Join puts texts together.
func Join(parts ...Text) Text {
	var all Text
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// Plain returns the text without styles; a channel, whose name only its platform knows, is "the channel".
func (t Text) Plain() string {
	var b strings.Builder
	for _, s := range t {
		if s.Channel != "" && s.Text == "" {
			s.Text = "the channel"
		}
		b.WriteString(s.Text)
	}
	return b.String()
}
