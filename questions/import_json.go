package questions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// readJSON reads a list of questions, or one. It goes through the decoder of the content files, which knows the fields and the lines.
func readJSON(content []byte) ([]Entry, error) {
	r := &jsonReader{dec: json.NewDecoder(bytes.NewReader(content)), content: content, line: 1}
	r.dec.UseNumber()
	root, err := r.root()
	if err != nil {
		return nil, err
	}
	list := []*yaml.Node{root}
	switch root.Kind {
	case yaml.SequenceNode:
		list = root.Content
	case yaml.ScalarNode:
		return nil, fmt.Errorf("line %d: is a list of questions: [{\"prompt\": …, \"answer\": …}, …]", root.Line)
	}
	if len(list) > EntryLimit {
		return nil, tooMany(list[EntryLimit].Line)
	}
	entries := make([]Entry, len(list))
	for i, n := range list {
		q := &Question{}
		d := &decoder{fields: map[reflect.Type][]string{}, json: true}
		d.decode(n, reflect.ValueOf(q).Elem(), "a question")
		entries[i] = Entry{Line: n.Line, Question: q}
		if (i > 0 && list[i-1].Line == n.Line) || (i+1 < len(list) && list[i+1].Line == n.Line) {
			entries[i].Number = i + 1
		}
		for _, p := range d.problems {
			entries[i].Faults = append(entries[i].Faults, Fault{Line: p.Line, What: p.What})
		}
	}
	return entries, nil
}

// jsonReader reads JSON into the nodes of the YAML decoder, for their lines.
type jsonReader struct {
	dec     *json.Decoder
	content []byte
	at      int // where line was counted to
	line    int
}

// root reads all of the file, which holds one value; errors name the line.
func (r *jsonReader) root() (*yaml.Node, error) {
	root, err := r.node(0)
	if err == nil {
		if _, extra := r.dec.Token(); !errors.Is(extra, io.EOF) {
			r.advance()
			err = errors.New("something follows after the end of the list; keep one list in a file")
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the file ends too early; is it complete?")
	}
	if err != nil {
		if se, ok := errors.AsType[*json.SyntaxError](err); ok {
			r.to(int(se.Offset))
		}
		return nil, fmt.Errorf("line %d: cannot be read as JSON: %w", r.line, err)
	}
	return root, nil
}

// advance counts the lines up to the last token.
func (r *jsonReader) advance() { r.to(int(r.dec.InputOffset())) }

func (r *jsonReader) to(offset int) {
	if offset = min(offset, len(r.content)); offset > r.at {
		r.line += bytes.Count(r.content[r.at:offset], []byte("\n"))
		r.at = offset
	}
}

// node reads one value.
func (r *jsonReader) node(depth int) (*yaml.Node, error) {
	token, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	r.advance()
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: r.line}
	switch t := token.(type) {
	case json.Delim:
		if depth > depthLimit {
			return nil, fmt.Errorf("is nested deeper than %d levels", depthLimit)
		}
		return r.group(n, t, depth)
	case string:
		n.Tag, n.Value = "!!str", t
	case nil:
		n.Tag = "!!null"
	default:
		n.Value = fmt.Sprint(t)
	}
	return n, nil
}

// group reads the inside of a list or an object. Fields that are null count as left out.
func (r *jsonReader) group(n *yaml.Node, open json.Delim, depth int) (*yaml.Node, error) {
	n.Kind = yaml.SequenceNode
	if open == '{' {
		n.Kind = yaml.MappingNode
	}
	for r.dec.More() {
		first, err := r.node(depth + 1)
		if err != nil {
			return nil, err
		}
		if n.Kind == yaml.SequenceNode {
			n.Content = append(n.Content, first)
			continue
		}
		value, err := r.node(depth + 1)
		if err != nil {
			return nil, err
		}
		if value.Tag != "!!null" {
			n.Content = append(n.Content, first, value)
		}
	}
	_, err := r.dec.Token() // the bracket that closes it
	r.advance()
	return n, err
}
