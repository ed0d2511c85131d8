// How long a person worked on a field: pauses beyond a minute count as a minute, a hidden tab as nothing.

const LONGEST_PAUSE_MS = 60_000;

export class Clock {
  constructor() {
    this.restart();
    for (const name of ["keydown", "pointerdown", "pointermove", "wheel"]) addEventListener(name, () => this.#tick(), { passive: true, capture: true });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#tick();
      else this.last = performance.now();
    });
  }

  /** Begin a field. */
  restart() {
    this.sum_ms = 0;
    this.keys = 0;
    this.last = performance.now();
  }

  /** Milliseconds worked since restart. */
  active_ms() {
    this.#tick();
    return Math.round(this.sum_ms);
  }

  #tick() {
    const now = performance.now();
    this.sum_ms += Math.min(now - this.last, LONGEST_PAUSE_MS);
    this.last = now;
  }
}
