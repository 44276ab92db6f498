package storagetest

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

func valueTests() map[string]func(*bench) {
	return map[string]func(*bench){"values": values, "lists of values": listsOfValues, "leases": leases, "a lease ends": leaseEnds, "spans": spans}
}

func values(b *bench) {
	big := bytes.Repeat([]byte{0, 1, 0xff}, 1<<18)
	b.update(func(tx store.Tx) error {
		return errors.Join(tx.PutValue("s", "big", big), tx.PutValue("s", "empty", []byte{}), tx.PutValue("", "k", []byte("of no space")))
	})
	b.view(func(tx store.Tx) {
		same(b, "big", big)(tx.Value("s", "big"))
		same(b, "of no space", []byte("of no space"))(tx.Value("", "k"))
		if v, err := tx.Value("s", "empty"); err != nil || v == nil || len(v) != 0 {
			b.Errorf("empty: %v, %v", v, err)
		}
		gone[[]byte](b, "another key")(tx.Value("s", "k"))
		gone[[]byte](b, "another space")(tx.Value("", "big"))
	})
	b.update(func(tx store.Tx) error {
		return errors.Join(tx.PutValue("s", "big", []byte("small")), tx.PutValue("s", "empty", nil), tx.PutValue("s", "none", nil))
	})
	b.view(func(tx store.Tx) {
		same(b, "replaced", []byte("small"))(tx.Value("s", "big"))
		gone[[]byte](b, "deleted")(tx.Value("s", "empty"))
	})
}

func listsOfValues(b *bench) {
	b.update(func(tx store.Tx) error {
		for _, space := range ids() {
			for _, key := range ids() {
				if err := tx.PutValue(space, key, []byte(space+key)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	b.view(func(tx store.Tx) {
		for _, space := range ids() {
			for _, prefix := range []string{"", "a", "aa", "a ", "é", "\x01", "none"} {
				var want []store.Value
				for _, key := range sortedIDs() {
					if strings.HasPrefix(key, prefix) {
						want = append(want, store.Value{Key: key, Data: []byte(space + key)})
					}
				}
				same(b, "of "+space+" with "+prefix, want)(tx.ListValues(space, prefix))
			}
		}
	})
}

func (b *bench) hold(name, owner string, until func(now time.Time) time.Time) store.Lease {
	b.Helper()
	var lease store.Lease
	b.update(func(tx store.Tx) (err error) {
		lease, err = tx.Hold(name, owner, until(tx.Now()))
		return err
	})
	return lease
}

func in(d time.Duration) func(time.Time) time.Time {
	return func(now time.Time) time.Time { return now.Add(d) }
}

func leases(b *bench) {
	mine := b.hold("gateway", "a", in(time.Hour))
	if mine.Owner != "a" {
		b.Errorf("taken: %+v", mine)
	}
	if theirs := b.hold("gateway", "b", in(2*time.Hour)); theirs != mine {
		b.Errorf("held by another: %+v, want %+v", theirs, mine)
	}
	if longer := b.hold("gateway", "a", in(3*time.Hour)); longer.Owner != "a" || !longer.Until.After(mine.Until) {
		b.Errorf("renewed: %+v", longer)
	}
	if other := b.hold("another", "b", in(time.Hour)); other.Owner != "b" {
		b.Errorf("another name: %+v", other)
	}
	b.update(func(tx store.Tx) error { return tx.Release("gateway", "b") })
	if still := b.hold("gateway", "b", in(time.Hour)); still.Owner != "a" {
		b.Errorf("released by another: %+v", still)
	}
	b.update(func(tx store.Tx) error { return tx.Release("gateway", "a") })
	b.update(func(tx store.Tx) error { return tx.Release("gateway", "a") })
	if free := b.hold("gateway", "b", in(time.Hour)); free.Owner != "b" {
		b.Errorf("released: %+v", free)
	}
}

func leaseEnds(b *bench) {
	b.hold("gateway", "a", in(-time.Second))
	if lease := b.hold("gateway", "b", in(time.Hour)); lease.Owner != "b" {
		b.Errorf("ended before: %+v", lease)
	}
	b.pass(59 * time.Minute)
	if lease := b.hold("gateway", "a", in(time.Hour)); lease.Owner != "b" {
		b.Errorf("a minute too early: %+v", lease)
	}
	b.pass(time.Minute)
	if lease := b.hold("gateway", "a", in(time.Hour)); lease.Owner != "a" {
		b.Errorf("ended: %+v", lease)
	}
}

func spans(b *bench) {
	stamp := func(platform, replica string, when time.Time) {
		b.Helper()
		b.update(func(tx store.Tx) error { return tx.Stamp(platform, replica, when) })
	}
	for i := range 5 {
		stamp("slack", "a", at(i)) // up from 0 to 4
	}
	stamp("slack", "a", at(5).Add(30*time.Second)) // 90 s later: still up
	stamp("slack", "a", at(7).Add(time.Second))    // 91 s later: down in between
	stamp("slack", "b", at(3))                     // another replica
	stamp("slack", "a", at(2))                     // late: changes nothing
	stamp("discord", "a", at(1))                   // another platform
	stamp("slack", "ab", at(60))                   // a replica whose name begins the same
	stamp("slac", "ka", at(1))                     // a platform whose name begins the same
	first := store.Span{From: at(0), To: at(5).Add(30 * time.Second)}
	second := store.Span{From: at(7).Add(time.Second), To: at(7).Add(time.Second)}
	other := store.Span{From: at(3), To: at(3)}
	last := store.Span{From: at(60), To: at(60)}
	up := func(what string, from, to time.Time, want ...store.Span) {
		b.Helper()
		b.view(func(tx store.Tx) { same(b, what, slices.Clone(want))(tx.Up("slack", from, to)) })
	}
	up("all", at(-10), at(100), first, other, second, last)
	up("touching at the end", second.To, at(10), second)
	up("touching at the start", at(-5), at(0), first)
	up("within one", at(1), at(2), first)
	up("between", at(10), at(20))
	// After more than 8 days old spans may be gone, but nothing that is younger.
	late := 9 * 24 * 60
	stamp("slack", "a", at(late))
	up("the new one", at(late-60), at(late+1), store.Span{From: at(late), To: at(late)})
}
