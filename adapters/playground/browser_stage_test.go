package playground_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/interviewbot/interviewbot/adapters/playground"
	"github.com/interviewbot/interviewbot/bot/chat"
)

func chromium(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("skipped: there is no Chromium on this machine (install it, or name it in CHROMIUM), so the page was not opened in a browser")
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

// stage is one world with a scripted bot, and a browser.
type stage struct {
	*testing.T
	browser context.Context
	w       *world
	main    chat.ChannelID

	mu    sync.Mutex
	heard []chat.Event
	err   error         // of every answer
	hold  chan struct{} // when set, answers wait for it
}

// begins starts the world; the bot posts one question.
func (s *stage) begins(o playground.Options) {
	s.Helper()
	if o.Name == "" {
		o.Name = "demo"
	}
	o.Table = table()
	s.w = start(s.T, s.answer, o)
	s.main = s.w.Channel("backend-interviews")
	if o.Kind == playground.Demo {
		s.posts(note("Why can a cache make a system slower?", chat.Buttons{Row: []chat.Button{
			{Label: "Answer", Action: "form", Look: chat.Primary}, {Label: "Hint", Action: "hint"}, {Label: "Next", Action: "next", Gives: chat.GivesUpdate}}},
			chat.Checks{Action: "ticks", Label: "Did you say these?", Choices: []chat.Choice{{Value: "a", Label: "One"}, {Value: "b", Label: "Two"}}},
			chat.Menu{Action: "menu", Placeholder: "A colour", Choices: []chat.Choice{{Value: "r", Label: "Red"}, {Value: "g", Label: "Green"}}},
			chat.Paragraph{Text: chat.Text{{Text: "hidden words", Style: chat.Spoiler}}},
			chat.Code{Language: "go", Source: "hidden := code", Hidden: true}))
	}
}

func (s *stage) posts(m chat.Message) chat.MessageID {
	s.Helper()
	id, err := s.w.adapter.Post(s.Context(), s.main, m, "k-1")
	if err != nil {
		s.Fatal(err)
	}
	return id
}

func (s *stage) answer(ctx context.Context, e chat.Event) (chat.Response, error) {
	s.mu.Lock()
	s.heard = append(s.heard, e)
	n, err, hold := len(s.heard), s.err, s.hold
	s.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
		}
	}
	said := note(fmt.Sprintf("Answer %d.", n))
	switch w := e.What.(type) {
	case chat.Press:
		switch w.Action {
		case "form":
			return chat.Response{Form: &chat.Form{ID: "form", Title: "Your answer", Intro: []chat.Block{chat.Paragraph{Text: chat.T("As you like.")}}, Inputs: []chat.Input{
				{ID: "text", Label: "Your text", Type: chat.Area}, {ID: "line", Label: "A line", Value: []string{"prefilled"}, Optional: true, Max: 20},
				{ID: "who", Label: "Who may see it", Type: chat.Select, Value: []string{"me"}, Choices: []chat.Choice{{Value: "me", Label: "Only me"}, {Value: "all", Label: "Everybody"}}},
			}}}, nil
		case "next":
			m := note(fmt.Sprintf("Updated %d.", n), chat.Buttons{Row: []chat.Button{{Label: "Other", Action: "other"}, {Label: "Hint", Action: "hint"}, {Label: "Next", Action: "next", Gives: chat.GivesUpdate}}})
			return chat.Response{Update: &m}, nil
		}
	case chat.Submit:
		if err == nil && len(w.Value("text")) < 12 {
			return chat.Response{Errors: map[string]string{"text": "Only a few words so far."}}, nil
		}
		said = note("Counted: " + w.Value("text"))
	case chat.Complete:
		return chat.Response{Choices: []chat.Choice{{Value: "large", Label: "Large"}, {Value: "small", Label: "Small"}}}, nil
	case chat.Home:
		return chat.Response{Home: []chat.Block{chat.Heading{Text: chat.T("Today")}, chat.Buttons{Row: []chat.Button{{Label: "Hint", Action: "hint"}}}}}, nil
	}
	return chat.Response{Reply: &said}, err
}

// events are those of one kind so far.
func events[W chat.What](s *stage) []chat.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []chat.Event
	for _, e := range s.heard {
		if _, ok := e.What.(W); ok {
			list = append(list, e)
		}
	}
	return list
}

// page is a tab of the browser.
type page struct {
	*stage
	ctx context.Context
}

// opens opens a tab; with other it shares the storage of that one.
func (s *stage) opens(query string, other *page) *page {
	s.Helper()
	with := []chromedp.ContextOption{chromedp.WithNewBrowserContext()}
	parent := s.browser
	if other != nil {
		with, parent = nil, other.ctx
	}
	ctx, cancel := chromedp.NewContext(parent, with...)
	s.Cleanup(cancel)
	p := &page{s, ctx}
	if err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			if x := e.ExceptionDetails.Exception; x != nil {
				s.Errorf("the page's script broke: %s", x.Description)
			}
		case *network.EventRequestWillBeSent:
			if u, err := url.Parse(e.Request.URL); err == nil && u.Scheme == "http" && u.Host != s.w.server.Listener.Addr().String() {
				s.Errorf("the page asks %s", e.Request.URL)
			}
		}
	}); err != nil {
		s.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(1200, 800), chromedp.Navigate(s.w.server.URL+"/"+s.w.options.Name+"/"+query))
	return p
}

func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.Fatalf("%v; the page reads: %s", err, eval[string](p, `document.body.innerText`))
	}
}

func eval[T any](p *page, expression string) T {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits until an expression is true, over loads of the page.
func (p *page) until(expression string) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for {
		if is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err == nil && is {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			p.Fatalf("it never comes that %s; the page reads: %s", expression, eval[string](p, `document.body.innerText`))
		}
	}
}

// reads waits until the thread, or the open dialog, reads the text.
func (p *page) reads(text string) {
	p.Helper()
	p.until(fmt.Sprintf(`[...document.querySelectorAll('#thread, dialog[open], #alerts, #home')].some((e) => e.innerText.includes(%q))`, text))
}

// press uses the newest control with the label, with the mouse.
func (p *page) press(label string) {
	p.Helper()
	p.mark(label)
	p.do(chromedp.Click(chromedp.CSS("[data-marked]")))
}

// mark finds a control by what it says.
func (p *page) mark(label string) {
	p.Helper()
	p.until(fmt.Sprintf(`(() => {
		const top = document.querySelector('dialog[open]') || document;
		const all = [...top.querySelectorAll('button, a, summary, label')].filter((e) => e.checkVisibility() && (e.innerText.trim().replace(/\s+/g, ' ') === %[1]q || e.getAttribute('aria-label') === %[1]q));
		document.querySelectorAll('[data-marked]').forEach((e) => e.removeAttribute('data-marked'));
		all.at(-1)?.setAttribute('data-marked', '');
		return all.length > 0;
	})()`, label))
}

func (p *page) types(selector, text string) { p.do(chromedp.SendKeys(chromedp.CSS(selector), text)) }

func (p *page) keys(keys ...string) {
	for _, k := range keys {
		p.do(chromedp.KeyEvent(k))
	}
}
