package slacktest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// ackWithin is how long Slack waits for an acknowledgement.
const ackWithin = 3 * time.Second

// delivery is one envelope on its way to the app.
type delivery struct {
	kind    string // events_api, slash_commands or interactive
	payload any
	form    url.Values // of a slash command over HTTP
	event   bool       // comes again until acknowledged
	done    func(ack []byte, err error)
}

// event tells the app of an event, if it has the scope to hear of it.
func (s *Server) event(scope string, e object) {
	s.mu.Lock()
	if scope != "" && !s.has(scope) {
		s.mu.Unlock()
		return
	}
	d := &delivery{kind: "events_api", event: true, payload: object{
		"token": "verification", "team_id": TeamID, "api_app_id": appID, "event": e, "type": "event_callback", "event_id": s.id("Ev"),
		"event_time": s.opt.Now().Unix(), "is_ext_shared_channel": false,
		"authorizations": []any{object{"team_id": TeamID, "user_id": BotID, "is_bot": true, "is_enterprise_install": false}},
	}}
	s.mu.Unlock()
	s.send(d)
}

// send delivers in the background. Closing the workspace ends it.
func (s *Server) send(d *delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.closed:
		return
	default:
	}
	s.last = d
	s.work.Go(func() { s.deliver(d, 0) })
}

// deliver sends an envelope, and an event again until it is acknowledged.
func (s *Server) deliver(d *delivery, attempt int) {
	for {
		ack, err := s.transmit(d, attempt)
		if err == nil || !d.event || attempt >= len(s.opt.Retry) {
			if d.done != nil && s.pass(s.opt.Lag) {
				d.done(ack, err)
			}
			return
		}
		if !s.pass(s.opt.Retry[attempt]) {
			return
		}
		attempt++
	}
}

// pass lets time pass; false: the workspace was closed.
func (s *Server) pass(d time.Duration) bool {
	select {
	case <-s.closed:
		return false
	case <-time.After(d):
		return true
	}
}

// Redeliver delivers the last event, command or interaction once more, just as it was, and returns when it was
// acknowledged. What its acknowledgement carries is shown as the first time.
func (s *Server) Redeliver() error {
	s.mu.Lock()
	d := s.last
	s.mu.Unlock()
	if d == nil {
		return errors.New("nothing was delivered yet")
	}
	ack, err := s.transmit(d, 1)
	if d.done != nil && err == nil {
		d.done(ack, nil)
	}
	return err
}

// Envelope delivers a payload of the caller's own over Socket Mode once (kind is events_api, slash_commands or
// interactive) and returns what the acknowledgement carried.
func (s *Server) Envelope(kind string, payload any) ([]byte, error) {
	return s.overSocket(&delivery{kind: kind, payload: payload}, 0)
}

// transmit sends an envelope once and waits for its acknowledgement.
func (s *Server) transmit(d *delivery, attempt int) ([]byte, error) {
	s.mu.Lock()
	endpoint := s.endpoint
	s.mu.Unlock()
	if endpoint == "" {
		return s.overSocket(d, attempt)
	}
	return s.overHTTP(endpoint, d, attempt)
}

func (s *Server) overHTTP(endpoint string, d *delivery, attempt int) ([]byte, error) {
	body, err := json.Marshal(d.payload)
	if err != nil {
		return nil, err
	}
	path, typ := "/slack/events", "application/json"
	switch d.kind {
	case "slash_commands":
		path, typ, body = "/slack/commands", "application/x-www-form-urlencoded", []byte(d.form.Encode())
	case "interactive":
		path, typ = "/slack/interactivity", "application/x-www-form-urlencoded"
		body = []byte(url.Values{"payload": {string(body)}}.Encode())
	}
	req, err := s.Signed(endpoint+path, typ, body)
	if err != nil {
		return nil, err
	}
	if attempt > 0 {
		req.Header.Set("X-Slack-Retry-Num", strconv.Itoa(attempt))
		req.Header.Set("X-Slack-Retry-Reason", "http_timeout")
	}
	ctx, cancel := context.WithTimeout(context.Background(), ackWithin)
	defer cancel()
	resp, err := s.client.Do(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	ack, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, fmt.Errorf("the app answered with status %d", resp.StatusCode)
	}
	return ack, nil
}

// Signed makes a request as Slack makes it, signed now.
func (s *Server) Signed(address, contentType string, body []byte) (*http.Request, error) {
	req, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	stamp := strconv.FormatInt(s.opt.Now().Unix(), 10)
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", s.signature(stamp, body))
	return req, nil
}

// Floor is a handler that only checks the signature, for benchmarks to compare with.
func (s *Server) Floor() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		stamp := r.Header.Get("X-Slack-Request-Timestamp")
		secs, _ := strconv.ParseInt(stamp, 10, 64)
		if err != nil || time.Since(time.Unix(secs, 0)).Abs() > 5*time.Minute || !hmac.Equal([]byte(s.signature(stamp, body)), []byte(r.Header.Get("X-Slack-Signature"))) {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
}

func (s *Server) signature(stamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(s.SigningSecret))
	mac.Write([]byte("v0:" + stamp + ":"))
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// serveResponse takes what is posted to a response_url: five times in 30 minutes.
// https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
func (s *Server) serveResponse(w http.ResponseWriter, r *http.Request) {
	args, _, err := arguments(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.fault("response_url", "")
	if f != nil && f.Kind != Lost {
		s.misbehave(w, r, f)
		return
	}
	var no *refusal
	switch u := s.responses[r.PathValue("id")]; {
	case err != nil:
		no = malformed("invalid_payload", err.Error())
	case u == nil, s.opt.Now().Sub(u.at) > 30*time.Minute:
		no = refuse("expired_url")
	case u.uses >= 5:
		no = malformed("used_url")
	default:
		if no = s.respond(u, args); no == nil {
			u.uses++
		}
	}
	if f != nil {
		cut(w)
		return
	}
	if no != nil {
		if no.malformed {
			s.violated("response_url: %s %v", no.code, no.messages)
		}
		writeJSON(w, http.StatusNotFound, object{"ok": false, "error": no.code, "response_metadata": object{"messages": no.messages}})
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	_, _ = io.WriteString(w, "ok")
}

// respond shows what was posted to a response_url, or in the acknowledgement of a command; s.mu is held.
func (s *Server) respond(u *response, args object) *refusal {
	for k := range args {
		switch k {
		case "text", "blocks", "response_type", "replace_original", "delete_original", "unfurl_links", "unfurl_media", "thread_ts", "mrkdwn":
		default:
			return malformed("invalid_arguments", "unknown argument "+k)
		}
	}
	if args["unfurl_links"] != false || args["unfurl_media"] != false {
		return malformed("invalid_arguments", "slacktest: the message would unfurl links")
	}
	text, blocks, no := s.content(args)
	if no != nil {
		return no
	}
	c := s.channels[u.channel]
	if m := c.find(u.message); args["replace_original"] == true && m != nil {
		m.text, m.plain, m.blocks, m.edited = text, args["mrkdwn"] == false, blocks, true
		s.ring()
		return nil
	}
	if str(args, "response_type") == "in_channel" {
		c.messages = append(c.messages, &message{ts: s.ts(), bot: true, text: text, blocks: blocks})
		s.ring()
		return nil
	}
	s.whisper(c, u.user, text, blocks).plain = args["mrkdwn"] == false
	return nil
}
