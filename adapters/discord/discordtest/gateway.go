package discordtest

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// session outlives its connections: what was dispatched is kept for a resume.
type session struct {
	s    *Server
	id   string
	seq  int
	kept []map[string]any
	conn *connection // nil while there is none
}

type connection struct {
	ws *websocket.Conn
	mu sync.Mutex // for writes
}

func (c *connection) send(v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(5 * time.Second))
	_ = c.ws.WriteMessage(websocket.TextMessage, raw)
}

func (c *connection) close(code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, "fault"), time.Now().Add(time.Second))
	_ = c.ws.NetConn().Close()
}

func (x *session) connection() *connection {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	return x.conn
}

func (x *session) send(v any) {
	if c := x.connection(); c != nil {
		c.send(v)
	}
}

func (x *session) drop() {
	if c := x.connection(); c != nil {
		_ = c.ws.NetConn().Close()
	}
}

func (x *session) close(code int) {
	c := x.connection()
	if c == nil {
		return
	}
	c.close(code)
	if code == 1000 || code == 4007 || code == 4009 {
		x.s.mu.Lock()
		delete(x.s.sessions, x.id)
		x.s.mu.Unlock()
	}
}

func (x *session) end(resumable bool) {
	if !resumable {
		x.s.mu.Lock()
		delete(x.s.sessions, x.id)
		x.s.mu.Unlock()
	}
	if c := x.conn; c != nil {
		c.send(map[string]any{"op": 9, "d": resumable})
	}
}

func (s *Server) gatewayBot(*call) (any, error) {
	return map[string]any{"url": "ws://" + s.address + "/gateway/", "shards": 1, "session_start_limit": map[string]any{
		"total": 1000, "remaining": s.gate.remaining, "reset_after": s.gate.resetAfter.Milliseconds(), "max_concurrency": 1,
	}}, nil
}

// resumeAt is where sessions are resumed: another host, where names need not be found.
func (s *Server) resumeAt() string {
	if s.o.inBubble {
		return ResumeHost
	}
	return s.address
}

// ResumeHost is where sessions are resumed in a testing/synctest bubble.
const ResumeHost = "resume.discord.test"

// Dispatch sends any event with any data.
func (s *Server) Dispatch(kind string, raw []byte) { s.dispatch(kind, raw) }

// dispatch sends an event to the session; what it is told while away it is told at its resume.
func (s *Server) dispatch(kind string, data any) {
	if raw, ok := data.([]byte); ok {
		data = json.RawMessage(raw)
	}
	type delivery struct {
		c *connection
		v any
	}
	s.mu.Lock()
	var all []delivery
	for _, x := range s.sessions {
		x.seq++
		v := map[string]any{"op": 0, "t": kind, "s": x.seq, "d": data}
		x.kept = append(x.kept, v)
		if x.conn != nil {
			all = append(all, delivery{x.conn, v})
		}
	}
	s.mu.Unlock()
	for _, d := range all {
		d.c.send(d.v)
	}
}

// gateway is one connection: hello, then what the client says.
func (s *Server) gateway(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer ws.Close()
	c := &connection{ws: ws}
	s.mu.Lock()
	s.gate.opened++
	silent := s.gate.silent
	s.changed()
	s.mu.Unlock()
	if !silent {
		c.hello(s.o.Heart)
	}
	x := s.listen(c, strings.Contains(r.URL.Path, "/resume"))
	s.mu.Lock()
	defer s.mu.Unlock()
	if x != nil && x.conn == c {
		x.conn = nil
	}
	s.changed()
}

func (c *connection) hello(heart time.Duration) {
	c.send(map[string]any{"op": 10, "t": nil, "s": nil, "d": map[string]any{"heartbeat_interval": heart.Milliseconds(), "_trace": []string{"[\"gateway-test\"]"}}})
}

// listen takes what the client says until it goes, and returns the session it had. A session is resumed at the address
// that READY gave, and only there.
func (s *Server) listen(c *connection, toResume bool) *session {
	var x *session
	for {
		var m struct {
			Op   int             `json:"op"`
			Data json.RawMessage `json:"d"`
		}
		if err := c.ws.ReadJSON(&m); err != nil {
			return x
		}
		switch {
		case m.Op == 1:
			s.beat(c)
			continue
		case (m.Op == 2 || m.Op == 6) && (m.Op == 6) == toResume:
		default:
			s.mu.Lock()
			s.complain("gateway: operation %d, at the address to resume: %v", m.Op, toResume)
			s.mu.Unlock()
		}
		if m.Op == 2 || m.Op == 6 {
			x = s.begin(c, m.Op, m.Data)
		}
	}
}

