// A day at the review station in Chromium: node station_pages.mjs MODULES BROWSER URL PASSWORD [FOLDER FOR PICTURES]  ->  one JSON object.
import fs from "node:fs";
import { pictured, ready, saved, start, state } from "./station_browser.mjs";

const { url, found, logIn, look, end } = await start(process.argv.slice(2));
const ask = (page, address) => page.evaluate(async (a) => (await fetch(a)).json(), address);

const layout = JSON.parse(fs.readFileSync(new URL("../../digitize/review/station/static/layouts/Deva.json", import.meta.url)));
const places = new Map();
for (const [code, levels] of Object.entries(layout.keys)) levels.slice(0, 2).forEach((text, shift) => { if (text && !places.has(text)) places.set(text, (shift ? "Shift+" : "") + code); });
async function typeHindi(page, text) { for (const letter of text.normalize("NFD")) await page.keyboard.press(places.get(letter)); }

const bala = await logIn("Bala");
// The carpet: one value is mended, one Enter keeps all.
await bala.goto(`${url}/carpet?field=year`);
await ready(bala);
await look(bala, "carpet");
const cells = await bala.evaluate(() => document.querySelectorAll("#grid .answer").length);
await bala.keyboard.press("ArrowRight");
await bala.keyboard.type("2024");
await bala.keyboard.press("Enter");
found.notYet = await bala.evaluate(() => document.getElementById("unsent").dataset.saved);
for (let n = 0; n < 6 && (await state(bala)).state === "open"; n++) await bala.keyboard.press("Enter");
await saved(bala);
found.carpet = [cells, Number(await bala.evaluate(() => document.getElementById("unsent").dataset.saved))];

const asha = await logIn("Asha");
await look(asha, "home");

// Somebody else settles the field that stands on Asha's screen: both values are shown, and a third person decides.
await asha.goto(`${url}/key?order=field&field=persons.relative_name&language=hi`);
await ready(asha);
const mine = await state(asha);
const { record } = (await ask(asha, "/api/next?order=field&field=persons.relative_name&language=hi&n=40")).items.find((i) => i.id === mine.item);
await bala.evaluate(async ([item, value]) => {
  const token = document.querySelector("meta[name=csrf]").content;
  const answer = { client: "bala-was-quicker", item, version: 0, verdict: "value", value, note: "", active_ms: 1, keys: 1, sure: true };
  await fetch("/api/answers", { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF": token }, body: JSON.stringify({ answers: [answer] }) });
}, [mine.item, "राम नमूना"]);
await asha.keyboard.press("Enter");
await saved(asha);
await asha.waitForSelector(".notice-conflict");
found.conflict = await asha.evaluate(() => Array.from(document.querySelectorAll(".notice-conflict dd"), (e) => e.textContent));
found.mine = mine.value;

// A clerk keys thirty fields in Hindi with the layout that the page itself has.
await asha.goto(`${url}/key?order=page&language=hi`);
await ready(asha);
await look(asha, "key");

// A key that is held down and a double click keep the field that was read, and not those behind it that nobody saw.
found.once = [];
for (const twice of [async () => { await asha.keyboard.down("F7"); await asha.keyboard.down("F7"); await asha.keyboard.up("F7"); }, () => asha.dblclick("[data-do=illegible]")]) {
  await asha.waitForTimeout(600);   // longer than a double click
  const { at } = await state(asha);
  await twice();
  found.once.push((await state(asha)).at - at);
  await asha.keyboard.press("Control+KeyZ");
}
await saved(asha);
const WORDS = ["गाँव का बाज़ार", "राम प्रसाद", "थाना", "श्री कृष्ण", "खेत में"];
let way = false;
for (let n = 0; found.typed.length < 30 && n < 200; n++) {
  const now = await state(asha);
  if (now.state !== "open") { await asha.waitForTimeout(100); continue; }
  await pictured(asha);
  if (!now.value) {
    if (!way) { await asha.keyboard.press("Alt+KeyK"); way = true; }
    const word = WORDS[found.typed.length % WORDS.length];
    await typeHindi(asha, word);
    found.typed.push([now.item, await asha.evaluate(() => document.activeElement.value)]);
  }
  await asha.keyboard.press("Enter");
  // What stands in no list is asked a second time.
  if ((await state(asha)).item === now.item) { await typeHindi(asha, WORDS[(found.typed.length - 1) % WORDS.length]); await asha.keyboard.press("Enter"); }
}
await saved(asha);

// Three answers are taken back, and given again.
found.undone = [];
asha.on("response", async (r) => { if (r.url().endsWith("/api/undo")) found.undone.push((await r.json()).state); });
for (let n = 0; n < 3; n++) await asha.keyboard.press("Control+KeyZ");
await saved(asha);
for (let n = 0; n < 3; n++) await asha.keyboard.press("Enter");
await saved(asha);

// A server that does not answer stops nobody; nothing is lost when the page is left meanwhile.
await asha.route("**/api/answers", (r) => r.abort());
for (let n = 0; n < 4; n++) await asha.keyboard.press("F7");
found.kept = await asha.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith("review:Asha:")).length);
await asha.unroute("**/api/answers");
await asha.reload();
await ready(asha);
await saved(asha);
found.keptLater = await asha.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith("review:Asha:")).length);
found.errors = found.errors.filter((e) => !e.includes("ERR_FAILED"));

