package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
)

// A member suggests a question; those who look after the track accept, change or decline it.

const (
	pendingMost = 10  // suggestions of one person that wait in one space
	ownMost     = 300 // suggestions of one space, accepted ones included
	reasonMax   = 500
)

// commandSuggest opens the form.
func (b *Bot) commandSuggest(ctx context.Context, c call, args map[string]string) (chat.Response, error) {
	topic, level, err := b.practiceWish(c, args["topic"], args["level"])
	if err != nil {
		return chat.Response{}, err
	}
	var t store.Track
	err = b.view(ctx, "find who looks after this", func(tx store.Tx) (err error) { t, err = responsible(tx, c); return })
	if errors.Is(err, store.ErrNotFound) {
		return sentence("Nobody looks after questions here yet, so nobody could accept it. " + b.typed(c.Space) + "setup starts a daily question."), nil
	}
	if err != nil {
		return chat.Response{}, err
	}
	f := b.suggestForm(action("suggest", strconv.Itoa(level)), questions.Draft{Topic: topic})
	f.Intro = []chat.Block{chat.Paragraph{Text: chat.Join(chat.T("It goes, with your name, to those who look after "), trackName(t), chat.T(". What they accept joins the questions of this group only."))}}
	return chat.Response{Form: f}, nil
}

// trackName is how a track is called in a sentence.
func trackName(t store.Track) chat.Text {
	if t.Direct {
		return chat.T("your own questions")
	}
	return chat.InChannel(chat.ChannelID(t.Channel))
}

// responsible is the track whose owners hear what the actor has to say about questions: the channel's, else one that the
// actor is a member of, else one of the space. ErrNotFound when there is none.
func responsible(tx store.Tx, c call) (store.Track, error) {
	here, err := tx.ChannelTracks(string(c.Channel))
	if err != nil {
		return store.Track{}, err
	}
	var mine []store.Track
	members, err := tx.Memberships(c.user())
	if err != nil {
		return store.Track{}, err
	}
	for _, m := range members {
		if !m.Left.IsZero() || (m.Space != string(c.Space) && !c.Direct) {
			continue
		}
		t, err := tx.Track(m.Track)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return t, err
		}
		if err == nil {
			mine = append(mine, t)
		}
	}
	all, err := tx.SpaceTracks(string(c.Space))
	if err != nil {
		return store.Track{}, err
	}
	for _, tracks := range [][]store.Track{here, mine, all} {
		for _, question := range []bool{true, false} {
			i := slices.IndexFunc(tracks, func(t store.Track) bool {
				return t.State != store.TrackRemoved && (t.Kind == kindQuestion) == question && (!t.Direct || t.CreatedBy == c.user())
			})
			if i >= 0 {
				return tracks[i], nil
			}
		}
	}
	return store.Track{}, store.ErrNotFound
}

func (b *Bot) suggestForm(id string, d questions.Draft) *chat.Form {
	topics := chat.Input{ID: "topic", Label: "Topic", Type: chat.Select, Value: nonEmpty(d.Topic)}
	for _, t := range b.bank.Load().Topics() {
		topics.Choices = append(topics.Choices, chat.Choice{Value: t.ID, Label: t.Title})
	}
	return &chat.Form{ID: id, Title: "Suggest a question", Send: "Send", Inputs: []chat.Input{
		{ID: "title", Label: "The question, in one line", Type: chat.Line, Max: 120, Value: nonEmpty(d.Title), Placeholder: "As an interviewer would ask it"},
		{ID: "prompt", Label: "What one has to know to answer it", Type: chat.Area, Max: 900, Optional: true, Value: nonEmpty(d.Prompt), Placeholder: "The situation, numbers, a piece of code between ``` lines"},
		{ID: "points", Label: "What a good answer says, one point a line", Type: chat.Area, Max: 3000, Optional: true, Value: nonEmpty(strings.Join(d.Points, "\n")),
			Hint: "Three to six. Other ways to say a point stand after a |", Placeholder: "Every miss pays twice | double lookup | slower than no cache"},
		{ID: "answer", Label: "A model answer", Type: chat.Area, Max: 2400, Value: nonEmpty(d.Answer), Placeholder: "100 to 220 words that you would be glad to hear"},
		topics,
	}}
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// readSuggested makes a question of the form; problems are by input.
func readSuggested(s chat.Submit, level int) (*questions.Question, map[string]string) {
	d := questions.Draft{Title: clean(s.Value("title")), Topic: s.Value("topic"), Level: level, Prompt: clean(s.Value("prompt")), Answer: clean(s.Value("answer"))}
	if d.Prompt == "" {
		d.Prompt = d.Title
	}
	d.Points = strings.Split(clean(s.Value("points")), "\n")
	q, faults := questions.Compose(d)
	problems := map[string]string{}
	for _, f := range faults {
		field := f.Field
		if !slices.Contains([]string{"title", "prompt", "points", "answer", "topic"}, field) {
			field = "title"
		}
		if problems[field] == "" {
			problems[field] = upperFirst(f.What) + "."
		}
	}
	return q, problems
}

func upperFirst(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return strings.ToUpper(s[:1]) + s[1:]
	}
	return s
}

