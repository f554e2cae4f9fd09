// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { qrCode } from "../../web/qr/code.js";

// A text for each version, its mask, and the modules as another encoder places them: rows of bits as one hexadecimal number,
// filled up with zeros. The same pictures as in QRCodeTests.swift.
const PICTURES = [
  ["http://a:1/", 3, "feb3fc14106e88bb7565dba72ec12d07faafe01300b73a5ba8cfc5c5d7582aaeb6ec806843fa7a10501fba0da5" +
    "d420aeb34904559fe9e60"],
  ["http://10.0.0.1:80/", 6, "fe8cbfc17b106eb36bb742e5dba862ec123507faaafe007a009fe44bd837c7a9d5633a2598f933d60ecb3acba9" +
    "769f33a255b342fb006f44bfbc2b3059512baeffcdd415aee92d2f044637fec7c48"],
  ["http://192.168.100.200:65535/", 1, "fe8f0bfc11ca106eb51ebb747395dba49caec15b7107faaaafe0008000a375b12da285b0f38db6bb93a76401ec" +
    "6360ecc31b1cfb4575358e8730f735af48038593f5afae420a97440ca663fd004f1c77fac52a304f8512ba7dbf" +
    "85d1a60caeada66f04cb720fec6fb08"],
  ["https://parley.example.org:3000/?room=weekly-xxxxxxxxxx", 4, "fecd673fc1071d106e98f36bb7503725dbafc87aec15b8c107faaaaafe0190ca008bdbedfc9c0cb2a315b1d1d1" +
    "4a2598fc3afecd73c228723a913c9485bc6a1f8fc06acac7a91e3bb2831f93f3d5150ad9ca3327526bc54eb71a" +
    "285b42962c1140c803d6b7cff8804fa3c5bfa24bab104440d10baae96fddd2513de2e8cc1ce904d78f80fef04f" +
    "a08"],
  ["https://parley.example.org:3000/?room=weekly-yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", 7, "fe379113fc13245d906e9ff8eabb74ee5545dba6ce51aec154ca7907faaaaaafe00c4f940096c81c7504493975" +
    "5179f9359ab7a0627ce201a60d7df59a8708679d8909ae16f0277dde100604471e63cd4f1e77c7ac7188fe8b04" +
    "ce716c34396f2d20d84105a7fc4ae1a07eb977db806e70444753810de71aedbd13c9dad006eeef2f3bc659fe80" +
    "4575cc67f968aaeb705a4cb51dba20ec6fd5d47c778f2e83441e77048d78d60fefb57de58"],
  ["https://parley.example.org:3000/?room=zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", 2, "fe349b6dbfc121516b106ea82460cbb75ef7eda5dba96d969aec1742349507faaaaaaafe012f2f4700be61d3cd" +
    "be7a882da7dd7aea58173804b557933cb06f752fd878ab52577d465e59c3593981da7b0653a290db6dd7be97af" +
    "b6dd47d591358adf8c1ef065b36669d6d57eab19fb4ddd59c593c989b2406b02cbf2cc53e41714eeb8a69e60b2" +
    "fa343806a6b5933cb1aec4b6f97d468a1b6d462d6fa359a1186c4b06d3b2fdcb6dff80400db6c57f9668b5ead0" +
    "538230719bac83f6cfe5d72cc9469eebc21afbe904106b775afeb813653e0"],
];

/** @param {boolean[][]} rows */
const digits = (rows) => rows.flat().map(Number).join("").replace(/.{1,4}/g, (bits) => parseInt(bits.padEnd(4, "0"), 2).toString(16));

PICTURES.forEach(([text, mask, modules], index) => {
  test(`version ${index + 1} is drawn as another encoder draws it`, () => {
    const rows = qrCode(text, mask);
    assert.equal(rows.length, 21 + 4 * index);
    assert.equal(digits(rows), modules);
  });
});

test("without a mask, one of the eight pictures is drawn, and always the same", () => {
  const [text] = PICTURES[2];
  const eight = Array.from({ length: 8 }, (_, mask) => digits(qrCode(text, mask)));
  assert.equal(new Set(eight).size, 8);
  assert.ok(eight.includes(digits(qrCode(text))));
  assert.equal(digits(qrCode(text)), digits(qrCode(text)));
});

test("up to 106 bytes find room, and umlauts take two of them", () => {
  assert.equal(qrCode("a".repeat(106)).length, 41);
  assert.equal(qrCode("a".repeat(107)), undefined);
  assert.equal(qrCode("ü".repeat(53)).length, 41);
  assert.equal(qrCode("ü".repeat(54)), undefined);
});
