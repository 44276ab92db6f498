package slacktest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// channel is a conversation: public, private or direct.
type channel struct {
	id, name string
	private  bool
	direct   string // the person's id, in a direct conversation with the bot
	bot      bool   // the bot is a member
	archived bool
	messages []*message
}

// message is one message, or one that only a single person sees.
type message struct {
	ts     string
	bot    bool
	only   string // the person who alone sees it
	text   string
	plain  bool // its text is no markup
	blocks []any
	edited bool
}

// user is a person, with the client's state.
type user struct {
	id, name, zone string
	admin, bot     bool
	home           *view
	views          []*view // open dialogs, the topmost last
	troubles       []string
}

// view is an open dialog or a home page.
type view struct {
	id, root, previous, hash string
	home                     bool
	title, submit, close     string
	callback, metadata       string
	blocks                   []any
	state                    map[string]map[string]*value // of inputs and other elements, by block_id and action_id
	errors                   map[string]string            // by block_id
	sending                  bool
}

// value is what is in one element now.
type value struct {
	kind     string
	text     string
	selected []string // values of options
}

// trigger opens one dialog, once, for 3 seconds.
type trigger struct {
	user string
	at   time.Time
	used bool
	view string // the dialog it came from
}

// response is what a response_url stands for.
type response struct {
	user, channel string
	message       string // its ts, when something on a message was used
	at            time.Time
	uses          int
}

// file is an upload.
type file struct {
	id     string
	name   string
	size   int
	bytes  int
	ready  time.Time // when blocks may show it
	stored bool
}

// processing is how long an uploaded picture cannot be shown yet.
const processing = 300 * time.Millisecond

// AddChannel makes a channel, public or private, with or without the bot, and returns its id. A name is made once.
func (s *Server) AddChannel(name string, private, bot bool) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id, ok := s.names["#"+name]; ok {
		return id
	}
	c := &channel{id: s.id("C"), name: name, private: private, bot: bot}
	s.channels[c.id], s.names["#"+name] = c, c.id
	return c.id
}

// AddPerson makes a member of the workspace and returns them. A name is made once.
func (s *Server) AddPerson(name, zone string, admin bool) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id, ok := s.names["@"+name]; ok {
		return &Person{s, id}
	}
	u := &user{id: s.id("U"), name: name, zone: zone, admin: admin}
	s.users[u.id], s.names["@"+name] = u, u.id
	return &Person{s, u.id}
}

// Invite puts the bot into a channel and tells the app, if it may know.
func (s *Server) Invite(channel string) {
	s.mu.Lock()
	c := s.channels[channel]
	c.bot = true
	s.mu.Unlock()
	s.event(s.read(c), object{"type": "member_joined_channel", "user": BotID, "channel": channel, "channel_type": "C", "team": TeamID})
}

// Kick takes the bot out of a channel and tells the app, if it may know.
func (s *Server) Kick(channel string) {
	s.mu.Lock()
	c := s.channels[channel]
	c.bot = false
	s.mu.Unlock()
	typ := "channel_left"
	if c.private {
		typ = "group_left"
	}
	s.event(s.read(c), object{"type": typ, "channel": channel, "event_ts": "1.1"})
}

// Archive archives a channel and tells the app, if it may know.
func (s *Server) Archive(channel string) {
	s.mu.Lock()
	c := s.channels[channel]
	c.archived = true
	s.mu.Unlock()
	s.event(s.read(c), object{"type": "channel_archive", "channel": channel, "user": BotID, "is_moved": 0})
}

// Uninstall removes the app from the workspace: its tokens end, and it is told.
func (s *Server) Uninstall() {
	s.mu.Lock()
	s.installed = false
	s.mu.Unlock()
	s.event("", object{"type": "tokens_revoked", "tokens": object{"oauth": []any{}, "bot": []any{BotID}}})
	s.event("", object{"type": "app_uninstalled"})
}

// Revoke makes every further call of the Web API fail, and tells nobody.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.installed = false
}

// Install installs the app again after it was removed, with the same tokens.
func (s *Server) Install() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.installed = true
}

// read is the scope with which an app hears of a channel.
func (s *Server) read(c *channel) string {
	if c.private {
		return "groups:read"
	}
	return "channels:read"
}

// dm is the direct conversation of a person with the bot, made when it is first needed; s.mu is held.
func (s *Server) dm(user string) *channel {
	if id, ok := s.names["dm "+user]; ok {
		return s.channels[id]
	}
	c := &channel{id: s.id("D"), name: "directmessage", direct: user, bot: true}
	s.channels[c.id], s.names["dm "+user] = c, c.id
	return c
}

// find returns a message of a channel; s.mu is held.
func (c *channel) find(ts string) *message {
	i := slices.IndexFunc(c.messages, func(m *message) bool { return m.ts == ts })
	if i < 0 {
		return nil
	}
	return c.messages[i]
}

// trouble is the client's own complaint to a person; s.mu is held.
func (s *Server) trouble(user, text string) {
	if u := s.users[user]; u != nil {
		u.troubles = append(u.troubles, text)
	}
	s.ring()
}

// top is the topmost dialog; s.mu is held.
func (u *user) top() *view {
	if len(u.views) == 0 {
		return nil
	}
	return u.views[len(u.views)-1]
}

// view finds a dialog or home page by its id; s.mu is held.
func (s *Server) view(id string) (*user, *view) {
	for _, u := range s.users {
		if u.home != nil && u.home.id == id {
			return u, u.home
		}
		for _, v := range u.views {
			if v.id == id {
				return u, v
			}
		}
	}
	return nil, nil
}

// fill makes the state of a view that shows these blocks. What was in an element of the same block_id and action_id
// stays, as in Slack; anything else starts as it is prefilled.
func (v *view) fill(blocks []any) {
	old := v.state
	v.blocks, v.state, v.errors = blocks, map[string]map[string]*value{}, nil
	for _, b := range blocks {
		block := asObject(b)
		for _, e := range interactive(block) {
			id, action := str(block, "block_id"), str(e, "action_id")
			now := old[id][action]
			if now == nil {
				now = initial(e)
			}
			if v.state[id] == nil {
				v.state[id] = map[string]*value{}
			}
			v.state[id][action] = now
		}
	}
}

// initial is what is in an element before anybody touched it.
func initial(e object) *value {
	v := &value{kind: str(e, "type"), text: str(e, "initial_value")}
	if o := asObject(e["initial_option"]); o != nil {
		v.selected = []string{str(o, "value")}
	}
	for _, o := range list(e, "initial_options") {
		v.selected = append(v.selected, str(asObject(o), "value"))
	}
	return v
}

// interactive lists the elements of a block that a person can use.
func interactive(block object) []object {
	var all []object
	switch str(block, "type") {
	case "actions":
		for _, e := range list(block, "elements") {
			all = append(all, asObject(e))
		}
	case "input":
		all = append(all, asObject(block["element"]))
	case "section":
		if a := asObject(block["accessory"]); a != nil && str(a, "type") != "image" {
			all = append(all, a)
		}
	}
	return all
}

// named gives every block without a block_id one, as Slack does; s.mu is held.
func (s *Server) named(blocks []any) []any {
	for _, b := range blocks {
		if block := asObject(b); block != nil && str(block, "block_id") == "" {
			block["block_id"] = strings.ToLower(s.id("b"))
		}
	}
	return blocks
}

func (s *Server) newTrigger(user, view string) string {
	s.seq++
	id := fmt.Sprintf("%d.%d.%032x", 1000+s.seq, 2000+s.seq, s.seq)
	s.triggers[id] = &trigger{user: user, at: s.opt.Now(), view: view}
	return id
}
