package questions

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// file is one file of content that is to be read.
type file struct {
	dir  int
	name string
	kind string // question, tips, projects, reverse, company or first
}

// entry is one thing read from a file.
type entry struct {
	kind string
	id   string
	line int
	at   place
	it   any // *Question, *Tip, *Project, *Reverse, *Company or the id itself
}

// load reads folders into a copy of a bank. The bank holds what is in order even if there are problems.
func load(base *Bank, dirs ...fs.FS) (*Bank, []*Problem) {
	b := base.copy()
	var files []file
	var problems []*Problem
	for _, dir := range dirs {
		b.dirs = append(b.dirs, dir)
		found, wrong := find(dir, len(b.dirs)-1)
		files, problems = append(files, found...), append(problems, wrong...)
	}
	read := make([]reading, len(files))
	inParallel(len(files), func(i int) { read[i] = readFile(b.dirs[files[i].dir], files[i]) })
	for _, r := range read {
		problems = append(problems, r.problems...)
		for _, e := range r.entries {
			if p := b.add(e); p != nil {
				problems = append(problems, p)
			}
		}
	}
	problems = append(problems, b.checkFirst()...)
	b.index()
	slices.SortStableFunc(problems, func(a, c *Problem) int {
		return cmp.Or(strings.Compare(a.File, c.File), a.Line-c.Line)
	})
	return b, problems
}

func (b *Bank) copy() *Bank {
	c := *b
	c.dirs = slices.Clone(b.dirs)
	c.questions, c.tips, c.projects = slices.Clone(b.questions), slices.Clone(b.tips), slices.Clone(b.projects)
	c.reverse, c.company, c.first = slices.Clone(b.reverse), slices.Clone(b.company), slices.Clone(b.first)
	c.origin = maps.Clone(b.origin)
	if c.origin == nil {
		c.origin = map[string]place{}
	}
	return &c
}

// inParallel calls f for 0 to n-1 on all processors and waits.
func inParallel(n int, f func(int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// find lists the files of content in a folder: a folder for each topic, and tips, projects, reverse and company, each as one file or as
// a folder of files. Hidden files and what is not YAML are passed over.
func find(dir fs.FS, number int) (files []file, problems []*Problem) {
	complain := func(name, what string) { problems = append(problems, &Problem{File: name, What: what}) }
	top, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, []*Problem{{File: ".", What: "cannot be read: " + reason(err)}}
	}
	for _, e := range top {
		name := e.Name()
		stem, isYAML := strings.CutSuffix(name, ".yaml")
		switch {
		case strings.HasPrefix(name, "."):
		case isDir(dir, name):
			kind := "question"
			if listKind(name) {
				kind = name
			} else if !slices.ContainsFunc(topics(), func(t Topic) bool { return t.ID == name }) {
				complain(name, "is no topic; the topics are "+topicIDs())
				continue
			}
			inside, err := fs.ReadDir(dir, name)
			if err != nil {
				complain(name, "cannot be read: "+reason(err))
			}
			for _, e := range inside {
				switch ext := path.Ext(e.Name()); {
				case strings.HasPrefix(e.Name(), "."):
				case ext == ".yaml":
					files = append(files, file{number, path.Join(name, e.Name()), kind})
				case ext == ".yml":
					complain(path.Join(name, e.Name()), "ends in .yml; rename it to .yaml")
				}
			}
		case isYAML && (listKind(stem) || stem == "first"):
			files = append(files, file{number, name, stem})
		case isYAML, path.Ext(name) == ".yml":
			complain(name, "is not one of tips.yaml, projects.yaml, reverse.yaml, company.yaml, first.yaml; a question belongs in the folder of its topic")
		}
	}
	return files, problems
}

func listKind(name string) bool {
	switch name {
	case "tips", "projects", "reverse", "company":
		return true
	}
	return false
}

func isDir(dir fs.FS, name string) bool {
	info, err := fs.Stat(dir, name)
	return err == nil && info.IsDir()
}

// reason leaves the path out of a file error; the problem names the file already.
func reason(err error) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err.Error()
	}
	return err.Error()
}

// reading is what one file gave.
type reading struct {
	entries  []entry
	problems []*Problem
}

// readFile reads and checks one file by itself.
func readFile(dir fs.FS, f file) reading {
	d := &decoder{file: f.name, fields: map[reflect.Type][]string{}}
	limit := listLimit
	if f.kind == "question" {
		limit = fileLimit
	}
	content, err := readAtMost(dir, f.name, limit+1)
	if err != nil {
		d.complain(0, "cannot be read: %s", reason(err))
		return reading{problems: d.problems}
	}
	node := d.parse(content, limit)
	if node == nil {
		return reading{problems: d.problems}
	}
	if f.kind == "question" {
		return d.question(node, f)
	}
	return d.list(node, f)
}

// readAtMost reads the first n bytes of a regular file.
func readAtMost(dir fs.FS, name string, n int) ([]byte, error) {
	info, err := fs.Stat(dir, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	r, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, int64(n)))
}

