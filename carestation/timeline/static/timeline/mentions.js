/**
 * <cs-mentions> offers the people of this side while an @ is typed: ↑↓, Enter, Esc, or a press.
 * Who is chosen is ticked in the list that is there without a script too; the summary names them.
 */
const ASKED = /[@＠]([^\s@＠]{0,20})$/u;

const KATAKANA = /[\u30a1-\u30f6]/gu;
const KANA_APART = 0x60;

/**
 * What is being looked for: the word after the @ right before the caret, or null.
 * @param {string} before the text up to the caret
 */
export function askedFor(before) {
  return ASKED.exec(before)?.[1] ?? null;
}

/**
 * A word as the server folds those by which people are found: one width and case, hiragana.
 * @param {string} word
 */
export function folded(word) {
  const hiragana = (sign) => String.fromCodePoint(sign.codePointAt(0) - KANA_APART);
  return word.normalize("NFKC").replace(KATAKANA, hiragana).toLowerCase();
}

export class Mentions extends HTMLElement {
  /** @type {AbortController | null} */
  #life = null;

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.#field.addEventListener("input", () => this.#look(), { signal });
    this.#field.addEventListener("keydown", (event) => this.#press(event), { signal });
    this.#field.addEventListener("blur", () => this.#close(), { signal });
    // Pressing must not take the focus from the text.
    this.#menu.addEventListener("pointerdown", (event) => event.preventDefault(), { signal });
    this.#menu.addEventListener("click", (event) => this.#choose(event.target.closest("[role=option]")), { signal });
    this.addEventListener("change", () => this.#tell(), { signal });
    this.#tell();
  }
  disconnectedCallback() {
    this.#life?.abort();
  }

  get #field() {
    return this.querySelector("textarea");
  }
  get #menu() {
    return this.querySelector(".mentionmenu");
  }
  get #offered() {
    return [...this.#menu.querySelectorAll("[role=option]:not([hidden])")];
  }
  get #active() {
    return this.#menu.querySelector("[aria-selected=true]");
  }

  #look() {
    const asked = askedFor(this.#field.value.slice(0, this.#field.selectionStart));
    const words = asked === null ? null : folded(asked);
    const options = this.#menu.querySelectorAll("[role=option]");
    for (const one of options) one.hidden = words === null || !one.dataset.words.includes(words);
    this.#menu.hidden = this.#offered.length === 0;
    this.#activate(this.#menu.hidden ? null : this.#offered[0]);
  }
  #activate(option) {
    this.#active?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.#field.setAttribute("aria-activedescendant", option.id);
    else this.#field.removeAttribute("aria-activedescendant");
  }
  #close() {
    this.#menu.hidden = true;
    this.#activate(null);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (this.#menu.hidden || event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    const offered = this.#offered;
    if (event.key in steps) {
      this.#activate(offered.at((offered.indexOf(this.#active) + steps[event.key]) % offered.length));
    } else if (event.key === "Enter" && !event.ctrlKey) this.#choose(this.#active);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
  }
  #choose(option) {
    if (!option) return;
    const { value, selectionStart } = this.#field;
    const before = value.slice(0, selectionStart);
    this.#field.setRangeText("", selectionStart - (askedFor(before)?.length ?? -1) - 1, selectionStart, "end");
    const box = this.querySelector(`input[name=mentions][value="${option.dataset.person}"]`);
    box.checked = true;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  #tell() {
    const boxes = [...this.querySelectorAll("input[name=mentions]:checked")];
    const names = boxes.map((box) => box.closest("label").querySelector("bdi").textContent);
    this.querySelector("[data-chosen]").textContent = names.length ? `：${names.join(this.dataset.between)}` : "";
  }
}
customElements.define("cs-mentions", Mentions);
