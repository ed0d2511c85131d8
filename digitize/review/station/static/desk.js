// What the keying page, the page order and the carpet share: the outbox with its visible count, notices, the whole page,
// ways of typing, and the keys, which are written on the buttons (data-do, data-keys) and nowhere else.

import { noteTyped, sentence } from "./answer.js";
import { Outbox } from "./outbox.js";
import { PageView, Pictures } from "./pictures.js";
import { call, chord, element, isComposing, reasonOf, uniqueName, words } from "./station.js";
import { Typing } from "./typing.js";

// A key that is held down, and the second click of a double click, come when the next field stands there that nobody saw.
const ONCE = new Set(["accept", "blank", "illegible", "noValue", "wrong", "flag", "later", "undo"]);

export class Desk {
  /** actions: {name: function} for the buttons' data-do. onBack(item, answer, outcome): the server did not keep it. onUndone(client, item). */
  constructor({ actions, onBack, onUndone }) {
    Object.assign(this, { onBack, onUndone });
    this.pictures = new Pictures();
    this.typing = new Typing({ onWay: (way, script) => this.#way(way, script) });
    this.actions = { zoomIn: () => this.pictures.zoom(1), zoomOut: () => this.pictures.zoom(-1), typing: () => this.#turn(), help: () => this.#toggleHelp(), ...actions };
    this.done = [];                 // given on this page and not taken back; the server knows those before
    this.items = new Map();         // client: the item that was answered
    this.saved = 0;
    this.outbox = new Outbox({
      onOutcome: (answer, outcome) => this.#outcome(answer, outcome),
      onUndone: (undo, outcome) => this.onUndone(undo.client, undo.item, outcome),
      onState: (state) => this.#state(state),
    });
    this.keys = new Map();
    for (const button of document.querySelectorAll("[data-do]")) {
      for (const key of (button.dataset.keys || "").split(" ").filter(Boolean)) this.keys.set(key, button.dataset.do);
      button.addEventListener("pointerdown", (event) => event.preventDefault());
      button.addEventListener("click", (event) => { if (event.detail < 2 || !ONCE.has(button.dataset.do)) this.actions[button.dataset.do]?.(); });
    }
    addEventListener("keydown", (event) => this.#press(event));
  }

  #press(event) {
    if (isComposing(event) || event.defaultPrevented || event.target.closest?.("dialog")) return;
    const action = this.keys.get(chord(event));
    // Enter on a button or link is that button's.
    if (!action || (event.code === "Enter" && event.target.closest?.("button, a, summary, select"))) return;
    event.preventDefault();
    if (!event.repeat || !ONCE.has(action)) this.actions[action]?.(event);
  }

  /** Keep an answer of an item and send it in the background. Returns its name. */
  keep(item, answer, { active_ms = 0, keys = 0, note = "" } = {}) {
    const client = uniqueName();
    noteTyped(item.id, null);
    this.items.set(client, item);
    this.done.push(client);
    this.outbox.put({ client, item: item.id, version: item.version, note, active_ms, keys, ...answer });
    return client;
  }

  /** Take back the newest answer of this page. Returns its name, or "" where there is none: then one from before is taken back. */
  takeBack() {
    const client = this.done.pop();
    if (client) this.outbox.undo(client);
    else this.#takeBackEarlier();
    return client ?? "";
  }

  /** Take back the newest answer that the server holds: from before the page was loaded, in whatever tab. One after the other. */
  #takeBackEarlier() {
    this.earlier = (this.earlier ?? Promise.resolve()).then(async () => {
      // What is on its way is newer than all that the server holds.
      await this.outbox.settled();
      const { client, seq } = await call("/api/newest", { query: this.oldest ? { before: this.oldest } : {} });
      if (!client) return this.notice([words("nothing_to_undo")]);
      this.asked = { client, seq };
      this.outbox.undo(client);
      await this.outbox.settled();
    }).catch(() => this.notice([words("trouble_offline")], "reject"));
  }

  /** What became of an undo: told where the field itself does not show it. Returns the item that is asked again, its value as draft. */
  tellUndone(client, outcome) {
    if (outcome.state !== "undone") {
      // The next undo goes on before it.
      if (this.asked?.client === client) this.oldest = this.asked.seq;
      this.notice([words("not_undone")], "reject");
      return null;
    }
    const { item } = outcome;
    if (this.items.has(client)) return item;
    if (item && outcome.was) item.draft = outcome.was;
    this.notice([words(item ? "undone_again" : "undone_later", { label: item?.label ?? "" })], "ok");
    return item;
  }

  /** Take back a certain answer, because its field is answered anew. */
  retract(client) {
    this.done = this.done.filter((c) => c !== client);
    this.outbox.undo(client);
  }

  #outcome(answer, outcome) {
    if (outcome.state === "kept" || outcome.state === "known") { this.saved++; return this.#state({ waiting: this.outbox?.waiting.length ?? 0, trouble: "" }); }
    this.done = this.done.filter((c) => c !== answer.client);
    if (outcome.state === "conflict") this.#conflict(answer, outcome.other);
    const item = this.items.get(answer.client);
    if (!item && outcome.state !== "conflict") this.notice([words("refused", { label: "" }), " ", reasonOf(outcome)], "reject", true);
    this.onBack(item, answer, outcome);
  }

  /** Where a masked field may be unmasked by this person: a reason is asked, and logged by the server. */
  offerUnmask(item, then) {
    const form = document.getElementById("unmask");
    if (!form) return;
    form.hidden = !item.masked;
    form.onsubmit = async (event) => {
      event.preventDefault();
      try {
        const { item: shown } = await call("/api/unmask", { body: { item: item.id, reason: form.elements.reason.value } });
        Object.assign(item, shown ?? { masked: false });
        this.pictures.ready.delete(item.id);
        then();
      } catch (error) { this.notice([error.message || words("trouble_offline")], "reject"); }
    };
  }

  #conflict(answer, other) {
    const item = this.items.get(answer.client);
    const lines = element("dl", "", { class: "both" });
    for (const [who, value] of [[other?.operator || words("somebody"), other?.value ?? ""], [words("you"), answer.value || words(`verdict_${answer.verdict}`)]]) {
      const pair = element("div");
      pair.append(element("dt", who), element("dd"));
      pair.lastChild.append(element("bdi", value || words("verdict_blank"), { lang: item?.lang || "" }));
      lines.append(pair);
    }
    const ask = element("button", words("send_to_supervisor"), { type: "button" });
    const note = this.notice([words("conflict", { label: item?.label || "" }), lines, ask], "conflict", true);
    ask.addEventListener("click", () => {
      if (item) this.keep({ ...item, version: other?.version ?? item.version }, { verdict: "flag", value: "" }, { note: answer.value });
      note.remove();
    });
  }

  /** Show a notice until it is put away; the newest is read out. parts: texts and elements. stays: not swept by the next. */
  notice(parts, kind = "note", stays = false) {
    const box = document.getElementById("notices");
    for (const old of [...box.children]) if (!old.dataset.stays) old.remove();
    const note = element("div", "", { class: `notice notice-${kind}` });
    if (stays) note.dataset.stays = "1";
    const close = element("button", "×", { type: "button", class: "close", "aria-label": words("close") });
    close.addEventListener("pointerdown", (event) => event.preventDefault());   // the caret stays in the box
    close.addEventListener("click", () => note.remove());
    note.append(...parts, close);
    box.prepend(note);
    return note;
  }

  /** What is answered and has not reached the server: [item, version]. */
  unsent() {
    return this.outbox.waiting.filter((w) => w.kind === "answer").map((w) => [w.answer.item, w.answer.version]);
  }

  /** Another field: what was told two fields ago goes, unless it asks for something. */
  sweep() {
    for (const note of [...document.getElementById("notices").children]) {
      if (note.dataset.stays) continue;
      if (note.dataset.old) note.remove();
      note.dataset.old = "1";
    }
  }

  /** Tell that a value of an item is in no list. */
  noticeNotInList(item, value) {
    this.notice(sentence("not_in_list", value, item.lang), "ask");
  }

  #state({ waiting, trouble }) {
    const line = document.getElementById("unsent");
    line.dataset.waiting = waiting;
    line.dataset.saved = this.saved ?? 0;
    // What is on its way for a moment is no news: it is told when it waits.
    clearTimeout(this.tell);
    this.tell = setTimeout(() => {
      line.textContent = waiting ? words("unsent_n", { n: waiting }) : words("all_saved");
      line.classList.toggle("is-waiting", waiting > 0);
      const says = document.getElementById("trouble");
      says.hidden = !trouble;
      if (trouble && says.dataset.trouble !== trouble) says.querySelector("span").textContent = words(`trouble_${trouble}`);
      says.dataset.trouble = trouble;
      says.querySelector("a").hidden = trouble !== "login" && trouble !== "other";
    }, waiting && !trouble ? 400 : 0);
  }

