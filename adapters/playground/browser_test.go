package playground_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/interviewbot/interviewbot/adapters/playground"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// TestBrowser drives the page in a real browser with a scripted bot: what only the page's own code can get wrong.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time: it is left out of a short run")
	}
	browser := chromium(t)
	for name, play := range map[string]func(*stage){
		"an unsent text survives closing and reloading":       draftSurvives,
		"errors are shown at their field":                     errorsShown,
		"a form is sent by keyboard alone":                    formByKeyboard,
		"a double click is one deed":                          doubleClick,
		"commands are completed by keyboard":                  completionByKeyboard,
		"a message that was not taken is back in the box":     boxKeepsText,
		"two tabs and two people":                             twoTabs,
		"an open page lives through a restart":                throughRestart,
		"ticks, menus and hidden words":                       controls,
		"a control that is replaced keeps the focus":          focusStays,
		"the clock moves":                                     clockMoves,
		"light and dark":                                      lightAndDark,
		"somebody new":                                        somebodyNew,
		"the home page answers in the direct conversation":    homeAnswers,
		"hostile names and texts are text":                    hostileInPage,
		"a page alone takes the browser's zone":               zoneOfSelf,
		"a narrow page has its channels and people at hand":   narrow,
		"what is new elsewhere is marked":                     newElsewhere,
		"a text beyond 1 MiB is not sent, and is not lost":    hugeText,
		"a page of a space that was left goes to the new one": leftSpace,
	} {
		t.Run(name, func(t *testing.T) { play(&stage{T: t, browser: browser}) })
	}
}

const (
	areaIs  = `document.querySelector('#form textarea').value === %q`
	inFocus = `document.activeElement?.innerText?.trim() === %q`
	closed  = `!document.querySelector('dialog[open]')`
)

func draftSurvives(s *stage) {
	s.begins(playground.Options{})
	p := s.opens("", nil)
	p.press("Answer")
	p.reads("As you like.")
	p.types("#form textarea", "A miss pays twice")
	p.keys(kb.Escape)
	p.until(closed)
	p.until(fmt.Sprintf(inFocus, "Answer"))
	p.do(chromedp.Reload())
	p.press("Answer")
	p.reads("Your unsent text was put back.")
	p.until(fmt.Sprintf(areaIs, "A miss pays twice"))
	p.press("Use what was there before")
	p.until(fmt.Sprintf(areaIs, ""))
	p.types("#form textarea", "A miss pays twice, and more")
	p.press("Send")
	p.reads("Counted: A miss pays twice, and more")
	p.until(closed)
	p.press("Answer")
	p.until(fmt.Sprintf(areaIs, "")) // what was taken is no draft
	other := s.opens("?as=u2", p)
	other.press("Answer")
	other.until(fmt.Sprintf(areaIs, ""))
}

func errorsShown(s *stage) {
	s.begins(playground.Options{})
	p := s.opens("", nil)
	p.press("Answer")
	p.reads("As you like.")
	p.press("Send")
	p.reads("This one is needed.")
	p.types("#form textarea", "short")
	p.types("#form input", " and far beyond its limit")
	p.press("Send")
	p.reads("at most 20 fit")
	if n := len(events[chat.Submit](s)); n != 0 {
		s.Errorf("the bot heard %d forms that the page could have known better", n)
	}
	p.do(chromedp.SetValue(chromedp.CSS("#form input"), "fits"))
	p.press("Send")
	p.reads("Only a few words so far.")
	p.until(`document.activeElement === document.querySelector('#form textarea') && document.activeElement.getAttribute('aria-invalid') === 'true'`)
	p.until(`document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent.startsWith('Only')`)
	s.mu.Lock()
	s.err = chat.Error("the disk is full")
	s.mu.Unlock()
	p.types("#form textarea", "er than before, but long")
	p.press("Send")
	p.reads("Counted: shorter than before, but long") // the sentence beside the error, in the dialog
	p.until(fmt.Sprintf(areaIs, "shorter than before, but long"))
	s.mu.Lock()
	s.err = nil
	s.mu.Unlock()
	p.press("Send")
	p.until(closed)
	ids := map[chat.EventID]bool{}
	for _, e := range events[chat.Submit](s) {
		ids[e.ID] = true
	}
	if len(ids) != 3 {
		s.Errorf("three tries that were answered have %d identifiers", len(ids))
	}
}

