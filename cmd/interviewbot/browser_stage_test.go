//go:build !race

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/interviewbot/interviewbot/questions"
)

// browserPatience bounds every wait in a browser.
const browserPatience = 60 * time.Second

// chromium starts one headless Chromium for a test and its subtests; without one on this machine the test is skipped.
func chromium(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("skipped: there is no Chromium on this machine (install it, or name it in CHROMIUM), so no page was opened in a browser")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(browserPatience))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, closeBrowser := chromedp.NewContext(allocator)
	t.Cleanup(closeBrowser)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

// program is a running program.
type program struct {
	address string
	stop    func() // ends it and waits until it has ended
}

// serveForTest runs the whole program on the data file until the test ends or stop is called.
func serveForTest(t *testing.T, file string) *program {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := Serve(ctx, Config{Listen: "127.0.0.1:0", Store: file, Playground: true}, in, t.Output())
		ended <- err
		in.CloseWithError(err)
	}()
	line := make([]byte, 200)
	n, err := out.Read(line)
	if err != nil {
		cancel()
		t.Fatalf("the program did not start: %v", err)
	}
	go io.Copy(io.Discard, out)
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the program ended with %v", err)
		}
	})
	t.Cleanup(stop)
	return &program{ready.FindStringSubmatch(string(line[:n]))[1], stop}
}

// tab is a page in the browser.
type tab struct {
	*testing.T
	ctx     context.Context
	close   context.CancelFunc
	address string
	name    string

	mu       sync.Mutex
	troubles []string // what the console says, and requests that leave the machine
}

// open opens a tab of the size on the first page. Storage is its own.
func openTab(t *testing.T, browser context.Context, address, name string, width, height int64, more ...chromedp.Action[chromedp.Void]) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{T: t, ctx: ctx, close: cancel, address: address, name: name}
	if err := chromedp.Listen(ctx, b.watch); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	b.do(append(more, chromedp.EmulateViewport(width, height), chromedp.Navigate("http://"+address+"/"))...)
	t.Cleanup(func() {
		if t.Failed() {
			b.shot("failed")
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, trouble := range b.troubles {
			t.Errorf("%s: the browser complains: %s", name, trouble)
		}
	})
	return b
}

func (b *tab) watch(event any) {
	var trouble string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		trouble = e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			trouble += " " + x.Description
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			trouble = e.Entry.Text + " " + e.Entry.URL
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err == nil && u.Scheme != "data" && u.Scheme != "blob" && u.Host != b.address {
			trouble = "a request leaves the machine: " + e.Request.URL
		}
	}
	if trouble != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.troubles = append(b.troubles, trouble)
	}
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, browserPatience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.Fatalf("%s: %v; on the page: %s", b.name, err, b.text())
	}
}

// js evaluates an expression.
func js[T any](b *tab, expression string) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, browserPatience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatalf("%s: %s: %v", b.name, expression, err)
	}
	return v
}

