package archive

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/interviewbot/interviewbot/bot/store"
)

// kind is a kind of records: its name in an archive, and how one is read.
type kind struct {
	name string
	is   func(store.Record) bool
	read func([]byte) (store.Record, error)
}

func of[T any](name string) kind {
	return kind{name, func(r store.Record) bool { _, ok := r.(T); return ok }, func(data []byte) (store.Record, error) {
		var r T
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.DisallowUnknownFields()
		err := dec.Decode(&r)
		return r, err
	}}
}

// kinds is in the order in which stores give them out: what is referred to comes first.
func kinds() []kind {
	return []kind{of[store.Space]("space"), of[store.Track]("track"), of[store.Deck]("deck"), of[store.Snapshot]("snapshot"), of[store.Round]("round"),
		of[store.Skip]("skip"), of[store.Answer]("answer"), of[store.Member]("member"), of[store.LedgerLine]("line"), of[store.Person]("person"),
		of[store.Draft]("draft"), of[store.Task]("task"), of[store.SpaceValue]("value"), of[store.Handled]("event"), of[store.Stamped]("uptime")}
}

// Kinds lists the names of all kinds of records.
func Kinds() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

func kindOf(r store.Record) (string, bool) {
	for _, k := range kinds() {
		if k.is(r) {
			return k.name, true
		}
	}
	return "", false
}

func parse(name string, data []byte) (store.Record, error) {
	for _, k := range kinds() {
		if k.name != name {
			continue
		}
		r, err := k.read(data)
		if err != nil && strings.HasPrefix(err.Error(), "json: unknown field") { // the decoder has no other way to say it
			return nil, fmt.Errorf("%w (%v)", ErrNewer, err)
		}
		if err != nil {
			return nil, fmt.Errorf("%w (%v)", ErrForm, err)
		}
		return r, nil
	}
	return nil, ErrNewer
}
