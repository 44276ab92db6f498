package postgres

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/interviewbot/interviewbot/bot/store"
)

// records are the tables; all has them in the order of store.Mover, in which what is referred to comes first.
type records struct {
	spaces    *table[store.Space]
	tracks    *table[store.Track]
	decks     *table[store.Deck]
	snapshots *table[store.Snapshot]
	rounds    *table[store.Round]
	skips     *table[store.Skip]
	answers   *table[store.Answer]
	members   *table[store.Member]
	ledger    *table[line]
	people    *table[store.Person]
	drafts    *table[store.Draft]
	tasks     *table[store.Task]
	values    *table[value]
	leases    *table[lease]
	uptime    *table[span]
	events    *table[event]
	all       []shelf
	appends   string // INSERT of lines, whose No is their place among those of their ledger that go together
}

// shelves is how many tables there are.
const shelves = 16

type line struct {
	track, user string
	store.Entry
}

type value struct {
	space string
	store.Value
}

type lease struct {
	name string
	store.Lease
}

type span struct {
	platform, replica string
	store.Span
}

type event struct {
	id string
	at time.Time
}

func newRecords() *records {
	r := &records{
		spaces: spacesTable(), tracks: tracksTable(), decks: decksTable(), snapshots: snapshotsTable(), rounds: roundsTable(),
		skips: skipsTable(), answers: answersTable(), members: membersTable(), ledger: ledgerTable(), people: peopleTable(),
		drafts: draftsTable(), tasks: tasksTable(), values: valuesTable(), leases: leasesTable(), uptime: uptimeTable(), events: eventsTable(),
	}
	r.all = []shelf{r.spaces, r.tracks, r.decks, r.snapshots, r.rounds, r.skips, r.answers, r.members, r.ledger, r.people,
		r.drafts, r.tasks, r.values, r.leases, r.events, r.uptime}
	for no, shelf := range r.all {
		shelf.prepare(no)
	}
	insert, _, _ := strings.Cut(r.ledger.upsert, " ON CONFLICT")
	r.appends = strings.Replace(insert, "r.no", "r.no + coalesce((SELECT max(l.no) FROM ledger l WHERE l.track = r.track AND l.person = r.person), 0)", 1)
	return r
}

// append adds the statement that appends lines to their ledgers.
func (r *records) append(b *pgx.Batch, lines []line) {
	last := map[[2]string]int{}
	all := make([]*line, len(lines))
	for i := range lines {
		l := lines[i]
		last[[2]string{l.track, l.user}]++
		l.No = last[[2]string{l.track, l.user}]
		all[i] = &l
	}
	args := make([]any, len(r.ledger.columns))
	for i, c := range r.ledger.columns {
		args[i] = c.values(all)
	}
	b.Queue(r.appends, args...)
}

// one is the key of a table with one text column.
func one[T any](column string, of func(*T) string) []way[T] {
	return []way[T]{{parts: []part{{column, 'a'}}, of: func(r *T) (id, bool) { return id{a: of(r)}, true }}}
}

// two is the key of a table with two text columns.
func two[T any](a, b string, of func(*T) (string, string)) []way[T] {
	return []way[T]{{parts: []part{{a, 'a'}, {b, 'b'}}, of: func(r *T) (id, bool) {
		a, b := of(r)
		return id{a: a, b: b}, true
	}}}
}

func spacesTable() *table[store.Space] {
	type r = store.Space
	return &table[r]{name: "spaces", ways: one("id", func(r *r) string { return r.ID }), columns: []column[r]{
		text("id", func(r *r) *string { return &r.ID }),
		text("role", func(r *r) *string { return &r.Role }),
		texts("owners", func(r *r) *[]string { return &r.Owners }),
		moment("created", func(r *r) *time.Time { return &r.Created }),
		momentOrNull("removed", func(r *r) *time.Time { return &r.Removed }),
	}}
}

func decksTable() *table[store.Deck] {
	type r = store.Deck
	return &table[r]{name: "decks", ways: one("track", func(r *r) string { return r.Track }), columns: []column[r]{
		text("track", func(r *r) *string { return &r.Track }),
		nested("used", func(r *r) *map[string]int { return &r.Used }, fullMap, fullMap),
	}}
}

// fullMap: a deck that is empty has a map all the same.
func fullMap(m map[string]int) map[string]int {
	if m == nil {
		return map[string]int{}
	}
	return maps.Clone(m)
}

func snapshotsTable() *table[store.Snapshot] {
	type r = store.Snapshot
	return &table[r]{name: "snapshots", ways: one("hash", func(r *r) string { return r.Hash }), columns: []column[r]{
		text("hash", func(r *r) *string { return &r.Hash }),
		text("question", func(r *r) *string { return &r.ID }),
		bytea("body", func(r *r) *[]byte { return &r.Body }),
	}}
}

