package playground_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// person acts in the playground, with one tab open for each place looked at.
type person struct {
	w     *world
	once  sync.Once
	id    string
	deeds int // guarded by world.mu

	mu       sync.Mutex
	tabs     map[string]*tab // by place
	dialog   *dialog
	home     *node
	alerts   []string
	troubles []string
}

// tab is one open page: what it shows, kept up by its stream.
type tab struct {
	p        *person
	place    string
	cancel   context.CancelFunc
	done     chan struct{}
	mu       sync.Mutex
	messages []*node
	last     string // the number of the last change
	cut      context.CancelFunc
	back     chan struct{} // signalled at each connection of the stream
}

// in is how pages call a place.
func (p *person) in(place chat.ChannelID) string {
	local := strings.TrimPrefix(string(place), p.w.id(""))
	if strings.HasPrefix(local, "d-") || local == "" {
		return "dm"
	}
	return local
}

func (p *person) tab(in string) *tab {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, ok := p.tabs[in]
	if !ok {
		ctx, cancel := context.WithCancel(context.Background())
		t = &tab{p: p, place: in, cancel: cancel, done: make(chan struct{}), back: make(chan struct{}, 1)}
		p.tabs[in] = t
		if err := t.load(); err != nil {
			p.w.t.Error(err)
		}
		go t.listen(ctx)
		<-t.back
	}
	return t
}

// load reads the page.
func (t *tab) load() error {
	page, err := t.p.w.page("?as=" + t.p.id + "&in=" + t.place)
	if err != nil {
		return err
	}
	body := page.find("body")
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = body.attr("data-boot") + "." + body.attr("data-rev")
	t.messages = page.all(func(n *node) bool { return n.has("message") })
	return nil
}

// page gets and reads a page.
func (w *world) page(query string) (*node, error) {
	resp, err := w.client.Get(w.server.URL + "/" + w.options.Name + "/" + query)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("page %s: %s", query, resp.Status)
	}
	return parse(resp.Body)
}

// listen follows the stream, coming back after each cut, until the person leaves.
func (t *tab) listen(ctx context.Context) {
	defer close(t.done)
	for ctx.Err() == nil {
		t.p.w.mu.Lock()
		up := t.p.w.up
		t.p.w.mu.Unlock()
		select {
		case <-up:
		case <-ctx.Done():
			return
		}
		t.stream(ctx)
	}
}

func (t *tab) stream(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := t.p.w
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server.URL+"/"+w.options.Name+"/events?"+url.Values{"space": {string(w.space)}, "as": {t.p.id}}.Encode(), nil)
	if err != nil {
		return
	}
	t.mu.Lock()
	req.Header.Set("Last-Event-ID", t.last)
	t.cut = cancel
	t.mu.Unlock()
	resp, err := w.client.Do(req)
	if err != nil {
		return
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 16<<20)
	id := ""
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "retry": // the first line: the stream stands
			select {
			case t.back <- struct{}{}:
			default:
			}
		case "id":
			id = value
		case "data":
			t.hear(id, value)
		}
	}
}

func (t *tab) hear(id, data string) {
	var c struct {
		Kind, Channel, HTML string
		N                   int
	}
	if err := json.Unmarshal([]byte(data), &c); err != nil {
		t.p.w.t.Errorf("a change cannot be read: %v: %.200s", err, data)
		return
	}
	switch c.Kind {
	case "reset":
		if err := t.load(); err != nil {
			t.p.w.t.Error(err)
		}
	case "message":
		t.put(c.Channel, c.HTML)
	}
	t.mu.Lock()
	t.last = id
	t.mu.Unlock()
	t.p.w.bell.Ring()
}

func (t *tab) put(channel, html string) {
	if channel != t.place && !(t.place == "dm" && channel == "d-"+t.p.id) {
		return
	}
	doc, err := parse(strings.NewReader(html))
	if err != nil {
		t.p.w.t.Errorf("a message cannot be read: %v: %.300s", err, html)
		return
	}
	m := doc.all(func(n *node) bool { return n.has("message") })[0]
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.messages, func(o *node) bool { return o.attr("id") == m.attr("id") })
	if i >= 0 {
		t.messages[i] = m
	} else {
		t.messages = append(t.messages, m)
	}
}

// cut breaks all streams and returns when they are back; back only waits for them.
func (p *person) cut() { p.streams(func(t *tab) { t.cut() }) }

func (p *person) back() { p.streams(func(*tab) {}) }

func (p *person) streams(f func(*tab)) {
	p.mu.Lock()
	tabs := make([]*tab, 0, len(p.tabs))
	for _, t := range p.tabs {
		tabs = append(tabs, t)
	}
	p.mu.Unlock()
	for _, t := range tabs {
		t.mu.Lock()
		f(t)
		t.mu.Unlock()
		<-t.back
	}
}

func (p *person) leave() {
	for _, t := range p.tabs {
		t.cancel()
		<-t.done
	}
}

// deed sends one and does what its outcome says.
func (p *person) deed(in, path string, body any) error {
	var o outcome
	err := p.w.post(p, in, path, body, &o)
	defer p.w.bell.Ring()
	if err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.troubles = append(p.troubles, err.Error())
		return err
	}
	return p.follow(in, o)
}

