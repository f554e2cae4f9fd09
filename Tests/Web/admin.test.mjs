// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { RoomList } from "../../web/admin/list.js";
import { pairVerdict, reportWords } from "../../web/admin/pair.js";
import { lineTitle, niceTop, Series, shortNumber } from "../../web/admin/series.js";
import { factWords, rules, span } from "../../web/admin/words.js";

const room = (name, peers = 0, more = {}) => ({ room: name, peers, away: 0, waiting: 0, settings: {}, createdAt: 1, ...more });
const fact = (cursor, type, name, data = {}) => ({ cursor, at: cursor, type, room: name, data });
const names = (list, order) => list.sorted(order).map((row) => row.room);

function filled(...rooms) {
  const list = new RoomList();
  list.take(rooms, 10);
  list.endRound();
  return list;
}

test("facts make rooms, count who is in them, and end them", () => {
  const list = filled(room("b", 1));
  assert.ok(list.apply(fact(11, "room:created", "a", { settings: { capacity: 4 } })));
  for (const [cursor, type, data] of [[12, "peer:joined"], [13, "peer:joined"], [14, "peer:away"], [15, "peer:left", { reason: "timeout" }]]) {
    assert.ok(list.apply(fact(cursor, type, "a", data)));
  }
  const [a] = list.sorted();
  assert.deepEqual([a.peers, a.away, a.settings.capacity], [1, 0, 4]);
  assert.ok(list.apply(fact(16, "room:updated", "a", { settings: { locked: true } })));
  assert.deepEqual(list.sorted()[0].settings, { capacity: 4, locked: true });
  assert.ok(list.apply(fact(17, "room:closed", "a")));
  assert.deepEqual(names(list), ["b"]);
});

test("a fact that a page has already told of is not counted twice", () => {
  const list = filled(room("a", 2));
  assert.equal(list.apply(fact(10, "peer:joined", "a")), false);
  assert.ok(list.apply(fact(11, "peer:joined", "a")));
  assert.equal(list.apply(fact(11, "peer:joined", "a")), false);
  assert.equal(list.sorted()[0].peers, 3);
});

test("nobody is fewer than none", () => {
  const list = filled(room("a"));
  list.apply(fact(11, "peer:left", "a", { reason: "timeout" }));
  list.apply(fact(12, "peer:back", "a"));
  assert.deepEqual([list.sorted()[0].peers, list.sorted()[0].away], [0, 0]);
});

test("a room that a whole round has not named is gone, one that came meanwhile is not", () => {
  const list = filled(room("a"), room("b"));
  list.take([room("a")], 20);
  list.apply(fact(21, "room:created", "c"));
  assert.deepEqual(names(list), ["a", "b", "c"]);
  list.endRound();
  assert.deepEqual(names(list), ["a", "c"]);
});

test("a list with a filter leaves other rooms out, whatever happens in them", () => {
  const list = new RoomList("TEA");
  assert.equal(list.apply(fact(1, "room:created", "coffee")), false);
  assert.ok(list.apply(fact(2, "room:created", "Tea time")));
  assert.equal(list.apply({ cursor: 3, at: 3, type: "peer:connected", data: {} }), false);
  assert.deepEqual(names(list), ["Tea time"]);
});

test("rooms stand in the order that is asked for, equals by name", () => {
  const list = filled(room("c", 1, { createdAt: 5 }), room("a", 1, { createdAt: 9 }), room("b", 7, { createdAt: 7 }));
  assert.deepEqual(names(list), ["a", "b", "c"]);
  assert.deepEqual(names(list, "peers"), ["b", "a", "c"]);
  assert.deepEqual(names(list, "new"), ["a", "b", "c"]);
  list.apply(fact(11, "peer:joined", "c"));
  assert.deepEqual(names(list, "peers"), ["b", "c", "a"]);
});

test("a series has a line for each number, and events per second from the cursor", () => {
  const series = new Series();
  series.take({ ok: true, peers: 3, cursor: 100, memory: 5, server: {} }, 1000);
  series.take({ ok: true, peers: 4, cursor: 500, memory: 6, server: {} }, 3000);
  assert.deepEqual([...series.lines.keys()].sort(), ["events", "memory", "peers"]);
  assert.deepEqual(series.lines.get("events"), [{ at: 3000, value: 200 }]);
  series.take({ peers: 0, cursor: 2 }, 5000); // the server was started again
  assert.equal(series.lines.get("events").at(-1).value, 0);
  for (let look = 0; look < 400; look++) series.take({ peers: look, cursor: 2 }, 6000 + look);
  assert.equal(series.lines.get("peers").length, 300);
  assert.equal(series.lines.get("peers").at(-1).value, 399);
});

