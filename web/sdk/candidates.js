// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** Long enough for the addresses of one machine, too short to be felt. */
const GATHER_MS = 20;

/**
 * Candidates that are found together travel together; the end of them goes out at once, behind those that wait.
 * @param {(payload: {candidate: any} | {candidates: any[]}) => void} send
 * @returns {(event: {candidate: RTCIceCandidate | null}) => void}
 */
export function batchCandidates(send) {
  /** @type {any[]} */
  let waiting = [];
  const flush = () => {
    if (waiting.length) send(waiting.length === 1 ? { candidate: waiting[0] } : { candidates: waiting });
    waiting = [];
  };
  return ({ candidate }) => {
    if (!candidate) {
      flush();
      send({ candidate });
    } else if (waiting.push(candidate.toJSON()) === 1) setTimeout(flush, GATHER_MS);
  };
}
