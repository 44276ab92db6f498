package discordtest

import "time"

// gate is how the gateway behaves.
type gate struct {
	remaining  int // sessions that may be begun
	resetAfter time.Duration
	silent     bool // no hello
	deaf       bool // heartbeats are not answered
	mute       bool // RESUME and IDENTIFY are not answered
	leave      int  // so many times RECONNECT in the place of READY or RESUMED
	invalid    int  // so many times INVALID SESSION in that place
	resumable  bool // what that says
	fatal      int  // close code in the place of READY
	identifies []time.Time
	resumes    int
	opened     int
}

// Gate changes how the gateway behaves.
type Gate struct{ s *Server }

// Gateway returns the knobs of the gateway.
func (s *Server) Gateway() Gate { return Gate{s} }

func (g Gate) set(f func(*gate)) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	f(&g.s.gate)
	g.s.changed()
}

// Silent makes the gateway accept connections and say nothing; Deaf, not answer heartbeats; Mute, not answer IDENTIFY and
// RESUME.
func (g Gate) Silent(on bool) { g.set(func(x *gate) { x.silent = on }) }
func (g Gate) Deaf(on bool)   { g.set(func(x *gate) { x.deaf = on }) }
func (g Gate) Mute(on bool)   { g.set(func(x *gate) { x.mute = on }) }

// Leave answers the next n IDENTIFYs and RESUMEs with RECONNECT; Invalid, with INVALID SESSION.
func (g Gate) Leave(n int) { g.set(func(x *gate) { x.leave = n }) }
func (g Gate) Invalid(n int, resumable bool) {
	g.set(func(x *gate) { x.invalid, x.resumable = n, resumable })
}

// Fatal closes every session that identifies with the code; 0 ends that.
func (g Gate) Fatal(code int) { g.set(func(x *gate) { x.fatal = code }) }

// Budget sets what GET /gateway/bot says of sessions that may be begun.
func (g Gate) Budget(remaining int, resetAfter time.Duration) {
	g.set(func(x *gate) { x.remaining, x.resetAfter = remaining, resetAfter })
}

// Counts returns how many connections were opened, and how often sessions were begun and resumed.
func (g Gate) Counts() (opened, identified, resumed int) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return g.s.gate.opened, len(g.s.gate.identifies), g.s.gate.resumes
}

// Identified returns when sessions were begun.
func (g Gate) Identified() []time.Time {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return append([]time.Time(nil), g.s.gate.identifies...)
}

// Connected says how many connections have a session now.
func (g Gate) Connected() int {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	n := 0
	for _, x := range g.s.sessions {
		if x.conn != nil {
			n++
		}
	}
	return n
}

// Await blocks until ok says yes of how many connections have a session now, and how many were ever opened; most is the
// limit. ok must not call the server.
func (g Gate) Await(most time.Duration, ok func(connected, opened int) bool) error {
	return g.s.wait(most, func() bool {
		n := 0
		for _, x := range g.s.sessions {
			if x.conn != nil {
				n++
			}
		}
		return ok(n, g.s.gate.opened)
	})
}

// Drop breaks every connection; Close ends them with a code; Reconnect tells them to go elsewhere; End tells them that
// their session is no more. Beat asks them for a heartbeat.
func (g Gate) Drop() { g.each(func(x *session) { x.drop() }) }
func (g Gate) Close(code int) {
	g.each(func(x *session) { x.close(code) })
}
func (g Gate) Reconnect()         { g.each(func(x *session) { x.send(map[string]any{"op": 7, "d": nil}) }) }
func (g Gate) End(resumable bool) { g.each(func(x *session) { x.end(resumable) }) }
func (g Gate) Beat()              { g.each(func(x *session) { x.send(map[string]any{"op": 1, "d": nil}) }) }

func (g Gate) each(f func(*session)) {
	g.s.mu.Lock()
	var all []*session
	for _, x := range g.s.sessions {
		if x.conn != nil {
			all = append(all, x)
		}
	}
	g.s.mu.Unlock()
	for _, x := range all {
		f(x)
	}
}
