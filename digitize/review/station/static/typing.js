// Typing Indian scripts on a keyboard that writes Latin letters: the operator's own layout, InScript, or by sound.
// Only keys that write a Latin letter are taken; a system layout or input method of the operator's own goes through.

import { phoneticScheme, writtenBySound } from "./phonetic.js";
import { base, element, isComposing, words } from "./station.js";

export const WAYS = ["own", "inscript", "phonetic"];
const ASSAMESE = "as";

const files = new Map();
function file(name) {
  if (!files.has(name)) files.set(name, fetch(`${base}/layouts/${name}.json`).then((a) => (a.ok ? a.json() : null)).catch(() => null));
  return files.get(name);
}

/** The file of a language's layout: Assamese has two letters of its own. */
function layoutName(script, lang) {
  return script === "Beng" && lang === ASSAMESE ? "Beng-as" : script;
}

export class Typing {
  /** onWay(way, script): told whenever the way of typing changes. */
  constructor({ onWay } = {}) {
    this.onWay = onWay || (() => {});
    this.sound = null;              // the word being written by sound: {roman, start, written}
  }

  /** Take the layout of a field's language. Loads what it needs in the background; until then keys are the system's. */
  async use(script, lang) {
    const name = layoutName(script, lang);
    if (name === this.name) return;
    Object.assign(this, { name, script, layout: null, scheme: null, sound: null });
    this.way = script && script !== "Latn" ? localStorage.getItem(`review-typing:${script}`) || "own" : "own";
    this.onWay(this.way, script);
    if (!script || script === "Latn") return;
    const [layout, phonetic] = await Promise.all([file(name), file("phonetic")]);
    if (name !== this.name) return;
    this.layout = layout;
    this.scheme = phonetic && phoneticScheme(phonetic, name);
    this.onWay(this.way, script);
  }

  /** The next way of typing, remembered for this script on this machine. */
  turn() {
    if (!this.layout) return;
    const ways = WAYS.filter((way) => way !== "phonetic" || this.scheme);
    this.way = ways[(ways.indexOf(this.way) + 1) % ways.length];
    this.sound = null;
    localStorage.setItem(`review-typing:${this.script}`, this.way);
    this.onWay(this.way, this.script);
  }

  /** Handle a keydown in a field. True where the key was taken. */
  press(event) {
    const graph = event.getModifierState("AltGraph");
    if (this.way === "own" || !this.layout || isComposing(event) || event.metaKey) return false;
    if ((event.ctrlKey || event.altKey) && !graph) return false;
    const isLatin = event.key.length === 1 && event.key <= "~";
    if (!isLatin && !(graph && this.way === "inscript")) return false;
    return this.way === "inscript" ? this.#byPlace(event, graph) : this.#bySound(event);
  }

  #byPlace(event, graph) {
    const levels = this.layout.keys[event.code];
    if (!levels) return false;
    const letter = levels[(event.shiftKey ? 1 : 0) + (graph ? 2 : 0)];
    event.preventDefault();
    if (letter) write(event.target, letter);
    return true;
  }

  #bySound(event) {
    const input = event.target;
    const known = this.scheme.alphabet ? event.key in this.scheme.alphabet : /[a-zA-Z~`^_|]/.test(event.key);
    if (!known) { this.sound = null; return false; }
    event.preventDefault();
    const at = input.selectionStart;
    const now = this.sound;
    const goesOn = now && at === input.selectionEnd && at === now.start + now.written.length && input.value.slice(now.start, at) === now.written;
    const start = goesOn ? now.start : at;
    const roman = (goesOn ? now.roman : "") + event.key;
    const written = writtenBySound(roman, this.scheme);
    write(input, written, start, goesOn ? at : input.selectionEnd);
    this.sound = { roman, start, written };
    return true;
  }

  /** A picture of the keyboard, or the table of sounds, for the help panel. */
  help() {
    if (this.way === "inscript" && this.layout) return keyboard(this.layout.keys);
    if (this.way === "phonetic" && this.scheme) return sounds(this.scheme);
    return element("p", words("typing_own_help"));
  }
}

/** Put text in place of a range of the input, the caret behind it. */
function write(input, text, from = input.selectionStart, to = input.selectionEnd) {
  input.setRangeText(text, from, to, "end");
  input.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: text }));
}

const ROWS = [
  ["Backquote", ..."1234567890".split("").map((n) => `Digit${n}`), "Minus", "Equal"],
  [..."QWERTYUIOP".split("").map((c) => `Key${c}`), "BracketLeft", "BracketRight", "Backslash"],
  [..."ASDFGHJKL".split("").map((c) => `Key${c}`), "Semicolon", "Quote"],
  [..."ZXCVBNM".split("").map((c) => `Key${c}`), "Comma", "Period", "Slash"],
];
const SIGNS = { Backquote: "`", Minus: "-", Equal: "=", BracketLeft: "[", BracketRight: "]", Backslash: "\\", Semicolon: ";", Quote: "'", Comma: ",", Period: ".", Slash: "/" };

function keyboard(keys) {
  const board = element("div", "", { class: "keyboard" });
  for (const row of ROWS) {
    const line = element("div", "", { class: "keyboard-row" });
    for (const code of row) {
      const [plain, shift] = (keys[code] || ["", ""]).map(shown);
      const key = element("span", "", { class: "keyboard-key" });
      key.append(element("small", SIGNS[code] || code.at(-1)), element("span", shift), element("b", plain));
      line.append(key);
    }
    board.append(line);
  }
  return board;
}

function sounds(scheme) {
  const list = element("dl", "", { class: "sounds" });
  const tables = scheme.alphabet ? [scheme.alphabet] : [scheme.vowels, scheme.consonants, scheme.marks];
  for (const [roman, letters] of tables.flatMap((t) => Object.entries(t))) {
    const pair = element("div");
    pair.append(element("dt", roman), element("dd", shown(Array.isArray(letters) ? letters[0] : letters)));
    list.append(pair);
  }
  return list;
}

/** A sign that hangs on a letter is shown on a dotted circle; an invisible one by its name. */
function shown(text) {
  if (text === "\u200c") return "ZWNJ";
  if (text === "\u200d") return "ZWJ";
  return /^\p{M}/u.test(text) ? `\u25cc${text}` : text;
}
