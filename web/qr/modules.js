// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** @type {((row: number, column: number) => boolean)[]} which modules a mask turns over (ISO/IEC 18004, table 10) */
const MASKS = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => ((row >> 1) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => (row * column) % 2 + (row * column) % 3 === 0,
  (row, column) => ((row * column) % 2 + (row * column) % 3) % 2 === 0,
  (row, column) => ((row + column) % 2 + (row * column) % 3) % 2 === 0,
];

/** The picture of a QR code while it is drawn (§6.3 and §7.7 to §7.9). */
export class Modules {
  /** @param {number} version */
  constructor(version) {
    this.size = 17 + 4 * version;
    /** @type {boolean[][]} true where it is dark */
    this.rows = Array.from({ length: this.size }, () => Array(this.size).fill(false));
    /** What belongs to patterns and format, and takes no data. */
    this.isFixed = this.rows.map((row) => [...row]);
    for (let index = 0; index < this.size; index++) {
      this.#set(6, index, index % 2 === 0);
      this.#set(index, 6, index % 2 === 0);
    }
    for (const [row, column] of [[3, 3], [3, this.size - 4], [this.size - 4, 3]]) this.#drawSquares(row, column, 4, [2, 4]);
    if (version > 1) this.#drawSquares(this.size - 7, this.size - 7, 2, [1]);
    this.#drawFormat(0);
  }

  /** @param {number} row @param {number} column @param {boolean} isDark */
  #set(row, column, isDark) {
    if (!(row in this.rows && column in this.rows)) return;
    this.rows[row][column] = isDark;
    this.isFixed[row][column] = true;
  }

  /**
   * Squares in each other: three and a light frame where the corners are found, two for alignment.
   * @param {number} row @param {number} column @param {number} reach @param {number[]} light
   */
  #drawSquares(row, column, reach, light) {
    for (let y = -reach; y <= reach; y++) {
      for (let x = -reach; x <= reach; x++) this.#set(row + y, column + x, !light.includes(Math.max(Math.abs(x), Math.abs(y))));
    }
  }

  /**
   * Level M (00) and the mask, with ten bits that correct them (§7.9.1), twice; and the module that is always dark.
   * @param {number} mask
   */
  #drawFormat(mask) {
    let rest = mask;
    for (let round = 0; round < 10; round++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
    const bits = ((mask << 10) | rest) ^ 0x5412;
    const last = this.size - 1;
    for (let index = 0; index < 15; index++) {
      const isDark = ((bits >> index) & 1) === 1;
      // Around the first corner, with a step over the dotted line; and once more at the two others.
      if (index < 8) this.#set(index < 6 ? index : index + 1, 8, isDark);
      else this.#set(8, index < 9 ? 7 : 14 - index, isDark);
      if (index < 8) this.#set(8, last - index, isDark);
      else this.#set(last - 14 + index, 8, isDark);
    }
    this.#set(last - 7, 8, true);
  }

  /**
   * Up and down in columns of two, from the right, around what is fixed (§7.7.3).
   * @param {number[]} codewords
   */
  place(codewords) {
    let index = 0;
    for (let pair = this.size - 1; pair > 0; pair -= 2) {
      const right = pair <= 6 ? pair - 1 : pair;
      for (let step = 0; step < this.size; step++) {
        const row = (right + 1) & 2 ? step : this.size - 1 - step;
        for (const column of [right, right - 1]) {
          if (this.isFixed[row][column]) continue;
          // A few modules can be left over; they stay light.
          this.rows[row][column] = ((codewords[index >> 3] >> (7 - (index & 7))) & 1) === 1;
          index += 1;
        }
      }
    }
  }

  /** @param {number} mask @returns {Modules} another picture */
  masked(mask) {
    const copy = new Modules((this.size - 17) / 4);
    copy.rows = this.rows.map((line, row) => line.map((isDark, column) => isDark !== (!this.isFixed[row][column] && MASKS[mask](row, column))));
    copy.#drawFormat(mask);
    return copy;
  }

  /** @returns {number} how much the picture could mislead a reader (§7.8.3) */
  penalty() {
    const columns = this.rows.map((_, column) => this.rows.map((row) => row[column]));
    let sum = [...this.rows, ...columns].reduce((total, line) => total + linePenalty(line), 0);
    for (let row = 1; row < this.size; row++) {
      for (let column = 1; column < this.size; column++) {
        const block = [this.rows[row][column - 1], this.rows[row - 1][column], this.rows[row - 1][column - 1]];
        if (block.every((one) => one === this.rows[row][column])) sum += 3;
      }
    }
    const share = Math.floor(this.rows.flat().filter(Boolean).length * 100 / this.size ** 2);
    return sum + Math.floor(Math.abs(share - 50) / 5) * 10;
  }
}

/**
 * Runs of five and more of one colour, and what looks like a corner.
 * @param {boolean[]} line @returns {number}
 */
function linePenalty(line) {
  const text = line.map(Number).join("");
  const runs = text.match(/0{5,}|1{5,}/g) ?? [];
  const corners = text.match(/(?=10111010000|00001011101)/g) ?? [];
  return runs.reduce((sum, run) => sum + run.length - 2, 0) + corners.length * 40;
}
