/* Keys, and nothing that a page does not also do without a script. */
"use strict";

const all = (q) => Array.from(document.querySelectorAll(q));
const one = (q) => document.querySelector(q);

/* the queue: j and k walk the rows */
function walk(step) {
	const rows = all("a.open");
	const at = rows.indexOf(document.activeElement);
	const to = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
	if (to) {
		to.focus();
		to.scrollIntoView({ block: "nearest" });
	}
	return rows.length > 0;
}

function follow(id) {
	const a = document.getElementById(id);
	if (a) a.click();
	return !!a;
}

function player() {
	const whole = one("#whole");
	if (whole && !whole.paused) return whole;
	return one("#excerpt") || whole;
}

function play() {
	const p = player();
	if (!p) return false;
	if (p.paused) p.play().catch(() => {});
	else p.pause();
	return true;
}

function seek(by) {
	const p = player();
	if (!p) return false;
	p.currentTime = Math.max(0, p.currentTime + by);
	return true;
}

function judge(key) {
	const b = all("#verdict button[data-keys]").find((x) => x.dataset.keys.includes(key));
	if (!b) return false;
	b.form.requestSubmit(b);
	return true;
}

/* the page of keys, in a dialog over this one */
async function help() {
	let d = one("dialog");
	if (!d) {
		const answer = await fetch("/help", { credentials: "same-origin" });
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");
		const title = page.querySelector("h1");
		const table = page.querySelector("main table");
		if (!table) return;
		d = document.createElement("dialog");
		d.setAttribute("aria-label", title.textContent);
		const close = document.createElement("form");
		close.method = "dialog";
		const button = document.createElement("button");
		button.textContent = "Esc";
		close.append(button);
		d.append(table, close);
		document.body.append(d);
	}
	if (d.open) d.close();
	else d.showModal();
}

const keys = {
	j: () => walk(1) || follow("next"),
	k: () => walk(-1) || follow("previous"),
	l: () => follow("list"),
	" ": play,
	ArrowLeft: () => seek(-5),
	ArrowRight: () => seek(5),
	n: () => {
		const note = one("#note");
		if (note) note.focus();
		return !!note;
	},
	"?": () => {
		help();
		return true;
	},
};

document.addEventListener("keydown", (e) => {
	if (e.ctrlKey || e.altKey || e.metaKey || e.isComposing) return;
	const t = e.target;
	if (t instanceof HTMLElement) {
		if (e.key === "Escape" && t.id === "note") t.blur();
		if (t.closest("textarea, select, input:not([type=checkbox]), dialog")) return;
		/* space and arrows belong to what has the focus */
		if (t.closest("button, summary, audio, input") && (e.key === " " || e.key.startsWith("Arrow")))
			return;
		if (t.closest(".scroll") === t && e.key.startsWith("Arrow")) return;
	}
	/* the same keys under a Hebrew layout: by their place on the keyboard */
	let key = e.key;
	if (/^[\u0590-\u05ff]$/.test(key) && /^Key[A-Z]$/.test(e.code)) key = e.code[3].toLowerCase();
	const done = keys[key] ? keys[key]() : "afgrc".includes(key) && key.length === 1 && judge(key);
	if (done) e.preventDefault();
});
