// Many fields on one screen: all open fields of a page beside its picture, or the carpet, one field over many pages.
// One Enter confirms the screen; what has no value or is keyed blind is visited first, and what was never in sight is
// brought there instead of being confirmed. What is masked is not shown here: it is unmasked, for a reason, one at a time.

import { AnswerBox } from "./answer.js";
import { Clock } from "./clock.js";
import { Desk } from "./desk.js";
import { Feed } from "./feed.js";
import { PageView, isComing } from "./pictures.js";
import { afterPaint, reasonOf, words } from "./station.js";

const MOST = 24;
const LEAST = 12;
const main = document.getElementById("keying");
const grid = document.getElementById("grid");
const isCarpet = main.dataset.kind === "carpet";
const frame = document.getElementById("beside");
const detail = document.getElementById("detail");
const view = frame && new PageView(frame);
const template = document.getElementById("answer");
const clock = new Clock();
const screens = [];                 // confirmed: [{item, client}, …]
let cells = [], at = 0;

const desk = new Desk({
  actions: {
    accept: confirm, back: () => step(-1), undo,
    blank: () => settle("blank"), illegible: () => settle("illegible"), noValue, wrong: () => settle("wrong_zone"), flag: () => settle("flag"),
    page: () => desk.openPage(focused()?.item, () => focused()?.box.focus()),
    doubtful: () => focused()?.box.nextDoubtful(),
    above: () => { const cell = focused(); if (cell?.item.above) cell.box.put(cell.item.above); else desk.notice([words("no_above")]); },
    viewIn: () => view?.zoom(1.25), viewOut: () => view?.zoom(0.8),
  },
  onBack,
  onUndone: (client, id, outcome) => {
    const fresh = desk.tellUndone(client, outcome);
    if (fresh && !desk.items.has(client)) bringBack(fresh);
    const cell = cells.find((c) => c.item.id === id);
    if (cell && outcome.item) cell.item.version = outcome.item.version;
    if (outcome.item) feed.seen.set(outcome.item.id, outcome.item.version);
  },
});
const sight = new IntersectionObserver((seen) => {
  for (const one of seen) if (one.isIntersecting) { const cell = cells.find((c) => c.root === one.target); if (cell) cell.isSeen = true; }
}, { threshold: 0.9 });
const feed = new Feed(JSON.parse(main.dataset.query), () => { if (main.dataset.state !== "open") show(); else prepare(); }, desk.unsent(), (item) => item.masked);
feed.ensure(0);

function focused() { return cells.find((c) => c.root.contains(document.activeElement)) ?? cells.find((c) => c.isLast) ?? cells[0]; }

/** The items of the next screen, or null while it is not known whether the page has more. */
function nextItems() {
  const coming = feed.items.slice(at);
  if (isCarpet) return coming.slice(0, screenSize());
  const end = coming.findIndex((i) => i.page !== coming[0].page);
  return end < 0 && !feed.ended ? null : coming.slice(0, end < 0 ? undefined : end);
}

/** As many pictures as can be seen at once, within 12 to 24. */
function screenSize() {
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const rows = Math.floor((innerHeight - grid.getBoundingClientRect().top - 90) / 128);
  return Math.max(LEAST, Math.min(MOST, columns * rows));
}

function show() {
  main.dataset.state = "open";
  const items = feed.items.length > at ? nextItems() : [];
  if (!items?.length) {
    main.dataset.state = items && feed.ended ? "done" : "waiting";
    grid.replaceChildren();
    cells = [];
    feed.asking || feed.ensure(feed.items.length);
    return;
  }
  lay(items);
}

