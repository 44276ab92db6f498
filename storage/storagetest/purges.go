package storagetest

import (
	"errors"
	"fmt"

	"github.com/interviewbot/interviewbot/bot/store"
)

func purgeTests() map[string]func(*bench) {
	return map[string]func(*bench){
		"space": purgeSpace, "space that is not there": purgeNothing, "person": purgePerson, "person who came back": purgeTwice,
	}
}

// furnish makes a space with two tracks, three people, and everything that can hang on them.
func furnish(tx store.Tx, space string) error {
	err := errors.Join(tx.PutSpace(store.Space{ID: space}), tx.PutValue(space, "k", []byte("v")), tx.PutValue(space, "l", []byte("v")),
		tx.PutTask(store.Task{Key: space + "-task", Space: space, Due: at(1)}), tx.PutTask(store.Task{Key: space + "-task2", Space: space, Due: at(2)}))
	for _, track := range []string{space + "1", space + "2"} {
		err = errors.Join(err, tx.AddTrack(store.Track{ID: track, Space: space, Channel: "channel of " + space}),
			tx.PutDeck(store.Deck{Track: track, Used: map[string]int{"q": 1}}),
			tx.SkipSlot(store.Skip{Track: track, Slot: "skipped"}), tx.AddLine(track, "", store.Line{Round: 1}))
		for no := 1; no <= 3; no++ {
			err = errors.Join(err, tx.AddRound(store.Round{Track: track, Space: space, No: no, Slot: fmt.Sprint(no)}))
		}
	}
	for _, name := range []string{"-ann", "-bob", "-cy"} {
		err = errors.Join(err, furnishPerson(tx, space, space+name))
	}
	return err
}

func furnishPerson(tx store.Tx, space, user string) error {
	var all error
	practice := uint64(0)
	for range 3 {
		practice = addAnswer(tx, store.Answer{User: user, Space: space, Text: "practice", Sent: at(1), Prev: practice}).Seq
	}
	all = errors.Join(all, tx.PutPerson(store.Person{User: user, Space: space, Name: user, Practice: practice}),
		tx.PutDraft(store.Draft{User: user, Key: "k", Text: "draft"}), tx.PutTask(store.Task{Key: "notify " + user, User: user, Due: at(3)}))
	for _, track := range []string{space + "1", space + "2"} {
		head := uint64(0)
		for no := 1; no <= 3; no++ {
			head = addAnswer(tx, store.Answer{Track: track, Round: no, User: user, Space: space, Name: user, Text: "text", Sent: at(no), Prev: head}).Seq
			all = errors.Join(all, tx.AddLine(track, user, store.Line{Round: no}))
		}
		member := store.Member{Track: track, User: user, Space: space, Name: user, Head: head, Closed: 3}
		member.Streak.Total = 3
		all = errors.Join(all, tx.PutMember(member))
	}
	return all
}

// emptied counts what is left of a furnished space.
func emptied(tx store.Tx, space string) (left []string) {
	look := func(what string, found bool) {
		if found {
			left = append(left, what)
		}
	}
	there := func(err error) bool { return !errors.Is(err, store.ErrNotFound) }
	_, err := tx.Space(space)
	look("space", there(err))
	spaceTracks, _ := tx.SpaceTracks(space)
	look("tracks of the space", len(spaceTracks) > 0)
	channelTracks, _ := tx.ChannelTracks("channel of " + space)
	look("tracks of the channel", len(channelTracks) > 0)
	kept, _ := tx.ListValues(space, "")
	look("values", len(kept) > 0)
	_, err = tx.Task(space + "-task")
	look("task", there(err))
	for _, track := range []string{space + "1", space + "2"} {
		_, err = tx.Track(track)
		look("track", there(err))
		all, _ := tx.RoundsBefore(track, 0, 0)
		look("rounds", len(all) > 0)
		skipped, _ := tx.Skips(track, 0)
		look("skips", len(skipped) > 0)
		deck, _ := tx.Deck(track)
		look("deck", len(deck.Used) > 0)
		lines, _ := tx.Lines(track, "", 0, 0)
		look("the group's lines", len(lines) > 0)
		some, _ := tx.Members(track, "", 0)
		look("members", len(some) > 0)
		for no := 1; no <= 3; no++ {
			given, _ := tx.RoundAnswers(track, no, "", 0)
			look("answers", len(given) > 0)
		}
	}
	for _, user := range []string{space + "-ann", space + "-bob", space + "-cy"} {
		left = append(left, traces(tx, space, user)...)
	}
	return left
}

// traces lists what is left of a person.
func traces(tx store.Tx, space, user string) (left []string) {
	look := func(what string, found bool) {
		if found {
			left = append(left, what+" of "+user)
		}
	}
	_, err := tx.Person(user)
	look("person", !errors.Is(err, store.ErrNotFound))
	_, err = tx.Draft(user, "k")
	look("draft", !errors.Is(err, store.ErrNotFound))
	in, _ := tx.Memberships(user)
	look("memberships", len(in) > 0)
	for _, track := range []string{space + "1", space + "2"} {
		lines, _ := tx.Lines(track, user, 0, 0)
		look("lines", len(lines) > 0)
		for no := 1; no <= 3; no++ {
			_, err := tx.RoundAnswer(track, no, user)
			look("answer", !errors.Is(err, store.ErrNotFound))
		}
	}
	old, err := tx.AnswersBefore(at(1e6), 0, 0)
	look(fmt.Sprintf("texts (%v)", err), err != nil)
	for _, a := range old {
		look("text", a.User == user)
	}
	return left
}

