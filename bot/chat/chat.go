// Package chat is the port between the bot and the platforms people talk on. It holds the whole vocabulary that both
// sides share: what arrives (Event), what is answered (Response), what is said (Message, Block, Text), what can be asked
// (Command, Form) and what a platform must do (Platform). It knows no platform and does no I/O.
package chat

import (
	"context"
	"strings"
	"time"
)

// The identifiers of a platform's things. An adapter makes them, always beginning with the platform's Name and a colon;
// that prefix is the only structure the bot reads. They are stored for ever, so an adapter must be able to read its own
// old ones. At most 200 bytes of printable ASCII without spaces, '|' or '/'.
type (
	SpaceID   string // a Slack workspace, a Discord guild, a direct conversation's home, a playground
	ChannelID string // where a group talks; a direct conversation is a channel of one
	UserID    string // a person on a platform
	MessageID string // a message that can be edited later
	EventID   string // one delivery; the same for every redelivery of the same deed
)

// PlatformOf returns the platform name an identifier begins with, or "" when it has none.
func PlatformOf[T ~string](id T) string {
	name, _, ok := strings.Cut(string(id), ":")
	if !ok {
		return ""
	}
	return name
}

// Error is a constant error of this package; compare with errors.Is.
type Error string

func (e Error) Error() string { return string(e) }

const (
	// ErrUncertain: the call was written to the wire and its outcome is not known; the message may be there.
	ErrUncertain Error = "it may or may not have been done"
	// ErrGone: the channel, message or person does not exist, or the bot may no longer speak there (403, 404).
	ErrGone Error = "the channel, message or person is gone, or closed to the bot"
	// ErrRevoked: the space took the bot's access away; every further call there would fail.
	ErrRevoked Error = "the bot's access to this space was revoked"
	// ErrUnsupported: the platform, or the permissions it was given, cannot do this.
	ErrUnsupported Error = "this is not possible here"
	// ErrNotFound: Find looked everywhere it should and the message is not there; Keep has no such value.
	ErrNotFound Error = "not found"
	// ErrBusy: the handler has no room; nothing was done and the event may come again.
	ErrBusy Error = "busy, press again"
	// ErrStandby: another process of the same bot has the connection; this one takes over when that one ends. No trouble.
	ErrStandby Error = "standing by: another process of the bot has the connection"
	// ErrBackwards: a movable clock only goes forward.
	ErrBackwards Error = "the clock only goes forward"
)

// Later is the error of a call that was surely not done and may be tried again at At: a rate limit.
type Later struct{ At time.Time }

func (l Later) Error() string { return "rate limited until " + l.At.UTC().Format(time.RFC3339) }

// Kind is what a call does, for rate limits.
type Kind uint8

const (
	KindPost   Kind = iota // Post
	KindEdit               // Edit
	KindDirect             // Direct
)

// Handler answers an event. The Response is always fit to show, also beside an error: it then holds a sentence for the
// person. A non-nil error says that nothing was stored: where the platform delivers again, the adapter must not
// acknowledge an event that carries a person's text; where it does not, the adapter shows the Response. A Handler may
// block for as long as its context lives; adapters call it concurrently and defer by themselves (Gives).
type Handler func(ctx context.Context, e Event) (Response, error)

// Platform is one place where people talk, as an adapter gives it to the bot.
//
// Outcomes of Post, Edit and Direct: nil, done; ErrUncertain, perhaps done; Later, ErrGone, ErrRevoked, ErrUnsupported or
// any other error, surely not done. An adapter never repeats a call by itself once it was written to the wire.
type Platform interface {
	// Name is the prefix of every identifier it makes: lower-case letters, constant.
	Name() string
	// Caps says what one message and one form can hold. Constant.
	Caps() Caps
	// Run receives events until ctx ends, reconnecting by itself; it then leaves no goroutine and returns nil. It returns
	// an error only for what cannot heal: a refused token, a fatal close code; the sentence is for the operator.
	Run(ctx context.Context, h Handler) error
	// Ready returns when the rate limits allow the next call of this kind to the channel; a time not after now means at
	// once. It never blocks. For KindDirect the channel may be "".
	Ready(c ChannelID, k Kind) time.Time
	// Post says m in c. The key names the post for ever (at most 60 bytes of ASCII letters, digits, '.' and '-'); every
	// post with a key has a button whose Action ends with it, so that Finder can recognise the message.
	Post(ctx context.Context, c ChannelID, m Message, key string) (MessageID, error)
	// Edit replaces a message wholly.
	Edit(ctx context.Context, id MessageID, m Message) error
	// Direct says m to one person in private.
	Direct(ctx context.Context, u UserID, m Message) error
}

