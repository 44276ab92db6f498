package bot

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"github.com/interviewbot/interviewbot/bot/civil"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
)

// The kinds of tracks.
const (
	kindQuestion = "question"
	kindTip      = "tip"
	kindProject  = "project"
)

const (
	apart  = 6 * time.Hour   // the least distance between two question slots
	inTime = 5 * time.Minute // a post within it is no catching up, whatever the track's window: no tick is at the very instant
)

// slot does what a track's due slot asks for: take it up, or pass it over.
func (b *Bot) slot(ctx context.Context, task store.Task) error {
	err := b.store.Update(ctx, func(tx store.Tx) error {
		t, err := tx.Track(task.Track)
		if errors.Is(err, store.ErrNotFound) {
			return tx.DeleteTask(task.Key)
		}
		if err != nil {
			return err
		}
		if t.State != store.TrackActive {
			return tx.DeleteTask(task.Key)
		}
		return b.takeSlot(tx, t)
	})
	if err != nil {
		return fmt.Errorf("take up the slot of track %s: %w", task.Track, err)
	}
	return nil
}

// takeSlot claims the latest due slot of an active track, or records why it is passed over, and moves the schedule on.
func (b *Bot) takeSlot(tx store.Tx, t store.Track) error {
	now := tx.Now()
	sched, err := civil.Parse(t.Cron, t.Zone)
	if err != nil {
		return fmt.Errorf("schedule of track %s: %w", t.ID, err)
	}
	due, missed, ok := sched.Latest(civil.Slot{Civil: t.LastSlot, At: t.LastAt}, now)
	if !ok {
		return b.schedule(tx, &t, sched)
	}
	for _, s := range missed {
		if err := skipSlot(tx, t.ID, s, "the bot was not running"); err != nil {
			return err
		}
	}
	t.LastSlot, t.LastAt = due.Civil, due.At
	next, _ := sched.Follow(due, now)
	if why := whyNot(&t, due, next, now); why != "" {
		if err := skipSlot(tx, t.ID, due, why); err != nil {
			return err
		}
		if err := b.closeOpen(tx, &t); err != nil {
			return err
		}
		return b.schedule(tx, &t, sched)
	}
	if err := b.claim(tx, &t, due, next.At, false); err != nil && !errors.Is(err, store.ErrTaken) {
		return err
	}
	return b.schedule(tx, &t, sched)
}

func skipSlot(tx store.Tx, track string, s civil.Slot, why string) error {
	err := tx.SkipSlot(store.Skip{Track: track, Slot: s.Civil, At: s.At, Why: why})
	if errors.Is(err, store.ErrTaken) {
		return nil
	}
	return err
}

// whyNot says why a due slot is not taken up, "" when it is. It uses up one "skip next".
func whyNot(t *store.Track, due, next civil.Slot, now time.Time) string {
	date := due.Civil[:10]
	switch {
	case t.Ends != "" && date > t.Ends:
		return "the track has ended"
	case slices.ContainsFunc(t.SkipRanges, func(r store.Range) bool { return r.From <= date && date <= r.To }):
		return "an owner skipped these days"
	case t.SkipNext > 0:
		t.SkipNext--
		return "an owner skipped it"
	case now.Sub(due.At) > max(t.CatchUp, inTime):
		return "the bot was not running, and it was too late to catch up"
	case !next.At.IsZero() && next.At.Sub(now) < next.At.Sub(due.At)/2:
		return "the bot was not running, and the next one was near"
	}
	return ""
}

// closeOpen begins the close of the track's open round when its time is over.
func (b *Bot) closeOpen(tx store.Tx, t *store.Track) error {
	if t.Open == 0 {
		return nil
	}
	r, err := tx.Round(t.ID, t.Open)
	if err != nil {
		return err
	}
	if r.Ends.After(tx.Now()) {
		return nil
	}
	return b.beginClose(tx, t, r)
}