func (b *tab) text() string {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText.replace(/\s+/g, " ")`))
	if err != nil {
		return err.Error()
	}
	return text
}

// until waits until the expression is true, across reloads of the page.
func (b *tab) until(what, expression string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, browserPatience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err == nil && is {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			b.Fatalf("%s: %s does not come; on the page: %s", b.name, what, b.text())
		}
	}
}

func quoted(s string) string {
	out, err := json.Marshal(strings.Join(strings.Fields(s), " "))
	if err != nil {
		return `""`
	}
	return string(out)
}

// sees waits until each text is to be read.
func (b *tab) sees(texts ...string) {
	b.Helper()
	for _, text := range texts {
		b.until(text, `document.body.innerText.replace(/\s+/g, " ").includes(`+quoted(text)+`)`)
	}
}

func (b *tab) seesNot(texts ...string) {
	b.Helper()
	for _, text := range texts {
		if strings.Contains(b.text(), text) {
			b.Errorf("%s: %q is to be read", b.name, text)
		}
	}
}

// press clicks the newest button or link of that name that can be seen, when nothing moves.
func (b *tab) press(name string) {
	b.Helper()
	b.until("the button "+name, `(() => {
		const open = document.querySelector("dialog[open]");
		const names = (e) => { const c = e.cloneNode(true); c.querySelectorAll("[aria-hidden=true], .sr").forEach(x => x.remove());
			return [c.textContent, e.getAttribute("aria-label") || "", e.querySelector("strong")?.textContent || ""].map(n => n.replace(/\s+/g, " ").trim()); };
		window.pressed = [...document.querySelectorAll("button, a, summary")].filter(e => e.checkVisibility({visibilityProperty: true}) && (!open || open.contains(e)) && names(e).includes(`+quoted(name)+`)).at(-1);
		return !!window.pressed && document.readyState === "complete" && document.getAnimations().every(a => a.playState !== "running");
	})()`)
	at := js[[]float64](b, `(() => { pressed.scrollIntoView({block: "center", behavior: "instant"}); const r = pressed.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()`)
	b.do(chromedp.MouseClickXY(at[0], at[1]))
}

// fill writes into the field with the label, in the place of what is there.
func (b *tab) fill(label, text string) {
	b.Helper()
	b.until("the field "+label, `!!(window.field = [...document.querySelectorAll("label")].find(l => l.checkVisibility() && l.innerText.trim().startsWith(`+quoted(label)+`))?.control)`)
	js[bool](b, `field.focus(), field.select(), true`)
	b.do(insert(text))
}

// says types a line into the message box and sends it.
func (b *tab) says(line string) {
	b.Helper()
	b.until("the message box", `document.readyState === "complete" && (document.getElementById("box").focus(), document.activeElement.id === "box")`)
	b.do(insert(line), chromedp.KeyEvent(kb.Enter))
}

// insert writes at the cursor, as pasting does.
func insert(text string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return err
	})
}

// settle waits until nothing moves: neither the page nor what is on it.
func (b *tab) settle() {
	b.Helper()
	b.until("an end of all movement", `(() => {
		const now = document.getElementById("scroll")?.scrollTop ?? 0, still = window.scrolled === now;
		window.scrolled = now;
		return still && document.getAnimations().every(a => a.playState !== "running");
	})()`)
}

// shot keeps a picture of what is to be seen, in ARTIFACTS where that is set.
func (b *tab) shot(name string) {
	folder := os.Getenv("ARTIFACTS")
	if folder == "" {
		return
	}
	b.settle()
	ctx, cancel := context.WithTimeout(b.ctx, browserPatience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, strings.ReplaceAll(b.name+" "+name, " ", "-")+".png"), png, 0o644)
	}
	if err != nil {
		b.Errorf("picture of %s: %v", name, err)
	}
}

// asked is the question that was asked last, as the bank has it.
func (b *tab) asked() *questions.Question {
	b.Helper()
	const open = `[...document.querySelectorAll("#thread .message h3")].filter(h => h.closest(".message").innerText.includes("open until")).at(-1)`
	b.until("an open question", "!!"+open)
	title := js[string](b, open+".innerText")
	bank, err := questions.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	for _, q := range bank.Questions() {
		if q.Title == title {
			return q
		}
	}
	b.Fatalf("%s: no question has the title %q", b.name, title)
	return nil
}

// answer fills and sends the open answer dialog with a sample of the question.
func (b *tab) answer(q *questions.Question, text string) {
	b.Helper()
	b.until("the dialog", `!!document.querySelector("#form[open] form")`)
	if q.Kind == questions.Choice {
		for i, o := range q.Options {
			if o.Right {
				option := fmt.Sprintf("%c %s", 'A'+i, o.Text)
				js[bool](b, `([...document.querySelectorAll("#form label")].find(l => l.innerText.replace(/\s+/g, " ").trim() === `+quoted(option)+`).click(), true)`)
			}
		}
		b.fill("Why?", text)
	} else {
		b.fill("Your answer", text)
	}
}
