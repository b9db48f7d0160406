/**
 * <cs-passkey mode="get|create" options="…"> asks the browser for a passkey when its form is sent,
 * and sends the form with the answer. What the server asks is JSON as WebAuthn writes it.
 */

/**
 * @param {string} text base64url
 * @returns {ArrayBuffer}
 */
export function bytesOf(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0)).buffer;
}

/**
 * @param {ArrayBuffer} buffer
 * @returns {string} base64url
 */
export function textOf(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * The server's options with bytes where the browser wants bytes.
 * @param {any} asked
 * @returns {any}
 */
export function withBytes(asked) {
  const options = { ...asked, challenge: bytesOf(asked.challenge) };
  if (asked.user) options.user = { ...asked.user, id: bytesOf(asked.user.id) };
  for (const name of ["allowCredentials", "excludeCredentials"]) {
    if (!asked[name]) continue;
    options[name] = asked[name].map((/** @type {any} */ one) => ({ ...one, id: bytesOf(one.id) }));
  }
  return options;
}

/**
 * What the browser answered, as JSON.
 * @param {any} credential
 * @returns {string}
 */
export function answerOf(credential) {
  /** @type {Record<string, string>} */
  const response = {};
  for (const name of [
    "clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle",
  ]) {
    if (credential.response[name]) response[name] = textOf(credential.response[name]);
  }
  const { id, type } = credential;
  const extensions = credential.getClientExtensionResults();
  return JSON.stringify({
    id, type, rawId: textOf(credential.rawId), response, clientExtensionResults: extensions,
  });
}

/** The form of a passkey. */
export class Passkey extends HTMLElement {
  /** @type {AbortController | null} */
  #life = null;

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.#form?.addEventListener("submit", (event) => this.#ask(event), { signal });
  }

  disconnectedCallback() {
    this.#life?.abort();
  }

  /** @returns {HTMLFormElement | null} */
  get #form() {
    return this.querySelector("form");
  }

  /** @param {SubmitEvent} event */
  async #ask(event) {
    event.preventDefault();
    const refused = /** @type {HTMLElement | null} */ (this.querySelector("[data-refused]"));
    const answer = /** @type {HTMLInputElement | null} */ (this.querySelector("[name=answer]"));
    if (!this.#form || !refused || !answer) return;
    refused.hidden = true;
    try {
      answer.value = answerOf(await this.#credential());
      this.#form.submit();
    } catch {
      refused.hidden = false;
    }
  }

  /** @returns {Promise<Credential | null>} */
  #credential() {
    const publicKey = withBytes(JSON.parse(this.getAttribute("options") ?? "{}"));
    const signal = this.#life?.signal;
    const isNew = this.getAttribute("mode") === "create";
    const keys = navigator.credentials;
    return isNew ? keys.create({ publicKey, signal }) : keys.get({ publicKey, signal });
  }
}

customElements.define("cs-passkey", Passkey);
