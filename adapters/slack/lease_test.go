package slack_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/interviewbot/interviewbot/adapters/slack"
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
