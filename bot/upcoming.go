package bot

import (
	"context"
	"slices"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/civil"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
)

// What a track will bring, as things stand.

// setUp is what a setup or a change ends with: what will come, and the ways to change it, with a further button.
func (b *Bot) setUp(ctx context.Context, c call, id string, more ...chat.Button) (chat.Response, error) {
	var t store.Track
	var coming []upcoming
	err := b.view(ctx, "read the new track", func(tx store.Tx) (err error) {
		if t, err = tx.Track(id); err != nil {
			return err
		}
		coming, err = b.upcoming(tx, t, 3)
		return err
	})
	if err != nil {
		return chat.Response{}, err
	}
	who, text := chat.InChannel(chat.ChannelID(t.Channel)), chat.T(" gets a "+t.Kind+" "+describe(t)+".")
	if t.Direct {
		who, text = nil, chat.T("You get a "+t.Kind+" here "+describe(t)+".")
	}
	text = chat.Join(text, b.next(t, coming))
	if t.Kind == kindQuestion {
		text = chat.Join(text, chat.T(" Answers are private."))
	}
	summary := text.Plain()
	if who != nil {
		summary = "This channel" + summary
	}
	out := []chat.Block{chat.Paragraph{Text: chat.Join(who, text)}}
	if trouble := b.reach(ctx, t); trouble != "" {
		out = append(out, chat.Paragraph{Text: chat.B(trouble)})
	}
	out = append(out, row(append([]chat.Button{primary(b.button("Post one now", "now", t.ID)), b.button("Change", "edit", t.ID)}, more...)...))
	return reply(message(summary, out...)), nil
}

// next says what comes next, or why nothing does.
func (b *Bot) next(t store.Track, coming []upcoming) chat.Text {
	switch {
	case t.State == store.TrackPaused:
		return chat.T(" It is paused: nothing is posted until " + b.typed(chat.SpaceID(t.Space)) + "tracks resume.")
	case len(coming) == 0:
		return chat.T(" Nothing more comes: its last day is over. " + b.typed(chat.SpaceID(t.Space)) + "tracks end off goes on.")
	}
	text, before := chat.Text{}, " Next: "
	for _, u := range coming {
		what := " “" + clip(u.title, 70) + "”"
		if u.skip != "" {
			what = " (skipped)"
		}
		text = chat.Join(text, chat.T(before), chat.At(u.at, chat.DateShort, location(t.Zone)), chat.T(what))
		before = ", "
	}
	return chat.Join(text, chat.T("."))
}

// reachFor is how long who sets up is kept waiting for the platform to say whether the bot can post.
const reachFor = time.Second

// reach is what keeps the bot from posting where it was set up, "" when nothing does or nobody can tell.
func (b *Bot) reach(ctx context.Context, t store.Track) string {
	p, err := b.platform(t.Channel)
	if err != nil || t.Direct {
		return "" // it is set up all the same
	}
	r, ok := p.(chat.Reacher)
	if !ok {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, reachFor)
	defer cancel()
	return r.Reach(ctx, chat.ChannelID(t.Channel))
}

// upcoming is a slot with what it would bring as things stand.
type upcoming struct {
	at    time.Time
	civil string
	title string
	skip  string // why it is passed over
}

// upcoming looks ahead without changing anything; a track that has stopped has nothing to come.
func (b *Bot) upcoming(tx store.Tx, t store.Track, n int) ([]upcoming, error) {
	if t.State != store.TrackActive {
		return nil, nil
	}
	sched, err := civil.Parse(t.Cron, t.Zone)
	if err != nil {
		return nil, err
	}
	deck, err := tx.Deck(t.ID)
	if err != nil {
		return nil, err
	}
	bank, err := b.bankOf(tx, t.Space)
	if err != nil {
		return nil, err
	}
	used := map[string]int{}
	for k, v := range deck.Used {
		used[k] = v
	}
	deck.Used = used
	t.Warned, t.Queue = true, slices.Clone(t.Queue)
	var out []upcoming
	slot := civil.Slot{Civil: t.LastSlot, At: t.LastAt}
	no := t.Rounds
	for len(out) < n {
		next, ok := sched.Follow(slot, tx.Now())
		if !ok || (t.Ends != "" && next.Civil[:10] > t.Ends) {
			break
		}
		slot = next
		u := upcoming{at: next.At, civil: next.Civil}
		if u.skip = whyNot(&t, next, civil.Slot{}, next.At); u.skip == "" {
			no++
			snap, id, err := b.choose(tx, bank, &t, no, deck)
			if err != nil {
				return nil, err
			}
			deck.Used[deckKey(t.Kind, id)] = no
			u.title = titleOf(t.Kind, snap)
		}
		out = append(out, u)
	}
	return out, nil
}

func titleOf(kind string, s store.Snapshot) string {
	switch kind {
	case kindQuestion:
		if q, err := questions.Read(s.Body); err == nil {
			return q.Title
		}
	case kindProject:
		if p, err := questions.ReadProject(s.Body); err == nil {
			return p.Title
		}
	}
	return string(s.Body)
}

// describe is a track's schedule in words.
func describe(t store.Track) string {
	s, err := civil.Parse(t.Cron, t.Zone)
	if err != nil {
		return t.Cron + " " + t.Zone
	}
	return s.Describe()
}
