"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const say = (slug, values = {}) => data.words[slug].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const grouped = (n) => {
    if (n === null || n === undefined) return say("not_known");
    const text = String(n);
    return text.length <= 3 ? text : text.slice(0, -3).replace(/\B(?=(\d\d)+$)/g, ",") + "," + text.slice(-3);
  };
  const percent = (part, whole) => { const tenths = Math.floor((part * 1000) / whole); return Math.floor(tenths / 10) + "." + (tenths % 10) + "\u00a0%"; };
  const make = (name, text, parent) => { const e = document.createElement(name); if (text !== undefined) e.textContent = text; if (parent) parent.append(e); return e; };
  const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;

  // Tables that can be sorted: a button in each head; what is not known stays last either way.
  const value = (cell) => ("v" in cell.dataset ? cell.dataset.v : cell.textContent.trim());
  const sortable = (table) => {
    Array.from(table.tHead.rows[0].cells).forEach((head, i) => {
      const button = make("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        Array.from(table.tHead.rows[0].cells).forEach((h) => h.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = Array.from(table.tBodies[0].rows).map((row) => [value(row.cells[i]), row]);
        rows.sort((a, b) => (a[0] === "") - (b[0] === "") || (down ? compare(b[0], a[0]) : compare(a[0], b[0])));
        table.tBodies[0].append(...rows.map((r) => r[1]));
      });
    });
  };
  document.querySelectorAll("table.sortable").forEach(sortable);

  // Parts wider than a narrow screen scroll sideways: there, and only there, the Tab key must stop at them.
  const wideParts = document.querySelectorAll("section, .two > div, .three > div");
  const reach = () => wideParts.forEach((part) => {
    const scrolls = part.scrollWidth > part.clientWidth && getComputedStyle(part).overflowX !== "visible";
    if (!scrolls) { part.removeAttribute("tabindex"); return; }
    part.tabIndex = 0;
    const heading = part.querySelector("h3"); // a section is named by its own h2 already
    if (part.localName === "div" && heading) { part.setAttribute("role", "group"); part.setAttribute("aria-label", heading.textContent); }
  });
  reach();
  addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true);

  // Down from state to district to station.
  const MOST = 200;
  const place = document.getElementById("places"), trail = document.getElementById("trail");
  const stateName = (s) => (data.level === "nation" ? data.told[data.states[s][0]][0] : data.root);
  const districtName = (d) => data.districts[d][1] || say("unnamed_district");
  const stationName = (x) => x[1] || say("unnamed_station");
  const of = (list, at, index) => list.map((row, i) => [row, i]).filter(([row]) => row[at] === index);
  const measures = ["expected", "records", "in_review", "rejected", "validated", "loaded", "pages", "pages_read"];
  const wide = (row) => { // counts of a station, with the two that follow from the others
    const c = Object.fromEntries(data.of_station.map((m, i) => [m, row[3 + i]]));
    return { ...c, of_expected: c.expected === null ? 0 : c.loaded, pages_of_expected: c.pages_expected === null ? 0 : c.pages };
  };
  const named = (counts) => (counts ? Object.fromEntries(data.measures.map((m, i) => [m, counts[i]])) : null);

  const tableOf = (head, rows, extra) => {
    const table = make("table"), line = make("tr", undefined, make("thead", undefined, table));
    [head, say("share"), ...measures.map((m) => data.labels[m]), ...extra].forEach((text, i) => { const th = make("th", text, line); th.scope = "col"; if (i) th.className = "n"; });
    const body = make("tbody", undefined, table);
    for (const [name, open, counts, more] of rows) {
      const tr = make("tr", undefined, body), th = make("th", open ? undefined : name, tr);
      th.scope = "row";
      if (open) { const b = make("button", name, th); b.type = "button"; b.addEventListener("click", open); }
      const cell = (text, v) => { const td = make("td", text, tr); td.className = "n"; td.dataset.v = v ?? ""; };
      if (!counts) { for (let i = 0; i <= measures.length + extra.length; i++) cell(i ? "–" : say("no_report"), ""); continue; }
      cell(counts.expected ? percent(counts.of_expected, counts.expected) : say("not_known"), counts.expected ? counts.of_expected / counts.expected : "");
      measures.forEach((m) => cell(grouped(counts[m]), counts[m]));
      more.forEach((x) => cell(x === null ? say("never") : typeof x === "number" ? grouped(x) : x, typeof x === "number" ? x : ""));
    }
    sortable(table);
    return table;
  };
  const steps = (...names) => {
    trail.replaceChildren(...names.map(([text, go], i) => {
      const e = make(go ? "button" : "b", text);
      if (go) { e.type = "button"; e.addEventListener("click", go); }
      if (!go) e.setAttribute("aria-current", "page");
      return e;
    }));
  };
  const inked = make("div");
  inked.innerHTML = "<svg></svg>"; // What its elements are called in full is asked of the browser: the page holds no address.
  const draw = (name, values, parent) => { const e = document.createElementNS(inked.firstChild.namespaceURI, name); for (const [k, v] of Object.entries(values)) e.setAttribute(k, v); parent.append(e); return e; };
  // The loaded records of a district over time, against what is expected: the caption says in words what the lines show.
  const burnUp = (past, expected) => {
    if (!past || past.length < 3) return null;
    let sum = 0;
    const start = past[0], values = past.slice(1).map((n) => (sum += n)), days = data.days.slice(start);
    const most = Math.max(expected || 0, ...values, 1), first = Date.parse(days[0]), span = Math.max(Date.parse(days.at(-1)) - first, 1);
    const x = (day) => (4 + (592 * (Date.parse(day) - first)) / span).toFixed(1), y = (n) => (116 - (108 * n) / most).toFixed(1);
    const figure = make("figure"), caption = say("district_burn", { before: grouped(values[0]), first: days[0], now: grouped(values.at(-1)), last: days.at(-1), expected: grouped(expected) });
    make("figcaption", caption, figure);
    const svg = draw("svg", { class: "burn-up small", viewBox: "0 0 600 120", role: "img", "aria-label": caption }, figure);
    if (expected) draw("polyline", { class: "expected", points: `4,${y(expected)} 596,${y(expected)}` }, svg);
    draw("polyline", { class: "loaded", points: values.map((n, i) => `${x(days[i])},${y(n)}`).join(" ") }, svg);
    return figure;
  };
  const put = (table, focus, chart) => { place.replaceChildren(...(chart ? [chart, table] : [table])); place.scrollTop = 0; if (focus) place.focus(); };
  // Each state has an address of its own: the browser's Back leads from it to where one came from.
  const address = (hash) => { if (data.level === "nation" && location.hash !== hash) history.pushState(null, "", hash || location.pathname + location.search); };
  const lagOf = (s) => {
    if (data.level !== "nation") return null;
    const list = make("ul");
    list.id = "told";
    data.told[data.states[s][0]].slice(1).forEach((text) => make("li", text, list));
    return list;
  };
  const root = data.root;

  const showStates = (focus) => {
    if (focus) address("#drill");
    steps([root, null]);
    put(tableOf(say("state"), data.states.map((s, i) => [stateName(i), s[2] && (() => showState(i, true)), named(s[2]), []]), []), focus);
  };
  const showState = (s, focus) => {
    if (focus) address("#state-" + data.states[s][0]);
    steps(...(data.level === "nation" ? [[root, () => showStates(true)]] : []), [stateName(s), null]);
    const rows = of(data.districts, 0, s).map(([d, i]) => [districtName(i), () => showDistrict(i, true), named(d[2]), [d[3], d[4]]]);
    put(tableOf(say("district"), rows, [say("station"), say("begun")]), focus, lagOf(s));
  };
  const stationRow = (x, prefix) => [prefix + stationName(x), null, wide(x), [x[x.length - 2], x[x.length - 1] ? "✓ " + say("certified") : "–"]];
  const showDistrict = (d, focus) => {
    const s = data.districts[d][0];
    steps(...(data.level === "nation" ? [[root, () => showStates(true)]] : []), [stateName(s), () => showState(s, true)], [districtName(d), null]);
    const rows = of(data.stations, 0, d).map(([x]) => stationRow(x, ""));
    const chart = burnUp(data.districts[d][5], named(data.districts[d][2]).expected);
    if (rows.length) put(tableOf(say("station"), rows, [say("idle"), say("certified")]), focus, chart);
    else put(make("p", say("no_stations")), focus, chart);
  };
  const showFound = (words) => {
    const fits = (name) => words.every((w) => name.toLowerCase().includes(w));
    const districts = data.districts.map((d, i) => [d, i]).filter(([, i]) => fits(districtName(i)));
    const stations = data.stations.filter((x) => x[1] && fits(x[1] + " " + districtName(x[0])));
    const rows = districts.slice(0, MOST).map(([d, i]) => [stateName(d[0]) + " › " + districtName(i), () => showDistrict(i, true), named(d[2]), [null, "–"]].map((v, k) => (k === 3 ? ["–", "–"] : v)));
    rows.push(...stations.slice(0, MOST).map((x) => stationRow(x, stateName(data.districts[x[0]][0]) + " › " + districtName(x[0]) + " › ")));
    steps([root, () => showStates(true)]);
    put(tableOf(say("part"), rows, [say("idle"), say("certified")]), false);
    document.getElementById("found").textContent = say("found", { n: rows.length, all: districts.length + stations.length });
  };
  const home = (focus) => (data.level === "nation" ? showStates(focus) : showState(0, focus));
  let waiting = 0;
  document.getElementById("find").addEventListener("input", (event) => {
    clearTimeout(waiting);
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    waiting = setTimeout(() => { if (words.length) showFound(words); else { document.getElementById("found").textContent = ""; home(false); } }, 150);
  });
  home(false);
  const open = () => {
    const s = data.states.findIndex((x) => location.hash === "#state-" + x[0]);
    if (data.level !== "nation" || s < 0) { if (location.hash === "#drill" || !location.hash) home(false); return; }
    showState(s, false);
    document.getElementById("drill").scrollIntoView();
    place.focus({ preventScroll: true });
  };
  addEventListener("popstate", open);
  addEventListener("hashchange", open); // after the browser has looked for the row of that name itself
  if (location.hash) { open(); addEventListener("load", () => setTimeout(open)); }

  // Saving what the page holds.
  const cell = (x) => { const text = x === null || x === undefined ? "" : String(x); const safe = /^[=+\-@\t\r]/.test(text) && typeof x !== "number" ? "'" + text : text; return /[",\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe; };
  const csv = (rows) => "\ufeff" + rows.map((r) => r.map(cell).join(",")).join("\r\n") + "\r\n";
  const save = (name, text, kind) => { const a = make("a"); a.href = URL.createObjectURL(new Blob([text], { type: kind })); a.download = name; a.click(); URL.revokeObjectURL(a.href); };
  const down = (part, whole) => Math.floor((part * 1e6) / whole) / 1e6;
  const everywhere = () => [
    ...data.states.map((s) => ["state", s[1], "", "", named(s[2])]),
    ...data.districts.map((d) => ["district", data.states[d[0]][1], d[1], "", named(d[2])]),
    ...data.stations.map((x) => ["station", data.states[data.districts[x[0]][0]][1], data.districts[x[0]][1], x[1], wide(x)]),
  ];
  const figures = () => {
    const rows = [["level", "state", "district", "station", "figure", "numerator", "denominator", "value", "why_not", "definition"]];
    for (const [level, name, slug, , part, whole, why, definition] of data.figures) rows.push([level, level === "nation" ? "" : name, "", "", slug, part, whole, part !== null && whole ? down(part, whole) : null, why, definition]);
    for (const [level, state, district, station, c] of everywhere()) {
      for (const [slug, [over, under, , definition]] of Object.entries(data.shares)) {
        const why = !c ? "no-report" : c[under] === null ? "no-inventory" : c[under] ? "" : under.endsWith("expected") ? "none-expected" : "nothing-yet";
        rows.push([level, state, district, station, slug, c && c[under] !== null ? c[over] : null, c ? c[under] : null, why ? null : down(c[over], c[under]), why, definition]);
      }
    }
    return csv(rows);
  };
  const counts = () => csv([["level", "state", "district", "station", ...data.measures], ...everywhere().map(([l, s, d, x, c]) => [l, s, d, x, ...data.measures.map((m) => (c ? c[m] : null))])]);
  const makers = { figures: () => save("figures.csv", figures(), "text/csv"), places: () => save("counts.csv", counts(), "text/csv"), json: () => save("picture.json", JSON.stringify(data), "application/json") };
  document.querySelectorAll("[data-save]").forEach((b) => b.addEventListener("click", () => makers[b.dataset.save]()));
})();
