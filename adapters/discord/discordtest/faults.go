package discordtest

import (
	"net/http"
	"strconv"
	"time"
)

// Kinds of calls, for faults and counts; any route name ("GET /gateway/bot") does too.
const (
	KindPost   = "post"
	KindEdit   = "edit"
	KindDirect = "direct"
)

// Fault is something that goes wrong with the next calls of a kind.
type Fault struct {
	Kind  string
	What  Mishap
	Times int // 0 = 1
	After time.Duration
	Hold  <-chan struct{} // of Silence: how long; nil = as long as the client waits
}

// Mishap is what goes wrong.
type Mishap uint8

const (
	Limited       Mishap = iota // 429 of the route
	LimitedShared               // 429 shared with others
	LimitedGlobal               // 429 over all routes
	LostReply                   // done, but the connection breaks before the reply
	BadGateway                  // 502, not done
	Silence                     // no reply, not done
	Forbidden                   // 403, 50001
	NotFound                    // 404, 10003
	Unauthorized                // 401
	Banned                      // 403 with a page, as what stands before Discord answers
	OldEdits                    // 429, 30046
)

// Fail arms a fault.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Times = max(f.Times, 1)
	s.faults = append(s.faults, &f)
}

// Written counts the calls of a kind that arrived so far, whatever became of them.
func (s *Server) Written(kind string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.written[kind]
}

// name tells what kind of call it is; the lock is held.
func (s *Server) name(c *call) {
	c.kind = c.route
	ch := s.channels[c.r.PathValue("channel_id")]
	switch c.route {
	case "POST /channels/{channel_id}/messages":
		c.kind = KindPost
		if ch != nil && ch.kind == 1 {
			c.kind = KindDirect
		}
	case "PATCH /channels/{channel_id}/messages/{message_id}":
		c.kind = KindEdit
	}
}

// fault takes the next fault for the kind; the lock is held.
func (s *Server) fault(kind string) *Fault {
	for i, f := range s.faults {
		if f.Kind == kind {
			if f.Times--; f.Times <= 0 {
				s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
			}
			return f
		}
	}
	return nil
}

// strike lets happen what happens before anything is done; it says whether the call is over.
func (s *Server) strike(c *call, f *Fault) bool {
	switch f.What {
	case Limited:
		c.w.Header().Set("X-RateLimit-Limit", "5")
		c.w.Header().Set("X-RateLimit-Remaining", "0")
		c.w.Header().Set("X-RateLimit-Reset-After", strconv.FormatFloat(f.After.Seconds(), 'f', 3, 64))
		limited(c.w, f.After, false, "user")
	case LimitedShared:
		limited(c.w, f.After, false, "shared")
	case LimitedGlobal:
		limited(c.w, f.After, true, "global")
	case BadGateway:
		c.w.Header().Set("Content-Type", "text/html")
		c.w.WriteHeader(http.StatusBadGateway)
		_, _ = c.w.Write([]byte("<html>502 Bad Gateway</html>"))
	case Silence:
		select {
		case <-f.Hold:
		case <-c.r.Context().Done():
		}
		panic(http.ErrAbortHandler)
	case Forbidden:
		answer(c.w, http.StatusForbidden, map[string]any{"message": "Missing Access", "code": 50001})
	case NotFound:
		answer(c.w, http.StatusNotFound, map[string]any{"message": "Unknown Channel", "code": 10003})
	case Unauthorized:
		answer(c.w, http.StatusUnauthorized, map[string]any{"message": "401: Unauthorized", "code": 0})
	case Banned:
		c.w.Header().Set("Content-Type", "text/html")
		c.w.WriteHeader(http.StatusForbidden)
		_, _ = c.w.Write([]byte("<html>error code: 1015</html>"))
	case OldEdits:
		answer(c.w, http.StatusTooManyRequests, map[string]any{
			"message": "Maximum number of edits to messages older than 1 hour reached. Try again later", "code": 30046, "retry_after": f.After.Seconds()})
	default:
		return false
	}
	return true
}
