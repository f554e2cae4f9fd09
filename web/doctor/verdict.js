// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { entranceVerdicts } from "./entrance.js";
import { pathVerdicts } from "./path.js";
import { signalingVerdicts } from "./signaling.js";

/**
 * @typedef {object} Recording what was seen of one pair, or of a call that never got as far
 * @property {Record<string, any>} environment secure, camera, microphone, session, room, iceServers, resumeWindowMs: what is known of them
 * @property {{presence?: string, initiator?: boolean, polite?: boolean, remoteCandidates?: any[]}} [pair]
 * @property {import("./recorder.js").Fact[]} facts
 * @property {number} [elapsedMs] since the recording began
 * @property {{elapsedMs: number, beginMs: number, policy?: string, facts: import("./recorder.js").Fact[]}} [theirs] what the other side
 *   said of itself; its recording began at `beginMs` of this one
 *
 * @typedef {object} Verdict
 * @property {string} code stable, for programs
 * @property {"error" | "warning" | "info" | "ok"} severity
 * @property {string} text what is wrong, in plain words
 * @property {string} evidence what was seen that says so
 * @property {string} advice what to do; empty where there is nothing to do
 * @property {"there"} [side] it is the other side that says so
 */

const RANK = ["error", "warning", "info", "ok"];

/**
 * What the other side makes of it: only what is an error there, and not known here.
 * @param {Recording} recording @param {Verdict[]} known @returns {Verdict[]}
 */
function theirVerdicts({ environment, theirs, facts }, known) {
  if (!theirs || facts.filter(({ what }) => what === "connection").at(-1)?.state === "connected") return [];
  /** @type {Recording} */
  const there = { environment: { iceServers: environment.iceServers, session: { state: "connected" } }, pair: {}, facts: theirs.facts, elapsedMs: theirs.elapsedMs,
    theirs: { facts, elapsedMs: 0, beginMs: 0 } };
  const isOfServer = (/** @type {Verdict} */ { code }) => ["turn_denied", "ice_server_unreachable", "udp_blocked"].includes(code);
  const verdicts = [...signalingVerdicts(there), ...pathVerdicts(there).filter(isOfServer)];
  return verdicts.filter(({ code, severity }) => severity === "error" && !known.some((one) => one.code === code))
    .map((verdict) => ({ ...verdict, text: `The other side says: “${verdict.text}”`, side: "there" }));
}

/**
 * Why a call failed, the gravest reason first; among equals, what comes earlier in a call is named first, since the rest follows from it.
 * @param {Recording} recording @returns {Verdict[]} never empty
 */
export function judge(recording) {
  const early = [...entranceVerdicts(recording), ...signalingVerdicts(recording)];
  const late = pathVerdicts(recording);
  const verdicts = [...early, ...theirVerdicts(recording, [...early, ...late]), ...late];
  if (verdicts.length === 0) {
    return [{ code: "nothing_found", severity: "info", text: "Nothing is known to be wrong.",
      evidence: `${recording.facts.length} facts were recorded, and none of them is a failure.`, advice: "Wait a little, then look again." }];
  }
  return verdicts.sort((one, other) => RANK.indexOf(one.severity) - RANK.indexOf(other.severity));
}
