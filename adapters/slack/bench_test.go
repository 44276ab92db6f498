package slack_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/slack"
	"github.com/interviewbot/interviewbot/adapters/slack/slacktest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// BenchmarkSignedCommand measures a signed slash command over loopback HTTP to the acknowledgement that carries its
// answer, with a handler that costs nothing, as a ratio to a bare handler that only checks the signature. Both are
// measured in turns in the same run. CPU is that of the whole process, so the client is in both.
func BenchmarkSignedCommand(b *testing.B) {
	server := slacktest.Start(slacktest.Options{})
	defer server.Close()
	ada, c := server.AddPerson("Ada", "Europe/Berlin", false), server.AddChannel("general", false, true)
	a, err := slack.New(slack.Options{BotToken: server.BotToken, SigningSecret: server.SigningSecret, APIURL: server.APIURL(), HTTP: true, Table: table()})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	reply := say("Your streak is 12.", buttons(chat.Button{Label: "Why 12?", Action: "why"}))
	go func() {
		done <- a.Run(ctx, func(context.Context, chat.Event) (chat.Response, error) { return chat.Response{Reply: &reply}, nil })
	}()
	defer func() {
		stop()
		<-done
	}()
	for a.Healthy() != nil {
		time.Sleep(time.Millisecond)
	}
	whole := httptest.NewServer(a.Handler())
	defer whole.Close()
	bare := httptest.NewServer(server.Floor())
	defer bare.Close()

	var seq atomic.Int64
	body := func() string {
		return url.Values{
			"command": {"/interview"}, "text": {"streak"}, "user_id": {ada.ID()}, "user_name": {"ada"}, "channel_id": {c}, "team_id": {slacktest.TeamID},
			"trigger_id": {fmt.Sprintf("%d.1.x", seq.Add(1))}, "response_url": {"https://hooks.slack.com/x"},
		}.Encode()
	}
	for _, clients := range []int{1, 64} {
		b.Run(fmt.Sprintf("%d clients", clients), func(b *testing.B) {
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
			defer client.CloseIdleConnections()
			load := func(address string, n int) sample {
				return measure(n, clients, func() error { return send(client, server, address, body()) })
			}
			load(whole.URL, 2*clients)
			load(bare.URL, 2*clients)
			n := max(b.N/2, clients)
			b.ResetTimer()
			floor, full := load(bare.URL, n), load(whole.URL, n)
			floor, full = floor.with(load(bare.URL, n)), full.with(load(whole.URL, n))
			b.StopTimer()
			b.ReportMetric(floor.rate()/full.rate(), "floor/rate")
			b.ReportMetric(float64(full.at(50))/float64(floor.at(50)), "p50/floor")
			b.ReportMetric(full.rate(), "commands/s")
			b.ReportMetric(us(full.at(50)), "p50-µs")
			b.ReportMetric(us(full.at(99)), "p99-µs")
			b.ReportMetric(us(floor.at(50)), "floor-p50-µs")
			b.ReportMetric(us(floor.at(99)), "floor-p99-µs")
			b.ReportMetric(us(full.cpu/time.Duration(len(full.each))), "cpu-µs")
			b.ReportMetric(us(floor.cpu/time.Duration(len(floor.each))), "floor-cpu-µs")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func us(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func send(client *http.Client, server *slacktest.Server, address, body string) error {
	req, err := server.Signed(address+"/slack/commands", "application/x-www-form-urlencoded", []byte(body))
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || len(said) > 0 && !strings.Contains(string(said), "Your streak is 12.")) {
		err = fmt.Errorf("status %d: %s", resp.StatusCode, said)
	}
	return err
}

// sample is how long each of some requests took, and all of them.
type sample struct {
	each      []time.Duration
	took, cpu time.Duration
}

func (s sample) rate() float64 { return float64(len(s.each)) / s.took.Seconds() }

func (s sample) at(percent int) time.Duration {
	slices.Sort(s.each)
	return s.each[min(len(s.each)*percent/100, len(s.each)-1)]
}

func (s sample) with(o sample) sample {
	return sample{append(s.each, o.each...), s.took + o.took, s.cpu + o.cpu}
}

func measure(n, clients int, do func() error) sample {
	var wg sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(n))
	all := make([][]time.Duration, clients)
	began, used := time.Now(), cpu()
	for i := range clients {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				at := time.Now()
				if err := do(); err != nil {
					panic(err)
				}
				all[i] = append(all[i], time.Since(at))
			}
		})
	}
	wg.Wait()
	return sample{slices.Concat(all...), time.Since(began), cpu() - used}
}

func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkDraw draws a daily question.
func BenchmarkDraw(b *testing.B) {
	m := say("Why can a cache make a system slower?", chat.Note{Text: chat.Join(chat.T("open until "), chat.At(time.Now(), chat.DayClock, nil))},
		chat.List{Items: []chat.Text{chat.T("a miss costs two lookups"), chat.T("a stampede"), chat.T("stale data")}},
		buttons(chat.Button{Label: "Answer", Action: "answer.r-1"}, chat.Button{Label: "Hint", Action: "hint.r-1"}))
	for b.Loop() {
		slack.DrawMessage(m, "r-1", nil)
	}
}
