// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

const { describeCandidate } = await import("../../web/doctor/recorder.js");
const { judge } = await import("../../web/doctor/verdict.js");

const RECORDINGS = new URL("recordings/", import.meta.url);
const read = async (name) => JSON.parse(await readFile(new URL(`${name}.json`, RECORDINGS), "utf8"));
const codes = (recording) => judge(recording).map(({ code }) => code);
const host = { type: "host", protocol: "udp", hidden: false };
const stuck = (local, remote, environment = {}) => ({
  environment, pair: { presence: "here", remoteCandidates: remote }, elapsedMs: 20000,
  facts: [{ at: 1, what: "signaling", state: "stable" }, ...local.map((one) => ({ at: 2, what: "candidate", ...one })),
    { at: 19000, what: "connection", state: "failed" }],
});
const sent = (type, state, more = {}) => ({ environment: { session: { state: "connected" } }, pair: {}, elapsedMs: 100,
  facts: [{ at: 1, what: "description", type, state, ...more }] });

for (const file of await readdir(RECORDINGS)) {
  const code = file.replace(".json", "");
  test(`recorded in a browser: ${code}`, async () => {
    const verdicts = judge(await read(code));
    assert.ok(verdicts.some((one) => one.code === code), JSON.stringify(verdicts));
    for (const { text, evidence, severity } of verdicts) assert.ok(text && evidence && severity);
    // Without a camera a call can be made: what it fails of, if anything, is something else.
    if (code !== "camera_denied") assert.equal(verdicts[0].code, code);
  });
}

test("the words of the answer that was never applied name the browser's error", async () => {
  assert.equal(judge(await read("description_failed"))[0].text, "The answer was delivered and never applied: InvalidStateError.");
});

test("what the other side recorded decides whether UDP or the server is to blame", async () => {
  const recording = await read("udp_blocked");
  const [{ side, text }] = judge(recording);
  assert.equal(side, "there");
  assert.equal(text, "The other side says: “UDP is blocked here: the other side gets answers by UDP, and this side none.”");
  assert.ok(!codes({ ...recording, theirs: undefined }).includes("udp_blocked"));
  // As the other side sees it.
  const { theirs, ...mine } = recording;
  const there = { ...mine, facts: theirs.facts, elapsedMs: theirs.elapsedMs };
  assert.match(judge(there)[0].text, /^UDP is blocked here, or every STUN and TURN server is down/);
  assert.match(judge({ ...there, theirs: { ...mine, beginMs: 0 } })[0].text, /^UDP is blocked here: the other side gets answers/);
});

test("both sides of a recorded call without TURN say what they found", async () => {
  const recording = await read("no_turn");
  assert.match(judge(recording)[0].evidence, /They found: none/);
  assert.doesNotMatch(judge({ ...recording, theirs: undefined })[0].evidence, /They found/);
});

/** An ICE server that was asked by UDP for so long, and what has come of it. */
const asked = (elapsedMs, facts, iceServers = ["turn:a"]) => ({ environment: { iceServers, session: { state: "connected" } }, pair: { remoteCandidates: [host] }, elapsedMs,
  facts: [{ at: 1, what: "signaling", state: "stable" }, { at: 2, what: "gathering", state: "gathering" }, { at: 3, what: "candidate", ...host }, ...facts] });
const relay = (by) => ({ at: 9, what: "candidate", type: "relay", protocol: "udp", relay: by });
const complete = { at: 20, what: "gathering", state: "complete" };
const closed = { at: 4, what: "gathering error", url: "turn:a", code: 701, text: "UDP socket was closed." };

test("UDP is blamed only where nothing answers by it, for long", () => {
  const isBlamed = (...args) => codes(asked(...args)).includes("udp_blocked");
  assert.equal(isBlamed(9000, []), false);
  assert.equal(isBlamed(20000, []), true);
  assert.equal(isBlamed(20000, [complete]), true);
  assert.equal(isBlamed(20000, [complete], ["stun:a"]), false, "its own address may be the public one");
  assert.equal(isBlamed(20000, [], ["turn:a?transport=tcp", "turns:b"]), false, "nobody was asked by UDP");
  assert.equal(isBlamed(20000, [relay("udp")]), false);
  assert.equal(isBlamed(20000, [relay("tcp")]), true);
  assert.equal(isBlamed(20000, [{ ...closed, code: 401 }]), false, "a refusal is an answer");
});

