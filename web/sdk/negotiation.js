// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { deliver } from "./delivery.js";
import { applyTo, describeFor, takeBack } from "./describing.js";
import { refusal } from "./errors.js";

/** How many candidates are kept for a description that has not come yet. */
const MOST_EARLY = 256;

/** So often in a row an answer that could not be applied is asked for anew; then the next offer is left to the other side. */
const ATTEMPTS = 3;

/**
 * Perfect negotiation: either side may offer at any time, and where two offers meet the polite side gives way.
 * The first offer is the initiator's alone, so that a fresh pair does not begin with a collision.
 * @param {import("./peer.js").Peer} peer @param {(payload: any) => Promise<any>} send a description; fails with a ParleyError
 */
export function negotiate(peer, send) {
  const { pc } = peer;
  let mayOffer = peer.initiator;
  let isMakingOffer = false;
  let isIgnoringOffer = false;
  let failures = 0;
  /** @type {ReturnType<typeof deliver> | undefined} of our last description */
  let delivery;
  /** @type {Promise<any>} everything from the other side, one after the other */
  let incoming = Promise.resolve();
  /** @type {any[]} candidates that came before any description */
  const early = [];
  const problem = (/** @type {any} */ error) => peer.emit("problem", error);

  const announce = () => {
    delivery?.replace();
    delivery = deliver(/** @type {any} */ (pc.localDescription), send, (receipt) => {
      peer.emit("receipt", peer.receipt = receipt);
      if (receipt.type === "offer" && receipt.code === "remote_rejected" && receipt.message !== "glare") enqueue(() => peer.receipt === receipt && takeBack(pc, yieldTurn));
    });
  };

  /**
   * Our offer was refused, such as one that names what it adds otherwise than the one before, which was applied there and whose answer
   * could not be applied here: they know what they hold, and offer that.
   */
  const yieldTurn = () => {
    mayOffer = false;
    if (++failures < ATTEMPTS) peer.renegotiate().catch(problem);
  };

  const describe = () => describeFor(pc).then(announce).catch(problem);

  const offer = async () => {
    // Not lost: the need for it is looked at again once the initiator's offer has been answered.
    if (!mayOffer || pc.signalingState !== "stable") return;
    isMakingOffer = true;
    await describe();
    isMakingOffer = false;
  };

  /** @param {any} candidate nothing, or an empty text: there are no more */
  const addCandidate = (candidate) => {
    if (!pc.remoteDescription) return early.length < MOST_EARLY && early.push(candidate);
    // Candidates of an offer that was ignored fit nothing here, and are meant to.
    return pc.addIceCandidate(candidate || undefined).catch((error) => isIgnoringOffer || problem(error));
  };

  /** Our offer was taken back, since the answer to it could not be applied. */
  const again = () => {
    mayOffer &&= ++failures < ATTEMPTS;
    // Chromium says that there is a need for it before it may be made.
    offer();
  };

  /** @param {RTCSessionDescriptionInit} description */
  const apply = async (description) => {
    const isOffer = description?.type === "offer";
    isIgnoringOffer = isOffer && !peer.polite && (isMakingOffer || pc.signalingState !== "stable");
    const outcome = isIgnoringOffer ? refusal("glare") : await applyTo(pc, description, problem, again);
    if (outcome.ok) {
      mayOffer = true;
      // Our own offer, where there was one, has been taken back for this one.
      if (isOffer) delivery?.replace();
      else failures = 0;
      for (const candidate of early.splice(0)) await addCandidate(candidate);
    }
    return outcome;
  };

  /** @param {() => any} task passed over where the connection is closed by then */
  const enqueue = (task) => incoming = incoming.then(() => { if (pc.signalingState !== "closed") return task(); }).catch(problem);

  pc.onnegotiationneeded = offer;
  return {
    /** @param {{iceRestart?: boolean}} payload the other side asks for an offer */
    renegotiate({ iceRestart }) {
      mayOffer = true;
      if (iceRestart) pc.restartIce();
      else offer();
    },
    /**
     * @param {RTCSessionDescriptionInit} description
     * @returns {Promise<any>} what the sender is told, as soon as the description is applied or is not; nothing where the pair is closed
     */
    receive(description) {
      const outcome = enqueue(() => apply(description));
      enqueue(async () => (await outcome)?.ok && description.type === "offer" && describe());
      return outcome;
    },
    /** @param {{candidate?: any, candidates?: any[]}} payload */
    candidate({ candidate, candidates = [candidate] }) {
      for (const one of candidates) enqueue(() => addCandidate(one));
    },
    /** @param {any} payload the server's later word on our last description */
    receipt: (payload) => delivery?.settle(payload),
    /** The line is whole again: what failed for want of it is sent once more. */
    recover: () => delivery?.isLost() && announce(),
    stop: () => delivery?.replace(),
  };
}
