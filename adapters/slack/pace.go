package slack

import (
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// The Web API's methods, as they are limited: each for itself, in each workspace.
const (
	methodPost     = "chat.postMessage"
	methodEdit     = "chat.update"
	methodPeople   = "users.info"
	methodHistory  = "conversations.history"
	methodProbe    = "chat.postEphemeral"
	methodOpen     = "views.open"
	methodPush     = "views.push"
	methodView     = "views.update"
	methodHome     = "views.publish"
	methodUpload   = "files.getUploadURLExternal"
	methodDirect   = "conversations.open"
	methodRespond  = "response_url"
	methodIdentify = "auth.test"
)

// allowance is how a method is used: steadily, one call every so often, and after a rest a few at once. Both together
// stay below the limit in every window of a minute: at 95 % of it the edges of Slack's windows and ours begin to collide.
type allowance struct {
	every time.Duration
	burst int
}

// allowances are cut from Slack's promises: at least 50 calls a minute in tier 3, 100 in tier 4; "several hundred"
// messages a minute, of which 100 are used, and one a second in a channel.
// https://docs.slack.dev/apis/web-api/rate-limits
func allowances(method string) allowance {
	switch method {
	case methodEdit, methodDirect:
		return allowance{time.Minute / 46, 2}
	case methodHistory:
		return allowance{time.Minute / 40, 8} // a search takes several at once
	case methodPeople:
		return allowance{time.Minute / 60, 35} // everybody comes at nine
	}
	return allowance{time.Minute / 92, 4}
}

const (
	// perChannel is the time between two messages in a channel. Slack takes short bursts above that; only direct
	// conversations make use of it, for nobody can ask when the next message to a person may be sent.
	perChannel  = time.Second
	directBurst = 3
	// pause is how long to stay away after a refusal that does not say.
	pause = 30 * time.Second
)

// pace knows when the next call may be made. Its methods never block; they are safe for concurrent use.
type pace struct {
	now func() time.Time

	mu       sync.Mutex
	methods  map[string]*schedule
	channels map[string]time.Time // when the next message may be said in each, for those not long past
	sweep    int                  // how many channels there may be before those past are forgotten
}

// schedule is one method's: the time at which a steady caller would make its next call (the virtual scheduling
// algorithm of ITU-T I.371), and until when Slack asked to stay away.
type schedule struct {
	next   time.Time
	paused time.Time
}

func newPace(now func() time.Time) *pace {
	return &pace{now: now, methods: map[string]*schedule{}, channels: map[string]time.Time{}, sweep: 256}
}

// ready is when the next call may be made; channel is "" where it does not matter. A time not after now is at once.
func (p *pace) ready(method, channel string) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.readyLocked(method, channel)
}

func (p *pace) readyLocked(method, channel string) time.Time {
	s := p.schedule(method)
	use := allowances(method)
	at := s.next.Add(-time.Duration(use.burst-1) * use.every)
	if s.paused.After(at) {
		at = s.paused
	}
	c := p.channels[channel]
	if isPerson(channel) {
		c = c.Add(-(directBurst - 1) * perChannel)
	}
	if c.After(at) {
		at = c
	}
	return at
}

// take counts a call that is made now; it returns when it may be made instead, if not yet.
func (p *pace) take(method, channel string) (later time.Time, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if at := p.readyLocked(method, channel); at.After(now) {
		return at, false
	}
	s := p.schedule(method)
	if s.next.Before(now) {
		s.next = now
	}
	s.next = s.next.Add(allowances(method).every)
	if channel != "" {
		p.forget(now)
		next := p.channels[channel]
		if next.Before(now) {
			next = now
		}
		p.channels[channel] = next.Add(perChannel)
	}
	return time.Time{}, true
}

// paused is until when Slack asked to stay away from a method; not after now when it did not.
func (p *pace) paused(method string) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.schedule(method).paused
}

// refused notes that Slack asked to stay away from a method for a time, or did not say for how long.
func (p *pace) refused(method string, after time.Duration) chat.Later {
	if after <= 0 {
		after = pause
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.schedule(method)
	s.paused = p.now().Add(after)
	return chat.Later{At: s.paused}
}

func (p *pace) schedule(method string) *schedule {
	s := p.methods[method]
	if s == nil {
		s = &schedule{}
		p.methods[method] = s
	}
	return s
}

// forget drops the channels that may be posted to again, whenever as many as can be busy at once have piled up.
func (p *pace) forget(now time.Time) {
	if len(p.channels) < p.sweep {
		return
	}
	for c, at := range p.channels {
		if !at.After(now) {
			delete(p.channels, c)
		}
	}
	p.sweep = max(256, 2*len(p.channels))
}
