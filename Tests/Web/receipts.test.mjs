// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { deliver, enter, inRoom, offer, peer, until } from "./fakes.mjs";

const { receiptWords } = await import("../../web/app/words.js");

/** The first offer to "old", whose fate is what the server answers, in turn. */
async function fates(...answers) {
  const seen = [];
  const turns = [...answers];
  const description = () => {
    const turn = turns.length > 1 ? turns.shift() : turns[0];
    return typeof turn === "function" ? turn() : turn;
  };
  const { socket, room } = await enter({ description }, {}, peer("old", true));
  const other = room.peers.get("old");
  other.on("receipt", ({ state, code }) => seen.push(code ? `${state} ${code}` : state));
  await sleep(5);
  return { socket, other, seen, mids: () => socket.of("description").map(({ mid }) => mid) };
}
const refusal = (code, retryable, more) => ({ ok: false, error: { code, message: `${code}!`, retryable, retryAfterMs: 5 }, ...more });
const told = (socket, mid, status) => socket.receive("receipt", { mid, to: "old", status });

test("a description is sent with a message id, and asks for the remote handler's word", async () => {
  const { socket } = await fates({ ok: true, status: "applied" });
  const [{ mid, confirm, to }] = socket.of("description");
  assert.match(mid, /^.{1,64}$/);
  assert.deepEqual([confirm, to], ["applied", "old"]);
});

for (const [status, words] of [["applied", "Offer applied"], ["delivered", "Offer delivered"], ["queued", "Offer queued until they are back"]]) {
  test(`a receipt says “${status}” where the server says so`, async () => {
    const { other } = await fates({ ok: true, status });
    assert.equal(other.receipt.state, status);
    assert.equal(receiptWords(other.receipt), words);
  });
}

for (const [status, expected] of [["applied", "applied"], ["delivered", "delivered"], ["rejected", "failed remote_rejected"],
  ["expired", "failed expired"], ["left", "failed peer_left"]]) {
  test(`what was queued is “${expected}” when the server says “${status}” later`, async () => {
    const { socket, other, mids } = await fates({ ok: true, status: "queued" });
    told(socket, "another message", status);
    assert.equal(other.receipt.state, "queued");
    told(socket, mids()[0], status);
    assert.equal([other.receipt.state, other.receipt.code].filter(Boolean).join(" "), expected);
  });
}

test("a later word on a message is newer than the answer to its repetition", async () => {
  let answer;
  const { socket, other, mids } = await fates(refusal("ack_timeout", true), () => new Promise((resolve) => { answer = resolve; }));
  await until(() => answer);
  told(socket, mids()[0], "applied");
  answer({ ok: true, status: "queued", duplicate: true });
  await sleep(5);
  assert.equal(other.receipt.state, "applied");
});

test("an ack that was late is repeated under the same message id, so that nothing is applied twice", async () => {
  const { other, mids } = await fates(refusal("ack_timeout", true), refusal("ack_timeout", true, { duplicate: true }), { ok: true, status: "applied" });
  await until(() => other.receipt.state === "applied");
  assert.equal(mids().length, 3);
  assert.equal(new Set(mids()).size, 1);
});

test("a refusal that the server only repeats is tried under a new message id", async () => {
  const { other, mids } = await fates(refusal("queue_full", true), refusal("queue_full", true, { duplicate: true }), { ok: true, status: "applied" });
  await until(() => other.receipt.state === "applied");
  const [first, second, third] = mids();
  assert.equal(first, second);
  assert.notEqual(second, third);
});

test("a refusal for good is a failure with its code and its words, and is not repeated", async () => {
  const { other, mids } = await fates(refusal("peer_left", false));
  await sleep(30);
  assert.deepEqual([other.receipt.state, other.receipt.code, mids().length], ["failed", "peer_left", 1]);
  assert.equal(receiptWords(other.receipt), "Offer failed: they have left");
});

test("what could not be told in all attempts is sent again when they are back", async () => {
  const { socket, other, mids } = await fates(refusal("ack_timeout", true));
  await until(() => other.receipt.state === "failed");
  const before = mids().length;
  socket.answers.description = { ok: true, status: "applied" };
  socket.receive("peer:away", { room: "r", peerId: "old" });
  socket.receive("peer:back", { room: "r", peerId: "old" });
  await sleep(5);
  assert.equal(mids().length, before + 1);
  assert.equal(other.receipt.state, "applied");
});

test("an offer that gave way to another is not spoken of any more", async () => {
  let answer;
  const { socket, other, seen } = await fates(() => new Promise((resolve) => { answer = resolve; }));
  seen.length = 0;
  const [{ mid }] = socket.of("description");
  socket.answers.description = { ok: true, status: "applied" };
  await deliver(socket, "old", offer);
  await sleep(5);
  answer(refusal("remote_rejected", false));
  await sleep(5);
  told(socket, mid, "superseded");
  told(socket, mid, "rejected");
  assert.deepEqual(seen, ["sent", "applied"]);
  assert.equal(other.receipt.type, "answer");
});

test("the same description again is applied once and answered the same", async () => {
  const { socket, room } = await inRoom();
  socket.receive("peer:joined", { room: "r", peer: peer("new", false) });
  const { pc } = room.peers.get("new");
  let applied = 0;
  const apply = pc.setRemoteDescription.bind(pc);
  pc.setRemoteDescription = async (description) => { applied += 1; await sleep(10); return apply(description); };
  const answers = await Promise.all([deliver(socket, "new", offer, "m1"), deliver(socket, "new", offer, "m1")]);
  answers.push(await deliver(socket, "new", offer, "m1"));
  assert.deepEqual(answers, Array(3).fill({ ok: true, applied: true }));
  assert.equal(applied, 1);
  await sleep(5);
  assert.equal(socket.of("description").length, 1);
  const broken = { type: "offer", sdp: "broken" };
  assert.deepEqual(await deliver(socket, "new", broken, "m2"), await deliver(socket, "new", broken, "m2"));
  assert.equal(applied, 2);
});

test("a message that comes a second time is acked and not handed on again", async () => {
  const { socket, room } = await inRoom(peer("old", true));
  const heard = [];
  const acks = [];
  room.on("message", (data) => heard.push(data));
  for (let time = 0; time < 2; time++) {
    socket.receive("message", { room: "r", from: "old", data: "hi", mid: "m" }, (answer) => acks.push(answer));
    socket.receive("message", { room: "r", from: "old", data: "no id" });
  }
  assert.deepEqual(heard, ["hi", "no id", "no id"]);
  await sleep(1);
  assert.deepEqual(acks, [{ ok: true }, { ok: true }]);
});
