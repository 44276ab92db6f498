package discord_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/discord"
	"github.com/interviewbot/interviewbot/adapters/discord/discordtest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// bubble is a Discord and adapters in a testing/synctest bubble: hours pass in an instant, and whatever goroutine an
// adapter leaves behind fails the test.
type bubble struct {
	t      *testing.T
	pipe   *discordtest.Pipe
	server *discordtest.Server
	guild  *discordtest.Guild
	keep   *adaptertest.Keep
	logged *lines

	runs []*running

	mu     sync.Mutex
	events []chat.Event
	answer func(context.Context, chat.Event) (chat.Response, error) // nil = thanks
}

// inBubble runs f in a bubble; everything is closed afterwards, and nothing may have been refused.
func inBubble(t *testing.T, o discordtest.Options, f func(t *testing.T, b *bubble)) {
	t.Helper()
	o.Contract = openAPI(t)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))) // bubbles begin before Discord did
		pipe := discordtest.NewPipe()
		o.Listener = pipe
		s, err := discordtest.New(o)
		if err != nil {
			t.Fatal(err)
		}
		b := &bubble{t: t, pipe: pipe, server: s, guild: s.Guild("Study group"), keep: adaptertest.NewKeep(time.Now), logged: &lines{}}
		defer func() { // also after a failure, or its goroutines would hide it
			for _, r := range b.runs {
				r.stop()
				<-r.done
				r.transport.CloseIdleConnections()
			}
			s.Close()
		}()
		f(t, b)
		for _, c := range s.Complaints() {
			t.Errorf("discord complained: %s", c)
		}
	})
}

// online is inBubble with an adapter that works, and ends in time.
func online(t *testing.T, o discordtest.Options, f func(t *testing.T, b *bubble, a *running)) {
	t.Helper()
	inBubble(t, o, func(t *testing.T, b *bubble) {
		a := b.start()
		pass(time.Second)
		f(t, b, a)
		a.end(3 * time.Second)
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// handle remembers events and answers them.
func (b *bubble) handle(ctx context.Context, e chat.Event) (chat.Response, error) {
	b.mu.Lock()
	b.events = append(b.events, e)
	answer := b.answer
	b.mu.Unlock()
	if answer != nil {
		return answer(ctx, e)
	}
	return chat.Response{Reply: &chat.Message{Summary: "Thank you.", Blocks: []chat.Block{chat.Paragraph{Text: chat.T("Thank you.")}}}}, nil
}

func heard[W chat.What](b *bubble) []chat.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []chat.Event
	for _, e := range b.events {
		if _, ok := e.What.(W); ok {
			list = append(list, e)
		}
	}
	return list
}

// running is an adapter whose Run runs.
type running struct {
	*discord.Adapter
	b         *bubble
	stop      context.CancelFunc
	done      chan struct{}
	err       error // what Run returned, when done is closed
	transport *http.Transport
}

func (b *bubble) start(change ...func(*discord.Options)) *running {
	b.t.Helper()
	transport := &http.Transport{DialContext: b.pipe.Dial, MaxIdleConnsPerHost: 64}
	o := discord.Options{
		Token: b.server.Token(), ApplicationID: b.server.App(), APIURL: b.server.APIURL(), Keep: b.keep, Clock: wall{},
		Table: adaptertest.Table(), Network: transport, Log: slog.New(slog.NewTextHandler(b.logged, nil)),
	}
	for _, c := range change {
		c(&o)
	}
	a, err := discord.New(o)
	if err != nil {
		b.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.t.Context())
	r := &running{Adapter: a, b: b, stop: stop, done: make(chan struct{}), transport: transport}
	b.runs = append(b.runs, r)
	go func() {
		defer close(r.done)
		r.err = a.Run(ctx, b.handle)
	}()
	synctest.Wait()
	return r
}

func in(place string) chat.ChannelID { return chat.ChannelID("discord:" + place) }

// posted is a post that must succeed.
func (r *running) posted(c chat.ChannelID, m chat.Message, key string) chat.MessageID {
	r.b.t.Helper()
	id, err := r.Post(r.b.t.Context(), c, m, key)
	must(r.b.t, err)
	return id
}

// end stops the adapter and checks that Run returns nil within the time.
func (r *running) end(within time.Duration) {
	r.b.t.Helper()
	began := time.Now()
	r.stop()
	<-r.done
	if r.err != nil {
		r.b.t.Errorf("Run returned %v", r.err)
	}
	if took := time.Since(began); took > within {
		r.b.t.Errorf("Run took %v to end, want at most %v", took, within)
	}
}

// pass lets time pass and all that happens in it happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (r *running) healthy(want bool) {
	r.b.t.Helper()
	if err := r.Healthy(); (err == nil) != want {
		r.b.t.Errorf("healthy: %v, want %v", err, want)
	}
}

// works checks that a command is answered.
func (b *bubble) works(name string) {
	b.t.Helper()
	c, p := b.guild.Channel("general"), b.server.Person(name)
	before := len(heard[chat.Call](b))
	if err := p.Command(c, "say", map[string]string{"text": "hello"}); err != nil {
		b.t.Fatal(err)
	}
	pass(time.Second)
	if n := len(heard[chat.Call](b)) - before; n != 1 {
		b.t.Errorf("a command arrived %d times", n)
	}
	if s := p.Screen(c); len(s) != 1 || s[0].Text != "Thank you." || !s[0].Private {
		b.t.Errorf("the screen shows %+v, troubles %q", s, p.Troubles())
	}
}

// lines collects what is logged.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
