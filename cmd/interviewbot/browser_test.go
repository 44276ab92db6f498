//go:build !race

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestBrowser drives the whole program in a real browser, as people do. With ARTIFACTS set it leaves pictures there.
func TestBrowser(t *testing.T) {
	long(t, "a browser")
	browser := chromium(t)
	for _, play := range []struct {
		name string
		play func(*testing.T, context.Context)
	}{
		{"look around", browseDemo}, {"use it for myself", browseSelf}, {"two people at once", browseTogether},
		{"keyboard only", browseKeyboard}, {"phone", browsePhone}, {"dark", browseDark}, {"hostile text", browseHostile}, {"preview", browsePreview},
	} {
		t.Run(play.name, func(t *testing.T) { play.play(t, browser) })
	}
}

func newProgram(t *testing.T) *program {
	t.Helper()
	return serveForTest(t, filepath.Join(t.TempDir(), "bot.db"))
}

// browseDemo is two minutes of a newcomer: answer, feedback in two steps, days that pass, the streak.
func browseDemo(t *testing.T, browser context.Context) {
	b := openTab(t, browser, newProgram(t).address, "demo", 1200, 800)
	b.audit("doors")
	b.press("Look around")
	b.sees("nothing here is real", "0 answered")
	q := b.asked()
	b.audit("question")
	b.press("Answer privately")
	b.answer(q, q.Samples.Partial)
	b.audit("dialog")
	b.press("Send")
	b.sees("Counted: your streak is 1", "I match words, so I can miss a point said differently.", "1 answered")
	b.seesNot("Model answer")
	b.audit("feedback")
	b.press("Show the answer")
	b.sees("Model answer", "Common mistake", "Your answer")
	b.audit("answer")
	b.until("what may be ticked", `!!document.querySelector("fieldset.checks input:not(:checked)")`)
	js[bool](b, `(document.querySelector("fieldset.checks input:not(:checked)").click(), true)`)
	b.until("the tick", `!!document.querySelector("fieldset.checks input:checked")`)

	b.press("Next round")
	b.sees("Closed · "+q.Title, "1 answered · ")
	second := b.asked()
	if second.ID == q.ID {
		t.Errorf("the question %s was asked twice in a row", q.ID)
	}
	b.press("Answer privately")
	b.answer(second, second.Samples.Strong)
	b.press("Send")
	b.sees("Counted: your streak is 2")
	b.says("/streak")
	b.sees("2 in a row · best 2 · 2 answered in all")
	b.audit("streak")

	clock := `new Date(document.getElementById("now").dateTime).getTime()`
	before := js[float64](b, clock)
	b.press("Skip a week")
	b.until("the end of the jump", fmt.Sprintf(`document.querySelector(".moving").hidden && %s >= %.0f`, clock, before+7*24*3600*1000))
	b.says("/streak")
	b.sees("2 answered in all · best 2 · ")
	b.audit("a week later")
	b.press("Mei")
	b.sees(q.Title)
	b.seesNot("Only visible to you", "Counted:")
	b.press("Start over")
	b.press("Start over")
	b.until("a new team", `document.querySelectorAll("#thread .message").length === 1`)
}

// browseSelf is one person on the real clock, across a restart of the program.
func browseSelf(t *testing.T, browser context.Context) {
	file := filepath.Join(t.TempDir(), "bot.db")
	p := serveForTest(t, file)
	b := openTab(t, browser, p.address, "self", 1200, 800)
	b.press("Use it for myself")
	q := b.asked()
	b.seesNot("Next round", "nothing here is real", "Add somebody")
	b.audit("question")
	b.press("Answer privately")
	b.answer(q, q.Samples.Strong)
	b.press("Send")
	b.sees("Counted: your streak is 1")
	b.says("/practice")
	b.until("a question to practise", `[...document.querySelectorAll("#thread h3")].length >= 2`)
	b.audit("practice")
	b.close()
	p.stop()

	again := openTab(t, browser, serveForTest(t, file).address, "self again", 1200, 800)
	again.press("Use it for myself")
	again.sees(q.Title, "Counted: your streak is 1")
	again.says("/streak")
	again.sees("1 in a row")
}

// browseTogether has two people in two tabs: what is said to one never shows to the other, what is said to all does at once.
func browseTogether(t *testing.T, browser context.Context) {
	p := newProgram(t)
	amara, jonas := openTab(t, browser, p.address, "amara", 1200, 800), openTab(t, browser, p.address, "jonas", 1200, 800)
	amara.press("Look around")
	q := amara.asked()
	jonas.press("Look around")
	jonas.press("Jonas")
	jonas.sees(q.Title, "0 answered")
	amara.press("Answer privately")
	amara.answer(q, q.Samples.Strong)
	amara.press("Send")
	amara.sees("Counted: your streak is 1")
	jonas.sees("1 answered")
	jonas.seesNot("Counted", "Only visible to you")
	amara.says("Good morning, all")
	jonas.sees("Good morning, all")
	jonas.press("Next round")
	amara.sees("Closed · " + q.Title)
}

