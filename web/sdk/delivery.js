// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { ErrorCode } from "./errors.js";
import { ReceiptState } from "./states.js";

const ATTEMPTS = 6;

/** @type {string[]} */
const STATES = Object.values(ReceiptState);

/** @type {Record<string, string>} what became later of something that was queued or late, in terms of a failure */
const FAILURES = { rejected: "remote_rejected", expired: ErrorCode.EXPIRED, left: "peer_left" };

/** @param {number} ms */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @returns {string} under which the server and the other side know a message again */
export const messageId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

/**
 * Brings one description to the other side, and knows what has become of it. While it is not replaced by a newer one,
 * whatever may succeed later is tried again under the same message id, so that it is applied once however often it is sent.
 */
export class Delivery {
  /** @type {string} one of ReceiptState */
  state = ReceiptState.SENT;
  /** @type {string | undefined} why it failed */
  code;
  /** @type {string | undefined} the same, in words */
  message;
  mid = messageId();
  #send;
  #onChange;
  #isReplaced = false;

  /**
   * @param {RTCSessionDescriptionInit} description @param {(payload: any) => Promise<any>} send fails with a ParleyError
   * @param {(delivery: Delivery) => void} onChange
   */
  constructor({ type, sdp }, send, onChange) {
    this.type = type;
    this.description = { type, sdp };
    this.#send = send;
    this.#onChange = onChange;
  }

  /** Nobody needs to know any more what becomes of it. */
  replace() {
    this.#isReplaced = true;
  }

  async run() {
    this.#onChange(this);
    for (let attempt = 1; !this.#isOver; attempt++) {
      try {
        const { status } = await this.#send({ description: this.description, mid: this.mid, confirm: "applied" });
        return this.#become(status);
      } catch (problem) {
        const error = /** @type {import("./errors.js").ParleyError} */ (problem);
        if (!error.retryable || attempt >= ATTEMPTS) return this.#become(ReceiptState.FAILED, error.code, error.message);
        // The outcome of a message id is kept: where it was a refusal, only a new one can fare better.
        if (error.isDuplicate && error.code !== "ack_timeout") this.mid = messageId();
        await sleep(error.retryAfterMs ?? 250 * 2 ** attempt);
      }
    }
  }

  /** @param {{mid: string, status: string, error?: any}} receipt the server's later word on what was queued or late */
  settle({ mid, status, error }) {
    if (mid !== this.mid || status === "superseded") return;
    if (FAILURES[status]) this.#become(ReceiptState.FAILED, FAILURES[status], error?.message, true);
    else this.#become(status, undefined, undefined, true);
  }

  /** Failed for want of a line, not because somebody said no. */
  get isLost() {
    return this.state === ReceiptState.FAILED && [ErrorCode.DISCONNECTED, ErrorCode.TIMEOUT, ErrorCode.EXPIRED, "ack_timeout"].includes(this.code ?? "");
  }

  get #isOver() {
    return this.#isReplaced || [ReceiptState.APPLIED, ReceiptState.DELIVERED].includes(this.state);
  }

  /** @param {string} state @param {string} [code] @param {string} [message] @param {boolean} isLater */
  #become(state, code, message, isLater = false) {
    // The answer to a repetition is the first outcome; what was heard since is newer.
    if (this.#isReplaced || (!isLater && this.state !== ReceiptState.SENT) || !STATES.includes(state)) return;
    Object.assign(this, { state, code, message });
    this.#onChange(this);
  }
}
