/**
 * <cs-copy> copies the words of its `data-text` (button `data-copy`), or prints the page (button
 * `data-print`). What it says afterwards stands in `data-done`.
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
    const lines = [...this.querySelectorAll("[data-text] li")];
    const words = lines.length > 0 ? lines : [...this.querySelectorAll("[data-text]")];
    await navigator.clipboard.writeText(words.map((one) => one.textContent?.trim()).join("\n"));
    const said = document.getElementById("said");
    if (said) said.textContent = button.dataset.done ?? "";
  }
}

customElements.define("cs-copy", Copy);
