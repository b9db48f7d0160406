/**
 * <cs-moment> keeps a relative time true: what was 今日 when it was rendered is 昨日 after midnight.
 * The words are those of the server (carestation/ui/times.py), said by the browser's own calendar.
 */
const ZONE = "Asia/Tokyo";
const DAY_MS = 86_400_000;
const dayParts = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, dateStyle: "short" });

/**
 * Days since the epoch of the day in Japan at a time.
 * @param {Date} at
 * @returns {number}
 */
export function tokyoDay(at) {
  return Date.parse(`${dayParts.format(at)}T00:00:00Z`) / DAY_MS;
}

/**
 * Milliseconds until the next day begins in Japan, which has no summer time.
 * @param {Date} now
 * @returns {number}
 */
export function untilMidnight(now) {
  return DAY_MS - ((now.getTime() + 9 * 3_600_000) % DAY_MS);
}

/**
 * A time as people say it on a day.
 * @param {Date} at
 * @param {Date} now
 * @param {string} language
 * @param {boolean} short the day alone, unless it is today
 * @returns {string}
 */
export function said(at, now, language, short) {
  const clock = new Intl.DateTimeFormat(language, {
    timeZone: ZONE, hour: "numeric", minute: "2-digit", hourCycle: "h23",
  }).format(at);
  const ago = tokyoDay(at) - tokyoDay(now);
  if (short && ago === 0) return clock;
  const day = ago === 0 || ago === -1
    ? new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(ago, "day")
    : dateOf(at, now, language);
  return short ? day : `${day} ${clock}`;
}

/**
 * @param {Date} at
 * @param {Date} now
 * @param {string} language
 * @returns {string}
 */
function dateOf(at, now, language) {
  const year = new Intl.DateTimeFormat("en", { timeZone: ZONE, year: "numeric" });
  const isThisYear = year.format(at) === year.format(now);
  return new Intl.DateTimeFormat(language, {
    timeZone: ZONE, month: "long", day: "numeric", ...(isThisYear ? {} : { year: "numeric" }),
  }).format(at);
}

/** A relative time, put right when it is shown and at midnight. */
export class Moment extends HTMLElement {
  /** @type {Set<Moment>} */
  static #shown = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  static #timer;

  connectedCallback() {
    Moment.#shown.add(this);
    this.#say(new Date());
    if (Moment.#shown.size === 1) Moment.#wait();
  }

  disconnectedCallback() {
    Moment.#shown.delete(this);
    if (Moment.#shown.size === 0) clearTimeout(Moment.#timer);
  }

  static #wait() {
    Moment.#timer = setTimeout(() => {
      const now = new Date();
      for (const one of Moment.#shown) one.#say(now);
      Moment.#wait();
    }, untilMidnight(new Date()) + 1000);
  }

  /** @param {Date} now */
  #say(now) {
    const time = this.querySelector("time");
    if (!time) return;
    const language = document.documentElement.lang || "ja";
    const words = said(new Date(time.dateTime), now, language, this.hasAttribute("short"));
    if (time.textContent !== words) time.textContent = words;
  }
}
customElements.define("cs-moment", Moment);
