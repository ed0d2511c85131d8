// Keys in Chromium and times it: node station.mjs MODULES BROWSER URL NAME PASSWORD WHAT [COUNT] [PAUSE_MS]
// WHAT: "paint" (first paint and bytes of the keying page), "keys" (Enter to the next field painted), "on" (key until a
// line comes on standard input, then wait until all is saved; "keying" is said when it begins). One JSON object on
// standard output.
import path from "node:path";
import readline from "node:readline";
import { createRequire } from "node:module";

const [modules, executablePath, url, name, password, what, count = "500", pause = "40"] = process.argv.slice(2);
const { chromium } = createRequire(path.join(modules, "node_modules", "x.js"))("playwright-core");
const args = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"];
const browser = await chromium.launch({ executablePath, args });
const context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
// From the key's own time stamp to the first task behind the frame in which the next field stands.
await context.addInitScript(() => {
  globalThis.times = [];
  globalThis.given = [];
  addEventListener("keydown", (event) => {
    if (event.code !== "Enter") return;
    const before = document.getElementById("keying")?.dataset.at;
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = () => {
        const now = performance.now();
        if (document.getElementById("keying").dataset.at !== before) globalThis.times.push(now - event.timeStamp);
      };
      after.port2.postMessage(0);
    });
  }, true);
  const keep = Storage.prototype.setItem;
  Storage.prototype.setItem = function (key, value) {
    const found = /^review:.*:answer:(.+)$/.exec(key);
    if (found) globalThis.given.push(found[1]);
    return keep.call(this, key, value);
  };
});
const page = await context.newPage();
await page.goto(`${url}/login`);
await page.fill("#name", name);
await page.fill("#password", password);
await Promise.all([page.waitForURL(`${url}/`), page.click("button.main")]);

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const open = () => page.waitForSelector("#keying[data-state=open]", { timeout: 60000 });
const say = (found) => console.log(JSON.stringify(found));

if (what === "paint") {
  const sizes = new Map();
  const paints = [];
  for (let n = 0; n < Number(count); n++) {
    // A new context keeps nothing: the page comes as for the first time.
    const fresh = await browser.newContext({ viewport: { width: 1366, height: 768 }, storageState: await context.storageState() });
    const one = await fresh.newPage();
    one.on("response", async (answer) => { const body = await answer.body().catch(() => null); if (body) sizes.set(new URL(answer.url()).pathname, body.length); });
    await one.goto(`${url}/key?order=page`);
    await one.waitForSelector("#keying[data-state=open] .stage img");
    paints.push(await one.evaluate(async () => {
      await document.querySelector(".stage img").decode();
      return new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()), 0)));
    }));
    await fresh.close();
  }
  say({ paints, sizes: Object.fromEntries(sizes) });
} else {
  await page.goto(`${url}/key?order=page`);
  await open();
  await sleep(500);
  let ended = what !== "on";
  if (what === "on") console.log("keying");
  if (what === "on") readline.createInterface({ input: process.stdin }).once("line", () => { ended = true; });
  for (let n = 0; n < Number(count) && (what !== "on" || !ended); n++) {
    await page.keyboard.press("Enter");
    await sleep(Number(pause));
    // What was not prefilled is keyed.
    const asks = await page.evaluate(() => { const k = document.getElementById("keying"); return k.dataset.state !== "open" ? "wait" : document.activeElement?.value === "" ? "empty" : ""; });
    if (asks === "empty") await page.keyboard.press("F6");
    if (asks === "wait") {
      if (await page.evaluate(() => document.getElementById("keying").dataset.state) === "done") break;
      await sleep(100);
    }
  }
  // No waitForFunction: the pages' policy forbids it to make a function of a text.
  const waiting = () => page.evaluate(() => document.getElementById("unsent").dataset.waiting);
  for (let n = 0; n < 600 && (await waiting()) !== "0"; n++) await sleep(200);
  say(await page.evaluate(() => ({ times: globalThis.times, given: globalThis.given, waiting: Number(document.getElementById("unsent").dataset.waiting), saved: Number(document.getElementById("unsent").dataset.saved) })));
}
await browser.close();
