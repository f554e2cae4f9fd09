// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Backoff } from "./backoff.js";

/** Brings a lost connection back: waits, tries, waits longer. */
export class Reconnection {
  isRunning = false;
  #manager;
  #backoff;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {any} manager */
  constructor(manager) {
    this.#manager = manager;
    this.#backoff = new Backoff(manager.opts);
  }

  /** Does nothing while it runs already, or where nobody wants the connection any more. */
  start() {
    const { opts, skipReconnect } = this.#manager;
    if (this.isRunning || skipReconnect || !opts.reconnection) return;
    if (this.#backoff.attempts >= opts.reconnectionAttempts) {
      this.reset();
      return this.#manager.dispatch("reconnect_failed");
    }
    this.isRunning = true;
    this.#timer = setTimeout(() => {
      if (!opts.reconnection) return this.reset();
      this.#manager.dispatch("reconnect_attempt", this.#backoff.attempts);
      // A listener may just have called disconnect().
      if (this.isRunning) this.#manager.open(this.#tried.bind(this));
    }, this.#backoff.duration());
  }

  reset() {
    clearTimeout(this.#timer);
    this.isRunning = false;
    this.#backoff.attempts = 0;
  }

  /** @param {Error} [error] */
  #tried(error) {
    const { attempts } = this.#backoff;
    this.isRunning = false;
    error ? this.start() : this.reset();
    this.#manager.dispatch(error ? "reconnect_error" : "reconnect", error ?? attempts);
  }
}
