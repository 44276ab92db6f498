package questions

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Problem is what is the matter at one place of the content, in a sentence that says what to do.
type Problem struct {
	File  string
	Line  int // from 1; 0 = the file as a whole
	What  string
	Grade Grade
}

// Grade is how much a problem matters.
type Grade uint8

const (
	Mend    Grade = iota // it shows, or marks answers as it should not
	Gap                  // own content may leave it so; the bank that is built in may not
	Warning              // worth a look
)

func (p Problem) Error() string {
	if p.Line == 0 {
		return p.File + ": " + p.What
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.What)
}

// Bounds of a file, so that a stranger's one can be read.
const (
	fileLimit  = 64 << 10 // bytes of one question
	listLimit  = 1 << 20  // bytes of a list of tips or the like
	depthLimit = 8        // levels of nesting; the schema has 4

	problemsTold = 200 // of one file
)

// decoder reads one YAML file into a struct or a list of structs whose JSON names are the fields. All that is the matter is collected.
type decoder struct {
	file       string
	problems   []*Problem
	complaints int                       // also those that are not told any more
	fields     map[reflect.Type][]string // JSON names by type
	json       bool                      // it is no YAML that is read: how YAML is written helps nobody
}

// complain collects a problem; a file with many is told of enough of them.
func (d *decoder) complain(line int, format string, args ...any) {
	if d.complaints++; d.complaints > problemsTold {
		return
	}
	d.problems = append(d.problems, &Problem{File: d.file, Line: line, What: fmt.Sprintf(format, args...)})
}

// parse returns the one document of a file, or nil after a complaint.
func (d *decoder) parse(content []byte, limit int) *yaml.Node {
	switch {
	case len(content) > limit:
		d.complain(0, "holds %d bytes; split it, a file may have %d", len(content), limit)
		return nil
	case bytes.HasPrefix(content, []byte("\xef\xbb\xbf")), bytes.HasPrefix(content, []byte("\xff\xfe")), bytes.HasPrefix(content, []byte("\xfe\xff")):
		d.complain(1, "begins with a byte-order mark; save it as UTF-8 without one")
		return nil
	case !utf8.Valid(content):
		d.complain(badLine(content), "has bytes that are not UTF-8; save it as UTF-8")
		return nil
	}
	node, err := parseYAML(content)
	if err != nil {
		line, what := yamlError(err)
		d.complain(line, "%s", what)
		return nil
	}
	if !d.plain(node, 0) {
		return nil
	}
	return node
}

// badLine returns the line of the first byte that is not UTF-8.
func badLine(content []byte) int {
	line := 1
	for len(content) > 0 {
		r, n := utf8.DecodeRune(content)
		if r == utf8.RuneError && n == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		content = content[n:]
	}
	return line
}

// parseYAML reads exactly one document. The library panics on some inputs; that is an error like another.
func parseYAML(content []byte) (node *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			node, err = nil, fmt.Errorf("yaml: %v", r)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(content))
	doc := new(yaml.Node)
	if err := dec.Decode(doc); errors.Is(err, io.EOF) {
		return nil, errors.New("yaml: the file is empty")
	} else if err != nil {
		return nil, err
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("yaml: the file holds a second document; keep one in a file and leave --- out")
	}
	if len(doc.Content) != 1 {
		return nil, errors.New("yaml: the file is empty")
	}
	return doc.Content[0], nil
}

// yamlError takes the line out of the library's message.
func yamlError(err error) (line int, what string) {
	what = strings.TrimPrefix(err.Error(), "yaml: ")
	if n, _ := fmt.Sscanf(what, "line %d:", &line); n == 1 {
		_, what, _ = strings.Cut(what, ": ")
	}
	return line, "cannot be read as YAML: " + what
}

// plain refuses what the schema has no use for and a stranger could abuse: anchors, aliases, tags, deep nesting, a field twice.
func (d *decoder) plain(n *yaml.Node, depth int) bool {
	switch {
	case depth > depthLimit:
		d.complain(n.Line, "is nested deeper than %d levels", depthLimit)
		return false
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.complain(n.Line, "uses an anchor or an alias (& or *); write the text out, or put it in quotes")
		return false
	case n.Style&yaml.TaggedStyle != 0:
		d.complain(n.Line, "uses a tag (!); put the text in quotes")
		return false
	}
	ok := true
	for _, c := range n.Content {
		ok = d.plain(c, depth+1) && ok
	}
	return ok
}

// unlessJSON is a hint for those who write YAML.
func (d *decoder) unlessJSON(hint string) string {
	if d.json {
		return ""
	}
	return hint
}

// decode fills v, which is settable, from a node.
func (d *decoder) decode(n *yaml.Node, v reflect.Value, what string) {
	switch v.Kind() {
	case reflect.Struct:
		d.mapping(n, v, what)
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			d.complain(n.Line, "%s is a list%s", what, d.unlessJSON(": write each entry on its own line after \"- \""))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
		for i, c := range n.Content {
			d.decode(c, v.Index(i), "an entry of "+what)
		}
	default:
		d.scalar(n, v, what)
	}
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, what string) {
	if n.Kind != yaml.ScalarNode {
		d.complain(n.Line, "%s is a single value, not a list or a group of fields%s", what, d.unlessJSON("; a text with \": \" in it needs quotes"))
		return
	}
	switch v.Kind() {
	case reflect.String:
		if n.Tag == "!!null" {
			d.complain(n.Line, "%s is empty; fill it in or take it out", what)
			return
		}
		v.SetString(strings.TrimRight(n.Value, "\n"))
	case reflect.Int:
		var i int
		if n.Decode(&i) != nil {
			d.complain(n.Line, "%s is a whole number, not %q", what, n.Value)
			return
		}
		v.SetInt(int64(i))
	case reflect.Bool:
		switch n.Value {
		case "true", "yes":
			v.SetBool(true)
		case "false", "no":
		default:
			d.complain(n.Line, "%s is true or false, not %q", what, n.Value)
		}
	}
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, what string) {
	if n.Kind != yaml.MappingNode {
		d.complain(n.Line, "%s has fields%s", what, d.unlessJSON(": write them as \"name: text\""))
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if before, twice := seen[key.Value]; twice {
			d.complain(key.Line, "%s stands here a second time, first in line %d; keep one", key.Value, before)
			continue
		}
		seen[key.Value] = key.Line
		names := d.names(v.Type())
		field := slices.Index(names, key.Value)
		if field < 0 {
			d.complain(key.Line, "unknown field %q; the fields are %s", key.Value, strings.Join(names, ", "))
			continue
		}
		d.decode(n.Content[i+1], v.Field(field), key.Value)
	}
}

// names returns the JSON names of the fields of a struct, in order.
func (d *decoder) names(t reflect.Type) []string {
	if names, ok := d.fields[t]; ok {
		return names
	}
	names := make([]string, t.NumField())
	for i := range names {
		names[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	d.fields[t] = names
	return names
}
