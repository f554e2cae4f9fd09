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
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length) send(waiting.length === 1 ? { candidate: waiting[0] } : { candidates: waiting });
    waiting = [];
  };
  return ({ candidate }) => {
    if (candidate) {
      waiting.push(candidate.toJSON());
      timer ??= setTimeout(flush, GATHER_MS);
    } else {
      flush();
      send({ candidate: null });
    }
  };
}
