package discordtest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// interaction is one deed of a person while it can be answered.
type interaction struct {
	id, token string
	kind      int
	by        *Person
	channel   *channel
	source    *message // the message of a press, or of the press that opened the modal
	at        time.Time
	answered  bool
	over      bool // nobody waits for the first answer any more
	original  *message
	offered   chan []named // of an autocomplete
	payload   []byte
	attempts  int     // first answers that arrived, and requests that ended
	modal     *Dialog // what was sent; it stays open when that failed
}

const (
	kindCommand  = 2
	kindPress    = 3
	kindComplete = 4
	kindSubmit   = 5
)

// deed begins an interaction and delivers it; the lock is not held.
func (s *Server) deed(p *Person, place string, kind int, source *message, data map[string]any) (*interaction, error) {
	return s.sent(p, place, kind, source, data, nil)
}

func (s *Server) sent(p *Person, place string, kind int, source *message, data map[string]any, modal *Dialog) (*interaction, error) {
	s.mu.Lock()
	ch := s.channels[place]
	if ch == nil {
		s.mu.Unlock()
		return nil, fmt.Errorf("there is no channel %s", place)
	}
	in := &interaction{id: s.snowflake(), kind: kind, by: p, channel: ch, source: source, at: s.o.Now(), modal: modal, offered: make(chan []named, 1)}
	in.token = "token-" + in.id
	s.live[in.token] = in
	payload := map[string]any{
		"id": in.id, "application_id": s.app, "type": kind, "token": in.token, "version": 1, "channel_id": ch.id, "data": data,
		"locale": "en-US", "entitlements": []any{}, "attachment_size_limit": 10 << 20, "app_permissions": strconv.FormatUint(everything, 10),
		"channel": ch.json(),
	}
	if source != nil {
		payload["message"] = source.json(s.users[source.author])
	}
	if ch.kind == 1 {
		payload["user"], payload["context"] = p.user, 1
		payload["authorizing_integration_owners"] = map[string]string{"0": "0"}
	} else {
		g := s.guilds[ch.guild]
		payload["guild_id"], payload["context"], payload["guild_locale"] = g.id, 0, "en-US"
		payload["guild"] = map[string]any{"id": g.id, "locale": "en-US", "features": []string{}}
		payload["authorizing_integration_owners"] = map[string]string{"0": g.id}
		payload["member"] = map[string]any{
			"user": p.user, "roles": g.members[p.user.ID], "permissions": strconv.FormatUint(s.rights(ch, p.user.ID), 10), "nick": nil,
			"joined_at": "2026-01-01T00:00:00+00:00", "deaf": false, "mute": false, "flags": 0,
		}
	}
	in.payload, _ = json.Marshal(payload)
	s.last, p.last = in, in
	s.forget()
	s.mu.Unlock()
	s.deliver(in)
	return in, nil
}

// forget drops interactions that can be answered no more, as Discord does after 15 minutes.
func (s *Server) forget() {
	for token, in := range s.live {
		if s.o.Now().Sub(in.at) > 15*time.Minute {
			delete(s.live, token)
		}
	}
}

// deliver sends an interaction the way it is configured, and gives up waiting for the answer when Discord does.
func (s *Server) deliver(in *interaction) {
	time.AfterFunc(s.o.Patience, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !in.answered {
			in.over = true
			in.trouble(s, "This interaction failed")
		}
		s.changed()
	})
	s.mu.Lock()
	endpoint := s.endpoint
	s.mu.Unlock()
	if endpoint == "" {
		s.dispatch("INTERACTION_CREATE", in.payload)
		return
	}
	go s.webhook(in, endpoint)
}

// trouble tells the person; the lock is held.
func (in *interaction) trouble(s *Server, what string) {
	if in.kind == kindComplete {
		select {
		case in.offered <- nil:
		default:
		}
		return
	}
	in.by.troubles = append(in.by.troubles, what)
	if in.modal != nil && in.by.dialog == nil {
		in.by.dialog = in.modal
	}
	s.changed()
}

