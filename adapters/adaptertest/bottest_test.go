package adaptertest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// The platform that the core is tested on passes the suite of the real ones.
func TestBottest(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T, h chat.Handler, table chat.Table) adaptertest.Harness {
		clock := bottest.NewClock(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
		w := &memory{t: t, clock: clock, handler: h, platform: bottest.New(clock.Now, table)}
		w.run()
		t.Cleanup(func() {
			if err := w.Stop(); err != nil {
				t.Error(err)
			}
			for _, r := range w.platform.Refusals() {
				t.Errorf("refused: %s", r)
			}
		})
		return w
	})
}

// memory is the harness of a bottest.Platform.
type memory struct {
	t        *testing.T
	clock    *bottest.Clock
	handler  chat.Handler
	platform *bottest.Platform
	stop     context.CancelFunc
	ended    chan error
}

func (w *memory) run() {
	ctx, cancel := context.WithCancel(context.Background())
	w.stop, w.ended = cancel, make(chan error, 1)
	go func(ended chan<- error) { ended <- w.platform.Run(ctx, w.handler) }(w.ended)
	for changed := w.platform.Changed(); !w.platform.Running(); changed = w.platform.Changed() {
		<-changed
	}
}

func (w *memory) Platform() chat.Platform            { return w.platform }
func (w *memory) Space() chat.SpaceID                { return bottest.Home }
func (w *memory) Now() time.Time                     { return w.clock.Now() }
func (w *memory) Until(t time.Time)                  { w.clock.Set(t) }
func (w *memory) Channel(name string) chat.ChannelID { return w.platform.Channel(name) }
func (w *memory) Written(k chat.Kind) int            { return w.platform.Written(k) }
func (w *memory) Overdue()                           {}
func (w *memory) Changed() <-chan struct{}           { return w.platform.Changed() }

func (w *memory) Person(name string) adaptertest.Person {
	return person{w.platform.Person(w.t, name)}
}

func (w *memory) Admin(name string) adaptertest.Person {
	return person{w.platform.Person(w.t, name).Be(func(a *chat.Actor) { a.Admin = chat.Yes })}
}

func (w *memory) Add(name string) (chat.ChannelID, error) { return w.platform.Add(w.t, name), nil }

func (w *memory) Remove(c chat.ChannelID) error {
	w.platform.Remove(w.t, c)
	return nil
}

func (w *memory) Uninstall() error {
	w.platform.Uninstall(w.t, bottest.Home)
	return nil
}

func (w *memory) Fail(f adaptertest.Fault) error {
	fault := bottest.Fault{Call: f.Call, Times: f.Times}
	switch f.Kind {
	case adaptertest.Limited:
		fault.Err = chat.Later{At: w.clock.Now().Add(f.After)}
	case adaptertest.Lost:
		fault.Err, fault.Done = chat.ErrUncertain, true
	case adaptertest.Broken:
		fault.Err = chat.ErrUncertain
	case adaptertest.Slow:
		fault.Err, fault.Hang = chat.ErrUncertain, true
	case adaptertest.Unreachable:
		fault.Err = errors.New("no connection")
	case adaptertest.Forbidden, adaptertest.Gone:
		fault.Err = chat.ErrGone
	case adaptertest.Revoked:
		fault.Err = chat.ErrRevoked
	case adaptertest.Cut:
		return adaptertest.ErrCannot
	}
	w.platform.Fail(fault)
	return nil
}

func (w *memory) Redeliver() error {
	w.platform.Redeliver(w.t)
	return nil
}

func (w *memory) Stop() error {
	w.stop()
	timer := time.NewTimer(10 * time.Second)
	defer timer.Stop()
	select {
	case err := <-w.ended:
		w.ended <- nil // a second Stop finds it ended
		return err
	case <-timer.C:
		return errors.New("Run has not returned")
	}
}

func (w *memory) Restart() error {
	err := w.Stop()
	w.run()
	return err
}

// person is somebody on a bottest.Platform, whose deeds fail the test by themselves.
type person struct{ *bottest.Person }

func (p person) Type(place chat.ChannelID, line string) error {
	p.Person.Type(place, line)
	return nil
}

func (p person) Complete(place chat.ChannelID, command, option, prefix string, others map[string]string) ([]string, error) {
	return p.Person.Complete(place, command, option, prefix, others), nil
}

func (p person) Press(place chat.ChannelID, label string) error {
	p.Person.Press(place, label)
	return nil
}

func (p person) Choose(place chat.ChannelID, label string) error {
	p.Person.Choose(place, label)
	return nil
}

func (p person) Tick(place chat.ChannelID, labels ...string) error {
	p.Person.Tick(place, labels...)
	return nil
}

func (p person) OpenHome() error {
	p.Person.OpenHome()
	return nil
}

func (p person) Fill(label string, values ...string) error {
	p.Person.Fill(label, values...)
	return nil
}

func (p person) Submit() error {
	p.Person.Submit()
	return nil
}

func (p person) Cancel() error {
	p.Person.Cancel()
	return nil
}

// Reopen has nothing to do: the dialog stays open.
func (p person) Reopen(chat.ChannelID) error { return nil }

func (p person) Screen(place chat.ChannelID) []adaptertest.Shown {
	var list []adaptertest.Shown
	for _, s := range p.Person.Screen(place) {
		list = append(list, shown(s))
	}
	return list
}

func (p person) Home() *adaptertest.Shown {
	s := shown(p.Person.Home())
	return &s
}

func shown(s bottest.Shown) adaptertest.Shown {
	out := adaptertest.Shown{Text: s.Text, Summary: s.Summary, Pictures: s.Pictures, Private: s.Private}
	for _, b := range s.Buttons {
		out.Buttons = append(out.Buttons, adaptertest.Button(b))
	}
	for _, m := range s.Menus {
		out.Menus = append(out.Menus, adaptertest.Menu(m))
	}
	for _, b := range s.Boxes {
		out.Boxes = append(out.Boxes, adaptertest.Box(b))
	}
	return out
}

func (p person) Dialog() *adaptertest.Dialog {
	d := p.Person.Dialog()
	if d == nil {
		return nil
	}
	out := &adaptertest.Dialog{Title: d.Title, Text: d.Text, Send: d.Send}
	for _, in := range d.Inputs {
		out.Inputs = append(out.Inputs, adaptertest.Input(in))
	}
	return out
}
