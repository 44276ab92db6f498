// Package questions is the bank: everything that is asked, told and suggested. It loads the content, says what is the matter with it,
// and picks from it. A Bank never changes; reloading makes another.
package questions

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"slices"
	"strings"
)

//go:embed content
var embedded embed.FS

// Content returns the files of the bank that is built in.
func Content() fs.FS {
	content, err := fs.Sub(embedded, "content")
	if err != nil { // only for a path that is not valid, and this one is
		return embedded
	}
	return content
}

// Embedded loads the bank that is built in.
func Embedded() (*Bank, error) { return Load(Content()) }

// Bank holds the content of one or several folders, with the indexes that picking needs. It is safe for use at the same time.
type Bank struct {
	dirs      []fs.FS
	questions []*Question // by topic in the order of the table, then level, then id
	byID      map[string]*Question
	tips      []*Tip
	projects  []*Project
	reverse   []*Reverse
	company   []*Company
	first     []string         // ids of the questions that a new track begins with
	origin    map[string]place // kind and id to where it was read
	cells     map[cell][]*Question
	hash      string
}

// place is where an entry was read: which folder, which file, and which entry of the file.
type place struct {
	dir   int
	file  string
	entry int
}

// Load reads the content of folders; each later one extends the ones before. The error joins a *Problem for everything that is the
// matter; then there is no bank. It reads files and nothing else.
func Load(dirs ...fs.FS) (*Bank, error) {
	b, problems := load(&Bank{}, dirs...)
	return b, join(problems, &b)
}

// With returns a bank that has the content of a further folder too. The bank itself stays as it is.
func (b *Bank) With(dir fs.FS) (*Bank, error) {
	more, problems := load(b, dir)
	return more, join(problems, &more)
}

// join makes one error of the problems, and no bank where there are any.
func join(problems []*Problem, b **Bank) error {
	if len(problems) == 0 {
		return nil
	}
	*b = nil
	all := make([]error, len(problems))
	for i, p := range problems {
		all[i] = p
	}
	return errors.Join(all...)
}

// Question returns a question by its id.
func (b *Bank) Question(id string) (*Question, bool) {
	q, ok := b.byID[id]
	return q, ok
}

// Questions lists all questions by topic, level and id. Do not change the list.
func (b *Bank) Questions() []*Question { return b.questions }

// Own lists the questions of the folders that extend the first one, in the order of Questions.
func (b *Bank) Own() (own []*Question) {
	for _, q := range b.questions {
		if b.origin["question/"+q.ID].own() {
			own = append(own, q)
		}
	}
	return own
}

// Topics lists the topics, in order; those without questions too.
func (b *Bank) Topics() []Topic { return topics() }

// Tips lists all tips by id. Do not change the list.
func (b *Bank) Tips() []*Tip { return b.tips }

// Tip returns a tip by its id.
func (b *Bank) Tip(id string) (*Tip, bool) { return byID(b.tips, id, (*Tip).key) }

// Projects lists all project briefs by id. Do not change the list.
func (b *Bank) Projects() []*Project { return b.projects }

// Project returns a project brief by its id.
func (b *Bank) Project(id string) (*Project, bool) { return byID(b.projects, id, (*Project).key) }

// Reverse lists all questions to ask the company, by id. Do not change the list.
func (b *Bank) Reverse() []*Reverse { return b.reverse }

// Company lists what to find out about a company, by id. Do not change the list.
func (b *Bank) Company() []*Company { return b.company }

// Hash is the hex SHA-256 of all content: two replicas with the same hash ask the same.
func (b *Bank) Hash() string { return b.hash }

func (t *Tip) key() string     { return t.ID }
func (p *Project) key() string { return p.ID }
func (r *Reverse) key() string { return r.ID }
func (c *Company) key() string { return c.ID }

// byID finds an entry in a list that is sorted by id.
func byID[T any](list []*T, id string, key func(*T) string) (*T, bool) {
	i, ok := slices.BinarySearchFunc(list, id, func(e *T, id string) int { return strings.Compare(key(e), id) })
	if !ok {
		return nil, false
	}
	return list[i], true
}

// sum hashes all content in its order.
func (b *Bank) sum() string {
	h := sha256.New()
	for _, q := range b.questions {
		h.Write(q.Body())
	}
	for _, list := range []any{b.tips, b.projects, b.reverse, b.company, b.first} {
		h.Write(body(list))
	}
	return hex.EncodeToString(h.Sum(nil))
}
