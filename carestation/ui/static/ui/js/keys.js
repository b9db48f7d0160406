/**
 * A single key leads to what says `data-key`: a field gets the focus, a link is followed. Never
 * while someone writes, nor with another key held. Off until it is switched on in this browser
 * (<cs-keys>, in the manual): whoever speaks to their device would set keys off (WCAG 2.1.4).
 */
const KEPT = "cs-keys";
const WRITES = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog[open] *";

/** Whether single keys are switched on; a browser that keeps nothing has them off. */
export function isOn() {
  try {
    return localStorage.getItem(KEPT) === "on";
  } catch {
    return false;
  }
}

/**
 * Whether a press is meant as a single key.
 * @param {KeyboardEvent} event
 * @returns {boolean}
 */
export function isAlone(event) {
  const held = event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat;
  return !held && !event.defaultPrevented && event.key.length === 1 && !event.target.matches?.(WRITES);
}

/** @param {KeyboardEvent} event */
function lead(event) {
  if (!isAlone(event) || !isOn()) return;
  const all = [...document.querySelectorAll("[data-key]")];
  const meant = all.find((one) => one.dataset.key === event.key && one.checkVisibility());
  if (!meant) return;
  event.preventDefault();
  if (meant.matches("a")) meant.click();
  else meant.focus();
}
document.addEventListener("keydown", lead);

/** <cs-keys> switches single keys on and off. */
export class Keys extends HTMLElement {
  /** @type {AbortController | null} */
  #life = null;

  connectedCallback() {
    this.#life = new AbortController();
    const button = this.querySelector("button");
    const show = () => button.setAttribute("aria-pressed", String(isOn()));
    const turn = () => {
      localStorage.setItem(KEPT, isOn() ? "off" : "on");
      show();
    };
    button.addEventListener("click", turn, { signal: this.#life.signal });
    button.hidden = false;
    show();
  }
  disconnectedCallback() {
    this.#life?.abort();
  }
}
customElements.define("cs-keys", Keys);
