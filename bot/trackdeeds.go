package bot

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/civil"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
)

// The deeds of the table in tracks.go. Each changes the track it is given; the caller stores it.

func (b *Bot) pauseTrack(tx store.Tx, _ call, t *store.Track, _ string) (string, error) {
	if t.State != store.TrackActive {
		return "It is not running.", nil
	}
	t.State = store.TrackPaused
	return "Paused: nothing is posted until you resume. The open round closes at its end, and rounds that do not happen are missed by nobody.", b.closeAtEnd(tx, *t)
}

// closeAtEnd makes the open round close at its end, for no later round will close it.
func (b *Bot) closeAtEnd(tx store.Tx, t store.Track) error {
	if t.Open == 0 {
		return nil
	}
	r, err := tx.Round(t.ID, t.Open)
	if err != nil {
		return err
	}
	r.CloseAt = r.Ends
	return errors.Join(tx.PutRound(r), b.closeTask(tx, r))
}

func (b *Bot) resumeTrack(tx store.Tx, _ call, t *store.Track, _ string) (string, error) {
	if t.State == store.TrackActive {
		return "It is running.", nil
	}
	goOn(t, tx.Now())
	sched, err := civil.Parse(t.Cron, t.Zone)
	if err != nil {
		return "", err
	}
	next, _ := sched.Follow(civil.Slot{Civil: t.LastSlot, At: t.LastAt}, tx.Now())
	if t.Ends != "" && t.Ends < next.Civil[:10] { // it would end at once
		t.Ends = ""
	}
	return "It goes on " + describe(*t) + "; next on " + next.Civil[:10] + ".", nil
}

func today(t store.Track, now time.Time) string { return now.In(location(t.Zone)).Format("2006-01-02") }

func (b *Bot) skipTrack(tx store.Tx, _ call, t *store.Track, value string) (string, error) {
	if strings.EqualFold(value, "off") {
		t.SkipNext, t.SkipRanges = 0, nil
		return "Nothing is skipped any more.", nil
	}
	if value == "" {
		t.SkipNext++
		if t.SkipNext > 30 {
			return "", sorry("30 posts are skipped already; pausing the track says it better.")
		}
		return fmt.Sprintf("The next %s will be skipped. tracks skip off takes that back.", pluralOr(t.SkipNext, "post")), nil
	}
	from, to, both := strings.Cut(strings.ReplaceAll(value, " to ", ".."), "..")
	if !both {
		from, to, both = strings.Cut(value, " ")
	}
	if !both {
		to = from
	}
	from, to = strings.TrimSpace(from), strings.TrimSpace(to)
	f, err1 := time.Parse("2006-01-02", from)
	e, err2 := time.Parse("2006-01-02", to)
	switch {
	case err1 != nil || err2 != nil:
		return "", sorry("Please write the dates like this: tracks skip 2026-12-24..2027-01-02.")
	case e.Before(f):
		return "", sorry("The last of these days is before the first.")
	case to < today(*t, tx.Now()):
		return "", sorry("Those days are over.")
	case e.Sub(f) > 366*24*time.Hour:
		return "", sorry("At most a year can be skipped; pausing the track says it better.")
	}
	t.SkipRanges = slices.DeleteFunc(t.SkipRanges, func(r store.Range) bool { return r.To < today(*t, tx.Now()) })
	if len(t.SkipRanges) >= 20 {
		return "", sorry("20 spans are skipped already. tracks skip off begins anew.")
	}
	t.SkipRanges = append(t.SkipRanges, store.Range{From: from, To: to})
	return "No posts from " + from + " to " + to + ". Nobody misses a day that has no post.", nil
}

func pluralOr(n int, one string) string {
	if n == 1 {
		return one
	}
	return plural(n, one)
}

func (b *Bot) queueNext(tx store.Tx, _ call, t *store.Track, id string) (string, error) {
	if t.Kind != kindQuestion {
		return "", sorry("Only question tracks have a next question to choose.")
	}
	id = strings.ToLower(strings.TrimSpace(id))
	bank, err := b.bankOf(tx, t.Space)
	if err != nil {
		return "", err
	}
	q, ok := bank.Question(id)
	if !ok {
		return "", noQuestion(bank, id)
	}
	if len(t.Queue) >= 50 {
		return "", sorry("50 questions are waiting already.")
	}
	t.Queue = append(t.Queue, q.ID)
	return fmt.Sprintf("“%s” comes next%s.", q.Title, map[bool]string{true: fmt.Sprintf(", after %s chosen before", plural(len(t.Queue)-1, "question"))}[len(t.Queue) > 1]), nil
}

