package bottest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Person is somebody on the platform, as one test holds them by the hand: a deed that cannot be done, and an answer that
// breaks a promise, fail that test. A deed returns when its answer is shown. A place is a channel, the person's Direct,
// or "" for the person's home page.
type Person struct {
	t        testing.TB
	platform *Platform
	human    *human
}

// human is what the platform knows of a person.
type human struct {
	actor    chat.Actor
	direct   *room
	dialog   *dialog
	home     []chat.Block
	offered  []chat.Choice
	troubles []string
}

// Person returns the person of that name, made at the first call: without special rights, zone unknown.
func (p *Platform) Person(t testing.TB, name string) *Person {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.people[name]
	if h == nil {
		h = &human{actor: chat.Actor{User: chat.UserID("test:u-" + slug(name)), Name: name, Admin: chat.No}}
		h.direct = &room{id: chat.ChannelID("test:d-" + slug(name)), space: Home, name: name, owner: h}
		p.people[name], p.rooms[h.direct.id] = h, h.direct
	}
	return &Person{t, p, h}
}

// Be changes what the platform says of the person: rights, roles, zone, name.
func (u *Person) Be(change func(*chat.Actor)) *Person {
	u.platform.mu.Lock()
	defer u.platform.mu.Unlock()
	change(&u.human.actor)
	return u
}

// ID is the person's identifier.
func (u *Person) ID() chat.UserID { return u.actor().User }

func (u *Person) actor() chat.Actor {
	u.platform.mu.Lock()
	defer u.platform.mu.Unlock()
	return u.human.actor
}

// Direct is the person's direct conversation with the bot.
func (u *Person) Direct() chat.ChannelID { return u.human.direct.id }

// Troubles lists what the platform itself has complained of to the person.
func (u *Person) Troubles() []string {
	u.platform.mu.Lock()
	defer u.platform.mu.Unlock()
	return slices.Clone(u.human.troubles)
}

// Type gives a command, as a line like "practice caching 2".
func (u *Person) Type(place chat.ChannelID, line string) {
	u.t.Helper()
	call := u.platform.table.Parse(line)
	c, _ := u.platform.table.Find(call.Name)
	u.do(place, call, func(d *deed) { d.gives = c.GivesFor(call.Args) })
}

// Complete returns the labels offered while the person fills the option with the prefix, other options being given.
func (u *Person) Complete(place chat.ChannelID, command, option, prefix string, others map[string]string) []string {
	u.t.Helper()
	u.platform.mu.Lock()
	u.human.offered = nil
	u.platform.mu.Unlock()
	u.do(place, chat.Complete{Name: command, Option: option, Prefix: prefix, Args: others}, nil)
	u.platform.mu.Lock()
	defer u.platform.mu.Unlock()
	var labels []string
	for _, c := range u.human.offered {
		labels = append(labels, c.Label)
	}
	return labels
}

// Press uses the newest button with the label in the place.
func (u *Person) Press(place chat.ChannelID, label string) {
	u.t.Helper()
	u.press(place, "", label)
}

// PressOn uses the button with the label on that message.
func (u *Person) PressOn(id chat.MessageID, label string) {
	u.t.Helper()
	u.platform.mu.Lock()
	e := u.platform.find(id)
	u.platform.mu.Unlock()
	if e == nil {
		u.t.Fatalf("%s sees no message %s", u.human.actor.Name, id)
	}
	u.press(e.room.id, id, label)
}

func (u *Person) press(place chat.ChannelID, id chat.MessageID, label string) {
	u.t.Helper()
	e, b, ok := u.newest(place, id, func(b chat.Block) (any, bool) {
		row, _ := b.(chat.Buttons)
		for _, x := range row.Row {
			if x.Label == label && x.URL == "" {
				return x, true
			}
		}
		return nil, false
	})
	if !ok {
		u.t.Fatalf("%s sees no button %q in %q%s", u.human.actor.Name, label, place, u.view(place))
	}
	button := b.(chat.Button)
	u.do(place, chat.Press{Action: button.Action}, func(d *deed) { d.entry, d.gives = e, button.Gives })
}

