package chat

// Event is one deed of a person, or of a platform, on its way in.
type Event struct {
	ID      EventID
	Space   SpaceID
	Channel ChannelID
	Within  ChannelID // the channel that Channel is a thread of, "" where it is none
	Direct  bool      // the channel is a direct conversation with the bot
	Actor   Actor
	Message MessageID // the message a Press was on, "" where the platform gives none that can be edited later
	What    What
}

// Actor is who did it, as the platform says now. Rights are checked against it on every event, never against what a
// button contains.
type Actor struct {
	User  UserID
	Name  string // as shown to others; text, not markup
	Admin Tri    // may administrate the space (Discord: Manage Server; Slack: workspace admin or owner)
	Roles []string
	Zone  string // IANA name, "" when unknown
}

// Tri is a yes or no that may be unknown.
type Tri uint8

const (
	Unknown Tri = iota
	No
	Yes
)

// What is what happened: exactly one of Call, Press, Submit, Complete, Home, Added or Removed.
type What interface{ what() }

// Call is a command that a person gave.
type Call struct {
	Name    string            // of the Command; "" when Problem is set
	Args    map[string]string // by Option name; only those given
	Problem string            // a sentence for the person when the line could not be read
	Instead string            // beside a Problem: what could be typed, after what the platform has before a command's name
}

// Press is a button, menu or check that a person used.
type Press struct {
	Action string
	Values []string // of a Menu or Checks: what is selected now
}

// Submit is a form that a person sent.
type Submit struct {
	Form   string              // Form.ID
	Values map[string][]string // by Input.ID; one value for all but Checks inputs
}

// Complete asks for completion of an option while a person types.
type Complete struct {
	Name, Option, Prefix string
	Args                 map[string]string // the options already given
}

// Home asks for the person's home page.
type Home struct{}

// Added says that the bot was added to the channel, or to the space when the channel is "".
type Added struct{}

// Removed says that the bot lost the channel, or the whole space when the channel is "".
type Removed struct{}

func (Call) what()     {}
func (Press) what()    {}
func (Submit) what()   {}
func (Complete) what() {}
func (Home) what()     {}
func (Added) what()    {}
func (Removed) what()  {}

// Value returns the single value of an input, "" when it was not sent.
func (s Submit) Value(id string) string {
	if v := s.Values[id]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Response is the one answer to an event. The zero Response says nothing. Reply, Update and Form may not be set together
// with each other, but for Errors beside Form: the form to show again, prefilled, where a dialog cannot be kept open.
type Response struct {
	Reply   *Message          // to the actor alone
	Update  *Message          // replaces the message that was pressed
	Form    *Form             // opens a dialog
	Errors  map[string]string // by Input.ID, answering a Submit; the dialog stays open, or the text is handed back
	Choices []Choice          // answering Complete, at most 25
	Home    []Block           // answering Home
}

// Gives is what an answer to a command or action may be; it is a promise, so that an adapter can defer in the right form.
// Reply and Update may be deferred; Form, Choices and Home handlers only read and answer at once.
type Gives uint8

const (
	GivesReply Gives = iota
	GivesUpdate
	GivesForm
	GivesChoices
	GivesHome
)
