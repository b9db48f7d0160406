/** <cs-offline> is seen while the browser knows of no network. */
export class Offline extends HTMLElement {
  /** @type {AbortController | null} */
  #life = null;

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    addEventListener("online", () => this.#show(), { signal });
    addEventListener("offline", () => this.#show(), { signal });
    this.#show();
  }

  disconnectedCallback() {
    this.#life?.abort();
  }

  #show() {
    this.hidden = navigator.onLine;
  }
}
customElements.define("cs-offline", Offline);
