// The fields a person is given: fetched ahead, each once, in the order of the server.

import { Refused, call } from "./station.js";

const AHEAD = 8;                    // fetch more when fewer wait
const AT_FIRST = 12;                // few, so that the first stands there soon; key.html asks for as many ahead
const AT_ONCE = 40;

export class Feed {
  /** query: order, form, field, volume, language, page as asked for. onMore(items): called when new ones have come. unsent: [item, version] of what is answered and on its way.
   *  isSkipped(item): what is not for this screen. */
  constructor(query, onMore, unsent = [], isSkipped = () => false) {
    const asked = Object.fromEntries(Object.entries(query).filter(([, value]) => value));
    Object.assign(this, { query: asked, onMore, isSkipped, items: [], left: null, ended: false, asking: false });
    this.seen = new Map(unsent);        // item: its newest version given out here
  }

  /** An item whose answer was refused, as it stands now: somebody may have changed what it was prefilled with. */
  async refresh(item) {
    const { items } = await call("/api/next", { query: { page: item.page, field: item.field, n: 100 } });
    const fresh = items.find((i) => i.id === item.id);
    if (!fresh || fresh.version === item.version) return;
    this.seen.set(fresh.id, fresh.version);
    Object.assign(item, fresh, { draft: undefined });
  }

  /** How the queue stands: make sure that enough wait behind a place in it. */
  async ensure(at) {
    if (this.asking || this.ended || this.items.length - at > AHEAD) return;
    this.asking = true;
    try {
      const query = { ...this.query, n: this.last || this.query.order !== "page" || this.query.page ? AT_ONCE : AT_FIRST };
      if (this.last) query.after = this.last;
      const { items, left } = await call("/api/next", { query });
      this.left = left;
      this.last = items.at(-1)?.id ?? this.last;
      const fresh = items.filter((i) => !this.seen.has(i.id) || this.seen.get(i.id) < i.version);
      for (const item of fresh) this.seen.set(item.id, item.version);
      this.items.push(...fresh.filter((i) => !this.isSkipped(i)));
      this.ended = !fresh.length;
      this.trouble = "";
      this.asking = false;          // whoever is told may ask for more at once
      this.onMore(fresh);
    } catch (error) {
      this.trouble = error instanceof Refused && error.status === 401 ? "login" : "offline";
      this.onMore([]);
      setTimeout(() => { this.asking = false; this.ensure(at); }, 1000);
    }
  }
}