function lay(items) {
  sight.disconnect();
  cells = items.map((item) => {
    const root = template.content.firstElementChild.cloneNode(true);
    return { item, root, verdict: "", isSeen: false, isClosed: true };
  });
  grid.replaceChildren(...cells.map((c) => c.root));
  for (const cell of cells) {
    cell.box = new AnswerBox(cell.root, desk.typing, { isWhole: isCarpet });
    cell.box.show(cell.item, cell.item.draft);
    if (isCarpet) { desk.pictures.show(cell.item, cell.box.stage); cell.box.state.textContent = cell.item.where; }
    else cell.box.stage.remove();
    if (cell.item.comes_back) { cell.box.say("reject", cell.item.comes_back.text); if (cell.item.comes_back.again) cell.box.first = cell.item.comes_back.again; }
    watch(cell);
    sight.observe(cell.root);
  }
  const page = document.getElementById("page-name");
  if (page) page.textContent = isCarpet ? cells[0].item.label : cells[0].item.where;
  document.getElementById("left").textContent = feed.left === null ? "" : words("left_n", { n: Math.max(feed.left, cells.length) });
  clock.restart();
  desk.sweep();
  (cells.find(needsPerson) ?? cells.find((c) => !isCarpet && c.box.ranges.length) ?? cells[0]).box.focus();
  main.dataset.screen = screens.length;
  afterPaint(prepare);
}

function prepare() {
  const coming = feed.items.slice(at, at + 2 * MOST);
  if (isCarpet) desk.pictures.prepare(coming, new Set(coming.map((i) => i.id)));
  feed.ensure(at + cells.length);
}

function watch(cell) {
  const { box } = cell;
  box.value.addEventListener("focus", () => {
    for (const c of cells) { c.isLast = c === cell; c.root.classList.toggle("is-in-turn", c === cell); }
    // Beside the grid, so that no picture moves when another cell comes in turn.
    detail?.replaceChildren(box.candidates, box.told);
    if (view && cell.item.pagePicture) view.show(cell.item.pagePicture, cell.item.box, cell.item.label, cell.item.where);
    else view?.showRow(cell.item);
    cell.root.scrollIntoView({ block: "nearest" });
  });
  box.value.addEventListener("input", () => { mark(cell, ""); cell.isClosed = false; });
  box.candidates.addEventListener("click", (event) => {
    const button = event.target.closest("[data-candidate]");
    if (button) box.put(cell.item.candidates[button.dataset.candidate]);
  });
  box.value.addEventListener("keydown", (event) => {
    if (box.press(event)) return;
    const number = /^Digit([1-9])$/.exec(event.code);
    if (number && event.altKey && !event.ctrlKey && !event.getModifierState("AltGraph") && cell.item.candidates?.[number[1] - 1] !== undefined) {
      event.preventDefault();
      box.put(cell.item.candidates[number[1] - 1]);
    } else if (/^Arrow/.test(event.code) && !event.altKey && !event.ctrlKey && !event.shiftKey) arrow(event, cell);
  });
}

function arrow(event, cell) {
  const sideways = event.code === "ArrowLeft" || event.code === "ArrowRight";
  // Within a value that is being edited the caret moves; so it does beside a page, where all fields stand in one column.
  if (sideways && (!isCarpet || !cell.isClosed)) return;
  const to = nearest(cell, event.code);
  if (!to) return;
  event.preventDefault();
  to.box.focus();
}

/** The cell that lies next in a direction, by where they are on the screen. */
function nearest(cell, code) {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[code];
  const middle = (c) => { const r = c.root.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; };
  const [x, y] = middle(cell);
  const ahead = cells.filter((c) => c !== cell).map((c) => { const [a, b] = middle(c); return { c, on: (a - x) * dx + (b - y) * dy, off: Math.abs((a - x) * dy) + Math.abs((b - y) * dx) }; }).filter((o) => o.on > 4);
  return ahead.sort((a, b) => a.on + 3 * a.off - b.on - 3 * b.off)[0]?.c;
}

function step(by) {
  const to = cells[cells.indexOf(focused()) + by];
  if (to) to.box.focus();
}

/** Whether somebody must look at a cell by itself before the screen may be confirmed. */
function needsPerson(cell) {
  if (cell.verdict) return false;
  return !cell.box.text || (cell.item.blind && !cell.box.isChanged);
}

function mark(cell, verdict) {
  cell.verdict = verdict;
  cell.root.dataset.verdict = verdict;
  cell.box.state.textContent = verdict ? words(`verdict_${verdict}`) : isCarpet ? cell.item.where : "";
}

function settle(verdict) {
  const cell = focused();
  if (!cell) return;
  mark(cell, verdict);
  cell.isClosed = true;
  (cells.find(needsPerson) ?? cell).box.focus();
}

