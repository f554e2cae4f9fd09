// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { enter, FakeSocket, inRoom, joined, peer } from "./fakes.mjs";

const { Session } = await import("../../web/sdk/index.js");
const no = (code, field) => ({ ok: false, error: { code, message: `${code}!`, retryable: false, field } });

test("own metadata goes out with update, and with every later join", async () => {
  const { socket, room } = await inRoom();
  await room.update({ audio: false, hand: true });
  await room.update({}, ["hand"]);
  assert.deepEqual(socket.of("update"), [{ room: "r", set: { audio: false, hand: true } }, { room: "r", set: {}, remove: ["hand"] }]);
  socket.receive("disconnect", "transport close");
  socket.receive("welcome", { peerId: "me2", resumed: false });
  await sleep(5);
  assert.deepEqual(socket.of("join").at(-1).metadata, { name: "Me", audio: false });
});

test("an update that the lost line swallowed is sent again", async () => {
  const { socket, room } = await inRoom();
  socket.answers.update = () => {
    socket.answers.update = { ok: true };
    return new Error("operation has timed out");
  };
  await room.update({ audio: false });
  assert.equal(socket.of("update").length, 2);
});

test("others' metadata and roles follow the server; older news is passed over", async () => {
  const { socket, room } = await inRoom(peer("old", true));
  const other = room.peers.get("old");
  const news = (version, metadata, role) => socket.receive("peer:updated", { room: "r", peerId: "old", metadata, version, role });
  news(2, { name: "New", audio: false });
  news(1, { name: "Older" });
  assert.deepEqual([other.metadata, other.name, other.role], [{ name: "New", audio: false }, "New", "member"]);
  news(2, { name: "New" }, "moderator");
  assert.equal(other.role, "moderator");
  socket.receive("peer:updated", { room: "r", peerId: "me", metadata: {}, version: 1, role: "owner" });
  assert.equal(room.self.role, "owner");
});

test("settings, knocks and moderation are asked for in the room's name", async () => {
  const { socket, room } = await enter({ moderate: { ok: true, results: [{ peerId: "old", status: "done" }] } }, {});
  await room.updateRoom({ locked: true });
  await room.admit("a");
  await room.deny();
  assert.deepEqual(await room.moderate("kick", "old", { reason: "noise" }), [{ peerId: "old", status: "done" }]);
  assert.deepEqual(socket.of("room:update"), [{ room: "r", settings: { locked: true } }]);
  assert.deepEqual(socket.of("knock:answer"), [{ room: "r", peerId: "a", admit: true }, { room: "r", peerId: "*", admit: false }]);
  assert.deepEqual(socket.of("moderate"), [{ room: "r", peerId: "old", action: "kick", reason: "noise" }]);
  socket.receive("room:updated", { room: "r", settings: { locked: true }, metadata: { topic: "x" } });
  assert.deepEqual([room.info.settings, room.info.metadata], [{ locked: true }, { topic: "x" }]);
});

test("those who knock are known until they are answered or gone", async () => {
  const { socket, room } = await inRoom();
  socket.receive("knock:new", { room: "r", peerId: "a", name: "A" });
  socket.receive("knock:new", { room: "r", peerId: "b", name: "B" });
  socket.receive("knock:gone", { room: "r", peerId: "a" });
  assert.deepEqual([...room.knocks.keys()], ["b"]);
});

test("in the lobby one waits, and is in when admitted", async () => {
  const { socket, room } = await enter({ join: { ok: true, waiting: true, position: 2 } }, { message: "hello" });
  assert.deepEqual([room.state, room.position], ["waiting", 2]);
  assert.equal(socket.of("join")[0].message, "hello");
  socket.receive("peer:joined", { room: "r", peer: peer("new", false) });
  assert.equal(room.peers.size, 0);
  socket.receive("knock:result", { room: "r", admitted: true, joined: joined(peer("old", true)) });
  assert.equal(room.state, "joined");
  assert.deepEqual([...room.peers.keys()], ["old"]);
});

test("one who is not admitted is told why; one whom the server forgot knocks again", async () => {
  const { socket, room } = await enter({ join: { ok: true, waiting: true, position: 1 } }, {});
  const ends = [];
  room.on("state", (...state) => ends.push(state));
  socket.receive("disconnect", "transport close");
  socket.receive("welcome", { peerId: "me2", resumed: false });
  await sleep(5);
  assert.equal(socket.of("join").length, 2);
  socket.receive("knock:result", { room: "r", admitted: false, reason: "not today" });
  assert.deepEqual(ends.at(-1), ["left", "not today", "denied"]);
});

