// Dialogs: the bot's forms, whose texts are never lost, and the page's own.
import { at, send, stored, local, newName, alertText, go } from './wire.js';
import { showTimes, civil, now } from './times.js';

const dialog = () => document.getElementById('form');
const inputsOf = (form) => [...form.querySelectorAll('[data-input]')];

function valuesOf(input) {
	const text = input.querySelector('textarea, input[type=text], input[type=datetime-local]');
	if (text) return [text.value];
	const select = input.querySelector('select');
	if (select) return select.value ? [select.value] : [];
	return [...input.querySelectorAll('input:checked')].map((i) => i.value);
}

function setValues(input, values) {
	const text = input.querySelector('textarea, input[type=text]');
	const select = input.querySelector('select');
	if (text) text.value = values[0] || '';
	else if (select) select.value = values[0] || '';
	else for (const i of input.querySelectorAll('input')) i.checked = values.includes(i.value);
}

const collect = (form) => Object.fromEntries(inputsOf(form).map((i) => [i.dataset.input, valuesOf(i)]));

function fill(form, values) {
	for (const input of inputsOf(form)) if (values[input.dataset.input]) setValues(input, values[input.dataset.input]);
}

// A draft is what was typed and not yet taken. It outlives closing, reloading and a crash of the browser.
const draftKey = (form) => `draft ${at.space} ${at.as} ${form.dataset.key}`;

const lengthOf = (s) => [...s].length;

function count(form) {
	const text = document.activeElement?.matches?.('[data-limit]') ? document.activeElement : form.querySelector('textarea[data-limit]');
	const place = form.querySelector('.count');
	if (!place || !text) return;
	const n = lengthOf(text.value);
	const limit = Number(text.dataset.limit);
	place.textContent = n > limit * 0.8 ? `${n.toLocaleString('en')} of ${limit.toLocaleString('en')} characters` : '';
	place.classList.toggle('over', n > limit);
}

function showError(input, sentence) {
	const place = input.querySelector('.error');
	place.textContent = sentence;
	place.hidden = !sentence;
	place.id ||= `error-${input.dataset.input.replace(/\W/g, '-')}`;
	for (const field of input.querySelectorAll('input, textarea, select')) {
		field.toggleAttribute('aria-invalid', Boolean(sentence));
		if (sentence) {
			field.setAttribute('aria-invalid', 'true');
			field.setAttribute('aria-describedby', place.id);
		} else field.removeAttribute('aria-describedby');
	}
}

function showTrouble(form, html) {
	const place = form.querySelector('.trouble');
	place.innerHTML = html;
	place.hidden = !html;
	if (html) place.scrollIntoView({ block: 'nearest' });
}

function troubleText(form, text) {
	const p = document.createElement('p');
	p.textContent = text;
	showTrouble(form, p.outerHTML);
}

function mend(form, errors) {
	const rest = { ...errors };
	let first = null;
	for (const input of inputsOf(form)) {
		const sentence = rest[input.dataset.input] || '';
		delete rest[input.dataset.input];
		showError(input, sentence);
		if (sentence) first ||= input.querySelector('textarea, input, select');
	}
	const other = Object.values(rest).join(' ');
	if (other) troubleText(form, other);
	first?.focus();
}

// check finds what the bot would send back anyway.
function check(form) {
	const errors = {};
	for (const input of inputsOf(form)) {
		const field = input.querySelector('textarea, input, select');
		const values = valuesOf(input);
		const limit = Number(field?.dataset.limit || 0);
		if (field?.required && !values.some((v) => v.trim())) errors[input.dataset.input] = 'This one is needed.';
		else if (limit && lengthOf(values[0]) > limit) {
			errors[input.dataset.input] = `This has ${lengthOf(values[0]).toLocaleString('en')} characters; at most ${limit.toLocaleString('en')} fit. Nothing is lost: shorten it and send it again.`;
		}
	}
	return errors;
}

// hand sends a form once at a time; the same text sent again is the same deed.
async function hand(form, path, body) {
	const send_ = form.querySelector('[type=submit]');
	if (send_.getAttribute('aria-busy') === 'true') return null;
	const errors = check(form);
	showTrouble(form, '');
	mend(form, errors);
	if (Object.keys(errors).length) return null;
	const same = JSON.stringify(body);
	if (form.sent !== same) {
		form.sent = same;
		form.deed = newName();
	}
	send_.setAttribute('aria-busy', 'true');
	try {
		const outcome = await send(path, body, { name: form.deed });
		if (outcome.errors || outcome.say) {
			form.sent = null; // the bot has answered: the next try is another deed
			mend(form, outcome.errors || {});
			if (outcome.say) showTrouble(form, outcome.say);
			return null;
		}
		return outcome;
	} catch (trouble) {
		troubleText(form, trouble.message);
		return null;
	} finally {
		send_.removeAttribute('aria-busy');
	}
}

