// The preview: reloads when the question's file has changed, and shows hidden text when it is pressed.
"use strict";

const shown = document.body.dataset.version;

setInterval(async () => {
	try {
		const answer = await fetch("/version", { cache: "no-store" });
		if (answer.ok && (await answer.text()) !== shown) location.reload();
	} catch {
		// the preview has ended; what is on the page stays
	}
}, 1000);

for (const hidden of document.querySelectorAll(".spoiler")) {
	hidden.tabIndex = 0;
	hidden.setAttribute("role", "button");
	hidden.setAttribute("aria-expanded", "false");
	const open = () => {
		hidden.classList.add("open");
		hidden.setAttribute("aria-expanded", "true");
	};
	hidden.addEventListener("click", open);
	hidden.addEventListener("keydown", (e) => {
		if (e.key === "Enter" || e.key === " ") open();
	});
}
