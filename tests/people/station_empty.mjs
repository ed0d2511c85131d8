// Three ways of having no value, by their keys: blank, illegible, and words that are no value.
// node station_empty.mjs MODULES BROWSER URL PASSWORD [FOLDER FOR PICTURES]  ->  one JSON object.
import { ready, saved, start, state } from "./station_browser.mjs";

const { url, found, logIn, look, end } = await start(process.argv.slice(2));
const asha = await logIn("Asha");
await asha.goto(`${url}/key?order=field&field=fir_date`);
const told = () => asha.evaluate(() => document.querySelector(".found").textContent);

async function press(keys, text) {
  await ready(asha);
  const { item } = await state(asha);
  if (text !== undefined) { await asha.keyboard.press("Control+KeyA"); await asha.keyboard.insertText(text); }
  await asha.keyboard.press(keys);
  return item;
}

// What the machine read, or nothing at all, is not what a person wrote from the paper.
const first = await press("Shift+F7");
found.asked = [(await state(asha)).item === first, await told()];
await press("Shift+F7", "");
found.askedEmpty = [(await state(asha)).item === first, await told()];
found.words = [await press("Shift+F7", "till date"), "till date"];
found.illegible = await press("F7");
found.blank = await press("F6");
await saved(asha);

// Taken back, the words stand in the box again.
await ready(asha);
for (let n = 0; n < 3; n++) { await asha.keyboard.press("Control+KeyZ"); await asha.waitForTimeout(100); }
found.undone = await state(asha);
await press("Shift+F7", "since marriage");
await press("F7");
await press("F6");
await saved(asha);

// The same beside a page: the cell says what was chosen, and the screen keeps it.
await asha.goto(`${url}/page/next`);
await ready(asha);
await look(asha, "page");
await asha.keyboard.press("Control+KeyA");
await asha.keyboard.insertText("as above");
await asha.keyboard.press("Shift+F7");
found.onPage = await asha.evaluate(() => document.querySelector("#grid [data-verdict=no-value] .state").textContent);
await end();
