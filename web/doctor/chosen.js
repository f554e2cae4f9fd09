// SPDX-License-Identifier: Apache-2.0
// @ts-check

/**
 * The way that the media take: kinds of the two ends, never an address.
 * @param {RTCPeerConnection} pc @returns {Promise<{local: string, remote: string, protocol?: string, relay?: string} | undefined>} `relay`: by what
 *   the relay is reached, where there is one
 */
export async function chosenPath(pc) {
  const stats = /** @type {Map<string, any>} */ (/** @type {any} */ (await pc.getStats()));
  const all = [...stats.values()];
  const transport = all.find(({ type }) => type === "transport");
  const pair = stats.get(transport?.selectedCandidatePairId) ?? all.find((one) => one.type === "candidate-pair" && one.nominated && one.state === "succeeded");
  if (!pair) return undefined;
  const [local, remote] = [pair.localCandidateId, pair.remoteCandidateId].map((id) => stats.get(id));
  return { local: local?.candidateType ?? "unknown", remote: remote?.candidateType ?? "unknown", protocol: local?.protocol, relay: local?.relayProtocol };
}