// A page at a time: Urdu from right to left, one Enter keeps what has a value.
await bala.goto(`${url}/page/next`);
await ready(bala);
await look(bala, "page");
await bala.goto(`${url}/key?order=page&language=ur`);
await ready(bala);
found.urdu = await bala.evaluate(() => [document.activeElement.dir, document.activeElement.lang, getComputedStyle(document.activeElement).fontFamily.includes("Arab")]);
await look(bala, "key in Urdu");
// What is left for later comes again at the end.
const { item: left } = await state(bala);
for (let n = 0; n < 60; n++) {
  await bala.keyboard.press("PageDown");
  await bala.waitForTimeout(20);
  const now = await state(bala);
  found.again = [now.state, now.item === left];
  if (now.item === left) break;
}

// What was typed and not kept stands there again when the page was left by mistake.
await asha.goto(`${url}/key?order=page&language=hi`);
await ready(asha);
await asha.keyboard.press("Control+KeyA");
await asha.keyboard.insertText("एक लंबा पाठ");
await asha.goto(`${url}/`);
await asha.goBack();
await ready(asha);
found.typedBefore = (await state(asha)).value;
await asha.keyboard.press("Escape");
found.typedReverted = (await state(asha)).value;

// The supervisor decides, signs the batch off, and opens a value again.
const sita = await logIn("Sita");
await sita.goto(`${url}/disagreements`);
await look(sita, "disagreements");
const form = sita.locator(`form[data-settle]`).filter({ hasText: "राम नमूना" });
await form.getByText("राम नमूना").click();
await form.locator("button.main").click();
await sita.waitForSelector(".is-settled");
found.settled = await form.locator(".outcome").textContent();
await sita.goto(`${url}/quality`);
await look(sita, "quality");
await sita.locator("button[value=signed-off]").first().click();
// Hardly anything was checked: it is asked once more, with the numbers.
await sita.waitForSelector("form[role=alert]");
await look(sita, "quality-asked");
await sita.locator("form[role=alert] button").click();
await sita.waitForSelector(".state-signed-off");
await sita.goto(`${url}/record/${encodeURIComponent(record)}`);
await look(sita, "record");
const row = sita.locator("tr").filter({ hasText: "राम नमूना" }).first();
const openBefore = await sita.locator("input[name=reason]").count();
await row.locator("input[name=reason]").fill("The book was read again");
await row.locator("button").click();
await sita.waitForLoadState();
found.reopened = openBefore - await sita.locator("input[name=reason]").count();

// The supervisor changes to Hindi; the administrator works in it.
await sita.goto(`${url}/`);
await Promise.all([sita.waitForNavigation(), sita.click("button[value=hi]")]);
found.changed = await sita.evaluate(() => document.documentElement.lang);
const adil = await logIn("Adil");
for (const [where, address] of [["home hi", "/"], ["key hi", "/key?order=page"], ["carpet hi", "/carpet?field=district"], ["page hi", "/page/next"], ["people hi", "/people"], ["quality hi", "/quality"]]) {
  await adil.goto(url + address);
  if (/key|carpet|page/.test(where)) await adil.waitForSelector("#keying:not([data-state=waiting])");
  await look(adil, where);
}
found.language = await adil.evaluate(() => [document.documentElement.lang, document.querySelector("h1").textContent]);
await adil.context().clearCookies();
await adil.goto(`${url}/login?lang=hi`);
await look(adil, "login hi");
await end();
