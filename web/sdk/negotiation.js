// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Delivery } from "./delivery.js";
import { apply, describe, refusal } from "./describing.js";
import { ErrorCode } from "./errors.js";

/** So often in a row an answer that could not be applied is asked for anew; then the next offer is left to the other side. */
const ATTEMPTS = 3;

/** How many outcomes are kept for descriptions that come a second time. */
const REMEMBERED = 16;

/**
 * Perfect negotiation: either side may offer at any time, and where two offers meet the polite side gives way.
 * The first offer is the initiator's alone, so that a fresh pair does not begin with a collision.
 */
export class Negotiation {
  #pc;
  #isPolite;
  #mayOffer;
  #send;
  #listener;
  #isMakingOffer = false;
  #isIgnoringOffer = false;
  #failures = 0;
  #delivery = /** @type {Delivery | undefined} */ (undefined);
  /** Everything from the other side, one after the other. */
  #incoming = /** @type {Promise<void>} */ (Promise.resolve());
  /** @type {Map<string, Promise<any>>} by message id: after a resume the same may come again, and is answered the same */
  #outcomes = new Map();
  /** @type {(RTCIceCandidateInit | null)[]} candidates that came before any description */
  #early = [];

  /**
   * @param {RTCPeerConnection} pc @param {{polite: boolean, initiator: boolean}} seat
   * @param {(payload: any) => Promise<any>} send a description; fails with a ParleyError
   * @param {{problem: (error: any) => void, receipt: (delivery: Delivery) => void}} listener
   */
  constructor(pc, { polite, initiator }, send, listener) {
    this.#pc = pc;
    this.#isPolite = polite;
    this.#mayOffer = initiator;
    this.#send = send;
    this.#listener = listener;
    pc.onnegotiationneeded = () => this.offer();
  }

  async offer() {
    // Not lost: the need for it is looked at again once the initiator's offer has been answered.
    if (!this.#mayOffer || this.#pc.signalingState !== "stable") return;
    this.#isMakingOffer = true;
    await this.#describe();
    this.#isMakingOffer = false;
  }

  /** Makes an offer that the other side has asked for. */
  renegotiate() {
    this.#mayOffer = true;
    return this.offer();
  }

  /**
   * @param {RTCSessionDescriptionInit} description @param {string} [mid]
   * @returns {Promise<any>} what the sender is told, as soon as the description is applied or is not
   */
  receive(description, mid) {
    const known = this.#outcomes.get(mid ?? "");
    if (known) return known;
    const outcome = new Promise((resolve) => {
      this.#enqueue(async () => {
        const result = await this.#apply(description);
        resolve(result);
        if (result.ok && description.type === "offer") await this.#describe();
      });
    });
    if (mid) this.#outcomes.set(mid, outcome);
    const [oldest] = this.#outcomes.keys();
    if (this.#outcomes.size > REMEMBERED) this.#outcomes.delete(oldest);
    return outcome;
  }

  /** @param {RTCIceCandidateInit | null} candidate null: there are no more */
  receiveCandidate(candidate) {
    this.#enqueue(async () => {
      if (!this.#pc.remoteDescription) this.#early.push(candidate);
      else await this.#addCandidate(candidate);
    });
  }

  /** @param {any} receipt */
  settle(receipt) {
    this.#delivery?.settle(receipt);
  }

  /** The line is whole again: what failed for want of it is sent once more. */
  recover() {
    if (this.#delivery?.isLost) this.#announce();
  }

  close() {
    this.#delivery?.replace();
  }

  /** The browser knows by its state whether an offer or an answer is wanted. */
  async #describe() {
    try {
      await describe(this.#pc);
      this.#announce();
    } catch (error) {
      this.#listener.problem(error);
    }
  }

  #announce() {
    this.#delivery?.replace();
    this.#delivery = new Delivery(/** @type {any} */ (this.#pc.localDescription), this.#send, this.#listener.receipt);
    this.#delivery.run();
  }

  /** @param {RTCSessionDescriptionInit} description */
  async #apply(description) {
    const isOffer = description?.type === "offer";
    this.#isIgnoringOffer = isOffer && !this.#isPolite && (this.#isMakingOffer || this.#pc.signalingState !== "stable");
    if (this.#isIgnoringOffer) return refusal(ErrorCode.GLARE, "Two offers met; the other one stands.");
    const outcome = await apply(this.#pc, description);
    if (!isOffer) this.#failures = outcome.ok ? 0 : this.#failures + 1;
    this.#mayOffer = outcome.ok || (this.#mayOffer && this.#failures < ATTEMPTS);
    if (!outcome.ok && !isOffer) this.offer(); // Chromium says that there is a need for it before it may be made.
    if (!outcome.ok) return outcome;
    // Our own offer, where there was one, has been taken back for this one.
    if (isOffer) this.#delivery?.replace();
    for (const candidate of this.#early.splice(0)) await this.#addCandidate(candidate);
    return outcome;
  }

  /** @param {RTCIceCandidateInit | null} candidate */
  async #addCandidate(candidate) {
    try {
      await this.#pc.addIceCandidate(candidate ?? undefined);
    } catch (error) {
      // Candidates of an offer that was ignored fit nothing here, and are meant to.
      if (!this.#isIgnoringOffer) this.#listener.problem(error);
    }
  }

  /** @param {() => Promise<void>} task */
  #enqueue(task) {
    this.#incoming = this.#incoming.then(() => this.#pc.signalingState === "closed" ? undefined : task()).catch(this.#listener.problem);
  }
}
