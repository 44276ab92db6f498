package bottest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Posted is a message that was posted in a channel.
type Posted struct {
	ID       chat.MessageID
	Key      string
	At       time.Time
	Versions []chat.Message // as posted, then as edited; never empty
}

// Now is the newest version.
func (p Posted) Now() chat.Message { return p.Versions[len(p.Versions)-1] }

// Channel returns the channel of that name in Home, made at the first call, with the bot and everybody in it. The bot is
// not told: see Add.
func (p *Platform) Channel(name string) chat.ChannelID { return p.ChannelIn(Home, name) }

// ChannelIn is Channel for another space. A space's identifier begins with "test:".
func (p *Platform) ChannelIn(s chat.SpaceID, name string) chat.ChannelID {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := chat.ChannelID("test:c-" + slug(name))
	if s != Home {
		id += chat.ChannelID("-" + slug(string(s)))
	}
	if p.rooms[id] == nil {
		p.rooms[id] = &room{id: id, space: s, name: name}
	}
	return id
}

// Posts lists the messages posted in the channel, or said directly in a direct conversation, oldest first.
func (p *Platform) Posts(c chat.ChannelID) []Posted {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []Posted
	if r := p.rooms[c]; r != nil {
		for _, e := range r.entries {
			if e.only == nil {
				list = append(list, Posted{e.id, e.key, e.at, append([]chat.Message(nil), e.version...)})
			}
		}
	}
	return list
}

// Add puts the bot into a new channel and tells it so.
func (p *Platform) Add(t testing.TB, name string) chat.ChannelID {
	t.Helper()
	c := p.Channel(name)
	p.tell(t, chat.Event{Space: Home, Channel: c, What: chat.Added{}})
	return c
}

// Remove takes the bot out of the channel and tells it so: calls there then get ErrGone.
func (p *Platform) Remove(t testing.TB, c chat.ChannelID) {
	t.Helper()
	p.mu.Lock()
	r := p.rooms[c]
	if r == nil {
		p.mu.Unlock()
		t.Fatalf("there is no channel %s", c)
	}
	r.gone = true
	p.mu.Unlock()
	p.tell(t, chat.Event{Space: r.space, Channel: c, What: chat.Removed{}})
}

// Uninstall takes the bot out of the space and tells it so: calls there then get ErrRevoked.
func (p *Platform) Uninstall(t testing.TB, s chat.SpaceID) {
	t.Helper()
	p.mu.Lock()
	p.lost[s] = true
	p.mu.Unlock()
	p.tell(t, chat.Event{Space: s, What: chat.Removed{}})
}

func (p *Platform) tell(t testing.TB, e chat.Event) {
	t.Helper()
	p.mu.Lock()
	e.ID = p.eventID()
	p.last = &deed{event: e}
	p.mu.Unlock()
	if _, err := p.Send(e); err != nil {
		t.Fatalf("the bot did not take %T: %v", e.What, err)
	}
}

// Send gives the handler any event, as forged or as late as a test likes, and returns what it answered. Nobody sees it.
func (p *Platform) Send(e chat.Event) (chat.Response, error) {
	p.mu.Lock()
	ctx, h := p.running, p.handler
	p.mu.Unlock()
	if h == nil {
		return chat.Response{}, fmt.Errorf("send %s: the bot is not running", e.ID)
	}
	return handle(ctx, h, e)
}

// handle calls the handler; a panic becomes an error.
func handle(ctx context.Context, h chat.Handler, e chat.Event) (r chat.Response, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("handle %s: panic: %v", e.ID, v)
		}
	}()
	return h(ctx, e)
}

func (p *Platform) eventID() chat.EventID {
	p.events++
	return chat.EventID(fmt.Sprintf("test:e%d", p.events))
}

// Redeliver delivers the last event again, with the same identifier, and shows the answer again.
func (p *Platform) Redeliver(t testing.TB) {
	t.Helper()
	p.mu.Lock()
	d := p.last
	p.mu.Unlock()
	if d == nil {
		t.Fatalf("nothing was delivered yet")
	}
	p.deliver(t, *d)
}
