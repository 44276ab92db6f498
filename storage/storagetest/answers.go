package storagetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/interviewbot/interviewbot/bot/store"
)

func answerTests() map[string]func(*bench) {
	return map[string]func(*bench){
		"answers": answers, "answering": answering, "answers of a round": answersOfARound, "practice": practice,
		"chains": chains, "texts of all kinds": texts, "answers before": answersBefore,
	}
}

func addAnswer(tx store.Tx, a store.Answer) store.Answer {
	seq, err := tx.AddAnswer(a)
	if err != nil {
		panic(err)
	}
	a.Seq = seq
	return a
}

func answers(b *bench) {
	full := fill[store.Answer]()
	b.ground(full.Track)
	b.rounds(full.Track, full.Round)
	b.update(func(tx store.Tx) error { full = addAnswer(tx, full); return nil })
	b.refused(store.ErrTaken, func(tx store.Tx) error {
		_, err := tx.AddAnswer(store.Answer{Track: full.Track, Round: full.Round, User: full.User})
		return err
	})
	b.view(func(tx store.Tx) {
		same(b, "by number", full)(tx.Answer(full.Seq))
		same(b, "by round", full)(tx.RoundAnswer(full.Track, full.Round, full.User))
		gone[store.Answer](b, "another number")(tx.Answer(full.Seq + 1))
		gone[store.Answer](b, "number 0")(tx.Answer(0))
		gone[store.Answer](b, "another round")(tx.RoundAnswer(full.Track, full.Round+1, full.User))
		gone[store.Answer](b, "another person")(tx.RoundAnswer(full.Track, full.Round, "x"))
	})
	full.Text, full.Found, full.Edited = "better", []string{"p"}, at(9)
	b.update(func(tx store.Tx) error { return tx.PutAnswer(full) })
	b.view(func(tx store.Tx) { same(b, "changed", full)(tx.Answer(full.Seq)) })
	for what, change := range map[string]func(*store.Answer){
		"another track":  func(a *store.Answer) { a.Track += "x" },
		"another round":  func(a *store.Answer) { a.Round++ },
		"another person": func(a *store.Answer) { a.User += "x" },
		"another chain":  func(a *store.Answer) { a.Prev++ },
	} {
		other := full
		change(&other)
		b.unwanted(what, func(tx store.Tx) error { return tx.PutAnswer(other) })
	}
	full.Seq++
	b.refused(store.ErrNotFound, func(tx store.Tx) error { return tx.PutAnswer(full) })
	b.unwanted("nobody", func(tx store.Tx) error { _, err := tx.AddAnswer(store.Answer{Track: "t", Round: 1}); return err })
}

func answering(b *bench) {
	b.view(func(tx store.Tx) { gone[store.Answering](b, "no track")(tx.Answering("t", 1, "u")) })
	track, round := fill[store.Track](), fill[store.Round]()
	b.spaces(track.Space)
	member, person, answer := fill[store.Member](), fill[store.Person](), fill[store.Answer]()
	track.ID, round.Track, round.No = "t", "t", 1
	member.Track, member.User, person.User = "t", "u", "u"
	answer.Track, answer.Round, answer.User = "t", 1, "u"
	b.update(func(tx store.Tx) error { return tx.AddTrack(track) })
	b.view(func(tx store.Tx) { gone[store.Answering](b, "no round")(tx.Answering("t", 1, "u")) })
	b.update(func(tx store.Tx) error { return tx.AddRound(round) })
	want := store.Answering{Track: track, Round: round}
	b.view(func(tx store.Tx) { same(b, "a newcomer", want)(tx.Answering("t", 1, "u")) })
	b.update(func(tx store.Tx) error { return tx.PutPerson(person) })
	want.Person = &person
	b.view(func(tx store.Tx) { same(b, "a person", want)(tx.Answering("t", 1, "u")) })
	b.update(func(tx store.Tx) error { return tx.PutMember(member) })
	want.Member = &member
	b.view(func(tx store.Tx) { same(b, "a member", want)(tx.Answering("t", 1, "u")) })
	b.update(func(tx store.Tx) error { answer = addAnswer(tx, answer); return nil })
	want.Answer = &answer
	b.view(func(tx store.Tx) {
		same(b, "all", want)(tx.Answering("t", 1, "u"))
		same(b, "another", store.Answering{Track: track, Round: round})(tx.Answering("t", 1, "v"))
		gone[store.Answering](b, "another round")(tx.Answering("t", 2, "u"))
	})
}

func answersOfARound(b *bench) {
	var all []store.Answer
	b.ground("t", "tt")
	b.rounds("t", 1, 2, 258)
	b.rounds("tt", 2)
	b.update(func(tx store.Tx) error {
		all = nil
		for i, user := range ids() {
			all = append(all, addAnswer(tx, store.Answer{Track: "t", Round: 2, User: user, Text: fmt.Sprint(i)}))
			addAnswer(tx, store.Answer{Track: "t", Round: 1, User: user})
			addAnswer(tx, store.Answer{Track: "t", Round: 258, User: user})
			addAnswer(tx, store.Answer{Track: "tt", Round: 2, User: user})
			addAnswer(tx, store.Answer{Round: 2, User: user})
		}
		return nil
	})
	slices.SortFunc(all, by(func(a store.Answer) string { return a.User }))
	b.view(func(tx store.Tx) {
		same(b, "all", all)(tx.RoundAnswers("t", 2, "", 0))
		none[store.Answer](b, "none")(tx.RoundAnswers("t", 3, "", 0))
		same(b, "by fours", all)(pages(b, 4, func(last *store.Answer) ([]store.Answer, error) {
			if last == nil {
				return tx.RoundAnswers("t", 2, "", 4)
			}
			return tx.RoundAnswers("t", 2, last.User, 4)
		}))
	})
}