// openForm shows a form of the bot's; done gets the outcome when it was taken.
export function openForm(html, done) {
	const box = dialog();
	const back = box.open ? null : document.activeElement;
	box.innerHTML = html;
	const form = box.querySelector('form');
	showTimes(form);
	const before = collect(form);
	const restored = form.querySelector('.restored');
	const draft = JSON.parse(stored(local, draftKey(form)) || 'null');
	if (draft && JSON.stringify(draft) !== JSON.stringify(before)) {
		fill(form, draft);
		restored.hidden = false;
	}
	form.querySelector('[data-fresh]').addEventListener('click', () => {
		fill(form, before);
		stored(local, draftKey(form), null);
		restored.hidden = true;
		count(form);
	});
	form.addEventListener('input', () => {
		const values = collect(form);
		stored(local, draftKey(form), JSON.stringify(values) === JSON.stringify(before) ? null : JSON.stringify(values));
		count(form);
	});
	form.addEventListener('submit', async (e) => {
		e.preventDefault();
		const outcome = await hand(form, 'submit', { Message: Number(form.dataset.message), Form: form.dataset.key, Values: collect(form) });
		if (!outcome) return;
		if (!outcome.form) box.close();
		done(outcome);
		const again = box.open && draftKey(box.querySelector('form')) === draftKey(form);
		if (!again) stored(local, draftKey(form), null);
	});
	form.addEventListener('keydown', (e) => {
		if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && !e.isComposing) form.requestSubmit();
	});
	if (!box.open) box.showModal();
	if (back) box.addEventListener('close', () => back.isConnected && back.focus({ preventScroll: true }), { once: true });
	const wrong = form.querySelector('.error:not([hidden])')?.closest('[data-input]');
	(wrong || form).querySelector('textarea, input, select, [type=submit]')?.focus();
	count(form);
}

// The page's own dialogs, by name: what they hold when opened, and what they send.
const own = {
	person: {
		open(form, from) {
			form.querySelector('h2').textContent = from.dataset.person ? `Change ${from.dataset.name}` : 'Somebody new';
			form.elements.name.value = from.dataset.name || '';
			form.elements.zone.value = from.dataset.person ? from.dataset.tz : Intl.DateTimeFormat().resolvedOptions().timeZone;
			if (form.elements.admin) form.elements.admin.checked = 'admin' in from.dataset;
			form.person = from.dataset.person || '';
			zones();
		},
		send: (form) => ['person', { Person: form.person, Name: form.elements.name.value, Zone: form.elements.zone.value.trim(), Admin: form.elements.admin?.checked || false }],
	},
	channel: {
		open(form) {
			form.elements.name.value = '';
		},
		send: (form) => ['channel', { Name: form.elements.name.value, Bot: form.elements.bot.checked }],
	},
	over: { open() {}, send: () => ['over', {}], done: () => location.assign(at.base) },
	jump: {
		open(form) {
			form.elements.to.min = civil(now());
			form.elements.to.value = civil(new Date(now().getTime() + 86400000));
		},
		send: (form) => ['clock', { To: form.elements.to.value }],
	},
};

function zones() {
	const list = document.getElementById('zones');
	if (list.children.length || !Intl.supportedValuesOf) return;
	for (const zone of Intl.supportedValuesOf('timeZone')) list.append(new Option(zone, zone));
}

export function startDialogs() {
	document.addEventListener('click', (e) => {
		const opener = e.target.closest('[data-open]');
		if (opener) {
			const box = document.getElementById(opener.dataset.open);
			const form = box.querySelector('form');
			mend(form, {});
			showTrouble(form, '');
			form.sent = null;
			own[opener.dataset.open].open(form, opener);
			box.showModal();
			form.querySelector('.body input, footer button')?.focus();
		}
		e.target.closest('[data-close]')?.closest('dialog').close();
	});
	for (const form of document.querySelectorAll('form[data-own]')) {
		const { send: parcel, done } = own[form.dataset.own];
		form.addEventListener('submit', async (e) => {
			e.preventDefault();
			const outcome = await hand(form, ...parcel(form));
			if (!outcome) return;
			form.closest('dialog').close();
			if (done) done();
			else if (outcome.go) go(outcome.go);
		});
	}
	if (!at.zone) {
		const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
		at.zone = zone;
		send('person', { Person: at.as, Zone: zone, OnlyZone: true }).catch((t) => alertText(t.message));
	}
}
