package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
)

// What those who look after a track do with what was suggested.

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

// decide changes a suggestion of the action's track and id, when the actor may, and returns what became of it: where the
// event was handled before, what stands now.
func (b *Bot) decide(ctx context.Context, c call, f func(store.Tx, *store.Track, *suggestion) error) (s suggestion, err error) {
	again, err := b.write(ctx, c, "decide on a suggestion", func(tx store.Tx) error {
		t, got, err := decidable(tx, c)
		if err == nil {
			err = f(tx, &t, &got)
		}
		s = got
		return err
	})
	if err == nil {
		b.wake()
	}
	if !again {
		return s, err
	}
	err = b.view(ctx, "read a suggestion", func(tx store.Tx) (err error) { _, s, err = decidable(tx, c); return })
	return s, err
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
	s, err := b.decide(ctx, c, func(tx store.Tx, t *store.Track, s *suggestion) error { return b.accept(tx, c, *t, s) })
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
	_, err := b.decide(ctx, c, func(tx store.Tx, t *store.Track, got *suggestion) error {
		if got.Accepted {
			return sorry("It was accepted meanwhile. Please take it out first.")
		}
		return errors.Join(dropSuggestion(tx, t.Space, *got),
			b.tellAuthor(tx, c, *t, *got, fmt.Sprintf("Your question “%s” was not taken this time. The reason:", got.Question.Title), clip(why, reasonMax)))
	})
	if err != nil {
		return handBack(s, err)
	}
	return sentence("Declined; they get your reason."), nil
}

// pressTakeOut takes an accepted question out of the deck: it waits among the suggestions again.
func (b *Bot) pressTakeOut(ctx context.Context, c call) (chat.Response, error) {
	s, err := b.decide(ctx, c, func(tx store.Tx, t *store.Track, s *suggestion) error {
		was := s.Accepted
		s.Accepted = false
		return putSuggestion(tx, t.Space, *s, was)
	})
	if err != nil {
		return chat.Response{}, err
	}
	return update(message("It is taken out, and waits among the suggestions again.",
		append([]chat.Block{note("Taken out: it is asked no more, and waits among the suggestions again.")}, b.suggestionCard(c.arg(-2), s)...)...)), nil
}

// pressNextSuggest puts an accepted question first.
func (b *Bot) pressNextSuggest(ctx context.Context, c call) (chat.Response, error) {
	say := "That is done already."
	_, err := b.decide(ctx, c, func(tx store.Tx, t *store.Track, s *suggestion) (err error) {
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
	s, err := b.decide(ctx, c, func(tx store.Tx, t *store.Track, s *suggestion) error {
		s.Question.Level, _ = strconv.Atoi(values[0])
		return putSuggestion(tx, t.Space, *s, s.Accepted)
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
		d.Points = append(d.Points, p.Line())
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
	s, err := b.decide(ctx, c, func(tx store.Tx, t *store.Track, s *suggestion) error {
		changed := *q
		changed.ID, changed.Level = s.Question.ID, s.Question.Level
		s.Question = &changed
		if s.Accepted {
			return putSuggestion(tx, t.Space, *s, true)
		}
		return b.accept(tx, c, *t, s)
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
