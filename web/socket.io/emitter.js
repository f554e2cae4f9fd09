// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** @typedef {(...args: any[]) => any} Listener */

/** @param {string} message @param {any} description what the browser said: a status, an event, an error */
export const transportError = (message, description) =>
  Object.assign(new Error(message), { type: "TransportError", description });

/** The event emitter under every public class; `on()` and friends are chainable, as Socket.IO applications expect. */
export class Emitter {
  /** @type {Map<string, Listener[]>} */
  #listeners = new Map();

  /** @param {string} event @param {Listener} listener */
  on(event, listener) {
    this.#listeners.set(event, [...this.listeners(event), listener]);
    return this;
  }

  /** @param {string} event @param {Listener} listener */
  once(event, listener) {
    /** @type {Listener & {wrapped?: Listener}} */
    const wrapper = (...args) => {
      this.off(event, wrapper);
      listener.apply(this, args);
    };
    wrapper.wrapped = listener;
    return this.on(event, wrapper);
  }

  /**
   * Without a listener: all of the event. Without an event: everything.
   * @param {string} [event] @param {Listener} [listener]
   */
  off(event, listener) {
    if (event === undefined) this.#listeners.clear();
    else if (!listener) this.#listeners.delete(event);
    else {
      /** @type {(Listener & {wrapped?: Listener})[]} */
      const rest = [...this.listeners(event)];
      const index = rest.findIndex((one) => one === listener || one.wrapped === listener);
      if (index >= 0) rest.splice(index, 1);
      this.#listeners.set(event, rest);
    }
    return this;
  }

  /** @param {string} event @returns {Listener[]} */
  listeners(event) {
    return this.#listeners.get(event) ?? [];
  }

  /** @param {string} event */
  hasListeners(event) {
    return this.listeners(event).length > 0;
  }

  /**
   * Calls the listeners of this object; a Socket's own `emit` goes to the server instead.
   * @param {string} event @param {any[]} args
   */
  dispatch(event, ...args) {
    for (const listener of this.listeners(event)) listener.apply(this, args);
    return this;
  }

  /** @param {string} event @param {any[]} args @returns {any} */
  emit(event, ...args) {
    return this.dispatch(event, ...args);
  }
}

const { on, off } = Emitter.prototype;
Object.assign(Emitter.prototype, { addEventListener: on, removeListener: off, removeEventListener: off, removeAllListeners: off });