func skipsTable() *table[store.Skip] {
	type r = store.Skip
	return &table[r]{name: "skips", ways: two("track", "slot", func(r *r) (string, string) { return r.Track, r.Slot }), columns: []column[r]{
		text("track", func(r *r) *string { return &r.Track }),
		text("slot", func(r *r) *string { return &r.Slot }),
		momentOrNull("at", func(r *r) *time.Time { return &r.At }),
		text("why", func(r *r) *string { return &r.Why }),
	}}
}

func membersTable() *table[store.Member] {
	type r = store.Member
	return &table[r]{name: "members", ways: two("track", "person", func(r *r) (string, string) { return r.Track, r.User }), columns: []column[r]{
		text("track", func(r *r) *string { return &r.Track }),
		text("person", func(r *r) *string { return &r.User }),
		text("space", func(r *r) *string { return &r.Space }),
		text("name", func(r *r) *string { return &r.Name }),
		momentOrNull("joined", func(r *r) *time.Time { return &r.Joined }),
		momentOrNull("left_at", func(r *r) *time.Time { return &r.Left }),
		integer("streak", func(r *r) *int { return &r.Streak.Current }),
		integer("streak_best", func(r *r) *int { return &r.Streak.Best }),
		integer("answered_total", func(r *r) *int { return &r.Streak.Total }),
		integer("freeze_run", func(r *r) *int { return &r.Streak.Run }),
		integer("freezes", func(r *r) *int { return &r.Streak.Freezes }),
		integer("misses", func(r *r) *int { return &r.Streak.Misses }),
		whole("head", "bigint", func(r *r) *uint64 { return &r.Head }),
		integer("answered_round", func(r *r) *int { return &r.Answered }),
		integer("dont_know", func(r *r) *int { return &r.DontKnow }),
		integer("closed_round", func(r *r) *int { return &r.Closed }),
	}}
}

func ledgerTable() *table[line] {
	type r = line
	byNo := func(r *r) (id, bool) { return id{a: r.track, b: r.user, n: int64(r.No)}, true }
	newest := func(r *r) (id, bool) { return id{a: r.track, b: r.user}, true } // lines are never looked for by number
	moves := movesAs(func(l *r) store.LedgerLine { return store.LedgerLine{Track: l.track, User: l.user, Entry: l.Entry} },
		func(l store.LedgerLine) r { return r{l.Track, l.User, l.Entry} })
	return &table[r]{name: "ledger", moves: moves, ways: []way[r]{
		{parts: []part{{"track", 'a'}, {"person", 'b'}, {"no", 'n'}}, of: byNo},
		{parts: []part{{"track", 'a'}, {"person", 'b'}}, of: newest, order: " ORDER BY x.track DESC, x.person DESC, x.no DESC"},
	}, columns: []column[r]{
		text("track", func(r *r) *string { return &r.track }),
		text("person", func(r *r) *string { return &r.user }),
		integer("no", func(r *r) *int { return &r.No }),
		integer("round", func(r *r) *int { return &r.Round }),
		choice("outcome", func(r *r) *outcome { return (*outcome)(&r.Outcome) }, outcomes()...),
		whole("freezes", "smallint", func(r *r) *int8 { return &r.Freezes }),
		flag("repair", func(r *r) *bool { return &r.Repair }),
		momentOrNull("at", func(r *r) *time.Time { return &r.At }),
		text("reason", func(r *r) *string { return &r.Reason }),
	}}
}

// outcome is streak.Outcome, which is reached by way of store.Line alone.
type outcome uint8

func outcomes() []string {
	return []string{"none", "answered", "protected", "paused", "frozen", "missed", "neutral", "left"}
}

func visibilities() []string { return []string{"only_me", "with_name", "without_name"} }

func peopleTable() *table[store.Person] {
	type r = store.Person
	type pause struct {
		From time.Time `json:"from"`
		To   time.Time `json:"to"`
		Made time.Time `json:"made"`
	}
	exact := func(p store.Pause) store.Pause {
		return store.Pause{From: micro(p.From), To: micro(p.To), Made: micro(p.Made)}
	}
	return &table[r]{name: "people", ways: one("person", func(r *r) string { return r.User }), columns: []column[r]{
		text("person", func(r *r) *string { return &r.User }),
		text("space", func(r *r) *string { return &r.Space }),
		text("name", func(r *r) *string { return &r.Name }),
		text("zone", func(r *r) *string { return &r.Zone }),
		choice("visibility", func(r *r) *store.Visibility { return &r.Visibility }, visibilities()...),
		nested("pauses", func(r *r) *[]store.Pause { return &r.Pauses }, listed(func(p store.Pause) pause { return pause(exact(p)) }),
			unlisted(func(p pause) store.Pause { return exact(store.Pause(p)) })),
		whole("practice", "bigint", func(r *r) *uint64 { return &r.Practice }),
		texts("avoid", func(r *r) *[]string { return &r.Avoid }),
		texts("recent", func(r *r) *[]string { return &r.Recent }),
		momentOrNull("seen", func(r *r) *time.Time { return &r.Seen }),
	}}
}

