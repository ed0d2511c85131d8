// Columns of a register over a page of it: rules are dragged, columns described, the page read again, the file saved.

const NEAR = 8;                 // pixels of the sheet that two rules keep between them
const STEP = 1, STRIDE = 10;
const SVG = "http://www.w3.org/2000/svg";
const at = (id) => document.getElementById(id);
let state, current = 0, isChanged = false;

function svg(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

function element(name, properties = {}, ...inside) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...inside);
  return made;
}

function say(text, isProblem = false) {
  at("said").textContent = text;
  at("said").classList.toggle("problem", isProblem);
}

/** Where column n lies: its half, and the number of the rule on its left there. */
function place(n) {
  for (const [half, rules] of state.halves.entries()) {
    if (n < rules.length - 1) return { half, rule: n };
    n -= rules.length - 1;
  }
  return null;
}

/** The number of the column to the right of a rule. */
function columnAfter(half, rule) {
  return state.halves.slice(0, half).reduce((sum, rules) => sum + rules.length - 1, 0) + rule;
}

function change(text) {
  isChanged = true;
  say(text);
}

function move(half, rule, x) {
  const rules = state.halves[half];
  const least = rule > 0 ? rules[rule - 1].x + NEAR : 0;
  const most = rule < rules.length - 1 ? rules[rule + 1].x - NEAR : state.width;
  rules[rule].x = Math.min(most, Math.max(least, x));
  change("A rule was moved. Read the page again to see its rows.");
}

function remove(half, rule) {
  const rules = state.halves[half];
  if (rule === 0 || rule === rules.length - 1) return say("The outermost rules stay: drag them.", true);
  const [gone] = state.columns.splice(columnAfter(half, rule), 1);
  rules.splice(rule, 1);
  if (gone.id === state.rowStart) state.rowStart = state.columns.find((c) => !c.again).id;
  change(`Column ${gone.id} was joined with the one on its left.`);
  draw();
  return undefined;
}

function freeId() {
  const taken = new Set(state.columns.map((c) => c.id));
  let n = state.columns.length;
  while (taken.has(`column_${n}`)) n += 1;
  return `column_${n}`;
}

/** Put a rule into column n, at x or in its middle. */
function divide(n, x) {
  const { half, rule } = place(n);
  const rules = state.halves[half];
  const [left, right] = [rules[rule], rules[rule + 1]];
  const middle = x ?? (left.x + right.x) / 2;
  if (middle - left.x < NEAR || right.x - middle < NEAR) return say("That column is too narrow to be divided.", true);
  rules.splice(rule + 1, 0, { x: middle, seen: false, bend: left.bend });
  state.columns.splice(n + 1, 0, { id: freeId(), kind: "line", head: "", source: "", again: false });
  change("A rule was added. Say what the new column is, below.");
  draw();
  return undefined;
}

function drawRule(half, rule, line) {
  const path = () => line.bend.map(([y, by]) => `${line.x + by},${y}`).join(" ");
  const group = svg("g", {
    class: line.seen ? "rule seen" : "rule", tabindex: "0", role: "slider", "aria-orientation": "horizontal",
    "aria-label": `Rule ${rule + 1}${state.halves.length > 1 ? ` of page ${half + 1}` : ""}`,
    "aria-valuemin": "0", "aria-valuemax": state.width, "data-half": half, "data-rule": rule,
  });
  const strokes = [svg("polyline", { class: "grip" }), svg("polyline", { class: "mark" })];
  group.append(...strokes);
  const lay = () => {
    for (const stroke of strokes) stroke.setAttribute("points", path());
    group.setAttribute("aria-valuenow", Math.round(line.x));
  };
  lay();
  group.addEventListener("pointerdown", (event) => {
    const from = toSheet(event) - line.x;
    group.setPointerCapture(event.pointerId);
    group.focus();
    const drag = (moved) => { move(half, rule, toSheet(moved) - from); lay(); };
    group.addEventListener("pointermove", drag);
    group.addEventListener("lostpointercapture", () => { group.removeEventListener("pointermove", drag); drawNames(); }, { once: true });
    event.preventDefault();
  });
  group.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) { move(half, rule, line.x + by * (event.shiftKey ? STRIDE : STEP)); lay(); drawNames(); event.preventDefault(); }
    if (event.key === "Delete") { remove(half, rule); event.preventDefault(); }
  });
  group.addEventListener("dblclick", (event) => event.stopPropagation());
  return group;
}

/** A pointer's place in pixels of the sheet, from the left. */
function toSheet(event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(at("rules").getScreenCTM().inverse()).x;
}