// browseKeyboard uses nothing but keys.
func browseKeyboard(t *testing.T, browser context.Context) {
	b := openTab(t, browser, newProgram(t).address, "keyboard", 1200, 800)
	b.tabTo("Look around")
	b.do(chromedp.KeyEvent(kb.Enter))
	q := b.asked()
	b.tabTo("Answer privately")
	b.do(chromedp.KeyEvent(" "))
	b.until("the dialog", `!!document.querySelector("#form[open] form")`)
	b.do(chromedp.KeyEvent(kb.Escape))
	b.until("the dialog to close", `!document.querySelector("#form[open]") && document.activeElement.innerText === "Answer privately"`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until("the field to have the focus", `document.activeElement.closest("#form[open]") && document.activeElement.matches("textarea, input")`)
	if js[bool](b, `document.activeElement.matches("textarea")`) {
		b.do(insert(q.Samples.Strong))
	} else {
		b.answer(q, q.Samples.Strong)
	}
	b.tabTo("Send")
	b.shot("dialog")
	b.do(chromedp.KeyEvent(kb.Enter))
	b.sees("Counted: your streak is 1")
	b.until("the dialog to close", `!document.querySelector("dialog[open]") && !document.activeElement.closest("dialog")`)

	b.tabTo("Message to #backend-interviews")
	b.do(chromedp.KeyEvent("/str"))
	b.until("completion", `!document.getElementById("list").hidden && document.activeElement.hasAttribute("aria-activedescendant") && document.querySelectorAll("#list [role=option]").length === 1`) // of /str, not of /s
	b.shot("completion")
	// The next letter's completions never come: what is seen is taken all the same, and the focus stays.
	js[bool](b, `(window.still = window.fetch, window.fetch = () => new Promise(() => {}), true)`)
	b.do(chromedp.KeyEvent("e"), chromedp.KeyEvent(kb.Tab))
	js[bool](b, `(window.fetch = window.still, true)`)
	b.until("the command", `document.getElementById("box").value.startsWith("/streak")`)
	b.do(chromedp.KeyEvent(kb.Escape), chromedp.KeyEvent(kb.Enter))
	b.sees("1 in a row · best 1")
	b.tabTo("Next round")
	b.do(chromedp.KeyEvent(kb.Enter))
	b.sees("Closed · " + q.Title)
}

// tabTo moves the focus on with the Tab key until it is on what has the name, and checks on the way that it can be seen.
func (b *tab) tabTo(name string) {
	b.Helper()
	var passed []string
	for range 120 {
		b.do(chromedp.KeyEvent(kb.Tab))
		at := js[[]string](b, `(() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
			const label = (e.getAttribute("aria-label") || e.querySelector("strong")?.innerText || e.labels?.[0]?.innerText || e.innerText || "").replace(/\s+/g, " ").trim();
			const ring = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none" || e.closest(":focus-within")?.matches(".box") || e.matches("textarea, input, [tabindex='0'], [tabindex='-1']");
			return [label, e === document.body || ring ? "" : "shows no focus", e === document.body || r.width > 0 && r.height > 0 ? "" : "has no size"] })()`)
		if at[1]+at[2] != "" {
			b.Errorf("%s: %q %s%s", b.name, at[0], at[1], at[2])
		}
		if at[0] == name {
			return
		}
		passed = append(passed, at[0])
	}
	b.Fatalf("%s: the Tab key does not lead to %q, but to %q", b.name, name, passed)
}

// browsePhone is the page at 360 pixels.
func browsePhone(t *testing.T, browser context.Context) {
	b := openTab(t, browser, newProgram(t).address, "phone", 360, 740, emulate(chromedp.EmulateMobile, chromedp.EmulateTouch))
	b.narrow("doors")
	b.press("Look around")
	q := b.asked()
	b.narrow("question")
	b.press("Answer privately")
	b.answer(q, strings.Repeat(q.Samples.Strong+"\n", 3))
	b.narrow("dialog")
	b.press("Send")
	b.sees("Counted: your streak is 1")
	b.press("Show the answer")
	b.sees("Model answer")
	b.narrow("answer")
	b.press("Channels and people")
	b.until("the side", `document.querySelector("#side").getBoundingClientRect().left >= 0`)
	b.narrow("side")
	b.press("Mei")
	b.sees(q.Title)
	b.press("Next round")
	b.sees("Closed · " + q.Title)
	b.narrow("closed")
}

func emulate(options ...chromedp.EmulateViewportOption) chromedp.Action[chromedp.Void] {
	return chromedp.EmulateViewport(360, 740, options...)
}

// narrow checks that nothing is wider than the screen, and that what is pressed can be hit.
func (b *tab) narrow(name string) {
	b.Helper()
	b.audit(name)
	if over := js[int](b, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		b.Errorf("%s: %s is %d pixels wider than the screen", b.name, name, over)
	}
	small := js[[]string](b, `[...document.querySelectorAll("button, a.button, a.door, .places a, input, textarea, select")].filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest(".text, p, .skip, .copy")).map(e => {
		const r = (e.matches("input[type=checkbox], input[type=radio]") ? e.closest("label") : e).getBoundingClientRect();
		return r.height < 24 || r.width < 24 ? (e.innerText || e.getAttribute("aria-label") || e.id) + " is " + r.width + "x" + r.height : "" }).filter(Boolean)`)
	if len(small) > 0 {
		b.Errorf("%s: on %s too small to hit: %q", b.name, name, small)
	}
}

// browseDark sees the same in the dark.
func browseDark(t *testing.T, browser context.Context) {
	dark := chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
		return err
	})
	b := openTab(t, browser, newProgram(t).address, "dark", 1200, 800, dark)
	b.audit("doors")
	b.press("Look around")
	q := b.asked()
	background := `getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).map(Number).reduce((a, c) => a + c) / 3`
	if light := js[float64](b, background); light > 80 {
		t.Errorf("the page has a brightness of %.0f of 255 where dark was asked for", light)
	}
	b.press("Answer privately")
	b.answer(q, q.Samples.Partial)
	b.audit("dialog")
	b.press("Send")
	b.press("Show the answer")
	b.sees("Model answer")
	b.audit("answer")
	b.press("Switch to light")
	if light := js[float64](b, background); light < 180 {
		t.Errorf("the page has a brightness of %.0f of 255 after switching to light", light)
	}
	b.audit("light again")
}

