// What the keying pages' scripts make of letters, without a browser.
import assert from "node:assert/strict";
import fs from "node:fs";

const place = new URL("../../digitize/review/station/static/", import.meta.url);
// Node takes a file for a module by its name; browsers by the page that names it.
const load = (name) => import(`data:text/javascript,${encodeURIComponent(fs.readFileSync(new URL(name, place), "utf8"))}`);
const { phoneticScheme, writtenBySound } = await load("phonetic.js");
const { letters, rangesLeft, wholeLetters } = await load("letters.js");

const data = JSON.parse(fs.readFileSync(new URL("layouts/phonetic.json", place), "utf8"));
const WRITTEN = {
  "Deva": { raam: "राम", thaanaa: "थाना", laRakaa: "लड़का", shrii: "श्री", krriShNa: "कृष्ण", jnyaan: "ज्ञान" },
  "Beng": { thaanaa: "থানা", nadiiyaa: "নদীয়া", yadu: "যদু" }, "Beng-as": { asam: "অসম", guwaahaaTii: "গুৱাহাটী" },
  "Guru": { pattaa: "ਪੱਤਾ", siMgh: "ਸਿੰਘ" }, "Gujr": { gujaraat: "ગુજરાત" }, "Orya": { naayaka: "ନାୟକ" },
  "Taml": { thamizh: "தமிழ்", kaaval: "காவல்", nilaiyam: "நிலையம்", chennai: "சென்னை" },
  "Telu": { telangaaNa: "తెలంగాణ", pOlIs: "పోలీస్" }, "Knda": { bengaLUru: "ಬೆಂಗಳೂರು" },
  "Mlym": { kEraLaM: "കേരളം", avan: "അവൻ", paarkk: "പാർക്ക്" },
  "Arab": { thanh: "تھانہ", bhaart: "بھارت" }, "Olck": { santali: "ᱥᱚᱱᱛᱚᱞᱤ" }, "Mtei": { manipur: "ꯃꯅꯤꯄꯨꯔ" },
};
for (const [script, words] of Object.entries(WRITTEN)) {
  const scheme = phoneticScheme(data, script);
  for (const [roman, wanted] of Object.entries(words)) assert.equal(writtenBySound(roman, scheme), wanted.normalize("NFC"), `${script} ${roman}`);
  const keys = JSON.parse(fs.readFileSync(new URL(`layouts/${script}.json`, place), "utf8")).keys;
  assert.ok(Object.values(keys).every((levels) => levels.length === 4), script);
  assert.ok("ASDFGHJKL".split("").every((c) => keys[`Key${c}`][0]), script);
}
assert.equal(phoneticScheme(data, "Latn"), null);

const cut = (text, lang) => letters(text, lang).map(([a, b]) => text.slice(a, b));
assert.deepEqual(cut("क्षत्रिय", "hi"), ["क्ष", "त्रि", "य"]);
assert.deepEqual(cut("క్రిష్ణ", "te"), ["క్రి", "ష్ణ"]);
assert.deepEqual(cut("க்ஷண்", "ta"), ["க்ஷ", "ண்"]);
// A mark inside a conjunct covers all of it; neighbours are one mark, a space is none.
assert.deepEqual(wholeLetters("क्षमा", [[2, 3]], "hi"), [[0, 3]]);
assert.deepEqual(wholeLetters("ab c", [[0, 2], [2, 3]], "en"), [[0, 2]]);
// What was not touched stays marked where it now stands.
assert.deepEqual(rangesLeft("abcdef", "abXcdef", [[0, 1], [4, 6]]), [[0, 1], [5, 7]]);
assert.deepEqual(rangesLeft("abcdef", "abXdef", [[2, 3], [5, 6]]), [[5, 6]]);
