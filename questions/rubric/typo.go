package rubric

// shortest is the length from which a word may hold a typing mistake: in shorter ones a changed letter is too often another word.
const shortest = 5

// spelling is a way to write a term.
type spelling struct {
	word    string
	term    int
	letters uint32 // which letters occur, to pass over most words at once
}

func (r *Rubric) spell(term int, word string) {
	if len(word) < shortest || !plain(word) {
		return
	}
	for _, s := range r.spellings {
		if s.word == word {
			return
		}
	}
	r.spellings = append(r.spellings, spelling{word: word, term: term, letters: letters(word)})
}

// meant returns the term that a word becomes when one typing mistake is undone: a letter too many, missing, changed, or changed with its
// neighbour. The first letter must be right (few people miss it, and it tells locking from blocking), and a word that is an
// English word of its own is taken at its word.
func (r *Rubric) meant(t *token) (term int, ok bool) {
	if len(t.word) < shortest || !plain(t.word) || ownWord(t.word) {
		return 0, false
	}
	word, stem := letters(t.word), letters(t.stem)
	for _, s := range r.spellings {
		if oneMistake(s, t.word, word) || (len(t.stem) >= shortest && oneMistake(s, t.stem, stem)) {
			return s.term, true
		}
	}
	return 0, false
}

func letters(w string) uint32 {
	var set uint32
	for i := 0; i < len(w); i++ {
		set |= 1 << (w[i] & 31)
	}
	return set
}

// oneMistake says whether a word is at most one edit away from a spelling (Damerau 1964: insertion, deletion, substitution,
// transposition).
func oneMistake(s spelling, w string, set uint32) bool {
	d := len(s.word) - len(w)
	if d < -1 || d > 1 || s.word[0] != w[0] {
		return false
	}
	if diff := s.letters ^ set; diff&(diff-1) != 0 { // a second letter differs: only a substitution does that
		if rest := diff & (diff - 1); rest&(rest-1) != 0 {
			return false
		}
	}
	i := 0
	for i < len(w) && i < len(s.word) && w[i] == s.word[i] {
		i++
	}
	a, b := s.word[i:], w[i:]
	switch {
	case d == 1:
		return a[1:] == b
	case d == -1:
		return a == b[1:]
	case a == "" || a[1:] == b[1:]:
		return true
	}
	return len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
}

// ownWord says whether a word that is one edit away from a word of the trade is a word itself, so that no typing mistake is seen in it.
func ownWord(w string) bool {
	switch w {
	case "state", "stale", "scale", "stage", "stake", "states", "stages",
		"polling", "pooling", "pulling", "sharing", "sharding", "caching", "catching", "reply", "replay", "retry", "retire",
		"retries", "retires", "trial", "trail", "confirm", "conform", "causal", "casual", "threat", "thread", "threats", "threads",
		"token", "taken", "lease", "leave", "least", "leases", "leaves", "contention", "convention", "contents", "context", "contest",
		"write", "white", "while", "where", "there", "these", "those", "three", "which", "their", "other", "order", "older",
		"locks", "looks", "lacks", "block", "black", "blocks", "stack", "stock", "slack", "stall", "small", "still", "start", "stars",
		"store", "score", "stone", "scope", "slope", "table", "tables", "cable", "index", "inner", "input", "event", "even",
		"batch", "match", "catch", "patch", "latch", "watch", "hatch", "fetch", "query", "quest", "queue", "quote", "quite", "quiet",
		"cause", "clause", "causes", "clauses", "close", "clone", "closed", "cloned", "clear", "clean", "claim", "class", "clash", "crash",
		"chain", "chair", "change", "chance", "charge", "check", "chunk", "count", "court", "could", "would", "world", "work", "works",
		"words", "words'", "worse", "worst", "first", "fixed", "field", "fails", "false", "fault", "feature", "future", "filter", "folder",
		"group", "grows", "grown", "guard", "guess", "hashing", "having", "heads", "heaps", "hears", "hints", "holds", "hours", "house",
		"image", "inserts", "inverts", "insert", "invert", "insect", "issue", "items", "times", "timer", "lines", "links", "limit", "lists",
		"loads", "roads", "reads", "leads", "local", "logic", "login", "logging", "lagging", "loops", "loss", "lower", "power",
		"memory", "merge", "metric", "metrics", "mode", "model", "modes", "nodes", "notes", "number", "object", "option", "pages", "parts",
		"party", "parse", "pause", "phase", "paths", "place", "plane", "plans", "plain", "point", "print", "ports", "posts", "costs",
		"price", "prize", "prime", "process", "proves", "pulls", "push", "quick", "range", "rates", "raise", "rounds", "route", "rules",
		"roles", "rows", "scans", "scant", "seeks", "sends", "serve", "server", "sever", "several", "shard", "share", "sharp", "shared",
		"sharded", "shape", "short", "sort", "sorts", "single", "signal", "sites", "sizes", "sleep", "slots", "sockets", "space", "spare",
		"speed", "spend", "split", "steps", "stops", "strong", "string", "strings", "tasks", "tests", "texts", "tight", "right", "light",
		"might", "night", "trace", "track", "trade", "train", "trees", "trust", "types", "union", "unique", "until", "update", "upgrade",
		"usage", "users", "uses", "valid", "value", "values", "valves", "views", "waits", "waste", "worked", "worker", "works'",
		"exact", "extract", "extra", "expect", "except", "accept", "access", "affect", "effect", "assure", "ensure", "insure",
		"message", "massage", "messages", "version", "servers", "serves", "mapping", "mopping", "binding", "building",
		"waiting", "writing", "whiting", "listing", "lasting", "posting", "pasting", "parting", "porting", "hosting", "sorting", "starting",
		"stating", "skating", "scaling", "sealing", "stealing", "healing", "heating", "hitting", "setting", "sitting", "putting", "pulled",
		"polled", "pooled", "packed", "parked", "picked", "packet", "pocket", "socket", "rocket", "bucket", "budget",
		"former", "format", "formal", "normal", "minimal", "marital", "martial", "partial", "patient", "quality", "equality",
		"united", "untied", "unites", "units", "desert", "dessert", "deserts", "inserted", "inverted", "reserve", "reverse",
		"reserved", "reversed", "preserve", "observe", "absolute", "obsolete", "adapt", "adopt", "adapter", "adopter", "expand", "expend",
		"expensive", "expansive", "intend", "intent", "content", "consent", "context'", "contract", "contrast", "concept", "conception",
		"perception", "exception", "reception", "relation", "relative", "election", "erection", "ejection", "rejection", "injection",
		"collision", "collusion", "illusion", "elusion", "allusion", "prevision", "provision", "precision", "revision", "division",
		"process'", "progress", "discrete", "discreet", "principal", "principle", "stationary", "stationery", "personal", "personnel",
		"lookups", "lockups", "lockup", "lookup", "mutable", "mutably", "uptime", "update'", "optimal", "optional":
		return true
	}
	return false
}