// Sign signs a body as Discord does, for requests that tests make themselves.
func (s *Server) Sign(r *http.Request, body []byte, at time.Time) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("X-Signature-Timestamp", stamp)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(s.private, append([]byte(stamp), body...))))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Discord-Interactions/1.0 (+https://discord.com)")
}

// webhook sends an interaction to the endpoint and takes the first answer from its reply.
func (s *Server) webhook(in *interaction, endpoint string) {
	defer func() {
		s.mu.Lock()
		in.attempts++
		s.changed()
		s.mu.Unlock()
	}()
	ctx, cancel := context.WithTimeout(context.Background(), s.o.Patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "POST", endpoint, bytes.NewReader(in.payload))
	if err != nil {
		return
	}
	s.Sign(r, in.payload, s.o.Now())
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		return
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode == http.StatusAccepted {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if reply.StatusCode != http.StatusOK {
		if !in.answered && !in.over {
			in.over = true
			in.trouble(s, "This interaction failed")
		}
		return
	}
	if err := s.o.Contract.Answer(body); err != nil {
		s.complain("interaction response: %s", brief(err))
	}
	if !strings.HasPrefix(reply.Header.Get("Content-Type"), "application/json") {
		s.complain("interaction response with content type %q", reply.Header.Get("Content-Type"))
	}
	if err := s.first(in, body, nil); err != nil && !in.answered {
		s.complain("interaction response: %v", err)
	}
	s.changed()
}

func (s *Server) callback(c *call) (any, error) {
	in := s.live[c.r.PathValue("interaction_token")]
	if in == nil || in.id != c.r.PathValue("interaction_id") {
		return nil, refuse(http.StatusNotFound, 10062, "Unknown interaction")
	}
	in.attempts++
	return nil, s.first(in, c.body, c.files)
}

// first takes a first answer; the lock is held.
func (s *Server) first(in *interaction, body []byte, files map[string][]byte) error {
	if in.answered {
		return refuse(http.StatusBadRequest, codeAnswered, "Interaction has already been acknowledged.")
	}
	if in.over {
		return refuse(http.StatusNotFound, 10062, "Unknown interaction")
	}
	var a struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return refuse(http.StatusBadRequest, 50035, "%v", err)
	}
	if bad := s.answer(in, a.Type, a.Data, files); bad != "" {
		return refuse(http.StatusBadRequest, 50035, "answer %d to interaction %d: %s", a.Type, in.kind, bad)
	}
	in.answered = true
	s.changed()
	return nil
}

func (s *Server) answer(in *interaction, kind int, data []byte, files map[string][]byte) string {
	if (kind == 8) != (in.kind == kindComplete) {
		return "completion is answered with choices, and nothing else is"
	}
	switch kind {
	case 4, 5, 7:
		var m said
		if len(data) > 0 {
			if err := json.Unmarshal(data, &m); err != nil {
				return err.Error()
			}
		}
		return s.answerMessage(in, kind, m, files)
	case 6:
		if in.source == nil {
			return "there is no message to update"
		}
		in.original = in.source
	case 8:
		var list struct{ Choices []named }
		if err := json.Unmarshal(data, &list); err != nil || len(list.Choices) > 25 {
			return fmt.Sprint("choices ", err, len(list.Choices))
		}
		in.offered <- list.Choices
	case 9:
		var f form
		if err := json.Unmarshal(data, &f); err != nil {
			return err.Error()
		}
		if in.kind == kindSubmit {
			return "a modal cannot answer a modal"
		}
		if bad := checkModal(f); bad != "" {
			return bad
		}
		in.by.show(f, in)
	default:
		return "no such answer"
	}
	return ""
}