func formByKeyboard(s *stage) {
	s.begins(playground.Options{})
	p := s.opens("", nil)
	p.mark("Answer")
	p.do(chromedp.Focus(chromedp.CSS("[data-marked]")))
	p.keys(kb.Enter)
	p.reads("As you like.")
	p.until(`document.activeElement === document.querySelector('#form textarea')`)
	p.keys("a", " ", "l", "o", "n", "g", " ", "e", "n", "o", "u", "g", "h", kb.Enter, "text", kb.Tab, kb.Tab, kb.ArrowDown, kb.Tab, kb.Tab)
	p.until(fmt.Sprintf(inFocus, "Send"))
	p.keys(kb.Enter)
	p.reads("Counted: a long enough\ntext")
	if sub := events[chat.Submit](s)[0].What.(chat.Submit); sub.Value("who") != "all" || sub.Value("line") != "prefilled" {
		s.Errorf("heard %+v", sub)
	}
	p.until(fmt.Sprintf(inFocus, "Answer"))
}

func doubleClick(s *stage) {
	s.begins(playground.Options{})
	s.hold = make(chan struct{})
	p := s.opens("", nil)
	p.mark("Hint")
	eval[any](p, `(() => { const b = document.querySelector('[data-marked]'); b.click(); b.click(); b.click(); })()`)
	p.until(`document.querySelector('#working').textContent === 'Working…'`)
	close(s.hold)
	p.reads("Answer 1.")
	p.until(`document.querySelector('#working').textContent === ''`)
	if n := len(events[chat.Press](s)); n != 1 {
		s.Errorf("three clicks were heard as %d deeds", n)
	}
	p.press("Hint")
	p.reads("Answer 2.")
}

func completionByKeyboard(s *stage) {
	s.begins(playground.Options{})
	p := s.opens("", nil)
	listed := func(n int) {
		p.until(fmt.Sprintf(`document.querySelectorAll('#list:not([hidden]) [role=option]').length === %d`, n))
	}
	chosen := func(label string) {
		p.until(fmt.Sprintf(`document.getElementById(document.getElementById('box').getAttribute('aria-activedescendant') || 'x')?.querySelector('span').textContent === %q`, label))
	}
	p.types("#box", "/")
	listed(5)
	chosen("/say [text]")
	p.keys(kb.ArrowDown)
	chosen("/pick <colour> [size]")
	p.keys(kb.ArrowUp, kb.ArrowUp)
	chosen("/team [who] [rest]")
	p.keys(kb.Escape)
	listed(0)
	p.types("#box", "p")
	listed(1)
	p.keys(kb.Enter)
	listed(3)
	p.until(`document.getElementById('box').value === '/pick '`)
	p.keys("g")
	listed(1)
	p.keys(kb.Tab)
	p.until(`document.getElementById('box').value === '/pick green '`)
	listed(2)
	p.keys(kb.ArrowDown, kb.Enter)
	p.until(`document.getElementById('box').value === '/pick green large'`)
	listed(0)
	p.keys(kb.Enter)
	p.reads("Answer")
	p.until(`document.getElementById('box').value === ''`)
	call := events[chat.Call](s)
	if len(call) != 1 || call[0].What.(chat.Call).Args["size"] != "large" || call[0].What.(chat.Call).Args["colour"] != "green" {
		s.Errorf("heard %+v", call)
	}
	p.types("#box", "/open")
	p.keys(kb.Enter) // typed out, it is sent at once
	p.until(`document.getElementById('box').value === ''`)
	// What was chosen or closed while completions were on their way stays so when they come.
	late := func(key, want string) {
		p.types("#box", "/p")
		listed(1)
		eval[bool](p, `(window.still = window.fetch, window.came = false, window.fetch = (...all) => {
			const answer = new Promise((go) => { window.goOn = go; }).then(() => window.still(...all));
			answer.then((a) => a.clone().json()).catch(() => {}).then(() => setTimeout(() => { window.came = true; }));
			return answer;
		}, true)`)
		p.keys(kb.Backspace, key)
		eval[bool](p, `(window.fetch = window.still, window.goOn(), true)`)
		p.until(`window.came`)
		if !eval[bool](p, want) {
			p.Errorf("after %q it is not so that %s", key, want)
		}
		p.keys(kb.Escape, kb.Backspace)
		listed(0)
	}
	late(kb.ArrowDown, `document.querySelectorAll('#list [role=option]').length === 5 && document.getElementById('box').getAttribute('aria-activedescendant') === 'option1'`)
	late(kb.Escape, `document.getElementById('list').hidden`)
	p.types("#box", "one line")
	p.do(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(kb.ModifierShift)))
	p.types("#box", "another")
	p.keys(kb.Enter)
	p.reads("one line\nanother")
}

