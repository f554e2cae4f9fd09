// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Engine } from "../../web/socket.io/engine.js";
import { Manager } from "../../web/socket.io/index.js";
import { createTransport } from "../../web/socket.io/transport.js";

const TARGET = { secure: false, host: "localhost:1", nsp: "/", query: "" };
const realFetch = globalThis.fetch;
afterEach(() => { globalThis.fetch = realFetch; globalThis.WebSocket = undefined; });

/** The network is not there for polling; whatever opens a WebSocket is written down. */
function withoutPolling() {
  const opened = [];
  globalThis.fetch = async () => { throw new Error("blocked"); };
  globalThis.WebSocket = class { constructor(url) { opened.push(url); } close() {} };
  return opened;
}

test("the options of reconnection are methods of the manager, too", () => {
  const manager = new Manager("http://localhost:1", { autoConnect: false });
  assert.equal(manager.reconnection(), true);
  assert.equal(manager.reconnectionAttempts(), Infinity);
  const delays = manager.reconnectionDelay(10).reconnectionDelayMax(20).randomizationFactor(0);
  assert.equal(delays, manager);
  assert.deepEqual([manager.reconnectionDelay(), manager.reconnectionDelayMax(), manager.randomizationFactor()], [10, 20, 0]);
  assert.equal(manager.timeout(5).timeout(), 5);
});

test("attempts are told of and end where the options say so", async () => {
  withoutPolling();
  const manager = new Manager("http://localhost:1", { reconnectionAttempts: 2, reconnectionDelay: 1, transports: ["polling"] });
  const seen = [];
  for (const event of ["reconnect_attempt", "reconnect_error", "reconnect_failed"])
    manager.on(event, (detail) => seen.push([event, detail?.message ?? detail]));
  await new Promise((resolve) => manager.on("reconnect_failed", resolve));
  const failed = ["reconnect_error", "xhr poll error"];
  assert.deepEqual(seen.filter(([event]) => event === "reconnect_attempt"), [["reconnect_attempt", 1], ["reconnect_attempt", 2]]);
  assert.deepEqual(seen.filter(([event]) => event === "reconnect_error"), [failed, failed]);
});

test("reconnection that is switched off while it waits makes no more attempts", async () => {
  withoutPolling();
  const manager = new Manager("http://localhost:1", { reconnectionDelay: 5, transports: ["polling"] });
  await new Promise((resolve) => manager.on("error", resolve));
  let attempts = 0;
  manager.on("reconnect_attempt", () => { attempts += 1; });
  manager.reconnection(false);
  await sleep(40);
  assert.equal(attempts, 0);
});

test("with tryAllTransports the next one is tried; without it the first failure counts", async () => {
  const opened = withoutPolling();
  const lost = [];
  const stubborn = new Engine(TARGET, { path: "/socket.io" }).on("error", (error) => lost.push(error.message));
  const flexible = new Engine(TARGET, { path: "/socket.io", tryAllTransports: true }).on("error", (error) => lost.push(error.message));
  await sleep(5);
  assert.deepEqual(lost, ["xhr poll error"]);
  assert.equal(stubborn.readyState, "closed");
  assert.equal(opened.length, 1);
  assert.match(opened[0], /^ws:.*transport=websocket$/);
  flexible.close();
});

test("transports that are not known here are passed over", () => {
  const opened = withoutPolling();
  const engine = new Engine(TARGET, { path: "/socket.io", transports: ["webtransport", "websocket"] });
  assert.equal(engine.transport.name, "websocket");
  assert.match(opened[0], /transport=websocket/);
  engine.close();
});

test("time stamps and options of one transport go into its requests", async () => {
  const asked = [];
  globalThis.fetch = async (url, { headers }) => asked.push([url, headers]) && { ok: false, status: 500 };
  const opts = { path: "/socket.io", timestampParam: "now", transportOptions: { polling: { extraHeaders: { a: "b" } } } };
  createTransport({ target: TARGET, opts }, "polling").open();
  createTransport({ target: TARGET, opts: { path: "/socket.io", timestampRequests: false } }, "polling").open();
  assert.match(asked[0][0], /&now=/);
  assert.deepEqual(asked[0][1], { a: "b" });
  assert.doesNotMatch(asked[1][0], /&t=/);
});
