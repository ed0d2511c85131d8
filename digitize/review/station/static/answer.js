// One field as a person answers it: the picture, the box with its doubtful letters marked, and the help around it.

import { Choices } from "./choices.js";
import { rangesLeft, wholeLetters } from "./letters.js";
import { call, element, isComposing, person, words } from "./station.js";

const CHECK_AFTER_MS = 250;
const TYPED = `review-typed:${person}`;
const MOST_TYPED = 60;
const marked = new Map();           // text node: its ranges, over all boxes of the page
let boxes = 0;

/** What a value is compared and sent as: composed letters, single spaces. */
export function tidied(text) {
  return text.normalize("NFC").replace(/\s+/gu, " ").trim();
}

/** What was typed and not kept yet, by item: a page that is left or closed by mistake loses no long text. */
function typed() {
  try { return new Map(JSON.parse(localStorage.getItem(TYPED) || "[]")); } catch { return new Map(); }
}

/** Remember what was typed of an item; null to forget it. */
export function noteTyped(item, text) {
  const all = typed();
  if (!all.delete(item) && text === null) return;
  if (text !== null) all.set(item, text);
  try { localStorage.setItem(TYPED, JSON.stringify([...all].slice(-MOST_TYPED))); } catch { /* full: it lives as long as the page */ }
}

export class AnswerBox {
  /** root: a clone of the template "answer", on the page. isWhole: what is typed replaces all, not a doubtful letter. */
  constructor(root, typing, { isWhole = false } = {}) {
    Object.assign(this, { root, typing, isWhole });
    this.number = ++boxes;
    for (const name of ["label", "printed", "why", "stage", "marks", "value", "choices", "candidates", "told", "found", "second", "state"]) this[name] = root.querySelector(`.${name}`);
    this.value.id = `value-${this.number}`;
    this.choices.id = `choices-${this.number}`;
    this.found.id = `found-${this.number}`;
    this.label.htmlFor = this.value.id;
    this.choices.setAttribute("aria-label", words("choices"));
    this.value.setAttribute("aria-describedby", `${this.found.id}`);
    this.list = new Choices(this.choices, this.value, (value) => this.put(value));
    this.value.addEventListener("input", () => this.#typed());
    this.value.addEventListener("focus", () => this.typing.use(this.item?.script, this.item?.lang));
    this.value.addEventListener("blur", () => this.list.close());
    this.value.addEventListener("scroll", () => { this.marks.scrollTop = this.value.scrollTop; }, { passive: true });
  }

  /** Show an item. draft: what was answered before, instead of the prefill. */
  show(item, draft) {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.item = item;
    // A masked field holds no value to agree to, only the word that it is hidden.
    this.start = item.masked ? "" : draft ?? item.prefill ?? "";
    this.value.readOnly = Boolean(item.masked);
    this.first = null;              // a value that is in no list, waiting to be typed again
    this.checked = null;
    this.keys = 0;
    this.label.textContent = item.label;
    Object.assign(this.printed, { textContent: item.printed || "", hidden: !item.printed, lang: item.printedLang || "" });
    this.why.replaceChildren(...reasons(item).map((w) => element("li", w, { dir: "auto" })));
    this.value.value = this.start;
    for (const node of [this.value, this.marks]) {
      node.lang = item.lang || "";
      node.dir = item.dir || "auto";
    }
    this.ranges = this.start && this.start === item.prefill ? wholeLetters(this.start, item.doubtful, item.lang) : [];
    this.#mark(this.start, this.ranges);
    this.list.use(item.list, item.id, item.words || []);
    this.#help(item);
    this.#say(this.ranges.length ? [["doubt", words("doubtful_n", { n: this.ranges.length })]] : []);
    this.second.hidden = true;
    this.root.classList.toggle("is-blind", Boolean(item.blind));
    const before = draft === undefined && !item.masked ? typed().get(item.id) : undefined;
    if (before !== undefined) this.put(before);
  }

  #help(item) {
    const rows = (item.candidates || []).slice(0, 9).map((text, n) => {
      const row = element("li"), button = element("button", "", { type: "button", tabindex: "-1", "data-candidate": n });
      button.append(element("kbd", `Alt ${n + 1}`), " ", element("bdi", text, { lang: item.lang || "" }));
      row.append(button);
      return row;
    });
    this.candidates.replaceChildren(...rows);
    const told = [];
    if (item.told) told.push(help("told_at_intake", item.told));
    if (item.above) told.push(help("value_above", item.above, item.lang));
    this.told.replaceChildren(...told);
  }

  /** Put the caret where a person is needed: on the first doubtful letter, otherwise the whole value is selected. */
  focus() {
    this.value.focus({ preventScroll: true });
    const first = this.ranges[0];
    if (first && !this.isWhole) this.value.setSelectionRange(first[0], first[1]);
    else this.value.select();
    if (this.item.words?.length) this.list.typed("");
  }

  /** Select the next doubtful letter behind the caret; from the last back to the first. */
  nextDoubtful() {
    const left = this.#rangesNow();
    const next = left.find(([from]) => from >= this.value.selectionEnd) || left[0];
    if (next) this.value.setSelectionRange(next[0], next[1]);
  }

  get text() { return tidied(this.value.value); }
  /** Whether nobody typed anything: an empty box, or the reading as it was put there. */
  get isOffered() { return !this.text || this.text === tidied(this.item.prefill ?? ""); }
  get isChanged() { return this.value.value !== this.start; }

