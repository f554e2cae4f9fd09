// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { ErrorCode } from "./errors.js";

const ATTEMPTS = 6;

/** @param {number} ms */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const messageId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

/** @param {string} code @param {string} message */
const refusal = (code, message) => ({ ok: false, error: { code, message } });

/**
 * Perfect negotiation: either side may offer at any time, and where two offers meet the polite side gives way.
 * The first offer is the initiator's alone, so that a fresh pair does not begin with a collision.
 */
export class Negotiation {
  #pc;
  #isPolite;
  #mayOffer;
  #send;
  #onProblem;
  #isMakingOffer = false;
  #isIgnoringOffer = false;
  /** Counts local descriptions; one that is no longer the last is not sent again. */
  #version = 0;
  /**
   * Everything from the other side, one after the other.
   * @type {Promise<void>}
   */
  #incoming = Promise.resolve();
  /**
   * Candidates that came before any description.
   * @type {(RTCIceCandidateInit | null)[]}
   */
  #early = [];

  /**
   * @param {RTCPeerConnection} pc @param {{polite: boolean, initiator: boolean}} seat
   * @param {(payload: any) => Promise<any>} send a description; fails with a ParleyError
   * @param {(error: any) => void} onProblem
   */
  constructor(pc, { polite, initiator }, send, onProblem) {
    this.#pc = pc;
    this.#isPolite = polite;
    this.#mayOffer = initiator;
    this.#send = send;
    this.#onProblem = onProblem;
    pc.onnegotiationneeded = () => this.#offer();
  }

  /**
   * @param {RTCSessionDescriptionInit} description
   * @returns {Promise<any>} what the sender is told, as soon as the description is applied or is not
   */
  receive(description) {
    return new Promise((resolve) => {
      this.#enqueue(async () => {
        const outcome = await this.#apply(description);
        resolve(outcome);
        if (outcome.ok && description.type === "offer") await this.#answer();
      });
    });
  }

  /** @param {RTCIceCandidateInit | null} candidate null: there are no more */
  receiveCandidate(candidate) {
    this.#enqueue(async () => {
      if (!this.#pc.remoteDescription) this.#early.push(candidate);
      else await this.#addCandidate(candidate);
    });
  }

  async #offer() {
    // Not lost: the need for it is looked at again once the initiator's offer has been answered.
    if (!this.#mayOffer) return;
    try {
      this.#isMakingOffer = true;
      await this.#pc.setLocalDescription();
    } catch (error) {
      return this.#onProblem(error);
    } finally {
      this.#isMakingOffer = false;
    }
    this.#announce();
  }

  async #answer() {
    try {
      await this.#pc.setLocalDescription();
      this.#announce();
    } catch (error) {
      this.#onProblem(error);
    }
  }

  /** Sends the local description until the other side has it, unless a newer one has taken its place. */
  async #announce() {
    const version = ++this.#version;
    const { type, sdp } = /** @type {RTCSessionDescription} */ (this.#pc.localDescription);
    let mid = messageId();
    for (let attempt = 1; version === this.#version && this.#pc.signalingState !== "closed"; attempt++) {
      try {
        await this.#send({ description: { type, sdp }, mid, confirm: "applied" });
        return;
      } catch (problem) {
        const error = /** @type {any} */ (problem);
        if (!error.retryable || attempt >= ATTEMPTS) return this.#onProblem(error);
        // The server keeps the outcome of a message id: what is to be delivered anew needs a new one.
        if (error.code === "ack_timeout") mid = messageId();
        await sleep(250 * 2 ** attempt);
      }
    }
  }

  /** @param {RTCSessionDescriptionInit} description */
  async #apply(description) {
    const isOffer = description?.type === "offer";
    const collides = isOffer && (this.#isMakingOffer || this.#pc.signalingState !== "stable");
    this.#isIgnoringOffer = collides && !this.#isPolite;
    if (this.#isIgnoringOffer) return refusal(ErrorCode.GLARE, "Two offers met; the other one stands.");
    try {
      await this.#pc.setRemoteDescription(description);
    } catch (error) {
      return refusal(ErrorCode.DESCRIPTION_FAILED, /** @type {Error} */ (error).message);
    }
    if (isOffer) this.#version += 1;
    this.#mayOffer = true;
    for (const candidate of this.#early.splice(0)) await this.#addCandidate(candidate);
    return { ok: true, applied: true };
  }

  /** @param {RTCIceCandidateInit | null} candidate */
  async #addCandidate(candidate) {
    try {
      await this.#pc.addIceCandidate(candidate ?? undefined);
    } catch (error) {
      // Candidates of an offer that was ignored fit nothing here, and are meant to.
      if (!this.#isIgnoringOffer) this.#onProblem(error);
    }
  }

  /** @param {() => Promise<void>} task */
  #enqueue(task) {
    this.#incoming = this.#incoming.then(() => this.#pc.signalingState === "closed" ? undefined : task()).catch(this.#onProblem);
  }
}