test("relays are told by the second, and receipts by their mean time", () => {
  const series = new Series();
  const look = (offers, candidates, count, seconds) => ({ cursor: 0, relays: { offer: offers, candidate: candidates }, latency: { count, seconds } });
  series.take(look(10, 10, 5, 1), 1000);
  series.take(look(20, 40, 15, 1.5), 3000);
  series.take(look(20, 40, 15, 1.5), 5000);
  assert.deepEqual(series.lines.get("relays").map(({ value }) => value), [20, 0]);
  assert.deepEqual(series.lines.get("latency"), [{ at: 3000, value: 50 }]);
});

test("axes end at round numbers, and numbers are short", () => {
  assert.deepEqual([0, 1, 3, 14, 60, 999, 3000].map(niceTop), [1, 1, 5, 20, 100, 1000, 5000]);
  assert.deepEqual([0.25, 3, 9999, 12345, 3_000_000].map(shortNumber), ["0.3", "3", "9999", "12.3 k", "3.0 M"]);
  assert.equal(lineTitle("receiptLatencyMs"), "Receipt latency ms");
});

const sides = [{ name: "Ada", state: "here" }, { name: "Bob", state: "here" }];
const pair = (one, other, unconfirmed = [[], []]) => ({ reports: [one, other], unconfirmed });
const UP = { ice: "connected", connection: "connected", timeToConnectMs: 240, candidateType: "host" };

test("a pair is judged by what both sides say, and by no more", () => {
  assert.deepEqual(pairVerdict(pair(UP, UP), sides), { severity: "ok", text: "The connection stands." });
  assert.match(pairVerdict(pair(UP, null), sides).text, /One side/);
  assert.match(pairVerdict(pair(null, null), sides).text, /Neither side/);
  assert.match(pairVerdict(pair(null, null, [["offer"], []]), sides).text, /Not confirmed yet: offer/);
  const failed = pairVerdict(pair(UP, { ice: "failed", connection: "failed", error: "no candidates" }), sides);
  assert.equal(failed.severity, "error");
  assert.match(failed.text, /^Bob found no way to the other side: no candidates/);
  const away = pairVerdict(pair(UP, UP), [sides[0], { name: "Bob", state: "away" }]);
  assert.deepEqual(away, { severity: "warning", text: "Bob is away; their seat is kept." });
  assert.equal(reportWords(UP), "connected, by host, after 240 ms");
  assert.equal(reportWords(null), "has said nothing yet");
});

test("a verdict that a page has sent is shown in the doctor's words, and any other code in none", () => {
  const stuck = { ice: "checking", connection: "connecting", verdict: "no_turn", candidates: { host: 2 }, remoteCandidates: { host: 3 } };
  const told = pairVerdict(pair(null, stuck), sides);
  assert.equal(told.severity, "error");
  assert.match(told.text, /^Both sides have only host candidates: no TURN server is configured\. Bob has found: 2 host; got: 3 host\./);
  assert.match(pairVerdict(pair({ ...stuck, candidates: {}, remoteCandidates: {} }, null), sides).text, /^Only relayed ways are allowed, and no TURN server/);
  for (const verdict of ["constructor", "__proto__", "", 7, "nonsense"]) {
    assert.doesNotMatch(pairVerdict(pair({ ...stuck, verdict }, null), sides).text, /Ada has found/);
  }
  assert.equal(pairVerdict(pair({ ...UP, verdict: "connected" }, UP), sides).severity, "ok");
});

test("facts, rules and spans have words", () => {
  assert.equal(factWords({ type: "peer:left", peerId: "p", data: { name: "Ada", reason: "kicked" } }), "Ada · kicked");
  assert.equal(factWords({ type: "call:ended", peerId: "p", data: { user: "ada", calleeUser: "bob", durationMs: 61000 } }), "ada → bob · after 1 min");
  assert.equal(factWords({ type: "gap", data: { lost: 7 } }), "7 events were forgotten before they could be shown");
  assert.equal(factWords({ type: "admin", room: "r", data: { admin: "root", request: "kick", payload: { room: "r", peerId: "*" }, ok: false, code: "forbidden" } }),
    "root: kick · peerId * · refused: forbidden");
  assert.equal(rules({ settings: { capacity: 2, password: true, lobby: false, public: true } }), "at most 2, password, public");
  assert.deepEqual([500, 59_000, 61_000, 7_200_000, 200_000_000].map(span), ["1 s", "59 s", "1 min", "2 h", "2 days"]);
});
