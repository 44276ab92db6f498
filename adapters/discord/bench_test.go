package discord_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/discord"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// A modal with an answer, as Discord sends it.
const submitted = `{"id":"1440000000000000001","application_id":"1","type":5,"token":"aW50ZXJhY3Rpb246MTQ0MDAwMDAwMDAwMDAwMDAwMTp0b2tlbg",
"version":1,"guild_id":"1430000000000000001","channel_id":"1430000000000000002","context":0,"locale":"en-US","entitlements":[],"app_permissions":"2147483647",
"authorizing_integration_owners":{"0":"1430000000000000001"},"channel":{"id":"1430000000000000002","type":0,"name":"backend"},
"member":{"user":{"id":"1420000000000000001","username":"ada","global_name":"Ada"},"roles":[],"permissions":"2147483647","joined_at":"2026-01-01T00:00:00+00:00"},
"data":{"custom_id":"s496000:answer.k-1","components":[{"type":10,"id":1},{"type":18,"id":2,"component":{"type":4,"id":3,"custom_id":"text","value":"%s"}},
{"type":18,"id":4,"component":{"type":3,"id":5,"custom_id":"who","values":["me"]}}]}}`

// nothing answers every call of the REST API with an empty object.
type nothing struct{}

func (nothing) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"id":"1","channel_id":"2"}`
	return &http.Response{StatusCode: 200, Status: "200 OK", Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r}, nil
}

// endpoint runs an adapter over HTTP with this handler; no Discord is behind it.
func endpoint(tb testing.TB, h chat.Handler) (a *discord.Adapter, sign func(body []byte) http.Header) {
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	a, err := discord.New(discord.Options{
		Token: "t", ApplicationID: "1", PublicKey: hex.EncodeToString(private.Public().(ed25519.PublicKey)), HTTP: true, Transport: nothing{},
		Keep: adaptertest.NewKeep(time.Now), Clock: wall{}, Table: adaptertest.Table(),
	})
	if err != nil {
		tb.Fatal(err)
	}
	ctx, stop := context.WithCancel(tb.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, h) }()
	tb.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			tb.Error(err)
		}
	})
	for a.Healthy() != nil {
		runtime.Gosched()
	}
	return a, func(body []byte) http.Header {
		stamp := fmt.Sprint(time.Now().Unix())
		return http.Header{"X-Signature-Timestamp": {stamp}, "X-Signature-Ed25519": {hex.EncodeToString(ed25519.Sign(private, append([]byte(stamp), body...)))}}
	}
}

// verifies is the floor: it reads the body, verifies the signature and answers.
func verifies(w http.ResponseWriter, r *http.Request) {
	public := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public().(ed25519.PublicKey)
	body, err := io.ReadAll(r.Body)
	signature, err2 := hex.DecodeString(r.Header.Get("X-Signature-Ed25519"))
	if err != nil || err2 != nil || !ed25519.Verify(public, append([]byte(r.Header.Get("X-Signature-Timestamp")), body...), signature) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"type":5,"data":{"flags":64}}`)
}

// BenchmarkInteraction is a signed interaction over loopback HTTP to its answer, with a handler that does nothing, and a
// handler of net/http that only verifies the signature: the floor.
func BenchmarkInteraction(b *testing.B) {
	body := fmt.Appendf(nil, submitted, strings.Repeat("A cache can make a system slower. ", 12))
	feedback := note("Counted: your streak is 12. I found 3 of 5 points.", chat.List{Items: []chat.Text{chat.T("A miss costs two lookups"), chat.T("Stale data")}},
		row(chat.Button{Label: "Try again", Action: "again.k-1", Gives: chat.GivesForm}, chat.Button{Label: "Show the answer", Action: "show.k-1", Gives: chat.GivesUpdate}))
	a, sign := endpoint(b, func(context.Context, chat.Event) (chat.Response, error) { return chat.Response{Reply: &feedback}, nil })
	for _, clients := range []int{1, 64} {
		for _, x := range []struct {
			name    string
			handler http.Handler
		}{{"floor", http.HandlerFunc(verifies)}, {"adapter", a.Handler()}} {
			b.Run(fmt.Sprintf("%s/clients=%d", x.name, clients), func(b *testing.B) {
				server := httptest.NewServer(x.handler)
				defer server.Close()
				client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
				defer client.CloseIdleConnections()
				header := sign(body)
				var left atomic.Int64
				left.Store(int64(b.N))
				b.ReportAllocs()
				b.ResetTimer()
				var wg sync.WaitGroup
				for range clients {
					wg.Go(func() {
						for left.Add(-1) >= 0 {
							r, err := http.NewRequest("POST", server.URL, bytes.NewReader(body))
							if err != nil {
								b.Error(err)
								return
							}
							r.Header = header
							reply, err := client.Do(r)
							if err != nil {
								b.Error(err)
								return
							}
							_, _ = io.Copy(io.Discard, reply.Body)
							_ = reply.Body.Close()
							if reply.StatusCode != 200 {
								b.Errorf("answered %d", reply.StatusCode)
								return
							}
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "interactions/s")
			})
		}
	}
}
