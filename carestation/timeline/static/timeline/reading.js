/**
 * <cs-reading src mark posts> moves the reader's mark. A post counts as read when half of it (or
 * half of the window) was in sight for a second, the page in front. The mark goes on post by post:
 * it never passes one that was not shown.
 */
const SECOND = 1000;

export class Reading extends HTMLElement {
  #seen = new Set();
  #waiting = new Map();
  #life = null;
  #watch = null;
  #sending = 0;

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    const thresholds = [0, 0.25, 0.5, 0.75, 1];
    this.#watch = new IntersectionObserver((all) => this.#look(all), { threshold: thresholds });
    this.addEventListener("htmx:afterSettle", () => this.#watchAll(), { signal });
    document.addEventListener("cs:arrived", () => this.#watchAll(), { signal });
    document.addEventListener("visibilitychange", () => this.#restart(), { signal });
    this.#watchAll();
  }
  disconnectedCallback() {
    this.#life.abort();
    this.#watch.disconnect();
    for (const timer of this.#waiting.values()) clearTimeout(timer);
  }

  get mark() {
    return Number(this.getAttribute("mark"));
  }
  #watchAll() {
    for (const post of this.querySelectorAll("li[data-number]")) {
      if (post.dataset.author === document.body.dataset.me) this.#note(post);
      else if (Number(post.dataset.number) > this.mark) this.#watch.observe(post);
    }
  }
  #restart() {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
    this.#watch.disconnect();
    if (document.visibilityState === "visible") this.#watchAll();
  }
  #look(entries) {
    for (const { target, isIntersecting, intersectionRatio, intersectionRect } of entries) {
      const half = intersectionRatio >= 0.5 || intersectionRect.height >= innerHeight / 2;
      clearTimeout(this.#waiting.get(target));
      if (isIntersecting && half) {
        this.#waiting.set(target, setTimeout(() => this.#note(target), SECOND));
      }
    }
  }
  #note(post) {
    this.#watch.unobserve(post);
    this.#seen.add(Number(post.dataset.number));
    const reached = furthest(this.mark, this.#seen);
    if (reached > this.mark) {
      this.setAttribute("mark", reached);
      clearTimeout(this.#sending);
      this.#sending = setTimeout(() => this.#send(reached), SECOND);
    }
  }
  async #send(number) {
    const body = new FormData(document.getElementById("act"));
    body.set("number", number);
    const headers = { "X-Requested-With": "fetch" };
    const options = { method: "POST", body, headers, keepalive: true };
    const answer = await fetch(this.getAttribute("src"), options).catch(() => null);
    if (answer?.ok) document.dispatchEvent(new CustomEvent("cs:read", { detail: { number } }));
  }
}

/**
 * How far a mark may go: on from where it is, as long as the next one was seen.
 * @param {number} mark
 * @param {Set<number>} seen
 */
export function furthest(mark, seen) {
  let reached = mark;
  while (seen.has(reached + 1)) reached += 1;
  return reached;
}
customElements.define("cs-reading", Reading);
