package discordtest

import (
	"strconv"
)

// Guild is a server of the fake that the bot is in.
type Guild struct {
	s *Server
	g *guild
}

// Guild makes a guild with the bot in it; nobody is told.
func (s *Server) Guild(name string) *Guild {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.snowflake()
	g := &guild{id: id, name: name, joined: true, members: map[string][]string{}}
	g.roles = []*role{{ID: id, Name: "@everyone", Permissions: strconv.FormatUint(MayView|MaySend|MayReadHistory, 10)}}
	s.guilds[id] = g
	own := &role{ID: s.snowflake(), Name: "Interviewbot", Permissions: strconv.FormatUint(everything, 10), Position: 1}
	g.roles = append(g.roles, own)
	g.members[s.bot.ID] = []string{own.ID}
	for _, p := range s.people {
		g.members[p.user.ID] = nil
	}
	return &Guild{s, g}
}

// ID is the guild's snowflake.
func (g *Guild) ID() string { return g.g.id }

// Channel makes a text channel.
func (g *Guild) Channel(name string) string {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	ch := &channel{id: g.s.snowflake(), guild: g.g.id, name: name}
	g.s.channels[ch.id] = ch
	return ch.id
}

// Thread is what a person opens in a text channel.
func (g *Guild) Thread(channel, name string) string {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	t := g.s.channels[channel].open(g.s.snowflake(), name)
	g.s.channels[t.id] = t
	return t.id
}

// Role makes a role and gives it to people.
func (g *Guild) Role(name string, rights uint64, people ...*Person) string {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	r := &role{ID: g.s.snowflake(), Name: name, Permissions: strconv.FormatUint(rights, 10), Position: len(g.g.roles)}
	g.g.roles = append(g.g.roles, r)
	for _, p := range people {
		g.g.members[p.user.ID] = append(g.g.members[p.user.ID], r.ID)
	}
	return r.ID
}

// Deny takes rights in a channel from the bot.
func (g *Guild) Deny(channel string, rights uint64) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	ch := g.s.channels[channel]
	ch.overwrites = append(ch.overwrites, overwrite{ID: g.s.bot.ID, Type: 1, Allow: "0", Deny: strconv.FormatUint(rights, 10)})
}

// Remove deletes a channel and tells the bot.
func (g *Guild) Remove(channel string) {
	g.s.mu.Lock()
	g.s.channels[channel].gone = true
	g.s.changed()
	g.s.mu.Unlock()
	g.s.dispatch("CHANNEL_DELETE", map[string]any{"id": channel, "guild_id": g.g.id, "type": 0})
}

// Uninstall takes the bot out of the guild and tells it; Install puts it in again; Outage makes it unavailable for a
// while, which is not a removal.
func (g *Guild) Uninstall() {
	g.join(false)
	g.s.dispatch("GUILD_DELETE", map[string]any{"id": g.g.id})
}

func (g *Guild) Install() {
	g.join(true)
	g.s.dispatch("GUILD_CREATE", map[string]any{"id": g.g.id, "name": g.g.name, "joined_at": "2026-01-01T00:00:00+00:00"})
}

func (g *Guild) Outage() {
	g.s.dispatch("GUILD_DELETE", map[string]any{"id": g.g.id, "unavailable": true})
	g.s.dispatch("GUILD_CREATE", map[string]any{"id": g.g.id, "name": g.g.name, "joined_at": "2026-01-01T00:00:00+00:00"})
}

func (g *Guild) join(in bool) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.g.joined = in
	g.s.changed()
}

// Thread returns the name of the thread on a message, and what was said in it; ok is false when there is none.
func (s *Server) Thread(message string) (name string, texts []string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.channels[message]
	if t == nil || t.kind != 11 {
		return "", nil, false
	}
	for _, m := range t.messages {
		if m.kind == 0 {
			texts = append(texts, s.see(m, nil).Text)
		}
	}
	return t.name, texts, true
}