func (p *person) follow(in string, o outcome) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o.Form != "" {
		doc, err := parse(strings.NewReader(o.Form))
		if err != nil {
			return fmt.Errorf("a form cannot be read: %w: %.300s", err, o.Form)
		}
		p.dialog = newDialog(in, doc.find("form"))
	}
	if o.Say != "" {
		p.alerts = append(p.alerts, o.Say)
	}
	return nil
}

func (p *person) ID() chat.UserID        { return chat.UserID(p.w.id(p.id)) }
func (p *person) Direct() chat.ChannelID { return chat.ChannelID(p.w.id("d-" + p.id)) }

func (p *person) Screen(place chat.ChannelID) []adaptertest.Shown {
	t := p.tab(p.in(place))
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []adaptertest.Shown
	for _, m := range t.messages {
		list = append(list, m.shown())
	}
	return list
}

func (p *person) Dialog() *adaptertest.Dialog {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dialog == nil {
		return nil
	}
	return p.dialog.shown()
}

func (p *person) Home() *adaptertest.Shown {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.home == nil {
		return nil
	}
	s := p.home.shown()
	return &s
}

func (p *person) Troubles() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append(slices.Clone(p.troubles), p.alerts...)
}

func (p *person) Type(place chat.ChannelID, line string) error {
	in := p.in(place)
	p.tab(in)
	return p.deed(in, "say", map[string]any{"Text": "/" + line})
}

func (p *person) Complete(place chat.ChannelID, command, option, prefix string, others map[string]string) ([]string, error) {
	line := "/" + command
	for k, v := range others {
		line += " " + k + ":" + v
	}
	var o outcome
	if err := p.w.post(p, p.in(place), "complete", map[string]any{"Text": line + " " + option + ":" + prefix}, &o); err != nil {
		return nil, err
	}
	var labels []string
	for _, it := range o.Items {
		labels = append(labels, it.Label)
	}
	return labels, nil
}

// newest finds the newest message of the place with a control; the home page when place is "".
func (p *person) newest(place chat.ChannelID, is func(*node) bool) (in string, message int, control *node, err error) {
	if place == "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.home != nil {
			for _, n := range p.home.all(is) {
				return "home", 0, n, nil
			}
		}
		return "", 0, nil, errors.New("it is not on the home page")
	}
	t := p.tab(p.in(place))
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range slices.Backward(t.messages) {
		for _, n := range m.all(is) {
			number := 0
			_, err := fmt.Sscan(m.attr("data-n"), &number)
			return t.place, number, n, err
		}
	}
	return "", 0, nil, fmt.Errorf("it is not in %s", place)
}

func (p *person) press(place chat.ChannelID, is func(*node) bool, values func(*node) []string) error {
	in, message, n, err := p.newest(place, is)
	if err != nil {
		return err
	}
	return p.deed(in, "press", map[string]any{"Message": message, "Action": n.attr("data-press"), "Values": values(n)})
}

func (p *person) Press(place chat.ChannelID, label string) error {
	return p.press(place, func(n *node) bool { return n.name == "button" && n.attr("data-press") != "" && n.text() == label },
		func(*node) []string { return nil })
}

func (p *person) Choose(place chat.ChannelID, label string) error {
	choice := func(n *node) bool { return n.attr("data-choice") != "" && n.label() == label }
	return p.press(place, func(n *node) bool { return n.has("menu") && len(n.all(choice)) > 0 },
		func(n *node) []string { return []string{n.all(choice)[0].attr("data-choice")} })
}

func (p *person) Tick(place chat.ChannelID, labels ...string) error {
	return p.press(place, func(n *node) bool { return n.has("checks") }, func(n *node) []string {
		values := []string{}
		for _, l := range n.all(func(n *node) bool { return n.name == "label" }) {
			if slices.Contains(labels, l.label()) {
				values = append(values, l.find("input").attr("value"))
			}
		}
		return values
	})
}

func (p *person) OpenHome() error {
	page, err := p.w.page("?as=" + p.id + "&in=home")
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.home = page.byID("home")
	p.mu.Unlock()
	p.w.bell.Ring()
	return nil
}

func (p *person) Fill(label string, values ...string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dialog == nil {
		return errors.New("no dialog is open")
	}
	return p.dialog.fill(label, values)
}

func (p *person) Submit() error {
	p.mu.Lock()
	d := p.dialog
	p.mu.Unlock()
	if d == nil {
		return errors.New("no dialog is open")
	}
	var o outcome
	if err := p.w.post(p, d.in, "submit", d.parcel(), &o); err != nil {
		return err
	}
	defer p.w.bell.Ring()
	p.mu.Lock()
	if o.Form == "" && o.Say == "" && o.Errors == nil {
		p.dialog = nil
	} else if o.Form == "" {
		d.mend(o)
		p.mu.Unlock()
		return nil
	}
	p.mu.Unlock()
	return p.follow(d.in, o)
}

func (p *person) Cancel() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dialog = nil
	return nil
}

// Reopen has nothing to do: the dialog stays open.
func (p *person) Reopen(chat.ChannelID) error { return nil }
