// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Emitter } from "./emitter.js";
import { ErrorCode, ParleyError } from "./errors.js";
import { SessionState } from "./states.js";

/** Requests over a Socket.IO socket. */
export class Line extends Emitter {
  /** @type {string} one of SessionState */
  state = SessionState.CONNECTING;
  #timeoutMs;

  /** @param {any} socket @param {number} timeoutMs */
  constructor(socket, timeoutMs) {
    super();
    this.socket = socket;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Sends an event and waits for the server's answer; a refusal is thrown as a ParleyError.
   * @param {string} event @param {any} [payload]
   * @param {{timeoutMs?: number, apply?: (answer: any) => void}} options `apply` runs before the next event is looked at
   * @returns {Promise<any>}
   */
  request(event, payload = {}, { timeoutMs = this.#timeoutMs, apply } = {}) {
    return new Promise((resolve, reject) => {
      if (this.state === SessionState.CLOSED) return reject(new ParleyError(ErrorCode.CLOSED, "The connection is closed."));
      this.socket.timeout(timeoutMs).emit(event, payload, (/** @type {Error | null} */ failure, /** @type {any} */ answer) => {
        if (failure) {
          const [code, message] = this.socket.connected
            ? [ErrorCode.TIMEOUT, `The server did not answer “${event}” in time.`]
            : [ErrorCode.DISCONNECTED, `The connection was lost while “${event}” was under way.`];
          reject(new ParleyError(code, message, { retryable: true }));
        } else if (answer?.ok === true) {
          apply?.(answer);
          resolve(answer);
        } else if (answer?.ok === false) reject(ParleyError.from({ ...answer.error, isDuplicate: answer.duplicate }));
        else reject(new ParleyError(ErrorCode.BAD_ANSWER, `The server's answer to “${event}” makes no sense.`));
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
        const { code } = /** @type {ParleyError} */ (error);
        if (code !== ErrorCode.DISCONNECTED && code !== ErrorCode.TIMEOUT) throw error;
      }
    }
  }

  /**
   * Sends an event and asks for nothing.
   * @param {string} event @param {any} payload
   */
  send(event, payload) {
    this.socket.emit(event, payload);
  }

  /** @protected @param {string} state @param {string} [reason] @param {string} [code] */
  _become(state, reason, code) {
    if (this.state === state) return;
    this.state = state;
    this.emit("state", state, reason, code);
  }
}
