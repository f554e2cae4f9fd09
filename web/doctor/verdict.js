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
 *
 * @typedef {object} Verdict
 * @property {string} code stable, for programs
 * @property {"error" | "warning" | "info" | "ok"} severity
 * @property {string} text what is wrong, in plain words
 * @property {string} evidence what was seen that says so
 * @property {string} advice what to do; empty where there is nothing to do
 */

const RANK = ["error", "warning", "info", "ok"];

/**
 * Why a call failed, the gravest reason first; among equals, what comes earlier in a call is named first, since the rest follows from it.
 * @param {Recording} recording @returns {Verdict[]} never empty
 */
export function judge(recording) {
  const verdicts = [...entranceVerdicts(recording), ...signalingVerdicts(recording), ...pathVerdicts(recording)];
  if (verdicts.length === 0) {
    return [{ code: "nothing_found", severity: "info", text: "Nothing is known to be wrong.",
      evidence: `${recording.facts.length} facts were recorded, and none of them is a failure.`, advice: "Wait a little, then look again." }];
  }
  return verdicts.sort((one, other) => RANK.indexOf(one.severity) - RANK.indexOf(other.severity));
}
