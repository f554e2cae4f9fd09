// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** Notices that the server has gone silent: it must ping within its ping interval plus its ping timeout. */
export class Heartbeat {
  #onSilence;
  #window = Infinity;
  #deadline = Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {() => void} onSilence */
  constructor(onSilence) {
    this.#onSilence = onSilence;
  }

  /** @param {number} [milliseconds] given once, at the handshake */
  beat(milliseconds = this.#window) {
    this.stop();
    this.#window = milliseconds;
    this.#deadline = Date.now() + milliseconds;
    this.#timer = setTimeout(this.#onSilence, milliseconds);
  }

  /** True also where the timer is late, as after the machine slept or the tab was frozen. */
  get expired() {
    return Date.now() > this.#deadline;
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
