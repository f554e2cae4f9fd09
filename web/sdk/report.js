// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** @param {RTCPeerConnection} pc @returns {Promise<string | undefined>} host, srflx, prflx or relay: the way that was found */
async function candidateType(pc) {
  const stats = /** @type {Map<string, any>} */ (/** @type {any} */ (await pc.getStats()));
  const pair = [...stats.values()].find(({ nominated, state }) => nominated && state === "succeeded");
  return stats.get(pair?.localCandidateId)?.candidateType;
}

/**
 * Tells the server how a pair fares, each time that changes: its operator sees what the participants see.
 * @param {RTCPeerConnection} pc @param {(report: any) => void} send
 * @returns {(found?: any) => void} to be called at each change; what the page has found out goes along from then on
 */
export function reportHealth(pc, send) {
  const begin = Date.now();
  let last = "";
  /** @type {any} */
  let findings = {};
  let timeToConnectMs = 0;
  return async (found = findings) => {
    findings = found;
    const { iceConnectionState: ice, connectionState: connection } = pc;
    const now = JSON.stringify([ice, connection, findings]);
    if (now === last || (connection === "new" && !findings.verdict)) return;
    last = now;
    timeToConnectMs ||= connection === "connected" ? Date.now() - begin : 0;
    send({ ice, connection, ...(connection === "connected" && { timeToConnectMs, candidateType: await candidateType(pc) }), ...findings });
  };
}
