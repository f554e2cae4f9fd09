// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Emitter } from "./emitter.js";

/** @typedef {import("./emitter.js").Listener} AnyListener */

/** The catch-all listeners of a socket, for what comes in and for what goes out. */
export class TappedEmitter extends Emitter {
  /** @type {AnyListener[]} */
  #incoming = [];
  /** @type {AnyListener[]} */
  #outgoing = [];

  /** @param {AnyListener} listener */
  onAny(listener) {
    this.#incoming.push(listener);
    return this;
  }

  /** @param {AnyListener} listener */
  prependAny(listener) {
    this.#incoming.unshift(listener);
    return this;
  }

  /** @param {AnyListener} [listener] */
  offAny(listener) {
    this.#incoming = this.#incoming.filter((one) => listener && one !== listener);
    return this;
  }

  listenersAny() {
    return this.#incoming;
  }

  /** @param {AnyListener} listener */
  onAnyOutgoing(listener) {
    this.#outgoing.push(listener);
    return this;
  }

  /** @param {AnyListener} listener */
  prependAnyOutgoing(listener) {
    this.#outgoing.unshift(listener);
    return this;
  }

  /** @param {AnyListener} [listener] */
  offAnyOutgoing(listener) {
    this.#outgoing = this.#outgoing.filter((one) => listener && one !== listener);
    return this;
  }

  listenersAnyOutgoing() {
    return this.#outgoing;
  }

  /** @param {any[]} args @param {boolean} isIncoming */
  tap(args, isIncoming) {
    for (const listener of [...(isIncoming ? this.#incoming : this.#outgoing)]) listener.apply(this, args);
  }
}
