/**
 * <cs-problem> is where an answer that is not success appears, and the word that nothing was sent
 * when there was no answer at all. It goes when the next answer is a success.
 */
export class Problem extends HTMLElement {
  /** @type {AbortController | null} */
  #life = null;

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    const unsent = () => this.#unsent();
    document.addEventListener("htmx:sendError", unsent, { signal });
    document.addEventListener("htmx:timeout", unsent, { signal });
    document.addEventListener("htmx:afterOnLoad", (event) => this.#after(event), { signal });
    this.addEventListener("htmx:afterSwap", () => this.#seen(), { signal });
  }

  disconnectedCallback() {
    this.#life?.abort();
  }

  #unsent() {
    const template = document.getElementById("unsent");
    if (!(template instanceof HTMLTemplateElement)) return;
    this.replaceChildren(template.content.cloneNode(true));
    this.#seen();
  }

  #seen() {
    this.scrollIntoView({ block: "nearest" });
  }

  /** @param {Event} event */
  #after(event) {
    const detail = event instanceof CustomEvent ? event.detail : null;
    if (detail?.xhr?.status < 400) this.replaceChildren();
  }
}
customElements.define("cs-problem", Problem);
