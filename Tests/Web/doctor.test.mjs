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
