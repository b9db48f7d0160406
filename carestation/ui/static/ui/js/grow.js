/** <cs-grow> lets its text area grow with the text where CSS (`field-sizing`) cannot yet. */
export class Grow extends HTMLElement {
  /** @type {AbortController | null} */
  #life = null;

  connectedCallback() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#life = new AbortController();
    const { signal } = this.#life;
    const area = this.querySelector("textarea");
    if (!area) return;
    area.addEventListener("input", () => this.#fit(area), { signal });
    area.form?.addEventListener("reset", () => setTimeout(() => this.#fit(area)), { signal });
    this.#fit(area);
  }

  disconnectedCallback() {
    this.#life?.abort();
  }

  /** @param {HTMLTextAreaElement} area */
  #fit(area) {
    area.style.blockSize = "auto";
    area.style.blockSize = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  }
}
customElements.define("cs-grow", Grow);
