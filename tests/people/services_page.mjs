// The services in Chromium: logs in, asks each of them, axe-core at two widths; every request to another host, every error.
// node services_page.mjs MODULES BROWSER URL PASSWORD ASKED [FOLDER FOR PICTURES]  ->  one JSON object on standard output
// ASKED: JSON, service -> parameter -> what is typed.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [modules, browserPath, url, password, asked, pictures] = process.argv.slice(2);
const require = createRequire(path.join(modules, "node_modules", "x.js"));
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"] });
const found = { faults: [], foreign: [], errors: [], overflow: [], rows: {}, headings: [] };
for (const [person, width, scripts] of [["Asha", 1366, true], ["Counter", 390, false]]) {
  const context = await browser.newContext({ viewport: { width, height: 800 }, bypassCSP: true });
  const page = await context.newPage();
  page.on("request", (r) => { if (!r.url().startsWith(url) && !r.url().startsWith("data:")) found.foreign.push(r.url()); });
  page.on("pageerror", (e) => found.errors.push(String(e)));
  const look = async (name) => {
    found.overflow.push(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth));
    await page.evaluate(axe);
    const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    for (const v of result.violations) found.faults.push([name, width, v.id, ...v.nodes.map((n) => n.html.slice(0, 160))]);
    if (pictures) await page.screenshot({ path: path.join(pictures, `${name}-${person}.png`), fullPage: true });
  };
  if (!scripts) await page.route("**/*.js", (r) => r.abort());
  await page.goto(`${url}/login`);
  await page.fill("#name", person);
  await page.fill("#password", password);
  await page.click("button.main");
  await page.goto(`${url}/ask`);
  found.headings.push(await page.textContent("h1"));
  await look("services");
  for (const [service, given] of Object.entries(JSON.parse(asked))) {
    await page.goto(`${url}/ask/${service}`);
    for (const [name, text] of Object.entries(given)) await page.fill(`#given-${name}`, text);
    await page.fill("#why", "case 12/2012");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#found");
    found.rows[`${person} ${service}`] = await page.locator("tbody tr").count();
    await look(service);
  }
  await context.close();
}
await browser.close();
console.log(JSON.stringify(found));
