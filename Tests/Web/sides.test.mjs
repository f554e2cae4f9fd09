// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mock, test } from "node:test";

const { exchange } = await import("../../web/doctor/exchange.js");
const { readSummary, summarize } = await import("../../web/doctor/summary.js");
const { timeline } = await import("../../web/doctor/timeline.js");
const { judge } = await import("../../web/doctor/verdict.js");
const { Emitter } = await import("../../web/sdk/emitter.js");

const host = { what: "candidate", type: "host", protocol: "udp", hidden: false };
const here = { environment: { iceTransportPolicy: "all", iceServers: [] }, pair: { presence: "here", remoteCandidates: [host] }, elapsedMs: 20000,
  facts: [{ at: 1, what: "signaling", state: "stable" }, { at: 2, ...host }, { at: 3, ...host }, { at: 19000, what: "connection", state: "failed" }] };
const codes = (recording) => judge(recording).map(({ code }) => code);

test("a summary says the same on the other side, with candidates counted", () => {
  const read = readSummary(JSON.parse(JSON.stringify(summarize(here))));
  assert.equal(read.elapsedMs, 20000);
  assert.deepEqual(read.facts[1], { at: 2, what: "candidate", type: "host", protocol: "udp", hidden: false, count: 2 });
  assert.equal(read.facts.length, 3);
});

for (const garbage of [undefined, null, 7, "x", [], {}, { doctor: 2, elapsedMs: 1, facts: [] }, { doctor: 1, elapsedMs: -1, facts: [] },
  { doctor: 1, elapsedMs: "1", facts: [] }, { doctor: 1, elapsedMs: 1, facts: {} }, { doctor: 1, elapsedMs: 1e300, facts: [] }]) {
  test(`not a summary: ${JSON.stringify(garbage)}`, () => assert.equal(readSummary(garbage), undefined));
}

test("of a hostile summary only what is known, short and plain is kept", () => {
  const facts = [null, 1, [], { at: 1 }, { at: 1, what: "constructor" }, { at: 1, what: "__proto__" }, { at: NaN, what: "ice", state: "x" },
    { at: 1, what: "ice", state: { toString: 1 }, __proto__: { evil: 1 }, extra: "x" }, { at: 2, what: "description", message: `a\u202eb\n${"c".repeat(100000)}`, state: ["x"] }];
  const read = readSummary({ doctor: 1, elapsedMs: 5, policy: { x: 1 }, facts });
  assert.deepEqual(Object.keys(read).sort(), ["elapsedMs", "facts", "policy"]);
  assert.deepEqual(read.facts[0], { at: 1, what: "ice" });
  assert.equal(read.facts.length, 2);
  assert.match(read.facts[1].message, /^a b c+$/);
  assert.ok(read.facts[1].message.length <= 160);
  assert.ok(readSummary({ doctor: 1, elapsedMs: 5, facts: Array(100000).fill({ at: 1, what: "ice", state: "new" }) }).facts.length <= 48);
  assert.ok(timeline({ ...here, theirs: { ...read, beginMs: 0 } }).length > 0);
  judge({ ...here, theirs: { ...read, beginMs: 0 } });
});

test("the timeline has both sides, on one clock", () => {
  const theirs = { elapsedMs: 900, beginMs: 100, facts: [{ at: 5, what: "description", type: "offer", state: "applied" }, { at: 18950, what: "ice", state: "failed" }] };
  assert.deepEqual(timeline({ ...here, theirs }), [
    { at: 1, side: "here", words: "offer and answer are exchanged" }, { at: 2, side: "here", words: "2 udp host candidates" },
    { at: 105, side: "there", words: "offer applied by the other page" }, { at: 19000, side: "here", words: "connection: failed" },
    { at: 19050, side: "there", words: "ICE: failed" }]);
});

test("what only the other side knows becomes a verdict that says so", () => {
  const theirs = (facts, elapsedMs = 19000) => ({ ...here, theirs: { elapsedMs, beginMs: 10, facts } });
  const denied = judge(theirs([{ at: 1, what: "gathering error", url: "turn:a", code: 401, text: "Unauthorized" }])).find(({ code }) => code === "turn_denied");
  assert.equal(denied.side, "there");
  assert.match(denied.text, /^The other side says: “The TURN server refuses/);
  const failed = theirs([{ at: 1, what: "description", type: "answer", state: "failed", code: "description_failed", message: "Called in wrong state: stable" }]);
  assert.match(judge(failed).find(({ code }) => code === "description_failed").text, /The answer was delivered and never applied: InvalidStateError/);
  const silent = theirs([{ at: 1, what: "gathering", state: "complete" }]);
  silent.pair = { presence: "here", remoteCandidates: [] };
  assert.equal(judge(silent)[0].text, "The other side found no way out of its machine.");
  assert.match(judge(theirs([{ at: 1, ...host }, { at: 2, what: "ice", state: "checking" }]))[0].evidence, /They found: host. ICE here: new; there: checking/);
});

test("this side stands and the other does not", () => {
  const up = { ...here, facts: [{ at: 300, what: "connection", state: "connected" }, { at: 301, what: "path", local: "host", remote: "srflx" }],
    theirs: { elapsedMs: 1, beginMs: 1, facts: [{ at: 1, what: "connection", state: "failed" }] } };
  assert.deepEqual(codes(up), ["one_sided", "connected"]);
  assert.match(judge(up)[1].evidence, /by host to srflx\. The other side says: failed/);
});

test("an offer that was taken back does not count as negotiated", () => {
  const facts = [{ at: 1, what: "signaling", state: "have-local-offer" }, { at: 1, what: "description", type: "offer", state: "applied" },
    { at: 2, what: "signaling", state: "stable", negotiated: false }];
  assert.deepEqual(codes({ environment: {}, facts, elapsedMs: 10 }), ["never_answered"]);
  facts[2].negotiated = true;
  assert.deepEqual(codes({ environment: {}, facts, elapsedMs: 10 }), ["nothing_found"]);
});

test("both sides are told at most every two seconds, and garbage is passed over", () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  try {
    const [signals, reports, heard] = [[], [], []];
    const peer = Object.assign(new Emitter(), { pc: { connectionState: "connecting" }, signal: (data) => signals.push(data), report: (found) => reports.push(found) });
    const recorder = { onNote() {}, hear: (summary) => heard.push(summary) };
    const stop = exchange(peer, recorder, () => here);
    for (let i = 0; i < 50; i++) recorder.onNote();
    mock.timers.tick(2000);
    assert.equal(signals.length, 1);
    assert.deepEqual(reports[0], { verdict: "no_turn", candidates: { host: 2 }, remoteCandidates: { host: 1 } });
    for (const data of [null, { doctor: 1 }, signals[0]]) peer.emit("signal", data);
    assert.equal(heard.length, 0, "what follows too soon is not looked at");
    stop();
    recorder.onNote();
    mock.timers.tick(60000);
    assert.equal(signals.length, 1);
  } finally {
    mock.timers.reset();
  }
});
