package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"github.com/interviewbot/interviewbot/bot/store"
)

const (
	onceFor    = 48 * time.Hour
	onceLength = 200
	oncePrefix = "once "
	onceDay    = "20060102"

	errLength store.Error = "an event's identifier is longer than 200 bytes"
)

// Once keeps the events of each day (UTC) in a bucket of their own, so that forgetting them is dropping a bucket. Platforms
// number their events in time, so within a day keys come nearly in order and few pages change.
func (t *tx) Once(event string) error {
	if err := t.writing(event); err != nil {
		return err
	}
	if len(event) > onceLength {
		return errLength
	}
	c := t.bolt.Cursor()
	var old [][]byte
	for name, _ := c.Seek([]byte(oncePrefix)); bytes.HasPrefix(name, []byte(oncePrefix)); name, _ = c.Next() {
		seen := t.bolt.Bucket(name).Get([]byte(event))
		if len(seen) == 8 && t.now.Sub(microTime(seen)) < onceFor {
			return store.ErrTaken
		}
		if t.outlived(name) {
			old = append(old, bytes.Clone(name))
		}
	}
	today, err := t.onceToday(old)
	if err != nil {
		return err
	}
	t.wrote = true
	if err := today.Put([]byte(event), binary.BigEndian.AppendUint64(nil, uint64(t.now.UnixMicro()))); err != nil {
		return fmt.Errorf("remember an event: %w", err)
	}
	return nil
}

// onceToday returns the day's bucket. When it makes it, it drops those whose last event is too old to matter.
func (t *tx) onceToday(old [][]byte) (*bbolt.Bucket, error) {
	name := []byte(oncePrefix + t.now.Format(onceDay))
	today := t.bolt.Bucket(name)
	if today == nil {
		t.wrote = true
		for _, b := range old {
			if err := t.bolt.DeleteBucket(b); err != nil {
				return nil, fmt.Errorf("forget events of %q: %w", b, err)
			}
		}
		var err error
		if today, err = t.bolt.CreateBucket(name); err != nil {
			return nil, fmt.Errorf("make room for the day's events: %w", err)
		}
	}
	today.FillPercent = 0.9
	return today, nil
}

func (t *tx) outlived(name []byte) bool {
	day, err := time.Parse(onceDay, strings.TrimPrefix(string(name), oncePrefix))
	return err == nil && t.now.Sub(day.AddDate(0, 0, 1)) >= onceFor
}

func microTime(b []byte) time.Time { return time.UnixMicro(int64(binary.BigEndian.Uint64(b))).UTC() }
