// Package slacktest is a Slack workspace for tests, over the wire: the Web API, Socket Mode and the requests that Slack
// makes over HTTP, with people who type, press and fill in, and see what Slack's clients would show them. It refuses what
// Slack refuses and goes wrong when told to. It knows nothing of the bot and imports nothing of the project.
package slacktest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"
)

// Options is what a workspace is like. The zero value is what the bot's own manifest asks for by default.
type Options struct {
	Scopes []string         // of the bot token; nil = chat:write, commands, users:read
	Now    func() time.Time // nil = time.Now; what the workspace goes by, but for time-outs of requests
	Retry  []time.Duration  // when an event comes again that was not acknowledged; nil = after 50, 200 and 400 ms
	Posts  int              // messages a minute in the whole workspace; 0 = 100
	Lag    time.Duration    // from the arrival of an acknowledgement to what it does
}

// Server is one workspace with one app installed. All methods are safe for concurrent use.
type Server struct {
	// What the app is configured with.
	BotToken, AppToken, SigningSecret string

	opt    Options
	http   *httptest.Server
	client *http.Client // for what Slack itself requests
	closed chan struct{}
	work   sync.WaitGroup

	mu         sync.Mutex
	bell       chan struct{}
	seq        int
	endpoint   string // where the app wants its requests; "" = Socket Mode
	installed  bool
	channels   map[string]*channel
	users      map[string]*user
	names      map[string]string // ids of channels and users by name
	responses  map[string]*response
	triggers   map[string]*trigger
	files      map[string]*file
	sockets    []*socket
	pending    map[string]chan []byte // acknowledgements awaited, by envelope
	turn       int                    // which socket gets the next envelope
	crowd      int                    // how many connections are still to be ended at once
	last       *delivery
	paces      map[string]time.Time // when the next message in a channel would be on time
	faults     []*Fault
	calls      []call
	violations []string
}

// The identifiers of what there is from the start.
const (
	TeamID = "T0TEAM001"
	BotID  = "U0BOT0001"
	appID  = "A0APP0001"
)

// call is one request to the Web API, for counting.
type call struct {
	method, channel string
	at              time.Time
	limited         bool
}

// Start opens a workspace. Close it.
func Start(o Options) *Server {
	if o.Scopes == nil {
		o.Scopes = []string{"chat:write", "commands", "users:read"}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Retry == nil {
		o.Retry = []time.Duration{50 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond}
	}
	if o.Posts == 0 {
		o.Posts = 100
	}
	s := &Server{
		BotToken: "xoxb-0001-secret", AppToken: "xapp-1-0001-secret", SigningSecret: "8f742231b10e8888abcd99yyyzzz85a5",
		opt: o, closed: make(chan struct{}), installed: true,
		client:   &http.Client{Timeout: ackWithin, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		channels: map[string]*channel{}, users: map[string]*user{}, names: map[string]string{}, responses: map[string]*response{},
		triggers: map[string]*trigger{}, files: map[string]*file{}, pending: map[string]chan []byte{}, paces: map[string]time.Time{},
	}
	s.users[BotID] = &user{id: BotID, name: "Interviewbot", bot: true}
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.serveAPI)
	mux.HandleFunc("/respond/{id}", s.serveResponse)
	mux.HandleFunc("/upload/{id}", s.serveUpload)
	mux.HandleFunc("/socket", s.serveSocket)
	s.http = httptest.NewServer(mux)
	return s
}

// Close ends the workspace and waits for all that is under way.
func (s *Server) Close() {
	s.mu.Lock()
	select {
	case <-s.closed:
		s.mu.Unlock()
		return
	default:
	}
	close(s.closed)
	for _, k := range s.sockets {
		k.close()
	}
	s.mu.Unlock()
	s.http.CloseClientConnections()
	s.http.Close()
	s.work.Wait()
	s.client.CloseIdleConnections()
}

// APIURL is the address of the Web API, as SLACK_API_URL has it.
func (s *Server) APIURL() string { return s.http.URL + "/api/" }

// Deliver makes the workspace send its requests to the app at this address (/slack/events and so on are appended)
// instead of over Socket Mode.
func (s *Server) Deliver(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endpoint = address
}

// Changed returns a channel that is closed at the next change of anything that a person can see, or that was delivered.
func (s *Server) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bell == nil {
		s.bell = make(chan struct{})
	}
	return s.bell
}

// ring wakes those who wait for a change; s.mu is held.
func (s *Server) ring() {
	if s.bell != nil {
		close(s.bell)
		s.bell = nil
	}
}

// Violations lists what the app did that no correct app does: malformed requests, unknown arguments, scopes it does not
// have, rates beyond the limits, acknowledgements that Slack drops.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// violated notes a violation; s.mu is held.
func (s *Server) violated(format string, args ...any) {
	s.violations = append(s.violations, fmt.Sprintf(format, args...))
	s.ring()
}

// Calls counts the requests that reached a method of the Web API, whatever became of them. direct selects those whose
// channel is a person.
func (s *Server) Calls(method string, direct bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, c := range s.calls {
		if c.method == method && isUser(c.channel) == direct {
			n++
		}
	}
	return n
}

// id makes a new identifier with that first letter; s.mu is held.
func (s *Server) id(letter string) string {
	s.seq++
	return fmt.Sprintf("%s0%08d", letter, s.seq)
}

// ts makes a new time stamp, later than all before; s.mu is held.
func (s *Server) ts() string {
	s.seq++
	return fmt.Sprintf("%d.%06d", s.opt.Now().Unix(), s.seq%1000000)
}

func (s *Server) has(anyOf ...string) bool {
	return len(anyOf) == 0 || slices.ContainsFunc(anyOf, func(scope string) bool { return slices.Contains(s.opt.Scopes, scope) })
}

func isUser(channel string) bool { return len(channel) > 0 && (channel[0] == 'U' || channel[0] == 'W') }
