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
)

// What people let the group see, and what they can change about it.

const sharedPage = 5

// pressOthers lists shared answers in private: to those who answered, and to everybody once the round is closed.
func (b *Bot) pressOthers(ctx context.Context, c call) (chat.Response, error) {
	key := c.arg(-1)
	track, no, ok := readRoundKey(key)
	if !ok {
		return chat.Response{}, noSuchRound
	}
	m, err := b.matter(ctx, c, key)
	if err != nil {
		return chat.Response{}, err
	}
	if accepts(*m.round) && (m.answer == nil || !m.answer.Counting) {
		return sentence("Others' answers open once you have answered, or when the round closes."), nil
	}
	var all []store.Answer
	err = b.view(ctx, "list shared answers", func(tx store.Tx) error {
		a, err := tx.RoundAnswers(track, no, "", 0)
		all = sharedAnswers(a, c.user())
		return err
	})
	if err != nil {
		return chat.Response{}, err
	}
	if len(all) == 0 {
		return sentence("Nobody else has shared an answer to this one. Answers without a name are listed from three on."), nil
	}
	from, _ := strconv.Atoi(c.arg(-2))
	from = min(max(from, 0), (len(all)-1)/sharedPage*sharedPage)
	out := []chat.Block{heading("Answers to: " + m.question.Title)}
	for _, a := range all[from:min(from+sharedPage, len(all))] {
		name := chat.T("Somebody")
		if a.Visibility == store.WithName {
			name = chat.Person(chat.UserID(a.User), a.Name)
		}
		out = append(out, chat.Paragraph{Text: name}, chat.Quote{Text: chat.T(clip(a.Text, 900))})
	}
	nav := chat.Buttons{}
	if from > 0 {
		nav.Row = append(nav.Row, b.button("Back", "othersat", strconv.Itoa(from-sharedPage), key))
	}
	if from+sharedPage < len(all) {
		nav.Row = append(nav.Row, b.button("More", "othersat", strconv.Itoa(from+sharedPage), key))
	}
	if len(nav.Row) > 0 {
		out = append(out, nav)
	}
	return reply(message(plural(len(all), "shared answer"), out...)), nil
}

// pressOthersAt turns the page.
func (b *Bot) pressOthersAt(ctx context.Context, c call) (chat.Response, error) {
	r, err := b.pressOthers(ctx, c)
	return chat.Response{Update: r.Reply}, err
}

// sharedAnswers are those that others may see; without a name only from three on.
func sharedAnswers(all []store.Answer, me string) []store.Answer {
	var named, nameless []store.Answer
	for _, a := range all {
		switch {
		case !readable(a):
		case a.Visibility == store.WithName:
			named = append(named, a)
		default:
			nameless = append(nameless, a)
		}
	}
	if len(nameless) < 3 {
		nameless = nil
	}
	// By their texts: the order of people would tell between which names somebody stands.
	slices.SortFunc(nameless, func(x, y store.Answer) int { return strings.Compare(x.Text, y.Text) })
	return slices.DeleteFunc(append(named, nameless...), func(a store.Answer) bool { return a.User == me })
}

// readable says whether an answer has something that others may read.
func readable(a store.Answer) bool { return a.Visibility != store.OnlyMe && a.Text != "" }

// pressMine offers what can be changed about one's own answer.
func (b *Bot) pressMine(ctx context.Context, c call) (chat.Response, error) {
	m, err := b.matter(ctx, c, c.arg(-1))
	if err != nil {
		return chat.Response{}, err
	}
	if m.answer == nil {
		return sentence("You have not sent anything to this question."), nil
	}
	out := []chat.Block{}
	if !m.practice() && !m.track.Direct {
		out = append(out, para("Who may see it after they have answered"),
			chat.Menu{Action: action("who", m.key), Placeholder: "Who may see it", Choices: visibilities(), Selected: visibilities()[m.answer.Visibility].Value})
	}
	out = append(out, row(danger(b.button("Delete my text", "delete", m.key)), b.button("Report a problem", "report", m.key)),
		note("Deleting removes the text for good; that you answered stays."))
	return reply(message("Your answer", out...)), nil
}

// pressWho changes who may see an answer.
func (b *Bot) pressWho(ctx context.Context, c call) (chat.Response, error) {
	values := c.What.(chat.Press).Values
	if len(values) == 0 {
		return chat.Response{}, nil
	}
	vis := visibilityOf(values[0])
	err := b.change(ctx, c, func(tx store.Tx, m matter) error {
		m.answer.Visibility = vis
		return tx.PutAnswer(*m.answer)
	})
	if err != nil {
		return chat.Response{}, err
	}
	return sentence("Done. It may be seen by: " + lowerFirst(visibilities()[vis].Label) + "."), nil
}

// pressDelete removes a text; the outcome stays.
func (b *Bot) pressDelete(ctx context.Context, c call) (chat.Response, error) {
	err := b.change(ctx, c, func(tx store.Tx, m matter) error {
		eraseText(m.answer)
		return tx.PutAnswer(*m.answer)
	})
	if err != nil {
		return chat.Response{}, err
	}
	return sentence("Your text is deleted. That you answered stays, and so does your streak."), nil
}

func eraseText(a *store.Answer) {
	a.Text, a.Before, a.Deleted, a.Visibility = "", "", true, store.OnlyMe
}

// change writes to one's own answer of the action's key.
func (b *Bot) change(ctx context.Context, c call, f func(store.Tx, matter) error) error {
	_, err := b.write(ctx, c, "change an answer", func(tx store.Tx) error {
		m, err := readMatter(tx, c, c.arg(-1))
		if err != nil {
			return err
		}
		if m.answer == nil {
			return noSuchAnswer
		}
		return f(tx, m)
	})
	return err
}

