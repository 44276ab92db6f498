package bot

import (
	"context"
	"errors"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// Today's question again, wherever a person asks for it.

// openHere lists the rounds that accept answers here: of the channel's tracks, or in a direct conversation of all that
// the person is a member of.
func (b *Bot) openHere(ctx context.Context, c call) (open []store.Round, err error) {
	err = b.view(ctx, "find open rounds", func(tx store.Tx) error {
		open = nil
		tracks, err := tx.ChannelTracks(string(c.Channel))
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, t := range tracks {
			seen[t.ID] = true
		}
		if c.Direct {
			members, err := tx.Memberships(c.user())
			if err != nil {
				return err
			}
			for _, m := range members {
				if !m.Left.IsZero() || seen[m.Track] {
					continue
				}
				t, err := tx.Track(m.Track)
				if err != nil {
					return err
				}
				tracks = append(tracks, t)
			}
		}
		for _, t := range tracks {
			if t.Open == 0 || t.State == store.TrackRemoved {
				continue
			}
			r, err := tx.Round(t.ID, t.Open)
			if err != nil {
				return err
			}
			if accepts(r) {
				open = append(open, r)
			}
		}
		return nil
	})
	return open, err
}

// latestHere is the newest round that was posted in the channel, for answers after the close.
func (b *Bot) latestHere(ctx context.Context, c call) (r store.Round, err error) {
	err = b.view(ctx, "find the latest round", func(tx store.Tx) error {
		tracks, err := tx.ChannelTracks(string(c.Channel))
		if err != nil {
			return err
		}
		found := false
		for _, t := range tracks {
			if t.Kind != kindQuestion || t.State == store.TrackRemoved {
				continue
			}
			rounds, err := tx.RoundsBefore(t.ID, 0, 3)
			if err != nil {
				return err
			}
			for _, x := range rounds {
				if posted(x) && (!found || x.At.After(r.At)) {
					r, found = x, true
				}
			}
		}
		if !found {
			return store.ErrNotFound
		}
		return nil
	})
	return r, err
}

// commandAnswer opens the dialog for the open question, or shows what was sent to it.
func (b *Bot) commandAnswer(ctx context.Context, c call, _ map[string]string) (chat.Response, error) {
	open, err := b.openHere(ctx, c)
	if err != nil {
		return chat.Response{}, err
	}
	switch len(open) {
	case 0:
		r, err := b.latestHere(ctx, c)
		if errors.Is(err, store.ErrNotFound) {
			return b.nothingOpen(c), nil
		}
		if err != nil {
			return chat.Response{}, err
		}
		c.args = []string{roundKey(r.Track, r.No)}
	case 1:
		c.args = []string{roundKey(open[0].Track, open[0].No)}
	default:
		return b.chooseOpen(ctx, open, "answer")
	}
	return b.pressAnswer(ctx, c)
}

func (b *Bot) nothingOpen(c call) chat.Response {
	say := "No question is open here. " + b.typed(c.Space) + "practice gives you one at any time; " + b.typed(c.Space) + "setup starts a daily one."
	return reply(message(say, para(say), row(b.button("Practise now", "again", "any"))))
}

// chooseOpen lets a person say which of several open questions they mean.
func (b *Bot) chooseOpen(ctx context.Context, open []store.Round, verb string) (chat.Response, error) {
	out := []chat.Block{para("Several questions are open. Which one?")}
	err := b.view(ctx, "read open questions", func(tx store.Tx) error {
		out = out[:1]
		for _, r := range open {
			q, err := questionOf(tx, r.Question)
			if err != nil {
				return err
			}
			out = append(out, chat.Paragraph{Text: chat.Join(chat.InChannel(chat.ChannelID(r.Channel)), chat.T(": "+q.Title))},
				row(b.button("This one", verb, roundKey(r.Track, r.No))))
		}
		return nil
	})
	return reply(message("Several questions are open.", out...)), err
}

// commandQuestion shows today's question again, in private, with what the person has made of it.
func (b *Bot) commandQuestion(ctx context.Context, c call, _ map[string]string) (chat.Response, error) {
	open, err := b.openHere(ctx, c)
	if err != nil {
		return chat.Response{}, err
	}
	switch len(open) {
	case 0:
		return b.nothingOpen(c), nil
	case 1:
		c.args = []string{roundKey(open[0].Track, open[0].No)}
		return b.pressQuestion(ctx, c)
	}
	return b.chooseOpen(ctx, open, "question")
}

// pressQuestion shows one round's question.
func (b *Bot) pressQuestion(ctx context.Context, c call) (chat.Response, error) {
	m, err := b.matter(ctx, c, c.arg(-1))
	if err != nil {
		return chat.Response{}, err
	}
	return reply(message("Today's question: "+m.question.Title, b.questionBlocks(m)...)), nil
}

func (b *Bot) questionBlocks(m matter) []chat.Block {
	q := m.question
	out := []chat.Block{heading(q.Title), chat.Note{Text: chat.Join(
		chat.T(b.topicTitle(q.Topic)+" · level "+itoa(q.Level)+" · about "+itoa(q.Minutes)+" min · open until "),
		chat.At(m.round.Ends, chat.DayClock, location(m.zone())))}}
	out = append(out, promptOf(q)...)
	if m.answer != nil && m.answer.Kind != store.Asked {
		return append(out, note("You have answered this one."), row(b.button("My answer and feedback", "answer", m.key)))
	}
	return append(out, row(primary(b.button("Answer privately", "answer", m.key)), b.button("Hint", "hint", "1", m.key), b.button("I don't know", "idk", m.key)))
}

// pressSee opens a closed round's answer in private: what "See the answer" under the next post does.
func (b *Bot) pressSee(ctx context.Context, c call) (chat.Response, error) {
	if track, no, ok := readRoundKey(c.arg(-1)); ok { // the post that carries the button
		if err := b.seen(ctx, c, track, no); err != nil {
			return chat.Response{}, err
		}
	}
	key := c.arg(-1)
	if c.arg(0) == onPost && len(c.args) == 3 {
		key = c.arg(1)
	}
	m, err := b.matter(ctx, c, key)
	if err != nil {
		return chat.Response{}, err
	}
	if m.round.State != store.Closed {
		return sentence("That round is still closing; its answer is here in a minute."), nil
	}
	post := b.closedPost(face{track: *m.track, round: *m.round, question: m.question}, true)
	return reply(&post), nil
}

// home is the person's page: today's question, one's own answer, streaks and settings.
func (b *Bot) home(ctx context.Context, c call) (chat.Response, error) {
	c.Direct = true // a home page belongs to the person, whatever channel is open
	out := []chat.Block{heading("Today")}
	open, err := b.openHere(ctx, c)
	if err != nil {
		return chat.Response{}, err
	}
	for _, r := range open {
		m, err := b.matter(ctx, c, roundKey(r.Track, r.No))
		if err != nil {
			return chat.Response{}, err
		}
		out = append(out, chat.Note{Text: chat.InChannel(chat.ChannelID(r.Channel))})
		out = append(out, b.questionBlocks(m)...)
	}
	if len(open) == 0 {
		out = append(out, para("No question is open for you."), row(b.button("Practise now", "again", "any")))
	}
	list, err := b.standings(ctx, c, "")
	if err != nil {
		return chat.Response{}, err
	}
	if len(list) > 0 {
		out = append(out, heading("Streak"))
		for _, p := range list {
			out = append(out, b.streakLine(p), row(b.button("My streak", "streak", p.track.ID), b.button("Why "+itoa(shown(p.track, p.member))+"?", "why", "0", p.track.ID)))
		}
	}
	out = append(out, heading("Settings"), row(b.button("Pause", "pause"), b.button("Privacy", "privacy"), b.button("Help", "help")))
	return chat.Response{Home: out}, nil
}
