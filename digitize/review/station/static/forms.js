// The slow screens: a value that is typed picks its radio button; what is settled is sent without loading the page again.

import { call, reasonOf, uniqueName, words } from "./station.js";

for (const input of document.querySelectorAll("[data-picks]")) input.addEventListener("input", () => {
  // Words that are no value are typed into the same box.
  if (!input.form.querySelector(".typed-words:checked")) document.getElementById(input.dataset.picks).checked = true;
});

for (const form of document.querySelectorAll("[data-settle]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = form.querySelector("input[name=verdict]:checked");
    const value = chosen.dataset.value ?? form.elements.value.value.trim();
    const says = form.querySelector(".outcome");
    const isTyped = chosen.value === "value" || chosen.value === "no-value";
    if (isTyped && !value) { says.textContent = words("empty_value"); return; }
    // The same name when it is sent again: it is never kept twice.
    form.dataset.client ||= uniqueName();
    const answer = { client: form.dataset.client, item: form.dataset.settle, version: Number(form.dataset.version), verdict: chosen.value, value: isTyped ? value : "", note: "", active_ms: 0, keys: 0, sure: true };
    try {
      const { outcomes: [outcome] } = await call("/api/answers", { body: { answers: [answer] } });
      const isKept = outcome.state === "kept" || outcome.state === "known";
      says.textContent = isKept ? words("settled") : reasonOf(outcome) || words("refused", { label: "" });
      says.className = `outcome said-${isKept ? "good" : "reject"}`;
      delete form.dataset.client;
      if (isKept) { form.closest(".case").classList.add("is-settled"); for (const one of form.elements) one.disabled = true; }
    } catch (error) {
      says.textContent = error.message || words("trouble_offline");
      says.className = "outcome said-reject";
    }
  });
}
