// What every page of the station needs: the language's words, who is logged in, and calls to the server.

const said = JSON.parse(document.getElementById("words")?.textContent || "{}");
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content || "";

export const person = meta("person");
export const base = meta("static").replace(/\/$/, "");
let token = meta("csrf");

/** The sentence of a key in the page's language, its {places} filled; the key itself where none is known. */
export function words(key, places = {}) {
  return (said[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => places[name] ?? whole);
}

/** Why an answer was not kept: in the page's language where the server names the reason by a word, else as it says it. */
export function reasonOf(outcome) {
  return outcome.why ? words(outcome.why) : outcome.said.join(" ");
}

/** An answer that is no success. status: HTTP's number, 0 where the server was not reached. */
export class Refused extends Error {
  constructor(status, text, after = 0) { super(text); this.status = status; this.after = after; }
}

/** Ask the server; JSON in and out. Throws Refused. body: sent as POST where given. */
export async function call(path, { query, body, signal } = {}) {
  const url = query ? `${path}?${new URLSearchParams(query)}` : path;
  const options = { signal, credentials: "same-origin", headers: { Accept: "application/json" } };
  if (body) {
    options.method = "POST";
    options.body = JSON.stringify(body);
    // A tab that is closed now still finishes the request; browsers allow 64 kB of such bodies.
    options.keepalive = options.body.length < 15000;
    Object.assign(options.headers, { "Content-Type": "application/json", "X-CSRF": token });
  }
  let answer;
  try {
    answer = await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "unreached");
  }
  if (answer.redirected && answer.url.includes("/login")) throw new Refused(401, "login");
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, data.error || "", Number(answer.headers.get("Retry-After")) || 0);
  return data;
}

/** Take the token of a new session, after somebody logged in again in another tab. True where it is the same person. */
export async function renewToken() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = (name) => page.querySelector(`meta[name="${name}"]`)?.content || "";
  if (!answer.ok || found("person") !== person) return false;
  token = found("csrf");
  return true;
}

/** A name that no other answer has: 128 random bits. crypto.randomUUID is missing on plain http over a LAN. */
export function uniqueName() {
  const bits = crypto.getRandomValues(new Uint8Array(16));
  bits[6] = (bits[6] & 0x0f) | 0x40;
  bits[8] = (bits[8] & 0x3f) | 0x80;
  const hex = Array.from(bits, (b) => b.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Do something once the next frame is on the screen: nothing may delay the field that is shown. */
export function afterPaint(work) {
  let isDone = false;
  const once = () => { if (!isDone) { isDone = true; work(); } };
  requestAnimationFrame(() => setTimeout(once, 0));
  setTimeout(once, 120);            // a hidden tab paints nothing
}

/** An element with its text and attributes. */
export function element(tag, text = "", attributes = {}) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** Whether a keystroke belongs to an input method that is still putting a letter together. */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

/** The name of a pressed key with its modifiers, by its place on the keyboard: "F2", "Alt+KeyK", "Control+KeyZ". */
export function chord(event) {
  const graph = event.getModifierState?.("AltGraph");
  const held = [["Control", event.ctrlKey && !graph], ["Alt", event.altKey && !graph], ["Shift", event.shiftKey], ["Meta", event.metaKey]];
  const code = event.code === "NumpadEnter" ? "Enter" : event.code;
  return [...held.filter(([, down]) => down).map(([name]) => name), code].join("+");
}