// submitSuggest keeps the suggestion and tells the owners.
func (b *Bot) submitSuggest(ctx context.Context, c call, s chat.Submit) (chat.Response, error) {
	level, _ := strconv.Atoi(c.arg(-1))
	q, problems := readSuggested(s, level)
	if len(problems) > 0 {
		return chat.Response{Errors: problems}, nil
	}
	var t store.Track
	var mine bool
	_, err := b.write(ctx, c, "keep a suggestion", func(tx store.Tx) (err error) {
		if t, err = responsible(tx, c); errors.Is(err, store.ErrNotFound) {
			return sorry("Nobody looks after questions here any more. " + b.typed(c.Space) + "setup starts a daily question.")
		}
		if err != nil {
			return err
		}
		if mine, err = mayManage(tx, c, t); err != nil {
			return err
		}
		if problems, err = b.roomFor(tx, c, t, q); err != nil || len(problems) > 0 {
			return errors.Join(err, unless(len(problems) == 0, sorry("The form has mistakes.")))
		}
		kept := *q
		if kept.ID, err = b.ownID(tx, t.Space, q); err != nil {
			return err
		}
		q = &kept
		sug := suggestion{Track: t.ID, User: c.user(), Name: clip(c.Actor.Name, 80), Made: tx.Now(), Question: q}
		if err := putSuggestion(tx, t.Space, sug, false); err != nil || mine {
			return err
		}
		return b.tellOwnersWith(tx, t.ID, sug.Name+" suggests a question.", notice{Key: "suggest:" + q.ID, Suggestion: q.ID})
	})
	if len(problems) > 0 {
		return chat.Response{Errors: problems}, nil
	}
	if err != nil {
		return handBack(chat.Submit{Values: map[string][]string{"text": {typed(s)}}}, err)
	}
	b.wake()
	if mine {
		return reply(message("Your suggestion", b.suggestionCard(t.ID, suggestion{Question: q})...)), nil
	}
	text := chat.Join(chat.T("Thank you. “"+q.Title+"” is on its way to those who look after "), trackName(t), chat.T("; I tell you what they decide."))
	return reply(message(text.Plain(), chat.Paragraph{Text: text})), nil
}

// typed is all that was filled in, to be handed back.
func typed(s chat.Submit) string {
	var parts []string
	for _, id := range []string{"title", "prompt", "points", "answer"} {
		if v := clean(s.Value(id)); v != "" {
			parts = append(parts, v)
		}
	}
	return strings.Join(parts, "\n\n")
}

// roomFor says what speaks against a new suggestion, by input.
func (b *Bot) roomFor(tx store.Tx, c call, t store.Track, q *questions.Question) (map[string]string, error) {
	all, err := suggestions(tx, t.Space)
	if err != nil {
		return nil, err
	}
	pending := 0
	var others []*questions.Question
	for _, s := range all {
		others = append(others, s.Question)
		if s.User == c.user() && !s.Accepted {
			pending++
		}
	}
	if pending >= pendingMost {
		return nil, sorryf("%d of your suggestions wait for an answer already. Please let those be looked at first.", pending)
	}
	if len(all) >= ownMost {
		return nil, sorryf("This group has %d questions of its own already; an owner can remove some with: tracks suggestions.", len(all))
	}
	if twin := b.bank.Load().Plus(others...).Like(q); twin != nil {
		return map[string]string{"title": fmt.Sprintf("There is one like it already: “%s”.", twin.Title)}, nil
	}
	return nil, nil
}