func (s *Server) beat(c *connection) {
	s.mu.Lock()
	deaf := s.gate.deaf
	s.mu.Unlock()
	if !deaf {
		c.send(map[string]any{"op": 11, "d": nil})
	}
}

// begin takes IDENTIFY or RESUME.
func (s *Server) begin(c *connection, op int, data json.RawMessage) *session {
	var in struct {
		Token   string `json:"token"`
		Intents *int   `json:"intents"`
		Session string `json:"session_id"`
		Seq     int    `json:"seq"`
	}
	_ = json.Unmarshal(data, &in)
	s.mu.Lock()
	if op == 2 {
		s.gate.identifies = append(s.gate.identifies, s.o.Now())
		s.gate.remaining--
	} else {
		s.gate.resumes++
	}
	answer, code := s.mood(), s.gate.fatal
	x := s.sessions[in.Session]
	s.mu.Unlock()
	defer func() { s.mu.Lock(); s.changed(); s.mu.Unlock() }()
	switch {
	case answer != nil:
		c.send(answer)
		return nil
	case s.muted():
		return nil
	case strings.TrimPrefix(in.Token, "Bot ") != s.Token():
		code = 4004
	case op == 2 && code == 0 && (in.Intents == nil || *in.Intents&^1 != 0):
		code = 4014 // this application has no privileged intents, and the bot needs one intent
	case op == 6 && x == nil:
		c.send(map[string]any{"op": 9, "d": false})
		return nil
	}
	if code != 0 {
		c.close(code)
		return nil
	}
	if op == 6 {
		x.resume(c, in.Seq)
		return x
	}
	return s.identify(c)
}

// mood is what is said in the place of READY or RESUMED; the lock is held.
func (s *Server) mood() any {
	if s.gate.leave > 0 {
		s.gate.leave--
		return map[string]any{"op": 7, "d": nil}
	}
	if s.gate.invalid > 0 {
		s.gate.invalid--
		return map[string]any{"op": 9, "d": s.gate.resumable}
	}
	return nil
}

func (s *Server) muted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gate.mute
}

func (s *Server) identify(c *connection) *session {
	s.mu.Lock()
	x := &session{s: s, id: "session" + s.snowflake(), seq: 1}
	var guilds, created []map[string]any
	for _, g := range s.guilds {
		if g.joined {
			guilds = append(guilds, map[string]any{"id": g.id, "unavailable": true})
			x.seq++
			v := map[string]any{"op": 0, "t": "GUILD_CREATE", "s": x.seq, "d": map[string]any{"id": g.id, "name": g.name, "joined_at": "2026-01-01T00:00:00+00:00"}}
			x.kept, created = append(x.kept, v), append(created, v)
		}
	}
	ready := map[string]any{"op": 0, "t": "READY", "s": 1, "d": map[string]any{
		"v": 9, "user": s.bot, "session_id": x.id, "resume_gateway_url": "ws://" + s.resumeAt() + "/gateway/resume", "guilds": guilds,
		"application": map[string]any{"id": s.app, "flags": 0},
	}}
	s.sessions[x.id] = x
	s.mu.Unlock()
	c.send(ready)
	for _, v := range created {
		c.send(v)
	}
	s.mu.Lock()
	x.conn = c
	s.mu.Unlock()
	return x
}

// resume sends what was missed, then RESUMED.
func (x *session) resume(c *connection, seq int) {
	x.s.mu.Lock()
	var missed []map[string]any
	for _, v := range x.kept {
		if v["s"].(int) > seq {
			missed = append(missed, v)
		}
	}
	x.seq++
	resumed := map[string]any{"op": 0, "t": "RESUMED", "s": x.seq, "d": map[string]any{}}
	x.s.mu.Unlock()
	for _, v := range missed {
		c.send(v)
	}
	c.send(resumed)
	x.s.mu.Lock()
	x.conn = c
	x.s.mu.Unlock()
}
