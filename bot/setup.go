package bot

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/civil"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
	"github.com/interviewbot/interviewbot/questions"
)

// Setting a track up: a form whose presets come first, and a preview with a way back at its end.

// maxFormID is the port's bound on a form's name, in bytes.
const maxFormID = 80

func kinds() []chat.Choice {
	return []chat.Choice{
		{Value: kindQuestion, Label: "A question, with private answers"}, {Value: kindTip, Label: "A tip"}, {Value: kindProject, Label: "A project brief"},
	}
}

// commandSetup opens the form for a new track in this channel.
func (b *Bot) commandSetup(ctx context.Context, c call, args map[string]string) (chat.Response, error) {
	kind := args["kind"]
	if kind == "" {
		kind = kindQuestion
	}
	var before []store.Track
	err := b.view(ctx, "read the channel's tracks", func(tx store.Tx) error {
		ok, err := maySetUp(tx, c)
		if err == nil && !ok {
			return notAllowed
		}
		if err != nil {
			return err
		}
		before, err = tx.ChannelTracks(string(c.Channel))
		return err
	})
	if err != nil {
		return chat.Response{}, err
	}
	days := "1-5"
	if kind == kindProject {
		days = "1"
	}
	t := store.Track{Kind: kind, Zone: c.Actor.Zone}
	if name := args["zone"]; name != "" {
		loc, err := civil.FindZone(name)
		if err != nil {
			return chat.Response{}, sorry(err.Error())
		}
		t.Zone = loc.String()
	}
	id := action("setup", kind)
	if name := args["role"]; name != "" {
		role, err := readRole(c, name)
		if err != nil {
			return chat.Response{}, err
		}
		if id = action("setup", kind, url.QueryEscape(role)); len(id) > maxFormID {
			return chat.Response{}, sorry("That name is too long for this form. Set up without it, then name the role with " + b.typed(c.Space) + "tracks role.")
		}
	}
	f := b.trackForm(id, t, days, "09:00")
	f.Title = "Set up a " + kind
	for _, o := range before {
		if o.State != store.TrackRemoved && o.Kind == kind {
			f.Intro = append(f.Intro, note("There is one here: "+describe(o)+". To change it: "+b.typed(c.Space)+"tracks edit."))
		}
	}
	return chat.Response{Form: f}, nil
}

// trackForm is the form for making and changing a track.
func (b *Bot) trackForm(id string, t store.Track, days, clock string) *chat.Form {
	f := &chat.Form{ID: id, Title: "Set up", Send: "Save"}
	day := chat.Input{ID: "days", Label: "On which days", Type: chat.Select, Value: []string{days}}
	for _, p := range civil.Presets() {
		day.Choices = append(day.Choices, chat.Choice{Value: p.Days, Label: p.Name})
	}
	day.Choices = append(day.Choices, chat.Choice{Value: "cron", Label: "By cron fields, given below"})
	zone := t.Zone
	if zone == "" {
		zone = "UTC"
	}
	f.Inputs = []chat.Input{day,
		{ID: "time", Label: "At what time", Type: chat.Line, Value: []string{clock}, Max: 60, Hint: "Such as 09:00, or five cron fields such as 0 9 * * 1-5", Placeholder: "09:00"},
		{ID: "zone", Label: "In which time zone", Type: chat.Line, Value: []string{zone}, Max: 60, Hint: "A name such as Europe/Berlin or Asia/Kolkata"},
	}
	if t.Kind != kindProject {
		f.Inputs = append(f.Inputs, b.topicsInput(t))
	}
	if t.Kind == kindQuestion {
		f.Inputs = append(f.Inputs, extrasInput(t))
	}
	return f
}

func (b *Bot) topicsInput(t store.Track) chat.Input {
	in := chat.Input{ID: "topics", Label: "Topics", Type: chat.Ticks, Optional: true, Hint: "None = all that do not depend on a language or framework"}
	for _, tp := range b.bank.Load().Topics() {
		if len(in.Choices) < 25 {
			in.Choices = append(in.Choices, chat.Choice{Value: tp.ID, Label: tp.Title})
		}
		if len(t.Topics) == 0 && tp.On && t.ID == "" && t.Kind == kindQuestion {
			in.Value = append(in.Value, tp.ID)
		}
	}
	if len(t.Topics) > 0 {
		in.Value = t.Topics
	}
	return in
}

func extrasInput(t store.Track) chat.Input {
	in := chat.Input{ID: "extras", Label: "More", Type: chat.Ticks, Optional: true, Hint: "No level ticked = from easy to hard in the first four weeks, then a mix",
		Choices: []chat.Choice{{Value: "tips", Label: "A tip as the last line of each post"}, {Value: "1", Label: "Only level 1 (basics)"}, {Value: "2", Label: "Only level 2"}, {Value: "3", Label: "Only level 3 (senior)"}, {Value: "thread", Label: "A thread for discussion, where there are threads"}}}
	if t.Tips {
		in.Value = append(in.Value, "tips")
	}
	if t.Thread {
		in.Value = append(in.Value, "thread")
	}
	for _, l := range t.Levels {
		in.Value = append(in.Value, itoa(l))
	}
	return in
}

