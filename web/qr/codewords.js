// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** The sizes of QR codes at error correction level M (ISO/IEC 18004, table 9), without those from 7 on, which carry their version in the picture. */
class Version {
  /** @param {number} number @param {number} blocks @param {number} dataCount of one block @param {number} correctionCount of one block */
  constructor(number, blocks, dataCount, correctionCount) {
    this.number = number;
    this.blocks = blocks;
    this.dataCount = dataCount;
    this.correctionCount = correctionCount;
  }

  /** Bytes of text: what mode and count leave, which take 12 bits. */
  get capacity() {
    return this.blocks * this.dataCount - 2;
  }

  /** @param {number[]} text @returns {number[]} in the order in which they are placed: those of all blocks in turn, then those that correct */
  codewords(text) {
    const data = wrap(text);
    // The rest is filled with two bytes in turn (§7.4.10).
    for (let filler = 0xec; data.length < this.blocks * this.dataCount; filler ^= 0xec ^ 0x11) data.push(filler);
    const parts = Array.from({ length: this.blocks }, (_, index) => data.slice(index * this.dataCount, (index + 1) * this.dataCount));
    return [...inTurn(parts), ...inTurn(parts.map((part) => correction(part, this.correctionCount)))];
  }
}

const VERSIONS = [
  new Version(1, 1, 16, 10), new Version(2, 1, 28, 16), new Version(3, 1, 44, 26),
  new Version(4, 2, 32, 18), new Version(5, 2, 43, 24), new Version(6, 4, 27, 16),
];

/** @param {number} count of bytes @returns {Version | undefined} the smallest that holds them */
export const versionFor = (count) => VERSIONS.find(({ capacity }) => count <= capacity);

/** @param {number[][]} parts @returns {number[]} the first of each, then the second of each, and so on */
const inTurn = (parts) => parts[0].flatMap((_, index) => parts.map((part) => part[index]));

/**
 * Byte mode (0100), eight bits of count, the bytes, and four zero bits as the end (§7.4): all moved by half a byte.
 * @param {number[]} text
 */
function wrap(text) {
  const whole = [4, text.length, ...text];
  return [(whole[0] << 4) | (text.length >> 4), ...whole.slice(1).map((byte, index) => ((byte & 15) << 4) | ((whole[index + 2] ?? 0) >> 4))];
}

/**
 * Reed-Solomon over GF(256) with the polynomial 0x11D (annex A).
 * @param {number[]} data @param {number} count @returns {number[]}
 */
export function correction(data, count) {
  // The product of (x - 2^0)…(x - 2^(count - 1)), without its leading one.
  const generator = [...Array(count - 1).fill(0), 1];
  let root = 1;
  for (let round = 0; round < count; round++) {
    for (let index = 0; index < count; index++) generator[index] = product(generator[index], root) ^ (generator[index + 1] ?? 0);
    root = product(root, 2);
  }
  return data.reduce((rest, byte) => {
    const factor = byte ^ rest[0];
    return generator.map((one, index) => (rest[index + 1] ?? 0) ^ product(one, factor));
  }, Array(count).fill(0));
}

/** @param {number} left @param {number} right @returns {number} */
function product(left, right) {
  let sum = 0;
  for (let bit = 7; bit >= 0; bit--) {
    sum = (sum << 1) ^ (sum >> 7) * 0x11d;
    if ((right >> bit) & 1) sum ^= left;
  }
  return sum;
}
