package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/civil"
	"github.com/interviewbot/interviewbot/bot/store"
)

// What the owners of a track can do with it (RULES.md, section 1).

// trackDeed is one thing to do with a track: it changes the record, and says what it did. The track is stored, and its
// schedule set anew, after it.
type trackDeed struct {
	name, summary string
	ends          bool // works on a removed or ended track too
	do            func(b *Bot, tx store.Tx, c call, t *store.Track, value string) (say string, err error)
}

func trackDeeds() []trackDeed {
	return []trackDeed{
		{name: "pause", summary: "stop posting until resumed", do: (*Bot).pauseTrack},
		{name: "resume", summary: "go on posting", do: (*Bot).resumeTrack},
		{name: "skip", summary: "skip the next post, or dates such as 2026-12-24..2027-01-02, or off", do: (*Bot).skipTrack},
		{name: "next", summary: "choose the next question by its id", do: (*Bot).queueNext},
		{name: "theme", summary: "a topic first until a date: theme caching until 2026-12-31, or off", do: (*Bot).themeTrack},
		{name: "now", summary: "post one now", do: (*Bot).postNow},
		{name: "swap", summary: "another question for the open round; answers so far still count", do: (*Bot).swapQuestion},
		{name: "end", summary: "the last day with a post, such as 2026-12-31, or off", do: (*Bot).endTrack},
		{name: "restart", summary: "begin again with a fresh deck", ends: true, do: (*Bot).restartTrack},
		{name: "remove", summary: "remove it; can be undone for a day", do: (*Bot).removeTrack},
		{name: "undo", summary: "bring a removed track back", ends: true, do: (*Bot).undoRemove},
		{name: "owner", summary: "let somebody else look after it too, by their id", do: (*Bot).addOwner},
		{name: "role", summary: "a role whose members look after all tracks here, by name, or off; for administrators", ends: true, do: (*Bot).nameRole},
		{name: "protect", summary: "nobody misses the open round, or with last the one before: protect last REASON; everyone sees the reason", do: (*Bot).protectRound},
		{name: "quorum", summary: "per cent of counted members that keep the group's streak, 10 to 100", do: (*Bot).setQuorum},
		{name: "catchup", summary: "hours that a late post may still come, 0 to 12", do: (*Bot).setCatchUp},
		{name: "keep", summary: "days that answer texts are kept, 30 to 3650", do: (*Bot).setKeep},
	}
}

// commandTracks lists the tracks here, or does one thing with one of them.
func (b *Bot) commandTracks(ctx context.Context, c call, args map[string]string) (chat.Response, error) {
	what, id, value := args["do"], args["track"], args["value"]
	if known, err := b.knowsTrack(ctx, c, id); err != nil {
		return chat.Response{}, err
	} else if !known { // "tracks skip 2026-12-24": the id may be left out when there is one track
		value = strings.TrimSpace(id + " " + value)
		id = ""
	}
	switch what {
	case "", "list":
		return b.listTracks(ctx, c)
	case "edit":
		return b.editTrack(ctx, c, id)
	case "preview":
		return b.previewTrack(ctx, c, id, value)
	case "suggestions":
		return b.listSuggestions(ctx, c, id)
	}
	return b.doWithTrack(ctx, c, what, id, value)
}

