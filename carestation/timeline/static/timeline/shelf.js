/**
 * Where a device keeps drafts: sealed with a key that the server lends to whoever is signed in, for
 * fourteen days. What lies here without that key is noise.
 */
const KEPT_MS = 14 * 24 * 60 * 60 * 1000;
const STORE = "drafts";

/** @typedef {{name: string, at: number, draftId: string, isSending: boolean, iv: Uint8Array, sealed: ArrayBuffer}} Kept */

/** @param {string} mode @param {(store: IDBObjectStore) => IDBRequest} act */
async function within(mode, act) {
  const database = await done(indexedDB.open("carestation", 1), (request) => {
    request.result.createObjectStore(STORE, { keyPath: "name" });
  });
  const answer = await done(act(database.transaction(STORE, mode).objectStore(STORE)));
  database.close();
  return answer;
}

function done(request, upgrade) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    if (upgrade) request.onupgradeneeded = () => upgrade(request);
  });
}

/** @param {string} key as the server wrote it */
function opened(key) {
  const bytes = Uint8Array.from(atob(key), (sign) => sign.charCodeAt(0));
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

const boundTo = (name) => new TextEncoder().encode(name);

/** Whether this browser can keep anything: sealing needs a secure origin. */
export const canKeep = () => Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);

/**
 * Whether what was kept at a time is still worth keeping.
 * @param {number} at
 * @param {number} now
 */
export const isFresh = (at, now) => now - at < KEPT_MS;

/** @returns {Promise<Kept | undefined>} */
export async function find(name) {
  const kept = await within("readonly", (store) => store.get(name));
  if (!kept || isFresh(kept.at, Date.now())) return kept;
  return forget(name);
}

/** Put a draft away. */
export async function keep(name, key, said, { draftId, isSending = false }) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const words = new TextEncoder().encode(JSON.stringify(said));
  const how = { name: "AES-GCM", iv, additionalData: boundTo(name) };
  const sealed = await crypto.subtle.encrypt(how, await opened(key), words);
  const kept = { name, at: Date.now(), draftId, isSending, iv, sealed };
  await within("readwrite", (store) => store.put(kept));
}

/** Open what was found; nothing where it is another person's, or damaged. */
export async function unseal({ name, iv, sealed }, key) {
  const how = { name: "AES-GCM", iv, additionalData: boundTo(name) };
  const words = await crypto.subtle.decrypt(how, await opened(key), sealed).catch(() => null);
  return words && JSON.parse(new TextDecoder().decode(words));
}

export async function forget(name) {
  await within("readwrite", (store) => store.delete(name));
}

/** What became a draft elsewhere is no longer one here. */
export async function forgetElsewhere(draftId, name) {
  for (const other of await within("readonly", (store) => store.getAll())) {
    if (other.draftId === draftId && other.name !== name) await forget(other.name);
  }
}
