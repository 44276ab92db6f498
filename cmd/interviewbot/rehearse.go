package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/adapters/discord"
	"github.com/interviewbot/interviewbot/adapters/playground"
	"github.com/interviewbot/interviewbot/adapters/slack"
	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/questions"
	"github.com/interviewbot/interviewbot/storage"
)

// scene is one message of a rehearsal.
type scene struct {
	title   string
	private bool
	message chat.Message
}

// rehearse lets the bot itself take a question through a round, once on a stage with Slack's bounds and once with Discord's, and returns
// what people would see, as the adapters would send it. The bank begins with the question; the data file at path is made.
func rehearse(ctx context.Context, bank *questions.Bank, q *questions.Question, path string) (shown []playground.Shown, err error) {
	onSlack, err := play(ctx, bank, q, path+".slack", &stage{name: "slack", caps: slack.Limits(), space: "slack:T1", channel: "slack:T1:C1", user: "slack:T1:U1"})
	if err != nil {
		return nil, err
	}
	onDiscord, err := play(ctx, bank, q, path+".discord", &stage{name: "discord", caps: discord.Limits(), space: "discord:100000000000000001", channel: "discord:100000000000000002", user: "discord:100000000000000003"})
	if err != nil {
		return nil, err
	}
	for i, s := range onSlack {
		one := playground.Shown{Title: s.title, Private: s.private}
		if one.Slack, err = slack.Draw(s.message); err != nil {
			return nil, err
		}
		if one.Discord, err = discord.Draw(onDiscord[i].message, s.private); err != nil {
			return nil, err
		}
		shown = append(shown, one)
	}
	return shown, nil
}

// play is a round on one platform: the post, every hint, an answer, the model answer beside it, and the closed post.
func play(ctx context.Context, bank *questions.Bank, q *questions.Question, path string, s *stage) (scenes []scene, err error) {
	clock := bot.NewClock(time.Now)
	st, err := storage.Open(ctx, path, storage.Options{Now: clock.Now})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if err := clock.Load(ctx, st); err != nil {
		return nil, err
	}
	s.bot = bot.New(bot.Options{Store: st, Bank: bank, Now: clock.Now, Platforms: []chat.Platform{s}})
	if err := s.begin(ctx, q); err != nil {
		return nil, err
	}
	post := s.first()
	scenes = append(scenes, scene{"The daily post", false, post})
	more, err := s.answers(ctx, q, post)
	if err != nil {
		return nil, err
	}
	scenes = append(scenes, more...)
	if err := (bot.Mover{Clock: clock, Bot: s.bot}).Advance(ctx, clock.Now().AddDate(0, 0, 4), nil); err != nil { // past the next slot, whatever day it is
		return nil, err
	}
	return append(scenes, scene{"The post once the round is closed", false, s.first()}), nil
}

// begin sets up a track on the question's topic and has its first question posted.
func (s *stage) begin(ctx context.Context, q *questions.Question) error {
	setup := map[string][]string{"days": {"1-5"}, "time": {"09:00"}, "zone": {"UTC"}, "topics": {q.Topic}}
	r, err := s.handle(ctx, chat.Submit{Form: "setup:question", Values: setup})
	if err != nil {
		return fmt.Errorf("set up a track: %w", err)
	}
	done, err := answered(r, "Set up")
	if err != nil {
		return err
	}
	if _, err := s.press(ctx, *done, "Post one now"); err != nil {
		return err
	}
	_, err = s.bot.Tick(ctx)
	return err
}

// answers are the private messages of a round.
func (s *stage) answers(ctx context.Context, q *questions.Question, post chat.Message) (scenes []scene, err error) {
	hint, more := post, "Hint"
	for i := range q.Hints {
		r, err := s.press(ctx, hint, more)
		if err != nil {
			return nil, err
		}
		hint, more = *r, "Another hint"
		scenes = append(scenes, scene{fmt.Sprintf("Hint %d", i+1), true, hint})
	}
	title, text := sampleOf(q)
	feedback, err := s.send(ctx, post, "Answer privately", q, text)
	if err != nil {
		return nil, err
	}
	scenes = append(scenes, scene{"Feedback on " + title, true, *feedback})
	compared, err := s.press(ctx, *feedback, "Show the answer")
	if err != nil {
		return nil, err
	}
	return append(scenes, scene{"The model answer beside it", true, *compared}), nil
}

// padding makes an answer long enough to be taken for one.
const padding = "\n\n(The preview adds these words: an answer as short as this would be asked for more before anything is looked up in it.)"

