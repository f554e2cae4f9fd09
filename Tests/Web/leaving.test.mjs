// SPDX-License-Identifier: Apache-2.0
// What is left is left: no seat without a page, and nothing that a closed pair still does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { deliver, enter, FakeSocket, FakeTrack, inRoom, joined, offer, peer, until } from "./fakes.mjs";

const { Session } = await import("../../web/sdk/index.js");

test("a room that is left before there is a line is not joined when there is one", async () => {
  const socket = new FakeSocket({ join: joined() });
  const session = new Session(socket, 100);
  const room = session.join("r");
  await room.leave();
  socket.receive("welcome", { peerId: "me", resumed: false });
  await room.ready;
  assert.deepEqual([socket.of("join"), room.state], [[], "left"]);
});

test("a room that is left without a line is left at the server, too, once the line is back", async () => {
  const { socket, room } = await inRoom();
  socket.connected = false;
  socket.receive("disconnect", "transport close");
  const answers = [new Error("socket has been disconnected"), { ok: true }];
  socket.answers.leave = () => answers.shift();
  await room.leave();
  socket.connected = true;
  socket.receive("welcome", { peerId: "me", resumed: true });
  await until(() => socket.of("leave").length === 2);
  assert.deepEqual(socket.of("leave").at(-1), { room: "r" });
});

test("a session that this page closes says so", () => {
  const session = new Session(new FakeSocket(), 100);
  const seen = [];
  session.on("state", (...state) => seen.push(state.slice(0, 2)));
  session.close();
  assert.deepEqual(seen, [["closed", "closed by this page"]]);
});

test("two that share two rooms are two pairs, and every signal names its room", async () => {
  const { socket, session } = await inRoom(peer("bob", true));
  await session.join("s").ready;
  await sleep(5);
  assert.deepEqual(socket.of("description").map(({ room, to }) => `${room} ${to}`), ["r bob", "s bob"]);
});

test("of a pair that was hung up descriptions are refused, and it has no problem with other tracks", async () => {
  const { socket, room } = await inRoom(peer("bob", true));
  const bob = room.peers.get("bob");
  const problems = [];
  bob.on("problem", (error) => problems.push(error));
  for (const { sender } of bob.pc.getTransceivers()) sender.replaceTrack = async () => { throw new Error("closed"); };
  bob.hangup();
  assert.equal((await deliver(socket, "bob", offer)).error.code, "peer_not_found");
  room.publish("video", new FakeTrack("video"));
  await sleep(5);
  assert.deepEqual(problems, []);
});

test("an offer that could not be told is not told any more once the pair was hung up", async () => {
  const { socket, room } = await enter({ description: { ok: false, error: { code: "queue_full", retryable: false } } }, {}, peer("bob", true));
  const bob = room.peers.get("bob");
  await until(() => bob.receipt?.state === "failed");
  bob.hangup();
  const before = socket.of("description").length;
  socket.receive("peer:back", { room: "r", peerId: "bob" });
  await sleep(5);
  assert.equal(socket.of("description").length, before);
});

test("candidates without a description are not kept without end", async () => {
  const { socket, room } = await inRoom();
  socket.receive("peer:joined", { room: "r", peer: peer("new", false) });
  for (let index = 0; index < 1000; index++) socket.receive("candidate", { from: "new", room: "r", candidate: { candidate: `${index}` } });
  await deliver(socket, "new", offer);
  assert.equal(room.peers.get("new").pc.candidates.length, 256);
});

test("a peer speaks for itself alone, whatever else its signal names", async () => {
  const { socket, room } = await inRoom(peer("bob", true), peer("eve", true));
  socket.receive("hangup", { from: "eve", room: "r", peerId: "bob", to: "bob" });
  assert.deepEqual(["bob", "eve"].map((id) => room.peers.get(id).state), ["connecting", "closed"]);
});
