// The keying loop: one field after the other. Nothing here waits for the server.

import { AnswerBox } from "./answer.js";
import { Clock } from "./clock.js";
import { Desk } from "./desk.js";
import { Feed } from "./feed.js";
import { isComing } from "./pictures.js";
import { afterPaint, reasonOf, words } from "./station.js";

const main = document.getElementById("keying");
const query = JSON.parse(main.dataset.query);
const clock = new Clock();
const answered = new Map();         // item: {client, answer, round}
const last = new Map();             // form and field: the value given last, for the ditto key
const later_on = new Set();         // items that were left for later
let at = 0;
let round = 0;                      // how often the server has counted what is open
let given = 0;                      // answers since then, without those that were taken back or refused

const desk = new Desk({
  actions: {
    accept, back, later, undo, ditto, above,
    blank: () => verdict("blank"), illegible: () => verdict("illegible"), noValue, wrong: () => verdict("wrong_zone"), flag,
    page: () => desk.openPage(now(), () => box.focus()),
    doubtful: () => box.nextDoubtful(),
  },
  onBack, onUndone,
});
const box = new AnswerBox(main.querySelector(".answer"), desk.typing);
const feed = new Feed(query, more, desk.unsent());
box.value.addEventListener("keydown", (event) => {
  if (box.press(event)) return;
  const number = /^Digit([1-9])$/.exec(event.code);
  if (number && event.altKey && !event.ctrlKey && !event.getModifierState("AltGraph")) {
    event.preventDefault();
    candidate(Number(number[1]) - 1);
  }
});
box.candidates.addEventListener("click", (event) => {
  const button = event.target.closest("[data-candidate]");
  if (button) { candidate(Number(button.dataset.candidate)); box.value.focus(); }
});
feed.ensure(0);

function now() { return feed.items[at]; }

function more() {
  // What is on the screen stays; only an empty desk is filled.
  if (main.dataset.state !== "open") show();
  else prepare();
  round++;
  given = 0;
  count();
}

function prepare() {
  const coming = feed.items.slice(at, at + 12);
  desk.pictures.prepare(coming, new Set(feed.items.slice(Math.max(0, at - 20), at + 40).map((i) => i.id)));
}

/** Show the field in turn. */
function show() {
  const item = now();
  if (!item) return idle();
  main.dataset.state = "open";
  main.dataset.item = item.id;
  main.dataset.at = at;
  desk.pictures.show(item, box.stage);
  box.show(item, answered.get(item.id)?.answer.value ?? item.draft);
  const before = answered.get(item.id);
  box.state.textContent = before ? words("answered_before", { what: words(`verdict_${before.answer.verdict}`) }) : item.where;
  desk.offerUnmask(item, show);
  desk.sweep();
  box.focus();
  clock.restart();
  if (item.comes_back) { box.say(item.comes_back.kind, item.comes_back.text); if (item.comes_back.again) box.askAgain(item.comes_back.again); }
  afterPaint(() => { prepare(); count(); feed.ensure(at); });
}

function idle() {
  // What was left for later comes again before anybody is told that nothing is left.
  const left = feed.ended ? feed.items.findIndex((i) => later_on.has(i.id) && !answered.has(i.id)) : -1;
  if (left >= 0) { at = left; return show(); }
  main.dataset.state = feed.ended ? "done" : "waiting";
  delete main.dataset.item;
  feed.ensure(at);
}

function count() {
  const left = document.getElementById("left");
  if (feed.left !== null) left.textContent = words("left_n", { n: Math.max(0, feed.left - given) });
}

/** Enter: keep the value and go on. */
function accept() {
  const item = now();
  if (!item || main.dataset.state !== "open") return;
  if (box.list.choose()) box.checked = null;
  // Nobody agrees to what stands in the box before there is a picture to compare it with.
  if (!box.isChanged && isComing(box.stage)) return box.say("ask", words("pictures_coming"));
  const answer = box.answer();
  if (answer) keep(answer);
}