function drawNames() {
  for (const old of at("rules").querySelectorAll(".name")) old.remove();
  state.columns.forEach((column, n) => {
    const { half, rule } = place(n);
    const [left, right] = state.halves[half].slice(rule, rule + 2);
    const y = left.bend[0][0] + 28 + (n % 2) * 28;   // every other one lower, so that long ids fit
    at("rules").append(svg("text", { class: "name", x: (left.x + right.x) / 2, y, "text-anchor": "middle" }, column.again ? "again" : column.id));
  });
}

function drawTable() {
  const rows = state.columns.map((column, n) => {
    if (column.again) return element("tr", {}, element("td", { textContent: n + 1 }), element("td", { textContent: "the number of the row, repeated", colSpan: 5 }));
    const named = (what) => `${what} of column ${n + 1}`;
    const id = element("input", { value: column.id, ariaLabel: named("Id"), spellcheck: false, size: 18 });
    id.addEventListener("change", () => {
      if (state.rowStart === column.id) state.rowStart = id.value.trim();
      column.id = id.value.trim();
      change("An id was changed.");
      drawNames();
    });
    const kind = element("select", { ariaLabel: named("Kind") }, ...state.kinds.map((k) => element("option", { value: k, textContent: k })));
    kind.value = column.kind;
    kind.addEventListener("change", () => { column.kind = kind.value; change("A kind was changed."); });
    const head = element("input", { value: column.head, ariaLabel: named("Print"), size: 28, dir: "auto", placeholder: column.known ?? "" });
    head.addEventListener("change", () => { column.head = head.value.trim(); change("A head was changed."); });
    const start = element("input", { type: "radio", name: "start", checked: column.id === state.rowStart, ariaLabel: `Rows start at column ${n + 1}` });
    start.addEventListener("change", () => { state.rowStart = column.id; change("Rows start at another column."); });
    const part = element("button", { type: "button", textContent: "Divide", ariaLabel: named("Divide") });
    part.addEventListener("click", () => divide(n));
    return element("tr", {}, ...[element("span", { textContent: n + 1 }), id, kind, head, start, part].map((x) => element("td", {}, x)));
  });
  at("columns").replaceChildren(...rows);
}

function draw() {
  const board = at("rules");
  board.setAttribute("viewBox", `0 0 ${state.width} ${state.height}`);
  board.replaceChildren(...state.halves.flatMap((rules, half) => rules.map((line, rule) => drawRule(half, rule, line))));
  drawNames();
  drawTable();
}

async function show(answer, text) {
  state = answer;
  at("file").textContent = state.file;
  document.title = state.file;
  at("title").value = state.title;
  at("page").replaceChildren(...state.pages.map((name, n) => element("option", { value: n, textContent: name })));
  at("page").value = current;
  // Another address each time, or the browser shows the picture it has.
  at("sheet").src = `picture?${Date.now()}`;
  draw();
  const page = state.page;
  const told = `${page.rows} rows, ${page.doubtful_rows} doubtful; ${page.written} cells with writing, ${page.blank} blank.`;
  say(page.reason ? `${text} ${page.reason}.` : `${text} ${told}`, Boolean(page.reason));
}

async function ask(path, text, page = current) {
  const buttons = document.querySelectorAll("header button, header select");
  for (const button of buttons) button.disabled = true;
  say("Reading the page ...");
  try {
    const edit = state && {
      title: at("title").value, row_start: state.rowStart, columns: state.columns.map(({ known, ...rest }) => rest),
      halves: state.halves.map((rules) => rules.map((line) => line.x)),
    };
    const answer = await fetch(path, edit ? { method: "POST", body: JSON.stringify({ page, edit }), headers: { "Content-Type": "application/json" } } : {});
    const told = await answer.json();
    if (!answer.ok) return say(told.problem, true);
    current = page;
    isChanged = path === "try" && isChanged;
    await show(told, text);
  } catch {
    say("The program does not answer. Is it still running?", true);
  } finally {
    for (const button of buttons) button.disabled = false;
    if (state) at("page").value = current;
  }
  return undefined;
}

at("try").addEventListener("click", () => ask("try", "Read again:"));
at("save").addEventListener("click", () => ask("save", "Saved."));
at("page").addEventListener("change", () => ask("try", "Read with the columns as they are:", Number(at("page").value)));
at("title").addEventListener("change", () => change("The title was changed."));
at("rules").addEventListener("dblclick", (event) => {
  const x = toSheet(event);
  const n = state.columns.findIndex((_, i) => { const { half, rule } = place(i); const rules = state.halves[half]; return rules[rule].x < x && x < rules[rule + 1].x; });
  if (n >= 0) divide(n, x);
});
addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
await ask("state", "");