func (s *Server) answerMessage(in *interaction, kind int, m said, files map[string][]byte) string {
	switch kind {
	case 5:
		if m.Flags&^flagPrivate != 0 {
			return "a deferred answer takes only the flag EPHEMERAL"
		}
		in.original = s.add(in.channel, m, nil)
		in.original.loading = true
	case 7:
		if in.source == nil {
			return "there is no message to update"
		}
		if bad := checkMessage(m, files, false); bad != "" {
			return bad
		}
		s.replace(in.source, m, files)
		in.original = in.source
		return ""
	default:
		if bad := checkMessage(m, files, false); bad != "" {
			return bad
		}
		in.original = s.add(in.channel, m, files)
	}
	in.original.source = in.token
	if m.Flags&flagPrivate != 0 {
		in.original.to = in.by.user.ID
	}
	return ""
}

// alive returns the interaction of a later answer.
func (s *Server) alive(c *call) (*interaction, error) {
	in := s.live[c.r.PathValue("webhook_token")]
	switch {
	case c.r.PathValue("webhook_id") != s.app, in != nil && !in.answered:
		return nil, refuse(http.StatusNotFound, 10015, "Unknown Webhook")
	case in == nil, s.o.Now().Sub(in.at) > 15*time.Minute:
		return nil, refuse(http.StatusUnauthorized, 50027, "Invalid Webhook Token")
	}
	return in, nil
}

// later reads a later answer.
func (s *Server) later(c *call) (in *interaction, m said, err error) {
	if in, err = s.alive(c); err == nil {
		err = c.decode(&m)
	}
	if bad := checkMessage(m, c.files, false); err == nil && bad != "" {
		err = refuse(http.StatusBadRequest, 50035, "%s", bad)
	}
	return in, m, err
}

func (s *Server) editOriginal(c *call) (any, error) {
	in, m, err := s.later(c)
	if err != nil {
		return nil, err
	}
	if in.original == nil {
		return nil, refuse(http.StatusNotFound, 10008, "Unknown Message")
	}
	s.replace(in.original, m, c.files)
	return in.original.json(s.bot), nil
}

func (s *Server) deleteOriginal(c *call) (any, error) {
	in, err := s.alive(c)
	if err != nil {
		return nil, err
	}
	if in.original == nil {
		return nil, refuse(http.StatusNotFound, 10008, "Unknown Message")
	}
	ch := s.channels[in.original.channel]
	for i, m := range ch.messages {
		if m == in.original {
			ch.messages = append(ch.messages[:i:i], ch.messages[i+1:]...)
			break
		}
	}
	in.original = nil
	return nil, nil
}

func (s *Server) followUp(c *call) (any, error) {
	in, m, err := s.later(c)
	if err != nil {
		return nil, err
	}
	added := s.add(in.channel, m, c.files)
	if m.Flags&flagPrivate != 0 {
		added.to = in.by.user.ID
	}
	return added.json(s.bot), nil
}

// Redeliver delivers the last interaction again, as after a reconnect, and returns when the bot has acknowledged it.
func (s *Server) Redeliver() error {
	s.mu.Lock()
	in := s.last
	if in == nil {
		s.mu.Unlock()
		return fmt.Errorf("nothing was delivered yet")
	}
	before, endpoint := in.attempts, s.endpoint
	s.mu.Unlock()
	if endpoint == "" {
		s.dispatch("INTERACTION_CREATE", in.payload)
	} else {
		go s.webhook(in, endpoint)
	}
	return s.wait(10*time.Second, func() bool { return in.attempts > before })
}

// Overdue blocks until the first answer to the last interaction is no longer taken.
func (s *Server) Overdue() {
	s.mu.Lock()
	in := s.last
	s.mu.Unlock()
	if in != nil {
		_ = s.wait(10*time.Second, func() bool { return in.answered && s.o.Now().Sub(in.at) >= s.o.Patience || in.over })
	}
}

// wait blocks until ok, which is asked with the lock held.
func (s *Server) wait(most time.Duration, ok func() bool) error {
	timer := time.NewTimer(most)
	defer timer.Stop()
	for {
		s.mu.Lock()
		done, next := ok(), s.bell()
		s.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-next:
		case <-timer.C:
			return fmt.Errorf("it did not happen within %v", most)
		}
	}
}
