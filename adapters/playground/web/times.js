// Times are shown in the zone of the person who acts, by the clock of the space.
import { at } from './wire.js';

let base = Number(at.now);
let since = performance.now();

export const now = () => new Date(base + performance.now() - since);

export function setNow(ms) {
	base = ms;
	since = performance.now();
}

// Making a format costs much more than using it.
const formats = new Map();

function format(options) {
	const key = JSON.stringify([at.zone, options]);
	if (!formats.has(key)) {
		const all = { timeZone: at.zone || 'UTC', hourCycle: 'h23', ...options };
		try {
			formats.set(key, new Intl.DateTimeFormat('en-GB', all));
		} catch {
			formats.set(key, new Intl.DateTimeFormat('en-GB', { ...all, timeZone: 'UTC' })); // a zone this browser does not know
		}
	}
	return formats.get(key);
}

const parts = (date, options) => Object.fromEntries(format(options).formatToParts(date).map((p) => [p.type, p.value]));

const clock = { hour: '2-digit', minute: '2-digit' };

const forms = {
	day: (d) => {
		const p = parts(d, { weekday: 'short', ...clock });
		return `${p.weekday} ${p.hour}:${p.minute}`;
	},
	clock: (d) => {
		const p = parts(d, clock);
		return `${p.hour}:${p.minute}`;
	},
	date: (d) => {
		const p = parts(d, { weekday: 'short', day: 'numeric', month: 'short' });
		return `${p.weekday} ${p.day} ${p.month}`;
	},
	full: (d) => {
		const p = parts(d, { day: 'numeric', month: 'short', year: 'numeric', ...clock });
		return `${p.day} ${p.month} ${p.year} ${p.hour}:${p.minute}`;
	},
	bar: (d) => {
		const p = parts(d, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', ...clock });
		return `${p.weekday} ${p.day} ${p.month} ${p.year}, ${p.hour}:${p.minute}`;
	},
	separator: (d) => {
		const p = parts(d, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
		return `${p.weekday}, ${p.day} ${p.month} ${p.year}`;
	},
	relative: (d) => {
		const seconds = (d - now()) / 1000;
		const units = [['day', 86400], ['hour', 3600], ['minute', 60]];
		const [unit, size] = units.find(([, s]) => Math.abs(seconds) >= s) || ['minute', 60];
		return new Intl.RelativeTimeFormat('en-GB', { numeric: 'auto' }).format(Math.round(seconds / size), unit);
	},
};

export const show = (date, form) => (forms[form] || forms.day)(date);

// civil is a time as a datetime-local input holds it.
export function civil(date) {
	const p = parts(date, { day: '2-digit', month: '2-digit', year: 'numeric', ...clock });
	return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}`;
}

// showTimes writes every time in root anew.
export function showTimes(root) {
	for (const t of root.querySelectorAll('time[datetime]')) {
		const d = new Date(t.dateTime);
		t.textContent = show(d, t.dataset.show);
		t.title = `${forms.full(d)} (${at.zone || 'UTC'})`;
	}
}

// separate puts a line with the date between messages of different days.
export function separate(thread) {
	for (const d of thread.querySelectorAll(':scope > .day')) d.remove();
	let last = '';
	for (const m of thread.querySelectorAll(':scope > .message')) {
		const day = show(new Date(Number(m.dataset.at)), 'separator');
		if (day === last) continue;
		last = day;
		const li = document.createElement('li');
		li.className = 'day';
		li.textContent = day;
		m.before(li);
	}
}
