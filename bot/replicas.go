package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

// Copies of the bot that share a store know of each other by a value that each renews every minute.

const (
	replicasAt  = "replica/"
	replicaSeen = 150 * time.Second // without news a copy is taken for gone: two turns missed
)

// Replica is one copy of the bot that works on the same store.
type Replica struct {
	ID      string    `json:"-"`
	Version string    `json:"version"` // of the program
	Bank    string    `json:"bank"`    // Hash of its questions
	Seen    time.Time `json:"seen"`    // by the store's clock
}

// away is how long a copy was not seen. What comes from another clock, with records that were moved, may be of times to come.
func (r Replica) away(now time.Time) time.Duration { return now.Sub(r.Seen).Abs() }

// Replicas lists the copies that were there within the last 150 s, this one among them once it runs, by ID.
func (b *Bot) Replicas(ctx context.Context) (out []Replica, err error) {
	err = b.view(ctx, "list the replicas", func(tx store.Tx) error {
		out, err = running(tx)
		return err
	})
	return out, err
}

// Running is Replicas for those who have no bot, only its store.
func Running(ctx context.Context, s store.Store) (out []Replica, err error) {
	err = s.View(ctx, func(tx store.Tx) error {
		out, err = running(tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the replicas: %w", err)
	}
	return out, nil
}

func running(tx store.Tx) (out []Replica, err error) {
	err = eachReplica(tx, func(r Replica) error {
		if r.away(tx.Now()) <= replicaSeen {
			out = append(out, r)
		}
		return nil
	})
	return out, err
}

func eachReplica(tx store.Tx, f func(Replica) error) error {
	all, err := tx.ListValues("", replicasAt)
	if err != nil {
		return err
	}
	for _, v := range all {
		var r Replica
		if err := json.Unmarshal(v.Data, &r); err != nil {
			r = Replica{} // of a version that writes it otherwise: it shows as one that differs, until it is gone
		}
		r.ID = strings.TrimPrefix(v.Key, replicasAt)
		if err := f(r); err != nil {
			return err
		}
	}
	return nil
}

// register says that this copy is there, and clears away those that are gone.
func (b *Bot) register(tx store.Tx) error {
	now := tx.Now()
	data, err := json.Marshal(Replica{Version: b.version, Bank: b.bank.Load().Hash(), Seen: now})
	if err != nil {
		return err
	}
	if err := tx.PutValue("", replicasAt+b.replica, data); err != nil {
		return err
	}
	return eachReplica(tx, func(r Replica) error {
		if r.ID != b.replica && r.away(now) > 10*replicaSeen {
			return tx.PutValue("", replicasAt+r.ID, nil)
		}
		return nil
	})
}

// signOff says that this copy ends.
func (b *Bot) signOff(ctx context.Context) error {
	return b.store.Update(ctx, func(tx store.Tx) error { return tx.PutValue("", replicasAt+b.replica, nil) })
}
