// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { FakeSocket } from "./fakes.mjs";

const { connect } = await import("../../web/sdk/index.js");
const page = new EventTarget();
const beacons = [];
/** Held by this browser's pages, by name. */
let locks;
let takesBeacons = true;
const memory = new Map();
const define = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
define("addEventListener", page.addEventListener.bind(page));
define("sessionStorage", { getItem: (key) => memory.get(key) ?? null, setItem: (key, text) => memory.set(key, text), removeItem: (key) => memory.delete(key) });
define("navigator", {
  sendBeacon: (url, body) => takesBeacons && beacons.push([url, JSON.parse(body)]) > 0,
  locks: {
    request(name, { signal }, callback) {
      if (!locks.has(name)) return locks.add(name) && callback({ name });
      // Node.js would not stay awake for the signal alone.
      const awake = setTimeout(() => {}, 5000);
      return new Promise((_, reject) => signal.addEventListener("abort", () => [clearTimeout(awake), reject(new Error("aborted"))]));
    },
  },
});

beforeEach(() => {
  memory.clear();
  beacons.length = 0;
  locks = new Set();
  takesBeacons = true;
});

/** A page that connects; resolves with what it put into `auth`. */
async function open(options = {}) {
  const socket = new FakeSocket();
  socket.io.uri = "http://here";
  const session = connect({ io: (_, given) => Object.assign(socket, { options: given }), auth: { name: "Ada" }, ...options });
  const auth = await new Promise((send) => socket.options.auth(send));
  return { socket, session, auth };
}
const greet = async ({ socket }, pid) => {
  socket.receive("welcome", { peerId: "me", pid, resumed: false });
  socket.receive("offset", "o1");
  await sleep(1);
};
/** The page is gone: the browser gives its locks back. */
const goAway = (persisted = false) => {
  page.dispatchEvent(Object.assign(new Event("pagehide"), { persisted }));
  if (!persisted) locks.clear();
};

test("a first page shows no session; one after a crash goes on with the last", async () => {
  const first = await open();
  assert.deepEqual(first.auth, { name: "Ada" });
  await greet(first, "p1");
  locks.clear();
  assert.deepEqual((await open()).auth, { name: "Ada", pid: "p1", offset: "o1" });
});

test("a copy of a tab does not take the seat of one that lives", async () => {
  await greet(await open(), "p1");
  const copy = await open();
  assert.deepEqual(copy.auth, { name: "Ada" });
  await greet(copy, "p2");
  assert.deepEqual(JSON.parse(memory.values().next().value), { pid: "p2", offset: "o1" });
});

test("once the client has a session of its own, the old one is not shown any more", async () => {
  await greet(await open(), "p1");
  locks.clear();
  const { socket } = await open();
  socket._pid = "p2";
  assert.deepEqual(await new Promise((send) => socket.options.auth(send)), { name: "Ada" });
});

test("a page that goes says goodbye, and forgets its session; one that may come back does neither", async () => {
  await greet(await open(), "p1");
  goAway(true);
  assert.deepEqual([beacons.length, memory.size], [0, 1]);
  goAway();
  assert.deepEqual(beacons[0], ["http://here/socket.io/bye", { pid: "p1" }]);
  assert.equal(memory.size, 0);
});

test("a goodbye that the browser does not take keeps the session for the reload", async () => {
  takesBeacons = false;
  await greet(await open(), "p1");
  goAway();
  assert.equal((await open()).auth.pid, "p1");
});

test("a session that was closed, or is not to be kept, is not gone on with", async () => {
  const page = await open();
  await greet(page, "p1");
  page.session.close();
  assert.equal(memory.size, 0);
  await greet(await open({ remember: false }), "p2");
  assert.equal(memory.size, 0);
});

test("a network that may be another one is tried, and a silent line given up", async () => {
  const { socket } = await open({ requestTimeoutMs: 50 });
  let closed = 0;
  socket.io.engine.close = () => { closed += 1; };
  socket.receive("welcome", { peerId: "me", pid: "p1" });
  for (const [answer, expected] of [[{ ok: true }, 0], [{ ok: false, error: { code: "unknown_event" } }, 0], [new Error("operation has timed out"), 1]]) {
    socket.answers.ice = answer;
    page.dispatchEvent(new Event("online"));
    await sleep(5);
    assert.equal(closed, expected);
  }
});

test("a page listens for nothing on behalf of a session that is closed", async () => {
  const { session } = await open();
  let asked = 0;
  session.on("network", () => { asked += 1; });
  page.dispatchEvent(new Event("online"));
  session.close();
  page.dispatchEvent(new Event("online"));
  assert.equal(asked, 1);
});
