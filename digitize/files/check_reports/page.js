"use strict";
(() => {
  const body = document.querySelector("#table tbody");
  const rows = Array.from(body.rows);
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const search = document.getElementById("search");
  const severity = document.getElementById("severity");
  const shown = document.getElementById("shown");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, i) => {
      const fits = words.every((w) => texts[i].includes(w)) && (!severity.value || row.className === severity.value);
      row.hidden = !fits;
      count += fits;
    });
    shown.textContent = count + " shown";
  };
  search.addEventListener("input", filter);
  severity.addEventListener("change", filter);
  const compare = new Intl.Collator(undefined, { numeric: true }).compare;
  document.querySelectorAll("#table thead th").forEach((head, column) => {
    const button = document.createElement("button");
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      document.querySelectorAll("#table thead th").forEach((h) => h.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      rows.slice().sort((a, b) => (up ? 1 : -1) * compare(a.cells[column].textContent, b.cells[column].textContent))
        .forEach((row) => body.append(row));
    });
  });
  const open = () => {
    const rule = document.getElementById(location.hash.slice(1));
    if (rule && rule.tagName === "DETAILS") rule.open = true;
  };
  addEventListener("hashchange", open);
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  open();
})();
