// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { ErrorCode, ParleyError } from "../../web/sdk/index.js";
import { fitScreen, fitTiles } from "../../web/app/layout.js";
import { chatText } from "../../web/app/chat.js";
import { amplitude, loudness } from "../../web/app/level.js";
import { explain } from "../../web/app/problems.js";
import { failureSentence, failureWords } from "../../web/app/failures.js";
import { refusalSentence, refusalTitle } from "../../web/app/refusals.js";
import { bucket, callWords, deliveryWords, initials, suggestRoom } from "../../web/app/words.js";

for (const [count, width, height, columns] of [
  [1, 1280, 640, 1], [2, 1280, 640, 2], [2, 375, 640, 1], [3, 1280, 640, 2], [4, 1280, 640, 2], [4, 375, 640, 2], [6, 1280, 640, 3], [8, 1280, 640, 3],
]) {
  test(`${count} tiles in ${width} × ${height} stand in ${columns} columns and fit`, () => {
    const size = fitTiles(count, width, height, 14);
    assert.equal(size.columns, columns);
    const rows = Math.ceil(count / columns);
    assert.ok(columns * size.width + (columns - 1) * 14 <= width);
    assert.ok(rows * size.height + (rows - 1) * 14 <= height);
    assert.ok(size.width > 100 && size.height > 80);
  });
}

test("a box without room gives tiles without size, not an error", () => {
  assert.deepEqual(fitTiles(3, 0, 0, 14), { columns: 1, width: 0, height: 0 });
});

for (const [width, height, isBeside] of [[1240, 638, true], [864, 638, false], [366, 700, false], [812, 280, true]]) {
  test(`a shared screen in ${width} × ${height} has the others ${isBeside ? "beside" : "under"} it, and all fit`, () => {
    const { isBeside: found, screen, others } = fitScreen(3, width, height, 14, 16 / 9);
    assert.equal(found, isBeside);
    const rows = Math.ceil(3 / others.columns);
    const across = others.columns * (others.width + 14) - 14, down = rows * (others.height + 14) - 14;
    assert.ok((isBeside ? screen.width + 14 + across : Math.max(screen.width, across)) <= width);
    assert.ok((isBeside ? Math.max(screen.height, down) : screen.height + 14 + down) <= height);
    assert.ok(Math.min(screen.width, screen.height * 16 / 9) >= 0.6 * Math.min(width, height * 16 / 9), "the screen is what counts");
  });
}

test("a suggested room is three words that need no escaping", () => {
  for (let round = 0; round < 50; round++) assert.match(suggestRoom(), /^[a-z]+-[a-z]+-[a-z]+$/);
});

test("initials are those of the first and the last name", () => {
  assert.equal(initials("Ada King Lovelace"), "AL");
  assert.equal(initials("grace"), "G");
  assert.equal(initials("  "), "?");
  assert.equal(initials(undefined), "?");
  assert.equal(initials("😀"), "😀");
  assert.equal(initials("😀 smile"), "S");
  assert.equal(initials("Ada Lovelace 😀"), "AL");
});

test("a name always has the same colour", () => {
  assert.equal(bucket("Ada", 6), bucket("Ada", 6));
  assert.ok(bucket("Grace", 6) < 6);
});

test("loudness goes from silence to the loudest there is, in steps as the ear hears them", () => {
  assert.equal(loudness(0), 0);
  assert.equal(loudness(1), 1);
  assert.equal(loudness(0.001), 0);
  assert.ok(Math.abs(loudness(0.1) - 2 / 3) < 0.001);
  assert.equal(amplitude(Float32Array.of(0.5, -0.5)), 0.5);
});

test("what is no text is none of the chat, and nobody can flood the page", () => {
  for (const data of [undefined, null, "text", 7, [], {}, { text: 7 }, { text: {} }, { text: "  " }]) assert.equal(chatText(data), "");
  assert.equal(chatText({ text: " hello " }), "hello");
  assert.equal(chatText({ text: "a".repeat(9000) }).length, 2000);
});