  /** Write a value as if it were typed. */
  put(text) {
    this.value.value = text;
    this.value.setSelectionRange(text.length, text.length);
    this.#typed(true);
  }

  /** What stood here at first. */
  revert() {
    this.first = null;
    this.second.hidden = true;
    this.put(this.start);
    this.focus();
  }

  /** What Enter means now: {verdict, value, sure}, or null where a person must do something first; why is told. */
  answer() {
    const value = this.text, { item } = this;
    if (item.masked) {
      this.#say([["ask", words("masked")]]);
      return null;
    }
    if (!value) {
      if (this.first) this.#say([["ask", words("type_again", { value: this.first })]]);
      else this.#say([["ask", words("empty_box")]]);
      return null;
    }
    if (this.first !== null && value === this.first) return { verdict: "value", value, sure: true };
    // The very words of the list are no unknown value; what was not asked of the server yet, it answers itself.
    if (item.list && this.checked?.value === value && this.checked.understood === false) {
      this.askAgain(value);
      return null;
    }
    const isPrefill = Boolean(item.prefill) && value === tidied(item.prefill);
    return { verdict: isPrefill ? "ok" : "value", value, sure: false };
  }

  /** A value that is in no list is typed a second time before it counts. */
  askAgain(value) {
    this.first = value;
    this.value.value = "";
    this.#mark("", []);
    this.list.close();
    this.second.hidden = false;
    this.second.replaceChildren(...sentence("not_in_list", value, this.item.lang));
    this.#say([]);
    this.value.focus();
  }

  /** Say something below the box: [[kind, text], …]; kind: doubt, ask, reject, review, note. */
  #say(lines) {
    this.found.replaceChildren(...lines.map(([kind, text]) => element("p", text, { class: `said-${kind}` })));
  }

  say(kind, text) { this.#say([[kind, text]]); }

  #rangesNow() {
    return this.item.prefill ? rangesLeft(this.start, this.value.value, this.ranges) : [];
  }

  #typed(chosen = false) {
    const text = this.value.value;
    if (!this.item.masked && this.first === null) noteTyped(this.item.id, this.isChanged ? text : null);
    this.#mark(text, this.#rangesNow());
    if (chosen) this.list.close();
    else this.list.typed(tidied(text));
    clearTimeout(this.timer);
    this.asking?.abort();
    this.#say([]);
    if (text.trim() && !this.item.masked) this.timer = setTimeout(() => this.#check(), CHECK_AFTER_MS);
  }

  async #check() {
    const value = this.text, { item } = this;
    this.asking = new AbortController();
    try {
      const { found, understood } = await call("/api/check", { body: { item: item.id, value }, signal: this.asking.signal });
      if (this.item !== item || this.text !== value) return;
      this.checked = { value, understood };
      const lines = found.map((f) => [f.severity, `${words(`severity_${f.severity}`)} ${f.message}`]);
      if (understood === false && !found.length) lines.push(["review", words(item.list ? "not_in_list_yet" : "not_understood")]);
      this.#say(lines);
    } catch { /* findings help; the answer is checked again when it is saved */ }
  }

  /** Handle a keydown in the box itself. True where the key was taken. */
  press(event) {
    if (isComposing(event)) return false;
    this.keys++;
    if (this.typing.press(event)) return true;
    if (event.code === "ArrowDown" || event.code === "ArrowUp") {
      if (!event.altKey && !event.shiftKey && this.list.move(event.code === "ArrowDown" ? 1 : -1)) { event.preventDefault(); return true; }
    }
    if (event.code === "Escape") {
      event.preventDefault();
      if (this.list.isOpen) this.list.close();
      else this.revert();
      return true;
    }
    return false;
  }

  #mark(text, ranges) {
    this.marks.textContent = text;
    const node = this.marks.firstChild;
    for (const one of [...marked.keys()]) if (!one.isConnected) marked.delete(one);
    if (typeof Highlight === "undefined") return markByElements(this.marks, text, ranges);
    if (node && ranges.length) marked.set(node, ranges.map(([from, to]) => { const r = new Range(); r.setStart(node, from); r.setEnd(node, to); return r; }));
    // A highlight leaves the text in one piece: letters that join across a mark keep their shape.
    CSS.highlights.set("doubtful", new Highlight(...[...marked.values()].flat()));
  }
}

function markByElements(box, text, ranges) {
  let at = 0;
  const parts = [];
  for (const [from, to] of ranges) {
    parts.push(text.slice(at, from), element("mark", text.slice(from, to)));
    at = to;
  }
  box.replaceChildren(...parts, text.slice(at));
}

/** Why a person is asked: the sentences of the rules, their codes, and what is worth saying of the reading. */
function reasons(item) {
  const told = (item.why || []).map((w) => (/^[A-Z]+\d/.test(w) ? w : words(`why_${w}`))).filter((w) => !w.startsWith("why_"));
  return [...(item.said || []), ...told];
}

function help(key, text, lang = "") {
  const pair = element("div");
  pair.append(element("dt", words(key)), element("dd"));
  pair.lastChild.append(element("bdi", text, lang ? { lang } : {}));
  return pair;
}

/** A sentence whose {value} is set apart from the text around it, whatever its direction. */
export function sentence(key, value, lang = "") {
  const [before, after = ""] = words(key).split("{value}");
  return [before, element("bdi", value, { lang, class: "quoted" }), after];
}
