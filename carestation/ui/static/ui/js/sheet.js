/**
 * <cs-sheet> opens the dialog inside it from any `data-opens="<its id>"` and closes it by
 * `data-closes`; trap, Esc and the return of focus are the browser's own.
 */
export class Sheet extends HTMLElement {
  /** @type {AbortController | null} */
  #life = null;

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    document.addEventListener("click", (event) => this.#press(event), { signal });
    if (this.#dialog?.open && this.closest(".scrim")) this.#lift();
  }

  disconnectedCallback() {
    this.#life?.abort();
  }

  /** @returns {HTMLDialogElement | null} */
  get #dialog() {
    return this.querySelector("dialog");
  }

  /** What the server drew open becomes a true modal: the page behind it is inert. */
  #lift() {
    this.#dialog?.close();
    this.#dialog?.showModal();
  }

  /** @param {MouseEvent} event */
  #press(event) {
    const target = event.target instanceof Element ? event.target : null;
    const dialog = this.#dialog;
    if (!target || !dialog) return;
    const opener = target.closest("[data-opens]");
    if (opener?.getAttribute("data-opens") === dialog.id) {
      event.preventDefault();
      dialog.showModal();
    } else if (target.closest("[data-closes]") && dialog.contains(target)) {
      event.preventDefault();
      dialog.close();
    }
  }
}
customElements.define("cs-sheet", Sheet);
