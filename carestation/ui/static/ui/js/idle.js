/**
 * <cs-idle minutes warn keep> hides the page after a time without a touch: a question first
 * (`data-warning`), then a cover (`data-cover`) that only leads out. All pages of one person in one
 * browser count together. The server ends the session by itself; this is for the screen. A session
 * that was ended from elsewhere (`cs:session-ended`) covers the page at once.
 */
const MINUTE_MS = 60_000;
const SIGNS = ["pointerdown", "keydown", "wheel", "touchstart"];

/**
 * What is due after so long without a touch.
 * @param {number} quietMs
 * @param {number} limitMs
 * @param {number} warnMs how long before the end the question comes
 * @returns {"nothing" | "question" | "cover"}
 */
export function due(quietMs, limitMs, warnMs) {
  if (quietMs >= limitMs) return "cover";
  return quietMs >= limitMs - warnMs ? "question" : "nothing";
}

/** The watch over a page that lies open. */
export class Idle extends HTMLElement {
  /** @type {AbortController | null} */
  #life = null;
  /** @type {BroadcastChannel | null} */
  #others = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #touched = Date.now();
  #told = 0;
  #kept = Date.now(); // when the server last heard of somebody here

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.#others = new BroadcastChannel("cs-idle");
    this.#others.addEventListener("message", () => this.#again(), { signal });
    for (const sign of SIGNS) {
      addEventListener(sign, () => this.#touch(), { signal, passive: true });
    }
    document.addEventListener("visibilitychange", () => this.#look(), { signal });
    document.addEventListener("cs:session-ended", () => this.#end(), { signal });
    addEventListener("pageshow", () => this.#look(), { signal });
    this.#warning?.addEventListener("close", () => this.#goOn(), { signal });
    // A browser may let a second Esc through: the cover comes back.
    this.#cover?.addEventListener("cancel", (event) => event.preventDefault(), { signal });
    this.#cover?.addEventListener("close", () => this.#look(), { signal });
    this.#look();
  }

  disconnectedCallback() {
    this.#life?.abort();
    this.#others?.close();
    clearTimeout(this.#timer);
  }

  /** @returns {HTMLDialogElement | null} */
  get #warning() {
    return this.querySelector("dialog[data-warning]");
  }

  /** @returns {HTMLDialogElement | null} */
  get #cover() {
    return this.querySelector("dialog[data-cover]");
  }

  /** @param {string} name */
  #ms(name) {
    return Number(this.getAttribute(name)) * MINUTE_MS;
  }

  /** A touch counts while nothing is asked; the question wants its own answer. */
  #touch() {
    if (this.#warning?.open || this.#cover?.open) return;
    if (Date.now() - this.#touched >= this.#ms("minutes")) return this.#look();
    this.#touched = Date.now();
    if (this.#touched - this.#kept >= MINUTE_MS) this.#keep();
    if (this.#touched - this.#told < 5000) return;
    this.#told = this.#touched;
    this.#others?.postMessage("here");
  }

  #again() {
    this.#touched = Date.now();
    if (this.#warning?.open) this.#warning.close();
  }

  #end() {
    this.#touched = 0;
    this.#look();
  }

  #goOn() {
    if (!this.#cover?.open) this.#touch();
    this.#look();
  }

  /** Who writes or reads for long asks the server for nothing, which would let the session idle. */
  #keep() {
    this.#kept = Date.now();
    const [keep, form] = [this.getAttribute("keep"), this.#cover?.querySelector("form")];
    if (keep && form) fetch(keep, { method: "POST", body: new FormData(form) }).catch(() => {});
  }

  #look() {
    clearTimeout(this.#timer);
    const quiet = Date.now() - this.#touched;
    const state = due(quiet, this.#ms("minutes"), this.#ms("warn"));
    if (state === "cover") {
      if (!this.#cover?.open) this.#cover?.showModal();
      this.#warning?.close();
      return;
    }
    if (state === "question" && !this.#warning?.open) this.#warning?.showModal();
    const next = state === "question" ? this.#ms("minutes") : this.#ms("minutes") - this.#ms("warn");
    this.#timer = setTimeout(() => this.#look(), next - quiet);
  }
}
customElements.define("cs-idle", Idle);