// pressMore is what a post offers besides answering.
func (b *Bot) pressMore(ctx context.Context, c call) (chat.Response, error) {
	key := c.arg(-1)
	m, err := b.matter(ctx, c, key)
	if err != nil {
		return chat.Response{}, err
	}
	r := []chat.Button{b.button("My streak", "streak", m.track.ID), b.button("Not my topic", "nottopic", key), b.button("Report a problem", "report", key)}
	if m.member == nil || !m.member.Left.IsZero() {
		r = append(r, b.button("Join", "join", m.track.ID))
	} else {
		r = append(r, b.button("Leave", "leave", m.track.ID))
	}
	return reply(message("More about today's question", para("What would you like?"), chat.Buttons{Row: r})), nil
}

// pressNotTopic leaves a topic out of the person's own practice, and says what to do about the round.
func (b *Bot) pressNotTopic(ctx context.Context, c call) (chat.Response, error) {
	m, err := b.matter(ctx, c, c.arg(-1))
	if err != nil {
		return chat.Response{}, err
	}
	topic := m.question.Topic
	_, err = b.write(ctx, c, "leave a topic out", func(tx store.Tx) error {
		p, err := person(tx, c)
		if err != nil {
			return err
		}
		for _, t := range p.Avoid {
			if t == topic {
				return nil
			}
		}
		p.Avoid = append(p.Avoid, topic)
		return tx.PutPerson(p)
	})
	if err != nil {
		return chat.Response{}, err
	}
	say := fmt.Sprintf("Noted: your own practice leaves %s out unless you ask for it. For today, I don't know is an honest answer; the channel's topics are set by the track's owners.", b.topicTitle(topic))
	return reply(message(say, para(say), row(b.button("I don't know", "idk", m.key), b.button("Bring it back", "mytopic", topic)))), nil
}

// pressMyTopic takes that back.
func (b *Bot) pressMyTopic(ctx context.Context, c call) (chat.Response, error) {
	topic := c.arg(-1)
	_, err := b.write(ctx, c, "bring a topic back", func(tx store.Tx) error {
		p, err := person(tx, c)
		if err != nil {
			return err
		}
		kept := p.Avoid[:0:0]
		for _, t := range p.Avoid {
			if t != topic {
				kept = append(kept, t)
			}
		}
		p.Avoid = kept
		return tx.PutPerson(p)
	})
	if err != nil {
		return chat.Response{}, err
	}
	return chat.Response{Update: message("Back in your practice.", para(b.topicTitle(topic)+" is back in your practice."))}, nil
}

// person reads the actor's record, or a new one.
func person(tx store.Tx, c call) (store.Person, error) {
	p, err := tx.Person(c.user())
	if errors.Is(err, store.ErrNotFound) {
		return store.Person{User: c.user(), Space: string(c.Space), Name: clip(c.Actor.Name, 80), Zone: c.Actor.Zone, Seen: tx.Now()}, nil
	}
	return p, err
}

// pressReport opens the form for a problem with a question.
func (b *Bot) pressReport(ctx context.Context, c call) (chat.Response, error) {
	m, err := b.matter(ctx, c, c.arg(-1))
	if err != nil {
		return chat.Response{}, err
	}
	return chat.Response{Form: &chat.Form{ID: action("report", m.key), Title: "Report a problem", Send: "Send",
		Intro:  []chat.Block{paraf("About “%s”. It goes to those who look after the questions here, with your name.", m.question.Title)},
		Inputs: []chat.Input{{ID: "text", Label: "What is the problem?", Type: chat.Area, Max: 1000, Placeholder: "For example: a fact that no longer holds, a point the feedback keeps missing"}}}}, nil
}

// submitReport sends it to the owners.
func (b *Bot) submitReport(ctx context.Context, c call, s chat.Submit) (chat.Response, error) {
	text := clean(s.Value("text"))
	if text == "" {
		return chat.Response{Errors: map[string]string{"text": "A few words are enough."}}, nil
	}
	m, err := b.matter(ctx, c, c.arg(-1))
	if err != nil {
		return handBack(s, err)
	}
	var t store.Track
	_, err = b.write(ctx, c, "report a problem", func(tx store.Tx) (err error) {
		if m.track != nil {
			t = *m.track
		} else if t, err = responsible(tx, c); err != nil {
			return err
		}
		return b.tellOwnersWith(tx, t.ID, fmt.Sprintf("%s reports a problem with “%s” (%s).", clip(c.Actor.Name, 80), m.question.Title, m.question.ID),
			notice{Key: "report:" + short(string(c.ID)), Quote: clip(text, 1000)})
	})
	if errors.Is(err, store.ErrNotFound) && m.track == nil {
		return reportNobody(m, text), nil
	}
	if err != nil {
		return handBack(s, err)
	}
	b.wake()
	say := chat.Join(chat.T("Thank you; it is on its way to those who look after "), trackName(t), chat.T("."))
	return reply(message(say.Plain(), chat.Paragraph{Text: say})), nil
}

// reportNobody: nobody looks after questions here, so the text is handed back with where to send it.
func reportNobody(m matter, text string) chat.Response {
	say := fmt.Sprintf("Nobody looks after questions in this chat. Please send this to whoever runs me, with the question's id: %s.", m.question.ID)
	return reply(message(say, para(say), chat.Quote{Text: chat.T(text)}))
}
