// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** @param {RTCPeerConnection} pc @returns {Promise<string | undefined>} host, srflx, prflx or relay: the way that was found */
async function candidateType(pc) {
  const stats = /** @type {Map<string, any>} */ (/** @type {any} */ (await pc.getStats()));
  for (const { type, selectedCandidatePairId } of stats.values()) {
    const pair = type === "transport" && stats.get(selectedCandidatePairId);
    if (pair) return stats.get(pair.localCandidateId)?.candidateType;
  }
  return undefined;
}

/**
 * Tells the server how a pair fares, each time that changes: its operator sees what the participants see.
 * @param {RTCPeerConnection} pc @param {(report: any) => void} send @returns {() => void} to be called at each change
 */
export function reportHealth(pc, send) {
  const begin = Date.now();
  let last = "";
  return async () => {
    const { iceConnectionState: ice, connectionState: connection } = pc;
    if (`${ice} ${connection}` === last || connection === "new") return;
    last = `${ice} ${connection}`;
    if (connection !== "connected") return send({ ice, connection });
    const timeToConnectMs = Date.now() - begin;
    send({ ice, connection, timeToConnectMs, candidateType: await candidateType(pc).catch(() => undefined) });
  };
}
