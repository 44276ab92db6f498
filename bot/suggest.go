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
	again, err := b.write(ctx, c, "keep a suggestion", func(tx store.Tx) (err error) {
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
		q, err = b.keepSuggestion(tx, c, t, q, mine)
		return err
	})
	switch {
	case again: // what was found out on the way to that means nothing
		return sentence("Your suggestion is kept."), nil
	case len(problems) > 0:
		return chat.Response{Errors: problems}, nil
	case err != nil:
		return handBack(chat.Submit{Values: map[string][]string{"text": {typed(s)}}}, err)
	}
	b.wake()
	if mine {
		return reply(message("Your suggestion", b.suggestionCard(t.ID, suggestion{Question: q})...)), nil
	}
	text := chat.Join(chat.T("Thank you. “"+q.Title+"” is on its way to those who look after "), trackName(t), chat.T("; I tell you what they decide."))
	return reply(message(text.Plain(), chat.Paragraph{Text: text})), nil
}

// keepSuggestion stores a question under an id of its own and, unless the actor is one of them, tells the owners.
func (b *Bot) keepSuggestion(tx store.Tx, c call, t store.Track, q *questions.Question, mine bool) (*questions.Question, error) {
	kept := *q
	var err error
	if kept.ID, err = b.ownID(tx, t.Space, q); err != nil {
		return q, err
	}
	s := suggestion{Track: t.ID, User: c.user(), Name: clip(c.Actor.Name, 80), Made: tx.Now(), Question: &kept}
	if err := putSuggestion(tx, t.Space, s, false); err != nil || mine {
		return &kept, err
	}
	return &kept, b.tellOwnersWith(tx, t.ID, s.Name+" suggests a question.", notice{Key: "suggest:" + kept.ID, Suggestion: kept.ID})
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
