package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/discord/discordtest"
	"github.com/interviewbot/interviewbot/adapters/slack/slacktest"
)

// BenchmarkSlack and BenchmarkDiscord send signed commands over loopback HTTP to the whole program, each of which stores a
// practice question before it is acknowledged with it. The floor is a handler that only checks the signature. Compare
// ns/op, p50, p99 and CPU of both at the same number of clients.
func BenchmarkSlack(b *testing.B) {
	s := slacktest.Start(slacktest.Options{})
	b.Cleanup(s.Close)
	room := s.AddChannel("backend", false, true)
	var people []string // one for each client: the deeds of one person wait for each other
	for i := range 64 {
		people = append(people, s.AddPerson(fmt.Sprintf("Person %d", i), "UTC", false).ID())
	}
	address := runFor(b, Config{Slack: SlackConfig{BotToken: s.BotToken, SigningSecret: s.SigningSecret, APIURL: s.APIURL()}})
	request := func(to string, i int64) *http.Request {
		form := url.Values{"command": {"/interview"}, "text": {"practice caching"}, "team_id": {slacktest.TeamID}, "channel_id": {room}, "channel_name": {"backend"},
			"user_id": {people[i%64]}, "user_name": {"ada"}, "trigger_id": {fmt.Sprintf("%d.1.a", i)}, "response_url": {strings.TrimSuffix(s.APIURL(), "/api/") + "/respond/none"}}
		r, err := s.Signed(to+"/slack/commands", "application/x-www-form-urlencoded", []byte(form.Encode()))
		if err != nil {
			b.Fatal(err)
		}
		return r
	}
	floor := httptest.NewServer(s.Floor())
	b.Cleanup(floor.Close)
	compare(b, request, floor.URL, address)
}

func BenchmarkDiscord(b *testing.B) {
	s, err := discordtest.New(discordtest.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.Close)
	guild := s.Guild("Study group")
	hall := guild.Channel("interviews")
	var people []string
	for i := range 64 {
		people = append(people, s.Person(fmt.Sprintf("Person %d", i)).ID())
	}
	address := runFor(b, Config{Discord: DiscordConfig{Token: s.Token(), ApplicationID: s.App(), PublicKey: s.Key(), APIURL: s.APIURL()}})
	request := func(to string, i int64) *http.Request {
		body := fmt.Sprintf(`{"id":"%d","application_id":%q,"type":2,"token":"t%d","version":1,"guild_id":%q,"channel_id":%q,"context":0,"authorizing_integration_owners":{"0":%q},`+
			`"member":{"user":{"id":%q,"username":"ada"},"roles":[],"permissions":"2147483647"},"data":{"id":"1","name":"interview","type":1,"options":[{"name":"practice","type":1,"options":[{"name":"topic","type":3,"value":"caching"}]}]}}`,
			1440000000000000000+i, s.App(), i, guild.ID(), hall, guild.ID(), people[i%64])
		r, err := http.NewRequest(http.MethodPost, to+"/discord/interactions", strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		s.Sign(r, []byte(body), time.Now())
		return r
	}
	public, err := hex.DecodeString(s.Key())
	if err != nil {
		b.Fatal(err)
	}
	floor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		signature, _ := hex.DecodeString(r.Header.Get("X-Signature-Ed25519"))
		if !ed25519.Verify(public, append([]byte(r.Header.Get("X-Signature-Timestamp")), body...), signature) {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	b.Cleanup(floor.Close)
	compare(b, request, floor.URL, address)
}

// runFor runs the program until the benchmark ends and returns its address.
func runFor(b *testing.B, cfg Config) string {
	ctx, cancel := context.WithCancel(context.Background())
	cfg.Listen, cfg.Store = "127.0.0.1:0", filepath.Join(b.TempDir(), "bench.db")
	out, done := newBuffer(), make(chan error, 1)
	go func() { done <- Serve(ctx, cfg, out, io.Discard) }()
	b.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			b.Error(err)
		}
	})
	for !strings.Contains(out.String(), "ready on") {
		select {
		case <-out.written:
		case err := <-done:
			b.Fatal(err)
		}
	}
	address := "http://" + strings.TrimSpace(out.String()[strings.Index(out.String(), "ready on")+9:])
	for {
		resp, err := http.Get(address + "/readyz")
		if err != nil {
			b.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return address
		}
	}
}

// compare times the requests against the floor and the bot, in turn.
func compare(b *testing.B, request func(to string, i int64) *http.Request, floor, bot string) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128}}
	var serial int64
	for _, n := range []int{1, 64} {
		var floorTime float64
		for _, side := range []struct{ name, to string }{{"floor", floor}, {"bot", bot}} {
			b.Run(fmt.Sprintf("%s/%d", side.name, n), func(b *testing.B) {
				var mu sync.Mutex
				var took []time.Duration
				base := serial
				serial += int64(b.N)
				before := cpu()
				clients(b, n, func(i int64) {
					began := time.Now()
					resp, err := client.Do(request(side.to, base+i))
					if err != nil {
						b.Error(err)
						return
					}
					body, err := io.ReadAll(resp.Body)
					resp.Body.Close()
					if err != nil || resp.StatusCode != http.StatusOK || side.name == "bot" && !bytes.Contains(body, []byte("Practice")) {
						b.Errorf("%d %.300s %v", resp.StatusCode, body, err)
					}
					mu.Lock()
					took = append(took, time.Since(began))
					mu.Unlock()
				})
				b.StopTimer()
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
				b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-µs/op")
				if each := float64(b.Elapsed()) / float64(b.N); side.name == "floor" {
					floorTime = each
				} else {
					b.ReportMetric(floorTime/each, "of-floor")
				}
			})
		}
	}
}

// cpu is what this process has used, clients and server together.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
