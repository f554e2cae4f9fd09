// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { Decoder, encodePacket } from "../../web/socket.io/packet.js";

const bytes = Uint8Array.of(1, 2, 3);

for (const [name, packet, text] of [
  ["a connect", { type: 0, nsp: "/" }, "0"],
  ["a connect with auth", { type: 0, nsp: "/admin", data: { token: "x" } }, '0/admin,{"token":"x"}'],
  ["a disconnect", { type: 1, nsp: "/a" }, "1/a,"],
  ["an event", { type: 2, nsp: "/", data: ["a", 1, "ü"] }, '2["a",1,"ü"]'],
  ["an event with an ack id of zero", { type: 2, nsp: "/", id: 0, data: ["a"] }, '20["a"]'],
  ["an event of a namespace with an ack id", { type: 2, nsp: "/n", id: 12, data: ["a", { b: [] }] }, '2/n,12["a",{"b":[]}]'],
  ["an ack", { type: 3, nsp: "/", id: 7, data: [] }, "37[]"],
  ["a refusal", { type: 4, nsp: "/", data: { message: "no" } }, '4{"message":"no"}'],
]) {
  test(`${name} is written and read`, () => {
    assert.deepEqual(encodePacket(packet), [text]);
    const read = new Decoder().add(text);
    assert.deepEqual({ ...read }, { type: packet.type, nsp: packet.nsp, id: packet.id, data: packet.data });
  });
}

test("binary leaves placeholders behind and comes back in its place", () => {
  const [head, ...attachments] = encodePacket({ type: 2, nsp: "/n", id: 3, data: ["a", bytes, { deep: [bytes.buffer] }] });
  assert.equal(head, '52-/n,3["a",{"_placeholder":true,"num":0},{"deep":[{"_placeholder":true,"num":1}]}]');
  assert.deepEqual(attachments, [bytes, bytes.buffer]);
  const decoder = new Decoder();
  assert.equal(decoder.add(head), undefined);
  assert.equal(decoder.add(bytes.buffer), undefined);
  const packet = decoder.add(bytes.buffer);
  assert.equal(packet.type, 2);
  assert.equal(packet.id, 3);
  assert.equal(packet.data[2].deep[0], bytes.buffer);
});

test("an ack with binary is an ack again after reading", () => {
  const [head, attachment] = encodePacket({ type: 3, nsp: "/", id: 1, data: [bytes] });
  assert.ok(head.startsWith("61-1["));
  const decoder = new Decoder();
  decoder.add(head);
  assert.deepEqual(decoder.add(attachment), { type: 3, nsp: "/", id: 1, data: [bytes] });
});

test("views that would turn themselves into JSON are sent as binary", () => {
  assert.equal(encodePacket({ type: 2, nsp: "/", data: ["a", Buffer.from("x")] }).length, 2);
});

test("no attachment announced and none sent leaves the decoder ready", () => {
  const decoder = new Decoder();
  assert.deepEqual(decoder.add('50-["a"]').data, ["a"]);
  assert.deepEqual(decoder.add('2["b"]').data, ["b"]);
});

for (const text of ["", "9", "x", "7[]", "2", "2{}", '2["connect"]', '2["disconnecting"]', "2[null]", "3{}", "4", "1{}", "0[]", '0"a"', "5[]",
  '51["a"]', '2["a"', "2[]]", '-1["a"]', '51-["a",{"_placeholder":true,"num":0}']) {
  test(`${JSON.stringify(text)} is not a packet`, () => {
    assert.throws(() => new Decoder().add(text));
  });
}

for (const num of ["1", "-1", '"0"', '"length"', "null", "0.5"]) {
  test(`a placeholder of number ${num} has no attachment`, () => {
    const decoder = new Decoder();
    decoder.add(`51-["a",{"_placeholder":true,"num":${num}}]`);
    assert.throws(() => decoder.add(bytes.buffer));
  });
}

test("text among attachments and attachments without text are faults", () => {
  const decoder = new Decoder();
  decoder.add('51-["a",{"_placeholder":true,"num":0}]');
  assert.throws(() => decoder.add('2["b"]'));
  assert.throws(() => new Decoder().add(bytes.buffer));
});

test("a payload cannot change the prototype of anything", () => {
  const { data } = new Decoder().add('2["a",{"__proto__":{"polluted":true}}]');
  assert.equal({}.polluted, undefined);
  assert.equal(Object.getPrototypeOf(data[1]), Object.prototype);
});
