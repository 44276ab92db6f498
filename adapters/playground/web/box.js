// The message box, with completion of commands.
import { at, send, alertText, announce, stored, session } from './wire.js';
import { follow } from './thread.js';

const box = document.getElementById('box');
const list = document.getElementById('list');
const usage = document.getElementById('usage');
const key = `box ${at.space} ${at.as} ${at.in}`;

let items = [];
let active = -1;
let roved = false; // the arrow keys chose the active one, since the text was changed
let sent = false; // the Enter that is held down sent the text
let asked = null; // the request for completions that is under way

function grow() {
	box.style.height = 'auto';
	box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
}

function keep() {
	stored(session, key, box.value || null);
	grow();
}

function set(text) {
	box.value = text;
	keep();
}

function close() {
	items = [];
	active = -1;
	list.hidden = true;
	list.replaceChildren();
	box.removeAttribute('aria-activedescendant');
}

// dismiss closes the list for good: completions that are on their way do not open it again.
function dismiss() {
	asked?.abort();
	asked = null;
	close();
}

function rove(to) {
	active = to;
	[...list.children].forEach((o, i) => o.setAttribute('aria-selected', String(i === active)));
	const option = list.children[active];
	if (option) {
		box.setAttribute('aria-activedescendant', option.id);
		option.scrollIntoView({ block: 'nearest' });
	} else box.removeAttribute('aria-activedescendant');
}

function offer(found) {
	const chosen = roved ? items[active]?.line : null;
	close();
	items = found;
	if (!items.length) return;
	items.forEach((it, i) => {
		const o = document.createElement('div');
		o.role = 'option';
		o.id = `option${i}`;
		const label = document.createElement('span');
		label.textContent = it.label;
		o.append(label);
		if (it.hint) {
			const hint = document.createElement('small');
			hint.textContent = it.hint;
			o.append(hint);
		}
		o.addEventListener('mousedown', (e) => {
			e.preventDefault(); // the box keeps the focus
			accept(i);
		});
		list.append(o);
	});
	list.hidden = false;
	// The first command is chosen at once, unless it is typed out; a value is free text until one is chosen.
	const naming = !/^\/(interview )?\S+ /i.test(box.value);
	const typed = items.some((it) => it.line.trimEnd() === box.value.trimEnd());
	const again = items.findIndex((it) => it.line === chosen);
	if (again >= 0) rove(again);
	else rove(naming && !typed ? 0 : -1);
}

async function complete() {
	asked?.abort();
	roved = false;
	const text = box.value;
	if (!text.startsWith('/') || text.includes('\n')) {
		usage.hidden = true;
		close();
		return;
	}
	// Until the answer comes, what was found before and still begins like the text: Tab must not leave the box under somebody who types fast.
	offer(items.filter((it) => it.line.toLowerCase().startsWith(text.toLowerCase())));
	asked = new AbortController();
	const mine = asked;
	try {
		const found = await send('complete', { Text: text }, { quiet: true, signal: mine.signal });
		if (mine !== asked || box.value !== text) return;
		usage.textContent = found.usage || '';
		usage.hidden = !found.usage;
		offer(found.items || []);
		if (items.length) announce(`${items.length} completions. Arrow keys choose, Tab takes one.`);
	} catch {
		if (mine === asked) close(); // completion is a courtesy
	}
}

function accept(i) {
	const it = items[i];
	set(it.line);
	box.setSelectionRange(it.line.length, it.line.length);
	close();
	if (it.open) complete();
}

async function submit() {
	const text = box.value;
	if (!text.trim()) return;
	dismiss();
	usage.hidden = true;
	set('');
	try {
		const outcome = await send('say', { Text: text });
		if (outcome.say && !outcome.form) set(box.value ? `${text}\n${box.value}` : text);
		follow(outcome);
	} catch (trouble) {
		set(box.value ? `${text}\n${box.value}` : text);
		alertText(trouble.message);
	}
}

function pressed(e) {
	if (e.isComposing) return;
	const open = items.length > 0;
	if (open && (e.key === 'ArrowDown' || e.key === 'ArrowUp')) {
		const step = e.key === 'ArrowDown' ? 1 : -1;
		roved = true;
		rove((active + step + items.length + (active < 0 && step < 0 ? 1 : 0)) % items.length);
	} else if (open && e.key === 'Escape') {
		dismiss();
	} else if (open && e.key === 'Tab' && !e.shiftKey) {
		accept(Math.max(active, 0));
	} else if (e.key === 'Enter' && !e.shiftKey) {
		if (open && active >= 0) accept(active);
		else submit();
	} else return;
	e.preventDefault();
}

export function startBox() {
	if (!box) return;
	set(stored(session, key) || '');
	box.addEventListener('input', () => {
		keep();
		complete();
	});
	box.addEventListener('keydown', pressed);
	// Some keyboards bring the line break apart from the key that sent the text.
	box.addEventListener('keydown', (e) => (sent = e.key === 'Enter' && e.defaultPrevented));
	box.addEventListener('keyup', () => (sent = false));
	box.addEventListener('beforeinput', (e) => {
		if (sent && /^insert(LineBreak|Paragraph)$/.test(e.inputType)) e.preventDefault();
	});
	box.addEventListener('blur', dismiss);
	document.getElementById('boxform').addEventListener('submit', (e) => {
		e.preventDefault();
		submit();
		box.focus();
	});
	if (matchMedia('(pointer: fine)').matches) box.focus({ preventScroll: true });
}
