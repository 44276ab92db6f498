package storagetest

import (
	"github.com/interviewbot/interviewbot/bot/store"
)

func peopleTests() map[string]func(*bench) {
	return map[string]func(*bench){"people": people, "drafts": drafts}
}

func people(b *bench) {
	full := fill[store.Person]()
	b.view(func(tx store.Tx) { gone[store.Person](b, "before")(tx.Person(full.User)) })
	b.update(func(tx store.Tx) error {
		for _, id := range ids() {
			if err := tx.PutPerson(store.Person{User: id, Name: id}); err != nil {
				return err
			}
		}
		return tx.PutPerson(full)
	})
	b.view(func(tx store.Tx) {
		same(b, "person", full)(tx.Person(full.User))
		for _, id := range ids() {
			same(b, "person", store.Person{User: id, Name: id})(tx.Person(id))
		}
	})
	full = store.Person{User: full.User, Space: "elsewhere"}
	b.update(func(tx store.Tx) error { return tx.PutPerson(full) })
	b.view(func(tx store.Tx) { same(b, "replaced", full)(tx.Person(full.User)) })
	b.unwanted("nobody", func(tx store.Tx) error { return tx.PutPerson(store.Person{}) })
}

func drafts(b *bench) {
	full := fill[store.Draft]()
	b.update(func(tx store.Tx) error {
		for _, user := range ids() {
			for _, key := range ids() {
				if err := tx.PutDraft(store.Draft{User: user, Key: key, Text: user + " and " + key}); err != nil {
					return err
				}
			}
		}
		return tx.PutDraft(full)
	})
	b.view(func(tx store.Tx) {
		same(b, "draft", full)(tx.Draft(full.User, full.Key))
		for _, user := range ids() {
			for _, key := range ids() {
				same(b, "draft", store.Draft{User: user, Key: key, Text: user + " and " + key})(tx.Draft(user, key))
			}
		}
	})
	b.update(func(tx store.Tx) error { return tx.DeleteDraft("a", "b") })
	b.update(func(tx store.Tx) error { return tx.DeleteDraft("a", "b") })
	b.update(func(tx store.Tx) error { return tx.DeleteDraft("not", "there") })
	b.view(func(tx store.Tx) {
		gone[store.Draft](b, "deleted")(tx.Draft("a", "b"))
		same(b, "beside it", store.Draft{User: "a", Key: "aa", Text: "a and aa"})(tx.Draft("a", "aa"))
	})
}
