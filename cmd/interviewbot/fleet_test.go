//go:build !race

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/storage/postgres/postgrestest"
)

// fleet is three replicas of the program on one database, with a Slack workspace and a Discord guild that deliver over HTTP
// to any that lives, as a load balancer does. The database's clock is moved together with those of the replicas, which differ.
type fleet struct {
	*week
	server   *postgrestest.Server
	store    string // address of the database
	replicas []*replica
	door     *httptest.Server
	turn     atomic.Int64
	caught   atomic.Pointer[catch]
	clock    sync.Mutex // held too while the database is away
	starting sync.WaitGroup
}

// replica is one process of the program, or none at the moment. It reaches the platforms through doors of its own.
type replica struct {
	fleet                *fleet
	name                 string
	skew                 time.Duration // of its clock
	slackAPI, discordAPI string
	log                  *buffer

	mu      sync.Mutex
	cmd     *exec.Cmd
	address string // "" until it is ready
	ended   chan struct{}
	failed  error         // how the process ended
	woken   chan struct{} // while it is frozen in a call
}

// catch is what shall happen to the replica that makes a call, in the moment of the call.
type catch struct {
	path, body string // what the call has in them
	after      bool   // when the platform has done it, and the reply is on its way
	do         func(r *replica) (goOn bool)
	by         atomic.Pointer[replica] // whom it happened to
}

const moveClock = "UPDATE clock SET ahead = make_interval(secs => %f)"

// moveableClock is SQL that puts a function of our own in the place of each that tells the time: the program asks the
// database as always, and the database's clock is what the test says.
func moveableClock() []string {
	sql := []string{
		"CREATE TABLE clock (ahead interval NOT NULL)", "INSERT INTO clock VALUES ('0')",
		"DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET search_path = public, pg_catalog'; END $$",
	}
	for _, name := range []string{"now", "transaction_timestamp", "statement_timestamp", "clock_timestamp"} {
		sql = append(sql, fmt.Sprintf("CREATE FUNCTION public.%s() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT pg_catalog.%[1]s() + ahead FROM public.clock'", name))
	}
	return sql
}

// watchLeases is SQL for triggers that note each change of a lease's holder, and whether it came before the lease ended.
func watchLeases() []string {
	sql := []string{
		"CREATE TABLE handovers (early boolean NOT NULL, what text NOT NULL, before text NOT NULL, after text NOT NULL)",
		`CREATE FUNCTION note_handover() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF OLD.owner <> '' AND NEW.owner <> '' AND OLD.owner <> NEW.owner THEN
				INSERT INTO handovers VALUES (coalesce(to_jsonb(OLD)->>'lease', to_jsonb(OLD)->>'until')::timestamptz > clock_timestamp(), TG_TABLE_NAME, to_jsonb(OLD)::text, to_jsonb(NEW)::text);
			END IF;
			RETURN NEW;
		END $$`,
	}
	for _, table := range []string{"tasks", "rounds", "leases"} {
		sql = append(sql, "CREATE TRIGGER note_handover AFTER UPDATE ON "+table+" FOR EACH ROW EXECUTE FUNCTION note_handover()")
	}
	return sql
}

func newFleet(t *testing.T) *fleet {
	t.Helper()
	server := postgrestest.Own(t)
	f := &fleet{server: server, store: server.Fresh(t)}
	postgrestest.Execute(t, f.store, moveableClock()...)
	s, err := movable(t.Context(), f.store) // makes the tables
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	postgrestest.Execute(t, f.store, watchLeases()...)
	f.week = newWeek(t, true)
	f.errors = newBuffer()
	f.door = httptest.NewServer(http.HandlerFunc(f.deliver))
	t.Cleanup(f.door.Close)
	f.slack.Deliver(f.door.URL)
	f.discord.Endpoint(f.door.URL + "/discord/interactions")
	for i, skew := range []time.Duration{0, 50 * time.Second, -50 * time.Second} {
		r := &replica{fleet: f, name: fmt.Sprint("replica ", i+1), skew: skew, log: newBuffer()}
		r.slackAPI, r.discordAPI = r.through(f.slack.APIURL()), r.through(f.discord.APIURL())
		f.replicas = append(f.replicas, r)
	}
	t.Cleanup(func() {
		f.starting.Wait()
		for _, r := range f.replicas {
			r.wake()
			r.kill()
			if t.Failed() {
				t.Logf("%s said:\n%s", r.name, r.log)
			}
		}
	})
	f.jump(f.now())
	return f
}

// jump moves every clock there is.
func (f *fleet) jump(at time.Time) {
	f.Helper()
	f.clock.Lock()
	defer f.clock.Unlock()
	f.to(at)
	postgrestest.Execute(f.T, f.store, fmt.Sprintf(moveClock, time.Duration(f.offset.Load()).Seconds()))
}

// advance lets time pass, so that leases of replicas that are gone end.
func (f *fleet) advance(by time.Duration) {
	f.Helper()
	f.jump(f.now().Add(by))
}

// start runs the program until it is ready; when it ends before that, as without a database, it is started again, as a
// supervisor does.
func (r *replica) start() (err error) {
	for range 10 {
		if err = r.run(); err == nil {
			return nil
		}
		r.end(syscall.SIGKILL)
	}
	return err
}

