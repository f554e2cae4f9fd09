// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Emitter } from "../../web/socket.io/emitter.js";
import { Socket } from "../../web/socket.io/socket.js";

/** A connection that only writes down what it is given. */
class FakeManager extends Emitter {
  _readyState = "open";
  _autoConnect = true;
  _reconnection = { isRunning: false };
  engine = { transport: { writable: true }, heartbeat: { expired: false } };
  sent = [];
  open() {}
  _attach() { return [() => {}]; }
  _release() {}
  _send(packet) { this.sent.push(packet); }
}

function connected(opts, welcome = { sid: "s1", pid: "p1" }) {
  const io = new FakeManager();
  const socket = new Socket(io, "/", opts);
  socket._onPacket({ type: 0, nsp: "/", data: welcome });
  io.sent.length = 0;
  return { io, socket };
}

test("a first connect carries auth alone", () => {
  const io = new FakeManager();
  new Socket(io, "/", { auth: { token: "t" } });
  assert.deepEqual(io.sent, [{ type: 0, nsp: "/", data: { token: "t" } }]);
});

test("a second one carries the session and the last offset as well", () => {
  const { io, socket } = connected({ auth: (send) => send({ token: "t" }) });
  socket._onPacket({ type: 2, nsp: "/", data: ["a", 1, "offset-1"] });
  socket._onPacket({ type: 2, nsp: "/", data: ["b", { no: "offset" }] });
  socket._onPacket({ type: 2, nsp: "/", id: 4, data: ["c", "an argument of an event that wants an ack"] });
  socket._onClose("transport close");
  socket._onOpen();
  assert.deepEqual(io.sent, [{ type: 0, nsp: "/", data: { pid: "p1", offset: "offset-1", token: "t" } }]);
});

test("recovered tells a resumed session from a new one", () => {
  const { socket } = connected();
  assert.equal(socket.recovered, false);
  socket._onClose("transport close");
  socket._onPacket({ type: 0, nsp: "/", data: { sid: "s1", pid: "p1" } });
  assert.equal(socket.recovered, true);
  socket._onClose("transport close");
  socket._onPacket({ type: 0, nsp: "/", data: { sid: "s2", pid: "p2" } });
  assert.equal(socket.recovered, false);
});

test("a server without recovery is never asked for one", () => {
  const { io, socket } = connected({}, { sid: "s1" });
  socket._onPacket({ type: 2, nsp: "/", data: ["a", "text"] });
  socket._onClose("transport close");
  socket._onOpen();
  assert.deepEqual(io.sent[0].data, {});
});

test("events before the connect are delivered after it, before the connect event", () => {
  const io = new FakeManager();
  const socket = new Socket(io, "/", {});
  const seen = [];
  socket.on("early", (value) => seen.push(value));
  socket.on("connect", () => seen.push("connect"));
  socket._onPacket({ type: 2, nsp: "/", data: ["early", 1] });
  assert.deepEqual(seen, []);
  socket._onPacket({ type: 0, nsp: "/", data: { sid: "s" } });
  assert.deepEqual(seen, [1, "connect"]);
});

test("what is emitted offline is sent in order once connected; volatile is not", () => {
  const io = new FakeManager();
  const socket = new Socket(io, "/", {});
  socket.emit("a", 1);
  io.engine.transport.writable = false;
  socket.volatile.emit("lost");
  socket.emit("b", 2);
  socket._onPacket({ type: 0, nsp: "/", data: { sid: "s" } });
  assert.deepEqual(io.sent.slice(1).map(({ data }) => data[0]), ["a", "b"]);
});

test("an overdue heartbeat counts as offline", () => {
  const { io, socket } = connected();
  io.engine.heartbeat.expired = true;
  socket.emit("a");
  assert.deepEqual(io.sent, []);
  assert.equal(socket.sendBuffer.length, 1);
});

test("an ack answers its own event once", () => {
  const { io, socket } = connected();
  const answers = [];
  socket.emit("a", (value) => answers.push(value));
  socket.emit("b", (value) => answers.push(value));
  socket._onPacket({ type: 3, nsp: "/", id: io.sent[1].id, data: ["for b"] });
  socket._onPacket({ type: 3, nsp: "/", id: io.sent[1].id, data: ["again"] });
  assert.deepEqual(answers, ["for b"]);
});

test("an event from the server can be acked once", () => {
  const { io, socket } = connected();
  socket.on("ask", (value, ack) => { ack(value + 1); ack("again"); });
  socket._onPacket({ type: 2, nsp: "/", id: 9, data: ["ask", 1] });
  assert.deepEqual(io.sent, [{ type: 3, id: 9, data: [2], nsp: "/" }]);
});

test("an ack of an earlier connection waits for the CONNECT of the same session, and never enters another", () => {
  for (const [sid, pid, acks] of [["s1", "p1", [7]], ["s2", "p2", []]]) {
    const { io, socket } = connected();
    const late = [];
    socket.on("ask", (ack) => late.push(ack));
    socket._onPacket({ type: 2, nsp: "/", id: 7, data: ["ask"] });
    socket._onPacket({ type: 2, nsp: "/", id: 8, data: ["ask"] });
    socket._onClose("transport close");
    socket._onOpen();
    late[0]("while connecting");
    assert.deepEqual(io.sent.map(({ type }) => type), [0]);
    socket._onPacket({ type: 0, nsp: "/", data: { sid, pid } });
    late[1]("after the connect");
    assert.deepEqual(io.sent.filter(({ type }) => type === 3).map(({ id }) => id), acks.length ? [7, 8] : []);
  }
});

