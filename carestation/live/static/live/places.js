/**
 * Where a post belongs on the page: a thread stands where its newest post stands, newest first; its
 * replies stand inside it, oldest first. A later state (by `data-seq`) is never put back.
 */
const DAY = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Tokyo", dateStyle: "short" });

/** The place of a thread in the list. */
const lastOf = (post) => Number(post.dataset.last ?? post.dataset.number);
const numberOf = (post) => Number(post.dataset.number);
const repliesOf = (post) => post.querySelector("ol.replies");

/**
 * Put a later state where an earlier one stands; its replies stay.
 * @param {HTMLElement} known
 * @param {HTMLElement} post
 * @returns {boolean} whether it was later
 */
export function renew(known, post) {
  if (Number(known.dataset.seq) >= Number(post.dataset.seq)) return false;
  const active = known.contains(document.activeElement) ? document.activeElement : null;
  if (lastOf(known) > lastOf(post)) post.dataset.last = known.dataset.last;
  keepUnfolded(known, post);
  for (const reply of [...(repliesOf(known)?.children ?? [])]) {
    const same = post.querySelector(`#${reply.id}`);
    if (!same) addReply(post, reply);
    else if (Number(same.dataset.seq) < Number(reply.dataset.seq)) same.replaceWith(reply);
  }
  known.replaceWith(post);
  if (active) standOn(post, active);
  return true;
}

function keepUnfolded(known, post) {
  const unfolded = [...known.querySelectorAll("details")].map((one) => one.open);
  post.querySelectorAll("details").forEach((one, index) => (one.open = unfolded[index] ?? false));
}

/** Whoever stood on a button stands on the same one again. */
function standOn(post, active) {
  const isSame = (one) => one.tagName === active.tagName && one.name === active.name
    && one.getAttribute("href") === active.getAttribute("href");
  const alike = [...post.querySelectorAll("a, button, summary")].find(isSame);
  (post.contains(active) ? active : alike)?.focus({ preventScroll: true });
}

/**
 * Put a thread into the list.
 * @param {HTMLElement} list
 * @param {HTMLElement} post
 */
export function addThread(list, post) {
  const threads = [...list.querySelectorAll(":scope > li[data-number]")];
  let before = threads.find((other) => lastOf(other) < lastOf(post)) ?? list.querySelector("#older");
  // A line of a day stands above the posts of that day: those of a later one go above the line.
  const line = before?.previousElementSibling;
  if (line?.matches(".day") && line.dataset.day !== dayOf(post)) before = line;
  list.insertBefore(post, before);
}

/**
 * Put a reply into its thread, after those before it.
 * @param {HTMLElement} thread
 * @param {HTMLElement} reply
 */
export function addReply(thread, reply) {
  const replies = repliesOf(thread);
  const later = [...replies.children].find((other) => numberOf(other) > numberOf(reply));
  replies.insertBefore(reply, later ?? null);
  replies.hidden = false;
  if (lastOf(thread) < numberOf(reply)) thread.dataset.last = reply.dataset.number;
}

function dayOf(post) {
  const time = post.querySelector("time")?.dateTime;
  return time ? DAY.format(new Date(time)) : "";
}
