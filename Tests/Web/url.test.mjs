// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { engineUrl, parseTarget, toQuery } from "../../web/socket.io/url.js";

const page = { protocol: "https:", host: "meet.example:8443" };

for (const [url, secure, host, nsp, query = ""] of [
  [undefined, true, "meet.example:8443", "/"],
  ["", true, "meet.example:8443", "/"],
  ["/admin", true, "meet.example:8443", "/admin"],
  ["/admin?a=b", true, "meet.example:8443", "/admin", "a=b"],
  ["//other.example/n", true, "other.example", "/n"],
  ["other.example:3000", true, "other.example:3000", "/"],
  ["http://localhost:3000", false, "localhost:3000", "/"],
  ["http://localhost:80/", false, "localhost", "/"],
  ["https://a.example:443/x/y", true, "a.example", "/x/y"],
  ["ws://a.example", false, "a.example", "/"],
  ["wss://a.example/n?token=1&b=2#part", true, "a.example", "/n", "token=1&b=2"],
  ["http://[::1]:3000/n", false, "[::1]:3000", "/n"],
  ["http://user:secret@a.example/n", false, "a.example", "/n"],
  ["http://a.example/räume", false, "a.example", "/räume"],
  ["http://a.example?x=/y", false, "a.example", "/", "x=/y"],
]) {
  test(`${url} leads to ${host}, namespace ${nsp}`, () => {
    assert.deepEqual(parseTarget(url, page), { secure, host, nsp, query });
  });
}

test("the address of a request keeps values whole", () => {
  assert.equal(engineUrl("http://a", { path: "/socket.io" }, { EIO: 4, t: "a b&c=ü" }), "http://a/socket.io/?EIO=4&t=a%20b%26c%3D%C3%BC");
  assert.equal(engineUrl("http://a", { path: "/p/", addTrailingSlash: false }, { x: 1 }), "http://a/p?x=1");
});

test("a query may be text or an object", () => {
  assert.deepEqual(toQuery("a=1&b=x%20y"), { a: "1", b: "x y" });
  assert.deepEqual(toQuery({ a: 1 }), { a: 1 });
  assert.deepEqual(toQuery(undefined), {});
});