// ownID is an id that neither the bank nor the space has.
func (b *Bot) ownID(tx store.Tx, space string, q *questions.Question) (string, error) {
	base := "own-" + questions.Slug(q.Title, 32)
	id := base
	for n := 2; ; n++ {
		_, taken := b.bank.Load().Question(id)
		_, err := tx.Value(space, suggestedAt+id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return "", err
		}
		if !taken && err != nil {
			return id, nil
		}
		id = fmt.Sprintf("%s-%d", base, n)
	}
}

// suggestionCard shows a suggestion to those who decide.
func (b *Bot) suggestionCard(track string, s suggestion) []chat.Block {
	q := s.Question
	out := []chat.Block{heading(q.Title), note(fmt.Sprintf("%s · level %d · %s", b.topicTitle(q.Topic), q.Level, q.ID))}
	if q.Prompt != q.Title {
		out = append(out, promptOf(q)...)
	}
	if len(q.Points) > 0 {
		l := chat.List{}
		for _, p := range q.Points {
			l.Items = append(l.Items, chat.T(p.Say))
		}
		out = append(out, chat.Paragraph{Text: chat.B("A good answer says")}, l)
	} else {
		out = append(out, note("Without points people compare their answers with the model answer themselves."))
	}
	out = append(append(out, chat.Paragraph{Text: chat.B("Model answer")}), blocks(q.Answer)...)
	change := b.button("Change", "changesuggest", track, q.ID)
	if s.Accepted {
		return append(out, row(b.button("Ask it next", "nextsuggest", track, q.ID), change, b.button("Take it out", "takeout", track, q.ID)))
	}
	return append(out,
		chat.Menu{Action: action("levelsuggest", track, q.ID), Placeholder: "Level", Selected: strconv.Itoa(q.Level), Choices: levelChoices()},
		row(primary(b.button("Accept", "accept", track, q.ID)), change, danger(b.button("Decline", "decline", track, q.ID))))
}

func levelChoices() []chat.Choice {
	return []chat.Choice{{Value: "1", Label: "1 basics"}, {Value: "2", Label: "2 usual"}, {Value: "3", Label: "3 senior"}}
}

// decide changes a suggestion of the action's track and id, when the actor may.
func (b *Bot) decide(ctx context.Context, c call, f func(store.Tx, *store.Track, suggestion) error) error {
	_, err := b.write(ctx, c, "decide on a suggestion", func(tx store.Tx) error {
		t, s, err := decidable(tx, c)
		if err != nil {
			return err
		}
		return f(tx, &t, s)
	})
	if err == nil {
		b.wake()
	}
	return err
}

func decidable(tx store.Tx, c call) (store.Track, suggestion, error) {
	t, err := tx.Track(c.arg(-2))
	if errors.Is(err, store.ErrNotFound) {
		return t, suggestion{}, noSuchTrack
	}
	if err != nil {
		return t, suggestion{}, err
	}
	may, err := mayManage(tx, c, t)
	if err != nil || !may {
		return t, suggestion{}, errors.Join(err, unless(may, notAllowed))
	}
	s, err := readSuggestion(tx, t.Space, c.arg(-1))
	return t, s, err
}

// pressAccept lets a suggestion join the space's questions.
func (b *Bot) pressAccept(ctx context.Context, c call) (chat.Response, error) {
	var s suggestion
	err := b.decide(ctx, c, func(tx store.Tx, t *store.Track, got suggestion) error {
		s = got
		return b.accept(tx, c, *t, &s)
	})
	if err != nil {
		return chat.Response{}, err
	}
	return update(b.accepted(c.arg(-2), s)), nil
}

func (b *Bot) accept(tx store.Tx, c call, t store.Track, s *suggestion) error {
	was := s.Accepted
	s.Accepted = true
	if err := putSuggestion(tx, t.Space, *s, was); err != nil || was {
		return err
	}
	return b.tellAuthor(tx, c, t, *s, fmt.Sprintf("Your question “%s” was accepted: it is one of the group's now. Thank you.", s.Question.Title), "")
}

