/**
 * The posts on a page while others write. A reader at the top sees them come; whoever has scrolled
 * down is not moved: the button (`data-more`) says how many wait above, and leads there. On a page
 * of the past (there is a way to what is newer) it leads to the newest, since these stand elsewhere.
 */
import { addReply, addThread, renew } from "./places.js";

const NEAR_TOP_PX = 120;

/** The list of a timeline, and what waits to be put into it. */
export class Posts {
  #home;
  #list;
  #button;
  /** @type {Map<string, HTMLElement>} what waits above, by the id of the post that came */
  #waiting = new Map();
  #mustReload = false;

  /**
   * @param {HTMLElement} home the element around list and button
   * @param {AbortSignal} signal
   */
  constructor(home, signal) {
    this.#home = home;
    this.#list = home.querySelector("#posts");
    this.#button = home.querySelector("button[data-more]");
    this.#button?.addEventListener("click", () => this.#goUp(), { signal });
    const look = () => this.#waiting.size > 0 && this.#isAtTop && this.#settle();
    addEventListener("scroll", look, { signal, passive: true });
  }

  /** @param {string} html what was pushed, or asked for */
  put(html) {
    const arrived = new DOMParser().parseFromString(html, "text/html");
    for (const post of arrived.querySelectorAll("cs-arrival > li")) this.receive(post);
  }

  /** @param {HTMLElement} post taken from wherever it came in */
  receive(post) {
    post.remove();
    const known = this.#list.querySelector(`#${post.id}`) ?? this.#waiting.get(post.id);
    if (known?.id === post.id) this.#renew(known, post);
    else if (this.#concerns(post)) this.#add(post, this.#threadOf(post));
  }

  /** Load the page anew; not under someone who is writing: then the button does. */
  reload() {
    const isWriting = [...document.querySelectorAll("textarea")].some((one) => one.value.trim());
    if (!isWriting) location.reload();
    this.#mustReload = true;
    this.#show();
  }

  get #isAtTop() {
    return scrollY < NEAR_TOP_PX;
  }
  get #isPast() {
    return this.#list.querySelector("#newer") !== null;
  }
  #isOwn(post) {
    return post.dataset.author === document.body.dataset.me;
  }
  #concerns({ id, dataset }) {
    const only = this.#home.getAttribute("only");
    return !only || only === id || only === `post-${dataset.parent}`;
  }
  #threadOf({ dataset }) {
    return dataset.parent ? this.#list.querySelector(`#post-${dataset.parent}`) : null;
  }

  #renew(known, post) {
    if (!renew(known, post)) return;
    if (this.#waiting.has(post.id)) this.#waiting.set(post.id, post);
    this.#arrived(post);
  }
  #add(post, thread) {
    const isReply = Boolean(post.dataset.parent);
    const isOwn = this.#isOwn(post);
    if (thread) addReply(thread, post);
    else if (!isReply && !this.#isPast && (isOwn || this.#isAtTop)) addThread(this.#list, post);
    // A reply brings its thread up; a thread that is not on the page can only be loaded.
    if (this.#isPast ? !thread : isReply ? !isOwn : !post.isConnected) this.#waiting.set(post.id, thread ?? post);
    this.#mustReload ||= this.#isPast ? !thread : isReply && !thread && !isOwn;
    if (post.isConnected) this.#arrived(post);
    if (this.#isAtTop) this.#settle();
    this.#show();
    if (!isOwn) this.#say();
  }
  #settle() {
    if (this.#isPast) return;
    for (const [id, post] of this.#waiting) {
      if (post.id === id && post.dataset.parent) continue;
      this.#waiting.delete(id);
      if (!post.contains(document.activeElement)) addThread(this.#list, post);
      if (post.id === id) this.#arrived(post);
    }
    this.#show();
  }
  #goUp() {
    if (this.#isPast) location.assign(location.pathname);
    else if (this.#mustReload) location.reload();
    scrollTo({ top: 0 });
    this.#settle();
  }
  #arrived(post) {
    globalThis.htmx?.process(post);
    document.dispatchEvent(new CustomEvent("cs:arrived", { detail: { id: post.id } }));
  }

  #show() {
    if (!this.#button) return;
    this.#button.querySelector("[data-count]").textContent = String(Math.max(1, this.#waiting.size));
    this.#button.hidden = this.#waiting.size === 0 && !this.#mustReload;
  }
  #say() {
    // The button's own words, with the number: hidden or not, it says what has come.
    const said = document.getElementById("said");
    if (said && this.#button) said.textContent = this.#button.textContent.replace(/\s+/g, " ").trim();
  }
}
