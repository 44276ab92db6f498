package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
)

// Practice at any time: private questions with hints, feedback and the model answer.

// commandPractice gives a question.
func (b *Bot) commandPractice(ctx context.Context, c call, args map[string]string) (chat.Response, error) {
	topic, level, err := b.practiceWish(c, args["topic"], args["level"])
	if err != nil {
		return chat.Response{}, err
	}
	return b.ask(ctx, c, topic, level, "")
}

// practiceWish reads "caching", "2", "level 2", "any".
func (b *Bot) practiceWish(c call, topic, level string) (string, int, error) {
	if n, err := strconv.Atoi(topic); err == nil && level == "" { // practice 2
		topic, level = "", strconv.Itoa(n)
	}
	n := 0
	if level = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(level)), "level "); level != "" {
		var err error
		if n, err = strconv.Atoi(level); err != nil || n < 1 || n > 3 {
			return "", 0, sorry("A level is 1, 2 or 3: 1 for the basics, 3 for what senior engineers are asked.")
		}
	}
	if topic == "" || strings.EqualFold(topic, "any") {
		return "", n, nil
	}
	id, near := b.topicOf(topic)
	if id != "" {
		return id, n, nil
	}
	if near != "" {
		return "", 0, sorryf("There is no topic %q. Did you mean %q? %shelp topics shows all.", clip(topic, 40), near, b.typed(c.Space))
	}
	return "", 0, sorryf("There is no topic %q. %shelp topics shows all.", clip(topic, 40), b.typed(c.Space))
}

// topicOf finds a topic by id or title, whatever its case; near is the nearest id when there is none.
func (b *Bot) topicOf(name string) (id, near string) {
	name = strings.ToLower(strings.TrimSpace(name))
	var words []string
	by := map[string]string{}
	for _, t := range b.bank.Load().Topics() {
		title := strings.ToLower(t.Title)
		if t.ID == name || title == name {
			return t.ID, ""
		}
		words = append(words, t.ID, title)
		by[t.ID], by[title] = t.ID, t.ID
		for _, w := range strings.FieldsFunc(title, func(r rune) bool { return r == ' ' || r == ',' || r == '/' }) {
			if _, ok := by[w]; !ok && len(w) > 2 {
				words = append(words, w)
				by[w] = t.ID
			}
		}
	}
	if n := chat.Nearest(name, words); n != "" {
		if n == name {
			return by[n], ""
		}
		return "", by[n]
	}
	return "", ""
}

// ask picks a question for the person, remembers that it was asked, and shows it. after is the id of a question it
// should be like.
func (b *Bot) ask(ctx context.Context, c call, topic string, level int, after string) (chat.Response, error) {
	var seq uint64
	var q *questions.Question
	again, err := b.write(ctx, c, "ask a practice question", func(tx store.Tx) error {
		p, err := person(tx, c)
		if err != nil {
			return err
		}
		q, err = b.pickPractice(tx, c, p, topic, level)
		if err != nil {
			return err
		}
		snap := snapshot("question", q.ID, q.Body())
		if err := tx.PutSnapshot(snap); err != nil {
			return err
		}
		zone := p.Zone
		if zone == "" {
			zone = "UTC"
		}
		a := store.Answer{User: c.user(), Space: string(c.Space), Name: p.Name, Question: snap.Hash, Kind: store.Asked, Sent: tx.Now(), Zone: zone, Prev: p.Practice}
		if seq, err = tx.AddAnswer(a); err != nil {
			return err
		}
		p.Practice = seq
		p.Recent = remember(p.Recent, q.ID)
		return errors.Join(tx.PutPerson(p), practiceTask(tx))
	})
	if err != nil {
		return chat.Response{}, err
	}
	if again { // the same deed delivered twice: show what it asked
		return b.lastAsked(ctx, c)
	}
	return b.practiceMessage(q, seqKey(seq)), nil
}

// recentKept is how many questions and tips a person's practice remembers.
const recentKept = 200

func remember(recent []string, id string) []string {
	out := append([]string{id}, recent...)
	return out[:min(len(out), recentKept)]
}

func (b *Bot) pickPractice(tx store.Tx, c call, p store.Person, topic string, level int) (*questions.Question, error) {
	bank, err := b.bankOf(tx, string(c.Space))
	if err != nil {
		return nil, err
	}
	s := seed(p.User, int(tx.Now().UnixMilli()))
	q, err := bank.PickPractice(topic, level, p.Recent, s)
	if err != nil && level > 0 {
		return nil, sorryf("There is no question on %s at level %d yet. Without the level there are some.", b.topicTitle(topic), level)
	}
	if err != nil {
		return nil, err
	}
	for i := uint64(1); topic == "" && i < 8 && contains(p.Avoid, q.Topic); i++ {
		if q, err = bank.PickPractice(topic, level, p.Recent, s+i); err != nil {
			return nil, err
		}
	}
	return q, nil
}

func contains(all []string, s string) bool {
	for _, x := range all {
		if x == s {
			return true
		}
	}
	return false
}

func (b *Bot) lastAsked(ctx context.Context, c call) (chat.Response, error) {
	var key string
	err := b.view(ctx, "read the last practice", func(tx store.Tx) error {
		p, err := person(tx, c)
		key = seqKey(p.Practice)
		return err
	})
	if err != nil {
		return chat.Response{}, err
	}
	m, err := b.matter(ctx, c, key)
	if err != nil {
		return chat.Response{}, err
	}
	return b.practiceMessage(m.question, key), nil
}

func (b *Bot) practiceMessage(q *questions.Question, key string) chat.Response {
	out := []chat.Block{heading(q.Title), note(fmt.Sprintf("Practice · %s · level %d · about %d min", b.topicTitle(q.Topic), q.Level, q.Minutes))}
	out = append(out, promptOf(q)...)
	out = append(out, row(primary(b.button("Answer", "answer", key)), b.button("Hint", "hint", "1", key), b.button("Show the answer", "show", key), b.button("Another", "again", key)))
	return reply(message("Practice: "+asSentence(q.Title)+" "+plainOf(q.Prompt), out...))
}

// pressAgain gives another question on the same topic; "any" one on anything.
func (b *Bot) pressAgain(ctx context.Context, c call) (chat.Response, error) {
	key := c.arg(-1)
	if key == "any" {
		return b.ask(ctx, c, "", 0, "")
	}
	m, err := b.matter(ctx, c, key)
	if err != nil {
		return chat.Response{}, err
	}
	return b.ask(ctx, c, m.question.Topic, 0, m.question.ID)
}

// pressSimilar gives a practice question like that of a round.
func (b *Bot) pressSimilar(ctx context.Context, c call) (chat.Response, error) {
	m, err := b.matter(ctx, c, c.arg(-1))
	if err != nil {
		return chat.Response{}, err
	}
	return b.ask(ctx, c, m.question.Topic, 0, m.question.ID)
}
