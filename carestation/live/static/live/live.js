/**
 * <cs-live src group side seq writes after only> keeps the posts inside it complete. What is pushed
 * is put in at once; after a gap, and where seats changed, it asks what changed `after` its own
 * number. Where the reader `writes` no more, or again, the page is loaded anew. Without a group it
 * listens only, for who waits for `cs:counts`. When the seat ends, `data-ended` stands in its place.
 */
import { Posts } from "./posts.js";
import { streamOf } from "./stream.js";

const RETRY_MS = 5_000;

/** The posts of one timeline, as they change. */
export class LiveTimeline extends HTMLElement {
  #life = null;
  #posts = null;
  #isAsking = false;
  #isAskedAgain = false;

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    if (this.hasAttribute("group")) this.#posts = new Posts(this, signal);
    streamOf(this.getAttribute("src")).follow((kind, data) => this.#hear(kind, data), signal);
  }
  disconnectedCallback() {
    this.#life.abort();
  }

  get seq() {
    return Number(this.getAttribute("seq"));
  }
  /** @param {HTMLElement} post a post that a form was answered with */
  receive(post) {
    this.#posts?.receive(post);
  }

  #hear(kind, data) {
    const isAll = data.group === undefined;
    const isOurs = data.group === this.getAttribute("group") && data.side === this.getAttribute("side");
    if (!this.#posts || !(isAll || isOurs)) return;
    if (kind === "catchup") this.#catchUp();
    else if (data.ended) this.#leave();
    else if (kind === "read") this.dispatchEvent(new CustomEvent("cs:marks", { bubbles: true, detail: data }));
    else this.#change(data);
  }
  #change({ seq, html }) {
    if (html) this.#posts.put(html);
    if (html && seq <= this.seq + 1) this.#reach(seq);
    else this.#catchUp();
  }
  #reach(seq) {
    this.setAttribute("seq", Math.max(seq, this.seq));
  }

  async #catchUp() {
    this.#isAskedAgain = this.#isAsking;
    if (this.#isAsking) return;
    this.#isAsking = true;
    const url = this.getAttribute("after").replace("/0/", `/${this.seq}/`);
    const options = { signal: this.#life.signal, headers: { "X-Background": "1" } };
    const answer = await fetch(url, options).catch(() => null);
    if (!this.#life.signal.aborted) await this.#answered(answer);
    this.#isAsking = false;
    if (this.#isAskedAgain) await this.#catchUp();
  }
  async #answered(answer) {
    if (answer?.status === 205) this.#posts.reload();
    else if (answer?.status === 404) this.#leave();
    else if (answer?.ok && !answer.redirected) {
      this.#posts.put(await answer.text());
      this.#reach(Number(answer.headers.get("X-Seq")));
      if (answer.headers.get("X-Writes") !== this.getAttribute("writes")) this.#posts.reload();
    } else if (!answer || answer.status >= 500) {
      setTimeout(() => this.isConnected && this.#catchUp(), RETRY_MS);
    }
  }
  #leave() {
    this.#life.abort();
    this.#posts = null;
    this.replaceChildren(this.querySelector("template[data-ended]")?.content.cloneNode(true) ?? "");
    document.getElementById("said")?.replaceChildren(this.textContent.trim());
  }
}

/** <cs-arrival> brings posts that a form was answered with to the timeline, and is gone. */
export class Arrival extends HTMLElement {
  connectedCallback() {
    const timeline = this.closest("cs-live[group]") ?? document.querySelector("cs-live[group]");
    for (const post of [...this.children]) timeline?.receive(post);
    this.remove();
  }
}
customElements.define("cs-live", LiveTimeline);
customElements.define("cs-arrival", Arrival);
