package bot

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// Keep is the chat.Keep of one adapter: its values, sealed with AES-256-GCM, and its leases. The seal binds a value to
// its adapter, space and key, so that a value moved elsewhere in the file does not open.
type Keep struct {
	store   store.Store
	aead    cipher.AEAD
	adapter string
	replica string
}

// NewKeep makes the Keep of the adapter of that name. The key has 32 bytes; losing it loses what was kept.
func NewKeep(s store.Store, key []byte, adapter, replica string) (*Keep, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal of %s: %w", adapter, err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("seal of %s: %w", adapter, err)
	}
	return &Keep{store: s, aead: aead, adapter: adapter, replica: replica}, nil
}

// keptMax is the longest value, in bytes.
const keptMax = 64 << 10

func (k *Keep) name(key string) string { return k.adapter + "/" + key }

func (k *Keep) bound(s chat.SpaceID, key string) []byte {
	return []byte(k.adapter + "\x00" + string(s) + "\x00" + key)
}

// Get implements chat.Keep.
func (k *Keep) Get(ctx context.Context, s chat.SpaceID, key string) (value []byte, err error) {
	err = k.store.View(ctx, func(tx store.Tx) error {
		sealed, err := tx.Value(string(s), k.name(key))
		if err != nil {
			return err
		}
		value, err = k.open(s, key, sealed)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, chat.ErrNotFound
	}
	return value, err
}

func (k *Keep) open(s chat.SpaceID, key string, sealed []byte) ([]byte, error) {
	value, err := k.aead.Open(nil, nil, sealed, k.bound(s, key))
	if err != nil {
		return nil, fmt.Errorf("open the kept value %s: it was sealed with another key: start with the --seal-key (SEAL_KEY) that it had, or with the .key file of its data file", k.name(key))
	}
	return value, nil
}

// Set implements chat.Keep.
func (k *Keep) Set(ctx context.Context, s chat.SpaceID, values map[string][]byte) error {
	sealed := make(map[string][]byte, len(values))
	for key, v := range values {
		if len(v) > keptMax {
			return fmt.Errorf("keep %s: %d bytes are more than the %d that a kept value can have", k.name(key), len(v), keptMax)
		}
		sealed[key] = nil
		if v != nil {
			sealed[key] = k.aead.Seal(nil, nil, v, k.bound(s, key))
		}
	}
	return k.store.Update(ctx, func(tx store.Tx) error {
		for key, v := range sealed {
			if err := tx.PutValue(string(s), k.name(key), v); err != nil {
				return err
			}
		}
		return nil
	})
}

// List implements chat.Keep.
func (k *Keep) List(ctx context.Context, s chat.SpaceID, prefix string) (out []chat.Kept, err error) {
	err = k.store.View(ctx, func(tx store.Tx) error {
		out = nil
		all, err := tx.ListValues(string(s), k.name(prefix))
		if err != nil {
			return err
		}
		for _, v := range all {
			key := v.Key[len(k.adapter)+1:]
			data, err := k.open(s, key, v.Data)
			if err != nil {
				data = nil
			}
			out = append(out, chat.Kept{Key: key, Value: data})
		}
		return nil
	})
	return out, err
}

// Hold implements chat.Keep.
func (k *Keep) Hold(ctx context.Context, name string, ttl time.Duration) (held bool, err error) {
	err = k.store.Update(ctx, func(tx store.Tx) error {
		l, err := tx.Hold(k.name(name), k.replica, tx.Now().Add(ttl))
		held = l.Owner == k.replica
		return err
	})
	return held, err
}

// Release implements chat.Keep.
func (k *Keep) Release(ctx context.Context, name string) error {
	return k.store.Update(ctx, func(tx store.Tx) error { return tx.Release(k.name(name), k.replica) })
}

// NewSeal makes a key for NewKeep.
func NewSeal() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails since Go 1.24
	return key
}
