/**
 * <cs-upload src most largest> sends each chosen file at once and shows how far it has come. Rows
 * come from the server or from the templates inside; words stand in data-* attributes.
 */
export class Upload extends HTMLElement {
  #life = null;
  #sending = new Map(); // row → { request, form }, in the order in which they go, one by one

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.addEventListener("change", (event) => this.#choose(event), { signal });
    this.addEventListener("click", (event) => this.#press(event), { signal });
    this.closest("form")?.addEventListener("submit", (event) => this.#hold(event), { signal });
  }
  disconnectedCallback() {
    this.#life?.abort();
    for (const { request } of this.#sending.values()) request.abort();
  }

  get #rows() {
    return this.querySelector("[data-rows]");
  }
  get #count() {
    return this.querySelectorAll('input[name="attachments"]').length + this.#sending.size;
  }
  get #token() {
    return this.closest("form")?.elements.csrfmiddlewaretoken?.value ?? "";
  }

  /** @param {Event} event */
  #choose({ target }) {
    if (!(target instanceof HTMLInputElement) || target.type !== "file") return;
    for (const file of target.files) this.#take(file);
    target.value = "";
  }
  #take(file) {
    const size = Math.round(file.size / 2 ** 20);
    if (this.#count >= Number(this.getAttribute("most"))) this.#refuse(file.name, "many");
    else if (file.size > Number(this.getAttribute("largest"))) this.#refuse(file.name, "large", { size });
    else this.#send(file);
  }
  #send(file) {
    const row = this.#row("template[data-row]", file.name);
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("csrfmiddlewaretoken", this.#token);
    form.append("file", file);
    request.responseType = "document";
    request.upload.addEventListener("progress", (event) => this.#show(row, event));
    for (const end of ["load", "error"])
      request.addEventListener(end, () => this.#settle(row, file.name, request));
    this.#show(row, { loaded: 0, total: file.size });
    this.#sending.set(row, { request, form });
    this.#rows.append(row);
    this.#next();
  }
  #next() {
    const [first] = this.#sending.values();
    if (first?.request.readyState !== XMLHttpRequest.UNSENT) return;
    first.request.open("POST", this.getAttribute("src"));
    first.request.send(first.form);
  }
  #show(row, { loaded, total }) {
    const percent = Math.floor((100 * loaded) / (total || 1));
    const words = this.#words(percent === 100 ? "checking" : "progress", { percent });
    row.querySelector("progress").value = percent;
    row.querySelector("[data-state]").textContent = words;
  }
  #settle(row, name, request) {
    this.#sending.delete(row);
    this.#next();
    const answer = request.response?.querySelector(".attach");
    if (!answer) row.remove();
    if (!answer) return this.#refuse(name, "failed");
    row.replaceWith(document.importNode(answer, true));
    const refusal = answer.querySelector("[data-state]")?.textContent;
    return this.#say(refusal ?? this.#words("sent", { name }));
  }
  #refuse(name, why, more = {}) {
    const row = this.#row("template[data-refusal]", name);
    row.querySelector("[data-state]").textContent = this.#words(why, more);
    this.#rows.append(row);
    this.#say(`${name}：${this.#words(why, more)}`);
  }
  #press({ target }) {
    const row = target instanceof Element && target.closest("[data-remove]")?.closest(".attach");
    if (!row) return;
    this.#sending.get(row)?.request.abort();
    if (this.#sending.delete(row)) this.#next();
    if (row.dataset.discard) this.#discard(row.dataset.discard);
    const next = row.nextElementSibling ?? row.previousElementSibling;
    (next?.querySelector("[data-remove]") ?? this.querySelector("input")).focus();
    this.#say(this.#words("gone", { name: row.dataset.name }));
    row.remove();
  }
  #discard(url) {
    const body = new URLSearchParams({ csrfmiddlewaretoken: this.#token });
    fetch(url, { method: "POST", body, keepalive: true }).catch(() => {}); // else it goes in a day
  }
  /** What is still on its way would be left out of the post. */
  #hold(event) {
    if (this.#sending.size === 0) return;
    event.preventDefault();
    this.#say(this.dataset.held);
  }
  #row(template, name) {
    const row = this.querySelector(template).content.cloneNode(true).querySelector(".attach");
    row.querySelector("[data-name-here]").textContent = name;
    row.dataset.name = name;
    return row;
  }
  #words(key, values) {
    return this.dataset[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }
  #say(words) {
    this.querySelector("[data-status]").textContent = words;
  }
}
customElements.define("cs-upload", Upload);
