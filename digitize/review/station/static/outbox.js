// Answers on their way to the server. Each is written to the browser's own store before the next field is shown, and
// leaves it only when the server has said what became of it: a killed server, a closed tab or a power cut loses none.
// The store is kept by person; the server tells an answer that comes twice by its unique name.

import { Refused, afterPaint, call, person, renewToken } from "./station.js";

const PREFIX = `review:${person}:`;
const MOST = 40;                    // answers in one request
const SLOWEST_MS = 1500;         // between two tries: a server that is back should hear at once what waits

export class Outbox {
  /** onOutcome(answer, outcome), onUndone(undo, outcome), onState({waiting, trouble}): trouble is "", "offline", "login", "other" or "store". */
  constructor({ onOutcome, onUndone, onState }) {
    Object.assign(this, { onOutcome, onUndone, onState });
    this.waiting = load();
    this.versions = new Map();      // item: its version after an answer was taken back
    this.number = this.waiting.length ? Math.max(...this.waiting.map((w) => w.number)) : 0;
    this.busy = false;
    this.wait_ms = 0;
    this.trouble = "";
    for (const name of ["online", "focus"]) addEventListener(name, () => this.wake());
    this.#tell();
    this.wake();
  }

  /** Keep an answer and send it in the background. */
  put(answer) {
    this.#keep({ kind: "answer", client: answer.client, answer });
  }

  /** Take an answer back: out of the store where it has not been sent, otherwise by the server. */
  undo(client) {
    const unsent = this.waiting.find((w) => w.client === client && w.kind === "answer" && !w.sent);
    if (unsent) {
      this.#drop(unsent);
      this.onUndone({ client, item: unsent.answer.item }, { state: "undone", item: null });
      return;
    }
    this.#keep({ kind: "undo", client });
  }

  #keep(entry) {
    entry.number = ++this.number;
    entry.key = `${PREFIX}${String(entry.number).padStart(12, "0")}:${entry.kind}:${entry.client}`;
    try {
      localStorage.setItem(entry.key, JSON.stringify(entry));
    } catch {
      this.trouble = "store";       // full or forbidden: it is still sent, but does not outlive the tab
    }
    this.waiting.push(entry);
    this.#tell();
    afterPaint(() => this.#send());
  }

  #drop(entry) {
    this.waiting.splice(this.waiting.indexOf(entry), 1);
    localStorage.removeItem(entry.key);
    this.#tell();
  }

  #tell() {
    this.onState({ waiting: this.waiting.length, trouble: this.trouble });
  }

  /** Wait until nothing waits. */
  async settled() {
    while (this.waiting.length) await new Promise((done) => setTimeout(done, 50));
  }

  /** Try again now. */
  wake() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.wait_ms = 0;
    this.#send();
  }

  async #send() {
    if (this.busy || !this.waiting.length || this.timer) return;
    this.busy = true;
    try {
      while (this.waiting.length) await (this.waiting[0].kind === "undo" ? this.#sendUndo(this.waiting[0]) : this.#sendAnswers());
      this.wait_ms = 0;
    } catch (error) {
      await this.#later(error);
    }
    this.busy = false;
  }

  async #sendAnswers() {
    const upTo = this.waiting.findIndex((w) => w.kind === "undo");
    const batch = this.waiting.slice(0, Math.min(this.most || MOST, upTo < 0 ? Infinity : upTo));
    for (const entry of batch) entry.sent = true;
    const answers = batch.map(({ answer }) => ({ ...answer, version: this.versions.get(answer.item) ?? answer.version }));
    const { outcomes } = await call("/api/answers", { body: { answers } });
    this.trouble = "";
    const byName = new Map(outcomes.map((o) => [o.client, o]));
    for (const entry of batch) {
      const outcome = byName.get(entry.client);
      if (!outcome) throw new Refused(500, "no outcome");
      this.versions.delete(entry.answer.item);
      this.#drop(entry);
      this.onOutcome(entry.answer, outcome);
    }
    this.most = MOST;
  }

  async #sendUndo(entry) {
    const outcome = await call("/api/undo", { body: { client: entry.client } });
    this.trouble = "";
    if (outcome.item) this.versions.set(outcome.item.id, outcome.item.version);
    this.#drop(entry);
    this.onUndone({ client: entry.client, item: outcome.item?.id }, outcome);
  }

  async #later(error) {
    const status = error instanceof Refused ? error.status : -1;
    if (status === 401) this.trouble = "login";
    else if (status === 403) this.trouble = (await renewToken().catch(() => false)) ? "" : "other";
    else if (status === 0) this.trouble = "offline";
    else if ([400, 409, 413, 422].includes(status)) return this.#singleOut(error);
    else this.trouble = "offline";
    this.#tell();
    this.wait_ms = error.after ? error.after * 1000 : Math.min(Math.max(this.wait_ms * 2, 250), SLOWEST_MS);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.timer = 0; this.#send(); }, this.wait_ms);
  }

  /** One answer of a batch that the server cannot take must not hold up the others: send singly, give the bad one back. */
  #singleOut(error) {
    const first = this.waiting[0];
    if (first.kind === "answer" && this.most !== 1 && this.waiting.length > 1) this.most = 1;
    else {
      this.#drop(first);
      if (first.kind === "answer") this.onOutcome(first.answer, { state: "refused", said: [error.message], other: null });
    }
    setTimeout(() => this.#send(), 0);
  }
}

function load() {
  const found = [];
  for (let n = 0; n < localStorage.length; n++) {
    const key = localStorage.key(n);
    if (!key.startsWith(PREFIX)) continue;
    // Whether it had been sent before the page was left cannot be known: an undo of it must go to the server.
    try { found.push({ ...JSON.parse(localStorage.getItem(key)), key, sent: true }); } catch { localStorage.removeItem(key); }
  }
  return found.sort((a, b) => a.number - b.number);
}
