// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSocket, until } from "./fakes.mjs";

const { connect } = await import("../../web/sdk/index.js");

/** A page whose application gives tokens: t1, t2 and so on. */
function open(token, answers) {
  const socket = Object.assign(new FakeSocket(answers), { connects: 0, connect() { this.connects += 1; } });
  const problems = [];
  const session = connect({ io: (_, options) => Object.assign(socket, { options }), remember: false, auth: { name: "Ada" }, token });
  session.on("problem", (error) => problems.push(error.code));
  const auth = () => new Promise((send) => socket.options.auth(send));
  return { socket, session, problems, auth };
}
const counting = () => { let count = 0; return async () => `t${++count}`; };
const refused = (code) => Object.assign(new Error("no"), { data: { code, retryable: false } });

test("a token function is asked anew at each connect; a text is shown as it is", async () => {
  const { auth } = open(counting());
  assert.deepEqual([await auth(), await auth()], [{ name: "Ada", token: "t1" }, { name: "Ada", token: "t2" }]);
  assert.deepEqual(await open("fixed").auth(), { name: "Ada", token: "fixed" });
});

test("a token that is about to expire is replaced by a new one", async () => {
  const { socket, problems } = open(counting());
  socket.receive("auth:expiring", { expiresAt: 1, inMs: 60000 });
  await until(() => socket.of("auth:refresh").length);
  assert.deepEqual(socket.of("auth:refresh"), [{ token: "t1" }]);
  assert.deepEqual(problems, []);
});

test("a refresh that the server refuses is a problem with its code", async () => {
  const { socket, problems } = open(counting(), { "auth:refresh": { ok: false, error: { code: "auth_invalid" } } });
  socket.receive("auth:expiring", {});
  await until(() => problems.length);
  assert.deepEqual(problems, ["auth_invalid"]);
});

test("an expired token is asked for once more, and once only until the server welcomes", () => {
  const { socket, session, problems } = open(counting());
  socket.active = false;
  socket.receive("connect_error", refused("auth_expired"));
  assert.deepEqual([socket.connects, session.state, problems], [1, "connecting", []]);
  socket.receive("welcome", { peerId: "me", resumed: false });
  socket.receive("connect_error", refused("auth_expired"));
  assert.equal(socket.connects, 2);
  socket.receive("connect_error", refused("auth_expired"));
  assert.deepEqual([socket.connects, session.state, problems], [2, "closed", ["auth_expired"]]);
});

test("a fixed token that has expired, or one that is invalid, ends the session", () => {
  for (const [token, code] of [["fixed", "auth_expired"], [counting(), "auth_invalid"]]) {
    const { socket, session } = open(token);
    socket.active = false;
    socket.receive("connect_error", refused(code));
    assert.deepEqual([socket.connects, session.state], [0, "closed"]);
  }
});

test("an application without a token to give says so, and connects without", async () => {
  const { auth, problems } = open(async () => { throw new Error("logged out"); });
  assert.deepEqual(await auth(), { name: "Ada" });
  assert.deepEqual(problems, ["no_token"]);
});

test("a server that goes down says so beforehand", () => {
  const { socket, session } = open();
  const heard = [];
  session.on("draining", (news) => heard.push(news));
  socket.receive("server:draining", { reason: "update", inMs: 5000 });
  assert.deepEqual(heard, [{ reason: "update", inMs: 5000 }]);
});