  /** The whole page with the zone of an item marked, over everything. */
  openPage(item, back) {
    const dialog = document.getElementById("whole-page");
    if (!item?.pagePicture || item.masked) return this.notice([words("no_picture")]);
    this.view ??= this.#viewer(dialog);
    dialog.onclose = () => back?.();
    dialog.showModal();
    this.view.show(item.pagePicture, item.box, item.label, item.where);
    this.view.frame.focus();
  }

  #viewer(dialog) {
    const view = new PageView(dialog.querySelector(".page-frame"));
    const zoom = { zoomIn: 1.25, zoomOut: 0.8 };
    for (const button of dialog.querySelectorAll("[data-page]")) button.addEventListener("click", () => (button.dataset.page === "close" ? dialog.close() : view.zoom(zoom[button.dataset.page])));
    dialog.addEventListener("keydown", (event) => {
      if (["F2", "Escape"].includes(event.code)) { event.preventDefault(); dialog.close(); }
      else if (["Equal", "NumpadAdd"].includes(event.code)) view.zoom(1.25);
      else if (["Minus", "NumpadSubtract"].includes(event.code)) view.zoom(0.8);
    });
    return view;
  }

  #turn() {
    this.typing.turn();
    this.#drawHelp();
  }

  #way(way, script) {
    const button = document.querySelector("[data-do=typing]");
    if (!button) return;
    button.hidden = !script || script === "Latn";
    button.querySelector(".way").textContent = words(`typing_${way}`);
    button.dataset.way = way;
    this.#drawHelp();
  }

  #toggleHelp() {
    const panel = document.getElementById("help");
    panel.hidden = !panel.hidden;
    this.#drawHelp();
  }

  #drawHelp() {
    const panel = document.getElementById("help");
    if (panel && !panel.hidden) panel.querySelector(".layout").replaceChildren(this.typing?.help() ?? "");
  }
}
