// What goes to the bot, and what pages say about it.
export const at = document.body.dataset;

export const newName = () => [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, '0')).join('');

// Trouble is a sentence for the person.
export class Trouble extends Error {}

const limit = 1 << 20; // bytes of a request
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
let pending = 0;

function working(change) {
	pending += change;
	setTimeout(() => {
		const place = document.getElementById('working');
		if (place) place.textContent = pending > 0 ? 'Working…' : '';
	}, pending > 0 ? 600 : 0);
}

// send takes a deed to the bot and returns its outcome. A name makes a resend the same deed, so it is tried again while
// the bot cannot be reached.
export async function send(path, body, { name = newName(), quiet = false, signal } = {}) {
	const deed = JSON.stringify({ Space: at.space, As: at.as, In: at.in, ID: name, Body: body });
	if (new Blob([deed]).size > limit) {
		throw new Trouble('That is more than 1 MiB, which is more than anything here can hold. Nothing was sent, and your text is still in place: shorten it and send it again.');
	}
	if (!quiet) working(+1);
	try {
		for (let tries = 1; ; tries++) {
			let answer;
			try {
				answer = await fetch(at.base + path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: deed, signal });
			} catch (err) {
				if (quiet || tries === 6) throw new Trouble('The bot cannot be reached. Your text is still in place: see that the bot is running, then send it again.', { cause: err });
				await pause(250 * 2 ** tries);
				continue;
			}
			if (answer.ok) return await answer.json();
			const again = answer.status === 503 || answer.headers.has('Playground-Again');
			if (!again || quiet || tries === 6) throw new Trouble((await answer.text()).trim());
			await pause(answer.status === 503 ? 250 * 2 ** tries : 0);
		}
	} finally {
		if (!quiet) working(-1);
	}
}

// alertHTML shows what the bot's own server rendered; alertText a sentence.
export function alertHTML(html) {
	const box = document.createElement('div');
	box.className = 'alert';
	const words = document.createElement('div');
	words.innerHTML = html;
	const close = document.createElement('button');
	close.type = 'button';
	close.className = 'close';
	close.textContent = '×';
	close.setAttribute('aria-label', 'Dismiss');
	close.addEventListener('click', () => box.remove());
	box.append(words, close);
	const all = document.getElementById('alerts');
	all.append(box);
	while (all.children.length > 3) all.firstElementChild.remove();
}

export function alertText(text) {
	const p = document.createElement('p');
	p.textContent = text;
	alertHTML(p.outerHTML);
}

export function announce(text) {
	document.getElementById('live').textContent = text;
}

// go leads to another view: "dm", or what changes in the address.
export function go(where) {
	const address = new URLSearchParams({ as: at.as, in: at.in });
	for (const [k, v] of new URLSearchParams(where === 'dm' ? 'in=dm' : where)) address.set(k, v);
	location.search = address.toString();
}

// refresh reads this page again and swaps the parts with these ids; null when the space was left behind.
export async function refresh(...ids) {
	const answer = await fetch(location.href);
	if (!answer.ok) throw new Trouble((await answer.text()).trim());
	const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
	if (page.body.dataset.space !== at.space) {
		location.assign(at.base);
		return null;
	}
	at.zone = page.body.dataset.zone;
	for (const id of ids) {
		const old = document.getElementById(id);
		const fresh = page.getElementById(id);
		if (old && fresh) old.replaceWith(document.adoptNode(fresh));
	}
	return page.body.dataset;
}

// stored keeps small things in the browser; nothing is lost for people who switched storage off but what it would keep.
export function stored(area, key, value) {
	try {
		if (value === undefined) return area().getItem(key);
		if (value === null) area().removeItem(key);
		else area().setItem(key, value);
	} catch {
		// switched off or full
	}
	return null;
}

export const local = () => localStorage;
export const session = () => sessionStorage;
