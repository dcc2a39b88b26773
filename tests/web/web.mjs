// SPDX-License-Identifier: GPL-3.0-or-later
// web.mjs - a real browser against a running `undertone serve`, as trainers use it: sign in, filter,
// play and seek, judge by keyboard, a blind session with two raters; every page in both languages
// and themes through axe-core; screenshots of them in $UT_SHOTS. Speaks TAP.
// usage: node web.mjs UNDERTONE REVIEW_FILL SOURCE_ROOT [PACK_ARGS...]
import { chromium } from "playwright-core";
import { createRequire } from "node:module";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [undertone, fill, source] = process.argv.slice(2).map((p) => path.resolve(p));
const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "ut-web-"));
const db = path.join(dir, "calls.db");
const shots = process.env.UT_SHOTS || path.join(dir, "shots");
fs.mkdirSync(shots, { recursive: true });

let n = 0;
let failed = 0;
let faults = [];
async function row(name, fn) {
	faults = [];
	try {
		await fn();
	} catch (e) {
		faults.push(String(e.stack || e).split("\n").slice(0, 4).join(" | "));
	}
	n++;
	failed += faults.length > 0;
	for (const f of faults) console.log(`# [${name}] ${f}`);
	console.log(`${faults.length ? "not " : ""}ok ${n} - ${name}`);
}
function check(ok, what) {
	if (!ok) faults.push(what);
}
const run = (...args) => execFileSync(undertone, args, { encoding: "utf8", cwd: dir });

// ---- calls: the samples, one with a masked part, one with a customer named <script>, and some
// hundred without a sound behind them

function copySample(name, as, change) {
	const sidecar = JSON.parse(fs.readFileSync(path.join(source, "samples", `${name}.json`)));
	const from = fs.readdirSync(path.join(source, "samples")).find((f) => f.startsWith(name + ".") && !f.endsWith(".json"));
	const bytes = fs.readFileSync(path.join(source, "samples", from));
	// another content, so that it is another call: one sample is moved by one step
	if (as !== name) bytes[bytes.length - 1] ^= 1;
	fs.writeFileSync(path.join(dir, as + path.extname(from)), bytes);
	fs.writeFileSync(path.join(dir, `${as}.json`), JSON.stringify({ ...sidecar, ...change }));
}
const evil = "<script>document.title='owned'</script>";
for (const s of ["accepting", "angry", "resigned", "hebrew", "internal", "truncated"]) copySample(s, s, {});
copySample("angry", "evil", { call_id: evil, team: evil, queue: evil, agent_id: evil, customer_key: evil });
copySample("resigned", "masked", { call_id: "sample-masked", masked: [{ start_s: 12, end_s: 16 }] });
run("batch", "--db", db, "--jobs", "2", dir);
execFileSync(fill, [db, "300", "500000"]);
const token = (name, role) => run("user", "add", "--db", db, "--role", role, name).trim().split("\n").pop();
const dana = token("Dana Levi", "admin");
const eyal = token("אייל", "trainer");
const vera = token("Vera", "viewer");
const calls = Object.fromEntries(
	run("findings", "--db", db, "--all", "--json", "--limit", "0")
		.trim()
		.split("\n")
		.map((l) => JSON.parse(l))
		.map((f) => [f.call_id ?? f.file, f.call]),
);