// In practice a person may answer the same question often.
func practice(b *bench) {
	var first, second store.Answer
	b.update(func(tx store.Tx) error {
		first = addAnswer(tx, store.Answer{User: "u", Question: "q"})
		second = addAnswer(tx, store.Answer{User: "u", Question: "q", Prev: first.Seq})
		return nil
	})
	if second.Seq <= first.Seq {
		b.Errorf("%d after %d", second.Seq, first.Seq)
	}
	b.view(func(tx store.Tx) {
		same(b, "chain", []store.Answer{second, first})(tx.Chain(second.Seq, 0))
		gone[store.Answer](b, "as a round's")(tx.RoundAnswer("", 0, "u"))
	})
}

func chains(b *bench) {
	var all []store.Answer
	b.ground("t")
	b.rounds("t", upTo(20)...)
	b.update(func(tx store.Tx) error {
		all = nil
		prev := uint64(0)
		for i := range 20 {
			a := addAnswer(tx, store.Answer{Track: "t", Round: i + 1, User: "u", Prev: prev})
			addAnswer(tx, store.Answer{Track: "t", Round: i + 1, User: "v"})
			all = slices.Insert(all, 0, a)
			prev = a.Seq
		}
		return nil
	})
	b.view(func(tx store.Tx) {
		same(b, "all", all)(tx.Chain(all[0].Seq, 0))
		same(b, "some", all[5:8])(tx.Chain(all[5].Seq, 3))
		none[store.Answer](b, "none")(tx.Chain(0, 0))
		none[store.Answer](b, "from what is not there")(tx.Chain(1000, 0))
	})
}

func texts(b *bench) {
	all := []string{"", strings.Repeat("x", 3000), strings.Repeat("😀", 1<<18), "\u202eright to left", "zero\u200bwidth", "<!channel> @everyone",
		"<script>alert(1)</script>", "line\r\nline\ttab", "'; drop table answers; --", `{"json": "\u0041"}`, "\x01\x02\x7f"}
	var kept []store.Answer
	b.ground("t")
	b.rounds("t", upTo(len(all))...)
	b.update(func(tx store.Tx) error {
		kept = nil
		for i, text := range all {
			kept = append(kept, addAnswer(tx, store.Answer{Track: "t", Round: i + 1, User: "u", Text: text, Before: text, Name: text}))
		}
		return nil
	})
	b.view(func(tx store.Tx) {
		for i := range all {
			same(b, "answer", kept[i])(tx.RoundAnswer("t", i+1, "u"))
		}
	})
}

// answersBefore compares with a list in memory, while texts come, change and go.
func answersBefore(b *bench) {
	rapid.Check(b, func(r *rapid.T) {
		var all []store.Answer
		b.view(func(tx store.Tx) {
			for seq, last := uint64(1), uint64(0); seq < last+10; seq++ { // there may be gaps
				if a, err := tx.Answer(seq); err == nil {
					all, last = append(all, a), seq
				}
			}
		})
		for range rapid.IntRange(1, 8).Draw(r, "changes") {
			a := store.Answer{User: "u", Sent: at(rapid.IntRange(0, 20).Draw(r, "sent")), Text: rapid.SampledFrom([]string{"", "a", "b"}).Draw(r, "text")}
			if len(all) > 0 && rapid.Bool().Draw(r, "old") {
				i := rapid.IntRange(max(0, len(all)-20), len(all)-1).Draw(r, "which")
				a.Seq = all[i].Seq
				b.update(func(tx store.Tx) error { return tx.PutAnswer(a) })
				all[i] = a
				continue
			}
			b.update(func(tx store.Tx) error { a = addAnswer(tx, a); return nil })
			all = append(all, a)
		}
		before := at(rapid.IntRange(0, 21).Draw(r, "before"))
		after := rapid.Uint64Range(0, all[len(all)-1].Seq+1).Draw(r, "after")
		limit := rapid.IntRange(0, 5).Draw(r, "limit")
		var want []store.Answer
		for _, a := range all {
			if a.Text != "" && a.Sent.Before(before) && a.Seq > after && (limit == 0 || len(want) < limit) {
				want = append(want, a)
			}
		}
		b.view(func(tx store.Tx) { same(b, "before", want)(tx.AnswersBefore(before, after, limit)) })
		if b.Failed() {
			r.FailNow()
		}
	})
	// A purge goes on until none is left.
	for range 1000 {
		left := 0
		b.update(func(tx store.Tx) error {
			some, err := tx.AnswersBefore(at(0).Add(time.Hour), 0, 7)
			left = len(some)
			for _, a := range some {
				a.Text = ""
				if err := tx.PutAnswer(a); err != nil {
					return err
				}
			}
			return err
		})
		if left == 0 {
			return
		}
	}
	b.Error("a purge that does not end")
}
