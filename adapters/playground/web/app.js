import { startThread } from './thread.js';
import { startDialogs } from './dialogs.js';
import { startBox } from './box.js';
import { startClock } from './clock.js';
import { startStream } from './stream.js';

// On a narrow page the channels and people slide in.
function startSide() {
	const toggle = (open) => {
		document.body.classList.toggle('open', open);
		document.querySelector('.bars').setAttribute('aria-expanded', String(open));
		document.querySelector('.veil').hidden = !open;
		if (open) document.querySelector('#side a').focus();
	};
	document.addEventListener('click', (e) => {
		if (e.target.closest('.bars')) toggle(!document.body.classList.contains('open'));
		else if (e.target.closest('.veil, #side [data-open]')) toggle(false);
	});
	document.addEventListener('keydown', (e) => {
		if (e.key === 'Escape' && document.body.classList.contains('open')) {
			toggle(false);
			document.querySelector('.bars').focus();
		}
	});
}

startThread();
startDialogs();
startBox();
startClock();
startStream();
startSide();
