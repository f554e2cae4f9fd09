// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Script } from "node:vm";
import { gzipSync } from "node:zlib";
import { classic, clientFolder, esm, modules, strip } from "./assemble.mjs";

const webFolder = resolve(clientFolder, "..");
const sources = ["socket.io", "sdk", "app", "qr", "doctor", "admin"].flatMap((folder) =>
  readdirSync(resolve(webFolder, folder)).filter((name) => name.endsWith(".js")).map((name) => `${folder}/${name}`));
const read = (name) => readFileSync(resolve(webFolder, name), "utf8");

test("the assembled client is at most 8 KiB after gzip", () => {
  for (const text of [classic(), esm()]) {
    const size = gzipSync(text, { level: 9 }).length;
    assert.ok(size <= 8192, `${size} bytes`);
  }
});

test("the SDK, stripped as the client is, is at most 10.25 KiB after gzip", () => {
  const text = sources.filter((name) => name.startsWith("sdk/")).map((name) => strip(read(name))).join("\n");
  const size = gzipSync(text, { level: 9 }).length;
  assert.ok(size <= 10496, `${size} bytes`);
});

for (const folder of ["socket.io", "sdk"]) {
  test(`${folder}/, minified, is at most 8 KiB after gzip`, (t) => {
    let text;
    try {
      text = execFileSync("esbuild", ["--bundle", "--minify", "--format=esm", resolve(webFolder, folder, "index.js")]);
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
      return t.skip("esbuild is not installed: this size is left out");
    }
    const size = gzipSync(text, { level: 9 }).length;
    assert.ok(size <= 8192, `${size} bytes`);
  });
}

test("the classic script parses and sets the global io", () => {
  const context = { globalThis: undefined };
  context.globalThis = context;
  new Script(classic()).runInNewContext(Object.assign(context, { location: { protocol: "http:", host: "localhost:3000" } }));
  assert.equal(typeof context.io, "function");
  assert.equal(context.io.protocol, 5);
  assert.equal(context.io.connect, context.io);
  assert.equal(typeof context.io.Manager, "function");
});

test("the module parses and exports what the official one does", async () => {
  const client = await import(`data:text/javascript,${encodeURIComponent(esm())}`);
  assert.deepEqual(Object.keys(client).sort(), ["Manager", "Socket", "connect", "default", "io", "protocol"]);
  assert.equal(client.default, client.io);
});

test("every client module is reached from index.js", () => {
  const files = readdirSync(clientFolder).filter((name) => name.endsWith(".js"));
  assert.equal(modules().length, files.length);
});

test("imports are single-line, relative, named and not renamed", () => {
  for (const { path, text } of modules()) {
    for (const line of text.split("\n").filter((one) => /^\s*import\b(?!\()/.test(one))) {
      assert.match(line, /^import \{ [\w, ]+ \} from "\.\/[\w-]+\.js";$/, `${path}: ${line}`);
      assert.doesNotMatch(line, / as /, path);
    }
    assert.doesNotMatch(text, /^export default/m, path);
  }
});

test("names at module level are unique over all modules", () => {
  const names = modules().flatMap(({ text }) =>
    [...text.matchAll(/^(?:export )?(?:async )?(?:const|let|function|class) (\w+)/gm)].map((match) => match[1]));
  assert.deepEqual(names.filter((name, index) => names.indexOf(name) !== index), []);
});

test("every source names its licence, is type-checked and at most 150 lines long", () => {
  for (const name of sources) {
    const lines = read(name).trimEnd().split("\n");
    assert.equal(lines[0], "// SPDX-License-Identifier: Apache-2.0", name);
    assert.equal(lines[1], "// @ts-check", name);
    assert.ok(lines.length <= 150, `${name} has ${lines.length} lines`);
  }
});

test("the page has no inline script or style, and no id twice", () => {
  const html = read("index.html");
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
  const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
  assert.deepEqual(ids.filter((id, index) => ids.indexOf(id) !== index), []);
  for (const [, id] of html.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(id), id);
});

test("nothing comes from another server", () => {
  for (const name of ["index.html", "app/base.css", "app/landing.css", "app/call.css", "app/room.css", "app/chat.css", "app/topbar.css", "app/ring.css", "app/why.css", "admin/admin.css", "doctor/doctor.css", ...sources]) {
    const urls = [...read(name).matchAll(/(?:https?:)?\/\/[\w.-]+\.[a-z]{2,}/g)].map(([url]) => url);
    assert.deepEqual(urls.filter((url) => !url.includes("www.w3.org")), [], name);
  }
});