// browseHostile has people type what must come out as text.
func browseHostile(t *testing.T, browser context.Context) {
	b := openTab(t, browser, newProgram(t).address, "hostile", 1200, 800)
	b.press("Look around")
	q := b.asked()
	hostile := `<img src=x onerror="window.hit=1"><script>window.hit=1</script> @everyone <!channel> **bold** </textarea></dialog>`
	b.press("Answer privately")
	b.answer(q, hostile+" "+q.Samples.Strong)
	b.press("Send")
	b.sees("Counted: your streak is 1")
	b.press("Show the answer")
	b.sees(hostile)
	b.says(hostile)
	b.until("the message", `[...document.querySelectorAll(".message:not(.bot)")].some(m => m.innerText.includes("onerror"))`)
	b.says("/say " + hostile)
	b.sees("There is no command")
	js[bool](b, `(document.getElementById("box").value = ("a".repeat(99) + "\n").repeat(10600), document.getElementById("boxform").requestSubmit(), true)`)
	b.sees("more than 1 MiB", "Nothing was sent", "your text is still in place")
	js[bool](b, `(document.getElementById("box").value = "", true)`)
	for _, text := range []string{"\u202etxet", "😀\u200b", "    "} {
		b.says(text)
	}
	if js[bool](b, `"hit" in window || !!document.querySelector(".message script, .message img[src='x']")`) {
		t.Error("a text became a part of the page")
	}
	b.shot("texts")
}

// browsePreview opens a preview of a file in the browser and changes the file.
func browsePreview(t *testing.T, browser context.Context) {
	dir := t.TempDir()
	const start = "id: zebra\ntitle: What is a zebra index?\nlevel: 1\ntopic: sql\nkind: open\nminutes: 5\nprompt: What is it?\nanswer: It has stripes.\nhints: [Look at its coat.]\n"
	file := put(t, dir, "sql/zebra.yaml", start)
	b := openTab(t, browser, preview(t, file), "preview", 1200, 900)
	b.sees("What is a zebra index?", "What the lint says", "Hint 1", "Look at its coat.", "Closed · What is a zebra index?")
	b.audit("preview")
	b.until("hidden text", `document.querySelector(".spoiler")?.getAttribute("aria-expanded") === "false"`)
	js[bool](b, `(document.querySelector(".spoiler").click(), true)`)
	b.until("shown text", `document.querySelector(".spoiler").getAttribute("aria-expanded") === "true"`)
	put(t, dir, "sql/zebra.yaml", strings.Replace(start, "zebra index", "quagga index", 1))
	b.sees("What is a quagga index?", "Closed · What is a quagga index?")

	address := preview(t, "two-doctors-off-call")
	dark := chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
		return err
	})
	b = openTab(t, browser, address, "preview in the dark", 1200, 900, dark)
	b.sees("Two doctors go off call", "Model answer")
	b.audit("preview")
	b = openTab(t, browser, address, "preview on a phone", 360, 740, emulate(chromedp.EmulateMobile, chromedp.EmulateTouch))
	b.sees("Two doctors go off call", "Model answer")
	b.narrow("preview")
}
