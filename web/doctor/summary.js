// SPDX-License-Identifier: Apache-2.0
// @ts-check

const VERSION = 1;
const MOST_FACTS = 48;
const MOST_LETTERS = 160;
const LONGEST_MS = 86_400_000;

/**
 * What a fact may hold, by what it is about.
 * @type {Record<string, string[]>}
 */
const FIELDS = {
  candidate: ["type", "protocol", "hidden", "relay", "count"], gathering: ["state"], "gathering error": ["url", "code", "text"],
  signaling: ["state", "negotiated"], ice: ["state"], connection: ["state"], description: ["type", "state", "code", "message"],
  problem: ["name", "code", "message"], path: ["local", "remote", "protocol", "relay"],
};

/** @typedef {import("./recorder.js").Fact} Fact */

/**
 * Candidates of a kind that were found one after the other become one fact, with their number.
 * @param {Fact[]} facts @returns {Fact[]}
 */
export function compact(facts) {
  /** @type {Fact[]} */
  const shorter = [];
  for (const fact of facts) {
    const before = shorter.at(-1);
    const isMore = fact.what === "candidate" && before?.what === "candidate" && ["type", "protocol", "hidden", "relay"].every((key) => fact[key] === before[key]);
    if (isMore) before.count = (before.count ?? 1) + (fact.count ?? 1);
    else shorter.push({ ...fact });
  }
  return shorter;
}

/**
 * What the other side is told of this one: at most some kilobytes.
 * @param {import("./verdict.js").Recording} recording
 */
export function summarize({ environment, elapsedMs = 0, facts }) {
  return { doctor: VERSION, elapsedMs, policy: environment.iceTransportPolicy, facts: cleaned(compact(facts)) };
}

/**
 * Reads what the other side says of itself. They may say anything: what is too much, too long or unknown is left out.
 * @param {any} data @returns {{elapsedMs: number, policy?: string, facts: Fact[]} | undefined} nothing where it is something else
 */
export function readSummary(data) {
  if (data?.doctor !== VERSION || !isTime(data.elapsedMs) || !Array.isArray(data.facts)) return undefined;
  const facts = cleaned(data.facts);
  return { elapsedMs: data.elapsedMs, policy: data.policy === "relay" ? "relay" : "all", facts: facts.sort((one, other) => one.at - other.at) };
}

/** @param {any[]} facts */
const cleaned = (facts) => /** @type {Fact[]} */ (facts.slice(-MOST_FACTS).map(clean).filter(Boolean));

/** @param {any} ms */
const isTime = (ms) => Number.isFinite(ms) && ms >= 0 && ms <= LONGEST_MS;

/** @param {any} fact @returns {Fact | undefined} */
function clean(fact) {
  const fields = isTime(fact?.at) && typeof fact.what === "string" && Object.hasOwn(FIELDS, fact.what) && FIELDS[fact.what];
  if (!fields) return undefined;
  /** @type {Fact} */
  const kept = { at: Math.round(fact.at), what: fact.what };
  for (const field of fields) {
    const value = fact[field];
    // Neither line breaks nor signs that turn the direction of what follows.
    if (typeof value === "string") kept[field] = value.slice(0, MOST_LETTERS).replace(/\p{C}/gu, " ");
    else if (typeof value === "boolean" || Number.isFinite(value)) kept[field] = value;
  }
  return kept;
}
