package playground

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/interviewbot/interviewbot/bot/chat"
)

const (
	maxLine   = 4000 // characters of a typed message
	maxValue  = 3000 // characters of one input of a form, as chat.Input says
	maxAction = 80   // bytes, as chat.Button says
	maxValues = 25   // of one input or menu, and inputs of a form
	showTime  = 2 * time.Second
)

// deedOf is what every deed says about itself: the space as the page knows it, who acts, where, and a name that makes a
// resend the same deed.
type deedOf struct {
	Space, As, In, ID string
}

// outcome is what the page that sent a deed is told; everything else comes by the stream.
type outcome struct {
	Form   string            `json:"form,omitempty"`   // HTML of a dialog to open
	Errors map[string]string `json:"errors,omitempty"` // by input; the dialog stays
	Say    string            `json:"say,omitempty"`    // HTML to show in the dialog, which stays, or as an alert
	Go     string            `json:"go,omitempty"`     // the view in which the answer is to be seen
	Usage  string            `json:"usage,omitempty"`  // of the command that is being typed
	Items  []item            `json:"items,omitempty"`  // completions
}

// scene is a deed that was found to be in order.
type scene struct {
	room    *room
	person  person
	in      string // local channel
	home    bool   // done on the home page
	event   chat.Event
	asked   string // the command as typed, "" when it stands in the channel itself
	pressed int    // the message it was done on, 0 when none
}

// problem is a sentence for the person about a request that cannot be taken.
type problem struct {
	status   int
	sentence string
}

func (p problem) Error() string { return p.sentence }

// scene checks who acts where. Only what the page itself could have sent passes.
func (a *Adapter) scene(d deedOf) (scene, error) {
	r := a.current()
	if d.Space != string(r.space) {
		return scene{}, problem{409, "This page shows a space that was left behind. Reload it to go on."}
	}
	who := r.who()
	p, ok := who.person(d.As)
	if !ok {
		return scene{}, problem{404, "That person is not here. Reload the page and choose somebody to act as."}
	}
	id, ok := r.deedID(p.ID, d.ID)
	if !ok {
		return scene{}, problem{400, "The page sent something that could not be read. Reload it and try again."}
	}
	s := scene{room: r, person: p, in: direct(p.ID), home: d.In == "home"}
	if _, ok := who.channel(d.In); ok {
		s.in = d.In
	} else if d.In != "home" && d.In != "dm" {
		return scene{}, problem{404, "That channel is not here. Reload the page and choose another."}
	}
	s.event = chat.Event{ID: id, Space: r.space, Actor: r.actor(p)}
	s.at(s.in)
	return s, nil
}

// at says in which channel the event happens.
func (s *scene) at(channel string) {
	s.in = channel
	s.event.Channel, s.event.Direct = chat.ChannelID(s.room.id(channel)), isDirect(channel)
}

// on says on which message it was done, if the person can see such a message.
func (s *scene) on(n int) {
	if m, ok := s.room.message(n); ok && m.seenBy(s.person.ID) {
		s.pressed, s.event.Message = n, s.room.messageID(n)
		s.at(m.Channel)
	}
}

// say takes a typed line: a command, or an ordinary message between people.
func (a *Adapter) say(ctx context.Context, s scene, text string) outcome {
	text = strings.TrimRight(text, " \t\r\n")
	if n := utf8.RuneCountInString(text); n > maxLine {
		return outcome{Say: plain(fmt.Sprintf("This has %d characters; a message holds %d. It is still in the box: shorten it and send it again.", n, maxLine))}
	}
	if strings.TrimSpace(text) == "" {
		return outcome{}
	}
	line, command := a.commandOf(text, isDirect(s.in))
	if isDirect(s.in) || !command {
		m := message{Channel: s.in, From: s.person.ID, Name: s.person.Name, At: a.now(), Deed: s.room.local(string(s.event.ID))}
		if isDirect(s.in) {
			m.To = s.person.ID
		}
		m.say(s.room, chat.Message{Summary: clip(s.person.Name+": "+text, 300), Blocks: []chat.Block{chat.Paragraph{Text: chat.T(text)}}})
		if _, err := s.room.add(ctx, m, false); err != nil {
			a.log.Error("a message was not kept", "space", s.room.space, "err", err)
			return outcome{Say: plain("Your message could not be saved. It is still in the box: try again in a moment.")}
		}
	} else {
		s.asked = clip(text, 80)
	}
	if !command {
		return outcome{}
	}
	s.event.What = a.o.Table.Parse(line)
	return a.tell(ctx, s)
}