func draftsTable() *table[store.Draft] {
	type r = store.Draft
	return &table[r]{name: "drafts", ways: two("person", "key", func(r *r) (string, string) { return r.User, r.Key }), columns: []column[r]{
		text("person", func(r *r) *string { return &r.User }),
		text("key", func(r *r) *string { return &r.Key }),
		text("text", func(r *r) *string { return &r.Text }),
		nested("inputs", func(r *r) *map[string][]string { return &r.Values }, ownMap, ownMap),
		momentOrNull("until", func(r *r) *time.Time { return &r.Until }),
	}}
}

func ownMap(m map[string][]string) map[string][]string {
	m = maps.Clone(m)
	for k, v := range m {
		m[k] = slices.Clone(v)
	}
	return m
}

func tasksTable() *table[store.Task] {
	type r = store.Task
	return &table[r]{name: "tasks", ways: one("key", func(r *r) string { return r.Key }), columns: []column[r]{
		text("key", func(r *r) *string { return &r.Key }),
		text("kind", func(r *r) *string { return &r.Kind }),
		text("space", func(r *r) *string { return &r.Space }),
		text("track", func(r *r) *string { return &r.Track }),
		integer("round", func(r *r) *int { return &r.Round }),
		text("person", func(r *r) *string { return &r.User }),
		text("arg", func(r *r) *string { return &r.Arg }),
		moment("due", func(r *r) *time.Time { return &r.Due }),
		text("owner", func(r *r) *string { return &r.Owner }),
		momentOrNull("lease", func(r *r) *time.Time { return &r.Lease }),
		integer("tries", func(r *r) *int { return &r.Tries }),
		momentOrNull("made", func(r *r) *time.Time { return &r.Made }),
	}}
}

func valuesTable() *table[value] {
	moves := movesAs(func(v *value) store.SpaceValue {
		return store.SpaceValue{Space: v.space, Value: store.Value{Key: v.Key, Data: notNil(v.Data)}}
	}, func(v store.SpaceValue) value { return value{v.Space, store.Value{Key: v.Key, Data: notNil(v.Data)}} })
	return &table[value]{name: "remembered", moves: moves, ways: two("space", "key", func(r *value) (string, string) { return r.space, r.Key }), columns: []column[value]{
		text("space", func(r *value) *string { return &r.space }),
		text("key", func(r *value) *string { return &r.Key }),
		bytea("value", func(r *value) *[]byte { return &r.Data }),
	}}
}

func leasesTable() *table[lease] {
	return &table[lease]{name: "leases", stays: true, ways: one("name", func(r *lease) string { return r.name }), columns: []column[lease]{
		text("name", func(r *lease) *string { return &r.name }),
		text("owner", func(r *lease) *string { return &r.Owner }),
		moment("until", func(r *lease) *time.Time { return &r.Until }),
	}}
}

func uptimeTable() *table[span] {
	of := func(r *span) (id, bool) { return id{a: r.platform, b: r.replica, n: r.From.UnixMicro()}, true }
	moves := movesAs(func(p *span) store.Stamped {
		return store.Stamped{Platform: p.platform, Replica: p.replica, Span: p.Span}
	}, func(s store.Stamped) span { return span{s.Platform, s.Replica, s.Span} })
	return &table[span]{name: "uptime", moves: moves, ways: []way[span]{{parts: []part{{"platform", 'a'}, {"replica", 'b'}, {"since", 'n'}}, of: of}}, columns: []column[span]{
		text("platform", func(r *span) *string { return &r.platform }),
		text("replica", func(r *span) *string { return &r.replica }),
		moment("since", func(r *span) *time.Time { return &r.From }),
		moment("until", func(r *span) *time.Time { return &r.To }),
	}}
}

func eventsTable() *table[event] {
	moves := movesAs(func(e *event) store.Handled { return store.Handled{Event: e.id, At: e.at} }, func(h store.Handled) event { return event{h.Event, h.At} })
	return &table[event]{name: "events", moves: moves, ways: one("id", func(r *event) string { return r.id }), columns: []column[event]{
		text("id", func(r *event) *string { return &r.id }),
		moment("at", func(r *event) *time.Time { return &r.at }),
	}}
}