// knowsTrack says whether the word is the id of a track of this space.
func (b *Bot) knowsTrack(ctx context.Context, c call, id string) (known bool, err error) {
	if !isID(id) {
		return false, nil
	}
	err = b.view(ctx, "look a track up", func(tx store.Tx) error {
		t, err := tx.Track(id)
		known = err == nil && t.Space == string(c.Space)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	return known, err
}

// doWithTrack does one deed of the table.
func (b *Bot) doWithTrack(ctx context.Context, c call, what, id, value string) (chat.Response, error) {
	deeds := trackDeeds()
	i := slices.IndexFunc(deeds, func(d trackDeed) bool { return d.name == what })
	if i < 0 {
		return chat.Response{}, sorryf("I do not know how to %q a track. %shelp tracks shows what can be done.", clip(what, 40), b.typed(c.Space))
	}
	var say string
	var t store.Track
	again, err := b.write(ctx, c, what+" a track", func(tx store.Tx) (err error) {
		which := id
		if what == "undo" && id == "" {
			if which, err = lastRemoved(tx, c); err != nil {
				return err
			}
		}
		if t, err = b.managed(tx, c, which); err != nil {
			return err
		}
		stopped := t.State == store.TrackRemoved || t.State == store.TrackEnded
		if !deeds[i].ends && t.State == store.TrackRemoved {
			return sorry("That track was removed. " + b.typed(c.Space) + "tracks undo brings it back within a day.")
		}
		if say, err = deeds[i].do(b, tx, c, &t, strings.TrimSpace(value)); err != nil {
			return err
		}
		if stopped && t.State == store.TrackActive { // others may have taken its days meanwhile
			sched, err := civil.Parse(t.Cron, t.Zone)
			if err == nil {
				err = fitsChannel(tx, t, sched)
			}
			if err != nil {
				return err
			}
		}
		return b.storeTrack(tx, &t)
	})
	if err != nil {
		return chat.Response{}, err
	}
	b.wake()
	if again {
		return sentence("That is done already."), nil
	}
	out := []chat.Block{para(say)}
	if what == "remove" {
		out = append(out, row(b.button("Undo", "undo", t.ID)))
	}
	return reply(message(say, out...)), nil
}

// lastRemoved is the channel's track that was removed last, "" when none was.
func lastRemoved(tx store.Tx, c call) (id string, err error) {
	all, err := tx.ChannelTracks(string(c.Channel))
	var newest time.Time
	for _, t := range all {
		if t.State == store.TrackRemoved && t.Removed.After(newest) {
			id, newest = t.ID, t.Removed
		}
	}
	return id, err
}

// pressTrack makes a deed of the table from a button.
func (b *Bot) pressTrack(what string) func(context.Context, call) (chat.Response, error) {
	return func(ctx context.Context, c call) (chat.Response, error) {
		return b.doWithTrack(ctx, c, what, c.arg(-1), "")
	}
}

// storeTrack stores a changed track and sets its schedule anew.
func (b *Bot) storeTrack(tx store.Tx, t *store.Track) error {
	if t.State != store.TrackActive {
		t.NextSlot, t.NextAt = "", time.Time{}
		return errors.Join(tx.PutTrack(*t), tx.DeleteTask("slot:"+t.ID))
	}
	sched, err := civil.Parse(t.Cron, t.Zone)
	if err != nil {
		return err
	}
	return errors.Join(b.schedule(tx, t, sched), returned(tx, t.Space)) // who wants posts there says that the bot is there
}

func (b *Bot) listTracks(ctx context.Context, c call) (chat.Response, error) {
	var tracks []store.Track
	members := map[string]int{}
	err := b.view(ctx, "list tracks", func(tx store.Tx) (err error) {
		tracks, err = tx.ChannelTracks(string(c.Channel))
		if err != nil {
			return err
		}
		for _, t := range tracks {
			all, err := tx.Members(t.ID, "", 0)
			if err != nil {
				return err
			}
			members[t.ID] = 0
			for _, m := range all {
				if m.Left.IsZero() {
					members[t.ID]++
				}
			}
		}
		return nil
	})
	if err != nil {
		return chat.Response{}, err
	}
	tracks = slices.DeleteFunc(tracks, func(t store.Track) bool { return t.State == store.TrackRemoved })
	if len(tracks) == 0 {
		return sentence("Nothing is set up in this channel yet. " + b.typed(c.Space) + "setup starts a daily question."), nil
	}
	var out []chat.Block
	for _, t := range tracks {
		out = append(out, b.trackBlocks(t, members[t.ID])...)
	}
	out = append(out, note(b.typed(c.Space)+"help tracks shows all that can be done."))
	return reply(message(plural(len(tracks), "track"), out...)), nil
}

func (b *Bot) trackBlocks(t store.Track, members int) []chat.Block {
	zone := location(t.Zone)
	title := chat.Join(chat.B(strings.ToUpper(t.Kind[:1])+t.Kind[1:]+" "+describe(t)), chat.T("  "), chat.Text{{Text: t.ID, Style: chat.Mono}})
	var facts []string
	switch t.State {
	case store.TrackPaused:
		facts = append(facts, "paused")
	case store.TrackEnded:
		facts = append(facts, "ended")
	}
	if len(t.Topics) > 0 {
		var names []string
		for _, id := range t.Topics {
			names = append(names, b.topicTitle(id))
		}
		facts = append(facts, strings.Join(names, ", "))
	} else {
		facts = append(facts, "all language-neutral topics")
	}
	if len(t.Levels) > 0 {
		facts = append(facts, "level "+and(ints(t.Levels)))
	}
	if t.Theme != "" {
		facts = append(facts, "theme "+b.topicTitle(t.Theme)+" until "+t.ThemeEnds)
	}
	if t.Ends != "" {
		facts = append(facts, "last post "+t.Ends)
	}
	for _, r := range t.SkipRanges {
		facts = append(facts, "no posts "+r.From+" to "+r.To)
	}
	switch {
	case t.Kind == kindQuestion && t.Direct:
		facts = append(facts, plural(t.Rounds, "round"))
	case t.Kind == kindQuestion:
		facts = append(facts, plural(members, "member"), plural(t.Rounds, "round"), fmt.Sprintf("group streak %d, best %d, freezes %d of 2", t.Group.Current, t.Group.Best, t.Group.Freezes))
	}
	out := []chat.Block{chat.Paragraph{Text: title}, note(strings.Join(facts, " · "))}
	if !t.NextAt.IsZero() {
		out = append(out, chat.Note{Text: chat.Join(chat.T("Next: "), chat.At(t.NextAt, chat.DateClock, zone))})
	}
	r := []chat.Button{b.button("Change", "edit", t.ID), b.button("Preview", "preview", t.ID)}
	if t.State == store.TrackActive {
		r = append(r, b.button("Pause", "pausetrack", t.ID), b.button("Skip next", "skip", t.ID))
	} else {
		r = append(r, b.button("Resume", "resume", t.ID))
	}
	return append(out, chat.Buttons{Row: r})
}

func ints(n []int) []string {
	out := make([]string, len(n))
	for i, x := range n {
		out[i] = strconv.Itoa(x)
	}
	return out
}

// editTrack opens the form with the track's settings.
func (b *Bot) editTrack(ctx context.Context, c call, id string) (chat.Response, error) {
	var t store.Track
	err := b.view(ctx, "read a track", func(tx store.Tx) (err error) {
		t, err = b.managed(tx, c, id)
		return err
	})
	if err != nil {
		return chat.Response{}, err
	}
	days, clock := "cron", t.Cron
	if s, err := civil.Parse(t.Cron, t.Zone); err == nil {
		if d, at, ok := s.Simple(); ok && slices.ContainsFunc(civil.Presets(), func(p civil.Preset) bool { return p.Days == d }) {
			days, clock = d, at
		}
	}
	f := b.trackForm(action("edit", t.ID), t, days, clock)
	f.Title = "Change the " + t.Kind
	return chat.Response{Form: f}, nil
}

func (b *Bot) pressEdit(ctx context.Context, c call) (chat.Response, error) {
	return b.editTrack(ctx, c, c.arg(-1))
}

// submitEdit changes a track; its next slot is later than the last one, in civil time and as an instant.
func (b *Bot) submitEdit(ctx context.Context, c call, s chat.Submit) (chat.Response, error) {
	var problems map[string]string
	id := c.arg(-1)
	_, err := b.write(ctx, c, "change a track", func(tx store.Tx) error {
		t, err := b.managed(tx, c, id)
		if err != nil {
			return err
		}
		if t.State == store.TrackRemoved {
			return sorry("That track was removed meanwhile. " + b.typed(c.Space) + "tracks undo brings it back within a day.")
		}
		var sched civil.Schedule
		if sched, problems = b.readTrack(&t, s); len(problems) > 0 {
			return sorry("The form has mistakes.") // nothing is written, not even that the event was handled
		}
		if err := fitsChannel(tx, t, sched); err != nil {
			return err
		}
		if err := notBefore(tx, &t); err != nil {
			return err
		}
		if t.State != store.TrackActive {
			return tx.PutTrack(t)
		}
		return b.schedule(tx, &t, sched)
	})
	if len(problems) > 0 {
		return chat.Response{Errors: problems}, nil
	}
	if err != nil {
		return setupError(err)
	}
	b.wake()
	return b.setUp(ctx, c, id)
}

// notBefore keeps a changed schedule from bringing what is over already, and what comes too soon after the newest round.
func notBefore(tx store.Tx, t *store.Track) error {
	from := tx.Now()
	last, err := tx.RoundsBefore(t.ID, 0, 1)
	if err != nil {
		return err
	}
	if len(last) > 0 && t.Kind == kindQuestion {
		if at := last[0].At.Add(apart - time.Second); at.After(from) {
			from = at
		}
	}
	if t.LastAt.Before(from) {
		t.LastAt = from
	}
	return nil
}

// previewTrack lists what would come.
func (b *Bot) previewTrack(ctx context.Context, c call, id, value string) (chat.Response, error) {
	n := 14
	if value != "" {
		var err error
		if n, err = strconv.Atoi(value); err != nil || n < 1 || n > 30 {
			return chat.Response{}, sorry("A preview can show 1 to 30 posts, such as preview 14.")
		}
	}
	var t store.Track
	var coming []upcoming
	err := b.view(ctx, "look ahead", func(tx store.Tx) (err error) {
		if t, err = b.managed(tx, c, id); err != nil {
			return err
		}
		coming, err = b.upcoming(tx, t, n)
		return err
	})
	if err != nil {
		return chat.Response{}, err
	}
	l := chat.List{Ordered: true}
	for _, u := range coming {
		what := u.title
		if u.skip != "" {
			what = "skipped: " + u.skip
		}
		l.Items = append(l.Items, chat.Join(chat.At(u.at, chat.DateShort, location(t.Zone)), chat.T(" "+u.civil[11:]+"  "+clip(what, 100))))
	}
	if len(l.Items) == 0 {
		return sentence("Nothing is planned: the track is paused, or has ended."), nil
	}
	return reply(message("The next "+plural(len(l.Items), "post"), chat.Paragraph{Text: chat.B("What comes next, as things stand")}, l,
		note("Only you see this. tracks next ID puts a question first."))), nil
}

func (b *Bot) pressPreview(ctx context.Context, c call) (chat.Response, error) {
	return b.previewTrack(ctx, c, c.arg(-1), "")
}
