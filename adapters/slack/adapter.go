// Package slack is the chat.Platform for Slack. Events arrive by Socket Mode or by HTTP and become the same chat.Events;
// answers go out in the acknowledgement where it can carry them and by the Web API where not. It holds one workspace:
// the one that its bot token belongs to. slack-go is imported here and nowhere else.
package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Options is what New needs. The tokens and the secret are Slack's; AppToken is for Socket Mode, SigningSecret for HTTP.
type Options struct {
	BotToken, AppToken, SigningSecret string

	APIURL string       // where the Web API is; "" = Slack's own
	HTTP   bool         // events come to Handler; else by Socket Mode
	Title  string       // of dialogs that have none of their own, at most 24 characters; "" = Interviewbot
	Keep   chat.Keep    // leases of sockets, shared by all copies of the program; nil = there is only this one
	Clock  chat.Clock   // nil = the real one
	Table  chat.Table   // all commands
	Log    *slog.Logger // nil = none
}

// Adapter is one Slack workspace as a chat.Platform; also a chat.Finder, chat.Health, chat.Watcher and
// chat.Reacher.
type Adapter struct {
	opt    Options
	api    *slack.Client
	client *http.Client
	log    *slog.Logger
	pace   *pace
	people *memory[string, chat.Actor]
	files  *memory[picture, string]
	told   *memory[string, struct{}] // what the operator heard of lately
	slots  chan struct{}             // one for each delivery under way

	retryWithin time.Duration // how long a connection waits at most before it is tried again

	mu      sync.Mutex
	who     identity
	run     *running
	trouble error         // why no events come, nil while they do
	gone    error         // that the workspace took the access away
	revoked chan struct{} // closed then
}

// deliveries bounds how many are under way at once; what exceeds it is not acknowledged. The bot itself says that it is
// busy long before that.
const deliveries = 1024

