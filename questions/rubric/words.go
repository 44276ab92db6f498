package rubric

import (
	"strings"

	"github.com/kljensen/snowball/english"
)

// stopWord says whether a word carries no meaning of its own in a phrasing. Words that matter to engineers (before, after, once, same,
// out, up, through, more) are left out on purpose.
func stopWord(w string) bool {
	switch w {
	case "a", "an", "the", "this", "that", "these", "those",
		"i", "me", "my", "we", "us", "our", "you", "your", "he", "him", "his", "she", "her", "it", "its", "they", "them", "their",
		"itself", "themselves", "yourself", "myself", "someone", "something", "anything", "everything", "everyone", "one's",
		"is", "are", "was", "were", "be", "been", "being", "am", "do", "does", "did", "doing", "done", "has", "have", "had", "having",
		"can", "could", "will", "would", "shall", "should", "may", "might", "must", "ought", "let", "lets",
		"it's", "that's", "there's", "what's", "who's", "here's", "let's",
		"i'm", "i'd", "i'll", "i've", "you're", "you'd", "you'll", "you've", "we're", "we'd", "we'll", "we've",
		"they're", "they'd", "they'll", "they've", "it'll", "it'd", "that'll", "im", "ive", "youre", "theyre",
		"of", "to", "in", "on", "at", "by", "for", "from", "with", "into", "onto", "as", "about", "per", "via", "during",
		"within", "upon", "between", "toward", "towards",
		"and", "or", "but", "if", "then", "else", "so", "because", "while", "whereas", "although", "though", "unless", "since",
		"when", "whenever", "where", "which", "who", "whom", "whose", "what", "why", "how", "whether", "than", "until", "till",
		"too", "very", "just", "also", "even", "still", "already", "yet", "again", "quite", "rather", "instead", "simply", "really",
		"actually", "basically", "usually", "often", "sometimes", "maybe", "perhaps", "probably", "always", "ever", "however",
		"therefore", "thus", "hence", "there", "here", "now", "well", "like",
		"all", "any", "each", "every", "some", "both", "several", "many", "much", "such", "other", "others", "another", "own",
		"etc", "eg", "ie", "get", "gets", "got", "getting", "make", "makes", "made", "making", "use", "uses", "used", "using",
		"go", "goes", "going", "put", "puts", "need", "needs", "needed", "want", "wants", "thing", "things", "way", "ways", "lot", "lots",
		"kind", "able", "s", "t":
		return true
	}
	return false
}

// negator says whether a word turns a statement round. Contractions are listed with and without their apostrophe; none is left out, for
// Python has a value of that name.
func negator(w string) bool {
	switch w {
	case "not", "no", "never", "without", "cannot", "neither", "nor", "nothing", "nobody", "nowhere", "hardly",
		"can't", "don't", "doesn't", "didn't", "isn't", "aren't", "wasn't", "weren't", "won't", "wouldn't", "shouldn't", "couldn't",
		"hasn't", "haven't", "hadn't", "mustn't", "needn't", "ain't",
		"cant", "dont", "doesnt", "didnt", "isnt", "arent", "wasnt", "werent", "wont", "wouldnt", "shouldnt", "couldnt",
		"hasnt", "havent", "hadnt", "mustnt", "neednt":
		return true
	}
	return false
}

// direction says whether what stands before a word and what stands after it may not change places.
func direction(w string) bool {
	switch w {
	case "before", "after", "than", "instead", "then", "until":
		return true
	}
	return false
}

// clauseWord says whether a word opens a clause that a negation in front of it does not reach.
func clauseWord(w string) bool {
	switch w {
	case "and", "but", "because", "so", "although", "though", "while", "whereas", "which", "unless", "however", "if", "when", "since",
		"until", "therefore":
		return true
	}
	return false
}

// stem brings a lower-case word to the form in which it is compared: number words become digits, common short forms their long one,
// irregular forms their base, British spelling American, then the Snowball English stemmer (snowballstem.org) cuts the ending.
// Words that are not plain English letters stay as they are.
func stem(w string) string {
	if d := digits(w); d != "" {
		return d
	}
	if l := long(w); l != "" {
		return english.Stem(l, true)
	}
	if !plain(w) || len(w) > 40 {
		return w
	}
	w = strings.TrimSuffix(w, "'s")
	w = strings.ReplaceAll(w, "'", "")
	if b := base(w); b != "" {
		w = b
	}
	return english.Stem(american(w), true)
}

// plain says whether a word is made of a–z and apostrophes alone.
func plain(w string) bool {
	for i := 0; i < len(w); i++ {
		if (w[i] < 'a' || w[i] > 'z') && w[i] != '\'' {
			return false
		}
	}
	return true
}

func digits(w string) string {
	switch w {
	case "zero":
		return "0"
	case "one":
		return "1"
	case "two":
		return "2"
	case "three":
		return "3"
	case "four":
		return "4"
	case "five":
		return "5"
	case "six":
		return "6"
	case "seven":
		return "7"
	case "eight":
		return "8"
	case "nine":
		return "9"
	case "ten":
		return "10"
	case "eleven":
		return "11"
	case "twelve":
		return "12"
	case "twenty":
		return "20"
	case "thirty":
		return "30"
	case "fifty":
		return "50"
	case "hundred", "hundreds":
		return "100"
	case "thousand", "thousands":
		return "1000"
	case "million", "millions":
		return "1000000"
	}
	return ""
}

