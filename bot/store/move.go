package store

import (
	"context"
	"time"
)

// Mover is an optional ability of a Store: its records can be taken out and put into another, as they are.
type Mover interface {
	// Dump calls f with every record of one consistent state, those that are referred to before those that refer: Space, Track,
	// Deck, Snapshot, Round, Skip, Answer, Member, LedgerLine, Person, Draft, Task, SpaceValue, Handled, Stamped; each kind in
	// the order of its key, compared byte by byte. Leases are left out. f's error ends it and comes back as it is.
	Dump(ctx context.Context, f func(Record) error) error
	// Restore stores records as they are, with their numbers: all of them durably, or none. They come in the order of Dump,
	// at most 1,000 at once, and into a store that nobody else uses. A record that is there already is replaced.
	Restore(ctx context.Context, records []Record) error
}

// Record is a record of any of the kinds that Dump names.
type Record any

// LedgerLine is a line of a ledger; the User "" is the group.
type LedgerLine struct {
	Track, User string
	Entry
}

// SpaceValue is a Value with its space.
type SpaceValue struct {
	Space string
	Value
}

// Handled is an event that was recorded by Once.
type Handled struct {
	Event string
	At    time.Time
}

// Stamped is a span of Stamp.
type Stamped struct {
	Platform, Replica string
	Span
}
