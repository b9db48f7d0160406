/**
 * <cs-sending src> stands in a form and asks whether the server is there before the form leaves the
 * page. If it is not, what was written stays, says that it waits, and goes by itself later.
 */
const ANSWER_MS = 10_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/**
 * How long until the next try.
 * @param {number} tries how many have failed
 */
export const pauseMs = (tries) => Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS);

export class Sending extends HTMLElement {
  /** @type {AbortController | null} */
  #life = null;
  #timer = 0;
  #tries = 0;
  #isAsking = false;

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.#form?.addEventListener("submit", (event) => this.#hold(event), { signal });
    this.querySelector("[data-now]").addEventListener("click", () => this.#go(), { signal });
    this.querySelector("[data-back]").addEventListener("click", () => this.#rest(), { signal });
    addEventListener("online", () => !this.#box.hidden && this.#go(), { signal });
  }
  disconnectedCallback() {
    this.#life?.abort();
    clearTimeout(this.#timer);
  }

  get #form() {
    return this.closest("form");
  }
  get #box() {
    return this.querySelector("[data-waiting]");
  }

  /** @param {SubmitEvent} event */
  #hold(event) {
    if (event.defaultPrevented) return;
    event.preventDefault();
    this.#tries = 0;
    this.#go();
  }
  async #go() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    clearTimeout(this.#timer);
    // The draft is put away first: whatever happens on the way, it is there.
    this.#form.dispatchEvent(new CustomEvent("cs:leaving"));
    const isThere = await this.#isThere();
    this.#isAsking = false;
    if (!this.isConnected) return;
    if (isThere) this.#form.submit();
    else this.#wait();
  }
  async #isThere() {
    const body = new URLSearchParams({ csrfmiddlewaretoken: this.#form.elements.csrfmiddlewaretoken.value });
    const options = { method: "POST", body, signal: AbortSignal.timeout(ANSWER_MS) };
    const answer = await fetch(this.getAttribute("src"), options).catch(() => null);
    return answer !== null && answer.status < 500;
  }
  #wait() {
    this.#box.hidden = false;
    this.#timer = setTimeout(() => this.#go(), pauseMs(this.#tries));
    this.#tries += 1;
  }
  #rest() {
    clearTimeout(this.#timer);
    this.#box.hidden = true;
    this.#form.elements.body.focus();
  }
}
customElements.define("cs-sending", Sending);
