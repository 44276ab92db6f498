package discordtest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (s *Server) me(*call) (any, error) { return s.bot, nil }

func (s *Server) application(*call) (any, error) {
	out := map[string]any{"id": s.app, "name": "Interviewbot", "verify_key": s.Key(), "approximate_guild_count": len(s.guilds), "interactions_endpoint_url": nil}
	if s.endpoint != "" {
		out["interactions_endpoint_url"] = s.endpoint
	}
	return out, nil
}

func (s *Server) putCommands(c *call) (any, error) {
	var all []command
	if err := c.decode(&all); err != nil {
		return nil, err
	}
	if bad := checkCommands(all); bad != "" {
		return nil, refuse(http.StatusBadRequest, 50035, "%s", bad)
	}
	if c.r.PathValue("application_id") != s.app {
		return nil, refuse(http.StatusNotFound, 10002, "Unknown Application")
	}
	s.commands = all
	s.puts++
	return []any{}, nil
}

func (s *Server) openDirect(c *call) (any, error) {
	var q struct {
		To string `json:"recipient_id"`
	}
	if err := c.decode(&q); err != nil {
		return nil, err
	}
	if s.users[q.To] == nil {
		return nil, refuse(http.StatusBadRequest, 50033, "Invalid Recipient(s)")
	}
	ch := s.directOf(q.To)
	return map[string]any{"id": ch.id, "type": 1}, nil
}

// directOf returns a person's direct channel with the bot, made at the first call; the lock is held.
func (s *Server) directOf(person string) *channel {
	for _, ch := range s.channels {
		if ch.kind == 1 && ch.person == person {
			return ch
		}
	}
	ch := &channel{id: s.snowflake(), kind: 1, person: person}
	s.channels[ch.id] = ch
	return ch
}

// visible returns a channel if the bot may see it and has the right.
func (s *Server) visible(c *call, right uint64) (*channel, error) {
	ch := s.channels[c.r.PathValue("channel_id")]
	if ch == nil || ch.gone {
		return nil, refuse(http.StatusNotFound, 10003, "Unknown Channel")
	}
	if ch.kind == 1 {
		return ch, nil
	}
	rights := s.rights(ch, s.bot.ID)
	if rights&MayView == 0 {
		return nil, refuse(http.StatusForbidden, 50001, "Missing Access")
	}
	if rights&right != right {
		return nil, refuse(http.StatusForbidden, 50013, "Missing Permissions")
	}
	return ch, nil
}

func (s *Server) roles(c *call) (any, error) {
	g := s.guilds[c.r.PathValue("guild_id")]
	if g == nil || !g.joined {
		return nil, refuse(http.StatusForbidden, 50001, "Missing Access")
	}
	return g.roles, nil
}

func (s *Server) member(c *call) (any, error) {
	g := s.guilds[c.r.PathValue("guild_id")]
	if g == nil || !g.joined {
		return nil, refuse(http.StatusForbidden, 50001, "Missing Access")
	}
	roles, ok := g.members[c.r.PathValue("user_id")]
	if !ok {
		return nil, refuse(http.StatusNotFound, 10007, "Unknown Member")
	}
	return map[string]any{"user": s.users[c.r.PathValue("user_id")], "roles": slices.Clone(roles)}, nil
}

func (s *Server) channelInfo(c *call) (any, error) {
	ch, err := s.visible(c, 0)
	if err != nil {
		return nil, err
	}
	out := map[string]any{"id": ch.id, "type": ch.kind, "guild_id": ch.guild, "name": ch.name, "permission_overwrites": slices.Clone(ch.overwrites)}
	if ch.parent != "" { // whose permissions a thread has
		out["parent_id"], out["permission_overwrites"] = ch.parent, nil
	}
	return out, nil
}

func (s *Server) history(c *call) (any, error) {
	ch, err := s.visible(c, MayReadHistory)
	if err != nil {
		return nil, err
	}
	limit, err := strconv.Atoi(c.r.URL.Query().Get("limit"))
	if err != nil || limit < 1 || limit > 100 {
		limit = 50
	}
	after := c.r.URL.Query().Get("after")
	var page []map[string]any
	for _, m := range ch.messages {
		if newer(m.id, after) && m.to == "" && len(page) < limit {
			page = append(page, m.json(s.users[m.author]))
		}
	}
	slices.Reverse(page)
	if page == nil {
		return []any{}, nil
	}
	return page, nil
}

func newer(a, b string) bool { return len(a) > len(b) || len(a) == len(b) && a > b }

func (s *Server) post(c *call) (any, error) {
	right := uint64(MaySend)
	if ch := s.channels[c.r.PathValue("channel_id")]; ch != nil && ch.kind == 11 {
		right = MaySendThreads // in its place, not besides
	}
	ch, err := s.visible(c, right)
	if err != nil {
		return nil, err
	}
	var in said
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := s.judge(c, ch, in); err != nil {
		return nil, err
	}
	if in.EnforceNonce && in.Nonce != "" { // "checked for uniqueness in the past few minutes"
		for _, other := range s.channels {
			for _, m := range other.messages {
				if m.nonce == in.Nonce && m.author == s.bot.ID && s.o.Now().Sub(s.madeAt(m.id)) < 2*time.Minute {
					return m.json(s.bot), nil
				}
			}
		}
	}
	m := s.add(ch, in, c.files)
	m.nonce = in.Nonce
	return m.json(s.bot), nil
}

