// Package store is the port to databases: the records the bot keeps, and what a database must do with them. The rules
// live in package bot; a store only keeps records. Identifiers of platforms are plain strings here.
package store

import (
	"context"
	"time"
)

// Error is a constant error of this package; compare with errors.Is.
type Error string

func (e Error) Error() string { return string(e) }

const (
	// ErrNotFound: there is no such record.
	ErrNotFound Error = "not found"
	// ErrTaken: the unique key is in use; for Once, the event was handled before.
	ErrTaken Error = "taken"
	// ErrFull: the disk, or the configured maximum size, is used up; nothing was stored.
	ErrFull Error = "the disk is full: nothing was stored"
	// ErrClosed: the store was closed.
	ErrClosed Error = "the store is closed"
)

// Store keeps records. Safe for concurrent use.
//
// What a record refers to is stored before it, or in the same Update before it: a space before its tracks (unless their Space is ""), a
// track before its deck, rounds, skips, members and ledgers, a round before the answers to it. A store may refuse others. Texts are UTF-8
// without NUL.
type Store interface {
	// View runs f on one consistent state. Do no I/O in f. What f gets it may keep. f may run again when the connection to the
	// database was lost before anything was read.
	View(ctx context.Context, f func(Tx) error) error
	// Update runs f and stores what it wrote, wholly or not at all; when it returns nil all of it is durable. f may run
	// several times, together with others in one transaction: no I/O and no side effects in it, and it must set, not
	// add to, what it captures. f's error comes back as it is. When ctx ends before f began, nothing is done.
	Update(ctx context.Context, f func(Tx) error) error
	Close() error
}

// Tx is what a View or an Update works on. A get of something absent returns ErrNotFound. Put replaces the whole record
// or makes it. Lists come in the order their comment says and hold at most limit records; limit 0 means no limit. Tx
// methods of writing fail in a View. All times come back in UTC with at least microsecond precision.
type Tx interface {
	// Now is the time that leases and due times go by: the database's clock where replicas share one, else the injected
	// clock. It does not change during one run of f.
	Now() time.Time
	// Once records an event's identifier (at most 200 bytes); ErrTaken when it was recorded within the last 48 hours.
	Once(event string) error

	Spaces
	Tracks
	Rounds
	Answers
	Members
	People
	Tasks
	Values
}

// Spaces are Slack workspaces, Discord guilds, direct conversations and playgrounds.
type Spaces interface {
	Space(id string) (Space, error)
	PutSpace(Space) error
	// PurgeSpace deletes at most limit records that belong to the space (tracks, rounds, answers, members, ledgers,
	// people, drafts, tasks, values), and the space itself with the last; more says whether any are left.
	PurgeSpace(id string, limit int) (more bool, err error)
}

// Tracks are what channels signed up for.
type Tracks interface {
	Track(id string) (Track, error)
	// AddTrack fails with ErrTaken when the ID is in use.
	AddTrack(Track) error
	PutTrack(Track) error
	// ChannelTracks and SpaceTracks are ordered by Created, removed ones included. AllTracks is ordered by ID.
	ChannelTracks(channel string) ([]Track, error)
	SpaceTracks(space string) ([]Track, error)
	AllTracks(after string, limit int) ([]Track, error)

	// Deck returns the empty Deck when there is none.
	Deck(track string) (Deck, error)
	PutDeck(Deck) error
	// Snapshot returns a question as it was when it was used, by the hash of its body.
	Snapshot(hash string) (Snapshot, error)
	// PutSnapshot does nothing when the hash is there.
	PutSnapshot(Snapshot) error
}

// Rounds are slots taken up.
type Rounds interface {
	Round(track string, no int) (Round, error)
	// AddRound fails with ErrTaken when the track's slot was taken or skipped before, or the number is in use.
	AddRound(Round) error
	// PutRound changes a round that is there; its track, number and slot never change.
	PutRound(Round) error
	// RoundsBefore lists rounds with numbers below no, newest first; no 0 = all.
	RoundsBefore(track string, no, limit int) ([]Round, error)
	// SkipSlot records that a slot was passed over; ErrTaken when it was taken or skipped before.
	SkipSlot(Skip) error
	// Skips lists the slots passed over, newest first.
	Skips(track string, limit int) ([]Skip, error)
}

