package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is something that goes wrong with the next calls of a method.
type Fault struct {
	Method string // or response_url; that one is not Slow
	Direct bool   // those to a person; else those to a channel or to nobody
	Kind   FaultKind
	Code   string        // of Refused
	After  time.Duration // of Limited
	Times  int           // how many calls; 0 = 1
}

// FaultKind is what goes wrong.
type FaultKind uint8

const (
	Limited FaultKind = iota // 429 with Retry-After
	Lost                     // done, but the connection breaks before the answer
	Broken                   // 502
	Slow                     // no answer for as long as the caller waits; not done
	Refused                  // ok:false with Code
)

// Fail arms a fault.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Times = max(f.Times, 1)
	s.faults = append(s.faults, &f)
}

// fault takes the next fault for a call; s.mu is held.
func (s *Server) fault(method, channel string) *Fault {
	for i, f := range s.faults {
		if f.Method != method || f.Direct != isUser(channel) {
			continue
		}
		if f.Times--; f.Times == 0 {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		return f
	}
	return nil
}

// refusal is an answer with ok:false. A malformed one is what no correct app gets.
type refusal struct {
	code      string
	messages  []string
	needed    string
	malformed bool
}

func refuse(code string) *refusal { return &refusal{code: code} }

func malformed(code string, messages ...string) *refusal {
	return &refusal{code: code, messages: messages, malformed: true}
}

// method is one of the Web API's. Required arguments end in '!'.
type method struct {
	app    bool     // wants the app-level token
	scopes []string // any of them
	args   string
	do     func(s *Server, args object) (object, *refusal)
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	args, token, err := arguments(r)
	s.mu.Lock()
	channel := str(args, "channel")
	s.calls = append(s.calls, call{method: name, channel: channel, at: s.opt.Now()})
	s.ring()
	f := s.fault(name, channel)
	if f != nil && f.Kind != Lost {
		s.mu.Unlock()
		s.misbehave(w, r, f)
		return
	}
	var answer object
	var no *refusal
	if err != nil {
		no = malformed("invalid_form_data", err.Error())
	} else {
		answer, no = s.dispatch(name, token, args)
	}
	if no != nil && no.malformed {
		s.violated("%s: %s %s", name, no.code, strings.Join(no.messages, "; "))
	}
	s.mu.Unlock()
	switch {
	case f != nil: // done, but nobody hears of it
		cut(w)
	case no != nil && no.code == "ratelimited":
		w.Header().Set("Retry-After", "1")
		writeJSON(w, http.StatusTooManyRequests, object{"ok": false, "error": "ratelimited"})
	case no != nil:
		answer = object{"ok": false, "error": no.code, "response_metadata": object{"messages": no.messages}}
		if no.needed != "" {
			answer["needed"], answer["provided"] = no.needed, strings.Join(s.opt.Scopes, ",")
		}
		writeJSON(w, http.StatusOK, answer)
	default:
		w.Header().Set("X-OAuth-Scopes", strings.Join(s.opt.Scopes, ","))
		answer["ok"] = true
		writeJSON(w, http.StatusOK, answer)
	}
}

// arguments reads a form or a JSON object, and the token beside or in it.
func arguments(r *http.Request) (args object, token string, err error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	if err != nil {
		return nil, "", err
	}
	args = object{}
	token = strings.TrimSpace(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer"))
	typ, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if typ == "application/json" {
		if len(body) > 0 {
			err = json.Unmarshal(body, &args)
		}
		return args, token, err
	}
	form, err := url.ParseQuery(string(body))
	for k, v := range form {
		switch {
		case len(v) != 1:
			err = fmt.Errorf("the argument %s is given %d times", k, len(v))
		case k == "token":
			token = v[0]
		case k == "blocks" || k == "view" || k == "files":
			var value any
			if e := json.Unmarshal([]byte(v[0]), &value); e != nil {
				err = fmt.Errorf("the argument %s is no JSON: %w", k, e)
			}
			args[k] = value
		default:
			args[k] = v[0]
		}
	}
	return args, token, err
}

// dispatch runs a method; s.mu is held.
func (s *Server) dispatch(name, token string, args object) (object, *refusal) {
	m, ok := methods()[name]
	if !ok {
		return nil, malformed("unknown_method", name)
	}
	if no := s.authorize(m, token); no != nil {
		return nil, no
	}
	if m.args != "any" {
		known := map[string]bool{}
		for a := range strings.FieldsSeq(m.args) {
			arg := strings.TrimSuffix(a, "!")
			known[arg] = true
			if _, ok := args[arg]; !ok && arg != a {
				return nil, malformed("invalid_arguments", "missing "+arg)
			}
		}
		for _, a := range slices.Sorted(maps.Keys(args)) {
			if !known[a] {
				return nil, malformed("invalid_arguments", "unknown argument "+a)
			}
		}
	}
	if s.tooMany(name, str(args, "channel")) {
		s.calls[len(s.calls)-1].limited = true
		return nil, malformed("ratelimited", str(args, "channel"))
	}
	return m.do(s, args)
}

func (s *Server) authorize(m method, token string) *refusal {
	switch {
	case token == "":
		return malformed("not_authed")
	case m.app && token == s.BotToken || !m.app && token == s.AppToken:
		return refuse("not_allowed_token_type")
	case m.app && token != s.AppToken || !m.app && token != s.BotToken:
		return refuse("invalid_auth")
	case !s.installed:
		return refuse("token_revoked")
	case !s.has(m.scopes...):
		return &refusal{code: "missing_scope", needed: strings.Join(m.scopes, ",")}
	}
	return nil
}

// tooMany says whether a call is beyond the limits: a minute's of the method, or one message a second in a channel, of
// which a burst of four is taken. A little leave is for calls that overtake each other on the way.
func (s *Server) tooMany(name, channel string) bool {
	now, n := s.opt.Now(), 0
	for i := len(s.calls) - 2; i >= 0 && now.Sub(s.calls[i].at) < time.Minute; i-- {
		if s.calls[i].method == name && !s.calls[i].limited {
			n++
		}
	}
	if name != "chat.postMessage" {
		return n >= s.perMinute(name)
	}
	next := s.paces[channel]
	if next.Before(now) {
		next = now
	}
	if n >= s.perMinute(name) || next.Sub(now) > 3*time.Second+50*time.Millisecond {
		return true
	}
	s.paces[channel] = next.Add(time.Second)
	return false
}

// misbehave answers a call as its fault says.
func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, f *Fault) {
	switch f.Kind {
	case Limited:
		w.Header().Set("Retry-After", strconv.Itoa(int((f.After+time.Second-1)/time.Second)))
		writeJSON(w, http.StatusTooManyRequests, object{"ok": false, "error": "ratelimited"})
	case Broken:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "<html><body>Bad gateway</body></html>")
	case Slow:
		select {
		case <-r.Context().Done():
		case <-s.closed:
		}
		cut(w)
	case Refused:
		writeJSON(w, http.StatusOK, object{"ok": false, "error": f.Code})
	}
}

// cut breaks the connection without an answer.
func cut(w http.ResponseWriter) {
	h, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	if conn, _, err := h.Hijack(); err == nil {
		_ = conn.Close()
	}
}

func writeJSON(w http.ResponseWriter, status int, o object) {
	b, err := json.Marshal(o)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}
