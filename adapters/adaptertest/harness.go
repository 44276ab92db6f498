// Package adaptertest is the one suite that every chat.Platform passes. Run plays scenarios with a scripted handler on
// one side and people on the other; the adapter between them, and the platform it talks to, come from a Harness. What
// the suite asks and checks is what people do and see: labels and text, never identifiers or bytes on a wire.
package adaptertest

import (
	"sync"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Start makes a fresh world (a platform with one space), an adapter connected to it with the handler and the table, and
// runs the adapter's Run; it returns when events can flow. It uses t.Cleanup to stop all of it, and fails t when the
// platform refused something that no Fault asked for. Worlds run in parallel and share nothing; a test that calls Run does not run in
// parallel itself.
type Start func(t *testing.T, h chat.Handler, table chat.Table) Harness

// Error is a constant error of this package; compare with errors.Is.
type Error string

func (e Error) Error() string { return string(e) }

// ErrCannot is returned by any method below when the platform has no such thing (no home page, no completion, no typed
// line, no connection to cut). The suite then leaves that scenario out and logs it. It must not be returned for what the
// platform has and the adapter lacks.
const ErrCannot Error = "the platform has no such thing"

// Harness is one adapter and the world around it. Its methods, and those of its people, are safe for concurrent use.
type Harness interface {
	Platform() chat.Platform
	// Space is the space that all channels and people below are in.
	Space() chat.SpaceID
	// Now is the time by the adapter's clock; Until makes it at least t, by moving that clock or by waiting.
	Now() time.Time
	Until(t time.Time)

	// Channel returns the channel of that name with the bot in it, made at the first call, with everybody in it. Making it
	// sends no Added event to the handler, or at least the suite does not expect one.
	Channel(name string) chat.ChannelID
	// Person returns the person of that name, made at the first call: a member of the space without special rights. Admin
	// returns one who may administrate the space. A name is used for one of the two only.
	Person(name string) Person
	Admin(name string) Person

	// Add puts the bot into a new channel, Remove takes it out of one, Uninstall out of the whole space; each tells the
	// adapter as the platform would.
	Add(name string) (chat.ChannelID, error)
	Remove(c chat.ChannelID) error
	Uninstall() error

	// Fail arms a fault; ErrCannot when it cannot happen on this platform.
	Fail(f Fault) error
	// Written counts the requests of this kind that reached the platform so far, whatever became of them: a message said,
	// edited, said to one person. Answers to events do not count.
	Written(k chat.Kind) int
	// Redeliver delivers the last event again as the platform does, and returns when that delivery was acknowledged.
	Redeliver() error
	// Overdue blocks until the platform no longer takes a first answer to the event that the handler calling it is
	// handling; at once where a platform waits for ever. It is called from inside a handler. It does not block beyond 10 s.
	Overdue()

	// Stop ends Run's context and returns what Run returned; an error of its own when Run has not returned within 10 s.
	Stop() error
	// Restart stops, makes another adapter over the same world and the same Keep, as after a restart of the program, and
	// runs it; it returns when events can flow. Platform then returns the new adapter.
	Restart() error

	// Changed returns a channel that is closed at the next change of anything a person can see. See Bell.
	Changed() <-chan struct{}
}

// Person is somebody with the platform's client in hand. A deed returns when the client has sent it; what comes of it is
// seen later. It returns an error when the thing is not there to be used (no such button on any message there, no open
// dialog), and ErrCannot where the platform has no such deed. A place is a channel or the person's own Direct.
type Person interface {
	ID() chat.UserID
	// Direct is the person's direct conversation with the bot. ErrCannot as for Type where nothing can be typed there.
	Direct() chat.ChannelID

	// Screen is what the person sees in the place now, oldest first, what only this person sees among it.
	Screen(place chat.ChannelID) []Shown
	// Dialog is the dialog that is open, nil when none is.
	Dialog() *Dialog
	// Home is the person's home page, as last shown; nil before OpenHome, and where there is none.
	Home() *Shown
	// Troubles lists what the platform itself has complained of to the person: "This interaction failed", a time-out.
	Troubles() []string

	// Type gives a command in the place, as a line like "pick red" or "say text:hello", without slash or the bot's name.
	// Where the client gives options natively, the harness reads the line with Table.Parse; a line that gives a Problem is
	// then ErrCannot.
	Type(place chat.ChannelID, line string) error
	// Complete returns the labels the client offers while the person fills the option with the prefix, other options
	// being given.
	Complete(place chat.ChannelID, command, option, prefix string, others map[string]string) ([]string, error)
	// Press uses the newest button with the label in the place.
	Press(place chat.ChannelID, label string) error
	// Choose chooses in the newest menu of the place that offers a choice with the label.
	Choose(place chat.ChannelID, label string) error
	// Tick makes exactly these boxes ticked, in the newest checks of the place; it sends once, or once for each change.
	Tick(place chat.ChannelID, labels ...string) error
	// OpenHome opens the person's home page.
	OpenHome() error

	// Fill puts values into the input of the open dialog with that label: one text, or labels of choices (none clears).
	Fill(label string, values ...string) error
	// Submit sends the open dialog; whether it stays open is the platform's affair. Cancel closes it.
	Submit() error
	Cancel() error
	// Reopen brings a form back that was answered with errors, as the person can on this platform: nothing to do where the
	// dialog stayed open, else by what was offered instead. Afterwards, when it has come, Dialog holds what was sent.
	Reopen(place chat.ChannelID) error
}

// Shown is a message, or a home page, as a person sees it: after the client has read the platform's markup.
type Shown struct {
	// Text is all that can be read, in reading order, blocks separated by line breaks: headings, paragraphs, items, code,
	// quotes, names and values of fields, notes, labels of checks; hidden parts too; without decoration (bullets, numbers
	// of items and quote bars may be there or not). Labels of buttons, choices and boxes are not in it.
	Text     string
	Summary  string // what a notification or a screen reader says, where that is apart from Text; else ""
	Buttons  []Button
	Menus    []Menu
	Boxes    []Box    // of all checks
	Pictures []string // descriptions
	Notified []string // whom the message would notify or mark as mentioned; everything but nothing fails the suite
	Private  bool     // only this person sees it
}

// Button is a button, or a link that looks like one.
type Button struct{ Label, URL string }

// Menu is a menu; Selected is a label.
type Menu struct {
	Placeholder, Selected string
	Choices               []string
}

// Box is one of the boxes of checks, or what the platform has in their place.
type Box struct {
	Label  string
	Ticked bool
}

// Dialog is an open dialog as a person sees it. Where the platform answers a Submit inside it, Text is that answer.
type Dialog struct {
	Title  string
	Text   string // all that can be read besides the inputs
	Inputs []Input
	Send   string // label of the button, "" where the platform has its own
}

// Input is one field of a dialog.
type Input struct {
	Label, Hint, Placeholder string
	Choices                  []string
	Values                   []string // what is in it now: one text, or labels
	Error                    string   // shown at it
}

// Fault is something that goes wrong on the way of the next calls.
type Fault struct {
	Kind  FaultKind
	Call  chat.Kind     // the calls it befalls; not for Cut
	Times int           // how many of them; 0 = 1
	After time.Duration // of Limited: how long to stay away
}

// FaultKind is what goes wrong.
type FaultKind uint8

const (
	Limited     FaultKind = iota // refused by the rate limit, with After: chat.Later
	Lost                         // done, but the connection breaks before the reply: ErrUncertain
	Broken                       // the platform answers with a server error (502 or its like): ErrUncertain
	Slow                         // no reply within the caller's deadline; done or not: ErrUncertain
	Unreachable                  // no connection, nothing was written: an error that is not ErrUncertain
	Forbidden                    // refused for want of access: ErrGone
	Gone                         // the channel, message or person is not there: ErrGone
	Revoked                      // the bot's access was taken away: ErrRevoked
	Cut                          // the connection that events come by is cut; Fail returns when it is back
)

// Bell is a ready-made Changed for harnesses: Ring after every change, Next is Changed. The zero Bell works.
type Bell struct {
	mu   sync.Mutex
	next chan struct{}
}

// Next returns a channel that the next Ring closes.
func (b *Bell) Next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == nil {
		b.next = make(chan struct{})
	}
	return b.next
}

// Ring wakes all who wait.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next != nil {
		close(b.next)
		b.next = nil
	}
}