// readTrack puts what the form says into a track; problems are by input.
func (b *Bot) readTrack(t *store.Track, s chat.Submit) (civil.Schedule, map[string]string) {
	problems := map[string]string{}
	clock := strings.TrimSpace(s.Value("time"))
	cron := clock
	if s.Value("days") != "cron" && len(strings.Fields(clock)) != 5 {
		made, err := civil.Daily(s.Value("days"), clock)
		if err != nil {
			problems["time"] = err.Error()
		}
		cron = made
	}
	zone := strings.TrimSpace(s.Value("zone"))
	if loc, err := civil.FindZone(zone); err != nil {
		problems["zone"] = err.Error()
	} else {
		zone = loc.String()
	}
	if len(problems) > 0 {
		return civil.Schedule{}, problems
	}
	sched, err := civil.Parse(cron, zone)
	if err != nil {
		return sched, map[string]string{"time": err.Error()}
	}
	if t.Kind == kindQuestion && sched.Spacing() < apart {
		return sched, map[string]string{"time": "Questions must be at least 6 hours apart, so that people have time for each."}
	}
	t.Cron, t.Zone = sched.Cron(), sched.Zone()
	t.Topics, t.Levels, t.Tips, t.Thread = nil, nil, false, false
	known := b.bank.Load().Topics()
	for _, id := range s.Values["topics"] {
		if slices.ContainsFunc(known, func(tp questions.Topic) bool { return tp.ID == id }) && !slices.Contains(t.Topics, id) {
			t.Topics = append(t.Topics, id)
		}
	}
	if t.Kind == kindQuestion && sameAsDefault(known, t.Topics) {
		t.Topics = nil
	}
	for _, x := range s.Values["extras"] {
		switch x {
		case "tips":
			t.Tips = true
		case "thread":
			t.Thread = true
		case "1", "2", "3":
			t.Levels = append(t.Levels, int(x[0]-'0'))
		}
	}
	if len(t.Levels) == 3 {
		t.Levels = nil
	}
	return sched, nil
}

func sameAsDefault(known []questions.Topic, chosen []string) bool {
	for _, tp := range known {
		if tp.On != slices.Contains(chosen, tp.ID) {
			return false
		}
	}
	return true
}

// submitSetup makes the track and ends with the preview.
func (b *Bot) submitSetup(ctx context.Context, c call, s chat.Submit) (chat.Response, error) {
	kind := c.arg(0)
	if !slices.ContainsFunc(kinds(), func(k chat.Choice) bool { return k.Value == kind }) {
		kind = kindQuestion
	}
	t := store.Track{
		ID: newID(8), Space: string(c.Space), Channel: string(c.Channel), Direct: c.Direct, Kind: kind, CatchUp: catchUp, Quorum: 50, Keep: 365,
		Owners: []string{c.user()}, CreatedBy: c.user(), Group: streak.StartGroup(),
	}
	sched, problems := b.readTrack(&t, s)
	if len(problems) > 0 {
		return chat.Response{Errors: problems}, nil
	}
	role, err := url.QueryUnescape(c.arg(1))
	if err == nil && role != "" {
		role, err = readRole(c, role)
	}
	if err != nil {
		return chat.Response{}, err
	}
	again, err := b.write(ctx, c, "set a track up", func(tx store.Tx) error {
		if ok, err := maySetUp(tx, c); err != nil || !ok {
			return errors.Join(err, unless(ok, notAllowed))
		}
		if err := fitsChannel(tx, t, sched); err != nil {
			return err
		}
		t.Created, t.LastAt = tx.Now(), tx.Now()
		if err := errors.Join(returned(tx, t.Space), tx.AddTrack(t)); err != nil {
			return err
		}
		if role != "" {
			if err := setRole(tx, t.Space, role); err != nil {
				return err
			}
		}
		made := t
		return b.schedule(tx, &made, sched)
	})
	if err != nil {
		return setupError(err)
	}
	b.wake()
	if again {
		return sentence("That is set up already. " + b.typed(c.Space) + "tracks shows it."), nil
	}
	r, err := b.setUp(ctx, c, t.ID, b.button("Undo", "remove", t.ID))
	if err == nil && role != "" {
		r.Reply.Blocks = slices.Insert(r.Reply.Blocks, 1, chat.Block(note(roleMay(role))))
	}
	return r, err
}

func unless(ok bool, err error) error {
	if ok {
		return nil
	}
	return err
}

// setupError shows what cannot be set up at the schedule's input.
func setupError(err error) (chat.Response, error) {
	var say sorry
	if errors.As(err, &say) && say != notAllowed {
		return chat.Response{Errors: map[string]string{"days": string(say)}}, nil
	}
	return chat.Response{}, err
}

// fitsChannel keeps the promise of at most one message of the bot per channel and day (RULES.md, section 1).
func fitsChannel(tx store.Tx, t store.Track, sched civil.Schedule) error {
	all, err := tx.ChannelTracks(t.Channel)
	if err != nil {
		return err
	}
	days := map[string]bool{}
	for _, s := range sched.Between(tx.Now(), tx.Now().AddDate(0, 0, 35), 40) {
		days[s.Civil[:10]] = true
	}
	for _, o := range all {
		if o.ID == t.ID || o.State == store.TrackRemoved || o.State == store.TrackEnded {
			continue
		}
		if t.Kind == kindTip && o.Kind == kindQuestion {
			return sorry("This channel has a daily question, and tips can ride on it as its last line: tick that under tracks edit. So the channel hears from me once a day.")
		}
		other, err := civil.Parse(o.Cron, o.Zone)
		if err != nil {
			continue
		}
		for _, s := range other.Between(tx.Now(), tx.Now().AddDate(0, 0, 35), 40) {
			if days[s.Civil[:10]] {
				return sorryf("On some of these days this channel already gets a %s (%s). Please choose other days, so that it hears from me once a day.", o.Kind, describe(o))
			}
		}
	}
	return nil
}
