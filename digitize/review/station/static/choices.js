// Type-ahead over a list (stations, districts, acts and sections, ranks): by Latin or native beginning, or by code.

import { call, element, words } from "./station.js";

const WAIT_MS = 60;
const SHOWN = 8;
const kept = new Map();             // list and what was typed: its entries

export class Choices {
  /** list: the element with role listbox; input: its combobox; onChoose(value). */
  constructor(list, input, onChoose) {
    Object.assign(this, { list, input, onChoose, at: -1, entries: [] });
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault();       // the caret stays in the input
      const row = event.target.closest("[role=option]");
      if (row) this.choose(Number(row.dataset.at));
    });
  }

  /** Another field: list is its name, "" for none; choices its own words, shown without asking the server. */
  use(name, item, own = []) {
    Object.assign(this, { name, item, own });
    this.close();
    const listed = Boolean(name || own.length);
    if (listed) {
      this.input.setAttribute("role", "combobox");
      this.input.setAttribute("aria-autocomplete", "list");
      this.input.setAttribute("aria-expanded", "false");
      this.input.setAttribute("aria-controls", this.list.id);
    } else for (const name of ["role", "aria-autocomplete", "aria-expanded", "aria-controls"]) this.input.removeAttribute(name);
  }

  get isOpen() { return !this.list.hidden; }

  /** What was typed changed: look it up a moment later. */
  typed(text) {
    clearTimeout(this.timer);
    this.asking?.abort();
    if (this.own.length) return this.#show(this.own.filter((w) => w.startsWith(text)).map((w) => ({ value: w, shown: words(`answer_${w}`) === `answer_${w}` ? w : words(`answer_${w}`) })));
    if (!this.name || !text) return this.close();
    const key = `${this.name}\n${text}`;
    if (kept.has(key)) return this.#show(kept.get(key));
    this.timer = setTimeout(() => this.#ask(key, text), WAIT_MS);
  }

  async #ask(key, text) {
    this.asking = new AbortController();
    try {
      const { entries } = await call("/api/list", { query: { list: this.name, q: text, n: SHOWN, item: this.item }, signal: this.asking.signal });
      if (kept.size > 2000) kept.clear();
      kept.set(key, entries);
      if (document.activeElement === this.input) this.#show(entries);
    } catch { /* the list helps; without it the value is typed in full */ }
  }

  #show(entries) {
    Object.assign(this, { entries, at: -1 });
    this.list.replaceChildren(...entries.map((entry, at) => {
      const row = element("li", "", { role: "option", id: `${this.list.id}-${at}`, "data-at": at, "aria-selected": "false" });
      row.append(element("bdi", entry.shown || entry.value));
      if (entry.also) row.append(" ", element("bdi", Array.isArray(entry.also) ? entry.also.join(", ") : entry.also, { class: "also" }));
      return row;
    }));
    this.list.hidden = !entries.length;
    this.input.setAttribute("aria-expanded", String(Boolean(entries.length)));
    this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.at = -1;
    if (this.list.hidden) return;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** Move the choice up or down. True where there is one to move. */
  move(by) {
    if (!this.isOpen) return false;
    const n = this.entries.length;
    this.at = this.at < 0 && by < 0 ? n - 1 : (this.at + by + n + 1) % (n + 1);
    if (this.at === n) this.at = -1;
    for (const row of this.list.children) row.setAttribute("aria-selected", String(Number(row.dataset.at) === this.at));
    if (this.at < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
    return true;
  }

  /** Take an entry, the marked one where none is named. True where one was taken. */
  choose(at = this.at) {
    if (!this.isOpen || at < 0 || !this.entries[at]) return false;
    const { value } = this.entries[at];
    this.close();
    this.onChoose(value);
    return true;
  }
}
