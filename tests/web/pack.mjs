// A workshop pack in a real browser, from file:// and without a network: no outside request, no
// script, every excerpt plays, axe-core finds nothing, the handout prints.
// usage: node pack.mjs PACK_DIR en|he [SCREENSHOT_DIR]; BROWSER names Chromium.
import { chromium } from "playwright-core";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

const [dir, lang, shots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const executablePath = process.env.BROWSER ?? "/usr/bin/chromium";
let n = 0, failed = 0;
const check = (what, fine, more = "") => {
	n++;
	if (!fine) failed++;
	console.log(`${fine ? "ok" : "not ok"} ${n} - ${what}${fine ? "" : " # " + more}`);
};
const url = (name) => pathToFileURL(path.join(path.resolve(dir), name)).href;

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
	for (const theme of ["light", "dark"]) {
		const context = await browser.newContext({ colorScheme: theme, bypassCSP: true,
			viewport: { width: 1100, height: 900 } });
		await context.setOffline(true);
		const page = await context.newPage();
		const outside = [], faults = [];
		page.on("request", (r) => {
			if (!r.url().startsWith(url("")) && !r.url().startsWith("data:")) outside.push(r.url());
		});
		page.on("requestfailed", (r) => { // a sound that was begun when the page was left is none
			if (r.failure()?.errorText !== "net::ERR_ABORTED")
				faults.push(`${r.url()}: ${r.failure()?.errorText}`);
		});
		page.on("console", (m) => { if (m.type() === "error") faults.push(m.text()); });
		page.on("dialog", (d) => { faults.push(`dialog: ${d.message()}`); d.dismiss(); });
		for (const name of ["index.html", "handout.html"]) {
			await page.goto(url(name));
			check(`${name}, ${theme}: language`,
				await page.evaluate(() => document.documentElement.lang) === lang);
			check(`${name}, ${theme}: direction`,
				await page.evaluate(() => getComputedStyle(document.body).direction) ===
				(lang === "he" ? "rtl" : "ltr"));
			check(`${name}, ${theme}: no script`, await page.locator("script").count() === 0);
			const broken = await page.evaluate(() => [...document.images]
				.filter((i) => !i.complete || i.naturalWidth === 0 || !i.alt).map((i) => i.src));
			check(`${name}, ${theme}: pictures`, broken.length === 0, broken.join(" "));
			const wide = await page.evaluate(() =>
				document.documentElement.scrollWidth - document.documentElement.clientWidth);
			check(`${name}, ${theme}: nothing sticks out`, wide <= 0, `${wide} px`);
			await page.evaluate(axe);
			const found = await page.evaluate(() => axe.run());
			check(`${name}, ${theme}: axe-core`, found.violations.length === 0,
				found.violations.map((v) => `${v.id}: ${v.nodes[0].html}`).join("; "));
			const ids = await page.evaluate(() => {
				const all = [...document.querySelectorAll("[id]")].map((e) => e.id);
				return all.length - new Set(all).size;
			});
			check(`${name}, ${theme}: ids are used once`, ids === 0);
			if (shots)
				await page.screenshot({ path: `${shots}/${lang}-${theme}-${name}.png`, fullPage: true });
		}
		if (theme === "light") {
			await page.goto(url("index.html"));
			const played = await page.evaluate(async () => {
				const out = [];
				for (const a of document.querySelectorAll("audio")) {
					a.muted = true;
					await a.play().catch((e) => out.push(`${a.src}: ${e}`));
					for (let i = 0; i < 100 && !(a.currentTime > 0.1); i++)
						await new Promise((r) => setTimeout(r, 100));
					a.pause();
					if (!(a.currentTime > 0.1) || !(a.duration > 1))
						out.push(`${a.src}: at ${a.currentTime} of ${a.duration}`);
					a.currentTime = a.duration - 1; // seeking
					await new Promise((r) => { a.onseeked = r; setTimeout(r, 3000); });
					if (Math.abs(a.currentTime - (a.duration - 1)) > 0.1) out.push("seek");
				}
				return { n: document.querySelectorAll("audio").length, out };
			});
			check("every excerpt plays and seeks", played.n > 0 && played.out.length === 0,
				played.out.join("; "));
			check("as many excerpts as files",
				played.n === readdirSync(path.join(dir, "audio")).length);
			await page.locator("textarea").first().fill("What would you have said? <b>");
			check("a question can be typed",
				(await page.locator("textarea").first().inputValue()).startsWith("What would"));
			for (const href of await page.locator("a[href]").evaluateAll((l) =>
				l.map((a) => a.getAttribute("href")))) {
				const there = href.startsWith("#")
					? await page.locator(`[id="${href.slice(1)}"]`).count() === 1
					: existsSync(path.join(dir, href));
				check(`link ${href}`, there);
			}
			for (const name of ["index.html", "handout.html"]) {
				await page.goto(url(name));
				const pdf = await page.pdf({ preferCSSPageSize: true,
					path: shots ? `${shots}/${lang}-${name}.pdf` : undefined });
				check(`${name} prints`, pdf.length > 10000, `${pdf.length} bytes`);
			}
		}
		check(`${theme}: no request to anywhere else`, outside.length === 0, outside.join(" "));
		check(`${theme}: nothing failed`, faults.length === 0, faults.join("; "));
		await context.close();
	}
	// without bypassing the page's own policy: it must not stand in the way of itself
	const page = await (await browser.newContext()).newPage();
	const blocked = [];
	page.on("console", (m) => { if (/Content Security|Refused/i.test(m.text())) blocked.push(m.text()); });
	await page.goto(url("index.html"));
	await page.locator("audio").first().evaluate((a) => { a.muted = true; return a.play(); });
	check("its own policy lets it be heard and seen", blocked.length === 0, blocked.join("; "));
} finally {
	await browser.close();
}
console.log(`1..${n}`);
process.exit(failed ? 1 : 0);
