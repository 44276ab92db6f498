package discord

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// maxBody bounds an interaction's body; five inputs of 4,000 characters stay far below. maxAge bounds how old (or how
// far ahead) a signed request may be.
const (
	maxBody = 256 << 10
	maxAge  = 5 * time.Minute
)

const errClosed Error = "the request ended before it was answered"

// Handler returns what serves POST /discord/interactions, and Discord's webhook events at the same address. Every
// request is verified before it is read: https://discord.com/developers/docs/interactions/overview
func (a *Adapter) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "only POST", http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		var long *http.MaxBytesError
		if errors.As(err, &long) {
			http.Error(w, "too long", http.StatusRequestEntityTooLarge)
			return
		}
		if err != nil {
			http.Error(w, "the body did not arrive", http.StatusBadRequest)
			return
		}
		if !a.signed(r.Header, body) {
			http.Error(w, "the signature does not match", http.StatusUnauthorized)
			return
		}
		a.receive(w, r, body)
	})
}

// signed says whether Discord signed the body within the last minutes.
func (a *Adapter) signed(h http.Header, body []byte) bool {
	stamp := h.Get("X-Signature-Timestamp")
	at, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || len(stamp) > 12 {
		return false
	}
	if age := a.clock.Now().Sub(time.Unix(at, 0)).Abs(); age > maxAge {
		return false
	}
	signature, err := hex.DecodeString(h.Get("X-Signature-Ed25519"))
	if err != nil || len(signature) != ed25519.SignatureSize || len(a.key) != ed25519.PublicKeySize {
		return false
	}
	message := make([]byte, 0, len(stamp)+len(body))
	return ed25519.Verify(a.key, append(append(message, stamp...), body...), signature)
}

func (a *Adapter) receive(w http.ResponseWriter, r *http.Request, body []byte) {
	in, err := readInteraction(body)
	if err == nil && in.told() {
		a.webhookEvent(w, body)
		return
	}
	if err != nil || in.Type != deedPing && in.ApplicationID != a.app {
		http.Error(w, errMalformed.Error(), http.StatusBadRequest)
		return
	}
	if in.Type == deedPing {
		a.write(w, callback{Type: answerPong})
		return
	}
	s := a.current()
	if s == nil {
		http.Error(w, errNotRunning.Error(), http.StatusServiceUnavailable)
		return
	}
	a.exchange(w, r, s, in)
}

// exchange runs one interaction beside the request, for the request ends with the first answer and the rest comes later.
func (a *Adapter) exchange(w http.ResponseWriter, r *http.Request, s *serving, in *interaction) {
	if !s.seat() {
		a.refuse(w, in)
		return
	}
	answers, written, gone := make(chan callback), make(chan struct{}), make(chan struct{})
	defer close(gone)
	answer := func(ctx context.Context, c callback) error {
		select {
		case answers <- c:
			<-written
			return nil
		case <-gone:
			return errClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	done := make(chan struct{})
	started := s.run(func() {
		defer close(done)
		defer s.leave()
		a.respond(s, in, a.inline(in, answer))
	})
	if !started {
		s.leave()
		http.Error(w, errNotRunning.Error(), http.StatusServiceUnavailable)
		return
	}
	select {
	case c := <-answers:
		a.write(w, c)
		close(written)
	case <-done: // answered by a call of our own
		w.WriteHeader(http.StatusAccepted)
	case <-r.Context().Done():
	}
}

// inline sends an answer as the reply to the request. One with files is a call of our own, and the request gets 202:
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-callback
func (a *Adapter) inline(in *interaction, answer answerer) answerer {
	return func(ctx context.Context, c callback) error {
		if p, ok := c.Data.(*payload); ok && len(p.files) > 0 {
			return a.callback(in)(ctx, c)
		}
		return answer(ctx, c)
	}
}

// refuse turns an interaction away for want of room. A form is not acknowledged, so that its text stays where it was typed.
func (a *Adapter) refuse(w http.ResponseWriter, in *interaction) {
	if in.Type == deedSubmit {
		http.Error(w, chat.ErrBusy.Error(), http.StatusServiceUnavailable)
		return
	}
	a.write(w, a.busy(in))
}

func (a *Adapter) write(w http.ResponseWriter, c callback) {
	body, err := json.Marshal(c)
	if err != nil {
		a.log.Error("answer not written", "err", err)
		http.Error(w, "not answered", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if _, err := w.Write(body); err != nil {
		a.log.Warn("answer not delivered", "err", err)
	}
	if f, ok := w.(http.Flusher); ok {
		f.Flush() // what comes later must find this one there
	}
}

// webhookEvent takes what Discord tells over HTTP besides interactions: that the bot was put into a guild, or that a
// person no longer wants it. https://discord.com/developers/docs/events/webhook-events
func (a *Adapter) webhookEvent(w http.ResponseWriter, body []byte) {
	e, ok := readWebhook(body, a.app)
	s := a.current()
	switch {
	case !ok:
	case s == nil || !s.run(func() { a.hand(s, e) }):
		http.Error(w, errNotRunning.Error(), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusNoContent)
}

// readWebhook reads an event that the bot cares for.
func readWebhook(body []byte, app string) (chat.Event, bool) {
	var in struct {
		ApplicationID string `json:"application_id"`
		Event         struct {
			Type      string `json:"type"`
			Timestamp string `json:"timestamp"`
			Data      struct {
				User  user `json:"user"`
				Guild struct {
					ID string `json:"id"`
				} `json:"guild"`
			} `json:"data"`
		} `json:"event"`
	}
	if json.Unmarshal(body, &in) != nil || in.ApplicationID != app || !isSnowflake(in.Event.Data.User.ID) {
		return chat.Event{}, false
	}
	u, guild := in.Event.Data.User, in.Event.Data.Guild.ID
	e := chat.Event{Actor: chat.Actor{User: userID(u.ID), Name: u.GlobalName}, ID: deliveryID(body)}
	switch {
	case in.Event.Type == "APPLICATION_AUTHORIZED" && isSnowflake(guild):
		e.Space, e.What = guildSpace(guild), chat.Added{}
	case in.Event.Type == "APPLICATION_AUTHORIZED" && guild == "":
		e.Space, e.What = homeSpace(u.ID), chat.Added{}
	case in.Event.Type == "APPLICATION_DEAUTHORIZED":
		e.Space, e.What = homeSpace(u.ID), chat.Removed{}
	default:
		return chat.Event{}, false
	}
	return e, true
}

// hand gives the bot an event that nobody waits for an answer to.
func (a *Adapter) hand(s *serving, e chat.Event) {
	a.note(e, s.handle(e).err)
}