func boxKeepsText(s *stage) {
	s.begins(playground.Options{})
	p := s.opens("", nil)
	s.w.keep.fail.Store(1)
	p.types("#box", "Good morning")
	p.keys(kb.Enter)
	p.reads("could not be saved")
	p.until(`document.getElementById('box').value === 'Good morning'`)
	p.do(chromedp.Reload())
	p.until(`document.getElementById('box').value === 'Good morning'`)
	p.do(chromedp.Focus(chromedp.CSS("#box")))
	p.keys(kb.Enter)
	p.reads("Good morning")
	p.until(`document.querySelectorAll('.message').length === 2`)
}

func twoTabs(s *stage) {
	s.begins(playground.Options{})
	amara := s.opens("?as=u1", nil)
	again := s.opens("?as=u1", amara)
	jonas := s.opens("?as=u2", amara)
	amara.press("Hint")
	amara.reads("Answer 1.")
	again.reads("Answer 1.")
	jonas.types("#box", "Hello from London")
	jonas.keys(kb.Enter)
	for _, p := range []*page{amara, again, jonas} {
		p.reads("Hello from London")
	}
	if eval[bool](jonas, `document.body.innerText.includes('Answer 1.')`) {
		s.Error("Jonas sees what only Amara may see")
	}
	if a, j := eval[string](amara, `document.querySelector('.message time').textContent`), eval[string](jonas, `document.querySelector('.message time').textContent`); a == j {
		s.Errorf("in Berlin and in London it is %s", a)
	}
	if said := eval[string](amara, `document.getElementById('live').textContent`); said != "Jonas: Hello from London" {
		s.Errorf("a screen reader says %q", said)
	}
}

func throughRestart(s *stage) {
	s.begins(playground.Options{})
	p := s.opens("", nil)
	p.press("Answer")
	p.types("#form textarea", "Written before the restart")
	if err := s.w.Restart(); err != nil {
		s.Fatal(err)
	}
	p.press("Send")
	p.reads("Counted: Written before the restart")
	s.posts(note("Posted after the restart."))
	p.reads("Posted after the restart.")
}

func controls(s *stage) {
	s.begins(playground.Options{})
	p := s.opens("", nil)
	p.press("One")
	p.press("Two")
	p.reads("Answer 2.")
	p.press("A colour")
	p.press("Green")
	p.reads("Answer 3.")
	var got []string
	for _, e := range events[chat.Press](s) {
		press := e.What.(chat.Press)
		got = append(got, press.Action+" "+strings.Join(press.Values, "+"))
	}
	if want := []string{"ticks a", "ticks a+b", "menu g"}; !slices.Equal(got, want) {
		s.Errorf("heard %q, want %q", got, want)
	}
	p.press("A colour")
	p.keys(kb.Escape)
	p.until(`!document.querySelector('details[open]')`)
	p.until(fmt.Sprintf(inFocus, "A colour"))
	hidden := `getComputedStyle(document.querySelector('.spoiler span')).visibility === 'hidden'`
	code := `!document.querySelector('.cover + .code').checkVisibility()`
	p.until(hidden + "&&" + code)
	p.do(chromedp.Click(chromedp.CSS(".spoiler")))
	p.until("!(" + hidden + ") && !(" + code + ")")
}