// purge repeats a purge until it is done, and checks that no step takes more than it may: one more step than records.
func (b *bench) purge(limit int, step func(tx store.Tx) (bool, error)) (steps int) {
	b.Helper()
	for more := true; more; steps++ {
		b.update(func(tx store.Tx) (err error) { more, err = step(tx); return err })
		if steps > 1000 {
			b.Fatal("a purge that does not end")
		}
	}
	return steps
}

func purgeSpace(b *bench) {
	for _, limit := range []int{1, 3, 7, 1000, 0} {
		b.update(func(tx store.Tx) error { return errors.Join(furnish(tx, "s"), furnish(tx, "s2")) })
		steps := b.purge(limit, func(tx store.Tx) (bool, error) { return tx.PurgeSpace("s", limit) })
		// 2 tracks with deck, skip, line, 3 rounds; 3 people with 3+6 answers, draft, 2 memberships, 6 lines; 2 values, 2 tasks; 1
		const records = 2*(1+1+1+1+3) + 3*(1+9+1+2+6) + 2 + 2 + 1
		if limit > 0 && limit < 10 && steps < records/limit*9/10 {
			b.Errorf("%d steps of at most %d for %d records", steps, limit, records)
		}
		b.view(func(tx store.Tx) {
			if left := emptied(tx, "s"); len(left) > 0 {
				b.Errorf("limit %d: left of the purged: %v", limit, left)
			}
			if left := emptied(tx, "s2"); len(left) < 30 {
				b.Errorf("limit %d: left of the other: %v", limit, left)
			}
		})
		b.purge(0, func(tx store.Tx) (bool, error) {
			if _, err := tx.PurgeSpace("s2", 0); err != nil {
				return false, err
			}
			for _, user := range []string{"s-ann", "s-bob", "s-cy", "s2-ann", "s2-bob", "s2-cy"} {
				if err := tx.DeleteTask("notify " + user); err != nil {
					return false, err
				}
			}
			return false, nil
		})
	}
	b.unwanted("no space", func(tx store.Tx) error { _, err := tx.PurgeSpace("", 0); return err })
}

func purgeNothing(b *bench) {
	b.update(func(tx store.Tx) error {
		spaceMore, err := tx.PurgeSpace("none", 1)
		personMore, err2 := tx.PurgePerson("nobody", "nameless", 1)
		if spaceMore || personMore {
			b.Error("more of nothing")
		}
		return errors.Join(err, err2)
	})
}

func purgePerson(b *bench) {
	for i, limit := range []int{1, 4, 0} {
		space := fmt.Sprintf("s%d-", i)
		user, nameless := space+"-ann", space+"nameless"
		b.update(func(tx store.Tx) error {
			if err := furnish(tx, space); err != nil {
				return err
			}
			// Who answered without being counted is no member yet.
			addAnswer(tx, store.Answer{Track: space + "1", Round: 3, User: space + "-dora", Text: "text"})
			return errors.Join(tx.PutPerson(store.Person{User: space + "-dora", Space: space}))
		})
		b.purge(limit, func(tx store.Tx) (bool, error) { return tx.PurgePerson(user, nameless, limit) })
		b.purge(limit, func(tx store.Tx) (bool, error) { return tx.PurgePerson(space+"-dora", nameless+"2", limit) })
		b.view(func(tx store.Tx) {
			if left := append(traces(tx, space, user), traces(tx, space, space+"-dora")...); len(left) > 0 {
				b.Errorf("limit %d: left of the person: %v", limit, left)
			}
			gone[store.Task](b, "task")(tx.Task("notify " + user))
			if left := traces(tx, space, space+"-bob"); len(left) < 10 {
				b.Errorf("limit %d: left of another: %v", limit, left)
			}
			for _, track := range []string{space + "1", space + "2"} {
				m, err := tx.Member(track, nameless)
				if err != nil || m.Name != "" || m.Closed != 3 || m.Streak.Total != 3 {
					b.Errorf("limit %d: the member is %+v, %v", limit, m, err)
				}
				lines, err := tx.Lines(track, nameless, 0, 0)
				if err != nil || len(lines) != 3 || lines[0].No != 3 || lines[0].Round != 3 || lines[2].Round != 1 {
					b.Errorf("limit %d: the ledger is %+v, %v", limit, lines, err)
				}
			}
		})
	}
	b.unwanted("nobody", func(tx store.Tx) error { _, err := tx.PurgePerson("", "n", 0); return err })
	b.unwanted("no new name", func(tx store.Tx) error { _, err := tx.PurgePerson("u", "", 0); return err })
	b.unwanted("the same name", func(tx store.Tx) error { _, err := tx.PurgePerson("u", "u", 0); return err })
}

// Somebody may come back and go again, with another nameless identifier.
func purgeTwice(b *bench) {
	b.update(func(tx store.Tx) error { return furnish(tx, "s") })
	b.purge(2, func(tx store.Tx) (bool, error) { return tx.PurgePerson("s-ann", "first", 2) })
	b.update(func(tx store.Tx) error { return furnishPerson(tx, "s", "s-ann") })
	b.purge(2, func(tx store.Tx) (bool, error) { return tx.PurgePerson("s-ann", "second", 2) })
	b.view(func(tx store.Tx) {
		if left := traces(tx, "s", "s-ann"); len(left) > 0 {
			b.Errorf("left: %v", left)
		}
		for _, who := range []string{"first", "second"} {
			if lines, err := tx.Lines("s1", who, 0, 0); err != nil || len(lines) != 3 {
				b.Errorf("%s: %+v, %v", who, lines, err)
			}
		}
	})
}
