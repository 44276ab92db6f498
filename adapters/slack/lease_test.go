package slack_test

import (
	"context"
	"errors"
	"fmt"
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

// forgetful is a Keep that holds leases until it fails.
type forgetful struct {
	chat.Keep
	fails    time.Time
	released int
}

func (k *forgetful) Hold(context.Context, string, time.Duration) (bool, error) {
	if time.Now().Before(k.fails) {
		return true, nil
	}
	return false, errors.New("the database is away")
}

func (k *forgetful) Release(context.Context, string) error {
	k.released++
	return nil
}

// A process that cannot renew its lease gives its sockets up before another may take them: a lease lasts a minute.
func TestALostLeaseIsGivenUpInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const well = 10 * time.Minute
		keep := &forgetful{fails: time.Now().Add(well)}
		a, err := slack.New(slack.Options{BotToken: "xoxb-1", AppToken: "xapp-1", Keep: keep, Table: table()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, lost := context.WithCancel(t.Context())
		defer lost()
		began := time.Now()
		slack.Renew(ctx, a, lost, "slack-socket-1")
		// It was renewed for the last time at most 15 s before that, for a minute.
		if kept := time.Since(began); kept < well || kept >= well+45*time.Second {
			t.Errorf("it was given up after %v; renewing failed from %v on", kept, well)
		}
		if keep.released != 1 {
			t.Errorf("it was released %d times", keep.released)
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
