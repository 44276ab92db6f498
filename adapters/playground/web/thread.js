// Messages, and what can be pressed in them.
import { at, send, alertHTML, alertText, announce, go, refresh, newName, stored, local } from './wire.js';
import { showTimes, separate } from './times.js';
import { openForm } from './dialogs.js';

const scroll = document.getElementById('scroll');
const newest = document.getElementById('newest');
const smooth = () => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth');
const thread = () => document.getElementById('thread');
const past = new URLSearchParams(location.search).has('before');

const nearEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 140;

function reveal(message, behavior) {
	const tall = message.offsetHeight > scroll.clientHeight - 24;
	message.scrollIntoView({ block: tall ? 'start' : 'end', behavior });
	if (!tall && !message.nextElementSibling) scroll.scrollTo({ top: scroll.scrollHeight, behavior });
	newest.hidden = true;
}

// put shows a new message, or a changed one in its place.
export function put(change) {
	if (change.channel !== at.channel) {
		unread(change);
		return;
	}
	const list = thread();
	const holder = document.createElement('template');
	holder.innerHTML = change.html;
	const fresh = holder.content.querySelector('.message');
	showTimes(fresh);
	const old = document.getElementById(fresh.id);
	const follow = nearEnd();
	if (old) {
		const focus = focusOf(old);
		old.replaceWith(fresh);
		if (focus) fresh.querySelectorAll('button, a, input, summary, pre')[focus.index]?.focus({ preventScroll: true });
	} else if (past) {
		newest.hidden = change.n <= lastShown();
		return;
	} else if (change.n <= lastShown()) {
		return; // an old message that this page does not show
	} else {
		list.append(fresh);
		if (!document.hidden) fresh.classList.add('fresh');
	}
	document.getElementById('start').hidden = true;
	separate(list);
	announce(change.say);
	seen();
	if (old) {
		if (follow && !fresh.nextElementSibling) reveal(fresh, 'auto');
	} else if (follow || change.mine || fresh.dataset.from === at.as) {
		reveal(fresh, smooth());
	} else {
		newest.hidden = false;
	}
}

const lastShown = () => Number(thread().querySelector(':scope > .message:last-child')?.dataset.n || 0);

function focusOf(message) {
	if (!message.contains(document.activeElement)) return null;
	return { index: [...message.querySelectorAll('button, a, input, summary, pre')].indexOf(document.activeElement) };
}

// What was seen is remembered for each person and channel.
const seenKey = () => `seen ${at.space} ${at.as}`;
const seenMap = () => JSON.parse(stored(local, seenKey()) || '{}');

function seen() {
	if (!at.channel || past) return;
	const map = seenMap();
	map[at.channel] = Math.max(lastShown(), map[at.channel] || 0);
	stored(local, seenKey(), JSON.stringify(map));
}

function unread(change) {
	const place = document.querySelector(`#side [data-place="${CSS.escape(change.channel)}"]`);
	if (!place) return;
	const news = change.n > Number(place.dataset.last || 0);
	place.dataset.last = Math.max(change.n, Number(place.dataset.last || 0));
	if (news) announce(change.say);
	marks();
}

// marks shows where there is something new.
export function marks() {
	const map = seenMap();
	let some = false;
	for (const place of document.querySelectorAll('#side [data-place]')) {
		const fresh = place.dataset.place !== at.channel && Number(place.dataset.last || 0) > (map[place.dataset.place] || 0);
		place.classList.toggle('unread', fresh);
		place.querySelector('.new').hidden = !fresh;
		some ||= fresh;
	}
	document.title = document.title.replace(/^• /, '');
	if (some) document.title = `• ${document.title}`;
}

// reload shows the space as it is now, after a time in which changes may have been missed.
export async function reload() {
	const page = await refresh('side', 'top', 'thread', 'home');
	if (!page) return;
	showTimes(document);
	if (thread()) {
		document.getElementById('start').hidden = thread().children.length > 0;
		separate(thread());
		seen();
	}
	marks();
}

