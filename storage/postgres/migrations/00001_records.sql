-- +goose Up

-- Identifiers are of platforms ("slack:u:…"), and text is compared by its bytes (COLLATE "C"), so that lists come in the
-- same order on every server. Times are UTC. What is empty is '' or {}; NULL is only for what has no value: no time yet, no
-- track (practice), no space.

CREATE TABLE spaces (
	id      text COLLATE "C" PRIMARY KEY,
	role    text NOT NULL,
	owners  text[] NOT NULL,
	created timestamptz NOT NULL,
	removed timestamptz
);

CREATE TABLE tracks (
	id            text COLLATE "C" PRIMARY KEY,
	space         text COLLATE "C" REFERENCES spaces (id),
	channel       text COLLATE "C" NOT NULL,
	direct        boolean NOT NULL,
	kind          text NOT NULL,
	state         text NOT NULL CHECK (state IN ('active', 'paused', 'ended', 'removed')),
	cron          text NOT NULL,
	zone          text NOT NULL,
	topics        text[] NOT NULL,
	levels        integer[] NOT NULL,
	tips          boolean NOT NULL,
	thread        boolean NOT NULL,
	catch_up_ns   bigint NOT NULL,
	quorum        integer NOT NULL,
	keep_days     integer NOT NULL,
	owners        text[] NOT NULL,
	created       timestamptz NOT NULL,
	created_by    text NOT NULL,
	removed       timestamptz,
	next_slot     text NOT NULL,
	next_at       timestamptz,
	last_slot     text NOT NULL,
	last_at       timestamptz,
	skip_next     integer NOT NULL,
	skip_ranges   jsonb NOT NULL,
	queue         text[] NOT NULL,
	theme         text NOT NULL,
	theme_ends    text NOT NULL,
	ends          text NOT NULL,
	rounds        integer NOT NULL,
	open_round    integer NOT NULL,
	deck_from     integer NOT NULL,
	group_current integer NOT NULL,
	group_best    integer NOT NULL,
	group_met     integer NOT NULL,
	group_run     integer NOT NULL,
	group_freezes integer NOT NULL,
	warned        boolean NOT NULL,
	purged        integer NOT NULL
);
CREATE INDEX tracks_of_channel ON tracks (channel, created, id);
CREATE INDEX tracks_of_space ON tracks (space, created, id);

-- Which question was used last in which round: {"question": number}.
CREATE TABLE decks (
	track text COLLATE "C" PRIMARY KEY REFERENCES tracks (id),
	used  jsonb NOT NULL
);

-- Questions as they were when they were used; body is JSON.
CREATE TABLE snapshots (
	hash     text COLLATE "C" PRIMARY KEY,
	question text NOT NULL,
	body     bytea NOT NULL
);

CREATE TABLE rounds (
	track         text COLLATE "C" NOT NULL REFERENCES tracks (id),
	no            integer NOT NULL CHECK (no > 0),
	slot          text COLLATE "C" NOT NULL,
	at            timestamptz,
	space         text NOT NULL,
	channel       text NOT NULL,
	kind          text NOT NULL,
	manual        boolean NOT NULL,
	question_hash text NOT NULL,
	question      text NOT NULL,
	swapped       text[] NOT NULL,
	tip           text NOT NULL,
	state         text NOT NULL CHECK (state IN ('claimed', 'sending', 'open', 'uncertain', 'closing', 'closed')),
	owner         text NOT NULL,
	lease         timestamptz,
	deadline      timestamptz,
	message       text NOT NULL,
	claimed       timestamptz,
	opened        timestamptz,
	ends          timestamptz,
	close_at      timestamptz,
	early         boolean NOT NULL,
	refreshed     timestamptz,
	roster_at     timestamptz,
	line_cursor   text NOT NULL,
	answered      integer NOT NULL,
	counted       integer NOT NULL,
	met           integer NOT NULL,
	shared        integer NOT NULL,
	nameless      integer NOT NULL,
	had           jsonb NOT NULL,
	group_outcome text NOT NULL CHECK (group_outcome IN ('none', 'answered', 'protected', 'paused', 'frozen', 'missed', 'neutral', 'left')),
	group_run     integer NOT NULL,
	protected     text NOT NULL,
	closed_at     timestamptz,
	PRIMARY KEY (track, no),
	UNIQUE (track, slot)
);

CREATE TABLE skips (
	track text COLLATE "C" NOT NULL REFERENCES tracks (id),
	slot  text COLLATE "C" NOT NULL,
	at    timestamptz,
	why   text NOT NULL,
	PRIMARY KEY (track, slot)
);

-- Taken in the transaction that stores the answer, so a number is greater than all that the transaction can see.
CREATE SEQUENCE answer_numbers;