func (s *Server) judge(c *call, ch *channel, in said) error {
	if bad := checkMessage(in, c.files, false); bad != "" {
		return refuse(http.StatusBadRequest, 50035, "%s", bad)
	}
	if in.Flags&flagPrivate != 0 {
		return refuse(http.StatusBadRequest, 50035, "only interactions can be answered in private")
	}
	if len(in.Nonce) > 25 {
		return refuse(http.StatusBadRequest, 50035, "a nonce of %d characters", len(in.Nonce))
	}
	if len(c.files) > 0 && ch.kind != 1 && s.rights(ch, s.bot.ID)&MayAttach == 0 {
		return refuse(http.StatusForbidden, 50013, "Missing Permissions")
	}
	return nil
}

func (s *Server) madeAt(id string) time.Time {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + 1420070400000)
}

// add puts a message of the bot into a channel.
func (s *Server) add(ch *channel, in said, files map[string][]byte) *message {
	m := &message{id: s.snowflake(), channel: ch.id, author: s.bot.ID, flags: in.Flags, parts: in.Components, mentions: in.Mentions, files: files}
	ch.messages = append(ch.messages, m)
	return m
}

func (s *Server) edit(c *call) (any, error) {
	ch, err := s.visible(c, 0)
	if err != nil {
		return nil, err
	}
	var in said
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	m := ch.find(c.r.PathValue("message_id"))
	if m == nil || m.to != "" { // private messages cannot be reached with the bot's token
		return nil, refuse(http.StatusNotFound, 10008, "Unknown Message")
	}
	if err := s.judge(c, ch, in); err != nil {
		return nil, err
	}
	s.replace(m, in, c.files)
	return m.json(s.bot), nil
}

// replace edits a message: what was attached before stays unless the edit says otherwise.
func (s *Server) replace(m *message, in said, files map[string][]byte) {
	m.parts, m.mentions, m.edited, m.loading, m.view = in.Components, in.Mentions, s.o.Now(), false, nil
	m.flags = m.flags&flagPrivate | flagV2
	if in.Attachments != nil {
		m.files = map[string][]byte{}
	}
	for name, f := range files {
		if m.files == nil {
			m.files = map[string][]byte{}
		}
		m.files[name] = f
	}
}

// ForgetNonces makes the server forget what posts were called, as Discord does after some minutes.
func (s *Server) ForgetNonces() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ch := range s.channels {
		for _, m := range ch.messages {
			m.nonce = ""
		}
	}
}

func (ch *channel) find(id string) *message {
	for _, m := range ch.messages {
		if m.id == id {
			return m
		}
	}
	return nil
}

func (s *Server) startThread(c *call) (any, error) {
	ch, err := s.visible(c, MayStartThreads)
	if err != nil {
		return nil, err
	}
	var in struct {
		Name    string `json:"name"`
		Archive int    `json:"auto_archive_duration"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	m := ch.find(c.r.PathValue("message_id"))
	switch {
	case m == nil:
		return nil, refuse(http.StatusNotFound, 10008, "Unknown Message")
	case ch.kind != 0:
		return nil, refuse(http.StatusBadRequest, codeWrongKind, "Cannot execute action on this channel type")
	case m.thread:
		return nil, refuse(http.StatusBadRequest, codeHasThread, "A thread has already been created for this message")
	case s.threads(ch.guild) >= maxThreads:
		return nil, refuse(http.StatusBadRequest, codeManyThreads, "Maximum number of active threads reached")
	case strings.TrimSpace(in.Name) == "" || len([]rune(in.Name)) > 100:
		return nil, refuse(http.StatusBadRequest, 50035, "a thread's name %q", in.Name)
	}
	m.thread = true
	t := ch.open(m.id, in.Name)
	s.channels[t.id] = t
	s.add(t, said{}, nil).kind = 21 // the post, shown at the beginning
	return map[string]any{"id": t.id, "type": 11, "guild_id": t.guild, "parent_id": ch.id, "name": t.name}, nil
}

// open makes a thread, which has its channel's permissions.
func (ch *channel) open(id, name string) *channel {
	return &channel{id: id, guild: ch.guild, name: name, kind: 11, parent: ch.id, overwrites: ch.overwrites}
}

// maxThreads is how many active threads this fake lets a guild have.
const (
	maxThreads      = 3
	codeWrongKind   = 50024
	codeHasThread   = 160004
	codeManyThreads = 160006
	codeAnswered    = 40060
)

func (s *Server) threads(guild string) int {
	n := 0
	for _, ch := range s.channels {
		if ch.kind == 11 && ch.guild == guild {
			n++
		}
	}
	return n
}

// rights computes what a member may do in a channel:
// https://discord.com/developers/docs/topics/permissions#permission-overwrites
func (s *Server) rights(ch *channel, member string) uint64 {
	g := s.guilds[ch.guild]
	roles, ok := g.members[member]
	if !ok || member == s.bot.ID && !g.joined {
		return 0
	}
	bits := func(v string) uint64 {
		n, _ := strconv.ParseUint(v, 10, 64)
		return n
	}
	var base uint64
	for _, r := range g.roles {
		if r.ID == g.id || slices.Contains(roles, r.ID) {
			base |= bits(r.Permissions)
		}
	}
	if base&mayAdministrate != 0 {
		return ^uint64(0)
	}
	apply := func(which func(overwrite) bool) {
		var allow, deny uint64
		for _, o := range ch.overwrites {
			if which(o) {
				allow, deny = allow|bits(o.Allow), deny|bits(o.Deny)
			}
		}
		base = base&^deny | allow
	}
	apply(func(o overwrite) bool { return o.Type == 0 && o.ID == g.id })
	apply(func(o overwrite) bool { return o.Type == 0 && o.ID != g.id && slices.Contains(roles, o.ID) })
	apply(func(o overwrite) bool { return o.Type == 1 && o.ID == member })
	return base
}