function keep(answer, note = "") {
  const item = now(), before = answered.get(item.id);
  const same = before && before.answer.verdict === answer.verdict && before.answer.value === answer.value;
  if (!same) {
    if (before) desk.retract(before.client);
    else given++;
    const client = desk.keep(item, answer, { active_ms: clock.active_ms(), keys: box.keys, note });
    answered.set(item.id, { client, answer, round: before?.round ?? round });
  }
  delete item.comes_back;
  delete item.draft;
  if (answer.value) last.set(`${item.form} ${item.field}`, answer.value);
  onward();
}

/** The next field that is open: after a step back, those answered already are passed over. */
function onward() {
  do at++; while (at < feed.items.length && answered.has(feed.items[at].id));
  show();
}

function verdict(name) {
  if (now()?.masked) return box.answer();
  if (now() && main.dataset.state === "open") keep({ verdict: name, value: "", sure: false });
}

/** Words that are no value of the field: they are kept as typed. */
function noValue() {
  if (now()?.masked) return box.answer();
  if (!now() || main.dataset.state !== "open") return;
  if (box.isOffered) return box.say("ask", words("type_the_words"));
  keep({ verdict: "no-value", value: box.text, sure: false });
}

function flag() {
  if (now() && main.dataset.state === "open") keep({ verdict: "flag", value: "", sure: false }, box.isChanged ? box.text : "");
}

function back() {
  if (at === 0) return;
  at--;
  show();
}

function later() {
  if (!now()) return;
  later_on.add(now().id);
  onward();
}

/** Ctrl+Z: first what was typed here, then the last answer, to any depth. */
function undo() {
  if (main.dataset.state === "open" && (box.isChanged || box.first !== null)) return box.revert();
  const client = desk.takeBack();
  if (!client) return;
  const item = desk.items.get(client);
  if (!item) return;                // given before the page was loaded: the server sends it back
  const before = answered.get(item.id);
  if (answered.delete(item.id)) given--;
  item.draft = before?.answer.value || undefined;
  placed(item);
}

/** Make an item the one in turn, wherever it stands. */
function placed(item) {
  const found = feed.items.findIndex((i) => i.id === item.id);
  if (found >= 0 && found <= at) { at = found; feed.items[at] = item; }
  else {
    if (found > at) feed.items.splice(found, 1);
    feed.items.splice(at, 0, item);
  }
  show();
}

function onUndone(client, id, outcome) {
  const fresh = desk.tellUndone(client, outcome);
  if (fresh) feed.seen.set(fresh.id, fresh.version);
  const mine = feed.items.find((i) => i.id === id);
  if (mine && fresh) mine.version = fresh.version;
  // Given before the page was loaded: here is its field again.
  if (fresh && !desk.items.has(client)) {
    answered.delete(fresh.id);
    placed(Object.assign(mine ?? fresh, { draft: fresh.draft }));
  }
}

/** The server did not keep an answer: its field comes next, with the reason. */
function onBack(item, answer, outcome) {
  if (!item || outcome.state === "gone" || outcome.state === "conflict") return;
  if (answer.verdict === "ok") feed.refresh(item).catch(() => {});
  // Refused, it never was less that is open; counted since, the server knew it as open.
  if (answered.get(item.id)?.round === round) given--;
  answered.delete(item.id);
  count();
  item.draft = answer.value;
  item.comes_back = outcome.state === "not_in_list" ? { kind: "ask", text: "", again: answer.value } : { kind: "reject", text: reasonOf(outcome) };
  if (outcome.state === "not_in_list") desk.noticeNotInList(item, answer.value);
  else desk.notice([words("refused", { label: item.label }), " ", reasonOf(outcome)], "reject");
  const place = feed.items.indexOf(item);
  if (place >= 0) feed.items.splice(place, 1);
  if (place >= 0 && place < at) at--;
  const next = main.dataset.state === "open" ? Math.min(at + 1, feed.items.length) : at;
  feed.items.splice(next, 0, item);
  if (main.dataset.state !== "open") show();
}

function candidate(n) {
  const text = now()?.candidates?.[n];
  if (text !== undefined) box.put(text);
}

function ditto() {
  const item = now();
  const text = item && last.get(`${item.form} ${item.field}`);
  if (text) box.put(text);
  else desk.notice([words("no_ditto")]);
}

function above() {
  if (now()?.above) box.put(now().above);
  else desk.notice([words("no_above")]);
}
