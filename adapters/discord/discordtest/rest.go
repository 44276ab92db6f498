package discordtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// call is one request to the REST API.
type call struct {
	w     http.ResponseWriter
	r     *http.Request
	body  []byte // JSON
	files map[string][]byte
	kind  string // for faults and counts: post, edit, direct, or the route
	route string
}

// refusal is an answer other than success.
type refusal struct {
	status, code int
	message      string
}

func (r refusal) Error() string { return fmt.Sprintf("%d %d %s", r.status, r.code, r.message) }

func refuse(status, code int, format string, args ...any) error {
	return refusal{status, code, fmt.Sprintf(format, args...)}
}

// routes is Discord's API, as far as the bot needs it: method, path as the OpenAPI has it, and what it does. The last
// column says that it is outside the limits and needs no token, as interactions' endpoints are.
func (s *Server) routes() (http.Handler, error) {
	mux := http.NewServeMux()
	var bad error
	for _, x := range []struct {
		method, path string
		do           func(*call) (any, error)
		open         bool
	}{
		{"GET", "/users/@me", s.me, false},
		{"POST", "/users/@me/channels", s.openDirect, false},
		{"GET", "/applications/@me", s.application, false},
		{"PUT", "/applications/{application_id}/commands", s.putCommands, false},
		{"GET", "/gateway/bot", s.gatewayBot, false},
		{"GET", "/guilds/{guild_id}/roles", s.roles, false},
		{"GET", "/guilds/{guild_id}/members/{user_id}", s.member, false},
		{"GET", "/channels/{channel_id}", s.channelInfo, false},
		{"GET", "/channels/{channel_id}/messages", s.history, false},
		{"POST", "/channels/{channel_id}/messages", s.post, false},
		{"PATCH", "/channels/{channel_id}/messages/{message_id}", s.edit, false},
		{"POST", "/channels/{channel_id}/messages/{message_id}/threads", s.startThread, false},
		{"POST", "/interactions/{interaction_id}/{interaction_token}/callback", s.callback, true},
		{"PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", s.editOriginal, true},
		{"DELETE", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", s.deleteOriginal, true},
		{"POST", "/webhooks/{webhook_id}/{webhook_token}", s.followUp, true},
	} {
		if !s.o.inBubble { // where compiling takes no time
			bad = errors.Join(bad, s.o.Contract.warm(x.method, x.path))
		}
		mux.HandleFunc(x.method+" /api/v10"+x.path, func(w http.ResponseWriter, r *http.Request) {
			s.serve(&call{w: w, r: r, route: x.method + " " + x.path}, x.method, x.path, x.do, x.open)
		})
	}
	mux.HandleFunc("GET /gateway/", s.gateway)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.complain("no such route: %s %s", r.Method, r.URL.Path)
		s.mu.Unlock()
		answer(w, http.StatusNotFound, map[string]any{"message": "404: Not Found", "code": 0})
	})
	return mux, bad
}

// serve takes a request the way Discord does: first what may go wrong on the way, then whether it may be made, then
// whether it is well formed, then the deed.
func (s *Server) serve(c *call, method, path string, do func(*call) (any, error), open bool) {
	if err := c.read(); err != nil {
		s.refused400(c, "body: "+err.Error())
		return
	}
	f := s.arrived(c)
	if s.o.Latency > 0 {
		time.Sleep(s.o.Latency)
	}
	if f != nil && s.strike(c, f) || !s.proper(c, method, path, open) {
		return
	}
	s.mu.Lock()
	out, err := do(c)
	s.changed()
	s.mu.Unlock()
	if f != nil && f.What == LostReply {
		panic(http.ErrAbortHandler) // breaks the connection
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	if out == nil {
		c.w.WriteHeader(http.StatusNoContent)
		return
	}
	answer(c.w, http.StatusOK, out)
}

// arrived counts a request and takes the fault that befalls it.
func (s *Server) arrived(c *call) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[c.route]++
	s.name(c)
	if c.kind == KindPost || c.kind == KindEdit || c.kind == KindDirect {
		s.written[c.kind]++
	}
	s.changed()
	return s.fault(c.kind)
}

// proper says whether a request may be made and is well formed; if not, it has been answered.
func (s *Server) proper(c *call, method, path string, open bool) bool {
	if !open && c.r.Header.Get("Authorization") != "Bot "+s.Token() {
		s.fail(c, refusal{http.StatusUnauthorized, 0, "401: Unauthorized"})
		return false
	}
	if !strings.HasPrefix(c.r.UserAgent(), "DiscordBot (") {
		s.refused400(c, "a user agent that Discord would block: "+c.r.UserAgent())
		return false
	}
	if err := s.o.Contract.Request(method, path, c.body); err != nil {
		s.refused400(c, brief(err))
		return false
	}
	return open || s.within(c)
}