func focusStays(s *stage) {
	s.begins(playground.Options{})
	p := s.opens("", nil)
	p.mark("Next")
	p.do(chromedp.Focus(chromedp.CSS("[data-marked]")))
	p.keys(kb.Enter)
	p.reads("Updated 1.")
	p.until(fmt.Sprintf(inFocus, "Next"))
	p.keys(kb.Enter)
	p.reads("Updated 2.")
	p.until(fmt.Sprintf(inFocus, "Next"))
	if n := eval[int](p, `document.querySelectorAll('.message').length`); n != 1 {
		s.Errorf("%d messages after two updates", n)
	}
}

func clockMoves(s *stage) {
	m := &mover{now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC), stuck: make(chan struct{})}
	s.begins(playground.Options{Clock: m})
	p := s.opens("", nil)
	now := func(text string) { p.until(fmt.Sprintf(`document.getElementById('now').textContent === %q`, text)) }
	now("Wed 25 Nov 2026, 13:00") // in Berlin
	p.press("Skip a week")
	p.until(`document.querySelector('.moving progress')?.checkVisibility() && document.querySelector('.moving progress').value > 0`)
	p.press("Stop")
	now("Thu 26 Nov 2026, 01:00")
	close(m.stuck)
	p.press("Next round")
	now("Fri 27 Nov 2026, 01:00")
	p.press("Jump to a date")
	eval[any](p, `document.getElementById('jump-to').value = '2026-11-20T10:00'`)
	p.press("Jump")
	p.reads("The clock only goes forward.")
	eval[any](p, `document.getElementById('jump-to').value = '2026-12-01T10:00'`)
	p.press("Jump")
	now("Tue 1 Dec 2026, 10:00")
	p.until(closed)
	s.posts(note("Another day."))
	p.until(`document.querySelectorAll('.day').length === 2 && [...document.querySelectorAll('.day')].at(-1).textContent === 'Tuesday, 1 December 2026'`)
}

func lightAndDark(s *stage) {
	s.begins(playground.Options{})
	p := s.opens("", nil)
	ground := func() string { return eval[string](p, `getComputedStyle(document.body).backgroundColor`) }
	light := ground()
	p.press("Switch to dark")
	dark := ground()
	if light == dark {
		s.Fatalf("both are %s", light)
	}
	p.do(chromedp.Reload())
	p.until(`document.documentElement.dataset.theme === 'dark'`)
	if ground() != dark {
		s.Errorf("after a reload it is %s", ground())
	}
	p.press("Switch to light")
	if ground() != light {
		s.Errorf("back in the light it is %s", ground())
	}
}

func somebodyNew(s *stage) {
	s.begins(playground.Options{})
	p := s.opens("", nil)
	p.press("+ Add somebody")
	p.press("Save")
	p.reads("This one is needed.")
	p.types("#person-name", "Priya")
	p.do(chromedp.SetValue(chromedp.CSS("#person-zone"), "Asia/Nowhere"))
	p.press("Save")
	p.reads("This zone is not known.")
	p.do(chromedp.SetValue(chromedp.CSS("#person-zone"), "Asia/Kolkata"))
	p.press("Save")
	p.until(`document.querySelector('.people .me')?.innerText.includes('Priya') && document.body.dataset.zone === 'Asia/Kolkata'`)
	p.types("#box", "Hello, I am new")
	p.keys(kb.Enter)
	p.reads("Priya")
	p.press("Change Priya")
	p.do(chromedp.SetValue(chromedp.CSS("#person-name"), "Priya R."))
	p.press("Save")
	p.until(`document.querySelector('.people .me').innerText.includes('Priya R.')`)
}

func homeAnswers(s *stage) {
	s.begins(playground.Options{})
	p := s.opens("?in=home", nil)
	p.reads("Today")
	p.press("Hint")
	p.until(`new URLSearchParams(location.search).get('in') === 'dm'`)
	p.reads("Answer 2.") // the first was the home page
	if e := events[chat.Press](s)[0]; !e.Direct || e.Message != "" {
		s.Errorf("heard %+v", e)
	}
}