// sampleOf is the answer that is given: the one that shows most, else what there is.
func sampleOf(q *questions.Question) (title, text string) {
	switch {
	case q.Samples.Partial != "":
		title, text = "the partial sample", q.Samples.Partial
	case q.Samples.Strong != "":
		title, text = "the strong sample", q.Samples.Strong
	default:
		title, text = "the model answer, given as an answer", q.Answer
	}
	if ok, _ := q.Rubric().Counts(text); !ok {
		text += padding
	}
	return title, text
}

// stage is a platform on which nobody else is: it keeps what is posted, with the bounds of a real one.
type stage struct {
	name    string
	caps    chat.Caps
	space   chat.SpaceID
	channel chat.ChannelID
	user    chat.UserID
	bot     *bot.Bot

	mu     sync.Mutex
	events int
	posts  []chat.Message
}

func (s *stage) actor() chat.Actor {
	return chat.Actor{User: s.user, Name: "You", Admin: chat.Yes, Zone: "UTC"}
}

// first is the first message that was posted, as it is now.
func (s *stage) first() chat.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.posts) == 0 {
		return chat.Message{Summary: "nothing was posted"}
	}
	return s.posts[0]
}

// handle gives the bot an event of the one person there is.
func (s *stage) handle(ctx context.Context, what chat.What) (chat.Response, error) {
	s.events++
	return s.bot.Handle(ctx, chat.Event{ID: chat.EventID(fmt.Sprintf("%s:e%d", s.name, s.events)), Space: s.space, Channel: s.channel, Actor: s.actor(), What: what})
}

// press presses the button of that label and returns what is shown then.
func (s *stage) press(ctx context.Context, m chat.Message, label string) (*chat.Message, error) {
	action := actionOf(m, label)
	if action == "" {
		return nil, fmt.Errorf("the bot offers no %q where it should: %s", label, m.Summary)
	}
	r, err := s.handle(ctx, chat.Press{Action: action})
	if err != nil {
		return nil, fmt.Errorf("press %s: %w", label, err)
	}
	return answered(r, label)
}

// send opens the form behind a button, fills it in and sends it.
func (s *stage) send(ctx context.Context, m chat.Message, label string, q *questions.Question, text string) (*chat.Message, error) {
	r, err := s.handle(ctx, chat.Press{Action: actionOf(m, label)})
	if err != nil {
		return nil, fmt.Errorf("open the form behind %s: %w", label, err)
	}
	if r.Form == nil {
		return nil, fmt.Errorf("there is no form behind %s", label)
	}
	values := map[string][]string{}
	for _, in := range r.Form.Inputs {
		values[in.ID] = in.Value
	}
	values["text"] = []string{text}
	for i, o := range q.Options {
		if o.Right {
			values["choice"] = append(values["choice"], strconv.Itoa(i))
		}
	}
	if r, err = s.handle(ctx, chat.Submit{Form: r.Form.ID, Values: values}); err != nil {
		return nil, fmt.Errorf("send an answer: %w", err)
	}
	return answered(r, "Send")
}

func answered(r chat.Response, label string) (*chat.Message, error) {
	switch {
	case r.Reply != nil:
		return r.Reply, nil
	case r.Update != nil:
		return r.Update, nil
	}
	return nil, fmt.Errorf("%s shows nothing: %v", label, r.Errors)
}

// actionOf is the action of the button with a label; "" when there is none.
func actionOf(m chat.Message, label string) string {
	for _, b := range m.Blocks {
		row, _ := b.(chat.Buttons)
		for _, button := range row.Row {
			if button.Label == label {
				return button.Action
			}
		}
	}
	return ""
}

// Name and the following implement chat.Platform.
func (s *stage) Name() string { return s.name }

func (s *stage) Caps() chat.Caps { return s.caps }

func (s *stage) Run(ctx context.Context, _ chat.Handler) error {
	<-ctx.Done()
	return nil
}

func (s *stage) Ready(chat.ChannelID, chat.Kind) time.Time { return time.Time{} }

func (s *stage) Post(_ context.Context, _ chat.ChannelID, m chat.Message, _ string) (chat.MessageID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts = append(s.posts, m)
	return chat.MessageID(fmt.Sprintf("%s:m%d", s.name, len(s.posts)-1)), nil
}

func (s *stage) Edit(_ context.Context, id chat.MessageID, m chat.Message) error {
	var n int
	if _, err := fmt.Sscanf(string(id), s.name+":m%d", &n); err != nil {
		return fmt.Errorf("edit %s: %w", id, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n < 0 || n >= len(s.posts) {
		return fmt.Errorf("edit %s: %w", id, chat.ErrGone)
	}
	s.posts[n] = m
	return nil
}

func (s *stage) Direct(context.Context, chat.UserID, chat.Message) error { return nil }
