package storagetest

import (
	"cmp"
	"slices"

	"pgregory.net/rapid"

	"github.com/interviewbot/interviewbot/bot/store"
)

func taskTests() map[string]func(*bench) {
	return map[string]func(*bench){"tasks": tasks, "due": due, "against a list": tasksAgainstAList}
}

func tasks(b *bench) {
	full := fill[store.Task]()
	b.update(func(tx store.Tx) error { return tx.PutTask(full) })
	b.view(func(tx store.Tx) {
		same(b, "task", full)(tx.Task(full.Key))
		same(b, "due", []store.Task{full})(tx.Due(full.Due, 0))
		gone[store.Task](b, "another")(tx.Task("other"))
	})
	full.Due, full.Kind, full.Tries = at(1000), "other", 5
	b.update(func(tx store.Tx) error { return tx.PutTask(full) })
	b.view(func(tx store.Tx) {
		same(b, "changed", full)(tx.Task(full.Key))
		none[store.Task](b, "no longer due")(tx.Due(at(999), 0))
		same(b, "due later", []store.Task{full})(tx.Due(at(1000), 0))
		same(b, "of the other kind", full)(tx.NextOfKind("other", at(0)))
	})
	b.update(func(tx store.Tx) error { return tx.DeleteTask(full.Key) })
	b.update(func(tx store.Tx) error { return tx.DeleteTask(full.Key) })
	b.view(func(tx store.Tx) {
		gone[store.Task](b, "deleted")(tx.Task(full.Key))
		none[store.Task](b, "nothing due")(tx.Due(at(1e6), 0))
		gone[store.Task](b, "nothing next")(tx.NextTask(at(-1e6)))
	})
	b.unwanted("no key", func(tx store.Tx) error { return tx.PutTask(store.Task{Due: at(1)}) })
}

func due(b *bench) {
	var all []store.Task
	b.update(func(tx store.Tx) error {
		all = nil
		for i, key := range ids() {
			task := store.Task{Key: key, Kind: ids()[i%3], Due: at(-(i / 4))}
			if err := tx.PutTask(task); err != nil {
				return err
			}
			all = append(all, task)
		}
		return nil
	})
	slices.SortFunc(all, dueFirst)
	b.view(func(tx store.Tx) {
		same(b, "all", all)(tx.Due(at(0), 0))
		same(b, "some", all[:5])(tx.Due(at(0), 5))
		none[store.Task](b, "none")(tx.Due(at(-100), 0))
		same(b, "next", all[0])(tx.NextTask(at(-100)))
		gone[store.Task](b, "after all")(tx.NextTask(at(0)))
		gone[store.Task](b, "no such kind")(tx.NextOfKind("none", at(-100)))
	})
}

func dueFirst(a, b store.Task) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Key, b.Key)) }

func tasksAgainstAList(b *bench) {
	all := map[string]store.Task{}
	rapid.Check(b, func(r *rapid.T) {
		for range rapid.IntRange(1, 6).Draw(r, "changes") {
			key := rapid.SampledFrom(ids()).Draw(r, "key")
			if rapid.IntRange(0, 3).Draw(r, "delete") == 0 {
				b.update(func(tx store.Tx) error { return tx.DeleteTask(key) })
				delete(all, key)
				continue
			}
			task := store.Task{Key: key, Kind: rapid.SampledFrom([]string{"post", "close", ""}).Draw(r, "kind"), Due: at(rapid.IntRange(-9, 9).Draw(r, "due"))}
			b.update(func(tx store.Tx) error { return tx.PutTask(task) })
			all[key] = task
		}
		when, limit := at(rapid.IntRange(-10, 10).Draw(r, "when")), rapid.IntRange(0, 4).Draw(r, "limit")
		kind := rapid.SampledFrom([]string{"post", "close", ""}).Draw(r, "of kind")
		var want, later, ofKind []store.Task
		for _, task := range all {
			switch {
			case !task.Due.After(when):
				want = append(want, task)
			case task.Kind == kind:
				later, ofKind = append(later, task), append(ofKind, task)
			default:
				later = append(later, task)
			}
		}
		for _, list := range [][]store.Task{want, later, ofKind} {
			slices.SortFunc(list, dueFirst)
		}
		if limit > 0 {
			want = want[:min(limit, len(want))]
		}
		b.view(func(tx store.Tx) {
			same(b, "due", want)(tx.Due(when, limit))
			next(b, "next", later)(tx.NextTask(when))
			next(b, "next of kind", ofKind)(tx.NextOfKind(kind, when))
		})
		if b.Failed() {
			r.FailNow()
		}
	})
}

func next(b *bench, what string, want []store.Task) func(store.Task, error) {
	if len(want) == 0 {
		return gone[store.Task](b, what)
	}
	return same(b, what, want[0])
}
