package slack_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/slack"
	"github.com/interviewbot/interviewbot/adapters/slack/slacktest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// leases is a Keep that holds leases, slowly, until it fails.
type leases struct {
	chat.Keep
	slow     time.Duration
	fails    time.Time
	hangs    bool      // when it fails it does not answer
	back     time.Time // it works again from then on, if ever
	until    time.Time // the lease may be another's from then on
	released int
}

func (k *leases) Hold(ctx context.Context, _ string, ttl time.Duration) (bool, error) {
	began := time.Now()
	if began.Before(k.fails) || !k.back.IsZero() && began.After(k.back) {
		k.until = began.Add(ttl)
		time.Sleep(k.slow)
		return true, nil
	}
	if k.hangs {
		<-ctx.Done()
	}
	return false, errors.New("the database is away")
}

func (k *leases) Release(ctx context.Context, _ string) error {
	time.Sleep(min(k.slow, time.Second))
	k.released++
	return ctx.Err()
}

// A process that cannot renew its lease gives its sockets up before another may take them.
func TestALostLeaseIsGivenUpInTime(t *testing.T) {
	for name, keep := range map[string]*leases{
		"that fails": {}, "that hangs": {hangs: true}, "that was slow": {slow: 7 * time.Second}, "that was slow and hangs": {slow: 7 * time.Second, hangs: true},
	} {
		t.Run("by a database "+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				keep.fails = time.Now().Add(10 * time.Minute)
				var log journal
				a, err := slack.New(slack.Options{BotToken: "xoxb-1", AppToken: "xapp-1", Keep: keep, Table: table(), Log: slog.New(slog.NewTextHandler(&log, nil))})
				if err != nil {
					t.Fatal(err)
				}
				ctx, lost := context.WithCancel(t.Context())
				defer lost()
				slack.HoldLease(ctx, a, lost)
				if now := time.Now(); now.Before(keep.fails) || !now.Before(keep.until) {
					t.Errorf("it was given up at %v; renewing failed from %v on, and it lasted until %v", now, keep.fails, keep.until)
				}
				if keep.released != 1 || strings.Contains(log.String(), "release") {
					t.Errorf("it was released %d times; logged: %s", keep.released, log.String())
				}
			})
		})
	}
}

// A process that lost its lease takes one again when it can, and gives it back before it ends.
func TestALostLeaseIsTakenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keep := &leases{slow: time.Second, fails: time.Now().Add(10 * time.Minute), back: time.Now().Add(20 * time.Minute)}
		a, err := slack.New(slack.Options{BotToken: "xoxb-1", AppToken: "xapp-1", Keep: keep, Table: table()})
		if err != nil {
			t.Fatal(err)
		}
		slack.FailDials(a, 1<<30)
		ctx, stop := context.WithTimeout(t.Context(), 30*time.Minute)
		defer stop()
		if err := slack.Sockets(ctx, a); err != nil {
			t.Error(err)
		}
		if keep.released != 2 || keep.until.Before(time.Now()) {
			t.Errorf("it was released %d times, want twice; the last lasts until %v, and it is %v", keep.released, keep.until, time.Now())
		}
	})
}

// Slack allows ten connections, so five processes; a sixth stands by, and takes over.
func TestSixthProcessStandsBy(t *testing.T) {
	t.Parallel()
	server := slacktest.Start(slacktest.Options{})
	keep := adaptertest.NewKeep(time.Now)
	var wg sync.WaitGroup
	stops := make([]context.CancelFunc, 6)
	all := make([]*slack.Adapter, 6)
	t.Cleanup(func() {
		for _, stop := range stops {
			stop()
		}
		wg.Wait()
		server.Close()
	})
	await := func(what string, ok func() bool) {
		t.Helper()
		(&world{t: t, server: server}).await(what, ok)
	}
	for i := range all {
		a, err := slack.New(slack.Options{BotToken: server.BotToken, AppToken: server.AppToken, APIURL: server.APIURL(), Keep: keep.As(fmt.Sprint(i)), Table: table()})
		if err != nil {
			t.Fatal(err)
		}
		all[i] = a
		ctx, stop := context.WithCancel(context.Background())
		stops[i] = stop
		wg.Go(func() {
			if err := a.Run(ctx, (&ears{}).handle); err != nil {
				t.Error(err)
			}
		})
		if i < 5 {
			await("a process is not up", func() bool { return a.Healthy() == nil })
		}
	}
	await("the sixth does not say that it stands by", func() bool {
		err := all[5].Healthy()
		return err != nil && strings.Contains(err.Error(), "standing by")
	})
	await("there are not ten connections", func() bool { return server.Connections() == 10 })
	stops[2]()
	await("the sixth does not take over", func() bool { return all[5].Healthy() == nil })
	if v := server.Violations(); len(v) > 0 {
		t.Errorf("Slack would refuse: %q", v)
	}
}
