/**
 * <cs-copy> copies the words of its `data-text` (button `data-copy`), or prints the page (button
 * `data-print`). What it says afterwards stands in `data-done`; where the browser copies nothing,
 * `data-refused` is shown, and the words are chosen, so that they can be copied by hand.
 */
export class Copy extends HTMLElement {
  /** @type {AbortController | null} */
  #life = null;

  connectedCallback() {
    this.#life = new AbortController();
    this.addEventListener("click", (event) => this.#act(event), { signal: this.#life.signal });
  }

  disconnectedCallback() {
    this.#life?.abort();
  }

  /** @param {MouseEvent} event */
  #act(event) {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (button?.hasAttribute("data-print")) print();
    if (button?.hasAttribute("data-copy")) this.#copy(button);
  }

  /** @param {HTMLElement} button */
  async #copy(button) {
    const text = this.querySelector("[data-text]");
    const refused = /** @type {HTMLElement | null} */ (this.querySelector("[data-refused]"));
    const said = document.getElementById("said");
    if (!text || !refused || !said) return;
    const lines = [...text.querySelectorAll("li")];
    const words = (lines.length > 0 ? lines : [text]).map((one) => one.textContent?.trim());
    refused.hidden = true;
    try {
      await navigator.clipboard.writeText(words.join("\n"));
      said.textContent = button.dataset.done ?? "";
    } catch {
      refused.hidden = false;
      getSelection()?.selectAllChildren(text);
    }
  }
}

customElements.define("cs-copy", Copy);
