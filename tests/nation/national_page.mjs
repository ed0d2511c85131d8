// Opens a page in Chromium: axe-core in light and dark, at two widths; every request; then by keyboard alone down to a station.
// node national_page.mjs MODULES BROWSER URL  ->  one JSON object on standard output
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [modules, browserPath, url] = process.argv.slice(2);
const require = createRequire(path.join(modules, "node_modules", "x.js"));
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"] });
const found = { faults: [], requests: [], errors: [], overflow: [], keyboard: {} };
for (const [width, height] of [[1366, 768], [390, 844]]) {
  const page = await browser.newPage({ viewport: { width, height } });
  page.on("request", (r) => { if (r.url() !== url) found.requests.push(r.url()); });
  page.on("pageerror", (e) => found.errors.push(String(e)));
  page.on("console", (m) => { if (m.type() === "error") found.errors.push(m.text()); });
  await page.goto(url);
  found.overflow.push(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth));
  await page.evaluate(axe);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    for (const v of result.violations) if (["serious", "critical"].includes(v.impact)) found.faults.push([width, colorScheme, v.id, ...v.nodes.map((n) => n.html.slice(0, 200))]);
  }
  await page.close();
}
const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
await page.goto(url);
const active = () => page.evaluate(() => { const e = document.activeElement; const s = getComputedStyle(e); return { id: e.id, text: e.textContent.trim(), inside: !!e.closest("#places tbody"), head: !!e.closest("#table ~ div th"), outline: s.outlineStyle + s.outlineWidth }; });
const tabTo = async (wanted) => { for (let i = 0; i < 3000; i++) { await page.keyboard.press("Tab"); const e = await active(); if (wanted(e)) return e; } throw new Error("not reached by Tab"); };
const columns = () => page.evaluate(() => Array.from(document.querySelectorAll("#table ~ div thead th")).filter((h) => h.offsetWidth).length);
found.keyboard.beside = await page.evaluate(() => { const box = document.querySelector("#table ~ div.scroll"); return box.scrollWidth - box.clientWidth; });
found.keyboard.columns = [await columns()];
await tabTo((e) => e.id === "more-columns");
await page.keyboard.press("Space");
found.keyboard.columns.push(await columns());
await page.emulateMedia({ media: "print" });
await page.keyboard.press("Space");
found.keyboard.columns.push(await columns());
await page.emulateMedia({ media: "screen" });
found.keyboard.focus = (await tabTo((e) => e.head)).outline;
await page.keyboard.press("Enter");
found.keyboard.sorted = await page.evaluate(() => document.querySelectorAll("#table ~ div th[aria-sort]").length);
found.keyboard.state = (await tabTo((e) => e.inside)).text;
await page.keyboard.press("Enter");
found.keyboard.district = (await tabTo((e) => e.inside)).text;
await page.keyboard.press("Enter");
found.keyboard.trail = await page.evaluate(() => Array.from(document.querySelectorAll("#trail > *"), (e) => e.textContent));
found.keyboard.chart = await page.evaluate(() => document.querySelectorAll("#places figure svg[role=img] polyline").length);
found.keyboard.stations = await page.evaluate(() => document.querySelectorAll("#places tbody tr").length);
const [download] = await Promise.all([page.waitForEvent("download"), page.click("[data-save=places]")]);
found.places = fs.readFileSync(await download.path(), "utf8");
const [shares] = await Promise.all([page.waitForEvent("download"), page.click("[data-save=figures]")]);
found.figures = fs.readFileSync(await shares.path(), "utf8");
await browser.close();
console.log(JSON.stringify(found));