func (b *Bot) accepted(track string, s suggestion) *chat.Message {
	say := fmt.Sprintf("“%s” is one of the group's questions now: it comes up like any other of its topic and level, in the daily rounds and in practice.", s.Question.Title)
	return message(say, para(say), row(b.button("Ask it next", "nextsuggest", track, s.Question.ID), b.button("Take it out", "takeout", track, s.Question.ID)))
}

// tellAuthor tells who suggested it, unless they decided themselves or are gone.
func (b *Bot) tellAuthor(tx store.Tx, c call, t store.Track, s suggestion, text, quote string) error {
	if s.User == "" || s.User == c.user() {
		return nil
	}
	return putNotice(tx, t, s.User, "decided:"+s.Question.ID, notice{Text: text, Track: t.ID, Quote: quote})
}

// pressDecline asks for the reason.
func (b *Bot) pressDecline(ctx context.Context, c call) (chat.Response, error) {
	var s suggestion
	err := b.view(ctx, "read a suggestion", func(tx store.Tx) (err error) { _, s, err = decidable(tx, c); return })
	if err != nil {
		return chat.Response{}, err
	}
	return chat.Response{Form: &chat.Form{ID: action("decline", c.arg(-2), c.arg(-1)), Title: "Decline", Send: "Decline",
		Intro:  []chat.Block{paraf("“%s” is deleted, and %s reads your reason.", s.Question.Title, nameOr(s.Name))},
		Inputs: []chat.Input{{ID: "text", Label: "Why", Type: chat.Area, Max: reasonMax, Placeholder: "For example: we ask that already; please add what a good answer says"}}}}, nil
}

func nameOr(name string) string {
	if name == "" {
		return "whoever suggested it"
	}
	return name
}

// submitDecline deletes a suggestion and tells its author why.
func (b *Bot) submitDecline(ctx context.Context, c call, s chat.Submit) (chat.Response, error) {
	why := clean(s.Value("text"))
	if why == "" {
		return chat.Response{Errors: map[string]string{"text": "A few words are enough; they are for the one who suggested it."}}, nil
	}
	err := b.decide(ctx, c, func(tx store.Tx, t *store.Track, got suggestion) error {
		if got.Accepted {
			return sorry("It was accepted meanwhile. Please take it out first.")
		}
		return errors.Join(dropSuggestion(tx, t.Space, got),
			b.tellAuthor(tx, c, *t, got, fmt.Sprintf("Your question “%s” was not taken this time. The reason:", got.Question.Title), clip(why, reasonMax)))
	})
	if err != nil {
		return handBack(s, err)
	}
	return sentence("Declined; they get your reason."), nil
}

// pressTakeOut takes an accepted question out of the deck: it waits among the suggestions again.
func (b *Bot) pressTakeOut(ctx context.Context, c call) (chat.Response, error) {
	var s suggestion
	err := b.decide(ctx, c, func(tx store.Tx, t *store.Track, got suggestion) error {
		s = got
		s.Accepted = false
		return putSuggestion(tx, t.Space, s, got.Accepted)
	})
	if err != nil {
		return chat.Response{}, err
	}
	return update(message("It is taken out, and waits among the suggestions again.",
		append([]chat.Block{note("Taken out: it is asked no more, and waits among the suggestions again.")}, b.suggestionCard(c.arg(-2), s)...)...)), nil
}

// pressNextSuggest puts an accepted question first.
func (b *Bot) pressNextSuggest(ctx context.Context, c call) (chat.Response, error) {
	var say string
	err := b.decide(ctx, c, func(tx store.Tx, t *store.Track, s suggestion) (err error) {
		if !s.Accepted {
			return sorry("It was taken out meanwhile. Please accept it first.")
		}
		if say, err = b.queueNext(tx, c, t, s.Question.ID); err != nil {
			return err
		}
		return tx.PutTrack(*t)
	})
	if err != nil {
		return chat.Response{}, err
	}
	return sentence(say), nil
}

// pressLevelSuggest changes the level of a suggestion.
func (b *Bot) pressLevelSuggest(ctx context.Context, c call) (chat.Response, error) {
	values := c.What.(chat.Press).Values
	if len(values) != 1 || !slices.Contains([]string{"1", "2", "3"}, values[0]) {
		return chat.Response{}, nil
	}
	var s suggestion
	err := b.decide(ctx, c, func(tx store.Tx, t *store.Track, got suggestion) error {
		s = got
		s.Question.Level, _ = strconv.Atoi(values[0])
		return putSuggestion(tx, t.Space, s, got.Accepted)
	})
	if err != nil {
		return chat.Response{}, err
	}
	return update(message("Level "+values[0], b.suggestionCard(c.arg(-2), s)...)), nil
}

