// SPDX-License-Identifier: Apache-2.0
// @ts-check

const ATTEMPTS = 6;
const REJECTED = "remote_rejected";

/** @type {Record<string, string>} what became later of something that was queued or late, in terms of a failure */
const FAILURES = { rejected: REJECTED, expired: "expired", left: "peer_left" };

/** @typedef {{type: string, mid: string, state: string, code?: string, message?: string}} Receipt */

/** @returns {string} under which the server and the other side know a message again */
export const messageId = () => String(Math.random());

/**
 * Brings one description to the other side, and tells what has become of it. While it is not replaced by a newer one,
 * whatever may succeed later is tried again under the same message id, so that it is applied once however often it is sent.
 * @param {RTCSessionDescription} description
 * @param {(payload: any) => Promise<any>} send fails with a ParleyError @param {(receipt: Receipt) => void} onChange
 */
export function deliver({ type, sdp }, send, onChange) {
  let mid = messageId();
  let isReplaced = false;
  /** @type {Receipt} */
  let receipt;
  const become = (/** @type {string} */ state, /** @type {{code?: string, message?: string}} */ { code, message } = {}) =>
    isReplaced || onChange(receipt = { type, mid, state, code, message });
  const isUnknown = () => !isReplaced && receipt.state === "sent";
  become("sent");
  (async () => {
    for (let attempt = 1; isUnknown(); attempt++) {
      try {
        const { status } = await send({ description: { type, sdp }, mid, confirm: "applied" });
        // The answer to a repetition is the first outcome; what was heard since is newer.
        return isUnknown() && become(status);
      } catch (problem) {
        const error = /** @type {import("./errors.js").ParleyError} */ (problem);
        if (!error.retryable || attempt >= ATTEMPTS) return isUnknown() && become("failed", error);
        // The outcome of a message id is kept: where it was a refusal, only a new one can fare better.
        if (error.duplicate && error.code !== "ack_timeout") mid = messageId();
        await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs ?? 250 * 2 ** attempt));
      }
    }
  })();
  return {
    /** Nobody needs to know any more what becomes of it. */
    replace() {
      isReplaced = true;
    },
    /** @param {{mid: string, status: string, error?: any}} later the server's word on what was queued or late */
    settle({ mid: about, status, error }) {
      const code = FAILURES[status];
      if (about === mid && status !== "superseded") become(code ? "failed" : status, { ...error, code });
    },
    /** Failed, but not because the other side said no: it may fare better now. */
    isLost: () => receipt.state === "failed" && receipt.code !== REJECTED,
  };
}
