// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { inRoom, offer, deliver, peer, until } from "./fakes.mjs";

const found = (candidate) => ({ candidate: { toJSON: () => ({ candidate }) } });

test("candidates that are found together travel together, and the end goes behind them", async () => {
  const { socket, room } = await inRoom(peer("bob", true));
  const { pc } = room.peers.get("bob");
  for (const one of ["a", "b"]) pc.onicecandidate(found(one));
  pc.onicecandidate({ candidate: null });
  pc.onicecandidate(found("c"));
  await until(() => socket.of("candidate").length === 3);
  assert.deepEqual(socket.of("candidate"), [
    { room: "r", to: "bob", candidates: [{ candidate: "a" }, { candidate: "b" }] },
    { room: "r", to: "bob", candidate: null },
    { room: "r", to: "bob", candidate: { candidate: "c" } }]);
});

test("where the network is another one, ICE is restarted with those who have a connection", async () => {
  const { session, socket, room } = await inRoom(peer("bob", true), peer("cyd", true));
  await deliver(socket, "bob", offer);
  room.peers.get("bob").pc.connectionState = "connected";
  session.emit("network");
  assert.deepEqual([...room.peers.values()].map(({ pc }) => pc.restarts), [1, 0]);
});