CREATE TABLE answers (
	seq           bigint PRIMARY KEY,
	person        text COLLATE "C" NOT NULL,
	space         text NOT NULL,
	name          text NOT NULL,
	track         text COLLATE "C",
	round         integer NOT NULL,
	question_hash text NOT NULL,
	kind          text NOT NULL CHECK (kind IN ('asked', 'written', 'chosen', 'dont_know', 'said_back')),
	text          text NOT NULL,
	before        text NOT NULL,
	choice        integer[] NOT NULL,
	counting      boolean NOT NULL,
	late          boolean NOT NULL,
	visibility    text NOT NULL CHECK (visibility IN ('only_me', 'with_name', 'without_name')),
	found         text[] NOT NULL,
	opposite      text[] NOT NULL,
	ticks         text[] NOT NULL,
	rating        smallint NOT NULL,
	hints         integer NOT NULL,
	shown         timestamptz,
	sent          timestamptz NOT NULL,
	edited        timestamptz,
	deleted       boolean NOT NULL,
	day           text NOT NULL,
	zone          text NOT NULL,
	utc_offset    integer NOT NULL,
	previous      bigint NOT NULL,
	UNIQUE (track, round, person),
	FOREIGN KEY (track, round) REFERENCES rounds (track, no)
);
CREATE INDEX answers_with_text ON answers (sent, seq) WHERE text <> '';
CREATE INDEX answers_in_practice ON answers (person) WHERE track IS NULL;

CREATE TABLE members (
	track          text COLLATE "C" NOT NULL REFERENCES tracks (id),
	person         text COLLATE "C" NOT NULL,
	space          text NOT NULL,
	name           text NOT NULL,
	joined         timestamptz,
	left_at        timestamptz,
	streak         integer NOT NULL,
	streak_best    integer NOT NULL,
	answered_total integer NOT NULL,
	freeze_run     integer NOT NULL,
	freezes        integer NOT NULL,
	misses         integer NOT NULL,
	head           bigint NOT NULL,
	answered_round integer NOT NULL,
	dont_know      integer NOT NULL,
	closed_round   integer NOT NULL,
	PRIMARY KEY (track, person)
);
CREATE INDEX members_by_person ON members (person, track);

-- What each round did to each member, only appended to; the person '' is the group.
CREATE TABLE ledger (
	track   text COLLATE "C" NOT NULL REFERENCES tracks (id),
	person  text COLLATE "C" NOT NULL,
	no      integer NOT NULL,
	round   integer NOT NULL,
	outcome text NOT NULL CHECK (outcome IN ('none', 'answered', 'protected', 'paused', 'frozen', 'missed', 'neutral', 'left')),
	freezes smallint NOT NULL,
	repair  boolean NOT NULL,
	at      timestamptz,
	reason  text NOT NULL,
	PRIMARY KEY (track, person, no)
);

CREATE TABLE people (
	person     text COLLATE "C" PRIMARY KEY,
	space      text COLLATE "C" NOT NULL,
	name       text NOT NULL,
	zone       text NOT NULL,
	visibility text NOT NULL CHECK (visibility IN ('only_me', 'with_name', 'without_name')),
	pauses     jsonb NOT NULL,
	practice   bigint NOT NULL,
	avoid      text[] NOT NULL,
	recent     text[] NOT NULL,
	seen       timestamptz
);
CREATE INDEX people_of_space ON people (space, person);

CREATE TABLE drafts (
	person text COLLATE "C" NOT NULL,
	key    text COLLATE "C" NOT NULL,
	text   text NOT NULL,
	inputs jsonb NOT NULL,
	until  timestamptz,
	PRIMARY KEY (person, key)
);

CREATE TABLE tasks (
	key    text COLLATE "C" PRIMARY KEY,
	kind   text COLLATE "C" NOT NULL,
	space  text NOT NULL,
	track  text NOT NULL,
	round  integer NOT NULL,
	person text NOT NULL,
	arg    text NOT NULL,
	due    timestamptz NOT NULL,
	owner  text NOT NULL,
	lease  timestamptz,
	tries  integer NOT NULL,
	made   timestamptz
);
CREATE INDEX tasks_due ON tasks (due, key);
CREATE INDEX tasks_due_by_kind ON tasks (kind, due, key);

-- Small things that adapters remember; secrets in it are sealed.
CREATE TABLE remembered (
	space text COLLATE "C" NOT NULL,
	key   text COLLATE "C" NOT NULL,
	value bytea NOT NULL,
	PRIMARY KEY (space, key)
);

CREATE TABLE leases (
	name  text COLLATE "C" PRIMARY KEY,
	owner text NOT NULL,
	until timestamptz NOT NULL
);

-- Times at which a platform worked for a replica.
CREATE TABLE uptime (
	platform text COLLATE "C" NOT NULL,
	replica  text COLLATE "C" NOT NULL,
	since    timestamptz NOT NULL,
	until    timestamptz NOT NULL,
	PRIMARY KEY (platform, replica, since)
);

-- Events of the last 48 hours, so that each is handled once.
CREATE TABLE events (
	id text COLLATE "C" PRIMARY KEY,
	at timestamptz NOT NULL
);
CREATE INDEX events_by_time ON events (at);

-- The last transaction of each running copy, by which it learns whether a commit whose reply was lost took place.
CREATE TABLE writers (
	id   text COLLATE "C" PRIMARY KEY,
	last bigint NOT NULL,
	seen timestamptz NOT NULL
);

-- Always empty: its lock is the turn to write, see turn.go.
CREATE TABLE turn (
	id integer PRIMARY KEY
);
