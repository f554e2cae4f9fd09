// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** Ten minutes of a look every two seconds. */
const KEPT = 300;
/** @type {Record<string, string>} those that come first, and what they are called */
const TITLES = {
  connections: "Connections", peers: "Peers", rooms: "Rooms", relays: "Relays per second", latency: "Mean time to a receipt, ms",
  events: "Events per second", away: "Away", unconfirmed: "Signals not confirmed yet", residentBytes: "Memory, bytes",
};

/** @param {Record<string, number>} [counts] */
const total = (counts) => Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0);

/** What `stats` has said in the last ten minutes: each member that is a number is a line of its own. */
export class Series {
  /** @type {Map<string, {at: number, value: number}[]>} */
  lines = new Map();
  /** @type {{at: number, cursor: number, relays: number, acks: number, seconds: number} | undefined} */
  #last;

  /** @param {any} stats @param {number} at in milliseconds */
  take(stats, at) {
    const { cursor, ...numbers } = stats;
    const last = this.#last;
    const now = { at, cursor, relays: total(stats.relays), acks: stats.latency?.count ?? 0, seconds: stats.latency?.seconds ?? 0 };
    if (last && at > last.at) {
      // A server that was started again counts from 1.
      const rate = (/** @type {number} */ more) => Math.max(0, more) / ((at - last.at) / 1000);
      numbers.events = rate(cursor - last.cursor);
      if (stats.relays) numbers.relays = rate(now.relays - last.relays);
      const acks = now.acks - last.acks;
      if (acks > 0) numbers.latency = (now.seconds - last.seconds) * 1000 / acks;
    }
    this.#last = now;
    for (const name of new Set([...Object.keys(TITLES), ...Object.keys(numbers)])) {
      if (typeof numbers[name] !== "number") continue;
      const line = this.lines.get(name) ?? [];
      line.push({ at, value: numbers[name] });
      while (line.length > KEPT) line.shift();
      this.lines.set(name, line);
    }
  }
}

/** @param {string} name a member of `stats` */
export const lineTitle = (name) => TITLES[name] ?? name.replace(/([a-z])([A-Z])/g, (_, one, other) => `${one} ${other.toLowerCase()}`).replace(/^./, (first) => first.toUpperCase());

/** @param {number} value */
export function shortNumber(value) {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} G`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)} k`;
  return String(value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
}

/** @param {number} value @returns {number} the top of an axis: 1, 2 or 5 times a power of ten */
export function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}
