package storagetest

import (
	"slices"

	"github.com/interviewbot/interviewbot/bot/store"
)

func memberTests() map[string]func(*bench) {
	return map[string]func(*bench){"members": members, "lists of members": listsOfMembers, "ledgers": ledgers}
}

func members(b *bench) {
	full := fill[store.Member]()
	b.ground(full.Track)
	b.view(func(tx store.Tx) { gone[store.Member](b, "before")(tx.Member(full.Track, full.User)) })
	b.update(func(tx store.Tx) error { return tx.PutMember(full) })
	b.view(func(tx store.Tx) { same(b, "member", full)(tx.Member(full.Track, full.User)) })
	changed := store.Member{Track: full.Track, User: full.User, Head: 1 << 40}
	b.update(func(tx store.Tx) error { return tx.PutMember(changed) })
	b.view(func(tx store.Tx) {
		same(b, "replaced", changed)(tx.Member(full.Track, full.User))
		same(b, "once", []store.Member{changed})(tx.Memberships(full.User))
		gone[store.Member](b, "of another track")(tx.Member("x", full.User))
	})
	b.unwanted("no track", func(tx store.Tx) error { return tx.PutMember(store.Member{User: "u"}) })
	b.unwanted("nobody", func(tx store.Tx) error { return tx.PutMember(store.Member{Track: "t"}) })
}

func listsOfMembers(b *bench) {
	b.ground(ids()...)
	b.update(func(tx store.Tx) error {
		for _, track := range ids() {
			for _, user := range ids() {
				m := store.Member{Track: track, User: user}
				if user == "ab" {
					m.Left = at(1)
				}
				if err := tx.PutMember(m); err != nil {
					return err
				}
			}
		}
		return nil
	})
	member := func(track, user string) store.Member {
		m := store.Member{Track: track, User: user}
		if user == "ab" {
			m.Left = at(1)
		}
		return m
	}
	b.view(func(tx store.Tx) {
		for _, id := range ids() {
			var ofTrack, ofUser []store.Member
			for _, other := range sortedIDs() {
				ofTrack = append(ofTrack, member(id, other))
				ofUser = append(ofUser, member(other, id))
			}
			same(b, "of track "+id, ofTrack)(tx.Members(id, "", 0))
			same(b, "of person "+id, ofUser)(tx.Memberships(id))
			same(b, "by fives", ofTrack)(pages(b, 5, func(last *store.Member) ([]store.Member, error) {
				if last == nil {
					return tx.Members(id, "", 5)
				}
				return tx.Members(id, last.User, 5)
			}))
		}
		none[store.Member](b, "none")(tx.Members("none", "", 0))
		none[store.Member](b, "none")(tx.Memberships("none"))
	})
}

func ledgers(b *bench) {
	const n = 300
	b.ground("t", "tu", "tt")
	full := fill[store.Line]()
	var all []store.Entry
	b.update(func(tx store.Tx) error {
		all = nil
		for i := range n {
			l := full
			l.Round = i/2 + 1 // a round may have several lines
			if err := tx.AddLine("t", "u", l); err != nil {
				return err
			}
			all = append(all, store.Entry{No: i + 1, Line: l})
			if i%50 == 0 {
				for _, whose := range [][2]string{{"t", ""}, {"t", "uu"}, {"t", "u "}, {"tu", ""}, {"tt", "u"}} {
					if err := tx.AddLine(whose[0], whose[1], store.Line{Round: i + 1}); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	slices.Reverse(all)
	b.view(func(tx store.Tx) {
		same(b, "all", all)(tx.Lines("t", "u", 0, 0))
		same(b, "the last", all[:1])(tx.Lines("t", "u", 0, 1))
		same(b, "before one", all[n-256+1:n-256+4])(tx.Lines("t", "u", 256, 3))
		none[store.Entry](b, "the last of nobody")(tx.Lines("t", "x", 0, 1))
		none[store.Entry](b, "before the first")(tx.Lines("t", "u", 1, 3))
		none[store.Entry](b, "of nobody")(tx.Lines("t", "x", 0, 0))
		group, err := tx.Lines("t", "", 0, 0)
		if err != nil || len(group) != n/50 || group[0].No != n/50 || group[0].Round != n-49 {
			b.Errorf("the group's: %+v, %v", group, err)
		}
	})
	// The last is the last also among what the Update has written.
	b.update(func(tx store.Tx) error {
		for no := n + 1; no <= n+3; no++ {
			last, err := tx.Lines("t", "u", 0, 1)
			if err != nil || len(last) != 1 || last[0].No != no-1 {
				b.Errorf("the last is %+v, not %d, %v", last, no-1, err)
			}
			if err := tx.AddLine("t", "u", full); err != nil {
				return err
			}
		}
		return nil
	})
	b.view(func(tx store.Tx) {
		same(b, "the last", []store.Entry{{No: n + 3, Line: full}})(tx.Lines("t", "u", 0, 1))
	})
}