func (r *replica) run() error {
	f := r.fleet
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childClock+"="+filepath.Join(f.dir, "clock"), childSkew+"="+r.skew.String(), "STORE="+f.store, "PLAYGROUND=off",
		"SLACK_BOT_TOKEN="+f.slack.BotToken, "SLACK_SIGNING_SECRET="+f.slack.SigningSecret, "SLACK_API_URL="+r.slackAPI,
		"DISCORD_TOKEN="+f.discord.Token(), "DISCORD_APPLICATION_ID="+f.discord.App(), "DISCORD_PUBLIC_KEY="+f.discord.Key(), "DISCORD_API_URL="+r.discordAPI)
	cmd.Stderr = r.log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	r.mu.Lock()
	r.cmd, r.ended = cmd, ended
	r.mu.Unlock()
	lines := bufio.NewReader(out)
	line, errRead := lines.ReadString('\n')
	go func() {
		_, _ = io.Copy(io.Discard, lines)
		err := cmd.Wait()
		r.mu.Lock()
		r.address, r.failed = "", err
		r.mu.Unlock()
		close(ended)
	}()
	if errRead != nil {
		return fmt.Errorf("%s did not start: %w", r.name, errRead)
	}
	address := "http://" + strings.TrimSpace(line[strings.LastIndexByte(line, ' ')+1:])
	if err := r.ready(address, ended); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.address = address
	return nil
}

func (r *replica) ready(address string, ended <-chan struct{}) error {
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	patience := time.NewTimer(weekPatience)
	defer patience.Stop()
	for {
		resp, err := http.Get(address + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-again.C:
		case <-ended:
			return fmt.Errorf("%s ended before it was ready", r.name)
		case <-patience.C:
			return fmt.Errorf("%s is not ready: %v", r.name, err)
		}
	}
}

// signal sends a signal to the process, if there is one.
func (r *replica) signal(s syscall.Signal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cmd != nil {
		_ = r.cmd.Process.Signal(s)
	}
}

// kill ends the process as a power cut would, and returns when it is gone.
func (r *replica) kill() { r.end(syscall.SIGKILL) }

func (r *replica) end(how syscall.Signal) {
	r.mu.Lock()
	ended := r.ended
	if how == syscall.SIGKILL {
		r.address = ""
	}
	r.mu.Unlock()
	if ended == nil {
		return
	}
	r.signal(how)
	<-ended
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cmd, r.ended = nil, nil
}

// back starts those that do not run, beside whatever else happens.
func (f *fleet) back() {
	for _, r := range f.replicas {
		r.mu.Lock()
		gone := r.cmd == nil
		r.mu.Unlock()
		if !gone {
			continue
		}
		f.starting.Go(func() {
			if err := r.start(); err != nil {
				f.Error(err)
			}
		})
	}
}

// deliver is where the platforms send what people do: to one replica after another, until one answers. What it got it gives
// to another too every fifth time, as happens when a connection breaks after the work was done.
func (f *fleet) deliver(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	turn := int(f.turn.Add(1))
	answered := false
	for i := range 2 * len(f.replicas) {
		to := f.replicas[(turn+i)%len(f.replicas)]
		reply, content, err := to.ask(r, body)
		if err != nil || reply.StatusCode >= 500 {
			continue
		}
		if answered {
			return
		}
		answered = true
		for k, v := range reply.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(reply.StatusCode)
		_, _ = w.Write(content)
		if turn%5 != 0 {
			return
		}
		_ = http.NewResponseController(w).Flush()
	}
	if !answered {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// ask forwards a request to the replica and waits a second for the reply.
func (r *replica) ask(from *http.Request, body []byte) (*http.Response, []byte, error) {
	r.mu.Lock()
	address := r.address
	r.mu.Unlock()
	if address == "" {
		return nil, nil, http.ErrServerClosed
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, from.Method, address+from.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	req.Header = from.Header.Clone()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	return resp, content, err
}

// through is a door of this replica alone to a platform's API, at which it can be caught.
func (r *replica) through(api string) string {
	to, err := url.Parse(api)
	if err != nil {
		r.fleet.Fatal(err)
	}
	forward := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.Scheme, p.Out.URL.Host, p.Out.Host = to.Scheme, to.Host, to.Host
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }, // the replica is gone
	}
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil {
			return
		}
		// What has arrived here whole goes on whole, also when the replica is killed now: half a request would be refused.
		ctx, cancel := context.WithCancel(context.WithoutCancel(q.Context()))
		defer cancel()
		q = q.WithContext(ctx)
		q.Body = io.NopCloser(bytes.NewReader(body))
		c := r.fleet.caught.Load()
		if c == nil || !strings.Contains(q.URL.Path, c.path) || !bytes.Contains(append([]byte(q.URL.Path), body...), []byte(c.body)) || !r.fleet.caught.CompareAndSwap(c, nil) {
			forward.ServeHTTP(w, q)
			return
		}
		c.by.Store(r)
		if !c.after {
			if c.do(r) {
				forward.ServeHTTP(w, q)
			}
			return
		}
		kept := httptest.NewRecorder()
		forward.ServeHTTP(kept, q)
		if !c.do(r) {
			return
		}
		for k, v := range kept.Header() {
			w.Header()[k] = v
		}
		w.WriteHeader(kept.Code)
		_, _ = w.Write(kept.Body.Bytes())
	}))
	r.fleet.Cleanup(door.Close)
	return "http://" + door.Listener.Addr().String() + to.Path
}
