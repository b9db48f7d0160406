/**
 * <cs-strength shortest short fair good> says in words whether a new password is long enough: its
 * attributes hold the words, `[n]` stands for the letters that are missing.
 */
const GOOD = 20;

export class Strength extends HTMLElement {
  /** @type {AbortController | null} */
  #life = null;

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    const input = this.querySelector("input");
    input?.addEventListener("input", () => this.#say(input.value), { signal });
  }

  disconnectedCallback() {
    this.#life?.abort();
  }

  /** @param {string} password */
  #say(password) {
    const place = this.querySelector("[data-strength]");
    if (place) place.textContent = password === "" ? "" : this.#words([...password].length);
  }

  /** @param {number} length */
  #words(length) {
    const missing = Number(this.getAttribute("shortest")) - length;
    if (missing > 0) return (this.getAttribute("short") ?? "").replace("[n]", String(missing));
    return this.getAttribute(length < GOOD ? "fair" : "good") ?? "";
  }
}
customElements.define("cs-strength", Strength);