// commandOf reads a typed text as a command: "/practice caching" or "/interview practice caching", and in a direct
// conversation with the bot every text.
func (a *Adapter) commandOf(text string, direct bool) (line string, command bool) {
	line, command = strings.CutPrefix(strings.TrimLeft(text, " "), "/")
	if !command {
		return text, direct
	}
	first, rest, _ := strings.Cut(line, " ")
	if _, taken := a.o.Table.Find("interview"); strings.EqualFold(first, "interview") && !taken {
		line = rest
	}
	return line, true
}

// press takes a button, menu or check. The bot judges the action; here it is only bounded.
func (a *Adapter) press(ctx context.Context, s scene, action string, values []string) outcome {
	if len(action) > maxAction || len(values) > maxValues {
		return outcome{Say: plain("This button is not one of the bot's. Nothing was done.")}
	}
	for _, v := range values {
		if len(v) > 100 {
			return outcome{Say: plain("This choice is not one of the bot's. Nothing was done.")}
		}
	}
	s.event.What = chat.Press{Action: action, Values: values}
	return a.tell(ctx, s)
}

// submit takes a form. A text that is too long comes back with a sentence at its field.
func (a *Adapter) submit(ctx context.Context, s scene, form string, values map[string][]string) outcome {
	if len(form) > maxAction || len(values) > maxValues {
		return outcome{Say: plain("This form is not one of the bot's. Nothing was done.")}
	}
	long := map[string]string{}
	for id, vs := range values {
		for _, v := range vs {
			if n := utf8.RuneCountInString(v); n > maxValue {
				long[id] = fmt.Sprintf("This has %d characters; at most %d fit. Nothing is lost: shorten it and send it again.", n, maxValue)
			}
		}
		if len(vs) > maxValues || len(id) > maxAction {
			return outcome{Say: plain("This form is not one of the bot's. Nothing was done.")}
		}
	}
	if len(long) > 0 {
		return outcome{Errors: long}
	}
	s.event.What = chat.Submit{Form: form, Values: values}
	return a.tell(ctx, s)
}

// tell hands the scene's event to the bot and shows the answer.
func (a *Adapter) tell(ctx context.Context, s scene) outcome {
	resp, err := a.ask(ctx, s.event)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), showTime) // the bot may have used up its own
	defer cancel()
	if _, form := s.event.What.(chat.Submit); form && err != nil {
		return outcome{Say: a.words(s, resp), Errors: resp.Errors} // nothing was stored: the dialog keeps the text
	}
	var o outcome
	switch {
	case resp.Form != nil:
		o.Form = a.form(s, *resp.Form, resp.Errors)
	case len(resp.Errors) > 0:
		o.Errors = resp.Errors
	case resp.Update != nil:
		err := s.room.replace(ctx, s.pressed, func(m *message) { m.say(s.room, *resp.Update) })
		if err == nil {
			break
		}
		if !errors.Is(err, chat.ErrGone) {
			a.log.Error("an update was not kept", "space", s.room.space, "message", s.pressed, "err", err)
		}
		a.reply(ctx, s, *resp.Update)
	}
	if resp.Reply != nil {
		a.reply(ctx, s, *resp.Reply)
		if s.home {
			o.Go = "dm"
		}
	}
	return o
}

// reply shows an answer to the actor alone, where the deed was done.
func (a *Adapter) reply(ctx context.Context, s scene, said chat.Message) {
	m := message{Channel: s.in, To: s.person.ID, At: a.now(), Asked: s.asked, Deed: s.room.local(string(s.event.ID))}
	m.say(s.room, said)
	if _, err := s.room.add(ctx, m, true); err != nil {
		a.log.Error("a reply was not kept; it is shown until the next start", "space", s.room.space, "err", err)
	}
}

// words renders what the bot said as a part of a dialog or an alert.
func (a *Adapter) words(s scene, resp chat.Response) string {
	said := resp.Reply
	if said == nil {
		said = resp.Update
	}
	if said == nil {
		return ""
	}
	html, err := a.fragment("parts", partsOf(said.Blocks, s.room.named))
	if err != nil || html == "" {
		return plain(said.Summary)
	}
	return html
}

// clip bounds a text to n characters.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