// schedule sets the track's next slot and the task for it, or ends the track when its last day is over.
func (b *Bot) schedule(tx store.Tx, t *store.Track, sched civil.Schedule) error {
	now := tx.Now()
	next, ok := sched.Follow(civil.Slot{Civil: t.LastSlot, At: t.LastAt}, now)
	key := "slot:" + t.ID
	if !ok || (t.Ends != "" && next.Civil[:10] > t.Ends) {
		t.NextSlot, t.NextAt = "", time.Time{}
		if t.State == store.TrackActive {
			t.State, t.Removed = store.TrackEnded, now
			if err := b.closeAtEnd(tx, *t); err != nil {
				return err
			}
			if err := b.tellOwners(tx, t.ID, "The last day of this track has come: nothing more is posted. The restart under tracks begins again."); err != nil {
				return err
			}
		}
		if err := tx.PutTrack(*t); err != nil {
			return err
		}
		return tx.DeleteTask(key)
	}
	t.NextSlot, t.NextAt = next.Civil, next.At
	if err := tx.PutTrack(*t); err != nil {
		return err
	}
	return tx.PutTask(store.Task{Key: key, Kind: "slot", Space: t.Space, Track: t.ID, Arg: t.Channel, Due: next.At, Made: now})
}

// claim takes a slot up: it closes the round before, picks, and fixes all that never changes any more. ErrTaken when the
// slot was taken before. The caller stores the track.
func (b *Bot) claim(tx store.Tx, t *store.Track, s civil.Slot, ends time.Time, manual bool) error {
	now := tx.Now()
	r := store.Round{
		Track: t.ID, No: t.Rounds + 1, Slot: s.Civil, At: s.At, Space: t.Space, Channel: t.Channel, Kind: t.Kind, Manual: manual,
		State: store.Claimed, Owner: b.replica, Lease: now.Add(lease), Claimed: now, Ends: ends, CloseAt: ends.Add(t.CatchUp),
	}
	if ends.IsZero() {
		r.Ends = s.At.Add(24 * time.Hour)
		r.CloseAt = r.Ends
	}
	if err := b.pick(tx, t, &r); err != nil {
		return err
	}
	if err := tx.AddRound(r); err != nil {
		return err
	}
	if t.Open != 0 {
		before, err := tx.Round(t.ID, t.Open)
		if err != nil {
			return err
		}
		if err := b.beginClose(tx, t, before); err != nil {
			return err
		}
	}
	t.Rounds = r.No
	if t.Kind == kindQuestion {
		t.Open = r.No
	}
	return tx.PutTask(store.Task{
		Key: "post:" + roundKey(r.Track, r.No), Kind: "post", Space: r.Space, Track: r.Track, Round: r.No, Arg: r.Channel, Due: now, Made: now,
	})
}

// pick chooses what the round is about and stores it as it is now.
func (b *Bot) pick(tx store.Tx, t *store.Track, r *store.Round) error {
	bank, err := b.bankOf(tx, t.Space)
	if err != nil {
		return err
	}
	deck, err := tx.Deck(t.ID)
	if err != nil {
		return err
	}
	if deck.Used == nil {
		deck = store.Deck{Track: t.ID, Used: map[string]int{}}
	}
	snap, id, err := b.choose(tx, bank, t, r.No, deck)
	if err != nil {
		return err
	}
	if t.Kind == kindQuestion && t.Tips {
		if tip, err := bank.PickTip("", recentIn(deck, "tip."), seed(t.ID, r.No)); err == nil {
			r.Tip = tip.Text
			deck.Used["tip."+tip.ID] = r.No
		}
	}
	r.Question, r.QuestionID = snap.Hash, id
	deck.Used[deckKey(t.Kind, id)] = r.No
	if err := tx.PutDeck(deck); err != nil {
		return err
	}
	return tx.PutSnapshot(snap)
}

// deckKey is where a deck remembers an entry of the kind; questions stand under their plain id.
func deckKey(kind, id string) string {
	if kind == kindQuestion {
		return id
	}
	return kind + "." + id
}

