package questions

import (
	"bytes"
	"encoding/json"
	"path"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// File returns where a question belongs in a folder of content, with slashes: the topic's folder, named after the id.
func (q *Question) File() string { return path.Join(q.Topic, q.ID+".yaml") }

// YAML returns the question as a file of content: Load reads the same question from it, if it passes Validate and its texts do not end in
// line breaks. Fields that are empty are left out.
func (q *Question) YAML() ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(nodeOf(reflect.ValueOf(*q))); err != nil {
		return nil, err
	}
	return b.Bytes(), enc.Close()
}

// nodeOf is the inverse of decoder.decode. Fields that are zero are left out.
func nodeOf(v reflect.Value) *yaml.Node {
	n := &yaml.Node{}
	switch v.Kind() {
	case reflect.Struct:
		n.Kind = yaml.MappingNode
		for i := range v.NumField() {
			if f := v.Field(i); !f.IsZero() && (f.Kind() != reflect.Slice || f.Len() > 0) {
				name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
				n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, nodeOf(f))
			}
		}
	case reflect.Slice:
		n.Kind = yaml.SequenceNode
		for i := range v.Len() {
			n.Content = append(n.Content, nodeOf(v.Index(i)))
		}
	case reflect.String:
		n.Kind, n.Value, n.Tag = yaml.ScalarNode, v.String(), "!!str"
		switch {
		case quoted(n.Value):
			n.Style = yaml.DoubleQuotedStyle
		case strings.Contains(n.Value, "\n"):
			n.Style = yaml.LiteralStyle
		}
	default:
		value, err := json.Marshal(v.Interface())
		if err != nil { // cannot happen: what is left are numbers and booleans
			return n
		}
		n.Kind, n.Value = yaml.ScalarNode, string(value)
	}
	return n
}

// quoted says whether a text would not survive as a plain or literal one: what the library writes in those styles it does not always read.
func quoted(s string) bool {
	return strings.HasPrefix(s, " ") || strings.HasPrefix(s, "\n") || strings.HasSuffix(s, " ") || strings.Contains(s, "\t") || strings.Contains(s, " \n") || strings.ContainsAny(s, "\u0085\u2028\u2029\ufeff")
}
