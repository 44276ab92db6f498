package slacktest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// socket is one Socket Mode connection. https://docs.slack.dev/apis/events-api/using-socket-mode
type socket struct {
	conn     *websocket.Conn
	retiring bool       // it was told to disconnect and gets no more envelopes
	mu       sync.Mutex // for writing
}

// maxResponse is the size from which Slack drops an acknowledgement without a word.
const maxResponse = 20 << 10

func connectionsOpen(s *Server, _ object) (object, *refusal) {
	if len(s.sockets) >= 10 {
		return nil, malformed("too_many_websockets")
	}
	return object{"url": "ws" + strings.TrimPrefix(s.http.URL, "http") + "/socket?ticket=" + s.id("ticket")}, nil
}

func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	k := &socket{conn: conn}
	s.mu.Lock()
	s.sockets = append(s.sockets, k)
	n := len(s.sockets)
	s.ring()
	s.mu.Unlock()
	defer s.drop(k)
	if k.write(object{"type": "hello", "num_connections": n, "connection_info": object{"app_id": appID},
		"debug_info": object{"host": "test", "approximate_connection_time": 3600}}) != nil {
		return
	}
	if s.crowded() {
		_ = k.write(object{"type": "disconnect", "reason": "too_many_websockets", "debug_info": object{"host": "test"}})
		return
	}
	quit := make(chan struct{})
	defer close(quit)
	go k.pings(quit)
	for {
		var ack struct {
			EnvelopeID string          `json:"envelope_id"`
			Payload    json.RawMessage `json:"payload"`
		}
		_, frame, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if len(frame) >= maxResponse {
			s.mu.Lock()
			s.violated("an acknowledgement of %d bytes is dropped", len(frame))
			s.mu.Unlock()
			continue
		}
		if json.Unmarshal(frame, &ack) != nil {
			return
		}
		s.acknowledged(ack.EnvelopeID, ack.Payload)
	}
}

func (s *Server) acknowledged(envelope string, payload []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if wait := s.pending[envelope]; wait != nil {
		delete(s.pending, envelope)
		wait <- payload
	}
}

func (s *Server) drop(k *socket) {
	k.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets = slices.DeleteFunc(s.sockets, func(o *socket) bool { return o == k })
	s.ring()
}

func (k *socket) close() { _ = k.conn.Close() }

func (k *socket) write(o object) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.conn.WriteJSON(o)
}

func (k *socket) pings(quit chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-quit:
			return
		case <-tick.C:
			_ = k.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second))
		}
	}
}

// overSocket sends an envelope over one of the connections, each in turn.
func (s *Server) overSocket(d *delivery, attempt int) ([]byte, error) {
	s.mu.Lock()
	open := slices.DeleteFunc(slices.Clone(s.sockets), func(k *socket) bool { return k.retiring })
	if len(open) == 0 {
		s.mu.Unlock()
		return nil, errors.New("the app has no connection")
	}
	s.turn++
	k := open[s.turn%len(open)]
	id, wait := s.id("env"), make(chan []byte, 1)
	s.pending[id] = wait
	o := object{"envelope_id": id, "type": d.kind, "payload": d.payload, "accepts_response_payload": !d.event}
	if d.event && attempt > 0 {
		o["retry_attempt"], o["retry_reason"] = attempt, "timeout"
	}
	err := k.write(o)
	s.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("the connection is cut: %w", err)
	}
	timer := time.NewTimer(ackWithin)
	defer timer.Stop()
	select {
	case ack := <-wait:
		return ack, nil
	case <-timer.C:
	case <-s.closed:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pending, id)
	return nil, errors.New("the app did not acknowledge in time")
}

// Connections counts the app's sockets.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sockets)
}

// Cut breaks all of the app's connections without a word.
func (s *Server) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.sockets {
		k.close()
	}
	s.sockets = nil
	s.ring()
}

// Crowd ends the next n connections as soon as they are made, as Slack does with those beyond its ten.
func (s *Server) Crowd(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.crowd = n
}

func (s *Server) crowded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.crowd--
	return s.crowd >= 0
}

// Disconnect tells the app on its oldest connection that Slack will close it soon, with the reason ("warning",
// "refresh_requested"); it is closed some time after.
func (s *Server) Disconnect(reason string, after time.Duration) {
	s.mu.Lock()
	if len(s.sockets) == 0 {
		s.mu.Unlock()
		return
	}
	k := s.sockets[0]
	k.retiring = true
	s.mu.Unlock()
	_ = k.write(object{"type": "disconnect", "reason": reason, "debug_info": object{"host": "test"}})
	s.work.Go(func() {
		select {
		case <-s.closed:
		case <-time.After(after):
		}
		k.close()
	})
}
