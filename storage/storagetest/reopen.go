package storagetest

import (
	"errors"

	"github.com/interviewbot/interviewbot/bot/store"
)

// reopen keeps everything, also the numbers already given out.
func reopen(b *bench) {
	answer := fill[store.Answer]()
	b.spaces(fill[store.Track]().Space)
	b.ground(answer.Track)
	b.rounds(answer.Track, answer.Round)
	b.update(func(tx store.Tx) error {
		answer = addAnswer(tx, answer)
		_, err := tx.Hold("gateway", "a", tx.Now().Add(1e12))
		return errors.Join(err, furnish(tx, "s"), tx.Once("e"), tx.PutTrack(fill[store.Track]()), tx.PutPerson(fill[store.Person]()),
			tx.PutTask(fill[store.Task]()), tx.PutSnapshot(fill[store.Snapshot]()), tx.Stamp("slack", "a", at(1)))
	})
	var before, after []string
	b.view(func(tx store.Tx) { before = emptied(tx, "s") })
	b.reopen()
	b.view(func(tx store.Tx) {
		same(b, "answer", answer)(tx.Answer(answer.Seq))
		same(b, "track", fill[store.Track]())(tx.Track(fill[store.Track]().ID))
		same(b, "person", fill[store.Person]())(tx.Person(fill[store.Person]().User))
		same(b, "task", fill[store.Task]())(tx.Task(fill[store.Task]().Key))
		same(b, "snapshot", fill[store.Snapshot]())(tx.Snapshot(fill[store.Snapshot]().Hash))
		same(b, "up", []store.Span{{From: at(1), To: at(1)}})(tx.Up("slack", at(0), at(2)))
		after = emptied(tx, "s")
	})
	if len(before) < 30 || len(before) != len(after) {
		b.Errorf("before %v\nafter %v", before, after)
	}
	b.refused(store.ErrTaken, func(tx store.Tx) error { return tx.Once("e") })
	if lease := b.hold("gateway", "b", in(1)); lease.Owner != "a" {
		b.Errorf("the lease is %+v", lease)
	}
	last := uint64(0)
	b.update(func(tx store.Tx) error { last = addAnswer(tx, store.Answer{User: "u"}).Seq; return nil })
	b.purge(0, func(tx store.Tx) (bool, error) { return tx.PurgeSpace("s", 0) })
	b.reopen()
	b.update(func(tx store.Tx) error {
		if next := addAnswer(tx, store.Answer{User: "u"}).Seq; next <= last {
			b.Errorf("number %d again, after %d", next, last)
		}
		return nil
	})
}