// noQuestion helps to find an id: by a word of it or of the title, or by the nearest one.
func noQuestion(bank *questions.Bank, id string) error {
	const how = "A word of its title lists the ids that go with it, like this: tracks next cache."
	if id == "" {
		return sorry("Please name a question by its id. " + how)
	}
	var with, all []string
	for _, c := range completeQuestions(bank, id) {
		with = append(with, c.Value)
	}
	if len(with) > 0 {
		return sorryf("There is no question %q. These have it in their id or title: %s.", clip(id, 60), strings.Join(with[:min(len(with), 10)], ", "))
	}
	for _, q := range bank.Questions() {
		all = append(all, q.ID)
	}
	if near := chat.Nearest(id, all); near != "" {
		return sorryf("There is no question %q. Did you mean %q?", clip(id, 60), near)
	}
	return sorryf("There is no question %q. %s", clip(id, 60), how)
}

func (b *Bot) themeTrack(tx store.Tx, _ call, t *store.Track, value string) (string, error) {
	if strings.EqualFold(value, "off") {
		t.Theme, t.ThemeEnds = "", ""
		return "No theme any more.", nil
	}
	words := strings.Fields(strings.ReplaceAll(value, " until ", " "))
	if len(words) < 2 {
		return "", sorry("Please write the topic and the last day, like this: tracks theme caching until 2026-12-31.")
	}
	end := words[len(words)-1]
	if _, err := time.Parse("2006-01-02", end); err != nil || end < today(*t, tx.Now()) {
		return "", sorry("Please end with a day to come, like this: tracks theme caching until 2026-12-31.")
	}
	id, near := b.topicOf(strings.Join(words[:len(words)-1], " "))
	if id == "" && near != "" {
		return "", sorryf("There is no such topic. Did you mean %q?", near)
	}
	if id == "" {
		return "", sorry("There is no such topic. " + b.typed(chat.SpaceID(t.Space)) + "help topics shows all.")
	}
	t.Theme, t.ThemeEnds = id, end
	return fmt.Sprintf("%s comes first until %s.", b.topicTitle(id), end), nil
}

// postNow makes a slot of this civil minute that ends at the first scheduled slot at least six hours away. A round that
// is open closes before its time, so nobody misses it.
func (b *Bot) postNow(tx store.Tx, _ call, t *store.Track, _ string) (string, error) {
	if t.State != store.TrackActive {
		return "", sorry("The track is not running. tracks resume goes on with it.")
	}
	now := tx.Now()
	sched, err := civil.Parse(t.Cron, t.Zone)
	if err != nil {
		return "", err
	}
	if last, err := tx.RoundsBefore(t.ID, 0, 1); err != nil {
		return "", err
	} else if len(last) > 0 && now.Sub(last[0].Claimed) < 10*time.Minute {
		return "", sorry("One was posted within the last ten minutes. tracks swap changes the question of the open round.")
	}
	slot := civil.Slot{Civil: now.In(location(t.Zone)).Format("2006-01-02T15:04"), At: now.Truncate(time.Minute)}
	end, ok := sched.After(now.Add(apart))
	if !ok {
		end.At = now.Add(24 * time.Hour)
	}
	if err := b.claim(tx, t, slot, end.At, true); err != nil {
		if errors.Is(err, store.ErrTaken) {
			return "", sorry("This minute has a post already.")
		}
		return "", err
	}
	if slot.Civil > t.LastSlot {
		t.LastSlot = slot.Civil
	}
	t.LastAt = now
	skipUntil(t, sched, end)
	return "It is on its way to the channel.", nil
}

// skipUntil moves the schedule on to the slot at which a manual round ends.
func skipUntil(t *store.Track, sched civil.Schedule, end civil.Slot) {
	for _, s := range sched.Between(t.LastAt, end.At.Add(-time.Second), 100) {
		t.LastSlot, t.LastAt = s.Civil, s.At
	}
}

