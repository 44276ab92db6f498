package bot

import (
	"errors"
	"fmt"
	"strings"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
)

// The deed of the table in tracks.go by which an owner says that nobody missed a round.

// protectRound: an owner says that nobody missed the open or the last closed round, with a reason that everyone sees.
func (b *Bot) protectRound(tx store.Tx, c call, t *store.Track, reason string) (string, error) {
	rest, closed := cutWord(reason, "last")
	if reason = clip(rest, 120); reason == "" {
		return "", sorry("Please give a reason that everyone may see, like this: tracks protect public holiday. For the round before the open one: tracks protect last public holiday.")
	}
	if t.Open != 0 && !closed {
		r, err := tx.Round(t.ID, t.Open)
		if err != nil {
			return "", err
		}
		r.Protected = reason
		task := store.Task{Key: "refresh:" + roundKey(r.Track, r.No), Kind: "refresh", Space: r.Space, Track: r.Track, Round: r.No, Arg: r.Channel, Due: tx.Now(), Made: tx.Now()}
		return "Nobody will miss the open round. Answers count as ever.", errors.Join(tx.PutRound(r), tx.PutTask(task))
	}
	last, err := tx.RoundsBefore(t.ID, t.Open, 1) // of all when none is open
	if err != nil {
		return "", err
	}
	if len(last) == 0 || last[0].State != store.Closed || !posted(last[0]) {
		return "", sorry("There is no round to protect yet, or it is just closing; try again in a minute.")
	}
	r := last[0]
	if r.Protected != "" {
		return "It is protected already.", nil
	}
	r.Protected = reason
	if err := tx.PutRound(r); err != nil {
		return "", err
	}
	n, err := protectMembers(tx, *t, r.No, reason)
	if err != nil {
		return "", err
	}
	if err := protectGroup(tx, t, r.No, reason); err != nil {
		return "", err
	}
	task := store.Task{Key: "reveal:" + roundKey(r.Track, r.No), Kind: "reveal", Space: r.Space, Track: r.Track, Round: r.No, Arg: r.Channel, Due: tx.Now(), Made: tx.Now()}
	return fmt.Sprintf("Protected: %s did not miss it after all.", plural(n, "member")), tx.PutTask(task)
}

// cutWord takes a first word off a text, whatever its case.
func cutWord(s, word string) (rest string, found bool) {
	first, rest, _ := strings.Cut(s, " ")
	if !strings.EqualFold(first, word) {
		return s, false
	}
	return strings.TrimSpace(rest), true
}

// protectMembers replaces missed and frozen lines of a round; a freeze that was used comes back.
func protectMembers(tx store.Tx, t store.Track, no int, reason string) (n int, err error) {
	members, err := tx.Members(t.ID, "", 0)
	if err != nil {
		return 0, err
	}
	for _, m := range members {
		if m.Closed < no {
			continue
		}
		lines, err := ledger(tx, t.ID, m.User)
		if err != nil {
			return n, err
		}
		line, ok := streak.Protect(lines, no, tx.Now(), reason)
		if !ok {
			continue
		}
		if err := correct(tx, m, lines, line); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func protectGroup(tx store.Tx, t *store.Track, no int, reason string) error {
	lines, err := ledger(tx, t.ID, "")
	if err != nil {
		return err
	}
	line, ok := streak.Protect(lines, no, tx.Now(), reason)
	if !ok {
		return nil
	}
	t.Group = streak.ReplayGroup(append(lines, line))
	return tx.AddLine(t.ID, "", line)
}