// long spells out the short forms that engineers type.
func long(w string) string {
	switch w {
	case "db", "dbs":
		return "database"
	case "app", "apps":
		return "application"
	case "config", "configs", "conf":
		return "configuration"
	case "repo", "repos":
		return "repository"
	case "req", "reqs":
		return "request"
	case "resp":
		return "response"
	case "msg", "msgs":
		return "message"
	case "perf":
		return "performance"
	case "prod":
		return "production"
	case "env", "envs":
		return "environment"
	case "param", "params":
		return "parameter"
	case "arg", "args":
		return "argument"
	case "func", "funcs", "fn":
		return "function"
	case "impl":
		return "implementation"
	case "tx", "txn", "txns", "trx":
		return "transaction"
	case "conn", "conns":
		return "connection"
	case "mem":
		return "memory"
	case "async":
		return "asynchronous"
	case "sync":
		return "synchronous"
	case "pg", "postgresql", "psql":
		return "postgres"
	case "k8s":
		return "kubernetes"
	case "1st":
		return "first"
	case "2nd":
		return "second"
	case "3rd":
		return "third"
	case "js":
		return "javascript"
	case "info":
		return "information"
	case "vs":
		return "versus"
	case "err", "errs":
		return "error"
	case "auth":
		return "authentication"
	case "dup", "dupe", "dupes", "dups":
		return "duplicate"
	case "lib", "libs":
		return "library"
	case "max":
		return "maximum"
	case "min":
		return "minimum"
	case "temp", "tmp":
		return "temporary"
	case "num":
		return "number"
	case "docs":
		return "documentation"
	}
	return ""
}

// base undoes irregular inflection, which no stemmer knows of.
func base(w string) string {
	switch w {
	case "wrote", "written":
		return "write"
	case "sent":
		return "send"
	case "lost":
		return "lose"
	case "kept":
		return "keep"
	case "held":
		return "hold"
	case "built":
		return "build"
	case "broke", "broken":
		return "break"
	case "chose", "chosen":
		return "choose"
	case "took", "taken":
		return "take"
	case "gave", "given":
		return "give"
	case "ran":
		return "run"
	case "grew", "grown":
		return "grow"
	case "knew", "known":
		return "know"
	case "threw", "thrown":
		return "throw"
	case "told":
		return "tell"
	case "said":
		return "say"
	case "paid":
		return "pay"
	case "found":
		return "find"
	case "led":
		return "lead"
	case "spent":
		return "spend"
	case "fell", "fallen":
		return "fall"
	case "froze", "frozen":
		return "freeze"
	case "woke", "woken":
		return "wake"
	case "caught":
		return "catch"
	case "brought":
		return "bring"
	case "thought":
		return "think"
	case "hid", "hidden":
		return "hide"
	case "began", "begun":
		return "begin"
	case "slept":
		return "sleep"
	case "met":
		return "meet"
	case "stuck":
		return "stick"
	case "stood":
		return "stand"
	case "spoke", "spoken":
		return "speak"
	case "drove", "driven":
		return "drive"
	case "learnt":
		return "learn"
	case "came":
		return "come"
	case "saw", "seen":
		return "see"
	case "heard":
		return "hear"
	case "indices":
		return "index"
	case "vertices":
		return "vertex"
	case "matrices":
		return "matrix"
	case "children":
		return "child"
	case "people":
		return "person"
	case "schemata":
		return "schema"
	case "criteria":
		return "criterion"
	case "mutexes":
		return "mutex"
	case "busier":
		return "busy"
	case "faster", "fastest":
		return "fast"
	case "slower", "slowest", "slowly":
		return "slow"
	case "cheaper", "cheapest":
		return "cheap"
	case "larger", "largest":
		return "large"
	case "bigger", "biggest":
		return "big"
	case "smaller", "smallest":
		return "small"
	case "higher", "highest":
		return "high"
	case "lower", "lowest":
		return "low"
	case "longer", "longest":
		return "long"
	case "older", "oldest":
		return "old"
	case "newer", "newest":
		return "new"
	}
	return ""
}

// american respells -ise, -isation and -our, so that both spellings meet. Applied to every text alike, odd words do no harm.
func american(w string) string {
	if len(w) < 6 {
		return w
	}
	if i := strings.LastIndex(w, "is"); i >= 3 {
		switch w[i+2:] {
		case "e", "ed", "es", "er", "ers", "ing", "ation", "ations":
			return w[:i] + "iz" + w[i+2:]
		}
	}
	if i := strings.LastIndex(w, "our"); i >= 3 {
		switch w[i+3:] {
		case "", "s", "ed", "ing", "al", "able", "ite":
			return w[:i] + "or" + w[i+3:]
		}
	}
	return w
}
