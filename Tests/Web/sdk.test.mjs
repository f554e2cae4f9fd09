// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const { deliver, FakeSocket, inRoom, offer, peer } = await import("./fakes.mjs");
const { Emitter, ParleyError, Session } = await import("../../web/sdk/index.js");

test("on() returns its remover, and a listener that throws stops nobody", async () => {
  const emitter = new Emitter();
  const seen = [];
  const remove = emitter.on("x", (value) => seen.push(value));
  emitter.emit("x", 1);
  remove();
  emitter.emit("x", 2);
  assert.deepEqual(seen, [1]);
});

test("a refusal is thrown with the server's code", async () => {
  const error = { code: "room_full", message: "The room is full.", retryable: true, retryAfterMs: 50 };
  const session = new Session(new FakeSocket({ join: { ok: false, error } }), 100);
  await assert.rejects(session.request("join", {}), (thrown) =>
    thrown instanceof ParleyError && thrown.code === "room_full" && thrown.retryable && thrown.retryAfterMs === 50);
});

test("an answer that never comes, and one that makes no sense, have codes of their own", async () => {
  const session = new Session(new FakeSocket({ a: new Error("operation has timed out"), b: "yes" }), 100);
  await assert.rejects(session.request("a"), { code: "timeout" });
  await assert.rejects(session.request("b"), { code: "bad_answer" });
});

test("the initiator asks for audio and video and makes the first offer; the other side waits", async () => {
  const { socket, room } = await inRoom(peer("old", true));
  socket.receive("peer:joined", { room: "r", peer: peer("new", false) });
  await sleep(5);
  assert.deepEqual(room.peers.get("old").pc.transceivers, ["recvonly", "recvonly"]);
  const descriptions = socket.sent.filter(([event]) => event === "description").map(([, payload]) => payload);
  assert.ok(descriptions.length > 0);
  assert.ok(descriptions.every(({ to, description }) => to === "old" && description.type === "offer"));
});

test("an offer is acked once applied, and answered", async () => {
  const { socket } = await inRoom();
  socket.receive("peer:joined", { room: "r", peer: peer("new", false) });
  assert.deepEqual(await deliver(socket, "new", offer), { ok: true, applied: true });
  await sleep(5);
  assert.deepEqual(socket.sent.at(-1)[1].description, { type: "answer", sdp: "local answer" });
});

test("a description that cannot be applied, or of somebody unknown, is refused in words", async () => {
  const { socket } = await inRoom();
  socket.receive("peer:joined", { room: "r", peer: peer("new", false) });
  const broken = await deliver(socket, "new", { type: "offer", sdp: "broken" });
  assert.deepEqual(broken, { ok: false, error: { code: "description_failed", message: "cannot be parsed" } });
  assert.equal((await deliver(socket, "nobody", offer)).error.code, "peer_not_found");
});

test("where two offers meet, the polite side gives way and the other does not", async () => {
  const { socket, room } = await inRoom(peer("old", true));
  await sleep(5);
  assert.equal(room.peers.get("old").pc.signalingState, "have-local-offer");
  assert.equal((await deliver(socket, "old", offer)).ok, true);
  socket.receive("peer:joined", { room: "r", peer: peer("new", false) });
  await deliver(socket, "new", offer);
  await sleep(5);
  const { pc } = room.peers.get("new");
  pc.onnegotiationneeded();
  await sleep(5);
  assert.equal((await deliver(socket, "new", offer)).error.code, "glare");
});

test("candidates wait for a description, in their order; null ends them", async () => {
  const { socket, room } = await inRoom();
  socket.receive("peer:joined", { room: "r", peer: peer("new", false) });
  socket.receive("candidate", { from: "new", room: "r", candidate: { candidate: "1" } });
  socket.receive("candidate", { from: "new", room: "r", candidates: [{ candidate: "2" }, ""] });
  await sleep(5);
  assert.deepEqual(room.peers.get("new").pc.candidates, []);
  await deliver(socket, "new", offer);
  assert.deepEqual(room.peers.get("new").pc.candidates, [{ candidate: "1" }, { candidate: "2" }, undefined]);
});

test("a peer that is away is kept; one that has left is not", async () => {
  const { socket, room } = await inRoom(peer("old", true));
  const kept = room.peers.get("old");
  socket.receive("peer:away", { room: "r", peerId: "old" });
  assert.equal(kept.presence, "away");
  assert.notEqual(kept.state, "closed");
  socket.receive("peer:back", { room: "r", peerId: "old" });
  assert.equal(kept.presence, "here");
  socket.receive("peer:left", { room: "r", peerId: "old", reason: "left" });
  assert.equal(kept.state, "closed");
  assert.equal(room.peers.size, 0);
});

test("events of another room are passed over", async () => {
  const { socket, room } = await inRoom();
  socket.receive("peer:joined", { room: "elsewhere", peer: peer("new", false) });
  assert.equal(room.peers.size, 0);
});

test("a resumed session keeps its peers; a new one joins again", async () => {
  const { socket, room } = await inRoom(peer("old", true));
  const before = room.peers.get("old");
  socket.receive("disconnect", "transport close");
  socket.receive("welcome", { peerId: "me", resumed: true });
  await sleep(5);
  assert.equal(room.peers.get("old"), before);
  assert.equal(socket.sent.filter(([event]) => event === "join").length, 1);
  socket.receive("disconnect", "transport close");
  socket.receive("welcome", { peerId: "me2", resumed: false });
  await sleep(5);
  assert.equal(room.state, "joined");
  assert.equal(before.state, "closed");
  assert.notEqual(room.peers.get("old"), before);
});

test("a connection that the server refuses for good ends session and room", async () => {
  const { socket, session, room } = await inRoom();
  socket.active = socket.connected = false;
  socket.receive("disconnect", "io server disconnect");
  assert.equal(session.state, "closed");
  assert.equal(room.state, "left");
  await assert.rejects(session.request("join"), { code: "closed" });
});