func hostileInPage(s *stage) {
	s.begins(playground.Options{})
	script := `<img src=x onerror="document.title='broken into'"><script>document.title='broken into'</script>`
	var o outcome
	if err := s.w.post(s.w.owner(), "home", "person", map[string]any{"Name": script[:39], "Zone": "UTC"}, &o); err != nil {
		s.Fatal(err)
	}
	p := s.opens("?"+o.Go, nil)
	p.types("#box", script)
	p.keys(kb.Enter)
	p.reads(script)
	p.press("Answer")
	p.types("#form textarea", script)
	p.press("Send")
	p.reads("Counted: " + script)
	if eval[bool](p, `document.title.includes('broken') || document.querySelectorAll('main script, main img').length > 0`) {
		s.Error("a text became markup")
	}
}

func zoneOfSelf(s *stage) {
	s.begins(playground.Options{Name: "self", Kind: playground.Self})
	p := s.opens("", nil)
	zone := eval[string](p, `Intl.DateTimeFormat().resolvedOptions().timeZone`)
	p.types("#box", "open")
	p.keys(kb.Enter)
	p.reads("Answer 1.")
	p.do(chromedp.Reload())
	p.until(fmt.Sprintf(`document.body.dataset.zone === %q`, zone))
	if e := events[chat.Call](s)[0]; !e.Direct {
		s.Errorf("heard %+v", e)
	}
	if eval[bool](p, `Boolean(document.querySelector('.strip'))`) {
		s.Error("a page that is real says that nothing is real")
	}
}

func narrow(s *stage) {
	s.begins(playground.Options{})
	p := s.opens("", nil)
	p.do(chromedp.EmulateViewport(360, 640))
	for _, in := range []string{"c-backend-interviews", "home", "dm"} {
		p.do(chromedp.Navigate(s.w.server.URL + "/demo/?in=" + in))
		if wide := eval[int](p, `document.documentElement.scrollWidth`); wide > 360 {
			s.Errorf("%s is %d pixels wide", in, wide)
		}
	}
	p.until(`!document.querySelector('#side').checkVisibility({visibilityProperty: true})`)
	p.press("Channels and people")
	p.until(`document.querySelector('#side').checkVisibility({visibilityProperty: true}) && document.querySelector('#side').contains(document.activeElement)`)
	p.keys(kb.Escape)
	p.until(`!document.querySelector('#side').checkVisibility({visibilityProperty: true})`)
}

func newElsewhere(s *stage) {
	s.begins(playground.Options{})
	p := s.opens("?in=c-backend-interviews", nil)
	p = &page{s, p.ctx}
	p.do(chromedp.Navigate(s.w.server.URL + "/demo/?in=c-lounge"))
	marked := `Boolean(document.querySelector('[data-place="c-backend-interviews"].unread'))`
	p.until("!" + marked)
	s.posts(note("Something new."))
	p.until(marked + ` && document.title.startsWith('• ')`)
	p.do(chromedp.Reload())
	p.until(marked)
	p.do(chromedp.Click(chromedp.CSS(`[data-place="c-backend-interviews"]`)))
	p.reads("Something new.")
	p.until("!" + marked + ` && !document.title.startsWith('•')`)
}

func hugeText(s *stage) {
	s.begins(playground.Options{})
	p := s.opens("", nil)
	// Not typed: a browser takes seconds to lay such a text out.
	eval[any](p, `(() => { import(document.querySelector('script[type=module]').src.replace('app.js', 'wire.js')).then((wire) =>
		wire.send('say', {Text: 'x'.repeat(1 << 20)}).then(() => wire.alertText('It was sent.'), (trouble) => wire.alertText(trouble.message))); })()`)
	p.reads("more than 1 MiB")
	p.do(chromedp.Focus(chromedp.CSS("#box")))
	eval[any](p, `(() => { const b = document.getElementById('box'); b.value = 'x'.repeat(5000); })()`)
	p.keys(kb.Enter)
	p.reads("a message holds 4000")
	p.until(`document.getElementById('box').value.length === 5000`)
}

func leftSpace(s *stage) {
	s.begins(playground.Options{})
	p := s.opens("", nil)
	other := s.opens("?as=u2", p)
	p.press("Start over")
	p.reads("are gone.")
	p.press("Start over")
	for _, t := range []*page{p, other} {
		t.until(fmt.Sprintf(`document.readyState === 'complete' && document.body.dataset.space !== %q && document.querySelectorAll('.message').length === 0`, s.w.space))
	}
}