// Finder is an optional ability of a Platform: it settles ErrUncertain. Find looks for the message posted in c with the
// key at or after since. ErrNotFound: it is surely not there. Any other error: it cannot be told.
type Finder interface {
	Find(ctx context.Context, c ChannelID, key string, since time.Time) (MessageID, error)
}

// Health is an optional ability of a Platform: nil while its transport works, ErrStandby while another process's does and
// this one waits. Without it a Platform counts as working for as long as Run runs. It never blocks.
type Health interface {
	Healthy() error
}

// Watcher is an optional ability of a Platform: what the operator should know at start-up (missing scopes, channels the
// bot is not in). One sentence each; none when all is well. channels are those the bot has tracks in.
type Watcher interface {
	Check(ctx context.Context, channels []ChannelID) []string
}

// Reacher is an optional ability of a Platform: whether the bot could speak in a channel now, asked when somebody sets one
// up there. Reach returns what that person should know and do, in a sentence or two; "" when it can, or when that cannot
// be told. It makes one call at most.
type Reacher interface {
	Reach(ctx context.Context, c ChannelID) string
}

// Discusser is an optional ability of a Platform: threads. Discuss opens one for discussion under a posted message, with
// one line in it; it may be repeated. ErrUnsupported where there are none, or no more.
type Discusser interface {
	Discuss(ctx context.Context, id MessageID, title string, line Message) error
}

// Forgetter is an optional ability of a Platform: Forget deletes what the adapter itself keeps of a person, who asked to
// be forgotten; it may be repeated.
type Forgetter interface {
	Forget(ctx context.Context, u UserID) error
}

// Resident is an optional ability of a Platform: whether the bot is in a space now. It is asked before the data of a space
// that the bot lost is deleted, for a return may have been missed. An error: it cannot be told.
type Resident interface {
	Resides(ctx context.Context, s SpaceID) (bool, error)
}

// Keep is what run.go gives an adapter to remember things by: small durable values (at most 64 KiB) by space and key,
// sealed at rest, and leases by name for what a platform allows only once. All its methods may block on storage.
type Keep interface {
	// Get returns ErrNotFound when there is no such value.
	Get(ctx context.Context, s SpaceID, key string) ([]byte, error)
	// Set stores all values in one atomic step; a nil value deletes.
	Set(ctx context.Context, s SpaceID, values map[string][]byte) error
	// List returns the values whose keys begin with prefix, in the order of their keys.
	List(ctx context.Context, s SpaceID, prefix string) ([]Kept, error)
	// Hold takes or renews the lease called name for this process until now+ttl; it says whether it is held. Trust it
	// for less than ttl from the moment before the call.
	Hold(ctx context.Context, name string, ttl time.Duration) (bool, error)
	// Release ends a held lease early.
	Release(ctx context.Context, name string) error
}

// Kept is one value of a Keep; the Value is nil when it cannot be opened any more, for the key has changed.
type Kept struct {
	Key   string
	Value []byte
}

// Clock is the time an adapter goes by. One that a person may move also implements Mover.
type Clock interface {
	Now() time.Time
}

// Mover is a Clock that can be moved forward, for a space in which nothing is real.
type Mover interface {
	Clock
	// Next returns the instant of the next scheduled post, false when nothing is scheduled.
	Next(ctx context.Context) (time.Time, bool, error)
	// Advance moves to the instant, visiting every due instant between in order and finishing all that is due there. It
	// blocks until it is done; ErrBackwards when to is before Now. Done is called with the time reached, in between.
	Advance(ctx context.Context, to time.Time, done func(time.Time)) error
}
