package bot

import (
	"context"
	"errors"
	"fmt"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// I don't know is an honest answer: it shows the model answer and asks to say it back (RULES.md, section 4).

// dontKnowEvery: the bare press counts when none of the person's last four rounds in the track was one.
const dontKnowEvery = 4

// dontKnowCounts says whether the bare press would count now.
func dontKnowCounts(m matter) bool {
	if m.round == nil || m.late() || (m.answer != nil && m.answer.Counting) {
		return false
	}
	return m.member == nil || m.member.DontKnow == 0 || m.round.No-m.member.DontKnow > dontKnowEvery
}

// pressDontKnow says what it will do before it does it.
func (b *Bot) pressDontKnow(ctx context.Context, c call) (chat.Response, error) {
	key := c.arg(-1)
	m, err := b.pressed(ctx, c, key)
	if err != nil {
		return chat.Response{}, err
	}
	if m.answer != nil && m.answer.Kind != store.Asked {
		return reply(b.feedback(m)), nil
	}
	say := "This shows you the model answer, and it counts for your streak this time."
	switch {
	case m.practice():
		say = "This shows you the model answer."
	case m.late():
		say = "This round is closed: this shows you the model answer."
	case !dontKnowCounts(m):
		say = fmt.Sprintf("This shows you the model answer. One of your last %d rounds was already an I don't know, so this one counts once you say the answer back in a sentence or two.", dontKnowEvery)
	}
	return reply(message(say, para(say), row(primary(b.button("Show the answer", "reveal", key)), b.button("Write an answer", "answer", key)))), nil
}

// pressReveal is I don't know, meant.
func (b *Bot) pressReveal(ctx context.Context, c call) (chat.Response, error) {
	m, err := b.matter(ctx, c, c.arg(-1))
	if err != nil {
		return chat.Response{}, err
	}
	if m.answer != nil && !m.answer.Shown.IsZero() {
		return update(b.compared(m, "")), nil
	}
	g := given{event: c, kind: store.DontKnow}
	if m.answer != nil && m.answer.Kind != store.Asked {
		return b.pressShow(ctx, c) // something was sent: that is the answer
	}
	return b.giveUpOn(ctx, c, m, g)
}

// giveUpOn stores an I don't know and shows the model answer.
func (b *Bot) giveUpOn(ctx context.Context, c call, m matter, g given) (chat.Response, error) {
	_, err := b.write(ctx, c, "store an answer", func(tx store.Tx) error {
		now, err := readMatter(tx, c, m.key)
		if err != nil {
			return err
		}
		mine := g
		mine.counts = dontKnowCounts(now)
		if now.answer != nil && now.answer.Kind != store.Asked {
			return nil
		}
		if err := b.storeAnswer(tx, m.key, mine); err != nil {
			return err
		}
		if now, err = readMatter(tx, c, m.key); err != nil {
			return err
		}
		now.answer.Shown = now.now
		return tx.PutAnswer(*now.answer)
	})
	if err != nil {
		return chat.Response{}, err
	}
	if m, err = b.matter(ctx, c, m.key); err != nil {
		return chat.Response{}, err
	}
	b.wake()
	return update(b.feedback(m)), nil
}

// pressSayBack opens the dialog for one's own words after an I don't know.
func (b *Bot) pressSayBack(ctx context.Context, c call) (chat.Response, error) {
	m, err := b.matter(ctx, c, c.arg(-1))
	if err != nil {
		return chat.Response{}, err
	}
	if m.answer == nil {
		return chat.Response{Form: b.answerForm(m)}, nil
	}
	return chat.Response{Form: &chat.Form{ID: action("sayback", m.key), Title: "Say it back", Send: "Send", Intro: []chat.Block{para("In a sentence or two, without looking: what is the heart of it?")},
		Inputs: []chat.Input{{ID: "text", Label: "In your own words", Type: chat.Area, Max: answerMax, Value: []string{draftText(m)}}}}}, nil
}

func draftText(m matter) string {
	if m.draft != nil {
		return m.draft.Text
	}
	return m.answer.Text
}

// submitSayBack stores the words; twelve of their own make it count.
func (b *Bot) submitSayBack(ctx context.Context, c call, s chat.Submit) (chat.Response, error) {
	m, err := b.matter(ctx, c, c.arg(-1))
	if err != nil {
		return handBack(s, err)
	}
	if m.answer == nil {
		return b.submitAnswer(ctx, c, s)
	}
	g, problems := b.read(c, m, chat.Submit{Form: s.Form, Values: map[string][]string{"text": s.Values["text"], "choice": choiceOrFirst(m)}})
	if len(problems) > 0 {
		return chat.Response{Errors: problems}, nil
	}
	if words := g.marked.Own; !g.marked.Counts() {
		return chat.Response{Errors: map[string]string{"text": fmt.Sprintf("Only %s so far that are not the question's. One more sentence is enough.", plural(words, "word"))}}, nil
	}
	g.kind, g.choice, g.vis = store.SaidBack, m.answer.Choice, m.answer.Visibility
	_, err = b.write(ctx, c, "store an answer", func(tx store.Tx) error { return b.storeAnswer(tx, m.key, g) })
	if err != nil {
		var say sorry
		if errors.As(err, &say) {
			return handBackText(g.text, say), nil
		}
		return chat.Response{}, err
	}
	if m, err = b.matter(ctx, c, m.key); err != nil {
		return chat.Response{}, err
	}
	b.wake()
	return reply(b.compared(m, "")), nil
}

func choiceOrFirst(m matter) []string {
	if len(m.answer.Choice) > 0 {
		return choiceValues(m.answer.Choice)
	}
	return []string{"0"}
}