test("an address of the machine that has no way to the server is not a failure while others answer", () => {
  assert.deepEqual(codes(asked(2000, [closed])), ["nothing_found"]);
  assert.deepEqual(codes(asked(2000, [closed, relay("udp")])), ["nothing_found"]);
  assert.deepEqual(codes(asked(2000, [{ ...closed, text: "host lookup received error." }])), ["ice_server_unreachable"]);
});

test("a call by TCP to the relay stands, and says why it goes that way", () => {
  const up = [relay("tcp"), { at: 10, what: "connection", state: "connected" }, { at: 11, what: "path", local: "relay", remote: "relay", relay: "tcp" }];
  assert.deepEqual(codes(asked(5000, up)), ["connected"]);
  assert.deepEqual(codes(asked(20000, up)), ["udp_blocked", "connected"]);
  assert.match(judge(asked(20000, up))[1].evidence, /by relay over TCP to relay/);
});

test("only host candidates, hidden ones, or those of one side are told apart", () => {
  assert.deepEqual(codes(stuck([host], [host])), ["no_turn"]);
  assert.deepEqual(codes(stuck([{ ...host, hidden: true }], [{ ...host, hidden: true }])), ["mdns_only"]);
  assert.deepEqual(codes(stuck([host], [])), ["one_way_candidates"]);
  assert.deepEqual(codes(stuck([], [])), ["no_candidates"]);
  assert.deepEqual(codes(stuck([{ ...host, type: "relay" }], [host], { iceServers: ["turn:a"] })), ["ice_failed"]);
  const late = stuck([host], [{ ...host, type: "srflx" }]);
  late.facts.pop();
  assert.deepEqual(codes(late), ["connecting_too_long"]);
});

test("a connection that stood and was lost is not said to have failed from the start", () => {
  const recording = stuck([host], [host]);
  recording.facts.splice(1, 0, { at: 500, what: "connection", state: "connected" });
  assert.deepEqual(codes(recording), ["lost_after_connected"]);
});

test("a peer that is away is waited for as long as the server keeps the seat", () => {
  const [verdict] = judge({ environment: { resumeWindowMs: 41000 }, pair: { presence: "away" }, facts: [] });
  assert.equal(verdict.code, "peer_away");
  assert.equal(verdict.text, "The peer is away, resume window 41 s.");
});

test("what became of an offer", () => {
  assert.deepEqual(codes(sent("offer", "failed", { code: "ack_timeout" })), ["peer_frozen"]);
  assert.deepEqual(codes(sent("offer", "delivered")), ["never_applied"]);
  assert.deepEqual(codes(sent("offer", "applied")), ["never_answered"]);
  assert.deepEqual(codes(sent("offer", "failed", { code: "peer_left" })), ["not_delivered"]);
  assert.deepEqual(codes(sent("offer", "failed", { code: "remote_rejected", message: "OperationError: no codec in common" })), ["codec_mismatch"]);
  assert.deepEqual(codes(sent("offer", "sent")), ["nothing_found"]);
});

test("the page's own hindrances, gravest first", () => {
  assert.deepEqual(codes({ environment: { secure: false, camera: "NotFoundError", room: { code: "room_full" } }, facts: [] }),
    ["insecure_context", "room_full", "camera_unavailable"]);
});

test("of a candidate nothing is told that says where somebody is", () => {
  const told = describeCandidate("candidate:1 1 UDP 2122 9a.local 5000 typ host generation 0");
  assert.deepEqual(told, { type: "host", protocol: "udp", hidden: true });
  assert.equal(describeCandidate("candidate:1 1 udp 1 192.0.2.1 5000 typ relay raddr 0.0.0.0").type, "relay");
});
