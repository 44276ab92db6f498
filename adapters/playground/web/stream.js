// The stream of changes. A hidden page lets go of it, for a browser has few connections to spare; it picks up where it was.
import { at, alertHTML, refresh } from './wire.js';
import { put, reload, marks, homeSoon } from './thread.js';
import { showTimes } from './times.js';
import { showClock } from './clock.js';

let source = null;
let last = `${at.boot}.${at.rev}`;
let lost = 0;

const kinds = {
	message(change) {
		put(change);
		homeSoon();
	},
	async roster() {
		await refresh('side', 'top');
		showTimes(document);
		marks();
	},
	clock: (change) => showClock(change.clock),
	alert: (change) => alertHTML(change.html),
	reset: () => reload(),
};

function line(text) {
	const place = document.getElementById('line');
	if (place) place.textContent = text;
}

function close() {
	source?.close();
	source = null;
}

function open() {
	close();
	source = new EventSource(`${at.base}events?${new URLSearchParams({ space: at.space, as: at.as, since: last })}`);
	source.onopen = () => {
		clearTimeout(lost);
		line('');
	};
	source.onmessage = (e) => {
		last = e.lastEventId || last;
		const change = JSON.parse(e.data);
		Promise.resolve(kinds[change.kind]?.(change)).catch(() => {}); // the next change, or the next visit, mends it
	};
	source.onerror = () => {
		clearTimeout(lost);
		lost = setTimeout(() => {
			line('The bot cannot be reached. Trying again…');
			if (source?.readyState === EventSource.CLOSED) open();
		}, 2000);
	};
}

export function startStream() {
	open();
	document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
	addEventListener('pagehide', close);
	addEventListener('pageshow', (e) => e.persisted && open());
}
