// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { compact } from "./summary.js";

/** @type {Record<string, string>} */
const DELIVERED = {
  sent: "sent", queued: "waits on the server until they are back", delivered: "delivered to the other page", applied: "applied by the other page", failed: "failed",
};
/** @type {Record<string, string>} */
const SIGNALING = { stable: "offer and answer are exchanged", "have-local-offer": "an offer was made", "have-remote-offer": "the offer of the other side was applied" };

/** @param {(string | number | undefined | false)[]} parts */
const joined = (...parts) => parts.filter((part) => part || part === 0).join(" ");

/**
 * A fact in words.
 * @param {import("./recorder.js").Fact} fact
 */
export function factWords({ what, state, type, protocol, hidden, count = 1, url, code, text, message, name, local, remote, negotiated, relay }) {
  switch (what) {
    case "candidate": return joined(count, protocol, type, count === 1 ? "candidate" : "candidates", hidden && "(hidden)", relay && `(asked for by ${relay})`);
    case "gathering": return state === "complete" ? "all candidates are found" : "looks for candidates";
    case "gathering error": return joined(url, "answered:", code, text);
    case "signaling": return state === "stable" && negotiated === false ? "the offer was taken back" : SIGNALING[state] ?? `signaling: ${state}`;
    case "description": return joined(type, DELIVERED[state] ?? state, (code || message) && `(${[code, message].filter(Boolean).join(": ")})`);
    case "path": return joined("media go from", local, "to", remote, protocol && `by ${relay ?? protocol}`);
    case "problem": return joined("problem:", name, code, message);
    default: return joined(what === "ice" ? "ICE:" : `${what}:`, state);
  }
}

/**
 * What happened on both sides, in order. The clock of the other side is set by when its words arrived, so that theirs may stand a
 * little too late.
 * @param {import("./verdict.js").Recording} recording @returns {{at: number, side: "here" | "there", words: string}[]}
 */
export function timeline({ facts, theirs }) {
  const here = compact(facts).map((fact) => ({ at: fact.at, side: /** @type {const} */ ("here"), words: factWords(fact) }));
  const there = (theirs?.facts ?? []).map((fact) => ({ at: Math.round(fact.at + (theirs?.beginMs ?? 0)), side: /** @type {const} */ ("there"), words: factWords(fact) }));
  return [...here, ...there].sort((one, other) => one.at - other.at);
}
