// Pictures: zones loaded and decoded before they are needed, and the whole page with the zone marked.

import { element, words } from "./station.js";

const ZOOMS = [0.6, 0.8, 1, 1.25, 1.6, 2, 2.5, 3.2];

/** What stands where there is no picture: the row of an old table with the asked cell marked, or that there is none. */
export function without(item) {
  if (item.masked || !item.row?.length) return element("p", words(item.masked ? "masked" : "no_picture"), { class: "no-picture" });
  const list = element("dl", "", { class: "table-row" });
  for (const [column, text, asked] of item.row) {
    const cell = element("div", "", asked ? { class: "asked" } : {});
    cell.append(element("dt", column), element("dd", text, { dir: "auto" }));
    list.append(cell);
  }
  return list;
}

/** Whether a picture in an element is still on its way. */
export function isComing(root) {
  return [...root.querySelectorAll("img")].some((image) => !image.complete);
}

export class Pictures {
  constructor() {
    this.ready = new Map();         // item: its picture
    this.step = Number(localStorage.getItem("review-zoom") ?? ZOOMS.indexOf(1));
    this.#apply();
  }

  /** The picture of an item; loading begins if it has not. */
  of(item) {
    let image = this.ready.get(item.id);
    if (!image) {
      image = element("img", "", { alt: words("picture_of", { label: item.label, page: item.where }), draggable: "false" });
      image.decoding = "sync";
      image.onload = () => {
        image.style.setProperty("--natural", image.naturalWidth);
        image.style.setProperty("--aspect", image.naturalWidth / image.naturalHeight);
      };
      image.onerror = () => image.replaceWith(element("p", words("no_picture"), { class: "no-picture" }));
      image.src = item.picture;
      this.ready.set(item.id, image);
    }
    return image;
  }

  /** Load and decode what comes next; forget all but these and what stands before them. */
  prepare(items, keep) {
    for (const item of items) if (item.picture && !this.ready.has(item.id)) this.of(item).decode().catch(() => {});
    if (this.ready.size > 120) for (const id of this.ready.keys()) if (!keep.has(id)) this.ready.delete(id);
  }

  /** Put an item's picture on a stage, or say why there is none. */
  show(item, stage) {
    if (item.picture && !item.masked) stage.replaceChildren(this.of(item));
    else stage.replaceChildren(without(item));
  }

  zoom(by) {
    this.step = Math.max(0, Math.min(ZOOMS.length - 1, this.step + by));
    localStorage.setItem("review-zoom", this.step);
    this.#apply();
  }

  #apply() {
    document.documentElement.style.setProperty("--zoom", ZOOMS[this.step] ?? 1);
  }
}

/** The whole page in a frame that scrolls: zoom by buttons or ctrl and wheel, moved by dragging or the arrow keys. */
export class PageView {
  /** frame: the element that scrolls. */
  constructor(frame) {
    this.frame = frame;
    this.sheet = element("div", "", { class: "sheet" });
    this.image = element("img", "", { alt: "", draggable: "false" });
    this.zone = element("div", "", { class: "zone-mark", hidden: "" });
    this.sheet.append(this.image, this.zone);
    frame.replaceChildren(this.sheet);
    this.scale = 0;
    this.image.onload = () => this.#laid();
    this.image.onerror = () => frame.replaceChildren(element("p", words("no_picture"), { class: "no-picture" }));
    frame.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15);
    }, { passive: false });
    this.#draggable();
  }

  /** Show what there is of an item that lies on no page. */
  showRow(item) {
    this.frame.replaceChildren(without(item));
  }

  /** Show a page. box: the zone, [x0, y0, x1, y1] in the picture's pixels, or null. label: what the zone asks. */
  show(src, box, label, page) {
    Object.assign(this, { box });
    if (!this.sheet.isConnected) this.frame.replaceChildren(this.sheet);
    this.image.alt = words("page_picture_of", { page, label });
    if (this.image.getAttribute("src") === src && this.image.complete) return this.#laid();
    this.image.src = src;
  }

  #laid() {
    if (!this.image.naturalWidth) return;
    if (!this.scale) this.scale = this.frame.clientWidth / this.image.naturalWidth;
    this.#size();
    this.zone.hidden = !this.box;
    if (!this.box) return;
    const [x0, y0, x1, y1] = this.box, w = this.image.naturalWidth, h = this.image.naturalHeight;
    Object.assign(this.zone.style, { left: `${100 * x0 / w}%`, top: `${100 * y0 / h}%`, width: `${100 * (x1 - x0) / w}%`, height: `${100 * (y1 - y0) / h}%` });
    this.frame.scrollLeft = ((x0 + x1) / 2) * this.scale - this.frame.clientWidth / 2;
    this.frame.scrollTop = ((y0 + y1) / 2) * this.scale - this.frame.clientHeight / 2;
  }

  #size() {
    this.sheet.style.width = `${Math.round(this.image.naturalWidth * this.scale)}px`;
  }

  /** Larger or smaller, about the middle of what is seen. */
  zoom(by) {
    const { frame } = this, before = this.scale;
    this.scale = Math.max(0.05, Math.min(4, this.scale * by));
    const x = (frame.scrollLeft + frame.clientWidth / 2) / before, y = (frame.scrollTop + frame.clientHeight / 2) / before;
    this.#size();
    frame.scrollLeft = x * this.scale - frame.clientWidth / 2;
    frame.scrollTop = y * this.scale - frame.clientHeight / 2;
  }

  #draggable() {
    const { frame } = this;
    frame.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      const from = [event.clientX + frame.scrollLeft, event.clientY + frame.scrollTop];
      const move = (e) => { frame.scrollLeft = from[0] - e.clientX; frame.scrollTop = from[1] - e.clientY; };
      frame.setPointerCapture(event.pointerId);
      frame.addEventListener("pointermove", move);
      frame.addEventListener("pointerup", () => frame.removeEventListener("pointermove", move), { once: true });
    });
  }
}