// Answers are what people wrote, to rounds and in practice.
type Answers interface {
	// Answering returns in one read all that answering a round needs. ErrNotFound when the round or its track is not there; what else
	// is absent comes back as nil.
	Answering(track string, no int, user string) (Answering, error)
	Answer(seq uint64) (Answer, error)
	// RoundAnswer returns a person's one answer to a round.
	RoundAnswer(track string, no int, user string) (Answer, error)
	// AddAnswer stores a new answer and returns its sequence number, ascending and never used before. ErrTaken when
	// Track is not "" and the person has an answer to the round.
	AddAnswer(Answer) (uint64, error)
	// PutAnswer changes an answer that is there; its Seq, Track, Round, User and Prev never change.
	PutAnswer(Answer) error
	// RoundAnswers lists a round's answers in the order of users, those after the given user.
	RoundAnswers(track string, no int, after string, limit int) ([]Answer, error)
	// Chain lists answers from seq along Prev, newest first; seq 0 = none.
	Chain(seq uint64, limit int) ([]Answer, error)
	// AnswersBefore lists answers whose Text is not "" and that were sent before t, oldest first: those to purge.
	AnswersBefore(t time.Time, after uint64, limit int) ([]Answer, error)
}

// Members are persons in tracks, and their ledgers.
type Members interface {
	Member(track, user string) (Member, error)
	PutMember(Member) error
	// Members lists a track's members in the order of users, those after the given user, former ones included.
	Members(track, after string, limit int) ([]Member, error)
	// Memberships lists a person's memberships in the order of tracks, former ones included.
	Memberships(user string) ([]Member, error)
	// AddLine appends to a ledger; the user "" is the group's.
	AddLine(track, user string, l Line) error
	// Lines lists a ledger, the last appended first, those appended before the entry number (0 = all). Entry numbers
	// count from 1.
	Lines(track, user string, before, limit int) ([]Entry, error)
}

// People are persons on a platform, and what they have in hand.
type People interface {
	Person(user string) (Person, error)
	PutPerson(Person) error
	Draft(user, key string) (Draft, error)
	PutDraft(Draft) error
	DeleteDraft(user, key string) error
	// PurgePerson deletes everything of the person but the ledger lines, members' numbers and round counts, which keep a
	// nameless identifier: answers' texts, drafts, settings, practice. At most limit records a call.
	PurgePerson(user, nameless string, limit int) (more bool, err error)
}

// Tasks are pieces of work that are not an answer to an event.
type Tasks interface {
	Task(key string) (Task, error)
	// PutTask makes or replaces the task of that key.
	PutTask(Task) error
	DeleteTask(key string) error
	// Due lists tasks with Due not after t, in the order of Due, then key.
	Due(t time.Time, limit int) ([]Task, error)
	// NextTask returns the task with the earliest Due after t.
	NextTask(t time.Time) (Task, error)
	// NextOfKind returns the earliest task of the kind with Due after t.
	NextOfKind(kind string, t time.Time) (Task, error)
}

// Values are small things remembered by key: an adapter's, sealed; leases; times at which platforms worked.
type Values interface {
	Value(space, key string) ([]byte, error)
	// PutValue with nil deletes.
	PutValue(space, key string, value []byte) error
	// ListValues is ordered by key.
	ListValues(space, prefix string) ([]Value, error)
	// Hold takes or renews a lease until the given time; it returns who holds it now and until when.
	Hold(name, owner string, until time.Time) (Lease, error)
	Release(name, owner string) error
	// Stamp notes that the platform worked for this replica at the time: it extends the replica's last span when that ended at
	// most 90 s before, else it begins another. Spans that ended over 8 days ago may be dropped.
	Stamp(platform, replica string, at time.Time) error
	// Up lists the spans that touch from..to, of all replicas, ordered by From.
	Up(platform string, from, to time.Time) ([]Span, error)
}