func (d *decoder) question(node *yaml.Node, f file) reading {
	q := d.one(node)
	if len(d.problems) > 0 {
		return reading{problems: d.problems}
	}
	report := d.reporter(node)
	if want := strings.TrimSuffix(path.Base(f.name), ".yaml"); q.ID != want {
		report("id", "the id is %q but the file is named %q; they are the same", q.ID, want)
	}
	if want := path.Dir(f.name); q.Topic != want {
		report("topic", "the topic is %q but the folder is %q; they are the same", q.Topic, want)
	}
	if len(d.problems) > 0 {
		return reading{problems: d.problems}
	}
	return reading{entries: []entry{{kind: "question", id: q.ID, line: line(node, "id"), at: place{f.dir, f.name, -1}, it: q}}}
}

func (d *decoder) list(node *yaml.Node, f file) (r reading) {
	if node.Kind != yaml.SequenceNode {
		d.complain(node.Line, "is a list: each entry begins with \"- \"")
		return reading{problems: d.problems}
	}
	for i, n := range node.Content {
		before := d.complaints
		e := entry{kind: f.kind, line: n.Line, at: place{f.dir, f.name, i}}
		switch f.kind {
		case "tips":
			e.id, e.it = decodeChecked(d, n, "a tip", (*Tip).key, (*Tip).check)
		case "projects":
			e.id, e.it = decodeChecked(d, n, "a project", (*Project).key, (*Project).check)
		case "reverse":
			e.id, e.it = decodeChecked(d, n, "a question to ask", (*Reverse).key, (*Reverse).check)
		case "company":
			e.id, e.it = decodeChecked(d, n, "a research prompt", (*Company).key, (*Company).check)
		case "first":
			d.decode(n, reflect.ValueOf(&e.id).Elem(), "the id of a question")
			e.it = e.id
		}
		if d.complaints == before {
			r.entries = append(r.entries, e)
		}
	}
	r.problems = d.problems
	return r
}

// decodeChecked decodes one entry of a list and checks it.
func decodeChecked[T any](d *decoder, n *yaml.Node, what string, key func(*T) string, check func(*T, report)) (string, *T) {
	v := new(T)
	before := d.complaints
	d.decode(n, reflect.ValueOf(v).Elem(), what)
	if d.complaints == before {
		check(v, d.reporter(n))
	}
	return key(v), v
}

// report says what is the matter with the field at a path such as points.2.any.1.
type report func(path, format string, args ...any)

func (d *decoder) reporter(node *yaml.Node) report {
	return func(path, format string, args ...any) { d.complain(line(node, path), format, args...) }
}

// line returns the line of the field at a path, or of the nearest thing around it.
func line(n *yaml.Node, path string) int {
	for path != "" {
		var step string
		step, path, _ = strings.Cut(path, ".")
		next := child(n, step)
		if next == nil {
			break
		}
		n = next
	}
	return n.Line
}

func child(n *yaml.Node, step string) *yaml.Node {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}

// add puts an entry into the bank, unless its id is taken.
func (b *Bank) add(e entry) *Problem {
	key := e.kind + "/" + e.id
	if taken, ok := b.origin[key]; ok {
		return &Problem{File: e.at.file, Line: e.line, What: fmt.Sprintf("the id %q is taken by %s; choose another", e.id, taken.file)}
	}
	b.origin[key] = e.at
	switch it := e.it.(type) {
	case *Question:
		b.questions = append(b.questions, it)
	case *Tip:
		b.tips = append(b.tips, it)
	case *Project:
		b.projects = append(b.projects, it)
	case *Reverse:
		b.reverse = append(b.reverse, it)
	case *Company:
		b.company = append(b.company, it)
	case string:
		b.first = append(b.first, it)
	}
	return nil
}

// checkFirst sees that the questions of first.yaml exist.
func (b *Bank) checkFirst() (problems []*Problem) {
	for _, id := range b.first {
		if _, ok := b.origin["question/"+id]; !ok {
			problems = append(problems, &Problem{File: b.origin["first/"+id].file, What: fmt.Sprintf("names the question %q, which does not exist", id)})
		}
	}
	return problems
}

// index sorts what was read and builds what picking needs.
func (b *Bank) index() {
	order := map[string]int{}
	for i, t := range topics() {
		order[t.ID] = i
	}
	slices.SortFunc(b.questions, func(a, c *Question) int {
		return cmp.Or(order[a.Topic]-order[c.Topic], a.Level-c.Level, strings.Compare(a.ID, c.ID))
	})
	b.byID = make(map[string]*Question, len(b.questions))
	b.cells = map[cell][]*Question{}
	for _, q := range b.questions {
		b.byID[q.ID] = q
		c := cell{q.Topic, q.Level}
		b.cells[c] = append(b.cells[c], q)
	}
	sortByID(b.tips, (*Tip).key)
	sortByID(b.projects, (*Project).key)
	sortByID(b.reverse, (*Reverse).key)
	sortByID(b.company, (*Company).key)
	b.hash = b.sum()
}

func sortByID[T any](list []*T, key func(*T) string) {
	slices.SortFunc(list, func(a, c *T) int { return strings.Compare(key(a), key(c)) })
}
