package questions

import (
	"reflect"

	"go.yaml.in/yaml/v3"
)

// Parse reads one question from the content of a file as Load does, wherever the file is and whatever it is called; name is what problems
// are told by. With problems there is no question.
func Parse(name string, content []byte) (*Question, []*Problem) {
	d := &decoder{file: name, fields: map[reflect.Type][]string{}}
	node := d.parse(content, fileLimit)
	if node == nil {
		return nil, d.problems
	}
	q := d.one(node)
	if len(d.problems) > 0 {
		return nil, d.problems
	}
	checkOneOf(d.reporter(node), "topic", q.Topic, topicList())
	if len(d.problems) > 0 {
		return nil, d.problems
	}
	return q, nil
}

// one decodes and checks a question by itself.
func (d *decoder) one(node *yaml.Node) *Question {
	q := new(Question)
	if d.decode(node, reflect.ValueOf(q).Elem(), "a question"); len(d.problems) == 0 {
		q.check(d.reporter(node))
	}
	return q
}
