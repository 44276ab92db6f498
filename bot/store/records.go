package store

import (
	"time"

	"github.com/interviewbot/interviewbot/bot/streak"
)

// Line is one entry of a ledger.
type Line = streak.Line

// Entry is a Line with its place in the ledger, from 1.
type Entry struct {
	No int
	Line
}

// Space is where channels are.
type Space struct {
	ID      string
	Role    string   // of those who own all tracks, by the platform's name of it; "" = none
	Owners  []string // persons who own all tracks of the space
	Created time.Time
	Removed time.Time // when the bot lost the space; zero while it is there
}

// TrackState is whether a track runs.
type TrackState uint8

const (
	TrackActive TrackState = iota
	TrackPaused
	TrackEnded
	TrackRemoved
)

// Track is what a channel signed up for.
type Track struct {
	ID             string // 8 characters of a-z and 2-7; never used again
	Space, Channel string
	Direct         bool   // a personal track in a direct conversation
	Kind           string // question, tip or project
	State          TrackState
	Cron, Zone     string
	Topics         []string // empty = all that are on at first
	Levels         []int    // empty = the ramp
	Tips           bool     // a tip as the last line of the daily post
	Thread         bool     // open a discussion thread where the platform has them
	CatchUp        time.Duration
	Quorum         int // per cent of counted members that meets a round, rounded up
	Keep           int // days that answer texts are kept
	Owners         []string
	Created        time.Time
	CreatedBy      string
	Removed        time.Time // or ended

	NextSlot string    // the slot the schedule comes to next: civil, 2006-01-02T15:04; "" = none
	NextAt   time.Time // its instant
	LastSlot string    // the last slot taken or skipped
	LastAt   time.Time

	SkipNext   int      // this many of the coming slots are skipped
	SkipRanges []Range  // civil dates without posts
	Queue      []string // questions chosen for the next rounds
	Theme      string   // a topic that goes first until ThemeEnds (civil date, inclusive)
	ThemeEnds  string
	Ends       string // last civil date with a post, "" = none

	Rounds   int // numbers given out
	Open     int // number of the newest round that is not closed, 0 = none
	DeckFrom int // the deck counts from this round number
	Group    streak.Group
	Warned   bool // the owners were told that few questions are left
	Purged   int  // the texts of rounds up to this number were deleted
}

// Range is a span of civil dates (2006-01-02), both inclusive.
type Range struct{ From, To string }

// Deck is which questions a track has used: id to the number of the last round with it.
type Deck struct {
	Track string
	Used  map[string]int
}

// Snapshot is a question as it was when used.
type Snapshot struct {
	Hash string // hex SHA-256 of Body
	ID   string
	Body []byte // JSON
}

// RoundState is where a round is in its life.
type RoundState uint8

const (
	Claimed RoundState = iota
	Sending
	Open
	Uncertain
	Closing
	Closed
)

// Round is one slot of a track taken up.
type Round struct {
	Track          string
	No             int // from 1, without gaps
	Slot           string
	At             time.Time // the slot's instant
	Space, Channel string
	Kind           string
	Manual         bool   // posted by hand
	Question       string // hash of the snapshot; for tips and projects of theirs
	QuestionID     string
	Swapped        []string // hashes of questions this round had before
	Tip            string   // id of the tip that rides on the post
	State          RoundState
	Owner          string // replica that works on it
	Lease          time.Time
	Deadline       time.Time // of the wire call while Sending
	Message        string    // platform's id of the post
	Claimed        time.Time
	Opened         time.Time
	Ends           time.Time // fixed at claim
	CloseAt        time.Time // when it is closed if no later round is claimed
	Early          bool      // closed before Ends: nobody misses it
	Refreshed      time.Time // when the post was last edited to show counts

	RosterAt  time.Time // when Closing began: members from later are not on it
	Cursor    string    // last user whose line was written
	Answered  int       // counting answers at close; while open as of the last refresh
	Counted   int       // members in the group's count with answered or missed
	Met       int       // of those, answered
	Shared    int       // answers that others may see
	Nameless  int       // of those, without name
	Had       []PointCount
	GroupLine streak.Outcome
	GroupRun  int    // group streak after the close
	Protected string // reason everyone sees; "" = not protected
	ClosedAt  time.Time
}

