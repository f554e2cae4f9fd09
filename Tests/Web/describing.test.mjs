// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const { deliver, enter, inRoom, offer, peer } = await import("./fakes.mjs");
const { describeFor } = await import("../../web/sdk/describing.js");

test("an offer whose answer cannot be applied is taken back and made anew, three times in all; then theirs is let in", async () => {
  const { socket, room } = await inRoom({ ...peer("old", true), polite: false });
  await sleep(5);
  const { pc } = room.peers.get("old");
  const offers = () => socket.of("description").filter(({ description }) => description.type === "offer").length;
  const before = offers();
  for (const attempt of [1, 2, 3, 3]) {
    const { error } = await deliver(socket, "old", { type: "answer", sdp: "broken" });
    assert.equal(error.code, "description_failed");
    await sleep(5);
    assert.equal(offers() - before, Math.min(attempt, 2));
  }
  assert.equal(pc.signalingState, "stable");
  assert.equal((await deliver(socket, "old", offer)).ok, true);
  // They have offered: the need for ours is looked at again, and it may be made.
  await sleep(5);
  pc.onnegotiationneeded();
  await sleep(5);
  assert.equal(offers() - before, 3);
});

test("an answer that nobody waits for is refused, and nothing is negotiated anew", async () => {
  const { socket, room } = await inRoom(peer("old", true));
  await sleep(5);
  const problems = [];
  room.peers.get("old").on("problem", ({ message }) => problems.push(message));
  assert.equal((await deliver(socket, "old", { type: "answer", sdp: "remote answer" })).ok, true);
  const before = socket.of("description").length;
  for (let round = 0; round < 3; round++) assert.equal((await deliver(socket, "old", { type: "answer", sdp: "broken" })).error.code, "description_failed");
  await sleep(5);
  assert.equal(socket.of("description").length, before);
  assert.deepEqual(problems, Array(3).fill("cannot be parsed"));
});

for (const polite of [true, false]) {
  test(`an offer that is refused is taken back, and theirs is asked for, twice at most, by the ${polite ? "polite" : "other"} side`, async () => {
    const refused = { ok: false, error: { code: "remote_rejected", message: "the order of m-lines" } };
    const { socket, room } = await enter({ description: ({ description }) => description.type === "offer" ? refused : { ok: true, status: "applied" } }, {}, { ...peer("old", true), polite });
    const { pc } = room.peers.get("old");
    for (const asked of [1, 2, 2, 2]) {
      await sleep(10);
      assert.equal(pc.signalingState, "stable");
      assert.equal(socket.of("renegotiate").length, asked);
      assert.equal((await deliver(socket, "old", offer)).ok, true);
      await sleep(5);
      pc.onnegotiationneeded();
    }
  });
}

test("an offer that met theirs is left to them to answer", async () => {
  const { socket, room } = await enter({ description: { ok: false, error: { code: "remote_rejected", message: "glare" } } }, {}, peer("old", true));
  await sleep(10);
  assert.equal(room.peers.get("old").pc.signalingState, "have-local-offer");
  assert.equal(socket.of("renegotiate").length, 0);
});

/** @param {"ours" | "theirs" | undefined} answerer who gave the last answer @param {string} setup that was in it */
const standing = (answerer, setup, answered) => {
  const made = [];
  const [mine, other] = [{ type: "answer", sdp: `v=0\r\na=setup:${setup}\r\n` }, { type: "offer", sdp: "v=0\r\na=setup:actpass\r\n" }];
  return {
    made, signalingState: "have-remote-offer",
    currentLocalDescription: answerer && (answerer === "ours" ? mine : other), currentRemoteDescription: answerer && (answerer === "ours" ? other : mine),
    createAnswer: async () => ({ type: "answer", sdp: `v=0\r\na=setup:${answered}\r\na=mid:0\r\na=setup:${answered}\r\n` }),
    setLocalDescription: async (description) => made.push(description?.sdp.match(/(?<=setup:)\w+/g).join() ?? "the browser's own"),
  };
};

for (const [answerer, setup, answered, expected] of [
  ["ours", "active", "active", "active,active"], ["ours", "active", "passive", "active,active"], ["ours", "passive", "active", "passive,passive"],
  ["theirs", "active", "active", "passive,passive"], ["theirs", "passive", "passive", "active,active"], [undefined, "", "active", "the browser's own"],
]) {
  test(`after ${answerer ? `an answer of ${answerer} with ${setup}` : "nothing"}, ${answered} becomes ${expected}`, async () => {
    const pc = standing(answerer, setup, answered);
    await describeFor(pc);
    assert.deepEqual(pc.made, [expected]);
  });
}

test("an offer is left to the browser", async () => {
  const pc = { ...standing("ours", "active", "passive"), signalingState: "stable" };
  await describeFor(pc);
  assert.deepEqual(pc.made, ["the browser's own"]);
});
