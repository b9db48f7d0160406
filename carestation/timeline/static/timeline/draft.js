/**
 * <cs-draft name key> inside a form keeps what is written there on the device, sealed, a second
 * after the last key, and puts it back into an empty form. Outside a form it is seen while there is
 * such a draft. A page that says `?sent=` ends the one that was on its way.
 */
import { canKeep, find, forget, forgetElsewhere, keep, unseal } from "./shelf.js";

const PAUSE_MS = 1_000;
const TIME = new Intl.DateTimeFormat("ja-JP", { timeStyle: "short", timeZone: "Asia/Tokyo" });

export class Draft extends HTMLElement {
  /** @type {AbortController | null} */
  #life = null;
  #timer = 0;
  #isPutBack = false;
  #keeping = Promise.resolve();

  connectedCallback() {
    this.#life = new AbortController();
    if (!canKeep()) return;
    if (!this.#form) addEventListener("pageshow", () => this.#begin(), { signal: this.#life.signal });
    else if (this.#key) this.#listen(this.#life.signal);
    this.#begin();
  }
  disconnectedCallback() {
    this.#life?.abort();
    clearTimeout(this.#timer);
  }

  get #name() {
    return this.getAttribute("name");
  }
  get #key() {
    return this.getAttribute("key");
  }
  get #form() {
    return this.closest("form");
  }
  get #fields() {
    return this.#form.elements;
  }

  #listen(signal) {
    this.#form.addEventListener("input", () => this.#wait(), { signal });
    this.#form.addEventListener("cs:leaving", () => this.#keep({ isSending: true }), { signal });
    addEventListener("pagehide", () => this.#timer && this.#keep(), { signal });
  }
  async #begin() {
    let kept = await find(this.#name);
    const isSent = new URL(location.href).searchParams.has("sent");
    if (kept?.isSending && isSent) kept = await forget(this.#name);
    if (!this.#form) this.hidden = !kept;
    else if (this.#fields.body.value) await this.#takeOver();
    else if (kept && this.#key) this.#putBack(await unseal(kept, this.#key), kept.draftId);
  }
  /** The server has filled the form: the draft is this one, and nowhere else. */
  async #takeOver() {
    await forgetElsewhere(this.#fields.draft_id.value, this.#name);
    if (this.#key) await this.#keep();
  }
  #putBack(said, draftId) {
    if (!said || this.#fields.body.value) return;
    this.#isPutBack = true;
    this.#fields.draft_id.value = draftId;
    this.#fields.body.value = said.body;
    for (const box of this.#form.querySelectorAll("[name=manner], [name=mentions]")) {
      box.checked = said[box.name].includes(box.value);
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.#say(said.files ? this.dataset.bare : this.dataset.found);
  }

  #wait() {
    // Other words than those that may have arrived already are another post.
    if (this.#isPutBack) this.#fields.draft_id.value = crypto.randomUUID();
    this.#isPutBack = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keep(), PAUSE_MS);
  }
  #keep(more = {}) {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#keeping = this.#keeping.then(() => this.#put(more)).catch(() => {}); // a full disk: not kept
    return this.#keeping;
  }
  async #put(more) {
    const typed = new FormData(this.#form);
    const said = {
      body: typed.get("body"),
      manner: typed.getAll("manner"),
      mentions: typed.getAll("mentions"),
      files: typed.getAll("attachments").length,
    };
    if (!said.body.trim()) {
      this.#say("");
      return forget(this.#name);
    }
    await keep(this.#name, this.#key, said, { draftId: typed.get("draft_id"), ...more });
    return this.#say(`${this.dataset.saved} ${TIME.format(new Date())}`);
  }
  #say(words) {
    this.querySelector("[data-said]").textContent = words;
  }
}
customElements.define("cs-draft", Draft);