// Choose chooses in the newest menu of the place that offers a choice with the label.
func (u *Person) Choose(place chat.ChannelID, label string) {
	u.t.Helper()
	e, b, ok := u.newest(place, "", func(b chat.Block) (any, bool) {
		m, _ := b.(chat.Menu)
		_, ok := valueOf(m.Choices, label)
		return m, ok
	})
	if !ok {
		u.t.Fatalf("%s sees no menu with %q in %q%s", u.human.actor.Name, label, place, u.view(place))
	}
	menu := b.(chat.Menu)
	value, _ := valueOf(menu.Choices, label)
	u.choose(e, menu.Action, []string{value})
	u.do(place, chat.Press{Action: menu.Action, Values: []string{value}}, func(d *deed) { d.entry, d.free = e, true })
}

// Tick makes exactly these boxes ticked, in the newest checks of the place that have them all.
func (u *Person) Tick(place chat.ChannelID, labels ...string) {
	u.t.Helper()
	var values []string
	e, b, ok := u.newest(place, "", func(b chat.Block) (any, bool) {
		c, isChecks := b.(chat.Checks)
		values = nil
		for _, x := range c.Choices {
			if slices.Contains(labels, x.Label) {
				values = append(values, x.Value)
			}
		}
		return c, isChecks && len(values) == len(labels)
	})
	if !ok {
		u.t.Fatalf("%s sees no checks with %q in %q%s", u.human.actor.Name, labels, place, u.view(place))
	}
	checks := b.(chat.Checks)
	u.choose(e, checks.Action, values)
	u.do(place, chat.Press{Action: checks.Action, Values: values}, func(d *deed) { d.entry, d.free = e, true })
}

// Forge sends a press that no button of the place offers, as a changed client could.
func (u *Person) Forge(place chat.ChannelID, press chat.Press) {
	u.t.Helper()
	u.do(place, press, func(d *deed) { d.free = true })
}

// OpenHome opens the person's home page and returns it.
func (u *Person) OpenHome() Shown {
	u.t.Helper()
	u.do(u.Direct(), chat.Home{}, nil)
	return u.Home()
}

// Home is the home page as last shown.
func (u *Person) Home() Shown {
	u.platform.mu.Lock()
	defer u.platform.mu.Unlock()
	return u.platform.read(chat.Message{Blocks: u.human.home})
}

// newest looks for something on the messages of a place (of one message when id is given), the newest first; on the home
// page when place is "": the entry is then nil.
func (u *Person) newest(place chat.ChannelID, id chat.MessageID, is func(chat.Block) (any, bool)) (*entry, any, bool) {
	u.platform.mu.Lock()
	defer u.platform.mu.Unlock()
	if place == "" {
		for _, b := range u.human.home {
			if x, ok := is(b); ok {
				return nil, x, true
			}
		}
		return nil, nil, false
	}
	for _, e := range slices.Backward(u.platform.visible(u.human, place)) {
		if id != "" && e.id != id {
			continue
		}
		for _, b := range e.message().Blocks {
			if x, ok := is(b); ok {
				return e, x, true
			}
		}
	}
	return nil, nil, false
}

func (u *Person) choose(e *entry, action string, values []string) {
	u.platform.mu.Lock()
	defer u.platform.mu.Unlock()
	if e == nil {
		return
	}
	if e.chosen[u.human] == nil {
		e.chosen[u.human] = map[string][]string{}
	}
	e.chosen[u.human][action] = values
}