/** Words that are no value of the field: they are kept as typed. */
function noValue() {
  const cell = focused();
  if (cell?.box.isOffered) return cell.box.say("ask", words("type_the_words"));
  settle("no-value");
}

/** Enter: end the edit of a cell, visit what needs a person, bring into sight what was not seen; else keep the screen. */
function confirm() {
  if (main.dataset.state !== "open") return;
  const here = focused();
  if (here.box.list.choose()) here.isClosed = false;
  if (!here.isClosed) {
    if (!here.box.answer()) return;
    here.isClosed = true;
    const next = cells.find(needsPerson);
    if (next) return next.box.focus();
    // On a carpet an Enter that ends an edit does not also confirm pictures further on.
    if (isCarpet) return desk.notice([words("enter_confirms", { n: cells.length })]);
  }
  const open = cells.find(needsPerson);
  if (open) { open.box.focus(); if (open === here) open.box.say("ask", words("empty_box")); return; }
  if ([...cells.map((c) => c.root), ...(frame ? [frame] : [])].some(isComing)) return desk.notice([words("pictures_coming")]);
  const unseen = cells.find((c) => !c.isSeen);
  if (unseen) { unseen.root.scrollIntoView({ block: "start" }); return; }
  const answers = cells.map((c) => [c, c.verdict ? { verdict: c.verdict, value: c.verdict === "no-value" ? c.box.text : "", sure: false } : c.box.answer()]);
  const stuck = answers.find(([, answer]) => !answer);
  if (stuck) return stuck[0].box.value.focus();
  keep(answers);
}

function keep(answers) {
  const each_ms = Math.round(clock.active_ms() / answers.length);
  screens.push(answers.map(([{ item, box, verdict }, answer]) => {
    delete item.draft;
    delete item.comes_back;
    const note = verdict === "flag" && box.isChanged ? box.text : "";
    return { item, answer, client: desk.keep(item, answer, { active_ms: each_ms, keys: box.keys, note }) };
  }));
  at += answers.length;
  show();
}

/** Ctrl+Z: first what was typed in this cell, then the last screen, to any depth. */
function undo() {
  const cell = focused();
  if (cell && (cell.box.isChanged || cell.verdict || cell.box.first !== null)) { mark(cell, ""); cell.box.revert(); cell.isClosed = true; return; }
  const screen = screens.pop();
  if (!screen) { desk.takeBack(); return; }
  for (const { client, item, answer } of screen) {
    desk.retract(client);
    if (answer.value) item.draft = answer.value;
  }
  at -= screen.length;
  lay(screen.map((s) => s.item));
}

/** A field of an answer that was given before this page was loaded: it stands on the screen in turn. */
function bringBack(item) {
  const found = feed.items.findIndex((i) => i.id === item.id);
  if (found >= 0) feed.items.splice(found, 1);
  if (found >= 0 && found < at) at--;
  feed.items.splice(at, 0, item);
  feed.seen.set(item.id, item.version);
  show();
}

/** The server did not keep an answer: its field stands first on the next screen, with the reason. */
function onBack(item, answer, outcome) {
  if (!item || outcome.state === "gone" || outcome.state === "conflict") return;
  if (answer.verdict === "ok") feed.refresh(item).catch(() => {});
  item.draft = outcome.state === "not_in_list" ? "" : answer.value;
  item.comes_back = outcome.state === "not_in_list" ? { text: words("not_in_list").replace("{value}", answer.value), again: answer.value } : { text: reasonOf(outcome) };
  if (outcome.state === "not_in_list") desk.noticeNotInList(item, answer.value);
  else desk.notice([words("refused", { label: item.label }), " ", reasonOf(outcome)], "reject");
  for (const screen of screens) { const n = screen.findIndex((s) => s.item === item); if (n >= 0) { screen.splice(n, 1); break; } }
  const place = feed.items.indexOf(item);
  if (place >= 0 && place < at) { feed.items.splice(place, 1); at--; }
  const after = at + (main.dataset.state === "open" ? cells.length : 0);
  feed.items.splice(after, 0, item);
  if (main.dataset.state !== "open") show();
}