const server = spawn(undertone, ["serve", "--db", db, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
const base = await new Promise((ok, no) => {
	let out = "";
	server.stdout.on("data", (d) => {
		out += d;
		const m = out.match(/http:\/\/[^/ ]+/);
		if (m) ok(m[0]);
	});
	server.on("exit", () => no(new Error("serve did not start: " + out)));
});
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"] });

async function open(options = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", ...options });
	const page = await context.newPage();
	page.setDefaultTimeout(15000);
	page.bad = [];
	page.on("console", (m) => m.type() === "error" && page.bad.push(m.text()));
	page.on("pageerror", (e) => page.bad.push(String(e)));
	page.on("request", (r) => r.url().startsWith(base) || page.bad.push("asked " + r.url()));
	return page;
}
async function signIn(secret, options) {
	const page = await open(options);
	await page.goto(base + "/");
	await page.fill("#token", secret);
	await page.keyboard.press("Enter");
	await page.waitForURL("**/queue");
	return page;
}
async function violations(page) {
	// the page's own policy lets no script in but its own: axe comes through the debugger
	await page.evaluate(axe);
	const r = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
	return r.violations.map((v) => `${v.id}: ${v.nodes.map((x) => x.target.join(" ") + " " + (x.any[0]?.message ?? "")).slice(0, 3).join("; ")}`);
}
// page.waitForFunction would need eval, which the page's policy forbids
async function until(page, fn) {
	for (const end = Date.now() + 15000; !(await page.evaluate(fn).catch(() => false));) {
		if (Date.now() > end) throw new Error("never: " + fn);
		await page.waitForTimeout(50);
	}
}
const settled = (page) => page.waitForLoadState("networkidle");

await row("sign in: a wrong token says so, the right one opens the queue", async () => {
	const page = await open();
	await page.goto(base + "/queue");
	check(page.url().endsWith("/signin"), "not sent to sign in");
	await page.fill("#token", "wrong");
	await page.click("main button");
	check((await page.textContent("[role=alert]")).includes("not valid"), "no word of the wrong token");
	await page.fill("#token", dana);
	await page.click("main button");
	await page.waitForURL("**/queue");
	check((await page.$$("a.open")).length === 25, "not 25 calls");
	const cookies = await page.context().cookies();
	const session = cookies.find((c) => c.name === "ut_session");
	check(session && session.httpOnly && session.sameSite === "Strict", "the cookie is open");
	check((await page.evaluate(() => document.cookie)).indexOf("ut_session") < 0, "a script sees the cookie");
	await page.context().close();
});

await row("filter: team and tone, then good examples, kept in the address", async () => {
	const page = await signIn(dana);
	await page.selectOption("#f-team", "team 3");
	await page.selectOption("#f-tone", "angry");
	await page.selectOption("#f-share", "0");
	await page.click("form[role=search] button");
	check(page.url().includes("team=team+3") && page.url().includes("tone=angry"), "not in the address");
	const teams = await page.$$eval("tbody tr", (t) => t.map((r) => [r.children[3].textContent, r.children[0].textContent]));
	check(teams.length > 0 && teams.every(([a, b]) => a === "team 3" && b.startsWith("angry")), JSON.stringify(teams));
	await page.selectOption("#f-tone", "");
	await page.selectOption("#f-list", "recoveries");
	await page.click("form[role=search] button");
	const good = await page.$$eval("tbody tr", (t) => t.map((r) => r.children[0].textContent));
	check(good.length > 0 && good.every((t) => t.includes("Strong recovery")), JSON.stringify(good));
	await page.goto(base + "/queue?share=20");
	const share = await page.$$eval("tbody tr", (t) => t.filter((r) => r.querySelector(".badge.info")).length);
	check(share >= 5, `${share} good examples of 25, not 5`);
	const first = await page.$$eval("a.open", (a) => a.map((x) => x.href));
	await page.click("a[rel=next]");
	const second = await page.$$eval("a.open", (a) => a.map((x) => x.href));
	check(second.length > 0 && !second.some((h) => first.includes(h)), "the next page repeats the first");
	check(page.bad.length === 0, page.bad.join("; "));
	await page.context().close();
});

await row("play the closing and seek in it; the whole call; what is masked is silent", async () => {
	const page = await signIn(vera);
	await page.goto(`${base}/call/${calls["sample-resigned"]}`);
	await page.keyboard.press(" ");
	await until(page, () => document.querySelector("#excerpt").currentTime > 0.3);
	await page.keyboard.press("ArrowRight");
	await until(page, () => document.querySelector("#excerpt").currentTime > 5);
	await page.evaluate(() => { document.querySelector("#excerpt").currentTime = 11; });
	await until(page, () => document.querySelector("#excerpt").currentTime >= 11 && !document.querySelector("#excerpt").seeking);
	const length = await page.evaluate(() => document.querySelector("#excerpt").duration);
	check(length > 12 && length < 20, `an excerpt of ${length} s`);
	await page.keyboard.press(" ");
	check(await page.evaluate(() => document.querySelector("#excerpt").paused), "space does not pause");
	await page.click("details summary");
	await page.evaluate(() => { const w = document.querySelector("#whole"); w.currentTime = 20; return w.play(); });
	await until(page, () => document.querySelector("#whole").currentTime > 20.2);
	check((await page.evaluate(() => document.querySelector("img.voice").naturalWidth)) > 0, "no picture of the voice");
	// the masked call, decoded by the browser: silence between 12 s and 16 s, sound elsewhere
	await page.goto(`${base}/call/${calls["sample-masked"]}`);
	const rms = await page.evaluate(async () => {
		const bytes = await (await fetch(document.querySelector("#whole").src)).arrayBuffer();
		const sound = await new OfflineAudioContext(1, 8000, 8000).decodeAudioData(bytes);
		const x = sound.getChannelData(0);
		const part = (a, b) => {
			let s = 0;
			for (let i = Math.floor(a * 8000); i < b * 8000; i++) s += x[i] * x[i];
			return Math.sqrt(s / (8000 * (b - a)));
		};
		return [part(12.1, 15.9), part(6, 12)];
	});
	check(rms[0] < 1e-4 && rms[1] > 1e-3, `masked ${rms[0]}, elsewhere ${rms[1]}`);
	check((await page.$$(".s-mask")).length > 0, "the mask is not drawn");
	check(page.bad.length === 0, page.bad.join("; "));
	await page.context().close();
});

await row("a byte range is answered as one", async () => {
	const page = await signIn(vera);
	const url = `${base}/call/${calls["sample-angry"]}/excerpt.wav`;
	const all = await (await page.request.get(url)).body();
	const part = await page.request.get(url, { headers: { Range: "bytes=100-199" } });
	check(part.status() === 206 && part.headers()["content-range"] === `bytes 100-199/${all.length}`, "no range");
	check(Buffer.compare(await part.body(), all.subarray(100, 200)) === 0, "other bytes");
	const tail = await page.request.get(url, { headers: { Range: "bytes=-50" } });
	check(Buffer.compare(await tail.body(), all.subarray(-50)) === 0, "another tail");
	const past = await page.request.get(url, { headers: { Range: `bytes=${all.length}-` } });
	check(past.status() === 416, `past the end: ${past.status()}`);
	const whole = `${base}/call/${calls["sample-angry"]}/whole.wav`;
	const full = await (await page.request.get(whole)).body();
	const piece = await page.request.get(whole, { headers: { Range: "bytes=50001-60000" } });
	check(piece.status() === 206 && Buffer.compare(await piece.body(), full.subarray(50001, 60001)) === 0, "another piece of the call");
	await page.context().close();
});

await row("judge by keyboard alone: from the list to the verdict and on", async () => {
	const page = await signIn(eyal, { locale: "en-GB" });
	await page.keyboard.press("j");
	await page.keyboard.press("j");
	const href = await page.evaluate(() => document.activeElement.getAttribute("href"));
	check(href && href.startsWith("/call/"), "j does not walk the list");
	await page.keyboard.press("Enter");
	await page.waitForURL("**/call/**");
	const shown = (await page.textContent("h1 + p .badge")).trim();
	await page.keyboard.press("n");
	await page.keyboard.type("heard it twice, j and a are letters here");
	await page.keyboard.press("Escape");
	await page.check("input[value=long-wait]");
	await page.keyboard.press("a");
	await page.waitForURL(/saved=1/);
	check((await page.textContent("[role=status]")).includes("saved"), "not saved");
	const mine = await page.textContent(".verdicts li");
	check(mine.includes(shown) && mine.includes("long wait") && mine.includes("heard it twice"), mine);
	await page.keyboard.press("g");
	await until(page, () => document.querySelectorAll(".verdicts li").length === 2);
	await page.waitForLoadState();
	const before = page.url();
	await page.keyboard.press("j");
	await page.waitForURL((u) => u.href !== before);
	check(page.url().includes("/call/"), "j does not go to the next call");
	await page.keyboard.press("l");
	await page.waitForURL("**/queue**");
	await page.keyboard.press("?");
	await page.waitForSelector("dialog[open]");
	await page.keyboard.press("Escape");
	check((await page.$("dialog[open]")) === null, "Escape does not close the help");
	check(page.bad.length === 0, page.bad.join("; "));
	await page.context().close();
});

await row("keys work under a Hebrew layout", async () => {
	const page = await signIn(eyal, { locale: "he-IL" });
	check((await page.getAttribute("html", "dir")) === "rtl", "not right to left");
	await page.evaluate(() => document.dispatchEvent(new KeyboardEvent("keydown", { key: "ח", code: "KeyJ", bubbles: true })));
	check(await page.evaluate(() => document.activeElement.classList.contains("open")), "the key beside K");
	await page.context().close();
});

await row("a viewer cannot judge", async () => {
	const page = await signIn(vera);
	await page.goto(`${base}/call/${calls["sample-angry"]}`);
	check((await page.$("#verdict")) === null, "a form");
	await page.keyboard.press("a");
	check(!page.url().includes("saved"), "a verdict");
	await page.context().close();
});

await row("a customer named <script> is a name", async () => {
	const page = await signIn(dana);
	await page.goto(`${base}/call/${calls[evil]}`);
	check((await page.title()) !== "owned", "it ran");
	check((await page.textContent("h1")).includes(evil), "it is not shown");
	await page.goto(base + "/queue?team=" + encodeURIComponent(evil));
	check((await page.$$("a.open")).length === 1 && (await page.title()) !== "owned", "the filter");
	check(page.bad.length === 0, page.bad.join("; "));
	await page.context().close();
});

await row("an internal call has no tone, score or verdict, and no picture of a voice", async () => {
	const page = await signIn(dana);
	await page.goto(`${base}/call/${calls["sample-internal"]}`);
	const text = await page.textContent("main");
	check((await page.$$("#verdict, .scores, ul.evidence, img.voice, .badge.angry, .badge.resigned, .badge.accepting")).length === 0, "something of a tone");
	check(!/resigned|angry/.test(text.replace(/No emotion.*/, "")), "a word of a tone");
	await page.context().close();
});

await row("a blind session with two raters, and their agreement", async () => {
	const boss = await signIn(dana);
	await boss.goto(base + "/sessions");
	await boss.fill("#name", "Week 48");
	await boss.fill("#n", "6");
	await boss.selectOption("#f-team", "team 5");
	await boss.click("form.card button");
	await boss.waitForURL("**/sessions/1");
	const other = await signIn(eyal);
	// both say what the first letter of a fixed row says; they differ in one call of six
	const say = { boss: "frgfrg", other: "frgfrf" };
	for (const [who, page] of [["boss", boss], ["other", other]]) {
		await page.goto(base + "/sessions/1");
		for (const key of say[who]) {
			await page.click("#next-blind");
			await page.waitForURL("**/call/**");
			check((await page.$$(".scores, ul.evidence, h1 + p .badge.angry, h1 + p .badge.resigned, h1 + p .badge.accepting")).length === 0, "the score shows");
			check((await page.$("[data-keys=a]")) === null, "agreement with what is hidden");
			await page.keyboard.press(key);
			await page.waitForURL(/saved=1/);
			check((await page.$$(".scores")).length === 1, "the score stays hidden");
		}
		await page.goto(base + "/sessions/1");
		check((await page.$("#alpha")) === null, "agreement before the end");
	}
	await boss.goto(base + "/sessions/1");
	await boss.click("main form button");
	await boss.waitForURL("**/sessions/1");
	// 6 calls, 12 values: f 5, r 4, g 3; 5 of 6 pairs agree: 1 - 11 * 2 / (12^2 - 25 - 16 - 9)
	const alpha = parseFloat(await boss.textContent("#alpha"));
	check(Math.abs(alpha - (1 - 22 / 94)) < 0.006, `alpha ${alpha}`);
	check((await boss.textContent("main table")).includes("אייל"), "the other rater is not named");
	await boss.context().close();
	await other.context().close();
});

await row("every page, both languages, both themes, wide and narrow: axe finds nothing", async () => {
	for (const lang of ["en", "he"])
		for (const scheme of ["light", "dark"])
			for (const width of [1280, 390]) {
				const page = await open({ colorScheme: scheme, viewport: { width, height: 900 } });
				const look = async (name, address) => {
					await page.goto(base + address);
					await settled(page);
					await page.screenshot({ path: path.join(shots, `${name}-${lang}-${scheme}-${width}.png`), fullPage: true });
					for (const v of await violations(page)) faults.push(`${name} ${lang} ${scheme} ${width}: ${v}`);
				};
				await look("signin", `/signin?lang=${lang}`);
				await page.fill("#token", dana);
				await page.click("main button");
				await page.waitForURL("**/queue");
				await look("queue", "/queue");
				await look("call", `/call/${calls["sample-resigned"]}`);
				await look("masked", `/call/${calls["sample-masked"]}`);
				await look("internal", `/call/${calls["sample-internal"]}`);
				await look("sessions", "/sessions");
				await look("session", "/sessions/1");
				await look("help", "/help");
				check(page.bad.length === 0, page.bad.join("; "));
				check((await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)), `${lang} ${width}: wider than the screen`);
				await page.context().close();
			}
});

await row("without JavaScript: read, filter, judge", async () => {
	const page = await signIn(eyal, { javaScriptEnabled: false });
	await page.selectOption("#f-team", "team 2");
	await page.click("form[role=search] button");
	await page.click("a.open");
	await page.click("#verdict button[data-keys=f]");
	await page.waitForURL(/saved=1/);
	check((await page.textContent("[role=status]")).includes("saved"), "not saved");
	await page.context().close();
});

await row("a workshop pack of the list, opened from the disk without a network", async () => {
	const page = await signIn(eyal);
	await page.goto(base + "/queue?team=north");
	const [download] = await Promise.all([page.waitForEvent("download", { timeout: 60000 }), page.click("#pack")]);
	const zip = path.join(dir, "pack.zip");
	await download.saveAs(zip);
	execFileSync("python3", ["-m", "zipfile", "-e", zip, path.join(dir, "pack")]);
	const offline = await browser.newContext({ offline: true });
	const local = await offline.newPage();
	const asked = [];
	local.on("request", (r) => r.url().startsWith("file:") || asked.push(r.url()));
	await local.goto(pathToFileURL(path.join(dir, "pack", "undertone-pack", "index.html")).href);
	const sounds = await local.$$eval("audio", (a) => a.length);
	check(sounds >= 2, `${sounds} excerpts`);
	await local.evaluate(() => document.querySelector("audio").play());
	for (let i = 0; i < 100 && !(await local.evaluate(() => document.querySelector("audio").currentTime > 0.2)); i++) await local.waitForTimeout(50);
	check(await local.evaluate(() => document.querySelector("audio").currentTime > 0.2), "it does not play");
	check(asked.length === 0, "asked " + asked.join(" "));
	const text = await local.textContent("body");
	check(!text.includes("a17") && !text.includes("אייל"), "a name is in it");
	const viewer = await signIn(vera);
	check((await viewer.$("#pack")) === null, "a viewer is offered a pack");
	await offline.close();
	await viewer.context().close();
	await page.context().close();
});

await row("the record of access has it all", async () => {
	const page = await signIn(dana);
	const [download] = await Promise.all([page.waitForEvent("download"), page.click("a[download]")]);
	check((await fs.promises.readFile(await download.path(), "utf8")).startsWith("call,call_key,"), "no CSV");
	const log = run("runs", "--db", db, "--audit", "--limit", "0");
	for (const word of ["sign-in", "listen", "verdict", "export", "read"]) check(log.includes(word), `no ${word}`);
	check(log.includes("אייל") || log.includes("\\x"), "no name");
	await page.context().close();
});

server.kill("SIGTERM");
await new Promise((ok) => server.on("exit", ok));
await browser.close();
fs.rmSync(dir, { recursive: true, force: true });
console.log(`1..${n}`);
process.exit(failed ? 1 : 0);
