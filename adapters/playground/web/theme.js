// Light or dark: as the system says, until a person chooses. Loaded before the page is drawn, so that nothing flashes.
(() => {
	const root = document.documentElement;
	const chosen = () => {
		try {
			return localStorage.getItem('theme');
		} catch {
			return null; // storage is switched off
		}
	};
	const dark = () => (root.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
	if (chosen()) root.dataset.theme = chosen();
	const label = () => document.querySelectorAll('.theme').forEach((b) => b.setAttribute('aria-label', dark() ? 'Switch to light' : 'Switch to dark'));
	addEventListener('storage', (e) => {
		if (e.key === 'theme' && e.newValue) root.dataset.theme = e.newValue;
	});
	addEventListener('DOMContentLoaded', label);
	addEventListener('click', (e) => {
		if (!e.target.closest?.('.theme')) return;
		root.dataset.theme = dark() ? 'light' : 'dark';
		try {
			localStorage.setItem('theme', root.dataset.theme);
		} catch {
			// it lasts as long as the page
		}
		label();
	});
})();