// swapQuestion gives the open round another question. Answers keep the question they were given to.
func (b *Bot) swapQuestion(tx store.Tx, _ call, t *store.Track, id string) (string, error) {
	if t.Open == 0 {
		return "", sorry("No round is open.")
	}
	r, err := tx.Round(t.ID, t.Open)
	if err != nil {
		return "", err
	}
	if r.State != store.Open || len(r.Swapped) >= 5 {
		return "", sorry("This round's question cannot be changed now.")
	}
	if id != "" {
		if _, err := b.queueNext(tx, call{}, t, id); err != nil {
			return "", err
		}
		t.Queue = append([]string{t.Queue[len(t.Queue)-1]}, t.Queue[:len(t.Queue)-1]...)
	}
	r.Swapped = append(r.Swapped, r.Question)
	tip := r.Tip
	tips := t.Tips
	t.Tips = false
	err = b.pick(tx, t, &r)
	t.Tips, r.Tip = tips, tip
	if err != nil {
		return "", err
	}
	s, err := tx.Snapshot(r.Question)
	if err != nil {
		return "", err
	}
	q, err := questions.Read(s.Body)
	if err != nil {
		return "", err
	}
	key := roundKey(r.Track, r.No)
	task := store.Task{Key: "refresh:" + key, Kind: "refresh", Space: r.Space, Track: r.Track, Round: r.No, Arg: r.Channel, Due: tx.Now(), Made: tx.Now()}
	return "The round's question is now “" + q.Title + "”. Answers so far still count.", errors.Join(tx.PutRound(r), tx.PutTask(task))
}

func (b *Bot) endTrack(tx store.Tx, _ call, t *store.Track, value string) (string, error) {
	say := "The last post is on " + value + "."
	if strings.EqualFold(value, "off") {
		value, say = "", "It has no last day any more."
	} else if _, err := time.Parse(time.DateOnly, value); err != nil || value < today(*t, tx.Now()) {
		return "", sorry("Please give a day to come, like this: tracks end 2026-12-31.")
	}
	t.Ends = value
	if t.State == store.TrackEnded { // one that is paused stays so
		goOn(t, tx.Now())
	}
	return say, nil
}

// goOn makes a track active again from now on: what fell due meanwhile is over.
func goOn(t *store.Track, now time.Time) {
	if t.State != store.TrackActive {
		t.State, t.LastAt, t.Removed = store.TrackActive, now, time.Time{}
	}
}

func (b *Bot) restartTrack(tx store.Tx, _ call, t *store.Track, _ string) (string, error) {
	t.DeckFrom, t.Warned, t.Ends = t.Rounds, false, ""
	goOn(t, tx.Now())
	return "The deck is fresh: every question can come again. Streaks go on.", nil
}

func (b *Bot) removeTrack(tx store.Tx, _ call, t *store.Track, _ string) (string, error) {
	t.State, t.Removed = store.TrackRemoved, tx.Now()
	return "Removed: nothing more is posted. The open round closes now, and nobody misses it. It can be brought back for a day.", b.closeEarly(tx, t)
}

// closeEarly closes the open round at once.
func (b *Bot) closeEarly(tx store.Tx, t *store.Track) error {
	if t.Open == 0 {
		return nil
	}
	r, err := tx.Round(t.ID, t.Open)
	if err != nil {
		return err
	}
	return b.beginClose(tx, t, r)
}

func (b *Bot) undoRemove(tx store.Tx, _ call, t *store.Track, _ string) (string, error) {
	if t.State != store.TrackRemoved {
		return "It is there.", nil
	}
	if tx.Now().Sub(t.Removed) > 24*time.Hour {
		return "", sorry("It was removed more than a day ago. setup makes a new one.")
	}
	goOn(t, tx.Now())
	return "It is back: it goes on " + describe(*t) + ".", nil
}

func (b *Bot) setQuorum(_ store.Tx, _ call, t *store.Track, value string) (string, error) {
	n, err := number(value, 10, 100, "tracks quorum 50")
	if err == nil {
		t.Quorum = n
	}
	return fmt.Sprintf("The group keeps its streak when %d %% of its counted members answer, and at least two.", n), err
}

func (b *Bot) setCatchUp(_ store.Tx, _ call, t *store.Track, value string) (string, error) {
	n, err := number(value, 0, 12, "tracks catchup 4")
	if err == nil {
		t.CatchUp = time.Duration(n) * time.Hour
	}
	return fmt.Sprintf("A post may come up to %s late after a break of mine.", plural(n, "hour")), err
}

func (b *Bot) setKeep(_ store.Tx, _ call, t *store.Track, value string) (string, error) {
	n, err := number(value, 30, 3650, "tracks keep 365")
	if err == nil {
		t.Keep = n
	}
	return fmt.Sprintf("Answer texts are deleted after %s; that people answered stays.", plural(n, "day")), err
}

func number(value string, low, high int, example string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(value, "%")))
	if err != nil || n < low || n > high {
		return 0, sorryf("Please give a number from %d to %d, like this: %s.", low, high, example)
	}
	return n, nil
}
