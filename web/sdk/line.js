// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Emitter } from "./emitter.js";
import { ParleyError } from "./errors.js";

/** Requests over a Socket.IO socket. */
export class Line extends Emitter {
  /** @type {import("./states.js").SessionStateName} */
  state = "connecting";

  /** @param {any} socket of Socket.IO @param {number} [requestTimeoutMs] */
  constructor(socket, requestTimeoutMs = 15000) {
    super();
    this.socket = socket;
    this.requestTimeoutMs = requestTimeoutMs;
  }

  /**
   * Sends an event and waits for the server's answer; a refusal is thrown as a ParleyError.
   * @param {string} event @param {any} [payload]
   * @param {{timeoutMs?: number, apply?: (answer: any) => void}} options `apply` runs before the next event is looked at
   * @returns {Promise<any>}
   */
  request(event, payload = {}, { timeoutMs = this.requestTimeoutMs, apply } = {}) {
    return new Promise((resolve, reject) => {
      if (this.state === "closed") return reject(new ParleyError("closed"));
      this.socket.timeout(timeoutMs).emit(event, payload, (/** @type {Error | null} */ failure, /** @type {any} */ answer) => {
        if (answer?.ok === true) {
          apply?.(answer);
          resolve(answer);
        } else if (!failure) reject(ParleyError.from({ ...answer, ...answer?.error }));
        else reject(ParleyError.from({ code: this.socket.connected ? "timeout" : "disconnected", retryable: true }));
      });
    });
  }

  /**
   * As `request`, again and again while only the line is at fault: for what may be done twice.
   * @param {string} event @param {any} payload @returns {Promise<any>}
   */
  async insist(event, payload) {
    for (;;) {
      try {
        return await this.request(event, payload);
      } catch (error) {
        if (!(/** @type {ParleyError} */ (error).isOfLine)) throw error;
      }
    }
  }
}
