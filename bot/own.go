package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
)

// What people suggested: kept as values of the space it was suggested in. Accepted ones join the bank of that space only.

const (
	suggestedKey = "suggested"    // changes whenever the accepted ones do; absent while there are none
	suggestedAt  = "suggested/"   // and the id: one suggestion
	suggestedBy  = "suggested-by" // in no space: /user/space/id, so that a person's can be found
)

// suggestion is a question that somebody suggested.
type suggestion struct {
	Track    string              `json:"track"` // whose owners decide
	User     string              `json:"user"`  // "" once the person had everything deleted
	Name     string              `json:"name"`
	Made     time.Time           `json:"made"`
	Accepted bool                `json:"accepted"`
	Question *questions.Question `json:"question"`
}

func readSuggestion(tx store.Tx, space, id string) (suggestion, error) {
	v, err := tx.Value(space, suggestedAt+id)
	if errors.Is(err, store.ErrNotFound) {
		return suggestion{}, sorry("That suggestion is settled already.")
	}
	if err != nil {
		return suggestion{}, err
	}
	return parseSuggestion(v)
}

func parseSuggestion(v []byte) (s suggestion, err error) {
	if err = json.Unmarshal(v, &s); err == nil && s.Question == nil {
		err = errors.New("there is no question in it")
	}
	if err != nil {
		return s, fmt.Errorf("read a suggestion: %w", err)
	}
	return s, nil
}

// putSuggestion stores a suggestion; was says whether it was accepted before.
func putSuggestion(tx store.Tx, space string, s suggestion, was bool) error {
	v, err := json.Marshal(s)
	if err != nil {
		return err
	}
	err = tx.PutValue(space, suggestedAt+s.Question.ID, v)
	if s.User != "" {
		err = errors.Join(err, tx.PutValue("", byKey(s.User, space, s.Question.ID), []byte("1")))
	}
	if s.Accepted || was {
		err = errors.Join(err, tx.PutValue(space, suggestedKey, []byte(newID(16))))
	}
	return err
}

func dropSuggestion(tx store.Tx, space string, s suggestion) error {
	return errors.Join(tx.PutValue(space, suggestedAt+s.Question.ID, nil), tx.PutValue("", byKey(s.User, space, s.Question.ID), nil))
}

func byKey(user, space, id string) string {
	return strings.Join([]string{suggestedBy, user, space, id}, "/")
}

// suggestions lists a space's, by id.
func suggestions(tx store.Tx, space string) ([]suggestion, error) {
	all, err := tx.ListValues(space, suggestedAt)
	if err != nil {
		return nil, err
	}
	out := make([]suggestion, 0, len(all))
	for _, v := range all {
		s, err := parseSuggestion(v.Data)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// bankOf is the bank with the space's own questions.
func (b *Bot) bankOf(tx store.Tx, space string) (*questions.Bank, error) {
	base := b.bank.Load()
	version, err := tx.Value(space, suggestedKey)
	if errors.Is(err, store.ErrNotFound) {
		return base, nil
	}
	if err != nil {
		return nil, err
	}
	return b.own.bank(space, ownVersion{base, string(version)}, func() (*questions.Bank, error) {
		all, err := suggestions(tx, space)
		var more []*questions.Question
		for _, s := range all {
			if s.Accepted {
				more = append(more, s.Question)
			}
		}
		return base.Plus(more...), err
	})
}

// own remembers the banks of the spaces that were used lately: putting one together costs some milliseconds.
type own struct {
	mu    sync.Mutex
	banks map[string]ownBank
}

type ownVersion struct {
	base    *questions.Bank
	version string
}

type ownBank struct {
	ownVersion
	bank *questions.Bank
}

// ownKept is how many spaces' banks are remembered.
const ownKept = 64

func (o *own) bank(space string, v ownVersion, build func() (*questions.Bank, error)) (*questions.Bank, error) {
	o.mu.Lock()
	have, ok := o.banks[space]
	o.mu.Unlock()
	if ok && have.ownVersion == v {
		return have.bank, nil
	}
	bank, err := build()
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.banks == nil || len(o.banks) >= ownKept {
		o.banks = map[string]ownBank{}
	}
	o.banks[space] = ownBank{v, bank}
	return bank, nil
}

// forgetSuggestions deletes what a person suggested; what was accepted stays, without their name.
func forgetSuggestions(tx store.Tx, user string) error {
	all, err := tx.ListValues("", suggestedBy+"/"+user+"/")
	if err != nil {
		return err
	}
	for _, v := range all {
		space, id, _ := strings.Cut(strings.TrimPrefix(v.Key, suggestedBy+"/"+user+"/"), "/")
		if err := tx.PutValue("", v.Key, nil); err != nil {
			return err
		}
		s, err := readSuggestion(tx, space, id)
		if errors.As(err, new(sorry)) {
			continue
		}
		if err != nil {
			return err
		}
		if !s.Accepted {
			err = tx.PutValue(space, suggestedAt+id, nil)
		} else {
			s.User, s.Name = "", ""
			err = putSuggestion(tx, space, s, true)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetSpace deletes what leads to the suggestions of a space that is gone.
func forgetSpace(tx store.Tx, space string) error {
	all, err := tx.ListValues("", suggestedBy+"/")
	if err != nil {
		return err
	}
	for _, v := range all {
		if parts := strings.Split(v.Key, "/"); len(parts) == 4 && parts[2] == space {
			if err := tx.PutValue("", v.Key, nil); err != nil {
				return err
			}
		}
	}
	return nil
}
