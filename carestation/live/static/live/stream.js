/**
 * The page's one event stream: opened with its first listener, opened again when it breaks, closed
 * while the page lies hidden. Whatever was missed is asked for after `catchup`, which begins each.
 */
const KINDS = ["post", "acknowledgement", "read", "edit", "withdrawal", "membership", "call"];
const HIDDEN_MS = 30_000;
// A beat comes every ten seconds: a stream without any is dead, though nobody has said so.
const SILENCE_MS = 25_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * How long to wait before the next try: twice as long each time, and never all pages at once.
 * @param {number} tries how many have failed
 * @param {number} chance 0 to 1
 */
export function pauseMs(tries, chance) {
  return Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS) * (0.5 + chance / 2);
}

/** One connection for all who listen on a page. */
export class Stream {
  #url;
  #listeners = new Set();
  /** @type {EventSource | null} */
  #source = null;
  #tries = 0;
  #again = 0;
  #hiding = 0;
  #silence = 0;

  /** @param {string} url */
  constructor(url) {
    this.#url = url;
    document.addEventListener("visibilitychange", () => this.#look());
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", ({ persisted }) => persisted && this.#look());
    addEventListener("online", () => this.#look());
  }

  /**
   * Listen until the signal says otherwise.
   * @param {(kind: string, data: object) => void} listener
   * @param {AbortSignal} signal
   */
  follow(listener, signal) {
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#close();
    });
    if (this.#source) listener("catchup", {});
    else this.#look();
  }

  #look() {
    clearTimeout(this.#hiding);
    if (document.visibilityState === "hidden") {
      this.#hiding = setTimeout(() => this.#close(), HIDDEN_MS);
    } else if (this.#source === null && this.#listeners.size > 0) this.#open();
  }
  #open() {
    this.#close();
    const source = new EventSource(this.#url);
    this.#source = source;
    this.#heard();
    source.addEventListener("beat", () => this.#heard());
    for (const kind of KINDS) {
      source.addEventListener(kind, ({ data }) => this.#tell(kind, JSON.parse(data)));
    }
    source.addEventListener("catchup", ({ data }) => {
      this.#tries = 0;
      this.#tell("catchup", JSON.parse(data));
    });
    source.addEventListener("end", ({ data }) => this.#ended(JSON.parse(data)));
    source.addEventListener("error", () => this.#openLater());
  }
  #close() {
    clearTimeout(this.#again);
    clearTimeout(this.#hiding);
    clearTimeout(this.#silence);
    this.#source?.close();
    this.#source = null;
  }
  #ended({ reason }) {
    if (reason === "session") {
      document.dispatchEvent(new CustomEvent("cs:session-ended"));
      this.#tries = 5;
    }
    this.#openLater();
  }
  #openLater() {
    this.#close();
    this.#again = setTimeout(() => this.#look(), pauseMs(this.#tries, Math.random()));
    this.#tries += 1;
  }
  #heard() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#openLater(), SILENCE_MS);
  }
  #tell(kind, data) {
    this.#heard();
    for (const listener of [...this.#listeners]) listener(kind, data);
    document.dispatchEvent(new CustomEvent("cs:counts", { detail: { kind, ...data } }));
  }
}

const streams = new Map();

/**
 * The page's stream of a URL.
 * @param {string} url
 * @returns {Stream}
 */
export function streamOf(url) {
  if (!streams.has(url)) streams.set(url, new Stream(url));
  return streams.get(url);
}
