// The pure parts of the behaviours, with Node's own runner: node --test tests/ui/behaviours.test.mjs
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.HTMLElement = class {};
globalThis.customElements = { define() {} };
const home = "../../carestation/ui/static/ui/js";
const { said, tokyoDay, untilMidnight } = await import(`${home}/moment.js`);
const { due } = await import(`${home}/idle.js`);
const now = new Date("2026-06-10T00:45:00Z");

test("a time is said as on the ward", () => {
  const table = [
    ["2026-06-10T00:18:00Z", "今日 9:18", "9:18"],
    ["2026-06-09T15:00:00Z", "今日 0:00", "0:00"],
    ["2026-06-09T14:59:00Z", "昨日 23:59", "昨日"],
    ["2026-06-08T06:20:00Z", "6月8日 15:20", "6月8日"],
    ["2025-12-31T14:59:00Z", "2025年12月31日 23:59", "2025年12月31日"],
  ];
  for (const [at, long, short] of table) {
    assert.equal(said(new Date(at), now, "ja", false), long);
    assert.equal(said(new Date(at), now, "ja", true), short);
  }
});

test("a day begins in Japan", () => {
  const [before, after] = ["2026-06-10T14:59:59Z", "2026-06-10T15:00:00Z"].map((at) => new Date(at));

  assert.equal(tokyoDay(after) - tokyoDay(before), 1);
  assert.equal(untilMidnight(before), 1000);
  assert.equal(untilMidnight(after), 86_400_000);
});

test("the question comes before the cover", () => {
  const minute = 60_000;
  const at = (minutes) => due(minutes * minute, 15 * minute, 2 * minute);

  assert.deepEqual([0, 12.9, 13, 14.9, 15, 600].map(at),
    ["nothing", "nothing", "question", "question", "cover", "cover"]);
});

test("what waits is tried again, ever more seldom", async () => {
  const { pauseMs } = await import("../../carestation/timeline/static/timeline/sending.js");

  assert.deepEqual([0, 1, 2, 6, 40].map(pauseMs), [5_000, 10_000, 20_000, 300_000, 300_000]);
});

test("a draft is kept for fourteen days", async () => {
  const { isFresh } = await import("../../carestation/timeline/static/timeline/shelf.js");
  const day = 86_400_000;

  assert.deepEqual([isFresh(0, 14 * day - 1), isFresh(0, 14 * day)], [true, false]);
});

test("an @ right before the caret asks for someone", async () => {
  const { askedFor } = await import("../../carestation/timeline/static/timeline/mentions.js");

  assert.deepEqual(["見て@おの", "＠", "a@b c", "名前", "@小 "].map(askedFor), ["おの", "", null, null, null]);
});

test("who is meant is found by kana of either kind, of either width, in either case", async () => {
  const { folded } = await import("../../carestation/timeline/static/timeline/mentions.js");

  assert.deepEqual(["ミヤケ", "ﾐﾔｹ", "みやけ", "ＯＴ", "ヴ", "三宅"].map(folded), ["みやけ", "みやけ", "みやけ", "ot", "ゔ", "三宅"]);
});

test("a stream that says nothing is opened anew, and one that beats is kept", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const opened = [];
  globalThis.addEventListener = () => {};
  globalThis.document = { addEventListener() {}, dispatchEvent() {}, visibilityState: "visible" };
  globalThis.EventSource = class {
    constructor() { opened.push(this); }
    addEventListener(kind, hear) { this[kind] = hear; }
    close() { this.isClosed = true; }
  };
  const { Stream } = await import("../../carestation/live/static/live/stream.js");
  new Stream("/live").follow(() => {}, new AbortController().signal);

  t.mock.timers.tick(24_000);
  opened[0].beat();
  t.mock.timers.tick(24_000);
  assert.equal(opened.length, 1);
  t.mock.timers.tick(1_000);
  t.mock.timers.tick(1_000);

  assert.deepEqual(opened.map((one) => one.isClosed ?? false), [true, false]);
});
