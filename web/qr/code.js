// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { versionFor } from "./codewords.js";
import { Modules } from "./modules.js";

/**
 * A QR code (ISO/IEC 18004): a text of up to 106 bytes as a square of modules, of which about a seventh may be unreadable (level M).
 * @param {string} text @param {number} [mask] of the eight; if absent, whichever leaves the picture least misleading for readers
 * @returns {boolean[][] | undefined} the rows, true where a module is dark; nothing where the text is too long
 */
export function qrCode(text, mask) {
  const bytes = [...new TextEncoder().encode(text)];
  const version = versionFor(bytes.length);
  if (!version) return undefined;
  const blank = new Modules(version.number);
  blank.place(version.codewords(bytes));
  const masks = mask === undefined ? [0, 1, 2, 3, 4, 5, 6, 7] : [mask];
  const pictures = masks.map((one) => blank.masked(one));
  return pictures.reduce((best, one) => one.penalty() < best.penalty() ? one : best).rows;
}
