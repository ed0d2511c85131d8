// Typing by sound: a word in Latin letters becomes a word in the field's script. Data: layouts/phonetic.json.
// One table serves the ten Brahmic scripts, because their Unicode blocks have the same letters at the same places.

const DEVANAGARI = 0x0900;
const VIRAMA = "\u094d";

/** What one script needs to write by sound, or null where the data has none. script: "Deva" …, with "-as" for Assamese. */
export function phoneticScheme(data, script) {
  const alphabet = data.alphabets[script], syllables = data.syllables[script];
  if (alphabet) return { alphabet, after: patterns(data.after[script]), longest: longest(alphabet) };
  if (syllables) return { ...syllables, after: [], virama: "", endsBare: true, single: "", longest: 3 };
  const own = data.scripts[script];
  if (!own) return null;
  const base = data.brahmic;
  const move = (text) => moved(text, own.block, base.instead);
  const consonants = {}, vowels = {}, marks = {};
  for (const [roman, letters] of Object.entries(base.consonants)) consonants[roman] = move(letters);
  for (const [roman, pair] of Object.entries({ ...base.vowels, ...(own.vowels ? data[own.vowels] : {}) })) vowels[roman] = pair.map(move);
  if (!assigned("ृ", own.block)) delete vowels.rri;
  for (const [roman, letters] of Object.entries(base.marks)) marks[roman] = "^_|".includes(roman) ? letters : move(letters);
  for (const [roman, letters] of Object.entries(own.letters || {})) (roman in marks ? marks : consonants)[roman] = letters;
  return { consonants, vowels, marks, after: patterns(own.after), virama: move(VIRAMA), endsBare: own.final !== "virama", single: own.single || "",
           longest: Math.max(longest(consonants), longest(vowels)) };
}

/** The word as the script writes it. roman: what was typed since the word began. */
export function writtenBySound(roman, scheme) {
  let text = scheme.alphabet ? spelt(roman, scheme) : joined(roman, scheme);
  for (const [from, to] of scheme.after) text = text.replace(from, to);
  return text.normalize("NFC");
}

function patterns(pairs) {
  return (pairs || []).map(([from, to]) => [new RegExp(from, "gu"), to]);
}

function spelt(roman, scheme) {
  let text = "";
  for (let at = 0; at < roman.length;) {
    const piece = longestOf(roman, at, scheme.longest, (p) => p in scheme.alphabet);
    text += piece ? scheme.alphabet[piece] : roman[at];
    at += piece ? piece.length : 1;
  }
  return text;
}

function joined(roman, scheme) {
  let text = "", open = false;                    // open: the last letter is a consonant that still takes a vowel
  for (let at = 0; at < roman.length;) {
    const piece = longestOf(roman, at, scheme.longest, (p) => p in scheme.consonants || p in scheme.vowels || p in scheme.marks);
    if (piece in scheme.consonants) {
      if (open && (!scheme.single || scheme.single.includes(piece))) text += scheme.virama;
      text += scheme.consonants[piece];
      open = true;
    } else if (piece in scheme.vowels) {
      text += scheme.vowels[piece][open ? 1 : 0];
      open = false;
    } else {
      if (open && !scheme.endsBare && piece !== "`") text += scheme.virama;
      text += piece ? scheme.marks[piece] : roman[at];
      open = false;
    }
    at += piece ? piece.length : 1;
  }
  if (open && !scheme.endsBare) text += scheme.virama;
  return text;
}

function longestOf(roman, at, most, known) {
  for (let n = Math.min(most, roman.length - at); n > 0; n--) {
    const piece = roman.slice(at, at + n);
    if (known(piece)) return piece;
  }
  return "";
}

/** Devanagari letters moved to another block; a letter which that script lacks becomes its nearest. */
function moved(text, block, instead) {
  let out = "";
  for (let letter of text.normalize("NFD")) {
    while (letter && !assigned(letter, block)) letter = instead[letter] ?? "";
    out += letter && String.fromCodePoint(letter.codePointAt(0) - DEVANAGARI + block);
  }
  return out;
}

function assigned(letter, block) {
  return /\p{Assigned}/u.test(String.fromCodePoint(letter.codePointAt(0) - DEVANAGARI + block));
}

function longest(table) {
  return Math.max(...Object.keys(table).map((k) => k.length));
}
