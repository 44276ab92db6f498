package discord

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// guildsSeen is what the gateway told of the bot's guilds: it tells of every guild again after each start, and the bot
// wants to know of the new ones.
type guildsSeen struct {
	session string
	guilds  map[string]bool
}

// maxTold bounds what was told of guilds and channels and waits to be handled.
const maxTold = 1024

// deliver takes the gateway's events in order. Interactions are handled beside each other, what is told of guilds one
// after the other, so that a return is not overtaken by the removal before it.
func (a *Adapter) deliver(ctx context.Context, s *serving, queue <-chan dispatch) {
	seen := guildsSeen{guilds: map[string]bool{}}
	told := make(chan chat.Event, maxTold)
	defer close(told)
	s.run(func() {
		for e := range told {
			a.hand(s, e)
		}
	})
	for {
		select {
		case <-ctx.Done():
			return
		case d := <-queue:
			if d.kind == "INTERACTION_CREATE" {
				a.interact(s, d)
				continue
			}
			if d.kind == "READY" {
				if n := seen.ready(d.data); n > manyGuilds {
					a.log.Warn("the bot is in many servers; use the HTTP endpoint before Discord refuses the gateway at 2,500", "servers", n)
				}
			}
			if e, ok := seen.event(d); ok {
				select {
				case told <- e:
				default:
					a.log.Warn("too much is told of guilds at once; one event was dropped", "event", d.kind)
				}
			}
		}
	}
}

func (a *Adapter) interact(s *serving, d dispatch) {
	in, err := readInteraction(d.data)
	if err != nil || in.told() || in.ApplicationID != a.app {
		a.log.Warn("discord sent an interaction that cannot be read", "err", err)
		return
	}
	answer := a.callback(in)
	if !s.seat() {
		if in.Type != deedSubmit { // which is not acknowledged: the text stays in the form
			s.turnAway(func() { a.tell(s.ctx, in, answer, a.busy(in)) })
		}
		return
	}
	if !s.run(func() { defer s.leave(); a.respond(s, in, answer) }) {
		s.leave()
	}
}

func (g *guildsSeen) ready(raw json.RawMessage) int {
	var r struct {
		Session string `json:"session_id"`
		Guilds  []struct {
			ID string `json:"id"`
		} `json:"guilds"`
	}
	if json.Unmarshal(raw, &r) != nil {
		return 0
	}
	g.session, g.guilds = r.Session, map[string]bool{}
	for _, x := range r.Guilds {
		g.guilds[x.ID] = true
	}
	return len(r.Guilds)
}

// event reads what the bot wants to know: guilds that are new or lost, channels that are gone. A guild that is
// unavailable has an outage and is not lost.
func (g *guildsSeen) event(d dispatch) (chat.Event, bool) {
	var x struct {
		ID          string `json:"id"`
		GuildID     string `json:"guild_id"`
		Unavailable bool   `json:"unavailable"`
	}
	switch d.kind {
	case "GUILD_CREATE", "GUILD_DELETE", "CHANNEL_DELETE", "THREAD_DELETE":
	default:
		return chat.Event{}, false
	}
	if json.Unmarshal(d.data, &x) != nil || !isSnowflake(x.ID) || x.Unavailable {
		return chat.Event{}, false
	}
	e := chat.Event{ID: deliveryID([]byte(g.session + " " + strconv.FormatInt(d.seq, 10))), Space: guildSpace(x.ID)}
	switch d.kind {
	case "GUILD_CREATE":
		e.What = chat.Added{}
		known := g.guilds[x.ID]
		g.guilds[x.ID] = true
		return e, !known
	case "GUILD_DELETE":
		delete(g.guilds, x.ID)
		e.What = chat.Removed{}
		return e, true
	}
	if !isSnowflake(x.GuildID) {
		return chat.Event{}, false
	}
	e.Space, e.Channel, e.What = guildSpace(x.GuildID), channelID(x.ID), chat.Removed{}
	return e, true
}
