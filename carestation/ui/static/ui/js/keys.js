/**
 * <cs-keys> lets the key "/" lead to the search field of the page. Never while someone writes, nor
 * with another key held. It stands on the page only where it is switched on: whoever speaks to their
 * device would set single keys off (WCAG 2.1.4).
 */
const WRITES = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog[open] *";

/**
 * Whether a press is meant as the key alone.
 * @param {KeyboardEvent} event
 * @returns {boolean}
 */
export function isAlone(event) {
  const held = event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat;
  const writes = event.target instanceof Element && event.target.matches(WRITES);
  return event.key === "/" && !held && !writes && !event.defaultPrevented;
}

export class Keys extends HTMLElement {
  /** @type {AbortController | null} */
  #life = null;

  connectedCallback() {
    this.#life = new AbortController();
    document.addEventListener("keydown", (event) => this.#lead(event), { signal: this.#life.signal });
  }

  disconnectedCallback() {
    this.#life?.abort();
  }

  /** @param {KeyboardEvent} event */
  #lead(event) {
    if (!isAlone(event)) return;
    const fields = [...document.querySelectorAll("input[type=search]")];
    const field = fields.find((one) => one.checkVisibility());
    if (!(field instanceof HTMLInputElement)) return;
    event.preventDefault();
    field.focus();
    field.select();
  }
}
customElements.define("cs-keys", Keys);