test("a password is asked for until it fits; none gives up", async () => {
  const given = ["wrong", "right"];
  const asked = [];
  const join = ({ password }) => password === "right" ? joined() : no("room_password", "password");
  const { room } = await enter({ join }, { onPassword: async ({ code }) => { asked.push(code); return given.shift(); } });
  assert.equal(room.state, "joined");
  assert.deepEqual(asked, ["room_password", "room_password"]);
  await assert.rejects(enter({ join }, { onPassword: () => undefined }), { code: "room_password" });
});

test("a moderator's request is answered once, by the page's own decision", async () => {
  const { socket, room } = await inRoom();
  const acks = [];
  room.on("moderated", ({ action, answer }) => { answer(action === "mute"); answer(true); });
  for (const action of ["mute", "stop_video"]) socket.receive("moderated", { room: "r", action, by: "x" }, (answer) => acks.push(answer));
  assert.deepEqual(acks, [{ ok: true, done: true }, { ok: true, done: false }]);
});

test("one who is removed is out, and says so; one who is moved to the lobby waits", async () => {
  const { socket, room } = await inRoom(peer("old", true));
  const states = [];
  room.on("state", (...state) => states.push(state));
  socket.receive("moderated", { room: "r", action: "lobby", by: "x" });
  assert.deepEqual([room.state, room.peers.size], ["waiting", 0]);
  socket.receive("peer:left", { room: "r", peerId: "me", reason: "kicked" });
  assert.equal(room.state, "waiting");
  socket.receive("moderated", { room: "r", action: "kick", by: "x", reason: "noise" });
  assert.deepEqual(states.at(-1), ["left", "noise", "kicked"]);
});

test("hangup ends the pair on both sides and leaves both in the room", async () => {
  const { socket, room } = await inRoom(peer("old", true), peer("two", true));
  await room.peers.get("old").hangup("done");
  assert.deepEqual(socket.of("hangup"), [{ room: "r", to: "old", reason: "done" }]);
  const reasons = [];
  room.peers.get("two").on("hangup", (reason) => reasons.push(reason));
  socket.receive("hangup", { room: "r", from: "two", reason: "bye" });
  assert.deepEqual([reasons, room.peers.get("two").state, room.peers.size], [["bye"], "closed", 2]);
});

test("renegotiate asks the other side for an offer, and makes one when asked", async () => {
  const { socket, room } = await inRoom();
  socket.receive("peer:joined", { room: "r", peer: peer("new", false) });
  await room.peers.get("new").renegotiate({ iceRestart: true });
  assert.deepEqual(socket.of("renegotiate"), [{ room: "r", to: "new", iceRestart: true }]);
  socket.receive("renegotiate", { room: "r", from: "new" });
  await sleep(5);
  assert.equal(socket.of("description").at(-1).description.type, "offer");
  socket.receive("renegotiate", { room: "r", from: "new", iceRestart: true });
  assert.equal(room.peers.get("new").pc.restarts, 1);
});

test("the way of a pair is reported at each change", async () => {
  const { socket, room } = await inRoom(peer("old", true));
  const { pc } = room.peers.get("old");
  for (const state of ["connecting", "connected", "connected", "failed"]) { pc.become(state); await sleep(1); }
  const reports = socket.of("report");
  assert.deepEqual(reports.map(({ connection }) => connection), ["connecting", "connected", "failed"]);
  assert.equal(reports[1].candidateType, "host");
  assert.ok(reports[1].timeToConnectMs >= 0 && reports[1].to === "old");
  await room.leave();
});

test("new ICE servers reach the connections that exist", async () => {
  const { socket, room } = await inRoom(peer("old", true));
  const iceServers = [{ urls: "turn:x", username: "u", credential: "c" }];
  socket.receive("ice:servers", { iceServers, ttlSeconds: 60, expiresAt: 1 });
  assert.deepEqual(room.peers.get("old").pc.configuration.iceServers, iceServers);
});

test("a first welcome that resumes leaves the seats of the page before, and then joins", async () => {
  const socket = new FakeSocket({ join: joined() });
  const session = new Session(socket, 100);
  const room = session.join("r");
  socket.receive("peer:joined", { room: "r", peer: peer("ghost", false) });
  await sleep(5);
  assert.deepEqual(socket.sent, []);
  socket.receive("welcome", { peerId: "me", resumed: true, rooms: ["r", "s"], iceServers: [] });
  await room.ready;
  assert.deepEqual(socket.sent.map(([event, { room: id }]) => `${event} ${id}`), ["leave r", "leave s", "join r"]);
  assert.equal(room.peers.size, 0);
});