// pressChangeSuggest opens the form with what was suggested.
func (b *Bot) pressChangeSuggest(ctx context.Context, c call) (chat.Response, error) {
	var s suggestion
	err := b.view(ctx, "read a suggestion", func(tx store.Tx) (err error) { _, s, err = decidable(tx, c); return })
	if err != nil {
		return chat.Response{}, err
	}
	q := s.Question
	d := questions.Draft{Title: q.Title, Topic: q.Topic, Answer: q.Answer}
	if q.Prompt != q.Title {
		d.Prompt = q.Prompt
	}
	for _, p := range q.Points {
		line := p.Say
		for _, way := range p.Any {
			if way != p.Say {
				line += " | " + way
			}
		}
		d.Points = append(d.Points, line)
	}
	f := b.suggestForm(action("changesuggest", c.arg(-2), c.arg(-1)), d)
	f.Title, f.Send = "Change the question", "Save and accept"
	return chat.Response{Form: f}, nil
}

// submitChangeSuggest keeps a changed suggestion, accepted: its id stays, and rounds that had it keep what they had.
func (b *Bot) submitChangeSuggest(ctx context.Context, c call, f chat.Submit) (chat.Response, error) {
	q, problems := readSuggested(f, 0)
	if len(problems) > 0 {
		return chat.Response{Errors: problems}, nil
	}
	var s suggestion
	err := b.decide(ctx, c, func(tx store.Tx, t *store.Track, got suggestion) error {
		s = got
		changed := *q
		changed.ID, changed.Level = got.Question.ID, got.Question.Level
		s.Question = &changed
		if s.Accepted {
			return putSuggestion(tx, t.Space, s, true)
		}
		return b.accept(tx, c, *t, &s)
	})
	if err != nil {
		return handBack(chat.Submit{Values: map[string][]string{"text": {typed(f)}}}, err)
	}
	return reply(b.accepted(c.arg(-2), s)), nil
}

// listedAtOnce is how many suggestions one message lists.
const listedAtOnce = 10

// listSuggestions shows the owners what waits and what was accepted.
func (b *Bot) listSuggestions(ctx context.Context, c call, id string) (chat.Response, error) {
	var t store.Track
	var all []suggestion
	err := b.view(ctx, "list suggestions", func(tx store.Tx) (err error) {
		if t, err = b.managed(tx, c, id); err != nil {
			return err
		}
		all, err = suggestions(tx, t.Space)
		return err
	})
	if err != nil {
		return chat.Response{}, err
	}
	if len(all) == 0 {
		return sentence("Nothing was suggested yet. Anybody can, with: " + b.typed(c.Space) + "suggest."), nil
	}
	slices.SortStableFunc(all, func(x, y suggestion) int { return b2i(x.Accepted) - b2i(y.Accepted) })
	waiting := slices.IndexFunc(all, func(s suggestion) bool { return s.Accepted })
	if waiting < 0 {
		waiting = len(all)
	}
	out := []chat.Block{paraf("%d waiting, %d accepted.", waiting, len(all)-waiting)}
	for _, s := range all[:min(len(all), listedAtOnce)] {
		state := "waiting, from " + nameOr(s.Name)
		if s.Accepted {
			state = "accepted"
		}
		out = append(out, chat.Paragraph{Text: chat.Join(chat.B(s.Question.Title), chat.T("  "+state))}, row(b.button("Look", "looksuggest", t.ID, s.Question.ID)))
	}
	if len(all) > listedAtOnce {
		out = append(out, paraf("And %d more, which come up as these are settled or taken out.", len(all)-listedAtOnce))
	}
	return reply(message("Suggestions", out...)), nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (b *Bot) pressLookSuggest(ctx context.Context, c call) (chat.Response, error) {
	var s suggestion
	err := b.view(ctx, "read a suggestion", func(tx store.Tx) (err error) { _, s, err = decidable(tx, c); return })
	if err != nil {
		return chat.Response{}, err
	}
	return reply(message("A suggestion: "+s.Question.Title, b.suggestionCard(c.arg(-2), s)...)), nil
}
