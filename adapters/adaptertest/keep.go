package adaptertest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Keep is a chat.Keep in memory for the worlds of harnesses. One Keep outlives the adapters that are made over it; As
// gives it to each of several processes. It holds adapters to the port's bound of 64 KiB a value.
type Keep struct {
	shelf *shelf
	owner string
}

type shelf struct {
	mu     sync.Mutex
	now    func() time.Time
	values map[chat.SpaceID]map[string][]byte
	leases map[string]lease
}

type lease struct {
	owner string
	until time.Time
}

// NewKeep makes an empty Keep whose leases go by now.
func NewKeep(now func() time.Time) *Keep {
	return &Keep{shelf: &shelf{now: now, values: map[chat.SpaceID]map[string][]byte{}, leases: map[string]lease{}}, owner: "one"}
}

// As returns the same Keep as another process sees it: it shares the values and contends for the leases.
func (k *Keep) As(process string) *Keep { return &Keep{shelf: k.shelf, owner: process} }

// Get implements chat.Keep.
func (k *Keep) Get(ctx context.Context, s chat.SpaceID, key string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	k.shelf.mu.Lock()
	defer k.shelf.mu.Unlock()
	v, ok := k.shelf.values[s][key]
	if !ok {
		return nil, chat.ErrNotFound
	}
	return slices.Clone(v), nil
}

// Set implements chat.Keep.
func (k *Keep) Set(ctx context.Context, s chat.SpaceID, values map[string][]byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for key, v := range values {
		if len(v) > 64<<10 {
			return fmt.Errorf("keep %s: %d bytes are more than 64 KiB", key, len(v))
		}
	}
	k.shelf.mu.Lock()
	defer k.shelf.mu.Unlock()
	if k.shelf.values[s] == nil {
		k.shelf.values[s] = map[string][]byte{}
	}
	for key, v := range values {
		if v == nil {
			delete(k.shelf.values[s], key)
			continue
		}
		k.shelf.values[s][key] = append([]byte{}, v...)
	}
	return nil
}

// List implements chat.Keep.
func (k *Keep) List(ctx context.Context, s chat.SpaceID, prefix string) ([]chat.Kept, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	k.shelf.mu.Lock()
	defer k.shelf.mu.Unlock()
	var list []chat.Kept
	for key, v := range k.shelf.values[s] {
		if strings.HasPrefix(key, prefix) {
			list = append(list, chat.Kept{Key: key, Value: slices.Clone(v)})
		}
	}
	slices.SortFunc(list, func(a, b chat.Kept) int { return strings.Compare(a.Key, b.Key) })
	return list, nil
}

// Hold implements chat.Keep.
func (k *Keep) Hold(ctx context.Context, name string, ttl time.Duration) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	k.shelf.mu.Lock()
	defer k.shelf.mu.Unlock()
	now := k.shelf.now()
	if l, ok := k.shelf.leases[name]; ok && l.owner != k.owner && now.Before(l.until) {
		return false, nil
	}
	k.shelf.leases[name] = lease{k.owner, now.Add(ttl)}
	return true, nil
}

// Release implements chat.Keep.
func (k *Keep) Release(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	k.shelf.mu.Lock()
	defer k.shelf.mu.Unlock()
	if k.shelf.leases[name].owner == k.owner {
		delete(k.shelf.leases, name)
	}
	return nil
}
