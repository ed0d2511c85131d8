// Corrects a register in Chromium: axe-core, a stray rule taken away, rules moved by pointer and keys, a column divided.
// node register_editor.mjs MODULES BROWSER URL  ->  one JSON object on standard output
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [modules, browserPath, url] = process.argv.slice(2);
const require = createRequire(path.join(modules, "node_modules", "x.js"));
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"] });
const found = { faults: [], foreign: [], errors: [], overflow: [] };
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, bypassCSP: true });
page.setDefaultTimeout(60000);
page.on("request", (r) => { if (!r.url().startsWith(url)) found.foreign.push(r.url()); });
page.on("pageerror", (e) => found.errors.push(String(e)));
page.on("dialog", (d) => d.accept());
await page.goto(url);
const said = (text) => page.waitForFunction((t) => document.getElementById("said").textContent.includes(t), text);
const ids = () => page.$$eval("#columns input[aria-label^='Id']", (all) => all.map((e) => e.value));
const rules = () => page.$$eval(".rule", (all) => all.map((e) => Number(e.getAttribute("aria-valuenow"))));
await said("rows,");
found.first = { ids: await ids(), rules: await rules() };
await page.evaluate(axe);
for (const colorScheme of ["light", "dark"]) {
  await page.emulateMedia({ colorScheme });
  const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  for (const v of result.violations) if (["serious", "critical"].includes(v.impact)) found.faults.push([colorScheme, v.id, ...v.nodes.map((n) => n.html.slice(0, 200))]);
}
found.overflow.push(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth));
found.picture = await page.evaluate(() => document.getElementById("sheet").naturalWidth);

// A stroke that was taken for a rule goes; then one rule is dragged aside and back by keys.
const stray = found.first.rules.findIndex((x, i) => i && i < found.first.rules.length - 1 && Math.abs(x - Number(process.argv[5])) < 12);
await page.locator(".rule").nth(stray).focus();
await page.keyboard.press("Delete");
found.without = { ids: await ids(), rules: await rules() };
const box = await page.locator(".rule").nth(1).boundingBox();
const scale = await page.evaluate(() => document.getElementById("rules").clientWidth / document.getElementById("rules").viewBox.baseVal.width);
await page.mouse.move(box.x + box.width / 2, 500);
await page.mouse.down();
await page.mouse.move(box.x + box.width / 2 + 40 * scale, 500, { steps: 4 });
await page.mouse.up();
found.dragged = (await rules())[1];
await page.locator(".rule").nth(1).focus();
for (let i = 0; i < 4; i++) await page.keyboard.press("Shift+ArrowLeft");
found.back = (await rules())[1];
// Outermost rules stay.
await page.locator(".rule").first().focus();
await page.keyboard.press("Delete");
found.outer = [(await rules()).length, await page.textContent("#said")];
// A column is divided and joined again.
await page.click("#columns tr:nth-child(2) button");
found.divided = await ids();
await page.locator(".rule").nth(2).focus();
await page.keyboard.press("Delete");
// What no file may hold is told in words, and nothing is lost.
const first = page.locator("#columns input[aria-label='Id of column 1']");
await first.fill("Beat No");
await first.press("Tab");
await page.click("#try");
await said("Beat No");
found.fault = await page.textContent("#said");
await first.fill("beat_no");
await first.press("Tab");
await page.selectOption("#columns select[aria-label='Kind of column 2']", "block");
await page.click("#try");
await said("Read again:");
found.tried = { ids: await ids(), rules: await rules(), said: await page.textContent("#said") };
// Another page, with the columns as they are.
await page.selectOption("#page", "1");
await said("as they are");
found.other = { ids: await ids(), said: await page.textContent("#said") };
await page.click("#save");
await said("Saved.");
found.saved = await page.textContent("#said");
await browser.close();
console.log(JSON.stringify(found));