func (b *Bot) choose(tx store.Tx, bank *questions.Bank, t *store.Track, no int, deck store.Deck) (store.Snapshot, string, error) {
	switch t.Kind {
	case kindTip:
		topic := ""
		if len(t.Topics) > 0 {
			topic = t.Topics[no%len(t.Topics)]
		}
		tip, err := bank.PickTip(topic, recentIn(deck, "tip."), seed(t.ID, no))
		if err != nil {
			return store.Snapshot{}, "", err
		}
		return snapshot("tip", tip.ID, []byte(tip.Text)), tip.ID, nil
	case kindProject:
		p, err := bank.PickProject("", recentIn(deck, "project."), seed(t.ID, no))
		if err != nil {
			return store.Snapshot{}, "", err
		}
		return snapshot("project", p.ID, p.Body()), p.ID, nil
	}
	for len(t.Queue) > 0 {
		id := t.Queue[0]
		t.Queue = t.Queue[1:]
		if q, ok := bank.Question(id); ok {
			return snapshot("question", q.ID, q.Body()), q.ID, nil
		}
	}
	w, err := want(tx, bank, *t, no, deck)
	if err != nil {
		return store.Snapshot{}, "", err
	}
	q, left, err := bank.Pick(w)
	if err != nil {
		return store.Snapshot{}, "", err
	}
	if left < 10 && !t.Warned {
		t.Warned = true
		if err := b.tellOwners(tx, t.ID, fmt.Sprintf("Only %s left that this track has not used. After that the ones used longest ago come again; more topics or levels make it last.", plural(left, "question"))); err != nil {
			return store.Snapshot{}, "", err
		}
	}
	return snapshot("question", q.ID, q.Body()), q.ID, nil
}

// want says what the next question of a track should be like.
func want(tx store.Tx, bank *questions.Bank, t store.Track, no int, deck store.Deck) (questions.Want, error) {
	w := questions.Want{
		Topics: t.Topics, Levels: t.Levels, Number: no - t.DeckFrom, Week: 1 + int(tx.Now().Sub(t.Created)/(7*24*time.Hour)),
		Used: map[string]int{}, Avoid: map[string]bool{}, Seed: seed(t.ID, 0),
	}
	for id, at := range deck.Used {
		if at > t.DeckFrom {
			w.Used[id] = at
		}
	}
	if t.Theme != "" && t.ThemeEnds >= tx.Now().In(location(t.Zone)).Format("2006-01-02") {
		w.Theme = t.Theme
	}
	last, err := tx.RoundsBefore(t.ID, 0, 5)
	if err != nil {
		return w, err
	}
	for _, r := range last {
		if q, ok := bank.Question(r.QuestionID); ok {
			w.Recent = append(w.Recent, q.Topic)
		}
	}
	others, err := tx.ChannelTracks(t.Channel)
	if err != nil {
		return w, err
	}
	since := tx.Now().AddDate(0, 0, -30)
	for _, o := range others {
		if o.ID == t.ID || o.Kind != kindQuestion {
			continue
		}
		used, err := tx.RoundsBefore(o.ID, 0, 31)
		if err != nil {
			return w, err
		}
		for _, r := range used {
			if r.At.After(since) {
				w.Avoid[r.QuestionID] = true
			}
		}
	}
	return w, nil
}

// recentIn lists what a deck used under a prefix, the latest first.
func recentIn(d store.Deck, prefix string) []string {
	var ids []string
	for id := range d.Used {
		if len(id) > len(prefix) && id[:len(prefix)] == prefix {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(x, y string) int {
		if d.Used[x] != d.Used[y] {
			return d.Used[y] - d.Used[x]
		}
		if x < y {
			return -1
		}
		return 1
	})
	for i := range ids {
		ids[i] = ids[i][len(prefix):]
	}
	return ids
}

func snapshot(kind, id string, body []byte) store.Snapshot {
	return store.Snapshot{Hash: questions.Hash(append([]byte(kind+"\n"), body...)), ID: id, Body: body}
}

// seed makes picks differ between tracks and rounds, and the same on every replica.
func seed(track string, no int) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s-%d", track, no)
	return h.Sum64()
}