// do sends an event of the person and shows the answer.
func (u *Person) do(place chat.ChannelID, what chat.What, complete func(*deed)) {
	u.t.Helper()
	p := u.platform
	p.mu.Lock()
	if place == "" {
		place = u.human.direct.id
	}
	r := p.rooms[place]
	if r == nil || r.gone || p.lost[r.space] || (r.owner != nil && r.owner != u.human) {
		p.mu.Unlock()
		u.t.Fatalf("%s cannot reach the bot in %s", u.human.actor.Name, place)
	}
	d := deed{who: u.human, event: chat.Event{
		ID: p.eventID(), Space: r.space, Channel: place, Direct: r.owner != nil, Actor: u.human.actor, What: what,
	}}
	if complete != nil {
		complete(&d)
	}
	if d.entry != nil && d.entry.only == nil {
		d.event.Message = d.entry.id
	}
	p.mu.Unlock()
	p.deliver(u.t, d)
}

// patience is how long Sees waits: far longer than anything here takes.
const patience = 10 * time.Second

// Sees waits until one message of the place, or the open dialog, holds all the texts: as text, label, choice or summary.
func (u *Person) Sees(place chat.ChannelID, want ...string) {
	u.t.Helper()
	u.await(place, want, func(Shown) bool { return true })
}

// Hears is Sees for what this person alone sees in the place.
func (u *Person) Hears(place chat.ChannelID, want ...string) {
	u.t.Helper()
	u.await(place, want, func(s Shown) bool { return s.Private })
}

func (u *Person) await(place chat.ChannelID, want []string, kind func(Shown) bool) {
	u.t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		changed := u.platform.Changed()
		for _, s := range u.all(place) {
			if kind(s) && s.holds(want) {
				return
			}
		}
		select {
		case <-changed:
		case <-timer.C:
			u.t.Fatalf("%s does not see %q in %q%s", u.human.actor.Name, want, place, u.view(place))
		}
	}
}

// SeesNot fails when the person sees any of the texts in the place or the open dialog now.
func (u *Person) SeesNot(place chat.ChannelID, unwanted ...string) {
	u.t.Helper()
	for _, s := range u.all(place) {
		for _, w := range unwanted {
			if s.holds([]string{w}) {
				u.t.Fatalf("%s sees %q in %q%s", u.human.actor.Name, w, place, u.view(place))
			}
		}
	}
}

// Last is the newest message of the place, the zero Shown when there is none.
func (u *Person) Last(place chat.ChannelID) Shown {
	list := u.Screen(place)
	if len(list) == 0 {
		return Shown{}
	}
	return list[len(list)-1]
}

// all is everything the person sees: the place, the home page when place is "", and the open dialog.
func (u *Person) all(place chat.ChannelID) []Shown {
	list := u.Screen(place)
	if place == "" {
		list = append(list, u.Home())
	}
	if d := u.Dialog(); d != nil {
		list = append(list, Shown{Private: true, Text: d.String()})
	}
	return list
}

func (s Shown) holds(want []string) bool {
	all := s.String()
	for _, w := range want {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

// String is everything a person can read of it, and use.
func (s Shown) String() string {
	lines := []string{s.Summary, s.Text}
	for _, b := range s.Buttons {
		lines = append(lines, fmt.Sprintf("[%s]", b.Label))
	}
	for _, m := range s.Menus {
		lines = append(lines, fmt.Sprintf("<%s: %s of %s>", m.Placeholder, m.Selected, strings.Join(m.Choices, " | ")))
	}
	for _, b := range s.Boxes {
		mark := "☐ "
		if b.Ticked {
			mark = "☑ "
		}
		lines = append(lines, mark+b.Label)
	}
	for _, d := range s.Pictures {
		lines = append(lines, "(picture: "+d+")")
	}
	return strings.Join(lines, "\n")
}

// view is what a failing test prints.
func (u *Person) view(place chat.ChannelID) string {
	var b strings.Builder
	b.WriteString("; on the screen:")
	for _, s := range u.all(place) {
		b.WriteString("\n--- " + strings.ReplaceAll(s.String(), "\n", "\n    "))
	}
	return b.String()
}
