// What the scripts of the station's tests share: Chromium, a person who logs in, what axe-core says, and waiting.
// start(ARGUMENTS)  ->  {url, found, logIn, look, picture, ...}; ARGUMENTS: MODULES BROWSER URL PASSWORD [FOLDER FOR PICTURES]
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

export const WIDE = { width: 1366, height: 768 }, ZOOMED = { width: 683, height: 384 };

export async function start([modules, executablePath, url, password, pictures]) {
  const require = createRequire(path.join(modules, "node_modules", "x.js"));
  const { chromium } = require("playwright-core");
  const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"] });
  const found = { faults: [], errors: [], foreign: [], overflow: [], typed: [] };

  /** A tab that notes its errors and requests to other hosts. */
  async function openTab(context) {
    const page = await context.newPage();
    page.on("request", (r) => { if (!r.url().startsWith(url)) found.foreign.push(r.url()); });
    page.on("pageerror", (e) => found.errors.push(String(e)));
    page.on("console", (m) => { if (m.type() === "error") found.errors.push(m.text()); });
    return page;
  }

  async function logIn(name) {
    const page = await openTab(await browser.newContext({ viewport: WIDE }));
    await page.goto(`${url}/login`);
    await page.fill("#name", name);
    await page.fill("#password", password);
    await Promise.all([page.waitForURL(`${url}/`), page.keyboard.press("Enter")]);
    return page;
  }

  /** A picture of what stands there, where somebody wants to look. */
  async function picture(page, where) {
    if (pictures) await page.screenshot({ path: path.join(pictures, `${where.replaceAll(" ", "-")}.png`) });
  }

  /** Faults that axe finds in what stands there, and whether anything is cut off at the side, at 200 % zoom too. */
  async function look(page, where) {
    await picture(page, where);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    for (const v of violations) if (["serious", "critical"].includes(v.impact)) found.faults.push([where, v.id, v.nodes[0].html.slice(0, 200)]);
    for (const size of [ZOOMED, WIDE]) {
      await page.setViewportSize(size);
      const beside = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (beside > 0) found.overflow.push([where, size.width, beside]);
    }
  }

  const end = async () => { await browser.close(); console.log(JSON.stringify(found)); };
  return { url, found, openTab, logIn, look, picture, end };
}

export const state = (page) => page.evaluate(() => {
  const k = document.getElementById("keying"), box = document.activeElement;
  return { state: k.dataset.state, at: Number(k.dataset.at), item: k.dataset.item, value: box.value ?? "", lang: box.lang, label: document.querySelector(".is-in-turn .label, .one .label")?.textContent };
});
export const saved = async (page) => { for (let n = 0; n < 300 && await page.evaluate(() => document.getElementById("unsent").dataset.waiting) !== "0"; n++) await page.waitForTimeout(50); };
// Nothing is kept before its picture is there.
export const pictured = (page) => page.waitForFunction(() => Array.from(document.querySelectorAll(".stage img, #beside img")).every((i) => i.complete));
export const ready = async (page) => { await page.waitForSelector("#keying[data-state=open]"); await pictured(page); };
