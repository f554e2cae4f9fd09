// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { TappedEmitter } from "./taps.js";

/** The parts of a socket that only restate others: modifiers of the next emit, and second names. */
export class FlaggedEmitter extends TappedEmitter {
  connected = false;
  /** @type {Record<string, any>} */
  flags = {};

  get disconnected() {
    return !this.connected;
  }

  /** The next event may be lost: it is not kept while it cannot be sent. */
  get volatile() {
    this.flags.volatile = true;
    return this;
  }

  /** For the API's sake: whether messages are compressed is the browser's affair. */
  compress() {
    return this;
  }

  /** @param {number} timeout in milliseconds, for the ack of the next emit */
  timeout(timeout) {
    this.flags.timeout = timeout;
    return this;
  }

  /** @param {string} event @param {any[]} args @returns {Promise<any>} */
  emitWithAck(event, ...args) {
    return new Promise((resolve, reject) => {
      /** @param {any} error @param {any} answer */
      const ack = (error, answer) => error ? reject(error) : resolve(answer);
      this.emit(event, ...args, Object.assign(ack, { withError: true }));
    });
  }

  /** @param {any[]} args */
  send(...args) {
    return this.emit("message", ...args);
  }
}
