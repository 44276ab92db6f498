// The clock of a space in which nothing is real.
import { at, send, alertHTML, alertText, announce } from './wire.js';
import { now, setNow, show, showTimes } from './times.js';

const bar = document.getElementById('clock');

function draw() {
	const face = document.getElementById('now');
	const d = now();
	face.dateTime = d.toISOString();
	face.textContent = show(d, 'bar');
	face.title = at.zone || 'UTC';
}

export function showClock(clock) {
	setNow(clock.now);
	if (!bar) return;
	const moving = Boolean(clock.to);
	const was = !bar.querySelector('.moving').hidden;
	bar.querySelector('.row').hidden = moving;
	bar.querySelector('.moving').hidden = !moving;
	if (moving) {
		const progress = bar.querySelector('progress');
		progress.max = Math.max(clock.to - clock.from, 1);
		progress.value = clock.now - clock.from;
	} else if (was) {
		announce(`It is now ${show(now(), 'bar')}`);
		showTimes(document);
		if (!document.activeElement || document.activeElement === document.body) bar.querySelector('[data-clock=next]').focus({ preventScroll: true });
	}
	draw();
}

export function startClock() {
	if (!bar) return;
	draw();
	setInterval(draw, 1000);
	bar.addEventListener('click', async (e) => {
		const to = e.target.closest('[data-clock]')?.dataset.clock;
		if (!to) return;
		try {
			const outcome = await send('clock', { To: to });
			if (outcome.say) alertHTML(outcome.say);
		} catch (trouble) {
			alertText(trouble.message);
		}
	});
}
