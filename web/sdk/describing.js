// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { refusal } from "./errors.js";

/**
 * Makes the offer or the answer that is wanted, which the browser knows by its state. Who is which end of DTLS was settled by the
 * last answer, and stays so while the connection lives (RFC 8842, 5.5). Firefox forgets it when it takes an offer back; what it
 * then answers cannot be applied.
 * @param {RTCPeerConnection} pc
 */
export async function describeFor(pc) {
  const { currentLocalDescription: local, currentRemoteDescription: remote } = pc;
  const isOurs = local?.type === "answer";
  const settled = isOurs ? local : remote;
  if (!settled || pc.signalingState !== "have-remote-offer") return pc.setLocalDescription();
  const { type, sdp = "" } = await pc.createAnswer();
  const role = settled.sdp.includes("a=setup:active") === isOurs ? "active" : "passive";
  return pc.setLocalDescription({ type, sdp: sdp.replace(/a=setup:\w+/g, `a=setup:${role}`) });
}

/**
 * Applies what the other side has described, or says why not.
 * @param {RTCPeerConnection} pc @param {RTCSessionDescriptionInit} description @param {(error: any) => void} onError
 * @param {() => void} onTakenBack nothing comes of our offer @returns {Promise<any>}
 */
export async function applyTo(pc, description, onError, onTakenBack) {
  try {
    await pc.setRemoteDescription(description);
    return { ok: true, applied: true };
  } catch (error) {
    onError(error);
    if (description?.type === "answer") await takeBack(pc, onTakenBack);
    return refusal("description_failed", /** @type {Error} */ (error).message);
  }
}

/**
 * While an offer stands that nothing comes of, none of the other side is let in.
 * @param {RTCPeerConnection} pc @param {() => void} onTakenBack
 */
export async function takeBack(pc, onTakenBack) {
  if (pc.signalingState !== "have-local-offer") return;
  await pc.setLocalDescription({ type: "rollback" });
  onTakenBack();
}
