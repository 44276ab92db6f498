//go:build !race

package main

// audit takes a picture and checks what every page owes to everybody: names for what can be used, descriptions, one
// heading of the page, contrast.
func (b *tab) audit(name string) {
	b.Helper()
	b.settle()
	b.shot(name)
	for _, trouble := range append(js[[]string](b, named), js[[]string](b, contrast)...) {
		b.Errorf("%s: on %s: %s", b.name, name, trouble)
	}
}

// named lists what has no name, what is not described, and identifiers that are there twice.
const named = `(() => {
	const troubles = [];
	const name = (e) => (e.getAttribute("aria-label") || [...(e.labels || [])].map(l => l.innerText).join(" ") || e.closest("label")?.innerText || e.innerText ||
		e.getAttribute("title") || document.getElementById(e.getAttribute("aria-labelledby"))?.innerText || "").trim();
	for (const e of document.querySelectorAll("button, a[href], input, textarea, select, summary, nav, dialog[open], [role=listbox], [role=group], iframe"))
		if (e.checkVisibility({visibilityProperty: true}) && !name(e)) troubles.push("no name: " + e.outerHTML.slice(0, 120));
	for (const e of document.querySelectorAll("img")) if (!e.alt) troubles.push("no description: " + e.outerHTML.slice(0, 80));
	for (const e of document.querySelectorAll("svg")) if (!e.closest("[aria-hidden=true]") && !e.getAttribute("aria-label")) troubles.push("a drawing is read aloud: " + e.outerHTML.slice(0, 80));
	const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
	for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) troubles.push("there twice: " + id);
	if (document.querySelectorAll("h1").length !== 1) troubles.push(document.querySelectorAll("h1").length + " headings of the page");
	if (!document.documentElement.lang || !document.title) troubles.push("no language or no title");
	if (document.querySelectorAll("main").length !== 1) troubles.push("no main part");
	return troubles;
})()`

// contrast lists texts that are harder to read than WCAG 2.2, 1.4.3 allows: less than 4.5 to 1, or 3 to 1 where large.
const contrast = `(() => {
	const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
	const rgba = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); const d = canvas.getImageData(0, 0, 1, 1).data; return [d[0], d[1], d[2], d[3] / 255]; };
	const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3]));
	const light = (c) => c.map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((a, v, i) => a + v * [0.2126, 0.7152, 0.0722][i], 0);
	const under = (e) => {
		const layers = [];
		for (let p = e; p; p = p.parentElement) { const c = rgba(getComputedStyle(p).backgroundColor); layers.push(c); if (c[3] === 1) break; if (p.tagName === "DIALOG") break; }
		return layers.reverse().reduce((a, c) => over(c, a), rgba(getComputedStyle(document.body).backgroundColor).slice(0, 3));
	};
	const troubles = new Set();
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const e = walk.currentNode.parentElement, text = walk.currentNode.data.trim();
		if (!text || !e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || e.closest("script, style, .sr, [aria-hidden=true], .spoiler[aria-expanded=false], :disabled, option")) continue;
		const r = e.getBoundingClientRect();
		if (document.querySelector("dialog[open]") && !e.closest("dialog[open]") || r.width < 2 || r.height < 2) continue;
		const s = getComputedStyle(e), b = under(e), f = over(rgba(s.color), b);
		const size = parseFloat(s.fontSize), large = size >= 24 || size >= 18.66 && Number(s.fontWeight) >= 700;
		const [hi, lo] = [light(f), light(b)].sort((x, y) => y - x), ratio = (hi + 0.05) / (lo + 0.05);
		if (ratio < (large ? 3 : 4.5) - 0.01) troubles.add(ratio.toFixed(2) + " to 1: " + text.slice(0, 40) + " (" + s.color + " on " + b.map(Math.round) + ")");
	}
	return [...troubles];
})()`