// fail answers a refusal; those of the request's own making are complaints.
func (s *Server) fail(c *call, err error) {
	var no refusal
	if !errors.As(err, &no) {
		no = refusal{http.StatusInternalServerError, 0, err.Error()}
	}
	s.mu.Lock()
	switch {
	case no.code == 50035 || no.code == 50109 || no.code == 50033: // what was sent is not right
		s.complain("%s: %s", c.route, no.message)
	case no.status == http.StatusUnauthorized, no.status == http.StatusForbidden, no.status == http.StatusTooManyRequests:
		s.refused++
	}
	s.mu.Unlock()
	answer(c.w, no.status, map[string]any{"message": no.message, "code": no.code})
}

func (s *Server) refused400(c *call, what string) {
	s.fail(c, refuse(http.StatusBadRequest, 50035, "%s", what))
}

func answer(w http.ResponseWriter, status int, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		status, raw = http.StatusInternalServerError, []byte(`{}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}

// read takes the body apart: JSON, or a form with payload_json and files.
func (c *call) read() error {
	raw, err := io.ReadAll(io.LimitReader(c.r.Body, 25<<20+1))
	if err != nil || len(raw) > 25<<20 {
		return errors.Join(err, errors.New("not within 25 MiB"))
	}
	if len(raw) == 0 {
		return nil
	}
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	c.files = map[string][]byte{}
	if kind == "application/json" {
		c.body = raw
		return nil
	}
	if kind != "multipart/form-data" {
		return fmt.Errorf("content type %q", kind)
	}
	return c.form(multipart.NewReader(bytes.NewReader(raw), params["boundary"]))
}

// form reads payload_json and the files, which are numbered.
func (c *call) form(parts *multipart.Reader) error {
	for n := 0; ; {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		content, err := io.ReadAll(p)
		if err != nil {
			return err
		}
		switch p.FormName() {
		case "payload_json":
			c.body = content
		case fmt.Sprintf("files[%d]", n):
			c.files[p.FileName()] = content
			n++
		default:
			return fmt.Errorf("part %q", p.FormName())
		}
	}
}

func (c *call) decode(into any) error {
	if err := json.Unmarshal(c.body, into); err != nil {
		return refuse(http.StatusBadRequest, 50109, "the request body contains invalid JSON: %v", err)
	}
	return nil
}

// window is a rate limit: so many requests in so long.
type window struct {
	until time.Time
	used  int
	count int
}

// globalLimit is Discord's, over all routes.
const globalLimit = 50

// within counts a request against its limits, writes the headers, and refuses what is too much. Such a refusal is a
// complaint: the headers told in time.
func (s *Server) within(c *call) bool {
	s.mu.Lock()
	now := s.o.Now()
	name := c.bucket()
	w := s.limits[name]
	if w == nil {
		w = &window{}
		s.limits[name] = w
	}
	if !now.Before(w.until) {
		*w = window{until: now.Add(s.o.Window), count: w.count}
	}
	if !now.Before(s.global.until) {
		s.global = window{until: now.Add(time.Second)}
	}
	over, all := w.used >= s.o.Limit, s.global.used >= globalLimit
	if !over && !all {
		w.used++
		s.global.used++
	}
	left, after := s.o.Limit-w.used, w.until.Sub(now)
	if all {
		after = s.global.until.Sub(now)
	}
	if over || all {
		s.complain("rate limit exceeded: %s (global %v)", name, all)
		s.refused++
	}
	s.mu.Unlock()
	h := c.w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(s.o.Limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	h.Set("X-RateLimit-Reset-After", strconv.FormatFloat(after.Seconds(), 'f', 3, 64))
	h.Set("X-RateLimit-Bucket", strings.ReplaceAll(strings.ToLower(c.route), "/", "-"))
	if over || all {
		limited(c.w, after, all, "user")
	}
	return !over && !all
}

// bucket names what a request counts against: its route and the channel, guild or application in it.
func (c *call) bucket() string {
	for _, major := range []string{"channel_id", "guild_id"} {
		if v := c.r.PathValue(major); v != "" {
			return c.route + " " + v
		}
	}
	return c.route
}

func limited(w http.ResponseWriter, after time.Duration, global bool, scope string) {
	h := w.Header()
	h.Set("Retry-After", strconv.Itoa(int(after.Seconds())+1))
	h.Set("X-RateLimit-Scope", scope)
	if global {
		h.Set("X-RateLimit-Global", "true")
		h.Set("X-RateLimit-Scope", "global")
		for _, k := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset-After", "X-RateLimit-Bucket"} {
			h.Del(k) // as Discord documents it
		}
	}
	answer(w, http.StatusTooManyRequests, map[string]any{"message": "You are being rate limited.", "retry_after": after.Seconds(), "global": global})
}
