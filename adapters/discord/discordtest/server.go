// Package discordtest is a Discord for tests: its REST API, its gateway and its interaction webhooks, spoken over real
// connections, with guilds, channels, roles, people who use a client, and faults. It refuses what Discord refuses; what
// no test asked to be refused is listed by Complaints.
package discordtest

import (
	"crypto/ed25519"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Options is what a Server is made of; all may be zero.
type Options struct {
	Now      func() time.Time // nil = time.Now
	Contract *Contract        // Discord's OpenAPI, checked against everything the bot sends; nil = not checked
	Patience time.Duration    // for the first answer to an interaction; 0 = Discord's 3 s
	Heart    time.Duration    // interval of heartbeats; 0 = Discord's 41.25 s
	Limit    int              // requests a window and route; 0 = 5
	Window   time.Duration    // 0 = 1 s
	Latency  time.Duration    // of every reply of the REST API
	Listener net.Listener     // nil = loopback; a *Pipe in a testing/synctest bubble

	inBubble bool
}

// Server is one Discord with one application in it. Its methods are safe for concurrent use.
type Server struct {
	o       Options
	app     string
	bot     *user
	public  ed25519.PublicKey
	private ed25519.PrivateKey
	web     *http.Server
	address string

	mu         sync.Mutex
	serial     uint64
	users      map[string]*user
	people     map[string]*Person
	guilds     map[string]*guild
	channels   map[string]*channel
	commands   []command
	puts       int // registrations of commands
	live       map[string]*interaction
	last       *interaction
	endpoint   string
	faults     []*Fault
	written    map[string]int
	limits     map[string]*window
	global     window
	refused    int
	requests   map[string]int
	complaints []string
	ring       chan struct{}
	sessions   map[string]*session
	gate       gate
	patterns   patterns
}

// New starts a Server; Close ends it.
func New(o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Patience == 0 {
		o.Patience = 3 * time.Second
	}
	if o.Heart == 0 {
		o.Heart = 41250 * time.Millisecond
	}
	if o.Limit == 0 {
		o.Limit = 5
	}
	if o.Window == 0 {
		o.Window = time.Second
	}
	_, o.inBubble = o.Listener.(*Pipe)
	if o.Listener == nil {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("listen for Discord: %w", err)
		}
		o.Listener = l
	}
	seed := make([]byte, ed25519.SeedSize) // the same key every time: it guards nothing
	private := ed25519.NewKeyFromSeed(seed)
	s := &Server{
		o: o, public: private.Public().(ed25519.PublicKey), private: private, address: o.Listener.Addr().String(),
		users: map[string]*user{}, people: map[string]*Person{}, guilds: map[string]*guild{}, channels: map[string]*channel{},
		live: map[string]*interaction{}, written: map[string]int{}, limits: map[string]*window{}, requests: map[string]int{},
		sessions: map[string]*session{}, patterns: newPatterns(),
	}
	s.app = s.snowflake()
	s.bot = &user{ID: s.snowflake(), Username: "interviewbot", Bot: true}
	s.users[s.bot.ID] = s.bot
	s.gate = gate{remaining: 1000}
	routes, err := s.routes()
	if err != nil {
		return nil, err
	}
	s.web = &http.Server{Handler: routes}
	go func() { _ = s.web.Serve(o.Listener) }()
	return s, nil
}

// Close ends the server and every connection.
func (s *Server) Close() {
	s.mu.Lock()
	open := make([]*session, 0, len(s.sessions))
	for _, x := range s.sessions {
		open = append(open, x)
	}
	s.mu.Unlock()
	for _, x := range open {
		x.drop()
	}
	_ = s.web.Close()
}

// Token is the bot's token, App the application's id, Key its public key in hex, APIURL what to set as DISCORD_API_URL.
func (s *Server) Token() string  { return "the.bot.token" }
func (s *Server) App() string    { return s.app }
func (s *Server) Key() string    { return fmt.Sprintf("%x", []byte(s.public)) }
func (s *Server) APIURL() string { return "http://" + s.address + "/api" }

// Endpoint sets the Interactions Endpoint URL: from now on interactions come there and not over the gateway.
func (s *Server) Endpoint(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endpoint = url
}

// Complaints lists what was refused though no fault asked for it.
func (s *Server) Complaints() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.complaints)
}

func (s *Server) complain(format string, args ...any) {
	s.complaints = append(s.complaints, fmt.Sprintf(format, args...))
}

// Requests counts the requests to a route so far, such as "GET /gateway/bot".
func (s *Server) Requests(route string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[route]
}

// Registered counts the registrations of commands so far.
func (s *Server) Registered() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.puts
}

// Changed returns a channel that is closed at the next change of anything.
func (s *Server) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bell()
}

func (s *Server) bell() chan struct{} {
	if s.ring == nil {
		s.ring = make(chan struct{})
	}
	return s.ring
}

// changed wakes those who wait; the lock is held.
func (s *Server) changed() {
	if s.ring != nil {
		close(s.ring)
		s.ring = nil
	}
}

// snowflake makes an identifier of now.
func (s *Server) snowflake() string {
	s.serial++
	ms := uint64(s.o.Now().UnixMilli() - 1420070400000)
	return strconv.FormatUint(ms<<22|s.serial&0x3fffff, 10)
}