for (const [receipt, words] of [
  [{ delivered: ["a", "b"], queued: [], failed: [] }, "Delivered"],
  [{ delivered: [], queued: [], failed: [] }, "Nobody else is here"],
  [{ delivered: ["a"], queued: ["b"], failed: [] }, "Delivered to 1, 1 will get it when they are back"],
  [{ delivered: [], queued: ["b"], failed: [] }, "1 will get it when they are back"],
  [{ delivered: ["a"], queued: [], failed: [{ peerId: "c", code: "ack_timeout" }] }, "Delivered to 1, 1 did not confirm it"],
]) {
  test(`a receipt of the room reads “${words}”`, () => assert.equal(deliveryWords(receipt), words));
}

test("what has become of a call is said to whoever did not do it", () => {
  const words = (state, isIncoming, action) => callWords({ state, isIncoming }, "Bob", action);
  assert.deepEqual(["declined", "timeout", "busy", "unreachable", "cancelled"].map((state) => words(state, false)),
    ["Bob declined.", "Bob did not answer.", "Bob is in another call.", "Nobody can be rung as “Bob” just now.", ""]);
  assert.deepEqual(["cancelled", "timeout", "declined"].map((state) => words(state, true)), ["Bob rings no more.", "You missed a call of Bob.", ""]);
  assert.deepEqual(["accepted", "declined"].map((action) => words("elsewhere", true, action)), ["Answered on another device.", "Declined on another device."]);
});

test("what a device could not do is said once where it is the same for both", () => {
  assert.equal(explain({ audio: "NotFoundError", video: "NotFoundError" }), "No camera or microphone was found.");
  assert.equal(explain({ audio: "Ended", video: "NotReadableError" }), "The microphone was disconnected. The camera is in use by another program.");
  assert.equal(explain({ video: "StrangeError" }), "The camera is not available (StrangeError).");
  assert.equal(explain({}), "");
});

test("what fails has words: the page's own, the server's, or its code", () => {
  assert.equal(failureWords({ code: "timeout", message: "timeout" }), "the server did not answer");
  assert.equal(failureSentence({ code: "timeout", message: "timeout" }), "The server did not answer.");
  assert.equal(failureSentence({ code: "forbidden", message: "Moderators only." }), "Moderators only.");
  assert.equal(failureSentence({ code: "new_one", message: "Something new." }), "Something new.");
  assert.equal(failureSentence({ code: "unheard_of" }), "Unheard_of.");
});

test("what another page answered with a code is said in words", () => {
  assert.equal(failureWords({ code: "remote_rejected", message: "glare" }), "their own offer stands");
  assert.equal(failureWords({ code: "remote_rejected", message: "No." }), "No.");
  assert.equal(failureWords({ code: "remote_rejected" }), "their page refused it");
});

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const serverCodes = [...read("Sources/ParleySignaling/ErrorCode.swift").matchAll(/^ {4}case (\w+)(?: = "(\w+)")?$/gm)].map(([, name, raw]) => raw ?? name);
const documented = [...read("Sources/ParleySignaling/Documentation.docc/MessageReference.md").split("## Error codes")[1].matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code);

test("the page has words of its own for every code: the server's, as its source and its documentation name them, and the SDK's", () => {
  assert.ok(serverCodes.length >= 25 && documented.length >= 24, `${serverCodes} ${documented}`);
  for (const code of [...serverCodes, ...documented, ...Object.values(ErrorCode)]) {
    const words = failureWords({ code, message: code });
    assert.match(words, /^[a-z].* .*[^.]$/, code);
  }
});

test("whoever does not get in, or is put out, reads why: a title and a sentence", () => {
  const entrance = ["auth_required", "auth_invalid", "auth_expired", "forbidden", "rate_limited", "server_full", "draining", "bad_payload", "too_large",
    "room_not_found", "room_full", "room_locked", "room_password", "room_closed", "banned", "no_token", "unreachable"];
  const exits = ["disconnected", "timeout", "replaced", "kicked", "banned", "denied", "room_closed", "token_expired", "server_shutdown", "io server disconnect"];
  for (const code of [...entrance, ...exits]) {
    assert.notEqual(refusalTitle(code), refusalTitle("of no meaning"), code);
    assert.match(refusalSentence({ code, message: code }), /^[A-Z].* .*\.$/, code);
  }
});

test("the page has words for every code that leaves a request without an answer", () => {
  for (const code of ["timeout", "disconnected", "closed", "bad_answer"]) assert.notEqual(failureWords(new ParleyError(code)), code);
  assert.equal(new ParleyError().code, "bad_answer");
  assert.equal(ParleyError.from({ code: "forbidden", message: "Moderators only." }).message, "Moderators only.");
});