// PointCount is how many answers covered a point.
type PointCount struct {
	Point string
	N     int
}

// Skip is a slot passed over.
type Skip struct {
	Track, Slot string
	At          time.Time
	Why         string
}

// Visibility is who may see an answer after having answered.
type Visibility uint8

const (
	OnlyMe Visibility = iota
	WithName
	WithoutName
)

// AnswerKind is how an answer was given.
type AnswerKind uint8

const (
	Asked    AnswerKind = iota // practice: a question was given, nothing was sent yet
	Written                    // text
	Chosen                     // options of a choice question
	DontKnow                   // I don't know, or a text sent as is
	SaidBack                   // in one's own words after I don't know
)

// Answer is one person's answer to one round or one practice question.
type Answer struct {
	Seq         uint64
	User, Space string
	Name        string // of the person when it was sent
	Track       string // "" = practice
	Round       int
	Question    string // hash of the snapshot it answers
	Kind        AnswerKind
	Text        string // at most 3,000 characters
	Before      string // the text as it was when the model answer was shown, if it was changed later
	Choice      []int
	Counting    bool
	Late        bool // after the close
	Visibility  Visibility
	Found       []string  // points found in the text that counts
	Check       []string  // points with opposite negation
	Ticks       []string  // points the person ticked
	Rating      uint8     // 0 = none, 1 to 4
	Hints       int       // shown so far
	Shown       time.Time // when the model answer was shown; zero = not yet
	Sent        time.Time // first
	Edited      time.Time // last
	Deleted     bool      // the person deleted the text
	Day         string    // practice day: civil date in Zone, the day beginning at 04:00
	Zone        string
	Offset      int    // of Zone at Sent, seconds east of UTC
	Prev        uint64 // the person's answer before this in the track, or in practice
}

// Answering is all that answering a round needs. Answer, Member and Person are nil when there are none.
type Answering struct {
	Track  Track
	Round  Round
	Answer *Answer
	Member *Member
	Person *Person
}

// Member is one person in one track.
type Member struct {
	Track, User string
	Space       string
	Name        string
	Joined      time.Time
	Left        time.Time // zero while a member
	Streak      streak.State
	Head        uint64 // newest answer in the track
	Answered    int    // number of the newest round with a counting answer
	DontKnow    int    // number of the newest round with I don't know
	Closed      int    // number of the newest round with a ledger line
}

// Person is somebody on a platform.
type Person struct {
	User, Space string
	Name        string
	Zone        string // IANA; "" = the track's
	Visibility  Visibility
	Pauses      []Pause
	Practice    uint64   // newest practice answer
	Avoid       []string // topics left out of practice unless asked for
	Recent      []string // ids of the latest practice questions and tips, newest first, at most 200
	Seen        time.Time
}

// Pause is a span in which rounds that close are not missed.
type Pause struct {
	From, To time.Time
	Made     time.Time
}

// Draft is a text kept until a form comes back.
type Draft struct {
	User, Key string
	Text      string
	Values    map[string][]string
	Until     time.Time
}

// Task is one piece of work.
type Task struct {
	Key   string // unique
	Kind  string
	Space string
	Track string
	Round int
	User  string
	Arg   string
	Due   time.Time
	Owner string // replica that works on it, until Lease
	Lease time.Time
	Tries int
	Made  time.Time
}

// Value is one remembered thing.
type Value struct {
	Key  string
	Data []byte
}

// Lease is who holds a name until when.
type Lease struct {
	Owner string
	Until time.Time
}

// Span is a time in which a platform worked.
type Span struct{ From, To time.Time }