// New makes an adapter; it makes no call. Its error names all that is wrong with the options.
func New(o Options) (*Adapter, error) {
	if o.APIURL == "" {
		o.APIURL = slack.APIURL
	}
	if !strings.HasSuffix(o.APIURL, "/") {
		o.APIURL += "/"
	}
	if o.Title == "" {
		o.Title = "Interviewbot"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if o.Clock == nil {
		o.Clock = wall{}
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	a := &Adapter{
		opt: o, client: newClient(), log: o.Log.With("platform", Name), pace: newPace(o.Clock.Now),
		people: newMemory[string, chat.Actor](5000), files: newMemory[picture, string](500), told: newMemory[string, struct{}](8),
		slots: make(chan struct{}, deliveries), retryWithin: retryWithin, trouble: errNotRunning, revoked: make(chan struct{}),
	}
	a.api = newAPI(o, a.client)
	return a, nil
}

type wall struct{}

func (wall) Now() time.Time { return time.Now() }

func (o Options) check() error {
	var all []error
	switch {
	case o.BotToken == "":
		all = append(all, errors.New("SLACK_BOT_TOKEN is missing: it is shown under OAuth & Permissions and begins with xoxb-"))
	case strings.HasPrefix(o.BotToken, "xapp-"):
		all = append(all, errors.New("SLACK_BOT_TOKEN holds an app-level token (xapp-): that one belongs in SLACK_APP_TOKEN"))
	case strings.HasPrefix(o.BotToken, "xoxp-"):
		all = append(all, errors.New("SLACK_BOT_TOKEN holds a person's token (xoxp-): the bot needs the one that begins with xoxb-"))
	}
	switch {
	case o.HTTP && o.SigningSecret == "":
		all = append(all, errors.New("SLACK_SIGNING_SECRET is missing: without it nobody could tell Slack's requests from others; "+
			"it is shown under Basic Information"))
	case !o.HTTP && o.AppToken == "":
		all = append(all, errors.New("SLACK_APP_TOKEN is missing: Socket Mode needs an app-level token with the scope "+
			"connections:write; it begins with xapp-"))
	case !o.HTTP && strings.HasPrefix(o.AppToken, "xox"):
		all = append(all, errors.New("SLACK_APP_TOKEN holds a bot's or a person's token: Socket Mode needs the one that begins with xapp-"))
	}
	if u, err := url.Parse(o.APIURL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		all = append(all, fmt.Errorf("SLACK_API_URL is %q: it must be a whole address such as %s", o.APIURL, slack.APIURL))
	}
	return errors.Join(all...)
}

// Name implements chat.Platform.
func (a *Adapter) Name() string { return Name }

// Caps implements chat.Platform. Pictures are shown where the app has the scope files:write; else their descriptions.
func (a *Adapter) Caps() chat.Caps { return caps() }

func (a *Adapter) now() time.Time { return a.opt.Clock.Now() }

// Ready implements chat.Platform.
func (a *Adapter) Ready(c chat.ChannelID, k chat.Kind) time.Time {
	if k == chat.KindEdit {
		return a.pace.ready(methodEdit, "")
	}
	_, channel, _ := conversation(c)
	return a.pace.ready(methodPost, channel)
}

// Post implements chat.Platform.
func (a *Adapter) Post(ctx context.Context, c chat.ChannelID, m chat.Message, key string) (chat.MessageID, error) {
	team, channel, ok := conversation(c)
	if !ok || !a.holds(team) {
		return "", fmt.Errorf("post to %s: %w", c, chat.ErrGone)
	}
	at, ts, err := a.say(ctx, channel, m, key)
	if err != nil {
		return "", fmt.Errorf("post to %s: %w", c, err)
	}
	return messageID(team, at, ts), nil
}

// Direct implements chat.Platform.
func (a *Adapter) Direct(ctx context.Context, u chat.UserID, m chat.Message) error {
	team, user, ok := person(u)
	if !ok || !a.holds(team) {
		return fmt.Errorf("write to %s: %w", u, chat.ErrGone)
	}
	if _, _, err := a.say(ctx, user, m, ""); err != nil {
		return fmt.Errorf("write to %s: %w", u, err)
	}
	return nil
}

// Edit implements chat.Platform.
func (a *Adapter) Edit(ctx context.Context, id chat.MessageID, m chat.Message) error {
	team, channel, ts, ok := posted(id)
	if !ok || !a.holds(team) {
		return fmt.Errorf("edit %s: %w", id, chat.ErrGone)
	}
	blocks, text := a.draw(ctx, m.Blocks).message(m, "")
	err := a.paced(ctx, methodEdit, "", func(ctx context.Context) error {
		_, _, _, err := a.api.UpdateMessageContext(ctx, channel, ts, slack.MsgOptionText(text, false),
			slack.MsgOptionBlocks(blocks...), slack.MsgOptionParse(false))
		return err
	})
	if err != nil {
		return fmt.Errorf("edit %s: %w", id, err)
	}
	return nil
}

// say posts to a channel or, by the person's id, to the bot's direct conversation with somebody; it returns where the
// message is. Where Slack does not open that conversation by itself, an app with the scope im:write asks it to.
func (a *Adapter) say(ctx context.Context, channel string, m chat.Message, key string) (at, ts string, err error) {
	blocks, text := a.draw(ctx, m.Blocks).message(m, key)
	post := func(ctx context.Context, to string) error {
		return a.paced(ctx, methodPost, channel, func(ctx context.Context) error {
			at, ts, err = a.api.PostMessageContext(ctx, to, slack.MsgOptionText(text, false), slack.MsgOptionBlocks(blocks...),
				slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(), slack.MsgOptionDisableMarkdown(),
				slack.MsgOptionParse(false))
			return err
		})
	}
	err = post(ctx, channel)
	if hasCode(err, "channel_not_found") && isPerson(channel) && a.granted("im:write") {
		if to, opened := a.open(ctx, channel); opened == nil {
			err = post(ctx, to)
		}
	}
	if err == nil && (!isID(at) || !isTS(ts)) {
		err = fmt.Errorf("%s: %w: the answer names no message", methodPost, chat.ErrUncertain)
	}
	return at, ts, err
}

func (a *Adapter) open(ctx context.Context, user string) (channel string, err error) {
	err = a.paced(ctx, methodDirect, "", func(ctx context.Context) error {
		c, _, _, err := a.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user}})
		if err == nil {
			channel = c.ID
		}
		return err
	})
	return channel, err
}

// paced makes a call that waits for its turn by being refused: the core asks Ready and comes again. A picture in it that
// Slack still processes is waited for, a few seconds at most.
func (a *Adapter) paced(ctx context.Context, method, channel string, do func(context.Context) error) error {
	if later, ok := a.pace.take(method, channel); !ok {
		return chat.Later{At: later}
	}
	return a.whenProcessed(ctx, func() error { return a.call(ctx, method, do) })
}

// holds says whether the workspace is the one that the token belongs to, as far as is known.
func (a *Adapter) holds(team string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.who.team == "" || a.who.team == team
}

// revoke notes for good that the workspace took the access away, and returns the error.
func (a *Adapter) revoke(err error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.gone == nil {
		a.gone = err
		close(a.revoked)
	}
	return a.gone
}

func (a *Adapter) isRevoked() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.gone
}
