package bottest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// deed is an event on its way to the handler, and where its answer goes.
type deed struct {
	event chat.Event
	who   *human
	entry *entry     // of a Press, nil on the home page
	form  *dialog    // of a Submit
	gives chat.Gives // what was promised of the answer
	free  bool       // nothing was promised (menus and checks)
}

// sorry is shown when the handler broke down without a sentence of its own.
const sorry = "That did not work. Please try again."

// deliver runs the handler and shows what it answers. It fails t when the answer breaks a promise.
func (p *Platform) deliver(t testing.TB, d deed) {
	t.Helper()
	resp, err := p.Send(d.event)
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.ring()
	p.last = &d
	if err != nil && empty(resp) && speaks(d.event.What) {
		resp.Reply = &chat.Message{Summary: sorry, Blocks: []chat.Block{chat.Paragraph{Text: chat.T(sorry)}}}
	}
	if d.who == nil {
		return
	}
	if broken := p.promise(d, resp); broken != nil {
		t.Errorf("%v", p.refuse("answer to %T of %s: %w", d.event.What, d.who.actor.Name, broken))
		d.who.troubles = append(d.who.troubles, "This interaction failed")
		return
	}
	p.show(d, resp, err)
}

// speaks says whether a sentence can answer it.
func speaks(w chat.What) bool {
	switch w.(type) {
	case chat.Call, chat.Press, chat.Submit:
		return true
	}
	return false
}

func empty(r chat.Response) bool {
	return r.Reply == nil && r.Update == nil && r.Form == nil && r.Errors == nil && r.Choices == nil && r.Home == nil
}

// show puts an answer where the person sees it.
func (p *Platform) show(d deed, r chat.Response, failed error) {
	h := d.who
	if _, ok := d.event.What.(chat.Submit); ok {
		p.showSubmit(d, r, failed)
		return
	}
	switch {
	case r.Reply != nil:
		p.private(d, *r.Reply)
	case r.Update != nil && d.entry != nil:
		d.entry.version = append(d.entry.version, *r.Update)
		d.entry.chosen = map[*human]map[string][]string{}
	case r.Form != nil:
		h.dialog = newDialog(*r.Form, d.event.Channel)
	case r.Choices != nil:
		h.offered = r.Choices
	case r.Home != nil:
		h.home = r.Home
	}
}

// showSubmit answers a form: with errors the dialog stays open, or is filled anew; when nothing was stored it stays open
// with the sentence in it.
func (p *Platform) showSubmit(d deed, r chat.Response, failed error) {
	h := d.who
	switch {
	case r.Form != nil:
		h.dialog = newDialog(*r.Form, d.event.Channel)
		h.dialog.errors = r.Errors
	case len(r.Errors) > 0:
		h.dialog, d.form.errors, d.form.note = d.form, r.Errors, ""
	case failed != nil && r.Reply != nil:
		h.dialog, d.form.errors, d.form.note = d.form, nil, p.read(*r.Reply).Text
	default:
		h.dialog = nil
		if r.Reply != nil {
			p.private(d, *r.Reply)
		}
	}
}

func (p *Platform) private(d deed, m chat.Message) {
	room := p.rooms[d.event.Channel]
	if room == nil {
		room = d.who.direct
	}
	p.add(room, d.who, m, "")
}

// promise says what of package chat an answer breaks.
func (p *Platform) promise(d deed, r chat.Response) error {
	if n := count(r.Reply != nil, r.Update != nil, r.Form != nil); n > 1 {
		return fmt.Errorf("%d of Reply, Update and Form are set together", n)
	}
	if err := p.allowed(d, r); err != nil {
		return err
	}
	for _, m := range []*chat.Message{r.Reply, r.Update} {
		if m == nil {
			continue
		}
		if err := fits(*m, p.Caps(), ""); err != nil {
			return err
		}
	}
	if r.Form != nil {
		if err := fitsForm(*r.Form, p.Caps()); err != nil {
			return err
		}
	}
	if r.Home != nil {
		return fits(chat.Message{Summary: "home", Blocks: r.Home}, homeCaps(p.Caps()), "")
	}
	return fitsChoices(r.Choices, p.Caps())
}

// allowed checks the kind of an answer against what the event can be answered with, and what was promised.
func (p *Platform) allowed(d deed, r chat.Response) error {
	var may []string
	switch w := d.event.What.(type) {
	case chat.Complete:
		may = []string{"Choices"}
	case chat.Home:
		may = []string{"Home"}
	case chat.Submit:
		may = []string{"Reply", "Errors", "Form"}
		if r.Form != nil && len(r.Errors) == 0 {
			return fmt.Errorf("a Form answers a Submit only beside Errors")
		}
		for id := range r.Errors {
			if r.Form == nil && !d.form.has(id) {
				return fmt.Errorf("there is no input %q for the error", id)
			}
		}
	case chat.Call, chat.Press:
		may = []string{"Reply"}
		switch _, press := w.(chat.Press); {
		case d.free:
			may = append(may, "Update", "Form")
		case d.gives == chat.GivesUpdate && press:
			may = append(may, "Update")
		case d.gives == chat.GivesForm:
			may = append(may, "Form")
		}
	}
	for kind, set := range map[string]bool{
		"Reply": r.Reply != nil, "Update": r.Update != nil, "Form": r.Form != nil, "Errors": len(r.Errors) > 0,
		"Choices": r.Choices != nil, "Home": r.Home != nil,
	} {
		if set && !slices.Contains(may, kind) {
			return fmt.Errorf("%s is not among what was promised: %v", kind, may)
		}
	}
	return nil
}

func count(set ...bool) int {
	n := 0
	for _, s := range set {
		if s {
			n++
		}
	}
	return n
}
