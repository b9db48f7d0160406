/**
 * <cs-photo> lets ← → + − Esc press the links that are on the page already (`data-key`). Keys with
 * Ctrl, Alt or Meta stay the browser's, and so do the arrows while a zoomed picture is scrolled.
 */
export class Photo extends HTMLElement {
  /** @type {AbortController | null} */
  #life = null;

  connectedCallback() {
    this.#life = new AbortController();
    document.addEventListener("keydown", (event) => this.#press(event), { signal: this.#life.signal });
  }

  disconnectedCallback() {
    this.#life?.abort();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("input, textarea, select, [tabindex='0']")) return;
    const link = [...this.querySelectorAll("a[data-key]")].find(
      (one) => one.getAttribute("data-key") === event.key,
    );
    if (!(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    link.click();
  }
}
customElements.define("cs-photo", Photo);
