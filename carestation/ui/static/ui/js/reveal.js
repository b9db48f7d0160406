/** <cs-reveal> shows a password while its button is pressed in; without JavaScript it has none. */
export class Reveal extends HTMLElement {
  /** @type {AbortController | null} */
  #life = null;

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    const button = this.querySelector("button");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => this.#turn(button), { signal });
    this.closest("form")?.addEventListener("submit", () => this.#show(button, false), { signal });
  }

  disconnectedCallback() {
    this.#life?.abort();
  }

  /** @param {HTMLButtonElement} button */
  #turn(button) {
    this.#show(button, button.getAttribute("aria-pressed") !== "true");
  }

  /**
   * Password managers and browsers must meet a password field when the form leaves.
   * @param {HTMLButtonElement} button
   * @param {boolean} isShown
   */
  #show(button, isShown) {
    const input = this.querySelector("input");
    if (!input) return;
    input.type = isShown ? "text" : "password";
    button.setAttribute("aria-pressed", String(isShown));
  }
}
customElements.define("cs-reveal", Reveal);
