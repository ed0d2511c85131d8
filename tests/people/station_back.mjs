// What was answered and comes back: undo after a reload and in a new tab, the list of one's own answers, its search and "key
// again". node station_back.mjs MODULES BROWSER URL PASSWORD [FOLDER FOR PICTURES]  ->  one JSON object.
import { ready, saved, start, state } from "./station_browser.mjs";

const { url, found, openTab, logIn, look, end } = await start(process.argv.slice(2));
const asha = await logIn("Asha");

async function type(page, text) {
  await ready(page);
  const { item } = await state(page);
  await page.keyboard.press("Control+KeyA");
  await page.keyboard.insertText(text);
  await page.keyboard.press("Enter");
  await page.waitForFunction((before) => document.getElementById("keying").dataset.item !== before, item);
  return item;
}

async function undo(page) {
  await page.keyboard.press("Control+KeyZ");
  await page.waitForSelector(".notice-ok");
  await ready(page);
  const now = await state(page);
  await page.click(".notice-ok .close");
  return [now.item, now.value];
}

await asha.goto(`${url}/key?order=field&field=fir_no`);
const first = await type(asha, "2011"), second = await type(asha, "2012");
await saved(asha);
await asha.reload();
await ready(asha);
found.afterReload = [second, await undo(asha)];
await asha.close();

const again = await openTab(asha.context());
await again.goto(`${url}/key?order=field&field=fir_no`);
await ready(again);
found.inNewTab = [first, await undo(again)];
await type(again, "2013");
await saved(again);

// The carpet and the page order take back what was answered before they were opened, too.
await again.goto(`${url}/page/next`);
await ready(again);
await again.keyboard.press("Control+KeyZ");
await again.waitForSelector(".notice-ok");
await ready(again);
found.onPage = await again.evaluate(() => [...document.querySelectorAll("#grid .value")].some((v) => v.value === "2013"));

await again.goto(`${url}/key?order=field&field=fir_no`);
await type(again, "2014");
await saved(again);
await again.goto(`${url}/answers`);
await look(again, "answers");
found.listed = await again.locator("tbody tr").count();
await again.fill("#q", "no such words");
await again.keyboard.press("Enter");
await again.waitForSelector("main .card");
await again.fill("#q", "2014");
await again.keyboard.press("Enter");
await again.waitForSelector("tbody tr");
found.searched = await again.locator("tbody tr").count();
await again.locator("tbody button").first().focus();
await Promise.all([again.waitForURL(/first=/), again.keyboard.press("Enter")]);
await ready(again);
const back = await state(again);
found.keyAgain = [back.value, new URL(again.url()).searchParams.get("first") === back.item];
await end();