test("an ack that waits is not taken for an event of the same number", async () => {
  const { socket } = connected();
  let late;
  socket.on("ask", (ack) => { late = ack; });
  socket._onPacket({ type: 2, nsp: "/", id: 0, data: ["ask"] });
  const request = socket.emitWithAck("request");
  socket.on("disconnect", () => late("now"));
  socket._onClose("transport close");
  await assert.rejects(request, /disconnected/);
});

test("an event that came before the connect moves the offset; a new session forgets it", () => {
  const io = new FakeManager();
  const socket = new Socket(io, "/", {});
  socket._onPacket({ type: 2, nsp: "/", data: ["offset", "o1"] });
  socket._onPacket({ type: 0, nsp: "/", data: { sid: "s1", pid: "p1" } });
  socket._onClose("transport close");
  socket._onOpen();
  assert.deepEqual(io.sent.at(-1).data, { pid: "p1", offset: "o1" });
  socket._onPacket({ type: 0, nsp: "/", data: { sid: "s2", pid: "p2" } });
  socket._onClose("transport close");
  socket._onOpen();
  assert.deepEqual(io.sent.at(-1).data, { pid: "p2" });
});

test("a timed ack gets its error, and the event is not sent later", async () => {
  const { io, socket } = connected();
  const answer = socket.timeout(20).emitWithAck("never");
  await assert.rejects(answer, /timed out/);
  socket._onClose("transport close");
  await assert.rejects(socket.timeout(20).emitWithAck("offline"), /timed out/);
  socket._onPacket({ type: 0, nsp: "/", data: { sid: "s" } });
  assert.equal(io.sent.filter(({ data }) => data[0] === "offline").length, 0);
});

test("a lost connection fails the acks that were on their way, not those still here", async () => {
  const { socket } = connected();
  const lost = socket.emitWithAck("sent");
  socket._onClose("transport close");
  const waiting = socket.emitWithAck("buffered");
  await assert.rejects(lost, /disconnected/);
  socket._onPacket({ type: 0, nsp: "/", data: { sid: "s" } });
  socket._onPacket({ type: 3, nsp: "/", id: 1, data: ["here"] });
  assert.equal(await waiting, "here");
});

test("with retries one event is on its way at a time, and is sent again until acked", async () => {
  const { io, socket } = connected({ retries: 3, ackTimeout: 15 });
  const done = [];
  socket.emit("first", (error, value) => done.push(error ?? value));
  socket.emit("second", (error, value) => done.push(error ?? value));
  await sleep(40);
  assert.ok(io.sent.length >= 2);
  assert.ok(io.sent.every(({ data }) => data[0] === "first"));
  socket._onPacket({ type: 3, nsp: "/", id: io.sent.at(-1).id, data: ["one"] });
  assert.equal(io.sent.at(-1).data[0], "second");
  socket._onPacket({ type: 3, nsp: "/", id: io.sent.at(-1).id, data: ["two"] });
  assert.deepEqual(done, ["one", "two"]);
});

test("with retries and no time-out an answer is not taken for an error", () => {
  const { io, socket } = connected({ retries: 3 });
  const done = [];
  socket.emit("first", (...answer) => done.push(answer));
  socket._onPacket({ type: 3, nsp: "/", id: io.sent[0].id, data: ["one"] });
  assert.deepEqual(done, [[null, "one"]]);
  assert.equal(io.sent.length, 1);
});

test("what was tried again over and over goes out before what `connect` has to say", () => {
  const io = new FakeManager();
  const socket = new Socket(io, "/", { retries: 3 });
  socket.emit("waiting");
  socket.on("connect", () => socket.volatile.emit("in connect"));
  io.engine.transport.writable = true;
  socket._onPacket({ type: 0, nsp: "/", data: { sid: "one" } });
  assert.deepEqual(io.sent.filter(({ type }) => type === 2).map(({ data }) => data[0]), ["waiting", "in connect"]);
});

test("a refusal has the server's words and data, and ends the effort", () => {
  const io = new FakeManager();
  const socket = new Socket(io, "/", {});
  let error;
  socket.on("connect_error", (one) => { error = one; });
  socket._onPacket({ type: 4, nsp: "/", data: { message: "no", data: { code: "forbidden" } } });
  assert.equal(error.message, "no");
  assert.deepEqual(error.data, { code: "forbidden" });
  assert.equal(socket.active, false);
});

test("reserved names cannot be emitted", () => {
  const { socket } = connected();
  for (const name of ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]) {
    assert.throws(() => socket.emit(name), /reserved/);
  }
});

test("catch-all listeners see what comes in and what goes out", () => {
  const { socket } = connected();
  const seen = [];
  const first = (...args) => seen.push(["in", ...args]);
  socket.onAny(first);
  socket.prependAny(() => seen.push("before"));
  socket.onAnyOutgoing((...args) => seen.push(["out", ...args]));
  socket.emit("a", 1);
  socket._onPacket({ type: 2, nsp: "/", data: ["b", 2] });
  assert.deepEqual(seen, [["out", "a", 1], "before", ["in", "b", 2]]);
  socket.offAny(first);
  assert.equal(socket.listenersAny().length, 1);
  seen.length = 0;
  socket.prependAnyOutgoing(() => seen.push("first"));
  socket.emit("c");
  assert.deepEqual(seen, ["first", ["out", "c"]]);
  assert.equal(socket.listenersAnyOutgoing().length, 2);
  socket.offAnyOutgoing();
  assert.deepEqual(socket.listenersAnyOutgoing(), []);
});

test("once, off and a listener that removes itself", () => {
  const emitter = new Emitter();
  const seen = [];
  const listener = () => seen.push("b");
  emitter.once("x", () => seen.push("a"));
  emitter.once("x", listener);
  emitter.on("x", () => seen.push("c"));
  emitter.off("x", listener);
  emitter.emit("x");
  emitter.emit("x");
  assert.deepEqual(seen, ["a", "c", "c"]);
});
