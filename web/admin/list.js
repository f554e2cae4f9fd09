// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** @typedef {{room: string, peers: number, away: number, waiting: number, settings: any, createdAt: number, callId?: string, asOf: number, round: number}} Row */

/** @type {Record<string, (one: Row, other: Row) => number>} */
const ORDERS = {
  name: () => 0,
  peers: (one, other) => other.peers - one.peers,
  new: (one, other) => other.createdAt - one.createdAt,
};

/**
 * The rooms that match a filter, as pages of `rooms` tell of them and as facts change them. Facts alone would drift: pages come again
 * and again, in rounds; what a whole round has not named is gone.
 */
export class RoomList {
  /** @type {Map<string, Row>} */
  #rows = new Map();
  #round = 0;
  /** @type {Row[] | undefined} */
  #sorted;
  #order = "name";

  /** @param {string} filter */
  constructor(filter = "") {
    this.filter = filter.toLowerCase();
  }

  get size() {
    return this.#rows.size;
  }

  /** @param {any[]} rooms one page @param {number} asOf facts up to this cursor are in it */
  take(rooms, asOf) {
    for (const room of rooms) this.#rows.set(room.room, { ...room, asOf, round: this.#round });
    this.#sorted = undefined;
  }

  /** The last page has been taken. */
  endRound() {
    for (const [name, { round }] of this.#rows) if (round < this.#round) this.#rows.delete(name);
    this.#round += 1;
    this.#sorted = undefined;
  }

  /** @param {any} fact @returns {boolean} whether the list is another now */
  apply({ cursor, at, type, room, data }) {
    if (room === undefined || !room.toLowerCase().includes(this.filter)) return false;
    const row = this.#rows.get(room);
    if (type === "room:created") {
      if (row) return false;
      this.#rows.set(room, { room, peers: 0, away: 0, waiting: 0, settings: data.settings ?? {}, createdAt: at, asOf: cursor, round: this.#round });
    } else if (!row || cursor <= row.asOf) return false;
    else if (type === "room:closed") this.#rows.delete(room);
    else if (!change(row, type, data)) return false;
    else row.asOf = cursor;
    this.#sorted = undefined;
    return true;
  }

  /** @param {string} order name, peers or new */
  sorted(order = "name") {
    if (this.#sorted && order === this.#order) return this.#sorted;
    this.#order = order;
    const byName = (/** @type {Row} */ one, /** @type {Row} */ other) => (one.room < other.room ? -1 : 1);
    return this.#sorted = [...this.#rows.values()].sort((one, other) => ORDERS[order](one, other) || byName(one, other));
  }
}

/** @param {Row} row @param {string} type @param {any} data @returns {boolean} whether it says something about the row */
function change(row, type, data) {
  if (type === "peer:joined") row.peers += 1;
  else if (type === "peer:left") {
    row.peers = Math.max(0, row.peers - 1);
    // Only somebody who is away can run out of time.
    if (data.reason === "timeout") row.away = Math.max(0, row.away - 1);
  } else if (type === "peer:away") row.away += 1;
  else if (type === "peer:back") row.away = Math.max(0, row.away - 1);
  else if (type === "room:updated") row.settings = { ...row.settings, ...data.settings };
  else return false;
  return true;
}
