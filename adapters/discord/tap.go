package discord

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"sync"
	"time"
)

// tap is the gateway's connection, below discordgo's WebSocket and above TLS. It sees what discordgo keeps to itself:
// the interval and the answers of heartbeats, and why Discord ends a connection. It keeps from discordgo the two
// messages that make it hang or storm (reconnect, invalid session), ending the connection in their place. Once discordgo
// has begun to close, nothing more is read: a message then would end the process.
type tap struct {
	net.Conn
	now func() time.Time

	mu       sync.Mutex
	scan     frames
	interval time.Duration
	beat     time.Time // the last answer to a heartbeat, at first the hello
	why      verdict
	resume   bool // an invalid session may be resumed
	code     int  // of Discord's close frame, 0 = none
	closing  bool
	done     chan struct{} // closed when nothing more will be read
	over     sync.Once
}

// verdict is why a connection ended.
type verdict uint8

const (
	cutOff       verdict = iota // the network, a close frame, or this side
	toldToLeave                 // op 7
	sessionEnded                // op 9
)

// Operations of the gateway: https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway
const (
	opReconnect = 7
	opInvalid   = 9
	opHello     = 10
	opBeat      = 11
)

func newTap(c net.Conn, now func() time.Time) *tap {
	return &tap{Conn: c, now: now, done: make(chan struct{})}
}

// Close cuts the connection, without a close frame: Discord then keeps the session for a resume.
func (t *tap) Close() error {
	t.over.Do(func() { close(t.done) })
	return t.Conn.Close()
}

// Read passes on what Discord says, up to a message that ends the connection. While discordgo closes, it blocks.
func (t *tap) Read(p []byte) (int, error) {
	n, err := t.read(p)
	t.mu.Lock()
	closing := t.closing
	t.mu.Unlock()
	if closing {
		<-t.done // discordgo closes the connection a second after its close frame, holding the lock its reader wants
		return 0, io.EOF
	}
	if err != nil {
		t.over.Do(func() { close(t.done) })
	}
	return n, err
}

func (t *tap) read(p []byte) (int, error) {
	t.mu.Lock()
	over := t.closing || t.why != cutOff
	t.mu.Unlock()
	if over {
		return 0, io.EOF
	}
	n, err := t.Conn.Read(p)
	t.mu.Lock()
	defer t.mu.Unlock()
	passed := t.scan.feed(p[:n], t.frame)
	if t.why != cutOff {
		_ = t.Conn.Close()
		if passed == 0 {
			return 0, io.EOF
		}
		return passed, nil
	}
	return n, err
}

// Write notes that discordgo begins to close: a frame of the client starts with each write, 0x88 is a close frame.
func (t *tap) Write(p []byte) (int, error) {
	t.mu.Lock()
	if len(p) > 0 && p[0] == 0x88 {
		t.closing = true
		_ = t.Conn.SetReadDeadline(time.Unix(1, 0))
	}
	t.mu.Unlock()
	return t.Conn.Write(p)
}

// frame reads one whole message of Discord; it says whether it may be passed on.
func (t *tap) frame(opcode byte, payload []byte) bool {
	if opcode == 8 {
		if len(payload) >= 2 {
			t.code = int(binary.BigEndian.Uint16(payload))
		}
		return true
	}
	var m struct {
		Op   int             `json:"op"`
		Data json.RawMessage `json:"d"`
	}
	if json.Unmarshal(payload, &m) != nil {
		return true
	}
	switch m.Op {
	case opHello:
		var hello struct {
			Interval int64 `json:"heartbeat_interval"`
		}
		if json.Unmarshal(m.Data, &hello) == nil && hello.Interval > 0 {
			t.interval, t.beat = time.Duration(min(hello.Interval, 600_000))*time.Millisecond, t.now()
		}
	case opBeat:
		t.beat = t.now()
	case opReconnect:
		t.why = toldToLeave
	case opInvalid:
		t.why, t.resume = sessionEnded, bytes.Equal(bytes.TrimSpace(m.Data), []byte("true"))
	}
	return t.why == cutOff
}

// overdue returns how long until nearly two intervals have passed since the last answer to a heartbeat: then the next
// one was sent, and not answered for nearly one. Zero or less when they have, and an hour before the hello.
func (t *tap) overdue() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.interval == 0 {
		return time.Hour
	}
	return t.beat.Add(2*t.interval - t.interval/8).Sub(t.now())
}

func (t *tap) ended() (why verdict, resume bool, code int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.why, t.resume, t.code
}

// maxControl is the longest message that is looked into. Those that matter are far shorter; events are not looked into.
const maxControl = 1024

// frames cuts a server's bytes into WebSocket messages: first the reply to the upgrade, then frames without masks.
// https://www.rfc-editor.org/rfc/rfc6455#section-5.2
type frames struct {
	upgraded bool
	head     []byte // of the reply, or of a frame
	left     uint64 // of the frame's payload
	opcode   byte
	payload  []byte
	keep     bool
}

// feed reads on, calling frame for each short whole message, and returns how many of the bytes may be passed on: all,
// or those before the message for which frame said no.
func (f *frames) feed(p []byte, frame func(opcode byte, payload []byte) bool) int {
	start := 0 // of the frame under way, in p
	for i := 0; i < len(p); {
		if !f.upgraded {
			f.head = append(f.head, p[i])
			i++
			if bytes.HasSuffix(f.head, []byte("\r\n\r\n")) || len(f.head) > 64<<10 {
				f.upgraded, f.head = true, nil
			}
			start = i
			continue
		}
		if f.left == 0 && f.payload == nil {
			f.head = append(f.head, p[i])
			i++
			if !f.begin() {
				continue
			}
		}
		n := int(min(f.left, uint64(len(p)-i)))
		if f.keep {
			f.payload = append(f.payload, p[i:i+n]...)
		}
		i, f.left = i+n, f.left-uint64(n)
		if f.left > 0 {
			continue
		}
		whole := f.keep
		payload := f.payload
		f.payload = nil
		if whole && !frame(f.opcode, payload) {
			return start
		}
		start = i
	}
	return len(p)
}

// begin says whether the head of a frame is whole, and makes ready for its payload.
func (f *frames) begin() bool {
	h := f.head
	if len(h) < 2 {
		return false
	}
	size, need := uint64(h[1]&0x7f), 2
	switch size {
	case 126:
		need = 4
	case 127:
		need = 10
	}
	if len(h) < need {
		return false
	}
	switch need {
	case 4:
		size = uint64(binary.BigEndian.Uint16(h[2:]))
	case 10:
		size = binary.BigEndian.Uint64(h[2:])
	}
	f.opcode, f.left, f.head = h[0]&0x0f, size, nil
	f.keep = h[0]&0x80 != 0 && (f.opcode == 1 || f.opcode == 8) && size <= maxControl
	f.payload = []byte{}
	return true
}