// follow does what an outcome says.
export function follow(outcome) {
	if (outcome.form) openForm(outcome.form, follow);
	if (outcome.say) alertHTML(outcome.say);
	if (outcome.errors) alertText(Object.values(outcome.errors).join(' '));
	if (outcome.go) go(outcome.go);
	else homeSoon();
}

// homeSoon reads the home page anew, once for all that happens within a moment.
let soon = 0;
export function homeSoon() {
	if (at.in !== 'home' || soon) return;
	soon = setTimeout(() => {
		soon = 0;
		refresh('home').then(() => showTimes(document), () => {}); // the next change, or the next visit, mends it
	}, 250);
}

// one deed at a time for each control: what is pressed twice at once is one deed.
async function deed(control, path, body) {
	if (control.getAttribute('aria-busy') === 'true') return;
	control.setAttribute('aria-busy', 'true');
	try {
		follow(await send(path, body, { name: newName() }));
	} catch (trouble) {
		alertText(trouble.message);
	} finally {
		control.removeAttribute('aria-busy');
	}
}

const numberOf = (el) => Number(el.closest('.message')?.dataset.n || 0);

// Checks are sent one after another, each with all that are ticked by then.
let ticking = Promise.resolve();
function tick(field) {
	const body = () => ({ Message: numberOf(field), Action: field.dataset.press, Values: [...field.querySelectorAll('input:checked')].map((i) => i.value) });
	const now = body();
	ticking = ticking.then(() => send('press', now).then(follow, (t) => alertText(t.message)));
}

async function copy(button) {
	const from = button.parentElement.querySelector('pre, blockquote');
	try {
		await navigator.clipboard.writeText(from.textContent);
		button.textContent = 'Copied';
	} catch {
		getSelection().selectAllChildren(from); // the browser keeps the clipboard closed
		button.textContent = 'Selected';
	}
	setTimeout(() => (button.textContent = 'Copy'), 1500);
}

function clicked(e) {
	const el = e.target.closest('button, summary');
	for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(e.target)) menu.open = false;
	if (!el) return;
	if (el.classList.contains('spoiler')) {
		const open = String(el.getAttribute('aria-expanded') !== 'true'); // one press shows all that a message hides
		for (const hidden of el.closest('article').querySelectorAll('.spoiler')) hidden.setAttribute('aria-expanded', open);
	} else if (el.dataset.choice !== undefined) {
		const menu = el.closest('details');
		menu.open = false;
		menu.querySelector('summary').focus();
		deed(menu.querySelector('summary'), 'press', { Message: numberOf(el), Action: menu.dataset.press, Values: [el.dataset.choice] });
	} else if (el.dataset.press !== undefined) {
		deed(el, 'press', { Message: numberOf(el), Action: el.dataset.press, Values: [] });
	} else if (el.dataset.line !== undefined) {
		deed(el, 'say', { Text: el.dataset.line });
	} else if (el.dataset.bot !== undefined) {
		deed(el, 'channel', { Channel: el.dataset.of, Bot: el.dataset.bot === 'in' });
	} else if (el.dataset.copy !== undefined) {
		copy(el);
	}
}

export function startThread() {
	document.addEventListener('click', clicked);
	document.addEventListener('change', (e) => {
		const field = e.target.closest('fieldset.checks');
		if (field) tick(field);
	});
	document.addEventListener('toggle', (e) => {
		if (e.target.matches?.('details.menu[open]')) e.target.querySelector('.sheet').scrollIntoView({ block: 'nearest' });
	}, true);
	document.addEventListener('keydown', (e) => {
		const menu = e.key === 'Escape' && e.target.closest?.('details.menu[open]');
		if (menu) {
			menu.open = false;
			menu.querySelector('summary').focus();
		}
	});
	showTimes(document);
	if (thread()) {
		separate(thread());
		if (!past) scroll.scrollTop = scroll.scrollHeight;
		newest.addEventListener('click', () => {
			if (past) go('');
			else reveal(thread().lastElementChild, smooth());
		});
		scroll.addEventListener('scroll', () => {
			if (!past && nearEnd()) newest.hidden = true;
		}, { passive: true });
	}
	seen();
	marks();
}
