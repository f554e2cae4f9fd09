// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSocket, peer } from "./fakes.mjs";

const { Session } = await import("../../web/sdk/index.js");

function online(answers) {
  const socket = new FakeSocket(answers);
  const session = new Session(socket, 100);
  socket.receive("welcome", { peerId: "me", resumed: false, iceServers: [] });
  const incoming = [];
  session.on("call", (call) => incoming.push(call));
  return { socket, session, incoming };
}
const ring = (socket) => socket.receive("call:incoming", { callId: "c", from: "her", name: "Her", expiresAt: 1 });
const accepted = { ok: true, callId: "c", room: "private", peer: peer("her", true), iceServers: [] };

test("a call rings, is accepted, and is a room of two", async () => {
  const { socket, session } = online({ call: { ok: true, callId: "c", status: "ringing", ringing: 1 } });
  const call = await session.call("her", { media: { video: true } });
  assert.deepEqual(socket.of("call"), [{ to: "her", media: { video: true } }]);
  assert.equal(call.state, "ringing");
  socket.receive("call:accepted", { callId: "c", room: "private", peer: peer("her", false), iceServers: [] });
  assert.equal(call.state, "accepted");
  assert.equal(call.room.state, "joined");
  assert.deepEqual([...call.room.peers.keys()], ["her"]);
  socket.receive("call:ended", { callId: "c", by: "her" });
  assert.equal(call.state, "ended");
});

test("an incoming call is accepted into its room, and is told of once", async () => {
  const { socket, incoming } = online({ "call:accept": accepted });
  ring(socket);
  ring(socket);
  assert.equal(incoming.length, 1);
  assert.equal(incoming[0].info.name, "Her");
  const room = await incoming[0].accept();
  assert.equal(room.id, "private");
  assert.deepEqual(socket.of("join"), []);
  socket.receive("room:closed", { room: "private", reason: "call_ended" });
  assert.equal(room.state, "left");
});

test("a call whose session was lost is not begun anew by one side", async () => {
  const { socket, incoming } = online({ "call:accept": accepted, join: { ok: false, error: { code: "room_not_found", message: "gone" } } });
  ring(socket);
  const room = await incoming[0].accept();
  socket.receive("disconnect", "transport close");
  socket.receive("welcome", { peerId: "me2", resumed: false });
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(socket.of("join")[0].create, false);
  assert.equal(room.state, "left");
});

for (const [event, state] of [["call:declined", "declined"], ["call:cancelled", "cancelled"], ["call:timeout", "timeout"], ["call:elsewhere", "elsewhere"]]) {
  test(`${event} ends it, and nothing changes it after that`, async () => {
    const { socket, incoming } = online();
    ring(socket);
    socket.receive(event, { callId: "c" });
    socket.receive("call:accepted", { callId: "c", ...accepted });
    assert.equal(incoming[0].state, state);
  });
}

for (const status of ["busy", "unreachable"]) {
  test(`a callee who is ${status} makes a call that is over at once`, async () => {
    const { session } = online({ call: { ok: true, callId: "c", status, ringing: 0 } });
    assert.equal((await session.call("her")).state, status);
  });
}

test("decline, cancel and end say so to the server", async () => {
  const { socket, incoming, session } = online({ call: { ok: true, callId: "d", status: "ringing", ringing: 1 }, "call:accept": accepted });
  ring(socket);
  await incoming[0].decline("busy");
  socket.receive("call:accepted", { callId: "c", ...accepted });
  const call = await session.call("him");
  await call.cancel();
  assert.deepEqual([incoming[0].state, call.state], ["declined", "cancelled"]);
  assert.deepEqual(socket.of("call:decline"), [{ callId: "c", reason: "busy" }]);
  assert.equal(socket.of("call:cancel")[0].callId, "d");
});

test("a call that rings when the server forgets this page, or the session ends, has ended", async () => {
  for (const end of [({ socket }) => socket.receive("welcome", { peerId: "me2", resumed: false }), ({ session }) => session.close()]) {
    const page = online({ call: { ok: true, callId: "d", status: "ringing", ringing: 1 } });
    ring(page.socket);
    const call = await page.session.call("him");
    end(page);
    assert.deepEqual([page.incoming[0].state, call.state], ["ended", "ended"]);
  }
});

test("an accepted call has ended when its room is left, for whatever reason", async () => {
  const { socket, incoming } = online({ "call:accept": accepted });
  ring(socket);
  const room = await incoming[0].accept();
  await room.leave();
  assert.equal(incoming[0].state, "ended");
});
