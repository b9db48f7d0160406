/**
 * <cs-post> shows what of a post is the reader's own: the same fragment goes to everyone, and each
 * page marks its reader's part. The post's element says author and signs, the body says who reads.
 */
export class OwnPost extends HTMLElement {
  connectedCallback() {
    const me = document.body.dataset.me;
    const post = this.closest("li[data-author]");
    if (me && post) this.#show(stateOf(post.dataset, me, markOf(this)));
  }

  /** @param {Record<string, boolean>} state */
  #show(state) {
    for (const part of this.querySelectorAll("[data-for]")) {
      if (part.closest("cs-post") === this) part.hidden = !state[part.dataset.for];
    }
    const own = (one) => one.closest("cs-post") === this;
    const sign = [...this.querySelectorAll("button[name=acknowledged]")].find(own);
    sign?.setAttribute("aria-pressed", String(state.signed));
    if (sign) sign.value = state.signed ? "no" : "yes";
    this.firstElementChild?.classList.toggle("is-unread", state.unread);
  }
}

/**
 * What holds for one reader of a post.
 * @param {DOMStringMap} post the data of its element
 * @param {string} me the reader's id
 * @param {number} mark the number up to which the reader has read
 */
export function stateOf(post, me, mark) {
  const has = (ids) => (ids ?? "").split(" ").includes(me);
  const author = post.author === me;
  const signed = has(post.acknowledgedBy);
  return {
    author,
    others: !author,
    signed,
    unsigned: !signed,
    asked: has(post.asked) && !signed && !author,
    unread: !author && Number(post.number) > mark,
  };
}

function markOf(element) {
  return Number(element.closest("cs-reading")?.getAttribute("mark") ?? Infinity);
}
customElements.define("cs-post", OwnPost);
